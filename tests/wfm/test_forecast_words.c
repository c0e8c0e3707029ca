#include "tests/support/testing.h"

#include "forecast/explain.h"
#include "wfm/forecast_picture.h"
#include "wfm/forecast_words.h"

#include <math.h>
#include <string.h>

#define DAYS 8
#define SLOTS 48

/* A queue by hand: a plain week of 700 contacts from Monday 2026-11-30, with a feast on Thursday; the eighth
 * day lies outside but for its first hours. Rows change what they are about. */
struct made {
    struct explain_day days[DAYS];
    struct explain_past_day past[56];
    double profile[WEEK_DAYS * SLOTS], day_offered[DAYS], day_quantile[FORECAST_QUANTILES * DAYS],
        week_offered[2], week_quantile[2 * FORECAST_QUANTILES], stored[DAYS], hand[DAYS];
    struct explanation explanation;
    struct operation operation;
    struct queue queue;
    struct planning planning;
    struct explained_forecast explained;
};

static void fill(struct made *m)
{
    int32_t monday = day_from_civil(2026, 11, 30);
    *m = (struct made){0};
    m->explanation = (struct explanation){.n_days = DAYS,
                                          .n_past = 56,
                                          .days = m->days,
                                          .past = m->past,
                                          .level = 700,
                                          .recent = 700,
                                          .earlier = 630,
                                          .last_year = NAN,
                                          .trend = 0.02,
                                          .n_slots = SLOTS,
                                          .interval_s = 1800,
                                          .profile = m->profile,
                                          .history_weeks = 26,
                                          .shift_day = INT32_MIN};
    for (int i = 0; i < DAYS; i++) {
        bool feast = i == 3;
        double contacts = feast ? 38 : i == 7 ? 5 : 100;
        m->days[i] = (struct explain_day){.day = monday + i,
                                          .contacts = contacts,
                                          .low80 = 0.9 * contacts,
                                          .high80 = 1.1 * contacts,
                                          .low95 = 0.8 * contacts,
                                          .high95 = 1.2 * contacts,
                                          .usual = 100,
                                          .drift = 1,
                                          .weekday = 1,
                                          .year = 1,
                                          .month = 1,
                                          .special = feast ? 0.38 : 1,
                                          .part = i == 7 ? 0.05 : 1,
                                          .rest = 1,
                                          .near = feast ? EXPLAIN_ON : EXPLAIN_PLAIN,
                                          .name = feast ? "Thanks & <Giving>" : NULL,
                                          .seen = feast ? 2 : 0,
                                          .kind = SPECIAL_HOLIDAY,
                                          .last_year = NAN};
        m->day_offered[i] = m->stored[i] = m->hand[i] = contacts;
    }
    for (int i = 0; i < 56; i++)
        m->past[i] = (struct explain_past_day){monday - 56 + i, 90 + i % 7, i == 20, 1};
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        m->explanation.weekday[weekday] = 1;
        for (int slot = 16; slot < 40; slot++)
            m->profile[weekday * SLOTS + slot] = slot == 20 || slot == 21 ? 10 : 3.6;
    }
    m->week_offered[0] = 638;
    m->week_offered[1] = 5;
    for (int q = 0; q < FORECAST_QUANTILES; q++)
        m->week_quantile[2 * q] = 638 * (0.7 + 0.1 * q);
    m->queue = (struct queue){.id = "voice", .zone = "Europe/Madrid"};
    m->operation = (struct operation){.queues = &m->queue, .n_queues = 1};
    m->planning = (struct planning){.operation = &m->operation};
    m->explained = (struct explained_forecast){
        .forecast = {.n_days = DAYS,
                     .n_weeks = 2,
                     .first_day = monday,
                     .day_offered = m->day_offered,
                     .day_quantile = m->day_quantile,
                     .week_offered = m->week_offered,
                     .week_quantile = m->week_quantile,
                     .explanation = &m->explanation,
                     .n_models = 2,
                     .models = {{.name = "seasonal naive", .weight = 0.25, .wape = 0.3},
                                {.name = "pooled rates", .weight = 0.75, .wape = 0.2}},
                     .backtest = {.origins = 8,
                                  .wape = 0.15,
                                  .day_wape = 0.05,
                                  .naive_wape = 0.3,
                                  .bias = -0.02,
                                  .day_cov80 = 0.79}}};
}

static void feast_closed(struct made *m)
{
    m->days[3].closed = true;
    m->days[3].special = m->days[3].contacts = m->day_offered[3] = 0;
}

static void feast_expected(struct made *m)
{
    m->days[3].has_uplift = true;
    m->days[3].uplift = -0.4;
}

static void feast_lent(struct made *m)
{
    feast_expected(m);
    m->days[3].lent = true;
    m->days[3].seen = 1;
}

static void feast_new(struct made *m)
{
    m->days[3].seen = 0;
}

static void days_before(struct made *m)
{
    for (int i = 0; i < 3; i++) {
        m->days[i].near = EXPLAIN_BEFORE;
        m->days[i].distance = 3 - i;
        m->days[i].name = m->days[3].name;
        m->days[i].special = 1.05 + 0.05 * i;
    }
}

static void calendar(struct made *m)
{
    m->days[1].month = 1.06;
    m->days[4].month = 0.97;
    for (int i = 0; i < DAYS; i++)
        m->days[i].year = 1.021;
}

static void weekdays(struct made *m)
{
    m->explanation.weekday[0] = 1.18;
    m->explanation.weekday[5] = 0.58;
    m->explanation.weekday[6] = 0;
}

static void poor_data(struct made *m)
{
    m->explanation.days_cleaned = 3;
    m->explanation.slots_missing = 12;
    m->explanation.zeros_dropped = 4;
    m->explanation.gap_days = 2;
    m->explanation.shift_day = day_from_civil(2026, 10, 12);
}

static void young(struct made *m)
{
    m->explanation.history_weeks = 1.4;
    m->explanation.recent = m->explanation.earlier = m->explanation.trend = NAN;
    m->explained.forecast.backtest = (struct forecast_backtest){.wape = NAN};
}

static void stored(struct made *m)
{
    m->explained.stored_id = 12;
    m->explained.same_inputs = true;
    m->explained.totals = 3;
    m->explained.stored_day = m->stored;
    m->explained.hand_day = m->hand;
    m->stored[0] = m->hand[0] = 110;
    m->hand[4] += 50;
}

static void stale(struct made *m)
{
    stored(m);
    m->explained.same_inputs = false;
}

static void by_day(struct made *m)
{
    m->explanation.n_slots = 1;
    m->explanation.interval_s = DAY_S;
}

static const struct {
    const char *what;
    void (*change)(struct made *made);
    const char *says;
} words[] = {
    {"zone and whole days", NULL, "voice, Mon 30 Nov – Sun 6 Dec 2026 (Europe/Madrid)\n"},
    {"contacts and a day in part", NULL, "643 contacts. Of Mon 7 Dec 5 % belong to it"},
    {"level against the past", NULL,
     "has 700 contacts; the last four weeks had 700 (+0.0 % since); the four before had 630 (+11 % since)."},
    {"trend", NULL, "have grown by 2.0 % a week."},
    {"weekdays", weekdays, "Monday is 18 % above the usual day, Tuesday 0.0 % above,"},
    {"a closed weekday", weekdays, "Saturday 42 % below, Sunday closed."},
    {"a feast", NULL, "Thu 3 Dec: Thanks & <Giving> takes 62 % off (seen twice before)."},
    {"a feast never seen", feast_new,
     "takes 62 % off (never seen before: leaning on the other special days)."},
    {"a planner's uplift", feast_expected, "takes 62 % off (seen twice before; the planner expects −40 %)."},
    {"lent", feast_lent, "takes 62 % off (seen once before; other queues of the client had −40 %)."},
    {"closed", feast_closed, "Thu 3 Dec: closed (Thanks & <Giving>)."},
    {"days before a feast go together", days_before,
     "Mon 30 Nov – Wed 2 Dec: the days before Thanks & <Giving> add 5.0 % to 15 % (never seen before: "
     "leaning on the other special days)."},
    {"month and year", calendar,
     "Day of the month: between −3.0 % (Fri 4 Dec) and +6.0 % (Tue 1 Dec). Time of the year: +2.1 %."},
    {"times of the day", NULL,
     "From Monday to Friday contacts come from 08:00 to 20:00, most from 10:00 to 11:00 (20.2 % of the day); "
     "half of "
     "them are in by 13:"},
    {"models", NULL, "75 % pooled rates (level, hours and weekdays"},
    {"the second model", NULL, "alone 20.0 % off); 25 % seasonal naive"},
    {"errors", NULL,
     "Tested on 8 past weeks as if they were still to come: 15.0 % off by interval (WAPE), 5.0 % by day; the "
     "same "
     "weekday of the week before (seasonal naive) 30.0 %. Altogether too low by 2.0 %. Of the days 79 % lay "
     "in their "
     "80 % band."},
    {"data", NULL, "26.0 weeks of history."},
    {"poor data", poor_data,
     "26.0 weeks of history; 3 days far from their neighbours count less; 12 open intervals without a "
     "figure, 4 of "
     "them zeros that can only be an outage; 2 days are missing between it and the forecast; a new level "
     "began on Mon "
     "12 Oct 2026, what was before counts less."},
    {"a young queue", young, "1.4 weeks of history are too short for a test."},
    {"a young queue has no trend", young, "With 1.4 weeks of history nothing is said of growth."},
    {"nothing stored", NULL, "No forecast of these weeks is stored: wfm forecast stores one."},
    {"stored and changed by hand", stored,
     "has 653 contacts: +1.6 %, by making the queues agree with 3 totals; with the planner's overrides 703 "
     "(+7.7 %)."},
    {"stored from other history", stale,
     "made from other history, special days, settings or weeks than these (−1.5 % since then)"},
    {"days", by_day, "History comes by day;"},
};

START_TEST(in_words)
{
    struct made m;
    fill(&m);
    if (words[_i].change != NULL)
        words[_i].change(&m);
    m.explained.zone = zone_new("Europe/Madrid", NULL);
    g_autofree char *text = forecast_words(&m.planning, &m.explained, 100000);
    /* Paragraphs keep their label apart; a text does not cross one. */
    ck_assert_msg(strstr(text, words[_i].says) != NULL, "%s: no \"%s\" in:\n%s", words[_i].what,
                  words[_i].says, text);
    g_autofree char *narrow = forecast_words(&m.planning, &m.explained, 60);
    g_auto(GStrv) lines = g_strsplit(narrow, "\n", 0);
    for (int i = 1; lines[i] != NULL; i++)
        ck_assert_msg(text_width(lines[i]) <= 60, "%s: %d columns: %s", words[_i].what, text_width(lines[i]),
                      lines[i]);
    zone_free(m.explained.zone);
}
END_TEST

static const struct {
    const char *what;
    void (*change)(struct made *made);
    struct terminal terminal;
    const char *shows, *hides;
} pictures[] = {
    {"blocks", NULL, {100, true, false}, "▓", "\033"},
    {"a band", NULL, {100, true, false}, "░", "="},
    {"plain", NULL, {100, false, false}, "=", "█"},
    {"colours", NULL, {100, true, true}, "\033[34m", NULL},
    {"narrow", NULL, {50, true, false}, "9 Nov", "5 Oct"},
    {"wide", NULL, {200, true, false}, "5 Oct", NULL},
    {"the feast is marked", NULL, {100, false, false}, "*   \n", NULL},
    {"all days", NULL, {50, true, false}, "▓", "wider terminal"},
    {"too narrow", NULL, {20, true, false}, "the first 4 of 7 days", NULL},
    {"by day: no times of the day", by_day, {100, true, false}, "Contacts by day", "working day"},
};

START_TEST(in_pictures)
{
    struct made m;
    fill(&m);
    if (pictures[_i].change != NULL)
        pictures[_i].change(&m);
    g_autofree char *text = forecast_picture(&m.explained, &pictures[_i].terminal);
    ck_assert_msg(strstr(text, pictures[_i].shows) != NULL, "%s:\n%s", pictures[_i].what, text);
    ck_assert_msg(pictures[_i].hides == NULL || strstr(text, pictures[_i].hides) == NULL, "%s:\n%s",
                  pictures[_i].what, text);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    for (int i = 0; lines[i] != NULL && !pictures[_i].terminal.colour; i++)
        ck_assert_msg(text_width(lines[i]) <= MAX(64, pictures[_i].terminal.width), "%s: %s",
                      pictures[_i].what, lines[i]);
    for (const char *c = text; !pictures[_i].terminal.utf8 && *c != '\0'; c++)
        ck_assert_msg((unsigned char)*c < 128, "%s: not ASCII: %s", pictures[_i].what, c);
}
END_TEST

START_TEST(as_svg)
{
    struct made m;
    g_autofree char *dir = testing_tmpdir(), *path = g_build_filename(dir, "a.svg", NULL), *text = NULL;
    fill(&m);
    stored(&m);
    ck_assert(forecast_svg_write(&m.planning, &m.explained, path, NULL));
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    static const char *const shows[] = {"<svg xmlns=",
                                        "voice: 703 contacts",
                                        "Mon 30 Nov – Sun 6 Dec 2026, days of Europe/Madrid",
                                        "Thanks &amp; &lt;Giving&gt;",
                                        "models alone",
                                        "</svg>\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(shows); i++)
        ck_assert_msg(strstr(text, shows[i]) != NULL, "no \"%s\"", shows[i]);
    ck_assert_msg(strstr(text, "nan") == NULL && strstr(text, "inf") == NULL, "not a number");
    ck_assert_msg(strstr(text, "Thanks & ") == NULL, "a name that is not escaped");
    g_autofree char *nowhere = g_build_filename(dir, "no", "b.svg", NULL);
    g_autoptr(GError) error = NULL;
    ck_assert(!forecast_svg_write(&m.planning, &m.explained, nowhere, &error));
    ck_assert_msg(strstr(error->message, "b.svg") != NULL, "%s", error->message);
    testing_rmdir(g_steal_pointer(&dir));
}
END_TEST

START_TEST(where_it_is_shown)
{
    static const struct {
        const char *variable, *value;
        int width;
        bool utf8;
    } rows[] = {{"LC_ALL", "C", 100, false},         {"LC_ALL", "es_ES.UTF-8", 100, true},
                {"LC_ALL", "en_US.utf8", 100, true}, {"COLUMNS", "72", 72, false},
                {"COLUMNS", "3", 50, false},         {"COLUMNS", "x", 100, false}};
    g_setenv("LC_ALL", "C", TRUE);
    g_unsetenv("COLUMNS");
    g_setenv(rows[_i].variable, rows[_i].value, TRUE);
    FILE *file = tmpfile();
    struct terminal terminal = terminal_of(file);
    fclose(file);
    ck_assert_int_eq(terminal.width, rows[_i].width);
    ck_assert_int_eq(terminal.utf8, rows[_i].utf8);
    ck_assert(!terminal.colour);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wfm/forecast_words");
    TCase *tc = tcase_create("forecast_words");
    tcase_add_loop_test(tc, in_words, 0, G_N_ELEMENTS(words));
    tcase_add_loop_test(tc, in_pictures, 0, G_N_ELEMENTS(pictures));
    tcase_add_test(tc, as_svg);
    tcase_add_loop_test(tc, where_it_is_shown, 0, 6);
    suite_add_tcase(s, tc);
    return s;
}

TEST_MAIN(suite)
