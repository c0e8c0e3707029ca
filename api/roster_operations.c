#include "api/roster_operations.h"

#include <string.h>

#include "api/body.h"
#include "api/resources.h"
#include "core/error.h"

#define OPERATIONS_MAX 200
#define CLOCK_LENGTH 5 /* "09:00" */

enum op { OP_ADD, OP_MOVE, OP_CHANGE, OP_DELETE, OP_LOCK, OP_UNLOCK, OP_SWAP };
static const char *const op_names[] = {"add", "move", "change", "delete", "lock", "unlock", "swap", NULL};

struct activity_body {
    int kind;
    int64_t start_ts, end_ts;
    bool paid;
};

struct roster_operation {
    int op;
    char *agent, *tmpl, *start;
    int32_t day;
    bool has_day, has_shift, has_with, has_paid, has_activities;
    int64_t shift, with;
    int paid_min;
    struct activity_body *activities;
    int n_activities;
};

static const char *const activity_names[] = {"meal", "break", "training", "meeting", "split", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(activity_names) == ACTIVITY_N + 1);

/* clang-format off */
static const struct body_field activity_fields[] = {
    {"kind", BODY_CHOICE, BODY_AT(activity_body, kind), .flags = BODY_REQUIRED, .choices = activity_names},
    {"start", BODY_INSTANT, BODY_AT(activity_body, start_ts), .flags = BODY_REQUIRED},
    {"end", BODY_INSTANT, BODY_AT(activity_body, end_ts), .flags = BODY_REQUIRED},
    {"paid", BODY_BOOL, BODY_AT(activity_body, paid), .flags = BODY_REQUIRED},
    {.name = NULL},
};

static const struct body_field operation_fields[] = {
    {"op", BODY_CHOICE, BODY_AT(roster_operation, op), .flags = BODY_REQUIRED, .choices = op_names},
    {"shift", BODY_INT64, BODY_AT(roster_operation, shift), BODY_GIVEN(roster_operation, has_shift)},
    {"with", BODY_INT64, BODY_AT(roster_operation, with), BODY_GIVEN(roster_operation, has_with)},
    {"agent", BODY_ID, BODY_AT(roster_operation, agent)},
    {"template", BODY_ID, BODY_AT(roster_operation, tmpl)},
    {"day", BODY_DAY, BODY_AT(roster_operation, day), BODY_GIVEN(roster_operation, has_day)},
    {"start", BODY_TEXT, BODY_AT(roster_operation, start), .max = 40},
    {"paid_minutes", BODY_INT, BODY_AT(roster_operation, paid_min), BODY_GIVEN(roster_operation, has_paid), .min = 1, .max = 2880},
    {"activities", BODY_LIST, BODY_AT(roster_operation, activities), BODY_COUNT(roster_operation, n_activities),
     .fields = activity_fields, .size = sizeof(struct activity_body), .max = SHIFT_ACTIVITIES_MAX, BODY_GIVEN(roster_operation, has_activities)},
    {.name = NULL},
};

static const struct body_field fields[] = {
    {"operations", BODY_LIST, BODY_AT(roster_operations, list), BODY_COUNT(roster_operations, n),
     .fields = operation_fields, .size = sizeof(struct roster_operation), .max = OPERATIONS_MAX, .flags = BODY_REQUIRED, .min = 1},
    {"dry_run", BODY_BOOL, BODY_AT(roster_operations, dry_run)},
    {"allow_violations", BODY_BOOL, BODY_AT(roster_operations, allow_violations)},
    {"note", BODY_TEXT, BODY_AT(roster_operations, note), .max = 500, .flags = BODY_LINES},
    {.name = NULL},
};

/* What each kind of operation takes. */
enum { SHIFT = 1, WITH = 2, AGENT = 4, TEMPLATE = 8, START = 16, PAID = 32, ACTIVITIES = 64 };
static const struct {
    unsigned must, may;
} takes[] = {
    [OP_ADD] = {AGENT | TEMPLATE | START, PAID | ACTIVITIES},
    [OP_MOVE] = {SHIFT, START | AGENT},
    [OP_CHANGE] = {SHIFT, START | TEMPLATE | PAID | ACTIVITIES},
    [OP_DELETE] = {SHIFT, 0},
    [OP_LOCK] = {SHIFT, 0},
    [OP_UNLOCK] = {SHIFT, 0},
    [OP_SWAP] = {SHIFT | WITH, 0},
};
/* clang-format on */

void roster_operations_clear(struct roster_operations *operations)
{
    body_clear(fields, operations);
    json_decref(operations->json);
    *operations = (struct roster_operations){.n = 0};
}

static unsigned given(const struct roster_operation *o)
{
    return (o->has_shift ? SHIFT : 0) | (o->has_with ? WITH : 0) | (o->agent != NULL ? AGENT : 0) |
           (o->tmpl != NULL ? TEMPLATE : 0) | (o->start != NULL ? START : 0) | (o->has_paid ? PAID : 0) |
           (o->has_activities ? ACTIVITIES : 0);
}

static void wrong_at(struct api_call *call, int i, const char *member, const char *what)
{
    g_autofree char *pointer = g_strdup_printf("/operations/%d%s%s", i, *member != '\0' ? "/" : "", member);
    body_wrong(call, pointer, "%s", what);
}

/* Members that are missing, or that an operation of this kind has no use for. */
static void check_members(struct api_call *call, int i, const struct roster_operation *o)
{
    static const struct {
        unsigned bit;
        const char *name;
    } members[] = {{SHIFT, "shift"},          {WITH, "with"},   {AGENT, "agent"},
                   {TEMPLATE, "template"},    {START, "start"}, {PAID, "paid_minutes"},
                   {ACTIVITIES, "activities"}};
    unsigned has = given(o);
    for (size_t k = 0; k < G_N_ELEMENTS(members); k++) {
        unsigned bit = members[k].bit;
        g_autofree char *missing = g_strdup_printf("%s needs this member", op_names[o->op]);
        g_autofree char *useless = g_strdup_printf("%s does not take this member", op_names[o->op]);
        if (takes[o->op].must & bit & ~has)
            wrong_at(call, i, members[k].name, missing);
        if (has & bit & ~(takes[o->op].must | takes[o->op].may))
            wrong_at(call, i, members[k].name, useless);
    }
    if (o->has_day && o->start == NULL)
        wrong_at(call, i, "day", "says the day of a start by the clock; give start, too");
    if (takes[o->op].must == SHIFT && takes[o->op].may != 0 && (has & takes[o->op].may) == 0)
        wrong_at(call, i, "", "changes nothing");
}

bool roster_operations_read(struct api_call *call, struct roster_operations *out, GError **error)
{
    if (!body_read(call, fields, out, error))
        return false;
    for (int i = 0; i < out->n; i++)
        check_members(call, i, &out->list[i]);
    json_auto_t *body = json_loadb(call->body, call->body_length, 0, NULL);
    out->json = json_incref(json_object_get(body, "operations"));
    return body_right(call, error);
}

bool roster_undo_read(struct api_call *call, struct roster_operations *out, GError **error)
{
    const struct body_field *behind = fields + 1; /* the operations are known */
    return call->body_length == 0 || body_read(call, behind, out, error);
}

/* --- one operation
 * ------------------------------------------------------------------------------------------------ */

/* One list of operations at work. */
struct working {
    struct api_call *call;
    const struct roster_view *view;
    const struct operation *op;
    GArray *shifts; /* struct draft_shift */
    int i;          /* the operation at hand */
    GError **error;
};

static bool wrong(struct working *w, const char *member, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool wrong(struct working *w, const char *member, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    wrong_at(w->call, w->i, member, what);
    return false;
}

static struct draft_shift *find(struct working *w, const char *member, int64_t id)
{
    for (guint k = 0; k < w->shifts->len; k++) {
        struct draft_shift *shift = &g_array_index(w->shifts, struct draft_shift, k);
        if (shift->id == id)
            return shift;
    }
    wrong(w, member, "the roster has no shift %" G_GINT64_FORMAT, id);
    return NULL;
}

/* A locked shift stays as it is. */
static struct draft_shift *find_open(struct working *w, const char *member, int64_t id)
{
    struct draft_shift *shift = find(w, member, id);
    if (shift == NULL || !shift->locked)
        return shift;
    if (*w->error == NULL)
        wfm_fail(w->error, WFM_ERROR_CONFLICT,
                 "operation %d: shift %" G_GINT64_FORMAT " is locked; unlock it before", w->i, id);
    return NULL;
}

static const struct zone *zone_of(struct working *w, int agent)
{
    return api_zone(w->call, w->op->sites[w->op->agents[agent].site].zone,
                    *w->error == NULL ? w->error : NULL);
}

/* An instant with its offset, or the clock of the agent's site on a day ("day"; else `day`). */
static bool read_start(struct working *w, const struct roster_operation *o, int agent, int32_t day,
                       int64_t *ts)
{
    const struct zone *zone = zone_of(w, agent);
    if (zone == NULL)
        return false;
    if (strlen(o->start) != CLOCK_LENGTH) {
        if (o->has_day)
            return wrong(w, "day", "is for a start by the clock, as 09:00; this one is an instant");
        return time_parse(o->start, NULL, ts, NULL) ||
               wrong(w, "start",
                     "\"%s\" is neither an instant with offset, as 2026-12-01T09:00:00+05:30, nor a time of "
                     "day, as 09:00",
                     o->start);
    }
    const char *s = o->start;
    bool digits = g_ascii_isdigit(s[0]) && g_ascii_isdigit(s[1]) && s[2] == ':' && g_ascii_isdigit(s[3]) &&
                  g_ascii_isdigit(s[4]);
    int minute = digits ? (s[0] * 10 + s[1] - 11 * '0') * 60 + s[3] * 10 + s[4] - 11 * '0' : DAY_MIN;
    if (minute >= DAY_MIN || (s[3] > '5'))
        return wrong(w, "start", "\"%s\" is no time of day, as 09:00", o->start);
    if (!o->has_day && day == INT32_MIN)
        return wrong(w, "day", "which day is %s on?", o->start);
    *ts = zone_instant(zone, o->has_day ? o->day : day, minute);
    return true;
}

static bool read_agent(struct working *w, const struct roster_operation *o, int *agent)
{
    *agent = operation_agent(w->op, o->agent);
    return *agent >= 0 || wrong(w, "agent", "this roster's operation has no agent \"%s\"", o->agent);
}

static bool read_template(struct working *w, const struct roster_operation *o, int *tmpl)
{
    *tmpl = operation_template(w->op, o->tmpl);
    return *tmpl >= 0 ||
           wrong(w, "template", "this roster's operation has no shift template \"%s\"", o->tmpl);
}

static bool is_meeting(const struct activity *a)
{
    return a->kind == ACTIVITY_MEETING || a->kind == ACTIVITY_TRAINING;
}

static int by_start(const void *a, const void *b)
{
    const struct activity *x = a, *y = b;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

static bool take_activities(struct working *w, const struct roster_operation *o, struct shift *shift)
{
    shift->n_activities = o->n_activities;
    for (int k = 0; k < o->n_activities; k++) {
        const struct activity_body *a = &o->activities[k];
        if (a->end_ts <= a->start_ts)
            return wrong(w, "activities", "an activity ends before it starts");
        shift->activities[k] =
            (struct activity){(enum activity_kind)a->kind, a->start_ts, a->end_ts, a->paid};
    }
    qsort(shift->activities, (size_t)shift->n_activities, sizeof *shift->activities, by_start);
    return true;
}

/* Paid minutes and what of the activities is unpaid make the length. */
static void set_length(struct shift *shift, int paid_min)
{
    int64_t unpaid_s = 0;
    for (int k = 0; k < shift->n_activities; k++)
        if (!shift->activities[k].paid)
            unpaid_s += shift->activities[k].end_ts - shift->activities[k].start_ts;
    shift->end_ts = shift->start_ts + (int64_t)paid_min * 60 + unpaid_s;
}

/* The breaks of the template where they cost least. */
static bool place_breaks(struct working *w, struct shift *shift, int paid_min)
{
    const struct shift_template *tmpl = &w->op->templates[shift->tmpl];
    g_autoptr(GError) why = NULL;
    shift->n_activities = 0;
    shift->end_ts = shift->start_ts + ((int64_t)paid_min + shift_template_unpaid_min(tmpl)) * 60;
    return edited_place_breaks(w->view->problem, w->view->now->staffed, shift, &why) ||
           wrong(w, "activities", "%s", why->message);
}

static bool do_add(struct working *w, const struct roster_operation *o)
{
    struct draft_shift added = {.id = 0};
    struct shift *shift = &added.shift;
    bool agent = read_agent(w, o, &shift->agent), tmpl = read_template(w, o, &shift->tmpl);
    if (!agent || !tmpl || !read_start(w, o, shift->agent, INT32_MIN, &shift->start_ts))
        return false;
    const struct shift_template *template = &w->op->templates[shift->tmpl];
    if (!o->has_paid && template->paid_min_min != template->paid_max_min)
        return wrong(w, "paid_minutes", "template %s has %d to %d paid minutes: which?", template->id,
                     template->paid_min_min, template->paid_max_min);
    int paid = o->has_paid ? o->paid_min : template->paid_min_min;
    if (o->has_activities ? !take_activities(w, o, shift) : !place_breaks(w, shift, paid))
        return false;
    set_length(shift, paid);
    g_array_append_val(w->shifts, added);
    return true;
}

/* Meals and breaks go with the shift; meetings stay where they are while the shift holds them, and only with
   who is asked to them. */
static void carry(struct shift *shift, int64_t by_s, bool other_agent)
{
    int kept = 0;
    shift->start_ts += by_s;
    shift->end_ts += by_s;
    for (int k = 0; k < shift->n_activities; k++) {
        struct activity a = shift->activities[k];
        bool meeting = is_meeting(&a);
        if (!meeting) {
            a.start_ts += by_s;
            a.end_ts += by_s;
        } else if (other_agent || a.start_ts < shift->start_ts || a.end_ts > shift->end_ts)
            continue;
        shift->activities[kept++] = a;
    }
    shift->n_activities = kept;
    qsort(shift->activities, (size_t)kept, sizeof *shift->activities, by_start);
}

static bool do_move(struct working *w, const struct roster_operation *o)
{
    struct draft_shift *found = find_open(w, "shift", o->shift);
    if (found == NULL)
        return false;
    int agent = found->shift.agent;
    const struct zone *zone = zone_of(w, agent);
    int64_t start_ts = found->shift.start_ts;
    if (zone == NULL)
        return false;
    int32_t day = zone_local_day(zone, start_ts);
    if ((o->agent != NULL && !read_agent(w, o, &agent)) ||
        (o->start != NULL && !read_start(w, o, agent, day, &start_ts)))
        return false;
    carry(&found->shift, start_ts - found->shift.start_ts, agent != found->shift.agent);
    found->shift.agent = agent;
    return true;
}

static bool do_change(struct working *w, const struct roster_operation *o)
{
    struct draft_shift *found = find_open(w, "shift", o->shift);
    if (found == NULL)
        return false;
    struct shift shift = found->shift;
    int paid = o->has_paid ? o->paid_min : shift_paid_minutes(&shift);
    const struct zone *zone = zone_of(w, shift.agent);
    if (zone == NULL || (o->tmpl != NULL && !read_template(w, o, &shift.tmpl)))
        return false;
    int64_t start_ts = shift.start_ts;
    if (o->start != NULL && !read_start(w, o, shift.agent, zone_local_day(zone, start_ts), &start_ts))
        return false;
    carry(&shift, start_ts - shift.start_ts, false);
    if (o->has_activities ? !take_activities(w, o, &shift)
                          : shift.tmpl != found->shift.tmpl && !place_breaks(w, &shift, paid))
        return false;
    set_length(&shift, paid);
    found->shift = shift;
    return true;
}

static bool do_swap(struct working *w, const struct roster_operation *o)
{
    struct draft_shift *one = find_open(w, "shift", o->shift), *other = find_open(w, "with", o->with);
    if (one == NULL || other == NULL)
        return false;
    int agent = one->shift.agent;
    if (agent == other->shift.agent)
        return wrong(w, "with", "is a shift of the same agent");
    one->shift.agent = other->shift.agent;
    other->shift.agent = agent;
    carry(&one->shift, 0, true);
    carry(&other->shift, 0, true);
    return true;
}

static bool do_lock(struct working *w, const struct roster_operation *o)
{
    struct draft_shift *found = find(w, "shift", o->shift);
    if (found != NULL)
        found->locked = o->op == OP_LOCK;
    return found != NULL;
}

static bool do_delete(struct working *w, const struct roster_operation *o)
{
    struct draft_shift *found = find_open(w, "shift", o->shift);
    if (found != NULL)
        g_array_remove_index(w->shifts, (guint)(found - &g_array_index(w->shifts, struct draft_shift, 0)));
    return found != NULL;
}

static bool (*const doers[])(struct working *w, const struct roster_operation *o) = {
    [OP_ADD] = do_add,   [OP_MOVE] = do_move,   [OP_CHANGE] = do_change, [OP_DELETE] = do_delete,
    [OP_LOCK] = do_lock, [OP_UNLOCK] = do_lock, [OP_SWAP] = do_swap,
};

bool roster_operations_apply(struct api_call *call, const struct roster_operations *operations,
                             const struct roster_view *view, struct draft_shift **shifts, int *n,
                             GError **error)
{
    g_autoptr(GError) conflict = NULL;
    struct working w = {call,
                        view,
                        view->problem->operation,
                        g_array_sized_new(FALSE, FALSE, sizeof(struct draft_shift), (guint)view->n + 8),
                        0,
                        &conflict};
    g_array_append_vals(w.shifts, view->shifts, (guint)view->n);
    for (w.i = 0; w.i < operations->n; w.i++)
        doers[operations->list[w.i].op](&w, &operations->list[w.i]);
    bool ok = body_right(call, error);
    if (ok && conflict != NULL) {
        g_propagate_error(error, g_steal_pointer(&conflict));
        ok = false;
    }
    *n = (int)w.shifts->len;
    *shifts = (struct draft_shift *)(void *)g_array_free(w.shifts, FALSE);
    if (!ok)
        g_clear_pointer(shifts, g_free);
    return ok;
}

/* --- and back
 * ----------------------------------------------------------------------------------------------------- */

static const struct draft_shift *by_id(const struct draft_shift *shifts, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (shifts[i].id == id)
            return &shifts[i];
    return NULL;
}

/* A shift put back: added when it is gone, else changed; NULL when the zone is not known. */
static json_t *restore_json(struct api_call *call, const struct operation *op, const struct draft_shift *old,
                            GError **error)
{
    const struct shift *shift = &old->shift;
    const struct agent *agent = &op->agents[shift->agent];
    const struct zone *zone = api_zone(call, op->sites[agent->site].zone, error);
    if (zone == NULL)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:o, s:i, s:o}", "op", "add", "agent", agent->id, "template",
                     shift->tmpl >= 0 ? op->templates[shift->tmpl].id : "", "start",
                     api_json_instant(shift->start_ts, zone), "paid_minutes", shift_paid_minutes(shift),
                     "activities", activities_json(shift->activities, shift->n_activities, zone));
}

static json_t *step(const char *op, int64_t shift)
{
    return json_pack("{s:s, s:I}", "op", op, "shift", (json_int_t)shift);
}

/* A shift that is there before and after: unlocked, moved, changed and locked again. */
static bool reverse_one(struct api_call *call, const struct operation *op, const struct draft_shift *old,
                        const struct draft_shift *now, json_t *list, GError **error)
{
    json_t *whole = restore_json(call, op, old, error);
    if (whole == NULL)
        return false;
    if (now->locked)
        json_array_append_new(list, step("unlock", now->id));
    if (old->shift.agent != now->shift.agent) {
        json_t *move = step("move", now->id);
        json_object_set_new(move, "agent", json_string(op->agents[old->shift.agent].id));
        json_array_append_new(list, move);
    }
    json_object_del(whole, "agent");
    json_object_set_new(whole, "op", json_string("change"));
    json_object_set_new(whole, "shift", json_integer(now->id));
    json_array_append_new(list, whole);
    if (old->locked)
        json_array_append_new(list, step("lock", now->id));
    return true;
}

json_t *roster_operations_inverse(struct api_call *call, const struct operation *operation,
                                  const struct draft_shift *was, int n_was, const struct draft_shift *became,
                                  int n_became, GError **error)
{
    json_auto_t *list = json_array();
    for (int i = 0; i < n_became; i++)
        if (by_id(was, n_was, became[i].id) == NULL) {
            if (became[i].locked)
                json_array_append_new(list, step("unlock", became[i].id));
            json_array_append_new(list, step("delete", became[i].id));
        }
    for (int i = 0; i < n_was; i++) {
        const struct draft_shift *now = by_id(became, n_became, was[i].id);
        json_t *added = now == NULL ? restore_json(call, operation, &was[i], error) : NULL;
        if (now != NULL ? !reverse_one(call, operation, &was[i], now, list, error)
                        : added == NULL || json_array_append_new(list, added) != 0)
            return NULL;
    }
    return g_steal_pointer(&list);
}
