#include "forecast/calendar.h"

#include "forecast/array.h"

#include <math.h>
#include <string.h>

static bool like_holiday(enum special_kind kind)
{
    return kind == SPECIAL_HOLIDAY || kind == SPECIAL_OTHER;
}

bool calendar_name_is_empty(const char *name)
{
    static const char *const empty[] = {"",        "special",        "special day",
                                        "holiday", "public holiday", "bank holiday"};
    for (gsize i = 0; i < G_N_ELEMENTS(empty); i++)
        if (g_ascii_strcasecmp(name, empty[i]) == 0)
            return true;
    return false;
}

/* Month × 100 + day of a feast whose name says nothing: the date is its name then. 0 = the name is enough. */
static int feast_date(const struct forecast_special *special, const char *name)
{
    struct civil civil = day_civil(special->day);
    return like_holiday(special->kind) && calendar_name_is_empty(name) ? civil.month * 100 + civil.day : 0;
}

void calendar_init(struct day_calendar *calendar, int32_t first_day, int32_t last_day,
                   const struct forecast_special *specials, int n_specials)
{
    *calendar = (struct day_calendar){.first_day = first_day, .n_days = last_day - first_day + 1};
    calendar->days = g_new0(struct day_info, (gsize)calendar->n_days);
    calendar->names = g_new0(const char *, (gsize)n_specials + 1);
    g_autofree int *dates = g_new0(int, (gsize)n_specials + 1);
    for (int i = 0; i < calendar->n_days; i++) {
        calendar->days[i].weekday = day_weekday(first_day + i);
        calendar->days[i].feast = -1;
    }
    for (int i = 0; i < n_specials; i++) {
        const struct forecast_special *special = &specials[i];
        if (special->day < first_day || special->day > last_day)
            continue;
        struct day_info *info = &calendar->days[special->day - first_day];
        info->closed |= special->kind == SPECIAL_CLOSED;
        if (special->open_to_min > 0) {
            info->open_from_min = special->open_from_min;
            info->open_to_min = special->open_to_min;
        }
        if (special->has_uplift) {
            info->has_uplift = true;
            info->uplift = special->uplift;
        }
        info->holiday |= like_holiday(special->kind);
        info->unplanned |= special->kind == SPECIAL_UNPLANNED;
        bool first_event = special->kind == SPECIAL_EVENT && !info->event && info->feast < 0;
        info->event |= special->kind == SPECIAL_EVENT;
        if (special->kind == SPECIAL_UNPLANNED || (special->kind == SPECIAL_EVENT && !first_event))
            continue;
        const char *name = special->name != NULL ? special->name : "";
        int at = 0, date = feast_date(special, name);
        while (at < calendar->n_names && (dates[at] != date || strcmp(calendar->names[at], name) != 0))
            at++;
        if (at == calendar->n_names) {
            dates[at] = date;
            calendar->names[calendar->n_names++] = name;
        }
        info->feast = at;
    }
}

void calendar_clear(struct day_calendar *calendar)
{
    g_free(calendar->days);
    g_free(calendar->names);
    *calendar = (struct day_calendar){0};
}

static bool feast_at(const struct day_calendar *calendar, int32_t day, int *feast)
{
    int i = day - calendar->first_day;
    if (i < 0 || i >= calendar->n_days)
        return false;
    *feast = calendar->days[i].feast;
    return calendar->days[i].closed || calendar->days[i].holiday;
}

static bool event_at(const struct day_calendar *calendar, int32_t day)
{
    int i = day - calendar->first_day;
    return i >= 0 && i < calendar->n_days && calendar->days[i].event;
}

/* One-column rules: what a day is worth in the column. */
struct day_view {
    const struct day_calendar *calendar;
    int32_t day;
    struct civil civil;
    int month_days;
    double year; /* 0..1 */
};

static int days_in_month(struct civil civil)
{
    int next_year = civil.month == 12 ? civil.year + 1 : civil.year;
    return day_from_civil(next_year, civil.month % 12 + 1, 1) - day_from_civil(civil.year, civil.month, 1);
}

static double x_holiday(const struct day_view *v, int a)
{
    const struct day_info *info = &v->calendar->days[v->day - v->calendar->first_day];
    (void)a;
    return info->holiday;
}

/* A day at distance `a` from a feast, not itself one. */
static double x_near(const struct day_view *v, int a)
{
    int feast;
    return !feast_at(v->calendar, v->day, &feast) && feast_at(v->calendar, v->day - a, &feast);
}

/* A free Saturday or Sunday of a weekend that a feast makes longer, on its Thursday or Friday (a = 0) or on
 * the Monday or Tuesday after it (a = 1). */
static double x_long_weekend(const struct day_view *v, int a)
{
    int weekday = day_weekday(v->day), feast;
    int32_t first = v->day - weekday + (a == 0 ? 3 : 7);
    if (weekday < 5 || feast_at(v->calendar, v->day, &feast))
        return 0;
    return feast_at(v->calendar, first, &feast) || feast_at(v->calendar, first + 1, &feast);
}

/* The working day between a feast and a weekend. */
static double x_bridge(const struct day_view *v, int a)
{
    int weekday = day_weekday(v->day), feast;
    (void)a;
    if ((weekday != 0 && weekday != 4) || feast_at(v->calendar, v->day, &feast))
        return 0;
    return feast_at(v->calendar, weekday == 0 ? v->day + 1 : v->day - 1, &feast);
}

/* Monday to Friday and no feast. */
static bool is_working_day(const struct day_calendar *calendar, int32_t day)
{
    int feast;
    return day_weekday(day) < 5 && !feast_at(calendar, day, &feast);
}

/* The first working day after a feast (a = 1), the second (2), or the last before it (-1), also with a
 * weekend between: the days after, in queues that rest on weekends. */
static double x_work_near(const struct day_view *v, int a)
{
    int feast, step = a > 0 ? 1 : -1, left = ABS(a);
    int32_t day = v->day;
    if (!is_working_day(v->calendar, day))
        return 0;
    for (; left > 0 && !feast_at(v->calendar, day, &feast); left -= day_weekday(day) < 5)
        day -= step;
    return left == 0 && feast_at(v->calendar, day, &feast) && day_weekday(day) < 5;
}

/* Place among the working days of the month: a = 1, 2, 3 from its start, -1 from its end. */
static double x_month_work(const struct day_view *v, int a)
{
    int step = a > 0 ? -1 : 1, place = 1;
    if (!is_working_day(v->calendar, v->day))
        return 0;
    for (int day = v->civil.day + step; day >= 1 && day <= v->month_days && place <= ABS(a); day += step)
        place += is_working_day(v->calendar, v->day + day - v->civil.day);
    return place == ABS(a);
}

/* The 15th, or the Monday after it. */
static double x_mid_month(const struct day_view *v, int a)
{
    (void)a;
    return day_weekday(v->day) < 5 &&
           (v->civil.day == 15 || (day_weekday(v->day) == 0 && (v->civil.day == 16 || v->civil.day == 17)));
}

static double x_event(const struct day_view *v, int a)
{
    static const int from[] = {0, 4, 8, 15, 29, 46};
    for (int age = from[a]; age < from[a + 1]; age++)
        if (event_at(v->calendar, v->day - age))
            return 1;
    return 0;
}

static double x_december(const struct day_view *v, int a)
{
    int month = v->civil.month, day = v->civil.day;
    switch (a) {
    case 0:
        return month == 12 && day >= 22 && day <= 24;
    case 1:
        return month == 12 && day >= 26;
    default:
        return month == 1 && day >= 2 && day <= 4;
    }
}

static double x_month_wave(const struct day_view *v, int a)
{
    double angle = 2 * G_PI * (a / 2 + 1) * (v->civil.day - 0.5) / v->month_days;
    return a % 2 == 0 ? sin(angle) : cos(angle);
}

static double x_month_day(const struct day_view *v, int a)
{
    int day = v->civil.day;
    switch (a) {
    case 0:
        return day == 1;
    case 1:
        return day == 2 || day == 3;
    case 2:
        return day == 15 || day == 16;
    default:
        return day == v->month_days;
    }
}

static double x_year(const struct day_view *v, int a)
{
    double angle = 2 * G_PI * (a / 2 + 1) * v->year;
    return a % 2 == 0 ? sin(angle) : cos(angle);
}

static const struct {
    double (*x)(const struct day_view *view, int a);
    int a;
    int group;
    double penalty;
} rules[] = {
    {x_holiday, 0, FEATURE_SPECIAL, 0.3},
    {x_near, -1, FEATURE_SPECIAL, 0.5},
    {x_near, 1, FEATURE_SPECIAL, 0.5},
    {x_near, 2, FEATURE_SPECIAL, 0.8},
    {x_long_weekend, 0, FEATURE_SPECIAL, 0.8},
    {x_long_weekend, 1, FEATURE_SPECIAL, 0.8},
    {x_bridge, 0, FEATURE_SPECIAL, 0.8},
    {x_work_near, 1, FEATURE_SPECIAL, 1.5},
    {x_work_near, 2, FEATURE_SPECIAL, 1.5},
    {x_work_near, -1, FEATURE_SPECIAL, 1.5},
    {x_event, 0, FEATURE_SPECIAL, 0.6},
    {x_event, 1, FEATURE_SPECIAL, 0.6},
    {x_event, 2, FEATURE_SPECIAL, 0.6},
    {x_event, 3, FEATURE_SPECIAL, 0.6},
    {x_event, 4, FEATURE_SPECIAL, 0.6},
    {x_december, 0, FEATURE_SPECIAL, 3},
    {x_december, 1, FEATURE_SPECIAL, 3},
    {x_december, 2, FEATURE_SPECIAL, 3},
    {x_month_wave, 0, FEATURE_MONTH, 4},
    {x_month_wave, 1, FEATURE_MONTH, 4},
    {x_month_wave, 2, FEATURE_MONTH, 4},
    {x_month_wave, 3, FEATURE_MONTH, 4},
    {x_month_day, 0, FEATURE_MONTH, 6},
    {x_month_day, 1, FEATURE_MONTH, 6},
    {x_month_day, 2, FEATURE_MONTH, 6},
    {x_month_day, 3, FEATURE_MONTH, 6},
    {x_month_work, 1, FEATURE_MONTH, 3},
    {x_month_work, 2, FEATURE_MONTH, 3},
    {x_month_work, 3, FEATURE_MONTH, 3},
    {x_month_work, -1, FEATURE_MONTH, 3},
    {x_mid_month, 0, FEATURE_MONTH, 6},
    {x_year, 0, FEATURE_YEAR_1, 0.5},
    {x_year, 1, FEATURE_YEAR_1, 0.5},
    {x_year, 2, FEATURE_YEAR_2, 1},
    {x_year, 3, FEATURE_YEAR_2, 1},
    {x_year, 4, FEATURE_YEAR_3, 1.5},
    {x_year, 5, FEATURE_YEAR_3, 1.5},
};

/* Per name: on the day, the day before, the day after. */
#define PER_NAME 3
static const double name_penalty[PER_NAME] = {1.5, 3.6, 3.6};
static const int name_shift[PER_NAME] = {0, -1, 1};

static void fill_day(struct day_features *features, const struct day_view *view)
{
    double *x = &features->x[(view->day - features->first_day) * features->n];
    int n_rules = (int)G_N_ELEMENTS(rules);
    for (int j = 0; j < n_rules; j++)
        x[j] = rules[j].x(view, rules[j].a);
    for (int k = 0; k < PER_NAME; k++) {
        int feast = -1, own = -1;
        bool is_own = feast_at(view->calendar, view->day, &own);
        bool is_feast = feast_at(view->calendar, view->day - name_shift[k], &feast);
        bool named = k == 0 ? feast >= 0 : is_feast && !is_own && feast >= 0;
        if (named)
            x[n_rules + feast * PER_NAME + k] = 1;
    }
}

/* Most columns are 0 on most days. */
static void index_days(struct day_features *features)
{
    int n = 0;
    for (int i = 0; i < features->n_days * features->n; i++)
        n += features->x[i] != 0;
    features->first = g_new0(int, (gsize)features->n_days + 1);
    features->column = g_new0(int, (gsize)n + 1);
    n = 0;
    for (int i = 0; i < features->n_days; i++) {
        features->first[i] = n;
        for (int j = 0; j < features->n; j++)
            if (features->x[i * features->n + j] != 0)
                features->column[n++] = j;
    }
    features->first[features->n_days] = n;
}

void features_init(struct day_features *features, const struct day_calendar *calendar, int32_t first_day,
                   int n_days)
{
    int n_rules = (int)G_N_ELEMENTS(rules);
    *features = (struct day_features){
        .first_day = first_day, .n_days = n_days, .n = n_rules + PER_NAME * calendar->n_names};
    features->x = array_new(n_days, features->n);
    features->penalty = array_new(features->n, 1);
    features->group = g_new0(int, (gsize)features->n + 1);
    for (int j = 0; j < features->n; j++) {
        bool named = j >= n_rules;
        features->penalty[j] = named ? name_penalty[(j - n_rules) % PER_NAME] : rules[j].penalty;
        features->group[j] = named ? FEATURE_SPECIAL : rules[j].group;
    }
    for (int i = 0; i < n_days; i++) {
        struct civil civil = day_civil(first_day + i);
        int32_t new_year = day_from_civil(civil.year, 1, 1);
        struct day_view view = {calendar, first_day + i, civil, days_in_month(civil), 0};
        view.year = (first_day + i - new_year) / 365.25;
        fill_day(features, &view);
    }
    index_days(features);
}

void features_clear(struct day_features *features)
{
    g_free(features->x);
    g_free(features->penalty);
    g_free(features->group);
    g_free(features->first);
    g_free(features->column);
    *features = (struct day_features){0};
}
