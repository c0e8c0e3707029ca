#include "tests/bench/published_errors.h"

#include "core/error.h"
#include "scheduler/staffing/erlang.h"
#include "tests/scheduler/staffing_vectors_internal.h"

#include <math.h>
#include <string.h>

#define AHT_FROM_S 60
#define AHT_TO_S 1200
#define LINE_WIDTH 140

/* What is known about a source beyond its values. */
static const struct source {
    const char *found_in; /* part of the source column */
    const char *title, *why;
} sources[] = {
    {"pyworkforce", "pyworkforce, documentation of Erlang B",
     "The library's own tests agree with the exact values, so this is about the page alone: its blocking "
     "probabilities do not belong to the numbers of lines beside them, and in three rows a line is missing. "
     "Offered load is calls/h × handling time (200 × 180 s = 10 erlang)."},
    {"ErlangCCmath", "ErlangCCmath, example of Erlang Chat",
     "Abandonment, occupancy and speed of answer of the same example match the chain (a new chat to the "
     "least loaded agent, handling time by the number of parallel chats) in every digit, and so does "
     "everything else checked in this package: very likely a slip of one digit."},
    {"Callcenter-Simulator", "Callcenter-Simulator, service level with impatience",
     "An approximation, and a close one: everybody ahead in the queue moves on at rate c·µ + ν. Exactly, "
     "with j ahead, any of them may lose patience: c·µ + j·ν. (One more test there has expected value and "
     "tolerance exchanged, so it accepts nearly anything: 210 calls/h, 180 s, patience 300 s, 9 agents wait "
     "56.62 s.)"},
    {"erlang_test.py", "A public capacity-planning test, logarithm of Erlang C",
     "Three of its seven values; the other four are exact. ln P(wait) cannot be 0 far below full load, and "
     "must be close to 0 at 9,990 erlang on 10,000 servers."},
    {"swpp.org", "SWPP, On Target, fall 2016", "One agent short of the target the article sets itself."},
    {"erlangTables.ts", "\"Published tables\" in a public repository",
     "The file names books and tools as its sources, but no page, and the values are not what Erlang C "
     "gives. "
     "They look like levels somebody would find plausible."},
    {"ARGUS", "A table of required agents copied between public repositories",
     "No handling time is given with it; 180 s is assumed here. The last column says for which handling "
     "times "
     "between 1 and 20 minutes the published number would be right: no single one fits the table."},
};

static const struct source *find_source(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        if (strstr(text, sources[i].found_in) != NULL)
            return &sources[i];
    return NULL;
}

/* How columns read. */
static const struct quantity {
    const char *column, *name;
    enum { SHARE, PLAIN, WHOLE, SECONDS } form;
} quantities[] = {
    {"agents", "agents", WHOLE},           {"positions_gross", "agents with shrinkage", WHOLE},
    {"blocking", "blocking", SHARE},       {"service_level", "service level", SHARE},
    {"asa_s", "speed of answer", SECONDS}, {"abandon", "abandonment", SHARE},
    {"occupancy", "occupancy", SHARE},     {"p_wait", "P(wait)", SHARE},
    {"lq", "mean queue", PLAIN},           {"ln_prob", "ln P(wait)", PLAIN},
};

static char *number(const struct quantity *quantity, const char *published, double x)
{
    switch (quantity->form) {
    case WHOLE:
        return g_strdup_printf("%.0f", x);
    case SECONDS:
        return g_strdup_printf("%.2f s", x);
    case SHARE:
        if (published != NULL) {
            const char *point = strchr(published, '.');
            int digits = point != NULL ? MAX((int)strlen(point) - 3, 0) : 0;
            return g_strdup_printf("%.*f %%", digits, 100 * x);
        }
        return g_strdup_printf("%.4f %%", 100 * x);
    default:
        return published != NULL ? g_strdup(published) : g_strdup_printf("%.9g", x);
    }
}

/* ---- a row ---- */

struct row {
    struct check check;
    GString *cells; /* its lines of the table */
    const char *system, *beside;
};

static void hear(void *user, const char *column, double got, double unit)
{
    struct row *row = user;
    const char *published = check_text(&row->check, column);
    double said = check_number(&row->check, column);
    size_t i = 0;
    while (i < G_N_ELEMENTS(quantities) && strcmp(quantities[i].column, column) != 0)
        i++;
    if (isnan(said) || i == G_N_ELEMENTS(quantities) || fabs(got - said) <= unit * (1 + 1e-9))
        return;
    g_autofree char *theirs = number(&quantities[i], published, said);
    g_autofree char *ours = number(&quantities[i], NULL, got);
    g_string_append_printf(row->cells, "| %s | %s | %s | %s | %s |\n", row->system, quantities[i].name,
                           theirs, ours, row->beside);
}

static char *system_text(const struct check *check)
{
    GString *s = g_string_new(NULL);
    const char *model = check_text(check, "model");
    g_string_append_printf(s, "%.10g contacts/h of %.10g s", check_number(check, "lambda_per_hour"),
                           check_number(check, "aht_s"));
    if (*check_text(check, "concurrency_aht_s") != '\0')
        g_string_append_printf(s, " (%s s at 1, 2, … chats)", check_text(check, "concurrency_aht_s"));
    if (!isnan(check_number(check, "patience_s")))
        g_string_append_printf(s, ", patience %.10g s", check_number(check, "patience_s"));
    bool asked = g_str_has_suffix(model, "_req");
    double target = check_number(check, "target"), threshold_s = check_number(check, "threshold_s");
    if (asked && strcmp(model, "erlang_b_req") == 0)
        g_string_append_printf(s, ", at most %.10g %% blocked", 100 * target);
    else if (asked)
        g_string_append_printf(s, ", %.10g %% in %.10g s", 100 * target, threshold_s);
    else if (!isnan(threshold_s))
        g_string_append_printf(s, ", T = %.10g s", threshold_s);
    if (!asked || !isnan(check_number(check, "blocking")))
        g_string_append_printf(s, ", %.10g %s", check_number(check, "agents"),
                               strstr(model, "erlang_b") != NULL ? "lines" : "agents");
    return g_string_free(s, FALSE);
}

static double required_at(const struct check *check, double aht_s)
{
    struct erlang_system system = {.rate_per_s = check_number(check, "lambda_per_hour") / 3600,
                                   .aht_s = aht_s,
                                   .threshold_s = check_number(check, "threshold_s")};
    struct erlang_targets targets = {SL_OFFERED, check_number(check, "target"), 0, 1, 1};
    return erlang_required(&system, &targets, true);
}

/* For a number of agents: what those would achieve, or, where no handling time was given, for which ones the
 * number is right. */
static char *beside_text(const struct check *check)
{
    if (strcmp(check_text(check, "model"), "erlang_c_req") != 0)
        return g_strdup("");
    double agents = check_number(check, "agents");
    if (strstr(check_text(check, "source"), "AHT not stated") == NULL) {
        struct erlang_system system = {.rate_per_s = check_number(check, "lambda_per_hour") / 3600,
                                       .aht_s = check_number(check, "aht_s"),
                                       .threshold_s = check_number(check, "threshold_s")};
        struct erlang_metrics metrics;
        erlang_metrics(&system, agents, &metrics);
        return g_strdup_printf("%.0f give %.1f %%", agents, 100 * metrics.sl[SL_OFFERED]);
    }
    int from = 0, to = 0;
    for (int aht_s = AHT_FROM_S; aht_s <= AHT_TO_S; aht_s++)
        if (required_at(check, aht_s) == agents) {
            from = from == 0 ? aht_s : from;
            to = aht_s;
        }
    return from > 0 ? g_strdup_printf("right for %d–%d s", from, to) : g_strdup("right for no handling time");
}

/* Adds the row's lines to `cells`. False when we do not know the model. */
static bool add_row(struct vectors *file, guint at, GString *cells, struct published_errors *out)
{
    struct row row = {.check = check_begin(file, at, "published"), .cells = cells};
    g_autofree char *system = system_text(&row.check), *beside = beside_text(&row.check);
    row.system = system;
    row.beside = beside;
    row.check.hear = hear;
    row.check.user = &row;
    gsize before = cells->len;
    bool known = vectors_model(&row.check);
    out->rows++;
    out->listed += cells->len > before;
    out->off += row.check.failed;
    check_end(&row.check);
    if (row.check.failed && out->first == NULL)
        out->first = g_strdup(row.check.result->first_failed);
    return known;
}

/* ---- the page ---- */

static const char *const head[] = {
    "wfm is checked against some 190 Erlang values written down by others. Nearly all agree to the last "
    "digit; "
    "these do not. They are listed because people check their own programs against them, as we did: to save "
    "the "
    "next one the search, not to find fault. We learned something from every one of these sources, and are "
    "glad "
    "to be told of our own errors in the same way.",
    "Made by `wfm-bench staffing --errors FILE --docs docs/published-errors.md`: the column *exact* comes "
    "from "
    "wfm's own models and is held against values computed independently to 40 digits.",
    "## First: the same word for different things",
    "Most differences between two calculators are not errors. One system by the definitions in use:",
};

static const char *const traps[] = {
    "**Service level.** What is divided by what is a matter of the contract; [Staffing](staffing.md) names "
    "the "
    "six ways.",
    "**Virtual.** ErlangCCmath gives service level and speed of answer of somebody who would wait for ever, "
    "which is longer than anybody who may leave does.",
    "**Speed of answer.** pyworkforce and most textbooks take the mean over everybody offered; a telephone "
    "switch over those answered.",
    "**Abandonment.** QueueSim divides by those let in where the waiting room is limited; others by those "
    "offered.",
    "**Overload.** Formulas without patience give negative waits when used beyond their range. Nobody is "
    "served "
    "in time then: 0 %, and the wait has no end.",
    "**Rounding.** 22.3 agents are 23 for one interval alone; rounding up every interval of a day is people "
    "nobody needs.",
};

/* Wrapped at spaces; lines behind the first begin with `indent`. */
static void wrap(GString *page, const char *first, const char *indent, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_string_append(page, first);
    glong column = g_utf8_strlen(first, -1);
    for (int i = 0; words[i] != NULL; i++) {
        glong width = g_utf8_strlen(words[i], -1);
        if (i > 0 && column + 1 + width > LINE_WIDTH) {
            g_string_append_printf(page, "\n%s", indent);
            column = (glong)strlen(indent);
        } else if (i > 0) {
            g_string_append_c(page, ' ');
            column++;
        }
        g_string_append(page, words[i]);
        column += width;
    }
    g_string_append_c(page, '\n');
}

static void definitions(GString *page)
{
    static const struct {
        const char *name;
        enum sl_definition sl;
    } levels[] = {
        {"in time / offered", SL_OFFERED},
        {"in time / answered", SL_ANSWERED},
        {"abandons in time left out", SL_ABAN_IGNORED},
        {"abandons in time count as met", SL_ABAN_POSITIVE},
        {"abandons within 5 s left out", SL_EXCL_SHORT},
        {"virtual: somebody of endless patience", SL_VIRTUAL},
    };
    struct erlang_system system = {240 / 3600.0, 180, 60, 20, 5};
    struct erlang_metrics m;
    erlang_metrics(&system, 12, &m);
    g_string_append(page, "| 240 contacts/h of 180 s, patience 60 s, T = 20 s, 12 agents | |\n|---|---|\n");
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        g_string_append_printf(page, "| service level, %s | %.2f %% |\n", levels[i].name,
                               100 * m.sl[levels[i].sl]);
    g_string_append_printf(page,
                           "| speed of answer, of the answered | %.2f s |\n"
                           "| speed of answer, of everybody offered | %.2f s |\n"
                           "| speed of answer, virtual | %.2f s |\n",
                           m.asa_answered_s, m.asa_offered_s, m.asa_virtual_s);
    struct erlang_system endless = {240 / 3600.0, 180, 0, 20, 5};
    erlang_metrics(&endless, 13, &m);
    g_string_append_printf(page,
                           "| the same without patience (Erlang C), 13 agents: service level | %.2f %% |\n"
                           "| … speed of answer | %.2f s |\n",
                           100 * m.sl[SL_OFFERED], m.asa_answered_s);
}

/* One section a source, in order of appearance. */
static bool sections(struct vectors *file, struct published_errors *out)
{
    bool known = true;
    for (guint first = 0; first < file->rows->len; first++) {
        const char *text = vectors_text(file, first, "source");
        bool done = false;
        for (guint i = 0; i < first && !done; i++)
            done = strcmp(vectors_text(file, i, "source"), text) == 0;
        if (done)
            continue;
        g_autoptr(GString) cells = g_string_new(NULL);
        for (guint row = first; row < file->rows->len; row++)
            if (strcmp(vectors_text(file, row, "source"), text) == 0)
                known &= add_row(file, row, cells, out);
        const struct source *source = find_source(text);
        if (cells->len == 0)
            continue;
        g_string_append_printf(out->page, "\n## %s\n\n", source != NULL ? source->title : text);
        if (source != NULL)
            wrap(out->page, "", "", source->why);
        g_string_append_printf(out->page, "\nSource: %s.\n\n%s%s", text,
                               "| system | value | published | exact | |\n|---|---|---|---|---|\n",
                               cells->str);
    }
    return known;
}

bool published_errors(const char *path, struct published_errors *out, GError **error)
{
    *out = (struct published_errors){
        .page = g_string_new("# Published staffing values that are wrong, and what is right\n\n")};
    struct vectors file;
    bool ok = vectors_open(&file, path, error);
    if (ok) {
        for (size_t i = 0; i < G_N_ELEMENTS(head); i++) {
            wrap(out->page, "", "", head[i]);
            g_string_append_c(out->page, '\n');
        }
        definitions(out->page);
        g_string_append_c(out->page, '\n');
        for (size_t i = 0; i < G_N_ELEMENTS(traps); i++)
            wrap(out->page, "- ", "  ", traps[i]);
        ok = sections(&file, out) || wfm_fail(error, WFM_ERROR_INPUT, "%s: has models we do not know", path);
        vectors_close(&file);
    }
    if (!ok)
        published_errors_clear(out);
    return ok;
}

void published_errors_clear(struct published_errors *errors)
{
    g_free(errors->first);
    if (errors->page != NULL)
        g_string_free(errors->page, TRUE);
    *errors = (struct published_errors){.page = NULL};
}
