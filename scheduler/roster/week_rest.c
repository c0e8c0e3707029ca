#include "scheduler/roster/week_rest.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "scheduler/roster/agent_line.h"

#define TRIES_MAX 60   /* then the best that rests so far will do, and the bound is what is proven … */
#define DIVES_MAX 1000 /* … but without one tries that break little go first, up to so many */
#define GROUPS 8       /* a free week is split into so many */

enum { FREE = -1, PAID = -2 };

/* One way to give weeks their rest: spans [lo, hi] of the week's list, FREE or PAID in lo. */
struct
try {
    int *lo, *hi; /* n_weeks */
    int *choice;  /* n_days: the best line, NULL when there is none */
    double cost;  /* … and what it costs, PAID weeks included */
    bool open;
};

struct resting {
    struct line *line;
    const struct roster_model *model;
    const struct agent_class *class;
    const struct catalogue *cat;
    const struct line_query *query;
    struct line_problem problem;
    int64_t length_s;
    double price;
    int n_weeks;
    GArray **starts; /* per week: where a rest may start, int64_t, ascending; NULL until asked */
    GPtrArray *tries;
    double *value; /* n_slots */
};

static int64_t rest_s(const struct roster_model *model, const struct catalogue *cat)
{
    return (int64_t)model->problem->operation->contracts[cat->contract].week_rest_minutes * 60;
}

/* Does the week hold the rest? */
static bool rests(const struct roster_model *model, const struct agent_class *class, const int *choice,
                  int week)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    int64_t length_s = rest_s(model, cat), end_ts = model->week_start[week + 1];
    int64_t free_ts = MAX(model->week_start[week], class->own.busy_until);
    for (int day = 0; day < cat->n_days; day++) {
        if (choice[day] < 0)
            continue;
        int64_t from = roster_model_ts(model, cat->slots[choice[day]].start_iv);
        int64_t to = roster_model_ts(model, cat->slots[choice[day]].end_iv);
        if (MIN(from, end_ts) - free_ts >= length_s)
            return true;
        free_ts = MAX(free_ts, to);
    }
    return end_ts - free_ts >= length_s;
}

int week_rest_broken(const struct roster_model *model, const struct agent_class *class, const int *choice)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    int broken = 0;
    for (int week = 0; rest_s(model, cat) > 0 && week < model->problem->n_weeks; week++)
        broken += !rests(model, class, choice, week);
    return broken;
}

static int compare_ts(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A longest rest starts with the week or where a shift ends. */
static const GArray *starts_of(struct resting *r, int week)
{
    if (r->starts[week] != NULL)
        return r->starts[week];
    GArray *starts = r->starts[week] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t first = MAX(r->model->week_start[week], r->class->own.busy_until);
    int64_t last = r->model->week_start[week + 1] - r->length_s;
    if (first <= last)
        g_array_append_val(starts, first);
    for (int i = 0; i < r->cat->n_slots; i++) {
        int64_t end = roster_model_ts(r->model, r->cat->slots[i].end_iv);
        if (r->class->legal[i] && end > first && end <= last)
            g_array_append_val(starts, end);
    }
    g_array_sort(starts, compare_ts);
    guint n = 0;
    for (guint i = 0; i < starts->len; i++)
        if (n == 0 || g_array_index(starts, int64_t, i) != g_array_index(starts, int64_t, n - 1))
            g_array_index(starts, int64_t, n++) = g_array_index(starts, int64_t, i);
    g_array_set_size(starts, n);
    return starts;
}

/* Leaves out what overlaps all spans of a group. */
static void forbid(struct resting *r, int week, int lo, int hi)
{
    const GArray *starts = starts_of(r, week);
    int64_t from = g_array_index(starts, int64_t, hi);
    int64_t to = g_array_index(starts, int64_t, lo) + r->length_s;
    for (int i = 0; i < r->cat->n_slots && from < to; i++)
        if (roster_model_ts(r->model, r->cat->slots[i].start_iv) < to &&
            roster_model_ts(r->model, r->cat->slots[i].end_iv) > from)
            r->value[i] = INFINITY;
}

static void solve_try(struct resting *r, struct try *try)
{
    struct line_query query = *r->query;
    memcpy(r->value, r->query->value, (size_t)r->cat->n_slots * sizeof *r->value);
    query.value = r->value;
    double paid = 0;
    bool plain = true;
    for (int week = 0; week < r->n_weeks; week++) {
        if (try->lo[week] >= 0)
            forbid(r, week, try->lo[week], try->hi[week]);
        plain &= try->lo[week] < 0;
        paid += try->lo[week] == PAID ? r->price : 0;
    }
    if (!plain)
        query.memory = NULL;
    try->choice = g_new(int, r->cat->n_days + 1);
    struct line_answer answer = {.k = 1, .choice = try->choice, .cost = &try->cost};
    if (!line_solve(r->line, &r->problem, &query, &answer))
        try->cost = INFINITY;
    else
        try->cost = MIN(answer.bound, try->cost) + paid;
    try->open = try->cost < INFINITY;
}

static struct try *add_try(struct resting *r, const struct try *from, int week, int lo, int hi)
{
    struct try *try = g_new0(struct try, 1);
    size_t size = (size_t)r->n_weeks * sizeof(int);
    try->lo = g_malloc(size + 1);
    try->hi = g_malloc(size + 1);
    for (int w = 0; w < r->n_weeks; w++) {
        try->lo[w] = from == NULL ? FREE : from->lo[w];
        try->hi[w] = from == NULL ? FREE : from->hi[w];
    }
    if (from != NULL) {
        try->lo[week] = lo;
        try->hi[week] = hi;
    }
    if (lo == PAID && from != NULL) { /* the same line */
        try->choice = g_memdup2(from->choice, (size_t)(r->cat->n_days + 1) * sizeof(int));
        try->cost = from->cost + r->price;
        try->open = true;
    } else {
        solve_try(r, try);
    }
    g_ptr_array_add(r->tries, try);
    return try;
}

static void free_try(void *data)
{
    struct try *try = data;
    g_free(try->lo);
    g_free(try->hi);
    g_free(try->choice);
    g_free(try);
}

/* The first week of the line that has no rest and does not pay for it, -1 when there is none. */
static int broken_week(const struct resting *r, const struct try *try)
{
    for (int week = 0; week < r->n_weeks; week++)
        if (try->lo[week] != PAID && !rests(r->model, r->class, try->choice, week))
            return week;
    return -1;
}

static void split(struct resting *r, struct try *try, int week)
{
    int lo = try->lo[week], hi = try->hi[week], parts = 2;
    try->open = false;
    if (lo == FREE) {
        if (r->price > 0)
            add_try(r, try, week, PAID, PAID);
        lo = 0;
        hi = (int)starts_of(r, week)->len - 1;
        parts = GROUPS;
    }
    int n = hi - lo + 1;
    parts = MIN(parts, n);
    for (int i = 0; i < parts; i++)
        add_try(r, try, week, lo + i * n / parts, lo + (i + 1) * n / parts - 1);
}

static struct try *best_open(const struct resting *r)
{
    struct try *best = NULL;
    for (guint i = 0; i < r->tries->len; i++) {
        struct try *try = g_ptr_array_index(r->tries, i);
        if (try->open && (best == NULL || try->cost < best->cost))
            best = try;
    }
    return best;
}

/* The open try whose line lacks least rests, the cheapest of several. */
static struct try *nearest_open(const struct resting *r)
{
    struct try *best = NULL;
    int least = INT_MAX;
    for (guint i = 0; i < r->tries->len; i++) {
        struct try *try = g_ptr_array_index(r->tries, i);
        if (!try->open)
            continue;
        int broken = week_rest_broken(r->model, r->class, try->choice);
        if (broken < least || (broken == least && try->cost < best->cost)) {
            least = broken;
            best = try;
        }
    }
    return best;
}

/* What the line of a try costs with the price of every week that does not rest; INFINITY when that is
 * forbidden. */
static double true_cost(const struct resting *r, const struct try *try)
{
    int due = week_rest_broken(r->model, r->class, try->choice);
    if (due > 0 && r->price <= 0)
        return INFINITY;
    for (int week = 0; week < r->n_weeks; week++)
        due -= try->lo[week] == PAID;
    return try->cost + r->price * due;
}

/* Out of tries: the cheapest line that happens to rest, paying where that is possible. */
static struct try *any_legal(const struct resting *r)
{
    struct try *best = NULL;
    double least = INFINITY;
    for (guint i = 0; i < r->tries->len; i++) {
        struct try *try = g_ptr_array_index(r->tries, i);
        double cost = try->choice == NULL || try->cost == INFINITY ? INFINITY : true_cost(r, try);
        if (cost < least) {
            least = cost;
            best = try;
        }
    }
    return best;
}

bool week_rest_solve(struct line *line, const struct roster_model *model, const struct agent_class *class,
                     const struct line_query *query, struct line_answer *answer)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    struct resting r = {.line = line,
                        .model = model,
                        .class = class,
                        .cat = cat,
                        .query = query,
                        .problem = agent_line_problem(model, class),
                        .length_s = rest_s(model, cat),
                        .n_weeks = model->problem->n_weeks};
    if (r.length_s <= 0)
        return line_solve(line, &r.problem, query, answer);
    r.price = model->problem->operation->contracts[cat->contract].rule_price[CONTRACT_RULE_WEEK_REST_MINUTES];
    r.starts = g_new0(GArray *, r.n_weeks + 1);
    r.tries = g_ptr_array_new_with_free_func(free_try);
    r.value = g_new(double, cat->n_slots + 1);
    add_try(&r, NULL, 0, FREE, FREE);
    struct try *best = NULL, *top = NULL;
    while (best == NULL && (top = best_open(&r)) != NULL && r.tries->len < TRIES_MAX) {
        int week = broken_week(&r, top);
        if (week < 0)
            best = top;
        else
            split(&r, top, week);
    }
    answer->exact = best != NULL || top == NULL;
    answer->bound = top == NULL ? INFINITY : top->cost;
    while (best == NULL && top != NULL && (best = any_legal(&r)) == NULL && r.tries->len < DIVES_MAX &&
           (top = nearest_open(&r)) != NULL)
        split(&r, top, broken_week(&r, top));
    answer->n = best != NULL;
    if (best != NULL) {
        memcpy(answer->choice, best->choice, (size_t)cat->n_days * sizeof *answer->choice);
        answer->cost[0] = true_cost(&r, best);
    }
    for (int week = 0; week < r.n_weeks; week++)
        if (r.starts[week] != NULL)
            g_array_unref(r.starts[week]);
    g_ptr_array_unref(r.tries);
    g_free(r.starts);
    g_free(r.value);
    return answer->n > 0;
}
