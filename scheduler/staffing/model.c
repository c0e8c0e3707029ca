#include "scheduler/staffing/model.h"

#include "core/error.h"
#include "scheduler/staffing/busyness.h"
#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/erlang_solve.h"

#include <math.h>
#include <string.h>

/* NULL when all levels take the same time: then agents × concurrency places are plain Erlang servers, which
 * is exact and quick. */
static const double *uneven_levels(const struct queue *queue)
{
    if (queue->concurrency <= 1 || queue->concurrent_aht_s == NULL)
        return NULL;
    for (int k = 1; k < queue->concurrency; k++)
        if (queue->concurrent_aht_s[k] > queue->concurrent_aht_s[0] ||
            queue->concurrent_aht_s[k] < queue->concurrent_aht_s[0])
            return queue->concurrent_aht_s;
    return NULL;
}

static void fill(struct model *model, const struct queue *queue, const struct load *load, int32_t iv)
{
    const struct sla *sla = &queue->sla;
    double aht_s = load->aht_s[iv] > 0 ? load->aht_s[iv] : queue->aht_s;
    *model = (struct model){
        .system =
            {
                .aht_s = aht_s,
                .patience_s = queue->patience_s,
                .threshold_s = sla->threshold_s,
                .short_abandon_s = sla->definition == SL_EXCL_SHORT ? sla->short_abandon_s : 0,
            },
        .targets = {sla->definition, sla->target, sla->asa_max_s, sla->abandon_max, sla->occupancy_max},
        .level_aht_s = uneven_levels(queue),
        .concurrency = queue->concurrency > 1 ? queue->concurrency : 1,
        .offset = load->offset != NULL && load->offered[iv] > 0 ? load->offset[iv] : 0,
        .offered = load->offered[iv],
        .interval_s = load->grid.interval_s,
    };
}

#define ENDS_ABRUPTLY 3 /* times the nodes */

/* Contacts of earlier intervals that are still being handled are there; they alone are no demand. */
static void take_load(struct model *model, const struct carried *carried, double busyness_cv2)
{
    double factor[BUSYNESS_NODES], share[BUSYNESS_NODES];
    model->n_points = 1;
    if (!(model->offered > 0) || !(model->system.aht_s > 0))
        return;
    model->system.rate_per_s = carried->mean_erl / model->system.aht_s;
    /* without patience levels end abruptly where the load is that of the agents */
    double turns = model->system.patience_s > 0 ? 1 : ENDS_ABRUPTLY;
    int n = busyness_nodes(busyness_cv2, turns * turns * carried->mean_erl, BUSYNESS_NODES / carried->n,
                           factor, share);
    model->uncertain = n > 1;
    model->n_points = 0;
    for (int i = 0; i < carried->n; i++)
        for (int k = 0; k < n; k++) {
            int point = model->n_points++;
            model->point_erl[point] = carried->erl[i] * factor[k];
            model->time_share[point] = carried->share[i] * share[k];
            model->contact_share[point] = model->time_share[point] * factor[k];
        }
}

void model_init(struct model *model, const struct queue *queue, const struct load *load, int32_t iv)
{
    struct carried carried;
    fill(model, queue, load, iv);
    load_carried(load, iv, &carried);
    take_load(model, &carried, load->busyness_cv2);
}

struct model *models_new(const struct queue *queue, const struct load *load)
{
    gsize n = (gsize)load->grid.n;
    struct model *models = g_new(struct model, n + 1);
    g_autofree struct carried *carried = g_new(struct carried, n + 1);
    load_carried_all(load, carried);
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        fill(&models[iv], queue, load, iv);
        take_load(&models[iv], &carried[iv], load->busyness_cv2);
    }
    return models;
}

static gint by_load(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct model *models = user;
    int32_t i = *(const int32_t *)a, k = *(const int32_t *)b;
    double x = models[i].system.rate_per_s * models[i].system.aht_s;
    double y = models[k].system.rate_per_s * models[k].system.aht_s;
    return x < y ? -1 : (x > y ? 1 : (i > k) - (i < k));
}

int32_t *models_by_load(const struct model *models, int32_t n)
{
    int32_t *order = g_new(int32_t, (gsize)n + 1);
    for (int32_t iv = 0; iv < n; iv++)
        order[iv] = iv;
    g_qsort_with_data(order, n, sizeof *order, by_load, (gpointer)models);
    return order;
}

/* At one of the points; `like` agents. parts: what must be there. */
static void metrics_at(const struct model *model, const struct erlang_system *system, double like,
                       enum erlang_parts parts, struct erlang_metrics *out)
{
    if (model->level_aht_s != NULL)
        chat_metrics(system, model->level_aht_s, model->concurrency, like, out);
    else
        erlang_metrics_of(system, like * model->concurrency, parts, out);
}

/* The system at one of the points of the load. */
static struct erlang_system system_at(const struct model *model, int point)
{
    struct erlang_system system = model->system;
    if (system.rate_per_s > 0)
        system.rate_per_s = model->point_erl[point] / system.aht_s;
    return system;
}

/* Adds what a share of the contacts meets in a share of the time; asa_answered_s is a sum over those answered
   until metrics_end. */
static void metrics_add(struct erlang_metrics *sum, const struct erlang_metrics *m, double share, double time)
{
    sum->p_wait += share * m->p_wait;
    sum->in_time += share * m->in_time;
    sum->sl[SL_VIRTUAL] += share * m->sl[SL_VIRTUAL];
    sum->blocked += share * m->blocked;
    sum->abandon += share * m->abandon;
    sum->abandon_in_time += share * m->abandon_in_time;
    sum->abandon_short += share * m->abandon_short;
    sum->asa_offered_s += share * m->asa_offered_s;
    sum->asa_virtual_s += share * m->asa_virtual_s;
    sum->queue_length += time * m->queue_length;
    sum->occupancy += time * m->occupancy;
    if (m->counted[SL_ANSWERED] > 0)
        sum->asa_answered_s += share * m->counted[SL_ANSWERED] * m->asa_answered_s;
}

static void metrics_end(struct erlang_metrics *sum)
{
    erlang_ratios(sum);
    sum->asa_answered_s = sum->counted[SL_ANSWERED] > 0 ? sum->asa_answered_s / sum->counted[SL_ANSWERED] : 0;
}

static void parts_of(const struct model *model, double agents, enum erlang_parts parts,
                     struct erlang_metrics *out)
{
    double like = fmax(agents + model->offset, 0);
    if (model->n_points > 1) {
        struct erlang_metrics sum = {.p_wait = 0}, one;
        for (int point = 0; point < model->n_points; point++) {
            struct erlang_system system = system_at(model, point);
            metrics_at(model, &system, like, parts, &one);
            metrics_add(&sum, &one, model->contact_share[point], model->time_share[point]);
        }
        metrics_end(&sum);
        *out = sum;
    } else {
        metrics_at(model, &model->system, like, parts, out);
    }
    if (agents > 0)
        out->occupancy = fmin(out->occupancy * (like / agents), 1);
}

void model_metrics(const struct model *model, double agents, struct erlang_metrics *out)
{
    parts_of(model, agents, ERLANG_ALL, out);
}

/* The wait in steady state, but not above what one interval can build up: overload never lasts for ever. */
static double bounded_wait(double asa_s, double interval_s)
{
    return asa_s < interval_s ? asa_s : interval_s;
}

void model_service(const struct model *model, double agents, struct service *out)
{
    struct erlang_metrics metrics;
    enum sl_definition definition = model->targets.definition;
    if (!(model->offered > 0)) {
        *out = (struct service){.sl = 1};
        return;
    }
    model_metrics(model, agents, &metrics);
    *out = (struct service){
        .sl = metrics.sl[definition],
        .counted = model->offered * metrics.counted[definition],
        .asa_s = model->system.patience_s > 0 ? metrics.asa_answered_s
                                              : bounded_wait(metrics.asa_answered_s, model->interval_s),
        .abandon = metrics.abandon,
        .occupancy = metrics.occupancy,
    };
    out->in_time = out->sl * out->counted;
}

/* Point after point at the same staff: what depends on that alone is computed once (poisson_series_kept). */
static void level_of(const struct model *model, double agents, double *sl, double *counted)
{
    enum sl_definition definition = model->targets.definition;
    struct erlang_metrics metrics;
    double like = fmax(agents + model->offset, 0), in_time = 0, share = 0;
    if (model->n_points <= 1) {
        metrics_at(model, &model->system, like, ERLANG_LEVELS, &metrics);
        *sl = metrics.sl[definition];
        *counted = metrics.counted[definition];
        return;
    }
    for (int point = 0; point < model->n_points; point++) {
        struct erlang_system system = system_at(model, point);
        metrics_at(model, &system, like, ERLANG_LEVELS, &metrics);
        in_time += model->contact_share[point] * metrics.sl[definition] * metrics.counted[definition];
        share += model->contact_share[point] * metrics.counted[definition];
    }
    *sl = share > 0 ? in_time / share : 0;
    *counted = share;
}

void model_levels(const struct model *model, double first, double step, int n, double *sl, double *counted)
{
    for (int i = 0; i < n; i++)
        level_of(model, first + i * step, &sl[i], &counted[i]);
}

struct goal {
    const struct model *model; /* without offset */
    const struct erlang_targets *targets;
};

static double margin(double agents, const void *user)
{
    const struct goal *goal = user;
    struct erlang_metrics metrics;
    parts_of(goal->model, agents, goal->targets->asa_max_s > 0 ? ERLANG_ALL : ERLANG_LEVELS, &metrics);
    return erlang_margin(&metrics, goal->targets);
}

/* Like agents that meet the targets. guess: as many, too; <= 0: none. */
static double required(const struct model *model, const struct erlang_targets *targets, double guess)
{
    double load_erl = model->system.rate_per_s * model->system.aht_s / model->concurrency;
    if (!(load_erl > 0))
        return 0;
    if (model->n_points > 1) {
        struct model plain;
        bool moved = fabs(model->offset) > 0;
        const struct goal goal = {moved ? &plain : model, targets};
        if (moved) {
            plain = *model;
            plain.offset = 0;
        }
        return margin(0, &goal) >= 0
                   ? 0
                   : erlang_search(margin, &goal, guess > 0 ? guess : load_erl + 0.5 * sqrt(load_erl), false);
    }
    if (model->level_aht_s != NULL)
        return chat_required_near(&model->system, model->level_aht_s, model->concurrency, 0, targets, false,
                                  guess);
    return erlang_required_near(&model->system, 0, targets, false, guess * model->concurrency) /
           model->concurrency;
}

double model_required(const struct model *model, double guess)
{
    struct erlang_targets targets = model->targets, waits = {.abandon_max = 1, .occupancy_max = 1};
    double like = 0, near = guess > 0 ? guess + model->offset : 0;
    if (model->uncertain && targets.asa_max_s > 0 && !(model->system.patience_s > 0)) {
        /* where nobody gives up, an uncertain load has some chance of an endless wait whatever the staff: the
           mean wait is asked of the load as forecast */
        struct model mean = *model;
        mean.n_points = 1;
        waits.asa_max_s = targets.asa_max_s;
        targets.asa_max_s = 0;
        like = required(&mean, &waits, near);
    }
    like = fmax(like, required(model, &targets, near));
    return fmax(like - model->offset, 0);
}

double model_guess(const struct model *model, const struct model *other, double answer)
{
    double load_erl = model->system.rate_per_s * model->system.aht_s / model->concurrency;
    double other_erl = other->system.rate_per_s * other->system.aht_s / other->concurrency;
    if (!(load_erl > 0) || !(other_erl > 0) || !(answer > 0) || isinf(answer))
        return 0;
    double beyond = answer + other->offset - other_erl;
    return fmax(load_erl + beyond * sqrt(load_erl / other_erl) - model->offset, 0);
}

/* Opening hours change on multiples of this (zones are whole quarter hours apart). */
static int sampling_step_s(const struct queue *queue)
{
    for (int i = 0; i < queue->n_open; i++)
        if (queue->open[i].from_min % 5 != 0 || queue->open[i].to_min % 5 != 0)
            return 60;
    return 300;
}

static bool concerns(const struct special_day *special, const struct operation *operation,
                     const struct queue *queue)
{
    switch (special->scope) {
    case SCOPE_ALL:
        return true;
    case SCOPE_CLIENT:
        return special->index == queue->client;
    case SCOPE_QUEUE:
        return special->index == (int)(queue - operation->queues);
    default:
        return false;
    }
}

/* Share of an interval within the hours of a special day. */
static double share_open(const struct special_day *special, const struct zone *zone, int64_t ts,
                         int interval_s)
{
    int open = 0, steps = interval_s / 300;
    if (special->kind == SPECIAL_CLOSED)
        return 0;
    for (int step = 0; step < steps; step++) {
        struct local_time local = zone_local(zone, ts + step * 300);
        int minute = local.second / 60;
        open +=
            local.day != special->day || (minute >= special->open_from_min && minute < special->open_to_min);
    }
    return (double)open / steps;
}

/* Closed days, and days with fewer hours. */
static void close_days(const struct operation *operation, const struct queue *queue, const struct zone *zone,
                       const struct grid *grid, double *open)
{
    for (int i = 0; i < operation->n_special_days; i++) {
        const struct special_day *special = &operation->special_days[i];
        if ((special->kind != SPECIAL_CLOSED && special->open_to_min == 0) ||
            !concerns(special, operation, queue))
            continue;
        int32_t first = grid_index(grid, zone_day_start(zone, special->day));
        int32_t end = grid_index(grid, zone_day_start(zone, special->day + 1) - 1) + 1;
        for (int32_t iv = MAX(first, 0); iv < MIN(end, grid->n); iv++)
            open[iv] = MIN(open[iv], share_open(special, zone, grid_ts(grid, iv), grid->interval_s));
    }
}

bool queue_open_shares(const struct operation *operation, const struct queue *queue, const struct grid *grid,
                       double *open, GError **error)
{
    for (int32_t iv = 0; iv < grid->n; iv++)
        open[iv] = 1;
    if (queue->n_open == 0 && (operation == NULL || operation->n_special_days == 0))
        return true;
    AUTO(zone) zone = zone_new(queue->zone, error);
    if (zone == NULL) {
        g_prefix_error(error, "queue %s: ", queue->id);
        return false;
    }
    int step_s = sampling_step_s(queue), steps = grid->interval_s / step_s;
    for (int32_t iv = 0; iv < grid->n && queue->n_open > 0; iv++) {
        int count = 0;
        for (int step = 0; step < steps; step++)
            count += queue_open_at(queue, zone, grid_ts(grid, iv) + step * step_s);
        open[iv] = (double)count / steps;
    }
    if (operation != NULL)
        close_days(operation, queue, zone, grid, open);
    return true;
}

double queue_efficiency(const struct queue *queue)
{
    return queue->occupancy_cap > 0 && queue->occupancy_cap < 1 ? queue->occupancy_cap : 1;
}

double queue_site_shrinkage(const struct operation *operation, int queue)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < operation->n_agents; i++) {
        const struct agent *agent = &operation->agents[i];
        for (int k = 0; k < agent->n_skills; k++)
            if (agent->skills[k].queue == queue) {
                sum += operation->sites[agent->site].shrinkage;
                count++;
            }
    }
    return count > 0 ? sum / count : 0;
}
