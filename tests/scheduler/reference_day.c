#include "tests/scheduler/reference_day.h"

#include <math.h>
#include <string.h>

#define STEP_MAX_S 3600
#define MUCH 1e5    /* agents, rates, times: beyond it no centre is meant */
#define FINE_S 30   /* interval where the end of the day matters */
#define TAIL_S 7200 /* so long the last contacts take at most */

/* By type or group, then period; the last period's again behind it. */
struct table {
    double at[REFERENCE_MAX][REFERENCE_PERIODS + 1];
    int n_rows, n_columns; /* as given */
};

struct reference_own {
    double step_s, period_s, busyness_cv2;
    struct table arrive, work_s, patience_s, agents; /* arrive: per second */
    double *offered[REFERENCE_MAX], *aht_s[REFERENCE_MAX];
    float *stretch; /* grid.n: of patience */
    int *staff[REFERENCE_MAX];
    int queues[REFERENCE_MAX][REFERENCE_MAX], level[REFERENCE_MAX][REFERENCE_MAX];
    int priority[REFERENCE_MAX][REFERENCE_MAX];
    double delay_s[REFERENCE_MAX][REFERENCE_MAX]; /* group, its queues */
    struct hall_group groups[REFERENCE_MAX];
    struct hall_queue how[REFERENCE_MAX];
    struct call_source sources[REFERENCE_MAX];
    struct calls calls;
    struct hall_engine *engine;
    int32_t last; /* interval in which somebody was busy */
};

/* ---- JSON ---- */

/* A number, or the number behind `word` in a text; NAN. */
static double number_of(const json_t *x, const char *word)
{
    if (json_is_number(x))
        return json_number_value(x);
    const char *text = json_string_value(x), *at = text != NULL ? strstr(text, word) : NULL;
    char *end;
    double value = at != NULL ? g_ascii_strtod(at + strlen(word), &end) : 0;
    return at != NULL && end > at + strlen(word) ? value : NAN;
}

static double seconds_in(const char *unit)
{
    return unit[0] == 'h' ? 3600 : unit[0] == 'm' ? 60 : 1;
}

/* "20 s", or a number in the scenario's unit. */
static double time_of(const json_t *x, double unit_s)
{
    if (!json_is_string(x))
        return json_is_number(x) ? json_number_value(x) * unit_s : NAN;
    char *end;
    double value = g_ascii_strtod(json_string_value(x), &end);
    while (*end == ' ')
        end++;
    return value * (*end != '\0' ? seconds_in(end) : unit_s);
}

static bool read_row(const json_t *row, struct table *table, int at)
{
    size_t n = json_is_array(row) ? json_array_size(row) : 1;
    if (n == 0 || n > REFERENCE_PERIODS || at >= REFERENCE_MAX)
        return false;
    for (size_t i = 0; i <= REFERENCE_PERIODS; i++) {
        const json_t *x = json_is_array(row) ? json_array_get(row, MIN(i, n - 1)) : row;
        table->at[at][i] = json_number_value(x);
        if (!json_is_number(x) || !(table->at[at][i] >= 0 && table->at[at][i] <= MUCH))
            return false;
    }
    table->n_rows = at + 1;
    table->n_columns = (int)n;
    return true;
}

/* A number, a list, or a list of lists; a list counts by `by_row` or by period. */
static bool read_table(const json_t *x, struct table *table)
{
    if (!json_is_array(json_array_get(x, 0)))
        return read_row(x, table, 0);
    for (size_t i = 0; i < json_array_size(x); i++)
        if (!read_row(json_array_get(x, i), table, (int)i))
            return false;
    return true;
}

static void scale(struct table *table, double factor, bool inverse)
{
    for (int i = 0; i < table->n_rows; i++)
        for (int p = 0; p <= REFERENCE_PERIODS; p++)
            table->at[i][p] = inverse ? factor / table->at[i][p] : factor * table->at[i][p];
}

static double cell(const struct table *table, int row, int period)
{
    return table->at[MIN(row, table->n_rows - 1)][MIN(period, REFERENCE_PERIODS)];
}

/* The first of the keys that is there, times or through its factor. */
struct way {
    const char *key;
    double factor;
    bool inverse;
};

static bool read_ways(const json_t *s, const struct way *ways, int n, struct table *table)
{
    for (int i = 0; i < n; i++) {
        const json_t *x = json_object_get(s, ways[i].key);
        if (x == NULL)
            continue;
        double mean = json_is_string(x) ? number_of(x, "mean ") : NAN;
        if (json_is_string(x))
            *table = (struct table){.n_rows = 1, .n_columns = 1};
        for (int p = 0; p <= REFERENCE_PERIODS && json_is_string(x); p++)
            table->at[0][p] = mean;
        if (json_is_string(x) ? isnan(mean) : !read_table(x, table))
            return false;
        scale(table, ways[i].factor, ways[i].inverse);
        return true;
    }
    return false;
}

/* Place of a number in a list of a list; -1. */
static int place_in(const json_t *lists, int list, int what)
{
    const json_t *row = json_array_get(lists, (size_t)list);
    for (size_t i = 0; i < json_array_size(row); i++)
        if (json_integer_value(json_array_get(row, i)) == what)
            return (int)i;
    return -1;
}

/* ---- the centre ---- */

static bool read_loads(const json_t *s, struct reference_day *day)
{
    struct reference_own *own = day->own;
    double unit_s = day->unit_s;
    const struct way arrive[] = {{"arrival_rate", 1 / unit_s, false},
                                 {"arrivals_per_hour", 1.0 / 3600, false}};
    const struct way work[] = {
        {"mean_service", unit_s, false}, {"service", unit_s, false}, {"service_rate", unit_s, true}};
    const struct way patience[] = {
        {"mean_patience", unit_s, false}, {"patience", unit_s, false}, {"abandon_rate", unit_s, true}};
    const struct way agents[] = {{"agents", 1, false}};
    own->patience_s = (struct table){.n_rows = 1, .n_columns = 1}; /* 0: nobody leaves */
    bool ok = read_ways(s, arrive, G_N_ELEMENTS(arrive), &own->arrive) &&
              read_ways(s, work, G_N_ELEMENTS(work), &own->work_s) &&
              read_ways(s, agents, G_N_ELEMENTS(agents), &own->agents);
    read_ways(s, patience, G_N_ELEMENTS(patience), &own->patience_s);
    day->n_types = own->arrive.n_rows;
    day->n_groups = own->agents.n_rows;
    day->n_periods = own->arrive.n_columns;
    day->to_the_last = own->agents.n_columns == day->n_periods + 1;
    day->per_expected = json_object_get(s, "arrivals_per_hour") != NULL;
    double day_s = time_of(json_object_get(s, "day_min"), 60);
    own->period_s = time_of(json_object_get(s, "period_min"), 60);
    if (isnan(own->period_s))
        own->period_s = time_of(json_object_get(s, "period_s"), 1);
    if (isnan(own->period_s))
        own->period_s = day_s / day->n_periods;
    own->step_s = day->to_the_last ? FINE_S : own->period_s / ceil(own->period_s / STEP_MAX_S);
    return ok && own->period_s >= 1 && fmod(own->period_s, own->step_s) == 0;
}

static void lay_out(struct reference_day *day)
{
    struct reference_own *own = day->own;
    int steps = (int)(own->period_s / own->step_s);
    int32_t n = day->n_periods * steps + (day->to_the_last ? TAIL_S / FINE_S : 0);
    day->hall.grid = (struct grid){0, (int32_t)own->step_s, n};
    own->stretch = g_new(float, n);
    for (int type = 0; type < day->n_types; type++) {
        own->offered[type] = g_new0(double, n);
        own->aht_s[type] = g_new0(double, n);
        for (int32_t iv = 0; iv < n; iv++) {
            int period = reference_period(day, iv);
            bool open = period < day->n_periods;
            own->offered[type][iv] = open ? cell(&own->arrive, type, period) * own->step_s : 0;
            own->aht_s[type][iv] = cell(&own->work_s, type, period);
            own->stretch[iv] = (float)(cell(&own->patience_s, 0, period) / cell(&own->patience_s, 0, 0));
            day->expected += own->offered[type][iv];
        }
    }
    for (int group = 0; group < day->n_groups; group++) {
        own->staff[group] = g_new0(int, n);
        for (int32_t iv = 0; iv < n; iv++)
            own->staff[group][iv] = (int)cell(&own->agents, group, reference_period(day, iv));
    }
    day->result.counts = g_new0(struct hall_count, day->n_types * n);
    day->result.busy_s = g_new0(double, day->n_groups *n);
}

static void route_group(const json_t *s, struct reference_day *day, int g)
{
    const json_t *serves = json_object_get(s, "group_to_types"), *goes = json_object_get(s, "type_to_groups");
    const json_t *later = json_object_get(s, "reroute_type_to_groups");
    struct reference_own *own = day->own;
    int n = 0;
    for (int k = 0; k < day->n_types; k++) {
        int choice = serves != NULL ? place_in(serves, g, k) : 0;
        int now = goes != NULL ? place_in(goes, k, g) : 0, then = later != NULL ? place_in(later, k, g) : -1;
        if (choice < 0 || (now < 0 && then < 0))
            continue;
        own->queues[g][n] = k;
        own->level[g][n] = now >= 0 ? now : then;
        own->delay_s[g][n] = now >= 0 ? 0 : time_of(json_object_get(s, "reroute_after_min"), 60);
        own->priority[g][n] = later != NULL ? REFERENCE_MAX - choice : 0;
        n++;
    }
    own->groups[g] = (struct hall_group){.queues = own->queues[g],
                                         .n_queues = n,
                                         .staff = own->staff[g],
                                         .level = own->level[g],
                                         .priority = own->priority[g],
                                         .delay_s = own->delay_s[g],
                                         .rule = HALL_LONGEST};
}

static void open_hall(const json_t *s, struct reference_day *day)
{
    struct reference_own *own = day->own;
    double threshold_s = time_of(json_object_get(s, "T"), day->unit_s);
    double balk = number_of(json_object_get(s, "patience"), "prob ");
    double shape = number_of(json_object_get(s, "day_busyness"), "shape ");
    const json_t *room = json_object_get(s, "queue_capacity");
    own->busyness_cv2 = shape > 0 ? 1 / shape : 0;
    for (int k = 0; k < day->n_types; k++) {
        own->how[k] = (struct hall_queue){.threshold_s = threshold_s, .concurrency = 1};
        own->sources[k] = (struct call_source){.offered = own->offered[k],
                                               .aht_s = own->aht_s[k],
                                               .patience_s = cell(&own->patience_s, 0, 0),
                                               .balk = balk > 0 && balk <= 1 ? balk : 0};
    }
    for (int g = 0; g < day->n_groups; g++)
        route_group(s, day, g);
    day->hall.queues = own->how;
    day->hall.n_queues = day->n_types;
    day->hall.groups = own->groups;
    day->hall.n_groups = day->n_groups;
    day->hall.limited = json_is_integer(room);
    day->hall.room = (int)json_integer_value(room);
    own->engine = hall_engine_new(&day->hall);
}

/* The scenario with what it is like below it. */
static json_t *resolve(struct vectors *file, const json_t *scenario)
{
    json_t *all = json_copy((json_t *)scenario);
    for (int depth = 0; depth < 4 && json_object_get(all, "like") != NULL; depth++) {
        g_autofree char *name = g_strdup(json_string_value(json_object_get(all, "like")));
        json_object_del(all, "like");
        json_t *base = name != NULL ? vectors_scenario(file, name) : NULL;
        json_object_update_missing(all, base);
        json_decref(base);
    }
    return all;
}

struct reference_day *reference_new(struct vectors *file, const json_t *scenario, char **why)
{
    json_t *s = resolve(file, scenario);
    struct reference_day *day = g_new0(struct reference_day, 1);
    day->own = g_new0(struct reference_own, 1);
    const char *unit = json_string_value(json_object_get(s, "time_unit"));
    day->unit_s = unit != NULL ? seconds_in(unit) : 1;
    bool ok = read_loads(s, day);
    if (ok) {
        lay_out(day);
        open_hall(s, day);
    } else {
        *why = g_strdup("not of the form of tests/scheduler/reference_day.h");
        reference_free(day);
    }
    json_decref(s);
    return ok ? day : NULL;
}

void reference_free(struct reference_day *day)
{
    if (day == NULL)
        return;
    struct reference_own *own = day->own;
    for (int i = 0; i < REFERENCE_MAX; i++) {
        g_free(own->offered[i]);
        g_free(own->aht_s[i]);
        g_free(own->staff[i]);
    }
    g_free(own->stretch);
    calls_clear(&own->calls);
    if (own->engine != NULL)
        hall_engine_free(own->engine);
    g_free(day->result.counts);
    g_free(day->result.busy_s);
    g_free(own);
    g_free(day);
}

/* ---- days ---- */

void reference_run(struct reference_day *day, uint64_t seed)
{
    struct reference_own *own = day->own;
    calls_draw(&own->calls, &(struct calls_ask){.sources = own->sources,
                                                .n_queues = day->n_types,
                                                .grid = &day->hall.grid,
                                                .busyness_cv2 = own->busyness_cv2,
                                                .seed = seed});
    for (int i = 0; i < own->calls.n && own->sources[0].patience_s > 0; i++)
        own->calls.call[i].patience_s *= own->stretch[own->calls.call[i].iv];
    hall_run(own->engine, &own->calls, seed, &day->result);
    int32_t n = day->hall.grid.n;
    for (own->last = n - 1; own->last > 0; own->last--)
        for (int g = 0; g < day->n_groups; g++)
            if (day->result.busy_s[g * n + own->last] > 0)
                return;
}

int reference_period(const struct reference_day *day, int32_t iv)
{
    return MIN((int)(iv * day->own->step_s / day->own->period_s), day->n_periods);
}

void reference_time(const struct reference_day *day, int group, int32_t iv, double *busy_s, double *staff_s)
{
    const struct reference_own *own = day->own;
    *busy_s = day->result.busy_s[group * day->hall.grid.n + iv];
    bool over = day->to_the_last && iv > own->last;
    *staff_s = over ? 0 : fmax(*busy_s, own->staff[group][iv] * own->step_s);
}
