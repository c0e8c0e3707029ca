#include "forecast/aht.h"

#include "forecast/array.h"

#include <math.h>

#define PROFILE_HALF_LIFE_DAYS 90.0
#define PROFILE_WIDTH_MIN 45.0 /* of the kernel over the day */
#define PROFILE_PRIOR_CONTACTS 100.0
#define ORIGINS_MAX 8
#define BLOCK_DAYS 7
#define HISTORY_MIN_DAYS 14

/* Half-lives of the level in days; the one with the least rolling-origin error is used. */
static const double half_lives[] = {4, 14, 60};

/* Sums per slot with half-life in days: rows before the origin. */
static void aged_sums(const struct day_matrix *work, const struct day_matrix *volume, int origin,
                      double half_life_days, double *work_sum, double *volume_sum)
{
    int n_slots = work->n_slots;
    memset(work_sum, 0, (gsize)n_slots * sizeof *work_sum);
    memset(volume_sum, 0, (gsize)n_slots * sizeof *volume_sum);
    for (int day = 0; day < origin; day++) {
        double age = exp2(-(origin - 1 - day) / half_life_days);
        for (int s = 0; s < n_slots; s++) {
            int cell = day * n_slots + s;
            if (isnan(work->y[cell]) || isnan(volume->y[cell]) || volume->y[cell] <= 0)
                continue;
            work_sum[s] += age * work->y[cell];
            volume_sum[s] += age * volume->y[cell];
        }
    }
}

/* Ratio of each slot to the level: kernel over neighbouring slots, shrunk with a prior of contacts at
 * ratio 1. */
static void find_profile(const double *work, const double *volume, int n_slots, int interval_s, double *ratio)
{
    double width = MAX(1.5, PROFILE_WIDTH_MIN * 60 / interval_s), all_work = 0, all_volume = 0;
    int reach = (int)ceil(3 * width);
    for (int s = 0; s < n_slots; s++) {
        all_work += work[s];
        all_volume += volume[s];
    }
    double level = all_volume > 0 ? all_work / all_volume : 0;
    for (int s = 0; s < n_slots; s++) {
        double w = 0, v = 0;
        for (int i = -reach; i <= reach && reach < n_slots; i++) {
            double kernel = exp(-0.5 * (i / width) * (i / width));
            int at = (s + i + n_slots) % n_slots;
            w += kernel * work[at];
            v += kernel * volume[at];
        }
        double prior = PROFILE_PRIOR_CONTACTS;
        ratio[s] = level > 0 ? (w + prior * level) / (v + prior) / level : 1;
    }
}

static void fit_slots(const struct day_matrix *work, const struct day_matrix *volume, int origin,
                      double half_life, double default_aht_s, double *aht_s)
{
    int n_slots = work->n_slots;
    g_autofree double *w = array_new(n_slots, 1), *v = array_new(n_slots, 1), *ratio = array_new(n_slots, 1);
    aged_sums(work, volume, origin, PROFILE_HALF_LIFE_DAYS, w, v);
    find_profile(w, v, n_slots, work->interval_s, ratio);
    aged_sums(work, volume, origin, half_life, w, v);
    double all_work = 0,
           expected =
               0; /* work at level 1: volume × ratio, so that the mix over the day does not move the level */
    for (int s = 0; s < n_slots; s++) {
        all_work += w[s];
        expected += v[s] * ratio[s];
    }
    for (int s = 0; s < n_slots; s++)
        aht_s[s] = expected > 0 ? all_work / expected * ratio[s] : default_aht_s;
}

/* Adds the block from .. from+BLOCK_DAYS to the error and the work it is relative to. */
static void add_error(const struct day_matrix *work, const struct day_matrix *volume, int from, int end,
                      const double *aht_s, double *error, double *total)
{
    for (int day = from; day < MIN(from + BLOCK_DAYS, end); day++)
        for (int s = 0; s < work->n_slots; s++) {
            int cell = day * work->n_slots + s;
            if (isnan(work->y[cell]) || isnan(volume->y[cell]) || volume->y[cell] <= 0)
                continue;
            *error += fabs(work->y[cell] - volume->y[cell] * aht_s[s]);
            *total += work->y[cell];
        }
}

void aht_forecast_init(struct aht_forecast *aht, const struct day_matrix *work,
                       const struct day_matrix *volume, int origin, double default_aht_s)
{
    *aht = (struct aht_forecast){array_new(work->n_slots, 1), NAN};
    double half_life = half_lives[1];
    int spare = origin - HISTORY_MIN_DAYS - BLOCK_DAYS;
    if (spare >= 0) {
        int step = spare >= BLOCK_DAYS * (ORIGINS_MAX - 1) ? BLOCK_DAYS : MAX(1, spare / (ORIGINS_MAX - 1));
        int n = MIN(ORIGINS_MAX, 1 + spare / step);
        for (gsize h = 0; h < G_N_ELEMENTS(half_lives); h++) {
            double error = 0, total = 0;
            for (int o = 0; o < n; o++) {
                int from = origin - BLOCK_DAYS - o * step;
                fit_slots(work, volume, from, half_lives[h], default_aht_s, aht->aht_s);
                add_error(work, volume, from, origin, aht->aht_s, &error, &total);
            }
            if (total > 0 && !(error / total >= aht->wape)) {
                aht->wape = error / total;
                half_life = half_lives[h];
            }
        }
    }
    fit_slots(work, volume, origin, half_life, default_aht_s, aht->aht_s);
}

void aht_forecast_clear(struct aht_forecast *aht)
{
    g_free(aht->aht_s);
    *aht = (struct aht_forecast){0};
}
