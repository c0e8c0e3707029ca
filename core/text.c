#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

static bool take_two(const char **p, int *value)
{
    if (!g_ascii_isdigit((*p)[0]) || !g_ascii_isdigit((*p)[1]))
        return false;
    *value = ((*p)[0] - '0') * 10 + ((*p)[1] - '0');
    *p += 2;
    return true;
}

static bool take_clock(const char **p, int *minute)
{
    int h, m;
    if (!take_two(p, &h) || **p != ':')
        return false;
    (*p)++;
    if (!take_two(p, &m) || m > 59)
        return false;
    *minute = h * 60 + m;
    return true;
}

bool clock_parse(const char *text, int max_min, int *minute, GError **error)
{
    const char *p = text;
    int found;
    if (!take_clock(&p, &found) || *p != '\0')
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%.40s\" is not a clock time; write it like \"08:30\"",
                        text);
    if (found > max_min)
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is after %02d:%02d, the latest allowed here", text,
                        max_min / 60, max_min % 60);
    *minute = found;
    return true;
}

static const char weekday_names[WEEK_DAYS][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static bool take_weekday(const char **p, int *weekday)
{
    for (int i = 0; i < WEEK_DAYS; i++)
        if (g_ascii_strncasecmp(*p, weekday_names[i], 3) == 0) {
            *weekday = i;
            *p += 3;
            return true;
        }
    return false;
}

static void skip_spaces(const char **p)
{
    while (**p == ' ' || **p == '\t')
        (*p)++;
}

/* "mon-fri,sun", up to the first character that cannot belong to it. */
static bool take_weekdays(const char **p, uint8_t *weekdays)
{
    if (g_ascii_strncasecmp(*p, "all", 3) == 0) {
        *p += 3;
        *weekdays = (1 << WEEK_DAYS) - 1;
        return true;
    }
    unsigned mask = 0;
    for (;;) {
        int from, to;
        skip_spaces(p);
        if (!take_weekday(p, &from))
            return false;
        to = from;
        if (**p == '-') {
            (*p)++;
            if (!take_weekday(p, &to))
                return false;
        }
        mask |= 1U << to;
        for (int day = from; day != to; day = (day + 1) % WEEK_DAYS)
            mask |= 1U << day;
        if (**p != ',')
            break;
        (*p)++;
    }
    *weekdays = (uint8_t)mask;
    return true;
}

bool weekdays_parse(const char *text, uint8_t *weekdays, GError **error)
{
    const char *p = text;
    uint8_t found;
    if (!take_weekdays(&p, &found) || *p != '\0')
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "\"%.40s\" names no weekdays; write \"mon-fri\", \"sat,sun\" or \"all\"", text);
    *weekdays = found;
    return true;
}

char *weekdays_format(uint8_t weekdays)
{
    if (weekdays == (1 << WEEK_DAYS) - 1)
        return g_strdup("all");
    GString *out = g_string_new(NULL);
    for (int day = 0; day < WEEK_DAYS; day++) {
        int last = day;
        if ((weekdays >> day & 1) == 0)
            continue;
        while (last + 1 < WEEK_DAYS && (weekdays >> (last + 1) & 1) != 0)
            last++;
        g_string_append_printf(out, "%s%s%s%s", out->len > 0 ? "," : "", weekday_names[day],
                               last > day ? "-" : "", last > day ? weekday_names[last] : "");
        day = last;
    }
    return g_string_free(out, FALSE);
}

bool duration_parse(const char *text, double *seconds, GError **error)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"min", 60}, {"s", 1}, {"h", 3600}, {"d", DAY_S}};
    const char *p = text;
    double sum = 0;
    do {
        const char *number = p;
        while (g_ascii_isdigit(*p) || *p == '.')
            p++;
        char digits[24];
        size_t length = (size_t)(p - number), unit = 0;
        double value;
        if (length == 0 || length >= sizeof digits)
            goto bad;
        memcpy(digits, number, length);
        digits[length] = '\0';
        if (!number_parse(digits, '.', &value))
            goto bad;
        skip_spaces(&p);
        while (unit < G_N_ELEMENTS(units) && !g_str_has_prefix(p, units[unit].unit))
            unit++;
        if (unit == G_N_ELEMENTS(units))
            goto bad;
        p += strlen(units[unit].unit);
        sum += value * units[unit].seconds;
        skip_spaces(&p);
    } while (*p != '\0');
    *seconds = sum;
    return true;
bad:
    return wfm_fail(error, WFM_ERROR_INPUT,
                    "\"%.40s\" is not a duration; write it like \"20s\", \"15min\", \"4h\" or \"1h30min\"",
                    text);
}

static bool take_span(const char **p, struct week_span *span)
{
    skip_spaces(p);
    if (!take_weekdays(p, &span->weekdays))
        return false;
    skip_spaces(p);
    if (!take_clock(p, &span->from_min))
        return false;
    skip_spaces(p);
    if (**p != '-')
        return false;
    (*p)++;
    skip_spaces(p);
    if (!take_clock(p, &span->to_min) || span->from_min >= DAY_MIN || span->to_min > 2 * DAY_MIN)
        return false;
    if (span->to_min <= span->from_min)
        span->to_min += DAY_MIN;
    skip_spaces(p);
    return **p == ';' || **p == '\0';
}

bool week_spans_parse(const char *text, struct week_span **spans, int *n, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(struct week_span));
    const char *p = text;
    skip_spaces(&p);
    while (*p != '\0') {
        struct week_span span = {0};
        if (!take_span(&p, &span))
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "\"%.80s\" is no list of weekly times; write \"mon-fri 06:00-20:00; sat 08:00-14:00\"", text);
        g_array_append_val(found, span);
        if (*p == ';')
            p++;
        skip_spaces(&p);
    }
    *n = (int)found->len;
    *spans = found->len == 0 ? NULL : g_memdup2(found->data, found->len * sizeof(struct week_span));
    return true;
}

char *week_spans_format(const struct week_span *spans, int n)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; i < n; i++) {
        g_autofree char *days = weekdays_format(spans[i].weekdays);
        int from = spans[i].from_min, to = spans[i].to_min;
        if (to > DAY_MIN && to - DAY_MIN <= from)
            to -= DAY_MIN;
        g_string_append_printf(out, "%s%s %02d:%02d-%02d:%02d", i > 0 ? "; " : "", days, from / 60, from % 60,
                               to / 60, to % 60);
    }
    return g_string_free(out, FALSE);
}

/* Up to 15 digits times a power of ten up to 22 are exact in one multiplication or division (W. Clinger, "How
   to read floating point numbers accurately", 1990). */
#define EXACT_DIGITS 15
#define EXACT_POWER 22

static bool number_fast(const char *text, char decimal, double *value)
{
    static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *p = text + (*text == '-');
    int64_t digits = 0;
    int n = 0, fraction = 0;
    for (; g_ascii_isdigit(*p); p++, n++)
        if (n < EXACT_DIGITS)
            digits = digits * 10 + (*p - '0');
    if (n > 0 && *p == decimal)
        for (p++; g_ascii_isdigit(*p); p++, n++, fraction++)
            if (n < EXACT_DIGITS)
                digits = digits * 10 + (*p - '0');
    if (*p != '\0' || n == 0 || n > EXACT_DIGITS)
        return false;
    double magnitude = (double)digits / powers[fraction];
    *value = *text == '-' ? -magnitude : magnitude;
    return true;
}

bool number_parse(const char *text, char decimal, double *value)
{
    if (number_fast(text, decimal, value))
        return true;
    char plain[64];
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        bool mark = text[n] == decimal;
        if (n + 1 == sizeof plain || !(g_ascii_isdigit(text[n]) || mark || strchr("+-eE", text[n]) != NULL))
            return false;
        plain[n] = mark ? '.' : text[n];
    }
    plain[n] = '\0';
    char *end;
    double found = g_ascii_strtod(plain, &end);
    if (n == 0 || *end != '\0' || !isfinite(found))
        return false;
    *value = found;
    return true;
}

int text_distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    int n = (int)strlen(a), m = (int)strlen(b);
    if (n > MAX || m > MAX)
        return MAX(n, m);
    int d[MAX + 1][MAX + 1];
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN(best, MIN(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, d[i - 2][j - 2] + 1);
            d[i][j] = best;
        }
    return d[n][m];
}

struct candidate {
    const char *name;
    int distance, position;
};

static int candidate_compare(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->distance != y->distance ? x->distance - y->distance : x->position - y->position;
}

char *text_nearest(const char *word, const char *const *names, int n)
{
    g_autofree struct candidate *candidates = g_new(struct candidate, MAX(n, 1));
    for (int i = 0; i < n; i++)
        candidates[i] = (struct candidate){names[i], text_distance(word, names[i]), i};
    qsort(candidates, (size_t)n, sizeof *candidates, candidate_compare);
    GString *text = g_string_new(NULL);
    for (int i = 0; i < (n <= 5 ? n : 3); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", candidates[i].name);
    return g_string_free(text, FALSE);
}

bool text_plain(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if (g_unichar_iscntrl(g_utf8_get_char(text)) && strchr("\t\n\r", *text) == NULL)
            return false;
    return true;
}
