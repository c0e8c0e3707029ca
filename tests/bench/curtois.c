#include "tests/bench/curtois.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/file.h"

#define FIRST_YEAR 2024 /* 1 January 2024 is a Monday */
#define STAGGER_MIN 15  /* starts differ, so that no two shifts are the same span */

/* ---- reading ---- */

struct reader {
    const char *path;
    int line;
    struct curtois *in;
    GArray *shifts, *staff, *days_off, *requests, *cover;
    GPtrArray *bars; /* text of what may not follow, by shift */
};

static bool refuse(const struct reader *r, const char *what, const char *text, GError **error)
{
    return wfm_fail(error, WFM_ERROR_INPUT, "%s:%d: %s: \"%s\"", r->path, r->line, what, text);
}

static bool number(const struct reader *r, const char *text, int *out, GError **error)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 0 || value > 10000000)
        return refuse(r, "not a whole number", text, error);
    *out = (int)value;
    return true;
}

static int find(const GArray *array, size_t size, const char *id)
{
    for (guint i = 0; i < array->len; i++) /* the id is the first member of both kinds */
        if (strcmp(*(char **)(void *)(array->data + i * size), id) == 0)
            return (int)i;
    return -1;
}

static bool named(const struct reader *r, const GArray *array, size_t size, const char *id, int *out,
                  GError **error)
{
    *out = find(array, size, id);
    return *out >= 0 || refuse(r, "not known", id, error);
}

static bool read_horizon(struct reader *r, char **field, GError **error)
{
    return number(r, field[0], &r->in->n_days, error);
}

static bool read_shift(struct reader *r, char **field, GError **error)
{
    struct curtois_shift shift = {0};
    if (!number(r, field[1], &shift.minutes, error))
        return false;
    shift.id = g_strdup(field[0]);
    g_array_append_val(r->shifts, shift);
    g_ptr_array_add(r->bars, g_strdup(field[2]));
    return true;
}

static bool read_staff(struct reader *r, char **field, GError **error)
{
    struct curtois_staff staff = {0};
    int *values[] = {&staff.minutes_max,     &staff.minutes_min, &staff.consecutive_max,
                     &staff.consecutive_min, &staff.off_min,     &staff.weekends_max};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (!number(r, field[2 + i], values[i], error))
            return false;
    g_autofree int *max = g_new(int, r->shifts->len + 1);
    for (guint s = 0; s < r->shifts->len; s++)
        max[s] = INT_MAX;
    g_auto(GStrv) limits = g_strsplit(field[1], "|", -1);
    for (int i = 0; limits[i] != NULL; i++) {
        char *equals = strchr(limits[i], '=');
        int shift;
        if (equals == NULL)
            return refuse(r, "no shift=number", limits[i], error);
        *equals = '\0';
        if (!named(r, r->shifts, sizeof(struct curtois_shift), limits[i], &shift, error) ||
            !number(r, equals + 1, &max[shift], error))
            return false;
    }
    staff.id = g_strdup(field[0]);
    staff.shifts_max = g_steal_pointer(&max);
    g_array_append_val(r->staff, staff);
    return true;
}

static bool read_day_off(struct reader *r, char **field, GError **error)
{
    struct curtois_day_off off = {0};
    if (!named(r, r->staff, sizeof(struct curtois_staff), field[0], &off.staff, error))
        return false;
    for (int i = 1; field[i] != NULL; i++) {
        if (!number(r, field[i], &off.day, error))
            return false;
        g_array_append_val(r->days_off, off);
    }
    return true;
}

static bool read_request(struct reader *r, char **field, bool on, GError **error)
{
    struct curtois_request request = {.on = on};
    if (!named(r, r->staff, sizeof(struct curtois_staff), field[0], &request.staff, error) ||
        !number(r, field[1], &request.day, error) ||
        !named(r, r->shifts, sizeof(struct curtois_shift), field[2], &request.shift, error) ||
        !number(r, field[3], &request.weight, error))
        return false;
    g_array_append_val(r->requests, request);
    return true;
}

static bool read_on(struct reader *r, char **field, GError **error)
{
    return read_request(r, field, true, error);
}

static bool read_off(struct reader *r, char **field, GError **error)
{
    return read_request(r, field, false, error);
}

static bool read_cover(struct reader *r, char **field, GError **error)
{
    struct curtois_cover cover = {0};
    if (!number(r, field[0], &cover.day, error) ||
        !named(r, r->shifts, sizeof(struct curtois_shift), field[1], &cover.shift, error) ||
        !number(r, field[2], &cover.need, error) || !number(r, field[3], &cover.under, error) ||
        !number(r, field[4], &cover.over, error))
        return false;
    g_array_append_val(r->cover, cover);
    return true;
}

static const struct {
    const char *name;
    int n_fields; /* at least */
    bool (*read)(struct reader *, char **field, GError **error);
} sections[] = {
    {"SECTION_HORIZON", 1, read_horizon},      {"SECTION_SHIFTS", 3, read_shift},
    {"SECTION_STAFF", 8, read_staff},          {"SECTION_DAYS_OFF", 2, read_day_off},
    {"SECTION_SHIFT_ON_REQUESTS", 4, read_on}, {"SECTION_SHIFT_OFF_REQUESTS", 4, read_off},
    {"SECTION_COVER", 5, read_cover},
};

static bool read_lines(struct reader *r, char **lines, GError **error)
{
    int section = -1;
    for (int i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        r->line = i + 1;
        if (*line == '\0' || *line == '#')
            continue;
        if (g_str_has_prefix(line, "SECTION_")) {
            section = -1;
            for (size_t s = 0; s < G_N_ELEMENTS(sections); s++)
                if (strcmp(sections[s].name, line) == 0)
                    section = (int)s;
            if (section < 0)
                return refuse(r, "unknown section", line, error);
            continue;
        }
        if (section < 0)
            return refuse(r, "line before the first section", line, error);
        g_auto(GStrv) field = g_strsplit(line, ",", -1);
        if ((int)g_strv_length(field) < sections[section].n_fields)
            return refuse(r, "too few fields", line, error);
        if (!sections[section].read(r, field, error))
            return false;
    }
    return true;
}

static bool link_bars(struct reader *r, GError **error)
{
    for (guint s = 0; s < r->shifts->len; s++) {
        struct curtois_shift *shift = &g_array_index(r->shifts, struct curtois_shift, s);
        shift->bars = g_new0(bool, r->shifts->len);
        g_auto(GStrv) ids = g_strsplit(r->bars->pdata[s], "|", -1);
        for (int i = 0; ids[i] != NULL; i++) {
            int next;
            if (*ids[i] == '\0')
                continue;
            if (!named(r, r->shifts, sizeof *shift, ids[i], &next, error))
                return false;
            shift->bars[next] = true;
        }
    }
    return true;
}

static bool check_days(const struct reader *r, GError **error)
{
    const struct curtois *in = r->in;
    bool good = in->n_days > 0 && in->n_days % WEEK_DAYS == 0;
    for (int i = 0; i < in->n_days_off; i++)
        good = good && in->days_off[i].day < in->n_days;
    for (int i = 0; i < in->n_requests; i++)
        good = good && in->requests[i].day < in->n_days;
    for (int i = 0; i < in->n_cover; i++)
        good = good && in->cover[i].day < in->n_days;
    return good || wfm_fail(error, WFM_ERROR_INPUT,
                            "%s: a day lies outside the horizon of %d days, or that is no number of weeks",
                            r->path, in->n_days);
}

#define TAKE(array, type, out, n)                                                                            \
    ((n) = (int)(array)->len, (out) = (type *)(void *)g_array_free((array), FALSE))

struct curtois *curtois_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!file_read(path, &text, NULL, error))
        return NULL;
    AUTO(curtois) in = g_new0(struct curtois, 1);
    struct reader r = {.path = path, .in = in};
    r.shifts = g_array_new(FALSE, TRUE, sizeof(struct curtois_shift));
    r.staff = g_array_new(FALSE, TRUE, sizeof(struct curtois_staff));
    r.days_off = g_array_new(FALSE, TRUE, sizeof(struct curtois_day_off));
    r.requests = g_array_new(FALSE, TRUE, sizeof(struct curtois_request));
    r.cover = g_array_new(FALSE, TRUE, sizeof(struct curtois_cover));
    r.bars = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool good = read_lines(&r, lines, error) && link_bars(&r, error);
    TAKE(r.shifts, struct curtois_shift, in->shifts, in->n_shifts);
    TAKE(r.staff, struct curtois_staff, in->staff, in->n_staff);
    TAKE(r.days_off, struct curtois_day_off, in->days_off, in->n_days_off);
    TAKE(r.requests, struct curtois_request, in->requests, in->n_requests);
    TAKE(r.cover, struct curtois_cover, in->cover, in->n_cover);
    g_ptr_array_free(r.bars, TRUE);
    return good && check_days(&r, error) ? g_steal_pointer(&in) : NULL;
}

void curtois_free(struct curtois *in)
{
    if (in == NULL)
        return;
    for (int s = 0; s < in->n_shifts; s++) {
        g_free(in->shifts[s].id);
        g_free(in->shifts[s].bars);
    }
    for (int a = 0; a < in->n_staff; a++) {
        g_free(in->staff[a].id);
        g_free(in->staff[a].shifts_max);
    }
    g_free(in->shifts);
    g_free(in->staff);
    g_free(in->days_off);
    g_free(in->requests);
    g_free(in->cover);
    g_free(in);
}

/* ---- in wfm's words ---- */

static int start_min(const struct curtois *in, int shift)
{
    return MIN(STAGGER_MIN * shift, DAY_S / 60 - in->shifts[shift].minutes);
}

static void add_templates(const struct curtois *in, struct operation *op)
{
    op->templates = g_new0(struct shift_template, in->n_shifts + 1);
    op->n_templates = in->n_shifts;
    for (int s = 0; s < in->n_shifts; s++) {
        int start = start_min(in, s), paid = in->shifts[s].minutes;
        op->templates[s] = (struct shift_template){.id = g_strdup(in->shifts[s].id),
                                                   .name = g_strdup(in->shifts[s].id),
                                                   .weekdays = 127,
                                                   .start_from_min = start,
                                                   .start_to_min = start,
                                                   .start_step_min = STAGGER_MIN,
                                                   .paid_min_min = paid,
                                                   .paid_max_min = paid,
                                                   .paid_step_min = STAGGER_MIN};
    }
}

static void add_contract(const struct curtois *in, const struct curtois_staff *staff, struct operation *op)
{
    struct contract *contract = &op->contracts[op->n_contracts++];
    *contract = (struct contract){.id = g_strdup(staff->id),
                                  .name = g_strdup(staff->id),
                                  .week_minutes_max = WEEK_DAYS * DAY_S / 60,
                                  .week_days_max = WEEK_DAYS,
                                  .week_nights_max = WEEK_DAYS,
                                  .night_to_min = 1,
                                  .night_shift_minutes = DAY_S / 60,
                                  .start_spread_max_min = DAY_S / 60,
                                  .consecutive_days_max = staff->consecutive_max,
                                  .consecutive_days_min = staff->consecutive_min,
                                  .consecutive_days_off_min = staff->off_min,
                                  .weekends_max = staff->weekends_max,
                                  .weekends_of = in->n_days / WEEK_DAYS,
                                  .period_minutes_min = staff->minutes_min,
                                  .period_minutes_max = staff->minutes_max,
                                  .currency = g_strdup(op->currency)};
    contract->templates = g_new0(int, in->n_shifts + 1);
    contract->limits = g_new0(struct template_limit, in->n_shifts + 1);
    contract->successions = g_new0(struct succession, in->n_shifts * in->n_shifts + 1);
    for (int s = 0; s < in->n_shifts; s++) {
        if (staff->shifts_max[s] == 0)
            continue;
        contract->templates[contract->n_templates++] = s;
        if (staff->shifts_max[s] < in->n_days)
            contract->limits[contract->n_limits++] =
                (struct template_limit){s, 0, INT_MAX, 0, staff->shifts_max[s], 0, INT_MAX};
        for (int next = 0; next < in->n_shifts; next++)
            if (in->shifts[s].bars[next])
                contract->successions[contract->n_successions++] = (struct succession){s, next};
    }
}

static void add_people(const struct curtois *in, struct operation *op)
{
    op->sites = g_new0(struct site, 1);
    op->sites[op->n_sites++] = (struct site){
        .id = g_strdup("site"), .name = g_strdup("site"), .zone = g_strdup("UTC"), .country = g_strdup("GB")};
    op->contracts = g_new0(struct contract, in->n_staff + 1);
    op->agents = g_new0(struct agent, in->n_staff + 1);
    for (int a = 0; a < in->n_staff; a++) {
        op->agents[op->n_agents++] = (struct agent){.id = g_strdup(in->staff[a].id),
                                                    .name = g_strdup(in->staff[a].id),
                                                    .contract = a,
                                                    .employed_from = INT32_MIN,
                                                    .employed_to = INT32_MAX};
        add_contract(in, &in->staff[a], op);
    }
}

static int by_agent_and_day(const void *a, const void *b)
{
    const struct preference *x = a, *y = b;
    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static void add_wishes(const struct curtois *in, int32_t first_day, struct operation *op)
{
    op->preferences = g_new0(struct preference, in->n_requests + 1);
    for (int i = 0; i < in->n_requests; i++) {
        const struct curtois_request *r = &in->requests[i];
        op->preferences[op->n_preferences++] = (struct preference){.agent = r->staff,
                                                                   .day = first_day + r->day,
                                                                   .tmpl = r->shift,
                                                                   .off = !r->on,
                                                                   .to_min = DAY_S / 60,
                                                                   .price = r->weight};
    }
    qsort(op->preferences, (size_t)op->n_preferences, sizeof *op->preferences, by_agent_and_day);
    op->time_off = g_new0(struct time_off, in->n_days_off + 1);
    for (int i = 0; i < in->n_days_off; i++) {
        int64_t start = (int64_t)(first_day + in->days_off[i].day) * DAY_S;
        op->time_off[op->n_time_off++] = (struct time_off){.agent = in->days_off[i].staff,
                                                           .start_ts = start,
                                                           .end_ts = start + DAY_S - STAGGER_MIN * 60,
                                                           .kind = g_strdup("day off")};
    }
}

static int by_day_and_template(const void *a, const void *b)
{
    const struct headcount *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->tmpl > y->tmpl) - (x->tmpl < y->tmpl);
}

struct plan_problem *curtois_problem(const struct curtois *in, GError **error)
{
    AUTO(plan_problem) problem = plan_problem_new();
    struct operation *op = problem->operation = operation_new();
    problem->first_day = day_from_civil(FIRST_YEAR, 1, 1);
    problem->n_weeks = in->n_days / WEEK_DAYS;
    op->name = g_strdup("curtois");
    op->zone = g_strdup("UTC");
    op->interval_min = STAGGER_MIN;
    g_strlcpy(op->currency, "EUR", sizeof op->currency);
    add_templates(in, op);
    add_people(in, op);
    add_wishes(in, problem->first_day, op);
    struct grid grid;
    if (!plan_horizon(op, problem->first_day, problem->n_weeks, &grid, error))
        return NULL;
    demand_init(&problem->demand, &grid, 0, 1);
    problem->headcounts = g_new0(struct headcount, in->n_cover + 1);
    for (int i = 0; i < in->n_cover; i++) {
        const struct curtois_cover *c = &in->cover[i];
        problem->headcounts[problem->n_headcounts++] =
            (struct headcount){c->shift, -1, problem->first_day + c->day, c->need, c->under, c->over};
    }
    qsort(problem->headcounts, (size_t)problem->n_headcounts, sizeof *problem->headcounts,
          by_day_and_template);
    return g_steal_pointer(&problem);
}

int *curtois_roster(const struct curtois *in, const struct plan_problem *problem, const struct shift *shifts,
                    int n_shifts, GError **error)
{
    g_autofree int *roster = g_new(int, in->n_staff * in->n_days + 1);
    for (int i = 0; i < in->n_staff * in->n_days; i++)
        roster[i] = -1;
    for (int i = 0; i < n_shifts; i++) {
        const struct shift *s = &shifts[i];
        int64_t offset = s->start_ts - problem->demand.grid.start_ts;
        int64_t day = offset / DAY_S;
        bool known = s->agent >= 0 && s->agent < in->n_staff && s->tmpl >= 0 && s->tmpl < in->n_shifts &&
                     offset >= 0 && day < in->n_days;
        if (!known || offset % DAY_S != (int64_t)start_min(in, s->tmpl) * 60 ||
            s->end_ts - s->start_ts != (int64_t)in->shifts[s->tmpl].minutes * 60 || s->n_activities != 0 ||
            roster[s->agent * in->n_days + (int)day] >= 0) {
            wfm_fail(error, WFM_ERROR_INPUT, "shift %d is none of the benchmark's, or the second on a day",
                     i);
            return NULL;
        }
        roster[s->agent * in->n_days + (int)day] = s->tmpl;
    }
    return g_steal_pointer(&roster);
}
