#include <glib.h>
#include <math.h>

#include "scheduler/simulate/hall_events.h"

static int64_t due_of(const struct call *call)
{
    double ticks = (double)call->patience_s * TICKS_PER_S;
    return ticks < (double)TICKS_MAX ? call->at + (int64_t)ticks : TICKS_NEVER;
}

/* The skill of the group whose open line has the earliest due time; -1: nothing to do. */
static int pick(const struct hall_engine *e, int group)
{
    const uint64_t *serves = e->serves_late + (size_t)group * e->queue_words;
    const int32_t *skill_of = e->skill_of + (size_t)group * (size_t)e->hall->n_queues;
    int best = -1;
    int64_t first = 0;
    for (size_t w = 0; w < e->queue_words; w++)
        for (uint64_t left = e->waiting_late[w] & serves[w]; left != 0; left &= left - 1) {
            int queue = (int)(w * 64) + __builtin_ctzll(left);
            const struct line *line = &e->lines[queue];
            int64_t due = due_of(&e->calls[e->fifo[line->head]]);
            if (!line->open || e->now - line->at < e->skills[skill_of[queue]].delay ||
                (best >= 0 && due >= first))
                continue;
            best = skill_of[queue];
            first = due;
        }
    return best;
}

static void take(struct hall_engine *e, int skill)
{
    const struct call *call = &e->calls[e->fifo[e->lines[e->skills[skill].queue].head]];
    int64_t end = hall_take(e, skill);
    cell_of(e, call)->in_time += end <= due_of(call);
}

void late_serve(struct hall_engine *e, int group)
{
    const struct desk *desk = &e->desks[group];
    for (int skill; desk->free > desk->spare && (skill = pick(e, group)) >= 0;)
        take(e, skill);
}

void late_try(struct hall_engine *e, int queue, int r)
{
    const struct line *line = &e->lines[queue];
    const struct route *route = &e->routes[r];
    const uint64_t *mask = e->masks + (size_t)route->mask * e->words;
    for (int level = 0; line->open && level < route->n; level++)
        for (size_t w = 0; w < e->words; w++, mask++) {
            uint64_t both = e->spare[w] & *mask;
            if (both == 0)
                continue;
            take(e, (int)(skill_for(e, (int)(w * 64) + __builtin_ctzll(both), queue) - e->skills));
            return;
        }
}

void late_arrive(struct hall_engine *e, int32_t index)
{
    int queue = e->calls[index].queue;
    const struct line *line = &e->lines[queue];
    line_join(e, index);
    if (line->tail - line->head == 1) /* nobody has an agent to spare for it while others wait before it */
        late_try(e, queue, line->route);
}

void late_interval(struct hall_engine *e, int32_t iv)
{
    for (int q = 0; e->deferred && q < e->hall->n_queues; q++) {
        const double *open = e->hall->queues[q].open;
        e->lines[q].open = iv < e->hall->grid.n && (open == NULL || open[iv] > 0);
    }
}

void late_close(struct hall_engine *e, int32_t iv)
{
    for (int q = 0; q < e->hall->n_queues; q++) {
        const struct line *line = &e->lines[q];
        struct hall_backlog *out = &e->result->waiting[(size_t)q * (size_t)e->hall->grid.n + (size_t)iv];
        if (line->kind != KIND_DEFERRED || line->head == line->tail)
            continue;
        out->waiting = line->tail - line->head;
        out->oldest_s = ticks_s(e->now - line->at);
        int32_t low = line->head, high = line->tail; /* in order of due times */
        while (low < high) {
            int32_t middle = low + (high - low) / 2;
            if (due_of(&e->calls[e->fifo[middle]]) <= e->now)
                low = middle + 1;
            else
                high = middle;
        }
        out->late = low - line->head;
    }
}

void late_finish(struct hall_engine *e)
{
    late_interval(e, e->hall->grid.n);
    for (int q = 0; e->deferred && q < e->hall->n_queues; q++) {
        const struct line *line = &e->lines[q];
        for (int32_t k = line->head; line->kind == KIND_DEFERRED && k < line->tail; k++) {
            const struct call *call = &e->calls[e->fifo[k]];
            cell_of(e, call)->undecided += due_of(call) > e->now;
        }
    }
}
