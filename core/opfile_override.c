#include <string.h>

#include "core/error.h"
#include "core/opfile_csv.h"
#include "core/override.h"

enum {
    O_QUEUE,
    O_FROM,
    O_TO,
    O_MEASURE,
    O_KIND,
    O_VALUE,
    O_PER,
    O_HOURS,
    O_SCENARIO,
    O_WHY,
    /* of `wfm override list`, not read */
    O_ID,
    O_STATE,
    O_BY,
    O_AT,
};
static const struct csv_column columns[] = {
    [O_QUEUE] = {"queue", true},     [O_FROM] = {"from", true},    [O_TO] = {"to", true},
    [O_MEASURE] = {"measure", true}, [O_KIND] = {"kind", true},    [O_VALUE] = {"value", true},
    [O_PER] = {"per", false},        [O_HOURS] = {"hours", false}, [O_SCENARIO] = {"scenario", false},
    [O_WHY] = {"why", true},         [O_ID] = {"id", false},       [O_STATE] = {"state", false},
    [O_BY] = {"by", false},          [O_AT] = {"at", false},
};
static const struct csv_table table = {columns, G_N_ELEMENTS(columns), NULL, 0};

G_STATIC_ASSERT(G_N_ELEMENTS(columns) <= CSV_COLUMNS_MAX);

/* A column of words. */
static bool word(const struct csv_load *load, const struct csv_row *row, int i, const char *list, bool known,
                 GError **error)
{
    return known || csv_fail(row, columns[i].name, error, "\"%.40s\" is none of %s",
                             csv_load_field(load, row, i), list);
}

static bool when(const struct csv_load *load, const struct csv_row *row, int i, const struct zone *zone,
                 int64_t *ts, GError **error)
{
    g_autoptr(GError) why = NULL;
    return override_when_parse(csv_load_field(load, row, i), zone, i == O_TO, ts, &why) ||
           csv_load_fail(load, row, i, error, why);
}

static bool read_change(const struct csv_load *load, const struct csv_row *row, struct override *o,
                        GError **error)
{
    const char *per = csv_load_field(load, row, O_PER);
    if (!word(load, row, O_MEASURE, "volume, aht",
              override_measure_parse(csv_load_field(load, row, O_MEASURE), &o->measure), error) ||
        !word(load, row, O_KIND, "set, add, percent",
              override_kind_parse(csv_load_field(load, row, O_KIND), &o->kind), error) ||
        !word(load, row, O_PER, "range, day, interval", *per == '\0' || override_per_parse(per, &o->per),
              error))
        return false;
    if (*csv_load_field(load, row, O_VALUE) == '\0')
        return csv_fail(row, "value", error, "empty");
    return csv_load_number(load, row, O_VALUE, -1e9, 1e9, false, &o->value, error);
}

static bool add(struct csv_load *load, const struct csv_row *row, GError **error)
{
    int queue = 0;
    if (!csv_load_ref(load, row, O_QUEUE, operation_queue, "queue", &queue, error))
        return false;
    struct override *o = csv_load_append(load);
    const struct zone *zone = g_ptr_array_index(load->zones, queue);
    const char *scenario = csv_load_field(load, row, O_SCENARIO);
    o->queue = g_strdup(load->operation->queues[queue].id);
    o->scenario = *scenario != '\0' ? g_strdup(scenario) : NULL;
    o->hours = g_strdup(csv_load_field(load, row, O_HOURS));
    o->why = g_strdup(csv_load_field(load, row, O_WHY));
    if (!when(load, row, O_FROM, zone, &o->from_ts, error) ||
        !when(load, row, O_TO, zone, &o->to_ts, error) || !read_change(load, row, o, error))
        return false;
    g_autoptr(GError) why = NULL;
    const char *field;
    return override_check(o, &field, &why) || csv_fail(row, field, error, "%s", why->message);
}

static void zone_destroy(gpointer zone)
{
    zone_free(zone);
}

bool overrides_read(const struct operation *operation, const char *path, struct override **out, int *n,
                    GError **error)
{
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func(zone_destroy);
    for (int q = 0; q < operation->n_queues; q++) {
        struct zone *zone = zone_new(operation->queues[q].zone, error);
        if (zone == NULL)
            return false;
        g_ptr_array_add(zones, zone);
    }
    struct csv_load load = {.table = &table,
                            .add = add,
                            .operation = operation,
                            .zones = zones,
                            .out = g_array_new(FALSE, TRUE, sizeof(struct override))};
    bool ok = csv_load_file(&load, path, error);
    int count = (int)load.out->len;
    struct override *overrides = (struct override *)(void *)g_array_free(load.out, FALSE);
    if (!ok) {
        overrides_free(overrides, count);
        return false;
    }
    *out = overrides;
    *n = count;
    return true;
}
