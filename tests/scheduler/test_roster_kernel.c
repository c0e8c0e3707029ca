/*
 * test_roster_kernel.c - the kernel against enumeration: every legal week of one agent in random tiny
 * problems, rules checked one by one from their wording in core/operation.h.
 */
#include <math.h>
#include <string.h>

#include "scheduler/roster/pricing.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define PROBLEMS 400
#define SHIFTS_MAX 200

/* ---- enumeration ---- */

/* One shift that may be worked, at its best break placement. */
struct option {
    int64_t start_ts, end_ts;
    int32_t day;
    int tmpl, paid_min, start_min;
    bool night;
    double cost;
};

struct brute {
    const struct plan_problem *problem;
    const struct contract *contract;
    struct zone *zone;
    const double *price;
    struct option options[SHIFTS_MAX];
    int n_options;
    int chosen[16], n_chosen;
    double best;
};

static bool night_minute(const struct brute *brute, int64_t ts)
{
    int minute = zone_local(brute->zone, ts).second / 60;
    int from = brute->contract->night_from_min, to = brute->contract->night_to_min;
    return to > from ? minute >= from && minute < to : minute >= from || minute < to;
}

static double pay_minute(const struct brute *brute, int64_t ts)
{
    bool holiday = site_holiday(brute->problem->operation, 0, zone_local_day(brute->zone, ts));
    return brute->contract->rate / 60 *
           (1 + (night_minute(brute, ts) ? brute->contract->night_premium : 0) +
            (holiday ? brute->contract->holiday_premium : 0));
}

/* Least cost over all placements of breaks k.. ; state: 0 work, 1 paid break, 2 unpaid break per interval. */
static double place(const struct brute *brute, const struct shift_template *tmpl, int64_t start, int n_span,
                    int k, char *state)
{
    int interval_s = brute->problem->demand.grid.interval_s;
    if (k == tmpl->n_breaks) {
        double cost = 0;
        for (int i = 0; i < n_span; i++) {
            int64_t ts = start + (int64_t)i * interval_s;
            int iv = grid_index(&brute->problem->demand.grid, ts);
            if (state[i] == 0 && !tmpl->on_call && iv < brute->problem->demand.grid.n)
                cost -= brute->price[iv];
            for (int m = 0; m < interval_s / 60 && state[i] != 2; m++)
                cost += pay_minute(brute, ts + m * 60) * (tmpl->on_call ? tmpl->on_call_pay : 1);
        }
        return cost;
    }
    const struct break_rule *rule = &tmpl->breaks[k];
    double best = INFINITY;
    for (int offset = 0; offset <= rule->latest_min; offset += interval_s / 60) {
        int at = offset * 60 / interval_s, n = rule->length_min * 60 / interval_s;
        bool free = offset >= rule->earliest_min && at + n <= n_span;
        for (int i = at; free && i < at + n; i++)
            free = state[i] == 0;
        if (!free)
            continue;
        memset(state + at, rule->paid ? 1 : 2, (size_t)n);
        double cost = place(brute, tmpl, start, n_span, k + 1, state);
        best = MIN(best, cost);
        memset(state + at, 0, (size_t)n);
    }
    return best;
}

static bool individually_legal(const struct brute *brute, const struct option *option)
{
    const struct operation *operation = brute->problem->operation;
    const struct agent *agent = &operation->agents[0];
    if (option->day < agent->employed_from || option->day > agent->employed_to)
        return false;
    for (int i = 0; i < operation->n_time_off; i++)
        if (option->start_ts < operation->time_off[i].end_ts &&
            option->end_ts > operation->time_off[i].start_ts)
            return false;
    for (int i = 0; i < brute->problem->n_past; i++) {
        const struct shift *past = &brute->problem->past[i];
        if (zone_local_day(brute->zone, past->start_ts) == option->day ||
            option->start_ts - past->end_ts < brute->contract->rest_min_minutes * 60)
            return false;
    }
    for (int64_t ts = option->start_ts; ts < option->end_ts && agent->n_available > 0; ts += 300) {
        struct local_time local = zone_local(brute->zone, ts);
        int minute = local.second / 60;
        bool inside = false;
        for (int i = 0; i < agent->n_available; i++) {
            const struct week_span *span = &agent->available[i];
            int yesterday = (local.weekday + 6) % 7;
            inside |=
                (span->weekdays >> local.weekday & 1) && minute >= span->from_min && minute < span->to_min;
            inside |= (span->weekdays >> yesterday & 1) && minute + DAY_MIN < span->to_min;
        }
        if (!inside)
            return false;
    }
    return true;
}

static void list_options(struct brute *brute)
{
    const struct operation *operation = brute->problem->operation;
    const struct grid *grid = &brute->problem->demand.grid;
    for (int32_t day = brute->problem->first_day - 1; day < brute->problem->first_day + 9; day++)
        for (int t = 0; t < operation->n_templates; t++) {
            const struct shift_template *tmpl = &operation->templates[t];
            if (!(tmpl->weekdays >> day_weekday(day) & 1))
                continue;
            for (int minute = tmpl->start_from_min; minute <= tmpl->start_to_min;
                 minute += tmpl->start_step_min)
                for (int paid = tmpl->paid_min_min; paid <= tmpl->paid_max_min; paid += tmpl->paid_step_min) {
                    struct option option = {
                        .start_ts = zone_instant(brute->zone, day, minute), .tmpl = t, .paid_min = paid};
                    int span = paid;
                    for (int b = 0; b < tmpl->n_breaks; b++)
                        span += tmpl->breaks[b].paid ? 0 : tmpl->breaks[b].length_min;
                    option.end_ts = option.start_ts + span * 60;
                    option.day = zone_local_day(brute->zone, option.start_ts);
                    option.start_min = zone_local(brute->zone, option.start_ts).second / 60;
                    if (option.start_ts < grid->start_ts || option.start_ts >= grid_end_ts(grid) ||
                        option.day != day || !individually_legal(brute, &option))
                        continue;
                    char state[512] = {0};
                    option.cost = place(brute, tmpl, option.start_ts, span * 60 / grid->interval_s, 0, state);
                    int night = 0;
                    for (int64_t ts = option.start_ts; ts < option.end_ts; ts += 60)
                        night += night_minute(brute, ts);
                    option.night = night >= brute->contract->night_shift_minutes;
                    ck_assert_int_lt(brute->n_options, SHIFTS_MAX);
                    brute->options[brute->n_options++] = option;
                }
        }
}

static bool worked_day(const struct brute *brute, int32_t day, bool *fresh)
{
    *fresh = false;
    for (int i = 0; i < brute->n_chosen; i++)
        *fresh |= brute->options[brute->chosen[i]].day == day;
    bool worked = *fresh;
    for (int i = 0; i < brute->problem->n_past; i++)
        worked |= zone_local_day(brute->zone, brute->problem->past[i].start_ts) == day;
    return worked;
}

static bool runs_legal(const struct brute *brute)
{
    int run = 0, off = -1;
    bool fresh;
    for (int32_t day = brute->problem->first_day - 40; day < brute->problem->first_day + 9; day++) {
        if (!worked_day(brute, day, &fresh)) {
            run = 0;
            off += off >= 0;
            continue;
        }
        run++;
        if (fresh && (run > brute->contract->consecutive_days_max ||
                      (off > 0 && off < brute->contract->consecutive_days_off_min)))
            return false;
        off = 0;
    }
    return true;
}

static bool weekends_legal(const struct brute *brute)
{
    int32_t monday = day_week_start(brute->problem->first_day);
    for (int32_t first = monday - 70; first <= monday + 14; first += 7) {
        int used = 0;
        bool any_fresh = false, fresh;
        for (int w = 0; w < brute->contract->weekends_of; w++) {
            bool saturday = worked_day(brute, first + 7 * w + 5, &fresh);
            any_fresh |= fresh;
            bool sunday = worked_day(brute, first + 7 * w + 6, &fresh);
            any_fresh |= fresh;
            used += saturday || sunday;
        }
        if (any_fresh && used > brute->contract->weekends_max)
            return false;
    }
    return true;
}

static bool starts_legal(const struct brute *brute)
{
    if (brute->contract->start_spread_max_min >= DAY_MIN || brute->n_chosen == 0)
        return true;
    for (int i = 0; i < brute->n_chosen; i++) {
        bool all = true;
        for (int k = 0; k < brute->n_chosen; k++)
            all &= (brute->options[brute->chosen[k]].start_min - brute->options[brute->chosen[i]].start_min +
                    DAY_MIN) %
                       DAY_MIN <=
                   brute->contract->start_spread_max_min;
        if (all)
            return true;
    }
    return false;
}

/* Returns how many minutes less the week asks for because of unpaid days. */
static int credited(const struct brute *brute, int *minutes, int *days)
{
    const struct contract *c = brute->contract;
    int relief = 0;
    const struct operation *operation = brute->problem->operation;
    *minutes = *days = 0;
    for (int32_t day = brute->problem->first_day - 1; day < brute->problem->first_day + 9; day++) {
        int64_t start = zone_day_start(brute->zone, day);
        if (start < brute->problem->demand.grid.start_ts ||
            start >= grid_end_ts(&brute->problem->demand.grid))
            continue;
        int best = -1;
        for (int i = 0; i < operation->n_time_off; i++)
            if (operation->time_off[i].start_ts <= start &&
                operation->time_off[i].end_ts >= zone_day_start(brute->zone, day + 1))
                best = MAX(best, operation->time_off[i].credit_min);
        *minutes += MAX(best, 0);
        *days += best >= 0;
        if (best == 0)
            relief += (int)ceil(1.0 * c->week_minutes_min /
                                MAX(c->week_days_min > 0 ? c->week_days_min : c->week_days_max, 1));
    }
    *minutes = MIN(*minutes, c->week_minutes_max);
    *days = MIN(*days, c->week_days_max);
    return relief;
}

static bool week_legal(const struct brute *brute)
{
    int minutes, days, nights = 0;
    int relief = credited(brute, &minutes, &days);
    for (int i = 0; i < brute->n_chosen; i++) {
        minutes += brute->options[brute->chosen[i]].paid_min;
        nights += brute->options[brute->chosen[i]].night;
    }
    days += brute->n_chosen;
    const struct contract *c = brute->contract;
    return minutes >= c->week_minutes_min - relief && minutes <= c->week_minutes_max &&
           days >= c->week_days_min && days <= c->week_days_max && nights <= c->week_nights_max &&
           runs_legal(brute) && weekends_legal(brute) && starts_legal(brute);
}

static void enumerate(struct brute *brute, int32_t day, double cost)
{
    if (day == brute->problem->first_day + 9) {
        if (cost < brute->best && week_legal(brute))
            brute->best = cost;
        return;
    }
    enumerate(brute, day + 1, cost);
    for (int i = 0; i < brute->n_options; i++) {
        const struct option *option = &brute->options[i];
        if (option->day != day)
            continue;
        if (brute->n_chosen > 0 &&
            option->start_ts - brute->options[brute->chosen[brute->n_chosen - 1]].end_ts <
                brute->contract->rest_min_minutes * 60)
            continue;
        brute->chosen[brute->n_chosen++] = i;
        enumerate(brute, day + 1, cost + option->cost);
        brute->n_chosen--;
    }
}

/* ---- random problems ---- */

static void random_rules(struct dice *dice, struct contract *c)
{
    c->week_days_max = dice_between(dice, 3, 7);
    c->week_days_min = dice_between(dice, 0, 3);
    c->week_minutes_max = dice_between(dice, 20, 50) * 60;
    c->week_minutes_min = dice_between(dice, 0, 16) * 60;
    c->consecutive_days_max = dice_between(dice, 2, 7);
    c->consecutive_days_off_min = dice_between(dice, 0, 3);
    c->rest_min_minutes = dice_between(dice, 4, 20) * 60;
    c->week_nights_max = dice_between(dice, 0, 4);
    c->night_from_min = dice_between(dice, 20, 23) * 60 + 30;
    c->night_to_min = dice_between(dice, 4, 7) * 60;
    c->night_shift_minutes = dice_between(dice, 1, 5) * 60;
    c->weekends_of = dice_between(dice, 1, 4);
    c->weekends_max = dice_between(dice, 0, c->weekends_of);
    c->start_spread_max_min = dice_between(dice, 0, 2) > 0 ? DAY_MIN : dice_between(dice, 0, 8) * 60;
    c->night_premium = dice_between(dice, 0, 1) * 0.25;
    c->holiday_premium = 1;
    if (dice_between(dice, 0, 4) == 0)
        c->rest_min_minutes = dice_between(dice, 20, 40) * 60;
}

static struct plan_problem *random_problem(struct dice *dice)
{
    static const char *const zones[] = {"UTC", "Asia/Manila", "America/New_York", "America/Bogota",
                                        "Europe/Paris"};
    /* weeks with the spring and autumn changes of Europe and America, and a plain one */
    static const int32_t mondays[] = {20535, 20577, 20752, 20759, 20780};
    int interval = dice_between(dice, 0, 1) ? 60 : 30;
    int32_t monday = mondays[dice_between(dice, 0, 4)];
    monday -= day_weekday(monday);
    struct plan_problem *problem = tiny_problem(zones[dice_between(dice, 0, 4)], interval, monday);
    random_rules(dice, &problem->operation->contracts[0]);
    int n = dice_between(dice, 1, 2);
    for (int t = 0; t < n; t++) {
        int start = dice_between(dice, 0, 20) * 60, paid = dice_between(dice, 4, 8) * 60;
        int step = dice_between(dice, 1, 3) * 60;
        int tmpl =
            tiny_template(problem, start, start + (n == 1 ? 2 * step : 0) > 1380 ? start : start + step, step,
                          paid, paid + dice_between(dice, 0, 1) * 60, 60);
        problem->operation->templates[tmpl].weekdays = dice_between(dice, 0, 2) ? 127 : 0x5f;
        if (t == 1 && dice_between(dice, 0, 2) == 0) {
            problem->operation->templates[tmpl].on_call = true;
            problem->operation->templates[tmpl].on_call_pay = 0.25;
        }
        if (dice_between(dice, 0, 1))
            tiny_break(problem, tmpl, interval, dice_between(dice, 0, 1), 60, dice_between(dice, 1, 3) * 60);
        if (dice_between(dice, 0, 1))
            tiny_break(problem, tmpl, 60, false, dice_between(dice, 1, 2) * 60, 180);
        if (dice_between(dice, 0, 2) == 0)
            tiny_break(problem, tmpl, interval, true, 0, 180);
    }
    tiny_queue(problem);
    int agent = tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    int64_t start = problem->demand.grid.start_ts;
    for (int day = 36; day > 0; day--)
        if (dice_between(dice, 0, 2) == 0) {
            int64_t at = start - day * DAY_S + dice_between(dice, 0, 23) * 3600;
            tiny_past(problem, agent, at, at + 6 * 3600);
        }
    if (dice_between(dice, 0, 2) == 0)
        tiny_available(problem, agent, dice_between(dice, 60, 127), dice_between(dice, 3, 8) * 60,
                       dice_between(dice, 20, 34) * 60);
    if (dice_between(dice, 0, 3) == 0) {
        int64_t off = start + dice_between(dice, 0, 5) * DAY_S - 8 * 3600;
        tiny_time_off(problem, agent, off, off + dice_between(dice, 1, 3) * DAY_S,
                      dice_between(dice, 0, 8) * 60);
    }
    if (dice_between(dice, 0, 7) == 0)
        problem->operation->agents[0].employed_from = monday + dice_between(dice, 0, 4);
    problem->operation->n_special_days = 1;
    problem->operation->special_days = g_new0(struct special_day, 1);
    problem->operation->special_days[0] = (struct special_day){.scope = SCOPE_SITE,
                                                               .index = 0,
                                                               .day = monday + dice_between(dice, 0, 6),
                                                               .kind = SPECIAL_HOLIDAY,
                                                               .name = g_strdup("feast")};
    return problem;
}

/* Personal costs on every third problem, told by start, end and day: the class gets them, and the options of
   the enumeration; a day without a shift costs nothing there, and all days once. Returns those. */
static double add_personal(struct dice *dice, const struct roster_model *model, struct brute *brute)
{
    const struct catalogue *cat = &model->catalogues[0];
    struct agent_class *class = &model->classes[0];
    double all_off = 0;
    class->extra = g_new0(double, cat->n_slots + 1);
    class->off_cost = g_new0(double, cat->n_days + 1);
    for (int day = 0; day < cat->n_days; day++)
        all_off += class->off_cost[day] = 10 * dice_unit(dice) - 5;
    for (int i = 0; i < cat->n_slots; i++) {
        const struct slot *slot = &cat->slots[i];
        class->extra[i] = dice_between(dice, 0, 2) > 0 ? 0 : 20 * dice_unit(dice) - 10;
        for (int k = 0; k < brute->n_options; k++) {
            struct option *option = &brute->options[k];
            if ((slot->tmpl < 0 || slot->tmpl == option->tmpl) &&
                option->start_ts == roster_model_ts(model, slot->start_iv) &&
                option->end_ts == roster_model_ts(model, slot->end_iv) && option->paid_min == slot->paid_min)
                option->cost += class->extra[i] - class->off_cost[slot->day];
        }
    }
    return all_off;
}

START_TEST(kernel_agrees_with_enumeration)
{
    struct dice dice = {(uint64_t)_i * 7919 + 17};
    AUTO(plan_problem) problem = random_problem(&dice);
    const struct grid *grid = &problem->demand.grid;
    g_autofree double *price = g_new0(double, grid->n + 400);
    for (int iv = 0; iv < grid->n; iv++)
        price[iv] = dice_unit(&dice) * 14 * grid->interval_s / 3600 - 1;
    static struct brute brute;
    brute = (struct brute){
        .problem = problem, .contract = problem->operation->contracts, .price = price, .best = INFINITY};
    GError *error = NULL;
    AUTO(zone) zone = zone_new(problem->operation->sites[0].zone, &error);
    ck_no_error(error);
    brute.zone = zone;
    list_options(&brute);
    AUTO(roster_model) model = roster_model_new(problem, &error);
    double personal = model != NULL && _i % 3 == 0 ? add_personal(&dice, model, &brute) : 0;
    enumerate(&brute, problem->first_day - 1, personal);
    if (model == NULL) {
        ck_assert_msg(brute.best == INFINITY, "problem %d: \"%s\", but a legal week costs %g", _i,
                      error->message, brute.best);
        g_clear_error(&error);
        return;
    }
    AUTO(pricing) pricing = pricing_new(model);
    const struct catalogue *cat = &model->catalogues[0];
    g_autofree double *value = g_new0(double, cat->n_slots + 1);
    struct tour tour = {0};
    pricing_table(pricing, cat, price, NULL, value);
    double cost = pricing_week(pricing, &model->classes[0], value, &tour);
    ck_assert_msg(fabs(cost - brute.best) < 1e-9 * (1 + fabs(cost)),
                  "problem %d: kernel %.12g, enumeration %.12g", _i, cost, brute.best);
    pricing_place(pricing, cat, price, NULL, &tour);
    double placed = tour_cost(model, &model->classes[0], &tour, price);
    ck_assert_msg(fabs(cost - placed) < 1e-9 * (1 + fabs(cost)), "problem %d: week %.12g, its shifts %.12g",
                  _i, cost, placed);
    tour_clear(&tour);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster kernel");
    TCase *tcase = tcase_create("enumeration");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, kernel_agrees_with_enumeration, 0, PROBLEMS);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
