#include "tests/scheduler/roster_brute.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#define ROSTER_MAX 32 /* shifts of one roster */

/* ---- counting ---- */

static int32_t day_of(int64_t ts)
{
    return (int32_t)(ts / DAY_S);
}

static int minute_of(int64_t ts)
{
    return (int)(ts % DAY_S / 60);
}

static const struct contract *contract_of(const struct plan_problem *problem, int agent)
{
    return &problem->operation->contracts[problem->operation->agents[agent].contract];
}

static bool night(const struct plan_problem *problem, const struct shift *shift)
{
    const struct contract *c = contract_of(problem, shift->agent);
    int minutes = 0, step = problem->operation->interval_min;
    for (int64_t ts = shift->start_ts; ts < shift->end_ts; ts += step * 60) {
        int m = minute_of(ts);
        minutes +=
            step * (c->night_to_min > c->night_from_min ? m >= c->night_from_min && m < c->night_to_min
                                                        : m >= c->night_from_min || m < c->night_to_min);
    }
    return minutes >= c->night_shift_minutes;
}

static double fairness(const struct plan_problem *problem, const struct shift *shift)
{
    const struct operation *op = problem->operation;
    double worked[3] = {0}, mean[3] = {0}, people = 0;
    const struct agent *agent = &op->agents[shift->agent];
    if (op->fairness.weeks == 0)
        return 0;
    for (int a = 0; a < op->n_agents; a++)
        people += op->agents[a].site == agent->site && op->agents[a].contract == agent->contract;
    for (int i = 0; i < problem->n_past; i++) {
        const struct shift *past = &problem->past[i];
        int32_t day = day_of(past->start_ts);
        double is[3] = {night(problem, past), day_weekday(day) >= 5, site_holiday(op, agent->site, day)};
        if (op->agents[past->agent].site != agent->site ||
            op->agents[past->agent].contract != agent->contract ||
            day < problem->first_day - 7 * op->fairness.weeks)
            continue;
        for (int k = 0; k < 3; k++) {
            mean[k] += is[k] / people;
            worked[k] += past->agent == shift->agent ? is[k] : 0;
        }
    }
    int32_t day = day_of(shift->start_ts);
    double cost = 0;
    if (night(problem, shift))
        cost += op->fairness.night_price * fmax(worked[0] - mean[0], 0);
    if (day_weekday(day) >= 5)
        cost += op->fairness.weekend_price * fmax(worked[1] - mean[1], 0);
    if (site_holiday(op, agent->site, day))
        cost += op->fairness.holiday_price * fmax(worked[2] - mean[2], 0);
    return cost;
}

static bool meets(const struct preference *wish, const struct shift *shift)
{
    int m = minute_of(shift->start_ts), from = wish->from_min, to = wish->to_min;
    return shift->agent == wish->agent && day_of(shift->start_ts) == wish->day &&
           (wish->tmpl == -1 || wish->tmpl == shift->tmpl) &&
           (to > from ? m >= from && m < to : m >= from || m < to);
}

static double wishes(const struct plan_problem *problem, const struct shift *shifts, int n)
{
    double cost = 0;
    for (int p = 0; p < problem->operation->n_preferences; p++) {
        const struct preference *wish = &problem->operation->preferences[p];
        int met = 0, before = 0;
        for (int i = 0; i < n; i++)
            met += meets(wish, &shifts[i]);
        for (int i = 0; i < problem->n_past; i++)
            before += meets(wish, &problem->past[i]);
        bool asked = wish->day >= problem->first_day && wish->day < problem->first_day + 7 * problem->n_weeks;
        cost += wish->off ? wish->price * met : asked && met + before == 0 ? wish->price : 0;
    }
    return cost;
}

static bool is_break(const struct activity *activity)
{
    return activity->kind != ACTIVITY_MEETING && activity->kind != ACTIVITY_TRAINING;
}

static bool same_breaks(const struct shift *a, const struct shift *b)
{
    for (int turn = 0; turn < 2; turn++) {
        const struct shift *x = turn ? b : a, *y = turn ? a : b;
        for (int i = 0; i < x->n_activities; i++) {
            const struct activity *p = &x->activities[i];
            bool found = !is_break(p);
            for (int k = 0; k < y->n_activities; k++)
                found |= y->activities[k].kind == p->kind && y->activities[k].start_ts == p->start_ts &&
                         y->activities[k].end_ts == p->end_ts;
            if (!found)
                return false;
        }
    }
    return true;
}

static const struct shift *shift_on(const struct shift *shifts, int n, int agent, int32_t day)
{
    for (int i = 0; i < n; i++)
        if (shifts[i].agent == agent && day_of(shifts[i].start_ts) == day)
            return &shifts[i];
    return NULL;
}

static double changes(const struct plan_problem *problem, const struct shift *shifts, int n)
{
    const struct plan_base *base = problem->base;
    double cost = 0;
    if (base == NULL)
        return 0;
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int32_t day = problem->first_day; day < problem->first_day + 7; day++) {
            const struct shift *old = shift_on(base->shifts, base->n_shifts, a, day);
            const struct shift *new = shift_on(shifts, n, a, day);
            if (old == NULL && new == NULL)
                continue;
            if (old == NULL || new == NULL || old->start_ts != new->start_ts || old->end_ts != new->end_ts)
                cost += base->change_price;
            else if (!same_breaks(old, new))
                cost += base->break_price;
        }
    return cost;
}

static double headcount(const struct plan_problem *problem, const struct shift *shifts, int n,
                        const struct headcount *row)
{
    int count = 0;
    for (int i = 0; i < n + problem->n_past; i++) {
        const struct shift *shift = i < n ? &shifts[i] : &problem->past[i - n];
        count += shift->tmpl == row->tmpl && day_of(shift->start_ts) == row->day &&
                 (row->site < 0 || problem->operation->agents[shift->agent].site == row->site);
    }
    return row->under * fmax(row->need - count, 0) + row->over * fmax(count - row->need, 0);
}

static double headcounts(const struct plan_problem *problem, const struct shift *shifts, int n)
{
    double cost = 0;
    for (int i = 0; i < problem->n_headcounts; i++)
        cost += headcount(problem, shifts, n, &problem->headcounts[i]);
    for (int i = 0; i < problem->operation->n_headcounts; i++)
        for (int32_t day = problem->first_day; day < problem->first_day + 7; day++) {
            const struct headcount_rule *rule = &problem->operation->headcounts[i];
            struct headcount least = {rule->tmpl, rule->site, day, rule->min, rule->under_price, 0};
            struct headcount most = {rule->tmpl, rule->site, day, rule->max, 0, rule->over_price};
            if (rule->weekdays >> day_weekday(day) & 1)
                cost += headcount(problem, shifts, n, &least) +
                        (rule->max < INT_MAX ? headcount(problem, shifts, n, &most) : 0);
        }
    return cost;
}

/* Others and leads on shift at a site in the interval. */
static void present(const struct plan_problem *problem, const struct shift *shifts, int n, int site, int iv,
                    int count[2])
{
    const struct operation *op = problem->operation;
    const struct grid *grid = &problem->demand.grid;
    count[0] = count[1] = 0;
    for (int i = 0; i < n; i++) {
        const struct agent *agent = &op->agents[shifts[i].agent];
        if (agent->site == site && shifts[i].start_ts < grid_ts(grid, iv + 1) &&
            shifts[i].end_ts > grid_ts(grid, iv) &&
            !(shifts[i].tmpl >= 0 && op->templates[shifts[i].tmpl].on_call))
            count[agent->lead]++;
    }
}

static double presence(const struct plan_problem *problem, const struct shift *shifts, int n, bool *ok)
{
    const struct operation *op = problem->operation;
    double cost = 0, hours = problem->demand.grid.interval_s / 3600.0;
    for (int site = 0; site < op->n_sites && (op->n_leads > 0 || op->sites[0].seats > 0); site++)
        for (int iv = 0; iv < problem->demand.grid.n; iv++) {
            int now[2], past[2];
            present(problem, shifts, n, site, iv, now);
            present(problem, problem->past, problem->n_past, site, iv, past);
            int others = now[0] + past[0], leads = now[1] + past[1];
            int seats = op->sites[site].seats, above = others + leads - seats;
            if (seats > 0 && op->sites[site].seat_price > 0)
                cost += op->sites[site].seat_price * hours * MAX(above, 0);
            else if (seats > 0 && above > 0 && now[0] + now[1] > 0)
                *ok = false;
            for (int i = 0; i < op->n_leads; i++)
                if (op->leads[i].site == site)
                    cost += op->leads[i].price * hours *
                            fmax(ceil(others / op->leads[i].per_agents - 1e-9) - leads, 0);
        }
    return cost;
}

/* With one meeting of each kind and length an activity can only be of that meeting. */
static double meetings(const struct plan_problem *problem, const struct shift *shifts, int n)
{
    double cost = 0;
    for (int m = 0; m < problem->operation->n_meetings; m++) {
        const struct meeting *meeting = &problem->operation->meetings[m];
        int most = 0, all = 0;
        for (int64_t at = meeting->from_ts; at + meeting->length_min * 60 <= meeting->to_ts;
             at += problem->operation->interval_min * 60) { /* windows begin on the grid */
            int here = 0;
            for (int i = 0; i < n; i++)
                for (int k = 0; k < shifts[i].n_activities; k++)
                    here += shifts[i].activities[k].kind == meeting->kind &&
                            shifts[i].activities[k].start_ts == at &&
                            shifts[i].activities[k].end_ts == at + meeting->length_min * 60;
            most = MAX(most, here);
            all += here;
        }
        cost += meeting->price * (meeting->n_agents - (meeting->together ? most : all));
    }
    return cost;
}

static bool works(const struct shift *shift, int64_t ts)
{
    bool at_work = ts >= shift->start_ts && ts < shift->end_ts;
    for (int k = 0; k < shift->n_activities; k++)
        at_work &= ts < shift->activities[k].start_ts || ts >= shift->activities[k].end_ts;
    return at_work;
}

static double shortage(const struct plan_problem *problem, const struct shift *shifts, int n)
{
    const struct demand *demand = &problem->demand;
    double cost = 0;
    for (int iv = 0; iv < demand->grid.n; iv++) {
        double staff = 0, wanted = 0;
        for (int k = 0; k < demand->n_pieces; k++)
            wanted += demand->width[DEMAND_PIECE(demand, 0, iv, k)];
        for (int i = 0; wanted > 0 && i < n + problem->n_past; i++) {
            const struct shift *shift = i < n ? &shifts[i] : &problem->past[i - n];
            staff += problem->operation->agents[shift->agent].n_skills > 0 &&
                     works(shift, grid_ts(&demand->grid, iv));
        }
        for (int k = 0; k < demand->n_pieces; k++) {
            size_t at = DEMAND_PIECE(demand, 0, iv, k);
            double used = fmin(staff, demand->width[at]);
            cost += (demand->width[at] - used) * demand->value[at];
            staff -= used;
        }
    }
    return cost;
}

struct brute_account brute_count(const struct plan_problem *problem, const struct shift *shifts, int n)
{
    struct brute_account account = {.seats_ok = true};
    for (int i = 0; i < n; i++) {
        account.pay += contract_of(problem, shifts[i].agent)->rate * shift_paid_minutes(&shifts[i]) / 60;
        account.penalty += fairness(problem, &shifts[i]);
    }
    account.shortage = shortage(problem, shifts, n);
    account.penalty += wishes(problem, shifts, n) + changes(problem, shifts, n) +
                       headcounts(problem, shifts, n) + presence(problem, shifts, n, &account.seats_ok) +
                       meetings(problem, shifts, n);
    return account;
}

/* ---- everything ---- */

/* The shifts one agent may work on a day, all placements of breaks and meetings. */
struct choices {
    struct shift *shifts;
    int n, size;
};

struct search {
    const struct plan_problem *problem;
    struct choices *choices; /* n_agents × 7 */
    unsigned days;
    struct shift roster[ROSTER_MAX];
    int n;
    double best;
};

static void add_activity(struct shift *shift, struct activity activity)
{
    int k = shift->n_activities++;
    for (; k > 0 && shift->activities[k - 1].start_ts > activity.start_ts; k--)
        shift->activities[k] = shift->activities[k - 1];
    shift->activities[k] = activity;
}

static bool clear_of(const struct shift *shift, int64_t from, int64_t to)
{
    bool clear = from >= shift->start_ts && to <= shift->end_ts;
    for (int k = 0; k < shift->n_activities; k++)
        clear &= to <= shift->activities[k].start_ts || from >= shift->activities[k].end_ts;
    return clear;
}

static void list_meetings(const struct plan_problem *problem, struct choices *choices, struct shift shift,
                          int m)
{
    if (m == problem->operation->n_meetings) {
        if (choices->n == choices->size) {
            choices->size = MAX(16, 2 * choices->size);
            choices->shifts = g_renew(struct shift, choices->shifts, choices->size);
        }
        choices->shifts[choices->n++] = shift;
        return;
    }
    const struct meeting *meeting = &problem->operation->meetings[m];
    bool invited = false;
    for (int k = 0; k < meeting->n_agents; k++)
        invited |= meeting->agents[k] == shift.agent;
    list_meetings(problem, choices, shift, m + 1);
    int64_t length = meeting->length_min * 60;
    for (int iv = 0; invited && iv < problem->demand.grid.n; iv++) {
        int64_t at = grid_ts(&problem->demand.grid, iv);
        if (at < meeting->from_ts || at + length > meeting->to_ts || !clear_of(&shift, at, at + length))
            continue;
        struct shift with = shift;
        add_activity(&with, (struct activity){meeting->kind, at, at + length, true});
        list_meetings(problem, choices, with, m + 1);
    }
}

static void list_breaks(const struct plan_problem *problem, struct choices *choices, struct shift shift,
                        int b)
{
    const struct shift_template *tmpl = &problem->operation->templates[shift.tmpl];
    if (b == tmpl->n_breaks) {
        list_meetings(problem, choices, shift, 0);
        return;
    }
    const struct break_rule *rule = &tmpl->breaks[b];
    for (int offset = rule->earliest_min; offset <= rule->latest_min;
         offset += problem->operation->interval_min) {
        int64_t at = shift.start_ts + offset * 60;
        struct shift with = shift;
        if (!clear_of(&shift, at, at + rule->length_min * 60))
            continue;
        add_activity(&with, (struct activity){rule->kind, at, at + rule->length_min * 60, rule->paid});
        list_breaks(problem, choices, with, b + 1);
    }
}

static bool allowed(const struct plan_problem *problem, int agent, int32_t day, const struct shift *shift)
{
    const struct plan_base *base = problem->base;
    for (int i = 0; i < problem->operation->n_time_off && shift != NULL; i++)
        if (problem->operation->time_off[i].agent == agent &&
            problem->operation->time_off[i].start_ts < shift->end_ts &&
            problem->operation->time_off[i].end_ts > shift->start_ts)
            return false;
    if (base == NULL)
        return true;
    const struct shift *old = shift_on(base->shifts, base->n_shifts, agent, day);
    bool same = old != NULL && shift != NULL && old->start_ts == shift->start_ts &&
                old->end_ts == shift->end_ts && same_breaks(old, shift);
    bool absent =
        old != NULL && !allowed(&(struct plan_problem){.operation = problem->operation}, agent, day, old);
    if (old != NULL && old->start_ts < base->frozen_ts && !absent && !same)
        return false;
    if (shift != NULL && shift->start_ts < base->frozen_ts && !same)
        return false;
    for (int i = 0; i < base->n_locks; i++)
        if (base->locks[i].agent == agent && base->locks[i].day == day)
            return base->locks[i].shift < 0 ? shift == NULL : same;
    return true;
}

static void list_day(const struct plan_problem *problem, int agent, int32_t day, struct choices *choices)
{
    const struct contract *contract = contract_of(problem, agent);
    for (int i = 0; i < contract->n_templates; i++) {
        const struct shift_template *tmpl = &problem->operation->templates[contract->templates[i]];
        for (int start = tmpl->start_from_min;
             start <= tmpl->start_to_min && (tmpl->weekdays >> day_weekday(day) & 1);
             start += tmpl->start_step_min)
            for (int paid = tmpl->paid_min_min; paid <= tmpl->paid_max_min; paid += tmpl->paid_step_min) {
                int span = paid;
                for (int b = 0; b < tmpl->n_breaks; b++)
                    span += tmpl->breaks[b].paid ? 0 : tmpl->breaks[b].length_min;
                int64_t at = (int64_t)day * DAY_S + start * 60;
                struct shift shift = {
                    .agent = agent, .tmpl = contract->templates[i], .start_ts = at, .end_ts = at + span * 60};
                list_breaks(problem, choices, shift, 0);
            }
    }
}

static void enumerate(struct search *search, int agent, int day, int worked)
{
    const struct plan_problem *problem = search->problem;
    if (agent == problem->operation->n_agents) {
        struct brute_account account = brute_count(problem, search->roster, search->n);
        double objective = account.pay + account.shortage + account.penalty;
        if (account.seats_ok && objective < search->best)
            search->best = objective;
        return;
    }
    const struct contract *contract = contract_of(problem, agent);
    if (day == 7) {
        if (worked >= contract->week_days_min && worked <= contract->week_days_max)
            enumerate(search, agent + 1, 0, 0);
        return;
    }
    if (allowed(problem, agent, problem->first_day + day, NULL))
        enumerate(search, agent, day + 1, worked);
    const struct choices *choices = &search->choices[agent * 7 + day];
    for (int i = 0; i < choices->n; i++) {
        if (!allowed(problem, agent, problem->first_day + day, &choices->shifts[i]))
            continue;
        search->roster[search->n++] = choices->shifts[i];
        enumerate(search, agent, day + 1, worked + 1);
        search->n--;
    }
}

double brute_optimum(const struct plan_problem *problem, unsigned days)
{
    int n_agents = problem->operation->n_agents;
    struct search search = {.problem = problem, .days = days, .best = INFINITY};
    search.choices = g_new0(struct choices, (size_t)n_agents * 7 + 1);
    for (int a = 0; a < n_agents; a++)
        for (int day = 0; day < 7; day++)
            if (days >> day & 1)
                list_day(problem, a, problem->first_day + day, &search.choices[a * 7 + day]);
    enumerate(&search, 0, 0, 0);
    for (int i = 0; i < n_agents * 7; i++)
        g_free(search.choices[i].shifts);
    g_free(search.choices);
    return search.best;
}
