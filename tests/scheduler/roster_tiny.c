#include "tests/scheduler/roster_tiny.h"

#include <string.h>

#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/support/testing.h"

double dice_unit(struct dice *dice)
{
    uint64_t z = dice->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

int dice_between(struct dice *dice, int a, int b)
{
    return a + (int)(dice_unit(dice) * (b - a + 1));
}

bool dice_chance(struct dice *dice, double share)
{
    return dice_unit(dice) < share;
}

struct contract *tiny_contract(struct plan_problem *problem)
{
    return &problem->operation->contracts[0];
}

struct plan_solution *tiny_solve(const struct plan_problem *problem)
{
    struct roster_control control = {0};
    GError *error = NULL;
    struct plan_solution *solution = roster_solve(problem, &control, &error);
    ck_no_error(error);
    struct check_report report;
    ck_assert_msg(roster_check(problem, solution, &report), "the checker says %s",
                  report.violations[0].message);
    check_report_clear(&report);
    ck_assert(solution->bound <= solution->objective + 1e-9);
    return solution;
}

struct plan_problem *tiny_problem(const char *zone, int interval_min, int32_t first_day)
{
    struct plan_problem *problem = plan_problem_new();
    struct operation *operation = operation_new();
    problem->operation = operation;
    problem->first_day = first_day;
    problem->n_weeks = 1;
    problem->seed = 1;
    operation->name = g_strdup("tiny");
    operation->zone = g_strdup("UTC");
    operation->interval_min = interval_min;
    memcpy(operation->currency, "USD", 4);
    operation->n_clients = 1;
    operation->clients = g_new0(struct client, 1);
    operation->clients[0] = (struct client){.id = g_strdup("client"), .name = g_strdup("Client")};
    operation->n_sites = 1;
    operation->sites = g_new0(struct site, 1);
    operation->sites[0] = (struct site){
        .id = g_strdup("site"), .name = g_strdup("Site"), .zone = g_strdup(zone), .country = g_strdup("PH")};
    operation->n_contracts = 1;
    operation->contracts = g_new0(struct contract, 1);
    operation->contracts[0] = (struct contract){.id = g_strdup("c"),
                                                .name = g_strdup("Contract"),
                                                .week_minutes_max = 7 * DAY_MIN,
                                                .week_days_max = 7,
                                                .consecutive_days_max = 99,
                                                .week_nights_max = 7,
                                                .night_from_min = 1320,
                                                .night_to_min = 360,
                                                .night_shift_minutes = 180,
                                                .weekends_max = 1,
                                                .weekends_of = 1,
                                                .start_spread_max_min = DAY_MIN,
                                                .rate = 6,
                                                .currency = g_strdup("USD")};
    plan_horizon(operation, first_day, 1, &problem->demand.grid, NULL);
    return problem;
}

int tiny_template(struct plan_problem *problem, int start_from, int start_to, int step, int paid_min,
                  int paid_max, int paid_step)
{
    struct operation *operation = problem->operation;
    int t = operation->n_templates++;
    operation->templates = g_renew(struct shift_template, operation->templates, t + 1);
    operation->templates[t] = (struct shift_template){.id = g_strdup_printf("t%d", t),
                                                      .name = g_strdup_printf("Template %d", t),
                                                      .weekdays = 127,
                                                      .start_from_min = start_from,
                                                      .start_to_min = start_to,
                                                      .start_step_min = step,
                                                      .paid_min_min = paid_min,
                                                      .paid_max_min = paid_max,
                                                      .paid_step_min = paid_step};
    for (int c = 0; c < operation->n_contracts; c++) {
        struct contract *contract = &operation->contracts[c];
        contract->templates = g_renew(int, contract->templates, contract->n_templates + 1);
        contract->templates[contract->n_templates++] = t;
    }
    return t;
}

void tiny_break(struct plan_problem *problem, int tmpl, int length, bool paid, int earliest, int latest)
{
    struct shift_template *t = &problem->operation->templates[tmpl];
    t->breaks[t->n_breaks++] = (struct break_rule){ACTIVITY_BREAK, length, paid, earliest, latest};
}

int tiny_queue(struct plan_problem *problem)
{
    struct operation *operation = problem->operation;
    int q = operation->n_queues++;
    const double aht_s = 300;
    operation->queues = g_renew(struct queue, operation->queues, q + 1);
    operation->queues[q] = (struct queue){.id = g_strdup_printf("q%d", q),
                                          .name = g_strdup_printf("Queue %d", q),
                                          .language = g_strdup("en"),
                                          .zone = g_strdup("UTC"),
                                          .sla = {SL_OFFERED, 0.8, 20, 0, 0, 1, 1, SLA_WEEK},
                                          .aht_s = aht_s,
                                          .concurrency = 1,
                                          .concurrent_aht_s = g_memdup2(&aht_s, sizeof aht_s),
                                          .occupancy_cap = 0.9};
    return q;
}

int tiny_agent(struct plan_problem *problem, unsigned queues)
{
    struct operation *operation = problem->operation;
    int a = operation->n_agents++;
    operation->agents = g_renew(struct agent, operation->agents, a + 1);
    struct agent *agent = &operation->agents[a];
    *agent = (struct agent){.id = g_strdup_printf("a%d", a),
                            .name = g_strdup_printf("Agent %d", a),
                            .skills = g_new0(struct skill, 32),
                            .employed_from = INT32_MIN,
                            .employed_to = INT32_MAX};
    for (int q = 0; q < 32; q++)
        if (queues >> q & 1)
            agent->skills[agent->n_skills++] = (struct skill){.queue = q, .proficiency = 1};
    return a;
}

void tiny_demand(struct plan_problem *problem, int n_pieces)
{
    struct grid grid = problem->demand.grid;
    demand_init(&problem->demand, &grid, problem->operation->n_queues, n_pieces);
}

void tiny_need(struct plan_problem *problem, int queue, int piece, int64_t from_ts, int64_t to_ts,
               double width, double value)
{
    struct demand *demand = &problem->demand;
    for (int iv = 0; iv < demand->grid.n; iv++) {
        if (grid_ts(&demand->grid, iv) < from_ts || grid_ts(&demand->grid, iv) >= to_ts)
            continue;
        demand->width[DEMAND_PIECE(demand, queue, iv, piece)] = width;
        demand->value[DEMAND_PIECE(demand, queue, iv, piece)] = value;
        demand->need[DEMAND_CELL(demand, queue, iv)] += width;
    }
}

void tiny_past(struct plan_problem *problem, int agent, int64_t start_ts, int64_t end_ts)
{
    problem->past = g_renew(struct shift, problem->past, problem->n_past + 1);
    problem->past[problem->n_past++] =
        (struct shift){.agent = agent, .tmpl = -1, .start_ts = start_ts, .end_ts = end_ts};
}

void tiny_time_off(struct plan_problem *problem, int agent, int64_t start_ts, int64_t end_ts, int credit_min)
{
    struct operation *operation = problem->operation;
    int n = operation->n_time_off++;
    operation->time_off = g_renew(struct time_off, operation->time_off, n + 1);
    operation->time_off[n] = (struct time_off){agent, start_ts, end_ts, credit_min, g_strdup("vacation"), 0};
}

void tiny_available(struct plan_problem *problem, int agent, int weekdays, int from_min, int to_min)
{
    struct agent *a = &problem->operation->agents[agent];
    a->available = g_renew(struct week_span, a->available, a->n_available + 1);
    a->available[a->n_available++] = (struct week_span){(uint8_t)weekdays, from_min, to_min};
}
