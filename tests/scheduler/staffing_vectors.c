#include "tests/scheduler/staffing_vectors.h"

#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/erlang.h"

#include <csv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE_ABS 1e-12
#define TOLERANCE_REL 1e-9
#define TOLERANCE_LN 1e-11

/* Reading */

struct reader {
    GPtrArray *header; /* char * */
    GPtrArray *row;    /* char * */
    GPtrArray *results;
};

struct check {
    const struct reader *reader;
    struct vector_result *result;
    bool any, failed;
};

static const char *text_of(const struct check *check, const char *column)
{
    const struct reader *reader = check->reader;
    for (guint i = 0; i < reader->header->len && i < reader->row->len; i++)
        if (strcmp(reader->header->pdata[i], column) == 0)
            return reader->row->pdata[i];
    return "";
}

static double number_of(const struct check *check, const char *column)
{
    const char *text = text_of(check, column);
    return *text != '\0' ? g_ascii_strtod(text, NULL) : NAN;
}

static double number_or(const struct check *check, const char *column, double fallback)
{
    double x = number_of(check, column);
    return isnan(x) ? fallback : x;
}

/* Half a unit of the last digit written: "0.031" gives 0.0005. */
static double half_unit(const char *text)
{
    const char *point = strchr(text, '.'), *exponent = strpbrk(text, "eE");
    size_t digits = point == NULL ? 0 : (exponent != NULL ? (size_t)(exponent - point) : strlen(point)) - 1;
    double scale = exponent != NULL ? (double)g_ascii_strtoll(exponent + 1, NULL, 10) : 0;
    return 0.5 * pow(10, scale - (double)digits);
}

/* Comparing */

static void fail(struct check *check, const char *column, double got, double want)
{
    check->failed = true;
    if (check->result->first_failed == NULL)
        check->result->first_failed =
            g_strdup_printf("%s %s: got %.17g, want %.17g", text_of(check, "id"), column, got, want);
}

static void compare(struct check *check, const char *column, double got, double abs_tol, double rel_tol)
{
    double want = number_of(check, column);
    if (isnan(want))
        return;
    check->any = true;
    double error = fabs(got - want), relative = want != 0 ? error / fabs(want) : error;
    if (got == want)
        error = relative = 0;
    if (!(fmin(error, relative) <= check->result->worst))
        check->result->worst = isnan(got) ? INFINITY : fmin(error, relative);
    if (!(error <= abs_tol || relative <= rel_tol))
        fail(check, column, got, want);
}

/* This source prints minutes, and contacts per minute, with two decimals. */
static bool per_minute(const struct check *check)
{
    return strstr(text_of(check, "source"), "ErlangCCmath") != NULL;
}

/* A value: against exact_<column> to full precision where there is one, and the published digits to half a
 * unit. */
static void value(struct check *check, const char *column, double got)
{
    g_autofree char *exact = g_strconcat("exact_", column, NULL);
    if (isnan(number_of(check, exact))) {
        compare(check, column, got, TOLERANCE_ABS, TOLERANCE_REL);
        return;
    }
    compare(check, exact, got, TOLERANCE_ABS, TOLERANCE_REL);
    double published = number_of(check, column), unit = half_unit(text_of(check, column));
    if (per_minute(check) && strcmp(column, "asa_s") == 0)
        unit = 60 * 0.005;
    if (!isnan(published) && !(fabs(got - published) <= unit * (1 + 1e-9)))
        fail(check, column, got, published);
}

static void logarithm(struct check *check, const char *column, double got)
{
    g_autofree char *exact = g_strconcat("exact_", column, NULL);
    compare(check, isnan(number_of(check, exact)) ? column : exact, got, 0, TOLERANCE_LN);
}

static void whole(struct check *check, const char *column, double got)
{
    compare(check, column, got, 0, 0);
}

/* Models */

static struct erlang_system system_of(const struct check *check)
{
    return (struct erlang_system){
        .rate_per_s = number_of(check, "lambda_per_hour") / 3600,
        .aht_s = number_of(check, "aht_s"),
        .patience_s = number_or(check, "patience_s", 0),
        .threshold_s = number_or(check, "threshold_s", 0),
        .short_abandon_s = number_or(check, "short_abandon_s", 0),
    };
}

static double load_of(const struct check *check)
{
    return number_of(check, "lambda_per_hour") * number_of(check, "aht_s") / 3600;
}

static void check_b(struct check *check)
{
    double load = load_of(check), agents = number_of(check, "agents"), blocking = erlang_b(load, agents);
    value(check, "blocking", blocking);
    value(check, "occupancy", load * (1 - blocking) / agents);
    logarithm(check, "ln_blocking", erlang_b_ln(load, agents));
    logarithm(check, "ln_prob", erlang_b_ln(load, agents));
}

static void check_b_required(struct check *check)
{
    double load = load_of(check), agents = erlang_b_required(load, number_of(check, "target"), true);
    whole(check, "agents", agents);
    value(check, "blocking", erlang_b(load, agents));
    whole(check, "positions_gross", ceil(agents / (1 - number_or(check, "shrinkage", 0))));
}

static void check_b_load(struct check *check)
{
    value(check, "lq", erlang_b_load(number_of(check, "agents"), number_of(check, "target")));
}

/* Which mean wait the row gives: see the README's definition traps. */
static double asa_of(const struct check *check, const struct erlang_metrics *m)
{
    const char *how = text_of(check, "asa_def");
    if (strstr(how, "virtual") != NULL)
        return m->asa_virtual_s;
    if (strstr(how, "E[NQ]") != NULL)
        return m->queue_length / (number_of(check, "lambda_per_hour") / 3600);
    return m->asa_offered_s;
}

static void check_metrics(struct check *check, const struct erlang_metrics *m)
{
    bool virtual_sl = strstr(text_of(check, "sl_def"), "virtual") != NULL;
    value(check, "service_level", m->sl[virtual_sl ? SL_VIRTUAL : SL_OFFERED]);
    value(check, "asa_s", asa_of(check, m));
    bool per_admitted = strstr(text_of(check, "note"), "ADMITTED") != NULL;
    value(check, "abandon", per_admitted ? m->abandon / (1 - m->blocked) : m->abandon);
    value(check, "occupancy", m->occupancy);
    value(check, "p_wait", m->p_wait);
    value(check, "lq", m->queue_length);
    value(check, "sl_offered", m->sl[SL_OFFERED]);
    value(check, "sl_answered", m->sl[SL_ANSWERED]);
    value(check, "sl_virtual", m->sl[SL_VIRTUAL]);
    value(check, "sl_aban_positive", m->sl[SL_ABAN_POSITIVE]);
    value(check, "sl_aban_ignored", m->sl[SL_ABAN_IGNORED]);
    value(check, "sl_excl_short", m->sl[SL_EXCL_SHORT]);
    value(check, "abandon_excl_short", m->abandon_excl_short);
}

static void check_erlang(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    erlang_metrics(&system, number_of(check, "agents"), &metrics);
    check_metrics(check, &metrics);
    double ln_wait = erlang_c_ln_wait(load_of(check), number_of(check, "agents"));
    if (system.patience_s <= 0) {
        logarithm(check, "ln_p_wait", ln_wait);
        logarithm(check, "ln_prob", ln_wait);
        whole(check, "positions_gross",
              ceil(number_of(check, "agents") / (1 - number_or(check, "shrinkage", 0))));
    }
}

static void check_room(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    erlang_room_metrics(&system, (int)number_of(check, "agents"), (int)number_of(check, "system_cap"),
                        &metrics);
    value(check, "blocking", metrics.blocked);
    check_metrics(check, &metrics);
}

static void check_required(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_targets targets = {
        .definition = SL_OFFERED,
        .service_level = number_of(check, "target"),
        .abandon_max = 1,
        .occupancy_max = number_or(check, "max_occupancy", 1),
    };
    double agents = erlang_required(&system, &targets, true);
    whole(check, "agents", agents);
    struct erlang_metrics metrics;
    erlang_metrics(&system, agents, &metrics);
    check_metrics(check, &metrics);
}

static void check_chat(struct check *check)
{
    const char *levels = text_of(check, "concurrency_aht_s");
    if (*levels == '\0') {
        const char *said = strstr(text_of(check, "source"), "level ");
        if (said == NULL)
            return;
        levels = said + strlen("level ");
    }
    double aht_s[16];
    int n = 0;
    for (char *end; n < 16 && (g_ascii_isdigit(*levels) || *levels == ';'); levels = end) {
        levels += *levels == ';';
        aht_s[n++] = g_ascii_strtod(levels, &end);
    }
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    chat_metrics(&system, aht_s, n, number_of(check, "agents"), &metrics);
    check_metrics(check, &metrics);
}

static double said(const struct check *check, const char *column, const char *words)
{
    double x = number_of(check, column);
    const char *at = strstr(text_of(check, "source"), words);
    return isnan(x) && at != NULL ? g_ascii_strtod(at + strlen(words), NULL) : x;
}

static void check_blend(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    double outbound_per_s;
    erlang_blend_metrics(&system, (int)number_of(check, "agents"),
                         (int)said(check, "threshold_idle", "idle threshold "), &metrics, &outbound_per_s);
    check_metrics(check, &metrics);
    double outbound = said(check, "outbound_per_hour", "outbound per hour ");
    double unit = per_minute(check) ? 60 * 0.005 : 1e-9 * outbound;
    if (!isnan(outbound) && !(fabs(outbound_per_s * 3600 - outbound) <= unit))
        fail(check, "outbound_per_hour", outbound_per_s * 3600, outbound);
}

static const struct {
    const char *model;
    void (*run)(struct check *check);
} models[] = {
    {"erlang_b", check_b},
    {"erlang_b_real", check_b},
    {"erlang_b_req", check_b_required},
    {"erlang_b_load", check_b_load},
    {"erlang_c", check_erlang},
    {"erlang_c_real", check_erlang},
    {"erlang_c_req", check_required},
    {"erlang_a", check_erlang},
    {"erlang_a_real", check_erlang},
    {"erlang_a_req", check_required},
    {"erlang_a_k", check_room},
    {"chat_spread", check_chat},
    {"blend_threshold", check_blend},
};

static void check_row(struct reader *reader)
{
    struct check check = {.reader = reader};
    const char *model = text_of(&check, "model");
    if (*model == '\0')
        return;
    check.result = (struct vector_result *)vector_results_find(reader->results, model);
    if (check.result == NULL) {
        check.result = g_new0(struct vector_result, 1);
        check.result->model = g_strdup(model);
        g_ptr_array_add(reader->results, check.result);
    }
    check.result->rows++;
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
        if (strcmp(models[i].model, model) == 0)
            models[i].run(&check);
    check.result->checked += check.any;
    check.result->failed += check.failed;
}

static void on_field(void *field, size_t length, void *user)
{
    struct reader *reader = user;
    g_ptr_array_add(reader->row, g_strndup(field != NULL ? field : "", length));
}

static void on_row(int end, void *user)
{
    (void)end;
    struct reader *reader = user;
    if (reader->header == NULL) {
        reader->header = reader->row;
        reader->row = g_ptr_array_new_with_free_func(g_free);
        return;
    }
    check_row(reader);
    g_ptr_array_set_size(reader->row, 0);
}

GPtrArray *vector_results(const char *path, char **message)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, &length, &error)) {
        *message = g_strdup(error->message);
        return NULL;
    }
    struct reader reader = {
        .row = g_ptr_array_new_with_free_func(g_free),
        .results = g_ptr_array_new(),
    };
    struct csv_parser parser;
    csv_init(&parser, 0);
    bool ok = csv_parse(&parser, text, length, on_field, on_row, &reader) == length &&
              csv_fini(&parser, on_field, on_row, &reader) == 0;
    if (!ok) {
        *message = g_strdup_printf("%s: %s", path, csv_strerror(csv_error(&parser)));
        vector_results_free(reader.results);
        reader.results = NULL;
    }
    csv_free(&parser);
    g_ptr_array_free(reader.row, TRUE);
    if (reader.header != NULL)
        g_ptr_array_free(reader.header, TRUE);
    return reader.results;
}

void vector_results_free(GPtrArray *results)
{
    for (guint i = 0; i < results->len; i++) {
        struct vector_result *result = results->pdata[i];
        g_free(result->model);
        g_free(result->first_failed);
        g_free(result);
    }
    g_ptr_array_free(results, TRUE);
}

const struct vector_result *vector_results_find(const GPtrArray *results, const char *model)
{
    for (guint i = 0; i < results->len; i++) {
        const struct vector_result *result = results->pdata[i];
        if (strcmp(result->model, model) == 0)
            return result;
    }
    return NULL;
}
