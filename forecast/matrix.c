#include "forecast/matrix.h"

#include "forecast/array.h"
#include "forecast/root.h"

#include <math.h>

#define CLOCK_CHANGE_UNTIL_S (3 * 3600)
#define WEEKDAY_CLOSED_AFTER_DAYS 21

/* Walks the grid day by day, so that the zone is asked once per ordinary day, not once per interval. */
struct walker {
    const struct zone *zone;
    int interval_s;
    int32_t day;
    int64_t start_ts, end_ts;
    bool plain; /* 24 hours: slots follow from the distance to its start */
};

static void walker_set(struct walker *walker, int32_t day)
{
    walker->day = day;
    walker->start_ts = zone_day_start(walker->zone, day);
    walker->end_ts = zone_day_start(walker->zone, day + 1);
    walker->plain = walker->end_ts - walker->start_ts == DAY_S;
}

static int walker_slot(struct walker *walker, int64_t ts)
{
    if (ts < walker->start_ts || ts >= walker->end_ts)
        walker_set(walker, zone_local_day(walker->zone, ts));
    if (walker->plain)
        return (int)((ts - walker->start_ts) / walker->interval_s);
    return zone_local(walker->zone, ts).second / walker->interval_s;
}

static void open_from_spans(struct day_matrix *matrix, const struct week_span *open, int n_open)
{
    int slot_min = matrix->interval_s / 60;
    for (int i = 0; i < n_open; i++)
        for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
            if ((open[i].weekdays >> weekday & 1) == 0)
                continue;
            for (int s = 0; s < 2 * matrix->n_slots; s++) {
                int from = s * slot_min;
                if (from >= open[i].to_min || from + slot_min <= open[i].from_min)
                    continue;
                int day = (weekday + s / matrix->n_slots) % WEEK_DAYS;
                matrix->open[day * matrix->n_slots + s % matrix->n_slots] = 1;
            }
        }
}

/* Without opening hours: a weekday and slot is open when it was ever observed. A history too short to have
   seen the weekday takes the slots of the other days. */
static void open_from_history(struct day_matrix *matrix)
{
    int n_slots = matrix->n_slots;
    int days[WEEK_DAYS] = {0};
    g_autofree uint8_t *any = g_new0(uint8_t, (gsize)n_slots);
    for (int day = 0; day < matrix->n_days; day++) {
        int weekday = matrix_weekday(matrix, day), count = 0;
        for (int s = 0; s < n_slots; s++)
            if (matrix->seen[day * n_slots + s] > 0) {
                matrix->open[weekday * n_slots + s] = any[s] = 1;
                count++;
            }
        days[weekday] += count > 0;
    }
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++)
        if (days[weekday] < 2 && matrix->n_days < WEEKDAY_CLOSED_AFTER_DAYS)
            for (int s = 0; s < n_slots; s++)
                matrix->open[weekday * n_slots + s] |= any[s];
}

static void hide(struct day_matrix *matrix, int cell)
{
    matrix->y[cell] = NAN;
    matrix->z[cell] = 0;
    matrix->seen[cell] = 0;
}

static bool slot_exists(const struct day_matrix *matrix, int day, int slot)
{
    int64_t at[2];
    return zone_instants(matrix->zone, matrix->first_day + day, slot * matrix->interval_s, at) > 0;
}

/* Hides what no model may learn from, and counts the open cells that should have been there. */
static void mask(struct day_matrix *matrix, const struct day_calendar *calendar)
{
    int change_slots = CLOCK_CHANGE_UNTIL_S / matrix->interval_s, slot_min = matrix->interval_s / 60;
    for (int day = 0; day < matrix->n_days; day++) {
        const struct day_info *info = calendar_day(calendar, matrix->first_day + day);
        int32_t length_s = zone_day_length_s(matrix->zone, matrix->first_day + day);
        const uint8_t *open = &matrix->open[info->weekday * matrix->n_slots];
        for (int s = 0; s < matrix->n_slots; s++) {
            int cell = day * matrix->n_slots + s;
            bool changed = length_s != DAY_S && s < change_slots;
            bool in_hours = open[s] && calendar_hours(info, s * slot_min, (s + 1) * slot_min);
            if (changed || info->closed || info->unplanned || !in_hours)
                hide(matrix, cell);
            else if (matrix->seen[cell] == 0)
                matrix->missing += length_s == DAY_S || slot_exists(matrix, day, s);
        }
    }
}

static void fold(struct day_matrix *matrix, const struct grid *grid, const double *values)
{
    struct walker walker = {matrix->zone, grid->interval_s, 0, 0, 0, false};
    for (int32_t iv = 0; iv < grid->n; iv++) {
        if (isnan(values[iv]))
            continue;
        int slot = walker_slot(&walker, grid_ts(grid, iv));
        int cell = (walker.day - matrix->first_day) * matrix->n_slots + slot;
        double n = ++matrix->seen[cell];
        matrix->y[cell] += (values[iv] - matrix->y[cell]) / n;
    }
    for (int cell = 0; cell < matrix->n_days * matrix->n_slots; cell++)
        if (matrix->seen[cell] > 0) {
            matrix->seen[cell] = 1;
            matrix->z[cell] = root_from_count(matrix->y[cell]);
        } else {
            matrix->y[cell] = NAN;
        }
}

void matrix_init(struct day_matrix *matrix, const struct grid *grid, const double *values,
                 const struct zone *zone, const struct day_calendar *calendar, const struct week_span *open,
                 int n_open)
{
    *matrix = (struct day_matrix){
        .zone = zone, .interval_s = grid->interval_s, .n_slots = DAY_S / grid->interval_s};
    int32_t first = 0, last = grid->n - 1;
    while (first < grid->n && isnan(values[first]))
        first++;
    while (last > first && isnan(values[last]))
        last--;
    if (first < grid->n) {
        matrix->first_day = zone_local_day(zone, grid_ts(grid, first));
        matrix->n_days = zone_local_day(zone, grid_ts(grid, last)) - matrix->first_day + 1;
    }
    matrix->y = array_new(matrix->n_days, matrix->n_slots);
    matrix->z = array_new(matrix->n_days, matrix->n_slots);
    matrix->seen = array_new(matrix->n_days, matrix->n_slots);
    matrix->dropped_at = g_new0(int, (gsize)matrix->n_days + 1);
    matrix->open = g_new0(uint8_t, (gsize)(WEEK_DAYS * matrix->n_slots));
    if (matrix->n_days == 0)
        return;
    fold(matrix, grid, values);
    if (n_open > 0)
        open_from_spans(matrix, open, n_open);
    else
        open_from_history(matrix);
    mask(matrix, calendar);
}

void matrix_clear(struct day_matrix *matrix)
{
    g_free(matrix->y);
    g_free(matrix->z);
    g_free(matrix->seen);
    g_free(matrix->open);
    g_free(matrix->dropped_at);
    *matrix = (struct day_matrix){0};
}

void matrix_drop_zeros(struct day_matrix *matrix, const struct day_calendar *calendar)
{
    int n_slots = matrix->n_slots, n = WEEK_DAYS * n_slots;
    g_autofree double *sum = array_new(WEEK_DAYS, n_slots), *count = array_new(WEEK_DAYS, n_slots);
    g_autofree double *zeros = array_new(WEEK_DAYS, n_slots);
    for (int cell = 0; cell < matrix->n_days * n_slots; cell++) {
        if (matrix->seen[cell] == 0)
            continue;
        int at = matrix_weekday(matrix, cell / n_slots) * n_slots + cell % n_slots;
        sum[at] += matrix->z[cell];
        count[at] += 1;
        zeros[at] += matrix->y[cell] == 0;
    }
    for (int at = 0; at < n; at++)
        sum[at] = count[at] > 0 ? sum[at] / count[at] : 0;
    for (int day = 0; day < matrix->n_days; day++) {
        const struct day_info *info = calendar_day(calendar, matrix->first_day + day);
        double *y = &matrix->y[day * n_slots], total = 0;
        for (int s = 0; s < n_slots; s++)
            total += isnan(y[s]) ? 0 : y[s];
        if (total == 0 || calendar_is_special(info))
            continue;
        for (int s = 0; s < n_slots; s++) {
            int at = info->weekday * n_slots + s;
            if (y[s] != 0 || root_to_rate(sum[at]) <= 8 || zeros[at] > MAX(1, 0.1 * count[at]))
                continue;
            hide(matrix, day * n_slots + s);
            matrix->missing++;
            matrix->dropped++;
            matrix->dropped_at[day]++;
        }
    }
}

void matrix_cell(const struct day_matrix *matrix, int64_t ts, int *day, int *slot)
{
    struct local_time local = zone_local(matrix->zone, ts);
    *day = local.day - matrix->first_day;
    *slot = local.second / matrix->interval_s;
}

double matrix_contacts(const struct day_matrix *matrix, int end, double *intervals)
{
    double sum = 0;
    *intervals = 0;
    for (int cell = 0; cell < end * matrix->n_slots; cell++)
        if (matrix->seen[cell] > 0) {
            sum += matrix->y[cell];
            (*intervals)++;
        }
    return sum;
}

bool matrix_weekday_open(const struct day_matrix *matrix, int weekday)
{
    for (int s = 0; s < matrix->n_slots; s++)
        if (matrix->open[weekday * matrix->n_slots + s])
            return true;
    return false;
}

double matrix_seen_share(const struct day_matrix *matrix, int day)
{
    const uint8_t *open = &matrix->open[matrix_weekday(matrix, day) * matrix->n_slots];
    int n_open = 0;
    double n_seen = 0;
    for (int s = 0; s < matrix->n_slots; s++) {
        n_open += open[s];
        n_seen += matrix->seen[day * matrix->n_slots + s];
    }
    return n_open > 0 ? n_seen / n_open : 0;
}
