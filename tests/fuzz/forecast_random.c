#include "tests/fuzz/forecast_random.h"

#include "tests/support/testing.h"

#include <math.h>

#define MINUTES_DAY 1440

int random_between(struct random *random, int a, int b)
{
    return a + (int)(random_uniform(random) * (b - a + 1));
}

static bool chance(struct random *random, double share)
{
    return random_uniform(random) < share;
}

/* Contacts of an interval of so many on average: as Poisson as it takes. */
static double count(struct random *random, double rate)
{
    double u = random_uniform(random), v = random_uniform(random);
    double normal = sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
    if (rate > 20)
        return MAX(0, floor(rate + sqrt(rate) * normal + 0.5));
    int k = 0;
    for (double left = exp(-rate), below = left; u > below && k < 1000; below += left)
        left *= rate / ++k;
    return k;
}

static bool set_grid(struct random_forecast *made, const struct random_kind *kind, struct random *random)
{
    int32_t first;
    int days = random_between(random, kind->days_min, kind->days_max);
    ck_assert(day_parse(kind->first_day, &first, NULL));
    bool daily = kind->interval_min == MINUTES_DAY;
    int64_t start = daily ? grid_day_ts(first) : zone_day_start(made->zone, first);
    int64_t end = daily ? grid_day_ts(first + days) : zone_day_start(made->zone, first + days);
    struct grid grid = {start, kind->interval_min * 60, 0};
    grid.n = (int32_t)((end - start) / grid.interval_s);
    if ((kind->traits & TRAIT_WITHIN_DAY) && !daily)
        grid.n = MAX(1, grid.n - random_between(random, 1, MINUTES_DAY / kind->interval_min - 1));
    series_init(&made->series, &grid);
    return daily;
}

static void fill_counts(struct random_forecast *made, const struct random_kind *kind, struct random *random,
                        bool daily)
{
    static const double weekdays[] = {1.3, 1.1, 1, 1, 0.9, 0.4, 0.2};
    struct series *series = &made->series;
    const struct grid *grid = &series->grid;
    int32_t step = (kind->traits & TRAIT_STEPS) ? random_between(random, 0, grid->n) : grid->n;
    int32_t single = random_between(random, 0, grid->n - 1), today = INT32_MIN;
    double ratio = chance(random, 0.3) ? 50 : 0.3 + 2 * random_uniform(random), busy = 1;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        struct local_time at = zone_local(made->zone, grid_ts(grid, iv));
        if (daily)
            at = (struct local_time){.day = grid_day(grid, iv)};
        if (at.day != today)
            busy = 0.8 + 0.4 * random_uniform(random);
        today = at.day;
        double hour = at.second / 3600.0, shape = daily ? 1 : 0.1 + 2 * exp(-(hour - 13) * (hour - 13) / 18);
        double rate = kind->level * weekdays[day_weekday(at.day)] * shape * busy * (iv >= step ? ratio : 1);
        series->offered[iv] = (kind->traits & TRAIT_ZEROS) ? 0
                              : (kind->traits & TRAIT_ONE) ? iv == single
                                                           : count(random, rate);
        if (((kind->traits & TRAIT_NO_WEEKEND) && day_weekday(at.day) >= 5) ||
            ((kind->traits & TRAIT_HOLES) && chance(random, 0.9)))
            series->offered[iv] = NAN;
    }
}

static void spoil(struct random_forecast *made, const struct random_kind *kind, struct random *random)
{
    struct series *series = &made->series;
    int32_t n = series->grid.n;
    for (int i = 0; (kind->traits & TRAIT_OUTAGES) && i < 1 + n / 500; i++) {
        int32_t from = random_between(random, 0, n - 1), to = from + random_between(random, 1, 20);
        for (int32_t iv = from; iv < MIN(to, n); iv++)
            series->offered[iv] = 0;
    }
    if (kind->traits & TRAIT_GAP) {
        int32_t from = random_between(random, 0, n - 1), to = from + random_between(random, 1, n / 2 + 1);
        for (int32_t iv = from; iv < MIN(to, n); iv++)
            series->offered[iv] = NAN;
    }
    for (int32_t iv = 0; (kind->traits & TRAIT_HANDLED) && iv < n; iv++) {
        double offered = series->offered[iv];
        if (isnan(offered) || chance(random, 0.1))
            continue;
        series->abandoned[iv] = floor(offered * random_uniform(random) * 0.3);
        series->answered[iv] = offered - series->abandoned[iv];
        series->handle_s[iv] =
            series->answered[iv] * (chance(random, 0.01) ? 1e6 : 100 + 400 * random_uniform(random));
        series->wait_s[iv] = offered * 100 * random_uniform(random);
    }
}

static int by_day(const void *a, const void *b)
{
    const struct forecast_special *one = a, *two = b;
    return (one->day > two->day) - (one->day < two->day);
}

static int random_specials(struct random_forecast *made, struct random *random, int32_t first, int32_t last)
{
    static const char *const names[] = {"Christmas", "Sale", "holiday", "special", "Strike", ""};
    int n = random_between(random, 1, RANDOM_SPECIALS_MAX);
    for (int i = 0; i < n; i++) {
        struct forecast_special *s = &made->specials[i];
        *s = (struct forecast_special){.day = random_between(random, first - 40, last + 40),
                                       .kind = (enum special_kind)random_between(random, 0, SPECIAL_N - 1),
                                       .name = names[random_between(random, 0, G_N_ELEMENTS(names) - 1)]};
        if (i > 0 && chance(random, 0.2))
            s->day = made->specials[i - 1].day;
        if (chance(random, 0.3)) {
            s->has_uplift = true;
            s->uplift = chance(random, 0.2) ? -1 : 2 * random_uniform(random) - 1;
        }
        if (chance(random, 0.2)) {
            s->open_from_min = random_between(random, 0, MINUTES_DAY - 60);
            s->open_to_min = random_between(random, s->open_from_min + 1, MINUTES_DAY);
        }
    }
    qsort(made->specials, (size_t)n, sizeof made->specials[0], by_day);
    return n;
}

static struct grid random_horizon(const struct grid *history, unsigned traits, struct random *random)
{
    int per_day = GRID_DAY_S / history->interval_s;
    struct grid horizon = {grid_end_ts(history), history->interval_s,
                           random_between(random, 1, 21 * per_day)};
    if (traits & TRAIT_LATE)
        horizon.start_ts += (int64_t)random_between(random, 1, 60 * per_day) * history->interval_s;
    if (traits & TRAIT_LONG)
        horizon.n = 70 * per_day;
    if (traits & TRAIT_SHORT)
        horizon.n = 1;
    return horizon;
}

void random_forecast_init(struct random_forecast *made, const struct random_kind *kind, uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    struct random random;
    random_seed(&random, seed);
    *made = (struct random_forecast){.zone = zone_new(kind->zone, &error)};
    ck_no_error(error);
    bool daily = set_grid(made, kind, &random);
    fill_counts(made, kind, &random, daily);
    spoil(made, kind, &random);
    made->input =
        (struct forecast_input){.history = &made->series,
                                .zone = made->zone,
                                .specials = made->specials,
                                .open = made->spans,
                                .default_aht_s = 240,
                                .explain = chance(&random, 0.5),
                                .horizon = random_horizon(&made->series.grid, kind->traits, &random)};
    if (kind->traits & TRAIT_SPECIALS)
        made->input.n_specials =
            random_specials(made, &random, zone_local_day(made->zone, made->series.grid.start_ts),
                            zone_local_day(made->zone, grid_end_ts(&made->input.horizon)));
    if ((kind->traits & TRAIT_OPENING_HOURS) && !daily) {
        int from = random_between(&random, 0, 23) * 60;
        made->spans[0] = (struct week_span){(uint8_t)random_between(&random, 1, 127), from,
                                            from + random_between(&random, 1, 24) * 60};
        made->spans[1] = (struct week_span){1 << 5, 600, 720};
        made->input.n_open = random_between(&random, 1, 2);
    }
}

void random_forecast_clear(struct random_forecast *made)
{
    series_clear(&made->series);
    zone_free(made->zone);
}
