#include "scheduler/roster/personal_model.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/personal.h"

#define SCALE_MAX 4096.0
#define PATH_VALUE_MAX (1 << 26) /* personal_path.c keeps sums below it */

/* ---- is it ours? ---- */

static bool no_queue_demand(const struct plan_problem *problem)
{
    const struct demand *demand = &problem->demand;
    size_t n = (size_t)demand->n_queues * (size_t)demand->grid.n * (size_t)demand->n_pieces;
    for (size_t i = 0; i < n; i++)
        if (demand->width[i] > 0 && demand->value[i] > 0)
            return false;
    return true;
}

static bool plain_template(const struct shift_template *t)
{
    return t->start_from_min == t->start_to_min && t->paid_min_min == t->paid_max_min && t->n_breaks == 0 &&
           !t->on_call && t->start_from_min + t->paid_min_min <= DAY_MIN;
}

static int longest_minutes(const struct operation *op, const struct contract *contract)
{
    int longest = 0;
    for (int k = 0; k < contract->n_templates; k++)
        longest = MAX(longest, op->templates[contract->templates[k]].paid_max_min);
    return longest;
}

/* Rules the engine does not know must be absent or unable to bind. */
static bool plain_contract(const struct plan_problem *problem, const struct contract *c)
{
    const struct operation *op = problem->operation;
    for (int i = 0; i < CONTRACT_RULE_N; i++)
        if (c->rule_price[i] != 0)
            return false;
    for (int i = 0; i < c->n_limits; i++) {
        const struct template_limit *l = &c->limits[i];
        if (l->week_min > 0 || l->week_max < WEEK_DAYS || l->period_min > 0 || l->consecutive_min > 1 ||
            l->consecutive_max < c->consecutive_days_max)
            return false;
    }
    for (int k = 0; k < c->n_templates; k++)
        if (!plain_template(&op->templates[c->templates[k]]))
            return false;
    bool all_weekends = c->weekends_max >= c->weekends_of || c->weekends_of >= problem->n_weeks;
    bool free_nights = c->week_nights_max >= WEEK_DAYS && c->consecutive_nights_max == 0 &&
                       c->days_off_after_nights_min == 0;
    bool free_week = c->week_minutes_min == 0 && c->week_days_min == 0 && c->week_days_max >= WEEK_DAYS &&
                     c->week_minutes_max >= WEEK_DAYS * longest_minutes(op, c) && c->week_rest_minutes == 0 &&
                     c->start_spread_max_min >= DAY_MIN;
    bool free_days = c->consecutive_days_off_max == 0 && c->window_days_max == 0 && c->day_off_minutes == 0 &&
                     c->period_days_min == 0 && c->period_days_max == 0;
    return all_weekends && free_nights && free_week && free_days && c->rest_min_minutes <= DAY_MIN &&
           !c->rotation_forward && c->consecutive_weekends_max == 0 && !c->weekend_whole &&
           (c->weekend_days == 0 || c->weekend_days == (1 << 5 | 1 << 6)) && c->consecutive_days_max >= 1;
}

/* Local days of the site are days of 24 hours that begin with the horizon's. */
static bool plain_site(const struct plan_problem *problem, const struct site *site)
{
    AUTO(zone) zone = zone_new(site->zone, NULL);
    if (zone == NULL || site->seats != 0)
        return false;
    for (int day = 0; day <= problem->n_weeks * WEEK_DAYS; day++)
        if (zone_day_start(zone, problem->first_day + day) !=
            problem->demand.grid.start_ts + (int64_t)day * DAY_S)
            return false;
    return true;
}

/* Days wholly off change the period's minima and excuse short runs; they are left to the general engine. */
static bool plain_time_off(const struct plan_problem *problem)
{
    const struct operation *op = problem->operation;
    int64_t start_ts = problem->demand.grid.start_ts;
    for (int i = 0; i < op->n_time_off; i++) {
        const struct time_off *off = &op->time_off[i];
        const struct contract *contract = &op->contracts[op->agents[off->agent].contract];
        bool rules = contract->period_minutes_min > 0 || contract->consecutive_days_min > 1 ||
                     (off->credit_min > 0 && contract->period_minutes_max > 0);
        int64_t first = (MAX(off->start_ts, start_ts) - start_ts + DAY_S - 1) / DAY_S;
        bool whole = start_ts + (first + 1) * DAY_S <= off->end_ts && first < problem->n_weeks * WEEK_DAYS;
        if (whole && rules)
            return false;
    }
    return true;
}

bool personal_applies(const struct plan_problem *problem)
{
    const struct operation *op = problem->operation;
    if (problem->n_headcounts == 0 || problem->n_past > 0 || problem->base != NULL || op->n_leads > 0 ||
        op->n_meetings > 0 || op->n_templates > PERSONAL_TEMPLATES_MAX || !no_queue_demand(problem))
        return false;
    const struct fairness *fair = &op->fairness;
    if (fair->night_price != 0 || fair->weekend_price != 0 || fair->holiday_price != 0)
        return false;
    for (int a = 0; a < op->n_agents; a++) {
        const struct agent *agent = &op->agents[a];
        if (agent->optional || agent->employed_from > problem->first_day ||
            agent->employed_to < problem->first_day + problem->n_weeks * WEEK_DAYS - 1 ||
            !plain_contract(problem, &op->contracts[agent->contract]) ||
            !plain_site(problem, &op->sites[agent->site]))
            return false;
    }
    return plain_time_off(problem);
}

/* ---- contracts ---- */

static int gcd(int a, int b)
{
    while (b != 0) {
        int r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static bool may_follow(const struct operation *op, const struct contract *c, int first, int second)
{
    const struct shift_template *a = &op->templates[first], *b = &op->templates[second];
    int rest = b->start_from_min + DAY_MIN - a->start_from_min - a->paid_min_min;
    if (rest < c->rest_min_minutes ||
        b->start_from_min + DAY_MIN - a->start_from_min < c->start_distance_minutes)
        return false;
    for (int i = 0; i < c->n_successions; i++)
        if (c->successions[i].from == first && c->successions[i].to == second)
            return false;
    return true;
}

/* Classes by equal rows of may_follow over the allowed templates. */
static bool find_classes(struct personal_model *model, struct personal_contract *pc, GError **error)
{
    const struct operation *op = model->problem->operation;
    const struct contract *c = &op->contracts[pc->contract];
    int n = model->n_tmpl, of[PERSONAL_CLASSES_MAX];
    g_autofree bool *follow = g_new0(bool, (size_t)n *(size_t)n + 1);
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            follow[a * n + b] = pc->limit[a] > 0 && pc->limit[b] > 0 && may_follow(op, c, a, b);
    for (int t = 0; t < n; t++) {
        pc->class[t] = -1;
        if (pc->limit[t] == 0)
            continue;
        int k = 0;
        while (k < pc->n_classes &&
               memcmp(follow + of[k] * n, follow + t * n, (size_t)n * sizeof *follow) != 0)
            k++;
        if (k == PERSONAL_CLASSES_MAX)
            return wfm_fail(error, WFM_ERROR_LIMIT,
                            "contract %s: its templates follow each other in more than %d different ways",
                            c->id, PERSONAL_CLASSES_MAX);
        of[k] = t;
        pc->n_classes = MAX(pc->n_classes, k + 1);
        pc->class[t] = (int8_t)k;
    }
    for (int t = 0; t < n; t++)
        for (int k = 0; k < pc->n_classes; k++)
            if (follow[of[k] * n + t])
                pc->before[t] |= 1U << k;
    return true;
}

static bool in_night(const struct contract *contract, int minute)
{
    int from = contract->night_from_min, to = contract->night_to_min;
    return to > from ? minute >= from && minute < to : minute >= from || minute < to;
}

static void count_pay(const struct personal_model *model, struct personal_contract *pc, int site)
{
    const struct operation *op = model->problem->operation;
    const struct contract *c = &op->contracts[pc->contract];
    double per_minute = c->rate * operation_currency_rate(op, c->currency) / 60.0;
    for (int t = 0; t < model->n_tmpl && per_minute != 0; t++) {
        const struct shift_template *tmpl = &op->templates[t];
        int night = 0;
        for (int m = 0; m < tmpl->paid_min_min && pc->limit[t] > 0; m++)
            night += in_night(c, tmpl->start_from_min + m);
        for (int day = 0; day < model->n_days; day++) {
            bool holiday = site_holiday(op, site, model->first_day + day);
            pc->pay[day * model->n_tmpl + t] =
                per_minute *
                (tmpl->paid_min_min * (1 + (holiday ? c->holiday_premium : 0)) + c->night_premium * night);
        }
    }
}

static bool build_contract(struct personal_model *model, struct personal_contract *pc, int contract, int site,
                           GError **error)
{
    const struct operation *op = model->problem->operation;
    const struct contract *c = &op->contracts[contract];
    size_t n = (size_t)model->n_tmpl;
    *pc = (struct personal_contract){.contract = contract,
                                     .run_max = MIN(c->consecutive_days_max, model->n_days + 1),
                                     .run_min = MAX(c->consecutive_days_min, 1),
                                     .off_min = MAX(c->consecutive_days_off_min, 1),
                                     .units = g_new0(int, n + 1),
                                     .limit = g_new0(int, n + 1),
                                     .class = g_new0(int8_t, n + 1),
                                     .before = g_new0(uint32_t, n + 1),
                                     .pay = g_new0(double, n *(size_t)model->n_days + 1)};
    pc->weekends_max = c->weekends_max < model->n_days / WEEK_DAYS ? c->weekends_max : PERSONAL_FREE;
    for (int k = 0; k < c->n_templates; k++) {
        pc->limit[c->templates[k]] = PERSONAL_FREE;
        pc->unit_min = gcd(pc->unit_min, op->templates[c->templates[k]].paid_min_min);
    }
    for (int i = 0; i < c->n_limits; i++)
        if (pc->limit[c->limits[i].tmpl] != 0 && c->limits[i].period_max < model->n_days)
            pc->limit[c->limits[i].tmpl] = c->limits[i].period_max;
    pc->unit_min = MAX(pc->unit_min, 1);
    for (size_t t = 0; t < n; t++)
        pc->units[t] = op->templates[t].paid_min_min / pc->unit_min;
    int most = model->n_days * DAY_MIN;
    pc->lo = (c->period_minutes_min + pc->unit_min - 1) / pc->unit_min;
    pc->hi = (c->period_minutes_max > 0 ? MIN(c->period_minutes_max, most) : most) / pc->unit_min;
    count_pay(model, pc, site);
    return find_classes(model, pc, error);
}

/* One per contract and site in use. */
static bool build_contracts(struct personal_model *model, GError **error)
{
    const struct operation *op = model->problem->operation;
    size_t n_pairs = (size_t)op->n_contracts * (size_t)op->n_sites;
    g_autofree int *index = g_new(int, n_pairs + 1);
    for (size_t i = 0; i < n_pairs; i++)
        index[i] = -1;
    model->contracts = g_new0(struct personal_contract, MIN(n_pairs, (size_t)model->n_agents) + 1);
    for (int a = 0; a < model->n_agents; a++) {
        const struct agent *agent = &op->agents[a];
        int *at = &index[agent->contract * op->n_sites + agent->site];
        if (*at < 0) {
            *at = model->n_contracts++;
            if (!build_contract(model, &model->contracts[*at], agent->contract, agent->site, error))
                return false;
        }
        model->contract_of[a] = *at;
        model->site_of[a] = agent->site;
    }
    return true;
}

/* ---- agents ---- */

/* Is [start, end) inside the union of the agent's spans? */
static bool available(const struct agent *agent, const struct zone *zone, int32_t day, int64_t start,
                      int64_t end)
{
    if (agent->n_available == 0)
        return true;
    while (start < end) {
        int64_t until = start;
        for (int32_t d = day - WEEK_DAYS; d <= day + 1; d++)
            for (int i = 0; i < agent->n_available; i++) {
                const struct week_span *span = &agent->available[i];
                if (!(span->weekdays >> day_weekday(d) & 1))
                    continue;
                int64_t from = zone_instant(zone, d, span->from_min),
                        to = zone_instant(zone, d, span->to_min);
                if (from <= start && start < to)
                    until = MAX(until, to);
            }
        if (until == start)
            return false;
        start = until;
    }
    return true;
}

static void price_agent(struct personal_model *model, int a, const struct zone *zone)
{
    const struct operation *op = model->problem->operation;
    const struct agent *agent = &op->agents[a];
    const struct personal_contract *pc = personal_contract(model, a);
    for (int day = 0; day < model->n_days; day++) {
        double *cost = personal_cost(model, a, day);
        int32_t civil = model->first_day + day;
        cost[model->n_tmpl] = 0;
        for (int t = 0; t < model->n_tmpl; t++) {
            const struct shift_template *tmpl = &op->templates[t];
            int64_t start = model->start_ts + (int64_t)day * DAY_S + (int64_t)tmpl->start_from_min * 60;
            int64_t end = start + (int64_t)tmpl->paid_min_min * 60;
            bool legal = pc->limit[t] > 0 && (tmpl->weekdays >> day_weekday(civil) & 1) &&
                         available(agent, zone, civil, start, end);
            cost[t] = legal ? pc->pay[day * model->n_tmpl + t] : INFINITY;
        }
    }
}

static void forbid_absences(struct personal_model *model)
{
    const struct operation *op = model->problem->operation;
    for (int i = 0; i < op->n_time_off; i++) {
        const struct time_off *off = &op->time_off[i];
        for (int day = 0; day < model->n_days; day++)
            for (int t = 0; t < model->n_tmpl; t++) {
                const struct shift_template *tmpl = &op->templates[t];
                int64_t start = model->start_ts + (int64_t)day * DAY_S + (int64_t)tmpl->start_from_min * 60;
                if (off->start_ts < start + (int64_t)tmpl->paid_min_min * 60 && off->end_ts > start)
                    personal_cost(model, off->agent, day)[t] = INFINITY;
            }
    }
}

static bool meets(const struct operation *op, const struct preference *wish, int tmpl)
{
    int minute = op->templates[tmpl].start_from_min;
    bool inside = wish->to_min > wish->from_min ? minute >= wish->from_min && minute < wish->to_min
                                                : minute >= wish->from_min || minute < wish->to_min;
    return (wish->tmpl < 0 || wish->tmpl == tmpl) && inside;
}

static void price_wishes(struct personal_model *model)
{
    const struct operation *op = model->problem->operation;
    for (int i = 0; i < op->n_preferences; i++) {
        const struct preference *wish = &op->preferences[i];
        int day = wish->day - model->first_day;
        if (day < 0 || day >= model->n_days)
            continue;
        double *cost = personal_cost(model, wish->agent, day);
        for (int t = 0; t < model->n_tmpl; t++)
            if (meets(op, wish, t) == wish->off)
                cost[t] += wish->price;
        if (!wish->off)
            cost[model->n_tmpl] += wish->price;
    }
}

static void shift_costs(struct personal_model *model)
{
    for (int a = 0; a < model->n_agents; a++)
        for (int day = 0; day < model->n_days; day++) {
            double *cost = personal_cost(model, a, day), least = INFINITY;
            for (int t = 0; t <= model->n_tmpl; t++)
                least = MIN(least, cost[t]);
            model->constant += least;
            for (int t = 0; t <= model->n_tmpl; t++)
                cost[t] -= least;
        }
}

/* ---- rows ---- */

static bool covers(const struct personal_row *row, int site)
{
    return row->site < 0 || row->site == site;
}

static void build_rows(struct personal_model *model)
{
    const struct plan_problem *problem = model->problem;
    model->rows = g_new0(struct personal_row, problem->n_headcounts + 1);
    for (int i = 0; i < problem->n_headcounts; i++) {
        const struct headcount *h = &problem->headcounts[i];
        int day = h->day - model->first_day;
        if (day >= 0 && day < model->n_days && h->tmpl >= 0 && h->tmpl < model->n_tmpl)
            model->rows[model->n_rows++] =
                (struct personal_row){day, h->tmpl, h->site, h->need, h->under, h->over};
        model->price_max = MAX(model->price_max, MAX(h->under, h->over));
    }
    size_t n_cells = (size_t)model->n_sites * (size_t)model->n_days * (size_t)model->n_tmpl;
    model->day_row = g_new0(int, model->n_days + 1);
    model->cell_at = g_new0(int, n_cells + 1);
    model->cell_row = g_new0(int, (size_t)model->n_rows *(size_t)model->n_sites + 1);
    for (int r = 0; r < model->n_rows; r++)
        model->day_row[model->rows[r].day + 1] = r + 1;
    for (int day = 0; day < model->n_days; day++)
        model->day_row[day + 1] = MAX(model->day_row[day + 1], model->day_row[day]);
    size_t cell = 0;
    int at = 0;
    for (int site = 0; site < model->n_sites; site++)
        for (int day = 0; day < model->n_days; day++)
            for (int t = 0; t < model->n_tmpl; t++) {
                model->cell_at[cell++] = at;
                for (int r = model->day_row[day]; r < model->day_row[day + 1]; r++)
                    if (model->rows[r].tmpl == t && covers(&model->rows[r], site))
                        model->cell_row[at++] = r;
            }
    model->cell_at[cell] = at;
}

static bool is_whole(double x)
{
    return !isfinite(x) || x == floor(x);
}

static void set_scale(struct personal_model *model)
{
    size_t n = (size_t)model->n_agents * (size_t)model->n_days * (size_t)(model->n_tmpl + 1);
    double dearest = 0;
    model->whole = is_whole(model->constant);
    for (size_t i = 0; i < n; i++) {
        model->whole = model->whole && is_whole(model->cost[i]);
        if (isfinite(model->cost[i]))
            dearest = MAX(dearest, model->cost[i]);
    }
    for (int r = 0; r < model->n_rows; r++)
        model->whole = model->whole && is_whole(model->rows[r].under) && is_whole(model->rows[r].over);
    double most = (dearest + 2 * model->price_max) * model->n_days;
    model->scale = SCALE_MAX;
    while (model->scale * most > PATH_VALUE_MAX)
        model->scale /= 2;
}

struct personal_model *personal_model_new(const struct plan_problem *problem, GError **error)
{
    const struct operation *op = problem->operation;
    AUTO(personal_model) model = g_new0(struct personal_model, 1);
    model->problem = problem;
    model->n_days = problem->n_weeks * WEEK_DAYS;
    model->n_tmpl = op->n_templates;
    model->n_agents = op->n_agents;
    model->n_sites = op->n_sites;
    model->first_day = problem->first_day;
    model->start_ts = problem->demand.grid.start_ts;
    model->contract_of = g_new0(int, model->n_agents + 1);
    model->site_of = g_new0(int, model->n_agents + 1);
    model->cost =
        g_new0(double, (size_t)model->n_agents *(size_t)model->n_days *(size_t)(model->n_tmpl + 1) + 1);
    if (!build_contracts(model, error))
        return NULL;
    build_rows(model);
    for (int a = 0; a < model->n_agents; a++) {
        AUTO(zone) zone = zone_new(op->sites[op->agents[a].site].zone, error);
        if (zone == NULL)
            return NULL;
        price_agent(model, a, zone);
    }
    forbid_absences(model);
    price_wishes(model);
    shift_costs(model);
    set_scale(model);
    return g_steal_pointer(&model);
}

void personal_model_free(struct personal_model *model)
{
    if (model == NULL)
        return;
    for (int i = 0; i < model->n_contracts; i++) {
        g_free(model->contracts[i].units);
        g_free(model->contracts[i].limit);
        g_free(model->contracts[i].class);
        g_free(model->contracts[i].before);
        g_free(model->contracts[i].pay);
    }
    g_free(model->contracts);
    g_free(model->rows);
    g_free(model->day_row);
    g_free(model->cell_at);
    g_free(model->cell_row);
    g_free(model->contract_of);
    g_free(model->site_of);
    g_free(model->cost);
    g_free(model);
}

/* ---- check ---- */

bool personal_legal(const struct personal_model *model, int agent, const uint8_t *work)
{
    const struct personal_contract *pc = personal_contract(model, agent);
    int off = model->n_tmpl, units = 0, weekends = 0, run = 0;
    g_autofree int *n = g_new0(int, model->n_tmpl + 1);
    for (int day = 0; day < model->n_days; day++) {
        int t = work[day], last = day > 0 ? work[day - 1] : off;
        if (!isfinite(personal_cost(model, agent, day)[t]))
            return false;
        bool same = day == 0 || (t == off) == (last == off);
        bool began = run == day; /* the run before today touches the start */
        if (!same && !began && run < (last == off ? pc->off_min : pc->run_min))
            return false;
        run = same ? run + 1 : 1;
        if (t == off)
            continue;
        if (run > pc->run_max || (last != off && !(pc->before[t] >> pc->class[last] & 1)))
            return false;
        units += pc->units[t];
        weekends += personal_saturday(day) || (personal_sunday(day) && last == off);
        if (++n[t] > pc->limit[t])
            return false;
    }
    return units >= pc->lo && units <= pc->hi && weekends <= pc->weekends_max;
}
