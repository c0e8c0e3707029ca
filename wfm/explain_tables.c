#include "wfm/explain_tables.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/relax.h"

#define HOUR_S 3600

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/* ---- prices ---- */

/* Sum over the intervals of an hour: worth of the whole hour; `from` at a full interval. */
struct hour {
    int32_t day; /* local */
    int hour;
    double price, here;
};

/* The hours of the horizon by the queue's wall clock, n of them, in order. */
static struct hour *hours_of(const struct plan_problem *problem, const struct explained *explained, int queue,
                             int *n)
{
    const struct grid *grid = &problem->demand.grid;
    AUTO(zone) zone = zone_new(problem->operation->queues[queue].zone, NULL);
    struct hour *hours = g_new0(struct hour, (gsize)grid->n + 1);
    *n = 0;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(grid, iv));
        size_t at = (size_t)queue * (size_t)grid->n + (size_t)iv;
        struct hour *hour = *n > 0 ? &hours[*n - 1] : NULL;
        if (hour == NULL || hour->day != local.day || hour->hour != local.second / HOUR_S) {
            hour = &hours[(*n)++];
            *hour = (struct hour){.day = local.day, .hour = local.second / HOUR_S};
        }
        hour->price += explained->price[at];
        hour->here += explained->here[at];
    }
    return hours;
}

static const struct column summary_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"mean", "mean", COLUMN_REAL, 2},
    {"dearest", "dearest hour", COLUMN_TEXT, 0},
    {"price", "price", COLUMN_REAL, 2},
    {"here", "in the roster", COLUMN_REAL, 2},
    {"short", "shortest hour", COLUMN_TEXT, 0},
    {"short_here", "in the roster", COLUMN_REAL, 2},
    {NULL, NULL, 0, 0},
};

static char *hour_name(const struct hour *hour)
{
    g_autofree char *day = day_format(hour->day);
    return g_strdup_printf("%s %s %02d:00", weekdays[day_weekday(hour->day)], day, hour->hour);
}

static void summary_row(struct table *table, const struct plan_problem *problem,
                        const struct explained *explained, int queue)
{
    int n, dearest = 0, shortest = 0;
    double sum = 0;
    g_autofree struct hour *hours = hours_of(problem, explained, queue, &n);
    for (int i = 0; i < n; i++) {
        sum += hours[i].price;
        dearest = hours[i].price > hours[dearest].price ? i : dearest;
        shortest = hours[i].here > hours[shortest].here ? i : shortest;
    }
    g_autofree char *dear = hour_name(&hours[dearest]);
    g_autofree char *most = hour_name(&hours[shortest]);
    table_text(table, problem->operation->queues[queue].id);
    table_real(table, sum / MAX(n, 1));
    table_text(table, dear);
    table_real(table, hours[dearest].price);
    table_real(table, hours[dearest].here);
    table_text(table, most);
    table_real(table, hours[shortest].here);
}

void explain_print_summary(const struct source *source, const struct explained *explained, int queue)
{
    const struct operation *op = source->problem->operation;
    AUTO(table) table = table_new(summary_columns);
    printf("%s: objective %.2f %s, bound %.2f.\n\n", source->what, source->solution->objective, op->currency,
           source->solution->bound);
    printf(
        "What one more agent hour is worth, %s. \"Price\" is that of the bound: before anybody is rostered, "
        "when all else can still\nadapt; \"in the roster\" adds the hour to these very shifts. "
        "--about prices shows every hour.\n\n",
        op->currency);
    for (int q = 0; q < op->n_queues; q++)
        if (queue < 0 || q == queue)
            summary_row(table, source->problem, explained, q);
    table_print(table, FORMAT_TABLE, stdout);
    putchar('\n');
}

/* One heat map: hours down, the seven days of a week across. */
static void heat_map(const struct hour *hours, int n, int32_t monday, bool here)
{
    struct column columns[] = {
        {"hour", "hour", COLUMN_TEXT, 0}, {"mon", "Mon", COLUMN_REAL, 1}, {"tue", "Tue", COLUMN_REAL, 1},
        {"wed", "Wed", COLUMN_REAL, 1},   {"thu", "Thu", COLUMN_REAL, 1}, {"fri", "Fri", COLUMN_REAL, 1},
        {"sat", "Sat", COLUMN_REAL, 1},   {"sun", "Sun", COLUMN_REAL, 1}, {NULL, NULL, 0, 0},
    };
    double cell[24][WEEK_DAYS];
    bool any[24] = {false};
    for (int h = 0; h < 24; h++)
        for (int d = 0; d < WEEK_DAYS; d++)
            cell[h][d] = NAN;
    for (int i = 0; i < n; i++) {
        int d = hours[i].day - monday;
        double value = here ? hours[i].here : hours[i].price;
        if (d < 0 || d >= WEEK_DAYS || value <= 0)
            continue;
        double *at = &cell[hours[i].hour][d];
        *at = isnan(*at) ? value : MAX(*at, value); /* the hour a clock change repeats */
        any[hours[i].hour] = true;
    }
    AUTO(table) table = table_new(columns);
    for (int h = 0; h < 24; h++) {
        if (!any[h])
            continue;
        g_autofree char *name = g_strdup_printf("%02d:00", h);
        table_text(table, name);
        for (int d = 0; d < WEEK_DAYS; d++)
            table_real(table, cell[h][d]);
    }
    table_print(table, FORMAT_TABLE, stdout);
}

static void heat_maps(const struct source *source, const struct explained *explained, int queue)
{
    const struct operation *op = source->problem->operation;
    int n;
    g_autofree struct hour *hours = hours_of(source->problem, explained, queue, &n);
    for (int week = 0; week < source->problem->n_weeks; week++) {
        int32_t monday = source->problem->first_day + week * WEEK_DAYS;
        g_autofree char *from = day_format(monday);
        printf("Queue %s, week of %s: price of an agent hour, %s (by the bound)\n\n", op->queues[queue].id,
               from, op->currency);
        heat_map(hours, n, monday, false);
        printf("\nQueue %s, week of %s: what one more agent hour adds to this roster, %s\n\n",
               op->queues[queue].id, from, op->currency);
        heat_map(hours, n, monday, true);
        putchar('\n');
    }
}

static const struct column price_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},
    {"required", "required", COLUMN_REAL, 2},
    {"scheduled", "scheduled", COLUMN_REAL, 2},
    {"price_per_hour", "price", COLUMN_REAL, 2},
    {"roster_price_per_hour", "in the roster", COLUMN_REAL, 2},
    {NULL, NULL, 0, 0},
};

static void price_rows(struct table *table, const struct source *source, const struct explained *explained,
                       int queue)
{
    const struct demand *demand = &source->problem->demand;
    const struct queue *q = &source->problem->operation->queues[queue];
    double per_hour = (double)HOUR_S / demand->grid.interval_s;
    AUTO(zone) zone = zone_new(q->zone, NULL);
    for (int32_t iv = 0; iv < demand->grid.n; iv++) {
        size_t at = DEMAND_CELL(demand, queue, iv);
        g_autofree char *start = time_format(grid_ts(&demand->grid, iv), zone);
        table_text(table, q->id);
        table_text(table, start);
        table_real(table, demand->need[at]);
        table_real(table, source->solution->staffed[at]);
        table_real(table, explained->price[at] * per_hour);
        table_real(table, explained->here[at] * per_hour);
    }
}

void explain_print_prices(const struct source *source, const struct explained *explained, int queue,
                          enum format format)
{
    AUTO(table) table = table_new(price_columns);
    for (int q = 0; q < source->problem->operation->n_queues; q++) {
        if (queue >= 0 && q != queue)
            continue;
        if (format == FORMAT_TABLE)
            heat_maps(source, explained, q);
        else
            price_rows(table, source, explained, q);
    }
    if (format != FORMAT_TABLE)
        table_print(table, format, stdout);
}

/* ---- rules ---- */

static const struct column rule_columns[] = {
    {"contract", "contract", COLUMN_TEXT, 0},   {"rule", "rule", COLUMN_TEXT, 0},
    {"value", "now", COLUMN_TEXT, 0},           {"relaxed", "one step", COLUMN_TEXT, 0},
    {"saving", "saves about", COLUMN_REAL, 2},  {"share", "of objective", COLUMN_SHARE, 2},
    {"confirmed", "confirmed", COLUMN_REAL, 2}, {NULL, NULL, 0, 0},
};

/* Part 0: the rule's name, 1: its value, 2: one step further; of two rules "a + b". g_free. */
static char *change_text(const struct rule_saving *saving, int part)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < saving->n; i++) {
        const struct rule_change *change = &saving->change[i];
        g_string_append(text, i > 0 ? " + " : "");
        if (part == 0)
            g_string_append(text, relaxation_at(change->relaxation)->name);
        else
            g_string_append_printf(text, "%d", part == 1 ? change->value : change->relaxed);
    }
    return g_string_free(text, FALSE);
}

void explain_print_rules(const struct source *source, const struct explained *explained,
                         const double *confirmed, enum format format)
{
    const struct operation *op = source->problem->operation;
    AUTO(table) table = table_new(rule_columns);
    for (int i = 0; i < explained->n_savings; i++) {
        const struct rule_saving *saving = &explained->savings[i];
        table_text(table, op->contracts[saving->contract].id);
        g_autofree char *rule = change_text(saving, 0);
        g_autofree char *now = change_text(saving, 1);
        g_autofree char *step = change_text(saving, 2);
        table_text(table, rule);
        table_text(table, now);
        table_text(table, step);
        table_real(table, saving->saving);
        table_real(table, saving->saving / source->solution->objective);
        table_real(table, confirmed[i]);
    }
    if (format == FORMAT_TABLE)
        printf("What one step of each rule would save, %s: by how much the bound falls at the same prices. "
               "\"Confirmed\" (--confirm N) is\nthe difference to a roster solved with the rule one step "
               "looser.%s\n\n",
               op->currency, explained->n_savings == 0 ? " No rule binds." : "");
    if (format != FORMAT_TABLE || explained->n_savings > 0)
        table_print(table, format, stdout);
}

/* ---- what cannot be met ---- */

static const struct column unmet_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"from", "from", COLUMN_TEXT, 0},
    {"to", "to", COLUMN_TEXT, 0},
    {"unit", "", COLUMN_TEXT, 0},
    {"need", "need", COLUMN_REAL, 1},
    {"possible", "at most", COLUMN_REAL, 1},
    {NULL, NULL, 0, 0},
};

void explain_print_unmet(const struct plan_problem *problem, const struct explained *explained, int most,
                         enum format format)
{
    const struct operation *op = problem->operation;
    AUTO(table) table = table_new(unmet_columns);
    int n = most > 0 ? MIN(most, explained->n_unmet) : explained->n_unmet;
    for (int i = 0; i < n; i++) {
        const struct unmet *unmet = &explained->unmet[i];
        AUTO(zone) zone = zone_new(op->queues[unmet->queue].zone, NULL);
        g_autofree char *from = time_format(grid_ts(&problem->demand.grid, unmet->from_iv), zone);
        g_autofree char *to = time_format(grid_ts(&problem->demand.grid, unmet->to_iv), zone);
        table_text(table, op->queues[unmet->queue].id);
        table_text(table, from);
        table_text(table, to);
        table_text(table, unmet->hours ? "hours" : "agents");
        table_real(table, unmet->need);
        table_real(table, unmet->possible);
    }
    if (format == FORMAT_TABLE)
        printf("\nWhat cannot be met: needs beyond everything the skilled agents could give under their "
               "rules, if "
               "they did nothing else.%s\n\n",
               explained->n_unmet == 0 ? " There are none." : "");
    if (format != FORMAT_TABLE || explained->n_unmet > 0)
        table_print(table, format, stdout);
    if (format == FORMAT_TABLE && n < explained->n_unmet)
        printf("… and %d more: wfm explain --about unmet\n", explained->n_unmet - n);
}
