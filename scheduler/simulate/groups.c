#include "scheduler/simulate/groups.h"

#include <glib.h>

static bool same_skills(const struct agent *a, const struct agent *b)
{
    bool same = a->n_skills == b->n_skills;
    for (int i = 0; same && i < a->n_skills; i++)
        same = a->skills[i].queue == b->skills[i].queue && a->skills[i].overflow == b->skills[i].overflow;
    return same;
}

static void find_alike(struct groups *groups, const struct operation *operation)
{
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent *agent = &operation->agents[a];
        int g = 0;
        while (g < groups->n_alike && !same_skills(agent, &operation->agents[groups->member[g]]))
            g++;
        groups->of_agent[a] = agent->n_skills > 0 ? g : -1;
        if (agent->n_skills > 0 && g == groups->n_alike)
            groups->member[groups->n_alike++] = a;
    }
}

/* Mean proficiency in a skill, of the agents of a group (-1: of all). */
static double mean_speed(const struct groups *groups, const struct operation *operation, int group, int queue)
{
    double sum = 0;
    int n = 0;
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent *agent = &operation->agents[a];
        for (int k = 0; k < agent->n_skills && (group < 0 || groups->of_agent[a] == group); k++)
            if (agent->skills[k].queue == queue && agent->skills[k].proficiency > 0) {
                sum += agent->skills[k].proficiency;
                n++;
            }
    }
    return n > 0 ? sum / n : 1;
}

struct skill_lists {
    int *queues, *level, *priority;
    double *speed, *delay_s;
};

static struct skill_lists lists_new(int n)
{
    return (struct skill_lists){g_new0(int, n + 1), g_new0(int, n + 1), g_new0(int, n + 1),
                                g_new0(double, n + 1), g_new0(double, n + 1)};
}

static struct hall_group group_of(const struct skill_lists *lists, int n, int blend_idle)
{
    return (struct hall_group){.queues = lists->queues,
                               .speed = lists->speed,
                               .n_queues = n,
                               .level = lists->level,
                               .priority = lists->priority,
                               .delay_s = lists->delay_s,
                               .blend_idle = blend_idle};
}

static bool is_fenced(const struct queue *queue)
{
    return channel_is_deferred(queue->channel) && queue->ring_fence;
}

static void fill_alike(struct groups *groups, const struct operation *operation, int group, bool fences)
{
    const struct agent *first = &operation->agents[groups->member[group]];
    struct skill_lists lists = lists_new(first->n_skills);
    int n = 0, blend_idle = 0;
    bool immediate = false;
    for (int k = 0; k < first->n_skills; k++) {
        const struct skill *skill = &first->skills[k];
        const struct queue *queue = &operation->queues[skill->queue];
        if (fences && is_fenced(queue))
            continue;
        lists.queues[n] = skill->queue;
        lists.level[n] = skill->overflow;
        lists.priority[n] = PRIORITY_MAX - queue->priority;
        lists.delay_s[n] = skill->overflow * queue->overflow_after_s;
        lists.speed[n++] = mean_speed(groups, operation, group, skill->queue);
        if (channel_is_deferred(queue->channel))
            blend_idle = MAX(blend_idle, queue->blend_idle);
        else
            immediate = true;
    }
    groups->list[group] = group_of(&lists, n, immediate ? blend_idle : 0);
}

void groups_init(struct groups *groups, const struct operation *operation, bool fences)
{
    *groups = (struct groups){.of_agent = g_new0(int, operation->n_agents + 1),
                              .member = g_new0(int, operation->n_agents + 1),
                              .fenced = g_new0(int, operation->n_queues + 1)};
    find_alike(groups, operation);
    groups->list = g_new0(struct hall_group, groups->n_alike + operation->n_queues + 1);
    for (groups->n = 0; groups->n < groups->n_alike; groups->n++)
        fill_alike(groups, operation, groups->n, fences);
    for (int q = 0; fences && q < operation->n_queues; q++) {
        if (!is_fenced(&operation->queues[q]))
            continue;
        struct skill_lists lists = lists_new(1);
        lists.queues[0] = q;
        lists.speed[0] = mean_speed(groups, operation, -1, q);
        groups->fenced[groups->n - groups->n_alike] = q;
        groups->list[groups->n++] = group_of(&lists, 1, 0);
    }
}

void groups_clear(struct groups *groups)
{
    for (int g = 0; g < groups->n; g++) {
        const struct hall_group *group = &groups->list[g];
        const void *const owned[] = {group->queues, group->speed, group->level, group->priority,
                                     group->delay_s};
        for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
            g_free((void *)owned[i]);
    }
    g_free(groups->list);
    g_free(groups->of_agent);
    g_free(groups->member);
    g_free(groups->fenced);
    *groups = (struct groups){.n = 0};
}

bool group_has_skill(const struct groups *groups, const struct operation *operation, int group, int queue)
{
    const struct agent *agent = &operation->agents[groups->member[group]];
    bool found = false;
    for (int k = 0; k < agent->n_skills; k++)
        found |= agent->skills[k].queue == queue;
    return found;
}
