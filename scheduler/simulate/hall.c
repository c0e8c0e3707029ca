#include <glib.h>
#include <math.h>
#include <string.h>

#include "scheduler/simulate/hall_events.h"

/* ---- lines ---- */

/* The first in line, after it changed. */
static void line_load(struct hall_engine *e, int queue)
{
    struct line *line = &e->lines[queue];
    if (line->head == line->tail) {
        mask_clear(line->kind == KIND_DEFERRED ? e->waiting_late : e->waiting, queue);
        return;
    }
    const struct call *call = &e->calls[e->fifo[line->head]];
    line->at = call->at;
    line->deadline = line->kind == KIND_DEFERRED ? TICKS_NEVER : deadline_of(call);
}

void line_join(struct hall_engine *e, int32_t index)
{
    const struct call *call = &e->calls[index];
    int queue = call->queue;
    struct line *line = &e->lines[queue];
    int32_t position = line->tail++;
    e->fifo[position] = index;
    cell_of(e, call)->waited++;
    if (position == line->head) {
        mask_set(line->kind == KIND_DEFERRED ? e->waiting_late : e->waiting, queue);
        line_load(e, queue);
    }
    if (line->counted) {
        line->n_waiting++;
        e->n_waiting++;
        if (deadline_of(call) < TICKS_NEVER)
            leaving_push(e, deadline_of(call), queue, position);
    }
    for (int k = line->stage; k < line->stage + line->n_stages; k++) {
        struct stage *stage = &e->stages[k];
        if (stage->pending)
            continue;
        stage->pending = true;
        stage->next = position;
        events_push(&e->events, key_of(MIN(e->now + stage->delay, TICKS_MAX), (uint64_t)(e->n_skills + k)));
    }
}

static void count_leaving(struct hall_engine *e, const struct call *call)
{
    const struct line *line = &e->lines[call->queue];
    struct cell *cell = cell_of(e, call);
    int64_t wait = deadline_of(call) - call->at;
    cell->abandoned++;
    cell->abandoned_in_time += wait <= line->threshold;
    cell->abandoned_short += wait <= line->short_abandon;
    cell->virtual_in_time += e->now - call->at <= line->threshold;
    cell->left += wait;
}

bool line_look(struct hall_engine *e, int queue)
{
    struct line *line = &e->lines[queue];
    while (line->head < line->tail) {
        if (line->deadline > e->now)
            return true;
        count_leaving(e, &e->calls[e->fifo[line->head++]]);
        line_load(e, queue);
    }
    return false;
}

const struct call *line_take(struct hall_engine *e, int queue)
{
    struct line *line = &e->lines[queue];
    int32_t position = line->head++, index = e->fifo[position];
    if (line->counted) {
        leaving_settle(e);
        e->fifo[position] = ~index;
        line->n_waiting--;
        e->n_waiting--;
    }
    line_load(e, queue);
    return &e->calls[index];
}

/* ---- service ---- */

/* The free group that takes a contact; -1: none. */
static inline int route_free(const struct hall_engine *e, const struct route *route)
{
    const uint64_t *mask = e->masks + (size_t)route->mask * e->words;
    for (int level = 0; level < route->n; level++)
        for (size_t w = 0; w < e->words; w++, mask++) {
            uint64_t both = e->idle[w] & *mask;
            if (both != 0)
                return (int)(w * 64) + __builtin_ctzll(both);
        }
    return -1;
}

/* The skill by which a free agent of the group takes the first of a line; -1: there is none they may take. */
static inline int pick(struct hall_engine *e, int group)
{
    const uint64_t *serves = e->serves + (size_t)group * e->queue_words;
    if ((e->waiting[0] & e->desks[group].serves) == 0 && e->queue_words == 1)
        return -1;
    const int32_t *skill_of = e->skill_of + (size_t)group * (size_t)e->hall->n_queues;
    unsigned rule = e->desks[group].rule;
    int best = -1;
    int32_t first = 0;
    double most = 0;
    for (size_t w = 0; w < e->queue_words; w++)
        for (uint64_t left = e->waiting[w] & serves[w]; left != 0; left &= left - 1) {
            int queue = (int)(w * 64) + __builtin_ctzll(left);
            struct line *line = &e->lines[queue];
            if (line->deadline <= e->now && !line_look(e, queue))
                continue;
            const struct skill *skill = &e->skills[skill_of[queue]];
            int64_t wait = e->now - line->at;
            if (wait < skill->delay)
                continue;
            double urgency = (double)wait * line->weight[rule];
            if (best >= 0 && (skill->priority > first || (skill->priority == first && urgency <= most)))
                continue;
            best = skill_of[queue];
            first = skill->priority;
            most = urgency;
        }
    return best;
}

/* When the contact ends: after now, so that its event is behind the one that is worked off. */
static inline int64_t work_until(struct hall_engine *e, struct cell *cell, const struct call *call, int skill)
{
    double ticks = (double)call->work_s * e->skills[skill].ticks_per_s;
    int64_t work = ticks < (double)(TICKS_MAX - e->now) ? MAX((int64_t)ticks, 1) : TICKS_MAX - e->now;
    cell->busy += work;
    return e->now + work;
}

struct cell *line_answer(struct hall_engine *e, const struct call *call)
{
    const struct line *line = &e->lines[call->queue];
    struct cell *cell = cell_of(e, call);
    int64_t wait = e->now - call->at;
    bool in_time = wait <= line->threshold && line->kind != KIND_DEFERRED;
    cell->answered++;
    cell->in_time += in_time;
    cell->virtual_in_time += in_time;
    cell->wait += wait;
    return cell;
}

int64_t hall_take(struct hall_engine *e, int skill)
{
    const struct call *call = line_take(e, e->skills[skill].queue);
    int64_t until = work_until(e, line_answer(e, call), call, skill);
    desk_occupy(e, e->skills[skill].group);
    events_push(&e->events, key_of(until, (uint64_t)skill));
    return until;
}

void hall_serve(struct hall_engine *e, int group)
{
    struct desk *desk = &e->desks[group];
    if (desk->chats)
        chat_serve(e, group);
    else
        for (int skill; desk->free > 0 && (skill = pick(e, group)) >= 0;)
            hall_take(e, skill);
    if (desk->free > desk->spare)
        late_serve(e, group);
}

/* ---- what happens ---- */

static void wait_or_go(struct hall_engine *e, int32_t index)
{
    const struct call *call = &e->calls[index];
    const struct line *line = &e->lines[call->queue];
    if (line->counted && call->patience_s > 0) {
        leaving_settle(e);
        if (line->n_waiting >= line->room || (e->hall->limited && e->n_waiting >= e->hall->room)) {
            cell_of(e, call)->blocked++;
            return;
        }
    }
    line_join(e, index);
}

static inline void arrive(struct hall_engine *e, int32_t index)
{
    const struct call *call = &e->calls[index];
    const struct line *line = &e->lines[call->queue];
    if (line->kind == KIND_DEFERRED) {
        late_arrive(e, index);
        return;
    }
    uint64_t some = e->idle[0] & line->some;
    int group = -1;
    if (some != 0)
        group = __builtin_ctzll(some);
    else if (line->more)
        group = route_free(e, &e->routes[line->route]);
    if (group >= 0) {
        struct cell *cell = cell_of(e, call);
        int skill = e->skill_of[(size_t)group * (size_t)e->hall->n_queues + (size_t)call->queue];
        cell->at_once++;
        desk_occupy(e, group);
        events_push(&e->events, key_of(work_until(e, cell, call, skill), (uint64_t)skill));
    } else if (line->kind == KIND_CHAT && chat_try(e, call->queue, 0)) {
        cell_of(e, call)->at_once++;
    } else {
        wait_or_go(e, index);
    }
}

static inline void end_contact(struct hall_engine *e, int group)
{
    struct desk *desk = &e->desks[group];
    int skill = desk->free >= 0 && !desk->chats ? pick(e, group) : -1;
    if (skill >= 0) {
        const struct call *call = line_take(e, e->skills[skill].queue);
        events_push(&e->events, key_of(work_until(e, line_answer(e, call), call, skill), (uint64_t)skill));
        events_pop(&e->events);
        return;
    }
    events_pop(&e->events);
    desk_release(e, group);
    if (desk->chats || desk->free > desk->spare)
        hall_serve(e, group);
}

/* A contact of an immediate queue, at `position`, has waited long enough for the groups of the stage. If
   others of its queue are in front of it, all these groups are busy: they would have taken those. */
static void try_again(struct hall_engine *e, struct stage *stage, int32_t position)
{
    const struct line *line = &e->lines[stage->queue];
    int32_t first = MAX(stage->alive, line->head);
    while (first < position && deadline_of(&e->calls[e->fifo[first]]) <= e->now)
        first++;
    stage->alive = first;
    if (first != position || deadline_of(&e->calls[e->fifo[position]]) <= e->now)
        return;
    int group = line->kind == KIND_VOICE ? route_free(e, &e->routes[stage->route]) : -1;
    if (group >= 0) {
        line_look(e, stage->queue);
        hall_take(e, e->skill_of[(size_t)group * (size_t)e->hall->n_queues + (size_t)stage->queue]);
    } else if (line->kind == KIND_CHAT && chat_try(e, stage->queue, stage->delay)) {
        line_look(e, stage->queue);
        line_answer(e, line_take(e, stage->queue));
    }
}

static void overflow(struct hall_engine *e, int k)
{
    struct stage *stage = &e->stages[k];
    const struct line *line = &e->lines[stage->queue];
    int32_t position = stage->next;
    events_pop(&e->events);
    if (line->kind != KIND_DEFERRED)
        try_again(e, stage, position);
    else if (position == line->head)
        late_try(e, stage->queue, stage->route);
    stage->next = MAX(position + 1, line->head);
    stage->pending = stage->next < line->tail;
    if (stage->pending)
        events_push(&e->events, key_of(MIN(e->calls[e->fifo[stage->next]].at + stage->delay, TICKS_MAX),
                                       (uint64_t)(e->n_skills + k)));
}

/* Agents' time with a contact in the interval that ends now. */
static void close_interval(struct hall_engine *e, int32_t iv)
{
    for (int g = 0; g < e->hall->n_groups; g++) {
        struct desk *desk = &e->desks[g];
        int64_t running = (desk->staff - desk->free) * e->now;
        if (e->result->busy_s != NULL)
            e->result->busy_s[(size_t)e->group_of[g] * (size_t)e->hall->grid.n + (size_t)iv] =
                ticks_s(desk->busy + running);
        desk->busy = -running;
    }
    if (e->deferred && e->result->waiting != NULL)
        late_close(e, iv);
}

static void open_interval(struct hall_engine *e, int32_t iv)
{
    chat_interval(e, iv);
    late_interval(e, iv);
    for (int g = 0; g < e->hall->n_groups; g++) {
        struct desk *desk = &e->desks[g];
        int32_t staff = e->hall->groups[e->group_of[g]].staff[iv];
        e->changes += staff != desk->staff;
        desk->free += staff - desk->staff;
        desk->staff = staff;
        if (desk->free > 0)
            mask_set(e->idle, g);
        else
            mask_clear(e->idle, g);
        if (desk->free > desk->spare)
            mask_set(e->spare, g);
        else
            mask_clear(e->spare, g);
    }
    for (int g = 0; g < e->hall->n_groups; g++)
        hall_serve(e, g);
}

static void next_interval(struct hall_engine *e)
{
    e->now = (int64_t)(e->boundary >> ID_BITS);
    int32_t iv = (int32_t)(e->now / e->interval);
    if (iv > 0)
        close_interval(e, iv - 1);
    e->boundary = iv < e->hall->grid.n ? key_of(e->now + e->interval, 0) : KEY_NONE;
    if (iv < e->hall->grid.n)
        open_interval(e, iv);
    else
        late_finish(e);
}

/* Who still waits leaves, or waits for ever. */
static void go_home(struct hall_engine *e)
{
    e->now = TICKS_MAX;
    for (int q = 0; q < e->hall->n_queues; q++)
        for (struct line *line = &e->lines[q]; line->kind != KIND_DEFERRED && line->head < line->tail;
             line->head++) {
            const struct call *call = &e->calls[e->fifo[line->head]];
            if (deadline_of(call) < TICKS_NEVER)
                count_leaving(e, call);
        }
}

static struct hall_count count_of(const struct cell *cell)
{
    return (struct hall_count){.offered = cell->at_once + cell->waited + cell->blocked,
                               .answered = cell->at_once + cell->answered,
                               .in_time = cell->at_once + cell->in_time,
                               .abandoned = cell->abandoned,
                               .abandoned_in_time = cell->abandoned_in_time,
                               .abandoned_short = cell->abandoned_short,
                               .virtual_in_time = cell->at_once + cell->virtual_in_time,
                               .waited = cell->waited,
                               .blocked = cell->blocked,
                               .wait_s = ticks_s(cell->wait),
                               .left_s = ticks_s(cell->left),
                               .busy_s = ticks_s(cell->busy),
                               .undecided = cell->undecided};
}

static void fill_result(struct hall_engine *e, const struct calls *calls)
{
    struct hall_result *result = e->result;
    size_t n = (size_t)e->hall->grid.n, nq = (size_t)e->hall->n_queues;
    result->events = calls->n + e->changes;
    for (size_t q = 0; q < nq; q++)
        for (size_t iv = 0; iv <= n; iv++) {
            struct hall_count count = count_of(&e->cells[iv * nq + q]);
            result->events += count.answered + count.abandoned;
            if (iv < n)
                result->counts[q * n + iv] = count;
            else if (result->backlog != NULL)
                result->backlog[q] = count;
        }
}

void hall_run(struct hall_engine *e, const struct calls *calls, uint64_t seed, struct hall_result *result)
{
    e->result = result;
    hall_reset(e, calls);
    chat_start(e, seed);
    if (result->waiting != NULL)
        memset(result->waiting, 0,
               (size_t)e->hall->n_queues * (size_t)e->hall->grid.n * sizeof *result->waiting);
    int32_t index = 0;
    uint64_t arrival = calls->n > 0 ? key_of(calls->call[0].at, ID_MASK) : KEY_NONE;
    for (;;) {
        uint64_t end = events_top(&e->events), next = MIN(end, arrival);
        if (next >= e->boundary) {
            if (e->boundary == KEY_NONE)
                break;
            next_interval(e);
            continue;
        }
        e->now = (int64_t)(next >> ID_BITS);
        if (end < arrival) {
            int id = (int)(end & ID_MASK);
            if (id < e->n_skills)
                end_contact(e, e->skills[id].group);
            else if (id < e->n_skills + e->n_stages)
                overflow(e, id - e->n_skills);
            else
                chat_end(e, id - e->n_skills - e->n_stages, end);
        } else {
            arrive(e, index++);
            arrival = index < calls->n ? key_of(calls->call[index].at, ID_MASK) : KEY_NONE;
        }
    }
    go_home(e);
    fill_result(e, calls);
}
