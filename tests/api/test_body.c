/* Bodies by table: what is read, and every way to be wrong, with its pointer. */
#include "tests/support/testing.h"

#include <string.h>

#include "api/body.h"
#include "core/error.h"

struct skill_part {
    char *queue;
    double share;
    char **tags;
    int n_tags;
};

struct inner {
    int minutes;
};

struct sample {
    char *name, *id, *zone;
    char code[4];
    int number, clock, choice;
    unsigned flags;
    int64_t big, instant;
    double real;
    bool yes;
    int32_t day, week;
    char **texts, **ids;
    int n_texts, n_ids;
    int *ints;
    int n_ints;
    int64_t *numbers;
    int n_numbers;
    double *reals;
    int n_reals;
    struct inner inner;
    struct skill_part *parts;
    int n_parts;
    json_t *free_form;
    bool has_number;
};

static bool no_x(const char *text, const char **why)
{
    *why = "has an x";
    return strchr(text, 'x') == NULL;
}

static const char *const colours[] = {"red", "green", "blue", NULL};

static const struct body_field inner_fields[] = {
    {"minutes", BODY_INT, BODY_AT(inner, minutes), .flags = BODY_REQUIRED, .min = 1, .max = 60},
    {.name = NULL},
};

static const struct body_field part_fields[] = {
    {"queue", BODY_ID, BODY_AT(skill_part, queue), .flags = BODY_REQUIRED},
    {"share", BODY_SHARE, BODY_AT(skill_part, share)},
    {"tags", BODY_TEXTS, BODY_AT(skill_part, tags), BODY_COUNT(skill_part, n_tags), .max = 2, .check = no_x},
    {.name = NULL},
};

static const struct body_field fields[] = {
    {"name", BODY_TEXT, BODY_AT(sample, name), .flags = BODY_REQUIRED | BODY_NULLABLE, .max = 5,
     .check = no_x},
    {"id", BODY_ID, BODY_AT(sample, id)},
    {"zone", BODY_ZONE, BODY_AT(sample, zone)},
    {"code", BODY_CODE, BODY_AT(sample, code)},
    {"number", BODY_INT, BODY_AT(sample, number), .min = -3, .max = 3, BODY_GIVEN(sample, has_number)},
    {"clock", BODY_CLOCK, BODY_AT(sample, clock)},
    {"choice", BODY_CHOICE, BODY_AT(sample, choice), .choices = colours},
    {"flags", BODY_FLAGS, BODY_AT(sample, flags), .choices = colours},
    {"big", BODY_INT64, BODY_AT(sample, big)},
    {"instant", BODY_INSTANT, BODY_AT(sample, instant)},
    {"real", BODY_REAL, BODY_AT(sample, real)},
    {"yes", BODY_BOOL, BODY_AT(sample, yes)},
    {"day", BODY_DAY, BODY_AT(sample, day)},
    {"week", BODY_WEEK, BODY_AT(sample, week)},
    {"texts", BODY_TEXTS, BODY_AT(sample, texts), BODY_COUNT(sample, n_texts)},
    {"ids", BODY_IDS, BODY_AT(sample, ids), BODY_COUNT(sample, n_ids), .max = 3},
    {"ints", BODY_INTS, BODY_AT(sample, ints), BODY_COUNT(sample, n_ints)},
    {"numbers", BODY_INT64S, BODY_AT(sample, numbers), BODY_COUNT(sample, n_numbers)},
    {"reals", BODY_REALS, BODY_AT(sample, reals), BODY_COUNT(sample, n_reals), .min = 1},
    {"inner", BODY_OBJECT, BODY_AT(sample, inner), .fields = inner_fields},
    {"parts", BODY_LIST, BODY_AT(sample, parts), BODY_COUNT(sample, n_parts), .fields = part_fields,
     .size = sizeof(struct skill_part)},
    {"free", BODY_JSON, BODY_AT(sample, free_form)},
    {.name = "created", .kind = BODY_IGNORED},
    {.name = NULL},
};

static const struct api_route post = {.method = "POST", .pattern = "/v1/things"};
static const struct api_route patch = {.method = "PATCH", .pattern = "/v1/things"};
static const struct header json_header = {"Content-Type", "application/json"};

static struct api_call call_with(const char *body)
{
    return (struct api_call){.route = &post,
                             .headers = &json_header,
                             .n_headers = 1,
                             .body = body,
                             .body_length = strlen(body),
                             .zones = api_zones_new()};
}

static void call_done(struct api_call *call, struct sample *sample)
{
    body_clear(fields, sample);
    api_zones_free(call->zones);
    api_call_clear(call);
}

START_TEST(everything_is_read)
{
    struct api_call call = call_with(
        "{\"name\": \"Zo\u00eb\", \"id\": \"a-1\", \"zone\": \"Asia/Manila\", \"code\": \"PHP\", \"number\": "
        "-3.0, "
        "\"clock\": \"24:00\", \"choice\": \"blue\", \"flags\": [\"red\", \"blue\"], \"big\": "
        "9007199254740993, "
        "\"instant\": \"2026-11-23T08:00:00+08:00\", \"real\": 1e3, \"yes\": true, \"day\": \"2026-11-23\", "
        "\"week\": \"2026-W48\", \"texts\": [\"a\", \"b\"], \"ids\": [\"x\"], \"ints\": [0, 7], \"numbers\": "
        "[5], "
        "\"reals\": [0.5], \"inner\": {\"minutes\": 15}, \"parts\": [{\"queue\": \"q1\"}, {\"queue\": "
        "\"q2\", "
        "\"share\": 0.25, \"tags\": [\"t\"]}], \"free\": {\"a\": null}, \"created\": 7}");
    struct sample s = {.choice = 1};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(body_read(&call, fields, &s, &error), "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(s.name, "Zo\u00eb");
    ck_assert_str_eq(s.id, "a-1");
    ck_assert_str_eq(s.zone, "Asia/Manila");
    ck_assert_str_eq(s.code, "PHP");
    ck_assert_int_eq(s.number, -3);
    ck_assert(s.has_number);
    ck_assert_int_eq(s.clock, 1440);
    ck_assert_int_eq(s.choice, 2);
    ck_assert_uint_eq(s.flags, 5);
    ck_assert_int_eq(s.big, INT64_C(9007199254740993));
    ck_assert_int_eq(s.instant, 1795392000);
    ck_assert(s.real == 1000 && s.yes);
    ck_assert_int_eq(s.day, 20780);
    ck_assert_int_eq(s.week, 20780);
    ck_assert(s.n_texts == 2 && strcmp(s.texts[1], "b") == 0 && s.texts[2] == NULL);
    ck_assert(s.n_ids == 1 && s.n_ints == 2 && s.ints[1] == 7 && s.n_numbers == 1 && s.numbers[0] == 5);
    ck_assert(s.n_reals == 1 && s.reals[0] == 0.5 && s.inner.minutes == 15);
    ck_assert(s.n_parts == 2 && s.parts[1].share == 0.25 && s.parts[1].n_tags == 1);
    ck_assert(json_is_null(json_object_get(s.free_form, "a")));
    call_done(&call, &s);
}
END_TEST

/* One wrong thing each; the pointer it is found at, and a part of what is said. */
static const struct {
    const char *body, *pointer, *says;
} wrong_rows[] = {
    {"{\"name\": \"a\", \"nmae\": 1}", "/nmae", "not known"},
    {"{}", "/name", "missing"},
    {"[]", "", "not an object"},
    {"{\"name\": 7}", "/name", "not a text"},
    {"{\"name\": \"\"}", "/name", "empty"},
    {"{\"name\": \"abcdef\"}", "/name", "at most 5"},
    {"{\"name\": \"axb\"}", "/name", "has an x"},
    {"{\"name\": \"a\\u0007\"}", "/name", "control"},
    {"{\"name\": \"a\\nb\"}", "/name", "control"},
    {"{\"name\": \"a\", \"a/b~c\": 1}", "/a~1b~0c", "not known"},
    {"{\"name\": null, \"id\": null}", "/id", "null"},
    {"{\"name\": null, \"id\": \"a b\"}", "/id", "not an id"},
    {"{\"name\": null, \"id\": 3}", "/id", "not a text"},
    {"{\"name\": null, \"zone\": \"Mars/Base\"}", "/zone", "IANA"},
    {"{\"name\": null, \"zone\": \"../../etc/passwd\"}", "/zone", "IANA"},
    {"{\"name\": null, \"code\": \"usd\"}", "/code", "capital"},
    {"{\"name\": null, \"number\": 4}", "/number", "-3 to 3"},
    {"{\"name\": null, \"number\": 1.5}", "/number", "whole"},
    {"{\"name\": null, \"number\": 1e300}", "/number", "whole"},
    {"{\"name\": null, \"number\": \"1\"}", "/number", "whole"},
    {"{\"name\": null, \"number\": true}", "/number", "whole"},
    {"{\"name\": null, \"clock\": \"24:01\"}", "/clock", "24:00"},
    {"{\"name\": null, \"clock\": \"8:30\"}", "/clock", "clock"},
    {"{\"name\": null, \"clock\": \"08:60\"}", "/clock", "clock"},
    {"{\"name\": null, \"choice\": \"pink\"}", "/choice", "red, green, blue"},
    {"{\"name\": null, \"choice\": 1}", "/choice", "red, green, blue"},
    {"{\"name\": null, \"flags\": [\"red\", \"red\"]}", "/flags/1", "twice"},
    {"{\"name\": null, \"flags\": {}}", "/flags", "list"},
    {"{\"name\": null, \"big\": 0}", "/big", "less than 1"},
    {"{\"name\": null, \"instant\": \"2026-11-23T08:00:00\"}", "/instant", "offset"},
    {"{\"name\": null, \"instant\": \"1826-11-23T08:00:00Z\"}", "/instant", "1900"},
    {"{\"name\": null, \"real\": \"1\"}", "/real", "number"},
    {"{\"name\": null, \"yes\": 1}", "/yes", "true nor false"},
    {"{\"name\": null, \"day\": \"2026-02-30\"}", "/day", "date"},
    {"{\"name\": null, \"day\": \"1826-02-03\"}", "/day", "1900"},
    {"{\"name\": null, \"week\": \"2025-W53\"}", "/week", "ISO week"},
    {"{\"name\": null, \"week\": \"2026-11-23\"}", "/week", "ISO week"},
    {"{\"name\": null, \"texts\": [\"a\", 2]}", "/texts/1", "not a text"},
    {"{\"name\": null, \"ids\": [\"a\", \"b\", \"a\"]}", "/ids/2", "twice"},
    {"{\"name\": null, \"ids\": [\"a\", \"b\", \"c\", \"d\"]}", "/ids", "4 elements"},
    {"{\"name\": null, \"ints\": [-1]}", "/ints/0", "not within 0"},
    {"{\"name\": null, \"numbers\": [1, 1]}", "/numbers/1", "twice"},
    {"{\"name\": null, \"reals\": []}", "/reals", "0 elements"},
    {"{\"name\": null, \"inner\": {\"minutes\": 61}}", "/inner/minutes", "1 to 60"},
    {"{\"name\": null, \"inner\": {}}", "/inner/minutes", "missing"},
    {"{\"name\": null, \"inner\": [1]}", "/inner", "object"},
    {"{\"name\": null, \"parts\": [{\"queue\": \"a\"}, {\"queue\": \"b\", \"share\": 1.01}]}",
     "/parts/1/share", "0 to 1"},
    {"{\"name\": null, \"parts\": [7]}", "/parts/0", "object"},
    {"{\"name\": null, \"parts\": [{\"queue\": \"a\", \"tags\": [\"b\", \"x\"]}]}", "/parts/0/tags/1",
     "has an x"},
};

START_TEST(what_is_wrong_has_a_pointer)
{
    struct api_call call = call_with(wrong_rows[_i].body);
    struct sample s = {0};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!body_read(&call, fields, &s, &error), "%s", wrong_rows[_i].body);
    ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT), "%s", error->message);
    json_t *errors = json_object_get(call.problem_extra, "errors");
    ck_assert_msg(json_array_size(errors) == 1, "%s", wrong_rows[_i].body);
    const char *pointer = json_string_value(json_object_get(json_array_get(errors, 0), "pointer"));
    const char *detail = json_string_value(json_object_get(json_array_get(errors, 0), "detail"));
    ck_assert_msg(strcmp(pointer, wrong_rows[_i].pointer) == 0, "%s: %s", wrong_rows[_i].body, pointer);
    ck_assert_msg(strstr(detail, wrong_rows[_i].says) != NULL, "%s: %s", wrong_rows[_i].body, detail);
    ck_assert_ptr_nonnull(strstr(error->message, detail));
    call_done(&call, &s);
}
END_TEST

START_TEST(all_errors_come_together)
{
    struct api_call call =
        call_with("{\"id\": \"\", \"number\": 9, \"parts\": [{}, {\"queue\": 1}], \"x\": 1}");
    static const char *const want[] = {"/id", "/number", "/parts/0/queue", "/parts/1/queue", "/x", "/name"};
    struct sample s = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!body_read(&call, fields, &s, &error));
    json_t *errors = json_object_get(call.problem_extra, "errors");
    ck_assert_uint_eq(json_array_size(errors), G_N_ELEMENTS(want));
    for (size_t k = 0; k < G_N_ELEMENTS(want); k++)
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(errors, k), "pointer")), want[k]);
    call_done(&call, &s);
}
END_TEST

/* What is not JSON, or not said to be. */
static const struct {
    const char *what, *type, *body;
    enum wfm_error code;
} form_rows[] = {
    {"no type", NULL, "{}", WFM_ERROR_MEDIA_TYPE},
    {"a form", "application/x-www-form-urlencoded", "a=1", WFM_ERROR_MEDIA_TYPE},
    {"merge patch for POST", "application/merge-patch+json", "{}", WFM_ERROR_MEDIA_TYPE},
    {"another charset", "application/json; charset=latin1", "{}", WFM_ERROR_MEDIA_TYPE},
    {"longer type", "application/jsonp", "{}", WFM_ERROR_MEDIA_TYPE},
    {"charset", "Application/JSON; charset=UTF-8", "{\"name\": null}", WFM_ERROR_N},
    {"empty", "application/json", "", WFM_ERROR_USAGE},
    {"cut", "application/json", "{\"name\": ", WFM_ERROR_USAGE},
    {"key twice", "application/json", "{\"name\": \"a\", \"name\": \"b\"}", WFM_ERROR_USAGE},
    {"NUL", "application/json", "{\"name\": \"\\u0000\"}", WFM_ERROR_USAGE},
    {"broken UTF-8", "application/json", "{\"name\": \"\xff\"}", WFM_ERROR_USAGE},
    {"lone surrogate", "application/json", "{\"name\": \"\\ud800\"}", WFM_ERROR_USAGE},
    {"NaN", "application/json", "{\"real\": NaN}", WFM_ERROR_USAGE},
    {"real beyond doubles", "application/json", "{\"name\": null, \"real\": 1e999}", WFM_ERROR_USAGE},
    {"two values", "application/json", "{} {}", WFM_ERROR_USAGE},
    {"comment", "application/json", "{/* */}", WFM_ERROR_USAGE},
    {"deep", "application/json", "{\"free\": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}", WFM_ERROR_USAGE},
    {"brackets in a text are not deep", "application/json",
     "{\"name\": null, \"free\": \"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}", WFM_ERROR_N},
};

START_TEST(form_is_checked_first)
{
    struct api_call call = call_with(form_rows[_i].body);
    struct header type = {"content-type", form_rows[_i].type};
    call.headers = &type;
    call.n_headers = form_rows[_i].type != NULL;
    struct sample s = {0};
    g_autoptr(GError) error = NULL;
    bool ok = body_read(&call, fields, &s, &error);
    ck_assert_msg(ok == (form_rows[_i].code == WFM_ERROR_N), "%s: %s", form_rows[_i].what,
                  error != NULL ? error->message : "");
    ck_assert_msg(ok || g_error_matches(error, WFM_ERROR, (gint)form_rows[_i].code), "%s: %s",
                  form_rows[_i].what, error->message);
    call_done(&call, &s);
}
END_TEST

START_TEST(a_patch_is_laid_over_what_there_is)
{
    struct api_call call = call_with("{\"number\": 2, \"id\": null, \"inner\": {\"minutes\": 30}}");
    struct header type = {"Content-Type", "application/merge-patch+json"};
    call.route = &patch;
    call.headers = &type;
    json_t *current = json_pack("{s:s, s:s, s:i, s:n, s:{s:i}, s:i}", "name", "a", "id", "b", "number", 1,
                                "zone", "inner", "minutes", 15, "created", 4);
    struct sample s = {0};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(body_read_patch(&call, current, fields, &s, &error), "%s",
                  error != NULL ? error->message : "");
    ck_assert_str_eq(s.name, "a");
    ck_assert_ptr_null(s.id);
    ck_assert_ptr_null(s.zone);
    ck_assert_int_eq(s.number, 2);
    ck_assert_int_eq(s.inner.minutes, 30);
    json_decref(current);
    call_done(&call, &s);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/body");
    TCase *t = tcase_create("by table");
    tcase_add_test(t, everything_is_read);
    tcase_add_loop_test(t, what_is_wrong_has_a_pointer, 0, G_N_ELEMENTS(wrong_rows));
    tcase_add_test(t, all_errors_come_together);
    tcase_add_loop_test(t, form_is_checked_first, 0, G_N_ELEMENTS(form_rows));
    tcase_add_test(t, a_patch_is_laid_over_what_there_is);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
