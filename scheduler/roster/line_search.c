#include "scheduler/roster/line_internal.h"

#define LABELS_MAX 200000

struct line_label {
    double cost;  /* so far */
    double total; /* and the cheapest way to the end */
    double paid;  /* of the cost: multipliers of the loose counters */
    struct line_state state;
    int parent;  /* -1 at the start */
    bool closed; /* a line whose total is what it costs without multipliers */
    int choice;
    int next;                        /* of the same place in the table, -1 = none */
    uint8_t count[LINE_TRACKED_MAX]; /* of the loose counters */
    struct line_arcs arcs;           /* that hold all starts of the open week */
};

struct search {
    struct line *line;
    double cutoff;
    int k;
    bool counts; /* does the rule of dominance look at the counters? */
    long n_labels, labels_max;
    long n_heap;
};

/* ---- heap: least total, then the deepest, then the oldest ---- */

static bool before(const struct search *search, int a, int b)
{
    const struct line_label *x = &search->line->labels[a], *y = &search->line->labels[b];
    if (x->total != y->total)
        return x->total < y->total;
    return x->state.level != y->state.level ? x->state.level > y->state.level : a < b;
}

static void push(struct search *search, int label)
{
    struct line *line = search->line;
    if (search->n_heap == line->room_heap) {
        line->room_heap = line->room_heap * 2 + 1024;
        line->heap = g_realloc_n(line->heap, (gsize)line->room_heap, sizeof *line->heap);
    }
    long i = search->n_heap++;
    while (i > 0 && before(search, label, line->heap[(i - 1) / 2])) {
        line->heap[i] = line->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    line->heap[i] = label;
}

static int pop(struct search *search)
{
    int *heap = search->line->heap, top = heap[0], last = heap[--search->n_heap];
    long i = 0;
    for (;;) {
        long child = 2 * i + 1;
        if (child >= search->n_heap)
            break;
        if (child + 1 < search->n_heap && before(search, heap[child + 1], heap[child]))
            child++;
        if (!before(search, heap[child], last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

/* ---- labels at the same place ---- */

#define TABLE (1 << 16)

static int *table_slot(struct line *line, const struct line_state *state)
{
    uint64_t hash = (uint64_t)(uint32_t)state->level * 0x9e3779b97f4a7c15ull;
    hash = (hash ^ (uint64_t)(uint32_t)state->node) * 0xff51afd7ed558ccdull;
    hash = (hash ^ (uint64_t)(uint32_t)state->minutes) * 0xc4ceb9fe1a85ec53ull;
    hash = (hash ^ (uint64_t)(uint32_t)(state->outer * 512 + state->rest)) * 0x9e3779b97f4a7c15ull;
    hash = (hash ^ (uint64_t)(uint32_t)state->q) * 0xff51afd7ed558ccdull;
    return &line->table[(hash ^ hash >> 29) & (TABLE - 1)];
}

static bool same_place(const struct line_state *a, const struct line_state *b)
{
    return a->level == b->level && a->node == b->node && a->minutes == b->minutes && a->rest == b->rest &&
           a->outer == b->outer && a->q == b->q;
}

/* Whatever follows b can follow a for no more. */
static bool no_worse(const struct search *search, const struct line_label *a, const struct line_label *b)
{
    if (a->cost - a->paid > b->cost - b->paid)
        return false;
    for (int i = 0; i < search->line->n_tracked && search->counts; i++) {
        const struct line_range *range = &search->line->tracked[i].counter->range;
        bool least = range->least > 0 || (range->under > 0 && range->lo > 0);
        if (least ? a->count[i] != b->count[i] : a->count[i] > b->count[i])
            return false;
    }
    return !search->line->spread.on || line_arcs_within(&b->arcs, &a->arcs);
}

/* ---- start-time arcs of a label ---- */

/* Takes the arcs that a shift leaves; false when none is left. Only in the weeks whose arcs are enumerated:
   in others choices of a kind have been merged. */
static bool keep_arcs(const struct line *line, int day, int choice, struct line_label *label)
{
    const struct line_level *level = &line->levels[day];
    const struct line_choice *shift = choice < 0 ? NULL : &line->problem->choices[choice];
    bool next = shift != NULL && shift->week > level->week;
    if (level->closes && (shift == NULL || next))
        label->arcs = line->spread.open[level->week + 1];
    if (shift != NULL && line->spread.weeks[level->week + next])
        line_arcs_meet(&label->arcs, &line->spread.cover[line->spread.place[shift->start_min]]);
    bool any = line_arcs_any(&label->arcs);
    if (level->closes && shift != NULL && !next)
        label->arcs = line->spread.open[level->week + 1];
    return any;
}

/* ---- counters of a label ---- */

/* Counts the step for the loose counters; false when one forbids it. Their prices go to the label's cost. */
static bool count_step(const struct line *line, int day, uint16_t effect, struct line_label *label)
{
    for (int i = 0; i < line->n_tracked; i++) {
        const struct line_tracked *tracked = &line->tracked[i];
        const struct line_range *range = &tracked->counter->range;
        if (!tracked->loose || day < tracked->counter->from || day >= tracked->counter->to)
            continue;
        if (effect >> i & 1) {
            int n = label->count[i] + 1;
            if (n > range->most || n > UINT8_MAX)
                return false;
            label->cost += n > range->hi ? range->over : 0;
            label->count[i] = (uint8_t)n;
        }
        if (day + 1 == tracked->counter->to) {
            if (label->count[i] < range->least)
                return false;
            label->cost += range->under * MAX(range->lo - label->count[i], 0);
            label->count[i] = 0;
        }
    }
    return true;
}

/* What the counters that are still open cost at the window's end. */
static double end_counts(const struct line *line, const struct line_label *label)
{
    double cost = 0;
    for (int i = 0; i < line->n_tracked; i++) {
        const struct line_tracked *tracked = &line->tracked[i];
        const struct line_range *range = &tracked->counter->range;
        if (!tracked->loose || tracked->counter->to <= line->b)
            continue;
        int all = label->count[i] + line->end_count[label->state.node * LINE_TRACKED_MAX + i];
        if (all > range->most || all < range->least)
            return INFINITY;
        cost += range->under * MAX(range->lo - all, 0) +
                range->over * (MAX(all - range->hi, 0) - MAX(label->count[i] - range->hi, 0));
    }
    return cost;
}

/* ---- labels ---- */

static struct line_label *new_label(struct search *search)
{
    struct line *line = search->line;
    if (search->n_labels == line->room_labels) {
        line->room_labels = line->room_labels * 2 + 4096;
        line->labels = g_realloc_n(line->labels, (gsize)line->room_labels, sizeof *line->labels);
    }
    return &line->labels[search->n_labels];
}

static void start(struct search *search, struct line *line)
{
    search->line = line;
    if (line->table == NULL)
        line->table = g_new(int, TABLE);
    memset(line->table, -1, TABLE * sizeof *line->table);
    struct line_label *label = new_label(search);
    *label = (struct line_label){.parent = -1, .choice = -1, .next = -1, .state = line_start(line)};
    label->cost = line_base_cost(line);
    for (int i = 0; i < line->n_tracked; i++)
        if (line->tracked[i].loose && line->tracked[i].counter->to > line->a)
            label->count[i] = (uint8_t)MIN(line->tracked[i].base, UINT8_MAX);
    if (line->spread.on)
        label->arcs = line->spread.open[line->levels[line->a].week];
    label->total = label->cost + line_togo(line, &label->state);
    search->n_labels = 1;
}

/* Makes the label behind a step, unless it is not wanted; its index or -1. */
static int follow(struct search *search, int from, const struct line_step *step)
{
    struct line *line = search->line;
    struct line_label *label = new_label(search);
    const struct line_label *parent = &line->labels[from];
    *label = *parent;
    label->parent = from;
    label->choice = step->choice;
    label->state = step->to;
    label->cost = parent->cost + step->cost;
    label->paid = parent->paid + line_effect_price(line, step->effect);
    if (!count_step(line, parent->state.level, step->effect, label) ||
        (line->spread.on && line->spread.arc < 0 &&
         !keep_arcs(line, parent->state.level, step->choice, label)))
        return -1;
    if (step->to.level == line->b)
        label->cost += end_counts(line, label);
    label->total = label->cost + step->togo;
    if (!(label->total < search->cutoff))
        return -1;
    int *slot = table_slot(line, &label->state), better = 0;
    for (int i = *slot; i >= 0 && better < search->k; i = line->labels[i].next)
        better +=
            same_place(&line->labels[i].state, &label->state) && no_worse(search, &line->labels[i], label);
    if (better >= search->k)
        return -1;
    label->next = *slot;
    *slot = (int)search->n_labels;
    return (int)search->n_labels++;
}

static void read_line(const struct line *line, int label, int *out)
{
    for (int day = 0; day < line->n_days; day++)
        out[day] = day >= line->a && day < line->b ? -1 : line->query->fixed[day];
    for (; line->labels[label].parent >= 0; label = line->labels[label].parent)
        out[line->labels[label].state.level - 1] = line->labels[label].choice;
}

/* ---- best first ---- */

static bool priced(const struct line *line)
{
    for (int i = 0; i < line->n_tracked; i++)
        if (line->tracked[i].price != 0)
            return true;
    return false;
}

/* Takes a line that has come to its end. */
static enum line_found finish(struct search *search, int label, struct line_answer *answer)
{
    struct line *line = search->line;
    int *out = answer->choice + (size_t)answer->n * (size_t)line->n_days;
    double cost = line->labels[label].total;
    read_line(line, label, out);
    enum line_found found = line_check(line, out);
    if (found != LINE_KEEPS)
        return found;
    if (priced(line) && !line->labels[label].closed) {
        double true_cost = line_cost(line->problem, line->query, out);
        line->labels[label].closed = true;
        line->labels[label].total = MAX(true_cost, cost);
        if (true_cost < search->cutoff)
            push(search, label);
        return LINE_KEEPS;
    }
    if (line->automaton->relaxed) {
        cost = line_cost(line->problem, line->query, out);
        answer->exact = answer->exact && cost <= line->labels[label].total;
        if (!(cost < search->cutoff))
            return LINE_KEEPS;
    }
    answer->cost[answer->n++] = cost;
    return LINE_KEEPS;
}

enum line_found line_search(struct line *line, double cutoff, struct line_answer *answer)
{
    struct search search = {.cutoff = cutoff, .k = answer->k, .counts = true};
    search.labels_max = line->query->labels_max > 0 ? line->query->labels_max : LABELS_MAX;
    start(&search, line);
    if (!(line->labels[0].total < cutoff)) {
        answer->bound = MAX(answer->bound, line->labels[0].total);
        return LINE_KEEPS;
    }
    push(&search, 0);
    while (search.n_heap > 0 && answer->n < answer->k) {
        int top = pop(&search);
        struct line_state state = line->labels[top].state;
        if (answer->n == 0)
            answer->bound = MAX(answer->bound, line->labels[top].total);
        if (state.level == line->b) {
            enum line_found found = finish(&search, top, answer);
            if (found == LINE_TRACKS_MORE) {
                answer->n = 0;
                return found;
            }
            answer->exact = answer->exact && found == LINE_KEEPS;
            continue;
        }
        if (search.n_labels > search.labels_max) {
            answer->exact = false;
            return LINE_STUCK;
        }
        int n = line_steps(line, &state, line->steps);
        for (int i = 0; i < n; i++) {
            int label = follow(&search, top, &line->steps[i]);
            if (label >= 0)
                push(&search, label);
        }
    }
    if (answer->n == 0 && search.n_heap == 0 && answer->exact)
        answer->bound = MAX(answer->bound, cutoff);
    return LINE_KEEPS;
}

/* ---- a few labels a day ---- */

bool line_beam(struct line *line, double cutoff, int width)
{
    struct search search = {.cutoff = cutoff, .k = 1, .counts = false};
    start(&search, line);
    if (!(line->labels[0].total < cutoff))
        return false;
    g_autofree int *now = g_new(int, width + 1);
    int n_now = 1;
    now[0] = 0;
    for (int day = line->a; day < line->b; day++) {
        search.n_heap = 0;
        for (int i = 0; i < n_now; i++) {
            struct line_state state = line->labels[now[i]].state;
            int n = line_steps(line, &state, line->steps);
            for (int k = 0; k < n; k++) {
                int label = follow(&search, now[i], &line->steps[k]);
                if (label >= 0)
                    push(&search, label);
            }
        }
        n_now = 0;
        while (search.n_heap > 0 && n_now < width)
            now[n_now++] = pop(&search);
    }
    if (n_now > 0)
        read_line(line, now[0], line->line);
    return n_now > 0;
}
