/* Rows of one system each: Erlang B, C, A, with a waiting room, chat, blending, and what is solved for. */
#include "tests/scheduler/staffing_vectors_internal.h"

#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/erlang.h"

#include <math.h>
#include <string.h>

#define TOLERANCE_ABS 1e-12
#define TOLERANCE_REL 1e-9
#define TOLERANCE_LN 1e-11

static void compare(struct check *check, const char *column, double got, double abs_tol, double rel_tol)
{
    double want = check_number(check, column);
    if (isnan(want))
        return;
    double error = fabs(got - want), relative = want != 0 ? error / fabs(want) : error;
    if (got == want)
        error = relative = 0;
    check_error(check, column, got, want, fmin(error, relative), error <= abs_tol || relative <= rel_tol);
}

/* This source prints minutes, and contacts per minute, with two decimals. */
static bool per_minute(const struct check *check)
{
    return strstr(check_text(check, "source"), "ErlangCCmath") != NULL;
}

/* Half a unit of the column's last published digit. */
static double unit_of(const struct check *check, const char *column)
{
    return per_minute(check) && strcmp(column, "asa_s") == 0 ? 60 * 0.005
                                                             : half_unit(check_text(check, column));
}

static void tell(struct check *check, const char *column, double got)
{
    if (check->hear != NULL)
        check->hear(check->user, column, got, unit_of(check, column));
}

/* The published digits, within half a unit. Values known to be wrong are not held against us. */
static void digits(struct check *check, const char *column, double got)
{
    double published = check_number(check, column), off = fabs(got - published);
    if (isnan(published) || strcmp(check_text(check, "verdict"), "WRONG") == 0)
        return;
    bool good = off <= unit_of(check, column) * (1 + 1e-9);
    check_error(check, column, got, published, good ? 0 : off, good);
}

/* A value: exact_<column> to full precision and the published digits, in a file that has such a column; else
 * the value to full precision. */
static void value(struct check *check, const char *column, double got)
{
    tell(check, column, got);
    g_autofree char *exact = g_strconcat("exact_", column, NULL);
    if (!vectors_has(check->file, exact)) {
        compare(check, column, got, TOLERANCE_ABS, TOLERANCE_REL);
        return;
    }
    compare(check, exact, got, TOLERANCE_ABS, TOLERANCE_REL);
    digits(check, column, got);
}

static void logarithm(struct check *check, const char *column, double got)
{
    tell(check, column, got);
    g_autofree char *exact = g_strconcat("exact_", column, NULL);
    compare(check, isnan(check_number(check, exact)) ? column : exact, got, 0, TOLERANCE_LN);
}

static void whole(struct check *check, const char *column, double got)
{
    tell(check, column, got);
    g_autofree char *exact = g_strconcat("exact_", column, NULL);
    compare(check, exact, got, 0, 0);
    if (isnan(check_number(check, exact)) || strcmp(check_text(check, "verdict"), "WRONG") != 0)
        compare(check, column, got, 0, 0);
}

/* Models */

static struct erlang_system system_of(const struct check *check)
{
    return (struct erlang_system){
        .rate_per_s = check_number(check, "lambda_per_hour") / 3600,
        .aht_s = check_number(check, "aht_s"),
        .patience_s = check_number_or(check, "patience_s", 0),
        .threshold_s = check_number_or(check, "threshold_s", 0),
        .short_abandon_s = check_number_or(check, "short_abandon_s", 0),
    };
}

static double load_of(const struct check *check)
{
    return check_number(check, "lambda_per_hour") * check_number(check, "aht_s") / 3600;
}

static void check_b(struct check *check)
{
    double load = load_of(check), agents = check_number(check, "agents"), blocking = erlang_b(load, agents);
    value(check, "blocking", blocking);
    value(check, "occupancy", load * (1 - blocking) / agents);
    logarithm(check, "ln_blocking", erlang_b_ln(load, agents));
    logarithm(check, "ln_prob", erlang_b_ln(load, agents));
}

static void check_b_required(struct check *check)
{
    double load = load_of(check), agents = erlang_b_required(load, check_number(check, "target"), true);
    whole(check, "agents", agents);
    value(check, "blocking", erlang_b(load, check_number_or(check, "agents", agents)));
    whole(check, "positions_gross", ceil(agents / (1 - check_number_or(check, "shrinkage", 0))));
}

static void check_b_load(struct check *check)
{
    value(check, "lq", erlang_b_load(check_number(check, "agents"), check_number(check, "target")));
}

/* Which mean wait the row gives: see the README's definition traps. */
static double asa_of(const struct check *check, const struct erlang_metrics *m)
{
    const char *how = check_text(check, "asa_def");
    if (strstr(how, "virtual") != NULL)
        return m->asa_virtual_s;
    if (strstr(how, "E[NQ]") != NULL)
        return m->queue_length / (check_number(check, "lambda_per_hour") / 3600);
    return m->asa_offered_s;
}

static void check_metrics(struct check *check, const struct erlang_metrics *m)
{
    bool virtual_sl = strstr(check_text(check, "sl_def"), "virtual") != NULL;
    value(check, "service_level", m->sl[virtual_sl ? SL_VIRTUAL : SL_OFFERED]);
    value(check, "asa_s", asa_of(check, m));
    bool per_admitted = strstr(check_text(check, "note"), "ADMITTED") != NULL;
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
    erlang_metrics(&system, check_number(check, "agents"), &metrics);
    check_metrics(check, &metrics);
    double ln_wait = erlang_c_ln_wait(load_of(check), check_number(check, "agents"));
    if (system.patience_s <= 0) {
        logarithm(check, "ln_p_wait", ln_wait);
        logarithm(check, "ln_prob", ln_wait);
        whole(check, "positions_gross",
              ceil(check_number(check, "agents") / (1 - check_number_or(check, "shrinkage", 0))));
    }
}

static void check_room(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    erlang_room_metrics(&system, (int)check_number(check, "agents"), (int)check_number(check, "system_cap"),
                        &metrics);
    value(check, "blocking", metrics.blocked);
    check_metrics(check, &metrics);
}

static void check_required(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_targets targets = {
        .definition = SL_OFFERED,
        .service_level = check_number(check, "target"),
        .abandon_max = 1,
        .occupancy_max = check_number_or(check, "max_occupancy", 1),
    };
    double agents = erlang_required(&system, &targets, true);
    whole(check, "agents", agents);
    struct erlang_metrics metrics;
    erlang_metrics(&system, agents, &metrics);
    check_metrics(check, &metrics);
}

static void check_chat(struct check *check)
{
    const char *levels = check_text(check, "concurrency_aht_s");
    if (*levels == '\0') {
        const char *said = strstr(check_text(check, "source"), "level ");
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
    bool positive = n > 0;
    for (int i = 0; i < n; i++)
        positive = positive && aht_s[i] > 0 && aht_s[i] < 1e8;
    if (!positive)
        return;
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    chat_metrics(&system, aht_s, n, check_number(check, "agents"), &metrics);
    check_metrics(check, &metrics);
}

static double said(const struct check *check, const char *column, const char *words)
{
    double x = check_number(check, column);
    const char *at = strstr(check_text(check, "source"), words);
    return isnan(x) && at != NULL ? g_ascii_strtod(at + strlen(words), NULL) : x;
}

static void check_blend(struct check *check)
{
    struct erlang_system system = system_of(check);
    struct erlang_metrics metrics;
    double outbound_per_s;
    erlang_blend_metrics(&system, (int)check_number(check, "agents"),
                         (int)fmax(said(check, "threshold_idle", "idle threshold "), 0), &metrics,
                         &outbound_per_s);
    check_metrics(check, &metrics);
    double outbound = said(check, "outbound_per_hour", "outbound per hour ");
    /* a share of what the agents finish */
    double full = check_number(check, "agents") * 3600 / check_number(check, "aht_s");
    double unit = per_minute(check) ? 60 * 0.005 : fmax(TOLERANCE_REL * outbound, TOLERANCE_ABS * full);
    if (!isnan(outbound))
        check_error(check, "outbound_per_hour", outbound_per_s * 3600, outbound, 0,
                    fabs(outbound_per_s * 3600 - outbound) <= unit);
}

#define SYSTEM "lambda_per_hour aht_s"
static const struct {
    const char *model;
    void (*run)(struct check *check);
    const char *needs; /* columns that must say something */
} models[] = {
    {"erlang_b", check_b, SYSTEM " agents"},
    {"erlang_b_real", check_b, SYSTEM " agents"},
    {"erlang_b_req", check_b_required, SYSTEM " target"},
    {"erlang_b_load", check_b_load, "agents target"},
    {"erlang_c", check_erlang, SYSTEM " agents"},
    {"erlang_c_real", check_erlang, SYSTEM " agents"},
    {"erlang_c_req", check_required, SYSTEM " target"},
    {"erlang_a", check_erlang, SYSTEM " agents"},
    {"erlang_a_real", check_erlang, SYSTEM " agents"},
    {"erlang_a_req", check_required, SYSTEM " target"},
    {"erlang_a_k", check_room, SYSTEM " agents system_cap"},
    {"chat_spread", check_chat, "lambda_per_hour agents"},
    {"blend_threshold", check_blend, SYSTEM " agents"},
};

/* What a row may say; beyond it no model is meant. */
static const struct {
    const char *column;
    double least, most;
} ranges[] = {
    {"lambda_per_hour", 0, 1e9}, {"aht_s", 1e-3, 1e8},
    {"patience_s", 0, 1e12},     {"target", 0, 1},
    {"threshold_s", 0, 1e9},     {"agents", 0, ERLANG_AGENTS_MAX},
    {"short_abandon_s", 0, 1e9}, {"system_cap", 0, 1e6},
    {"shrinkage", 0, 0.999},     {"max_occupancy", 0, 1},
    {"threshold_idle", 0, 1e6},
};
#define LOAD_MAX 1e6 /* erlang */

static bool usable(const struct check *check, const char *needs)
{
    g_auto(GStrv) need = g_strsplit(needs, " ", -1);
    for (int i = 0; need[i] != NULL; i++)
        if (isnan(check_number(check, need[i]))) {
            vectors_unknown(check->file, "%s without %s", check_text(check, "model"), need[i]);
            return false;
        }
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
        double x = check_number(check, ranges[i].column);
        if (*check_text(check, ranges[i].column) != '\0' && !(x >= ranges[i].least && x <= ranges[i].most)) {
            vectors_unknown(check->file, "%s \"%s\"", ranges[i].column, check_text(check, ranges[i].column));
            return false;
        }
    }
    return !(load_of(check) > LOAD_MAX);
}

bool vectors_model(struct check *check)
{
    const char *model = check_text(check, "model");
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
        if (strcmp(models[i].model, model) == 0) {
            if (usable(check, models[i].needs))
                models[i].run(check);
            return true;
        }
    vectors_unknown(check->file, "model \"%s\"", model);
    return false;
}

void vectors_models(struct vectors *file)
{
    for (guint row = 0; row < file->rows->len; row++) {
        const char *model = vectors_text(file, row, "model");
        if (*model == '\0')
            continue;
        struct check check = check_begin(file, row, model);
        vectors_model(&check);
        check_end(&check);
    }
}
