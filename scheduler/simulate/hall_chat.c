#include <glib.h>
#include <math.h>

#include "scheduler/simulate/hall_events.h"

/* Ends per tick of an agent with each number of chats, in the present interval; false: as before. */
static bool set_level_rates(struct hall_engine *e, struct bank *bank)
{
    const struct hall_queue *queue = &e->hall->queues[bank->queue];
    bool changed = false;
    for (int j = 1; j <= bank->concurrency; j++) {
        double aht_s = queue->level_aht_s != NULL ? queue->level_aht_s[j - 1] : queue->aht_s[e->iv];
        double rate = j / (MAX(aht_s, 1e-3) * bank->ticks_per_s);
        changed |= rate < bank->level_rate[j] || rate > bank->level_rate[j];
        bank->level_rate[j] = rate;
    }
    return changed;
}

/* Brings hazard and busy time up to now. */
static void settle(struct hall_engine *e, struct bank *bank)
{
    int64_t passed = e->now - bank->at;
    if (passed > 0 && bank->rate > 0) {
        int64_t chats = 0;
        for (int j = 1; j <= bank->concurrency; j++)
            chats += (int64_t)j * bank->level[j];
        e->cells[(size_t)e->iv * (size_t)e->hall->n_queues + (size_t)bank->queue].busy +=
            passed * chats / bank->concurrency;
        bank->hazard = MAX(bank->hazard - (double)passed * bank->rate, 0);
    }
    bank->at = e->now;
}

/* The rate of the bank after its levels or its handling times have changed, and when its next chat ends. An
   event that was put down before is passed over when it comes. */
static void set_rate(struct hall_engine *e, struct bank *bank)
{
    double rate = 0;
    for (int j = 1; j <= bank->concurrency; j++)
        if (bank->level[j] > 0)
            rate += bank->level[j] * bank->level_rate[j];
    bank->rate = rate;
    bank->event = KEY_NONE;
    double left = rate > 0 ? bank->hazard / rate : INFINITY;
    if (left >= (double)(TICKS_MAX - e->now))
        return;
    bank->event =
        key_of(e->now + (int64_t)left, (uint64_t)(e->n_skills + e->n_stages + (int)(bank - e->banks)));
    events_push(&e->events, bank->event);
}

static double exponential(struct random *random)
{
    return -log1p(-random_uniform(random));
}

void chat_start(struct hall_engine *e, uint64_t seed)
{
    random_seed(&e->random, seed);
    for (int b = 0; b < e->n_banks; b++) {
        struct bank *bank = &e->banks[b];
        for (int j = 0; j <= bank->concurrency; j++)
            bank->level[j] = 0;
        bank->hazard = exponential(&e->random);
        bank->rate = 0;
        bank->at = 0;
        bank->event = KEY_NONE;
    }
}

/* Least number of chats an agent with room for one more has; concurrency when nobody has room. */
static int room(const struct bank *bank)
{
    int level = 1;
    while (level < bank->concurrency && bank->level[level] == 0)
        level++;
    return level;
}

/* An agent with `level` chats gets one more; 0: a free agent. */
static void begin(struct hall_engine *e, const struct skill *skill, int level)
{
    struct bank *bank = &e->banks[skill->bank];
    settle(e, bank);
    if (level > 0)
        bank->level[level]--;
    else
        desk_occupy(e, skill->group);
    bank->level[level + 1]++;
    set_rate(e, bank);
}

/* The first skill of the queue with a free agent; `alone`: who serves nothing else. */
static const struct skill *free_skill(const struct hall_engine *e, int queue, int64_t waited, bool alone)
{
    const int32_t *order = e->order + (size_t)queue * (size_t)e->hall->n_groups;
    for (int k = 0; k < e->n_order[queue]; k++) {
        const struct skill *skill = &e->skills[order[k]];
        const struct desk *desk = &e->desks[skill->group];
        if (desk->free > 0 && skill->delay <= waited && (!alone || desk->n_queues == 1))
            return skill;
    }
    return NULL;
}

/* The skill of the agents in chats with most room for one more. */
static const struct skill *chatting_skill(const struct hall_engine *e, int queue, int64_t waited, int *level)
{
    const int32_t *order = e->order + (size_t)queue * (size_t)e->hall->n_groups;
    const struct skill *best = NULL;
    *level = e->hall->queues[queue].concurrency;
    for (int k = 0; k < e->n_order[queue]; k++) {
        const struct skill *skill = &e->skills[order[k]];
        int least = room(&e->banks[skill->bank]);
        if (e->desks[skill->group].free < 0 || least >= *level || skill->delay > waited)
            continue;
        best = skill;
        *level = least;
    }
    return best;
}

bool chat_try(struct hall_engine *e, int queue, int64_t waited)
{
    int level = 0;
    const struct skill *skill = free_skill(e, queue, waited, true);
    if (skill == NULL)
        skill = chatting_skill(e, queue, waited, &level);
    if (skill == NULL) {
        level = 0;
        skill = free_skill(e, queue, waited, false);
    }
    if (skill != NULL)
        begin(e, skill, level);
    return skill != NULL;
}

/* The skill by which the group takes the first of a line; NULL: none. `level` as in begin. */
static const struct skill *pick(struct hall_engine *e, int group, int *level)
{
    const struct desk *desk = &e->desks[group];
    const struct skill *best = NULL;
    double most = 0;
    for (int k = 0; k < desk->n_skills; k++) {
        const struct skill *skill = &e->skills[desk->skill + k];
        struct line *line = &e->lines[skill->queue];
        int least = desk->free > 0 ? 0 : skill->bank >= 0 ? room(&e->banks[skill->bank]) : -1;
        if (least < 0 || line->kind == KIND_DEFERRED || !mask_has(e->waiting, skill->queue) ||
            (skill->bank >= 0 && least == e->banks[skill->bank].concurrency) || !line_look(e, skill->queue))
            continue;
        int64_t wait = e->now - line->at;
        double urgency = (double)wait * line->weight[desk->rule];
        if (wait < skill->delay || (best != NULL && (skill->priority > best->priority ||
                                                     (skill->priority == best->priority && urgency <= most))))
            continue;
        best = skill;
        most = urgency;
        *level = least;
    }
    return best;
}

void chat_serve(struct hall_engine *e, int group)
{
    const struct desk *desk = &e->desks[group];
    int level = 0;
    for (const struct skill *skill; desk->free >= 0 && (skill = pick(e, group, &level)) != NULL;) {
        if (skill->bank < 0) {
            hall_take(e, (int)(skill - e->skills));
            continue;
        }
        line_answer(e, line_take(e, skill->queue));
        begin(e, skill, level);
    }
}

void chat_end(struct hall_engine *e, int b, uint64_t event)
{
    struct bank *bank = &e->banks[b];
    events_pop(&e->events);
    if (bank->event != event)
        return;
    settle(e, bank);
    double at = random_uniform(&e->random) * bank->rate;
    int level = 0;
    for (int j = 1; j <= bank->concurrency && at >= 0; j++)
        if (bank->level[j] > 0) {
            level = j;
            at -= bank->level[j] * bank->level_rate[j];
        }
    bank->level[level]--;
    if (level > 1)
        bank->level[level - 1]++;
    else
        desk_release(e, bank->group);
    bank->hazard = exponential(&e->random);
    set_rate(e, bank);
    hall_serve(e, bank->group);
}

void chat_interval(struct hall_engine *e, int32_t iv)
{
    for (int b = 0; b < e->n_banks; b++)
        settle(e, &e->banks[b]);
    e->iv = iv;
    for (int b = 0; b < e->n_banks; b++)
        if (set_level_rates(e, &e->banks[b]))
            set_rate(e, &e->banks[b]);
}
