#include "scheduler/simulate/hall.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/random.h"

/* A contact that ends. */
struct ending {
    double at_s;
    int32_t group;
};

/* Chats of one queue with one group: how many agents have 1, 2, … of them. The next end is when the running
   sum of rates has grown by an exponential. */
struct bank {
    int group, queue;
    int *level; /* concurrency + 1; [0] not used */
    int concurrency;
    double hazard; /* left until the next end */
    double rate;   /* per second, now */
    double at_s;   /* up to when hazard is counted */
};

struct run {
    const struct hall *hall;
    const struct calls *calls;
    struct hall_count *counts;
    struct random random;
    double now_s;
    int32_t iv;       /* whose staff is on */
    int *busy;        /* per group */
    int *staff;       /* per group, now */
    int *head, *tail; /* per queue, of its line; -1 = empty */
    int *next;        /* per call */
    int n_waiting;
    int **order; /* per queue: groups that serve it, fewest skills first */
    int *n_order;
    struct ending *heap;
    int n_heap, size_heap;
    struct bank *banks;
    int n_banks;
    int *bank; /* n_groups × n_queues: its index, -1 none */
};

/* ---- endings, a binary heap ---- */

static void push_ending(struct run *run, double at_s, int group)
{
    if (run->n_heap == run->size_heap) {
        run->size_heap = MAX(256, 2 * run->size_heap);
        run->heap = g_renew(struct ending, run->heap, run->size_heap);
    }
    int k = run->n_heap++;
    for (; k > 0 && run->heap[(k - 1) / 2].at_s > at_s; k = (k - 1) / 2)
        run->heap[k] = run->heap[(k - 1) / 2];
    run->heap[k] = (struct ending){at_s, group};
}

static struct ending pop_ending(struct run *run)
{
    struct ending first = run->heap[0], last = run->heap[--run->n_heap];
    int k = 0;
    for (;;) {
        int child = 2 * k + 1;
        if (child >= run->n_heap)
            break;
        child += child + 1 < run->n_heap && run->heap[child + 1].at_s < run->heap[child].at_s;
        if (run->heap[child].at_s >= last.at_s)
            break;
        run->heap[k] = run->heap[child];
        k = child;
    }
    run->heap[k] = last;
    return first;
}

/* ---- lines ---- */

static struct hall_count *count_of(struct run *run, const struct call *call)
{
    return &run->counts[(size_t)call->queue * (size_t)run->hall->grid.n + (size_t)call->iv];
}

static void count_leaving(struct run *run, const struct call *call)
{
    const struct hall_queue *queue = &run->hall->queues[call->queue];
    struct hall_count *count = count_of(run, call);
    count->abandoned++;
    count->abandoned_in_time += call->patience_s <= queue->threshold_s;
    count->abandoned_short += call->patience_s <= queue->short_abandon_s;
    count->virtual_in_time += run->now_s - call->arrives_s <= queue->threshold_s;
}

/* Who is first in line and still there; -1 when nobody. */
static int first_waiting(struct run *run, int queue)
{
    while (run->head[queue] >= 0) {
        const struct call *call = &run->calls->call[run->head[queue]];
        if (call->arrives_s + call->patience_s > run->now_s)
            break;
        count_leaving(run, call);
        run->head[queue] = run->next[run->head[queue]];
        run->n_waiting--;
    }
    return run->head[queue];
}

static void join_line(struct run *run, int call)
{
    int queue = run->calls->call[call].queue;
    run->next[call] = -1;
    if (run->head[queue] < 0)
        run->head[queue] = call;
    else
        run->next[run->tail[queue]] = call;
    run->tail[queue] = call;
    run->n_waiting++;
}

/* ---- chats ---- */

static double level_aht(const struct run *run, const struct bank *bank, int level)
{
    const struct hall_queue *queue = &run->hall->queues[bank->queue];
    if (queue->level_aht_s != NULL)
        return queue->level_aht_s[level - 1];
    return MAX(queue->aht_s[MIN(run->iv, run->hall->grid.n - 1)], 1e-3);
}

/* Brings hazard and busy time up to now. */
static void bank_settle(struct run *run, struct bank *bank)
{
    double passed_s = run->now_s - bank->at_s;
    if (passed_s > 0 && bank->rate > 0) {
        int chats = 0;
        for (int j = 1; j <= bank->concurrency; j++)
            chats += j * bank->level[j];
        size_t iv = (size_t)MIN(run->iv, run->hall->grid.n - 1);
        run->counts[(size_t)bank->queue * (size_t)run->hall->grid.n + iv].busy_s +=
            passed_s * chats / bank->concurrency;
        bank->hazard = MAX(bank->hazard - passed_s * bank->rate, 0);
    }
    bank->at_s = run->now_s;
}

static void bank_rate(struct run *run, struct bank *bank)
{
    bank->rate = 0;
    for (int j = 1; j <= bank->concurrency; j++)
        if (bank->level[j] > 0)
            bank->rate += bank->level[j] * j / level_aht(run, bank, j);
}

static double bank_next_s(const struct bank *bank)
{
    return bank->rate > 0 ? bank->at_s + bank->hazard / bank->rate : INFINITY;
}

/* Least number of chats an agent with room for one more has; concurrency when nobody has room. */
static int bank_room(const struct bank *bank)
{
    int level = 1;
    while (level < bank->concurrency && bank->level[level] == 0)
        level++;
    return level;
}

static void bank_add(struct run *run, struct bank *bank, int level)
{
    bank_settle(run, bank);
    if (level > 0)
        bank->level[level]--;
    bank->level[level + 1]++;
    bank_rate(run, bank);
}

static struct bank *bank_of(struct run *run, int group, int queue)
{
    int bank = run->bank[group * run->hall->n_queues + queue];
    return bank >= 0 ? &run->banks[bank] : NULL;
}

/* ---- service ---- */

static double speed_of(const struct hall_group *group, int queue)
{
    for (int k = 0; k < group->n_queues; k++)
        if (group->queues[k] == queue)
            return group->speed[k];
    return 1;
}

/* `level`: chats the agent has already; 0 and not a chat: a free agent. */
static void start_contact(struct run *run, int index, int group, int level)
{
    const struct call *call = &run->calls->call[index];
    struct hall_count *count = count_of(run, call);
    double wait_s = run->now_s - call->arrives_s;
    bool in_time = wait_s <= run->hall->queues[call->queue].threshold_s;
    count->answered++;
    count->in_time += in_time;
    count->virtual_in_time += in_time;
    count->wait_s += wait_s;
    run->busy[group] += level == 0;
    struct bank *bank = bank_of(run, group, call->queue);
    if (bank != NULL) {
        bank_add(run, bank, level);
        return;
    }
    double work_s = call->work_s / speed_of(&run->hall->groups[group], call->queue);
    count->busy_s += work_s;
    push_ending(run, run->now_s + work_s, group);
}

static void leave_line(struct run *run, int queue)
{
    run->head[queue] = run->next[run->head[queue]];
    run->n_waiting--;
}

/* Gives what capacity the group has to those who wait for it, the longest wait first, as a share of the
   queue's threshold. */
static void serve(struct run *run, int group)
{
    const struct hall_group *who = &run->hall->groups[group];
    while (run->n_waiting > 0 && run->busy[group] <= run->staff[group]) {
        bool idle = run->busy[group] < run->staff[group];
        int best = -1, level = 0;
        double most = -1;
        for (int k = 0; k < who->n_queues; k++) {
            int queue = who->queues[k];
            struct bank *bank = bank_of(run, group, queue);
            int room = idle ? 0 : bank != NULL ? bank_room(bank) : -1;
            if (room < 0 || (bank != NULL && room == bank->concurrency))
                continue;
            int first = first_waiting(run, queue);
            double urgency = first < 0 ? -1
                                       : (run->now_s - run->calls->call[first].arrives_s + 1e-3) /
                                             MAX(run->hall->queues[queue].threshold_s, 1);
            if (urgency > most) {
                most = urgency;
                best = queue;
                level = room;
            }
        }
        if (best < 0)
            return;
        int call = run->head[best];
        leave_line(run, best);
        start_contact(run, call, group, level);
    }
}

/* A free agent of the first group in line that has one; `alone`: only groups of this queue alone. */
static int free_group(const struct run *run, int queue, bool alone)
{
    for (int k = 0; k < run->n_order[queue]; k++) {
        int group = run->order[queue][k];
        if (run->busy[group] < run->staff[group] && (!alone || run->hall->groups[group].n_queues == 1))
            return group;
    }
    return -1;
}

/* The group whose agents in chats have most room for one more; -1 when none has. */
static int chatting_group(struct run *run, int queue, int *level)
{
    int best = -1;
    *level = run->hall->queues[queue].concurrency;
    for (int k = 0; k < run->n_order[queue]; k++) {
        int group = run->order[queue][k], room = bank_room(bank_of(run, group, queue));
        if (run->busy[group] > run->staff[group] || room >= *level)
            continue;
        best = group;
        *level = room;
    }
    return best;
}

/* A chat goes to a free agent who does nothing else, then to one with room, and only then to a free agent
 * whom other queues need, too. */
static void arrive(struct run *run, int index)
{
    int queue = run->calls->call[index].queue, level = 0;
    bool chat = run->hall->queues[queue].concurrency > 1;
    count_of(run, &run->calls->call[index])->offered++;
    int group = free_group(run, queue, chat);
    if (group < 0 && chat) {
        group = chatting_group(run, queue, &level);
        if (group < 0) {
            level = 0;
            group = free_group(run, queue, false);
        }
    }
    if (group < 0)
        join_line(run, index);
    else
        start_contact(run, index, group, level);
}

static void end_contact(struct run *run)
{
    int group = pop_ending(run).group;
    run->busy[group]--;
    serve(run, group);
}

static void end_chat(struct run *run, struct bank *bank)
{
    bank_settle(run, bank);
    double at = random_uniform(&run->random) * bank->rate;
    int level = 0;
    for (int j = 1; j <= bank->concurrency && at >= 0; j++)
        if (bank->level[j] > 0) {
            level = j;
            at -= bank->level[j] * j / level_aht(run, bank, j);
        }
    bank->level[level]--;
    if (level > 1)
        bank->level[level - 1]++;
    else
        run->busy[bank->group]--;
    bank->hazard = -log1p(-random_uniform(&run->random));
    bank_rate(run, bank);
    serve(run, bank->group);
}

static void start_interval(struct run *run, int32_t iv)
{
    for (int b = 0; b < run->n_banks; b++)
        bank_settle(run, &run->banks[b]);
    run->iv = iv;
    for (int g = 0; g < run->hall->n_groups; g++)
        run->staff[g] = run->hall->groups[g].staff[iv];
    for (int b = 0; b < run->n_banks; b++)
        bank_rate(run, &run->banks[b]);
    for (int g = 0; g < run->hall->n_groups; g++)
        serve(run, g);
}

/* ---- the whole ---- */

static void set_up(struct run *run)
{
    const struct hall *hall = run->hall;
    int nq = hall->n_queues, ng = hall->n_groups;
    run->busy = g_new0(int, ng + 1);
    run->staff = g_new0(int, ng + 1);
    run->head = g_new(int, nq + 1);
    run->tail = g_new(int, nq + 1);
    run->next = g_new(int, run->calls->n + 1);
    run->order = g_new0(int *, nq + 1);
    run->n_order = g_new0(int, nq + 1);
    run->bank = g_new(int, (size_t)ng *(size_t)nq + 1);
    run->banks = g_new0(struct bank, (size_t)ng * (size_t)nq + 1);
    for (int i = 0; i < ng * nq; i++)
        run->bank[i] = -1;
    for (int q = 0; q < nq; q++) {
        run->head[q] = -1;
        run->order[q] = g_new(int, ng + 1);
    }
    for (int g = 0; g < ng; g++)
        for (int k = 0; k < hall->groups[g].n_queues; k++) {
            int q = hall->groups[g].queues[k], at = run->n_order[q]++;
            for (; at > 0 && hall->groups[run->order[q][at - 1]].n_queues > hall->groups[g].n_queues; at--)
                run->order[q][at] = run->order[q][at - 1];
            run->order[q][at] = g;
            int concurrency = hall->queues[q].concurrency;
            if (concurrency <= 1)
                continue;
            run->bank[g * nq + q] = run->n_banks;
            run->banks[run->n_banks++] = (struct bank){.group = g,
                                                       .queue = q,
                                                       .level = g_new0(int, concurrency + 1),
                                                       .concurrency = concurrency,
                                                       .hazard = -log1p(-random_uniform(&run->random))};
        }
}

static void tear_down(struct run *run)
{
    for (int q = 0; q < run->hall->n_queues; q++)
        g_free(run->order[q]);
    for (int b = 0; b < run->n_banks; b++)
        g_free(run->banks[b].level);
    void *const owned[] = {run->busy,  run->staff,   run->head, run->tail,  run->next,
                           run->order, run->n_order, run->bank, run->banks, run->heap};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
}

void hall_run(const struct hall *hall, const struct calls *calls, uint64_t seed, struct hall_count *counts)
{
    struct run run = {.hall = hall, .calls = calls, .counts = counts};
    memset(counts, 0, (size_t)hall->n_queues * (size_t)hall->grid.n * sizeof *counts);
    random_seed(&run.random, seed);
    set_up(&run);
    int next_call = 0;
    int32_t next_iv = 0;
    for (;;) {
        double interval_s = next_iv < hall->grid.n ? (double)next_iv * hall->grid.interval_s : INFINITY;
        double call_s = next_call < calls->n ? calls->call[next_call].arrives_s : INFINITY;
        double end_s = run.n_heap > 0 ? run.heap[0].at_s : INFINITY, chat_s = INFINITY;
        struct bank *chat = NULL;
        for (int b = 0; b < run.n_banks; b++) {
            double at_s = bank_next_s(&run.banks[b]);
            if (at_s < chat_s) {
                chat_s = at_s;
                chat = &run.banks[b];
            }
        }
        run.now_s = MIN(MIN(interval_s, call_s), MIN(end_s, chat_s));
        if (run.now_s == INFINITY)
            break;
        if (run.now_s >= interval_s)
            start_interval(&run, next_iv++);
        else if (run.now_s >= end_s)
            end_contact(&run);
        else if (chat != NULL && run.now_s >= chat_s)
            end_chat(&run, chat);
        else
            arrive(&run, next_call++);
    }
    run.now_s = INFINITY; /* who still waits leaves, or waits for ever */
    for (int q = 0; q < hall->n_queues; q++)
        while (run.head[q] >= 0) {
            if (calls->call[run.head[q]].patience_s < INFINITY)
                count_leaving(&run, &calls->call[run.head[q]]);
            run.head[q] = run.next[run.head[q]];
        }
    tear_down(&run);
}
