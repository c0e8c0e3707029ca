#include "scheduler/simulate/hall_events.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* ---- routing, compiled once ---- */

static int n_immediate(const struct hall *hall, int group)
{
    int n = 0;
    for (int k = 0; k < hall->groups[group].n_queues; k++)
        n += !hall->queues[hall->groups[group].queues[k]].deferred;
    return n;
}

static void rank_groups(struct hall_engine *e)
{
    for (int g = 0; g < e->hall->n_groups; g++) {
        int at = g;
        for (; at > 0 && n_immediate(e->hall, e->group_of[at - 1]) > n_immediate(e->hall, g); at--)
            e->group_of[at] = e->group_of[at - 1];
        e->group_of[at] = g;
    }
}

static void fill_skills(struct hall_engine *e)
{
    const struct hall *hall = e->hall;
    int nq = hall->n_queues, at = 0;
    for (int i = 0; i < hall->n_groups * nq; i++)
        e->skill_of[i] = -1;
    for (int g = 0; g < hall->n_groups; g++) {
        const struct hall_group *group = &hall->groups[e->group_of[g]];
        for (int k = 0; k < group->n_queues; k++) {
            int q = group->queues[k];
            double speed = group->speed != NULL ? group->speed[k] : 1;
            double delay_s = group->delay_s != NULL ? group->delay_s[k] : 0;
            e->skills[at] = (struct skill){.ticks_per_s = TICKS_PER_S / speed,
                                           .delay = ticks_of(MAX(delay_s, 0)),
                                           .group = g,
                                           .queue = q,
                                           .priority = group->priority != NULL ? group->priority[k] : 0,
                                           .level = group->level != NULL ? group->level[k] : 0,
                                           .bank = -1};
            e->skill_of[g * nq + q] = at++;
            bool deferred = hall->queues[q].deferred;
            mask_set((deferred ? e->serves_late : e->serves) + (size_t)g * e->queue_words, q);
        }
    }
}

/* A queue's skills by level, then rank. */
static void order_skills(struct hall_engine *e)
{
    int ng = e->hall->n_groups;
    for (int s = 0; s < e->n_skills; s++) {
        const struct skill *skill = &e->skills[s];
        int32_t *order = e->order + (size_t)skill->queue * (size_t)ng;
        int at = e->n_order[skill->queue]++;
        for (; at > 0 && e->skills[order[at - 1]].level > skill->level; at--)
            order[at] = order[at - 1];
        order[at] = s;
    }
}

/* The groups that may take a contact of the queue after `delay`, a mask for each level. */
static void add_route(struct hall_engine *e, int queue, int64_t delay)
{
    const int32_t *order = e->order + (size_t)queue * (size_t)e->hall->n_groups;
    struct route *route = &e->routes[e->n_routes++];
    int level = -1;
    *route = (struct route){.mask = e->n_masks};
    for (int k = 0; k < e->n_order[queue]; k++) {
        const struct skill *skill = &e->skills[order[k]];
        if (skill->delay > delay)
            continue;
        if (route->n == 0 || skill->level != level) {
            level = skill->level;
            route->n++;
            e->n_masks++;
        }
        mask_set(e->masks + (size_t)(e->n_masks - 1) * e->words, skill->group);
    }
}

static void add_stages(struct hall_engine *e, int queue)
{
    const int32_t *order = e->order + (size_t)queue * (size_t)e->hall->n_groups;
    struct line *line = &e->lines[queue];
    line->stage = e->n_stages;
    for (int64_t delay = 0;;) {
        int64_t next = TICKS_NEVER;
        for (int k = 0; k < e->n_order[queue]; k++)
            if (e->skills[order[k]].delay > delay)
                next = MIN(next, e->skills[order[k]].delay);
        if (next == TICKS_NEVER)
            break;
        delay = next;
        e->stages[e->n_stages++] = (struct stage){.delay = delay, .queue = queue, .route = e->n_routes};
        add_route(e, queue, delay);
    }
    line->n_stages = e->n_stages - line->stage;
}

static void fill_lines(struct hall_engine *e)
{
    const struct hall *hall = e->hall;
    for (int q = 0; q < hall->n_queues; q++) {
        const struct hall_queue *queue = &hall->queues[q];
        struct line *line = &e->lines[q];
        bool limited = (hall->limited || queue->limited) && !queue->deferred;
        *line = (struct line){.weight = {[HALL_SHARE] = 1 / MAX(queue->threshold_s, 1), [HALL_LONGEST] = 1},
                              .route = e->n_routes,
                              .kind = queue->deferred          ? KIND_DEFERRED
                                      : queue->concurrency > 1 ? KIND_CHAT
                                                               : KIND_VOICE,
                              .open = true,
                              .counted = limited,
                              .threshold = ticks_of(queue->threshold_s),
                              .short_abandon = ticks_of(queue->short_abandon_s),
                              .room = queue->limited ? queue->room : INT32_MAX};
        e->deferred |= queue->deferred;
        e->limited |= limited;
        add_route(e, q, 0);
        const struct route *route = &e->routes[line->route];
        bool voice = line->kind == KIND_VOICE && route->n > 0;
        line->some = voice ? e->masks[(size_t)route->mask * e->words] : 0;
        line->more = voice && (route->n > 1 || e->words > 1);
        add_stages(e, q);
    }
}

static void fill_desks(struct hall_engine *e)
{
    int skill = 0;
    for (int g = 0; g < e->hall->n_groups; g++) {
        const struct hall_group *group = &e->hall->groups[e->group_of[g]];
        struct desk *desk = &e->desks[g];
        *desk = (struct desk){.spare = INT32_MAX,
                              .skill = skill,
                              .n_skills = group->n_queues,
                              .n_queues = n_immediate(e->hall, e->group_of[g]),
                              .serves = e->serves[(size_t)g * e->queue_words],
                              .rule = (uint8_t)group->rule};
        skill += group->n_queues;
        for (int k = 0; k < group->n_queues; k++) {
            const struct hall_queue *queue = &e->hall->queues[group->queues[k]];
            if (queue->deferred)
                desk->spare = MAX(group->blend_idle, 0);
            if (queue->deferred || queue->concurrency <= 1)
                continue;
            struct skill *chat = skill_for(e, g, group->queues[k]);
            desk->chats = true;
            chat->bank = e->n_banks;
            e->banks[e->n_banks++] = (struct bank){.group = g,
                                                   .queue = chat->queue,
                                                   .ticks_per_s = chat->ticks_per_s,
                                                   .level = g_new0(int, queue->concurrency + 1),
                                                   .level_rate = g_new0(double, queue->concurrency + 1),
                                                   .concurrency = queue->concurrency};
        }
    }
}

struct hall_engine *hall_engine_new(const struct hall *hall)
{
    struct hall_engine *e = g_new0(struct hall_engine, 1);
    size_t ng = (size_t)hall->n_groups, nq = (size_t)hall->n_queues;
    g_assert((double)hall->grid.n * hall->grid.interval_s <= TICKS_HORIZON_S);
    e->hall = hall;
    e->words = MAX((ng + 63) / 64, 1);
    e->queue_words = MAX((nq + 63) / 64, 1);
    e->interval = ticks_of(hall->grid.interval_s);
    e->end = e->interval * hall->grid.n;
    for (int g = 0; g < hall->n_groups; g++)
        e->n_skills += hall->groups[g].n_queues;
    size_t ns = (size_t)e->n_skills;
    g_assert(3 * ns < ID_MASK);
    e->group_of = g_new0(int32_t, ng + 1);
    e->skills = g_new0(struct skill, ns + 1);
    e->skill_of = g_new0(int32_t, ng * nq + 1);
    e->serves = g_new0(uint64_t, ng * e->queue_words + 1);
    e->serves_late = g_new0(uint64_t, ng * e->queue_words + 1);
    e->order = g_new0(int32_t, ng * nq + 1);
    e->n_order = g_new0(int32_t, nq + 1);
    e->routes = g_new0(struct route, ns + nq + 1);
    e->stages = g_new0(struct stage, ns + 1);
    e->desks = g_new0(struct desk, ng + 1);
    e->lines = g_new0(struct line, nq + 1);
    e->banks = g_new0(struct bank, ns + 1);
    e->cells = g_new0(struct cell, (size_t)(hall->grid.n + 1) * nq + 1);
    e->idle = g_new0(uint64_t, e->words);
    e->spare = g_new0(uint64_t, e->words);
    e->waiting = g_new0(uint64_t, e->queue_words);
    e->waiting_late = g_new0(uint64_t, e->queue_words);
    rank_groups(e);
    fill_skills(e);
    order_skills(e);
    size_t n_masks =
        0; /* a queue has one route more, and each route as many levels at most, as it has skills */
    for (size_t q = 0; q < nq; q++)
        n_masks += (size_t)e->n_order[q] * (size_t)(e->n_order[q] + 1);
    e->masks = g_new0(uint64_t, (n_masks + 1) * e->words);
    fill_lines(e);
    fill_desks(e);
    return e;
}

void hall_engine_free(struct hall_engine *e)
{
    if (e == NULL)
        return;
    for (int b = 0; b < e->n_banks; b++) {
        g_free(e->banks[b].level);
        g_free(e->banks[b].level_rate);
    }
    void *const owned[] = {e->group_of, e->skills, e->skill_of, e->routes,       e->masks,
                           e->serves,   e->order,  e->n_order,  e->serves_late,  e->desks,
                           e->lines,    e->stages, e->banks,    e->cells,        e->idle,
                           e->spare,    e->fifo,   e->waiting,  e->waiting_late, e->leavings};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    events_clear(&e->events);
    g_free(e);
}

/* ---- before a run ---- */

/* Every queue's part of the fifo has room for all its contacts. */
static void reset_lines(struct hall_engine *e, const struct calls *calls)
{
    int nq = e->hall->n_queues;
    if ((size_t)calls->n > e->size_fifo) {
        e->size_fifo = (size_t)calls->n;
        e->fifo = g_renew(int32_t, e->fifo, e->size_fifo);
    }
    for (int q = 0; q < nq; q++) {
        e->lines[q].tail = 0;
        e->lines[q].n_waiting = 0;
    }
    double work_s = 0;
    for (int i = 0; i < calls->n; i++) {
        e->lines[calls->call[i].queue].tail++;
        work_s += (double)calls->call[i].work_s;
    }
    int64_t last = calls->n > 0 ? calls->call[calls->n - 1].at : 0;
    events_init(&e->events, last / MAX(calls->n, 1) + 1, ticks_of(work_s / MAX(calls->n, 1)));
    int32_t at = 0;
    for (int q = 0; q < nq; q++) {
        struct line *line = &e->lines[q];
        int32_t n = line->tail;
        line->head = line->tail = at;
        for (int k = 0; k < line->n_stages; k++) {
            struct stage *stage = &e->stages[line->stage + k];
            stage->next = stage->alive = at;
            stage->pending = false;
        }
        at += n;
    }
}

void hall_reset(struct hall_engine *e, const struct calls *calls)
{
    const struct hall *hall = e->hall;
    reset_lines(e, calls);
    e->calls = calls->call;
    memset(e->cells, 0, (size_t)(hall->grid.n + 1) * (size_t)hall->n_queues * sizeof *e->cells);
    memset(e->idle, 0, e->words * sizeof *e->idle);
    memset(e->spare, 0, e->words * sizeof *e->spare);
    memset(e->waiting, 0, e->queue_words * sizeof *e->waiting);
    memset(e->waiting_late, 0, e->queue_words * sizeof *e->waiting_late);
    for (int g = 0; g < hall->n_groups; g++)
        e->desks[g].free = e->desks[g].staff = 0, e->desks[g].busy = 0;
    e->n_leavings = 0;
    e->n_waiting = 0;
    e->now = 0;
    e->iv = 0;
    e->changes = 0;
    e->boundary = hall->grid.n > 0 ? key_of(0, 0) : KEY_NONE;
}
