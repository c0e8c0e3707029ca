#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/week.h"

static const struct option_row rows[] = {
    {"allow-missing", OPTION_FLAG, NULL, NULL, 0, 0, "queues without forecast count as without contacts"},
    {"calls", OPTION_REAL, "N", NULL, 0, 1e7, "calculator: contacts offered in --per; no database is used"},
    {"per", OPTION_SPAN, "TIME", "30min", 300, 3600, "calculator: interval, 5, 10, 15, 30 or 60 minutes"},
    {"aht", OPTION_SPAN, "TIME", "180s", 1, 86400, "calculator: average handling time"},
    {"target", OPTION_REAL, "SHARE", "0.8", 0.01, 0.9999, "calculator: share to answer in time"},
    {"threshold", OPTION_SPAN, "TIME", "20s", 0, 86400, "calculator: what in time means"},
    {"patience", OPTION_SPAN, "TIME", "0", 0, 86400,
     "calculator: mean time until callers give up; 0 = they never do"},
    {"definition", OPTION_CHOICE, "offered|answered|aban_ignored|aban_positive|virtual", "offered", 0, 0,
     "calculator: what the share is counted over"},
    {"shrinkage", OPTION_REAL, "SHARE", "0", 0, 0.9, "calculator: paid time on shift without contacts"},
    {"chats", OPTION_INT, "N", "1", 1, 12, "calculator: contacts one agent handles at once (chat)"},
    {"agents", OPTION_INT, "N", NULL, 0, 100000, "calculator: also show what so many agents achieve"},
    {.name = NULL},
};

/* --- a stored week
 * --------------------------------------------------------------------------------------------------- */

static const struct column week_columns[] = {
    {"week", "week", COLUMN_TEXT, 0},
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"channel", "channel", COLUMN_TEXT, 0},
    {"target", "SLA target", COLUMN_SHARE, 0},
    {"threshold_s", "within s", COLUMN_REAL, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"aht_s", "AHT s", COLUMN_REAL, 0},
    {"load_hours", "load h", COLUMN_REAL, 1},
    {"required_hours", "required h", COLUMN_REAL, 1},
    {"peak_agents", "peak agents", COLUMN_REAL, 1},
    {NULL, NULL, 0, 0},
};

static void week_row(struct table *table, const struct operation *operation, int queue, const char *week,
                     const struct load *load, const double *need)
{
    const struct queue *q = &operation->queues[queue];
    double contacts = 0, work_s = 0, hours = 0, peak = 0;
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        contacts += load->offered[iv];
        work_s += load->offered[iv] > 0 ? load->offered[iv] * load->aht_s[iv] : 0;
        hours += need[iv] * load->grid.interval_s / 3600;
        peak = fmax(peak, need[iv]);
    }
    table_text(table, week);
    table_text(table, operation->clients[q->client].id);
    table_text(table, q->id);
    table_text(table, channel_name(q->channel));
    table_real(table, q->sla.target);
    table_real(table, q->sla.threshold_s);
    table_real(table, contacts);
    table_real(table, contacts > 0 ? work_s / contacts : NAN);
    table_real(table, work_s / 3600);
    table_real(table, hours);
    table_real(table, peak);
}

static bool run_week(const struct options *options, GError **error)
{
    AUTO(planning) planning = planning_open(options, (int)options_int(options, "weeks"), error);
    if (planning == NULL)
        return false;
    const struct operation *operation = planning->operation;
    struct load_ask load = {.allow_missing = options_flag(options, "allow-missing"),
                            .certain = options_flag(options, "certain")};
    hand_ask_from(options, &load.hand);
    struct load *loads = pipeline_loads(planning, &load, error);
    if (loads == NULL)
        return false;
    struct staffing_prices prices = {0};
    struct demand demand = {0};
    bool ok = staffing_demand(operation, loads, &prices, &demand, error);
    if (ok) {
        g_autofree char *week = week_format(planning->first_day);
        AUTO(table) table = table_new(week_columns);
        for (int q = 0; q < operation->n_queues; q++)
            week_row(table, operation, q, week, &loads[q], demand.need + DEMAND_CELL(&demand, q, 0));
        table_print(table, (enum format)options_choice(options, "format"), stdout);
    }
    demand_clear(&demand);
    loads_free(loads, operation->n_queues);
    return ok;
}

/* --- calculator
 * ------------------------------------------------------------------------------------------------------ */

static const struct column calculator_columns[] = {
    {"agents", "agents", COLUMN_REAL, 2},
    {"service_level", "service level", COLUMN_SHARE, 1},
    {"asa_s", "ASA s", COLUMN_REAL, 1},
    {"abandoned", "abandoned", COLUMN_SHARE, 1},
    {"occupancy", "occupancy", COLUMN_SHARE, 1},
    {"note", "", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

/* Hours of the same load before the interval asked about, so that contacts in progress are as many as there
 * always are. */
#define STEADY_HOURS 24
#define CHATS_MAX 12

struct calculator {
    struct queue queue;
    double aht_s[CHATS_MAX];
    struct load load;
    int32_t iv; /* the interval asked about */
};

static bool calculator_init(struct calculator *calculator, const struct options *options, GError **error)
{
    int minutes = (int)(options_real(options, "per") / 60);
    if (!grid_interval_ok(minutes) || options_real(options, "per") != minutes * 60.0)
        return wfm_fail(error, WFM_ERROR_USAGE, "--per %s: must be 5, 10, 15, 30 or 60 minutes",
                        options_text(options, "per"));
    int chats = (int)options_int(options, "chats");
    for (int c = 0; c < chats; c++)
        calculator->aht_s[c] = options_real(options, "aht");
    calculator->queue = (struct queue){.id = "calculator",
                                       .name = "calculator",
                                       .channel = chats > 1 ? CHANNEL_CHAT : CHANNEL_VOICE,
                                       .language = "en",
                                       .zone = "UTC",
                                       .sla = {.target = options_real(options, "target"),
                                               .threshold_s = options_real(options, "threshold"),
                                               .abandon_max = 1,
                                               .occupancy_max = 1,
                                               .period = SLA_INTERVAL},
                                       .patience_s = options_real(options, "patience"),
                                       .aht_s = calculator->aht_s[0],
                                       .concurrency = chats,
                                       .concurrent_aht_s = calculator->aht_s,
                                       .shrinkage = options_real(options, "shrinkage"),
                                       .occupancy_cap = 1};
    if (!sl_definition_parse(options_text(options, "definition"), &calculator->queue.sla.definition))
        return wfm_fail(error, WFM_ERROR_INTERNAL, "definition %s", options_text(options, "definition"));
    struct grid grid = {0, minutes * 60, STEADY_HOURS * 60 / minutes};
    load_init(&calculator->load, &grid);
    for (int32_t iv = 0; iv < grid.n; iv++) {
        calculator->load.offered[iv] = options_real(options, "calls");
        calculator->load.aht_s[iv] = calculator->aht_s[0];
    }
    calculator->iv = grid.n - 1;
    return true;
}

/* What so many agents on shift achieve; shrinkage takes its share of them. */
static void calculator_row(struct table *table, const struct calculator *calculator, double agents,
                           const char *note)
{
    struct service service;
    staffing_service(&calculator->queue, &calculator->load, calculator->iv,
                     agents * (1 - calculator->queue.shrinkage), &service);
    table_real(table, agents);
    table_real(table, service.sl);
    table_real(table, service.asa_s);
    table_real(table, service.abandon);
    table_real(table, service.occupancy);
    table_text(table, note);
}

static bool run_calculator(const struct options *options, GError **error)
{
    struct calculator calculator;
    if (!calculator_init(&calculator, options, error))
        return false;
    g_autofree double *need = g_new0(double, (gsize)calculator.load.grid.n);
    bool ok = staffing_requirement(&calculator.queue, &calculator.load, need, error);
    if (ok) {
        double required = need[calculator.iv];
        AUTO(table) table = table_new(calculator_columns);
        calculator_row(table, &calculator, required, "exactly enough");
        for (int extra = -2; extra <= 3; extra++)
            if (ceil(required) + extra >= 0)
                calculator_row(table, &calculator, ceil(required) + extra, extra == 0 ? "whole agents" : "");
        if (options_given(options, "agents"))
            calculator_row(table, &calculator, options_real(options, "agents"), "as asked");
        table_print(table, (enum format)options_choice(options, "format"), stdout);
    }
    load_clear(&calculator.load);
    return ok;
}

static bool run(const struct options *options, GError **error)
{
    static const char *const calculator[] = {"per",        "aht",       "target", "threshold", "patience",
                                             "definition", "shrinkage", "chats",  "agents"};
    if (options_given(options, "calls"))
        return run_calculator(options, error);
    for (size_t i = 0; i < G_N_ELEMENTS(calculator); i++)
        if (options_given(options, calculator[i]))
            return wfm_fail(error, WFM_ERROR_USAGE, "--%s is for the calculator, which needs --calls N",
                            calculator[i]);
    return run_week(options, error);
}

const struct command command_staff = {
    .name = "staff",
    .args = "",
    .summary = "agents needed to meet each queue's SLA; or a calculator for one interval",
    .details = "With a stored forecast: required hours and peak of each queue in the week. With --calls: a "
               "calculator without database.\n\n"
               "  wfm staff --calls 400 --per 30min --aht 180 --target 0.8 --threshold 20",
    .rows = rows,
    .groups =
        OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SCENARIO | OPTIONS_CERTAIN,
    .run = run,
};
