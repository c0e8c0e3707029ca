#include "scheduler/roster/personal_search.h"

#include <math.h>
#include <string.h>

#include "scheduler/roster/personal_elite.h"

#define ARMS_MAX 8
#define TASK_CELLS 140    /* agents × days an arm starts with */
#define TASK_WORK 6e7     /* kernel cells a task should take */
#define TASK_WORK_MAX 2e9 /* … and may */
#define TASK_GROWTH 10    /* batches without a better roster that add TASK_WORK to it, */
#define TASK_TIMES 16     /* … up to so many times */
#define TASK_ROUNDS 300
#define FREE_MIN 2
#define REWARD_MEMORY 0.97
#define HOPE 0.01         /* gain an arm is believed to have had, in prices of the dearest row, */
#define WORK_LEAST 1e6    /* … and the work it took */
#define FLOOR_SHARE 0.1   /* of the tasks are spread over the arms evenly, */
#define FLOOR_STALLED 0.4 /* … when nothing got better for STALL batches */
#define MIP_NODES 60
#define CROSS_NODES 3000 /* … of crossovers */
#define NOISY 0.7        /* share of the tasks whose costs are perturbed, */
#define NOISE 0.05       /* … in all by up to that part of the dearest row */
#define WHOLE_SHARE 0.3  /* of the work is whole tasks', at most, while the roster is that much … */
#define MISSING 0.5      /* … of the dearest row above the bound: a shift may be missing; */
#define WHOLE_REST 0.1   /* … later that much */
#define NOISE_WHOLE 1.0  /* … of whole tasks */
#define STEERED 0.5      /* share of the dives with a cutoff by chance, */
#define STEER_MOST 0.5   /* … at most that part of the dearest row above the bound, */
#define STEER_LEAST 0.04 /* … and at least that part of it, */
#define BACK 8           /* … and how many decisions may be taken back */
#define BACK_WHOLE 100
#define STALL 25 /* batches without a better roster before worse ones are taken, */
#define CYCLE                                                                                                \
    50 /* … in cycles of so many batches, the first of which ends a run where there are restarts           \
        */
#define DEVIATION 0.004   /* … up to that share above the best, falling to none; */
#define DEVIATION_MIN 3.0 /* … at least so many of the least costs there are */
#define HORIZON_MAX 84    /* longer ones are only taken in windows */

enum kind {
    WINDOW, /* some days of some agents */
    WHOLE,  /* all days of everybody at perturbed costs */
    START,  /* … a roster at any cost */
    CROSS   /* all days of everybody, but only cells some of the elites have */
};

/* A kind of task: how many days; how many agents is learnt. */
struct arm {
    int days;
    double agents;
    double gain, work; /* decaying sums */
    double spent;      /* work in all */
    bool whole;        /* all days of everybody, in every task of a batch */
};

struct task {
    enum kind kind;
    int arm, n, from, to; /* arm: -1 = none */
    int *agents;          /* n_agents of the model */
    uint64_t seed;
    uint8_t *work; /* n × (to - from), when changed */
    bool changed, hopeless, tired;
    double before, after;
    int64_t spent;
};

struct neighbourhood {
    const struct personal_model *model;
    const struct personal_roster *roster;
    const double *prices;
    const int *stop;
    double bound;
    struct elites *elites;
    struct personal_roster *run; /* the best roster of this run */
    uint8_t *cells;              /* of rosters of this run as cheap as that one */
    enum kind next;              /* what the next batch is */
    bool restarts;               /* runs end; else there is one */
    double best, room; /* cost of the best roster of all; how much dearer than now a task's result may be */
    int stall, cycle;  /* batches */
    long n_batches;
    struct random random;
    struct arm arms[ARMS_MAX];
    int n_arms;
    struct task tasks[SEARCH_TASKS];
    int n_tasks;
    bool *busy; /* n_agents: in a task of this batch */
};

static size_t n_cells(const struct personal_model *model)
{
    return (size_t)model->n_agents * (size_t)model->n_days * (size_t)(model->n_tmpl + 1);
}

struct neighbourhood *neighbourhood_new(const struct personal_model *model, uint64_t seed)
{
    static const int lengths[] = {7, 10, 14, 21, 28, 42};
    struct neighbourhood *s = g_new0(struct neighbourhood, 1);
    s->model = model;
    random_seed(&s->random, seed);
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++)
        if (lengths[i] < model->n_days)
            s->arms[s->n_arms++] = (struct arm){.days = lengths[i]};
    if (model->n_days <= HORIZON_MAX)
        s->arms[s->n_arms++] = (struct arm){.days = model->n_days};
    for (int i = 0; i < s->n_arms; i++)
        s->arms[i].agents = CLAMP((double)TASK_CELLS / s->arms[i].days, FREE_MIN + 1, model->n_agents);
    for (int i = 0; i < SEARCH_TASKS; i++) {
        s->tasks[i].agents = g_new(int, model->n_agents + 1);
        s->tasks[i].work = g_new(uint8_t, (size_t)model->n_agents * (size_t)model->n_days + 1);
    }
    s->busy = g_new0(bool, model->n_agents + 1);
    s->elites = elites_new(model);
    s->run = personal_roster_new(model);
    s->cells = g_new0(uint8_t, n_cells(model) + 1);
    return s;
}

void neighbourhood_free(struct neighbourhood *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < SEARCH_TASKS; i++) {
        g_free(s->tasks[i].agents);
        g_free(s->tasks[i].work);
    }
    g_free(s->busy);
    elites_free(s->elites);
    personal_roster_free(s->run);
    g_free(s->cells);
    g_free(s);
}

/* ---- choice ---- */

static int below(struct random *random, int n)
{
    return (int)(random_next(random) % (uint64_t)n);
}

static int choose_arm(struct neighbourhood *s)
{
    double sum = 0, spent = 0, rate[ARMS_MAX];
    int n = s->n_arms;
    for (int i = 0; i < n; i++)
        spent += s->arms[i].spent;
    n -= s->arms[n - 1].whole &&
         s->arms[n - 1].spent >
             (s->roster->cost - s->bound > MISSING * s->model->price_max ? WHOLE_SHARE : WHOLE_REST) * spent;
    for (int i = 0; i < n; i++)
        sum += rate[i] = (s->arms[i].gain + HOPE * s->model->price_max) / (s->arms[i].work + WORK_LEAST);
    if (random_uniform(&s->random) < (s->stall < STALL ? FLOOR_SHARE : FLOOR_STALLED))
        return below(&s->random, n);
    double u = random_uniform(&s->random) * sum;
    for (int i = 0; i + 1 < n; i++)
        if ((u -= rate[i]) < 0)
            return i;
    return n - 1;
}

/* A cell where cost sits: a row by its cost, seldom any. */
static void choose_spot(struct neighbourhood *s, int *day, int *tmpl)
{
    const struct personal_model *model = s->model;
    double sum = 0;
    for (int r = 0; r < model->n_rows; r++)
        sum += personal_row_cost(&model->rows[r], s->roster->count[r]);
    *day = below(&s->random, model->n_days);
    *tmpl = below(&s->random, MAX(model->n_tmpl, 1));
    if (sum <= 0 || random_uniform(&s->random) < 0.3)
        return;
    double u = random_uniform(&s->random) * sum;
    for (int r = 0; r < model->n_rows; r++) {
        u -= personal_row_cost(&model->rows[r], s->roster->count[r]);
        if (u < 0) {
            *day = model->rows[r].day;
            *tmpl = model->rows[r].tmpl;
            return;
        }
    }
}

/* How much it promises to free the agent: can work the spot, wishes that are not granted, and chance. */
static double promise(struct neighbourhood *s, int agent, int day, int tmpl, int from, int to)
{
    const uint8_t *work = personal_work(s->roster, agent);
    double sum = random_uniform(&s->random) * 2, wishes = 0;
    if (tmpl < s->model->n_tmpl && isfinite(personal_cost(s->model, agent, day)[tmpl]))
        sum += random_uniform(&s->random) * 2;
    for (int d = from; d < to; d++)
        wishes += personal_cost(s->model, agent, d)[work[d]];
    return sum + (wishes > 0 ? random_uniform(&s->random) : 0);
}

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void choose_agents(struct neighbourhood *s, struct task *task, int want, int day, int tmpl)
{
    const struct personal_model *model = s->model;
    g_autofree double *value = g_new(double, model->n_agents + 1);
    for (int a = 0; a < model->n_agents; a++)
        value[a] = s->busy[a] ? -1 : promise(s, a, day, tmpl, task->from, task->to);
    for (task->n = 0; task->n < want; task->n++) {
        int best = -1;
        for (int a = 0; a < model->n_agents; a++)
            if (value[a] >= 0 && (best < 0 || value[a] > value[best]))
                best = a;
        if (best < 0)
            break;
        value[best] = -1;
        task->agents[task->n] = best;
    }
    for (int k = 0; k < task->n; k++)
        s->busy[task->agents[k]] = true;
    qsort(task->agents, (size_t)task->n, sizeof *task->agents, by_number);
}

/* Record-to-record travel (Dueck 1993): how far above the best roster the next may be. */
static double deviation(const struct neighbourhood *s)
{
    if (s->stall < STALL)
        return 0;
    double left = 1 - (double)(s->cycle % CYCLE) / CYCLE;
    double most = MAX(DEVIATION * s->run->cost, s->model->whole ? DEVIATION_MIN : 0);
    return floor(most * left * left * 16) / 16;
}

/* Tasks for all days of everybody. */
static int begin_whole(struct neighbourhood *s, enum kind kind, int arm)
{
    for (s->n_tasks = 0; s->n_tasks < SEARCH_TASKS; s->n_tasks++) {
        struct task *task = &s->tasks[s->n_tasks];
        task->kind = kind;
        task->arm = arm;
        task->from = 0;
        task->to = s->model->n_days;
        task->n = s->model->n_agents;
        for (int a = 0; a < task->n; a++)
            task->agents[a] = a;
        task->seed = random_next(&s->random);
    }
    return s->n_tasks;
}

/* The arm of whole tasks, when the root is done: what it took is what such a task will take. */
static void add_whole(struct neighbourhood *s, const struct neighbourhood_now *now)
{
    if (now->prices == NULL || s->model->n_days > HORIZON_MAX)
        return;
    s->arms[s->n_arms++] = (struct arm){.days = s->model->n_days,
                                        .agents = s->model->n_agents,
                                        .work = (double)now->root_work,
                                        .spent = (double)now->root_work,
                                        .whole = true};
}

int neighbourhood_begin(struct neighbourhood *s, const struct neighbourhood_now *now)
{
    const struct personal_model *model = s->model;
    if (s->n_batches++ == 0) {
        s->best = now->roster->cost;
        personal_roster_copy(s->run, now->roster);
        add_whole(s, now);
        s->restarts = now->prices != NULL && model->n_days <= HORIZON_MAX;
    }
    if (now->roster->cost < s->run->cost - 1e-9) /* others made it better */
        personal_roster_copy(s->run, now->roster);
    s->room = MAX(s->run->cost + deviation(s) - now->roster->cost, 0);
    s->roster = now->roster;
    s->prices = now->prices;
    s->bound = now->bound;
    s->stop = now->stop;
    s->n_tasks = 0;
    memset(s->busy, 0, (size_t)model->n_agents * sizeof *s->busy);
    if (s->next != WINDOW)
        return begin_whole(s, s->next, -1);
    int left = model->n_agents;
    while (s->n_tasks < SEARCH_TASKS && left > 0) {
        struct task *task = &s->tasks[s->n_tasks];
        int day, tmpl, number = choose_arm(s);
        const struct arm *arm = &s->arms[number];
        if (arm->whole)
            return begin_whole(s, WHOLE, number);
        task->kind = WINDOW;
        task->arm = number;
        choose_spot(s, &day, &tmpl);
        int first = day - below(&s->random, arm->days);
        task->from = CLAMP(first, 0, model->n_days - arm->days);
        task->to = task->from + arm->days;
        task->seed = random_next(&s->random);
        int want = (int)(arm->agents * (0.5 + 0.5 * random_uniform(&s->random)) + random_uniform(&s->random));
        want = MAX(want, FREE_MIN);
        if (s->n_tasks > 0 && want > left)
            break;
        choose_agents(s, task, MIN(want, left), day, tmpl);
        left -= task->n;
        s->n_tasks++;
    }
    return s->n_tasks;
}

/* ---- a task ---- */

static void keep(struct task *task, struct personal_roster *roster, const uint8_t *work)
{
    int n_days = task->to - task->from;
    for (int k = 0; k < task->n; k++)
        personal_roster_set(roster, task->agents[k], task->from, task->to, work + (size_t)k * (size_t)n_days);
    task->changed = true;
}

/* Re-inserts the agents one by one; equal costs are told apart by chance, so that the roster drifts. */
static void drift(struct neighbourhood *s, struct task *task, struct personal_roster *roster,
                  struct random *random)
{
    AUTO(path) path = path_new();
    size_t stride = (size_t)(s->model->n_tmpl + 1);
    g_autofree int32_t *cost = g_new(int32_t, (size_t)(task->to - task->from) * stride + 1);
    int32_t noise = s->model->whole ? (int32_t)(s->model->scale / (task->to - task->from + 1)) : 0;
    for (int k = 0; k < task->n; k++) {
        g_autofree uint8_t *memory = g_new0(uint8_t, stride);
        personal_reinsert(roster, path, task->agents[k], task->from, task->to, noise, random, cost, memory);
        task->changed = true;
    }
    task->spent += path_work(path);
}

/* A dive below `most`, or below a cutoff by chance between the bound and it: a dive that gives up what leads
   above a low cutoff is steered, one below a high cutoff ends with a roster. */
static bool dive(struct neighbourhood *s, struct task *task, struct columns *c, double most,
                 struct random *random, uint8_t *work)
{
    bool whole = task->kind != WINDOW;
    struct columns_dive how = {0.5 + 0.45 * random_uniform(random), whole ? BACK_WHOLE : BACK,
                               whole ? (int64_t)TASK_WORK_MAX : (int64_t)TASK_WORK};
    double least = MAX(columns_bound(c), whole ? s->bound : -INFINITY), cutoff = most;
    if (task->kind == WHOLE && isfinite(least) && random_uniform(random) < STEERED)
        cutoff = least + STEER_MOST * s->model->price_max * pow(STEER_LEAST, random_uniform(random)) +
                 s->model->whole;
    return columns_dive(c, &how, MIN(cutoff, most), work);
}

/* Perturbs the costs; returns what a roster may cost more then, or -1 when all must stop. */
static double perturb(struct neighbourhood *s, const struct task *task, struct columns *c,
                      struct random *random)
{
    double part =
        task->kind != WINDOW ? NOISE_WHOLE * pow(random_uniform(random), 3) : NOISE * random_uniform(random);
    double most = s->model->price_max * part / (task->n * (task->to - task->from));
    columns_perturb(c, most, random);
    if (columns_converge(c, INFINITY, TASK_ROUNDS, (int64_t)TASK_WORK) == COLUMNS_STOPPED)
        return -1;
    return most * task->n * (task->to - task->from) / 2;
}

static void solve(struct neighbourhood *s, struct task *task, struct personal_roster *roster,
                  struct random *random)
{
    struct columns_task what = {.roster = roster,
                                .agents = task->agents,
                                .n_agents = task->n,
                                .from = task->from,
                                .to = task->to,
                                .prices = s->prices,
                                .threads = 1,
                                .stop = s->stop};
    AUTO(columns) c = columns_new(&what);
    double now = personal_roster_part(roster, task->agents, task->n, task->from, task->to) + s->room;
    if (task->kind == START)
        now = INFINITY;
    enum columns_end end = columns_converge(c, now, TASK_ROUNDS, (int64_t)TASK_WORK_MAX);
    task->hopeless = end == COLUMNS_HOPELESS;
    task->tired = end == COLUMNS_TIRED;
    bool open = end == COLUMNS_DONE || (end == COLUMNS_TIRED && columns_value(c) < now - 1e-6);
    g_autofree uint8_t *work = g_new(uint8_t, (size_t)task->n * (size_t)(task->to - task->from) + 1);
    if (open && (task->kind == START || random_uniform(random) < NOISY)) {
        double more = perturb(s, task, c, random);
        open = more >= 0;
        now += more;
    }
    if (open && (dive(s, task, c, now, random, work) || columns_mip(c, now, MIP_NODES, work)))
        keep(task, roster, work);
    task->spent += columns_work(c);
}

/* The best roster out of cells that two or more of the elites have. */
static void cross(struct neighbourhood *s, struct task *task, struct personal_roster *roster,
                  struct random *random)
{
    const struct personal_model *model = s->model;
    int chosen[ELITES_MAX], n_elites = elites_n(s->elites);
    int n = elites_choose(s->elites, 2 + (int)(random_next(random) % (uint64_t)n_elites), random, chosen);
    g_autofree uint8_t *barred =
        g_new(uint8_t, (size_t)task->n * (size_t)model->n_days * (size_t)(model->n_tmpl + 1) + 1);
    elites_bar(s->elites, chosen, n, barred);
    struct columns_task what = {.roster = elites_at(s->elites, chosen[0]),
                                .agents = task->agents,
                                .n_agents = task->n,
                                .to = model->n_days,
                                .prices = s->prices,
                                .threads = 1,
                                .stop = s->stop,
                                .barred = barred};
    AUTO(columns) c = columns_new(&what);
    for (int i = 1; i < n; i++)
        for (int a = 0; a < task->n; a++)
            columns_add(c, a, personal_work(elites_at(s->elites, chosen[i]), a));
    enum columns_end end = columns_converge(c, s->best, TASK_ROUNDS, (int64_t)TASK_WORK_MAX);
    bool open = end == COLUMNS_DONE || (end == COLUMNS_TIRED && columns_value(c) < s->best - 1e-6);
    g_autofree uint8_t *work = g_new(uint8_t, (size_t)task->n * (size_t)model->n_days + 1);
    if (open && (dive(s, task, c, s->best, random, work) || columns_mip(c, s->best, CROSS_NODES, work)))
        keep(task, roster, work);
    task->spent += columns_work(c);
}

void neighbourhood_run(struct neighbourhood *s, int t)
{
    struct task *task = &s->tasks[t];
    struct random random;
    random_seed(&random, task->seed);
    AUTO(personal_roster) roster = personal_roster_new(s->model);
    personal_roster_copy(roster, s->roster);
    task->before = roster->cost;
    task->spent = 0;
    task->changed = task->hopeless = task->tired = false;
    if (task->kind == WINDOW)
        drift(s, task, roster, &random);
    if (task->kind == CROSS)
        cross(s, task, roster, &random);
    else if (!g_atomic_int_get(s->stop))
        solve(s, task, roster, &random);
    task->after = roster->cost;
    int n_days = task->to - task->from;
    for (int k = 0; k < task->n; k++)
        memcpy(task->work + (size_t)k * (size_t)n_days, personal_work(roster, task->agents[k]) + task->from,
               (size_t)n_days);
}

/* ---- merge ---- */

static void learn(struct neighbourhood *s, const struct task *task, double gain)
{
    struct arm *arm = &s->arms[task->arm];
    for (int i = 0; i < s->n_arms; i++) {
        s->arms[i].gain *= REWARD_MEMORY;
        s->arms[i].work *= REWARD_MEMORY;
    }
    arm->gain += gain;
    double usual = TASK_WORK * MIN(1 + (double)s->stall / TASK_GROWTH, TASK_TIMES);
    arm->work += (double)task->spent;
    arm->spent += (double)task->spent;
    if (task->kind == WHOLE)
        return;
    if ((double)task->spent > 1.5 * usual)
        arm->agents *= 0.95;
    else if (gain <= 0 && (double)task->spent < usual)
        arm->agents *= (double)task->spent < usual / 8 ? 1.08 : 1.02;
    arm->agents = CLAMP(arm->agents, FREE_MIN, s->model->n_agents);
}

static void swap_works(struct task *task, struct personal_roster *roster)
{
    int n_days = task->to - task->from;
    g_autofree uint8_t *old = g_new(uint8_t, (gsize)n_days + 1);
    for (int k = 0; k < task->n; k++) {
        uint8_t *new = task->work + (size_t)k *(size_t)n_days;
        memcpy(old, personal_work(roster, task->agents[k]) + task->from, (size_t)n_days);
        personal_roster_set(roster, task->agents[k], task->from, task->to, new);
        memcpy(new, old, (size_t)n_days);
    }
}

/* The cheapest of the starts is where the next run begins. */
static void take_start(struct neighbourhood *s, struct personal_roster *roster)
{
    int best = -1;
    for (int t = 0; t < s->n_tasks; t++)
        if (s->tasks[t].changed && (best < 0 || s->tasks[t].after < s->tasks[best].after))
            best = t;
    if (best >= 0)
        swap_works(&s->tasks[best], roster);
    else
        personal_roster_copy(roster, s->run);
    personal_roster_copy(s->run, roster);
    s->stall = s->cycle = 0;
    s->next = WINDOW;
}

/* A run is over when nothing got better for so long: its best roster is an elite. */
static void end_run(struct neighbourhood *s, struct personal_roster *roster)
{
    personal_roster_copy(roster, s->run);
    if (!s->restarts)
        return;
    elites_add(s->elites, s->run, s->cells);
    s->next = elites_n(s->elites) > 1 ? CROSS : START;
}

void neighbourhood_merge(struct neighbourhood *s, struct personal_roster *roster)
{
    if (s->next == START) {
        take_start(s, roster);
        return;
    }
    double before = roster->cost;
    for (int t = 0; t < s->n_tasks; t++) {
        struct task *task = &s->tasks[t];
        double now = roster->cost;
        if (task->changed)
            swap_works(task, roster);
        if (task->changed && roster->cost > MAX(now, before + s->room) + 1e-9)
            swap_works(task, roster); /* back */
        if (task->arm >= 0)
            learn(s, task, MAX(now - roster->cost, 0));
    }
    s->stall++;
    s->cycle += s->stall >= STALL;
    if (s->next == CROSS)
        s->next = START;
    if (roster->cost < s->run->cost - 1e-9) {
        personal_roster_copy(s->run, roster);
        memset(s->cells, 0, n_cells(s->model));
        s->stall = s->cycle = 0;
        s->next = WINDOW;
    }
    if (roster->cost <= s->run->cost + 1e-9)
        elites_mark(roster, s->cells);
    s->best = MIN(s->best, s->run->cost);
    if (s->cycle > 0 && s->cycle % CYCLE == 0)
        end_run(s, roster);
}
