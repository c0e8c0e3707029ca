/*
 * source.h - the roster a command is about: the number of a stored one, a plan file, or the one of a week.
 */
#ifndef WFM_WFM_SOURCE_H
#define WFM_WFM_SOURCE_H

#include "core/auto.h"
#include "core/plan.h"
#include "core/store/store.h"
#include "wfm/options.h"

struct source {
    struct plan_problem *problem;   /* owned */
    struct plan_solution *solution; /* owned */
    char *what;                     /* "roster 12" or the file's name */
    char *made_by;                  /* version of wfm that made it; NULL when not known */
    struct store *store;            /* it is stored in; owned; NULL for a file */
    int64_t id;                     /* number of a stored one */
};

/* Argument 0 of the command: the number of a stored roster or a plan file with a roster; without it the
   published roster of --week or of the newest week, else its draft. The command takes OPTIONS_STORE and
   OPTIONS_WEEK. NULL on failure. */
struct source *source_open(const struct options *options, GError **error);
/* The same of argument i. */
struct source *source_open_at(const struct options *options, int i, GError **error);
/* The stored roster of --roster, an option the command has beside those; else that of --week. */
struct source *source_open_stored(const struct options *options, GError **error);
/* Of a stored roster that was changed by hand: the solution becomes that of the solver, without the edits. */
bool source_as_made(struct source *source, GError **error);
void source_free(struct source *source);
AUTO_DEFINE(source, source_free);

#endif
