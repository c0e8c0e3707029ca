#include "forecast/patience.h"

#include "forecast/shrink.h"

#include <glib.h>
#include <math.h>

#define HALF_LIFE_DAYS 182.0
#define ABANDONED_MIN 30 /* an error of a fifth: fewer say too little */

/* Running sums; `day_…` of the day at hand. */
struct sums {
    double wait_s, gone, gone_square;                    /* aged; with the square of the weights */
    double day_wait_s, day_gone;                         /* aged */
    double wait_square, product, square;                 /* of days: wait², wait·gone, gone² */
    double got[PATIENCE_HOURS], offered[PATIENCE_HOURS]; /* aged, abandoned and offered by hour */
    double count;                                        /* gave up with a known wait, not aged */
};

static void end_day(struct sums *sums)
{
    sums->wait_square += sums->day_wait_s * sums->day_wait_s;
    sums->product += sums->day_wait_s * sums->day_gone;
    sums->square += sums->day_gone * sums->day_gone;
    sums->day_wait_s = sums->day_gone = 0;
}

static void add(struct sums *sums, const struct series *history, int32_t iv, int hour, double age)
{
    double gone = history->abandoned[iv], wait_s = history->wait_s != NULL ? history->wait_s[iv] : NAN;
    sums->got[hour] += age * gone;
    sums->offered[hour] += age * history->offered[iv];
    if (isnan(wait_s))
        return;
    sums->wait_s += age * wait_s;
    sums->gone += age * gone;
    sums->gone_square += age * age * gone;
    sums->day_wait_s += age * wait_s;
    sums->day_gone += age * gone;
    sums->count += gone;
}

/* Share of all, and of each hour. */
static void find_shares(const struct sums *sums, bool by_hour, struct patience *patience)
{
    double got = 0, offered = 0, expected[PATIENCE_HOURS], ratio[PATIENCE_HOURS];
    for (int h = 0; h < PATIENCE_HOURS; h++) {
        got += sums->got[h];
        offered += sums->offered[h];
    }
    if (offered <= 0)
        return;
    /* Contacts are counted in the interval they arrive and in the one they give up: a share may pass 1. */
    patience->share = MIN(1, got / offered);
    for (int h = 0; h < PATIENCE_HOURS; h++) {
        expected[h] = sums->offered[h] * patience->share;
        ratio[h] = expected[h] > 0 ? sums->got[h] / expected[h] : 1;
    }
    double noise = 1 - patience->share; /* of a binomial, per contact expected to give up */
    double between = by_hour && got > 0 ? shrink_between(ratio, expected, PATIENCE_HOURS, noise, 1) : 0;
    shrink_day(sums->got, expected, PATIENCE_HOURS, between > 0 ? noise / between : INFINITY, 0, ratio);
    for (int h = 0; h < PATIENCE_HOURS; h++)
        patience->share_by_hour[h] = MIN(1, patience->share * ratio[h]);
}

struct patience patience_estimate(const struct series *history, const struct zone *zone)
{
    const struct grid *grid = &history->grid;
    bool daily = grid_is_daily(grid);
    struct patience patience = {0, NAN, NAN, NAN, {0}};
    struct sums sums = {0};
    int32_t day = INT32_MIN;
    for (int h = 0; h < PATIENCE_HOURS; h++)
        patience.share_by_hour[h] = NAN;
    for (int32_t iv = 0; history->abandoned != NULL && iv < grid->n; iv++) {
        if (isnan(history->offered[iv]) || isnan(history->abandoned[iv]))
            continue;
        int64_t ts = grid_ts(grid, iv);
        struct local_time local = {0};
        if (daily)
            local.day = grid_day(grid, iv);
        else
            local = zone_local(zone, ts);
        if (local.day != day)
            end_day(&sums);
        day = local.day;
        double age_days = (double)(grid_end_ts(grid) - ts) / DAY_S;
        add(&sums, history, iv, local.second / 3600, exp2(-age_days / HALF_LIFE_DAYS));
    }
    end_day(&sums);
    find_shares(&sums, !daily, &patience);
    patience.abandoned = sums.count;
    if (sums.count < ABANDONED_MIN || sums.wait_s <= 0)
        return patience;
    double mean = sums.wait_s / sums.gone;
    double days = sums.wait_square - 2 * mean * sums.product + mean * mean * sums.square;
    patience.mean_s = mean;
    /* Of a ratio of sums over days, but not less than chance among the contacts leaves. */
    patience.error_s = sqrt(MAX(MAX(0, days), mean * mean * sums.gone_square)) / sums.gone;
    return patience;
}
