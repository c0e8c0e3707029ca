/*
 * One picture of a queue's forecast: days above, times of the day below. Plain SVG without scripts; colours
 * after Okabe & Ito (told apart with any colour vision) and by dashes too. Letters grow where the picture is
 * shown narrow.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/file.h"
#include "wfm/forecast_picture.h"
#include "wfm/forecast_words.h"
#include "core/week.h"

#define WIDTH 900
#define HEIGHT 700
#define LEFT 84.0
#define RIGHT 884.0
#define DAYS_TOP 166.0
#define DAYS_BOTTOM 430.0
#define PROFILE_TOP 530.0
#define PROFILE_BOTTOM 640.0
#define LABEL_LETTERS 22
#define SAME 0.02 /* the stored forecast is drawn when a day differs by more */

static const char style[] =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:15px;"
    "fill:#1b1f24}"
    ".title{font-size:21px;font-weight:600}.soft{fill:#57606a}.end{text-anchor:end}.mid{text-anchor:middle}"
    ".grid{stroke:#d0d7de;stroke-width:1}.axis{stroke:#57606a;stroke-width:1}"
    ".past{fill:none;stroke:#3d444d;stroke-width:1.8}.dot{fill:#3d444d}"
    ".now{fill:none;stroke:#0072b2;stroke-width:2.6}.nowdot{fill:#0072b2}"
    ".band80{fill:#0072b2;fill-opacity:.28}.band95{fill:#0072b2;fill-opacity:.13}"
    ".stored{fill:none;stroke:#d55e00;stroke-width:2.4;stroke-dasharray:7 5}"
    ".year{fill:none;stroke:#7a828c;stroke-width:1.6;stroke-dasharray:1.5 4;stroke-linecap:round}"
    ".special{stroke:#7a828c;stroke-width:1;stroke-dasharray:3 "
    "3}.mark{fill:#fff;stroke:#3d444d;stroke-width:1.6}"
    ".sat{fill:none;stroke:#009e73;stroke-width:2.2;stroke-dasharray:8 4}"
    ".sun{fill:none;stroke:#d55e00;stroke-width:2.2;stroke-dasharray:2 4}"
    ".name{font-size:13px;fill:#57606a}"
    "@media(max-width:600px){text{font-size:26px}.title{font-size:30px}.name{font-size:22px}.minor{display:"
    "none}}";

struct svg {
    GString *out;
    const struct explained_forecast *explained;
    const struct explanation *e;
    int from, n_days; /* days of the forecast that are drawn: whole ones */
    double top;       /* of the scale */
    bool stored_differs, has_year;
};

static double nice_top(double value)
{
    double unit = pow(10, floor(log10(value > 0 ? value : 1)));
    static const double steps[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 10};
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (value <= steps[i] * unit)
            return steps[i] * unit;
    return 10 * unit;
}

static void escaped(GString *out, const char *text)
{
    g_autofree char *safe = g_markup_escape_text(text, -1);
    g_string_append(out, safe);
}

static void text_at(GString *out, double x, double y, const char *class, const char *text)
{
    g_string_append_printf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    escaped(out, text);
    g_string_append(out, "</text>\n");
}

static void line(GString *out, double x1, double y1, double x2, double y2, const char *class)
{
    g_string_append_printf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1,
                           y1, x2, y2, class);
}

/* ---- days ---- */

static int n_all(const struct svg *svg)
{
    return svg->e->n_past + svg->n_days;
}

/* The middle of day i: those of the past first. */
static double day_x(const struct svg *svg, int i)
{
    return LEFT + (RIGHT - LEFT) * (i + 0.5) / MAX(1, n_all(svg));
}

static double day_y(const struct svg *svg, double value)
{
    return DAYS_BOTTOM - (DAYS_BOTTOM - DAYS_TOP) * MIN(1, value / svg->top);
}

static int32_t civil_of(const struct svg *svg, int i)
{
    return i < svg->e->n_past ? svg->e->past[i].day : svg->e->days[svg->from + i - svg->e->n_past].day;
}

static double past_value(const struct svg *svg, int i)
{
    return i < svg->e->n_past ? svg->e->past[i].contacts : NAN;
}

static double planned_value(const struct svg *svg, int i)
{
    return i < svg->e->n_past ? NAN : explained_planned(svg->explained, svg->from + i - svg->e->n_past);
}

static double own_value(const struct svg *svg, int i)
{
    return i < svg->e->n_past ? NAN : svg->e->days[svg->from + i - svg->e->n_past].contacts;
}

static double year_value(const struct svg *svg, int i)
{
    return i < svg->e->n_past ? NAN : svg->e->days[svg->from + i - svg->e->n_past].last_year;
}

/* How far the bands move with what is planned. */
static double moved(const struct svg *svg, int day)
{
    double own = svg->e->days[svg->from + day].contacts;
    return own > 0 ? explained_planned(svg->explained, svg->from + day) / own : 1;
}

static void find_top(struct svg *svg)
{
    double top = 0;
    for (int i = 0; i < svg->e->n_past; i++)
        top = fmax(top, svg->e->past[i].contacts);
    for (int day = 0; day < svg->n_days; day++) {
        double own = svg->e->days[svg->from + day].contacts,
               planned = explained_planned(svg->explained, svg->from + day);
        top = fmax(top, fmax(svg->e->days[svg->from + day].high95 * moved(svg, day),
                             svg->e->days[svg->from + day].last_year));
        svg->stored_differs |= fabs(planned - own) > SAME * own;
        svg->has_year |= !isnan(svg->e->days[svg->from + day].last_year);
    }
    svg->top = nice_top(top);
}

/* A line through the known values, interrupted where there is none. */
static void day_line(const struct svg *svg, double (*value)(const struct svg *, int), const char *class)
{
    bool drawing = false;
    g_string_append_printf(svg->out, "<path class=\"%s\" d=\"", class);
    for (int i = 0; i < n_all(svg); i++) {
        double v = value(svg, i);
        if (!isnan(v))
            g_string_append_printf(svg->out, "%s%.1f %.1f", drawing ? "L" : "M", day_x(svg, i),
                                   day_y(svg, v));
        drawing = !isnan(v);
    }
    g_string_append(svg->out, "\"/>\n");
}

static void band(const struct svg *svg, bool wide)
{
    int first = svg->e->n_past, n = svg->n_days;
    g_string_append_printf(svg->out, "<path class=\"%s\" d=\"", wide ? "band95" : "band80");
    for (int day = 0; day < n; day++) {
        const struct explain_day *d = &svg->e->days[svg->from + day];
        g_string_append_printf(svg->out, "%s%.1f %.1f", day > 0 ? "L" : "M", day_x(svg, first + day),
                               day_y(svg, moved(svg, day) * (wide ? d->high95 : d->high80)));
    }
    for (int day = n - 1; day >= 0; day--) {
        const struct explain_day *d = &svg->e->days[svg->from + day];
        g_string_append_printf(svg->out, "L%.1f %.1f", day_x(svg, first + day),
                               day_y(svg, moved(svg, day) * (wide ? d->low95 : d->low80)));
    }
    g_string_append(svg->out, "Z\"/>\n");
}

static void scale(const struct svg *svg, double top, double from, double to)
{
    for (int i = 0; i <= 4; i++) {
        double y = to - (to - from) * i / 4;
        g_autofree char *label = g_strdup_printf(top < 40 ? "%.1f" : "%.0f", top * i / 4);
        line(svg->out, LEFT, y, RIGHT, y, i == 0 ? "axis" : "grid");
        text_at(svg->out, LEFT - 8, y + 5, i % 2 == 0 ? "soft end" : "soft end minor", label);
    }
}

/* Mondays below the axis, every second one only where there is room for it. */
static void day_labels(const struct svg *svg)
{
    int n = n_all(svg), every = n > 70 ? 2 : 1, mondays = 0;
    for (int i = 0; i < n; i++) {
        int32_t day = civil_of(svg, i);
        if (day_weekday(day) != 0)
            continue;
        double x = day_x(svg, i);
        g_autofree char *date = day_words(day, false);
        line(svg->out, x, DAYS_BOTTOM, x, DAYS_BOTTOM + 6, "axis");
        if (mondays % every == 0 && x < RIGHT - 30)
            text_at(svg->out, x, DAYS_BOTTOM + 28, mondays / every % 2 == 0 ? "soft mid" : "soft mid minor",
                    strchr(date, ' ') + 1);
        mondays++;
    }
}

/* Special days: a mark on those of the past; a line with its name in the forecast. */
static void specials(const struct svg *svg)
{
    int labelled = -100;
    for (int i = 0; i < svg->e->n_past; i++)
        if (svg->e->past[i].special && !isnan(svg->e->past[i].contacts))
            g_string_append_printf(svg->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" class=\"mark\"/>\n",
                                   day_x(svg, i), day_y(svg, svg->e->past[i].contacts));
    for (int day = 0; day < svg->n_days; day++) {
        const struct explain_day *d = &svg->e->days[svg->from + day];
        if (d->near != EXPLAIN_ON)
            continue;
        double x = day_x(svg, svg->e->n_past + day);
        bool cut = g_utf8_strlen(d->name, -1) > LABEL_LETTERS;
        g_autofree char *name = g_utf8_substring(d->name, 0, MIN(LABEL_LETTERS, g_utf8_strlen(d->name, -1)));
        line(svg->out, x, DAYS_TOP, x, DAYS_BOTTOM, "special");
        g_string_append_printf(svg->out,
                               "<text class=\"name end%s\" transform=\"translate(%.1f %.1f) rotate(-90)\">",
                               day - labelled < 3 ? " minor" : "", x - 4, DAYS_TOP + 6);
        labelled = day - labelled < 3 ? labelled : day;
        escaped(svg->out, name);
        g_string_append(svg->out, cut ? "…</text>\n" : "</text>\n");
    }
}

/* Points with what they are on pointing at them. */
static void points(const struct svg *svg)
{
    for (int i = 0; i < n_all(svg); i++) {
        bool past = i < svg->e->n_past;
        double value = past ? past_value(svg, i) : planned_value(svg, i);
        if (isnan(value))
            continue;
        g_autofree char *date = day_words(civil_of(svg, i), true);
        g_string_append_printf(
            svg->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" class=\"%s\"><title>%s: %.0f", day_x(svg, i),
            day_y(svg, value), past ? "2" : "3.4", past ? "dot" : "nowdot", date, value);
        if (!past) {
            const struct explain_day *d = &svg->e->days[svg->from + i - svg->e->n_past];
            double move = moved(svg, i - svg->e->n_past);
            g_string_append_printf(svg->out, " (%.0f to %.0f)", move * d->low80, move * d->high80);
            if (d->near == EXPLAIN_ON) {
                g_string_append(svg->out, ", ");
                escaped(svg->out, d->name);
            }
        }
        g_string_append(svg->out, "</title></circle>\n");
    }
}

/* ---- legend ---- */

static void legend(const struct svg *svg)
{
    const struct {
        const char *class, *text;
        bool area, shown;
    } items[] = {{"past", "came", false, true},
                 {"now", "forecast", false, true},
                 {"band80", "80 % band", true, true},
                 {"band95", "95 % band", true, true},
                 {"stored", "models alone", false, svg->stored_differs},
                 {"year", "52 weeks before", false, svg->has_year},
                 {"mark", "special day", true, true}};
    int at = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(items); i++) {
        if (!items[i].shown)
            continue;
        double x = 16 + (at % 3) * 290, y = 84 + (at / 3) * 30;
        if (strcmp(items[i].class, "mark") == 0)
            g_string_append_printf(svg->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" class=\"mark\"/>\n",
                                   x + 17, y - 5);
        else if (items[i].area)
            g_string_append_printf(svg->out,
                                   "<rect x=\"%.1f\" y=\"%.1f\" width=\"34\" height=\"14\" class=\"%s\"/>\n",
                                   x, y - 12, items[i].class);
        else
            line(svg->out, x, y - 5, x + 34, y - 5, items[i].class);
        text_at(svg->out, x + 42, y, "", items[i].text);
        at++;
    }
}

/* ---- times of the day ---- */

static const struct {
    const char *class, *text;
    int mask;
} kinds[] = {{"now", "Mon to Fri", 0x1f}, {"sat", "Saturday", 0x20}, {"sun", "Sunday", 0x40}};

/* Mean of the weekdays in the mask that have contacts; NAN without any. */
static double slot_mean(const struct explanation *e, int mask, int slot)
{
    double sum = 0, n = 0;
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        if ((mask >> weekday & 1) == 0 || !(e->weekday[weekday] > 0))
            continue;
        sum += e->profile[weekday * e->n_slots + slot];
        n++;
    }
    return n > 0 ? sum / n : NAN;
}

static void profile(const struct svg *svg)
{
    const struct explanation *e = svg->e;
    double top = 0;
    g_autofree char *title =
        g_strdup_printf("Contacts by %d minutes, without special days", e->interval_s / 60);
    for (int slot = 0; slot < e->n_slots; slot++)
        for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++)
            top = fmax(top, slot_mean(e, kinds[k].mask, slot));
    top = nice_top(top);
    text_at(svg->out, LEFT, PROFILE_TOP - 44, "", title);
    scale(svg, top, PROFILE_TOP, PROFILE_BOTTOM);
    for (int hour = 0; hour <= 24; hour += 3) {
        g_autofree char *label = g_strdup_printf("%02d:00", hour);
        double x = LEFT + (RIGHT - LEFT) * hour / 24;
        line(svg->out, x, PROFILE_BOTTOM, x, PROFILE_BOTTOM + 6, "axis");
        text_at(svg->out, x, PROFILE_BOTTOM + 28,
                hour == 24      ? "soft end"
                : hour % 6 == 0 ? "soft mid"
                                : "soft mid minor",
                label);
    }
    double legend_x = LEFT;
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        if (isnan(slot_mean(e, kinds[k].mask, 0)))
            continue;
        line(svg->out, legend_x, PROFILE_TOP - 21, legend_x + 34, PROFILE_TOP - 21, kinds[k].class);
        text_at(svg->out, legend_x + 42, PROFILE_TOP - 16, "", kinds[k].text);
        legend_x += 268;
        g_string_append_printf(svg->out, "<path class=\"%s\" d=\"", kinds[k].class);
        for (int slot = 0; slot < e->n_slots; slot++)
            g_string_append_printf(svg->out, "%s%.1f %.1f", slot > 0 ? "L" : "M",
                                   LEFT + (RIGHT - LEFT) * (slot + 0.5) / e->n_slots,
                                   PROFILE_BOTTOM - (PROFILE_BOTTOM - PROFILE_TOP) *
                                                        slot_mean(e, kinds[k].mask, slot) / top);
        g_string_append(svg->out, "\"/>\n");
    }
}

/* ---- the whole ---- */

static void heading(const struct svg *svg, const struct queue *queue, int height)
{
    double planned = 0;
    for (int day = 0; day < svg->e->n_days; day++)
        planned += explained_planned(svg->explained, day);
    g_autofree char *first = day_words(svg->e->days[svg->from].day, false),
                    *last = day_words(svg->e->days[svg->from + svg->n_days - 1].day, true);
    g_autofree char *title = g_strdup_printf("%s: %.0f contacts", queue->id, planned);
    g_autofree char *under = g_strdup_printf("%s – %s, days of %s", first, last, queue->zone);
    g_string_append_printf(
        svg->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>",
        WIDTH, height);
    escaped(svg->out, title);
    g_string_append(svg->out, "</title>\n<desc>");
    escaped(svg->out, under);
    g_string_append_printf(svg->out,
                           "</desc>\n<style>%s</style>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
                           style, WIDTH, height);
    text_at(svg->out, 16, 32, "title", title);
    text_at(svg->out, 16, 58, "soft", under);
}

static bool write_whole(const char *path, const GString *text, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (!file_replaceable(path, error))
        return false;
    if (g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0644,
                                 &cause))
        return true;
    return wfm_fail(error, WFM_ERROR_IO, "%s", cause->message);
}

bool forecast_svg_write(const struct planning *planning, const struct explained_forecast *explained,
                        const char *path, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct svg svg = {.out = out, .explained = explained, .e = explained->forecast.explanation};
    bool by_time = svg.e->n_slots > 1;
    explained_whole_days(svg.e, &svg.from, &svg.n_days);
    svg.n_days -= svg.from;
    find_top(&svg);
    heading(&svg, &planning->operation->queues[explained->queue], by_time ? HEIGHT : (int)DAYS_BOTTOM + 50);
    legend(&svg);
    scale(&svg, svg.top, DAYS_TOP, DAYS_BOTTOM);
    day_labels(&svg);
    band(&svg, true);
    band(&svg, false);
    specials(&svg);
    if (svg.has_year)
        day_line(&svg, year_value, "year");
    day_line(&svg, past_value, "past");
    if (svg.stored_differs)
        day_line(&svg, own_value, "stored");
    day_line(&svg, planned_value, "now");
    points(&svg);
    if (by_time)
        profile(&svg);
    g_string_append(out, "</svg>\n");
    return write_whole(path, out, error);
}
