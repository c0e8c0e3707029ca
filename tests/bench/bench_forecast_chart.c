/*
 * wfm-bench forecast-chart RESULTS.csv [--tables]: the ranks of the methods per queue as a picture (SVG on
 * standard output), or as tables in Markdown, from what `wfm-bench forecast-score --format csv` prints.
 *
 * A row per method, best mean first; a column per queue with rank and WAPE relative to seasonal naive; a bar
 * for the geometric mean of these.
 */
#include "core/csv.h"
#include "tests/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Q, PROGRAM, METHOD, WAPE, WQL, COV80, COV95, CPU_S, REL_WAPE, REL_WQL, RANK, OF_BEST_R, COLUMNS };
static const struct csv_column columns[COLUMNS] = {
    {"queue", true},    {"program", true}, {"method", true}, {"wape", true},
    {"wql", true},      {"cov80", true},   {"cov95", true},  {"cpu_s", true},
    {"rel_wape", true}, {"rel_wql", true}, {"rank", true},   {"of_best_r", true},
};

/* What people call the methods. */
static const struct {
    const char *program, *method, *name;
} names[] = {
    {"wfm", "wfm", "wfm"},
    {"r", "snaive", "Seasonal naive"},
    {"r", "mean4", "Mean of four weeks"},
    {"r", "stlf", "R stlf (MSTL + ETS)"},
    {"r", "stlf_sqrt", "R stlf, of roots"},
    {"r", "dhr", "R harmonic regression"},
    {"r", "dhrx", "R harmonic regression + days"},
    {"r", "comb3", "R mean of three"},
    {"statsforecast", "mstl_ets", "statsforecast MSTL + ETS"},
    {"statsforecast", "mstl_arima", "statsforecast MSTL + ARIMA"},
};

/* A row of the file. */
struct result {
    char *queue, *program, *method;
    double value[COLUMNS]; /* from WAPE on; NAN where "-" */
};

struct results {
    int index[COLUMNS];
    bool header_done;
    GArray *rows;      /* struct result, of queues */
    GArray *all;       /* struct result: the means, best first */
    GPtrArray *queues; /* borrowed names */
};

static bool result_row(const struct csv_row *row, void *user, GError **error)
{
    struct results *results = user;
    if (!results->header_done) {
        results->header_done = true;
        return csv_header(row, columns, COLUMNS, false, results->index, error);
    }
    struct result result = {g_strdup(csv_field(row, results->index, Q)),
                            g_strdup(csv_field(row, results->index, PROGRAM)),
                            g_strdup(csv_field(row, results->index, METHOD)),
                            {0}};
    for (int c = WAPE; c < COLUMNS; c++) {
        const char *text = csv_field(row, results->index, c);
        char *end;
        result.value[c] = g_ascii_strtod(text, &end);
        if (end == text)
            result.value[c] = NAN;
    }
    bool all = strcmp(result.queue, "all") == 0;
    bool known = results->queues->len > 0 &&
                 strcmp(results->queues->pdata[results->queues->len - 1], result.queue) == 0;
    g_array_append_val(all ? results->all : results->rows, result);
    if (!all && !known)
        g_ptr_array_add(results->queues, result.queue);
    return true;
}

static void result_clear(void *data)
{
    struct result *result = data;
    g_free(result->queue);
    g_free(result->program);
    g_free(result->method);
}

static const struct result *find(const struct results *results, const char *queue,
                                 const struct result *method)
{
    for (guint i = 0; i < results->rows->len; i++) {
        const struct result *row = &g_array_index(results->rows, struct result, i);
        if (strcmp(row->queue, queue) == 0 && strcmp(row->program, method->program) == 0 &&
            strcmp(row->method, method->method) == 0)
            return row;
    }
    return NULL;
}

static const char *method_name(const struct result *method, char *buffer, size_t size)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i].program, method->program) == 0 && strcmp(names[i].method, method->method) == 0)
            return names[i].name;
    snprintf(buffer, size, "%s %s", method->program, method->method);
    return buffer;
}

static bool is_ours(const struct result *method)
{
    return strcmp(method->program, "wfm") == 0;
}

/* ---- the picture ---- */

#define LEFT 216 /* labels of the methods */
#define TOP 142  /* title and labels of the queues */
#define CELL_W 62
#define CELL_H 36
#define BAR_W 210
#define WIDTH_MIN 600 /* the title's */
#define NAME_MAX_CHARS 22
#define INK "#1d2733"
#define FAINT "#66727f"
#define ACCENT "#0b62a8"

/* White to dark blue; `share` 0..1. */
static void ramp(double share, char color[8])
{
    static const int light[3] = {242, 246, 250}, dark[3] = {11, 98, 168};
    int rgb[3];
    for (int i = 0; i < 3; i++)
        rgb[i] = light[i] + (int)lround(share * (dark[i] - light[i]));
    snprintf(color, 8, "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255, rgb[2] & 255);
}

static void text_at(double x, double y, const char *style, const char *text)
{
    g_autofree char *safe = g_markup_escape_text(text, -1);
    printf("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, style, safe);
}

static void draw_cell(double x, double y, const struct result *row, guint n_methods)
{
    char color[8], text[32];
    double share = n_methods > 1 ? 1 - (row->value[RANK] - 1) / (n_methods - 1) : 1;
    ramp(share * share, color);
    const char *ink = share > 0.75 ? "#fff" : INK;
    printf("<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"%s\"/>\n", x + 1, y + 1,
           CELL_W - 2, CELL_H - 2, color);
    g_autofree char *rank = g_strdup_printf("text-anchor=\"middle\" class=\"r\" fill=\"%s\"", ink);
    g_autofree char *small = g_strdup_printf("text-anchor=\"middle\" class=\"s\" fill=\"%s\"", ink);
    snprintf(text, sizeof text, "%.0f", row->value[RANK]);
    text_at(x + CELL_W / 2.0, y + 17, rank, text);
    snprintf(text, sizeof text, "%.2f", row->value[REL_WAPE]);
    text_at(x + CELL_W / 2.0, y + 30, small, text);
}

static void draw_bar(double x, double y, const struct result *all, double longest)
{
    char text[32];
    double width = (BAR_W - 50) * all->value[REL_WAPE] / longest;
    printf("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"3\" fill=\"%s\"/>\n", x, y + 8,
           width, CELL_H - 16, is_ours(all) ? ACCENT : "#b6c3d1");
    snprintf(text, sizeof text, "%.3f", all->value[REL_WAPE]);
    text_at(x + width + 6, y + 23, is_ours(all) ? "class=\"b\"" : "class=\"n\"", text);
}

static void draw_head(const struct results *results)
{
    text_at(16, 28, "class=\"t\"", "Which method is best on which queue");
    text_at(16, 48, "class=\"f\"",
            "Rank by WAPE, and below it WAPE relative to seasonal naive; bars: geometric mean");
    for (guint q = 0; q < results->queues->len; q++) {
        double x = LEFT + q * CELL_W + CELL_W / 2.0 - 4;
        g_autofree char *style = g_strdup_printf("class=\"n\" transform=\"rotate(-28 %.1f %d)\"", x, TOP - 8);
        const char *name = results->queues->pdata[q];
        bool is_long = g_utf8_strlen(name, -1) > NAME_MAX_CHARS;
        g_autofree char *start = g_utf8_substring(name, 0, is_long ? NAME_MAX_CHARS - 1 : -1);
        g_autofree char *label = g_strconcat(start, is_long ? "…" : "", NULL);
        text_at(x, TOP - 8, style, label);
    }
}

static void draw(const struct results *results)
{
    double right = LEFT + results->queues->len * CELL_W + 14, width = MAX(right + BAR_W, WIDTH_MIN);
    double height = TOP + results->all->len * CELL_H + 16, longest = 0;
    printf(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
        "role=\"img\" aria-label=\"Ranks of forecasting methods per queue\">\n"
        "<style>text{font-family:system-ui,'DejaVu Sans',sans-serif;font-size:13px}"
        ".t{font-size:17px;font-weight:600;fill:" INK "}.f{fill:" FAINT "}.n{fill:" INK "}"
        ".b{font-weight:700;fill:" ACCENT "}.r{font-size:14px;font-weight:600}.s{font-size:10.5px}</style>\n"
        "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#fff\"/>\n",
        width, height, width, height);
    draw_head(results);
    for (guint m = 0; m < results->all->len; m++)
        longest = MAX(longest, g_array_index(results->all, struct result, m).value[REL_WAPE]);
    for (guint m = 0; m < results->all->len; m++) {
        const struct result *method = &g_array_index(results->all, struct result, m);
        double y = TOP + m * CELL_H;
        char buffer[128];
        text_at(16, y + 23, is_ours(method) ? "class=\"b\"" : "class=\"n\"",
                method_name(method, buffer, sizeof buffer));
        for (guint q = 0; q < results->queues->len; q++) {
            const struct result *row = find(results, results->queues->pdata[q], method);
            if (row != NULL)
                draw_cell(LEFT + q * CELL_W, y, row, results->all->len);
        }
        draw_bar(right, y, method, longest);
    }
    printf("</svg>\n");
}

/* ---- the tables ---- */

static void print_methods(const struct results *results)
{
    printf("\n| method | WAPE | wQL | mean rank | in 80 %% band | in 95 %% band | CPU s per forecast |\n"
           "|---|---|---|---|---|---|---|\n");
    for (guint m = 0; m < results->all->len; m++) {
        const struct result *all = &g_array_index(results->all, struct result, m);
        char buffer[128];
        const char *bold = is_ours(all) ? "**" : "";
        printf("| %s%s%s | %s%.3f%s | %.3f | %.1f | %.0f %% | %.0f %% | %.2g |\n", bold,
               method_name(all, buffer, sizeof buffer), bold, bold, all->value[REL_WAPE], bold,
               all->value[REL_WQL], all->value[RANK], 100 * all->value[COV80], 100 * all->value[COV95],
               all->value[CPU_S]);
    }
}

/* The best of R's methods: the one whose WAPE is itself over itself. */
static const struct result *best_r(const struct results *results, const char *queue)
{
    for (guint i = 0; i < results->rows->len; i++) {
        const struct result *row = &g_array_index(results->rows, struct result, i);
        if (strcmp(row->queue, queue) == 0 && strcmp(row->program, "r") == 0 && row->value[OF_BEST_R] == 1)
            return row;
    }
    return NULL;
}

static void print_queues(const struct results *results, const struct result *ours)
{
    printf("\n| queue | WAPE | of naive's | wQL | of naive's | in 80 %% band | in 95 %% band | best of R's | "
           "its WAPE | wfm / R |\n"
           "|---|---|---|---|---|---|---|---|---|---|\n");
    for (guint q = 0; q < results->queues->len; q++) {
        const char *queue = results->queues->pdata[q];
        const struct result *row = find(results, queue, ours), *best = best_r(results, queue);
        char buffer[128];
        if (row == NULL)
            continue;
        printf("| %s | %.1f %% | %.2f | %.3f | %.2f | %.0f %% | %.0f %% |", queue, 100 * row->value[WAPE],
               row->value[REL_WAPE], row->value[WQL], row->value[REL_WQL], 100 * row->value[COV80],
               100 * row->value[COV95]);
        if (best != NULL)
            printf(" %s | %.1f %% | %.2f |\n", method_name(best, buffer, sizeof buffer),
                   100 * best->value[WAPE], row->value[OF_BEST_R]);
        else
            printf(" - | - | - |\n");
    }
}

static void print_tables(const struct results *results)
{
    print_methods(results);
    for (guint m = 0; m < results->all->len; m++)
        if (is_ours(&g_array_index(results->all, struct result, m)))
            print_queues(results, &g_array_index(results->all, struct result, m));
    putchar('\n'); /* a Markdown comment behind it is no row */
}

int bench_forecast_chart(int argc, char **argv)
{
    const struct csv_options options = {.separator = ','};
    bool tables = argc == 3 && strcmp(argv[2], "--tables") == 0;
    g_autoptr(GError) error = NULL;
    if (argc != 2 && !tables) {
        fprintf(stderr, "usage: wfm-bench forecast-chart RESULTS.csv [--tables]\n");
        return 2;
    }
    struct results results = {.rows = g_array_new(FALSE, FALSE, sizeof(struct result)),
                              .all = g_array_new(FALSE, FALSE, sizeof(struct result)),
                              .queues = g_ptr_array_new()};
    g_array_set_clear_func(results.rows, result_clear);
    g_array_set_clear_func(results.all, result_clear);
    bool good = csv_read(argv[1], &options, result_row, &results, &error);
    if (!good)
        fprintf(stderr, "wfm-bench forecast-chart: %s\n", error->message);
    else
        tables ? print_tables(&results) : draw(&results);
    g_ptr_array_free(results.queues, TRUE);
    g_array_free(results.rows, TRUE);
    g_array_free(results.all, TRUE);
    return good ? 0 : 1;
}
