#include "core/special_days.h"

#include "core/feasts.h"

static bool concerns(const struct operation *operation, const struct special_day *day, int queue)
{
    switch (day->scope) {
    case SCOPE_ALL:
        return true;
    case SCOPE_CLIENT:
        return day->index == operation->queues[queue].client;
    case SCOPE_QUEUE:
        return day->index == queue;
    default:
        return false;
    }
}

/* Who outweighs whom on one day. */
static const char *const sources[] = {"queue", "client", "all", "holidays"};
enum { FROM_QUEUE, FROM_CLIENT, FROM_ALL, FROM_HOLIDAYS };

struct found {
    struct queue_day day;
    int from;
};

static int by_day(const void *a, const void *b)
{
    const struct found *left = a, *right = b;
    if (left->day.day != right->day.day)
        return left->day.day < right->day.day ? -1 : 1;
    return left->from - right->from;
}

static void add(GArray *found, struct queue_day day, int from)
{
    struct found row = {day, from};
    row.day.from = sources[from];
    g_array_append_val(found, row);
}

struct queue_day *queue_special_days(const struct operation *operation, int queue, int32_t first_day,
                                     int32_t last_day, int *n)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct found));
    for (int i = 0; i < operation->n_special_days; i++) {
        const struct special_day *special = &operation->special_days[i];
        if (special->day < first_day || special->day > last_day || !concerns(operation, special, queue))
            continue;
        struct queue_day day = {
            special->day,    special->kind,          special->name,        special->has_uplift,
            special->uplift, special->open_from_min, special->open_to_min, NULL};
        add(found, day,
            special->scope == SCOPE_QUEUE    ? FROM_QUEUE
            : special->scope == SCOPE_CLIENT ? FROM_CLIENT
                                             : FROM_ALL);
    }
    int n_feasts = 0;
    g_autofree struct feast *feasts =
        feasts_between(queue_holidays(operation, queue), first_day, last_day, &n_feasts);
    for (int i = 0; i < n_feasts; i++)
        add(found, (struct queue_day){.day = feasts[i].day, .kind = SPECIAL_HOLIDAY, .name = feasts[i].name},
            FROM_HOLIDAYS);
    g_array_sort(found, by_day);
    struct queue_day *out = g_new0(struct queue_day, found->len + 1);
    *n = 0;
    for (guint i = 0; i < found->len; i++) {
        const struct queue_day *day = &g_array_index(found, struct found, i).day;
        bool first = i == 0 || g_array_index(found, struct found, i - 1).day.day != day->day;
        if (first && day->kind != SPECIAL_ORDINARY)
            out[(*n)++] = *day;
    }
    g_array_free(found, TRUE);
    return out;
}
