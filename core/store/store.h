/*
 * store.h - PostgreSQL: the only place that names a table.
 *
 * A struct store is one connection, owned by one thread; after the server was away it connects again by
 * itself. Every function that changes data is one transaction: on failure nothing has changed. Every function
 * that reads tenant data takes the caller's scope; row-level security is the second wall (the transaction of
 * a scoped read runs as the role wfm_scoped with wfm.role, wfm.client and wfm.agent set).
 *
 * Times are timestamptz, days are date, zones IANA names. Errors: WFM_ERROR_STORE (connection, server),
 * WFM_ERROR_SCHEMA, WFM_ERROR_NOT_FOUND, WFM_ERROR_CONFLICT, WFM_ERROR_INPUT, WFM_ERROR_FORBIDDEN.
 */
#ifndef WFM_CORE_STORE_STORE_H
#define WFM_CORE_STORE_STORE_H

#include "core/history.h"
#include "core/override.h"
#include "core/part.h"
#include "core/plan.h"
#include "core/series.h"

struct store;

/* Who asks. planner: everything; client: queues of one client; agent: own shifts. */
enum role { ROLE_PLANNER, ROLE_CLIENT, ROLE_AGENT, ROLE_N };
const char *role_name(enum role role);
bool role_parse(const char *text, enum role *out);
struct scope {
    enum role role;
    const char *client; /* id, for ROLE_CLIENT */
    const char *agent;  /* id, for ROLE_AGENT */
};
extern const struct scope scope_planner;

/* --- connection, cluster, schema
 * ------------------------------------------------------------------------------- */

/* Makes sure a private PostgreSQL cluster lives in data_dir (initdb once, start on demand; root drops to the
   owner of the directory, or to `postgres`, else `nobody` for a new one) and returns its connection string
   (g_free). Safe to call from several processes at once. */
char *cluster_ensure(const char *data_dir, GError **error);
/* Stops it (fast). No error when it is not running. */
bool cluster_stop(const char *data_dir, GError **error);

/* Connects: a libpq URL or connection string, which may also hold prepare=off: for poolers that give each
   transaction another connection of the server (pgbouncer in transaction mode); nothing is left on the
   connection then. Does not look at the schema. */
struct store *store_open(const char *conninfo, GError **error);
/* Zero is what store_open takes. */
struct store_options {
    int connect_timeout_s; /* 0: what the connection string says, else 10 */
    int statement_ms;      /* longest statement; 0: no limit */
    int idle_ms;           /* longest pause within a transaction; 0: no limit */
};
struct store *store_open_with(const char *conninfo, const struct store_options *options, GError **error);
void store_close(struct store *store);
AUTO_DEFINE(store, store_close);
/* SELECT 1 within timeout. For /readyz. Reconnects a broken connection. */
bool store_ping(struct store *store, GError **error);
/* How far the log of the server has been written (primary) or replayed (replica). */
struct store_position {
    bool replica;
    uint64_t bytes;
};
bool store_position(struct store *store, struct store_position *out, GError **error);
/* Called with each value of a label and how many there are of it. */
typedef void (*store_count_fn)(const char *value, int64_t n, void *user);

struct schema_status {
    int known;   /* newest migration compiled in */
    int applied; /* newest in the database; 0 = empty */
};
bool store_schema_status(struct store *store, struct schema_status *out, GError **error);
/* Applies what is missing under an advisory lock, one transaction each. A newer schema or a changed checksum
 * is refused. */
bool store_migrate(struct store *store, int *applied, GError **error);
/* Fails with WFM_ERROR_SCHEMA unless the schema is exactly the compiled one. */
bool store_schema_require(struct store *store, GError **error);

/* --- changes
 * ------------------------------------------------------------------------------------------------- */

/* Advisory locks, first key of the two-integer form. The second says which one of the class. */
enum store_lock {
    LOCK_NONE = 0,
    LOCK_MIGRATE = 0x77666d01, /* "wfm" and a number */
    LOCK_OPERATION,
    LOCK_HISTORY,
    LOCK_ROSTER, /* versions and publishing */
    LOCK_OVERRIDES,
};

/* Makes all that is called between the two one transaction: functions that are a transaction of their own
   become parts of it, and when one that writes fails, all of it rolls back (reads may fail without harm).
   What waits for a lock for more than 10 s fails with WFM_ERROR_BUSY. A connection that breaks in between is
   not opened again: everything up to the end fails with WFM_ERROR_STORE. */
bool store_change_begin(struct store *store, GError **error);
/* Commits when ok, else rolls back; returns whether all went well. */
bool store_change_end(struct store *store, bool ok, GError **error);
/* Waits for an advisory lock until the end of the change. */
bool store_change_lock(struct store *store, enum store_lock lock, int which, GError **error);

/* Answers of requests that carried an Idempotency-Key: kept a day by token and key, so that a repeated one
   gets the same answer and has no second effect. Both only inside of a change. */
struct idempotent_answer {
    int64_t token; /* whose request it was, of all tokens of the line */
    char *digest;  /* of the request: method, path, body */
    void *sealed;  /* the answer, encrypted by the caller; length bytes */
    size_t length;
};
void idempotent_answer_clear(struct idempotent_answer *answer);
/* `line` of the token that asks: a request repeated with the next token of the line is the same.
   WFM_ERROR_BUSY while another change with the same line and key runs; else keeps such ones away until the
   end of this one, and gives what is kept; out->sealed NULL: nothing. */
bool store_idempotency_find(struct store *store, int64_t line, const char *key, struct idempotent_answer *out,
                            GError **error);
/* Keeps it, and forgets some that are too old. */
bool store_idempotency_keep(struct store *store, int64_t line, const char *key,
                            const struct idempotent_answer *answer, GError **error);

/* --- operation
 * ------------------------------------------------------------------------------------------------- */

/* Brings clients, queues, sites, templates, contracts, currencies to exactly those of the operation (things
   that history or rosters refer to and that are gone from the file are kept as retired). Agents, time off and
   special days are saved by their own calls. */
bool store_operation_save(struct store *store, const struct operation *operation, const char *actor,
                          GError **error);
bool store_agents_save(struct store *store, const struct operation *operation, const char *actor,
                       GError **error);
/* Replaces all absences but those that come from an approved request (requests.h): they stay. */
bool store_time_off_save(struct store *store, const struct operation *operation, const char *actor,
                         GError **error);
bool store_special_days_save(struct store *store, const struct operation *operation, const char *actor,
                             GError **error);
bool store_preferences_save(struct store *store, const struct operation *operation, const char *actor,
                            GError **error);
bool store_meetings_save(struct store *store, const struct operation *operation, const char *actor,
                         GError **error);
/* The whole operation, active parts only, arrays ordered by id. Planner's view: callers of other roles never
 * get it. */
struct operation *store_operation_load(struct store *store, GError **error);
/* The same with these agents alone (unknown ones are passed over), what hangs on them, and no meetings:
   enough to check what is to become of them. agents NULL: all. */
struct operation *store_operation_load_with(struct store *store, const char *const *agents, int n,
                                            GError **error);

/* --- parts of the operation, one by one (core/part.h)
 * ------------------------------------------------------------------------------------------------- */

/* Which parts: all that is given must hold. */
struct part_filter {
    const char *id;                               /* named parts */
    int64_t number;                               /* time off and special days; 0: any */
    const char *client, *site, *contract, *queue; /* what it belongs to; of agents: skilled for the queue */
    const char *agent;                            /* of time off, preferences; a meeting's guest */
    int64_t from_ts, to_ts;                       /* time off, meetings: touching; both 0: any */
    int32_t from_day, to_day;                     /* special days, preferences: within; both 0: any */
    bool retired;                                 /* those that have left instead */
    const char *after;                            /* keyset: ids behind this one */
    int64_t after_number;                         /* … numbers; of special days: of the day after_day */
    int32_t after_day;
    int limit; /* 0: all */
};
/* An operation that holds the head, these parts in their order (id; time off: number; special days: day,
   number; preferences as ever), and of what they refer to only the ids, agents' sites with their zones. Not
   checked. Scopes: clients see their client and its queues, agents themselves, their time off and
   preferences and their site, without what is the planner's; what is not theirs is not there. */
struct operation *store_part_view(struct store *store, const struct scope *scope, enum part part,
                                  const struct part_filter *filter, GError **error);

/* Saves the elements at the indices of a checked operation, each with an audit row: actions[k]
   ("queue.updated"), detail. Elements of time off and special days without a number get one. For preferences
   the index is that of an agent, whose wishes are all replaced. */
struct part_change {
    int index;
    const char *action;
    json_t *detail; /* borrowed */
};
bool store_part_save(struct store *store, enum part part, struct operation *operation,
                     const struct part_change *changes, int n, const char *actor, GError **error);

/* What keeps a part from going: {"kind": "agent", "id": "ana"}, up to `limit`; an empty array when nothing
   does. NULL on failure. */
json_t *store_part_references(struct store *store, enum part part, const char *id, int limit, GError **error);
/* Retires what history may refer to, deletes the rest. WFM_ERROR_NOT_FOUND; WFM_ERROR_CONFLICT when something
   refers to it. Time off and special days go by number; `agent` (NULL: any) must be the one of time off. */
bool store_part_retire(struct store *store, enum part part, const char *id, int64_t number, const char *agent,
                       const char *actor, GError **error);

/* --- history
 * --------------------------------------------------------------------------------------------------- */

struct import_report {
    long rows; /* rows read */
    long inserted;
    long updated; /* values differed */
    long unchanged;
    /* of history alone */
    int64_t id;               /* of the import; 0: only tried */
    int64_t start_ts, end_ts; /* first and last interval in it; both 0: no rows */
};
/* Streams one file (core/history.h) through COPY BINARY into a staging table and one upsert; all in one
   transaction. Queues must exist. Importing twice changes nothing. */
bool store_history_import(struct store *store, const char *path, const struct history_format *format,
                          const char *actor, struct import_report *report, GError **error);
/* What that would do; nothing is kept. */
bool store_history_try(struct store *store, const char *path, const struct history_format *format,
                       struct import_report *report, GError **error);

/* An import on record. */
struct history_import {
    int64_t id, created_ts;
    char *created_by, *source; /* name of the file */
    struct import_report report;
    char **queues; /* ids, NULL-terminated */
};
void history_imports_free(struct history_import *imports, int n);
/* Newest first, those with an id below `before` (0: all), at most `limit` (0: all); `id` not 0: that one.
   Planner only. */
bool store_history_imports(struct store *store, const struct scope *scope, int64_t id, int64_t before,
                           int limit, struct history_import **out, int *n, GError **error);

/* Rows of a queue that start in [from_ts, to_ts), by start: those of whole days too. Scope: planner, client
   of the queue; none is no error. *out: *n, g_free. */
struct history_point {
    int64_t start_ts;
    int interval_s;
    double offered, answered, abandoned, handle_s, wait_s; /* NAN: not known */
};
bool store_history_points(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                          int64_t to_ts, struct history_point **out, int *n, GError **error);
/* History by interval of a queue in [from_ts, to_ts), without rows of whole days; INT64_MIN / INT64_MAX for
   all there is. The grid spans first to last stored row at the stored interval. WFM_ERROR_NOT_FOUND when
   there is no row; WFM_ERROR_INPUT when intervals are mixed. */
bool store_history_load(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                        struct series *out, GError **error);
/* All history of a queue: by interval, and what came by whole days, on a grid of the queue's local days
   (core/grid.h); grid.n = 0 where there is none. WFM_ERROR_INPUT as above. */
bool store_history_all(struct store *store, const char *queue, struct series *intervals, struct series *days,
                       GError **error);
/* When the newest history of any queue in service ends; INT64_MIN when there is none. */
bool store_history_end(struct store *store, int64_t *end_ts, GError **error);

/* --- forecasts and requirements
 * -------------------------------------------------------------------------------- */

/* A stored forecast of one queue. Plain arrays, so that the store knows nothing of forecast/. */
struct stored_forecast {
    int64_t id;
    char *queue;
    struct grid grid;
    double *offered, *aht_s; /* grid.n */
    int n_levels;
    double *levels;    /* n_levels */
    double *quantile;  /* n_levels × grid.n */
    char *report_json; /* models, weights, backtest errors */
    char *inputs_hash;
    int64_t created_ts;
    char *created_by;
    int64_t history_end_ts; /* what came from here on was not known; 0: not recorded */
};
void stored_forecast_clear(struct stored_forecast *forecast);
/* Saves all of one run together; fills the ids. */
bool store_forecasts_save(struct store *store, struct stored_forecast *forecasts, int n, const char *actor,
                          GError **error);
/* Newest forecast of the queue that covers [from_ts, to_ts) wholly: that from the most history, of those the
   one made last. Scope: planner, client of the queue. */
bool store_forecast_load(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, struct stored_forecast *out, GError **error);

/* Which of several forecasts of the same days. Zero: the newest. */
struct forecast_pick {
    int64_t id;       /* this one alone */
    bool first;       /* the oldest instead */
    int64_t known_ts; /* of those made from history up to here at most; 0: of all */
};

/* What forecasts say of [from_ts, to_ts): in each interval the newest that has it (or as `pick` says; NULL is
   zero), so that a span of the queue's days may cross weeks of the planning zone. `out` has id, report and
   creation of the newest, intervals beyond the span too, and NAN where none is; forecasts on another interval
   or with other levels are passed over. NOT_FOUND when none touches the span. Scope as above. */
bool store_forecast_span(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, const struct forecast_pick *pick, struct stored_forecast *out,
                         GError **error);

/* One forecast by its number. Scope as above. */
bool store_forecast_find(struct store *store, const struct scope *scope, int64_t id,
                         struct stored_forecast *out, GError **error);

/* What was stored, without the series: newest first, at most `limit` (0: all). */
struct forecast_info {
    int64_t id;
    char *queue, *zone; /* zone of the queue */
    struct grid grid;
    double contacts;
    char *report_json, *inputs_hash, *created_by;
    int64_t created_ts, history_end_ts; /* history_end_ts 0: not recorded */
};
void forecast_infos_free(struct forecast_info *infos, int n);
/* Of a queue (NULL: all) touching [from_ts, to_ts), those with an id below `before` (0: all). Scope as above.
 */
bool store_forecast_list(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, int64_t before, int limit, struct forecast_info **out, int *n,
                         GError **error);

/* --- the planner's hand
 * ---------------------------------------------------------------------------------------- */

/* Keeps overrides (core/override.h; checked) in their order and makes the scenarios they name; fills their
   ids, and says which are new (fresh: n; NULL if nobody asks; so may be report). One that stands already in
   every respect but its reason is left alone and unchanged, and gets the id of that one. WFM_ERROR_INPUT
   names a queue that is not in the store. */
bool store_overrides_add(struct store *store, struct override *overrides, int n, const char *actor,
                         struct import_report *report, bool *fresh, GError **error);
/* Takes overrides back, all of them or none. WFM_ERROR_NOT_FOUND: unknown or taken back already. */
bool store_overrides_remove(struct store *store, const int64_t *ids, int n, const char *actor,
                            GError **error);
struct override_filter {
    int64_t id;                   /* 0: all */
    const char *queue, *scenario; /* NULL: all */
    int64_t from_ts, to_ts;       /* ranges that touch it; both 0: all */
    bool with_removed;
};
/* In the order of entry. Planner; clients: of own queues, without reasons, names and scenarios that are off.
 *out: *n, overrides_free. */
bool store_override_list(struct store *store, const struct scope *scope, const struct override_filter *filter,
                         struct override **out, int *n, GError **error);

struct scenario_info {
    char *name, *created_by;
    bool standing;
    int64_t created_ts;
    int n_overrides, n_queues;
    int64_t from_ts, to_ts; /* of all its overrides */
};
void scenario_infos_free(struct scenario_info *infos, int n);
/* Those with an override that stands, by name. Planner only. */
bool store_scenario_list(struct store *store, struct scenario_info **out, int *n, GError **error);
/* WFM_ERROR_NOT_FOUND when there is none of that name. */
bool store_scenario_switch(struct store *store, const char *name, bool standing, const char *actor,
                           GError **error);
/* Takes all its overrides back and switches it off. */
bool store_scenario_remove(struct store *store, const char *name, const char *actor, GError **error);

/* --- rosters
 * ---------------------------------------------------------------------------------------------------- */

struct roster_info {
    int64_t id;
    int32_t first_day;
    int n_weeks;
    char *zone;     /* planning zone */
    int version;    /* 1, 2, … of those from that week on */
    char state[12]; /* "draft", "published", "superseded" */
    double pay, shortage, penalty, objective, bound;
    double seconds;
    uint64_t seed;
    char *currency, *inputs_hash, *wfm_version, *created_by, *published_by; /* published_by may be NULL */
    int64_t created_ts, published_ts;                                       /* published_ts 0 when draft */
    int n_shifts;
    int edits;         /* by hand: number of the last one, 0 = as solved */
    int64_t edited_ts; /* of the last one, 0: none; */
    char *edited_by;   /* NULL: none */
    int64_t copy_of;   /* roster it was copied from, 0: none (or that is gone) */
    int simulated;     /* edit its simulation is of: another than `edits` is stale; -1: none is stored */
};
void roster_info_clear(struct roster_info *info);

/* Saves a draft: shifts, activities, per queue and interval required and staffed, expected service per cell.
   `expected` may be NULL: else n_queues × grid.n in each array. */
struct roster_expected {
    const double *offered, *in_time, *counted; /* operation->n_queues × grid.n each */
};
bool store_roster_save(struct store *store, const struct plan_problem *problem,
                       const struct plan_solution *solution, const struct roster_expected *expected,
                       const char *inputs_hash, double seconds, const char *actor, int64_t *id,
                       GError **error);
/* Publishes a draft in one transaction: supersedes the published rosters of its weeks, copies shifts to the
   published set (exclusion constraint: no agent holds two overlapping shifts), raises the calendar sequence
   of changed shifts, writes the audit row. WFM_ERROR_CONFLICT, with what to do: it is published already or
   superseded; a published roster shares weeks with it and reaches beyond them; the published shifts of the
   weeks before have changed since it was planned; a shift overlaps or
   shares its day with one of a neighbouring week, or breaks rest or the run of days with the published next
   week (which this one was planned without knowing); an agent has left. A shift keeps its uid as long as it
   is on the same site-local day; one that vanished stays as cancelled. */
bool store_roster_publish(struct store *store, int64_t id, const char *actor, GError **error);
bool store_roster_info(struct store *store, const struct scope *scope, int64_t id, struct roster_info *out,
                       GError **error);
/* Newest roster from that week on in that state ("published", "draft", or NULL for any); first_day INT32_MIN:
 * of any week. */
bool store_roster_find(struct store *store, int32_t first_day, const char *state, int64_t *id,
                       GError **error);
struct roster_filter {
    int32_t week;      /* a Monday its weeks hold; INT32_MIN: any */
    const char *state; /* NULL: any */
};
/* Rosters, newest first, up to limit, with id < before (0 = from the newest); filter may be NULL. *out: array
 * of *n, each cleared, then g_free. Planner only. */
bool store_roster_list(struct store *store, const struct scope *scope, const struct roster_filter *filter,
                       int64_t before, int limit, struct roster_info **out, int *n, GError **error);
/* What clients may know of a roster their figures come from. */
struct published_roster {
    int64_t id;
    int32_t first_day;
    int n_weeks, version;
    int64_t published_ts;
    int replications; /* of its simulation; 0: none is stored */
};
/* Published rosters with queues of the client that touch [from_ts, to_ts), by time. *out: array of *n,
   g_free. Scope: planner, the client (another's: none). */
bool store_published_rosters(struct store *store, const struct scope *scope, const char *client,
                             int64_t from_ts, int64_t to_ts, struct published_roster **out, int *n,
                             GError **error);
/* Problem parts and solution of a stored roster, for verify, export and report: shifts by agent index of the
 * given operation; as its last edit left them. */
bool store_roster_load(struct store *store, const struct operation *operation, int64_t id,
                       struct plan_solution **out, GError **error);
/* The whole problem a roster was made from (kept with it as a plan file), for verify and replay. */
bool store_roster_problem(struct store *store, int64_t id, struct plan_problem **out, GError **error);
/* The same in a third of the time: whether it is still what was hashed when it was stored is not looked at.
 */
bool store_roster_problem_unverified(struct store *store, int64_t id, struct plan_problem **out,
                                     GError **error);

/* --- drafts changed by hand (store/edit_store.c): the problem never changes, the roster as solved is kept,
   and what the shifts are is named by the number of the last edit and a mark drawn with it. */

struct roster_mark {
    int edits;
    int64_t mark;
    char state[12];
};
/* Which shifts it has by now; WFM_ERROR_NOT_FOUND when there is none. */
bool store_roster_mark(struct store *store, int64_t id, struct roster_mark *out, GError **error);

struct draft_shift {
    int64_t id; /* for as long as the roster lives, also when it is gone and taken back; 0: not stored yet */
    bool locked;
    struct shift shift;
};

/* A whole roster at one moment; any state. */
struct roster_draft {
    struct roster_mark mark;
    struct draft_shift *shifts; /* n_shifts, sorted by shift_compare */
    int n_shifts;
    struct plan_solution *made;                         /* as it was solved, edits aside */
    double *made_offered, *made_in_time, *made_counted; /* … and expected to do then, as below */
    double pay, shortage, penalty, objective;           /* with them */
    double *staffed;                                    /* n_queues × grid.n of the problem */
    double *offered, *in_time, *counted;                /* the same, NAN where no expectation is stored */
};
void roster_draft_clear(struct roster_draft *draft);
bool store_roster_draft(struct store *store, const struct plan_problem *problem, int64_t id,
                        struct roster_draft *out, GError **error);

/* The roster as it was solved, without its edits; what wfm replay makes again. */
bool store_roster_made(struct store *store, const struct plan_problem *problem, int64_t id,
                       struct plan_solution **out, GError **error);

struct roster_edit {
    struct roster_mark mark;       /* the shifts it was made for; set to those after it */
    const struct draft_shift *was; /* shifts touched, as they were */
    int n_was;
    struct draft_shift *became; /* … and as they are: those with id 0 get one */
    int n_became;
    const struct plan_solution *solution;   /* all of the draft after it: shifts, figures and coverage */
    const struct roster_expected *expected; /* of all cells; NULL: not known */
    const bool *queues; /* n_queues: those whose coverage is another now; NULL: all are written */
    int violations;     /* hard ones it has then */
    const char *operations_json, *note; /* note may be NULL */
    int undoes;                         /* 0: none */
};
/* Stores an edit of a draft: its shifts, coverage, figures and what came of what. WFM_ERROR_CONFLICT when the
   roster is no draft, or (WFM_ERROR_PRECONDITION) when its shifts are not those of the mark any more. */
bool store_roster_edit(struct store *store, const struct plan_problem *problem, int64_t id,
                       struct roster_edit *edit, const char *actor, GError **error);

struct roster_edit_row {
    int number, undoes, violations;
    int64_t made_ts;
    char *made_by, *note, *operations_json;
    double pay, shortage, penalty, objective;
    struct draft_shift *was,
        *became; /* agents by index of the operation; those who are not in it: left out */
    int n_was, n_became;
};
void roster_edit_rows_free(struct roster_edit_row *rows, int n);
/* Edits with a number < before (0: all), newest first; limit 0: all. */
bool store_roster_edits(struct store *store, const struct operation *operation, int64_t id, int before,
                        int limit, struct roster_edit_row **out, int *n, GError **error);

/* A new draft with all that the roster has, as the next version of its week; any state may be copied. */
bool store_roster_copy(struct store *store, int64_t id, const char *actor, int64_t *copy, GError **error);
/* Takes a draft back for good; WFM_ERROR_CONFLICT for others: people have seen them. */
bool store_roster_delete(struct store *store, int64_t id, const char *actor, GError **error);

/* Locked shifts of a roster (0: of the published ones) that start in [from_ts, to_ts); agents by index of the
   operation, sorted by shift_compare. */
bool store_locked_shifts(struct store *store, const struct operation *operation, int64_t id, int64_t from_ts,
                         int64_t to_ts, struct shift **out, int *n, GError **error);

/* Published shifts that start in [from_ts, to_ts), as past, after or base of a problem; agents by index of
 * the operation. */
bool store_past_shifts(struct store *store, const struct operation *operation, int64_t from_ts, int64_t to_ts,
                       struct shift **out, int *n, GError **error);

/* A shift as people see it. */
struct shift_view {
    int64_t id;
    char *uid; /* stable across publishes: for iCalendar */
    int sequence;
    bool cancelled;
    char *agent, *agent_name, *site, *zone;
    int64_t start_ts, end_ts, changed_ts;
    int64_t change_no; /* of its last change; those of all shifts become visible in their order */
    int paid_minutes;
    int n_activities;
    struct activity activities[SHIFT_ACTIVITIES_MAX];
};
void shift_views_free(struct shift_view *views, int n);
/* Published shifts that overlap [from_ts, to_ts), sorted by start, id. agent NULL: all (planner), own
   (agent). Scope agent: own only, else WFM_ERROR_FORBIDDEN; scope client: always WFM_ERROR_FORBIDDEN. Unknown
   agent: WFM_ERROR_NOT_FOUND for planners. with_cancelled adds cancelled ones. Keyset paging: starts after
   (after_ts, after_id); limit 0 = all. */
bool store_shifts(struct store *store, const struct scope *scope, const char *agent, int64_t from_ts,
                  int64_t to_ts, bool with_cancelled, int64_t after_ts, int64_t after_id, int limit,
                  struct shift_view **out, int *n, GError **error);
/* What has changed of an agent's published shifts, cancelled ones included, in the order of the changes:
   those whose change_no is above since_no (0: all) and that changed at since_ts (INT64_MIN: ever) or later.
   Who asks with the highest number they have seen misses nothing. An instant is that of the beginning of a
   change: it may become visible later, so ask with a margin. Scope and agent as above. */
bool store_shift_changes(struct store *store, const struct scope *scope, const char *agent, int64_t since_no,
                         int64_t since_ts, int limit, struct shift_view **out, int *n, GError **error);
/* One published shift, cancelled or not (shift_views_free with 1). WFM_ERROR_NOT_FOUND also when it is
   somebody else's. */
bool store_shift_find(struct store *store, const struct scope *scope, int64_t id, struct shift_view **out,
                      GError **error);

/* Published shifts of one agent as the service reads them: without copies, and in one round trip with the
   check of the token. */
struct shift_ask {
    int64_t from_ts, to_ts; /* those that overlap it */
    bool with_cancelled;
    int64_t after_ts, after_id; /* keyset paging, as above */
    int limit;                  /* 0 = all */
    bool versions;              /* only what shift_list_tag needs */
};
struct shift_list;
/* Scope and errors as store_shifts; agent is needed. */
bool store_shift_list(struct store *store, const struct scope *scope, const char *agent,
                      const struct shift_ask *ask, struct shift_list **out, GError **error);
void shift_list_free(struct shift_list *list);
AUTO_DEFINE(shift_list, shift_list_free);
int shift_list_n(const struct shift_list *list);
/* The shift of a row; its strings belong to the list, uid until the next call. */
bool shift_list_view(struct shift_list *list, int row, struct shift_view *view, GError **error);
/* A digest that is another one whenever any shift_list_view of the same ask is another one; the same from a
   list with `versions` only. */
#define SHIFT_TAG_BYTES 16
void shift_list_tag(const struct shift_list *list, unsigned char tag[SHIFT_TAG_BYTES]);

/* Says what is asked next if the token that is looked up now is an agent's: the next store_token_lookup
   brings it along, and store_shift_list for that agent and that ask need not go to the server. What is
   brought and not asked for is forgotten. */
void store_shifts_ahead(struct store *store, const struct shift_ask *ask);

/* Coverage of one queue by the published rosters (or of one roster when roster_id != 0, planner only). The
   grid is the part of [from_ts, to_ts) from the first interval a roster covers to the last; INT64_MIN and
   INT64_MAX for all there is. A week between that nobody has published is NAN throughout. WFM_ERROR_NOT_FOUND
   when nothing covers it, or the queue is unknown or another client's; WFM_ERROR_FORBIDDEN for agents. */
struct coverage_view {
    struct grid grid;
    double *required, *staffed;          /* grid.n */
    double *offered, *in_time, *counted; /* grid.n; NAN where no expectation was stored */
};
void coverage_view_clear(struct coverage_view *view);
bool store_coverage(struct store *store, const struct scope *scope, int64_t roster_id, const char *queue,
                    int64_t from_ts, int64_t to_ts, struct coverage_view *out, GError **error);

/* Published rosters (or that one, when roster_id != 0) that touch the span and of which shifts have changed
   hands or fallen since they were published. *ids: *n, g_free. */
bool store_rosters_changed(struct store *store, int64_t roster_id, int64_t from_ts, int64_t to_ts,
                           int64_t **ids, int *n, GError **error);

/* What a simulation says of a queue over a span: a local day, a contract period, the whole of the roster; it
   may be two of them. Plain figures, so that the store knows nothing of scheduler/; what they mean:
   scheduler/simulate/simulate.h. */
struct simulated_span {
    char *queue;
    int64_t from_ts, to_ts;
    bool whole, contract; /* neither: a day */
    double target;
    double sl, sl_half; /* sl_half NAN: not known */
    double sl_p5, sl_p50, sl_p95;
    double met, met_low, met_high;
    double offered, counted, abandon, asa_s;
    double occupancy; /* NAN: not known */
    double past_counted, past_in_time;
};
struct stored_simulation {
    int64_t roster_id;
    uint64_t seed;
    int replications;
    double handle_cv;
    bool certain, even;
    double contacts, seconds; /* not read back */
    int edits;                /* the edit of the roster that was simulated */
    int64_t created_ts;       /* not saved: now */
    struct simulated_span *spans;
    int n_spans;
};
void stored_simulation_clear(struct stored_simulation *simulation);
/* Replaces what is stored of the roster. WFM_ERROR_NOT_FOUND when there is no such roster. */
bool store_simulation_save(struct store *store, const struct stored_simulation *simulation, const char *actor,
                           GError **error);
/* Spans that touch [from_ts, to_ts), by queue and time, of the published rosters (or of one when roster_id is
   not 0, planner only), of one queue or (NULL) of all the scope may see; none is no error. The head is that
   of the newest roster among them; replications 0: none. WFM_ERROR_FORBIDDEN for agents. */
bool store_simulation_load(struct store *store, const struct scope *scope, int64_t roster_id,
                           const char *queue, int64_t from_ts, int64_t to_ts, struct stored_simulation *out,
                           GError **error);

/* IANA name of the planning zone (g_free) and the planning interval; either may be NULL. Any scope. */
bool store_planning_zone(struct store *store, const struct scope *scope, char **zone, int *interval_min,
                         GError **error);

/* Queues, clients and agents a scope may see (agents: planner; own row for an agent). */
struct named_row {
    char *id, *name, *client, *channel, *zone, *detail_json;
};
void named_rows_free(struct named_row *rows, int n);
bool store_list_clients(struct store *store, const struct scope *scope, struct named_row **out, int *n,
                        GError **error);
bool store_list_queues(struct store *store, const struct scope *scope, const char *client,
                       struct named_row **out, int *n, GError **error);
bool store_list_agents(struct store *store, const struct scope *scope, const char *after, int limit,
                       struct named_row **out, int *n, GError **error);

/* --- tokens
 * ----------------------------------------------------------------------------------------------------- */

/* What a token may do beyond its role. Bits. */
enum token_scope {
    TOKEN_READ = 1 << 0,    /* every GET */
    TOKEN_PLAN = 1 << 1,    /* change what is planned with, drafts included */
    TOKEN_PUBLISH = 1 << 2, /* what agents and clients see afterwards */
    TOKEN_ADMIN = 1 << 3,   /* tokens, webhooks, audit */
    TOKEN_ALL = TOKEN_READ | TOKEN_PLAN | TOKEN_PUBLISH | TOKEN_ADMIN,
};

/* "read", "plan", "publish", "admin"; of one bit. */
const char *scope_name(enum token_scope scope);
/* "read,plan", in that order (g_free), and back; WFM_ERROR_INPUT names the word that is none. */
char *scopes_text(unsigned scopes);
bool scopes_parse(const char *text, unsigned *scopes, GError **error);

struct token_info {
    int64_t id;
    enum role role;
    unsigned scopes;      /* enum token_scope */
    char *client, *agent; /* NULL when not of that role */
    char *label;
    int64_t created_ts, expires_ts, last_used_ts; /* 0 = never */
    /* Of a look-up: */
    bool touch;        /* the use is worth a store_tokens_touch */
    int32_t agent_key; /* as in struct answer_mark; 0: of no agent */
    int64_t line;      /* id of the first of those that followed each other by rotation */
};
void token_info_clear(struct token_info *info);
/* Makes a token: "wfm_" + base64url of 32 random bytes; only its SHA-256 is stored. *text is shown once
 * (g_free). */
bool store_token_create(struct store *store, enum role role, const char *client, const char *agent,
                        const char *label, int64_t expires_ts, const char *actor, char **text, int64_t *id,
                        GError **error);
/* The same with scopes: role, client, agent, label, expires_ts and scopes of `wanted` count (scopes 0: all a
   role may have). Clients' and agents' tokens have TOKEN_READ whatever is wanted. */
bool store_token_make(struct store *store, const struct token_info *wanted, const char *actor, char **text,
                      int64_t *id, GError **error);
bool store_token_revoke(struct store *store, int64_t id, const char *actor, GError **error);
/* By id; token_infos_free. Those with an id above `after`; limit 0: all. */
bool store_token_page(struct store *store, int64_t after, int limit, struct token_info **out, int *n,
                      GError **error);
bool store_token_list(struct store *store, struct token_info **out, int *n, GError **error);
void token_infos_free(struct token_info *tokens, int n);
bool store_token_find(struct store *store, int64_t id, struct token_info *out, GError **error);
/* A new token for the same, and the former one ends after `overlap_s` at the latest, so that who uses it has
   time to change. */
bool store_token_rotate(struct store *store, int64_t id, int64_t overlap_s, int64_t expires_ts,
                        const char *actor, char **text, int64_t *made, GError **error);
/* WFM_ERROR_UNAUTHENTICATED when unknown, expired or revoked, or when its client or agent has left: is
 * retired, or was employed until the day before yesterday (UTC) or earlier. */
bool store_token_lookup(struct store *store, const char *text, struct token_info *out, GError **error);
/* The same of one that was good: is it still? */
bool store_token_good(struct store *store, int64_t id, GError **error);
/* They have been used just now. A token's mark is at most a minute old and written at most once a minute, so
   that a look-up need not write: gather those with `touch` and say so now and then. */
bool store_tokens_touch(struct store *store, const int64_t *ids, int n, GError **error);

/* Those that can be used, by role. */
bool store_count_tokens(struct store *store, store_count_fn add, void *user, GError **error);

/* Secret calendar feed of an agent: creating revokes the former one. *secret g_free. */
bool store_feed_create(struct store *store, const char *agent, const char *actor, char **secret,
                       GError **error);
bool store_feed_revoke(struct store *store, const char *agent, const char *actor, GError **error);
/* Agent id (g_free) of a feed secret; WFM_ERROR_NOT_FOUND, also when the agent has left. */
bool store_feed_lookup(struct store *store, const char *secret, char **agent, GError **error);

/* --- audit
 * ------------------------------------------------------------------------------------------------------ */
struct audit_row {
    int64_t id, at_ts;
    char *actor, *action, *subject, *detail_json;
};
void audit_rows_free(struct audit_row *rows, int n);
/* NULL and 0: all. */
struct audit_filter {
    const char *subject, *actor; /* as they are */
    const char *action;          /* "roster.published", or "roster" for all of that kind */
    int64_t since_ts;            /* at that instant or later; 0: ever */
    int64_t before;              /* with a smaller id: the next page */
};
/* Newest first. */
bool store_audit_list(struct store *store, const struct audit_filter *filter, int limit,
                      struct audit_row **out, int *n, GError **error);

/* --- changes
 * ---------------------------------------------------------------------------------------------------- */

/* A place in the feed: behind the row `id` of the transaction `xid`. Zero: the beginning. */
struct change_cursor {
    uint64_t xid;
    int64_t id;
};
/* What happened, as its reader may know it: planners read the audit rows; clients and agents what concerns
   them, without actor and without other people. Ids of one role mean nothing to another. */
struct change {
    struct change_cursor at;
    int64_t at_ts;
    char *kind, *subject;                /* "roster.published", "12" */
    char *actor;                         /* NULL but for planners */
    char *client, *queue, *agent, *week; /* NULL where it is about none, or about several */
    char *detail_json;
};
void change_clear(struct change *change);
void changes_free(struct change *changes, int n);

/*
 * Up to `limit` changes behind `since`, in the order of the transactions that made them, of the kinds given
 * ("roster.*" means all that begin so; NULL or empty: all). Only what cannot be preceded any more is served:
 * changes of a transaction appear once every transaction that began to write before it has ended. So a reader
 * who goes on from *next misses nothing and gets nothing twice. *next: behind the last row; *more: there were
 * more than `limit`. WFM_ERROR_INPUT when `since` is ahead of the database (a cursor of another one, or of a
 * time before a restore).
 */
bool store_changes(struct store *store, const struct scope *scope, struct change_cursor since,
                   const char *const *kinds, int limit, struct change **out, int *n,
                   struct change_cursor *next, bool *more, GError **error);
/* The end of the feed, for readers who want only what comes. */
bool store_changes_end(struct store *store, struct change_cursor *end, GError **error);
/* Forgets what clients and agents heard more than keep_days ago, some thousands at a time; the audit stays.
 */
bool store_notices_forget(struct store *store, int keep_days, GError **error);

/* --- webhooks
 * --------------------------------------------------------------------------------------------------- */

struct webhook {
    int64_t id;
    char *url, *description, *created_by;
    char **kinds; /* NULL-terminated; empty: all */
    bool active;
    int64_t created_ts;
    int64_t failing_since_ts, disabled_ts; /* 0: not */
    int64_t pending, dead;                 /* deliveries */
};
void webhook_clear(struct webhook *webhook);
void webhooks_free(struct webhook *webhooks, int n);

/* By id, beyond `after`; limit 0: all. */
bool store_webhook_list(struct store *store, int64_t after, int limit, struct webhook **out, int *n,
                        GError **error);
bool store_webhook_find(struct store *store, int64_t id, struct webhook *out, GError **error);
/* `secret`: as it is kept, length bytes; sealed: encrypted by the caller. Fills the id. */
bool store_webhook_create(struct store *store, struct webhook *webhook, const void *secret, size_t length,
                          bool sealed, const char *actor, GError **error);
/* Replaces url, kinds, description and active of the one with its id. Active again: what waits is tried at
 * once. */
bool store_webhook_replace(struct store *store, const struct webhook *webhook, const char *actor,
                           GError **error);
bool store_webhook_secret(struct store *store, int64_t id, const void *secret, size_t length, bool sealed,
                          const char *actor, GError **error);
bool store_webhook_delete(struct store *store, int64_t id, const char *actor, GError **error);
/* Writes the event webhook.tested and sends it to this webhook, whatever kinds it wants; *delivery: its
   number. WFM_ERROR_CONFLICT when it is not active. */
bool store_webhook_test(struct store *store, int64_t id, const char *actor, int64_t *delivery,
                        GError **error);

enum delivery_state { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_DEAD, DELIVERY_STATE_N };
const char *delivery_state_name(enum delivery_state state);
extern const char *const delivery_state_names[DELIVERY_STATE_N + 1]; /* NULL behind them */
struct delivery {
    int64_t id, webhook_id;
    struct change event;
    enum delivery_state state;
    int attempts;
    int64_t created_ts, next_ts, tried_ts; /* tried_ts 0: never; next_ts of pending ones */
    int status;                            /* of the last answer; 0: none */
    char *error;                           /* of the last attempt, or NULL */
};
void delivery_clear(struct delivery *delivery);
void deliveries_free(struct delivery *deliveries, int n);
/* Newest first, before number `before` (0: all), of one state (DELIVERY_STATE_N: all). NOT_FOUND: no such
 * webhook. */
bool store_delivery_list(struct store *store, int64_t webhook, enum delivery_state state, int64_t before,
                         int limit, struct delivery **out, int *n, GError **error);
bool store_delivery_find(struct store *store, int64_t webhook, int64_t id, struct delivery *out,
                         GError **error);
/* A dead, or waiting, delivery is tried at once and for another day. CONFLICT when it was delivered. */
bool store_delivery_retry(struct store *store, int64_t webhook, int64_t id, const char *actor,
                          GError **error);

/* --- sending: several processes may do it, each webhook is with one of them at a time */

struct webhook_lease {
    int64_t webhook_id, lease;
    char *url;
    unsigned char *secret;
    size_t secret_length;
    bool sealed;
};
void webhook_lease_clear(struct webhook_lease *lease);
/* Takes a webhook that has something to send, for `seconds`; the one that waited longest. *found false: none.
 */
bool store_webhook_lease(struct store *store, int seconds, struct webhook_lease *out, bool *found,
                         GError **error);
/* The next delivery that is due, in the order of the events; prolongs the lease. *found false: none is, or
 * the lease is lost. */
bool store_delivery_next(struct store *store, const struct webhook_lease *lease, int seconds,
                         struct delivery *out, bool *found, GError **error);
/* What came of it. */
struct delivery_outcome {
    bool delivered;
    int status;          /* HTTP; 0: no answer */
    const char *error;   /* when not delivered */
    int retry_s;         /* until it is tried again */
    int pause_s;         /* until anything is sent to this webhook */
    int give_up_s;       /* it is dead when the next attempt would be later than so long after it was made */
    int disable_after_s; /* the webhook is disabled, with an audit row, when one dies and none arrived for so
                            long */
};
bool store_delivery_done(struct store *store, const struct webhook_lease *lease, int64_t delivery,
                         const struct delivery_outcome *outcome, GError **error);
bool store_webhook_release(struct store *store, const struct webhook_lease *lease, GError **error);
/* Deliveries that wait and that are dead, of all; and forgets those done for more than keep_days. */
bool store_delivery_count(struct store *store, int64_t *pending, int64_t *dead, GError **error);
bool store_delivery_forget(struct store *store, int keep_days, GError **error);

#endif
