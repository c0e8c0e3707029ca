#include "wfm/staff_figures.h"

#include <math.h>
#include <string.h>

/* When people see a column; data formats have all of them. */
enum when {
    WHEN_ALWAYS = 1 << 0,
    WHEN_IMMEDIATE = 1 << 1,
    WHEN_DEFERRED = 1 << 2,
    WHEN_SHRUNK = 1 << 3,
    WHEN_TURNED_AWAY = 1 << 4,
    WHEN_BLENDED = 1 << 5,
    WHEN_DEFINITIONS = 1 << 6,
    WHEN_REQUIRED = 1 << 7,
    WHEN_NOTE = 1 << 8,
};

#define INPUT(name, key, title, kind, decimals, field)                                                       \
    {                                                                                                        \
        {key, title, kind, decimals}, offsetof(struct staff_figures, ask.field), 0, name                     \
    }
#define FIGURE(key, title, kind, decimals, field, when)                                                      \
    {                                                                                                        \
        {key, title, kind, decimals}, offsetof(struct staff_figures, field), when, NULL                      \
    }
#define TEXT (size_t) - 1

static const struct row {
    struct column column;
    size_t offset;
    unsigned when;
    const char *variable; /* an input: shown when it varies */
} rows[] = {
    INPUT("calls", "calls", "calls", COLUMN_REAL, 1, calculator.contacts),
    INPUT(NULL, "per_s", "per s", COLUMN_REAL, 0, calculator.span_s),
    INPUT("aht", "aht_s", "AHT s", COLUMN_REAL, 1, calculator.aht_s),
    INPUT("target", "target", "target", COLUMN_SHARE, 1, calculator.target),
    INPUT("threshold", "threshold_s", "within s", COLUMN_REAL, 1, calculator.threshold_s),
    INPUT("patience", "patience_s", "patience s", COLUMN_REAL, 1, calculator.patience_s),
    {{"definition", "counted over", COLUMN_TEXT, 0}, TEXT, 0, NULL},
    INPUT("short-abandon", "short_abandon_s", "short s", COLUMN_REAL, 1, calculator.short_abandon_s),
    INPUT("asa-max", "asa_max_s", "ASA max s", COLUMN_REAL, 1, calculator.asa_max_s),
    INPUT("abandon-max", "abandon_max", "abandon max", COLUMN_SHARE, 1, calculator.abandon_max),
    INPUT("occupancy-max", "occupancy_max", "occupancy max", COLUMN_SHARE, 1, calculator.occupancy_max),
    INPUT("shrinkage", "shrinkage", "shrinkage", COLUMN_SHARE, 1, calculator.shrinkage),
    INPUT("chats", "chats", "chats", COLUMN_REAL, 0, calculator.chats),
    INPUT("room", "room", "room", COLUMN_REAL, 0, calculator.room),
    INPUT("lines", "lines", "lines", COLUMN_REAL, 0, calculator.lines),
    INPUT("blend-idle", "blend_idle", "idle kept", COLUMN_REAL, 0, calculator.blend_idle),
    INPUT("busyness", "busyness", "busyness", COLUMN_SHARE, 1, calculator.busyness),
    INPUT("due", "due_s", "due s", COLUMN_REAL, 0, calculator.due_s),
    INPUT("backlog", "backlog", "backlog", COLUMN_REAL, 0, calculator.backlog),
    INPUT("open", "open_s", "open s", COLUMN_REAL, 0, calculator.open_s),
    INPUT("days", "days", "days", COLUMN_REAL, 0, calculator.days),
    FIGURE("required", "required", COLUMN_REAL, 2, required, WHEN_REQUIRED),
    FIGURE("required_whole", "whole", COLUMN_REAL, 0, required_whole, 0),
    FIGURE("required_at_work", "required at work", COLUMN_REAL, 2, required_at_work, 0),
    FIGURE("required_at_work_whole", "whole at work", COLUMN_REAL, 0, required_at_work_whole, 0),
    FIGURE("agents", "agents", COLUMN_REAL, 2, agents, WHEN_ALWAYS),
    FIGURE("at_work", "at work", COLUMN_REAL, 2, at_work, WHEN_SHRUNK),
    FIGURE("fte", "FTE", COLUMN_REAL, 1, fte, WHEN_ALWAYS),
    FIGURE("service_level", "service level", COLUMN_SHARE, 1, service_level, WHEN_IMMEDIATE),
    FIGURE("sl_offered", "offered", COLUMN_SHARE, 1, sl[SL_OFFERED], WHEN_DEFINITIONS),
    FIGURE("sl_answered", "answered", COLUMN_SHARE, 1, sl[SL_ANSWERED], WHEN_DEFINITIONS),
    FIGURE("sl_aban_ignored", "aban ignored", COLUMN_SHARE, 1, sl[SL_ABAN_IGNORED], WHEN_DEFINITIONS),
    FIGURE("sl_aban_positive", "aban positive", COLUMN_SHARE, 1, sl[SL_ABAN_POSITIVE], WHEN_DEFINITIONS),
    FIGURE("sl_excl_short", "excl short", COLUMN_SHARE, 1, sl[SL_EXCL_SHORT], WHEN_DEFINITIONS),
    FIGURE("sl_virtual", "virtual", COLUMN_SHARE, 1, sl[SL_VIRTUAL], WHEN_DEFINITIONS),
    FIGURE("asa_s", "ASA s", COLUMN_REAL, 1, asa_s, WHEN_IMMEDIATE),
    FIGURE("asa_offered_s", "ASA offered s", COLUMN_REAL, 1, asa_offered_s, WHEN_DEFINITIONS),
    FIGURE("asa_virtual_s", "ASA virtual s", COLUMN_REAL, 1, asa_virtual_s, WHEN_DEFINITIONS),
    FIGURE("abandoned", "abandoned", COLUMN_SHARE, 1, abandoned, WHEN_IMMEDIATE),
    FIGURE("abandoned_excl_short", "abandoned excl short", COLUMN_SHARE, 1, abandoned_excl_short, 0),
    FIGURE("turned_away", "turned away", COLUMN_SHARE, 1, blocked, WHEN_TURNED_AWAY),
    FIGURE("within_due", "within due", COLUMN_SHARE, 1, within_due, WHEN_DEFERRED),
    FIGURE("oldest_h", "oldest h", COLUMN_REAL, 1, oldest_h, WHEN_DEFERRED),
    FIGURE("wait_h", "mean wait h", COLUMN_REAL, 2, wait_h, WHEN_DEFERRED),
    FIGURE("backlog_end", "left at closing", COLUMN_REAL, 0, backlog_end, WHEN_DEFERRED),
    FIGURE("occupancy", "occupancy", COLUMN_SHARE, 1, occupancy, WHEN_ALWAYS),
    FIGURE("waits", "waits", COLUMN_SHARE, 1, waits, WHEN_IMMEDIATE),
    FIGURE("queue", "queue", COLUMN_REAL, 2, queue, WHEN_IMMEDIATE),
    FIGURE("outbound", "outbound", COLUMN_REAL, 1, outbound, WHEN_BLENDED),
    {{"note", "", COLUMN_TEXT, 0}, TEXT, WHEN_NOTE, NULL},
};
#define N_ROWS (G_N_ELEMENTS(rows))

/* --- figures
 * ------------------------------------------------------------------------------------------------------------
 */

void staff_figures_required(struct staff_figures *f, const struct staff_ask *ask)
{
    const struct calculator *c = &ask->calculator;
    *f = (struct staff_figures){.ask = *ask};
    f->required_at_work = calculator_required(c, false);
    f->required_at_work_whole = calculator_required(c, true);
    f->required = f->required_at_work / (1 - c->shrinkage);
    f->required_whole = ceil(f->required - 1e-9);
}

static void immediate_achieved(struct staff_figures *f, const struct calculator_answer *answer)
{
    const struct calculator *c = &f->ask.calculator;
    const struct erlang_metrics *m = &answer->metrics;
    for (int d = 0; d < SL_DEFINITION_N; d++)
        f->sl[d] = m->sl[d];
    f->service_level = m->sl[c->definition];
    f->asa_s = m->asa_answered_s;
    f->asa_offered_s = m->asa_offered_s;
    f->asa_virtual_s = m->asa_virtual_s;
    f->abandoned = m->abandon;
    f->abandoned_excl_short = m->abandon_excl_short;
    f->blocked = m->blocked;
    f->occupancy = m->occupancy;
    f->waits = m->p_wait;
    f->queue = m->queue_length;
    f->outbound = c->blend_idle >= 0 ? answer->outbound_per_s * c->span_s : NAN;
    f->within_due = f->oldest_h = f->wait_h = f->backlog_end = NAN;
}

static void deferred_achieved(struct staff_figures *f, const struct calculator_answer *answer)
{
    for (int d = 0; d < SL_DEFINITION_N; d++)
        f->sl[d] = NAN;
    f->service_level = f->within_due = answer->within_due;
    f->oldest_h = answer->oldest_s / 3600;
    f->wait_h = answer->wait_s / 3600;
    f->backlog_end = answer->backlog;
    f->occupancy = answer->metrics.occupancy;
    f->asa_s = f->asa_offered_s = f->asa_virtual_s = f->abandoned = f->abandoned_excl_short = NAN;
    f->blocked = f->waits = f->queue = f->outbound = NAN;
}

void staff_figures_achieved(struct staff_figures *f, double agents)
{
    f->agents = agents;
    f->at_work = agents * (1 - f->ask.calculator.shrinkage);
    const struct calculator *c = &f->ask.calculator;
    struct calculator_answer answer;
    f->fte = agents * c->open_s / 3600 * c->days / f->ask.fte_hours;
    calculator_answer(c, agents, &answer);
    if (c->due_s > 0)
        deferred_achieved(f, &answer);
    else
        immediate_achieved(f, &answer);
}

static double value_of(const struct row *row, const struct staff_figures *figures)
{
    return *(const double *)(const void *)((const char *)figures + row->offset);
}

static const struct row *row_find(const char *key)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].offset != TEXT && strcmp(rows[i].column.key, key) == 0)
            return &rows[i];
    return NULL;
}

const struct column *staff_column(const char *key)
{
    const struct row *row = row_find(key);
    return row != NULL ? &row->column : NULL;
}

double staff_figure(const struct staff_figures *figures, const char *key)
{
    return value_of(row_find(key), figures);
}

char *staff_column_names(void)
{
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].offset != TEXT && rows[i].variable == NULL && strcmp(rows[i].column.key, "per_s") != 0)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", rows[i].column.key);
    return g_string_free(names, FALSE);
}

/* --- table
 * --------------------------------------------------------------------------------------------------------------
 */

struct staff_table {
    struct column columns[N_ROWS + 1];
    const struct row *shown[N_ROWS];
    int n;
    enum format format;
    struct table *table;
};

static bool varies(const struct row *row, const struct staff_grid *grid, const struct staff_variable *solved)
{
    if (row->variable == NULL)
        return false;
    for (int i = 0; i < grid->n_axes; i++)
        if (strcmp(grid->axes[i].variable->name, row->variable) == 0)
            return true;
    return solved != NULL && strcmp(solved->name, row->variable) == 0;
}

static unsigned when_of(const struct options *options, const struct staff_ask *ask,
                        const struct staff_grid *grid, const struct staff_variable *solved)
{
    const struct calculator *c = &ask->calculator;
    return WHEN_ALWAYS |
           (c->due_s > 0 || (solved != NULL && strcmp(solved->name, "due") == 0) ? WHEN_DEFERRED
                                                                                 : WHEN_IMMEDIATE) |
           (c->shrinkage > 0 ? WHEN_SHRUNK : 0) | (c->room >= 0 || c->lines >= 0 ? WHEN_TURNED_AWAY : 0) |
           (c->blend_idle >= 0 ? WHEN_BLENDED : 0) |
           (options_flag(options, "definitions") ? WHEN_DEFINITIONS : 0) |
           (grid->n_axes > 0 && solved == NULL ? WHEN_REQUIRED : 0) |
           (grid->n_axes == 0 || solved != NULL ? WHEN_NOTE : 0);
}

struct staff_table *staff_table_new(const struct options *options, const struct staff_ask *ask,
                                    const struct staff_grid *grid, const struct staff_variable *solved)
{
    struct staff_table *t = g_new0(struct staff_table, 1);
    t->format = (enum format)options_choice(options, "format");
    unsigned when = when_of(options, ask, grid, solved);
    for (size_t i = 0; i < N_ROWS; i++) {
        if (t->format == FORMAT_TABLE && !(rows[i].when & when) && !varies(&rows[i], grid, solved))
            continue;
        t->columns[t->n] = rows[i].column;
        t->shown[t->n++] = &rows[i];
    }
    t->table = table_new(t->columns);
    table_exact(t->table);
    return t;
}

void staff_table_free(struct staff_table *table)
{
    if (table == NULL)
        return;
    table_free(table->table);
    g_free(table);
}

void staff_table_add(struct staff_table *t, const struct staff_figures *figures)
{
    for (int i = 0; i < t->n; i++) {
        const struct row *row = t->shown[i];
        if (row->offset != TEXT) {
            double value = value_of(row, figures);
            bool none = row->variable != NULL && value < 0; /* room, lines, blend-idle: no such limit */
            table_real(t->table, none ? NAN : value);
        } else if (strcmp(row->column.key, "note") == 0) {
            table_text(t->table, figures->note);
        } else {
            table_text(t->table, sl_definition_name(figures->ask.calculator.definition));
        }
    }
}

void staff_table_print(const struct staff_table *table, FILE *out)
{
    table_print(table->table, table->format, out);
}
