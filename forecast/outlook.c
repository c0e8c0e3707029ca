#include "forecast/outlook.h"

#include "forecast/array.h"
#include "forecast/root.h"

#include <math.h>

void outlook_init(struct outlook *outlook, const struct model_input *input, const struct grid *horizon,
                  const double *zhat, int first, int n_days)
{
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots, slot_min = matrix->interval_s / 60, day, slot;
    *outlook = (struct outlook){
        .n_days = n_days, .n_slots = n_slots, .first_day = matrix->first_day + first, .n = horizon->n};
    outlook->zhat = array_new(n_days, n_slots);
    outlook->z = array_new(n_days, n_slots);
    outlook->seen = array_new(n_days, n_slots);
    outlook->size = array_new(n_days, 1);
    outlook->open = g_new0(uint8_t, (gsize)n_days * (gsize)n_slots + 1);
    outlook->unusual = g_new0(uint8_t, (gsize)n_days + 1);
    outlook->cell = g_new(int, (gsize)horizon->n + 1);
    array_copy(outlook->zhat, zhat, n_days * n_slots);
    for (int d = 0; d < n_days; d++) {
        const struct day_info *info = calendar_day(input->calendar, outlook->first_day + d);
        outlook->unusual[d] = bands_unusual(input, first + d);
        for (int s = 0; s < n_slots; s++) {
            int cell = d * n_slots + s;
            outlook->open[cell] = !info->closed && matrix->open[info->weekday * n_slots + s] &&
                                  calendar_hours(info, s * slot_min, (s + 1) * slot_min);
            outlook->size[d] += outlook->open[cell] ? root_to_rate(zhat[cell]) : 0;
            if (first + d >= matrix->n_days || first + d < input->origin || !outlook->open[cell])
                continue;
            outlook->seen[cell] = matrix->seen[(first + d) * n_slots + s];
            outlook->z[cell] = matrix->z[(first + d) * n_slots + s];
        }
    }
    for (int32_t iv = 0; iv < horizon->n; iv++) {
        matrix_cell(matrix, grid_ts(horizon, iv), &day, &slot);
        outlook->cell[iv] = (day - first) * n_slots + slot;
    }
}

void outlook_copy(struct outlook *outlook, const struct outlook *from)
{
    gsize cells = (gsize)from->n_days * (gsize)from->n_slots, days = (gsize)from->n_days;
    *outlook = *from;
    outlook->zhat = g_memdup2(from->zhat, cells * sizeof(double));
    outlook->z = g_memdup2(from->z, cells * sizeof(double));
    outlook->seen = g_memdup2(from->seen, cells * sizeof(double));
    outlook->size = g_memdup2(from->size, days * sizeof(double));
    outlook->open = g_memdup2(from->open, cells);
    outlook->unusual = g_memdup2(from->unusual, days);
    outlook->cell = g_memdup2(from->cell, (gsize)from->n * sizeof(int));
}

void outlook_clear(struct outlook *outlook)
{
    double *arrays[] = {outlook->zhat, outlook->z, outlook->seen, outlook->size};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
    g_free(outlook->open);
    g_free(outlook->unusual);
    g_free(outlook->cell);
    *outlook = (struct outlook){0};
}

bool outlook_known(const struct outlook *outlook)
{
    for (int cell = 0; cell < outlook->n_days * outlook->n_slots; cell++)
        if (outlook->seen[cell] > 0)
            return true;
    return false;
}

void outlook_learn(struct outlook *outlook, const double *offered, int n)
{
    for (int iv = 0; iv < n; iv++) {
        int cell = outlook->cell[iv];
        if (isnan(offered[iv]) || !outlook->open[cell])
            continue;
        bool twice = iv > 0 && outlook->seen[cell] > 0; /* the doubled hour of a clock change: its mean */
        double before = outlook->z[cell] * outlook->z[cell] - 0.25;
        outlook->z[cell] = root_from_count(twice ? (before + offered[iv]) / 2 : offered[iv]);
        outlook->seen[cell] = 1;
    }
}

/* Roots, spread and what is left of each day after what is known. */
struct view {
    double *root, *narrow; /* n_days × n_slots */
    double *left;          /* n_days */
    int last;              /* last known cell, -1 = none */
};

static void view_init(struct view *view, const struct outlook *outlook, const struct intraday *intraday)
{
    int cells = outlook->n_days * outlook->n_slots;
    *view = (struct view){array_new(cells, 1), array_new(cells, 1), array_new(outlook->n_days, 1), -1};
    for (int cell = 0; cell < cells; cell++)
        view->last = outlook->seen[cell] > 0 ? cell : view->last;
    if (intraday != NULL && view->last >= 0) {
        struct intraday_days days = {outlook->n_days, outlook->z,    outlook->seen,
                                     outlook->zhat,   outlook->open, outlook->unusual};
        intraday_update(intraday, &days, view->root, view->narrow, view->left);
        return;
    }
    array_copy(view->root, outlook->zhat, cells);
    for (int cell = 0; cell < cells; cell++)
        view->narrow[cell] = 1;
    for (int d = 0; d < outlook->n_days; d++)
        view->left[d] = 1;
}

static void view_clear(struct view *view)
{
    g_free(view->root);
    g_free(view->narrow);
    g_free(view->left);
}

/* Contacts of one day: those known and those to come inside the horizon. The latter's variance is that of all
   that is left of the day, chance in proportion and the rest, which is common to the day, by the square. */
static void close_day(const struct sums *sums, const struct outlook *outlook, const struct view *view, int d,
                      struct sum_day *day)
{
    double left = 0;
    for (int cell = MAX(d * outlook->n_slots, view->last + 1); cell < (d + 1) * outlook->n_slots; cell++)
        left += outlook->open[cell] ? root_to_rate(view->root[cell]) : 0;
    double share = left > 0 ? MIN(1, day->offered / left) : 0;
    double all = MAX(left, sums_variance(sums, outlook->size[d], outlook->unusual[d]) * view->left[d]);
    day->variance = share * left + share * share * (all - left);
}

static void fill_sums(const struct outlook *outlook, const struct sums *sums, const struct sum_day *days,
                      struct forecast *out)
{
    double quantile[FORECAST_QUANTILES], beyond = 0, square = 0;
    out->first_day = outlook->first_day;
    out->n_days = outlook->n_days;
    out->n_weeks = (out->n_days + WEEK_DAYS - 1) / WEEK_DAYS;
    out->day_offered = array_new(out->n_days, 1);
    out->day_quantile = array_new(FORECAST_QUANTILES, out->n_days);
    out->week_offered = array_new(out->n_weeks, 1);
    out->week_quantile = array_new(FORECAST_QUANTILES, out->n_weeks);
    for (int d = 0; d < out->n_days; d++) {
        out->day_offered[d] = days[d].known + days[d].offered;
        out->week_offered[d / WEEK_DAYS] += out->day_offered[d];
        beyond += sums_variance(sums, outlook->size[d], outlook->unusual[d]) - outlook->size[d];
        square += outlook->size[d] * outlook->size[d];
        sums_quantiles(sums, &days[d], 1, quantile);
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            out->day_quantile[q * out->n_days + d] = out->grid.interval_s == DAY_S && outlook->seen[d] == 0
                                                         ? out->quantile[q * out->grid.n + d]
                                                         : quantile[q];
    }
    out->day_correlation = sums->between;
    out->busyness_cv2 = square > 0 ? MAX(0, beyond / square) : 0;
    for (int week = 0; week < out->n_weeks; week++) {
        int from = week * WEEK_DAYS;
        sums_quantiles(sums, &days[from], MIN(WEEK_DAYS, out->n_days - from), quantile);
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            out->week_quantile[q * out->n_weeks + week] = quantile[q];
    }
}

void outlook_fill(const struct outlook *outlook, const struct bands *bands, const struct intraday *intraday,
                  struct forecast *out)
{
    struct view view;
    int n = out->grid.n, n_slots = outlook->n_slots;
    g_autofree struct sum_day *days = g_new0(struct sum_day, (gsize)outlook->n_days + 1);
    view_init(&view, outlook, intraday);
    out->day_iv = g_new0(int32_t, (gsize)outlook->n_days + 1);
    out->n_known = 0;
    for (int32_t iv = 0; iv < n; iv++) {
        int cell = outlook->cell[iv], d = cell / n_slots;
        double quantile[FORECAST_QUANTILES];
        out->day_iv[d + 1] = iv + 1;
        out->n_known = outlook->seen[cell] > 0 ? iv + 1 : out->n_known;
        if (!outlook->open[cell])
            continue; /* arrays start at 0 */
        out->offered[iv] = root_to_rate(view.root[cell]);
        spread_quantiles(&bands->spread, cell % n_slots, outlook->unusual[d], view.root[cell],
                         view.narrow[cell], quantile);
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            out->quantile[q * n + iv] = quantile[q];
        if (outlook->seen[cell] > 0)
            days[d].known += outlook->z[cell] * outlook->z[cell] - 0.25;
        else if (cell < view.last)
            days[d].known += out->offered[iv]; /* gone by, but not known */
        else
            days[d].offered += out->offered[iv];
    }
    for (int d = 0; d < outlook->n_days; d++) {
        out->day_iv[d + 1] = MAX(out->day_iv[d], out->day_iv[d + 1]); /* a zone may skip a day */
        close_day(&bands->sums, outlook, &view, d, &days[d]);
    }
    fill_sums(outlook, &bands->sums, days, out);
    view_clear(&view);
}
