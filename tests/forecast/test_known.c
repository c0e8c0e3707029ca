/* Known answers: what a series was built from comes out again. */
#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/day_profile.h"
#include "forecast/model.h"
#include "forecast/root.h"
#include "forecast/shared.h"
#include "forecast/sisters.h"

#include <math.h>
#include <string.h>

static double weekly(int32_t day, int second)
{
    static const double weekday[] = {1.3, 1.1, 1, 1, 0.95, 0.5, 0.35};
    double hour = second / 3600.0;
    return weekday[day_weekday(day)] * (20 + 60 * exp(-(hour - 13) * (hour - 13) / 18));
}

static int32_t last_feast(int32_t day)
{
    int32_t feast = day_from_civil(day_civil(day).year, 5, 3);
    return feast <= day ? feast : day_from_civil(day_civil(day).year - 1, 5, 3);
}

/* A feast on every 3 May with 40 % of the contacts. */
static double feast(int32_t day, int second)
{
    return weekly(day, second) * (last_feast(day) == day ? 0.4 : 1);
}

/* A quarter more since 2024-03-11. */
static double stepped(int32_t day, int second)
{
    return weekly(day, second) * (day >= day_from_civil(2024, 3, 11) ? 1.25 : 1);
}

/* A fifth up and down over the year. */
static double yearly(int32_t day, int second)
{
    double year = (day - day_from_civil(day_civil(day).year, 1, 1)) / 365.25;
    return weekly(day, second) * (1 + 0.2 * sin(2 * G_PI * year));
}

/* ---- each model on what it is made for ---- */

static const struct known {
    const char *what;
    synthetic_rate rate;
    const char *first_day;
    int n_days;
    double tolerance; /* of Σ|said - rate| / Σ rate over the week after */
    double noise;
    struct {
        const char *model; /* another tolerance; INFINITY: the model knows nothing of it */
        double tolerance;
    } except[6];
} knowns[] = {
    {"weekday profile", weekly, "2024-01-01", 140, 0.015, 0, {{"pooled rates", 0.06}}},
    {"weekday profile, two years", weekly, "2022-05-02", 730, 0.015, 0, {{"pooled rates", 0.06}}},
    {"new level seven weeks ago", stepped, "2023-12-04", 147, 0.12, 0.03, {{"pooled rates", 0.2}}},
    {"feast of 40 %",
     feast,
     "2021-05-01",
     1096,
     0.05,
     0,
     {{"seasonal naive", INFINITY},
      {"mean, 2 weeks", INFINITY},
      {"mean", INFINITY},
      {"pooled rates", INFINITY}}},
    {"wave of the year",
     yearly,
     "2022-01-03",
     1001,
     0.06,
     0,
     {{"pooled rates", INFINITY}, {"factor, year", 0.06}}},
};

static double tolerance_of(const struct known *known, const char *model)
{
    for (gsize i = 0; i < G_N_ELEMENTS(known->except); i++)
        if (known->except[i].model != NULL &&
            strncmp(known->except[i].model, model, strlen(known->except[i].model)) == 0)
            return known->except[i].tolerance;
    return known->tolerance;
}

START_TEST(models_give_back)
{
    const struct known *known = &knowns[_i];
    struct synthetic spec = {
        "Europe/Madrid", known->first_day, known->n_days, 30, known->rate, known->noise, 3};
    struct series series;
    struct zone *zone;
    struct day_calendar calendar;
    struct day_matrix matrix;
    struct day_features features;
    struct day_weights weights;
    synthetic_make(&spec, &series, &zone);
    int32_t first = zone_local_day(zone, series.grid.start_ts);
    struct forecast_special specials[8];
    int n_specials = 0;
    for (int year = 2021; year <= 2024; year++)
        specials[n_specials++] = (struct forecast_special){
            .day = day_from_civil(year, 5, 3), .kind = SPECIAL_HOLIDAY, .name = "Spring Feast"};
    n_specials = known->rate == feast ? n_specials : 0;
    calendar_init(&calendar, first - 60, first + known->n_days + 60, specials, n_specials);
    matrix_init(&matrix, &series.grid, series.offered, zone, &calendar, NULL, 0);
    features_init(&features, &calendar, matrix.first_day, matrix.n_days + 7);
    day_weights_init(&weights, &matrix, &calendar, matrix.n_days);
    struct model_input input = {&matrix, &calendar, &features, &weights, matrix.n_days, shared_new(NULL)};
    double *z = g_new0(double, (gsize)(7 * matrix.n_slots));
    for (int m = 0; m < forecast_n_models; m++) {
        const struct model *model = forecast_models[m];
        double error = 0, volume = 0;
        if (!model_run(model, &input, matrix.n_days, 7, z))
            continue;
        for (int cell = 0; cell < 7 * matrix.n_slots; cell++) {
            double want = known->rate(matrix.first_day + matrix.n_days + cell / matrix.n_slots,
                                      cell % matrix.n_slots * 1800);
            error += fabs(root_to_rate(z[cell]) - want);
            volume += want;
        }
        ck_assert_msg(error / volume <= tolerance_of(known, model->name), "%s: %s is off by %.4f",
                      known->what, model->name, error / volume);
    }
    g_free(z);
    shared_free(input.shared);
    day_weights_clear(&weights);
    features_clear(&features);
    matrix_clear(&matrix);
    calendar_clear(&calendar);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- calendars and clocks: the whole forecast ---- */

static const struct {
    const char *what;
    struct synthetic spec;
    double tolerance;
} clocks[] = {
    {"a zone that gave up its clock change", {"Asia/Amman", "2022-09-05", 70, 30, weekly, 0, 0}, 0.01},
    {"a zone that moved for good", {"America/Mexico_City", "2022-09-05", 84, 30, weekly, 0, 0}, 0.01},
    {"a day skipped in the history", {"Pacific/Apia", "2011-10-31", 84, 30, weekly, 0, 0}, 0.01},
    {"a day skipped in the week ahead", {"Pacific/Apia", "2011-10-10", 77, 30, weekly, 0, 0}, 0.01},
    {"week 53 and the year after", {"Europe/Madrid", "2020-10-19", 77, 30, weekly, 0, 0}, 0.02},
    {"leap day in three years of hours", {"UTC", "2023-03-06", 1092, 60, weekly, 0, 0}, 0.01},
    {"two weeks of five minutes", {"Europe/Madrid", "2024-06-03", 14, 5, weekly, 0, 0}, 0.06},
};

START_TEST(clocks_and_calendars)
{
    struct series series;
    struct zone *zone;
    struct forecast out;
    g_autoptr(GError) error = NULL;
    struct forecast_input input;
    synthetic_input(&clocks[_i].spec, 0, 7, &series, &zone, &input);
    ck_assert(forecast_run(&input, &out, &error));
    double off = 0, volume = 0;
    for (int32_t iv = 0; iv < out.grid.n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(&out.grid, iv));
        double want = clocks[_i].spec.rate(local.day, local.second);
        off += fabs(out.offered[iv] - want);
        volume += want;
    }
    ck_assert_msg(off <= clocks[_i].tolerance * volume, "%s: off by %.4f", clocks[_i].what, off / volume);
    for (int day = 0; day < out.n_days; day++) {
        double sum = 0;
        ck_assert_msg(out.day_iv[day] <= out.day_iv[day + 1], "%s: day %d ends before it begins",
                      clocks[_i].what, day);
        for (int32_t iv = out.day_iv[day]; iv < out.day_iv[day + 1]; iv++)
            sum += out.offered[iv];
        ck_assert_double_eq_tol(out.day_offered[day], sum, 1e-9 * volume);
    }
    forecast_clear(&out);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- planners' uplifts and hours of a day ---- */

#define SALE_DAY day_from_civil(2024, 6, 12) /* a Wednesday */

static int sales; /* past ones, four weeks apart, each with half as many contacts again */

static double sale(int32_t day, int second)
{
    int weeks = (SALE_DAY - day) / 28;
    bool is_sale = day < SALE_DAY && (SALE_DAY - day) % 28 == 0 && weeks <= sales;
    return weekly(day, second) * (is_sale ? 1.5 : 1);
}

static const struct {
    const char *what;
    int past;
    bool has_uplift;
    double uplift, want, tolerance; /* of the day against an ordinary one */
    int from_min, to_min;
} uplifts[] = {
    {"never seen: the planner's word", 0, true, 0.8, 1.8, 0.02, 0, 0},
    {"never seen: fewer", 0, true, -0.3, 0.7, 0.02, 0, 0},
    {"never seen: nobody comes", 0, true, -1, 0, 0.001, 0, 0},
    {"six times before: what was learned", 6, false, 0, 1.5, 0.12, 0, 0},
    {"six times before, and a word: between", 6, true, 0.9, 1.57, 0.12, 0, 0},
    {"hours of that day", 0, false, 0, 0.19, 0.02, 540, 720},
    {"hours of that day, and a word", 0, true, 1, 0.38, 0.04, 540, 720},
};

START_TEST(uplifts_count)
{
    sales = uplifts[_i].past;
    struct synthetic spec = {"Europe/Madrid", "2023-11-27", 196, 30, sale, 0, 0}; /* to 2024-06-09 */
    struct series series;
    struct zone *zone;
    struct forecast out;
    struct forecast_special specials[16];
    int n = 0;
    synthetic_make(&spec, &series, &zone);
    for (int k = sales; k > 0; k--)
        specials[n++] =
            (struct forecast_special){.day = SALE_DAY - 28 * k, .kind = SPECIAL_OTHER, .name = "Sale"};
    specials[n++] = (struct forecast_special){.day = SALE_DAY,
                                              .kind = SPECIAL_OTHER,
                                              .name = "Sale",
                                              .has_uplift = uplifts[_i].has_uplift,
                                              .uplift = uplifts[_i].uplift,
                                              .open_from_min = uplifts[_i].from_min,
                                              .open_to_min = uplifts[_i].to_min};
    struct forecast_input input = {
        .history = &series, .zone = zone, .default_aht_s = 240, .specials = specials, .n_specials = n};
    input.horizon = synthetic_days(zone, SALE_DAY - 2, 7, 1800);
    ck_assert(forecast_run(&input, &out, NULL));
    double day[7] = {0}, usual[7] = {0};
    for (int32_t iv = 0; iv < out.grid.n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(&out.grid, iv));
        int at = local.day - (SALE_DAY - 2);
        day[at] += out.offered[iv];
        usual[at] += weekly(local.day, local.second);
        bool within = uplifts[_i].to_min == 0 ||
                      (local.second >= 60 * uplifts[_i].from_min && local.second < 60 * uplifts[_i].to_min);
        ck_assert_msg(at != 2 || within || (out.offered[iv] == 0 && out.quantile[6 * out.grid.n + iv] == 0),
                      "%s: contacts outside", uplifts[_i].what);
    }
    ck_assert_msg(fabs(day[2] / usual[2] - uplifts[_i].want) <= uplifts[_i].tolerance,
                  "%s: %.3f of an ordinary day", uplifts[_i].what, day[2] / usual[2]);
    ck_assert_msg(fabs(day[1] / usual[1] - 1) < 0.1, "%s: the day before is %.3f", uplifts[_i].what,
                  day[1] / usual[1]);
    forecast_clear(&out);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- feasts whose names say nothing ---- */

static double two_feasts(int32_t day, int second)
{
    struct civil civil = day_civil(day);
    double factor = civil.month == 5 && civil.day == 3 ? 0.4 : civil.month == 9 && civil.day == 12 ? 1.5 : 1;
    return weekly(day, second) * factor;
}

static const struct {
    const char *what, *names[2];
    double want, tolerance; /* of 3 May, which has 0.4: three past days are shrunk a little */
} named[] = {
    {"two names", {"Spring Feast", "Autumn Feast"}, 0.46, 0.1},
    {"no names", {"holiday", "Holiday"}, 0.46, 0.1},
    {"one name for both", {"Feast", "Feast"}, 0.95, 0.2},
};

START_TEST(dates_are_names)
{
    struct synthetic spec = {"UTC", "2020-05-04", 1455, 60, two_feasts, 0.06, 7}; /* to 2024-04-27 */
    struct series series;
    struct zone *zone;
    struct forecast out;
    struct forecast_special specials[10];
    int n = 0;
    synthetic_make(&spec, &series, &zone);
    for (int year = 2020; year <= 2024; year++) {
        specials[n++] = (struct forecast_special){
            .day = day_from_civil(year, 5, 3), .kind = SPECIAL_HOLIDAY, .name = named[_i].names[0]};
        specials[n++] = (struct forecast_special){
            .day = day_from_civil(year, 9, 12), .kind = SPECIAL_HOLIDAY, .name = named[_i].names[1]};
    }
    int32_t day = day_from_civil(2024, 5, 3);
    struct forecast_input input = {
        .history = &series, .zone = zone, .default_aht_s = 240, .specials = specials, .n_specials = n};
    input.horizon = synthetic_days(zone, day, 1, 3600);
    ck_assert(forecast_run(&input, &out, NULL));
    double said = 0, usual = 0;
    for (int32_t iv = 0; iv < out.grid.n; iv++) {
        said += out.offered[iv];
        usual += weekly(day, iv * 3600);
    }
    ck_assert_msg(fabs(said / usual - named[_i].want) <= named[_i].tolerance, "%s: %.3f of an ordinary day",
                  named[_i].what, said / usual);
    forecast_clear(&out);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* A queue that opens on feasts: they are all that is known. */
static const struct {
    const char *what;
    int days;
    double least, most; /* of the week after over the mean of the days seen */
} opened[] = {{"one day", 1, 0.5, 1.5}, {"three days", 3, 0.5, 1.5}, {"two weeks", 14, 0.9, 1.1}};

START_TEST(only_feasts_are_known)
{
    struct synthetic spec = {"UTC", "2024-04-29", opened[_i].days, 30, weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast out;
    struct forecast_special specials[14];
    synthetic_make(&spec, &series, &zone);
    int32_t first = zone_local_day(zone, series.grid.start_ts);
    for (int i = 0; i < opened[_i].days; i++)
        specials[i] = (struct forecast_special){.day = first + i, .kind = SPECIAL_HOLIDAY, .name = "Opening"};
    struct forecast_input input = {
        .history = &series, .zone = zone, .specials = specials, .n_specials = opened[_i].days};
    input.horizon = synthetic_days(zone, first + opened[_i].days, 7, 1800);
    ck_assert(forecast_run(&input, &out, NULL));
    double seen = 0;
    for (int32_t iv = 0; iv < series.grid.n; iv++)
        seen += series.offered[iv] / opened[_i].days;
    ck_assert_msg(out.week_offered[0] >= opened[_i].least * 7 * seen &&
                      out.week_offered[0] <= opened[_i].most * 7 * seen,
                  "%s: %.0f in the week after, %.0f a day before", opened[_i].what, out.week_offered[0],
                  seen);
    forecast_clear(&out);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- what sister queues saw ---- */

static int sale_percent; /* of the sale's effect */

static double sister_sale(int32_t day, int second)
{
    bool is_sale = day <= SALE_DAY && (SALE_DAY - day) % 28 == 0;
    return weekly(day, second) * (is_sale ? sale_percent / 100.0 : 1);
}

static const struct {
    const char *what;
    int sisters[3]; /* percent of an ordinary day; 0 = no such queue */
    int own_past;   /* sales the queue had itself, with half as many again */
    bool has_uplift;
    double uplift, want, tolerance;
} lent[] = {
    {"two sisters agree", {60, 60}, 0, false, 0, 0.6, 0.02},
    {"three sisters differ: the mean of logs", {50, 100, 200}, 0, false, 0, 1, 0.03},
    {"the planner outweighs them", {60, 60}, 0, true, 0.2, 1.2, 0.02},
    {"no sisters", {0}, 0, false, 0, 1, 0.03},
    {"six days of its own against theirs", {60, 60}, 6, false, 0, 1.37, 0.12},
};

START_TEST(sisters_lend)
{
    struct series series, fine, days, none = {0};
    struct zone *zone, *other;
    struct forecast out;
    struct feast_effects queues[4] = {{0}}, all, others;
    struct forecast_special specials[16];
    int n = 0, first = 1;
    for (int k = 7; k >= 0; k--)
        specials[n++] =
            (struct forecast_special){.day = SALE_DAY - 28 * k, .kind = SPECIAL_OTHER, .name = "Sale"};
    for (int q = 0; q < 3 && lent[_i].sisters[q] > 0; q++) {
        struct synthetic sister = {"UTC", "2023-11-27", 196, 60, sister_sale, 0, 0};
        sale_percent = lent[_i].sisters[q];
        synthetic_make(&sister, &fine, &other);
        series_by_day(&none, &fine, other, &days);
        feast_effects_learn(&queues[q + 1], &days, specials, n, SALE_DAY - 2);
        ck_assert_int_eq(queues[q + 1].n, 1);
        ck_assert_double_eq_tol(exp(queues[q + 1].effects[0].effect), sale_percent / 100.0, 0.005);
        series_clear(&days);
        series_clear(&fine);
        zone_free(other);
    }
    sales = lent[_i].own_past;
    struct synthetic spec = {"Europe/Madrid", "2023-11-27", 196, 30, sale, 0, 0};
    synthetic_make(&spec, &series, &zone);
    first = n - 1 - sales; /* days it did not have are not special to it */
    specials[n - 1].has_uplift = lent[_i].has_uplift;
    specials[n - 1].uplift = lent[_i].uplift;
    feast_effects_pool(&all, queues, 4);
    feast_effects_without(&others, &all, &queues[0]);
    struct forecast_input input = {.history = &series,
                                   .zone = zone,
                                   .default_aht_s = 240,
                                   .specials = &specials[first],
                                   .n_specials = n - first,
                                   .sisters = others.effects,
                                   .n_sisters = others.n};
    input.horizon = synthetic_days(zone, SALE_DAY, 1, 1800);
    ck_assert(forecast_run(&input, &out, NULL));
    double said = 0, usual = 0;
    for (int32_t iv = 0; iv < out.grid.n; iv++) {
        said += out.offered[iv];
        usual += weekly(SALE_DAY, iv * 1800);
    }
    ck_assert_msg(fabs(said / usual - lent[_i].want) <= lent[_i].tolerance, "%s: %.3f of an ordinary day",
                  lent[_i].what, said / usual);
    feast_effects_clear(&all);
    feast_effects_clear(&others);
    for (int q = 0; q < 4; q++)
        feast_effects_clear(&queues[q]);
    forecast_clear(&out);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- what was noticed ---- */

static void spoil(struct series *series, int day, double factor)
{
    for (int s = 0; s < 48; s++)
        series->offered[day * 48 + s] *= factor;
}

START_TEST(findings_are_listed)
{
    struct synthetic spec = {"UTC", "2024-01-01", 112, 30, weekly, 0.03, 5};
    struct series series;
    struct zone *zone;
    struct forecast out;
    synthetic_make(&spec, &series, &zone);
    spoil(&series, 20, 1.9);
    spoil(&series, 31, 0);
    spoil(&series, 40, NAN);
    spoil(&series, 50, 0.3); /* listed as unplanned below: known, so not noticed */
    for (int s = 20; s < 24; s++)
        series.offered[60 * 48 + s] = 0;
    for (int day = 98; day < 112; day++)
        spoil(&series, day, 1.6);
    int32_t first = day_from_civil(2024, 1, 1);
    struct forecast_special known = {.day = first + 50, .kind = SPECIAL_UNPLANNED, .name = "Outage"};
    struct forecast_input input = {
        .history = &series, .zone = zone, .default_aht_s = 240, .specials = &known, .n_specials = 1};
    input.horizon = synthetic_days(zone, first + 112, 7, 1800);
    ck_assert(forecast_run(&input, &out, NULL));
    const struct {
        int day;
        enum finding_kind kind;
        double least, most;
    } want[] = {{20, FINDING_OUTLIER, 0.01, 0.9},
                {31, FINDING_EMPTY, 0, 0},
                {40, FINDING_MISSING, 0, 0},
                {60, FINDING_OUTAGE, 4, 4},
                {98, FINDING_LEVEL, 1.5, 1.7}};
    ck_assert_int_eq(out.n_findings, (int)G_N_ELEMENTS(want));
    for (int i = 0; i < out.n_findings; i++) {
        const struct forecast_finding *found = &out.findings[i];
        ck_assert_msg(found->day == first + want[i].day && found->kind == want[i].kind,
                      "finding %d: %s on day %d", i, finding_kind_name(found->kind), found->day - first);
        ck_assert_msg(found->size >= want[i].least && found->size <= want[i].most, "%s: %g",
                      finding_kind_name(found->kind), found->size);
    }
    forecast_clear(&out);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/known");
    TCase *t = tcase_create("known");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, models_give_back, 0, (int)G_N_ELEMENTS(knowns));
    tcase_add_loop_test(t, clocks_and_calendars, 0, (int)G_N_ELEMENTS(clocks));
    tcase_add_loop_test(t, uplifts_count, 0, (int)G_N_ELEMENTS(uplifts));
    tcase_add_loop_test(t, only_feasts_are_known, 0, (int)G_N_ELEMENTS(opened));
    tcase_add_loop_test(t, dates_are_names, 0, (int)G_N_ELEMENTS(named));
    tcase_add_loop_test(t, sisters_lend, 0, (int)G_N_ELEMENTS(lent));
    tcase_add_test(t, findings_are_listed);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
