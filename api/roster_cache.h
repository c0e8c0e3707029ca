/*
 * roster_cache.h - the rosters that planners look at and change: parsed, checked and kept in memory, so that
 * an edit or a preview of one takes milliseconds. A roster is named by its number, the number of its last
 * edit and the mark drawn with it; the problem behind it never changes and is shared by all its edits.
 *
 * A view is immutable but for what is computed when first asked for, under its own mutex, and counted: any
 * thread may hold one for as long as it likes. The cache has a mutex of its own and keeps the views used
 * last, VIEWS_MAX at most and less where they are large. A roster is loaded by one thread at a time: others
 * who ask for it wait and get the same view. A thread of its own gets drafts ready that somebody is about to
 * edit.
 */
#ifndef WFM_API_ROSTER_CACHE_H
#define WFM_API_ROSTER_CACHE_H

#include "api/pool.h"
#include "core/auto.h"
#include "core/store/store.h"
#include "scheduler/roster/edited.h"
#include "scheduler/roster/explain.h"

struct roster_view {
    gint refs;
    int64_t id;
    struct roster_problem *shared;      /* counted: what all edits of the roster have together */
    const struct plan_problem *problem; /* of it */
    const struct plan_solution *made;   /* of it: as solved */
    struct roster_mark mark;
    struct draft_shift *shifts; /* n, sorted by shift_compare */
    int n;
    struct plan_solution *now;       /* the same shifts, with figures and coverage */
    struct roster_expected expected; /* n_queues × grid.n each, NAN where not known; owned */
    GMutex lazy;                     /* guards: */
    bool checked;
    struct check_report report;
    struct edited_trace *trace; /* with the report: for the next edit */
    double *here; /* prices in this very roster, as in struct explained; NULL: not asked for yet */
    struct roster_view *live; /* the same roster with other shifts, counted last; NULL: none was asked for */
};

/* What of a roster no edit changes. */
struct roster_problem {
    gint refs;
    struct plan_problem *problem;
    struct plan_solution *made;
    struct roster_expected made_expected; /* owned */
    GMutex lazy;                          /* guards: */
    struct edited_ground *ground;
    /* guarded by api/prices.c: */
    bool explaining;             /* somebody has asked */
    double *multipliers;         /* n_rows; known before the rest */
    struct explained *explained; /* of the roster as solved; `here` of a view is its own */
    GError *unexplained;         /* why there is none */
};

struct roster_view *roster_view_ref(struct roster_view *view);
void roster_view_unref(struct roster_view *view);
AUTO_DEFINE(roster_view, roster_view_unref);

/* What the checker says of it; claims are made of the count, so none of them is wrong (edited.h). */
const struct check_report *roster_view_report(struct roster_view *view);
/* The view after an edit: same problem, shifts (taken, g_free; n, any order) under a mark that is not known
   yet. What the edit does not touch is not counted again; changed[n_queues]: whose coverage is not that of
   `before`. Counted once; NULL with the engine's error. */
struct roster_view *roster_view_next(struct roster_view *before, struct draft_shift *shifts, int n,
                                     bool *changed, GError **error);

/* The view with those shifts (n, sorted) instead, as they are of people by now; not a draft's next edit.
   Counted; NULL with the engine's error. Counted anew only when the shifts are others than the last time. */
struct roster_view *roster_view_live(struct roster_view *view, const struct shift *shifts, int n,
                                     GError **error);

struct roster_cache;
/* pool: where the thread that gets drafts ready takes its connections; it must outlive the cache. */
struct roster_cache *roster_cache_new(struct store_pool *pool);
/* Waits for that thread. */
void roster_cache_free(struct roster_cache *cache);
/* Somebody looks at the draft and may edit it soon: loaded, checked and laid out for edits in the background.
 */
void roster_cache_prepare(struct roster_cache *cache, int64_t id);
/* The roster as it is stored now. Counted; NULL with the store's error (WFM_ERROR_NOT_FOUND). */
struct roster_view *roster_cache_get(struct roster_cache *cache, struct store *store, int64_t id,
                                     GError **error);
/* `here` of struct explained for the shifts of the view; NULL with the engine's error. */
const double *roster_view_here(struct roster_view *view, const struct explained *explained, GError **error);

/* Keeps a view for those who ask next; harmless when what it is of is rolled back, as its mark is never
   drawn again. */
void roster_cache_put(struct roster_cache *cache, struct roster_view *view);

#endif
