#include "scheduler/roster/personal_anneal.h"

#include <math.h>
#include <string.h>

#define BATCH_WORK 2e7   /* kernel cells of a task */
#define CELL_WORK 6      /* cells of work the cost of an (agent, day, template) takes */
#define HEAT 0.3         /* to begin with, in prices of a missing shift */
#define COLD 0.02        /* of it is left in the end */
#define THRESHOLD 0.3    /* of the heat, times an exponential chance, is taken as a loss */
#define NOISY 0.5        /* share of the moves with chance in the costs */
#define AIMED 0.5        /* … of the windows that lie where cost sits */
#define DRAWS 4          /* rows looked at to find one */
#define AGENTS 2         /* taken out at once, at most */
#define WINDOW_MIN 7     /* days … */
#define WINDOW_MAX 21    /* … of a window */
#define CUT_MIN 0.3      /* where the days are cut in two, */
#define CUT_RANGE 0.4    /* … by chance in this part of the horizon */
#define FAILED_WORK 1000 /* cells a move takes at least */

struct task {
    int from, to; /* days */
    int *agents, n;
    uint64_t seed;
    struct personal_roster *roster;
    struct path *path;
    int32_t *cost; /* WINDOW_MAX × (n_tmpl + 1) */
    int64_t spent;
};

struct anneal {
    const struct personal_model *model;
    const int *stop;
    struct random random;
    double first_heat, top, heat; /* in money; of the cooling that goes on */
    double work, done;            /* kernel cells of this cooling */
    int *order;                   /* n_agents */
    struct task tasks[ANNEAL_TASKS];
    int n_tasks;
};

/* What a missing shift costs, in the mean. */
static double shift_price(const struct personal_model *model)
{
    double sum = 0, n = 0;
    for (int r = 0; r < model->n_rows; r++) {
        sum += model->rows[r].need * MAX(model->rows[r].under, 0);
        n += model->rows[r].need;
    }
    return n > 0 && sum > 0 ? sum / n : model->price_max;
}

struct anneal *anneal_new(const struct personal_model *model, uint64_t seed, double work)
{
    struct anneal *s = g_new0(struct anneal, 1);
    s->model = model;
    s->first_heat = HEAT * shift_price(model);
    random_seed(&s->random, seed);
    s->order = g_new(int, model->n_agents + 1);
    for (int a = 0; a < model->n_agents; a++)
        s->order[a] = a;
    for (int t = 0; t < ANNEAL_TASKS; t++) {
        struct task *task = &s->tasks[t];
        task->agents = g_new(int, model->n_agents + 1);
        task->roster = personal_roster_new(model);
        task->path = path_new();
        task->cost = g_new(int32_t, (size_t)WINDOW_MAX * (size_t)(model->n_tmpl + 1));
    }
    anneal_reheat(s, 1, work);
    return s;
}

void anneal_free(struct anneal *s)
{
    if (s == NULL)
        return;
    for (int t = 0; t < ANNEAL_TASKS; t++) {
        g_free(s->tasks[t].agents);
        personal_roster_free(s->tasks[t].roster);
        path_free(s->tasks[t].path);
        g_free(s->tasks[t].cost);
    }
    g_free(s->order);
    g_free(s);
}

void anneal_reheat(struct anneal *s, double share, double work)
{
    s->top = s->heat = share * s->first_heat;
    s->work = MAX(work, 1);
    s->done = 0;
}

int64_t anneal_work(const struct anneal *s)
{
    int64_t sum = 0;
    for (int t = 0; t < s->n_tasks; t++)
        sum += s->tasks[t].spent;
    return sum;
}

static int below(struct random *random, int n)
{
    return (int)(random_next(random) % (uint64_t)n);
}

/* ---- tasks ---- */

int anneal_begin(struct anneal *s, const struct personal_roster *roster, const int *stop)
{
    const struct personal_model *model = s->model;
    s->stop = stop;
    s->heat = s->top * pow(COLD * s->first_heat / s->top, MIN(s->done / s->work, 1));
    random_shuffle(&s->random, s->order, model->n_agents);
    int cut = (int)(model->n_days * (CUT_MIN + CUT_RANGE * random_uniform(&s->random)));
    bool two = model->n_agents > 1 && cut > 0;
    s->n_tasks = two ? 2 : 1;
    for (int t = 0; t < s->n_tasks; t++) {
        struct task *task = &s->tasks[t];
        task->from = t == 0 ? 0 : cut;
        task->to = t == 0 && two ? cut : model->n_days;
        task->n = 0;
        task->seed = random_next(&s->random);
        for (int i = t; i < model->n_agents; i += s->n_tasks)
            task->agents[task->n++] = s->order[i];
        personal_roster_copy(task->roster, roster);
    }
    return s->n_tasks;
}

/* A window of the task: where cost sits or anywhere. *tmpl: what is missing or too much there, or -1. */
static void choose_window(const struct anneal *s, const struct task *task, struct random *random, int *from,
                          int *to, int *tmpl)
{
    const struct personal_model *model = s->model;
    int most = MIN(WINDOW_MAX, task->to - task->from), least = MIN(WINDOW_MIN, most);
    int length = least + below(random, most - least + 1);
    int first = model->day_row[task->from], n = model->day_row[task->to] - first;
    *tmpl = -1;
    int day = -1;
    double dearest = 0;
    bool aimed = random_uniform(random) < AIMED;
    for (int i = 0; i < DRAWS && aimed && n > 0; i++) {
        int r = first + below(random, n);
        double cost = personal_row_cost(&model->rows[r], task->roster->count[r]);
        if (cost > dearest) {
            dearest = cost;
            day = model->rows[r].day;
            *tmpl = model->rows[r].tmpl;
        }
    }
    int start = day < 0 ? task->from + below(random, task->to - task->from - length + 1)
                        : day - below(random, length);
    *from = CLAMP(start, task->from, task->to - length);
    *to = *from + length;
}

/* Different agents; after an aim the first can work the template if one of some draws can. */
static int choose_agents(const struct anneal *s, const struct task *task, struct random *random, int tmpl,
                         int *agents)
{
    int n = MIN(1 + below(random, AGENTS), task->n);
    for (int k = 0; k < n;) {
        int a = task->agents[below(random, task->n)];
        for (int i = 0; i < DRAWS && k == 0 && tmpl >= 0; i++) {
            if (personal_contract(s->model, a)->limit[tmpl] > 0)
                break;
            a = task->agents[below(random, task->n)];
        }
        if (k == 0 || agents[0] != a)
            agents[k++] = a;
    }
    return n;
}

static void move(const struct anneal *s, struct task *task, struct random *random, const uint8_t *none)
{
    struct personal_roster *roster = task->roster;
    uint8_t old[AGENTS][WINDOW_MAX];
    int agents[AGENTS], from, to, tmpl;
    choose_window(s, task, random, &from, &to, &tmpl);
    int n = choose_agents(s, task, random, tmpl, agents);
    double before = roster->cost;
    for (int k = 0; k < n; k++) {
        memcpy(old[k], personal_work(roster, agents[k]) + from, (size_t)(to - from));
        personal_roster_set(roster, agents[k], from, to, none);
    }
    double noise = random_uniform(random) < NOISY ? s->heat * random_uniform(random) * s->model->scale : 0;
    /* at least what tells equal costs apart by chance */
    double tie = s->model->whole ? s->model->scale / (4 * WINDOW_MAX) : 0;
    bool kept = true;
    for (int k = 0; k < n && kept; k++) {
        kept = personal_reinsert(roster, task->path, agents[k], from, to,
                                 (int32_t)MIN(MAX(noise, tie), PATH_FORBIDDEN / 4), random, task->cost, NULL);
        task->spent += (int64_t)(to - from) * (s->model->n_tmpl + 1) * CELL_WORK;
    }
    task->spent += FAILED_WORK;
    kept = kept && roster->cost - before <= -THRESHOLD * s->heat * log(1 - random_uniform(random)) + 1e-9;
    for (int k = 0; k < n && !kept; k++)
        personal_roster_set(roster, agents[k], from, to, old[k]);
    if (!kept)
        roster->cost = before; /* sums of money that is not whole would drift */
}

void anneal_run(struct anneal *s, int t)
{
    struct task *task = &s->tasks[t];
    struct random random;
    random_seed(&random, task->seed);
    uint8_t none[WINDOW_MAX];
    memset(none, s->model->n_tmpl, sizeof none);
    task->spent = 0;
    int64_t before = path_work(task->path);
    while (task->n > 0 && task->spent + path_work(task->path) - before < (int64_t)BATCH_WORK &&
           !g_atomic_int_get(s->stop))
        move(s, task, &random, none);
    task->spent += path_work(task->path) - before;
}

bool anneal_merge(struct anneal *s, struct personal_roster *roster)
{
    for (int t = 0; t < s->n_tasks; t++) {
        struct task *task = &s->tasks[t];
        for (int k = 0; k < task->n; k++)
            personal_roster_set(roster, task->agents[k], task->from, task->to,
                                personal_work(task->roster, task->agents[k]) + task->from);
    }
    s->done += (double)anneal_work(s);
    return s->done >= s->work;
}
