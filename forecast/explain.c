#include "forecast/explain.h"

#include "forecast/array.h"
#include "forecast/root.h"

#include <math.h>

#define GAP_SHOWN_DAYS 21  /* between history and forecast */
#define NEAR_DAYS 3        /* a special day explains days so far around it */
#define EVENT_DAYS 45      /* and an event those after it */
#define SEEN_SHARE_MIN 0.8 /* of its open slots, for a day to count in a level */
#define QUANTILE_LOW95 0
#define QUANTILE_LOW80 2
#define QUANTILE_HIGH80 4
#define QUANTILE_HIGH95 6

/* Ways the models are asked, each with all groups before it left out too. */
static const int left_out[] = {FEATURE_SPECIAL, FEATURE_MONTH,
                               FEATURE_YEAR_1 | FEATURE_YEAR_2 | FEATURE_YEAR_3};
enum { NO_SPECIAL, NO_MONTH, NO_YEAR, WAYS };

struct job {
    const struct model_input *input;
    const struct forecast *forecast;
    int first;
    double *z;      /* WAYS × n_days × n_slots: combined roots */
    double *total;  /* WAYS × n_days: contacts of whole days, closed ones too */
    double *inside; /* n_days: without special days, of the part in the horizon */
    struct explanation *out;
};

/* ---- asking the models ---- */

static void leave_out(struct day_features *features, int from, int groups)
{
    for (int row = from; row < features->n_days; row++)
        for (int j = 0; j < features->n; j++)
            if ((features->group[j] & groups) != 0)
                features->x[row * features->n + j] = 0;
}

static void ask(struct job *job, struct day_features *features, const struct backtest *backtest)
{
    int n_days = job->out->n_days, n_slots = job->input->matrix->n_slots;
    void *fitted[FORECAST_MODELS_MAX] = {NULL};
    g_autofree double *one = array_new(n_slots, 1);
    g_autofree double *weights = array_new(n_days, FORECAST_MODELS_MAX);
    job->z = array_new(WAYS * n_days, n_slots);
    for (int day = 0; day < n_days; day++)
        backtest_weights(backtest, job->input, job->first + day, &weights[day * FORECAST_MODELS_MAX]);
    for (int m = 0; m < backtest->n_models; m++) {
        const struct model *model = forecast_models[backtest->model[m]];
        if (backtest_uses(backtest, m) && job->input->origin >= model->days_min)
            fitted[m] = model->fit(model, job->input);
    }
    for (int way = 0; way < WAYS; way++) {
        leave_out(features, job->first, left_out[way]);
        for (int m = 0; m < backtest->n_models; m++)
            for (int day = 0; fitted[m] != NULL && day < n_days; day++) {
                double weight = weights[day * FORECAST_MODELS_MAX + m];
                forecast_models[backtest->model[m]]->predict(fitted[m], job->first + day, one);
                for (int s = 0; s < n_slots; s++)
                    job->z[(way * n_days + day) * n_slots + s] += weight * one[s];
            }
    }
    for (int m = 0; m < backtest->n_models; m++)
        if (fitted[m] != NULL)
            forecast_models[backtest->model[m]]->free(fitted[m]);
}

/* Totals of whole local days, a slot as often as the day has it, and of their part in the horizon. */
static void sum_days(struct job *job)
{
    const struct day_matrix *matrix = job->input->matrix;
    int n_days = job->out->n_days, n_slots = matrix->n_slots, row, slot;
    job->total = array_new(WAYS, n_days);
    job->inside = array_new(n_days, 1);
    for (int day = 0; day < n_days; day++) {
        const uint8_t *open = &matrix->open[matrix_weekday(matrix, job->first + day) * n_slots];
        for (int s = 0; s < n_slots; s++) {
            int64_t at[2];
            int times =
                zone_instants(matrix->zone, matrix->first_day + job->first + day, s * matrix->interval_s, at);
            for (int way = 0; open[s] && way < WAYS; way++)
                job->total[way * n_days + day] +=
                    times * root_to_rate(job->z[(way * n_days + day) * n_slots + s]);
        }
    }
    for (int32_t iv = 0; iv < job->forecast->grid.n; iv++) {
        matrix_cell(matrix, grid_ts(&job->forecast->grid, iv), &row, &slot);
        int day = row - job->first;
        if (matrix->open[matrix_weekday(matrix, row) * n_slots + slot])
            job->inside[day] += root_to_rate(job->z[(NO_SPECIAL * n_days + day) * n_slots + slot]);
    }
}

/* ---- special days ---- */

/* Index of the name in the explanation; copies it. */
static const char *keep_name(struct explanation *out, const char *name)
{
    for (int i = 0; i < out->n_names; i++)
        if (strcmp(out->names[i], name) == 0)
            return out->names[i];
    out->names = g_renew(char *, out->names, (gsize)out->n_names + 1);
    return out->names[out->n_names++] = g_strdup(name);
}

static const struct day_info *info_at(const struct day_calendar *calendar, int32_t day)
{
    int i = day - calendar->first_day;
    return i >= 0 && i < calendar->n_days ? &calendar->days[i] : NULL;
}

/* Days of that feast that were learnt from. */
static int count_seen(const struct job *job, int feast)
{
    int n = 0;
    for (int row = 0; row < job->input->origin; row++) {
        const struct day_info *info = calendar_day(job->input->calendar, job->input->matrix->first_day + row);
        n +=
            info->feast == feast && !info->closed && !info->unplanned && job->input->weights->weight[row] > 0;
    }
    return n;
}

static void name_day(const struct job *job, struct explain_day *out, const struct day_info *special,
                     enum explain_near near, int distance)
{
    out->near = near;
    out->distance = distance;
    out->kind = special->closed ? SPECIAL_CLOSED : special->holiday ? SPECIAL_HOLIDAY : SPECIAL_EVENT;
    out->name = keep_name(job->out, job->input->calendar->names[special->feast]);
    out->seen = count_seen(job, special->feast);
}

static void find_reason(const struct job *job, struct explain_day *out)
{
    const struct day_calendar *calendar = job->input->calendar;
    const struct day_info *info = calendar_day(calendar, out->day);
    out->closed = info->closed;
    if (info->feast >= 0) {
        name_day(job, out, info, EXPLAIN_ON, 0);
        out->has_uplift = info->has_uplift;
        out->lent = info->lent;
        out->uplift = info->uplift;
        return;
    }
    for (int distance = 1; distance <= NEAR_DAYS; distance++)
        for (int side = -1; side <= 1; side += 2) {
            const struct day_info *other = info_at(calendar, out->day + side * distance);
            if (other == NULL || other->feast < 0 || !(other->closed || other->holiday))
                continue;
            name_day(job, out, other, side < 0 ? EXPLAIN_AFTER : EXPLAIN_BEFORE, distance);
            return;
        }
    for (int age = 1; age <= EVENT_DAYS; age++) {
        const struct day_info *other = info_at(calendar, out->day - age);
        if (other == NULL || other->feast < 0 || !other->event)
            continue;
        name_day(job, out, other, EXPLAIN_AFTER, age);
        return;
    }
}

/* ---- levels of the past ---- */

/* Contacts of a row; what is hidden of it (the morning of a clock change) as a week before or after. NAN
 * where too little was seen, or no week knows it. */
static double day_total(const struct day_matrix *matrix, int row)
{
    double sum = 0;
    if (row < 0)
        return NAN;
    if (!matrix_weekday_open(matrix, matrix_weekday(matrix, row)))
        return 0;
    if (row >= matrix->n_days || matrix_seen_share(matrix, row) < SEEN_SHARE_MIN)
        return NAN;
    for (int s = 0; s < matrix->n_slots; s++) {
        int week = WEEK_DAYS * matrix->n_slots, cell = row * matrix->n_slots + s;
        int other = cell >= week && matrix->seen[cell - week] > 0 ? cell - week : cell + week;
        if (matrix->seen[cell] > 0)
            sum += matrix->y[cell];
        else if (!matrix->open[matrix_weekday(matrix, row) * matrix->n_slots + s])
            continue;
        else if (other < matrix->n_days * matrix->n_slots && matrix->seen[other] > 0)
            sum += matrix->y[other];
        else
            return NAN;
    }
    return sum;
}

/* Contacts of an ordinary week of the rows from .. to-1: the sum of the means of its weekdays, special days
 * and outliers left out. NAN when a weekday the queue is open on is not among them. */
static double ordinary_week(const struct job *job, int from, int to)
{
    const struct day_matrix *matrix = job->input->matrix;
    double sum[WEEK_DAYS] = {0}, n[WEEK_DAYS] = {0}, week = 0;
    for (int row = MAX(0, from); row < MIN(to, job->input->origin); row++) {
        const struct day_info *info = calendar_day(job->input->calendar, matrix->first_day + row);
        double total = day_total(matrix, row);
        if (isnan(total) || calendar_is_special(info) || job->input->weights->weight[row] < 0.5)
            continue;
        sum[info->weekday] += total;
        n[info->weekday]++;
    }
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        if (n[weekday] > 0)
            week += sum[weekday] / n[weekday];
        else if (matrix_weekday_open(matrix, weekday))
            return NAN;
    }
    return week;
}

/* Growth per week: the median of the slopes between any two weeks (Theil & Sen), on the log scale. A week is
 * known by its ratio to the weekdays' means, so that one with a feast in it still counts. */
static double week_trend(const struct job *job)
{
    const struct day_matrix *matrix = job->input->matrix;
    int origin = job->input->origin, from = origin - EXPLAIN_PAST_WEEKS * WEEK_DAYS;
    double usual[WEEK_DAYS] = {0}, n[WEEK_DAYS] = {0}, week[EXPLAIN_PAST_WEEKS],
           slope[EXPLAIN_PAST_WEEKS * EXPLAIN_PAST_WEEKS];
    bool plain[EXPLAIN_PAST_WEEKS * WEEK_DAYS];
    if (from < 0)
        return NAN;
    for (int i = 0; i < EXPLAIN_PAST_WEEKS * WEEK_DAYS; i++) {
        const struct day_info *info = calendar_day(job->input->calendar, matrix->first_day + from + i);
        double total = day_total(matrix, from + i);
        plain[i] =
            !isnan(total) && !calendar_is_special(info) && job->input->weights->weight[from + i] >= 0.5;
        usual[info->weekday] += plain[i] ? total : 0;
        n[info->weekday] += plain[i];
    }
    for (int w = 0; w < EXPLAIN_PAST_WEEKS; w++) {
        double got = 0, want = 0;
        for (int i = w * WEEK_DAYS; i < (w + 1) * WEEK_DAYS; i++) {
            int weekday = matrix_weekday(matrix, from + i);
            got += plain[i] ? day_total(matrix, from + i) : 0;
            want += plain[i] ? usual[weekday] / n[weekday] : 0;
        }
        week[w] = got > 0 && want > 0 ? log(got / want) : NAN;
    }
    int n_slopes = 0;
    for (int a = 0; a < EXPLAIN_PAST_WEEKS; a++)
        for (int b = a + 1; b < EXPLAIN_PAST_WEEKS; b++)
            if (!isnan(week[a]) && !isnan(week[b]))
                slope[n_slopes++] = (week[b] - week[a]) / (b - a);
    return n_slopes >= 6 ? expm1(array_median(slope, n_slopes)) : NAN;
}

static void fill_past(const struct job *job)
{
    struct explanation *out = job->out;
    const struct day_matrix *matrix = job->input->matrix;
    int origin = job->input->origin;
    /* Up to the forecast, days not known yet too, unless these are most of it. */
    int end = job->first - origin <= GAP_SHOWN_DAYS ? job->first : origin;
    int from = MAX(0, end - EXPLAIN_PAST_WEEKS * WEEK_DAYS);
    out->n_past = end - from;
    out->past = g_new0(struct explain_past_day, (gsize)out->n_past + 1);
    for (int i = 0; i < out->n_past; i++) {
        const struct day_info *info = calendar_day(job->input->calendar, matrix->first_day + from + i);
        out->past[i] =
            (struct explain_past_day){.day = matrix->first_day + from + i,
                                      .contacts = info->closed ? 0 : day_total(matrix, from + i),
                                      .special = calendar_is_special(info),
                                      .trust = from + i < origin ? job->input->weights->weight[from + i] : 0};
    }
    int year = job->first - 52 * WEEK_DAYS;
    out->recent = ordinary_week(job, origin - EXPLAIN_LEVEL_WEEKS * WEEK_DAYS, origin);
    out->earlier = ordinary_week(job, origin - 2 * EXPLAIN_LEVEL_WEEKS * WEEK_DAYS,
                                 origin - EXPLAIN_LEVEL_WEEKS * WEEK_DAYS);
    out->last_year = year >= 0 ? ordinary_week(job, year - WEEK_DAYS, year + out->n_days + WEEK_DAYS) : NAN;
    out->trend = week_trend(job);
}

/* ---- the factors ---- */

static double ratio(double a, double b)
{
    return b > 0 ? a / b : 1;
}

/* Level of the week of each day: mean of its seven days without calendar; a rest of less than a week takes
 * the one before. */
static void find_levels(const struct job *job, double *level)
{
    int n = job->out->n_days;
    const double *plain = &job->total[NO_YEAR * n];
    for (int from = 0; from < n; from += WEEK_DAYS) {
        int to = MIN(n, from + WEEK_DAYS);
        double sum = 0;
        for (int day = from; day < to; day++)
            sum += plain[day];
        double mean = to - from < WEEK_DAYS && from > 0 ? level[from - 1] : sum / (to - from);
        for (int day = from; day < to; day++)
            level[day] = mean;
    }
}

static void find_factors(const struct job *job)
{
    struct explanation *out = job->out;
    int n = out->n_days;
    const double *no_special = &job->total[NO_SPECIAL * n], *no_month = &job->total[NO_MONTH * n],
                 *plain = &job->total[NO_YEAR * n];
    double sum[WEEK_DAYS] = {0}, count[WEEK_DAYS] = {0}, usual = 0;
    g_autofree double *level = array_new(n, 1);
    find_levels(job, level);
    int whole = n >= WEEK_DAYS ? n / WEEK_DAYS * WEEK_DAYS : n;
    for (int day = 0; day < whole; day++)
        usual += plain[day] / whole;
    for (int day = 0; day < n; day++) {
        int weekday = day_weekday(out->days[day].day);
        sum[weekday] += ratio(plain[day], level[day]);
        count[weekday]++;
    }
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++)
        out->weekday[weekday] = count[weekday] > 0 ? sum[weekday] / count[weekday] : NAN;
    for (int day = 0; day < n; day++) {
        struct explain_day *d = &out->days[day];
        d->usual = usual;
        d->drift = ratio(level[day], usual);
        d->weekday = out->weekday[day_weekday(d->day)];
        d->rest = ratio(ratio(plain[day], level[day]), d->weekday);
        d->year = ratio(no_month[day], plain[day]);
        d->month = ratio(no_special[day], no_month[day]);
        d->special = ratio(d->contacts, job->inside[day]);
        d->part = ratio(job->inside[day], no_special[day]);
    }
    out->level = WEEK_DAYS * usual * (n > 0 ? out->days[0].drift : 1);
    int weeks = whole / WEEK_DAYS;
    double last = weeks > 1 ? level[whole - 1] : 0;
    out->drift_week = weeks > 1 && level[0] > 0 && last > 0 ? pow(last / level[0], 1.0 / (weeks - 1)) - 1 : 0;
}

/* ---- the profile ---- */

static void fill_profile(const struct job *job)
{
    struct explanation *out = job->out;
    const struct day_matrix *matrix = job->input->matrix;
    int n_slots = out->n_slots;
    double days[WEEK_DAYS] = {0};
    out->profile = array_new(WEEK_DAYS, n_slots);
    for (int day = 0; day < out->n_days; day++) {
        int weekday = day_weekday(out->days[day].day);
        days[weekday]++;
        for (int s = 0; s < n_slots; s++)
            if (matrix->open[weekday * n_slots + s])
                out->profile[weekday * n_slots + s] +=
                    root_to_rate(job->z[(NO_SPECIAL * out->n_days + day) * n_slots + s]);
    }
    for (int i = 0; i < WEEK_DAYS * n_slots; i++)
        out->profile[i] = days[i / n_slots] > 0 ? out->profile[i] / days[i / n_slots] : 0;
}

static void fill_days(const struct job *job)
{
    const struct forecast *forecast = job->forecast;
    struct explanation *out = job->out;
    for (int day = 0; day < out->n_days; day++) {
        const double *quantile = &forecast->day_quantile[day];
        int n = out->n_days, row = job->first + day;
        out->days[day] =
            (struct explain_day){.day = forecast->first_day + day,
                                 .contacts = forecast->day_offered[day],
                                 .low95 = quantile[QUANTILE_LOW95 * n],
                                 .low80 = quantile[QUANTILE_LOW80 * n],
                                 .high80 = quantile[QUANTILE_HIGH80 * n],
                                 .high95 = quantile[QUANTILE_HIGH95 * n],
                                 .last_year = day_total(job->input->matrix, row - 52 * WEEK_DAYS)};
        find_reason(job, &out->days[day]);
    }
}

struct explanation *explanation_new(const struct model_input *input, struct day_features *features,
                                    const struct backtest *backtest, int first,
                                    const struct forecast *forecast)
{
    const struct day_matrix *matrix = input->matrix;
    struct explanation *out = g_new0(struct explanation, 1);
    *out = (struct explanation){.n_days = forecast->n_days,
                                .n_slots = matrix->n_slots,
                                .interval_s = matrix->interval_s,
                                .days_cleaned = input->weights->outliers,
                                .slots_missing = matrix->missing,
                                .zeros_dropped = matrix->dropped,
                                .history_weeks = (double)input->origin / WEEK_DAYS,
                                .shift_day = INT32_MIN};
    for (int row = input->origin; row < first; row++)
        out->gap_days += matrix_weekday_open(matrix, matrix_weekday(matrix, row));
    if (input->weights->restart > 0)
        out->shift_day = matrix->first_day + input->weights->restart;
    out->days = g_new0(struct explain_day, (gsize)out->n_days + 1);
    struct job job = {.input = input, .forecast = forecast, .first = first, .out = out};
    fill_days(&job);
    fill_past(&job);
    ask(&job, features, backtest);
    sum_days(&job);
    find_factors(&job);
    fill_profile(&job);
    g_free(job.z);
    g_free(job.total);
    g_free(job.inside);
    return out;
}

void explanation_free(struct explanation *explanation)
{
    if (explanation == NULL)
        return;
    for (int i = 0; i < explanation->n_names; i++)
        g_free(explanation->names[i]);
    g_free(explanation->names);
    g_free(explanation->days);
    g_free(explanation->past);
    g_free(explanation->profile);
    g_free(explanation);
}
