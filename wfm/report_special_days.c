#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "core/special_days.h"
#include "wfm/output.h"
#include "wfm/report_special_days.h"
#include "wfm/settings.h"

const struct option_row report_special_days_options[] = {
    {"queue", OPTION_LIST, "ID", NULL, 0, 0, "only this queue"},
    {"from", OPTION_TEXT, "DATE", NULL, 0, 0, "first day (default today)"},
    {"days", OPTION_INT, "N", "365", 1, 3660, "so many days"},
    {.name = NULL},
};

static const struct column columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"date", "date", COLUMN_TEXT, 0},
    {"weekday", "weekday", COLUMN_TEXT, 0},
    {"name", "name", COLUMN_TEXT, 0},
    {"kind", "kind", COLUMN_TEXT, 0},
    {"uplift", "uplift", COLUMN_SHARE, 0},
    {"open", "open", COLUMN_TEXT, 0},
    {"from", "from", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static void add_row(struct table *table, const char *queue, const struct queue_day *day)
{
    g_autofree char *date = day_format(day->day);
    g_autofree char *hours =
        g_strdup_printf("%02d:%02d-%02d:%02d", day->open_from_min / 60, day->open_from_min % 60,
                        day->open_to_min / 60, day->open_to_min % 60);
    table_text(table, queue);
    table_text(table, date);
    table_text(table, weekdays[day_weekday(day->day)]);
    table_text(table, day->name);
    table_text(table, special_kind_name(day->kind));
    table_real(table, day->has_uplift ? day->uplift : NAN);
    table_text(table, day->open_to_min > 0 ? hours : "");
    table_text(table, day->from);
}

bool report_special_days(const struct options *options, GError **error)
{
    int32_t first = (int32_t)(g_get_real_time() / G_USEC_PER_SEC / DAY_S);
    const char *from = options_text(options, "from");
    const char *const *queues = options_list(options, "queue");
    if (from != NULL && !day_parse(from, &first, error)) {
        g_prefix_error(error, "--from: ");
        return false;
    }
    AUTO(store) store = settings_store(options, error);
    if (store == NULL)
        return false;
    AUTO(operation) operation = store_operation_load(store, error);
    if (operation == NULL)
        return false;
    for (int i = 0; queues != NULL && queues[i] != NULL; i++)
        if (operation_queue(operation, queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            queues[i]);
    AUTO(table) table = table_new(columns);
    for (int q = 0; q < operation->n_queues; q++) {
        const char *id = operation->queues[q].id;
        if (queues != NULL && queues[0] != NULL && !g_strv_contains(queues, id))
            continue;
        int n;
        g_autofree struct queue_day *days =
            queue_special_days(operation, q, first, first + (int32_t)options_int(options, "days") - 1, &n);
        for (int i = 0; i < n; i++)
            add_row(table, id, &days[i]);
    }
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}
