/* What simulations say of rosters: kept as it was, replaced as a whole or not at all. Who may see it:
   test_access.c. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

enum { AGENTS = 6, DAY = 86400, START = SAMPLE_WEEK * DAY };

static char *conninfo;
static struct store *store;
static int64_t published, draft;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    conninfo = pg_database();
    store = store_open(conninfo, NULL);
    AUTO(operation) operation = sample_operation(AGENTS);
    sample_save(store, operation);
    published = sample_draft(store, AGENTS, SAMPLE_WEEK, 360);
    ck_assert(store_roster_publish(store, published, "test", &error));
    draft = sample_draft(store, AGENTS, SAMPLE_WEEK, 420);
    ck_no_error(error);
}

static void teardown(void)
{
    store_close(store);
    g_free(conninfo);
}

/* A span in which every figure is another. */
static struct simulated_span span_of(const char *queue, int from_day, int to_day, double first)
{
    struct simulated_span span = {.queue = (char *)queue,
                                  .from_ts = START + from_day * DAY,
                                  .to_ts = START + to_day * DAY,
                                  .whole = to_day - from_day == 7,
                                  .contract = to_day - from_day == 1};
    double *const figures[] = {&span.target,   &span.sl,        &span.sl_half,      &span.sl_p5,
                               &span.sl_p50,   &span.sl_p95,    &span.met,          &span.met_low,
                               &span.met_high, &span.offered,   &span.counted,      &span.abandon,
                               &span.asa_s,    &span.occupancy, &span.past_counted, &span.past_in_time};
    for (guint i = 0; i < G_N_ELEMENTS(figures); i++)
        *figures[i] = first + i / 3.0;
    return span;
}

static void must_load(int64_t roster, const char *queue, int from_day, int to_day,
                      struct stored_simulation *out)
{
    g_autoptr(GError) error = NULL;
    store_simulation_load(store, &scope_planner, roster, queue, START + (int64_t)from_day * DAY,
                          START + (int64_t)to_day * DAY, out, &error);
    ck_no_error(error);
}

START_TEST(it_comes_back)
{
    g_autoptr(GError) error = NULL;
    struct simulated_span spans[] = {span_of("mail-en", 0, 7, 1), span_of("voice-en", 0, 1, 2),
                                     span_of("voice-en", 0, 7, 3)};
    struct stored_simulation saved = {.roster_id = draft,
                                      .seed = UINT64_C(18446744073709551615),
                                      .replications = 77,
                                      .handle_cv = 0.7,
                                      .certain = true,
                                      .even = true,
                                      .contacts = 5,
                                      .seconds = 6,
                                      .spans = spans,
                                      .n_spans = 3};
    struct stored_simulation got;
    spans[1].sl_half = INFINITY;
    spans[1].occupancy = NAN;
    ck_assert(store_simulation_save(store, &saved, "test", &error));
    ck_no_error(error);
    must_load(draft, NULL, 0, 7, &got);
    ck_assert_int_eq(got.roster_id, draft);
    ck_assert(got.seed == saved.seed && got.replications == 77 && got.certain && got.even);
    ck_assert_double_eq(got.handle_cv, 0.7);
    ck_assert_int_gt(got.created_ts, 1700000000);
    ck_assert_int_eq(got.n_spans, 3);
    ck_assert(isnan(got.spans[1].sl_half) && isnan(got.spans[1].occupancy));
    got.spans[1].sl_half = spans[1].sl_half;
    got.spans[1].occupancy = spans[1].occupancy;
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(got.spans[i].queue, spans[i].queue);
        g_free(got.spans[i].queue);
        got.spans[i].queue = spans[i].queue;
        ck_assert_mem_eq(&got.spans[i].from_ts, &spans[i].from_ts, 2 * sizeof(int64_t));
        ck_assert(got.spans[i].whole == spans[i].whole && got.spans[i].contract == spans[i].contract);
        ck_assert_mem_eq(&got.spans[i].target, &spans[i].target, 16 * sizeof(double));
        got.spans[i].queue = NULL;
    }
    stored_simulation_clear(&got);

    /* of one queue, of a span, of the published roster */
    must_load(draft, "voice-en", 0, 7, &got);
    ck_assert_int_eq(got.n_spans, 2);
    stored_simulation_clear(&got);
    must_load(draft, "voice-en", 3, 4, &got);
    ck_assert(got.n_spans == 1 && got.spans[0].whole);
    stored_simulation_clear(&got);
    must_load(0, NULL, 0, 7, &got);
    ck_assert(got.n_spans == 0 && got.replications == 0);
    stored_simulation_clear(&got);
    saved.roster_id = published;
    ck_assert(store_simulation_save(store, &saved, "test", &error));
    must_load(0, NULL, 0, 7, &got);
    ck_assert(got.n_spans == 3 && got.roster_id == published);
    stored_simulation_clear(&got);
}
END_TEST

START_TEST(it_is_replaced_as_a_whole)
{
    g_autoptr(GError) error = NULL;
    struct simulated_span first[] = {span_of("voice-en", 0, 1, 2), span_of("voice-en", 0, 7, 3)};
    struct simulated_span second[] = {span_of("voice-en", 0, 7, 4)};
    struct simulated_span bad[] = {span_of("voice-en", 0, 7, 5), span_of("voice-fr", 0, 7, 5)};
    struct stored_simulation one = {.roster_id = draft, .replications = 10, .spans = first, .n_spans = 2};
    struct stored_simulation two = {.roster_id = draft, .replications = 20, .spans = second, .n_spans = 1};
    struct stored_simulation three = {.roster_id = draft, .replications = 30, .spans = bad, .n_spans = 2};
    struct stored_simulation got;
    ck_assert(store_simulation_save(store, &one, "test", &error));
    ck_assert(store_simulation_save(store, &two, "test", &error));
    ck_no_error(error);
    ck_assert(!store_simulation_save(store, &three, "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_CONFLICT));
    ck_assert_ptr_nonnull(strstr(error->message, "voice-fr"));
    must_load(draft, NULL, 0, 7, &got);
    ck_assert(got.replications == 20 && got.n_spans == 1);
    ck_assert_double_eq(got.spans[0].target, 4);
    stored_simulation_clear(&got);
    g_clear_error(&error);
    one.roster_id = 99;
    ck_assert(!store_simulation_save(store, &one, "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    g_autofree char *audit =
        pg_value(conninfo, "SELECT count(*) FROM audit WHERE action = 'roster.simulated'");
    ck_assert_str_eq(audit, "2");
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/simulation");
    TCase *t = tcase_create("simulations");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, it_comes_back);
    tcase_add_test(t, it_is_replaced_as_a_whole);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
