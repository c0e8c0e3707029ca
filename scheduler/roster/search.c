#include "scheduler/roster/search_internal.h"

#include <math.h>
#include <string.h>

#define ALONE_AGENTS 500 /* up to so many are inserted one by one at first; beyond, like ones in batches */
#define MEETING_PASSES 3
#define WINDOW_ALL 2      /* of 100 rounds on several weeks so many change the whole horizon, … */
#define WINDOW_SHIFTED 15 /* … seven days over a border, … */
#define WINDOW_TWO 8      /* … two weeks; the others one */
#define HEAT 0.005        /* first threshold of a cycle, as a share of the mean cost of an agent */

int search_random_below(struct search *search, int n)
{
    return (int)(random_uniform(&search->random) * n);
}

/* ---- state ---- */

struct search *search_new(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                          const struct rows *rows, uint64_t seed)
{
    struct search *search = g_new0(struct search, 1);
    int n = model->problem->operation->n_agents, slots = 0;
    for (int c = 0; c < model->n_catalogues; c++)
        slots = MAX(slots, model->catalogues[c].n_slots);
    search->model = model;
    search->worth = worth;
    search->pricing = pricing;
    search->crew = rows == NULL ? NULL : crew_new(rows);
    search->n_agents = n;
    search->tours = g_new0(struct tour, n + 1);
    search->best_tours = g_new0(struct tour, n + 1);
    search->cover = g_new0(int32_t *, n + 1);
    for (int a = 0; a < n; a++)
        search->cover[a] = NULL;
    search->all_cover = g_new(int32_t, model->n_iv + 1);
    search->n_cover = g_new0(int, n + 1);
    search->size_cover = g_new0(int, n + 1);
    search->changed = g_new0(bool, n + 1);
    search->changes = g_new0(int, n + 1);
    search->own = g_new0(double, n + 1);
    search->inside = g_new0(bool, n + 1);
    search->count = g_new0(int, (size_t)model->n_iv *(size_t)model->n_sets + 1);
    search->worth_iv = g_new0(double, model->n_iv + 1);
    search->gain = g_new0(double, (size_t)model->n_sets *(size_t)model->n_axis + 1);
    search->gain_of = g_new0(uint32_t, (size_t)model->n_sets * (size_t)model->n_iv + 1);
    search->state = g_new0(uint32_t, model->n_iv + 1);
    search->stale = g_new0(int, model->n_iv + 1);
    search->is_stale = g_new0(bool, model->n_iv + 1);
    search->zero = g_new0(double, model->n_axis + 1);
    search->value = g_new0(double, slots + 1);
    search->best = INFINITY;
    search->most_out = RUIN_MAX;
    if (model->meetings != NULL)
        search_open_diary(search);
    search->before = g_new0(struct tour, search->most_out);
    search->out = g_new0(int, search->most_out);
    search->sla = sla_account_new(model, worth);
    random_seed(&search->random, seed);
    return search;
}

void search_free(struct search *search)
{
    if (search == NULL)
        return;
    for (int a = 0; a < search->n_agents; a++)
        g_free(search->cover[a]);
    tours_free(search->tours, search->n_agents);
    tours_free(search->best_tours, search->n_agents);
    tours_free(search->before, search->most_out);
    tour_clear(&search->scratch);
    tour_clear(&search->other);
    diary_free(search->diary);
    void *const diaries[] = {search->out,    search->best_at,   search->best_start, search->old_at,
                             search->try_at, search->old_start, search->lure};
    for (guint i = 0; i < G_N_ELEMENTS(diaries); i++)
        g_free(diaries[i]);
    crew_free(search->crew);
    void *const owned[] = {search->cover,   search->n_cover,  search->size_cover, search->all_cover,
                           search->changed, search->changes,  search->inside,     search->own,
                           search->count,   search->worth_iv, search->gain,       search->gain_of,
                           search->state,   search->stale,    search->is_stale,   search->zero,
                           search->value};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    sla_account_free(search->sla);
    g_free(search);
}

double search_best(const struct search *search)
{
    return search->best;
}

const struct tour *search_tours(const struct search *search)
{
    return search->best_tours;
}

const int32_t *search_meetings(const struct search *search)
{
    return search->best_at;
}

/* The staffing of the interval has changed. */
static void touch(struct search *search, int iv)
{
    search->state[iv]++;
    if (search->is_stale[iv])
        return;
    search->is_stale[iv] = true;
    search->stale[search->n_stale++] = iv;
}

static const int *staffing(const struct search *search, int iv)
{
    return search->count + (size_t)iv * (size_t)search->model->n_sets;
}

double search_objective(struct search *search)
{
    for (int i = 0; i < search->n_stale; i++) {
        int iv = search->stale[i];
        double value = worth_value(search->worth, iv, staffing(search, iv));
        search->objective += search->worth_iv[iv] - value + sla_account_set(search->sla, iv);
        search->worth_iv[iv] = value;
        search->is_stale[iv] = false;
    }
    search->n_stale = 0;
    return search->objective;
}

/* Gains of a skill set, those of intervals that have changed made anew. */
static const double *gains_of(struct search *search, int set)
{
    const struct roster_model *model = search->model;
    double *gain = search->gain + (size_t)set * (size_t)model->n_axis;
    uint32_t *made = search->gain_of + (size_t)set * (size_t)model->n_iv;
    for (int iv = 0; iv < model->n_iv && !search->bulk; iv++) {
        if (made[iv] == search->state[iv])
            continue;
        gain[iv] = worth_gain(search->worth, iv, staffing(search, iv), set);
        made[iv] = search->state[iv];
    }
    return gain;
}

const struct agent_class *search_class(const struct search *search, int agent)
{
    return &search->model->classes[search->model->class_of_agent[agent]];
}

/* ---- windows ---- */

/* The days of the window by the agent's catalogue; false when it is the horizon. */
static bool window_days(const struct search *search, int agent, int *from, int *to)
{
    const struct catalogue *cat = &search->model->catalogues[search_class(search, agent)->catalogue];
    const struct search_window *window = &search->window;
    int last = window->week + window->n;
    if (window->n == 0)
        return false;
    *from = MIN((window->week == 0 ? 0 : cat->week_last[window->week - 1] + 1) + window->shift, cat->n_days);
    *to = last == search->model->problem->n_weeks
              ? cat->n_days
              : MIN(cat->week_last[last - 1] + 1 + window->shift, cat->n_days);
    return true;
}

/* The agent's shifts that go out and in: those of the window, or all of agents whose other shifts may change,
   too. Borrows the tour's. */
static struct tour open_part(const struct search *search, int agent, bool *whole)
{
    const struct agent_class *class = search_class(search, agent);
    const struct catalogue *cat = &search->model->catalogues[class->catalogue];
    struct tour part = search->tours[agent];
    int from, to;
    *whole =
        class->own.optional || diary_asks(search->diary, agent) || !window_days(search, agent, &from, &to);
    if (*whole)
        return part;
    while (part.n > 0 && cat->slots[part.duty[part.n - 1].slot].day >= to)
        part.n--;
    for (; part.n > 0 && cat->slots[part.duty->slot].day < from; part.n--)
        part.duty++;
    return part;
}

static void apply(struct search *search, int agent, int sign)
{
    const struct agent_class *class = search_class(search, agent);
    bool whole;
    int set = class->set;
    struct tour part = open_part(search, agent, &whole);
    search->objective += sign * search->own[agent];
    if (search->crew != NULL && search->inside[agent] != (sign > 0)) {
        search->objective += crew_add(search->crew, class, &part, sign);
        search->inside[agent] = sign > 0;
    }
    const int32_t *cover = whole ? search->cover[agent] : search->all_cover;
    int n = search->n_cover[agent];
    if (!whole && set >= 0)
        n = tour_cover(search->model, &search->model->catalogues[class->catalogue], &part, search->all_cover);
    for (int i = 0; set >= 0 && i < n; i++) {
        int32_t iv = cover[i];
        search->count[(size_t)iv * (size_t)search->model->n_sets + (size_t)set] += sign;
        if (!search->bulk)
            touch(search, iv);
    }
}

static bool must_stop(const struct search *search)
{
    return search->stop != NULL && search->stop(search->stop_user);
}

void search_take_out(struct search *search, int agent)
{
    apply(search, agent, -1);
    search->n_cover[agent] = 0;
    search->own[agent] = 0;
}

void search_put_in(struct search *search, int agent, const struct tour *tour)
{
    const struct agent_class *class = search_class(search, agent);
    const struct catalogue *cat = &search->model->catalogues[class->catalogue];
    tour_copy(&search->tours[agent], tour);
    search->own[agent] = tour_own(search->model, class, tour);
    int n = tour_cover(search->model, cat, tour, search->all_cover);
    if (diary_asks(search->diary, agent)) {
        n = diary_cut(search->diary, agent, search->all_cover, n);
        search->own[agent] += diary_cost(search->diary, agent);
    }
    if (n > search->size_cover[agent]) {
        search->size_cover[agent] = n;
        search->cover[agent] = g_renew(int32_t, search->cover[agent], n);
    }
    if (n > 0)
        memcpy(search->cover[agent], search->all_cover, (size_t)n * sizeof *search->all_cover);
    search->n_cover[agent] = n;
    if (!search->changed[agent]) {
        search->changed[agent] = true;
        search->changes[search->n_changes++] = agent;
    }
    apply(search, agent, 1);
}

/* The best tour of an agent who is out at these prices, into scratch. */
void search_best_tour(struct search *search, int agent, const double *price)
{
    const struct agent_class *class = search_class(search, agent);
    const struct catalogue *cat = &search->model->catalogues[class->catalogue];
    struct shift_cost more = {0}, *cost = NULL;
    if (search->crew != NULL) {
        more = crew_cost(search->crew, class);
        cost = &more;
    }
    int from, to;
    const struct tour *was = &search->tours[agent];
    if (window_days(search, agent, &from, &to) && (was->n > 0 || !class->own.optional)) {
        for (int i = 0; i < was->n; i++)
            search->value[was->duty[i].slot] = 0; /* those that stay are the same to all */
        pricing_table_days(search->pricing, cat, price, cost, from, to, search->value);
        pricing_window(search->pricing, class, search->value, from, to, was, &search->scratch);
        pricing_place_days(search->pricing, cat, price, cost, from, to, &search->scratch);
        return;
    }
    pricing_table(search->pricing, cat, price, cost, search->value);
    pricing_week(search->pricing, class, search->value, &search->scratch);
    pricing_place(search->pricing, cat, price, cost, &search->scratch);
}

const double *search_gain(struct search *search, int agent)
{
    int set = search_class(search, agent)->set;
    return set < 0 ? search->zero : gains_of(search, set);
}

const double *search_gains(struct search *search)
{
    for (int s = 0; s < search->model->n_sets; s++)
        gains_of(search, s);
    return search->gain;
}

/* The exact best week of an agent who is out (of the window). */
static void insert(struct search *search, int agent)
{
    if (diary_asks(search->diary, agent)) {
        search_insert_attending(search, agent);
        return;
    }
    search_best_tour(search, agent, search_gain(search, agent));
    search_put_in(search, agent, &search->scratch);
}

/* The objective from nothing, so that rounding does not gather. */
static void recount(struct search *search)
{
    search->objective = sla_account_clear(search->sla);
    for (int iv = 0; iv < search->model->n_iv; iv++) {
        search->worth_iv[iv] = 0;
        touch(search, iv);
        search->objective += worth_total(search->worth, iv);
    }
    search_objective(search);
    for (int a = 0; a < search->n_agents; a++)
        search->objective += search->own[a];
    if (search->crew != NULL)
        search->objective += crew_total(search->crew);
}

double search_recount(struct search *search)
{
    recount(search);
    return search->objective;
}

static void keep_best(struct search *search)
{
    double objective = search_objective(search);
    if (objective >= search->best - 1e-9 * fabs(search->best) && search->best < INFINITY)
        return;
    search->best = objective;
    sla_account_keep(search->sla);
    if (search->diary != NULL)
        search_copy_diary(search, search->best_at, search->diary->at, search->best_start,
                          search->diary->start);
    for (int i = 0; i < search->n_changes; i++) {
        int agent = search->changes[i];
        search->changed[agent] = false;
        tour_copy(&search->best_tours[agent], &search->tours[agent]);
    }
    search->n_changes = 0;
}

static void clear(struct search *search)
{
    for (int a = 0; a < search->n_agents; a++)
        search->n_cover[a] = 0;
    memset(search->own, 0, (size_t)search->n_agents * sizeof *search->own);
    memset(search->inside, 0, (size_t)search->n_agents * sizeof *search->inside);
    if (search->crew != NULL)
        crew_clear(search->crew);
    for (int i = 0; search->diary != NULL && i < search->model->meetings->n_invitations; i++)
        search->diary->at[i] = -1;
    memset(search->count, 0,
           (size_t)search->model->n_iv * (size_t)search->model->n_sets * sizeof *search->count);
    recount(search);
}

static void improve_alone(struct search *search, int passes)
{
    bool stopped = must_stop(search);
    int weeks = search->model->problem->n_weeks;
    for (int pass = 0; pass < passes && !stopped; pass++) {
        double before = search_objective(search);
        for (int week = 0; week < weeks && !stopped; week++) {
            search->window = (struct search_window){.week = week, .n = weeks > 1};
            for (int a = 0; a < search->n_agents && !stopped; a++) {
                search_take_out(search, a);
                insert(search, a);
                stopped = must_stop(search);
            }
        }
        search->window.n = 0;
        search_retime_all(search);
        recount(search);
        keep_best(search);
        if (search_objective(search) > before - 1e-7 * fabs(before))
            break;
    }
}

/* The tour just made also goes to up to `more` agents of the class who are not in; `next` is where to look.
 */
static void insert_alike(struct search *search, const struct agent_class *class, int more, bool *in,
                         int *next)
{
    for (; more > 0 && *next < class->n_agents; (*next)++) {
        int agent = class->agents[*next];
        if (in[agent])
            continue;
        in[agent] = true;
        search_put_in(search, agent, &search->scratch);
        more--;
    }
}

void search_insert_all(struct search *search)
{
    const struct roster_model *model = search->model;
    bool alone = search->n_agents <= ALONE_AGENTS || search->diary != NULL, stopped = false;
    g_autofree int *order = g_new(int, search->n_agents + 1), *next = g_new0(int, model->n_classes + 1);
    g_autofree bool *in = g_new0(bool, search->n_agents + 1);
    clear(search);
    for (int a = 0; a < search->n_agents; a++) {
        int at = search_random_below(search, a + 1);
        order[a] = order[at];
        order[at] = a;
    }
    for (int i = 0; i < search->n_agents; i++) {
        int agent = order[i], class = model->class_of_agent[agent];
        if (in[agent])
            continue;
        in[agent] = true;
        insert(search, agent);
        stopped = stopped || must_stop(search);
        search->bulk = stopped && search->diary == NULL;
        int more = stopped ? search->n_agents : alone ? 0 : search->n_agents / ALONE_AGENTS;
        if (search->diary == NULL)
            insert_alike(search, &model->classes[class], more, in, &next[class]);
    }
    search->bulk = false;
    recount(search);
    keep_best(search);
    if (alone)
        improve_alone(search, 1);
}

/* Systematic sampling: agent i of n takes the tour at quantile (i + ½)/n of the weights. */
void search_from_bound(struct search *search, const struct bound *bound, int passes)
{
    clear(search);
    search->bulk = search->diary == NULL;
    for (int c = 0; c < search->model->n_classes; c++) {
        const struct agent_class *class = &search->model->classes[c];
        int n, at = 0;
        const struct weighted_tour *tours = bound_tours(bound, c, &n);
        double sum = 0, seen = 0;
        for (int k = 0; k < n; k++)
            sum += tours[k].weight;
        for (int i = 0; i < class->n_agents; i++) {
            double quantile = sum * (i + 0.5) / class->n_agents;
            while (at < n - 1 && seen + tours[at].weight < quantile)
                seen += tours[at++].weight;
            if (n > 0)
                search_put_in(search, class->agents[i], &tours[at].tour);
            else
                insert(search, class->agents[i]);
        }
    }
    search->bulk = false;
    recount(search);
    keep_best(search);
    improve_alone(search, passes);
}

void search_reprice(struct search *search, const double *multipliers)
{
    if (search->sla == NULL)
        return;
    worth_reprice(search->worth, multipliers);
    recount(search);
}

void search_return(struct search *search)
{
    sla_account_return(search->sla);
    search->bulk = true;
    for (int a = 0; a < search->n_agents; a++)
        search_take_out(search, a);
    if (search->diary != NULL)
        search_copy_diary(search, search->diary->at, search->best_at, search->diary->start,
                          search->best_start);
    for (int a = 0; a < search->n_agents; a++)
        search_put_in(search, a, &search->best_tours[a]);
    search->bulk = false;
    recount(search);
}

void search_on_stop(struct search *search, search_stop_fn stop, void *user)
{
    search->stop = stop;
    search->stop_user = user;
}

/* ---- rounds ---- */

long search_cycle(const struct search *search)
{
    return 30L * MAX(search->n_agents, 8) * search->model->problem->n_weeks;
}

static double threshold(const struct search *search)
{
    long cycle = search_cycle(search);
    double left = 1 - (double)(search->rounds % cycle) / (double)cycle;
    return HEAT * search->best / MAX(search->n_agents, 1) / search->model->problem->n_weeks * left * left;
}

/* A few agents, none twice; returns how many. */
static int pick_agents(struct search *search)
{
    int n = 0, want = 1 + search_random_below(search, MIN(search->n_agents, RUIN_MAX));
    while (n < want) {
        int agent = search_random_below(search, search->n_agents);
        bool again = false;
        for (int i = 0; i < n; i++)
            again |= search->out[i] == agent;
        if (!again)
            search->out[n++] = agent;
    }
    return n;
}

/* Of several weeks mostly one, two or the horizon now and then, over a border now and then. */
static struct search_window pick_window(struct search *search)
{
    int n_weeks = search->model->problem->n_weeks;
    if (n_weeks <= 1)
        return (struct search_window){0};
    int dice = search_random_below(search, 100);
    if (dice < WINDOW_ALL)
        return (struct search_window){0};
    bool shifted = dice < WINDOW_ALL + WINDOW_SHIFTED;
    bool two = !shifted && dice < WINDOW_ALL + WINDOW_SHIFTED + WINDOW_TWO;
    struct search_window window = {.n = two ? 2 : 1};
    window.week = search_random_below(search, n_weeks - (two || shifted));
    window.shift = shifted ? 1 + search_random_below(search, WEEK_DAYS - 1) : 0;
    return window;
}

/* Puts each of them back again until nothing is gained. */
static void settle(struct search *search, int n)
{
    for (int pass = 0; pass < MEETING_PASSES; pass++) {
        double before = search_objective(search);
        for (int i = 0; i < n && !must_stop(search); i++) {
            search_take_out(search, search->out[i]);
            insert(search, search->out[i]);
        }
        if (search_objective(search) > before - 1e-7 * fabs(before))
            break;
    }
}

void search_round(struct search *search)
{
    if (search->n_agents == 0)
        return;
    bool move;
    int meeting = search_pick_meeting(search, &move);
    if (meeting >= 0 && !move)
        search_retime(search, meeting);
    const int *out = search->out;
    double old = search_objective(search), allowed = threshold(search);
    if (search->diary != NULL)
        search_copy_diary(search, search->old_at, search->diary->at, search->old_start, search->diary->start);
    int n = move ? search_move_meeting(search, meeting) : pick_agents(search);
    int again = move ? search_asked_to(search, meeting) : n; /* how many go out at once */
    if (!move)
        search->window = pick_window(search);
    for (int i = 0; i < n; i++) {
        tour_copy(&search->before[i], &search->tours[out[i]]);
        if (i < again)
            search_take_out(search, out[i]);
    }
    for (int i = 0; i < again; i++)
        insert(search, out[i]);
    if (move)
        settle(search, n);
    search_objective(search);
    if (sla_account_steer(search->sla))
        recount(search);
    if (search_objective(search) > old + allowed * -log(1 - random_uniform(&search->random))) {
        for (int i = 0; i < n; i++)
            search_take_out(search, out[i]);
        if (search->diary != NULL)
            search_copy_diary(search, search->diary->at, search->old_at, search->diary->start,
                              search->old_start);
        for (int i = 0; i < n; i++)
            search_put_in(search, out[i], &search->before[i]);
    }
    search->window.n = 0;
    search->rounds++;
    if (search->rounds % 64 == 0)
        recount(search);
    keep_best(search);
}
