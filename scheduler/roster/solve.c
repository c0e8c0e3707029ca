#include "scheduler/roster/roster.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/conflict.h"
#include "scheduler/roster/master.h"
#include "scheduler/roster/meetings.h"
#include "scheduler/roster/personal.h"
#include "scheduler/roster/search.h"
#include "scheduler/roster/sla.h"
#include "scheduler/roster/week_problem.h"

#define CONFLICTS_SHOWN 20
#define REPORT_S 0.25    /* between two progress reports */
#define BOUND_SHARE 0.75 /* of the seconds: a net for machines much slower than BOUND_WORK supposes */
#define BOUND_WORK 1e9   /* slots a machine looks at in a second of volume steps; measured 0.9–4e9 */
#define BOUND_STEP 2e5   /* what a step costs besides, in slots */
#define BOUND_SECONDS 20 /* of such work, at most; with a limit of seconds BOUND_PART of them */
#define BOUND_PART 0.5
#define BOUND_CHUNK 20 /* steps between two looks at the gap */
#define BOUND_STEPS 2000
#define BOUND_SPAN 100
#define BOUND_TIRED 2e-5
#define TIRED_GAP 0.003  /* … of what is between the bound and the roster */
#define BOUND_TRIES 40   /* steps before a second bound is given up … */
#define BOUND_HOPE 5     /* … that so many chunks like the last would leave below the first */
#define POOLED_GAP 0.005 /* above it the pooled bound is tried too */
#define MASTER_ROWS 400  /* larger LPs are boxed around the prices of the volume algorithm */
#define BOXED_ROWS 3000  /* … and above it not worth their time */
#define BOXED_AGENTS 70  /* … as where agents are many: the search finds as much by itself */
#define BOXED_ROUNDS 8
#define BOXED_GAP 0.006    /* below it the first roster leaves the LP too little to find */
#define BOXED_PER_S 1.6    /* rounds per second allowed */
#define BOXED_WORK 1000000 /* rows × simplex steps of one round */
#define MASTER_ROUNDS 20
#define MASTER_ITERATIONS 3000
#define START_PASSES 4
#define CYCLES_MIN 2 /* cooling cycles when no limit says otherwise; more where agents are few */
#define CYCLES_MAX 8
#define CYCLES_AGENTS 120

struct solver {
    const struct plan_problem *problem;
    const struct roster_control *control;
    struct roster_model *model;
    struct worth *worth;
    struct pricing *pricing;
    struct rows *coupling; /* NULL where only the demand couples agents */
    struct bound *bound;
    struct bound *pooled; /* NULL until needed */
    struct search *search;
    struct solver *whole; /* of which this is one week; NULL for all others */
    double started_s, reported_s;
    long rounds;
    const char *stopped;
};

static double elapsed_s(const struct solver *solver)
{
    return solver->control->clock == NULL ? 0
                                          : solver->control->clock(solver->control->user) - solver->started_s;
}

static double best_bound(const struct solver *solver)
{
    double best = bound_best(solver->bound), pooled = solver->pooled ? bound_best(solver->pooled) : -INFINITY;
    return MAX(best, pooled);
}

static double gap(const struct solver *solver)
{
    double objective = search_best(solver->search);
    return objective > 0 ? (objective - best_bound(solver)) / objective : 0;
}

/* Looks at clock and gap and reports; true when the solve must end. */
static bool must_stop(struct solver *solver, const char *phase)
{
    const struct plan_limits *limits = &solver->problem->limits;
    double now_s = elapsed_s(solver);
    if (solver->whole != NULL)
        return must_stop(solver->whole, phase);
    if (solver->stopped != NULL)
        return true;
    if (solver->control->progress != NULL && now_s - solver->reported_s >= REPORT_S) {
        struct plan_progress progress = {.phase = phase,
                                         .objective = search_best(solver->search),
                                         .bound = best_bound(solver),
                                         .elapsed_s = now_s,
                                         .left_s = limits->seconds > 0 ? MAX(limits->seconds - now_s, 0) : 0,
                                         .rounds = solver->rounds};
        solver->reported_s = now_s;
        if (!solver->control->progress(&progress, solver->control->user))
            solver->stopped = "cancelled";
    }
    if (solver->stopped == NULL && limits->seconds > 0 && !solver->control->untimed &&
        now_s >= limits->seconds)
        solver->stopped = "deadline";
    return solver->stopped != NULL;
}

/* Most minutes of a week, in buckets. */
static double week_buckets(const struct catalogue *cat, const struct agent_class *class)
{
    int most = 0, longest = 0;
    for (int i = 0; i < cat->n_slots; i++)
        longest = MAX(longest, cat->slots[i].bucket);
    for (int week = 0; week < class->own.rules.n_weeks; week++)
        most = MAX(most, MIN(class->own.week_minutes[week].most, WEEK_DAYS * longest));
    return most + 1;
}

/* On several weeks the kernel passes every arc of starts by itself: each start once for every arc that holds
 * it. */
static double arc_starts(const struct roster_model *model, const struct catalogue *cat)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    int spread_min = contract->start_spread_max_min;
    if (spread_min <= 0 || spread_min >= DAY_MIN || cat->n_days <= 0)
        return 1;
    double per_day = (double)cat->n_starts / cat->n_days;
    return 1 + per_day * spread_min / DAY_MIN;
}

/* How many slots the weeks of one volume step look at: over classes, nodes of the automaton and minutes. */
static double step_work(const struct roster_model *model)
{
    double work = 0;
    for (int c = 0; c < model->n_classes; c++) {
        const struct agent_class *class = &model->classes[c];
        const struct catalogue *cat = &model->catalogues[class->catalogue];
        const struct line_automaton *automaton = class->own.automaton;
        double nodes = 0;
        for (int day = 0; automaton != NULL && day < cat->n_days; day++)
            nodes += automaton->n_nodes[day] * (double)(cat->day_slot[day + 1] - cat->day_slot[day]);
        work += nodes * (class->own.week_minutes != NULL ? week_buckets(cat, class) : 1) *
                (model->problem->n_weeks > 1 ? arc_starts(model, cat) : 1);
    }
    return work;
}

/* Steps for the seconds allowed, counted and not timed: equal on every machine. */
static int bound_steps(const struct solver *solver)
{
    double allowed = solver->problem->limits.seconds, seconds = BOUND_SECONDS;
    if (allowed > 0)
        seconds = MIN(seconds, BOUND_PART * allowed);
    double steps = seconds * BOUND_WORK / (BOUND_STEP + step_work(solver->model));
    double least = BOUND_SPAN; /* several weeks begin at good prices: fewer will do where steps are dear */
    if (solver->problem->n_weeks > 1)
        least = CLAMP(4 * steps, BOUND_CHUNK, BOUND_SPAN);
    return (int)CLAMP(steps, least, BOUND_STEPS);
}

static bool stop_search(void *user)
{
    return must_stop(user, "dive");
}

/* Volume steps until they bring less than BOUND_TIRED in a span of BOUND_SPAN. */
static void work_on_bound(struct solver *solver, struct bound *bound)
{
    const struct plan_limits *limits = &solver->problem->limits;
    double mark = -INFINITY, last = -INFINITY;
    for (int done = 0, most = bound_steps(solver); done < most; done += BOUND_CHUNK) {
        for (int i = 0; i < BOUND_CHUNK && !must_stop(solver, "bound"); i++)
            bound_improve(bound, search_best(solver->search), 1);
        if (must_stop(solver, "bound") || gap(solver) < 1e-9 ||
            (limits->seconds > 0 && solver->whole == NULL && !solver->control->untimed &&
             elapsed_s(solver) > BOUND_SHARE * limits->seconds))
            break;
        double now = bound_best(bound), lag = best_bound(solver) - now;
        if (done >= BOUND_TRIES && lag > BOUND_HOPE * (now - last))
            break;
        last = now;
        if ((done + BOUND_CHUNK) % BOUND_SPAN != 0)
            continue;
        if (now - mark < MAX(BOUND_TIRED * fabs(now), TIRED_GAP * (search_best(solver->search) - now)))
            break;
        mark = bound_best(bound);
    }
}

/* Prices of one week for the bound of all; false when they cannot be had. */
static bool begin_week(struct solver *solver, const struct plan_problem *part, int first_iv)
{
    AUTO(roster_model) model = roster_model_new(part, NULL);
    if (model == NULL || model->n_sets != solver->model->n_sets || must_stop(solver, "bound"))
        return false;
    AUTO(worth) worth = worth_new(model);
    AUTO(pricing) pricing = pricing_new(model);
    AUTO(rows) rows = rows_new(model);
    if (rows != NULL)
        return false;
    AUTO(bound) bound = bound_new(model, worth, pricing, NULL, false);
    AUTO(search) search = search_new(model, worth, pricing, NULL, part->seed);
    struct solver week = {.problem = part,
                          .control = solver->control,
                          .model = model,
                          .worth = worth,
                          .pricing = pricing,
                          .bound = bound,
                          .search = search,
                          .whole = solver,
                          .started_s = solver->started_s};
    search_on_stop(search, stop_search, solver);
    search_insert_all(search);
    work_on_bound(&week, bound);
    bound_begin(solver->bound, bound, first_iv);
    return true;
}

/* The prices of several weeks begin at those of each week by itself, whose steps cost less than a share of
   the horizon's: weeks hardly touch each other. Nothing begins where something couples them. */
static void begin_weeks(struct solver *solver)
{
    const struct plan_problem *problem = solver->problem;
    if (problem->n_weeks < 2 || solver->coupling != NULL || solver->model->meetings != NULL ||
        problem->base != NULL)
        return;
    for (int week = 0; week < problem->n_weeks; week++) {
        int first_iv;
        struct plan_problem *part = week_problem_new(problem, week, &first_iv);
        if (part == NULL)
            return;
        part->limits.seconds = problem->limits.seconds / (2 * problem->n_weeks);
        bool ok = begin_week(solver, part, first_iv);
        week_problem_free(part);
        if (!ok)
            return;
    }
}

/* Everybody pooled begins at what agents are worth on the mean. */
static struct bound *new_pooled(const struct solver *solver)
{
    const struct roster_model *model = solver->model;
    struct bound *pooled = bound_new(model, solver->worth, solver->pricing, solver->coupling, true);
    size_t n_iv = (size_t)model->n_iv, tail = bound_size(pooled) - n_iv;
    g_autofree double *prices = g_new0(double, bound_size(pooled) + 1);
    g_autofree double *price = g_new0(double, model->n_axis + 1);
    const double *from = bound_prices(solver->bound);
    double agents = 0;
    for (int s = 0; s < model->n_sets; s++)
        agents += model->sets[s].n_agents;
    for (int s = 0; s < model->n_sets && agents > 0; s++) {
        bound_set_price(solver->bound, from, s, price);
        for (size_t iv = 0; iv < n_iv; iv++)
            prices[iv] += price[iv] * model->sets[s].n_agents / agents;
    }
    memcpy(prices + n_iv, from + (size_t)bound_rows(solver->bound) * n_iv, tail * sizeof *prices);
    bound_offer(pooled, prices, NULL);
    return pooled;
}

/* Column generation in GLPK: on small units it takes the bound to its end, on all its tours are another start
   for the roster. */
static void work_on_master(struct solver *solver)
{
    int rows = (int)bound_size(solver->bound);
    bool small = rows <= MASTER_ROWS;
    double allowed = solver->problem->limits.seconds;
    bool large = rows > BOXED_ROWS || solver->problem->operation->n_agents > BOXED_AGENTS;
    if ((!small && large) || gap(solver) <= (small ? 1e-9 : BOXED_GAP))
        return;
    int iterations = small ? MASTER_ITERATIONS : BOXED_WORK / rows;
    AUTO(master) master = master_new(solver->model, solver->bound, solver->coupling, !small);
    int rounds = small ? MASTER_ROUNDS : BOXED_ROUNDS;
    if (!small && allowed > 0)
        rounds = (int)MIN(rounds, BOXED_PER_S * allowed);
    for (int i = 0; master != NULL && i < rounds; i++)
        if (must_stop(solver, "bound") || !master_round(master, iterations))
            break;
    if (master != NULL)
        master_average(master);
}

/* The search prices service levels over a period as the bound does. */
static void take_multipliers(struct solver *solver)
{
    g_autofree double *multipliers = g_new0(double, solver->problem->demand.n_rows + 1);
    bound_multipliers(solver->bound, multipliers);
    search_reprice(solver->search, multipliers);
}

/* First rosters from the averaged tours of the volume algorithm and from those of the master; the search
   continues from the better one. */
static void start_roster(struct solver *solver)
{
    if (!must_stop(solver, "dive"))
        search_from_bound(solver->search, solver->bound, START_PASSES);
    if (!must_stop(solver, "bound"))
        work_on_master(solver);
    if (!must_stop(solver, "dive"))
        search_from_bound(solver->search, solver->bound, START_PASSES);
    search_return(solver->search);
}

static void work_on_roster(struct solver *solver)
{
    const struct plan_limits *limits = &solver->problem->limits;
    long cycles = CYCLES_AGENTS / MAX(solver->problem->operation->n_agents, 1);
    cycles = CLAMP(cycles, CYCLES_MIN, CYCLES_MAX);
    long most = limits->rounds > 0 ? limits->rounds : cycles * search_cycle(solver->search);
    while (!must_stop(solver, "search")) {
        if (solver->rounds >= most)
            solver->stopped = limits->rounds > 0 ? "rounds" : "exhausted";
        else if (gap(solver) < 1e-9)
            solver->stopped = "exhausted";
        else if (limits->gap > 0 && gap(solver) <= limits->gap)
            solver->stopped = "gap";
        if (solver->stopped != NULL)
            break;
        search_round(solver->search);
        solver->rounds++;
    }
}

/* ---- the answer ---- */

/* The agent's meetings that lie in the shift join its activities. */
static void add_meetings(const struct diary *diary, int agent, struct shift *shift)
{
    const struct roster_model *model = diary->model;
    const struct meetings *meetings = diary->meetings;
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        int m = meetings->invitations[i].meeting;
        struct activity activity = {.kind = model->problem->operation->meetings[m].kind, .paid = true};
        activity.start_ts = roster_model_ts(model, diary->at[i]);
        activity.end_ts = roster_model_ts(model, diary->at[i] + meetings->length[m]);
        if (diary->at[i] < 0 || activity.start_ts < shift->start_ts || activity.start_ts >= shift->end_ts)
            continue;
        int k = shift->n_activities++;
        for (; k > 0 && shift->activities[k - 1].start_ts > activity.start_ts; k--)
            shift->activities[k] = shift->activities[k - 1];
        shift->activities[k] = activity;
    }
}

static struct shift make_shift(const struct roster_model *model, int agent, const struct catalogue *cat,
                               const struct duty *duty)
{
    const struct slot *slot = &cat->slots[duty->slot];
    int tmpl = cat->starts[cat->variants[duty->variant].start].tmpl;
    const struct break_plan *plan = &model->plans[cat->starts[cat->variants[duty->variant].start].plan];
    struct shift shift = {.agent = agent,
                          .tmpl = tmpl,
                          .start_ts = roster_model_ts(model, slot->start_iv),
                          .end_ts = roster_model_ts(model, slot->end_iv)};
    for (int b = 0; b < plan->n; b++) {
        const struct break_rule *rule = &model->problem->operation->templates[tmpl].breaks[plan->rule[b]];
        int32_t at = slot->start_iv + duty->offset[plan->rule[b]];
        struct activity activity = {rule->kind, roster_model_ts(model, at),
                                    roster_model_ts(model, at + plan->len[b]), rule->paid};
        int k = shift.n_activities++;
        for (; k > 0 && shift.activities[k - 1].start_ts > activity.start_ts; k--)
            shift.activities[k] = shift.activities[k - 1];
        shift.activities[k] = activity;
    }
    return shift;
}

/* What couples agents besides the demand, counted again from their shifts, goes to the penalty. Fails when
   hard seats are not enough. */
static bool add_coupling(const struct solver *solver, const struct tour *tours,
                         struct plan_solution *solution, GError **error)
{
    const struct roster_model *model = solver->model;
    const struct operation *operation = solver->problem->operation;
    if (solver->coupling == NULL)
        return true;
    AUTO(crew) crew = crew_new(solver->coupling);
    for (int a = 0; a < operation->n_agents; a++)
        crew_add(crew, &model->classes[model->class_of_agent[a]], &tours[a], 1);
    solution->penalty += crew_total(crew);
    int site, present;
    int32_t iv;
    if (!crew_overfull(crew, &site, &iv, &present))
        return true;
    g_autofree char *when = time_format(roster_model_ts(model, iv), model->zones[site]);
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "site %s: %d agents are on shift at %s but there are %d seats, and no roster was found with "
        "fewer; enough is one of: seats %d → %d, or a seat_price, or lower minima of the contracts of the "
        "agents there, or more time",
        operation->sites[site].id, present, when, operation->sites[site].seats, operation->sites[site].seats,
        present);
}

static struct plan_solution *answer(const struct solver *solver, GError **error)
{
    const struct roster_model *model = solver->model;
    const struct operation *operation = solver->problem->operation;
    const struct tour *tours = search_tours(solver->search);
    size_t n_iv = (size_t)model->n_iv, n_queues = (size_t)solver->problem->demand.n_queues;
    AUTO(plan_solution) solution = plan_solution_new();
    g_autofree int *count = g_new0(int, n_iv *(size_t)model->n_sets + 1);
    g_autofree int32_t *cover = g_new(int32_t, n_iv + 1);
    g_autofree double *staffed = g_new0(double, n_queues + 1);
    size_t n_shifts = 0;
    for (int a = 0; a < operation->n_agents; a++)
        n_shifts += (size_t)tours[a].n;
    solution->shifts = g_new0(struct shift, n_shifts + 1);
    AUTO(diary) diary = model->meetings == NULL ? NULL : diary_new(model);
    if (diary != NULL)
        memcpy(diary->at, search_meetings(solver->search),
               (size_t)model->meetings->n_invitations * sizeof *diary->at);
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent_class *class = &model->classes[model->class_of_agent[a]];
        const struct catalogue *cat = &model->catalogues[class->catalogue];
        for (int i = 0; i < tours[a].n; i++)
            solution->shifts[solution->n_shifts++] = make_shift(model, a, cat, &tours[a].duty[i]);
        for (int i = solution->n_shifts - tours[a].n; diary_asks(diary, a) && i < solution->n_shifts; i++)
            add_meetings(diary, a, &solution->shifts[i]);
        solution->pay += tour_pay(model, class, &tours[a]);
        solution->penalty += tour_penalty(model, class, &tours[a]);
        int n = class->set < 0 ? 0 : tour_cover(model, cat, &tours[a], cover);
        if (diary_asks(diary, a)) {
            n = diary_cut(diary, a, cover, n);
            solution->penalty += diary_cost(diary, a);
        }
        for (int i = 0; i < n; i++)
            count[(size_t)cover[i] * (size_t)model->n_sets + (size_t) class->set]++;
    }
    qsort(solution->shifts, (size_t)solution->n_shifts, sizeof *solution->shifts, shift_compare);
    solution->n_staffed = (int)(n_queues * n_iv);
    solution->staffed = g_new0(double, n_queues *n_iv + 1);
    for (int iv = 0; iv < model->n_iv; iv++) {
        double value = worth_allocate(solver->worth, iv, count + (size_t)iv * (size_t)model->n_sets, staffed);
        solution->shortage += worth_total(solver->worth, iv) - value;
        for (size_t q = 0; q < n_queues; q++)
            solution->staffed[q * n_iv + (size_t)iv] = staffed[q];
    }
    if (solver->problem->demand.n_rows > 0)
        solution->shortage = sla_shortage(&solver->problem->demand, solution->staffed);
    solution->shortage = MAX(solution->shortage, 0);
    if (!add_coupling(solver, tours, solution, error))
        return NULL;
    solution->objective = solution->pay + solution->shortage + solution->penalty;
    double bound = MAX(best_bound(solver), 0); /* nothing in the objective is negative */
    solution->bound = MIN(bound, solution->objective);
    solution->rounds = solver->rounds;
    solution->stopped = g_strdup(solver->stopped);
    return g_steal_pointer(&solution);
}

/* Says of every agent without a legal roster what clashes, in place of the first one's error. */
static void explain_failure(const struct plan_problem *problem, GError **error)
{
    AUTO(conflicts) conflicts = conflicts_find(problem);
    if (conflicts->n == 0)
        return;
    g_autofree char *text = conflicts_text(problem, conflicts, CONFLICTS_SHOWN);
    g_clear_error(error);
    wfm_fail(error, WFM_ERROR_INPUT, "%s", text);
}

struct plan_solution *roster_solve(const struct plan_problem *problem, const struct roster_control *control,
                                   GError **error)
{
    struct solver solver = {.problem = problem, .control = control};
    if (personal_applies(problem))
        return personal_solve(problem, control, error);
    if (control->clock != NULL)
        solver.started_s = control->clock(control->user);
    AUTO(roster_model) model = roster_model_new(problem, error);
    if (model == NULL) {
        explain_failure(problem, error);
        return NULL;
    }
    AUTO(worth) worth = worth_new(model);
    AUTO(pricing) pricing = pricing_new(model);
    AUTO(rows) rows = rows_new(model);
    AUTO(team) team = team_new(problem->limits.threads);
    AUTO(bound) bound = bound_new(model, worth, pricing, rows, false);
    bound_team(bound, team);
    AUTO(bound) pooled = NULL;
    AUTO(search) search = search_new(model, worth, pricing, rows, problem->seed);
    solver.model = model;
    solver.worth = worth;
    solver.pricing = pricing;
    solver.coupling = rows;
    solver.bound = bound;
    solver.search = search;
    search_on_stop(search, stop_search, &solver);
    search_insert_all(search);
    if (!must_stop(&solver, "start")) {
        begin_weeks(&solver);
        work_on_bound(&solver, bound);
        take_multipliers(&solver);
        start_roster(&solver);
        if (model->n_sets > 1 && gap(&solver) > POOLED_GAP && !must_stop(&solver, "bound")) {
            pooled = bound_new_sets(model, worth, pricing, rows, bound);
            bool sets = pooled != NULL;
            solver.pooled = pooled = sets ? pooled : new_pooled(&solver);
            bound_team(pooled, team);
            work_on_bound(&solver, pooled);
            if (sets && !must_stop(&solver, "dive"))
                search_from_bound(search, pooled, START_PASSES);
            search_return(search);
        }
        work_on_roster(&solver);
    }
    if (problem->demand.n_rows > 0)
        search_return(search); /* values and allocation as at the best roster */
    return answer(&solver, error);
}
