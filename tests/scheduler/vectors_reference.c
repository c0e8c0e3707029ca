/*
 * Published simulations of days, through the event simulation: centres with one or several classes of
 * contacts, rates by period, a Gamma factor on every day, groups with ordered skills.
 *
 * Names of metrics are read by their words (service_level_answered, in_target_type0_period1,
 * occupancy_group0, mean_wait_served_min), so that new ones of the same words are understood.
 */
#include "tests/scheduler/staffing_vectors_internal.h"

#include <math.h>
#include <string.h>

#include "tests/scheduler/reference_day.h"
#include "tests/scheduler/tally.h"

#define DAYS 2000
#define SIGMAS 4

/* Numerators and denominators are sums of these. */
enum {
    OFFERED = 1 << 0,
    SERVED = 1 << 1,
    IN_TIME = 1 << 2,
    GAVE_UP = 1 << 3,
    GAVE_UP_LATE = 1 << 4,
    GAVE_UP_IN_TIME = 1 << 5,
    BLOCKED = 1 << 6,
    WAITED_SERVED = 1 << 7, /* seconds, of the served */
    WAITED_LEFT = 1 << 8,   /* seconds, of those who gave up */
    BUSY = 1 << 9,          /* agent seconds */
    STAFF = 1 << 10,        /* agent seconds, those who finish a contact after their time included */
    EXPECTED = 1 << 11,     /* contacts expected a day */
    DAY = 1 << 12,
};

#define COUNT "day|days|number|num|count"
#define GAVE "abandoned|abandon|abandonment|abandonments|aban|lost"
#define TIME "wait|waits|waiting|speed|asa"

/* By words that must all be there (of each one way, with |); the first that fits. `when`: only in centres
 * whose ratios divide by the contacts expected a day, only in others, or in any. */
static const struct metric {
    const char *words;
    int over, under;
    enum { ANY, PER_EXPECTED, PER_CONTACT } when;
} metrics[] = {
    {"occupancy|utilisation|utilization", BUSY, STAFF, ANY},
    {"level blocked|offered", IN_TIME, SERVED | GAVE_UP | BLOCKED, ANY},
    {"level answered|served", IN_TIME, SERVED, ANY},
    {"level", IN_TIME | GAVE_UP_IN_TIME, EXPECTED, PER_EXPECTED},
    {"level", IN_TIME, SERVED | GAVE_UP_LATE, PER_CONTACT},
    {"good|target " COUNT, IN_TIME, DAY, PER_CONTACT},
    {"good|target " COUNT, IN_TIME | GAVE_UP_IN_TIME, DAY, PER_EXPECTED},
    {"good|target", IN_TIME | GAVE_UP_IN_TIME, EXPECTED, PER_EXPECTED},
    {"good|target share|ratio|fraction|proportion", IN_TIME, SERVED, PER_CONTACT},
    {"good|target", IN_TIME, DAY, PER_CONTACT},
    {TIME " below|less|under|within", IN_TIME | GAVE_UP_IN_TIME, EXPECTED, PER_EXPECTED},
    {TIME " served|answered|speed|asa", WAITED_SERVED, SERVED, ANY},
    {TIME, WAITED_SERVED | WAITED_LEFT, EXPECTED, PER_EXPECTED},
    {TIME, WAITED_SERVED | WAITED_LEFT, SERVED | GAVE_UP, PER_CONTACT},
    {"blocked " COUNT, BLOCKED, DAY, ANY},
    {"blocked", BLOCKED, OFFERED, ANY},
    {GAVE " late|after " COUNT, GAVE_UP_LATE, DAY, ANY},
    {GAVE " " COUNT, GAVE_UP, DAY, ANY},
    {GAVE, GAVE_UP, EXPECTED, PER_EXPECTED},
    {GAVE, GAVE_UP, OFFERED, PER_CONTACT},
    {"served|answered " COUNT, SERVED, DAY, ANY},
    {"served|answered", SERVED, OFFERED, ANY},
    {"arrivals|offered|contacts|calls", OFFERED, DAY, ANY},
};

/* A metric of a file: which sums of which part of the centre. */
struct asked {
    const struct metric *metric;
    int type, period, group; /* -1: all */
    double unit;             /* what a second is worth in it */
};

static bool has_word(char **words, const char *ways)
{
    g_auto(GStrv) way = g_strsplit(ways, "|", -1);
    for (int i = 0; way[i] != NULL; i++)
        if (g_strv_contains((const char *const *)words, way[i]))
            return true;
    return false;
}

static bool has_words(char **words, const char *all)
{
    g_auto(GStrv) each = g_strsplit(all, " ", -1);
    for (int i = 0; each[i] != NULL; i++)
        if (!has_word(words, each[i]))
            return false;
    return true;
}

/* The number behind a word such as "type2" or "type_2"; -1 when there is none. */
static int number_word(char **words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (!g_str_has_prefix(words[i], word))
            continue;
        const char *rest = words[i] + strlen(word);
        if (*rest == '\0' && words[i + 1] != NULL)
            rest = words[i + 1];
        if (g_ascii_isdigit(*rest))
            return (int)g_ascii_strtoll(rest, NULL, 10);
    }
    return -1;
}

static bool ask(const struct reference_day *day, const char *name, struct asked *asked)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_auto(GStrv) words = g_strsplit_set(lower, "_ -", -1);
    *asked = (struct asked){NULL, number_word(words, "type"), number_word(words, "period"),
                            number_word(words, "group"), 1};
    if (has_word(words, "min|minutes"))
        asked->unit = 60;
    else if (!has_word(words, "s|sec|seconds"))
        asked->unit = day->unit_s;
    for (size_t i = 0; i < G_N_ELEMENTS(metrics) && asked->metric == NULL; i++) {
        bool when = metrics[i].when == ANY || (metrics[i].when == PER_EXPECTED) == day->per_expected;
        if (when && has_words(words, metrics[i].words))
            asked->metric = &metrics[i];
    }
    return asked->metric != NULL && asked->type < day->n_types && asked->period < day->n_periods &&
           asked->group < day->n_groups;
}

static bool in_part(int asked, int at)
{
    return asked < 0 || asked == at;
}

static double contacts(const struct reference_day *day, const struct asked *asked, int which)
{
    double sum = 0;
    for (int type = 0; type < day->n_types; type++)
        for (int32_t iv = 0; iv < day->hall.grid.n; iv++) {
            const struct hall_count *c = &day->result.counts[type * day->hall.grid.n + iv];
            if (!in_part(asked->type, type) || !in_part(asked->period, reference_period(day, iv)))
                continue;
            sum += (which & OFFERED ? c->offered : 0) + (which & SERVED ? c->answered : 0) +
                   (which & IN_TIME ? c->in_time : 0) + (which & GAVE_UP ? c->abandoned : 0) +
                   (which & GAVE_UP_LATE ? c->abandoned - c->abandoned_in_time : 0) +
                   (which & GAVE_UP_IN_TIME ? c->abandoned_in_time : 0) + (which & BLOCKED ? c->blocked : 0) +
                   (which & WAITED_SERVED ? c->wait_s / asked->unit : 0) +
                   (which & WAITED_LEFT ? c->left_s / asked->unit : 0);
        }
    return sum;
}

static double agent_time(const struct reference_day *day, const struct asked *asked, int which)
{
    double sum = 0;
    for (int group = 0; group < day->n_groups; group++)
        for (int32_t iv = 0; iv < day->hall.grid.n; iv++) {
            if (!in_part(asked->group, group) || !in_part(asked->period, reference_period(day, iv)))
                continue;
            double busy_s, staff_s;
            reference_time(day, group, iv, &busy_s, &staff_s);
            sum += (which & BUSY ? busy_s : 0) + (which & STAFF ? staff_s : 0);
        }
    return sum;
}

static double total(const struct reference_day *day, const struct asked *asked, int which)
{
    if (which == DAY)
        return 1;
    if (which == EXPECTED)
        return day->expected;
    return which & (BUSY | STAFF) ? agent_time(day, asked, which) : contacts(day, asked, which);
}

/* Standard error of a published mean. */
static double published_error(const struct check *check)
{
    double sd = check_number(check, "sd"), reps = check_number(check, "reps");
    if (sd >= 0 && reps > 1)
        return sd / sqrt(reps);
    double width = check_number(check, "ci_hi") - check_number(check, "ci_lo");
    bool ninety = strstr(check_text(check, "source"), "90%") != NULL;
    return isnan(width) ? 0 : width / 2 / (ninety ? 1.644854 : 1.959964);
}

static void check_row(struct vectors *file, guint row, const struct tally *tally)
{
    struct check check = check_begin(file, row, "simulation");
    double want = check_number(&check, "mean"), got = tally_ratio(tally);
    double sigmas = tally_sigmas(tally, want, published_error(&check), half_unit(check_text(&check, "mean")));
    if (!isnan(want))
        check_error(&check, check_text(&check, "metric"), got, want, sigmas, sigmas <= SIGMAS);
    check_end(&check);
}

static void run_days(struct reference_day *day, const struct asked *asked, guint n, struct tally *tallies)
{
    for (uint64_t seed = 1; seed <= DAYS; seed++) {
        reference_run(day, seed);
        for (guint i = 0; i < n; i++)
            if (asked[i].metric != NULL)
                tally_add(&tallies[i], total(day, &asked[i], asked[i].metric->over),
                          total(day, &asked[i], asked[i].metric->under));
    }
}

static void check_scenario(struct vectors *file, const char *name)
{
    guint n = file->rows->len;
    g_autofree struct asked *asked = g_new0(struct asked, n);
    g_autofree struct tally *tallies = g_new0(struct tally, n);
    json_t *scenario = vectors_scenario(file, name);
    struct reference_day *day = NULL;
    g_autofree char *why = NULL;
    if (scenario != NULL)
        day = reference_new(file, scenario, &why);
    if (scenario != NULL && day == NULL)
        vectors_unknown(file, "scenario \"%s\" (%s)", name, why);
    for (guint row = 0; row < n && day != NULL; row++) {
        const char *metric = vectors_text(file, row, "metric");
        if (strcmp(vectors_text(file, row, "scenario"), name) == 0 && !ask(day, metric, &asked[row])) {
            vectors_unknown(file, "metric \"%s\" of %s", metric, name);
            asked[row].metric = NULL;
        }
    }
    if (day != NULL)
        run_days(day, asked, n, tallies);
    for (guint row = 0; row < n; row++) {
        if (strcmp(vectors_text(file, row, "scenario"), name) != 0)
            continue;
        if (asked[row].metric != NULL)
            check_row(file, row, &tallies[row]);
        else {
            struct check check = check_begin(file, row, "simulation");
            check_end(&check);
        }
    }
    reference_free(day);
    json_decref(scenario);
}

void vectors_reference(struct vectors *file)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint row = 0; row < file->rows->len; row++) {
        char *name = (char *)vectors_text(file, row, "scenario");
        if (*name != '\0' && g_hash_table_add(seen, name))
            check_scenario(file, name);
    }
    g_hash_table_destroy(seen);
}
