#include "core/feasts.h"

#include <string.h>

#include "core/error.h"
#include "core/feasts_table.h"
#include "core/zone.h"

#define SUBSTITUTE_MAX_DAYS 7

int32_t easter_day(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
    int f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    int month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;
    return day_from_civil(year, month, day);
}

int32_t orthodox_easter_day(int year)
{
    int d = (19 * (year % 19) + 15) % 30, e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    int month = (d + e + 114) / 31, day = (d + e + 114) % 31 + 1;
    return day_from_civil(year, month, day) + 13; /* Julian to Gregorian, 1900 to 2099 */
}

static int32_t nth_weekday(int year, int month, int weekday, int nth)
{
    if (nth > 0) {
        int32_t first = day_from_civil(year, month, 1);
        return first + (weekday - day_weekday(first) + WEEK_DAYS) % WEEK_DAYS + (nth - 1) * WEEK_DAYS;
    }
    int32_t last = day_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1) - 1;
    return last - (day_weekday(last) - weekday + WEEK_DAYS) % WEEK_DAYS;
}

/* Vernal and autumnal equinox in Japan, 1980 to 2099. */
static int32_t equinox(int year, int month)
{
    double base = month == 3 ? 20.8431 : 23.2488;
    int day = (int)(base + 0.242194 * (year - 1980)) - (year - 1980) / 4;
    return day_from_civil(year, month, day);
}

/* Days a rule gives within a year, before shifts; lunar feasts may come twice. Returns how many. */
static int days_of(const struct feast_rule *rule, int year, int32_t out[2])
{
    switch (rule->when) {
    case WHEN_DATE:
        out[0] = day_from_civil(year, rule->a, rule->b);
        return 1;
    case WHEN_EASTER:
        out[0] = easter_day(year) + rule->a;
        return 1;
    case WHEN_ORTHODOX:
        out[0] = orthodox_easter_day(year) + rule->a;
        return 1;
    case WHEN_NTH:
        out[0] = nth_weekday(year, rule->a, rule->b, rule->c);
        return 1;
    case WHEN_ON_OR: {
        int32_t day = day_from_civil(year, rule->a, rule->b);
        out[0] = day + (rule->c - day_weekday(day) + WEEK_DAYS) % WEEK_DAYS;
        return 1;
    }
    case WHEN_BEFORE: {
        int32_t day = day_from_civil(year, rule->a, rule->b) - 1;
        out[0] = day - (day_weekday(day) - rule->c + WEEK_DAYS) % WEEK_DAYS;
        return 1;
    }
    case WHEN_EQUINOX:
        out[0] = equinox(year, rule->a);
        return 1;
    case WHEN_TABLE:
        break;
    }
    int n = 0;
    for (const int *date = feast_lunar_dates[rule->a]; *date != 0 && n < 2; date++)
        if (*date / 10000 == year)
            out[n++] = day_from_civil(year, *date / 100 % 100, *date % 100) + rule->b;
    return n;
}

static int32_t moved(int32_t day, enum feast_shift shift)
{
    int weekday = day_weekday(day);
    if (shift == SHIFT_TO_SATURDAY && weekday == 6)
        return day - 1;
    if (shift == SHIFT_TO_MONDAY)
        return day + (WEEK_DAYS - weekday) % WEEK_DAYS;
    if (shift == SHIFT_TO_NEAR_MONDAY && (weekday == 1 || weekday == 2))
        return day - weekday;
    if (shift == SHIFT_TO_NEAR_MONDAY && (weekday == 3 || weekday == 4))
        return day + WEEK_DAYS - weekday;
    return day;
}

static bool taken(const GArray *feasts, int32_t day)
{
    for (guint i = 0; i < feasts->len; i++)
        if (g_array_index(feasts, struct feast, i).day == day)
            return true;
    return false;
}

/* The day that stands in for a feast, which itself stays; the feast's own when none does. */
static int32_t substitute(const GArray *feasts, int32_t day, enum feast_shift shift)
{
    int weekday = day_weekday(day);
    if (shift == SHIFT_NEAREST)
        return weekday == 5 ? day - 1 : weekday == 6 ? day + 1 : day;
    if ((shift != SHIFT_NEXT || weekday < 5) && (shift != SHIFT_SUNDAY_NEXT || weekday != 6))
        return day;
    for (int32_t next = day + 1; next <= day + SUBSTITUTE_MAX_DAYS; next++)
        if (day_weekday(next) < 5 && !taken(feasts, next))
            return next;
    return day;
}

static bool has_part(const char *parts, const char *part)
{
    size_t n = strlen(part);
    for (const char *at = parts; at != NULL && n > 0; at = strchr(at, ','), at += at != NULL)
        if (strncmp(at, part, n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

/* "DE-BY" as country and part; plain GB is England and Wales. */
struct place {
    char country[3], part[8];
};

static bool place_parse(const char *code, struct place *place)
{
    size_t n = strlen(code);
    if (n < 2 || (n > 2 && code[2] != '-') || n == 3 || n >= 3 + sizeof place->part)
        return false;
    g_strlcpy(place->country, code, sizeof place->country);
    g_strlcpy(place->part,
              n > 3                               ? code + 3
              : strcmp(place->country, "GB") == 0 ? "ENG"
                                                  : "",
              sizeof place->part);
    return true;
}

static bool in_force(const struct feast_rule *rule, const struct place *place, int year)
{
    return strcmp(rule->country, place->country) == 0 &&
           (rule->parts == NULL || has_part(rule->parts, place->part)) && year >= rule->from &&
           (rule->to == 0 || year <= rule->to);
}

static int by_day(const void *a, const void *b)
{
    const struct feast *left = a, *right = b;
    return (left->day > right->day) - (left->day < right->day);
}

/* All feasts of a year, with substitutes that may lie in the next. */
static void add_year(GArray *out, const struct place *place, int year)
{
    GArray *feasts = g_array_new(FALSE, FALSE, sizeof(struct feast));
    struct shifted {
        struct feast feast;
        enum feast_shift shift;
    };
    GArray *shifted = g_array_new(FALSE, FALSE, sizeof(struct shifted));
    for (int r = 0; r < feast_n_rules; r++) {
        const struct feast_rule *rule = &feast_rules[r];
        int32_t days[2];
        int n = in_force(rule, place, year) ? days_of(rule, year, days) : 0;
        for (int i = 0; i < n; i++) {
            struct shifted row = {{moved(days[i], rule->shift), rule->name}, rule->shift};
            g_array_append_val(feasts, row.feast);
            g_array_append_val(shifted, row);
        }
    }
    g_array_sort(shifted, by_day); /* struct feast comes first */
    for (guint i = 0; i < shifted->len; i++) {
        struct shifted row = g_array_index(shifted, struct shifted, i);
        struct feast other = {substitute(feasts, row.feast.day, row.shift), NULL};
        if (other.day == row.feast.day || taken(feasts, other.day))
            continue;
        g_autofree char *name = g_strdup_printf("%s (substitute)", row.feast.name);
        other.name = g_intern_string(name);
        g_array_append_val(feasts, other);
    }
    g_array_append_vals(out, feasts->data, feasts->len);
    g_array_free(feasts, TRUE);
    g_array_free(shifted, TRUE);
}

struct feast *feasts_between(const char *codes, int32_t first_day, int32_t last_day, int *n)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct feast));
    g_auto(GStrv) parts = g_strsplit(codes, ",", -1);
    for (int i = 0; parts[i] != NULL; i++) {
        struct place place;
        GArray *own = g_array_new(FALSE, FALSE, sizeof(struct feast));
        if (place_parse(g_strstrip(parts[i]), &place))
            for (int year = day_civil(first_day).year - 1; year <= day_civil(last_day).year + 1; year++)
                add_year(own, &place, year);
        for (guint k = 0; k < own->len; k++) {
            struct feast feast = g_array_index(own, struct feast, k);
            if (feast.day >= first_day && feast.day <= last_day && !taken(all, feast.day))
                g_array_append_val(all, feast);
        }
        g_array_free(own, TRUE);
    }
    g_array_sort(all, by_day);
    *n = (int)all->len;
    return (struct feast *)(void *)g_array_free(all, FALSE);
}

/* All countries, or the parts of one. */
static char *known(const char *country)
{
    GString *list = g_string_new(NULL);
    const char *last = "";
    for (int r = 0; r < feast_n_rules; r++) {
        const struct feast_rule *rule = &feast_rules[r];
        if (country == NULL && strcmp(rule->country, last) != 0)
            g_string_append_printf(list, "%s%s", *last != '\0' ? ", " : "", rule->country);
        last = rule->country;
        if (country == NULL || strcmp(country, rule->country) != 0 || rule->parts == NULL)
            continue;
        g_auto(GStrv) parts = g_strsplit(rule->parts, ",", -1);
        for (int i = 0; parts[i] != NULL; i++)
            if (!has_part(list->str, parts[i]))
                g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "", parts[i]);
    }
    return g_string_free(list, FALSE);
}

bool feasts_check(const char *codes, GError **error)
{
    g_autofree char *countries = known(NULL);
    g_auto(GStrv) parts = g_strsplit(codes, ",", -1);
    for (int i = 0; *codes != '\0' && parts[i] != NULL; i++) {
        struct place place;
        const char *code = g_strstrip(parts[i]);
        bool parsed = place_parse(code, &place);
        const char *at = parsed ? strstr(countries, place.country) : NULL;
        if (at == NULL || strlen(place.country) != 2 || (at != countries && at[-1] != ' '))
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "no holidays are known of \"%.20s\"; there are those of %s", code, countries);
        g_autofree char *of = known(place.country);
        if (*place.part != '\0' && !has_part(of, place.part))
            return wfm_fail(error, WFM_ERROR_INPUT, "no part \"%s\" of %s has holidays of its own%s%s",
                            place.part, place.country, *of != '\0' ? "; there are " : "", of);
    }
    return true;
}
