#include "forecast/backtest.h"

#include "forecast/array.h"
#include "forecast/linear.h"
#include "forecast/model_table.h"
#include "forecast/root.h"
#include "forecast/shared.h"
#include "forecast/week_roots.h"

#include <math.h>

#define ORIGIN_MIN_DAYS 14  /* history before the first origin */
#define ORIGIN_WISH_DAYS 28 /* the same, when there is enough: all models but the yearly ones are ready */
#define LEAD_MIN_DAYS 7
#define LEAD_MAX_DAYS 56
#define GLIDE_DAYS 84
#define GLIDE_PRIOR 80   /* times the weight of the last level, at most */
#define KNOWING_MIN 0.05 /* weight that models with special days must have to be left alone on them */
#define WEIGHT_MIN 1e-6
#define ORIGIN_DECAY 0.92
#define SPARSE_PRIOR                                                                                         \
    800 /* times the weight of pooled rates in a sparse queue, and a firmer pull: eight weeks of */
#define SPARSE_SHRINK 2.0 /* hardly any contacts cannot tell the models apart, */
#define RARE_PER_WEEK 70  /* and below as many contacts those on roots only do harm */

/* Pull to the prior with all origins, by band: far ahead the blocks overlap, and there is less to learn from.
 */
static const double shrinks[FORECAST_BANDS] = {0.06, 1, 1};

static int block_cells(const struct backtest *backtest)
{
    return backtest->block_days * backtest->n_slots;
}

static void choose_origins(struct backtest *backtest, int history_days, int lead_days)
{
    int spare = history_days - ORIGIN_WISH_DAYS;
    if (spare < LEAD_MIN_DAYS)
        spare = history_days - ORIGIN_MIN_DAYS;
    backtest->block_days = CLAMP(lead_days, LEAD_MIN_DAYS, LEAD_MAX_DAYS);
    /* A long lead may take up to half of what can be spared, the rest makes origins. */
    backtest->block_days = MAX(LEAD_MIN_DAYS, MIN(backtest->block_days, spare / 2));
    if (spare < backtest->block_days)
        return;
    int n = 1 + (spare - backtest->block_days) / WEEK_DAYS;
    backtest->n_origins = MIN(n, BACKTEST_ORIGINS_MAX);
    for (int o = 0; o < backtest->n_origins; o++)
        backtest->origin[o] = history_days - backtest->block_days - WEEK_DAYS * (backtest->n_origins - 1 - o);
}

static void choose_models(struct backtest *backtest, int history_days)
{
    int first = backtest->n_origins > 0 ? backtest->origin[0] : history_days;
    for (int m = 0; m < forecast_n_models; m++)
        if (forecast_models[m]->days_min <= first &&
            (!backtest->rare || m == MODEL_NAIVE || forecast_models[m] == &model_pooled))
            backtest->model[backtest->n_models++] = m;
}

/* Does a row bring or keep away contacts in a way that was seen before? */
static bool is_special(const struct model_input *input, int row)
{
    const struct day_info *info = calendar_day(input->calendar, input->matrix->first_day + row);
    return info->holiday || info->event;
}

/* Weights without the models that know nothing of special days, unless there are hardly others. */
static void leave_plain_out(const struct backtest *backtest, double *weights)
{
    double sum = 0;
    for (int m = 0; m < backtest->n_models; m++)
        sum += forecast_models[backtest->model[m]]->plain ? 0 : weights[m];
    for (int m = 0; m < backtest->n_models && sum > KNOWING_MIN; m++)
        weights[m] = forecast_models[backtest->model[m]]->plain ? 0 : weights[m] / sum;
}

void backtest_weights(const struct backtest *backtest, const struct model_input *input, int row,
                      double *weights)
{
    array_copy(weights, backtest->weights[backtest_band(row - input->origin)], backtest->n_models);
    if (is_special(input, row))
        leave_plain_out(backtest, weights);
}

bool backtest_uses(const struct backtest *backtest, int m)
{
    for (int band = 0; band < FORECAST_BANDS; band++)
        if (backtest->weights[band][m] >= WEIGHT_MIN)
            return true;
    return false;
}

static void run_origin(struct backtest *backtest, const struct model_input *whole, int o)
{
    const struct day_matrix *matrix = whole->matrix;
    int cells = block_cells(backtest), from = backtest->origin[o];
    struct day_weights weights;
    struct model_input input = *whole;
    input.origin = from;
    input.weights = &weights;
    input.shared = shared_new(whole);
    day_weights_init(&weights, matrix, input.calendar, from);
    array_copy(&backtest->z[o * cells], &matrix->z[from * backtest->n_slots], cells);
    array_copy(&backtest->seen[o * cells], &matrix->seen[from * backtest->n_slots], cells);
    for (int i = 0; i < backtest->block_days; i++)
        backtest->special[o * backtest->block_days + i] = is_special(&input, from + i);
    for (int m = 0; m < backtest->n_models; m++)
        model_run(forecast_models[backtest->model[m]], &input, from, backtest->block_days,
                  &backtest->zhat[(o * backtest->n_models + m) * cells]);
    shared_free(input.shared);
    day_weights_clear(&weights);
}

/* Cells of a block in a band: *n of them from *from on. */
static void band_cells(const struct backtest *backtest, int band, int *from, int *n)
{
    int first = 0, last = 0;
    while (first < backtest->block_days && backtest_band(first) < band)
        first++;
    last = first;
    while (last < backtest->block_days && backtest_band(last) == band)
        last++;
    *from = first * backtest->n_slots;
    *n = (last - first) * backtest->n_slots;
}

static void blend(const struct backtest *backtest, int o, int band, const double *weights, double *out)
{
    int cells = block_cells(backtest), from, n, n_slots = backtest->n_slots;
    double special[FORECAST_MODELS_MAX];
    array_copy(special, weights, backtest->n_models);
    leave_plain_out(backtest, special);
    band_cells(backtest, band, &from, &n);
    memset(&out[from], 0, (gsize)n * sizeof *out);
    for (int m = 0; m < backtest->n_models; m++)
        for (int at = from; at < from + n; at += n_slots) {
            bool feast = backtest->special[o * backtest->block_days + at / n_slots];
            double weight = feast ? special[m] : weights[m];
            if (weight > 0)
                linear_add(&out[at], weight, &backtest->zhat[(o * backtest->n_models + m) * cells + at],
                           n_slots);
        }
}

static void prior_weights(const struct backtest *backtest, int band, double *prior)
{
    double sum = 0;
    for (int m = 0; m < backtest->n_models; m++) {
        const struct model *model = forecast_models[backtest->model[m]];
        prior[m] = model->prior[band] * (backtest->sparse && model == &model_pooled ? SPARSE_PRIOR : 1);
        prior[m] *= model == &model_ends ? 1 + GLIDE_PRIOR * pow(backtest->glide, 4) : 1;
        if (backtest->rare && model != &model_pooled)
            prior[m] = 0;
        sum += prior[m];
    }
    for (int m = 0; m < backtest->n_models; m++)
        prior[m] /= sum;
}

/* Correlation of what is left of the usual week (rest: n) at a distance of `lag` intervals. */
static double carried(const double *rest, const double *seen, int n, int lag)
{
    double product = 0, square = 0;
    for (int i = lag; i < n; i++) {
        double both = seen[i] * seen[i - lag];
        product += both * rest[i] * rest[i - lag];
        square += both * (rest[i] * rest[i] + rest[i - lag] * rest[i - lag]) / 2;
    }
    return square > 0 ? MAX(0, product / square) : 0;
}

static double find_glide(const struct model_input *input)
{
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots, first = MAX(0, input->origin - GLIDE_DAYS),
        n = (input->origin - first) * n_slots;
    if (n_slots == 1)
        return 0; /* the last hours are the last day: that is for the other models */
    g_autofree double *weight = array_new(input->origin, 1), *usual = array_new(WEEK_DAYS, n_slots),
                      *rest = array_new(n, 1);
    for (int day = first; day < input->origin; day++)
        weight[day] = input->weights->weight[day];
    const double *cleared = shared_cleared(input);
    week_roots_mean(input, cleared, weight, usual);
    for (int i = 0; i < n; i++) {
        int day = first + i / n_slots;
        rest[i] = cleared[first * n_slots + i] - usual[matrix_weekday(matrix, day) * n_slots + i % n_slots];
    }
    const double *seen = &matrix->seen[first * n_slots];
    /* The usual week is made of the same few weeks, which hides some of what they carry over. */
    double weeks = MAX(1, (double)n / (WEEK_DAYS * n_slots)), hidden = 1 / weeks;
    return (carried(rest, seen, n, 1) * (1 - hidden) + hidden) *
           (carried(rest, seen, n, n_slots) * (1 - hidden) + hidden);
}

/* Usual size of the errors of a band under some weights. */
static double usual_error(const struct backtest *backtest, int band, const double *weights)
{
    int cells = block_cells(backtest), n = 0, from, n_band;
    band_cells(backtest, band, &from, &n_band);
    g_autofree double *error = array_new(backtest->n_origins, n_band), *out = array_new(cells, 1);
    for (int o = 0; o < backtest->n_origins; o++) {
        blend(backtest, o, band, weights, out);
        for (int cell = from; cell < from + n_band; cell++)
            if (backtest->seen[o * cells + cell] > 0)
                error[n++] = fabs(backtest->z[o * cells + cell] - out[cell]);
    }
    return MAD_TO_SIGMA * array_median(error, n);
}

static void sums_add(struct combine_sums *sums, double sign, const struct combine_sums *more, int n_models)
{
    for (int i = 0; i < n_models * n_models; i++)
        sums->gram[i] += sign * more->gram[i];
    sums->total += sign * more->total;
}

/* Where no block of the past reaches, the prior is trusted less: its roots are closer to equal weights. */
static void even_out(double *weights, int n)
{
    double sum = 0;
    for (int m = 0; m < n; m++)
        sum += weights[m] = sqrt(weights[m]);
    for (int m = 0; m < n; m++)
        weights[m] /= sum;
}

/* Weights of a band for every origin from the others, and for the future from all. */
static void weigh_band(struct backtest *backtest, int band)
{
    int n_models = backtest->n_models, n_origins = backtest->n_origins, cells = block_cells(backtest), from,
        n;
    double prior[FORECAST_MODELS_MAX] = {0}, weights[FORECAST_MODELS_MAX] = {0};
    prior_weights(backtest, band, prior);
    array_copy(backtest->weights[band], prior, n_models);
    band_cells(backtest, band, &from, &n);
    if (n_origins == 0 || n == 0) {
        if (!backtest->sparse)
            even_out(backtest->weights[band], n_models);
        return;
    }
    if (backtest->rare) {
        for (int o = 0; o < n_origins; o++)
            blend(backtest, o, band, prior, &backtest->combined[o * cells]);
        return;
    }
    double scale = usual_error(backtest, band, prior);
    double shrink = (backtest->sparse ? SPARSE_SHRINK : shrinks[band]) *
                    pow((double)BACKTEST_ORIGINS_MAX / n_origins, 1.5);
    struct combine_sums *block = g_new0(struct combine_sums, (gsize)n_origins), total = {0};
    for (int o = 0; o < n_origins; o++) {
        int at = o * cells + from;
        combine_add(&block[o], n_models, &backtest->z[at], &backtest->seen[at],
                    &backtest->zhat[o * n_models * cells + from], cells, n, prior, scale,
                    pow(ORIGIN_DECAY, n_origins - 1 - o));
        sums_add(&total, 1, &block[o], n_models);
    }
    combine_solve(&total, n_models, prior, shrink, backtest->weights[band]);
    for (int o = 0; o < n_origins; o++) {
        struct combine_sums others = total;
        sums_add(&others, -1, &block[o], n_models);
        if (n_origins == 1)
            others.total = 0;
        combine_solve(&others, n_models, prior, shrink, weights);
        blend(backtest, o, band, weights, &backtest->combined[o * cells]);
    }
    g_free(block);
}

void backtest_run(struct backtest *backtest, const struct model_input *input, int lead_days)
{
    double intervals, contacts = matrix_contacts(input->matrix, input->origin, &intervals);
    *backtest = (struct backtest){
        .n_slots = input->matrix->n_slots, .sparse = contacts < intervals, .glide = find_glide(input)};
    backtest->rare = backtest->sparse && contacts * WEEK_DAYS < RARE_PER_WEEK * (double)input->origin;
    choose_origins(backtest, input->origin, lead_days);
    choose_models(backtest, input->origin);
    int rows = backtest->n_origins * backtest->block_days;
    backtest->z = array_new(rows, backtest->n_slots);
    backtest->seen = array_new(rows, backtest->n_slots);
    backtest->combined = array_new(rows, backtest->n_slots);
    backtest->special = g_new0(uint8_t, (gsize)rows + 1);
    backtest->zhat = array_new(rows * backtest->n_models, backtest->n_slots);
    for (int o = 0; o < backtest->n_origins; o++)
        run_origin(backtest, input, o);
    for (int band = 0; band < FORECAST_BANDS; band++)
        weigh_band(backtest, band);
}

void backtest_clear(struct backtest *backtest)
{
    g_free(backtest->z);
    g_free(backtest->seen);
    g_free(backtest->combined);
    g_free(backtest->special);
    g_free(backtest->zhat);
    *backtest = (struct backtest){0};
}

static double count_of(double z)
{
    return z * z - 0.25;
}

/* Σ|y - m| / Σ y of one set of predictions over all blocks; stride: cells between the blocks in zhat. */
static double wape(const struct backtest *backtest, const double *zhat, int stride)
{
    int cells = block_cells(backtest);
    double error = 0, volume = 0;
    for (int o = 0; o < backtest->n_origins; o++)
        for (int cell = 0; cell < cells; cell++) {
            if (backtest->seen[o * cells + cell] == 0)
                continue;
            double y = count_of(backtest->z[o * cells + cell]);
            error += fabs(y - root_to_rate(zhat[o * stride + cell]));
            volume += y;
        }
    return volume > 0 ? error / volume : NAN;
}

struct forecast_test_day *backtest_days(const struct backtest *backtest, int32_t first_day, int *n)
{
    int rows = backtest->n_origins * backtest->block_days;
    struct forecast_test_day *days = g_new0(struct forecast_test_day, (gsize)rows + 1);
    *n = 0;
    for (int row = 0; row < rows; row++) {
        int32_t origin = first_day + backtest->origin[row / backtest->block_days];
        struct forecast_test_day day = {origin, origin + row % backtest->block_days, 0, 0};
        bool seen = false;
        for (int cell = row * backtest->n_slots; cell < (row + 1) * backtest->n_slots; cell++)
            if (backtest->seen[cell] > 0) {
                day.actual += count_of(backtest->z[cell]);
                day.said += root_to_rate(backtest->combined[cell]);
                seen = true;
            }
        if (seen)
            days[(*n)++] = day;
    }
    return days;
}

static void report_days(const struct backtest *backtest, struct forecast_backtest *report)
{
    double error = 0, volume = 0, bias = 0;
    int n;
    g_autofree struct forecast_test_day *days = backtest_days(backtest, 0, &n);
    for (int i = 0; i < n; i++) {
        error += fabs(days[i].actual - days[i].said);
        bias += days[i].said - days[i].actual;
        volume += days[i].actual;
    }
    report->day_wape = volume > 0 ? error / volume : NAN;
    report->bias = volume > 0 ? bias / volume : NAN;
}

void backtest_report(const struct backtest *backtest, struct forecast_backtest *report,
                     struct forecast_model_report *models)
{
    int cells = block_cells(backtest);
    *report =
        (struct forecast_backtest){.origins = backtest->n_origins, .aht_wape = NAN, .aht_mean_wape = NAN};
    for (int m = 0; m < backtest->n_models; m++) {
        models[m] = (struct forecast_model_report){
            .name = forecast_models[backtest->model[m]]->name,
            .weight = backtest->weights[0][m],
            .wape = wape(backtest, &backtest->zhat[m * cells], backtest->n_models * cells)};
        for (int band = 0; band < FORECAST_BANDS; band++)
            models[m].weights[band] = backtest->weights[band][m];
    }
    report->wape = wape(backtest, backtest->combined, cells);
    report->naive_wape = backtest->n_models > 0 && backtest->model[0] == MODEL_NAIVE ? models[0].wape : NAN;
    report_days(backtest, report);
}
