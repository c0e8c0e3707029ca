#include <math.h>
#include <string.h>

#include "core/text.h"
#include "forecast/override.h"
#include "tests/support/testing.h"

/* Hourly forecasts of whole local days in Madrid: the clock goes forward on 2026-03-29 and back on
 * 2026-10-25; 2026-12-06 is a Sunday. */
enum profile { HUMP, FLAT, ZERO, HALF_KNOWN }; /* local hour + 1; 10; 0; 10 but unknown from noon on */
#define N_MAX 60
#define DAY_OPEN "mon-sat 08:00-20:00"

/* "kind per value from to [hours]", as a planner enters them. */
struct given {
    const char *change, *from, *to, *hours;
    enum override_per per;
};

/* clang-format off */
static const struct {
    const char *what, *day;
    int days;
    enum profile profile;
    const char *open;
    struct given given[3];
    double total;    /* contacts of the whole forecast afterwards */
    int hour[3];     /* intervals of the forecast … */
    double value[3]; /* … and what they must hold */
    double cut;      /* of the last override */
} rows[] = {
    {"nothing", "2026-12-01", 1, HUMP, "", {{0}}, 300, {0, 10, 23}, {1, 11, 24}, 0},
    {"percent, whole day", "2026-12-01", 1, HUMP, "", {{"+15%", "2026-12-01", "2026-12-01", 0, 0}}, 345, {10, 0, 23}, {12.65, 1.15, 27.6}, 0},
    {"percent, -100", "2026-12-01", 1, HUMP, "", {{"-100%", "2026-12-01", "2026-12-01", 0, 0}}, 0, {10, 0, 23}, {0, 0, 0}, 0},
    {"set one interval", "2026-12-01", 1, HUMP, "", {{"5", "2026-12-01T10:00", "2026-12-01T11:00", 0, 0}}, 294, {9, 10, 11}, {10, 5, 12}, 0},
    {"set a range: by its profile", "2026-12-01", 1, HUMP, "", {{"46", "2026-12-01T10:00", "2026-12-01T12:00", 0, 0}}, 323, {9, 10, 11}, {10, 22, 24}, 0},
    {"add to a range: by its profile", "2026-12-01", 1, HUMP, "", {{"+23", "2026-12-01T10:00", "2026-12-01T12:00", 0, 0}}, 323, {9, 10, 12}, {10, 22, 13}, 0},
    {"take from a range", "2026-12-01", 1, HUMP, "", {{"-11.5", "2026-12-01T10:00", "2026-12-01T12:00", 0, 0}}, 288.5, {9, 10, 11}, {10, 5.5, 6}, 0},
    {"take more than there is: nothing is left, and it is told", "2026-12-01", 1, HUMP, "", {{"-30", "2026-12-01T10:00", "2026-12-01T12:00", 0, 0}}, 277, {9, 10, 11}, {10, 0, 0}, 7},
    {"… in each interval", "2026-12-01", 1, HUMP, "", {{"-11.5", "2026-12-01T10:00", "2026-12-01T12:00", 0, OVERRIDE_PER_INTERVAL}}, 277.5, {9, 10, 11}, {10, 0, 0.5}, 0.5},
    {"no forecast in the range: evenly over open hours", "2026-12-01", 1, ZERO, DAY_OPEN, {{"24", "2026-12-01", "2026-12-01", 0, 0}}, 24, {7, 8, 19}, {0, 2, 2}, 0},
    {"no forecast and closed: evenly over the range", "2026-12-06", 1, ZERO, DAY_OPEN, {{"40", "2026-12-06T10:00", "2026-12-06T14:00", 0, 0}}, 40, {9, 10, 13}, {0, 10, 10}, 0},
    {"add where nothing is forecast", "2026-12-01", 1, ZERO, DAY_OPEN, {{"+12", "2026-12-01T06:00", "2026-12-01T10:00", 0, 0}}, 12, {7, 8, 9}, {0, 6, 6}, 0},
    {"percent of nothing", "2026-12-01", 1, ZERO, DAY_OPEN, {{"+50%", "2026-12-01", "2026-12-01", 0, 0}}, 0, {7, 8, 9}, {0, 0, 0}, 0},
    {"set each interval: open ones", "2026-12-01", 1, FLAT, DAY_OPEN, {{"7", "2026-12-01", "2026-12-01", 0, OVERRIDE_PER_INTERVAL}}, 12 * 7 + 12 * 10, {7, 8, 20}, {10, 7, 10}, 0},
    {"set each day", "2026-12-01", 2, HUMP, "", {{"600", "2026-12-01", "2026-12-02", 0, OVERRIDE_PER_DAY}}, 1200, {0, 23, 24}, {2, 48, 2}, 0},
    {"set all days", "2026-12-01", 2, HUMP, "", {{"600", "2026-12-01", "2026-12-02", 0, OVERRIDE_PER_RANGE}}, 600, {0, 23, 24}, {1, 24, 1}, 0},
    {"each day, a part of the first", "2026-12-01", 2, FLAT, "", {{"60", "2026-12-01T12:00", "2026-12-02", 0, OVERRIDE_PER_DAY}}, 120 + 120, {11, 12, 24}, {10, 5, 2.5}, 0},
    {"half the range lies before the forecast", "2026-12-01", 1, FLAT, "", {{"480", "2026-11-30", "2026-12-01", 0, 0}}, 240, {0, 10, 23}, {10, 10, 10}, 0},
    {"a range beyond: by open hours, Sunday is closed", "2026-12-05", 1, FLAT, DAY_OPEN, {{"100", "2026-12-05", "2026-12-06", 0, 0}}, 100, {0, 10, 23}, {100 / 24.0, 100 / 24.0, 100 / 24.0}, 0},
    {"a range after the forecast", "2026-12-01", 1, FLAT, "", {{"480", "2026-12-02", "2026-12-03", 0, 0}}, 240, {0, 10, 23}, {10, 10, 10}, 0},
    {"half the day has no forecast", "2026-12-01", 1, HALF_KNOWN, "", {{"480", "2026-12-01", "2026-12-01", 0, 0}}, 240, {0, 10, 12}, {20, 20, NAN}, 0},
    {"only some hours", "2026-12-01", 2, FLAT, "", {{"+100%", "2026-12-01", "2026-12-02", "wed 09:00-11:00", 0}}, 500, {9, 33, 35}, {10, 20, 10}, 0},
    {"the total of some hours", "2026-12-01", 2, FLAT, "", {{"100", "2026-12-01", "2026-12-02", "all 09:00-11:00", 0}}, 480 + 60, {8, 9, 34}, {10, 25, 25}, 0},
    {"an interval belongs where it starts", "2026-12-01", 1, FLAT, "", {{"0", "2026-12-01T10:30", "2026-12-01T11:30", 0, 0}}, 230, {10, 11, 12}, {10, 0, 10}, 0},
    {"a day of 23 hours", "2026-03-29", 1, FLAT, "", {{"46", "2026-03-29", "2026-03-29", 0, 0}}, 46, {0, 1, 22}, {2, 2, 2}, 0},
    {"half of the range has 24 hours, the other 23", "2026-03-29", 1, FLAT, "", {{"47", "2026-03-28", "2026-03-29", 0, 0}}, 23, {0, 1, 22}, {1, 1, 1}, 0},
    {"noon of a day of 23 hours", "2026-03-29", 1, HUMP, "", {{"0", "2026-03-29T12:00", "2026-03-29T13:00", 0, 0}}, 297 - 13, {10, 11, 12}, {12, 0, 14}, 0},
    {"the doubled hour", "2026-10-25", 1, FLAT, "", {{"30", "2026-10-25T02:00", "2026-10-25T03:00", 0, 0}}, 260, {1, 2, 3}, {10, 15, 15}, 0},
    {"a day of 25 hours", "2026-10-25", 1, FLAT, "", {{"50", "2026-10-25", "2026-10-25", 0, OVERRIDE_PER_DAY}}, 50, {0, 2, 24}, {2, 2, 2}, 0},
    {"first half, then ten more", "2026-12-01", 1, FLAT, "", {{"-50%", "2026-12-01", "2026-12-01", 0, 0}, {"+240", "2026-12-01", "2026-12-01", 0, 0}}, 360, {0, 10, 23}, {15, 15, 15}, 0},
    {"first ten more, then half", "2026-12-01", 1, FLAT, "", {{"+240", "2026-12-01", "2026-12-01", 0, 0}, {"-50%", "2026-12-01", "2026-12-01", 0, 0}}, 240, {0, 10, 23}, {10, 10, 10}, 0},
    {"a range inside another keeps its shape", "2026-12-01", 1, FLAT, "", {{"+100%", "2026-12-01T10:00", "2026-12-01T11:00", 0, 0}, {"500", "2026-12-01", "2026-12-01", 0, 0}}, 500, {9, 10, 11}, {20, 40, 20}, 0},
    {"emptied and set again: the profile of before", "2026-12-01", 1, HUMP, "", {{"-100%", "2026-12-01", "2026-12-01", 0, 0}, {"600", "2026-12-01", "2026-12-01", 0, 0}}, 600, {0, 10, 23}, {2, 22, 48}, 0},
};
/* clang-format on */

static struct zone *zone;

static double shape(enum profile profile, int64_t ts)
{
    int hour = zone_local(zone, ts).second / 3600;
    switch (profile) {
    case HUMP:
        return hour + 1;
    case FLAT:
        return 10;
    case HALF_KNOWN:
        return hour < 12 ? 10 : NAN;
    default:
        return 0;
    }
}

struct fixture {
    struct override_target target;
    double offered[N_MAX], aht_s[N_MAX], quantile[2 * N_MAX];
};

static void fixture_init(struct fixture *f, const char *date, int days, enum profile profile)
{
    int32_t day;
    ck_assert(day_parse(date, &day, NULL));
    int64_t start_ts = zone_day_start(zone, day), end_ts = zone_day_start(zone, day + days);
    struct grid grid = {start_ts, 3600, (int32_t)((end_ts - start_ts) / 3600)};
    f->target = (struct override_target){.grid = grid,
                                         .zone = zone,
                                         .offered = f->offered,
                                         .aht_s = f->aht_s,
                                         .n_levels = 2,
                                         .quantile = f->quantile};
    for (int32_t iv = 0; iv < grid.n; iv++) {
        f->offered[iv] = shape(profile, grid_ts(&grid, iv));
        f->aht_s[iv] = 300;
        f->quantile[iv] = f->offered[iv] / 2;
        f->quantile[grid.n + iv] = f->offered[iv] * 3;
    }
}

static void override_make(struct override *o, enum override_measure measure, const struct given *given)
{
    g_autoptr(GError) error = NULL;
    *o = (struct override){.measure = measure,
                           .per = given->per,
                           .hours = g_strdup(given->hours),
                           .why = g_strdup("test"),
                           .standing = true};
    ck_assert(override_value_parse(given->change, measure, &o->kind, &o->value, &error));
    ck_assert(override_when_parse(given->from, zone, false, &o->from_ts, &error));
    ck_assert(override_when_parse(given->to, zone, true, &o->to_ts, &error));
    ck_assert(override_check(o, NULL, &error));
}

START_TEST(volume)
{
    struct fixture f;
    struct override overrides[3];
    const struct override *list[3];
    struct override_effect effects[3] = {{0}};
    int n = 0;
    const char *what = rows[_i].what;
    fixture_init(&f, rows[_i].day, rows[_i].days, rows[_i].profile);
    struct week_span *open = NULL;
    ck_assert(week_spans_parse(rows[_i].open, &open, &f.target.n_open, NULL));
    f.target.open = open;
    for (; n < 3 && rows[_i].given[n].change != NULL; n++) {
        override_make(&overrides[n], OVERRIDE_VOLUME, &rows[_i].given[n]);
        list[n] = &overrides[n];
    }
    overrides_apply(list, n, &f.target, effects);
    double total = 0;
    for (int32_t iv = 0; iv < f.target.grid.n; iv++) {
        total += isnan(f.offered[iv]) ? 0 : f.offered[iv];
        ck_assert_msg(!(f.offered[iv] < 0), "%s: interval %d is %g", what, iv, f.offered[iv]);
        if (rows[_i].profile == HUMP || rows[_i].profile == FLAT) { /* quantiles keep their distance */
            ck_assert_msg(fabs(f.quantile[iv] - f.offered[iv] / 2) < 1e-9, "%s", what);
            ck_assert_msg(fabs(f.quantile[f.target.grid.n + iv] - f.offered[iv] * 3) < 1e-9, "%s", what);
        }
    }
    ck_assert_msg(fabs(total - rows[_i].total) < 1e-9, "%s: total %g", what, total);
    for (int k = 0; k < 3; k++) {
        double got = f.offered[rows[_i].hour[k]], want = rows[_i].value[k];
        ck_assert_msg(isnan(want) ? isnan(got) : fabs(got - want) < 1e-9, "%s: interval %d is %g, not %g",
                      what, rows[_i].hour[k], got, want);
    }
    ck_assert_msg(n == 0 || fabs(effects[n - 1].cut - rows[_i].cut) < 1e-9, "%s: cut %g", what,
                  effects[MAX(n, 1) - 1].cut);
    for (int k = 0; k < n; k++)
        override_clear(&overrides[k]);
    g_free(open);
}
END_TEST

static const struct {
    const char *what, *change;
    double want, cut;
} aht_rows[] = {
    {"set", "240", 240, 0},
    {"seconds more", "+30s", 330, 0},
    {"seconds less", "-30", 270, 0},
    {"percent", "+10%", 330, 0},
    {"percent less", "-50%", 150, 0},
    {"all but nothing", "-299.5", 1, 0.5},
    {"less than nothing", "-400", 1, 101},
};

START_TEST(aht)
{
    struct fixture f;
    struct override o;
    struct override_effect effect;
    fixture_init(&f, "2026-12-01", 1, FLAT);
    struct given given = {
        .change = aht_rows[_i].change, .from = "2026-12-01T10:00", .to = "2026-12-01T12:00"};
    override_make(&o, OVERRIDE_AHT, &given);
    const struct override *list[] = {&o};
    overrides_apply(list, 1, &f.target, &effect);
    ck_assert_double_eq(f.aht_s[9], 300);
    ck_assert_msg(fabs(f.aht_s[10] - aht_rows[_i].want) < 1e-9, "%s: %g", aht_rows[_i].what, f.aht_s[10]);
    ck_assert_double_eq_tol(f.aht_s[11], aht_rows[_i].want, 1e-9);
    ck_assert_double_eq(f.aht_s[12], 300);
    ck_assert_double_eq(f.offered[10], 10);
    ck_assert_double_eq(f.quantile[10], 5);
    ck_assert_double_eq_tol(effect.before, 300, 1e-9);
    ck_assert_double_eq_tol(effect.after, aht_rows[_i].want, 1e-9);
    ck_assert_msg(fabs(effect.cut - aht_rows[_i].cut) < 1e-9, "%s: cut %g", aht_rows[_i].what, effect.cut);
    ck_assert_int_eq(effect.intervals, 2);
    override_clear(&o);
}
END_TEST

/* Where the mean was 0 a band comes from the whole forecast; where all of it was, there is none. */
START_TEST(bands_where_nothing_was)
{
    struct fixture f;
    struct override o;
    fixture_init(&f, "2026-12-01", 1, FLAT);
    f.offered[10] = f.quantile[10] = f.quantile[34] = 0;
    struct given given = {.change = "20", .from = "2026-12-01T10:00", .to = "2026-12-01T11:00"};
    override_make(&o, OVERRIDE_VOLUME, &given);
    const struct override *list[] = {&o};
    overrides_apply(list, 1, &f.target, NULL);
    ck_assert_double_eq_tol(f.offered[10], 20, 1e-12);
    ck_assert_double_eq_tol(f.quantile[10], 10, 1e-9);
    ck_assert_double_eq_tol(f.quantile[24 + 10], 60, 1e-9);
    fixture_init(&f, "2026-12-01", 1, ZERO);
    overrides_apply(list, 1, &f.target, NULL);
    ck_assert_double_eq_tol(f.quantile[10], 20, 1e-9);
    ck_assert_double_eq_tol(f.quantile[24 + 10], 20, 1e-9);
    override_clear(&o);
}
END_TEST

/* Entered at noon, taken back at 18:00: what was planned with is the afternoon. */
START_TEST(while_it_stands)
{
    struct fixture f;
    struct override o;
    fixture_init(&f, "2026-12-01", 1, FLAT);
    struct given given = {.change = "480", .from = "2026-12-01", .to = "2026-12-01"};
    override_make(&o, OVERRIDE_VOLUME, &given);
    o.created_ts = grid_ts(&f.target.grid, 12);
    o.removed_ts = grid_ts(&f.target.grid, 18);
    o.removed_by = g_strdup("somebody");
    f.target.in_force = true;
    const struct override *list[] = {&o};
    overrides_apply(list, 1, &f.target, NULL);
    for (int32_t iv = 0; iv < f.target.grid.n; iv++)
        ck_assert_double_eq_tol(f.offered[iv], iv >= 12 && iv < 18 ? 20 : 10, 1e-9);
    override_clear(&o);
}
END_TEST

/* Weeks forecast apart add up to the total set for all of them. */
START_TEST(parts_add_up)
{
    double sum = 0;
    struct override o;
    struct given given = {.change = "1000", .from = "2026-03-27", .to = "2026-03-30"};
    override_make(&o, OVERRIDE_VOLUME, &given);
    const struct override *list[] = {&o};
    static const char *const days[] = {"2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"};
    for (guint d = 0; d < G_N_ELEMENTS(days); d++) {
        struct fixture f;
        fixture_init(&f, days[d], 1, HUMP);
        overrides_apply(list, 1, &f.target, NULL);
        for (int32_t iv = 0; iv < f.target.grid.n; iv++)
            sum += f.offered[iv];
    }
    ck_assert_double_eq_tol(sum, 1000, 1e-9);
    override_clear(&o);
}
END_TEST

static void setup(void)
{
    zone = zone_new("Europe/Madrid", NULL);
}

static void teardown(void)
{
    zone_free(zone);
}

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/override");
    TCase *t = tcase_create("apply");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, volume, 0, G_N_ELEMENTS(rows));
    tcase_add_loop_test(t, aht, 0, G_N_ELEMENTS(aht_rows));
    tcase_add_test(t, bands_where_nothing_was);
    tcase_add_test(t, while_it_stands);
    tcase_add_test(t, parts_add_up);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
