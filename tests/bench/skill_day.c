#include "tests/bench/skill_day.h"

#include "core/random.h"

#include <math.h>

#define CONTACTS 56000.0
#define INTERVAL_S 900
#define LOAD_ERL 530.0
#define SAFETY 0.1 /* agents beside the load, times its square root */

static void make_load(struct skill_day *day, struct random *random)
{
    double weight[SKILL_CLASSES], shape[SKILL_INTERVALS], weights = 0, shapes = 0;
    for (int k = 0; k < SKILL_CLASSES; k++)
        weights += weight[k] = exp(1.5 * random_uniform(random));
    for (int iv = 0; iv < SKILL_INTERVALS; iv++) {
        double hour = 12.0 * iv / SKILL_INTERVALS;
        shape[iv] = 0.5 + exp(-pow((hour - 3) / 1.8, 2)) + 0.8 * exp(-pow((hour - 8) / 2, 2));
        shapes += shape[iv];
    }
    for (int k = 0; k < SKILL_CLASSES; k++) {
        double aht_s = 240 + 335 * random_uniform(random);
        for (int iv = 0; iv < SKILL_INTERVALS; iv++) {
            day->offered[k][iv] = CONTACTS * weight[k] / weights * shape[iv] / shapes;
            day->aht_s[k][iv] = aht_s;
            day->load_erl += day->offered[k][iv] * aht_s / INTERVAL_S / SKILL_INTERVALS;
        }
        day->sources[k] = (struct call_source){.offered = day->offered[k],
                                               .aht_s = day->aht_s[k],
                                               .patience_s = 90 + 210 * random_uniform(random)};
        day->how[k] = (struct hall_queue){.threshold_s = 20, .short_abandon_s = 5, .concurrency = 1};
    }
}

/* Handling times are stretched so that the day has the load it should have. */
static void fix_load(struct skill_day *day)
{
    for (int k = 0; k < SKILL_CLASSES; k++)
        for (int iv = 0; iv < SKILL_INTERVALS; iv++)
            day->aht_s[k][iv] *= LOAD_ERL / day->load_erl;
    day->load_erl = LOAD_ERL;
}

/* Every class has at least two groups. */
static void make_groups(struct skill_day *day, struct random *random)
{
    for (int g = 0; g < SKILL_GROUPS; g++) {
        int n = 1 + (int)(random_next(random) % SKILLS_MAX), order[SKILL_CLASSES];
        for (int k = 0; k < SKILL_CLASSES; k++)
            order[k] = k;
        random_shuffle(random, order, SKILL_CLASSES);
        day->queues[g][0] = g % SKILL_CLASSES;
        int has = 1;
        for (int k = 0; has < n; k++)
            if (order[k] != g % SKILL_CLASSES)
                day->queues[g][has++] = order[k];
        for (int i = 0; i < n; i++)
            day->speed[g][i] = 0.85 + 0.3 * random_uniform(random);
        day->groups[g] = (struct hall_group){
            .queues = day->queues[g], .speed = day->speed[g], .n_queues = n, .staff = day->staff[g]};
    }
}

/* Every class's load and a little more, in equal parts to its groups; what rounding leaves goes on. */
static void make_staff(struct skill_day *day)
{
    int n_groups[SKILL_CLASSES] = {0};
    for (int g = 0; g < SKILL_GROUPS; g++)
        for (int i = 0; i < day->groups[g].n_queues; i++)
            n_groups[day->queues[g][i]]++;
    for (int iv = 0; iv < SKILL_INTERVALS; iv++) {
        double left = 0;
        int agents = 0;
        for (int g = 0; g < SKILL_GROUPS; g++) {
            for (int i = 0; i < day->groups[g].n_queues; i++) {
                int k = day->queues[g][i];
                double load_erl = day->offered[k][iv] * day->aht_s[k][iv] / INTERVAL_S;
                left += (load_erl + SAFETY * sqrt(load_erl)) / n_groups[k];
            }
            day->staff[g][iv] = (int)left;
            left -= day->staff[g][iv];
            agents += day->staff[g][iv];
        }
        if (agents > day->agents_max)
            day->agents_max = agents;
    }
}

void skill_day_make(struct skill_day *day, uint64_t seed)
{
    struct random random;
    random_seed(&random, seed);
    *day = (struct skill_day){.load_erl = 0};
    make_load(day, &random);
    fix_load(day);
    make_groups(day, &random);
    make_staff(day);
    day->hall = (struct hall){.grid = {0, INTERVAL_S, SKILL_INTERVALS},
                              .queues = day->how,
                              .n_queues = SKILL_CLASSES,
                              .groups = day->groups,
                              .n_groups = SKILL_GROUPS};
}
