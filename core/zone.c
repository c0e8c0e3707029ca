#include "core/zone.h"

#include <stdio.h>
#include <string.h>

#include "core/error.h"

#define NAME_MAX_LEN 64
#define DEFAULT_TZDIR "/usr/share/zoneinfo"

/* The years whose transitions are kept. GLib reads the transitions of the zone file, which go to 2037; after
   that the last offset stays. */
#define FIRST_TS INT64_C(-2208988800) /* 1900-01-01 */
#define LAST_TS INT64_C(2177452800)   /* 2039-01-01 */
#define AROUND_S (2 * DAY_S)          /* more than any offset plus any jump */

/* The wall clock is a staircase: from[i] <= ts < from[i + 1] has offset[i]; from[0] is INT64_MIN. Taken from
   GTimeZone once, since looking up an interval there is a linear search under a lock. */
struct zone {
    char *name;
    int64_t *from;
    int32_t *offset;
    int n;
};

struct steps {
    GArray *from, *offset;
};

static void add_step(struct steps *steps, int64_t ts, int32_t offset)
{
    if (steps->offset->len > 0 && g_array_index(steps->offset, int32_t, steps->offset->len - 1) == offset)
        return;
    g_array_append_val(steps->from, ts);
    g_array_append_val(steps->offset, offset);
}

/* Adds the steps in (lo, hi], whose ends lie in the intervals a and b of the GTimeZone. */
static void collect(GTimeZone *tz, int64_t lo, int a, int64_t hi, int b, struct steps *steps)
{
    if (a == b)
        return;
    if (hi - lo == 1) {
        add_step(steps, hi, g_time_zone_get_offset(tz, b));
        return;
    }
    int64_t mid = lo + (hi - lo) / 2;
    int m = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, mid);
    collect(tz, lo, a, mid, m, steps);
    collect(tz, mid, m, hi, b, steps);
}

/* Only names of the zone database: GLib would also take "+02:00" and POSIX rules, and "localtime" depends on
 * the machine. */
static bool name_ok(const char *name)
{
    static const char *const refused[] = {"localtime", "posixrules", "Factory", "leapseconds"};
    if (!g_ascii_isalpha(name[0]) || strlen(name) > NAME_MAX_LEN || g_str_has_prefix(name, "right/") ||
        g_str_has_prefix(name, "posix/"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        if (strcmp(name, refused[i]) == 0)
            return false;
    for (const char *p = name; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr("_+-/", *p) == NULL)
            return false;
    if (strcmp(name, "UTC") == 0)
        return true;
    const char *dir = g_getenv("TZDIR");
    g_autofree char *path = g_build_filename(dir != NULL ? dir : DEFAULT_TZDIR, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return false;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char magic[4] = "";
    bool ok = fread(magic, sizeof magic, 1, file) == 1 && memcmp(magic, "TZif", sizeof magic) == 0;
    fclose(file);
    return ok;
}

/* NULL when GLib cannot read it. */
static struct zone *read_zone(const char *name)
{
    g_autoptr(GTimeZone) tz = g_time_zone_new_identifier(name);
    if (tz == NULL)
        return NULL;
    struct steps steps = {g_array_new(FALSE, FALSE, sizeof(int64_t)),
                          g_array_new(FALSE, FALSE, sizeof(int32_t))};
    int first = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, FIRST_TS);
    int last = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, LAST_TS);
    add_step(&steps, INT64_MIN, g_time_zone_get_offset(tz, first));
    collect(tz, FIRST_TS, first, LAST_TS, last, &steps);

    struct zone *zone = g_new0(struct zone, 1);
    zone->name = g_strdup(name);
    zone->n = (int)steps.from->len;
    zone->from = (int64_t *)(void *)g_array_free(steps.from, FALSE);
    zone->offset = (int32_t *)(void *)g_array_free(steps.offset, FALSE);
    return zone;
}

static struct zone *zone_copy(const struct zone *zone)
{
    struct zone *copy = g_new(struct zone, 1);
    *copy = (struct zone){.name = g_strdup(zone->name),
                          .from = g_memdup2(zone->from, (gsize)zone->n * sizeof *zone->from),
                          .offset = g_memdup2(zone->offset, (gsize)zone->n * sizeof *zone->offset),
                          .n = zone->n};
    return copy;
}

struct zone *zone_new(const char *name, GError **error)
{
    if (name == NULL || !name_ok(name)) {
        wfm_fail(error, WFM_ERROR_INPUT,
                 "\"%s\" is not a known time zone; write an IANA name like Asia/Manila or UTC",
                 name == NULL ? "" : name);
        return NULL;
    }
    static GMutex lock;
    static GHashTable *known; /* by name and directory; the few zones of a process stay */
    const char *dir = g_getenv("TZDIR");
    g_autofree char *key = g_strconcat(name, "\n", dir, NULL);
    g_mutex_lock(&lock);
    if (known == NULL)
        known = g_hash_table_new(g_str_hash, g_str_equal);
    struct zone *first = g_hash_table_lookup(known, key);
    if (first == NULL && (first = read_zone(name)) != NULL)
        g_hash_table_insert(known, g_steal_pointer(&key), first);
    struct zone *zone = first == NULL ? NULL : zone_copy(first);
    g_mutex_unlock(&lock);
    if (zone == NULL)
        wfm_fail(error, WFM_ERROR_INPUT, "time zone \"%s\" cannot be read", name);
    return zone;
}

void zone_free(struct zone *zone)
{
    if (zone == NULL)
        return;
    g_free(zone->name);
    g_free(zone->from);
    g_free(zone->offset);
    g_free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

static int step_at(const struct zone *zone, int64_t ts)
{
    int lo = 0, hi = zone->n - 1;
    while (lo < hi) {
        int mid = (lo + hi + 1) / 2;
        if (zone->from[mid] <= ts)
            lo = mid;
        else
            hi = mid - 1;
    }
    return lo;
}

/* End of a step. */
static int64_t step_end(const struct zone *zone, int i)
{
    return i + 1 < zone->n ? zone->from[i + 1] : INT64_MAX;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct local_time zone_local(const struct zone *zone, int64_t ts)
{
    int32_t offset = zone->offset[step_at(zone, ts)];
    int64_t wall = ts + offset;
    int64_t day = floor_div(wall, DAY_S);
    return (struct local_time){
        .day = (int32_t)day,
        .second = (int32_t)(wall - day * DAY_S),
        .offset_s = offset,
        .weekday = day_weekday((int32_t)day),
    };
}

int32_t zone_local_day(const struct zone *zone, int64_t ts)
{
    return (int32_t)floor_div(ts + zone->offset[step_at(zone, ts)], DAY_S);
}

int zone_instants(const struct zone *zone, int32_t day, int32_t second, int64_t out[2])
{
    int64_t wall = (int64_t)day * DAY_S + second;
    int n = 0;
    for (int i = step_at(zone, wall - AROUND_S); i < zone->n && zone->from[i] <= wall + AROUND_S && n < 2;
         i++) {
        int64_t ts = wall - zone->offset[i];
        if (zone->from[i] <= ts && ts < step_end(zone, i))
            out[n++] = ts;
    }
    return n;
}

/* The instant meant by a wall-clock second counted from 1970-01-01 00:00. */
static int64_t wall_instant(const struct zone *zone, int64_t wall)
{
    int64_t day = floor_div(wall, DAY_S);
    int64_t found[2];
    if (zone_instants(zone, (int32_t)day, (int32_t)(wall - day * DAY_S), found) > 0)
        return found[0];
    /* In a gap: read by the offset before it, which moves the time forward by the gap's width. */
    int i = step_at(zone, wall - AROUND_S);
    while (i + 1 < zone->n && zone->from[i + 1] + zone->offset[i] <= wall &&
           zone->from[i + 1] + zone->offset[i + 1] <= wall)
        i++;
    return wall - zone->offset[i];
}

int64_t zone_instant(const struct zone *zone, int32_t day, int32_t minute)
{
    return wall_instant(zone, (int64_t)day * DAY_S + (int64_t)minute * 60);
}

int64_t zone_day_start(const struct zone *zone, int32_t day)
{
    int64_t wall = (int64_t)day * DAY_S;
    for (int i = step_at(zone, wall - AROUND_S); i < zone->n && zone->from[i] <= wall + DAY_S + AROUND_S;
         i++) {
        int64_t from = MAX(zone->from[i], wall - zone->offset[i]);
        int64_t to = MIN(step_end(zone, i), wall + DAY_S - zone->offset[i]);
        if (from < to)
            return from;
    }
    return zone_day_start(zone, day + 1); /* the zone skipped this day */
}

int32_t zone_day_length_s(const struct zone *zone, int32_t day)
{
    return (int32_t)(zone_day_start(zone, day + 1) - zone_day_start(zone, day));
}

/* Days from civil and back: H. Hinnant, "chrono-compatible low-level date algorithms". */
int32_t day_from_civil(int year, int month, int day_of_month)
{
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct civil day_civil(int32_t day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = floor_div(z, 146097);
    int doe = (int)(z - era * 146097);
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct civil){
        .year = (int)(yoe + era * 400) + (month <= 2),
        .month = month,
        .day = doy - (153 * mp + 2) / 5 + 1,
    };
}

int day_weekday(int32_t day)
{
    int64_t w = ((int64_t)day + 3) % WEEK_DAYS; /* 1970-01-01 was a Thursday */
    return (int)(w < 0 ? w + WEEK_DAYS : w);
}

int32_t day_week_start(int32_t day)
{
    return day - day_weekday(day);
}

/* Reads exactly n digits and moves on. */
static bool take_digits(const char **text, int n, int *out)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit((*text)[i]))
            return false;
        value = value * 10 + ((*text)[i] - '0');
    }
    *text += n;
    *out = value;
    return true;
}

static bool take_char(const char **text, const char *set)
{
    if (**text == '\0' || strchr(set, **text) == NULL)
        return false;
    (*text)++;
    return true;
}

static bool take_date(const char **text, int32_t *day)
{
    int y, m, d;
    if (!take_digits(text, 4, &y) || !take_char(text, "-") || !take_digits(text, 2, &m) ||
        !take_char(text, "-") || !take_digits(text, 2, &d) || m < 1 || m > 12 || d < 1)
        return false;
    int32_t found = day_from_civil(y, m, d);
    struct civil back = day_civil(found);
    if (back.month != m || back.day != d)
        return false;
    *day = found;
    return true;
}

bool day_parse(const char *text, int32_t *day, GError **error)
{
    const char *p = text;
    int32_t found;
    if (!take_date(&p, &found) || *p != '\0')
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%.40s\" is not a date; write it like 2026-11-22", text);
    *day = found;
    return true;
}

char *day_format(int32_t day)
{
    struct civil c = day_civil(day);
    return g_strdup_printf("%04d-%02d-%02d", c.year, c.month, c.day);
}

/* HH:MM[:SS[.000]] as a second of the day. */
static bool take_clock(const char **text, int *second)
{
    int h, m, s = 0;
    if (!take_digits(text, 2, &h) || !take_char(text, ":") || !take_digits(text, 2, &m))
        return false;
    if (take_char(text, ":")) {
        if (!take_digits(text, 2, &s))
            return false;
        if (take_char(text, ".")) {
            if (**text != '0')
                return false;
            while (**text == '0')
                (*text)++;
        }
    }
    *second = h * 3600 + m * 60 + s;
    return h < 24 && m < 60 && s < 60;
}

/* "Z", "+HH:MM" or nothing; *given says whether there was one. */
static bool take_offset(const char **text, int *offset_s, bool *given)
{
    *offset_s = 0;
    *given = true;
    if (take_char(text, "Zz"))
        return true;
    int sign = **text == '-' ? -1 : 1, h, m;
    if (!take_char(text, "+-")) {
        *given = false;
        return true;
    }
    if (!take_digits(text, 2, &h) || !take_char(text, ":") || !take_digits(text, 2, &m))
        return false;
    *offset_s = sign * (h * 3600 + m * 60);
    return h < 24 && m < 60;
}

bool time_parse(const char *text, const struct zone *zone, int64_t *ts, GError **error)
{
    const char *p = text;
    int32_t day;
    int second, offset_s;
    bool has_offset;
    if (!take_date(&p, &day) || !take_char(&p, "Tt ") || !take_clock(&p, &second) ||
        !take_offset(&p, &offset_s, &has_offset) || *p != '\0')
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "\"%.60s\" is not an instant; write it like 2026-11-22T06:15:00+08:00 (whole seconds)", text);
    int64_t wall = (int64_t)day * DAY_S + second;
    if (!has_offset && zone == NULL)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "\"%.60s\" has no offset, so it names no instant; add one (…Z, …+08:00) or say the zone", text);
    *ts = has_offset ? wall - offset_s : wall_instant(zone, wall);
    return true;
}

size_t time_write(int64_t ts, const struct zone *zone, char out[TIME_TEXT_MAX])
{
    int32_t offset = zone == NULL ? 0 : zone->offset[step_at(zone, ts)];
    /* RFC 3339 offsets have minutes only; old local mean times have seconds, which we show in UTC instead. */
    bool utc = zone == NULL || offset % 60 != 0;
    int64_t wall = ts + (utc ? 0 : offset);
    int64_t day = floor_div(wall, DAY_S);
    int second = (int)(wall - day * DAY_S), minutes = ABS(offset) / 60;
    struct civil c = day_civil((int32_t)day);
    char *at = two_digits(two_digits(out, c.year / 100), c.year % 100);
    *at++ = '-';
    at = two_digits(at, c.month);
    *at++ = '-';
    at = two_digits(at, c.day);
    *at++ = 'T';
    at = two_digits(at, second / 3600);
    *at++ = ':';
    at = two_digits(at, second / 60 % 60);
    *at++ = ':';
    at = two_digits(at, second % 60);
    if (utc) {
        *at++ = 'Z';
    } else {
        *at++ = offset < 0 ? '-' : '+';
        at = two_digits(at, minutes / 60);
        *at++ = ':';
        at = two_digits(at, minutes % 60);
    }
    return (size_t)(at - out);
}

char *time_format(int64_t ts, const struct zone *zone)
{
    char text[TIME_TEXT_MAX];
    return g_strndup(text, time_write(ts, zone, text));
}
