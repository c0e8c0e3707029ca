/* Money and coverage: pay against sums done by hand, claims that lie, and the flow against Hall's condition
 * by subsets. */
#include <math.h>
#include <string.h>

#include "tests/scheduler/checker_rows.h"
#include "tests/support/testing.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* what a row does not say is 0 */

/* 100 PHP an hour at 0.0175 USD. */
#define HOUR 1.75

/* clang-format off */
static const struct {
    const char *what;
    struct row_shift shift;
    const char *monday;
    double hours; /* paid, premiums added: 10 % from 22:00 to 06:00, 100 % on a holiday */
} pays[] = {
    {"eight hours", {"2026-11-24 08:00", 480, ANA, FREE}, NULL, 8},
    {"breaks are paid, the meal is not",
     {"2026-11-24 08:00", 540, ANA, DAY, "break 120+15 paid, meal 240+60 unpaid, break 390+15 paid"}, NULL, 8},
    {"night with a meal from 23:00 to 24:00", {"2026-11-24 20:00", 540, ANA, FREE, "meal 180+60 unpaid"}, NULL, 8.6},
    {"an hour before six", {"2026-11-25 05:00", 480, ANA, FREE}, NULL, 8.1},
    {"into Bonifacio Day", {"2026-11-29 20:00", 480, ANA, FREE}, NULL, 8 + 0.6 + 4},
    {"on Bonifacio Day", {"2026-11-30 07:00", 480, ANA, FREE}, NULL, 16},
    {"on New York's Thanksgiving in Manila", {"2026-11-26 08:00", 480, ANA, FREE}, NULL, 8},
    {"into Thanksgiving in New York", {"2026-11-25 22:00", 480, BOB, FREE}, NULL, 8 + 0.8 + 6},
    {"the night of 25 hours", {"2026-10-31 22:00", 600, BOB, FREE}, "2026-10-26", 10 + 0.9},
    {"the night of 23 hours", {"2027-03-13 22:00", 480, BOB, FREE}, "2027-03-08", 8 + 0.7},
};
/* clang-format on */

START_TEST(pay_is_as_summed_by_hand)
{
    struct row row = {.what = pays[_i].what, .monday = pays[_i].monday};
    row.shifts[0] = pays[_i].shift;
    struct plan_problem *problem = row_problem(&row);
    struct plan_solution *solution = row_solution(&row, problem);
    struct check_report report;
    roster_check(problem, solution, &report);
    ck_assert_msg(fabs(report.pay - pays[_i].hours * HOUR) < 1e-9, "%s: pay %.9f, want %.9f", pays[_i].what,
                  report.pay, pays[_i].hours * HOUR);
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

/*
 * On Tuesday from 00:00Z to 08:00Z (intervals 96 to 127) the voice queue wants one agent at 10 and one more
 * at 4, chat half an agent at 6. ANA (voice) and BOB (voice, chat) work just then: voice 1.5, chat 0.5, so
 * half an agent is short at 4 in 32 intervals. DAN works too, trained for nothing. ANA's published shift
 * reaches from Sunday to Monday 02:00Z.
 */
static const struct row claimed = {
    .what = "claims",
    .shifts = {{"2026-11-23 01:00", 540, ANA, FREE, NULL, true},
               {"2026-11-24 08:00", 480, ANA, FREE},
               {"2026-11-23 19:00", 480, BOB, FREE},
               {"2026-11-24 08:00", 495, DAN, FREE},
               {"2026-11-26 08:00", 540, ANA, DAY,
                "break 120+15 paid, meal 240+60 unpaid, break 390+15 paid"}},
};
#define FROM 96
#define TO 128
#define PAY ((8 + (8 + 0.5) + 8.25 + 8) * HOUR)
#define SHORT (32 * 0.5 * 4)

/* clang-format off */
static const struct {
    const char *what, *want;
    int queue, iv;      /* the cell of `staffed` to change, */
    double agents;      /* to this; 0 = leave it */
    double pay, shortage, objective, bound; /* added to the claim */
    int n_staffed;
} lies[] = {
    {"the truth", ""},
    {"pay too low", "account", .pay = -0.01},
    {"shortage too low", "account", .shortage = -0.01},
    {"objective too low", "account", .objective = -0.01},
    {"rounding", "", .pay = 1e-8, .shortage = 1e-8, .objective = 1e-8, .bound = 1e-8},
    {"bound above the objective", "bound", .bound = 0.01},
    {"no bound", "", .bound = -INFINITY},
    {"bound not a number", "bound", .bound = NAN},
    {"objective not a number", "account", .objective = NAN},
    {"two agents cannot be two and a half", "skill", VOICE, 100, 2, .shortage = -2, .objective = -2, .bound = -2},
    {"the shortage must follow from the coverage", "account", VOICE, 100, 1, 0},
    {"ANA cannot chat", "skill", CHAT, 101, 1.01},
    {"chat and voice share BOB", "skill", CHAT, 101, 0.51},
    {"BOB may leave the chat for the voice", "", VOICE, 100, 1.5 + 1e-12},
    {"nobody is there", "skill", VOICE, 200, 1},
    {"and nobody after the shift", "skill", VOICE, TO, 0.25},
    {"the published shift reaches into the week", "", VOICE, 7, 1},
    {"and ends", "skill", VOICE, 8, 1},
    {"work on Thursday", "", VOICE, 3 * 96, 1},
    {"work up to the break", "", VOICE, 3 * 96 + 7, 1},
    {"no work on a break", "skill", VOICE, 3 * 96 + 8, 1},
    {"nor at the meal", "skill", VOICE, 3 * 96 + 19, 1},
    {"work after the meal", "", VOICE, 3 * 96 + 20, 1},
    {"negative agents", "account", CHAT, 101, -1, .shortage = 3, .objective = 3},
    {"agents that are no number", "account", CHAT, 101, NAN, .shortage = 3, .objective = 3},
    {"coverage of another grid", "account", .n_staffed = -1},
};
/* clang-format on */

static void fill_demand(struct demand *d)
{
    for (int iv = FROM; iv < TO; iv++) {
        d->width[DEMAND_PIECE(d, VOICE, iv, 0)] = 1;
        d->value[DEMAND_PIECE(d, VOICE, iv, 0)] = 10;
        d->width[DEMAND_PIECE(d, VOICE, iv, 1)] = 1;
        d->value[DEMAND_PIECE(d, VOICE, iv, 1)] = 4;
        d->width[DEMAND_PIECE(d, CHAT, iv, 0)] = 0.5;
        d->value[DEMAND_PIECE(d, CHAT, iv, 0)] = 6;
    }
}

static void fill_claims(const struct demand *d, struct plan_solution *s)
{
    s->n_staffed = QUEUES * d->grid.n;
    s->staffed = g_new0(double, (gsize)s->n_staffed);
    for (int iv = FROM; iv < TO; iv++) {
        s->staffed[DEMAND_CELL(d, VOICE, iv)] = 1.5;
        s->staffed[DEMAND_CELL(d, CHAT, iv)] = 0.5;
    }
    s->pay = PAY;
    s->shortage = SHORT;
    s->objective = PAY + SHORT;
    s->bound = PAY + SHORT;
}

START_TEST(claims_are_recounted)
{
    struct plan_problem *problem = row_problem(&claimed);
    struct plan_solution *solution = row_solution(&claimed, problem);
    fill_demand(&problem->demand);
    fill_claims(&problem->demand, solution);
    if (lies[_i].agents != 0)
        solution->staffed[DEMAND_CELL(&problem->demand, lies[_i].queue, lies[_i].iv)] = lies[_i].agents;
    solution->pay += lies[_i].pay;
    solution->shortage += lies[_i].shortage;
    solution->objective += lies[_i].objective;
    solution->bound += lies[_i].bound;
    solution->n_staffed += lies[_i].n_staffed;
    struct check_report report;
    roster_check(problem, solution, &report);
    g_autofree char *found = row_found(&report);
    ck_assert_msg(strcmp(found, lies[_i].want) == 0, "%s: found \"%s\", want \"%s\"; first: %s",
                  lies[_i].what, found, lies[_i].want,
                  report.n_violations > 0 ? report.violations[0].message : "nothing");
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

START_TEST(without_claims_the_least_shortage)
{
    struct plan_problem *problem = row_problem(&claimed);
    struct plan_solution *solution = row_solution(&claimed, problem);
    fill_demand(&problem->demand);
    struct check_report report;
    ck_assert(roster_check(problem, solution, &report));
    ck_assert_double_eq_tol(report.pay, PAY, 1e-9);
    ck_assert_double_eq_tol(report.shortage, SHORT, 1e-9);
    ck_assert_int_eq(report.n_shifts, 4);
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

#define MANY_QUEUES 4
#define MANY_AGENTS 6

/* A problem of its own: all agents of the row problem replaced by MANY_AGENTS in London with random skills,
 * on shift all Tuesday. */
static struct plan_problem *many_problem(GRand *rand, struct plan_solution *solution)
{
    static const struct row empty = {.what = "many"};
    struct plan_problem *p = row_problem(&empty);
    struct operation *op = p->operation;
    op->queues = g_renew(struct queue, op->queues, MANY_QUEUES);
    for (int q = QUEUES; q < MANY_QUEUES; q++)
        op->queues[q] = (struct queue){.id = g_strdup_printf("q%d", q), .zone = g_strdup("UTC")};
    op->n_queues = MANY_QUEUES;
    op->agents = g_renew(struct agent, op->agents, MANY_AGENTS);
    for (int a = 0; a < MANY_AGENTS; a++) {
        struct agent *agent = &op->agents[a];
        if (a >= PEOPLE)
            *agent = (struct agent){.id = g_strdup_printf("a%d", a),
                                    .employed_from = INT32_MIN,
                                    .employed_to = INT32_MAX,
                                    .contract = 1};
        agent->site = 2;
        agent->skills = g_renew(struct skill, agent->skills, MANY_QUEUES);
        agent->n_skills = 0;
        for (int q = 0; q < MANY_QUEUES; q++)
            if (g_rand_int_range(rand, 0, 5) < 2)
                agent->skills[agent->n_skills++] = (struct skill){.queue = q, .proficiency = 1};
    }
    op->n_agents = MANY_AGENTS;
    struct grid grid = p->demand.grid;
    demand_clear(&p->demand);
    demand_init(&p->demand, &grid, MANY_QUEUES, 2);
    solution->shifts = g_new0(struct shift, MANY_AGENTS);
    for (int a = 0; a < MANY_AGENTS; a++)
        solution->shifts[solution->n_shifts++] = row_shift(
            p, &(struct row_shift){"2026-11-24T00:00:00Z", 480, MIN(a, PEOPLE - 1), FREE, NULL, false});
    for (int a = 0; a < MANY_AGENTS; a++)
        solution->shifts[a].agent = a;
    return p;
}

/* Hall: every set of queues wants no more than the agents who serve any of them. */
static bool fits(const struct operation *op, const double want[MANY_QUEUES])
{
    for (unsigned set = 1; set < 1u << MANY_QUEUES; set++) {
        double wanted = 0, heads = 0;
        for (int q = 0; q < MANY_QUEUES; q++)
            wanted += (set >> q & 1) ? want[q] : 0;
        for (int a = 0; a < op->n_agents; a++) {
            bool serves = false;
            for (int i = 0; i < op->agents[a].n_skills; i++)
                serves = serves || (set >> op->agents[a].skills[i].queue & 1);
            heads += serves;
        }
        if (wanted > heads + 1e-7)
            return false;
    }
    return true;
}

static double cell_short(const struct demand *d, int q, double agents)
{
    double sum = 0;
    for (int k = 0; k < 2; k++) {
        size_t at = DEMAND_PIECE(d, q, FROM, k);
        sum += (d->width[at] - fmin(agents, d->width[at])) * d->value[at];
        agents -= fmin(agents, d->width[at]);
    }
    return sum;
}

/* The least shortage over all whole allocations that fit (with whole widths and heads one of them is best).
 */
static double least_by_trying(const struct plan_problem *p)
{
    double best = INFINITY;
    for (int code = 0; code < 7 * 7 * 7 * 7; code++) {
        double want[MANY_QUEUES], sum = 0;
        for (int q = 0, rest = code; q < MANY_QUEUES; q++, rest /= 7) {
            want[q] = rest % 7;
            sum += cell_short(&p->demand, q, want[q]);
        }
        if (sum < best && fits(p->operation, want))
            best = sum;
    }
    return best;
}

START_TEST(flow_agrees_with_hall)
{
    GRand *rand = g_rand_new_with_seed((guint32)_i);
    struct plan_solution *solution = plan_solution_new();
    struct plan_problem *p = many_problem(rand, solution);
    struct demand *d = &p->demand;
    for (int q = 0; q < MANY_QUEUES; q++) {
        d->width[DEMAND_PIECE(d, q, FROM, 0)] = g_rand_int_range(rand, 0, 3);
        d->value[DEMAND_PIECE(d, q, FROM, 0)] = g_rand_int_range(rand, 5, 9);
        d->width[DEMAND_PIECE(d, q, FROM, 1)] = g_rand_int_range(rand, 0, 4);
        d->value[DEMAND_PIECE(d, q, FROM, 1)] = g_rand_int_range(rand, 1, 5);
    }
    struct check_report report;
    roster_check(p, solution, &report);
    ck_assert_double_eq_tol(report.shortage, least_by_trying(p), 1e-7);
    check_report_clear(&report);

    solution->n_staffed = MANY_QUEUES * d->grid.n;
    solution->staffed = g_new0(double, (gsize)solution->n_staffed);
    for (int try = 0; try < 20; try++) {
        double want[MANY_QUEUES];
        for (int q = 0; q < MANY_QUEUES; q++)
            solution->staffed[DEMAND_CELL(d, q, FROM)] = want[q] = g_rand_double_range(rand, 0, 2.5);
        roster_check(p, solution, &report);
        bool unskilled = false;
        for (int i = 0; i < report.n_violations; i++)
            unskilled = unskilled || report.violations[i].rule == VIOLATION_UNSKILLED;
        ck_assert_msg(unskilled != fits(p->operation, want), "seed %d, try %d: %s", _i, try,
                      unskilled ? "fits, but is reported" : "does not fit, but is not reported");
        check_report_clear(&report);
    }
    plan_solution_free(solution);
    plan_problem_free(p);
    g_rand_free(rand);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/checker-account");
    TCase *t = tcase_create("account");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, pay_is_as_summed_by_hand, 0, (int)G_N_ELEMENTS(pays));
    tcase_add_loop_test(t, claims_are_recounted, 0, (int)G_N_ELEMENTS(lies));
    tcase_add_test(t, without_claims_the_least_shortage);
    tcase_add_loop_test(t, flow_agrees_with_hall, 0, 20);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
