#include "scheduler/roster/worth.h"

#include <math.h>
#include <string.h>

#define STAFF_EPS 1e-12
#define MEMO_SLOTS 32 /* remembered staffings per interval, … */
#define MEMO_SETS 64  /* … up to so many skill sets */
#define NONE ((size_t)-1)
#define START 0.25 /* first multipliers, of the price of a missing contact */

struct worth {
    const struct roster_model *model;
    int n_sets, n_queues;
    struct piece *pieces; /* by interval, each sorted by falling value */
    int *first;           /* n_iv + 1 */
    double *total;        /* n_iv */
    const struct sla_row *rows;
    int n_rows;
    double *multipliers;    /* n_rows */
    int n_contacts;         /* n_queues, 0 without rows */
    const double *answered; /* n_contacts: of the last staffing asked for */
    int **servers;          /* per queue: sets that serve it */
    int *n_servers;
    /* one transport */
    double *rest;    /* n_sets: time not yet given */
    double *flow;    /* n_sets × n_queues */
    double *served;  /* n_queues */
    int extra_queue; /* 1 + the queue that has one more agent of its own, who takes its best; 0 = none */
    bool *closed;    /* n_queues: nothing more can reach it */
    int *from_queue, *via; /* search tree: queue we came from, set that links them */
    int *open;             /* its list */
    /* the allocation that stands: of the entry of the memory, -1 = none */
    size_t standing;
    double *base_flow, *base_rest, *base_room;
    int *base_next;
    int *next;    /* n_queues: its dearest piece with room, -1 = all are full */
    double *room; /* … and that room */
    int *follows; /* by piece: the next of its queue in the interval, -1 = none */
    /* memory of staffings, direct mapped: value, gains (NAN = not asked for yet) and contacts */
    size_t n_entries, stride;
    int *entry_iv;    /* n_entries, -1 = empty */
    int *entry_count; /* n_entries × n_sets */
    double *known;    /* n_entries × stride */
};

int piece_compare(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    if (x->queue != y->queue)
        return x->queue - y->queue;
    if (x->plain != y->plain)
        return x->plain > y->plain ? -1 : 1;
    return (x->gain < y->gain) - (x->gain > y->gain);
}

/* The row an interval of a queue belongs to, -1 when to none. first: of each queue, and n_rows behind. */
static int row_of(const struct demand *demand, const int *first, int queue, int iv)
{
    for (int r = first[queue]; r < first[queue + 1]; r++)
        if (iv >= demand->rows[r].from_iv && iv < demand->rows[r].to_iv)
            return r;
    return -1;
}

static void price_interval(struct worth *worth, int iv)
{
    int n = worth->first[iv + 1] - worth->first[iv];
    struct piece *piece = worth->pieces + worth->first[iv];
    worth->total[iv] = 0;
    for (int k = 0; k < n; k++) {
        piece[k].value =
            piece[k].plain + (piece[k].row >= 0 ? worth->multipliers[piece[k].row] * piece[k].gain : 0);
        worth->total[iv] += piece[k].width * piece[k].value;
    }
    qsort(piece, (size_t)n, sizeof *piece, piece_compare);
    for (int q = 0; q < worth->n_queues; q++)
        worth->next[q] = -1;
    for (int k = worth->first[iv + 1] - 1; k >= worth->first[iv]; k--) {
        worth->follows[k] = worth->next[worth->pieces[k].queue];
        worth->next[worth->pieces[k].queue] = k;
    }
}

static void collect_pieces(struct worth *worth)
{
    const struct demand *demand = &worth->model->problem->demand;
    GArray *pieces = g_array_sized_new(FALSE, FALSE, sizeof(struct piece), 1);
    g_autofree int *first_row = g_new0(int, demand->n_queues + 2);
    for (int r = 0; r < demand->n_rows; r++)
        first_row[demand->rows[r].queue + 1] = r + 1;
    for (int queue = 0; queue < demand->n_queues; queue++)
        first_row[queue + 1] = MAX(first_row[queue + 1], first_row[queue]);
    for (int iv = 0; iv < worth->model->n_iv; iv++) {
        worth->first[iv] = (int)pieces->len;
        for (int queue = 0; queue < demand->n_queues; queue++) {
            int row = row_of(demand, first_row, queue, iv);
            for (int k = 0; k < demand->n_pieces; k++) {
                size_t at = DEMAND_PIECE(demand, queue, iv, k);
                struct piece piece = {
                    queue, row, demand->width[at], 0, demand->value[at], row >= 0 ? demand->gain[at] : 0};
                if (piece.width > 0 && (piece.plain > 0 || piece.gain > 0))
                    g_array_append_val(pieces, piece);
            }
        }
    }
    worth->first[worth->model->n_iv] = (int)pieces->len;
    worth->follows = g_new0(int, pieces->len + 1);
    worth->pieces = (struct piece *)(void *)g_array_free(pieces, FALSE);
    for (int iv = 0; iv < worth->model->n_iv; iv++)
        price_interval(worth, iv);
}

static void make_memory(struct worth *worth)
{
    worth->n_entries = worth->n_sets <= MEMO_SETS ? (size_t)worth->model->n_iv * MEMO_SLOTS : 1;
    worth->stride = (size_t)(1 + worth->n_sets + worth->n_contacts);
    worth->entry_iv = g_new(int, worth->n_entries + 1);
    worth->entry_count = g_new0(int, worth->n_entries *(size_t)worth->n_sets + 1);
    worth->known = g_new0(double, worth->n_entries * worth->stride + 1);
}

static void forget(struct worth *worth)
{
    worth->standing = NONE;
    for (size_t i = 0; i < worth->n_entries; i++)
        worth->entry_iv[i] = -1;
}

struct worth *worth_new(const struct roster_model *model)
{
    struct worth *worth = g_new0(struct worth, 1);
    int nq = model->problem->demand.n_queues, ns = model->n_sets;
    worth->model = model;
    worth->n_sets = ns;
    worth->n_queues = nq;
    worth->rows = model->problem->demand.rows;
    worth->n_rows = model->problem->demand.n_rows;
    worth->n_contacts = worth->n_rows > 0 ? nq : 0;
    worth->multipliers = g_new0(double, worth->n_rows + 1);
    for (int r = 0; r < worth->n_rows; r++)
        worth->multipliers[r] = START * worth->rows[r].price;
    worth->first = g_new0(int, model->n_iv + 1);
    worth->total = g_new0(double, model->n_iv + 1);
    worth->rest = g_new0(double, ns + 1);
    worth->flow = g_new0(double, (size_t)ns *(size_t)nq + 1);
    worth->served = g_new0(double, nq + 1);
    worth->base_rest = g_new0(double, ns + 1);
    worth->base_room = g_new0(double, nq + 1);
    worth->base_next = g_new0(int, nq + 1);
    worth->room = g_new0(double, nq + 1);
    worth->next = g_new0(int, nq + 1);
    worth->base_flow = g_new0(double, (size_t)ns *(size_t)nq + 1);
    worth->closed = g_new0(bool, nq + 1);
    worth->from_queue = g_new0(int, nq + 1);
    worth->via = g_new0(int, nq + 1);
    worth->open = g_new0(int, nq + 1);
    worth->servers = g_new0(int *, nq + 1);
    worth->n_servers = g_new0(int, nq + 1);
    for (int s = 0; s < ns; s++)
        for (int i = 0; i < model->sets[s].n_queues; i++) {
            int q = model->sets[s].queues[i];
            worth->servers[q] = g_renew(int, worth->servers[q], worth->n_servers[q] + 1);
            worth->servers[q][worth->n_servers[q]++] = s;
        }
    collect_pieces(worth);
    make_memory(worth);
    forget(worth);
    return worth;
}

void worth_free(struct worth *worth)
{
    if (worth == NULL)
        return;
    for (int q = 0; q < worth->n_queues; q++)
        g_free(worth->servers[q]);
    void *const owned[] = {worth->pieces,    worth->first,       worth->total,     worth->servers,
                           worth->n_servers, worth->rest,        worth->flow,      worth->served,
                           worth->closed,    worth->from_queue,  worth->via,       worth->open,
                           worth->entry_iv,  worth->entry_count, worth->known,     worth->multipliers,
                           worth->base_flow, worth->base_rest,   worth->base_room, worth->base_next,
                           worth->next,      worth->room,        worth->follows};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(worth);
}

const struct piece *worth_pieces(const struct worth *worth, int iv, int *n)
{
    *n = worth->first[iv + 1] - worth->first[iv];
    return worth->pieces + worth->first[iv];
}

double worth_total(const struct worth *worth, int iv)
{
    return worth->total[iv];
}

const double *worth_multipliers(const struct worth *worth)
{
    return worth->multipliers;
}

const double *worth_contacts(const struct worth *worth)
{
    return worth->n_contacts > 0 ? worth->answered : NULL;
}

void worth_reprice(struct worth *worth, const double *multipliers)
{
    memcpy(worth->multipliers, multipliers, (size_t)worth->n_rows * sizeof *multipliers);
    for (int iv = 0; iv < worth->model->n_iv; iv++)
        price_interval(worth, iv);
    forget(worth);
}

/* Finds a set with time left that can reach the queue, re-routing others; fills the tree. -1: nobody can, and
   every queue seen on the way is closed for good. */
static int find_path(struct worth *worth, int queue, int *last_queue)
{
    int n_open = 0, head = 0, nq = worth->n_queues;
    memset(worth->from_queue, -1, (size_t)nq * sizeof *worth->from_queue);
    worth->open[n_open++] = queue;
    worth->from_queue[queue] = queue;
    while (head < n_open) {
        int q = worth->open[head++];
        for (int i = 0; i < worth->n_servers[q]; i++) {
            int s = worth->servers[q][i];
            if (worth->rest[s] > STAFF_EPS) {
                *last_queue = q;
                return s;
            }
        }
        for (int i = 0; i < worth->n_servers[q]; i++) {
            int s = worth->servers[q][i];
            const double *flow = worth->flow + (size_t)s * (size_t)nq;
            for (int k = 0; k < worth->model->sets[s].n_queues; k++) {
                int other = worth->model->sets[s].queues[k];
                if (worth->from_queue[other] >= 0 || flow[other] <= STAFF_EPS)
                    continue;
                worth->from_queue[other] = q;
                worth->via[other] = s;
                worth->open[n_open++] = other;
            }
        }
    }
    for (int i = 0; i < n_open; i++)
        worth->closed[worth->open[i]] = true;
    return -1;
}

/* Brings up to `width` more staff to the queue; returns what arrived. */
static double push(struct worth *worth, int queue, double width)
{
    double left = width;
    while (left > STAFF_EPS && !worth->closed[queue]) {
        int at = queue, set = find_path(worth, queue, &at);
        if (set < 0)
            break;
        double amount = MIN(left, worth->rest[set]);
        size_t nq = (size_t)worth->n_queues;
        for (int q = at; q != queue; q = worth->from_queue[q])
            amount = MIN(amount, worth->flow[(size_t)worth->via[q] * nq + (size_t)q]);
        worth->rest[set] -= amount;
        worth->flow[(size_t)set * nq + (size_t)at] += amount;
        for (int q = at; q != queue; q = worth->from_queue[q]) {
            size_t row = (size_t)worth->via[q] * nq;
            worth->flow[row + (size_t)q] -= amount;
            worth->flow[row + (size_t)worth->from_queue[q]] += amount;
        }
        worth->served[queue] += amount;
        left -= amount;
    }
    return width - left;
}

static double transport(struct worth *worth, int iv)
{
    double value = 0;
    memset(worth->flow, 0, (size_t)worth->n_sets * (size_t)worth->n_queues * sizeof *worth->flow);
    memset(worth->served, 0, (size_t)worth->n_queues * sizeof *worth->served);
    memset(worth->closed, 0, (size_t)worth->n_queues * sizeof *worth->closed);
    double idle = 0, extra = worth->extra_queue > 0;
    for (int s = 0; s < worth->n_sets; s++)
        idle += worth->rest[s];
    for (int i = worth->first[iv]; i < worth->first[iv + 1] && (idle > STAFF_EPS || extra > 0); i++) {
        const struct piece *piece = &worth->pieces[i];
        double own = piece->queue == worth->extra_queue - 1 ? MIN(extra, piece->width) : 0;
        double got = push(worth, piece->queue, piece->width - own);
        value += (own + got) * piece->value;
        extra -= own;
        idle -= got;
    }
    return value;
}

static void fill_rest(struct worth *worth, int iv, const int *count)
{
    for (int s = 0; s < worth->n_sets; s++)
        worth->rest[s] = count[s] + worth->model->fixed[(size_t)s * (size_t)worth->model->n_iv + (size_t)iv];
}

/* What the allocation just made gives the rows, each queue's pieces filled in falling value. */
static void count_contacts(struct worth *worth, int iv, double *contacts)
{
    memset(contacts, 0, (size_t)worth->n_contacts * sizeof *contacts);
    for (int i = worth->first[iv]; i < worth->first[iv + 1]; i++) {
        const struct piece *piece = &worth->pieces[i];
        double used = MIN(worth->served[piece->queue], piece->width);
        worth->served[piece->queue] -= used;
        if (piece->row >= 0)
            contacts[piece->queue] += used * piece->gain;
    }
}

/* Queues that one more agent of a set can reach, re-routing others on the way; fills the tree (from_queue -2:
 * not reached, -1: served by the set itself). */
static void reach(struct worth *worth, int set)
{
    const struct skill_set *sets = worth->model->sets;
    int n_open = 0, nq = worth->n_queues;
    for (int q = 0; q < nq; q++)
        worth->from_queue[q] = -2;
    for (int k = 0; k < sets[set].n_queues; k++) {
        worth->from_queue[sets[set].queues[k]] = -1;
        worth->open[n_open++] = sets[set].queues[k];
    }
    for (int head = 0; head < n_open; head++) {
        int q = worth->open[head];
        for (int i = 0; i < worth->n_servers[q]; i++) {
            int s = worth->servers[q][i];
            if (s == set || worth->flow[(size_t)s * (size_t)nq + (size_t)q] <= STAFF_EPS)
                continue;
            for (int k = 0; k < sets[s].n_queues; k++) {
                int other = sets[s].queues[k];
                if (worth->from_queue[other] != -2)
                    continue;
                worth->from_queue[other] = q;
                worth->via[other] = s;
                worth->open[n_open++] = other;
            }
        }
    }
}

/* The dearest piece with room left among the queues reached, -1 when there is none: pieces are sorted. */
static int dearest(const struct worth *worth)
{
    int best = -1;
    for (int q = 0; q < worth->n_queues; q++)
        if (worth->from_queue[q] != -2 && worth->next[q] >= 0 && (best < 0 || worth->next[q] < best))
            best = worth->next[q];
    return best < 0 || worth->pieces[best].value <= 0 ? -1 : best;
}

/* Takes room of the queue's next piece. */
static void take_room(struct worth *worth, int queue, double amount)
{
    worth->room[queue] -= amount;
    while (worth->next[queue] >= 0 && worth->room[queue] <= STAFF_EPS) {
        worth->next[queue] = worth->follows[worth->next[queue]];
        worth->room[queue] = worth->next[queue] >= 0 ? worth->pieces[worth->next[queue]].width : 0;
    }
}

/* What one more agent of the set adds to the allocation that stands: always to the dearest piece it can
   reach, by the shortest way of re-routing, which keeps the allocation optimal (successive paths). */
static double one_more(struct worth *worth, int set)
{
    size_t nq = (size_t)worth->n_queues;
    double left = 1, value = 0;
    if (worth->base_rest[set] > STAFF_EPS)
        return 0; /* some of it is idle already */
    memcpy(worth->flow, worth->base_flow, (size_t)worth->n_sets * nq * sizeof *worth->flow);
    memcpy(worth->room, worth->base_room, nq * sizeof *worth->room);
    memcpy(worth->next, worth->base_next, nq * sizeof *worth->next);
    for (;;) {
        reach(worth, set);
        int piece = dearest(worth);
        if (piece < 0)
            break;
        int end = worth->pieces[piece].queue, q = end;
        double amount = MIN(left, worth->room[end]);
        for (; worth->from_queue[q] >= 0; q = worth->from_queue[q])
            amount = MIN(amount, worth->flow[(size_t)worth->via[q] * nq + (size_t)worth->from_queue[q]]);
        value += amount * worth->pieces[piece].value;
        left -= amount;
        if (left <= STAFF_EPS)
            break;
        for (q = end; worth->from_queue[q] >= 0; q = worth->from_queue[q]) {
            size_t row = (size_t)worth->via[q] * nq;
            worth->flow[row + (size_t)worth->from_queue[q]] -= amount;
            worth->flow[row + (size_t)q] += amount;
        }
        worth->flow[(size_t)set * nq + (size_t)q] += amount;
        take_room(worth, end, amount);
    }
    return value;
}

/* Makes the best allocation, keeps it as the one that stands and returns its value. */
static double stand(struct worth *worth, int iv, const int *count)
{
    size_t nq = (size_t)worth->n_queues;
    fill_rest(worth, iv, count);
    double value = transport(worth, iv);
    memcpy(worth->base_flow, worth->flow, (size_t)worth->n_sets * nq * sizeof *worth->flow);
    memcpy(worth->base_rest, worth->rest, (size_t)worth->n_sets * sizeof *worth->rest);
    for (int q = 0; q < worth->n_queues; q++) {
        worth->next[q] = -1;
        worth->room[q] = 0;
    }
    for (int i = worth->first[iv + 1] - 1; i >= worth->first[iv]; i--) {
        worth->next[worth->pieces[i].queue] = i;
        worth->room[worth->pieces[i].queue] = worth->pieces[i].width;
    }
    for (int q = 0; q < worth->n_queues; q++) {
        double served = worth->served[q];
        while (worth->next[q] >= 0) {
            double used = MIN(served, worth->room[q]);
            int before = worth->next[q];
            served -= used;
            take_room(worth, q, used);
            if (worth->next[q] == before)
                break;
        }
    }
    memcpy(worth->base_next, worth->next, nq * sizeof *worth->next);
    memcpy(worth->base_room, worth->room, nq * sizeof *worth->room);
    return value;
}

/* The entry of a staffing: made, with no gains, when it is not remembered. */
static size_t recall(struct worth *worth, int iv, const int *count)
{
    uint64_t hash = 0;
    size_t size = (size_t)worth->n_sets * sizeof *count, entry = 0;
    for (int s = 0; s < worth->n_sets; s++)
        hash = (hash + (uint64_t)count[s] + 1) * 0x9E3779B97F4A7C15u;
    if (worth->n_entries > 1)
        entry = (size_t)iv * MEMO_SLOTS + (hash >> 40) % MEMO_SLOTS;
    int *own = worth->entry_count + entry * (size_t)worth->n_sets;
    double *known = worth->known + entry * worth->stride;
    worth->answered = known + 1 + worth->n_sets;
    if (worth->entry_iv[entry] == iv && memcmp(own, count, size) == 0)
        return entry;
    worth->entry_iv[entry] = iv;
    memcpy(own, count, size);
    worth->standing = entry;
    known[0] = stand(worth, iv, count);
    for (int s = 0; s < worth->n_sets; s++)
        known[1 + s] = NAN;
    if (worth->n_contacts > 0)
        count_contacts(worth, iv, known + 1 + worth->n_sets);
    return entry;
}

double worth_value(struct worth *worth, int iv, const int *count)
{
    return worth->known[recall(worth, iv, count) * worth->stride];
}

double worth_gain(struct worth *worth, int iv, const int *count, int set)
{
    size_t entry = recall(worth, iv, count);
    double *gain = &worth->known[entry * worth->stride + 1 + (size_t)set];
    if (!isnan(*gain))
        return *gain;
    if (worth->standing != entry)
        stand(worth, iv, count);
    worth->standing = entry;
    return *gain = one_more(worth, set);
}

double worth_alone(struct worth *worth, int iv, const int *count)
{
    fill_rest(worth, iv, count);
    return transport(worth, iv);
}

void worth_queue_gains(struct worth *worth, int iv, const int *count, double *gain)
{
    fill_rest(worth, iv, count);
    double value = transport(worth, iv);
    for (int q = 0; q < worth->n_queues; q++) {
        fill_rest(worth, iv, count);
        worth->extra_queue = q + 1;
        double more = transport(worth, iv) - value;
        gain[q] = MAX(more, 0);
    }
    worth->extra_queue = 0;
}

double worth_allocate(struct worth *worth, int iv, const int *count, double *staffed)
{
    const struct demand *demand = &worth->model->problem->demand;
    fill_rest(worth, iv, count);
    double value = transport(worth, iv);
    for (int s = 0; s < worth->n_sets; s++) {
        const struct skill_set *set = &worth->model->sets[s];
        int best = -1;
        double best_short = 0;
        for (int k = 0; k < set->n_queues; k++) {
            int q = set->queues[k];
            double missing = demand->need[DEMAND_CELL(demand, q, iv)] - worth->served[q];
            if (best < 0 || missing > best_short) {
                best = q;
                best_short = missing;
            }
        }
        if (best >= 0 && worth->rest[s] > 0)
            worth->served[best] += worth->rest[s];
    }
    memcpy(staffed, worth->served, (size_t)worth->n_queues * sizeof *staffed);
    return value;
}
