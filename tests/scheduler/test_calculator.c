#include "tests/support/testing.h"

#include "scheduler/staffing/calculator.h"

#include <math.h>

static const struct row {
    const char *what;
    double contacts, patience_s, asa_max_s, abandon_max, occupancy_max, shrinkage, chats, room, lines, idle;
    double level_share; /* of each further chat, over the one before */
    enum sl_definition definition;
    double busyness;
} models[] = {
    {"Erlang C", 400, 0, 0, 1, 1, 0, 1, -1, -1, -1, 1, SL_OFFERED, 0},
    {"Erlang A", 400, 90, 0, 1, 1, 0, 1, -1, -1, -1, 1, SL_OFFERED, 0},
    {"Erlang A, virtual", 150, 60, 0, 1, 1, 0, 1, -1, -1, -1, 1, SL_VIRTUAL, 0},
    {"Erlang A, short abandons", 150, 60, 0, 1, 1, 0, 1, -1, -1, -1, 1, SL_EXCL_SHORT, 0},
    {"several targets", 300, 200, 5, 0.03, 1, 0, 1, -1, -1, -1, 1, SL_OFFERED, 0},
    {"occupancy", 2000, 0, 0, 1, 0.85, 0, 1, -1, -1, -1, 1, SL_OFFERED, 0},
    {"shrinkage", 120, 90, 0, 1, 1, 0.3, 1, -1, -1, -1, 1, SL_OFFERED, 0},
    {"room", 100, 90, 0, 1, 1, 0, 1, 4, -1, -1, 1, SL_OFFERED, 0},
    {"room, nobody gives up", 100, 0, 0, 1, 1, 0, 1, 12, -1, -1, 1, SL_OFFERED, 0},
    {"lines", 100, 60, 0, 1, 1, 0, 1, -1, 40, -1, 1, SL_OFFERED, 0},
    {"even chats", 300, 60, 0, 1, 1, 0, 3, -1, -1, -1, 1, SL_OFFERED, 0},
    {"chats", 300, 60, 0, 1, 1, 0, 3, -1, -1, -1, 1.2, SL_OFFERED, 0},
    {"chats with a room", 300, 60, 0, 1, 1, 0, 3, 5, -1, -1, 1.2, SL_OFFERED, 0},
    {"blending", 100, 0, 0, 1, 1, 0, 1, -1, -1, 2, 1, SL_OFFERED, 0},
    {"blending, callers give up", 100, 120, 0, 1, 1, 0, 1, -1, -1, 1, 1, SL_OFFERED, 0},
    {"busyness", 400, 90, 0, 1, 1, 0, 1, -1, -1, -1, 1, SL_OFFERED, 0.1},
    {"busyness of chats", 300, 60, 0, 1, 1, 0, 3, -1, -1, -1, 1.2, SL_OFFERED, 0.1},
    {"busyness with a room", 100, 90, 0, 1, 1, 0, 1, 4, -1, -1, 1, SL_OFFERED, 0.2},
};

static struct calculator calculator_of(const struct row *row)
{
    struct calculator c = {
        .contacts = row->contacts,
        .span_s = 1800,
        .aht_s = 180,
        .patience_s = row->patience_s,
        .threshold_s = 20,
        .short_abandon_s = 5,
        .target = 0.8,
        .asa_max_s = row->asa_max_s,
        .abandon_max = row->abandon_max,
        .occupancy_max = row->occupancy_max,
        .shrinkage = row->shrinkage,
        .chats = row->chats,
        .room = row->room,
        .lines = row->lines,
        .blend_idle = row->idle,
        .busyness = row->busyness,
        .definition = row->definition,
    };
    for (int k = 0; k < CALCULATOR_CHATS_MAX; k++)
        c.level_share[k] = pow(row->level_share, k);
    return c;
}

static double margin_at(const struct calculator *calculator, double agents)
{
    struct calculator_answer answer;
    calculator_answer(calculator, agents, &answer);
    return answer.margin;
}

START_TEST(required_is_least)
{
    struct calculator model = calculator_of(&models[_i]), *c = &model;
    double real = calculator_required(c, false), whole = calculator_required(c, true),
           on_shift = real / (1 - c->shrinkage);
    ck_assert_msg(real > whole - 1 - 1e-6 && real <= whole, "%s: %g of %g", models[_i].what, real, whole);
    ck_assert_msg(margin_at(c, on_shift * (1 + 1e-8)) >= 0, "%s: %.12g do not do", models[_i].what, real);
    ck_assert_msg(margin_at(c, on_shift * (1 - 1e-6)) < 0, "%s: fewer than %.12g do", models[_i].what, real);
    ck_assert(margin_at(c, whole / (1 - c->shrinkage) + 1e-9) >= 0);
    ck_assert(margin_at(c, (whole - 1) / (1 - c->shrinkage)) < 0);
}
END_TEST

/* What is solved for with a number of agents needs that number of agents. */
START_TEST(solutions_need_the_agents)
{
    static const enum calculator_variable variables[] = {CALCULATOR_CONTACTS, CALCULATOR_AHT,
                                                         CALCULATOR_THRESHOLD, CALCULATOR_TARGET};
    size_t n = G_N_ELEMENTS(variables);
    struct calculator model = calculator_of(&models[_i / (int)n]), *c = &model;
    enum calculator_variable variable = variables[_i % (int)n];
    const char *what = models[_i / (int)n].what;
    double agents = ceil(calculator_required(c, false) / (1 - c->shrinkage));
    struct calculator_range range;
    ck_assert(calculator_solve(c, agents, variable, &range));
    struct calculator at = *c, beyond = *c;
    double *value = variable == CALCULATOR_CONTACTS    ? &at.contacts
                    : variable == CALCULATOR_AHT       ? &at.aht_s
                    : variable == CALCULATOR_THRESHOLD ? &at.threshold_s
                                                       : &at.target;
    double *past = (double *)((char *)&beyond + ((char *)value - (char *)&at));
    bool up = variable != CALCULATOR_THRESHOLD;
    if (up ? isinf(range.most) : !(range.least > 0))
        return; /* another target decides, whatever the threshold */
    *value = up ? range.most : range.least;
    *past = *value * (up ? 1 + 1e-6 : 1 - 1e-6);
    ck_assert_msg(up ? !(range.least > 0) : isinf(range.most), "%s: %g to %g", what, range.least, range.most);
    ck_assert_msg(margin_at(&at, agents) >= -1e-9, "%s: %.12g does not do", what, *value);
    ck_assert_msg(margin_at(&beyond, agents) < 0, "%s: more than %.12g does", what, *value);
    if (variable == CALCULATOR_TARGET && c->asa_max_s + (1 - c->occupancy_max) > 0)
        return; /* the level is what it is; another target may ask for fewer agents */
    double need = calculator_required(&at, false) / (1 - c->shrinkage);
    ck_assert_msg(fabs(need - agents) < 1e-5 * agents, "%s: variable %d: %.9g agents for %.9g", what,
                  (int)variable, need, agents);
}
END_TEST

START_TEST(patience_has_two_ends)
{
    struct calculator c = calculator_of(&models[0]);
    struct calculator_range range;
    /* 41 agents: too few when nobody gives up, enough when the impatient make room */
    ck_assert(calculator_solve(&c, 41, CALCULATOR_PATIENCE, &range));
    c.patience_s = range.most;
    ck_assert(isfinite(range.most) && margin_at(&c, 41) >= -1e-9);
    c.patience_s = range.most * 1.01;
    ck_assert(margin_at(&c, 41) < 0);
    c.patience_s = range.least * 0.99;
    ck_assert(!(range.least > 0) || margin_at(&c, 41) < 0);
    ck_assert(!calculator_solve(&c, 30, CALCULATOR_PATIENCE, &range));
}
END_TEST

START_TEST(edges)
{
    struct calculator c = calculator_of(&models[0]);
    struct calculator_answer answer;
    struct calculator_range range;
    c.contacts = 0;
    ck_assert_double_eq(calculator_required(&c, false), 0);
    calculator_answer(&c, 0, &answer);
    ck_assert_double_eq(answer.metrics.sl[SL_OFFERED], 1);
    c.contacts = 100;
    ck_assert(!calculator_solve(&c, 0, CALCULATOR_CONTACTS, &range));
    calculator_answer(&c, 0, &answer);
    ck_assert(answer.metrics.sl[SL_OFFERED] == 0 && answer.margin < 0);
    c.lines = 3; /* whatever the agents, most are turned away */
    ck_assert(isinf(calculator_required(&c, true)));
    calculator_answer(&c, 12, &answer);
    ck_assert(answer.metrics.blocked > 0.6 && answer.metrics.occupancy <= 0.25);
    c.lines = -1;
    c.blend_idle = 0;
    c.occupancy_max = 0.9; /* outbound work keeps everybody busy */
    ck_assert(isinf(calculator_required(&c, true)));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/calculator");
    TCase *t = tcase_create("answers");
    tcase_add_loop_test(t, required_is_least, 0, G_N_ELEMENTS(models));
    tcase_add_loop_test(t, solutions_need_the_agents, 0, 4 * G_N_ELEMENTS(models));
    tcase_add_test(t, patience_has_two_ends);
    tcase_add_test(t, edges);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
