/* A forecast explained, for programs: a table of days, and JSON. */
#include <math.h>

#include "wfm/forecast_words.h"

#define NOTHING 1e-12 /* what rounding leaves of a change */

/* ---- table of days ---- */

static const struct column day_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"date", "date", COLUMN_TEXT, 0},
    {"day", "day", COLUMN_TEXT, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"low80", "low", COLUMN_REAL, 0},
    {"high80", "high", COLUMN_REAL, 0},
    {"usual", "usual day", COLUMN_REAL, 0},
    {"drift", "week", COLUMN_SHARE, 1},
    {"weekday", "weekday", COLUMN_SHARE, 1},
    {"year", "year", COLUMN_SHARE, 1},
    {"month", "month", COLUMN_SHARE, 1},
    {"special", "special", COLUMN_SHARE, 1},
    {"part", "part", COLUMN_SHARE, 0},
    {"rest", "rest", COLUMN_SHARE, 1},
    {"last_year", "year ago", COLUMN_REAL, 0},
    {"stored", "stored", COLUMN_REAL, 0},
    {"with_hand", "with hand", COLUMN_REAL, 0},
    {"name", "special day", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static void add_day(struct table *table, const char *queue, const struct explained_forecast *explained, int i)
{
    const struct explain_day *day = &explained->forecast.explanation->days[i];
    g_autofree char *date = day_format(day->day);
    g_autofree char *weekday = g_strndup(weekday_names[day_weekday(day->day)], 3);
    g_autofree char *name = special_day_words(day);
    table_text(table, queue);
    table_text(table, date);
    table_text(table, weekday);
    const double figures[] = {day->contacts,
                              day->low80,
                              day->high80,
                              day->usual,
                              day->drift - 1,
                              day->weekday - 1,
                              day->year - 1,
                              day->month - 1,
                              day->special - 1,
                              day->part,
                              day->rest - 1,
                              day->last_year,
                              explained->stored_day != NULL ? explained->stored_day[i] : NAN,
                              explained->hand_day != NULL ? explained->hand_day[i] : NAN};
    for (gsize k = 0; k < G_N_ELEMENTS(figures); k++)
        table_real(table, fabs(figures[k]) < NOTHING ? 0 : figures[k]);
    table_text(table, name);
}

struct table *forecast_days_table(const struct planning *planning, const struct explained_forecast *explained,
                                  int n)
{
    struct table *table = table_new(day_columns);
    for (int i = 0; i < n; i++)
        for (int day = 0; day < explained[i].forecast.n_days; day++)
            add_day(table, planning->operation->queues[explained[i].queue].id, &explained[i], day);
    return table;
}

/* ---- JSON ---- */

static void set_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

static void set_day(json_t *object, const char *key, int32_t day)
{
    g_autofree char *text = day_format(day);
    json_object_set_new(object, key, json_string(text));
}

static json_t *special_json(const struct explain_day *day)
{
    static const char *const nears[] = {NULL, "on", "before", "after"};
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:i, s:i}", "name", day->name, "kind", special_kind_name(day->kind),
                  "position", nears[day->near], "days", day->distance, "seen", day->seen);
    if (day->has_uplift)
        set_real(object, day->lent ? "lent" : "uplift", day->uplift);
    return object;
}

static json_t *days_json(const struct explained_forecast *explained)
{
    json_t *days = json_array();
    for (int i = 0; i < explained->forecast.n_days; i++) {
        const struct explain_day *day = &explained->forecast.explanation->days[i];
        json_t *object = json_object();
        const struct {
            const char *key;
            double value;
        } figures[] = {{"contacts", day->contacts}, {"low80", day->low80},        {"high80", day->high80},
                       {"low95", day->low95},       {"high95", day->high95},      {"usual", day->usual},
                       {"drift", day->drift},       {"weekday", day->weekday},    {"year", day->year},
                       {"month", day->month},       {"special", day->special},    {"part", day->part},
                       {"rest", day->rest},         {"last_year", day->last_year}};
        set_day(object, "date", day->day);
        for (gsize k = 0; k < G_N_ELEMENTS(figures); k++)
            set_real(object, figures[k].key, figures[k].value);
        if (explained->stored_day != NULL)
            set_real(object, "stored", explained->stored_day[i]);
        if (explained->hand_day != NULL)
            set_real(object, "with_hand", explained->hand_day[i]);
        if (day->near != EXPLAIN_PLAIN)
            json_object_set_new(object, "special_day", special_json(day));
        json_array_append_new(days, object);
    }
    return days;
}

static json_t *past_json(const struct explanation *e)
{
    json_t *past = json_array();
    for (int i = 0; i < e->n_past; i++) {
        json_t *object = json_object();
        set_day(object, "date", e->past[i].day);
        set_real(object, "contacts", e->past[i].contacts);
        json_object_set_new(object, "special", json_boolean(e->past[i].special));
        set_real(object, "trust", e->past[i].trust);
        json_array_append_new(past, object);
    }
    return past;
}

static json_t *models_json(const struct forecast *forecast)
{
    json_t *models = json_array();
    for (int m = 0; m < forecast->n_models; m++) {
        json_t *object =
            json_pack("{s:s, s:s, s:f}", "name", forecast->models[m].name, "words",
                      model_words(forecast->models[m].name), "weight", forecast->models[m].weight);
        set_real(object, "wape", forecast->models[m].wape);
        json_array_append_new(models, object);
    }
    return models;
}

static json_t *errors_json(const struct forecast_backtest *test)
{
    json_t *object = json_pack("{s:i}", "origins", test->origins);
    set_real(object, "wape", test->wape);
    set_real(object, "day_wape", test->day_wape);
    set_real(object, "naive_wape", test->naive_wape);
    set_real(object, "bias", test->bias);
    set_real(object, "cov80", test->cov80);
    set_real(object, "day_cov80", test->day_cov80);
    return object;
}

static json_t *level_json(const struct explanation *e)
{
    json_t *object = json_object(), *weekdays = json_object();
    const struct {
        const char *key;
        double value;
    } figures[] = {{"ordinary_week", e->level},       {"last_four_weeks", e->recent},
                   {"four_weeks_before", e->earlier}, {"same_weeks_last_year", e->last_year},
                   {"trend_week", e->trend},          {"drift_week", e->drift_week}};
    for (gsize k = 0; k < G_N_ELEMENTS(figures); k++)
        set_real(object, figures[k].key, figures[k].value);
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++)
        set_real(weekdays, weekday_names[weekday], e->weekday[weekday]);
    json_object_set_new(object, "weekdays", weekdays);
    return object;
}

static json_t *profile_json(const struct explanation *e)
{
    json_t *profile = json_object();
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        json_t *slots = json_array();
        for (int slot = 0; slot < e->n_slots; slot++)
            json_array_append_new(slots, json_real(e->profile[weekday * e->n_slots + slot]));
        json_object_set_new(profile, weekday_names[weekday], slots);
    }
    return profile;
}

static json_t *data_json(const struct explanation *e)
{
    json_t *data = json_pack("{s:f, s:i, s:i, s:i, s:i}", "history_weeks", e->history_weeks, "days_cleaned",
                             e->days_cleaned, "intervals_missing", e->slots_missing, "zeros_dropped",
                             e->zeros_dropped, "gap_days", e->gap_days);
    if (e->shift_day != INT32_MIN)
        set_day(data, "new_level_since", e->shift_day);
    return data;
}

static json_t *explained_json(const struct planning *planning, const struct explained_forecast *x)
{
    const struct explanation *e = x->forecast.explanation;
    const struct queue *queue = &planning->operation->queues[x->queue];
    g_autofree char *words = forecast_words(planning, x, 100000);
    json_t *object = json_pack("{s:s, s:s, s:s}", "queue", queue->id, "zone", queue->zone, "words", words);
    json_object_set_new(object, "level", level_json(e));
    json_object_set_new(object, "days", days_json(x));
    json_object_set_new(object, "history", past_json(e));
    json_object_set_new(object, "profile", profile_json(e));
    json_object_set_new(object, "profile_interval_minutes", json_integer(e->interval_s / 60));
    json_object_set_new(object, "models", models_json(&x->forecast));
    json_object_set_new(object, "errors", errors_json(&x->forecast.backtest));
    json_object_set_new(object, "data", data_json(e));
    if (x->stored_id != 0) {
        g_autofree char *when = time_format(x->stored_ts, x->zone);
        json_object_set_new(object, "stored",
                            json_pack("{s:I, s:s, s:b, s:i}", "id", (json_int_t)x->stored_id, "created", when,
                                      "same_inputs", x->same_inputs, "totals", x->totals));
    }
    return object;
}

json_t *forecast_explained_json(const struct planning *planning, const struct explained_forecast *explained,
                                int n)
{
    json_t *all = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(all, explained_json(planning, &explained[i]));
    return all;
}
