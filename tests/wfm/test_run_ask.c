/* What a run may be asked, against the contract: every member of every kind stands in api/openapi.yaml with
   the type, range and default of the command's option. And how words and members are read. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <string.h>

#include "api/assets.h"
#include "core/error.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "wfm/run_ask.h"

/* --- the contract */

static void add_range(GString *line, const struct option_row *row)
{
    if (row->min != 0 || row->max != 0)
        g_string_append_printf(line, ", minimum: %.16g, maximum: %.16g", row->min, row->max);
}

static void add_default(GString *line, const struct option_row *row)
{
    double seconds;
    if (row->fallback == NULL)
        return;
    if (row->type == OPTION_SPAN && span_parse(row->fallback, &seconds))
        g_string_append_printf(line, ", default: %.16g", seconds);
    else
        g_string_append_printf(line, ", default: %s", row->fallback);
}

static void add_enum(GString *line, const char *words)
{
    g_autoptr(GString) list = g_string_new(words);
    g_string_replace(list, "|", ", ", 0);
    g_string_append_printf(line, "type: string, enum: [%s]", list->str);
}

/* The line of a member, as the contract is to have it. */
static void add_member(const char *name, const struct option_row *row, void *user)
{
    GString *text = user;
    static const char *const types[] = {
        [OPTION_FLAG] = "type: boolean, default: false",
        [OPTION_TEXT] = "type: string, minLength: 1",
        [OPTION_LIST] = "type: array, items: {type: string, minLength: 1}",
        [OPTION_INT] = "type: integer",
        [OPTION_REAL] = "type: number",
        [OPTION_SHARE] = "type: number",
        [OPTION_SPAN] = "type: number",
        [OPTION_CHOICE] = "",
    };
    if (row == NULL) {
        g_string_append_printf(text, "        %s: {type: integer, minimum: 1}\n", name);
        return;
    }
    if (strcmp(name, "week") == 0) {
        g_string_append(text, "        week: {$ref: '#/components/schemas/Week'}\n");
        return;
    }
    g_string_append_printf(text, "        %s: {%s", name, types[row->type]);
    if (row->type == OPTION_CHOICE)
        add_enum(text, row->arg);
    else if (row->type != OPTION_FLAG)
        add_range(text, row);
    add_default(text, row);
    g_autofree char *help = g_strescape(row->help, "×–…—≥≤");
    g_string_append_printf(text, ", description: \"%s\"}\n", help);
}

/* The schema of a kind: "    RunAskPlan:" and what is below it. g_free. */
static char *wanted_schema(enum run_kind kind)
{
    g_autofree char *name = g_strdup(run_kind_name(kind));
    name[0] = g_ascii_toupper(name[0]);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "    RunAsk%s:\n      type: object\n      required: [kind%s]\n"
                           "      additionalProperties: false\n      properties:\n"
                           "        kind: {type: string, const: %s}\n",
                           name, kind == RUN_REPLAN ? ", from" : "", run_kind_name(kind));
    run_ask_each(kind, add_member, text);
    return g_string_free(text, FALSE);
}

START_TEST(every_kind_is_in_the_contract)
{
    const struct asset *asset = asset_find("openapi.yaml");
    ck_assert_ptr_nonnull(asset);
    g_autofree char *contract = g_strndup((const char *)asset->bytes, asset->length);
    g_autofree char *wanted = wanted_schema((enum run_kind)_i);
    ck_assert_msg(strstr(contract, wanted) != NULL, "api/openapi.yaml should have\n%s", wanted);
}
END_TEST

/* --- words */

START_TEST(words_become_members)
{
    static const struct {
        const char *what;
        enum run_kind kind;
        const char *words[5];
        const char *want; /* NULL: refused … */
        const char *says; /* … with this */
    } rows[] = {
        {"nothing", RUN_PLAN, {NULL}, "{\"kind\": \"plan\"}", NULL},
        {"a text and a number",
         RUN_ROSTER,
         {"week=2026-W48", "seed=7"},
         "{\"kind\": \"roster\", \"week\": \"2026-W48\", \"seed\": 7}",
         NULL},
        {"a flag alone",
         RUN_FORECAST,
         {"skip_missing"},
         "{\"kind\": \"forecast\", \"skip_missing\": true}",
         NULL},
        {"a flag that is not",
         RUN_FORECAST,
         {"skip_missing=false"},
         "{\"kind\": \"forecast\", \"skip_missing\": false}",
         NULL},
        {"a list",
         RUN_FORECAST,
         {"queues=a,b"},
         "{\"kind\": \"forecast\", \"queues\": [\"a\", \"b\"]}",
         NULL},
        {"a span", RUN_PLAN, {"seconds=2min"}, "{\"kind\": \"plan\", \"seconds\": 120.0}", NULL},
        {"a share", RUN_PLAN, {"gap=5%"}, "{\"kind\": \"plan\", \"gap\": 0.05}", NULL},
        {"a roster", RUN_SIMULATE, {"roster=3"}, "{\"kind\": \"simulate\", \"roster\": 3}", NULL},
        {"one of another kind", RUN_STAFF, {"seed=1"}, NULL, "a run of kind staff has no seed"},
        {"one that prints", RUN_PLAN, {"format=csv"}, NULL, "has no format"},
        {"one that publishes", RUN_PLAN, {"publish"}, NULL, "has no publish"},
        {"twice", RUN_PLAN, {"seed=1", "seed=2"}, NULL, "seed is given twice"},
        {"not a number", RUN_PLAN, {"seed=x"}, NULL, "seed=x: must be a whole number"},
        {"no value", RUN_PLAN, {"seed"}, NULL, "must be a whole number"},
    };
    g_autoptr(GError) error = NULL;
    json_t *got = run_ask_words(rows[_i].kind, rows[_i].words, &error);
    json_t *want = rows[_i].want != NULL ? json_loads(rows[_i].want, 0, NULL) : NULL;
    if (rows[_i].want == NULL)
        ck_assert_msg(got == NULL && strstr(error->message, rows[_i].says) != NULL, "%s: %s", rows[_i].what,
                      error != NULL ? error->message : "taken");
    else
        ck_assert_msg(json_equal(got, want), "%s: %s", rows[_i].what,
                      error != NULL ? error->message : json_dumps(got, 0));
    json_decref(got);
    json_decref(want);
}
END_TEST
#define N_WORDS 14

/* --- requests */

START_TEST(requests_are_read_strictly)
{
    static const struct {
        const char *request;
        const char *pointers;       /* of what is wrong, in order; NULL: taken … */
        const char *member, *value; /* … and settled so */
    } rows[] = {
        {"{\"kind\": \"plan\", \"week\": \"2026-W48\"}", NULL, "week", "\"2026-W48\""},
        {"{\"kind\": \"plan\", \"week\": \"2026-11-23\"}", NULL, "week", "\"2026-W48\""},
        {"{\"kind\": \"replan\", \"from\": \"2026-11-25T14:00\"}", NULL, "from",
         "\"2026-11-25T14:00:00+01:00\""},
        {"{\"kind\": \"staff\", \"weeks\": 2.0, \"week\": \"2026-W48\"}", NULL, "weeks", "2.0"},
        {"{}", "/kind", NULL, NULL},
        {"{\"kind\": \"publish\"}", "/kind", NULL, NULL},
        {"{\"kind\": 3}", "/kind", NULL, NULL},
        {"{\"kind\": \"plan\", \"sead\": 1, \"weeks\": 9, \"gap\": \"5%\"}", "/sead /weeks /gap", NULL, NULL},
        {"{\"kind\": \"plan\", \"seed\": 1.5}", "/seed", NULL, NULL},
        {"{\"kind\": \"plan\", \"seed\": -1}", "/seed", NULL, NULL},
        {"{\"kind\": \"plan\", \"certain\": 1}", "/certain", NULL, NULL},
        {"{\"kind\": \"plan\", \"sla\": \"day\"}", "/sla", NULL, NULL},
        {"{\"kind\": \"plan\", \"scenarios\": \"x\"}", "/scenarios", NULL, NULL},
        {"{\"kind\": \"plan\", \"scenarios\": [\"\"]}", "/scenarios", NULL, NULL},
        {"{\"kind\": \"plan\", \"week\": null}", "/week", NULL, NULL},
        {"{\"kind\": \"plan\", \"week\": \"2026-W54\"}", "/week", NULL, NULL},
        {"{\"kind\": \"plan\", \"a/b~\": 1}", "/a~1b~0", NULL, NULL},
        {"{\"kind\": \"plan\", \"week\": \"2026-W48\", \"confidence\": 0.2}", "/confidence", NULL, NULL},
        {"{\"kind\": \"forecast\", \"week\": \"2026-W48\", \"as_of\": \"soon\"}", "/as_of", NULL, NULL},
        {"{\"kind\": \"simulate\", \"roster\": 99}", "/roster", NULL, NULL},
        {"{\"kind\": \"simulate\", \"roster\": 0}", "/roster", NULL, NULL},
        {"{\"kind\": \"simulate\", \"roster\": 1, \"week\": \"2026-W48\"}", "/week", NULL, NULL},
        {"{\"kind\": \"replan\"}", "/from", NULL, NULL},
        {"{\"kind\": \"replan\", \"from\": \"later\"}", "/from", NULL, NULL},
        {"[]", "", NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    AUTO(store) store = pg_store();
    AUTO(operation) operation = sample_operation(1);
    sample_save(store, operation);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *request = json_loads(rows[i].request, 0, NULL), *errors = json_array(), *ask = NULL;
        enum run_kind kind;
        bool taken = run_ask_read(store, request, &kind, &ask, errors, &error);
        g_autoptr(GString) wrong = g_string_new(NULL);
        size_t k;
        json_t *item;
        json_array_foreach(errors, k, item) g_string_append_printf(
            wrong, "%s%s", k > 0 ? " " : "", json_string_value(json_object_get(item, "pointer")));
        ck_assert_msg(taken == (rows[i].pointers == NULL), "%s: %s", rows[i].request,
                      error != NULL ? error->message : "taken");
        if (!taken)
            ck_assert_str_eq(wrong->str, rows[i].pointers);
        if (taken && rows[i].member != NULL) {
            g_autofree char *value = json_dumps(json_object_get(ask, rows[i].member), JSON_ENCODE_ANY);
            ck_assert_str_eq(value, rows[i].value);
        }
        if (taken) {
            AUTO(options) options = run_ask_options(kind, ask, &error);
            ck_no_error(error);
            ck_assert_ptr_nonnull(options);
        }
        g_clear_error(&error);
        json_decref(request);
        json_decref(errors);
        json_decref(ask);
    }
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("wfm/run_ask");
    TCase *t = tcase_create("ask");
    tcase_add_loop_test(t, every_kind_is_in_the_contract, 0, RUN_KIND_N);
    tcase_add_loop_test(t, words_become_members, 0, N_WORDS);
    tcase_add_test(t, requests_are_read_strictly);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
