#include "scheduler/roster/personal.h"

#include <math.h>
#include <string.h>

#include <glpk.h>

#include "core/error.h"
#include "scheduler/roster/personal_anneal.h"
#include "scheduler/roster/personal_guide.h"
#include "scheduler/roster/personal_rolling.h"
#include "scheduler/roster/personal_search.h"

#define REPORT_S 0.25
#define POLL_US 20000
#define ROOT_PART 0.3    /* of the seconds allowed is the work of the root, counted … */
#define ROOT_WORK 4e8    /* … in kernel cells a second */
#define ROOT_SECONDS 60  /* of such work without a limit */
#define ROOT_CLOCK 0.7   /* a net for slower machines */
#define ROOT_PRICING 0.6 /* … of which the dives get the rest */
#define DIVE_BACK 60
#define ROOT_DAYS_MAX 120 /* longer horizons start with the search */
#define ROOT_ROUNDS 2000
#define WARM_ROWS 100 /* larger masters are warmed up by so many steps */
#define WARM_STEPS 25
#define START_PASSES 6
#define START_WINDOW 28 /* days, of long horizons */
#define RELAX_STEPS 1600
#define RELAX_PART                                                                                           \
    0.2 /* of the seconds allowed is the work of these steps, at most, counted like ROOT_WORK */
#define RELAX_CLOCK 0.6 /* a net for slower machines */
#define GUIDED_HEAT 0.3 /* of the first heat, where the relaxed optimum gave the first roster */
#define COOL_PART 0.25  /* of the seconds allowed is the work of the first cooling, at most, counted … */
#define COOL_WORK 3e8   /* … in kernel cells a second … */
#define COOL_SECONDS 60 /* … of such work without a limit; */
#define COOL_CELL 3e4   /* it is so many of them for each agent, day and template */
#define REHEAT 0.1      /* of the first heat, later … */
#define REHEAT_PART 0.1 /* … and of that work */
#define PASSES_MIN 2    /* over the horizon, between, … */
#define PASSES_MAX 12
#define PASS_LITTLE 2e-4 /* … until one wins less than that part of the cost */
#define BATCHES_MIN 200  /* of the search, when no limit says otherwise */

struct run {
    const struct plan_problem *problem;
    const struct roster_control *control;
    struct personal_model *model;
    struct personal_roster *roster, *best;
    struct neighbourhood *search;
    struct anneal *anneal;   /* of long horizons … */
    struct rolling *rolling; /* … too */
    double *prices;          /* of the root's bound; NULL before it */
    double started_s, reported_s, phase_end_s;
    long batches;
    const char *stopped;
    int stop;  /* atomic: the phase must end */
    int hurry; /* atomic: what is left of the phase's time is for its last part */
    int64_t root_work;

    GMutex lock; /* guards what follows */
    double objective, bound;
    int n_tasks, next_task;
    GAsyncQueue *done; /* a token for each task */
    void (*task)(struct run *run, int task);
};

static double elapsed_s(const struct run *run)
{
    return run->control->clock == NULL ? 0 : run->control->clock(run->control->user) - run->started_s;
}

static void report(struct run *run, const char *phase, double now_s)
{
    double left_s = run->problem->limits.seconds > 0 ? MAX(run->problem->limits.seconds - now_s, 0) : 0;
    g_mutex_lock(&run->lock);
    struct plan_progress progress = {phase, run->objective, run->bound, now_s, left_s, run->batches};
    g_mutex_unlock(&run->lock);
    run->reported_s = now_s;
    if (!run->control->progress(&progress, run->control->user))
        run->stopped = "cancelled";
}

/* Looks at the clock and reports; true when the solve must end. */
static bool must_stop(struct run *run, const char *phase)
{
    double now_s = elapsed_s(run), seconds = run->problem->limits.seconds;
    if (run->stopped != NULL)
        return true;
    if (run->control->progress != NULL && now_s - run->reported_s >= REPORT_S)
        report(run, phase, now_s);
    bool timed = !run->control->untimed;
    if (run->stopped == NULL && timed && seconds > 0 && now_s >= seconds)
        run->stopped = "deadline";
    if (timed && run->phase_end_s > 0 && now_s >= run->phase_end_s * ROOT_PRICING)
        g_atomic_int_set(&run->hurry, 1);
    if (run->stopped != NULL || (timed && run->phase_end_s > 0 && now_s >= run->phase_end_s))
        g_atomic_int_set(&run->stop, 1);
    return run->stopped != NULL;
}

/* ---- threads ---- */

static gpointer work(gpointer data)
{
    struct run *run = data;
    g_mutex_lock(&run->lock);
    while (run->next_task < run->n_tasks) {
        int task = run->next_task++;
        g_mutex_unlock(&run->lock);
        run->task(run, task);
        g_async_queue_push(run->done, run);
        g_mutex_lock(&run->lock);
    }
    g_mutex_unlock(&run->lock);
    glp_free_env(); /* GLPK's is the thread's */
    return NULL;
}

/* Runs the tasks in at most `threads` threads; this one looks at the clock meanwhile. */
static void run_tasks(struct run *run, const char *phase, void (*task)(struct run *, int), int n, int threads)
{
    GThread *thread[SEARCH_TASKS] = {NULL};
    run->task = task;
    run->n_tasks = n;
    run->next_task = 0;
    threads = CLAMP(threads, 1, MIN(n, SEARCH_TASKS));
    for (int i = 0; i < threads; i++)
        thread[i] = g_thread_new("roster", work, run);
    for (int n_done = 0; n_done < n;) {
        if (g_async_queue_timeout_pop(run->done, POLL_US) != NULL)
            n_done++;
        must_stop(run, phase);
    }
    for (int i = 0; i < threads; i++)
        g_thread_join(thread[i]);
}

static void offer(struct run *run, const struct personal_roster *roster)
{
    if (roster->cost >= run->best->cost - 1e-9)
        return;
    personal_roster_copy(run->best, roster);
    g_mutex_lock(&run->lock);
    run->objective = roster->cost + run->model->constant;
    g_mutex_unlock(&run->lock);
}

static void offer_bound(struct run *run, double bound)
{
    g_mutex_lock(&run->lock);
    run->bound = MAX(run->bound, bound + run->model->constant);
    g_mutex_unlock(&run->lock);
}

/* ---- first roster ---- */

struct inserting {
    struct path *path;
    int32_t *cost;
    uint8_t *memory; /* n_agents × (n_tmpl + 1) */
    int *order;
};

/* Every agent's first work, at the marginal cost of those before. */
static bool insert_first(struct run *run, struct inserting *in, GError **error)
{
    const struct personal_model *model = run->model;
    for (int i = 0; i < model->n_agents; i++) {
        int a = in->order[i];
        uint8_t *memory = in->memory + (size_t)a * (size_t)(model->n_tmpl + 1);
        bool done = model->n_days > ROOT_DAYS_MAX &&
                    personal_insert_paced(run->roster, in->path, a, START_WINDOW, in->cost);
        if (!done &&
            !personal_reinsert(run->roster, in->path, a, 0, model->n_days, 0, NULL, in->cost, memory)) {
            const struct agent *agent = &run->problem->operation->agents[a];
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "agent %s: no roster of %d days keeps the rules of contract %s; check its days "
                            "and minutes against the agent's time off and availability",
                            agent->id, model->n_days, run->problem->operation->contracts[agent->contract].id);
        }
    }
    return true;
}

/* Everybody once more, in windows where the horizon is long. */
static void insert_again(struct run *run, struct inserting *in, int pass)
{
    const struct personal_model *model = run->model;
    bool whole = model->n_days <= ROOT_DAYS_MAX;
    int length = whole ? model->n_days : START_WINDOW, first = whole || pass % 2 == 0 ? 0 : -length / 2;
    for (int i = 0; i < model->n_agents; i++) {
        int a = in->order[i];
        for (int from = first; from < model->n_days; from += length) {
            if (must_stop(run, "start"))
                return;
            memset(in->memory, 0, (size_t)(model->n_tmpl + 1));
            personal_reinsert(run->roster, in->path, a, MAX(from, 0), MIN(from + length, model->n_days), 0,
                              NULL, in->cost, in->memory);
        }
    }
}

static bool insert_all(struct run *run, GError **error)
{
    const struct personal_model *model = run->model;
    size_t stride = (size_t)(model->n_tmpl + 1);
    AUTO(path) path = path_new();
    g_autofree int32_t *cost = g_new(int32_t, (size_t)model->n_days * stride + 1);
    g_autofree uint8_t *memory = g_new0(uint8_t, (size_t)model->n_agents * stride + 1);
    g_autofree int *order = g_new(int, model->n_agents + 1);
    struct inserting in = {path, cost, memory, order};
    struct random random;
    random_seed(&random, run->problem->seed);
    for (int a = 0; a < model->n_agents; a++)
        order[a] = a;
    random_shuffle(&random, order, model->n_agents);
    if (!insert_first(run, &in, error))
        return false;
    run->best->cost = INFINITY;
    offer(run, run->roster);
    int passes = model->n_days > ROOT_DAYS_MAX ? 0 : START_PASSES; /* long ones are cooled down instead */
    for (int pass = 0; pass < passes; pass++) {
        double before = run->roster->cost;
        random_shuffle(&random, order, model->n_agents);
        insert_again(run, &in, pass);
        offer(run, run->roster);
        if (run->roster->cost >= before - 1e-9 || must_stop(run, "start"))
            break;
    }
    return true;
}

/* ---- root ---- */

static void dive(struct run *run, struct columns *c, double threshold, double cutoff, int64_t most)
{
    const struct columns_dive how = {threshold, DIVE_BACK, most};
    const struct personal_model *model = run->model;
    g_autofree uint8_t *work = g_new(uint8_t, (size_t)model->n_agents * (size_t)model->n_days + 1);
    if (!columns_dive(c, &how, MIN(cutoff, run->best->cost), work))
        return;
    for (int a = 0; a < model->n_agents; a++)
        personal_roster_set(run->roster, a, 0, model->n_days, work + (size_t)a * (size_t)model->n_days);
    offer(run, run->roster);
}

static void root(struct run *run, int task)
{
    static const struct {
        double threshold, room; /* room: above the bound, in prices of the dearest row */
    } dives[] = {{0.8, INFINITY}, {0.65, 0.5}, {0.95, 0.1}, {0.8, 0.03}};
    const struct personal_model *model = run->model;
    const struct plan_limits *limits = &run->problem->limits;
    (void)task;
    g_autofree int *all = g_new(int, model->n_agents + 1);
    for (int a = 0; a < model->n_agents; a++)
        all[a] = a;
    struct columns_task what = {.roster = run->roster,
                                .agents = all,
                                .n_agents = model->n_agents,
                                .to = model->n_days,
                                .threads = limits->threads > 1 ? 2 : 1,
                                .stop = &run->stop};
    AUTO(columns) c = columns_new(&what);
    double seconds = limits->seconds > 0 ? ROOT_PART * limits->seconds : ROOT_SECONDS;
    int64_t most = (int64_t)(seconds * ROOT_WORK), done = 0;
    enum columns_end end = COLUMNS_TIRED;
    if (model->n_rows > WARM_ROWS)
        columns_warm(c, run->best->cost, WARM_STEPS);
    for (int i = 0; i < ROOT_ROUNDS && end == COLUMNS_TIRED && done < most && !g_atomic_int_get(&run->hurry);
         i++) {
        end = columns_converge(c, run->best->cost, 1, most);
        offer_bound(run, columns_bound(c));
        done = columns_work(c);
    }
    run->prices = g_new0(double, model->n_rows + 1);
    columns_prices(c, run->prices);
    for (size_t i = 0; i < G_N_ELEMENTS(dives) && end != COLUMNS_HOPELESS && end != COLUMNS_STOPPED; i++) {
        if (columns_work(c) > 2 * most)
            break;
        dive(run, c, dives[i].threshold, columns_bound(c) + dives[i].room * model->price_max, most / 2);
    }
    run->root_work = done;
}

static bool proven(struct run *run)
{
    double slack = run->model->whole ? 1 - 1e-4 : 1e-9 * MAX(1, fabs(run->objective));
    return run->bound > run->objective - slack;
}

/* ---- search ---- */

static void search_task(struct run *run, int task)
{
    neighbourhood_run(run->search, task);
}

/* Must the search end: by the clock, or since the roster is good enough or worked on enough? */
static bool over(struct run *run, const char *phase, long most)
{
    const struct plan_limits *limits = &run->problem->limits;
    if (must_stop(run, phase))
        return true;
    double gap = run->objective > 0 ? (run->objective - run->bound) / run->objective : 0;
    if (proven(run))
        run->stopped = "exhausted";
    else if (limits->gap > 0 && gap <= limits->gap)
        run->stopped = "gap";
    else if (run->batches >= most)
        run->stopped = limits->rounds > 0 ? "rounds" : "exhausted";
    return run->stopped != NULL;
}

static void anneal_task(struct run *run, int task)
{
    anneal_run(run->anneal, task);
}

/* From the best roster until it has cooled down. */
static void cool(struct run *run, struct anneal *anneal)
{
    const struct plan_limits *limits = &run->problem->limits;
    long most = limits->rounds > 0 ? limits->rounds : LONG_MAX;
    run->anneal = anneal;
    personal_roster_copy(run->roster, run->best);
    for (bool cold = false; !cold && !over(run, "cooling", most); run->batches++) {
        int n = anneal_begin(anneal, run->roster, &run->stop);
        run_tasks(run, "cooling", anneal_task, n, limits->threads);
        cold = anneal_merge(anneal, run->roster);
        offer(run, run->roster);
    }
    run->anneal = NULL;
}

/* The neighbourhood search from the best roster. */
static void search(struct run *run)
{
    const struct plan_limits *limits = &run->problem->limits;
    long most = limits->rounds > 0
                    ? limits->rounds
                    : (limits->seconds > 0 ? LONG_MAX : run->batches + BATCHES_MIN + run->model->n_agents);
    personal_roster_copy(run->roster, run->best);
    while (!over(run, "search", most)) {
        struct neighbourhood_now now = {run->roster, run->prices, run->bound - run->model->constant,
                                        run->root_work, &run->stop};
        int n = neighbourhood_begin(run->search, &now);
        run_tasks(run, "search", search_task, n, limits->threads);
        neighbourhood_merge(run->search, run->roster);
        offer(run, run->roster);
        run->batches++;
    }
}

/* Bound and prices of a long horizon, and a roster from them. */
static void relax(struct run *run, int task)
{
    const struct plan_limits *limits = &run->problem->limits;
    (void)task;
    AUTO(relax) x = relax_new(run->model, limits->threads > 1 ? 2 : 1);
    int steps = RELAX_STEPS;
    if (limits->seconds > 0)
        steps = (int)MIN(steps, RELAX_PART * limits->seconds * ROOT_WORK / relax_step_work(x));
    for (int i = 0; i < steps && !relax_settled(x); i++) {
        if (!relax_step(x, run->best->cost, &run->stop))
            break;
        offer_bound(run, relax_bound(x));
    }
    struct random random;
    random_seed(&random, run->problem->seed);
    run->prices = g_memdup2(relax_prices(x), (gsize)(run->model->n_rows + 1) * sizeof *run->prices);
    if (relax_bound(x) > 0 && personal_guide(x, run->best, &random, &run->stop, run->roster))
        offer(run, run->roster);
}

static void roll_task(struct run *run, int task)
{
    (void)task;
    rolling_run(run->rolling, run->roster, run->problem->limits.threads > 1 ? 2 : 1, &run->stop);
}

/* Passes of windows over the horizon from the roster at hand, until one wins little. */
static void roll(struct run *run)
{
    const struct plan_limits *limits = &run->problem->limits;
    long most = limits->rounds > 0 ? limits->rounds : LONG_MAX;
    double before = run->roster->cost;
    for (int pass = 0; pass < PASSES_MAX && !over(run, "search", most); run->batches++) {
        run_tasks(run, "search", roll_task, 1, 1);
        offer(run, run->roster);
        if (!rolling_pass_ended(run->rolling))
            continue;
        if (++pass >= PASSES_MIN && before - run->roster->cost < PASS_LITTLE * before)
            break;
        before = run->roster->cost;
    }
}

/* Long horizons: the relaxed optimum, cooled down, then everybody in windows and less heat in turns. */
static void search_long(struct run *run)
{
    const struct plan_limits *limits = &run->problem->limits;
    const struct personal_model *model = run->model;
    double first = run->best->cost;
    double work = (limits->seconds > 0 ? COOL_PART * limits->seconds : COOL_SECONDS) * COOL_WORK;
    work = MIN(work, COOL_CELL * model->n_agents * model->n_days * model->n_tmpl);
    run->phase_end_s = RELAX_CLOCK * limits->seconds;
    run_tasks(run, "bound", relax, 1, 1);
    run->phase_end_s = 0;
    g_atomic_int_set(&run->stop, run->stopped != NULL);
    AUTO(rolling) rolling = rolling_new(run->model, run->prices, run->problem->seed);
    AUTO(anneal) anneal = anneal_new(run->model, run->problem->seed, work);
    run->rolling = rolling;
    if (run->best->cost < first)
        anneal_reheat(anneal, GUIDED_HEAT, work);
    while (run->stopped == NULL) {
        cool(run, anneal);
        if (run->stopped == NULL)
            roll(run);
        if (run->stopped == NULL && limits->seconds <= 0 && limits->rounds <= 0)
            run->stopped = "exhausted";
        anneal_reheat(anneal, REHEAT, REHEAT_PART * work);
    }
    run->rolling = NULL;
}

/* ---- the answer ---- */

static struct plan_solution *answer(struct run *run)
{
    const struct personal_model *model = run->model;
    const struct operation *op = run->problem->operation;
    struct plan_solution *solution = plan_solution_new();
    solution->shifts = g_new0(struct shift, (size_t)model->n_agents * (size_t)model->n_days + 1);
    for (int a = 0; a < model->n_agents; a++) {
        const struct personal_contract *pc = personal_contract(model, a);
        const uint8_t *days = personal_work(run->best, a);
        for (int day = 0; day < model->n_days; day++) {
            if (days[day] == model->n_tmpl)
                continue;
            const struct shift_template *t = &op->templates[days[day]];
            int64_t start = model->start_ts + (int64_t)day * DAY_S + (int64_t)t->start_from_min * 60;
            solution->shifts[solution->n_shifts++] =
                (struct shift){.agent = a,
                               .tmpl = days[day],
                               .start_ts = start,
                               .end_ts = start + (int64_t)t->paid_min_min * 60};
            solution->pay += pc->pay[day * model->n_tmpl + days[day]];
        }
    }
    const struct demand *demand = &run->problem->demand;
    solution->n_staffed = demand->n_queues * demand->grid.n;
    solution->staffed = g_new0(double, solution->n_staffed + 1);
    solution->objective = run->best->cost + model->constant;
    solution->penalty = solution->objective - solution->pay;
    solution->bound = MIN(model->whole ? ceil(run->bound - 1e-4) : run->bound, solution->objective);
    solution->rounds = run->batches;
    solution->stopped = g_strdup(run->stopped);
    return solution;
}

struct plan_solution *personal_solve(const struct plan_problem *problem, const struct roster_control *control,
                                     GError **error)
{
    struct run run = {.problem = problem, .control = control, .objective = INFINITY, .bound = -INFINITY};
    if (control->clock != NULL)
        run.started_s = control->clock(control->user);
    AUTO(personal_model) model = personal_model_new(problem, error);
    if (model == NULL)
        return NULL;
    AUTO(personal_roster) roster = personal_roster_new(model);
    AUTO(personal_roster) best = personal_roster_new(model);
    AUTO(neighbourhood) neighbourhood = neighbourhood_new(model, problem->seed);
    run.model = model;
    run.roster = roster;
    run.best = best;
    run.search = neighbourhood;
    run.bound = model->constant;
    g_mutex_init(&run.lock);
    run.done = g_async_queue_new();
    struct plan_solution *solution = NULL;
    if (insert_all(&run, error)) {
        if (!must_stop(&run, "start") && model->n_days <= ROOT_DAYS_MAX) {
            run.phase_end_s = ROOT_CLOCK * problem->limits.seconds;
            run_tasks(&run, "bound", root, 1, 1);
            run.phase_end_s = 0;
            g_atomic_int_set(&run.stop, run.stopped != NULL);
        }
        if (model->n_days > ROOT_DAYS_MAX)
            search_long(&run);
        else
            search(&run);
        solution = answer(&run);
    }
    g_free(run.prices);
    g_mutex_clear(&run.lock);
    g_async_queue_unref(run.done);
    return solution;
}
