#include "wfm/forecast_picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wfm/forecast_words.h"

#define DAYS_HEIGHT 10
#define PROFILE_HEIGHT 6
#define LABEL_WIDTH 8 /* of the axis, with a space */
#define WIDTH_MIN 50
#define WIDTH_PLAIN 100 /* where there is no terminal */
#define PAST_MIN_DAYS 7

/* ---- where it is shown ---- */

static bool names_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);
        if (value == NULL || *value == '\0')
            continue;
        g_autofree char *lower = g_ascii_strdown(value, -1);
        return strstr(lower, "utf-8") != NULL || strstr(lower, "utf8") != NULL;
    }
    return false;
}

struct terminal terminal_of(FILE *out)
{
    struct winsize size;
    struct terminal terminal = {.width = WIDTH_PLAIN, .utf8 = names_utf8()};
    const char *columns = g_getenv("COLUMNS"), *none = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
    gint64 asked = columns != NULL ? g_ascii_strtoll(columns, NULL, 10) : 0;
    bool is_terminal = isatty(fileno(out)) != 0;
    if (asked > 0)
        terminal.width = (int)MIN(asked, 500);
    else if (is_terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        terminal.width = size.ws_col;
    terminal.width = MAX(terminal.width, WIDTH_MIN);
    terminal.colour =
        is_terminal && (none == NULL || *none == '\0') && term != NULL && strcmp(term, "dumb") != 0;
    return terminal;
}

/* ---- a chart of columns ---- */

/* One column: solid up to `solid`, then the forecast up to `value`, then the band up to `high`. */
struct bar {
    double solid, value, high;
    bool forecast;
    char mark; /* below the axis; ' ' for none */
};

static const char *const eighths[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/* What stands in the cell between low and high of a bar. */
static const char *cell(const struct bar *bar, double low, double high, bool utf8)
{
    double middle = (low + high) / 2;
    if (!bar->forecast) {
        int filled = (int)CLAMP(lround(8 * (bar->value - low) / (high - low)), 0, 8);
        /* What is not nothing can be seen. */
        filled = filled == 0 && low <= 0 && bar->value > 0 ? 1 : filled;
        return utf8 ? eighths[filled] : filled >= 4 ? "#" : " ";
    }
    if (middle <= bar->solid)
        return utf8 ? "█" : "#";
    if (middle <= bar->value)
        return utf8 ? "▓" : "=";
    return middle <= bar->high ? utf8 ? "░" : "." : " ";
}

static void colour(GString *out, const struct terminal *terminal, const char *code)
{
    if (terminal->colour)
        g_string_append_printf(out, "\033[%sm", code);
}

static void draw(GString *out, const struct bar *bars, int n, int height, const struct terminal *terminal)
{
    double top = 0;
    for (int i = 0; i < n; i++)
        top = fmax(top, fmax(bars[i].high, bars[i].value));
    top = top > 0 ? top : 1;
    for (int row = height - 1; row >= 0; row--) {
        double low = top * row / height, high = top * (row + 1) / height;
        bool labelled = row == height - 1 || row == height / 2 - 1;
        if (labelled)
            g_string_append_printf(out, high < 10 ? "%*.1f " : "%*.0f ", LABEL_WIDTH - 1, high);
        else
            g_string_append_printf(out, "%*s", LABEL_WIDTH, "");
        bool was = false;
        for (int i = 0; i < n; i++) {
            if (bars[i].forecast != was)
                colour(out, terminal, bars[i].forecast ? "34" : "0");
            was = bars[i].forecast;
            g_string_append(out, cell(&bars[i], low, high, terminal->utf8));
        }
        if (was)
            colour(out, terminal, "0");
        g_string_append_c(out, '\n');
    }
    bool marked = false;
    g_string_append_printf(out, "%*s", LABEL_WIDTH, "");
    for (int i = 0; i < n; i++) {
        g_string_append(out, terminal->utf8 ? "─" : "-");
        marked |= bars[i].mark != ' ';
    }
    g_string_append_c(out, '\n');
    if (!marked)
        return;
    g_string_append_printf(out, "%*s", LABEL_WIDTH, "");
    for (int i = 0; i < n; i++)
        g_string_append_c(out, bars[i].mark);
    g_string_append_c(out, '\n');
}

/* Writes `text` at a column of a line of labels where it fits. */
static void place(GString *line, int column, const char *text)
{
    if ((int)line->len > MAX(0, column - 1))
        return;
    while ((int)line->len < column)
        g_string_append_c(line, ' ');
    g_string_append(line, text);
}

static void end_labels(GString *out, const GString *line)
{
    g_string_append_printf(out, "%*s%s\n", LABEL_WIDTH, "", line->str);
}

/* ---- days ---- */

static void draw_days(GString *out, const struct explained_forecast *explained,
                      const struct terminal *terminal)
{
    const struct explanation *e = explained->forecast.explanation;
    int from, to;
    explained_whole_days(e, &from, &to);
    int room = terminal->width - LABEL_WIDTH - 1, n_days = MIN(to - from, room - PAST_MIN_DAYS);
    int n_past = MIN(e->n_past, room - n_days), skip = e->n_past - n_past, n = 0;
    g_autofree struct bar *bars = g_new0(struct bar, (gsize)(n_past + n_days + 1));
    g_autoptr(GString) labels = g_string_new(NULL);
    for (int i = 0; i < n_past + n_days; i++) {
        bool past = i < n_past;
        int32_t day = past ? e->past[skip + i].day : e->days[from + i - n_past].day;
        struct civil civil = day_civil(day);
        if (day_weekday(day) == 0 || i == 0) {
            g_autofree char *date = day_words(day, false);
            /* "Mon 30 Nov" without its weekday. */
            if (day_weekday(day) == 0 || civil.day <= 1)
                place(labels, i, strchr(date, ' ') + 1);
        }
        if (past) {
            const struct explain_past_day *p = &e->past[skip + i];
            double value = isnan(p->contacts) ? 0 : p->contacts;
            bars[n++] = (struct bar){value, value, value, false,
                                     isnan(p->contacts) ? '?'
                                     : p->special       ? '*'
                                                        : ' '};
        } else {
            const struct explain_day *d = &e->days[from + i - n_past];
            double planned = explained_planned(explained, from + i - n_past),
                   move = d->contacts > 0 ? planned / d->contacts : 1;
            bars[n++] = (struct bar){move * d->low80, planned, move * d->high80, true,
                                     d->near == EXPLAIN_ON ? '*' : ' '};
        }
    }
    draw(out, bars, n, DAYS_HEIGHT, terminal);
    end_labels(out, labels);
    if (n_days < to - from)
        g_string_append_printf(out, "%*sthe first %d of %d days: more in a wider terminal\n", LABEL_WIDTH, "",
                               n_days, to - from);
    g_string_append_printf(out, "%*s%s  %s  %s  * special  ? not known\n", LABEL_WIDTH, "",
                           terminal->utf8 ? "█ came" : "# came", terminal->utf8 ? "▓ forecast" : "= forecast",
                           terminal->utf8 ? "░ 80 % band" : ". 80 % band");
}

/* ---- a day ---- */

static void draw_profile(GString *out, const struct explained_forecast *explained,
                         const struct terminal *terminal)
{
    const struct explanation *e = explained->forecast.explanation;
    int room = terminal->width - LABEL_WIDTH - 1, pool = 1;
    while (e->n_slots / pool > room || e->n_slots % pool != 0)
        pool++;
    int n = e->n_slots / pool, per_hour = 3600 / e->interval_s;
    g_autofree struct bar *bars = g_new0(struct bar, (gsize)n + 1);
    g_autoptr(GString) labels = g_string_new(NULL);
    double days = 0;
    for (int weekday = 0; weekday < 5; weekday++)
        days += isfinite(e->weekday[weekday]) && e->weekday[weekday] > 0;
    for (int i = 0; i < n; i++) {
        for (int weekday = 0; weekday < 5 && days > 0; weekday++)
            for (int k = 0; k < pool; k++)
                bars[i].value += e->profile[weekday * e->n_slots + i * pool + k] / days;
        bars[i].solid = bars[i].high = bars[i].value;
        bars[i].mark = ' ';
        if (i * pool % (3 * per_hour) == 0) {
            g_autofree char *hour = g_strdup_printf("%02d:00", i * pool / per_hour);
            place(labels, i, hour);
        }
    }
    g_string_append_printf(out, "\n  A working day of the forecast, contacts by %d minutes\n",
                           pool * e->interval_s / 60);
    draw(out, bars, n, PROFILE_HEIGHT, terminal);
    end_labels(out, labels);
}

char *forecast_picture(const struct explained_forecast *explained, const struct terminal *terminal)
{
    GString *out = g_string_new(NULL);
    g_string_append(out, "  Contacts by day\n");
    draw_days(out, explained, terminal);
    if (explained->forecast.explanation->n_slots > 1)
        draw_profile(out, explained, terminal);
    return g_string_free(out, FALSE);
}
