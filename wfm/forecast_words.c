#include "wfm/forecast_words.h"

#include <math.h>
#include <string.h>

#include "forecast/model.h"
#include "wfm/forecast_sayings.h"
#include "core/week.h"

#define LABEL_WIDTH 11
#define SAID_WEIGHT 0.05 /* of a model */
#define MODELS_SAID 5
#define WHOLE_SHARE 0.9

const char *const weekday_names[WEEK_DAYS] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                              "Friday", "Saturday", "Sunday"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char *day_words(int32_t day, bool year)
{
    struct civil civil = day_civil(day);
    char *text = g_strdup_printf("%.3s %d %s", weekday_names[day_weekday(day)], civil.day,
                                 month_names[civil.month - 1]);
    if (!year)
        return text;
    char *with = g_strdup_printf("%s %d", text, civil.year);
    g_free(text);
    return with;
}

double explained_planned(const struct explained_forecast *explained, int day)
{
    return explained->hand_day != NULL ? explained->hand_day[day] : explained->forecast.day_offered[day];
}

void explained_whole_days(const struct explanation *e, int *from, int *to)
{
    *from = 0;
    *to = e->n_days;
    while (*from < *to - 1 && e->days[*from].part < WHOLE_SHARE)
        ++*from;
    while (*to > *from + 1 && e->days[*to - 1].part < WHOLE_SHARE)
        --*to;
}

/* ---- text ---- */

/* "12345", or with a decimal where that says something. */
static void say_number(GString *out, double value)
{
    g_string_append_printf(out, value < 100 ? "%.1f" : "%.0f", value);
}

void say_change(GString *out, double factor)
{
    double percent = 100 * (factor - 1);
    g_string_append_printf(out, fabs(percent) < 9.95 ? "%s%.1f %%" : "%s%.0f %%", percent < 0 ? "−" : "+",
                           fabs(percent));
}

/* A labelled paragraph, wrapped between spaces; %-signs stay with their number. */
static void add_paragraph(GString *out, const char *label, const char *text, int width)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 0);
    int column = 2 + LABEL_WIDTH;
    g_string_append_printf(out, "  %-*s", LABEL_WIDTH, label);
    for (int i = 0; words[i] != NULL; i++) {
        bool glued = words[i + 1] != NULL && words[i + 1][0] == '%';
        int length = text_width(words[i]) + (glued ? 1 + text_width(words[i + 1]) : 0);
        if (column + 1 + length > width && column > 2 + LABEL_WIDTH) {
            g_string_append_printf(out, "\n  %*s", LABEL_WIDTH, "");
            column = 2 + LABEL_WIDTH;
        } else if (i > 0) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, words[i]);
        column += text_width(words[i]);
    }
    g_string_append_c(out, '\n');
}

/* ---- paragraphs ---- */

static void say_total(const struct saying *s, GString *out)
{
    const struct forecast *forecast = &s->explained->forecast;
    double planned = 0;
    for (int day = 0; day < forecast->n_days; day++)
        planned += explained_planned(s->explained, day);
    say_number(out, planned);
    g_string_append(out, " contacts.");
    if (forecast->n_weeks == 1 || (forecast->n_weeks == 2 && forecast->n_days == WEEK_DAYS + 1 &&
                                   forecast->day_offered[WEEK_DAYS] <= 0)) {
        double move = forecast->week_offered[0] > 0 ? planned / forecast->week_offered[0] : 1;
        g_string_append(out, " Eight of ten such weeks lie between ");
        say_number(out, move * forecast->week_quantile[2 * forecast->n_weeks]);
        g_string_append(out, " and ");
        say_number(out, move * forecast->week_quantile[4 * forecast->n_weeks]);
        g_string_append_c(out, '.');
    }
    int from, to;
    explained_whole_days(s->e, &from, &to);
    for (int day = 0; day < forecast->n_days; day++)
        if ((day < from || day >= to) && s->e->days[day].contacts > 0) {
            g_autofree char *date = day_words(s->e->days[day].day, false);
            g_string_append_printf(out, " Of %s %.0f %% belong to it (weeks are those of the planning zone).",
                                   date, 100 * s->e->days[day].part);
        }
}

static void say_against(GString *out, double level, const char *what, double other)
{
    if (isnan(other) || other <= 0)
        return;
    g_string_append_printf(out, "; %s had ", what);
    say_number(out, other);
    g_string_append(out, " (");
    say_change(out, level / other);
    g_string_append(out, " since)");
}

static void say_level(const struct saying *s, GString *out)
{
    const struct explanation *e = s->e;
    g_string_append(out, "An ordinary week, without special days, has ");
    say_number(out, e->level);
    g_string_append(out, " contacts");
    say_against(out, e->level, "the last four weeks", e->recent);
    say_against(out, e->level, "the four before", e->earlier);
    say_against(out, e->level, "the same weeks last year", e->last_year);
    g_string_append_c(out, '.');
}

static void say_trend(const struct saying *s, GString *out)
{
    const struct explanation *e = s->e;
    if (isnan(e->trend)) {
        g_string_append_printf(out, "With %.1f weeks of history nothing is said of growth.",
                               e->history_weeks);
        return;
    }
    if (fabs(e->trend) < 0.001) {
        g_string_append(out, "Over the last eight weeks the level has stayed");
    } else {
        g_string_append_printf(out, "Over the last eight weeks ordinary weeks have %s ",
                               e->trend > 0 ? "grown by" : "shrunk by");
        g_string_append_printf(out, "%.1f %% a week", 100 * fabs(e->trend));
    }
    if (s->explained->forecast.n_days < 2 * WEEK_DAYS)
        g_string_append_c(out, '.');
    else if (fabs(e->drift_week) < 0.0005)
        g_string_append(out, "; the forecast keeps its level from week to week.");
    else
        g_string_append_printf(out, "; the forecast %s by %.1f %% a week.",
                               e->drift_week > 0 ? "grows" : "shrinks", 100 * fabs(e->drift_week));
}

/* Slot by the clock. */
static void say_slot(const struct explanation *e, GString *out, int slot)
{
    int minute = slot * e->interval_s / 60;
    g_string_append_printf(out, "%02d:%02d", minute / 60, minute % 60);
}

/* One kind of days: weekdays of the mask. */
static void say_profile(const struct explanation *e, GString *out, const char *what, int mask)
{
    g_autofree double *mean = g_new0(double, (gsize)e->n_slots);
    double sum = 0, best = 0, so_far = 0;
    int per_hour = MAX(1, 3600 / e->interval_s), peak = 0, first = -1, last = -1, half = 0;
    for (int i = 0; i < WEEK_DAYS * e->n_slots; i++)
        if ((mask >> (i / e->n_slots) & 1) != 0)
            mean[i % e->n_slots] += e->profile[i];
    for (int slot = 0; slot < e->n_slots; slot++) {
        sum += mean[slot];
        first = first < 0 && mean[slot] > 0 ? slot : first;
        last = mean[slot] > 0 ? slot : last;
    }
    if (sum <= 0)
        return;
    for (int slot = 0; slot + per_hour <= e->n_slots; slot++) {
        double hour = 0;
        for (int i = slot; i < slot + per_hour; i++)
            hour += mean[i];
        peak = hour > best ? slot : peak;
        best = MAX(best, hour);
    }
    while (half < e->n_slots && so_far + mean[half] < sum / 2)
        so_far += mean[half++];
    g_string_append_printf(out, "%s%s contacts come ", out->len > 0 ? " " : "", what);
    if (first == 0 && last == e->n_slots - 1) {
        g_string_append(out, "around the clock");
    } else {
        g_string_append(out, "from ");
        say_slot(e, out, first);
        g_string_append(out, " to ");
        say_slot(e, out, last + 1);
    }
    g_string_append(out, ", most from ");
    say_slot(e, out, peak);
    g_string_append(out, " to ");
    say_slot(e, out, peak + per_hour);
    g_string_append_printf(out, " (%.1f %% of the day); half of them are in by ", 100 * best / sum);
    say_slot(e, out, half + 1);
    g_string_append_c(out, '.');
}

static void say_profiles(const struct saying *s, GString *out)
{
    if (s->e->n_slots < 2) {
        g_string_append(
            out, "History comes by day; it is spread over the day as the queue's own intervals are, or "
                 "evenly over its opening hours.");
        return;
    }
    say_profile(s->e, out, "From Monday to Friday", 0x1f);
    say_profile(s->e, out, "On Saturday and Sunday", 0x60);
}

static int by_weight(const void *a, const void *b)
{
    double left = ((const struct forecast_model_report *)a)->weight,
           right = ((const struct forecast_model_report *)b)->weight;
    return (left < right) - (left > right);
}

const char *model_words(const char *name)
{
    for (int m = 0; m < forecast_n_models; m++)
        if (strcmp(forecast_models[m]->name, name) == 0)
            return forecast_models[m]->words;
    return "";
}

static void say_models(const struct saying *s, GString *out)
{
    const struct forecast *forecast = &s->explained->forecast;
    struct forecast_model_report models[FORECAST_MODELS_MAX];
    int said = 0;
    double rest = 0;
    memcpy(models, forecast->models, sizeof models);
    qsort(models, (size_t)forecast->n_models, sizeof *models, by_weight);
    for (int m = 0; m < forecast->n_models; m++) {
        if (said >= MODELS_SAID || (said > 0 && models[m].weight < SAID_WEIGHT)) {
            rest += models[m].weight;
            continue;
        }
        g_string_append_printf(out, "%s%.0f %% %s (%s", said > 0 ? "; " : "", 100 * models[m].weight,
                               models[m].name, model_words(models[m].name));
        if (!isnan(models[m].wape))
            g_string_append_printf(out, "; alone %.1f %% off", 100 * models[m].wape);
        g_string_append_c(out, ')');
        said++;
    }
    if (rest > 0.005)
        g_string_append_printf(out, "; %.0f %% others", 100 * rest);
    g_string_append_c(out, '.');
}

static void say_errors(const struct saying *s, GString *out)
{
    const struct forecast_backtest *test = &s->explained->forecast.backtest;
    if (test->origins == 0 || isnan(test->wape)) {
        g_string_append_printf(out, "%.1f weeks of history are too short for a test.", s->e->history_weeks);
        return;
    }
    g_string_append_printf(out, "Tested on %d past weeks as if they were still to come: ", test->origins);
    if (s->e->n_slots > 1)
        g_string_append_printf(out, "%.1f %% off by interval (WAPE), ", 100 * test->wape);
    g_string_append_printf(out, "%.1f %% by day", 100 * test->day_wape);
    if (!isnan(test->naive_wape))
        g_string_append_printf(out, "; the same weekday of the week before (seasonal naive) %.1f %%",
                               100 * test->naive_wape);
    g_string_append_printf(out, ". Altogether %s by %.1f %%. Of the days %.0f %% lay in their 80 %% band.",
                           test->bias >= 0 ? "too high" : "too low", 100 * fabs(test->bias),
                           100 * test->day_cov80);
}

static void say_data(const struct saying *s, GString *out)
{
    const struct explanation *e = s->e;
    g_string_append_printf(out, "%.1f weeks of history", e->history_weeks);
    if (e->days_cleaned > 0)
        g_string_append_printf(out, "; %d days far from their neighbours count less", e->days_cleaned);
    if (e->slots_missing > 0)
        g_string_append_printf(out, "; %d open intervals without a figure", e->slots_missing);
    if (e->zeros_dropped > 0)
        g_string_append_printf(out, ", %d of them zeros that can only be an outage", e->zeros_dropped);
    if (e->gap_days > 0)
        g_string_append_printf(out, "; %d days are missing between it and the forecast", e->gap_days);
    if (e->shift_day != INT32_MIN) {
        g_autofree char *day = day_words(e->shift_day, true);
        g_string_append_printf(out, "; a new level began on %s, what was before counts less", day);
    }
    g_string_append_c(out, '.');
}

static double sum_of(const double *values, int n)
{
    double sum = 0;
    for (int i = 0; values != NULL && i < n; i++)
        sum += values[i];
    return sum;
}

static void say_stored(const struct saying *s, GString *out)
{
    const struct explained_forecast *x = s->explained;
    int n = x->forecast.n_days;
    if (x->stored_id == 0) {
        g_string_append(out, "No forecast of these weeks is stored: wfm forecast stores one.");
        return;
    }
    double own = sum_of(x->forecast.day_offered, n), stored = sum_of(x->stored_day, n),
           hand = sum_of(x->hand_day, n);
    g_autofree char *when = time_format(x->stored_ts, x->zone);
    g_string_append_printf(out, "Forecast %" G_GINT64_FORMAT " of %s has ", x->stored_id, when);
    say_number(out, stored);
    g_string_append(out, " contacts");
    if (!x->same_inputs) {
        g_string_append(out, ": made from other history, special days, settings or weeks than these (");
        say_change(out, stored > 0 ? own / stored : 1);
        g_string_append(out, " since then)");
    } else if (x->totals > 0) {
        g_string_append(out, ": ");
        say_change(out, own > 0 ? stored / own : 1);
        g_string_append_printf(out, ", by making the queues agree with %d %s", x->totals,
                               x->totals == 1 ? "total" : "totals");
    }
    if (fabs(hand - stored) > 0.05) {
        g_string_append(out, "; with the planner's overrides ");
        say_number(out, hand);
        g_string_append(out, " (");
        say_change(out, stored > 0 ? hand / stored : 1);
        g_string_append_c(out, ')');
    }
    g_string_append_c(out, '.');
}

static const struct {
    const char *label;
    void (*say)(const struct saying *saying, GString *out);
} paragraphs[] = {
    {"forecast", say_total},      {"level", say_level},      {"trend", say_trend},
    {"weekdays", say_weekdays},   {"special", say_specials}, {"calendar", say_calendar},
    {"in the day", say_profiles}, {"models", say_models},    {"errors", say_errors},
    {"data", say_data},           {"stored", say_stored},
};

char *forecast_words(const struct planning *planning, const struct explained_forecast *explained, int width)
{
    const struct explanation *e = explained->forecast.explanation;
    const struct saying saying = {explained, e};
    GString *out = g_string_new(NULL);
    int from, to;
    explained_whole_days(e, &from, &to);
    g_autofree char *first = day_words(e->days[from].day, false),
                    *last = day_words(e->days[to - 1].day, true);
    const struct queue *queue = &planning->operation->queues[explained->queue];
    g_string_append_printf(out, "%s, %s – %s (%s)\n", queue->id, first, last, queue->zone);
    for (gsize i = 0; i < G_N_ELEMENTS(paragraphs); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        paragraphs[i].say(&saying, text);
        if (text->len > 0)
            add_paragraph(out, paragraphs[i].label, text->str, MAX(40, width));
    }
    return g_string_free(out, FALSE);
}
