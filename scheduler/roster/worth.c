#include "scheduler/roster/worth.h"

#include <string.h>

#define STAFF_EPS 1e-12
#define MEMO_SLOTS 32 /* remembered staffings per interval */
#define START 0.25    /* first multipliers, of the price of a missing contact */

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
    double *contacts;       /* n_contacts: of the last staffing asked for */
    const double *answered; /* where they are: here or in the memory */
    int **servers;          /* per queue: sets that serve it */
    int *n_servers;
    /* one transport */
    double *rest;    /* n_sets: time not yet given */
    double *flow;    /* n_sets × n_queues */
    double *served;  /* n_queues */
    int extra_queue; /* 1 + the queue that has one more agent of its own, who takes its best; 0 = none */
    double *filled, *base_flow, *base_served;
    bool *closed;          /* n_queues: nothing more can reach it */
    int *from_queue, *via; /* search tree: queue we came from, set that links them */
    int *open;             /* its list */
    /* memory of staffings: value and gains per key, direct mapped */
    int bits[64]; /* width of each set's count in the key; 0 bits in total = no memory */
    bool memo;
    uint64_t *key; /* n_iv × MEMO_SLOTS, key + 1; 0 = empty */
    double *known; /* n_iv × MEMO_SLOTS × (1 + n_sets + n_contacts) */
    size_t stride; /* the last factor */
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
    worth->pieces = (struct piece *)(void *)g_array_free(pieces, FALSE);
    for (int iv = 0; iv < worth->model->n_iv; iv++)
        price_interval(worth, iv);
}

/* Enough bits per set for its agents and one more; no memory when the key would not fit. */
static void size_memo(struct worth *worth)
{
    int sum = 0;
    for (int s = 0; s < worth->n_sets && s < 64; s++) {
        while (1 << worth->bits[s] < worth->model->sets[s].n_agents + 2)
            worth->bits[s]++;
        sum += worth->bits[s];
    }
    worth->memo = worth->n_sets <= 63 && sum <= 62;
    if (!worth->memo)
        return;
    size_t slots = (size_t)worth->model->n_iv * MEMO_SLOTS;
    worth->key = g_new0(uint64_t, slots + 1);
    worth->stride = (size_t)(1 + worth->n_sets + worth->n_contacts);
    worth->known = g_new0(double, slots * worth->stride + 1);
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
    worth->contacts = g_new0(double, nq + 1);
    worth->multipliers = g_new0(double, worth->n_rows + 1);
    for (int r = 0; r < worth->n_rows; r++)
        worth->multipliers[r] = START * worth->rows[r].price;
    worth->first = g_new0(int, model->n_iv + 1);
    worth->total = g_new0(double, model->n_iv + 1);
    worth->rest = g_new0(double, ns + 1);
    worth->flow = g_new0(double, (size_t)ns *(size_t)nq + 1);
    worth->served = g_new0(double, nq + 1);
    worth->filled = g_new0(double, nq + 1);
    worth->base_served = g_new0(double, nq + 1);
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
    size_memo(worth);
    return worth;
}

void worth_free(struct worth *worth)
{
    if (worth == NULL)
        return;
    for (int q = 0; q < worth->n_queues; q++)
        g_free(worth->servers[q]);
    void *const owned[] = {worth->pieces,    worth->first,      worth->total,      worth->servers,
                           worth->n_servers, worth->rest,       worth->flow,       worth->served,
                           worth->closed,    worth->from_queue, worth->via,        worth->open,
                           worth->key,       worth->known,      worth->contacts,   worth->multipliers,
                           worth->filled,    worth->base_flow,  worth->base_served};
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
    if (worth->memo)
        memset(worth->key, 0, (size_t)worth->model->n_iv * MEMO_SLOTS * sizeof *worth->key);
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

/* The dearest piece with room left among the queues reached; its room to *room. NULL when there is none. */
static const struct piece *dearest(struct worth *worth, int iv, double *room)
{
    memset(worth->filled, 0, (size_t)worth->n_queues * sizeof *worth->filled);
    for (int i = worth->first[iv]; i < worth->first[iv + 1]; i++) {
        const struct piece *piece = &worth->pieces[i];
        worth->filled[piece->queue] += piece->width;
        *room = worth->filled[piece->queue] - worth->served[piece->queue];
        if (worth->from_queue[piece->queue] != -2 && *room > STAFF_EPS && piece->value > 0)
            return piece;
    }
    return NULL;
}

/* What one more agent of the set adds to the allocation that stands: always to the dearest piece it can
   reach, by the shortest way of re-routing, which keeps the allocation optimal (successive paths). */
static double one_more(struct worth *worth, int iv, int set)
{
    size_t nq = (size_t)worth->n_queues;
    double left = 1, value = 0, room;
    while (left > STAFF_EPS) {
        reach(worth, set);
        const struct piece *piece = dearest(worth, iv, &room);
        if (piece == NULL)
            break;
        double amount = MIN(left, room);
        int q = piece->queue;
        for (; worth->from_queue[q] >= 0; q = worth->from_queue[q])
            amount = MIN(amount, worth->flow[(size_t)worth->via[q] * nq + (size_t)worth->from_queue[q]]);
        for (q = piece->queue; worth->from_queue[q] >= 0; q = worth->from_queue[q]) {
            size_t row = (size_t)worth->via[q] * nq;
            worth->flow[row + (size_t)worth->from_queue[q]] -= amount;
            worth->flow[row + (size_t)q] += amount;
        }
        worth->flow[(size_t)set * nq + (size_t)q] += amount;
        worth->served[piece->queue] += amount;
        value += amount * piece->value;
        left -= amount;
    }
    return value;
}

static double evaluate(struct worth *worth, int iv, const int *count, double *gain, double *contacts)
{
    size_t flows = (size_t)worth->n_sets * (size_t)worth->n_queues, n_queues = (size_t)worth->n_queues;
    fill_rest(worth, iv, count);
    double value = transport(worth, iv);
    memcpy(worth->base_flow, worth->flow, flows * sizeof *worth->flow);
    memcpy(worth->base_served, worth->served, n_queues * sizeof *worth->served);
    if (worth->n_contacts > 0)
        count_contacts(worth, iv, contacts);
    for (int s = 0; s < worth->n_sets; s++) {
        memcpy(worth->flow, worth->base_flow, flows * sizeof *worth->flow);
        memcpy(worth->served, worth->base_served, n_queues * sizeof *worth->served);
        gain[s] = one_more(worth, iv, s);
    }
    return value;
}

double worth_value(struct worth *worth, int iv, const int *count, double *gain)
{
    worth->answered = worth->contacts;
    if (!worth->memo)
        return evaluate(worth, iv, count, gain, worth->contacts);
    uint64_t key = 0;
    for (int s = 0; s < worth->n_sets; s++)
        key = key << worth->bits[s] | (uint64_t)count[s];
    size_t slot = (size_t)iv * MEMO_SLOTS + ((key * 0x9E3779B97F4A7C15u) >> 40) % MEMO_SLOTS;
    double *known = worth->known + slot * worth->stride;
    if (worth->key[slot] != key + 1) {
        known[0] = evaluate(worth, iv, count, known + 1, known + 1 + worth->n_sets);
        worth->key[slot] = key + 1;
    }
    worth->answered = known + 1 + worth->n_sets;
    memcpy(gain, known + 1, (size_t)worth->n_sets * sizeof *gain);
    return known[0];
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
