/*
 * units.c - a problem cut into planning units and solutions joined again.
 */
#include "scheduler/roster/roster.h"

#include <limits.h>
#include <string.h>

/* ---- components ---- */

static int root(int *parent, int x)
{
    while (parent[x] != x)
        x = parent[x] = parent[parent[x]];
    return x;
}

int roster_units(const struct operation *operation, int *unit_of_queue, int *unit_of_agent)
{
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
    }
    to->n_sites = from->n_sites;
    to->sites = copy(from->sites, sizeof *from->sites, from->n_sites);
    for (int i = 0; i < to->n_sites; i++) {
        to->sites[i].id = g_strdup(from->sites[i].id);
        to->sites[i].name = g_strdup(from->sites[i].name);
        to->sites[i].zone = g_strdup(from->sites[i].zone);
        to->sites[i].country = g_strdup(from->sites[i].country);
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
    }
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

static void copy_demand(struct plan_problem *to, const struct plan_problem *from, const int *new_queue,
                        int n_queues)
{
    const struct demand *old = &from->demand;
    demand_init(&to->demand, &old->grid, n_queues, old->n_pieces);
    if (old->gain != NULL)
        demand_add_gains(&to->demand);
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
    operation_free(part->operation);
    part->operation = to;
    part->first_day = problem->first_day;
    part->n_weeks = problem->n_weeks;
    part->seed = problem->seed;
    part->limits = problem->limits;
    copy_demand(part, problem, new_queue, to->n_queues);
    part->past = g_new0(struct shift, problem->n_past + 1);
    for (int i = 0; i < problem->n_past; i++) {
        if (new_agent[problem->past[i].agent] < 0)
            continue;
        part->past[part->n_past] = problem->past[i];
        part->past[part->n_past++].agent = new_agent[problem->past[i].agent];
    }
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
