#include "scheduler/roster/intraday.h"

#include <math.h>
#include <string.h>

#include "scheduler/roster/checker.h"
#include "scheduler/roster/explain_unit.h"
#include "scheduler/roster/roster.h"
#include "scheduler/roster/trial.h"

#define SAVES_MIN 1e-6

const char *intraday_kind_name(enum intraday_kind kind)
{
    static const char *const names[INTRADAY_KIND_N] = {"extend", "call in", "cut", "release", "breaks"};
    return names[kind];
}

/* The rest of the day of one planning unit. Agents are the whole problem's, but `own` in the unit. */
struct day_work {
    const struct plan_problem *problem;
    const struct intraday_ask *ask;
    struct explain_unit *u;
    GArray *shifts; /* struct shift: the whole roster with the moves so far */
    double *price;  /* n_axis: what the agent looked at adds in the interval, being out */
    bool *moved;    /* agents of the unit who have had their move */
};

/* One agent looked at. */
struct look {
    const struct day_work *w;
    int own; /* agent in the unit */
    const struct agent_class *class;
    const struct catalogue *cat;
    const struct zone *zone;
    int32_t today;
    const struct shift *now; /* NULL = off today */
    double now_value;        /* worth of today's shift */
    double now_money;        /* what all shifts of the agent cost */
    GArray *moves;           /* struct intraday_move: candidates */
};

static int iv_of(const struct roster_model *model, int64_t ts)
{
    return (int)CLAMP((ts - model->start_ts) / model->interval_s, 0, model->n_axis);
}

/* ---- worth of one shift ---- */

/* What the agent's shifts cost with `today` in place of the one of today (NULL = off): pay, overtime, priced
   rules, wishes. NAN when one of them is not among the shifts of the contract. */
static double money_of(const struct look *l, const struct shift *today)
{
    const GArray *all = l->w->shifts;
    g_autofree const struct shift **own = g_new0(const struct shift *, all->len + 2);
    struct tour tour = {0};
    int n = 0;
    double money = NAN;
    bool placed = today == NULL;
    for (guint i = 0; i < all->len; i++) {
        const struct shift *shift = &g_array_index(all, struct shift, i);
        if (shift->agent != l->w->u->agent[l->own] || (l->now != NULL && shift->start_ts == l->now->start_ts))
            continue;
        if (!placed && shift->start_ts > today->start_ts) {
            own[n++] = today;
            placed = true;
        }
        own[n++] = shift;
    }
    if (!placed)
        own[n++] = today;
    if (explain_unit_tour(l->w->u, l->class, own, n, &tour))
        money = tour_own(l->w->u->model, l->class, &tour);
    tour_clear(&tour);
    return money;
}

static double worth_of(const struct look *l, const struct shift *shift)
{
    g_autofree int32_t *cover = g_new(int32_t, l->w->u->model->n_iv + 1);
    int n = l->class->set >= 0 ? explain_unit_cover(l->w->u, shift, cover) : 0;
    double worth = 0;
    for (int i = 0; i < n; i++)
        worth += l->w->price[cover[i]];
    return worth;
}

static void count(const struct day_work *w, const struct agent_class *class, const struct shift *shift,
                  int sign)
{
    const struct roster_model *model = w->u->model;
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    int n = class->set >= 0 && shift != NULL ? explain_unit_cover(w->u, shift, cover) : 0;
    for (int i = 0; i < n; i++)
        w->u->count[(size_t)cover[i] * (size_t)model->n_sets + (size_t) class->set] += sign;
}

/* Prices from now to two days on; the agent's shift of today is out of the counts. */
static void price_rest(const struct look *l)
{
    const struct roster_model *model = l->w->u->model;
    int from = iv_of(model, l->now != NULL ? MIN(l->now->start_ts, l->w->ask->from_ts) : l->w->ask->from_ts);
    int to = MIN(iv_of(model, l->w->ask->from_ts + 2 * DAY_S), model->n_iv);
    for (int iv = from; l->class->set >= 0 && iv < to; iv++) {
        l->w->price[iv] = worth_gain(l->w->u->worth, iv, l->w->u->count + (size_t)iv * (size_t)model->n_sets,
                                     l->class->set);
    }
}

/* ---- breaks ---- */

/* Breaks of one shift being placed, in the order of their windows. */
struct placing {
    const struct look *l;
    const struct shift_template *tmpl;
    int order[TEMPLATE_BREAKS_MAX];
    struct shift *shift;
    double best;
    struct activity chosen[TEMPLATE_BREAKS_MAX], at[TEMPLATE_BREAKS_MAX];
};

/* A break that has begun by now, of the shift as it is. NULL when rule k has none. */
static const struct activity *begun(const struct look *l, const struct break_rule *rule, int64_t start_ts)
{
    if (l->now == NULL || l->now->start_ts != start_ts)
        return NULL;
    for (int i = 0; i < l->now->n_activities; i++) {
        const struct activity *a = &l->now->activities[i];
        if (a->kind == rule->kind && a->paid == rule->paid &&
            a->end_ts - a->start_ts == (int64_t)rule->length_min * 60 && a->start_ts < l->w->ask->from_ts &&
            a->start_ts >= start_ts + (int64_t)rule->earliest_min * 60 &&
            a->start_ts <= start_ts + (int64_t)rule->latest_min * 60)
            return a;
    }
    return NULL;
}

/* Tries all places of break `k` and those behind it; `cost` is the worth lost so far. A shift has few breaks,
   and windows of some hours: some thousand places at most. */
static void place(struct placing *p, int k, double cost)
{
    const struct roster_model *model = p->l->w->u->model;
    if (cost >= p->best)
        return;
    if (k == p->tmpl->n_breaks) {
        p->best = cost;
        memcpy(p->chosen, p->at, sizeof p->chosen);
        return;
    }
    const struct break_rule *rule = &p->tmpl->breaks[p->order[k]];
    const struct activity *fixed = begun(p->l, rule, p->shift->start_ts);
    int64_t from = p->shift->start_ts + (int64_t)rule->earliest_min * 60;
    int64_t to = p->shift->start_ts + (int64_t)rule->latest_min * 60, length = (int64_t)rule->length_min * 60;
    if (fixed != NULL)
        from = to = fixed->start_ts;
    else
        from = MAX(from, p->shift->start_ts +
                             (MAX(p->l->w->ask->from_ts - p->shift->start_ts, 0) + model->interval_s - 1) /
                                 model->interval_s * model->interval_s);
    for (int64_t at = from; at <= to && at + length <= p->shift->end_ts; at += model->interval_s) {
        bool clear = true;
        double lost = 0;
        for (int i = 0; i < k && clear; i++)
            clear = p->at[i].end_ts <= at || p->at[i].start_ts >= at + length;
        for (int iv = iv_of(model, at); clear && iv < iv_of(model, at + length); iv++)
            lost += p->l->w->price[iv];
        p->at[k] = (struct activity){rule->kind, at, at + length, rule->paid};
        if (clear)
            place(p, k + 1, cost + lost);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct activity *x = a, *y = b;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

/* Places the breaks of the shift where they cost least; false when they do not fit any more. */
static bool place_breaks(const struct look *l, const struct shift_template *tmpl, struct shift *shift)
{
    struct placing p = {.l = l, .tmpl = tmpl, .shift = shift, .best = INFINITY};
    for (int i = 0; i < tmpl->n_breaks; i++) { /* those that have begun first */
        int at = i;
        for (; at > 0 && begun(l, &tmpl->breaks[i], shift->start_ts) != NULL &&
               begun(l, &tmpl->breaks[p.order[at - 1]], shift->start_ts) == NULL;
             at--)
            p.order[at] = p.order[at - 1];
        p.order[at] = i;
    }
    place(&p, 0, 0);
    if (!isfinite(p.best))
        return false;
    shift->n_activities = tmpl->n_breaks;
    memcpy(shift->activities, p.chosen, sizeof(struct activity) * (size_t)tmpl->n_breaks);
    if (tmpl->n_breaks > 1)
        qsort(shift->activities, (size_t)shift->n_activities, sizeof(struct activity), by_start);
    return true;
}

/* ---- candidates of one agent ---- */

static void offer(struct look *l, enum intraday_kind kind, const struct shift *after)
{
    const struct intraday_ask *ask = l->w->ask;
    struct intraday_move move = {.kind = kind, .agent = l->w->u->agent[l->own]};
    if (l->now != NULL)
        move.before = *l->now;
    if (after != NULL)
        move.after = *after;
    move.worth = (after != NULL ? worth_of(l, after) : 0) - l->now_value;
    if (move.worth <= 0 && kind != INTRADAY_CUT && kind != INTRADAY_RELEASE)
        return;
    move.pay = money_of(l, after) - l->now_money;
    move.saves = move.worth - move.pay - (kind == INTRADAY_BREAKS ? ask->break_price : ask->change_price);
    if (move.saves > SAVES_MIN) /* false for NAN */
        g_array_append_val(l->moves, move);
}

/* Shifts of the template with this start, in all lengths. */
static void offer_lengths(struct look *l, int tmpl_index, int64_t start_ts)
{
    const struct operation *op = l->w->problem->operation;
    const struct shift_template *tmpl = &op->templates[tmpl_index];
    for (int paid = tmpl->paid_min_min; paid <= tmpl->paid_max_min; paid += MAX(tmpl->paid_step_min, 1)) {
        struct shift shift = {.agent = l->w->u->agent[l->own], .tmpl = tmpl_index, .start_ts = start_ts};
        shift.end_ts = start_ts + (int64_t)(paid + shift_template_unpaid_min(tmpl)) * 60;
        if (shift.end_ts <= l->w->ask->from_ts || (l->now != NULL && tmpl_index != l->now->tmpl) ||
            !place_breaks(l, tmpl, &shift))
            continue;
        enum intraday_kind kind = l->now == NULL                  ? INTRADAY_CALL_IN
                                  : shift.end_ts > l->now->end_ts ? INTRADAY_EXTEND
                                  : shift.end_ts < l->now->end_ts ? INTRADAY_CUT
                                                                  : INTRADAY_BREAKS;
        offer(l, kind, &shift);
    }
}

static void offer_all(struct look *l)
{
    const struct operation *op = l->w->problem->operation;
    const struct intraday_ask *ask = l->w->ask;
    const struct contract *contract = &op->contracts[op->agents[l->w->u->agent[l->own]].contract];
    if (l->now != NULL) {
        if (l->now->tmpl >= 0)
            offer_lengths(l, l->now->tmpl, l->now->start_ts);
        if (l->now->start_ts > ask->from_ts)
            offer(l, INTRADAY_RELEASE, NULL);
        return;
    }
    for (int i = 0; i < contract->n_templates; i++) {
        const struct shift_template *tmpl = &op->templates[contract->templates[i]];
        if (!(tmpl->weekdays >> day_weekday(l->today) & 1) || tmpl->on_call)
            continue;
        for (int minute = tmpl->start_from_min; minute <= tmpl->start_to_min;
             minute += MAX(tmpl->start_step_min, 1)) {
            int64_t start_ts = zone_instant(l->zone, l->today, minute);
            if (start_ts >= ask->from_ts + ask->notice_s)
                offer_lengths(l, contract->templates[i], start_ts);
        }
    }
}

/* The shift that runs now, or comes later today; -1 for none. Those with a meeting in them are left alone
   (-2): it would have to move with others'. So is who has worked today already. */
static int shift_now(const struct look *l, int agent)
{
    const GArray *shifts = l->w->shifts;
    for (guint i = 0; i < shifts->len; i++) {
        const struct shift *shift = &g_array_index(shifts, struct shift, i);
        int32_t day = zone_local_day(l->zone, shift->start_ts);
        bool runs = shift->start_ts <= l->w->ask->from_ts && shift->end_ts > l->w->ask->from_ts;
        if (shift->agent != agent || (day != l->today && !runs))
            continue;
        if (shift->end_ts <= l->w->ask->from_ts)
            return -2;
        for (int k = 0; k < shift->n_activities; k++)
            if (shift->activities[k].kind == ACTIVITY_MEETING ||
                shift->activities[k].kind == ACTIVITY_TRAINING)
                return -2;
        return (int)i;
    }
    return -1;
}

/* Candidates of one agent, appended to moves. */
static void look_at(const struct day_work *w, int own, GArray *moves)
{
    const struct operation *op = w->problem->operation;
    const struct roster_model *model = w->u->model;
    struct look l = {.w = w, .own = own, .moves = moves};
    l.class = &model->classes[model->class_of_agent[own]];
    l.cat = &model->catalogues[l.class->catalogue];
    l.zone = model->zones[op->agents[w->u->agent[own]].site];
    l.today = zone_local_day(l.zone, w->ask->from_ts);
    int at = shift_now(&l, w->u->agent[own]);
    if (at == -2 || l.class->set < 0)
        return;
    struct shift now = at >= 0 ? g_array_index(w->shifts, struct shift, at) : (struct shift){0};
    l.now = at >= 0 ? &now : NULL;
    count(w, l.class, l.now, -1);
    price_rest(&l);
    l.now_value = l.now != NULL ? worth_of(&l, l.now) : 0;
    l.now_money = money_of(&l, l.now);
    offer_all(&l);
    count(w, l.class, l.now, 1);
}

/* ---- legality ---- */

/* Violations of the agent's own rules with these shifts of theirs; `agent` in the whole problem. */
static int violations(const struct day_work *w, int agent, const GArray *shifts)
{
    struct trial *trial = trial_new(w->problem, agent, agent + 1);
    struct plan_solution solution = {.shifts = g_new0(struct shift, shifts->len + 1), .bound = -INFINITY};
    struct check_report report = {0};
    trial->problem.base = NULL;
    for (guint i = 0; i < shifts->len; i++)
        if (g_array_index(shifts, struct shift, i).agent == agent) {
            solution.shifts[solution.n_shifts] = g_array_index(shifts, struct shift, i);
            solution.shifts[solution.n_shifts++].agent = 0;
        }
    roster_check(&trial->problem, &solution, &report);
    int n = report.n_violations;
    check_report_clear(&report);
    g_free(solution.shifts);
    trial_free(trial);
    return n;
}

static int compare_shift(gconstpointer a, gconstpointer b)
{
    return shift_compare(a, b);
}

/* Makes the move in a list of shifts. */
static void make(GArray *shifts, const struct intraday_move *move)
{
    for (guint i = 0; i < shifts->len; i++) {
        const struct shift *shift = &g_array_index(shifts, struct shift, i);
        if (shift->agent == move->agent && shift->start_ts == move->before.start_ts) {
            g_array_remove_index(shifts, i);
            break;
        }
    }
    if (move->after.end_ts > 0)
        g_array_append_val(shifts, move->after);
    g_array_sort(shifts, compare_shift);
}

/* Are there hard seats left wherever the new shift is and the old one was not? */
static bool seats_left(const struct day_work *w, const struct intraday_move *move)
{
    const struct operation *op = w->problem->operation;
    const struct roster_model *model = w->u->model;
    int at = op->agents[move->agent].site;
    if (op->sites[at].seats == 0 || op->sites[at].seat_price > 0)
        return true;
    for (int64_t ts = move->after.start_ts; ts < move->after.end_ts; ts += model->interval_s) {
        int present = 1;
        if (ts >= move->before.start_ts && ts < move->before.end_ts)
            continue;
        for (guint i = 0; i < w->shifts->len; i++) {
            const struct shift *shift = &g_array_index(w->shifts, struct shift, i);
            present += op->agents[shift->agent].site == at && shift->start_ts < ts + model->interval_s &&
                       shift->end_ts > ts && (shift->tmpl < 0 || !op->templates[shift->tmpl].on_call);
        }
        if (present > op->sites[at].seats)
            return false;
    }
    return true;
}

static bool legal(const struct day_work *w, const struct intraday_move *move)
{
    if (!seats_left(w, move))
        return false;
    g_autoptr(GArray) trial = g_array_copy(w->shifts);
    int before = violations(w, move->agent, trial);
    make(trial, move);
    return violations(w, move->agent, trial) <= before;
}

/* ---- one after the other ---- */

static int compare_move(gconstpointer a, gconstpointer b)
{
    const struct intraday_move *x = a, *y = b;
    if (x->saves != y->saves)
        return x->saves > y->saves ? -1 : 1;
    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->after.start_ts > y->after.start_ts) - (x->after.start_ts < y->after.start_ts);
}

static void apply(const struct day_work *w, const struct intraday_move *move)
{
    int own = 0;
    while (w->u->agent[own] != move->agent)
        own++;
    const struct agent_class *class = &w->u->model->classes[w->u->model->class_of_agent[own]];
    if (move->before.end_ts > 0)
        count(w, class, &move->before, -1);
    if (move->after.end_ts > 0)
        count(w, class, &move->after, 1);
    make(w->shifts, move);
    w->moved[own] = true;
}

/* The best legal move of anybody who has not had one. */
static bool best_move(const struct day_work *w, struct intraday_move *out)
{
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(struct intraday_move));
    for (int own = 0; own < w->u->problem->operation->n_agents; own++)
        if (!w->moved[own])
            look_at(w, own, moves);
    g_array_sort(moves, compare_move);
    for (guint i = 0; i < moves->len; i++) {
        *out = g_array_index(moves, struct intraday_move, i);
        if (legal(w, out))
            return true;
    }
    return false;
}

static void work_unit(struct day_work *w, double objective, GArray *moves)
{
    struct intraday_move move;
    if (w->u->problem->demand.n_rows > 0)
        explain_unit_bound(w->u, objective, NULL);
    w->price = g_new0(double, w->u->model->n_axis + 1);
    w->moved = g_new0(bool, w->u->problem->operation->n_agents + 1);
    for (int n = 0; n < w->ask->most && best_move(w, &move); n++) {
        apply(w, &move);
        g_array_append_val(moves, move);
    }
    g_free(w->price);
    g_free(w->moved);
}

struct intraday *intraday_new(const struct plan_problem *problem, const struct shift *shifts, int n,
                              const struct intraday_ask *ask, GError **error)
{
    const struct operation *op = problem->operation;
    g_autofree int *unit_of_queue = g_new0(int, op->n_queues + 1);
    g_autofree int *unit_of_agent = g_new0(int, op->n_agents + 1);
    struct plan_problem free_problem = *problem;
    free_problem.base = NULL;
    struct plan_solution now = {.shifts = (struct shift *)shifts, .n_shifts = n};
    GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(struct shift), (guint)n + 1);
    GArray *moves = g_array_new(FALSE, TRUE, sizeof(struct intraday_move));
    if (n > 0)
        g_array_append_vals(all, shifts, (guint)n);
    int n_units = roster_units(&free_problem, unit_of_queue, unit_of_agent);
    bool ok = true;
    for (int unit = 0; ok && unit < n_units; unit++) {
        AUTO(explain_unit)
        u = explain_unit_new(&free_problem, &now, unit_of_queue, unit_of_agent, unit, error);
        struct day_work w = {.problem = &free_problem, .ask = ask, .u = u, .shifts = all};
        ok = u != NULL;
        if (ok)
            work_unit(&w, ask->objective, moves);
    }
    g_array_sort(moves, compare_move);
    struct intraday *intraday = g_new0(struct intraday, 1);
    intraday->n_moves = (int)moves->len;
    intraday->moves = (struct intraday_move *)(void *)g_array_free(moves, FALSE);
    intraday->n_shifts = (int)all->len;
    intraday->shifts = (struct shift *)(void *)g_array_free(all, FALSE);
    if (ok)
        return intraday;
    intraday_free(intraday);
    return NULL;
}

void intraday_free(struct intraday *intraday)
{
    if (intraday == NULL)
        return;
    g_free(intraday->moves);
    g_free(intraday->shifts);
    g_free(intraday);
}
