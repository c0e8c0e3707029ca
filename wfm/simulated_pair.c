#include "wfm/simulated_pair.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/week.h"

static const struct column columns[] = {
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"span", "span", COLUMN_TEXT, 0},
    {"sla_target", "SLA target", COLUMN_SHARE, 1},
    {"sl_a", "A", COLUMN_SHARE, 1},
    {"sl_b", "B", COLUMN_SHARE, 1},
    {"difference", "B - A", COLUMN_POINTS, 2},
    {"half", "± 95 %", COLUMN_SHARE, 2},
    {"better", "better", COLUMN_TEXT, 0},
    {"met_a", "A met", COLUMN_SHARE, 0},
    {"met_b", "B met", COLUMN_SHARE, 0},
    {"pay_a", NULL, COLUMN_REAL, 2},
    {"pay_b", NULL, COLUMN_REAL, 2},
    {"hours_a", NULL, COLUMN_REAL, 2},
    {"hours_b", NULL, COLUMN_REAL, 2},
    {NULL, NULL, 0, 0},
};

bool simulated_pair_check(const struct source *a, const struct source *b, GError **error)
{
    const struct grid *first = &a->problem->demand.grid, *second = &b->problem->demand.grid;
    g_autofree char *week_a = week_format(a->problem->first_day);
    g_autofree char *week_b = week_format(b->problem->first_day);
    if (a->problem->first_day != b->problem->first_day || a->problem->n_weeks != b->problem->n_weeks)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "%s is of %d weeks from %s, %s of %d from %s: compare rosters of the same weeks",
                        a->what, a->problem->n_weeks, week_a, b->what, b->problem->n_weeks, week_b);
    if (first->start_ts != second->start_ts || first->interval_s != second->interval_s ||
        first->n != second->n)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "%s has intervals of %d min, %s of %d min, or they are of other zones: compare "
                        "rosters on the same intervals",
                        a->what, first->interval_s / 60, b->what, second->interval_s / 60);
    return true;
}

/* The line of b that is the same queue and span as line i of a; -1 when b has no such queue. */
static int same_line(const struct simulated_pair *pair, int i)
{
    const struct simulate_line *line = &pair->a->report.lines[i];
    const char *queue = pair->a->problem->operation->queues[line->queue].id;
    for (int k = 0; k < pair->b->report.n_lines; k++) {
        const struct simulate_line *other = &pair->b->report.lines[k];
        if (other->from_iv == line->from_iv && other->to_iv == line->to_iv && other->whole == line->whole &&
            strcmp(pair->b->problem->operation->queues[other->queue].id, queue) == 0)
            return k;
    }
    return -1;
}

/* "A", "B", or "" where chance may have done it. */
static const char *better(const struct ratio_estimate *difference)
{
    if (!(fabs(difference->ratio) > difference->half))
        return "";
    return difference->ratio > 0 ? "B" : "A";
}

/* Wins over the whole. */
struct tally {
    int a, b, even, alone;
};

static void add_row(struct table *table, const struct simulated_pair *pair, int i, struct tally *tally)
{
    const struct operation *operation = pair->a->problem->operation;
    const struct simulate_line *a = &pair->a->report.lines[i];
    const struct queue *queue = &operation->queues[a->queue];
    int k = same_line(pair, i);
    if (k < 0) {
        tally->alone += a->whole;
        return;
    }
    const struct simulate_line *b = &pair->b->report.lines[k];
    struct ratio_estimate difference = simulate_difference(&pair->a->report, i, &pair->b->report, k);
    const char *wins = better(&difference);
    g_autofree char *span = simulated_span(pair->a, a);
    table_text(table, operation->clients[queue->client].id);
    table_text(table, queue->id);
    table_text(table, span);
    table_real(table, a->target);
    table_real(table, a->sl);
    table_real(table, b->sl);
    table_real(table, difference.ratio);
    table_real(table, difference.half);
    table_text(table, wins);
    table_real(table, a->met_share);
    table_real(table, b->met_share);
    for (int empty = 0; empty < 4; empty++)
        table_real(table, NAN);
    if (a->whole) {
        tally->a += *wins == 'A';
        tally->b += *wins == 'B';
        tally->even += *wins == '\0';
    }
}

/* What both cost: a row for programs, sentences for people. */
static void add_cost(struct table *table, const struct simulated_pair *pair)
{
    const double cost[] = {pair->a->solution->pay, pair->b->solution->pay, plan_paid_hours(pair->a->solution),
                           plan_paid_hours(pair->b->solution)};
    table_text(table, NULL);
    table_text(table, "all queues");
    table_text(table, NULL);
    for (int empty = 0; empty < 5; empty++)
        table_real(table, NAN);
    table_text(table, NULL);
    for (int empty = 0; empty < 2; empty++)
        table_real(table, NAN);
    for (size_t i = 0; i < G_N_ELEMENTS(cost); i++)
        table_real(table, cost[i]);
}

/* The same n numbers, or none? */
static bool same_numbers(const double *a, const double *b, size_t n)
{
    return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, n * sizeof *a) == 0);
}

/* Were both made for the same contacts? */
static bool same_forecast(const struct demand *a, const struct demand *b)
{
    size_t queues = (size_t)a->n_queues, cells = queues * (size_t)a->grid.n;
    return a->n_queues == b->n_queues && same_numbers(a->offered, b->offered, cells) &&
           same_numbers(a->aht_s, b->aht_s, cells) &&
           same_numbers(a->busyness_cv2, b->busyness_cv2, queues) &&
           same_numbers(a->day_correlation, b->day_correlation, queues);
}

static void print_verdict(const struct simulated_pair *pair, const struct tally *tally)
{
    double a = pair->a->solution->pay, b = pair->b->solution->pay, more = fabs(b - a);
    const char *currency = pair->a->problem->operation->currency;
    printf("\nA: %s, %.0f %s for %.0f paid hours. B: %s, %.0f %s for %.0f. ", pair->source_a->what, a,
           currency, plan_paid_hours(pair->a->solution), pair->source_b->what, b, currency,
           plan_paid_hours(pair->b->solution));
    if (more < 0.5)
        printf("They cost the same.\n");
    else
        printf("%s costs %.0f %s (%.1f %%) less.\n", b < a ? "B" : "A", more, currency,
               100 * more / fmax(fmax(a, b), 1));
    printf("A is better on %d of %d queues, B on %d; %d differ by no more than chance may do.\n", tally->a,
           tally->a + tally->b + tally->even, tally->b, tally->even);
    if (!same_forecast(&pair->a->problem->demand, &pair->b->problem->demand))
        printf("They were made for different forecasts; each meets the contacts of its own.\n");
    if (tally->alone > 0)
        printf("%d queues of A are not in B and left out.\n", tally->alone);
}

void simulated_pair_print(const struct simulated_pair *pair, bool days, enum format format)
{
    struct tally tally = {0};
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < pair->a->report.n_lines; i++) {
        const struct simulate_line *line = &pair->a->report.lines[i];
        if (line->whole || (days && line->offered > 0))
            add_row(table, pair, i, &tally);
    }
    if (format != FORMAT_TABLE)
        add_cost(table, pair);
    table_print(table, format, stdout);
    if (format == FORMAT_TABLE)
        print_verdict(pair, &tally);
}
