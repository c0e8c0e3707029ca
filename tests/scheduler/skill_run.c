#include "tests/scheduler/skill_chain.h"

#include <glib.h>
#include <math.h>

#include "scheduler/simulate/hall.h"

#define WARM_HOURS 4
#define HOURS (SKILL_HOURS + WARM_HOURS)

struct centre {
    int queues[CHAIN_MAX][CHAIN_MAX], level[CHAIN_MAX][CHAIN_MAX], priority[CHAIN_MAX][CHAIN_MAX];
    double speed[CHAIN_MAX][CHAIN_MAX]; /* all: group, its queues */
    double offered[CHAIN_MAX][HOURS], aht_s[CHAIN_MAX][HOURS];
    int staff[CHAIN_MAX][HOURS];
    struct hall_group groups[CHAIN_MAX];
    struct hall_queue how[CHAIN_MAX];
    struct call_source sources[CHAIN_MAX];
    struct hall hall;
};

static int place(const int *list, int n, int what)
{
    int i = 0;
    while (i < n && list[i] != what)
        i++;
    return i;
}

static void centre_group(struct centre *c, const struct skill_chain *chain, int g)
{
    int n = 0;
    for (int k = 0; k < chain->n_classes; k++) {
        int level = place(chain->route[k], chain->n_route[k], g);
        int priority = place(chain->order[g], chain->n_order[g], k);
        if (level == chain->n_route[k] || priority == chain->n_order[g])
            continue;
        c->queues[g][n] = k;
        c->level[g][n] = level;
        c->priority[g][n] = priority;
        c->speed[g][n++] = chain->serve[g][k] / chain->serve[chain->route[k][0]][k];
    }
    for (int hour = 0; hour < HOURS; hour++)
        c->staff[g][hour] = chain->agents[g];
    c->groups[g] = (struct hall_group){.queues = c->queues[g],
                                       .speed = c->speed[g],
                                       .n_queues = n,
                                       .staff = c->staff[g],
                                       .level = c->level[g],
                                       .priority = c->priority[g],
                                       .rule = HALL_LONGEST};
}

static struct centre *centre_new(const struct skill_chain *chain)
{
    struct centre *c = g_new0(struct centre, 1);
    for (int g = 0; g < chain->n_groups; g++)
        centre_group(c, chain, g);
    for (int k = 0; k < chain->n_classes; k++) {
        for (int hour = 0; hour < HOURS; hour++) {
            c->offered[k][hour] = chain->arrive[k];
            c->aht_s[k][hour] = 3600 / chain->serve[chain->route[k][0]][k];
        }
        c->how[k] = (struct hall_queue){.concurrency = 1};
        c->sources[k] = (struct call_source){.offered = c->offered[k],
                                             .aht_s = c->aht_s[k],
                                             .patience_s = chain->leave[k] > 0 ? 3600 / chain->leave[k] : 0};
    }
    c->hall = (struct hall){.grid = {0, 3600, HOURS},
                            .queues = c->how,
                            .n_queues = chain->n_classes,
                            .groups = c->groups,
                            .n_groups = chain->n_groups};
    return c;
}

/* What one history shows behind its first hours. */
static void observe(const struct skill_chain *chain, const struct hall_result *result,
                    struct skill_figures *out)
{
    double hours = HOURS - WARM_HOURS;
    *out = (struct skill_figures){0};
    for (int k = 0; k < chain->n_classes; k++) {
        double offered = 0;
        for (int hour = WARM_HOURS; hour < HOURS; hour++) {
            const struct hall_count *count = &result->counts[k * HOURS + hour];
            offered += count->offered;
            out->wait[k] += count->waited;
            out->abandon[k] += count->abandoned;
            out->queue[k] += (count->wait_s + count->left_s) / 3600 / hours;
            out->busy[k] += count->busy_s / 3600 / hours;
        }
        out->wait[k] /= offered;
        out->abandon[k] /= offered;
    }
    for (int g = 0; g < chain->n_groups; g++) {
        for (int hour = WARM_HOURS; hour < HOURS; hour++)
            out->group_busy[g] += result->busy_s[g * HOURS + hour] / 3600 / hours;
        out->group_full[g] = NAN;
    }
}

void skill_chain_simulate(const struct skill_chain *chain, int histories, struct skill_figures *runs)
{
    struct centre *c = centre_new(chain);
    struct hall_result result = {.counts = g_new0(struct hall_count, chain->n_classes * HOURS),
                                 .busy_s = g_new0(double, chain->n_groups *HOURS)};
    struct hall_engine *engine = hall_engine_new(&c->hall);
    struct calls calls = {0};
    for (int i = 0; i < histories; i++) {
        uint64_t seed = (uint64_t)i + 1;
        calls_draw(&calls, &(struct calls_ask){.sources = c->sources,
                                               .n_queues = chain->n_classes,
                                               .grid = &c->hall.grid,
                                               .seed = seed});
        hall_run(engine, &calls, seed, &result);
        observe(chain, &result, &runs[i]);
    }
    calls_clear(&calls);
    hall_engine_free(engine);
    g_free(result.counts);
    g_free(result.busy_s);
    g_free(c);
}
