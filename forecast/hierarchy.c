#include "forecast/hierarchy.h"

#include "forecast/array.h"

#include <math.h>

#define COMMON_MIN_DAYS 28
#define END_APART_DAYS 14
#define OPEN_SHARE 0.5    /* a weekday and slot seen on so many of its days belongs to the opening hours */
#define FILLED_SHARE 0.1  /* of a sum, at most */
#define SPECIAL_SHARE 0.5 /* of the volume, at least */

/* What the queues say of one day; volumes, name by the first of the largest kind. */
struct day_vote {
    int32_t day;
    double closed, holiday, event;
    const char *name;
    bool name_holiday; /* the name is that of a holiday or closed day */
};

struct hierarchy_sum {
    struct grid grid, horizon;
    double *sum, *filled;  /* grid.n */
    uint8_t *seen;         /* grid.n: some queue is open */
    double volume;         /* of all queues */
    GArray *votes;         /* struct day_vote, sorted by day when finished */
    struct series history; /* offered is `sum` */
    struct forecast_special *specials;
};

static int32_t interval_of_all(const struct forecast_input *const *inputs, int n)
{
    int32_t interval = inputs[0]->history->grid.interval_s;
    for (int i = 1; i < n; i++) {
        int32_t other = inputs[i]->history->grid.interval_s, common = interval;
        while (common % other != 0)
            common += interval;
        interval = common;
    }
    return interval;
}

/* Instants of the first and behind the last observation; false when there is none. */
static bool observed(const struct series *history, int64_t *from_ts, int64_t *to_ts)
{
    int32_t first = 0, last = history->grid.n - 1;
    while (first <= last && isnan(history->offered[first]))
        first++;
    while (last >= first && isnan(history->offered[last]))
        last--;
    *from_ts = grid_ts(&history->grid, first);
    *to_ts = grid_ts(&history->grid, last + 1);
    return first <= last;
}

static int64_t floor_to(int64_t ts, int32_t interval_s)
{
    int64_t rest = ts % interval_s;
    return ts - rest - (rest < 0 ? interval_s : 0);
}

struct hierarchy_sum *hierarchy_sum_new(const struct forecast_input *const *inputs, int n)
{
    int32_t interval = interval_of_all(inputs, n);
    int64_t start = INT64_MIN, end = INT64_MAX, end_last = INT64_MIN, from = INT64_MAX, to = INT64_MIN;
    for (int i = 0; i < n; i++) {
        int64_t first, behind;
        if (!observed(inputs[i]->history, &first, &behind))
            return NULL;
        start = MAX(start, first);
        end = MIN(end, behind);
        end_last = MAX(end_last, behind);
        from = MIN(from, inputs[i]->horizon.start_ts);
        to = MAX(to, grid_end_ts(&inputs[i]->horizon));
    }
    start = floor_to(start + interval - 1, interval);
    end_last = floor_to(end_last, interval);
    if (end - start < (int64_t)COMMON_MIN_DAYS * DAY_S || end_last - end > (int64_t)END_APART_DAYS * DAY_S)
        return NULL;
    struct hierarchy_sum *sum = g_new0(struct hierarchy_sum, 1);
    from = floor_to(from, interval);
    /* To the end of the last queue: one that closes on Friday does not end the history before Saturday. */
    sum->grid = (struct grid){start, interval, (int32_t)((MIN(end_last, from) - start) / interval)};
    sum->horizon = (struct grid){from, interval, (int32_t)((to - from + interval - 1) / interval)};
    sum->sum = array_new(sum->grid.n, 1);
    sum->filled = array_new(sum->grid.n, 1);
    sum->seen = g_new0(uint8_t, (gsize)sum->grid.n + 1);
    sum->votes = g_array_new(FALSE, TRUE, sizeof(struct day_vote));
    return sum;
}

void hierarchy_sum_free(struct hierarchy_sum *sum)
{
    if (sum == NULL)
        return;
    g_free(sum->sum);
    g_free(sum->filled);
    g_free(sum->seen);
    g_free(sum->specials);
    g_array_free(sum->votes, TRUE);
    g_free(sum);
}

/* ---- adding ---- */

/* Days a queue is closed or that tell nothing, by day from first_day. */
enum { DAY_PLAIN, DAY_CLOSED, DAY_UNKNOWN };

struct days {
    int32_t first_day;
    int n;
    uint8_t *kind;
};

static struct days days_of(const struct forecast_input *input)
{
    const struct grid *grid = &input->history->grid;
    int32_t first = zone_local_day(input->zone, grid->start_ts);
    struct days days = {first, zone_local_day(input->zone, grid_end_ts(grid)) - first + 1, NULL};
    days.kind = g_new0(uint8_t, (gsize)days.n);
    for (int i = 0; i < input->n_specials; i++) {
        const struct forecast_special *special = &input->specials[i];
        int at = special->day - first;
        if (at < 0 || at >= days.n)
            continue;
        if (special->kind == SPECIAL_CLOSED)
            days.kind[at] = DAY_CLOSED;
        if (special->kind == SPECIAL_UNPLANNED)
            days.kind[at] = DAY_UNKNOWN;
    }
    return days;
}

/* Local week slot of each interval into `slot`, -1 on days that are closed and -2 on days that tell nothing.
 * The zone is asked once a day, but on days of a change. */
static void find_slots(const struct forecast_input *input, int32_t *slot)
{
    const struct grid *grid = &input->history->grid;
    int n_slots = DAY_S / grid->interval_s;
    struct days days = days_of(input);
    int64_t start_ts = 0, end_ts = INT64_MIN;
    int32_t day = 0;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        int64_t ts = grid_ts(grid, iv);
        if (ts >= end_ts) {
            day = zone_local_day(input->zone, ts);
            start_ts = zone_day_start(input->zone, day);
            end_ts = zone_day_start(input->zone, day + 1);
        }
        int second = end_ts - start_ts == DAY_S ? (int)(ts - start_ts) : zone_local(input->zone, ts).second;
        uint8_t kind = days.kind[day - days.first_day];
        slot[iv] = kind == DAY_PLAIN    ? day_weekday(day) * n_slots + second / grid->interval_s
                   : kind == DAY_CLOSED ? -1
                                        : -2;
    }
    g_free(days.kind);
}

/* Share of the days on which a slot of the week was seen. */
static double *seen_share(const struct series *history, const int32_t *slot, int n_slots)
{
    double *share = array_new(WEEK_DAYS, n_slots);
    g_autofree double *days = array_new(WEEK_DAYS, n_slots);
    for (int32_t iv = 0; iv < history->grid.n; iv++)
        if (slot[iv] >= 0) {
            share[slot[iv]] += !isnan(history->offered[iv]);
            days[slot[iv]]++;
        }
    for (int i = 0; i < WEEK_DAYS * n_slots; i++)
        share[i] = days[i] > 0 ? share[i] / days[i] : 0;
    return share;
}

static struct day_vote *vote_of(struct hierarchy_sum *sum, int32_t day)
{
    for (guint i = 0; i < sum->votes->len; i++) {
        struct day_vote *vote = &g_array_index(sum->votes, struct day_vote, i);
        if (vote->day == day)
            return vote;
    }
    struct day_vote vote = {.day = day};
    g_array_append_val(sum->votes, vote);
    return &g_array_index(sum->votes, struct day_vote, sum->votes->len - 1);
}

static void add_specials(struct hierarchy_sum *sum, const struct forecast_input *input, double volume)
{
    for (int i = 0; i < input->n_specials; i++) {
        const struct forecast_special *special = &input->specials[i];
        if (special->kind == SPECIAL_UNPLANNED)
            continue;
        struct day_vote *vote = vote_of(sum, special->day);
        bool holiday = special->kind != SPECIAL_EVENT;
        vote->closed += special->kind == SPECIAL_CLOSED ? volume : 0;
        vote->holiday += special->kind == SPECIAL_HOLIDAY || special->kind == SPECIAL_OTHER ? volume : 0;
        vote->event += special->kind == SPECIAL_EVENT ? volume : 0;
        if (vote->name == NULL || (holiday && !vote->name_holiday)) {
            vote->name = special->name;
            vote->name_holiday = holiday;
        }
    }
}

void hierarchy_sum_add(struct hierarchy_sum *sum, const struct forecast_input *input)
{
    const struct series *history = input->history;
    const struct grid *grid = &history->grid;
    int n_slots = DAY_S / grid->interval_s, week = WEEK_DAYS * n_slots;
    g_autofree int32_t *slot = g_new0(int32_t, (gsize)grid->n + 1);
    find_slots(input, slot);
    g_autofree double *share = seen_share(history, slot, n_slots), *value = array_new(grid->n, 1);
    double volume = 0;
    int32_t behind = grid_index(grid, grid_end_ts(&sum->grid) - 1) + 1;
    for (int32_t iv = 0; iv < behind; iv++) {
        bool inside = iv < grid->n;
        int64_t ts = grid_ts(grid, iv);
        int32_t at = grid_index(&sum->grid, ts);
        double seen = inside && slot[iv] != -2 ? history->offered[iv] : NAN;
        if (inside && slot[iv] == -1)
            seen = NAN; /* closed: nothing, whatever was recorded */
        bool open = inside ? slot[iv] == -2 || (slot[iv] >= 0 && share[slot[iv]] >= OPEN_SHARE)
                           : iv >= week && iv - week < grid->n && value[iv - week] > 0;
        double stand_in = iv >= week && iv - week < grid->n ? value[iv - week] : NAN;
        double take = !isnan(seen) ? seen : open ? stand_in : 0;
        if (inside)
            value[iv] = isnan(take) ? 0 : take;
        if (at < 0 || at >= sum->grid.n)
            continue;
        if (!isnan(take))
            sum->sum[at] += take;
        if (isnan(seen) && open)
            sum->filled[at] += isnan(take) ? INFINITY : take;
        sum->seen[at] |= !isnan(seen) || open;
        volume += isnan(take) ? 0 : take;
    }
    sum->volume += volume;
    add_specials(sum, input, volume);
}

/* ---- the whole ---- */

static int by_day(const void *a, const void *b)
{
    const struct day_vote *left = a, *right = b;
    return (left->day > right->day) - (left->day < right->day);
}

struct forecast_input hierarchy_sum_input(struct hierarchy_sum *sum, const struct zone *zone)
{
    for (int32_t iv = 0; iv < sum->grid.n; iv++)
        if (!sum->seen[iv] || sum->filled[iv] > FILLED_SHARE * sum->sum[iv])
            sum->sum[iv] = NAN;
    g_array_sort(sum->votes, by_day);
    g_free(sum->specials);
    sum->specials = g_new0(struct forecast_special, (gsize)sum->votes->len + 1);
    int n = 0;
    double need = SPECIAL_SHARE * sum->volume;
    for (guint i = 0; i < sum->votes->len; i++) {
        const struct day_vote *vote = &g_array_index(sum->votes, struct day_vote, i);
        if (vote->closed + vote->holiday + vote->event < need)
            continue;
        bool closed = vote->closed >= (1 - 1e-9) * sum->volume;
        bool holiday = vote->closed + vote->holiday > vote->event;
        sum->specials[n++] = (struct forecast_special){.day = vote->day,
                                                       .kind = closed    ? SPECIAL_CLOSED
                                                               : holiday ? SPECIAL_HOLIDAY
                                                                         : SPECIAL_EVENT,
                                                       .name = vote->name};
    }
    sum->history = (struct series){.grid = sum->grid, .offered = sum->sum};
    return (struct forecast_input){.history = &sum->history,
                                   .zone = zone,
                                   .specials = sum->specials,
                                   .n_specials = n,
                                   .default_aht_s = 1,
                                   .horizon = sum->horizon};
}
