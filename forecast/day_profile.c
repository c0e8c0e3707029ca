#include "forecast/day_profile.h"

#include "forecast/array.h"
#include "forecast/errors.h"
#include "forecast/matrix.h"
#include "forecast/root.h"

#include <math.h>

#define HALF_LIFE_DAYS 112.0
#define PRIOR_DAYS 2.0 /* so much the working days or the weekend tell of one weekday */
#define COMPLETE 0.9   /* of the intervals a day usually has */
#define CLASSES 2      /* working days, weekend */
#define GIVEN_CV2 0.04 /* of a profile nobody has compared with contacts: a fifth off */

static bool is_weekend(int weekday)
{
    return weekday >= 5;
}

/* Weighted contacts per weekday and slot over the ordinary days of the matrix that are complete. Returns how
 * many. */
static int add_days(const struct day_matrix *matrix, const struct day_calendar *calendar, double *sum,
                    double *days)
{
    int n = 0, n_slots = matrix->n_slots;
    for (int day = 0; day < matrix->n_days; day++) {
        const struct day_info *info = calendar_day(calendar, matrix->first_day + day);
        if (calendar_is_special(info) || matrix_seen_share(matrix, day) < 1)
            continue;
        double age = exp2(-(matrix->n_days - 1 - day) / HALF_LIFE_DAYS);
        for (int s = 0; s < n_slots; s++)
            if (matrix->seen[day * n_slots + s] > 0)
                sum[info->weekday * n_slots + s] += age * matrix->y[day * n_slots + s];
        days[info->weekday] += age;
        n++;
    }
    return n;
}

static double total(const double *values, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

/* Shares from sums: weekday → working days or weekend → all days → flat. */
static void find_shares(struct day_profile *profile, const double *sum, const double *days)
{
    int n = profile->n_slots;
    g_autofree double *class = array_new(CLASSES, n), *all = array_new(n, 1);
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++)
        for (int s = 0; s < n; s++) {
            class[is_weekend(weekday) * n + s] += sum[weekday * n + s];
            all[s] += sum[weekday * n + s];
        }
    double everything = total(all, n);
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        const double *near = &class[is_weekend(weekday) * n];
        double near_sum = total(near, n), own = total(&sum[weekday * n], n);
        double prior = own > 0 ? PRIOR_DAYS * own / days[weekday] : 1;
        for (int s = 0; s < n; s++) {
            double lean = near_sum > 0 ? near[s] / near_sum : everything > 0 ? all[s] / everything : 1.0 / n;
            profile->share[weekday * n + s] = (sum[weekday * n + s] + prior * lean) / (own + prior);
        }
    }
}

/* Method of moments: E(y - share × day)² = m + m² cv². */
static double find_cv2(const struct day_profile *profile, const struct day_matrix *matrix,
                       const struct day_calendar *calendar)
{
    double excess = 0, square = 0;
    int n = profile->n_slots;
    for (int day = 0; day < matrix->n_days; day++) {
        const struct day_info *info = calendar_day(calendar, matrix->first_day + day);
        if (calendar_is_special(info) || matrix_seen_share(matrix, day) < 1)
            continue;
        double sum = 0;
        for (int s = 0; s < n; s++)
            sum += matrix->seen[day * n + s] > 0 ? matrix->y[day * n + s] : 0;
        for (int s = 0; s < n; s++) {
            double mean = sum * profile->share[info->weekday * n + s];
            double error = matrix->seen[day * n + s] > 0 ? matrix->y[day * n + s] - mean : 0;
            excess += error * error - mean;
            square += mean * mean;
        }
    }
    return square > 0 ? CLAMP(excess / square, 0, 1) : 0;
}

bool day_profile_learn(struct day_profile *profile, const struct series *history, const struct zone *zone,
                       const struct forecast_special *specials, int n_specials, const struct week_span *open,
                       int n_open)
{
    struct day_calendar calendar;
    struct day_matrix matrix;
    if (history->grid.n == 0)
        return false;
    calendar_init(&calendar, zone_local_day(zone, history->grid.start_ts) - 1,
                  zone_local_day(zone, grid_end_ts(&history->grid)) + 1, specials, n_specials);
    matrix_init(&matrix, &history->grid, history->offered, zone, &calendar, open, n_open);
    g_autofree double *sum = array_new(WEEK_DAYS, matrix.n_slots);
    double days[WEEK_DAYS] = {0};
    struct day_profile made = {.n_slots = matrix.n_slots};
    made.days = add_days(&matrix, &calendar, sum, days);
    bool good = made.days > 0 && total(sum, WEEK_DAYS * matrix.n_slots) > 0;
    if (good) {
        made.share = array_new(WEEK_DAYS, made.n_slots);
        find_shares(&made, sum, days);
        made.cv2 = find_cv2(&made, &matrix, &calendar);
        *profile = made;
    }
    matrix_clear(&matrix);
    calendar_clear(&calendar);
    return good;
}

void day_profile_given(struct day_profile *profile, const double *weights, int n)
{
    double sum = total(weights, n);
    *profile = (struct day_profile){.n_slots = sum > 0 ? n : 1, .cv2 = GIVEN_CV2};
    profile->share = array_new(WEEK_DAYS, profile->n_slots);
    for (int i = 0; i < WEEK_DAYS * profile->n_slots; i++)
        profile->share[i] = sum > 0 ? weights[i % n] / sum : 1;
}

void day_profile_clear(struct day_profile *profile)
{
    g_free(profile->share);
    *profile = (struct day_profile){0};
}

/* ---- days of a history ---- */

static double nan_sum(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : a + b;
}

/* Sums of the intervals per local day from first_day on; seen: intervals that went in. */
static void add_fine(const struct series *fine, const struct zone *zone, struct series *out, int *seen)
{
    for (int32_t iv = 0; iv < fine->grid.n; iv++) {
        if (isnan(fine->offered[iv]))
            continue;
        int32_t at = grid_index(&out->grid, grid_day_ts(zone_local_day(zone, grid_ts(&fine->grid, iv))));
        out->offered[at] = nan_sum(out->offered[at], fine->offered[iv]);
        out->answered[at] = nan_sum(out->answered[at], fine->answered[iv]);
        out->abandoned[at] = nan_sum(out->abandoned[at], fine->abandoned[iv]);
        out->handle_s[at] = nan_sum(out->handle_s[at], fine->handle_s[iv]);
        out->wait_s[at] = nan_sum(out->wait_s[at], fine->wait_s[iv]);
        seen[at]++;
    }
}

static void copy_day(struct series *to, int32_t at, const struct series *from, int32_t iv)
{
    to->offered[at] = from != NULL ? from->offered[iv] : NAN;
    to->answered[at] = from != NULL ? from->answered[iv] : NAN;
    to->abandoned[at] = from != NULL ? from->abandoned[iv] : NAN;
    to->handle_s[at] = from != NULL ? from->handle_s[iv] : NAN;
    to->wait_s[at] = from != NULL ? from->wait_s[iv] : NAN;
}

void series_by_day(const struct series *days, const struct series *fine, const struct zone *zone,
                   struct series *out)
{
    int32_t first = INT32_MAX, last = INT32_MIN;
    if (days->grid.n > 0) {
        first = grid_day(&days->grid, 0);
        last = grid_day(&days->grid, days->grid.n - 1);
    }
    if (fine->grid.n > 0) {
        first = MIN(first, zone_local_day(zone, fine->grid.start_ts));
        last = MAX(last, zone_local_day(zone, grid_end_ts(&fine->grid) - 1));
    }
    struct grid grid = {first <= last ? grid_day_ts(first) : 0, GRID_DAY_S,
                        first <= last ? last - first + 1 : 0};
    series_init(out, &grid);
    g_autofree int *seen = g_new0(int, (gsize)grid.n + 1);
    int usual[WEEK_DAYS] = {0};
    add_fine(fine, zone, out, seen);
    for (int32_t at = 0; at < grid.n; at++) {
        int weekday = day_weekday(grid_day(&grid, at));
        usual[weekday] = MAX(usual[weekday], seen[at]);
    }
    for (int32_t at = 0; at < grid.n; at++) {
        int32_t iv = days->grid.n > 0 ? grid_index(&days->grid, grid_ts(&grid, at)) : -1;
        if (iv >= 0 && iv < days->grid.n && !isnan(days->offered[iv]))
            copy_day(out, at, days, iv);
        else if (seen[at] < COMPLETE * usual[day_weekday(grid_day(&grid, at))])
            copy_day(out, at, NULL, 0);
    }
}

/* ---- spreading ---- */

/* What one local day gives to the intervals of the horizon. */
struct spreading {
    const struct forecast *days;
    const struct day_profile *profile;
    const struct zone *zone;
    struct queue hours; /* opening hours only */
    struct forecast *out;
    const struct day_info *info; /* of the day */
};

/* Is any five minutes of the interval open? */
static bool interval_open(const struct spreading *s, int64_t ts)
{
    for (int at = 0; at < s->out->grid.interval_s; at += 300)
        if (queue_open_at(&s->hours, s->zone, ts + at))
            return true;
    return false;
}

/* Share of the profile that falls into an interval, by the wall clock at its start. */
static double share_at(const struct spreading *s, struct local_time local)
{
    int slot_s = DAY_S / s->profile->n_slots, from = local.second, n_slots = s->profile->n_slots;
    int to = MIN(DAY_S, from + s->out->grid.interval_s);
    const double *share = &s->profile->share[local.weekday * n_slots];
    double sum = 0;
    for (int slot = from / slot_s; slot < n_slots && slot * slot_s < to; slot++)
        sum += share[slot] * (MIN(to, (slot + 1) * slot_s) - MAX(from, slot * slot_s)) / slot_s;
    return sum;
}

/* Deviations of independent parts add as squares. */
static void fill_quantiles(const struct spreading *s, int32_t iv, int32_t at, double share)
{
    const struct forecast *days = s->days;
    double mean = s->out->offered[iv], z = root_from_rate(mean), day = root_from_rate(days->offered[at]);
    double few = s->profile->days > 0 ? (double)WEEK_DAYS / s->profile->days : 0; /* a share from few days */
    double chance = sqrt((1 + few) * 0.25 + (1 + 2 * few) * mean * s->profile->cv2 / 4), below = 0;
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        double day_part = sqrt(share) * (root_from_count(days->quantile[q * days->grid.n + at]) - day);
        double own = chance * error_normal[q];
        double sign = day_part + own < 0 ? -1 : 1;
        double count = root_to_count(MAX(0, z + sign * hypot(day_part, own)));
        s->out->quantile[q * s->out->grid.n + iv] = below = MAX(below, count);
    }
}

static void spread_day(const struct spreading *s, int32_t day)
{
    const struct grid *grid = &s->out->grid;
    int32_t at = grid_index(&s->days->grid, grid_day_ts(day));
    int64_t start = zone_day_start(s->zone, day), end = zone_day_start(s->zone, day + 1);
    int32_t from = grid_index(grid, start + grid->interval_s - 1),
            to = grid_index(grid, end + grid->interval_s - 1);
    int n = to - from, n_open = 0;
    if (n <= 0 || at < 0 || at >= s->days->grid.n)
        return; /* a day the zone skipped */
    g_autofree double *share = array_new(n, 1);
    g_autofree bool *open = g_new0(bool, (gsize)n);
    for (int i = 0; i < n; i++) {
        int minute = zone_local(s->zone, grid_ts(grid, from + i)).second / 60;
        open[i] = interval_open(s, grid_ts(grid, from + i)) &&
                  calendar_hours(s->info, minute, minute + grid->interval_s / 60);
        share[i] = open[i] ? share_at(s, zone_local(s->zone, grid_ts(grid, from + i))) : 0;
        n_open += open[i];
    }
    double sum = total(share, n);
    for (int i = 0; i < n; i++) {
        int32_t iv = from + i;
        double part = sum > 0 ? share[i] / sum : open[i] ? 1.0 / n_open : 0;
        if (iv < 0 || iv >= grid->n)
            continue;
        s->out->aht_s[iv] = s->days->aht_s[at];
        s->out->offered[iv] = part * s->days->offered[at];
        if (part > 0 && s->days->offered[at] > 0)
            fill_quantiles(s, iv, at, part);
    }
}

static double *copy(const double *values, int n)
{
    return g_memdup2(values, (gsize)n * sizeof *values);
}

void forecast_spread(const struct forecast *days, const struct day_profile *profile, const struct zone *zone,
                     const struct week_span *open, int n_open, const struct forecast_special *specials,
                     int n_specials, const struct grid *horizon, struct forecast *out)
{
    struct forecast made = *days; /* the reports */
    made.grid = *horizon;
    made.offered = array_new(horizon->n, 1);
    made.aht_s = array_new(horizon->n, 1);
    made.quantile = array_new(FORECAST_QUANTILES, horizon->n);
    made.test_days = g_memdup2(days->test_days, (gsize)days->n_test_days * sizeof *days->test_days);
    made.explanation = NULL; /* of the days, and theirs */
    made.findings = g_memdup2(days->findings, (gsize)days->n_findings * sizeof *days->findings);
    made.day_offered = copy(days->day_offered, days->n_days);
    made.day_quantile = copy(days->day_quantile, FORECAST_QUANTILES * days->n_days);
    made.week_offered = copy(days->week_offered, days->n_weeks);
    made.week_quantile = copy(days->week_quantile, FORECAST_QUANTILES * days->n_weeks);
    made.day_iv = g_new(int32_t, (gsize)days->n_days + 1);
    for (int d = 0; d <= days->n_days; d++)
        made.day_iv[d] = CLAMP(grid_index(horizon, zone_day_start(zone, days->first_day + d)), 0, horizon->n);
    struct spreading spreading = {days,  profile, zone, {.open = (struct week_span *)open, .n_open = n_open},
                                  &made, NULL};
    int32_t first = zone_local_day(zone, horizon->start_ts),
            last = zone_local_day(zone, grid_end_ts(horizon) - 1);
    struct day_calendar calendar;
    calendar_init(&calendar, first, last, specials, n_specials);
    for (int32_t day = first; day <= last; day++) {
        spreading.info = calendar_day(&calendar, day);
        spread_day(&spreading, day);
    }
    calendar_clear(&calendar);
    *out = made;
}
