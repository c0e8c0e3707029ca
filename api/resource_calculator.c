/* The planner's calculator: one queue in steady state, nothing stored (scheduler/staffing/calculator.h). */
#include <math.h>
#include <string.h>

#include "api/body.h"
#include "api/resources.h"
#include "core/error.h"
#include "scheduler/staffing/calculator.h"

#define AXES_MAX 4
#define POINTS_MAX 500
#define WEEK_S 604800
#define DAY_SECONDS 86400

struct axis_ask {
    int name;
    double *values;
    int n_values;
};

struct calculator_ask {
    double contacts, span_s, aht_s, target, threshold_s, patience_s, short_abandon_s;
    double asa_max_s, abandon_max, occupancy_max, shrinkage, busyness, agents, due_s, backlog, open_s,
        fte_hours;
    int chats, room, lines, blend_idle, days, definition, solve_for;
    double *chat_aht_s;
    int n_chat_aht_s;
    struct axis_ask *grid;
    int n_grid;
    bool has_contacts, has_target;
};

static const char *const definitions[] = {
    "offered", "answered", "aban_ignored", "aban_positive", "excl_short", "virtual", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(definitions) == SL_DEFINITION_N + 1);

/* What can be solved for, beside the agents. */
static const char *const solvable[] = {"agents",      "contacts", "aht_s", "patience_s",
                                       "threshold_s", "target",   "due_s", NULL};
static const enum calculator_variable variables[] = {
    CALCULATOR_VARIABLE_N, CALCULATOR_CONTACTS, CALCULATOR_AHT, CALCULATOR_PATIENCE,
    CALCULATOR_THRESHOLD,  CALCULATOR_TARGET,   CALCULATOR_DUE};
G_STATIC_ASSERT(G_N_ELEMENTS(solvable) == G_N_ELEMENTS(variables) + 1);

/* What a grid can walk over, with its bounds. */
#define OF(member) offsetof(struct calculator_ask, member)
static const char *const walkable[] = {
    "contacts",      "aht_s",     "target",   "threshold_s", "patience_s", "asa_max_s", "abandon_max",
    "occupancy_max", "shrinkage", "busyness", "agents",      "due_s",      "backlog",   NULL};
static const struct {
    size_t offset;
    double min, max;
} walks[] = {{OF(contacts), 0, 1e7},       {OF(aht_s), 0.1, WEEK_S},     {OF(target), 0, 1},
             {OF(threshold_s), 0, WEEK_S}, {OF(patience_s), 0, WEEK_S},  {OF(asa_max_s), 0, WEEK_S},
             {OF(abandon_max), 0, 1},      {OF(occupancy_max), 0.01, 1}, {OF(shrinkage), 0, 0.95},
             {OF(busyness), 0, 2},         {OF(agents), 0, 100000},      {OF(due_s), 1, 8640000},
             {OF(backlog), 0, 1e8}};
G_STATIC_ASSERT(G_N_ELEMENTS(walkable) == G_N_ELEMENTS(walks) + 1);

#define REAL(member, least, most)                                                                            \
    {                                                                                                        \
        .name = #member, .kind = BODY_REAL, BODY_AT(calculator_ask, member), .min = (least), .max = (most)   \
    }
#define WHOLE(member, least, most)                                                                           \
    {                                                                                                        \
        .name = #member, .kind = BODY_INT, BODY_AT(calculator_ask, member), .min = (least), .max = (most),   \
        .flags = BODY_NULLABLE                                                                               \
    }

static const struct body_field axis_fields[] = {
    {.name = "name",
     .kind = BODY_CHOICE,
     BODY_AT(axis_ask, name),
     .flags = BODY_REQUIRED,
     .choices = walkable},
    {.name = "values",
     .kind = BODY_REALS,
     BODY_AT(axis_ask, values),
     BODY_COUNT(axis_ask, n_values),
     .flags = BODY_REQUIRED,
     .max = POINTS_MAX},
    {.name = NULL},
};

static const struct body_field fields[] = {
    {.name = "contacts",
     .kind = BODY_REAL,
     BODY_AT(calculator_ask, contacts),
     .min = 0,
     .max = 1e7,
     BODY_GIVEN(calculator_ask, has_contacts)},
    {.name = "target",
     .kind = BODY_SHARE,
     BODY_AT(calculator_ask, target),
     BODY_GIVEN(calculator_ask, has_target)},
    REAL(span_s, 1, WEEK_S),
    REAL(aht_s, 0.1, WEEK_S),
    REAL(threshold_s, 0, WEEK_S),
    REAL(patience_s, 0, WEEK_S),
    REAL(short_abandon_s, 0, WEEK_S),
    REAL(asa_max_s, 0, WEEK_S),
    REAL(abandon_max, 0, 1),
    REAL(occupancy_max, 0.01, 1),
    REAL(shrinkage, 0, 0.95),
    REAL(busyness, 0, 2),
    {.name = "agents",
     .kind = BODY_REAL,
     BODY_AT(calculator_ask, agents),
     .max = 100000,
     .flags = BODY_NULLABLE},
    {.name = "due_s",
     .kind = BODY_REAL,
     BODY_AT(calculator_ask, due_s),
     .min = 1,
     .max = 8640000,
     .flags = BODY_NULLABLE},
    REAL(backlog, 0, 1e8),
    REAL(open_s, 300, DAY_SECONDS),
    REAL(fte_hours, 1, 168),
    WHOLE(chats, 1, CALCULATOR_CHATS_MAX),
    WHOLE(room, 0, 1000000),
    WHOLE(lines, 1, 1000000),
    WHOLE(blend_idle, 0, 100000),
    WHOLE(days, 1, 7),
    {.name = "definition", .kind = BODY_CHOICE, BODY_AT(calculator_ask, definition), .choices = definitions},
    {.name = "solve_for", .kind = BODY_CHOICE, BODY_AT(calculator_ask, solve_for), .choices = solvable},
    {.name = "chat_aht_s",
     .kind = BODY_REALS,
     BODY_AT(calculator_ask, chat_aht_s),
     BODY_COUNT(calculator_ask, n_chat_aht_s),
     .max = CALCULATOR_CHATS_MAX},
    {.name = "grid",
     .kind = BODY_LIST,
     BODY_AT(calculator_ask, grid),
     BODY_COUNT(calculator_ask, n_grid),
     .max = AXES_MAX,
     .fields = axis_fields,
     .size = sizeof(struct axis_ask)},
    {.name = NULL},
};

/* --- what does not go together
 * --------------------------------------------------------------------------------------- */

static bool walks_over(const struct calculator_ask *ask, const char *name)
{
    for (int i = 0; i < ask->n_grid; i++)
        if (strcmp(walkable[ask->grid[i].name], name) == 0)
            return true;
    return false;
}

static bool deferred(const struct calculator_ask *ask)
{
    return ask->due_s > 0 || walks_over(ask, "due_s") || strcmp(solvable[ask->solve_for], "due_s") == 0;
}

static void check_immediate(struct api_call *call, const struct calculator_ask *ask)
{
    bool none =
        !(ask->target > 0) && !(ask->asa_max_s > 0) && ask->abandon_max >= 1 && ask->occupancy_max >= 1;
    if (ask->target >= 1)
        body_wrong(call, "/target",
                   "no staff answers every contact in time when contacts arrive at random; "
                   "give a share below 1, like 0.99");
    if (ask->room >= 0 && ask->lines >= 0)
        body_wrong(call, "/lines", "room and lines both say who is turned away; give one of them");
    if (ask->blend_idle >= 0 && (ask->room >= 0 || ask->lines >= 0 || ask->chats > 1))
        body_wrong(call, "/blend_idle",
                   "goes with calls and a queue without end; leave room, lines and chats out");
    if (ask->backlog > 0)
        body_wrong(call, "/backlog", "is for deferred work: give due_s, or leave it out");
    if (none && isnan(ask->agents) && !walks_over(ask, "agents"))
        body_wrong(call, "/target",
                   "without a target no agent is needed; give asa_max_s, abandon_max, "
                   "occupancy_max or agents");
}

static void check_deferred(struct api_call *call, const struct calculator_ask *ask)
{
    const struct {
        const char *pointer;
        bool odd;
    } rows[] = {{"/chats", ask->chats > 1},           {"/room", ask->room >= 0},
                {"/lines", ask->lines >= 0},          {"/blend_idle", ask->blend_idle >= 0},
                {"/patience_s", ask->patience_s > 0}, {"/busyness", ask->busyness > 0},
                {"/asa_max_s", ask->asa_max_s > 0},   {"/abandon_max", ask->abandon_max < 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].odd)
            body_wrong(call, rows[i].pointer,
                       "is for contacts answered at once, due_s for work that waits; leave one of them out");
    if (!(ask->target > 0) && isnan(ask->agents) && !walks_over(ask, "agents"))
        body_wrong(call, "/target", "without a target no agent is needed; give agents");
}

static void check_solve(struct api_call *call, const struct calculator_ask *ask)
{
    const char *name = solvable[ask->solve_for];
    if (ask->solve_for == 0)
        return;
    if (isnan(ask->agents) && !walks_over(ask, "agents"))
        body_wrong(call, "/agents", "is needed to solve for %s", name);
    if (walks_over(ask, name))
        body_wrong(call, "/grid", "%s is what is asked for; leave it out", name);
}

static void check_grid(struct api_call *call, const struct calculator_ask *ask)
{
    double points = 1;
    unsigned seen = 0;
    for (int i = 0; i < ask->n_grid; i++) {
        const struct axis_ask *axis = &ask->grid[i];
        g_autofree char *pointer = g_strdup_printf("/grid/%d/values", i);
        points *= axis->n_values;
        if (axis->n_values == 0)
            body_wrong(call, pointer, "is empty");
        for (int v = 0; v < axis->n_values; v++)
            if (axis->values[v] < walks[axis->name].min || axis->values[v] > walks[axis->name].max) {
                body_wrong(call, pointer, "%g is not within %g to %g", axis->values[v], walks[axis->name].min,
                           walks[axis->name].max);
                break;
            }
        if (seen >> axis->name & 1)
            body_wrong(call, "/grid", "%s is there twice", walkable[axis->name]);
        seen |= 1u << axis->name;
    }
    if (points > POINTS_MAX)
        body_wrong(call, "/grid", "%g points, and at most %d are computed at once", points, POINTS_MAX);
}

static bool check(struct api_call *call, const struct calculator_ask *ask, GError **error)
{
    if (!ask->has_contacts && !walks_over(ask, "contacts") &&
        strcmp(solvable[ask->solve_for], "contacts") != 0)
        body_wrong(call, "/contacts", "is missing");
    for (int i = 0; i < ask->n_chat_aht_s; i++)
        if (!(ask->chat_aht_s[i] >= 0.1 && ask->chat_aht_s[i] <= WEEK_S))
            body_wrong(call, "/chat_aht_s", "%g is not within 0.1 to %d", ask->chat_aht_s[i], WEEK_S);
    if (ask->n_chat_aht_s > 0 && ask->chats > 1 && ask->chats != ask->n_chat_aht_s)
        body_wrong(call, "/chat_aht_s", "%d handling times, where chats is %d", ask->n_chat_aht_s,
                   ask->chats);
    if (deferred(ask))
        check_deferred(call, ask);
    else
        check_immediate(call, ask);
    check_solve(call, ask);
    check_grid(call, ask);
    return body_right(call, error);
}

/* --- one point
 * ------------------------------------------------------------------------------------------------------- */

static struct calculator calculator_of(const struct calculator_ask *ask)
{
    struct calculator c = {
        .contacts = ask->contacts,
        .span_s = ask->span_s,
        .aht_s = ask->n_chat_aht_s > 0 ? ask->chat_aht_s[0] : ask->aht_s,
        .patience_s = ask->patience_s,
        .threshold_s = ask->threshold_s,
        .short_abandon_s = ask->short_abandon_s,
        .target = ask->target,
        .asa_max_s = ask->asa_max_s,
        .abandon_max = ask->abandon_max,
        .occupancy_max = ask->occupancy_max,
        .shrinkage = ask->shrinkage,
        .chats = ask->n_chat_aht_s > 0 ? ask->n_chat_aht_s : ask->chats,
        .room = ask->room,
        .lines = ask->lines,
        .blend_idle = ask->blend_idle,
        .busyness = ask->busyness,
        .definition = (enum sl_definition)ask->definition,
        .due_s = ask->due_s > 0  ? ask->due_s
                 : deferred(ask) ? 1
                                 : 0,
        .backlog = ask->backlog,
        .open_s = ask->open_s,
        .days = ask->days,
    };
    for (int k = 0; k < CALCULATOR_CHATS_MAX; k++)
        c.level_share[k] = k < ask->n_chat_aht_s ? ask->chat_aht_s[k] / ask->chat_aht_s[0] : 1;
    return c;
}

static void put(json_t *row, const char *key, double value)
{
    json_object_set_new(row, key, api_json_finite(value));
}

/* What `agents` on shift achieve. */
static void put_achieved(json_t *row, const struct calculator_ask *ask, const struct calculator *c,
                         double agents)
{
    struct calculator_answer answer;
    const struct erlang_metrics *m = &answer.metrics;
    bool waits = c->due_s > 0;
    json_t *levels = json_object();
    calculator_answer(c, agents, &answer);
    put(row, "agents", agents);
    put(row, "at_work", agents * (1 - c->shrinkage));
    put(row, "fte", agents * c->open_s / 3600 * c->days / ask->fte_hours);
    json_object_set_new(row, "met", json_boolean(answer.margin >= 0));
    put(row, "service_level", waits ? answer.within_due : m->sl[c->definition]);
    for (int d = 0; d < SL_DEFINITION_N; d++)
        put(levels, definitions[d], waits ? NAN : m->sl[d]);
    json_object_set_new(row, "service_levels", levels);
    put(row, "asa_s", waits ? NAN : m->asa_answered_s);
    put(row, "asa_offered_s", waits ? NAN : m->asa_offered_s);
    put(row, "abandoned", waits ? NAN : m->abandon);
    put(row, "turned_away", waits ? NAN : m->blocked);
    put(row, "occupancy", m->occupancy);
    put(row, "waits", waits ? NAN : m->p_wait);
    put(row, "queue", waits ? NAN : m->queue_length);
    put(row, "outbound", !waits && c->blend_idle >= 0 ? answer.outbound_per_s * c->span_s : NAN);
    put(row, "oldest_s", waits ? answer.oldest_s : NAN);
    put(row, "mean_wait_s", waits ? answer.wait_s : NAN);
    put(row, "backlog_end", waits ? answer.backlog : NAN);
}

static json_t *solved_json(const struct calculator_ask *ask, const struct calculator *c)
{
    struct calculator_range range;
    if (!calculator_solve(c, ask->agents, variables[ask->solve_for], &range))
        return json_null();
    return json_pack("{s:o, s:o}", "least", range.least > 0 ? json_real(range.least) : json_null(), "most",
                     api_json_finite(range.most));
}

/* inputs: those of the grid at this point; taken. */
static json_t *point_json(const struct calculator_ask *ask, json_t *inputs)
{
    struct calculator c = calculator_of(ask);
    json_t *row = json_pack("{s:o}", "inputs", inputs);
    if (ask->solve_for != 0) {
        json_object_set_new(row, "solution", solved_json(ask, &c));
        return row;
    }
    double at_work = calculator_required(&c, false), whole_at_work = calculator_required(&c, true);
    double required = at_work / (1 - c.shrinkage), whole = fmax(ceil(required - 1e-9), 0);
    put(row, "required", required);
    put(row, "required_whole", whole);
    put(row, "required_at_work", at_work);
    put(row, "required_at_work_whole", whole_at_work);
    if (!isnan(ask->agents) || isfinite(whole))
        put_achieved(row, ask, &c, isnan(ask->agents) ? whole : ask->agents);
    return row;
}

static json_t *points_json(const struct calculator_ask *ask)
{
    json_t *rows = json_array();
    int n = 1;
    for (int i = 0; i < ask->n_grid; i++)
        n *= ask->grid[i].n_values;
    for (int point = 0; point < n; point++) {
        struct calculator_ask at = *ask;
        json_t *inputs = json_object();
        int rest = point;
        for (int i = ask->n_grid - 1; i >= 0; i--) { /* the last axis runs fastest */
            const struct axis_ask *axis = &ask->grid[i];
            double value = axis->values[rest % axis->n_values];
            rest /= axis->n_values;
            *(double *)(void *)((char *)&at + walks[axis->name].offset) = value;
            put(inputs, walkable[axis->name], value);
        }
        json_array_append_new(rows, point_json(&at, inputs));
    }
    return rows;
}

bool staffing_calculator(struct api_call *call, GError **error)
{
    struct calculator_ask ask = {
        .contacts = 1,
        .span_s = 1800,
        .aht_s = 180,
        .target = 0.8,
        .threshold_s = 20,
        .short_abandon_s = 5,
        .abandon_max = 1,
        .occupancy_max = 1,
        .agents = NAN,
        .open_s = 28800,
        .fte_hours = 40,
        .chats = 1,
        .room = -1,
        .lines = -1,
        .blend_idle = -1,
        .days = 5,
    };
    bool ok = body_read(call, fields, &ask, error);
    if (ok && deferred(&ask) && !ask.has_target)
        ask.target = 1;
    ok = ok && check(call, &ask, error) &&
         api_reply_json(
             call, 200,
             json_pack("{s:s, s:o}", "solve_for", solvable[ask.solve_for], "rows", points_json(&ask)));
    body_clear(fields, &ask);
    return ok;
}
