/* Coding, origins and buckets: what needs no server. */
#include "tests/support/testing.h"

#include <string.h>
#include <zlib.h>

#include "api/coding.h"
#include "api/cors.h"
#include "api/limits.h"
#include "core/error.h"

static const struct {
    const char *accept;
    bool wanted, forced;
} coding_rows[] = {
    {NULL, false, false},
    {"", false, false},
    {"gzip", true, false},
    {"GZip", true, false},
    {"x-gzip", true, false},
    {"deflate, gzip;q=1.0, *;q=0.5", true, false},
    {"br;q=1, gzip;q=0.1", true, false},
    {"gzip;q=0", false, false},
    {"gzip;q=0.0, *", false, false},
    {"*", true, false},
    {"*;q=0", false, false},
    {"gzip;q=0.5, identity", false, false},
    {"gzip;q=0.5, identity;q=0.5", true, false},
    {"identity", false, false},
    {"identity;q=0, gzip", true, true},
    {"identity;q=0", false, false},
    {"gzip, *;q=0", true, true},
    {"gzip;q=2", false, false},
    {"gzip;q=x", false, false},
    {"gzip ; q=1", true, false},
    {"gzipped", false, false},
};

START_TEST(accept_encoding_is_weighed)
{
    bool forced, wanted = coding_gzip_wanted(coding_rows[_i].accept, &forced);
    ck_assert_msg(wanted == coding_rows[_i].wanted && (!wanted || forced == coding_rows[_i].forced), "%s",
                  coding_rows[_i].accept);
}
END_TEST

START_TEST(gzip_comes_back)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int k = 0; k < 5000; k++)
        g_string_append_printf(text, "{\"start\":%d},", k * 900);
    for (int round = 0; round < 2; round++) { /* the compressor of the thread is used again */
        size_t length;
        g_autofree char *packed = coding_gzip(text->str, text->len, &length);
        ck_assert_uint_lt(length, text->len / 3);
        g_autofree char *plain = g_malloc0(text->len + 1);
        z_stream stream = {.next_in = (Bytef *)packed,
                           .avail_in = (uInt)length,
                           .next_out = (Bytef *)plain,
                           .avail_out = (uInt)text->len};
        ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
        ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
        inflateEnd(&stream);
        ck_assert_str_eq(plain, text->str);
    }
}
END_TEST

static const struct {
    const char *type;
    bool worth;
} type_rows[] = {
    {"application/json", true},
    {"application/problem+json", true},
    {"text/calendar; charset=utf-8", true},
    {"text/csv", true},
    {"image/svg+xml", true},
    {"text/event-stream", false},
    {"image/png", false},
    {NULL, false},
};

START_TEST(what_is_worth_it)
{
    ck_assert(coding_worth(type_rows[_i].type) == type_rows[_i].worth);
}
END_TEST

/* --- origins */

static const struct {
    const char *origins, *origin, *allowed; /* origins NULL: off */
} cors_rows[] = {
    {NULL, "https://a.example", NULL},
    {"", "https://a.example", NULL},
    {"https://a.example", NULL, NULL},
    {"https://a.example", "https://a.example", "https://a.example"},
    {"https://a.example", "http://a.example", NULL},
    {"https://a.example", "https://a.example:8443", NULL},
    {"https://a.example", "https://b.a.example", NULL},
    {"https://a.example", "null", NULL},
    {"https://a.example, http://localhost:3000", "http://localhost:3000", "http://localhost:3000"},
    {"*", "https://any.example", "*"},
};

START_TEST(origins_that_are_allowed)
{
    g_autoptr(GError) error = NULL;
    struct cors *cors;
    ck_assert(cors_new(cors_rows[_i].origins, &cors, &error));
    ck_assert_msg(g_strcmp0(cors_allows(cors, cors_rows[_i].origin), cors_rows[_i].allowed) == 0, "%s of %s",
                  cors_rows[_i].origin, cors_rows[_i].origins);
    cors_free(cors);
}
END_TEST

static const char *const bad_origins[] = {"a.example",           "https://",          "https://a.example/",
                                          "https://a.example/x", "https://*.example", "null",
                                          "ftp://a.example",     "https://A.example"};

START_TEST(origins_that_are_none)
{
    g_autoptr(GError) error = NULL;
    struct cors *cors;
    ck_assert_msg(!cors_new(bad_origins[_i], &cors, &error), "%s", bad_origins[_i]);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_USAGE));
    ck_assert_ptr_nonnull(strstr(error->message, bad_origins[_i]));
}
END_TEST

/* --- buckets; the rate is so low that nothing fills up meanwhile */

START_TEST(a_bucket_holds_its_burst)
{
    struct limits *limits = limits_new(1e-4, 5);
    struct limits_state state;
    int wait_s = 0;
    for (int k = 0; k < 5; k++) {
        ck_assert(limits_take(limits, 1, 0, &state, &wait_s, NULL));
        ck_assert_int_eq(state.left, 4 - k);
    }
    g_autoptr(GError) error = NULL;
    ck_assert(!limits_take(limits, 1, 1, &state, &wait_s, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_RATE));
    ck_assert(wait_s > 9990 && wait_s <= 10000 && state.burst == 5 && state.left == 0);
    ck_assert(limits_take(limits, 2, 3, &state, &wait_s, NULL)); /* another token, a dear request */
    ck_assert_int_eq(state.left, 2);
    ck_assert(!limits_take(limits, 2, 3, &state, &wait_s, NULL));
    ck_assert(limits_take(limits, 3, 1000, &state, &wait_s, NULL)); /* dearer than the burst: all of it */
    ck_assert_int_eq(state.left, 0);
    limits_free(limits);
}
END_TEST

START_TEST(no_rate_is_no_limit)
{
    struct limits *limits = limits_new(0, 0);
    struct limits_state state;
    int wait_s;
    for (int k = 0; k < 1000; k++)
        ck_assert(limits_take(limits, 1, 100, &state, &wait_s, NULL));
    ck_assert_int_eq(state.burst, 0);
    limits_free(limits);
}
END_TEST

START_TEST(guessing_ends_and_who_was_right_goes_on)
{
    struct limits *limits = limits_new(100, 0);
    int wait_s = 0;
    limits_was_right(limits, "wfm_good");
    for (int k = 0; k < LIMITS_GUESSES; k++) {
        ck_assert(limits_may_try(limits, "192.0.2.7", "wfm_wrong", &wait_s, NULL));
        limits_was_wrong(limits, "192.0.2.7");
    }
    g_autoptr(GError) error = NULL;
    ck_assert(!limits_may_try(limits, "192.0.2.7", "wfm_wrong", &wait_s, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_RATE));
    ck_assert(wait_s >= 1 && wait_s <= LIMITS_GUESS_S);
    ck_assert(limits_may_try(limits, "192.0.2.7", "wfm_good", &wait_s, NULL));
    ck_assert(limits_may_try(limits, "192.0.2.8", "wfm_wrong", &wait_s, NULL));
    limits_free(limits);
}
END_TEST

START_TEST(without_limits_guessing_is_free)
{
    struct limits *limits = limits_new(0, 0);
    int wait_s = 0;
    for (int k = 0; k < 2 * LIMITS_GUESSES; k++) {
        ck_assert(limits_may_try(limits, "192.0.2.7", "wfm_wrong", &wait_s, NULL));
        limits_was_wrong(limits, "192.0.2.7");
    }
    limits_free(limits);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/limits");
    TCase *t = tcase_create("coding");
    tcase_add_loop_test(t, accept_encoding_is_weighed, 0, G_N_ELEMENTS(coding_rows));
    tcase_add_test(t, gzip_comes_back);
    tcase_add_loop_test(t, what_is_worth_it, 0, G_N_ELEMENTS(type_rows));
    suite_add_tcase(s, t);
    t = tcase_create("origins");
    tcase_add_loop_test(t, origins_that_are_allowed, 0, G_N_ELEMENTS(cors_rows));
    tcase_add_loop_test(t, origins_that_are_none, 0, G_N_ELEMENTS(bad_origins));
    suite_add_tcase(s, t);
    t = tcase_create("buckets");
    tcase_add_test(t, a_bucket_holds_its_burst);
    tcase_add_test(t, no_rate_is_no_limit);
    tcase_add_test(t, guessing_ends_and_who_was_right_goes_on);
    tcase_add_test(t, without_limits_guessing_is_free);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
