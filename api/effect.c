#include "api/effect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

#define PAST_DAYS 35
#define AFTER_DAYS 14

/* --- the roster as it stands
 * -------------------------------------------------------------------------------------- */

void standing_clear(struct standing *s)
{
    plan_problem_free(s->problem);
    plan_solution_free(s->made);
    g_free(s->shifts);
    *s = (struct standing){0};
}

static void drop_base(struct plan_problem *problem)
{
    if (problem->base == NULL)
        return;
    g_free(problem->base->shifts);
    g_free(problem->base->locks);
    g_clear_pointer(&problem->base, g_free);
}

static void add_time_off(struct operation *op, int agent, int64_t start_ts, int64_t end_ts, int credit_min,
                         const char *kind)
{
    op->time_off = g_renew(struct time_off, op->time_off, op->n_time_off + 1);
    op->time_off[op->n_time_off++] = (struct time_off){.agent = agent,
                                                       .start_ts = start_ts,
                                                       .end_ts = end_ts,
                                                       .credit_min = credit_min,
                                                       .kind = g_strdup(kind)};
}

static int time_off_compare(const void *a, const void *b)
{
    const struct time_off *x = a, *y = b;
    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

static void sort_time_off(struct operation *op)
{
    if (op->n_time_off > 0)
        qsort(op->time_off, (size_t)op->n_time_off, sizeof *op->time_off, time_off_compare);
}

/* Absences come and go after a roster was made. */
static void renew_time_off(struct operation *op, const struct operation *now)
{
    g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < op->n_agents; i++)
        g_hash_table_insert(index, op->agents[i].id, GINT_TO_POINTER(i + 1));
    operation_clear_time_off(op);
    for (int i = 0; i < now->n_time_off; i++) {
        const struct time_off *off = &now->time_off[i];
        int agent = GPOINTER_TO_INT(g_hash_table_lookup(index, now->agents[off->agent].id)) - 1;
        if (agent >= 0)
            add_time_off(op, agent, off->start_ts, off->end_ts, off->credit_min, off->kind);
    }
    sort_time_off(op);
}

static bool renew(struct store *store, struct plan_problem *problem, GError **error)
{
    int64_t start_ts = problem->demand.grid.start_ts, end_ts = grid_end_ts(&problem->demand.grid);
    AUTO(operation) now = store_operation_load(store, error);
    if (now == NULL)
        return false;
    renew_time_off(problem->operation, now);
    drop_base(problem);
    g_clear_pointer(&problem->past, g_free);
    g_clear_pointer(&problem->after, g_free);
    problem->n_past = problem->n_after = 0;
    return store_past_shifts(store, problem->operation, start_ts - PAST_DAYS * (int64_t)DAY_S, start_ts,
                             &problem->past, &problem->n_past, error) &&
           store_past_shifts(store, problem->operation, end_ts, end_ts + AFTER_DAYS * (int64_t)DAY_S,
                             &problem->after, &problem->n_after, error);
}

bool standing_load(struct store *store, int64_t roster, struct standing *out, GError **error)
{
    struct roster_info info = {0};
    *out = (struct standing){.roster = roster};
    if (!store_roster_info(store, &scope_planner, roster, &info, error))
        return false;
    out->published = strcmp(info.state, "published") == 0;
    roster_info_clear(&info);
    if (!store_roster_problem_unverified(store, roster, &out->problem, error) ||
        !store_roster_load(store, out->problem->operation, roster, &out->made, error) ||
        !renew(store, out->problem, error))
        return false;
    const struct grid *grid = &out->problem->demand.grid;
    if (out->published)
        return store_past_shifts(store, out->problem->operation, grid->start_ts, grid_end_ts(grid),
                                 &out->shifts, &out->n_shifts, error);
    out->n_shifts = out->made->n_shifts;
    out->shifts = g_memdup2(out->made->shifts, sizeof *out->shifts * (gsize)out->n_shifts);
    return true;
}

/* --- effects
 * ----------------------------------------------------------------------------------------------------- */

void effect_clear(struct effect *e)
{
    standing_clear(&e->standing);
    edited_free(e->before);
    edited_free(e->after);
    g_free(e->new_of);
    *e = (struct effect){0};
}

static struct edited *edit(const struct standing *s, GError **error)
{
    return edited_new(s->problem, s->made, s->shifts, s->n_shifts, error);
}

static bool compare(struct effect *e, GError **error)
{
    e->after = edit(&e->standing, error);
    if (e->after == NULL)
        return false;
    e->new_of = g_new0(bool, (gsize)e->after->report.n_violations + 1);
    e->n_new = edited_new_violations(&e->before->report, &e->after->report, e->new_of);
    return true;
}

static struct shift *find_in(struct shift *shifts, int n, int agent, int64_t start_ts)
{
    for (int i = 0; i < n; i++)
        if (shifts[i].agent == agent && shifts[i].start_ts == start_ts)
            return &shifts[i];
    return NULL;
}

/* All are found before any moves: two may begin at once. */
static bool move_all(struct standing *s, const struct shift_move *moves, int n_moves, GError **error)
{
    struct plan_problem *problem = s->problem;
    g_autofree struct shift **found = g_new0(struct shift *, (gsize)n_moves + 1);
    for (int k = 0; k < n_moves; k++) {
        int from = operation_agent(problem->operation, moves[k].from);
        found[k] = find_in(s->shifts, s->n_shifts, from, moves[k].start_ts);
        if (found[k] == NULL)
            found[k] = find_in(problem->past, problem->n_past, from, moves[k].start_ts);
        if (found[k] == NULL)
            found[k] = find_in(problem->after, problem->n_after, from, moves[k].start_ts);
        if (operation_agent(problem->operation, moves[k].to) < 0) /* agents read this too: no name */
            return wfm_fail(error, WFM_ERROR_CONFLICT,
                            "one of the two was not in the operation yet when the roster of that week was "
                            "made; a planner has to plan it again");
    }
    for (int k = 0; k < n_moves; k++)
        if (found[k] != NULL) /* else too far away to matter */
            found[k]->agent = operation_agent(problem->operation, moves[k].to);
    qsort(s->shifts, (size_t)s->n_shifts, sizeof *s->shifts, shift_compare);
    qsort(problem->past, (size_t)problem->n_past, sizeof *problem->past, shift_compare);
    qsort(problem->after, (size_t)problem->n_after, sizeof *problem->after, shift_compare);
    return true;
}

bool effect_of_moves(struct store *store, int64_t roster, const struct shift_move *moves, int n_moves,
                     struct effect *out, GError **error)
{
    *out = (struct effect){0};
    if (!standing_load(store, roster, &out->standing, error))
        return false;
    out->before = edit(&out->standing, error);
    return out->before != NULL && move_all(&out->standing, moves, n_moves, error) && compare(out, error);
}

static bool touches(const struct shift *shift, int agent, const struct time_off_request *r)
{
    return shift->agent == agent && shift->start_ts < r->end_ts && shift->end_ts > r->start_ts;
}

static void drop_touched(struct shift *shifts, int *n, int agent, const struct time_off_request *r)
{
    int kept = 0;
    for (int i = 0; i < *n; i++)
        if (!touches(&shifts[i], agent, r))
            shifts[kept++] = shifts[i];
    *n = kept;
}

bool effect_of_time_off(struct store *store, int64_t roster, const struct time_off_request *r,
                        struct effect *out, GError **error)
{
    *out = (struct effect){0};
    struct standing *s = &out->standing;
    if (!standing_load(store, roster, s, error))
        return false;
    out->before = edit(s, error);
    if (out->before == NULL)
        return false;
    int agent = operation_agent(s->problem->operation, r->agent);
    if (agent >= 0) {
        drop_touched(s->shifts, &s->n_shifts, agent, r);
        drop_touched(s->problem->past, &s->problem->n_past, agent, r);
        drop_touched(s->problem->after, &s->problem->n_after, agent, r);
        add_time_off(s->problem->operation, agent, r->start_ts, r->end_ts, r->credit_min, r->kind);
        sort_time_off(s->problem->operation);
    }
    return compare(out, error);
}
