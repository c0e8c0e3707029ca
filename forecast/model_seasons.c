/*
 * Double-seasonal exponential smoothing with AR(1) errors (Taylor 2003, 2008), interval by interval: level +
 * time of day + time of week. Fast where the level wanders within days. It runs on the roots without the
 * calendar effects of the pilot fit (shared.h), which are put back after.
 *
 * Gains come from a grid, judged by the week-ahead error at the last week ends, not one step ahead (which
 * prefers gains far too quick for planning: 9.4 % against 6 % on the bank's half hours); the best few are
 * averaged. Sets of gains run side by side in lanes.
 */
#include "forecast/array.h"
#include "forecast/linear.h"
#include "forecast/model_table.h"
#include "forecast/shared.h"
#include "forecast/week_roots.h"

#include <math.h>

#define LANES 24
#define WINDOW_DAYS (26 * 7) /* what lies further back is forgotten anyway */
#define JUDGED_WEEKS 8
#define ALL_WEEKS 24 /* judged once: what the earliest origin of a long lead reads begins 23 weeks back */
#define MORE_DAYS (16 * 7) /* before the window, for the origins before the final one */
#define START_MIN_DAYS 14  /* the start is the mean of so many first days */
#define START_MAX_DAYS 56
#define BEST 6
#define TINY 1e-12f
#define CLIP 4.0f /* innovations, in mean absolute ones */

static const float level_day_gains[] = {0.02f, 0.1f, 0.25f, 0.5f,
                                        0.8f}; /* over a whole day; the level of an interval gets its share */
static const float day_gains[] = {0, 0.05f};
static const float week_gains[] = {0.05f, 0.12f, 0.25f, 0.5f};
static const float carries[] = {0.3f, 0.8f, 0.95f}; /* of the error, over half an hour */

#define N_SETS                                                                                               \
    ((int)(G_N_ELEMENTS(level_day_gains) * G_N_ELEMENTS(day_gains) * G_N_ELEMENTS(week_gains) *              \
           G_N_ELEMENTS(carries)))

G_STATIC_ASSERT(N_SETS % LANES == 0);

struct seasons_fit {
    int first_weekday, n_slots;
    struct model_input input;
    double *z; /* WEEK_DAYS × n_slots: level + day + week at the origin, mean of the best sets */
    double last[BEST], carry[BEST]; /* error at the last interval and its carry, per set */
    int n_best;
};

/* One window of the series, in order of time. */
struct stretch {
    int n, n_slots, week; /* intervals; per day; per week */
    int phase;            /* slot of the week of interval 0 */
    float *z, *seen;      /* n */
    float *start;         /* week: where the time of week starts */
    float level, clip;
};

/* State of LANES sets of gains. */
struct lanes {
    float level[LANES], error[LANES];
    float *day;  /* n_slots × LANES */
    float *week; /* week × LANES */
};

/* Gains of LANES sets, by kind. */
struct lane_gains {
    float level[LANES], day[LANES], week[LANES], carry[LANES];
};

static void gains_of(int set, int interval_s, struct lane_gains *gains, int k)
{
    int n_carry = (int)G_N_ELEMENTS(carries), n_week = (int)G_N_ELEMENTS(week_gains),
        n_day = (int)G_N_ELEMENTS(day_gains);
    double day_share = interval_s / (double)DAY_S, half_hours = interval_s / 1800.0;
    float level = level_day_gains[set / (n_carry * n_week * n_day)];
    gains->level[k] = (float)(1 - pow(1 - (double)level, day_share));
    gains->day[k] = day_gains[set / (n_carry * n_week) % n_day];
    gains->week[k] = week_gains[set / n_carry % n_week];
    gains->carry[k] = (float)pow((double)carries[set % n_carry], half_hours);
}

/* Squared error of the week ahead of interval `from`, added per lane. */
static inline void judge(const struct stretch *stretch, const struct lanes *lanes,
                         const struct lane_gains *gains, int from, double *sum)
{
    float carry[LANES], error[LANES] = {0};
    for (int k = 0; k < LANES; k++)
        carry[k] = lanes->error[k];
    for (int i = from; i < from + stretch->week; i++) {
        const float *restrict day = &lanes->day[(stretch->phase + i) % stretch->n_slots * LANES];
        const float *restrict week = &lanes->week[(stretch->phase + i) % stretch->week * LANES];
        float seen = stretch->seen[i], z = stretch->z[i];
        for (int k = 0; k < LANES; k++) {
            carry[k] = carry[k] * gains->carry[k] + TINY -
                       TINY; /* to 0 in the end, not to denormal numbers, which are slow */
            float e = seen * (z - lanes->level[k] - day[k] - week[k] - carry[k]);
            error[k] += e * e;
        }
    }
    for (int k = 0; k < LANES; k++)
        sum[k] += (double)error[k];
}

/* One interval. */
static inline void step(struct lanes *restrict lanes, const struct lane_gains *restrict gains,
                        float *restrict day, float *restrict week, float z, float seen, float clip)
{
    for (int k = 0; k < LANES; k++) {
        float carried = gains->carry[k] * lanes->error[k];
        float r = z - day[k] - week[k] - (lanes->level[k] + carried);
        r = r > clip ? clip : r;
        r = r < -clip ? -clip : r;
        r *= seen;
        lanes->level[k] += gains->level[k] * r;
        day[k] += gains->day[k] * r;
        week[k] += gains->week[k] * r;
        lanes->error[k] = carried + r;
    }
}

/* Runs LANES sets over the stretch. error (judged_weeks × N_SETS, or NULL): what judge adds up, for the week
   that ends w weeks before the end of the stretch in row w. */
LINEAR_WIDE static void run(const struct stretch *stretch, const struct lane_gains *gains,
                            struct lanes *lanes, double *error, int judged_weeks)
{
    for (int k = 0; k < LANES; k++) {
        lanes->level[k] = stretch->level;
        lanes->error[k] = 0;
    }
    memset(lanes->day, 0, (gsize)(stretch->n_slots * LANES) * sizeof(float));
    for (int i = 0; i < stretch->week * LANES; i++)
        lanes->week[i] = stretch->start[i / LANES];
    for (int i = 0; i < stretch->n; i++) {
        int left = stretch->n - i;
        if (left % stretch->week == 0 && left / stretch->week <= judged_weeks)
            judge(stretch, lanes, gains, i, &error[(left / stretch->week - 1) * N_SETS]);
        step(lanes, gains, &lanes->day[(stretch->phase + i) % stretch->n_slots * LANES],
             &lanes->week[(stretch->phase + i) % stretch->week * LANES], stretch->z[i], stretch->seen[i],
             stretch->clip);
    }
}

static void lanes_init(struct lanes *lanes, const struct stretch *stretch)
{
    lanes->day = g_new0(float, (gsize)(stretch->n_slots * LANES));
    lanes->week = g_new0(float, (gsize)(stretch->week * LANES));
}

static void lanes_clear(struct lanes *lanes)
{
    g_free(lanes->day);
    g_free(lanes->week);
}

/* The last window_days before the origin. Where they start is the mean of days that judge no gains
   (judged_weeks at the end): a start that knows them would make not moving at all look best. */
static void stretch_init(struct stretch *stretch, const struct model_input *input, int window_days,
                         int judged_weeks)
{
    const struct day_matrix *matrix = input->matrix;
    const double *cleared = shared_cleared(input), *trust = input->weights->weight;
    int n_slots = matrix->n_slots, first = MAX(0, input->origin - window_days),
        n_days = input->origin - first;
    *stretch = (struct stretch){.n = n_days * n_slots, .n_slots = n_slots, .week = WEEK_DAYS * n_slots};
    stretch->phase = matrix_weekday(matrix, first) * n_slots;
    stretch->z = g_new0(float, (gsize)stretch->n + 1);
    stretch->seen = g_new0(float, (gsize)stretch->n + 1);
    stretch->start = g_new0(float, (gsize)stretch->week);
    g_autofree double *weight = array_new(input->origin, 1), *mean = array_new(WEEK_DAYS, n_slots);
    double scale = 0, n = 0;
    int start_days = CLAMP(n_days - judged_weeks * WEEK_DAYS, START_MIN_DAYS, START_MAX_DAYS);
    for (int day = first; day < MIN(first + start_days, input->origin); day++)
        weight[day] = trust[day];
    week_roots_mean(input, cleared, weight, mean);
    for (int i = 0; i < stretch->n; i++) {
        int at = first * n_slots + i;
        double typical = mean[(stretch->phase + i) % stretch->week];
        stretch->seen[i] = (float)(matrix->seen[at] * trust[at / n_slots]);
        stretch->z[i] = (float)(matrix->seen[at] > 0 ? cleared[at] : typical);
        scale += stretch->seen[i] > 0 ? fabs(cleared[at] - typical) : 0;
        n += stretch->seen[i] > 0;
    }
    for (int i = 0; i < stretch->week; i++)
        stretch->start[i] = (float)mean[i];
    stretch->clip = n > 0 && scale > 0 ? CLIP * (float)(scale / n) : 1e6f;
}

static void stretch_clear(struct stretch *stretch)
{
    g_free(stretch->z);
    g_free(stretch->seen);
    g_free(stretch->start);
}

/* Squared errors of all sets, once for all origins of the queue: row w is the week that ends w weeks before
   the final origin. An origin reads the weeks before it; from later days come only the calendar effects and
   day weights behind the choice of gains. */
static void *judge_sets(const struct model_input *whole)
{
    struct stretch stretch;
    struct lanes lanes;
    struct lane_gains gains;
    double *error = array_new(ALL_WEEKS, N_SETS);
    stretch_init(&stretch, whole, WINDOW_DAYS + MORE_DAYS, ALL_WEEKS);
    lanes_init(&lanes, &stretch);
    for (int set = 0; set < N_SETS; set += LANES) {
        for (int k = 0; k < LANES; k++)
            gains_of(set + k, whole->matrix->interval_s, &gains, k);
        run(&stretch, &gains, &lanes, &error[set], ALL_WEEKS);
    }
    lanes_clear(&lanes);
    stretch_clear(&stretch);
    return error;
}

/* Error of each set over the last weeks before the origin. */
static void sum_errors(const struct model_input *input, double *sum)
{
    static const char key;
    const double *error = shared_keep(input, &key, judge_sets, g_free);
    int past = (shared_whole(input)->origin - input->origin + WEEK_DAYS - 1) / WEEK_DAYS;
    past = MIN(past, ALL_WEEKS - JUDGED_WEEKS);
    for (int week = past; week < past + JUDGED_WEEKS; week++)
        for (int set = 0; set < N_SETS; set++)
            sum[set] += error[week * N_SETS + set];
}

/* The BEST sets with the least error, best first. */
static int choose(const double *error, int *best)
{
    int n = 0;
    for (int set = 0; set < N_SETS; set++) {
        int at = n < BEST ? n++ : BEST;
        while (at > 0 && error[set] < error[best[at - 1]]) {
            if (at < BEST)
                best[at] = best[at - 1];
            at--;
        }
        if (at < BEST)
            best[at] = set;
    }
    return n;
}

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    int n_slots = input->matrix->n_slots;
    struct seasons_fit *fitted = g_new0(struct seasons_fit, 1);
    *fitted = (struct seasons_fit){
        .input = *input, .first_weekday = matrix_weekday(input->matrix, 0), .n_slots = n_slots};
    fitted->z = array_new(WEEK_DAYS, n_slots);
    struct stretch stretch;
    struct lanes lanes;
    struct lane_gains gains;
    double error[N_SETS] = {0};
    int best[BEST + 1] = {0};
    sum_errors(input, error);
    fitted->n_best = choose(error, best);
    for (int k = 0; k < LANES; k++)
        gains_of(best[MIN(k, fitted->n_best - 1)], input->matrix->interval_s, &gains, k);
    stretch_init(&stretch, input, WINDOW_DAYS, JUDGED_WEEKS);
    lanes_init(&lanes, &stretch);
    run(&stretch, &gains, &lanes, NULL, 0);
    for (int k = 0; k < fitted->n_best; k++) {
        fitted->last[k] = (double)lanes.error[k];
        fitted->carry[k] = (double)gains.carry[k];
        for (int i = 0; i < stretch.week; i++)
            fitted->z[i] +=
                (double)(lanes.level[k] + lanes.day[i % n_slots * LANES + k] + lanes.week[i * LANES + k]) /
                fitted->n_best;
    }
    lanes_clear(&lanes);
    stretch_clear(&stretch);
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct seasons_fit *fit_ = fitted;
    int n_slots = fit_->n_slots, ahead = MAX(0, (day - fit_->input.origin) * n_slots);
    array_copy(z, &fit_->z[(fit_->first_weekday + day) % WEEK_DAYS * n_slots], n_slots);
    for (int k = 0; k < fit_->n_best; k++) {
        double carried = fit_->last[k] * pow(fit_->carry[k], ahead) / fit_->n_best;
        for (int s = 0; s < n_slots; s++)
            z[s] += carried *= fit_->carry[k];
    }
    shared_add_special(&fit_->input, day, 1, z);
}

static void fit_free(void *fitted)
{
    struct seasons_fit *fit_ = fitted;
    g_free(fit_->z);
    g_free(fit_);
}

const struct model model_seasons = {"double seasonal",
                                    "smoothing of level, time of day and time of week",
                                    21,
                                    {1, 0.5, 0.5},
                                    fit,
                                    predict,
                                    fit_free,
                                    NULL,
                                    false};
