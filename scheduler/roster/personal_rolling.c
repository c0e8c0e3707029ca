#include "scheduler/roster/personal_rolling.h"

#include <math.h>
#include <string.h>

#define LENGTH_FIRST 28  /* days of a window, … */
#define LENGTH_LEAST 10  /* … and at least */
#define LENGTH_MOST 84   /* … and at most */
#define ROWS_FIRST 450   /* headcounts of the first windows, at most */
#define WINDOW_WORK 2e10 /* kernel cells a window may take, */
#define USUAL_WORK 4e9   /* … and how many make the next passes' shorter */
#define LONGER 1.5       /* windows of a pass that won little, */
#define SHORTER 0.8      /* … or took too long */
#define LITTLE 0.002     /* of the roster's cost */
#define ROUNDS 200
#define BACK 30 /* decisions a dive may take back */

struct rolling {
    const struct personal_model *model;
    double *prices;
    struct random random;
    int length, from, pass;
    double begun, gain; /* cost at the beginning of the pass, what the last pass won */
    double dearest;     /* work of the pass's dearest window */
    int64_t work;
    int *agents;
    uint8_t *days; /* n_agents × n_days */
};

struct rolling *rolling_new(const struct personal_model *model, const double *prices, uint64_t seed)
{
    struct rolling *s = g_new0(struct rolling, 1);
    s->model = model;
    s->prices = prices == NULL ? NULL : g_memdup2(prices, (gsize)model->n_rows * sizeof *prices);
    random_seed(&s->random, seed);
    int rows = MAX(model->n_rows / model->n_days, 1);
    s->length = MIN(CLAMP(ROWS_FIRST / rows, LENGTH_LEAST, LENGTH_FIRST), model->n_days);
    s->agents = g_new(int, model->n_agents + 1);
    for (int a = 0; a < model->n_agents; a++)
        s->agents[a] = a;
    s->days = g_new(uint8_t, (size_t)model->n_agents * (size_t)model->n_days + 1);
    return s;
}

void rolling_free(struct rolling *s)
{
    if (s == NULL)
        return;
    g_free(s->prices);
    g_free(s->agents);
    g_free(s->days);
    g_free(s);
}

static void solve(struct rolling *s, struct personal_roster *roster, int from, int to, int threads,
                  const int *stop)
{
    const struct personal_model *model = s->model;
    struct columns_task what = {roster,    s->agents, model->n_agents, from, to,
                                s->prices, NULL,      threads,         stop, NULL};
    AUTO(columns) c = columns_new(&what);
    double now = columns_cost(c);
    enum columns_end end = columns_converge(c, now, ROUNDS, (int64_t)WINDOW_WORK);
    const struct columns_dive how = {0.6 + 0.3 * random_uniform(&s->random), BACK, (int64_t)WINDOW_WORK};
    size_t n_days = (size_t)(to - from);
    if (end != COLUMNS_HOPELESS && end != COLUMNS_STOPPED && columns_dive(c, &how, now, s->days))
        for (int a = 0; a < model->n_agents; a++)
            personal_roster_set(roster, a, from, to, s->days + (size_t)a * n_days);
    s->work = columns_work(c);
}

/* The next pass: longer windows when the last ones won little, shorter ones when they took too long. */
static void begin_pass(struct rolling *s, double cost)
{
    if (s->pass++ > 0) {
        s->gain = s->begun - cost;
        double times = s->dearest > USUAL_WORK ? SHORTER : (s->gain < LITTLE * fabs(cost) ? LONGER : 1);
        s->length = CLAMP((int)(s->length * times), LENGTH_LEAST, MIN(LENGTH_MOST, s->model->n_days));
    }
    s->dearest = 0;
    s->begun = cost;
    s->from = s->pass % 2 == 0 ? -s->length / 2 : 0;
}

void rolling_run(struct rolling *s, struct personal_roster *roster, int threads, const int *stop)
{
    if (s->pass == 0 || s->from >= s->model->n_days)
        begin_pass(s, roster->cost);
    int from = MAX(s->from, 0), to = MIN(s->from + s->length, s->model->n_days);
    solve(s, roster, from, to, threads, stop);
    s->dearest = MAX(s->dearest, (double)s->work);
    s->from += s->length;
}

bool rolling_pass_ended(const struct rolling *s)
{
    return s->from >= s->model->n_days;
}

int64_t rolling_work(const struct rolling *s)
{
    return s->work;
}
