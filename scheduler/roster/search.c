#include "scheduler/roster/search.h"

#include "core/random.h"
#include "scheduler/roster/meetings.h"
#include "scheduler/roster/sla.h"

#include <math.h>
#include <string.h>

#define RUIN_MAX 4
#define ALONE_AGENTS 500  /* up to so many are inserted one by one at first; beyond, like ones in batches */
#define MEETING_ROUNDS 32 /* between two that move a meeting held together or its agents */
#define MEETING_AGENTS 40 /* looked at again when one moves */
#define MEETING_PASSES 3
#define MEETING_DICE 0.1
#define HEAT 0.005 /* first threshold of a cycle, as a share of the mean cost of an agent */

struct search {
    const struct roster_model *model;
    struct worth *worth;
    struct pricing *pricing;
    struct crew *crew; /* what else couples agents; NULL = nothing */
    struct random random;
    int n_agents;
    struct tour *tours;
    int32_t **cover; /* per agent, intervals worked */
    int *n_cover, *size_cover;
    int32_t *all_cover; /* n_iv */
    bool *inside;       /* per agent: are their shifts counted in the crew? */
    double *own;        /* pay and personal costs */
    int *count;         /* n_iv × n_sets */
    double *worth_iv;   /* n_iv: value of the staffing */
    double *gain;       /* n_sets × n_axis */
    double *gains;      /* n_sets: one column of it */
    struct sla_account *sla;
    double *zero;  /* n_axis: for agents without a skill */
    double *value; /* slots of the largest catalogue */
    double objective;
    double best;
    struct tour *best_tours;
    bool *changed; /* per agent: since the best roster */
    int *changes;  /* … those agents */
    int n_changes;
    struct tour *before, scratch;
    int *out, most_out;            /* agents of one round, and how many there may be */
    struct diary *diary;           /* NULL without meetings */
    int32_t *best_at, *best_start; /* … of the best roster */
    int32_t *old_at, *old_start;   /* … before the round */
    int32_t *try_at;
    double *lure; /* n_axis */
    struct tour other;
    long rounds;
    bool bulk;           /* many go in at once: gains and objective are not kept up, recount follows */
    search_stop_fn stop; /* NULL = never */
    void *stop_user;
};

static int random_below(struct search *search, int n)
{
    return (int)(random_uniform(&search->random) * n);
}

/* ---- state ---- */

static void open_diary(struct search *search)
{
    const struct meetings *meetings = search->model->meetings;
    int n = meetings->n_invitations + 1;
    search->diary = diary_new(search->model);
    search->most_out = MAX(search->n_agents, RUIN_MAX);
    search->best_at = g_memdup2(search->diary->at, sizeof(int32_t) * (size_t)n);
    search->old_at = g_new0(int32_t, n);
    search->try_at = g_new0(int32_t, n);
    search->best_start =
        g_memdup2(search->diary->start, sizeof(int32_t) * (size_t)(meetings->n_meetings + 1));
    search->old_start = g_new0(int32_t, meetings->n_meetings + 1);
    search->lure = g_new0(double, search->model->n_axis + 1);
}

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
    search->gains = g_new0(double, model->n_sets + 1);
    search->zero = g_new0(double, model->n_axis + 1);
    search->value = g_new0(double, slots + 1);
    search->best = INFINITY;
    search->most_out = RUIN_MAX;
    if (model->meetings != NULL)
        open_diary(search);
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
                           search->count,   search->worth_iv, search->gain,       search->gains,
                           search->zero,    search->value};
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

double search_objective(const struct search *search)
{
    return search->objective;
}

static void refresh(struct search *search, int iv)
{
    const struct roster_model *model = search->model;
    double value =
        worth_value(search->worth, iv, search->count + (size_t)iv * (size_t)model->n_sets, search->gains);
    search->objective += search->worth_iv[iv] - value + sla_account_set(search->sla, iv);
    search->worth_iv[iv] = value;
    for (int s = 0; s < model->n_sets; s++)
        search->gain[(size_t)s * (size_t)model->n_axis + (size_t)iv] = search->gains[s];
}

static const struct agent_class *class_of(const struct search *search, int agent)
{
    return &search->model->classes[search->model->class_of_agent[agent]];
}

static void apply(struct search *search, int agent, int sign)
{
    int set = class_of(search, agent)->set;
    search->objective += sign * search->own[agent];
    if (search->crew != NULL && search->inside[agent] != (sign > 0)) {
        search->objective += crew_add(search->crew, class_of(search, agent), &search->tours[agent], sign);
        search->inside[agent] = sign > 0;
    }
    for (int i = 0; set >= 0 && i < search->n_cover[agent]; i++) {
        int32_t iv = search->cover[agent][i];
        search->count[(size_t)iv * (size_t)search->model->n_sets + (size_t)set] += sign;
        if (!search->bulk)
            refresh(search, iv);
    }
}

static bool must_stop(const struct search *search)
{
    return search->stop != NULL && search->stop(search->stop_user);
}

static void take_out(struct search *search, int agent)
{
    apply(search, agent, -1);
    search->n_cover[agent] = 0;
    search->own[agent] = 0;
}

static void put_in(struct search *search, int agent, const struct tour *tour)
{
    const struct agent_class *class = class_of(search, agent);
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
static void best_tour(struct search *search, int agent, const double *price)
{
    const struct agent_class *class = class_of(search, agent);
    const struct catalogue *cat = &search->model->catalogues[class->catalogue];
    struct shift_cost more = {0}, *cost = NULL;
    if (search->crew != NULL) {
        more = crew_cost(search->crew, class);
        cost = &more;
    }
    pricing_table(search->pricing, cat, price, cost, search->value);
    pricing_week(search->pricing, class, search->value, &search->scratch);
    pricing_place(search->pricing, cat, price, cost, &search->scratch);
}

static const double *gain_of(const struct search *search, int agent)
{
    int set = class_of(search, agent)->set;
    return set < 0 ? search->zero : search->gain + (size_t)set * (size_t)search->model->n_axis;
}

/* ---- meetings ---- */

/* Puts an agent in at the tour in scratch with meetings where they cost least; returns the objective. */
static double try_tour(struct search *search, int agent)
{
    diary_place(search->diary, agent, &search->scratch, gain_of(search, agent));
    put_in(search, agent, &search->scratch);
    return search->objective;
}

/* Times to try for meetings held alone: where they are, or anywhere. */
static void pick_times(struct search *search, int agent, bool anywhere)
{
    const struct meetings *meetings = search->model->meetings;
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        const struct invitation *asked = &meetings->invitations[i];
        search->try_at[i] = search->diary->at[i];
        if (anywhere && !meetings->together[asked->meeting] && asked->from <= asked->to)
            search->try_at[i] = asked->from + random_below(search, asked->to - asked->from + 1);
    }
}

/* An agent with meetings: the best tour as if there were none, one lured by the times they are at now, and
   one by times drawn at random; whichever costs least with its meetings placed. */
static void insert_attending(struct search *search, int agent)
{
    const struct meetings *meetings = search->model->meetings;
    int first = meetings->of_agent[agent];
    size_t n = (size_t)(meetings->of_agent[agent + 1] - first) * sizeof(int32_t);
    double best = INFINITY;
    g_autofree int32_t *now = g_memdup2(search->diary->at + first, n);
    g_autofree int32_t *at = g_memdup2(search->diary->at + first, n);
    for (int kind = 0; kind < 3; kind++) {
        memcpy(search->diary->at + first, now, n);
        memcpy(search->lure, gain_of(search, agent), (size_t)search->model->n_axis * sizeof *search->lure);
        pick_times(search, agent, kind == 2);
        if (kind > 0 && !diary_lure(search->diary, agent, search->try_at, search->lure))
            continue;
        best_tour(search, agent, search->lure);
        double objective = try_tour(search, agent);
        take_out(search, agent);
        if (objective >= best)
            continue;
        best = objective;
        tour_copy(&search->other, &search->scratch);
        memcpy(at, search->diary->at + first, n);
    }
    memcpy(search->diary->at + first, at, n);
    put_in(search, agent, &search->other);
}

static void set_time(struct search *search, int invitation, int32_t at)
{
    int agent = search->model->meetings->invitations[invitation].agent;
    if (search->diary->at[invitation] == at)
        return;
    tour_copy(&search->scratch, &search->tours[agent]);
    take_out(search, agent);
    search->diary->at[invitation] = at;
    put_in(search, agent, &search->scratch);
}

/* What it costs when those who can leave at this interval do, one after the other as long as that costs less
   than missing it, less the price they would miss; `go` by place in the meeting. */
static double time_cost(struct search *search, int m, int32_t at, const uint8_t *ok, uint8_t *go)
{
    const struct roster_model *model = search->model;
    const struct meetings *meetings = model->meetings;
    int length = meetings->length[m], n = meetings->of_meeting[m + 1] - meetings->of_meeting[m];
    double cost = 0;
    for (int i = 0; i < n; i++) {
        int agent = meetings->invitations[meetings->by_meeting[meetings->of_meeting[m] + i]].agent;
        int set = class_of(search, agent)->set;
        double loss = 0;
        go[i] = 0;
        if (!ok[(size_t)i * (size_t)model->n_iv + (size_t)at])
            continue;
        for (int k = 0; k < length && set >= 0; k++) {
            int *count = search->count + (size_t)(at + k) * (size_t)model->n_sets;
            loss += worth_value(search->worth, at + k, count, search->gains);
            count[set]--;
            loss -= worth_value(search->worth, at + k, count, search->gains);
        }
        go[i] = loss < meetings->price[m];
        for (int k = 0; k < length && set >= 0 && !go[i]; k++)
            search->count[(size_t)(at + k) * (size_t)model->n_sets + (size_t)set]++;
        cost += go[i] ? loss - meetings->price[m] : 0;
    }
    for (int i = 0; i < n; i++) {
        int agent = meetings->invitations[meetings->by_meeting[meetings->of_meeting[m] + i]].agent;
        int set = class_of(search, agent)->set;
        for (int k = 0; k < length && set >= 0 && go[i]; k++)
            search->count[(size_t)(at + k) * (size_t)model->n_sets + (size_t)set]++;
    }
    return cost;
}

/* The best start of a meeting held together for the rosters at hand. */
static void retime(struct search *search, int m)
{
    const struct meetings *meetings = search->model->meetings;
    const int *asked = meetings->by_meeting + meetings->of_meeting[m];
    int n = meetings->of_meeting[m + 1] - meetings->of_meeting[m];
    if (n == 0 || !meetings->together[m])
        return;
    size_t n_iv = (size_t)search->model->n_iv;
    g_autofree uint8_t *ok = g_new0(uint8_t, (size_t)n * n_iv + 1);
    g_autofree uint8_t *go = g_new0(uint8_t, n + 1), *best_go = g_new0(uint8_t, n + 1);
    g_autofree int32_t *was = g_new0(int32_t, n + 1);
    double old = search->objective, best = 0;
    int32_t old_start = search->diary->start[m], start = -1;
    for (int i = 0; i < n; i++) {
        was[i] = search->diary->at[asked[i]];
        set_time(search, asked[i], -1);
        diary_fits(search->diary, asked[i], &search->tours[meetings->invitations[asked[i]].agent],
                   ok + (size_t)i * n_iv);
    }
    const struct invitation *any = &meetings->invitations[asked[0]];
    for (int32_t iv = any->from; iv <= any->to; iv++) {
        double cost = time_cost(search, m, iv, ok, go);
        if (cost < best) {
            best = cost;
            start = iv;
            memcpy(best_go, go, (size_t)n);
        }
    }
    for (int i = 0; i < n; i++)
        set_time(search, asked[i], best_go[i] ? start : -1);
    search->diary->start[m] = start;
    if (search->objective <= old + 1e-9 * fabs(old))
        return;
    for (int i = 0; i < n; i++)
        set_time(search, asked[i], was[i]);
    search->diary->start[m] = old_start;
}

static void retime_all(struct search *search)
{
    for (int m = 0; search->diary != NULL && m < search->model->meetings->n_meetings; m++)
        retime(search, m);
}

/* Which meeting held together is looked at in this round: now and then one, -1 else. */
static int pick_meeting(struct search *search)
{
    const struct meetings *meetings = search->model->meetings;
    if (search->diary == NULL || search->rounds % MEETING_ROUNDS != 0)
        return -1;
    int m = random_below(search, meetings->n_meetings), first = meetings->of_meeting[m];
    bool held = meetings->together[m] && first < meetings->of_meeting[m + 1];
    const struct invitation *asked = &meetings->invitations[meetings->by_meeting[held ? first : 0]];
    return held && asked->from <= asked->to ? m : -1;
}

static int asked_to(const struct search *search, int m)
{
    return search->model->meetings->of_meeting[m + 1] - search->model->meetings->of_meeting[m];
}

/* A start for the meeting, likely one that costs little at what work is worth now, other than where it is; -1
   when there is none. What one more is worth says little of many who leave: hence the dice. */
static int32_t draw_start(struct search *search, int m)
{
    const struct meetings *meetings = search->model->meetings;
    const struct invitation *asked = &meetings->invitations[meetings->by_meeting[meetings->of_meeting[m]]];
    double none = meetings->price[m] * asked_to(search, m), least = INFINITY;
    int32_t best = -1;
    for (int32_t iv = asked->from; iv <= asked->to; iv++) {
        double cost = meetings_together(meetings, search->model, m, iv, search->gain);
        if (iv == search->diary->start[m] || cost >= none)
            continue;
        cost += MEETING_DICE * none * random_uniform(&search->random);
        if (cost < least) {
            least = cost;
            best = iv;
        }
    }
    return best;
}

/* The meeting is tried elsewhere: those who are asked go out, and some more follow to be looked at again;
   returns how many in all. */
static int move_meeting(struct search *search, int m)
{
    const struct meetings *meetings = search->model->meetings;
    int first = meetings->of_meeting[m], n = meetings->of_meeting[m + 1] - first;
    for (int i = 0; i < n; i++)
        search->out[i] = meetings->invitations[meetings->by_meeting[first + i]].agent;
    for (int a = 0, from = random_below(search, search->n_agents);
         a < search->n_agents && n < MEETING_AGENTS && n < search->most_out; a++) {
        int agent = (from + a) % search->n_agents;
        bool again = false;
        for (int i = 0; i < n; i++)
            again |= search->out[i] == agent;
        if (!again)
            search->out[n++] = agent;
    }
    search->diary->start[m] = draw_start(search, m);
    return n;
}

static void copy_diary(struct search *search, int32_t *at, const int32_t *from_at, int32_t *start,
                       const int32_t *from_start)
{
    const struct meetings *meetings = search->model->meetings;
    memcpy(at, from_at, (size_t)meetings->n_invitations * sizeof *at);
    memcpy(start, from_start, (size_t)meetings->n_meetings * sizeof *start);
}

/* The exact best week of an agent who is out. */
static void insert(struct search *search, int agent)
{
    if (diary_asks(search->diary, agent)) {
        insert_attending(search, agent);
        return;
    }
    best_tour(search, agent, gain_of(search, agent));
    put_in(search, agent, &search->scratch);
}

/* The objective from nothing, so that rounding does not gather. */
static void recount(struct search *search)
{
    search->objective = sla_account_clear(search->sla);
    for (int iv = 0; iv < search->model->n_iv; iv++) {
        search->worth_iv[iv] = 0;
        refresh(search, iv);
        search->objective += worth_total(search->worth, iv);
    }
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
    if (search->objective >= search->best - 1e-9 * fabs(search->best) && search->best < INFINITY)
        return;
    search->best = search->objective;
    sla_account_keep(search->sla);
    if (search->diary != NULL)
        copy_diary(search, search->best_at, search->diary->at, search->best_start, search->diary->start);
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
    for (int pass = 0; pass < passes && !stopped; pass++) {
        double before = search->objective;
        for (int a = 0; a < search->n_agents && !stopped; a++) {
            take_out(search, a);
            insert(search, a);
            stopped = must_stop(search);
        }
        retime_all(search);
        recount(search);
        keep_best(search);
        if (search->objective > before - 1e-7 * fabs(before))
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
        put_in(search, agent, &search->scratch);
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
        int at = random_below(search, a + 1);
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
                put_in(search, class->agents[i], &tours[at].tour);
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
        take_out(search, a);
    if (search->diary != NULL)
        copy_diary(search, search->diary->at, search->best_at, search->diary->start, search->best_start);
    for (int a = 0; a < search->n_agents; a++)
        put_in(search, a, &search->best_tours[a]);
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
    return 30L * MAX(search->n_agents, 8);
}

static double threshold(const struct search *search)
{
    long cycle = search_cycle(search);
    double left = 1 - (double)(search->rounds % cycle) / (double)cycle;
    return HEAT * search->best / MAX(search->n_agents, 1) * left * left;
}

/* A few agents, none twice; returns how many. */
static int pick_agents(struct search *search)
{
    int n = 0, want = 1 + random_below(search, MIN(search->n_agents, RUIN_MAX));
    while (n < want) {
        int agent = random_below(search, search->n_agents);
        bool again = false;
        for (int i = 0; i < n; i++)
            again |= search->out[i] == agent;
        if (!again)
            search->out[n++] = agent;
    }
    return n;
}

/* Puts each of them back again until nothing is gained. */
static void settle(struct search *search, int n)
{
    for (int pass = 0; pass < MEETING_PASSES; pass++) {
        double before = search->objective;
        for (int i = 0; i < n && !must_stop(search); i++) {
            take_out(search, search->out[i]);
            insert(search, search->out[i]);
        }
        if (search->objective > before - 1e-7 * fabs(before))
            break;
    }
}

void search_round(struct search *search)
{
    if (search->n_agents == 0)
        return;
    int meeting = pick_meeting(search);
    bool move = meeting >= 0 && search->rounds / MEETING_ROUNDS % 2 == 1;
    if (meeting >= 0 && !move)
        retime(search, meeting);
    const int *out = search->out;
    double old = search->objective, allowed = threshold(search);
    if (search->diary != NULL)
        copy_diary(search, search->old_at, search->diary->at, search->old_start, search->diary->start);
    int n = move ? move_meeting(search, meeting) : pick_agents(search);
    int again = move ? asked_to(search, meeting) : n; /* how many go out at once */
    for (int i = 0; i < n; i++) {
        tour_copy(&search->before[i], &search->tours[out[i]]);
        if (i < again)
            take_out(search, out[i]);
    }
    for (int i = 0; i < again; i++)
        insert(search, out[i]);
    if (move)
        settle(search, n);
    if (sla_account_steer(search->sla))
        recount(search);
    if (search->objective > old + allowed * -log(1 - random_uniform(&search->random))) {
        for (int i = 0; i < n; i++)
            take_out(search, out[i]);
        if (search->diary != NULL)
            copy_diary(search, search->diary->at, search->old_at, search->diary->start, search->old_start);
        for (int i = 0; i < n; i++)
            put_in(search, out[i], &search->before[i]);
    }
    search->rounds++;
    if (search->rounds % 64 == 0)
        recount(search);
    keep_best(search);
}
