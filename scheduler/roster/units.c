/*
 * units.c - a problem cut into planning units and solutions joined again.
 */
#include "scheduler/roster/roster.h"

#include <limits.h>
#include <string.h>

#include "scheduler/roster/wishes.h"

/* ---- components ---- */

static int root(int *parent, int x)
{
    while (parent[x] != x)
        x = parent[x] = parent[parent[x]];
    return x;
}

/* Components under way: of queues, and the queue that stands for each agent (0 for one without a skill). */
struct joining {
    const struct plan_problem *problem;
    int *parent;
    int first; /* agent of the group that is joined, -1 before there is one */
};

static int queue_of(const struct agent *agent)
{
    return agent->n_skills > 0 ? agent->skills[0].queue : 0;
}

/* Agents added between two join_begin come into one component. */
static void join_begin(struct joining *joining)
{
    joining->first = -1;
}

static void join_agent(struct joining *joining, int a)
{
    const struct agent *agents = joining->problem->operation->agents;
    if (joining->first < 0) {
        joining->first = a;
        return;
    }
    int x = root(joining->parent, queue_of(&agents[joining->first]));
    int y = root(joining->parent, queue_of(&agents[a]));
    joining->parent[MAX(x, y)] = MIN(x, y);
}

static void join_site(struct joining *joining, int site)
{
    const struct operation *operation = joining->problem->operation;
    join_begin(joining);
    for (int a = 0; a < operation->n_agents; a++)
        if (operation->agents[a].site == site)
            join_agent(joining, a);
}

/* May a shift of the template by this agent be counted? Those just before the horizon count as well, whatever
   the contract says now. */
static bool counted(const struct plan_problem *problem, const uint8_t *recent, int a, int tmpl, int site)
{
    const struct agent *agent = &problem->operation->agents[a];
    const struct contract *contract = &problem->operation->contracts[agent->contract];
    bool can = recent[a];
    for (int i = 0; i < contract->n_templates && !can; i++)
        can = contract->templates[i] == tmpl;
    return can && (site < 0 || site == agent->site);
}

static uint8_t *recent_agents(const struct plan_problem *problem)
{
    uint8_t *recent = g_new0(uint8_t, problem->operation->n_agents + 1);
    for (int i = 0; i < problem->n_past; i++)
        if (problem->past[i].start_ts >= problem->demand.grid.start_ts - 2 * DAY_S)
            recent[problem->past[i].agent] = 1;
    return recent;
}

/* Joins those who may be counted; returns the first, -1 when nobody can. */
static int join_headcount(struct joining *joining, const uint8_t *recent, int tmpl, int site)
{
    join_begin(joining);
    for (int a = 0; a < joining->problem->operation->n_agents; a++)
        if (counted(joining->problem, recent, a, tmpl, site))
            join_agent(joining, a);
    return joining->first;
}

static void join_headcounts(struct joining *joining)
{
    const struct plan_problem *problem = joining->problem;
    const struct operation *operation = problem->operation;
    g_autofree uint8_t *recent = recent_agents(problem);
    g_autofree uint8_t *done = g_new0(uint8_t, (operation->n_templates + 1) * (operation->n_sites + 1));
    for (int i = 0; i < operation->n_headcounts + problem->n_headcounts; i++) {
        bool rule = i < operation->n_headcounts;
        const struct headcount *row = rule ? NULL : &problem->headcounts[i - operation->n_headcounts];
        int tmpl = rule ? operation->headcounts[i].tmpl : row->tmpl;
        int site = rule ? operation->headcounts[i].site : row->site;
        uint8_t *seen = &done[tmpl * (operation->n_sites + 1) + site + 1];
        if (!*seen)
            join_headcount(joining, recent, tmpl, site);
        *seen = 1;
    }
}

static void join_coupled(struct joining *joining)
{
    const struct operation *operation = joining->problem->operation;
    for (int s = 0; s < operation->n_sites; s++) {
        int people = 0;
        for (int a = 0; a < operation->n_agents; a++)
            people += operation->agents[a].site == s;
        if (operation->sites[s].seats > 0 && people > operation->sites[s].seats)
            join_site(joining, s);
    }
    for (int i = 0; i < operation->n_leads; i++)
        join_site(joining, operation->leads[i].site);
    for (int i = 0; i < operation->n_meetings; i++) {
        join_begin(joining);
        for (int k = 0; operation->meetings[i].together && k < operation->meetings[i].n_agents; k++)
            join_agent(joining, operation->meetings[i].agents[k]);
    }
    join_headcounts(joining);
}

int roster_units(const struct plan_problem *problem, int *unit_of_queue, int *unit_of_agent)
{
    const struct operation *operation = problem->operation;
    g_autofree int *parent = g_new(int, operation->n_queues + 1);
    g_autofree int *unit = g_new(int, operation->n_queues + 1);
    int n = 0;
    for (int q = 0; q < operation->n_queues; q++) {
        parent[q] = q;
        unit[q] = -1;
    }
    for (int a = 0; a < operation->n_agents; a++)
        for (int k = 1; k < operation->agents[a].n_skills; k++) {
            int x = root(parent, operation->agents[a].skills[0].queue);
            int y = root(parent, operation->agents[a].skills[k].queue);
            parent[MAX(x, y)] = MIN(x, y);
        }
    struct joining joining = {problem, parent, -1};
    if (operation->n_queues > 0)
        join_coupled(&joining);
    for (int q = 0; q < operation->n_queues; q++) {
        int r = root(parent, q);
        if (unit[r] < 0)
            unit[r] = n++;
        unit_of_queue[q] = unit[r];
    }
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent *agent = &operation->agents[a];
        unit_of_agent[a] = agent->n_skills > 0 ? unit_of_queue[agent->skills[0].queue] : -1;
    }
    return MAX(n, 1);
}

/* ---- copies ---- */

static void *copy(const void *data, size_t size, int n)
{
    return n > 0 ? g_memdup2(data, size * (size_t)n) : NULL;
}

static void copy_shared(struct operation *to, const struct operation *from)
{
    to->name = g_strdup(from->name);
    to->zone = g_strdup(from->zone);
    to->interval_min = from->interval_min;
    memcpy(to->currency, from->currency, sizeof to->currency);
    to->n_currencies = from->n_currencies;
    to->currencies = copy(from->currencies, sizeof *from->currencies, from->n_currencies);
    to->n_clients = from->n_clients;
    to->clients = copy(from->clients, sizeof *from->clients, from->n_clients);
    for (int i = 0; i < to->n_clients; i++) {
        to->clients[i].id = g_strdup(from->clients[i].id);
        to->clients[i].name = g_strdup(from->clients[i].name);
        to->clients[i].holidays = NULL; /* for the forecaster only */
    }
    to->n_sites = from->n_sites;
    to->sites = copy(from->sites, sizeof *from->sites, from->n_sites);
    for (int i = 0; i < to->n_sites; i++) {
        to->sites[i].id = g_strdup(from->sites[i].id);
        to->sites[i].name = g_strdup(from->sites[i].name);
        to->sites[i].zone = g_strdup(from->sites[i].zone);
        to->sites[i].country = g_strdup(from->sites[i].country);
        to->sites[i].shrinkage_parts = NULL; /* for people only */
        to->sites[i].n_shrinkage_parts = 0;
    }
    to->n_templates = from->n_templates;
    to->templates = copy(from->templates, sizeof *from->templates, from->n_templates);
    for (int i = 0; i < to->n_templates; i++) {
        to->templates[i].id = g_strdup(from->templates[i].id);
        to->templates[i].name = g_strdup(from->templates[i].name);
    }
    to->n_contracts = from->n_contracts;
    to->contracts = copy(from->contracts, sizeof *from->contracts, from->n_contracts);
    for (int i = 0; i < to->n_contracts; i++) {
        const struct contract *contract = &from->contracts[i];
        to->contracts[i].id = g_strdup(contract->id);
        to->contracts[i].name = g_strdup(contract->name);
        to->contracts[i].currency = g_strdup(contract->currency);
        to->contracts[i].templates =
            copy(contract->templates, sizeof *contract->templates, contract->n_templates);
        to->contracts[i].successions =
            copy(contract->successions, sizeof *contract->successions, contract->n_successions);
        to->contracts[i].limits = copy(contract->limits, sizeof *contract->limits, contract->n_limits);
    }
    to->fairness = from->fairness;
}

static void copy_queue(struct queue *to, const struct queue *from)
{
    *to = *from;
    to->id = g_strdup(from->id);
    to->name = g_strdup(from->name);
    to->language = g_strdup(from->language);
    to->zone = g_strdup(from->zone);
    to->concurrent_aht_s = from->concurrent_aht_s ? copy(from->concurrent_aht_s,
                                                         sizeof *from->concurrent_aht_s, from->concurrency)
                                                  : NULL;
    to->open = copy(from->open, sizeof *from->open, from->n_open);
    to->holidays = to->profile_queue = to->callback_of = NULL; /* for forecasts and loads only */
    to->day_profile = NULL;
    to->n_day_profile = 0;
    to->shrinkage_parts = NULL; /* for people only */
    to->n_shrinkage_parts = 0;
}

static void copy_agent(struct agent *to, const struct agent *from, const int *new_queue)
{
    *to = *from;
    to->id = g_strdup(from->id);
    to->name = g_strdup(from->name);
    to->skills = copy(from->skills, sizeof *from->skills, from->n_skills);
    for (int k = 0; k < to->n_skills; k++)
        to->skills[k].queue = new_queue[to->skills[k].queue];
    to->available = copy(from->available, sizeof *from->available, from->n_available);
}

static void copy_absences_and_days(struct operation *to, const struct operation *from, const int *new_queue,
                                   const int *new_agent)
{
    to->time_off = g_new0(struct time_off, from->n_time_off + 1);
    for (int i = 0; i < from->n_time_off; i++) {
        if (new_agent[from->time_off[i].agent] < 0)
            continue;
        struct time_off *off = &to->time_off[to->n_time_off++];
        *off = from->time_off[i];
        off->agent = new_agent[off->agent];
        off->kind = g_strdup(off->kind);
    }
    to->special_days = g_new0(struct special_day, from->n_special_days + 1);
    for (int i = 0; i < from->n_special_days; i++) {
        const struct special_day *old = &from->special_days[i];
        if (old->scope == SCOPE_QUEUE && new_queue[old->index] < 0)
            continue;
        struct special_day *day = &to->special_days[to->n_special_days++];
        *day = *old;
        day->index = old->scope == SCOPE_QUEUE ? new_queue[old->index] : old->index;
        day->name = g_strdup(old->name);
    }
}

static void copy_meeting(struct operation *to, const struct meeting *from, const int *new_agent)
{
    struct meeting meeting = *from;
    meeting.agents = g_new0(int, from->n_agents + 1);
    meeting.n_agents = 0;
    for (int k = 0; k < from->n_agents; k++)
        if (new_agent[from->agents[k]] >= 0)
            meeting.agents[meeting.n_agents++] = new_agent[from->agents[k]];
    if (meeting.n_agents == 0) {
        g_free(meeting.agents);
        return;
    }
    meeting.id = g_strdup(from->id);
    meeting.name = g_strdup(from->name);
    to->meetings[to->n_meetings++] = meeting;
}

static void copy_wishes(struct operation *to, const struct operation *from, const int *new_agent)
{
    to->preferences = g_new0(struct preference, from->n_preferences + 1);
    for (int i = 0; i < from->n_preferences; i++) {
        if (new_agent[from->preferences[i].agent] < 0)
            continue;
        to->preferences[to->n_preferences] = from->preferences[i];
        to->preferences[to->n_preferences++].agent = new_agent[from->preferences[i].agent];
    }
    to->meetings = g_new0(struct meeting, from->n_meetings + 1);
    for (int i = 0; i < from->n_meetings; i++)
        copy_meeting(to, &from->meetings[i], new_agent);
    to->leads = g_new0(struct lead_rule, from->n_leads + 1);
    for (int i = 0; i < from->n_leads; i++) {
        bool ours = false;
        for (int a = 0; a < from->n_agents && !ours; a++)
            ours = new_agent[a] >= 0 && from->agents[a].site == from->leads[i].site;
        if (ours)
            to->leads[to->n_leads++] = from->leads[i];
    }
}

/* A headcount goes to the unit of those who may be counted, to the first where there are none. */
static void copy_headcounts(struct plan_problem *to, const struct plan_problem *from, const int *new_agent,
                            int unit)
{
    const struct operation *operation = from->operation;
    g_autofree uint8_t *recent = recent_agents(from);
    to->operation->headcounts = g_new0(struct headcount_rule, operation->n_headcounts + 1);
    to->headcounts = g_new0(struct headcount, from->n_headcounts + 1);
    for (int i = 0; i < operation->n_headcounts + from->n_headcounts; i++) {
        bool rule = i < operation->n_headcounts;
        const struct headcount *row = rule ? NULL : &from->headcounts[i - operation->n_headcounts];
        int tmpl = rule ? operation->headcounts[i].tmpl : row->tmpl;
        int site = rule ? operation->headcounts[i].site : row->site, a = 0;
        while (a < operation->n_agents && !counted(from, recent, a, tmpl, site))
            a++;
        if (a < operation->n_agents ? new_agent[a] < 0 : unit != 0)
            continue;
        if (rule)
            to->operation->headcounts[to->operation->n_headcounts++] = operation->headcounts[i];
        else
            to->headcounts[to->n_headcounts++] = *row;
    }
}

static void copy_base(struct plan_problem *to, const struct plan_problem *from, const int *new_agent)
{
    const struct plan_base *old = from->base;
    if (old == NULL)
        return;
    struct plan_base *base = to->base = g_new0(struct plan_base, 1);
    g_autofree int *moved = g_new(int, old->n_shifts + 1);
    *base = *old;
    base->n_shifts = base->n_locks = 0;
    base->shifts = g_new0(struct shift, old->n_shifts + 1);
    base->locks = g_new0(struct lock, old->n_locks + 1);
    for (int i = 0; i < old->n_shifts; i++) {
        moved[i] = base->n_shifts;
        if (new_agent[old->shifts[i].agent] < 0)
            continue;
        base->shifts[base->n_shifts] = old->shifts[i];
        base->shifts[base->n_shifts++].agent = new_agent[old->shifts[i].agent];
    }
    for (int i = 0; i < old->n_locks; i++) {
        struct lock lock = old->locks[i];
        if (new_agent[lock.agent] < 0)
            continue;
        lock.agent = new_agent[lock.agent];
        lock.shift = lock.shift < 0 ? -1 : moved[lock.shift];
        base->locks[base->n_locks++] = lock;
    }
}

static void copy_burdens(struct plan_problem *to, const struct plan_problem *from, const int *new_agent)
{
    if (from->operation->fairness.weeks <= 0)
        return;
    g_autofree struct burden *all = wishes_burdens(from, NULL);
    if (all == NULL)
        return;
    to->burdens = g_new0(struct burden, to->operation->n_agents + 1);
    for (int a = 0; a < from->operation->n_agents; a++)
        if (new_agent[a] >= 0)
            to->burdens[new_agent[a]] = all[a];
}

static void copy_demand(struct plan_problem *to, const struct plan_problem *from, const int *new_queue,
                        int n_queues)
{
    const struct demand *old = &from->demand;
    demand_init(&to->demand, &old->grid, n_queues, old->n_pieces);
    if (old->gain != NULL)
        demand_add_gains(&to->demand);
    if (old->offered != NULL)
        demand_add_load(&to->demand);
    if (old->busyness_cv2 != NULL)
        demand_add_busyness(&to->demand);
    if (old->day_correlation != NULL)
        demand_add_correlation(&to->demand);
    if (old->offset != NULL)
        demand_add_offset(&to->demand);
    for (int r = 0; r < old->n_rows; r++) { /* queues keep their order */
        struct sla_row row = old->rows[r];
        row.queue = new_queue[row.queue];
        if (row.queue >= 0)
            demand_add_row(&to->demand, &row);
    }
    size_t cells = (size_t)old->grid.n, pieces = cells * (size_t)old->n_pieces;
    for (int q = 0; q < old->n_queues; q++) {
        if (new_queue[q] < 0)
            continue;
        size_t a = (size_t)new_queue[q], b = (size_t)q;
        memcpy(to->demand.width + a * pieces, old->width + b * pieces, pieces * sizeof *old->width);
        memcpy(to->demand.value + a * pieces, old->value + b * pieces, pieces * sizeof *old->value);
        if (old->gain != NULL)
            memcpy(to->demand.gain + a * pieces, old->gain + b * pieces, pieces * sizeof *old->gain);
        if (old->offered != NULL) {
            memcpy(to->demand.offered + a * cells, old->offered + b * cells, cells * sizeof *old->offered);
            memcpy(to->demand.aht_s + a * cells, old->aht_s + b * cells, cells * sizeof *old->aht_s);
        }
        if (old->busyness_cv2 != NULL)
            to->demand.busyness_cv2[a] = old->busyness_cv2[b];
        if (old->day_correlation != NULL)
            to->demand.day_correlation[a] = old->day_correlation[b];
        if (old->offset != NULL)
            memcpy(to->demand.offset + a * cells, old->offset + b * cells, cells * sizeof *old->offset);
        memcpy(to->demand.need + a * cells, old->need + b * cells, cells * sizeof *old->need);
    }
}

struct plan_problem *roster_extract(const struct plan_problem *problem, const int *unit_of_queue,
                                    const int *unit_of_agent, int unit)
{
    const struct operation *from = problem->operation;
    struct plan_problem *part = plan_problem_new();
    struct operation *to = operation_new();
    g_autofree int *new_queue = g_new(int, from->n_queues + 1);
    g_autofree int *new_agent = g_new(int, from->n_agents + 1);
    copy_shared(to, from);
    to->queues = g_new0(struct queue, from->n_queues + 1);
    for (int q = 0; q < from->n_queues; q++) {
        new_queue[q] = unit_of_queue[q] == unit ? to->n_queues++ : -1;
        if (new_queue[q] >= 0)
            copy_queue(&to->queues[new_queue[q]], &from->queues[q]);
    }
    to->agents = g_new0(struct agent, from->n_agents + 1);
    for (int a = 0; a < from->n_agents; a++) {
        new_agent[a] = MAX(unit_of_agent[a], 0) == unit ? to->n_agents++ : -1;
        if (new_agent[a] >= 0)
            copy_agent(&to->agents[new_agent[a]], &from->agents[a], new_queue);
    }
    copy_absences_and_days(to, from, new_queue, new_agent);
    copy_wishes(to, from, new_agent);
    operation_free(part->operation);
    part->operation = to;
    part->first_day = problem->first_day;
    part->n_weeks = problem->n_weeks;
    part->seed = problem->seed;
    part->limits = problem->limits;
    copy_demand(part, problem, new_queue, to->n_queues);
    part->after = g_new0(struct shift, problem->n_after + 1);
    for (int i = 0; i < problem->n_after; i++) {
        if (new_agent[problem->after[i].agent] < 0)
            continue;
        part->after[part->n_after] = problem->after[i];
        part->after[part->n_after++].agent = new_agent[problem->after[i].agent];
    }
    part->past = g_new0(struct shift, problem->n_past + 1);
    for (int i = 0; i < problem->n_past; i++) {
        if (new_agent[problem->past[i].agent] < 0)
            continue;
        part->past[part->n_past] = problem->past[i];
        part->past[part->n_past++].agent = new_agent[problem->past[i].agent];
    }
    copy_headcounts(part, problem, new_agent, unit);
    copy_base(part, problem, new_agent);
    copy_burdens(part, problem, new_agent);
    return part;
}

/* ---- join ---- */

/* The reason worth telling: the worst over the units. */
static const char *const reasons[] = {"exhausted", "gap", "rounds", "deadline", "cancelled"};

static int reason_rank(const char *reason)
{
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (g_strcmp0(reason, reasons[i]) == 0)
            return (int)i;
    return 0;
}

struct plan_solution *roster_join(const struct plan_problem *problem, const struct plan_problem *const *units,
                                  const struct plan_solution *const *solutions, int n_units)
{
    const struct operation *operation = problem->operation;
    size_t cells = (size_t)problem->demand.grid.n;
    struct plan_solution *whole = plan_solution_new();
    int n_shifts = 0, worst = 0;
    for (int u = 0; u < n_units; u++)
        n_shifts += solutions[u]->n_shifts;
    whole->shifts = g_new0(struct shift, n_shifts + 1);
    whole->unit_rounds = g_new(int, n_units + 1);
    whole->n_units = n_units;
    whole->n_staffed = problem->demand.n_queues * problem->demand.grid.n;
    whole->staffed = g_new0(double, whole->n_staffed + 1);
    for (int u = 0; u < n_units; u++) {
        const struct plan_solution *part = solutions[u];
        const struct operation *from = units[u]->operation;
        for (int i = 0; i < part->n_shifts; i++) {
            struct shift *shift = &whole->shifts[whole->n_shifts++];
            *shift = part->shifts[i];
            shift->agent = operation_agent(operation, from->agents[shift->agent].id);
        }
        for (int q = 0; q < from->n_queues; q++)
            memcpy(whole->staffed + (size_t)operation_queue(operation, from->queues[q].id) * cells,
                   part->staffed + (size_t)q * cells, cells * sizeof *whole->staffed);
        whole->pay += part->pay;
        whole->shortage += part->shortage;
        whole->penalty += part->penalty;
        whole->objective += part->objective;
        whole->bound += part->bound;
        whole->rounds = MAX(whole->rounds, part->rounds);
        whole->unit_rounds[u] = (int)MIN(part->rounds, INT_MAX);
        worst = MAX(worst, reason_rank(part->stopped));
    }
    qsort(whole->shifts, (size_t)whole->n_shifts, sizeof *whole->shifts, shift_compare);
    g_free(whole->stopped);
    whole->stopped = g_strdup(reasons[worst]);
    return whole;
}
