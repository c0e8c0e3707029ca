#include "forecast/aht.h"

#include "forecast/array.h"
#include "forecast/shrink.h"

#include <float.h>
#include <math.h>

#define PROFILE_HALF_LIFE_DAYS 60.0
#define PROFILE_WIDTH_MIN 45.0 /* of the kernel over the day, and at least */
#define PROFILE_WIDTH_SLOTS 1.5
#define PROFILE_PRIOR_MIN 10.0 /* contacts at ratio 1: an estimate of chance is itself uncertain */
#define WEEKDAY_HALF_LIFE_DAYS 365.0
#define WEEKDAY_ROUNDS 3
#define WEEKDAY_MIN_DAYS 14
#define WINDOW_DAYS 3 /* on both sides: every weekday once */
#define CLIP 3.0      /* days further off, in usual sizes, count as if at this distance, */
#define CLIP_GROWS 2  /* and at so many times of it when yesterday was off to the same side */
#define SIZE_MIN 0.01 /* of the level: a usual size */
#define AHEAD_DAYS 7
#define WARM_DAYS 6
#define ORIGINS_MAX 8
#define BLOCK_DAYS 7
#define HISTORY_MIN_DAYS 14

/* Half-lives of the level in days. They are blended: by how well each said the week after every past day, and
   by a prior around the best one for a level that drifts by 1.5 % a day, as those of real queues about do,
   seen through the chance of as many contacts as this queue has. */
static const double half_lives[] = {3, 6, 12, 24, 48, 96};
#define N_LIVES ((int)G_N_ELEMENTS(half_lives))
#define DRIFT 0.015     /* of the level in a day */
#define PRIOR_WIDTH 1.0 /* in doublings of the half-life */
#define EVIDENCE 0.5    /* of a day: the errors of neighbouring days say much the same */

bool aht_history_init(struct aht_history *history, const struct series *series, const struct zone *zone,
                      const struct day_calendar *calendar, const struct week_span *open, int n_open)
{
    const struct grid *grid = &series->grid;
    g_autofree double *work = array_new(grid->n, 1), *volume = array_new(grid->n, 1);
    bool any = false;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        double handled = series->answered != NULL ? series->answered[iv] : NAN;
        work[iv] = series->handle_s != NULL ? series->handle_s[iv] : NAN;
        volume[iv] = isnan(handled) ? series->offered[iv] : handled;
        if (isnan(work[iv]) || isnan(volume[iv]) || volume[iv] <= 0)
            work[iv] = volume[iv] = NAN;
        any |= !isnan(work[iv]);
    }
    matrix_init(&history->work, grid, work, zone, calendar, open, n_open);
    matrix_init(&history->volume, grid, volume, zone, calendar, open, n_open);
    return any;
}

void aht_history_clear(struct aht_history *history)
{
    matrix_clear(&history->work);
    matrix_clear(&history->volume);
}

/* What the rows before an origin say. */
struct fit {
    const struct aht_history *history;
    int origin, n_slots;
    double *ratio;             /* n_slots: to the level */
    double weekday[WEEK_DAYS]; /* factor */
    double *day_work;          /* origin: seconds of the day */
    double *day_expected; /* origin: the same at level 1 and weekday factor 1, Σ volume × ratio: the mix
                             over the day does not move the level */
};

/* Contacts at ratio 1 that pull a slot to the level: as many as tell as much as the slots differ. INFINITY:
   they differ by chance only. */
static double profile_prior(const struct fit *fit, const double *mean, const double *volume, double level)
{
    const struct aht_history *history = fit->history;
    double square = 0, cells = 0;
    int groups = 0;
    for (int day = 0; day < fit->origin; day++)
        for (int s = 0, cell = day * fit->n_slots; s < fit->n_slots; s++, cell++) {
            if (history->work.seen[cell] == 0)
                continue;
            double v = history->volume.y[cell], off = history->work.y[cell] - v * level * mean[s];
            square += off * off / v;
            cells++;
        }
    square /= level * level;
    for (int s = 0; s < fit->n_slots; s++)
        groups += volume[s] > 0;
    double noise = cells > groups ? square / (cells - groups) : 1;
    double between = shrink_between(mean, volume, fit->n_slots, noise, 0);
    return between > 0 ? noise / between + PROFILE_PRIOR_MIN : INFINITY;
}

/* Ratio of each slot to the level: kernel over neighbouring slots, shrunk to 1. */
static void find_profile(struct fit *fit)
{
    const struct aht_history *history = fit->history;
    int n_slots = fit->n_slots;
    double all_work = 0, all_volume = 0;
    g_autofree double *work = array_new(n_slots, 1), *volume = array_new(n_slots, 1),
                      *mean = array_new(n_slots, 1);
    for (int day = 0; day < fit->origin; day++) {
        double age = exp2(-(fit->origin - 1 - day) / PROFILE_HALF_LIFE_DAYS);
        for (int s = 0, cell = day * n_slots; s < n_slots; s++, cell++) {
            if (history->work.seen[cell] == 0)
                continue;
            work[s] += age * history->work.y[cell];
            volume[s] += age * history->volume.y[cell];
        }
    }
    for (int s = 0; s < n_slots; s++) {
        fit->ratio[s] = 1;
        all_work += work[s];
        all_volume += volume[s];
    }
    double level = all_volume > 0 ? all_work / all_volume : 0;
    if (level <= 0)
        return;
    for (int s = 0; s < n_slots; s++) {
        mean[s] = volume[s] > 0 ? work[s] / volume[s] / level : 1;
        work[s] /= level;
    }
    double width = MAX(PROFILE_WIDTH_SLOTS, PROFILE_WIDTH_MIN * 60 / history->work.interval_s);
    shrink_day(work, volume, n_slots, profile_prior(fit, mean, volume, level), width, fit->ratio);
}

static void find_days(struct fit *fit)
{
    const struct aht_history *history = fit->history;
    for (int day = 0; day < fit->origin; day++)
        for (int s = 0, cell = day * fit->n_slots; s < fit->n_slots; s++, cell++) {
            if (history->work.seen[cell] == 0)
                continue;
            fit->day_work[day] += history->work.y[cell];
            fit->day_expected[day] += history->volume.y[cell] * fit->ratio[s];
        }
}

/* Work at level 1 with the weekday's factor. */
static double expected(const struct fit *fit, int day)
{
    return fit->day_expected[day] * fit->weekday[matrix_weekday(&fit->history->work, day)];
}

/* Each day against the week around it: x, and the volume behind it (0: the day says nothing). */
static void against_week(const struct fit *fit, double *x, double *volume)
{
    for (int day = 0; day < fit->origin; day++) {
        double w = 0, e = 0;
        for (int i = MAX(0, day - WINDOW_DAYS); i <= MIN(fit->origin - 1, day + WINDOW_DAYS); i++) {
            w += fit->day_work[i];
            e += expected(fit, i);
        }
        bool known = w > 0 && fit->day_expected[day] > 0;
        double age = exp2(-(fit->origin - 1 - day) / WEEKDAY_HALF_LIFE_DAYS);
        x[day] = known ? fit->day_work[day] / fit->day_expected[day] / (w / e) : 0;
        volume[day] = known ? age * fit->day_expected[day] : 0;
    }
}

/* Factor of each weekday, shrunk to 1 by what days of one weekday differ among themselves. */
static void find_weekdays(struct fit *fit)
{
    for (int w = 0; w < WEEK_DAYS; w++)
        fit->weekday[w] = 1;
    if (fit->origin < WEEKDAY_MIN_DAYS)
        return;
    g_autofree double *x = array_new(fit->origin, 1), *v = array_new(fit->origin, 1);
    for (int round = 0; round < WEEKDAY_ROUNDS; round++) {
        double mean[WEEK_DAYS] = {0}, volume[WEEK_DAYS] = {0}, square = 0;
        int days = 0, groups = 0;
        against_week(fit, x, v);
        for (int day = 0; day < fit->origin; day++) {
            int w = matrix_weekday(&fit->history->work, day);
            volume[w] += v[day];
            mean[w] += v[day] > 0 ? (x[day] - mean[w]) * v[day] / volume[w] : 0;
        }
        for (int w = 0; w < WEEK_DAYS; w++)
            groups += volume[w] > 0;
        for (int day = 0; day < fit->origin; day++) {
            double off = x[day] - mean[matrix_weekday(&fit->history->work, day)];
            square += v[day] * off * off;
            days += v[day] > 0;
        }
        if (days <= groups)
            return;
        double noise = square / (days - groups), between = shrink_between(mean, volume, WEEK_DAYS, noise, 0);
        for (int w = 0; w < WEEK_DAYS; w++)
            fit->weekday[w] = between > 0 && volume[w] > 0
                                  ? 1 + (mean[w] - 1) * between / (between + noise / volume[w])
                                  : 1;
    }
}

/* Days as a level sees them. */
struct days {
    int n;
    double *x;    /* n: work over what is expected at level 1 */
    double *e;    /* n: that expectation, 0: nothing seen */
    double *size; /* n: usual distance from the level */
    double noise; /* mean size over the mean of x */
};

static void days_init(struct days *days, const struct fit *fit)
{
    int n = fit->origin, m = 0;
    *days = (struct days){n, array_new(n, 1), array_new(n, 1), array_new(n, 1), 0};
    g_autofree double *step = array_new(n, 1);
    double work = 0, volume = 0, seen = 0;
    for (int day = 0; day < n; day++) {
        days->e[day] = expected(fit, day);
        days->x[day] = days->e[day] > 0 ? fit->day_work[day] / days->e[day] : 0;
        work += fit->day_work[day];
        volume += days->e[day];
        if (day > 0 && days->e[day] > 0 && days->e[day - 1] > 0)
            step[m++] = fabs(days->x[day] - days->x[day - 1]) / sqrt(1 / days->e[day] + 1 / days->e[day - 1]);
    }
    double mean = volume > 0 ? work / volume : 0, one = MAD_TO_SIGMA * array_median(step, m);
    for (int day = 0; day < n; day++) {
        days->size[day] =
            days->e[day] > 0 ? MAX(one / sqrt(days->e[day]), SIZE_MIN * mean) + DBL_MIN : INFINITY;
        days->noise += days->e[day] > 0 && mean > 0 ? days->size[day] / mean : 0;
        seen += days->e[day] > 0;
    }
    days->noise = seen > 0 ? days->noise / seen : 0;
}

static void days_clear(struct days *days)
{
    g_free(days->x);
    g_free(days->e);
    g_free(days->size);
}

/* A level with one half-life on its way through the days. */
struct level {
    double at, volume;
    double clip;  /* grows while days stay off to one side: then the level has moved */
    double error; /* Σ squared distances of the days after each day, in usual sizes */
};

static void level_step(struct level *level, const struct days *days, int day, double keep)
{
    double distance = (days->x[day] - level->at) / days->size[day];
    level->volume *= keep;
    if (days->e[day] <= 0)
        return;
    bool first = level->volume <= 0, same = distance * level->clip > 0;
    double reach = same && fabs(level->clip) > CLIP ? fabs(level->clip) : CLIP;
    double step = first ? days->x[day] - level->at : CLAMP(distance, -reach, reach) * days->size[day];
    level->clip = copysign(!first && fabs(distance) > reach ? reach * CLIP_GROWS : CLIP, distance);
    level->volume += days->e[day];
    level->at += step * days->e[day] / level->volume;
}

/* Level at the origin: volume-weighted exponential means of the days at several half-lives, each day's step
   clipped, blended. */
static double find_level(const struct fit *fit, double otherwise)
{
    struct level level[G_N_ELEMENTS(half_lives)] = {0};
    struct days days;
    double keep[G_N_ELEMENTS(half_lives)], tried = 0, least = INFINITY, sum = 0, blend = 0;
    days_init(&days, fit);
    for (int h = 0; h < N_LIVES; h++)
        keep[h] = exp2(-1 / half_lives[h]);
    for (int day = 0; day < days.n; day++) {
        for (int h = 0; h < N_LIVES; h++)
            level_step(&level[h], &days, day, keep[h]);
        for (int i = day + 1; day >= WARM_DAYS && i <= MIN(day + AHEAD_DAYS, days.n - 1); i++) {
            tried += days.e[i] > 0 ? 1.0 / AHEAD_DAYS : 0;
            for (int h = 0; h < N_LIVES; h++) {
                double off = CLAMP((days.x[i] - level[h].at) / days.size[i], -CLIP, CLIP);
                level[h].error += off * off / AHEAD_DAYS;
            }
        }
    }
    double life = CLAMP(G_LN2 * days.noise / DRIFT, half_lives[0], half_lives[N_LIVES - 1]);
    days_clear(&days);
    if (level[0].volume <= 0)
        return otherwise;
    for (int h = 0; h < N_LIVES; h++)
        least = MIN(least, level[h].error);
    for (int h = 0; h < N_LIVES; h++) {
        double far = log2(half_lives[h] / life) / PRIOR_WIDTH;
        double worse = least > 0 ? (level[h].error - least) / least * tried : 0;
        double weight = exp(-0.5 * (far * far + EVIDENCE * worse));
        blend += weight * level[h].at;
        sum += weight;
    }
    return blend / sum;
}

static void fit_init(struct fit *fit, const struct aht_history *history, int origin)
{
    *fit = (struct fit){.history = history, .origin = origin, .n_slots = history->work.n_slots};
    fit->ratio = array_new(fit->n_slots, 1);
    fit->day_work = array_new(origin, 1);
    fit->day_expected = array_new(origin, 1);
    find_profile(fit);
    find_days(fit);
    find_weekdays(fit);
}

static void fit_clear(struct fit *fit)
{
    g_free(fit->ratio);
    g_free(fit->day_work);
    g_free(fit->day_expected);
}

static void fit_slots(const struct aht_history *history, int origin, double default_aht_s, double *aht_s)
{
    struct fit fit;
    fit_init(&fit, history, origin);
    double level = find_level(&fit, default_aht_s);
    for (int i = 0; i < WEEK_DAYS * fit.n_slots; i++)
        aht_s[i] = level * fit.ratio[i % fit.n_slots] * fit.weekday[i / fit.n_slots];
    fit_clear(&fit);
}

/* Errors of a block: of the forecast, of the mean before it, and the work they are relative to. */
struct score {
    double error, mean_error, work;
};

double aht_mean_before(const struct aht_history *history, int origin)
{
    double work = 0, volume = 0;
    for (int cell = 0; cell < origin * history->work.n_slots; cell++)
        if (history->work.seen[cell] > 0) {
            work += history->work.y[cell];
            volume += history->volume.y[cell];
        }
    return volume > 0 ? work / volume : 0;
}

static void add_block(const struct aht_history *history, int from, int end, const double *aht_s,
                      struct score *score)
{
    int n_slots = history->work.n_slots;
    double mean = aht_mean_before(history, from);
    for (int day = from; day < MIN(from + BLOCK_DAYS, end); day++)
        for (int s = 0, cell = day * n_slots; s < n_slots; s++, cell++) {
            if (history->work.seen[cell] == 0)
                continue;
            double work = history->work.y[cell], volume = history->volume.y[cell];
            score->error += fabs(work - volume * aht_s[matrix_weekday(&history->work, day) * n_slots + s]);
            score->mean_error += fabs(work - volume * mean);
            score->work += work;
        }
}

static void backtest(struct aht_forecast *aht, const struct aht_history *history, int origin,
                     double default_aht_s)
{
    int spare = origin - HISTORY_MIN_DAYS - BLOCK_DAYS;
    struct score score = {0};
    if (spare < 0)
        return;
    int step = spare >= BLOCK_DAYS * (ORIGINS_MAX - 1) ? BLOCK_DAYS : MAX(1, spare / (ORIGINS_MAX - 1));
    int n = MIN(ORIGINS_MAX, 1 + spare / step);
    for (int o = 0; o < n; o++) {
        int from = origin - BLOCK_DAYS - o * step;
        fit_slots(history, from, default_aht_s, aht->aht_s);
        add_block(history, from, origin, aht->aht_s, &score);
    }
    if (score.work <= 0)
        return;
    aht->wape = score.error / score.work;
    aht->mean_wape = score.mean_error / score.work;
}

void aht_forecast_init(struct aht_forecast *aht, const struct aht_history *history, int origin,
                       double default_aht_s)
{
    int n_slots = history->work.n_slots;
    *aht = (struct aht_forecast){n_slots, array_new(WEEK_DAYS, n_slots), NAN, NAN};
    backtest(aht, history, origin, default_aht_s);
    fit_slots(history, origin, default_aht_s, aht->aht_s);
}

void aht_forecast_clear(struct aht_forecast *aht)
{
    g_free(aht->aht_s);
    *aht = (struct aht_forecast){0};
}
