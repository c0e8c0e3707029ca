#include <string.h>

#include "api/body.h"
#include "api/decide.h"
#include "api/effect.h"
#include "api/resources.h"
#include "core/error.h"
#include "core/store/requests.h"

#define DAYS_MAX 31

/* --- what is shown
 * ----------------------------------------------------------------------------------------------- */

static json_t *span_json(int64_t shift, int64_t start_ts, int64_t end_ts, const struct zone *zone)
{
    return json_pack("{s:I, s:o, s:o}", "id", (json_int_t)shift, "start", api_json_instant(start_ts, zone),
                     "end", api_json_instant(end_ts, zone));
}

static json_t *offered_json(const struct swap *s, const struct zone *zone)
{
    json_t *json = span_json(s->shift, s->start_ts, s->end_ts, zone);
    json_object_set_new(json, "paid_minutes", json_integer(s->paid_minutes));
    json_object_set_new(json, "activities", activities_json(s->activities, s->n_activities, zone));
    return json;
}

/* An agent's part in it: what of it they may do follows from that. */
static const char *part_of(const struct api_call *call, const struct swap *s)
{
    if (g_strcmp0(s->agent, call->scope.agent) == 0)
        return "offered";
    if (g_strcmp0(s->taker, call->scope.agent) == 0)
        return "taken";
    return g_strcmp0(s->to, call->scope.agent) == 0 ? "asked" : "open";
}

/* Agents read no names but that of who offers to them alone. */
static void add_people(const struct api_call *call, const struct swap *s, json_t *json)
{
    if (call->scope.role != ROLE_PLANNER) {
        json_object_set_new(json, "part", json_string(part_of(call, s)));
        json_object_set_new(json, "for_one", json_boolean(s->to != NULL || s->offered_by != NULL));
        json_object_set_new(json, "offered_by", api_json_text(s->offered_by));
        return;
    }
    json_object_set_new(json, "agent", api_json_text(s->agent));
    json_object_set_new(json, "to", api_json_text(s->to));
    json_object_set_new(json, "taker", api_json_text(s->taker));
    json_object_set_new(json, "decided_by", api_json_text(s->decided_by));
}

static json_t *swap_json(struct api_call *call, const struct swap *s, GError **error)
{
    const struct zone *zone = api_zone(call, s->zone, error);
    if (zone == NULL)
        return NULL;
    json_t *days = json_array();
    for (int k = 0; k < s->n_days; k++) {
        g_autofree char *day = day_format(s->days[k]);
        json_array_append_new(days, json_string(day));
    }
    bool decided = s->decided_ts != 0;
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "id", (json_int_t)s->id, "state",
        swap_state_name(s->state), "site", s->site, "zone", s->zone, "shift", offered_json(s, zone), "days",
        days, "return",
        s->return_shift != 0 ? span_json(s->return_shift, s->return_start_ts, s->return_end_ts, zone)
                             : json_null(),
        "note", s->note, "reason", s->reason, "decided_how",
        decided ? json_string(decided_how_name(s->how)) : json_null(), "decided",
        decided ? api_json_instant(s->decided_ts, NULL) : json_null(), "created",
        api_json_instant(s->created_ts, NULL), "expires", api_json_instant(s->expires_ts, zone));
    add_people(call, s, json);
    return json;
}

static json_t *swap_load_json(struct api_call *call, int64_t id, bool with_effect, GError **error)
{
    struct swap *swap = NULL;
    if (!store_swap(call->store, &call->scope, id, call->now_ts, &swap, error))
        return NULL;
    json_t *json = swap_json(call, swap, error);
    json_t *effect = json != NULL && with_effect ? effect_swap_json(call, swap, error) : NULL;
    swaps_free(swap, 1);
    if (json != NULL && with_effect && effect == NULL)
        g_clear_pointer(&json, json_decref);
    if (effect != NULL)
        json_object_set_new(json, "consequences", effect);
    return json;
}

static bool reply_swap(struct api_call *call, int status, int64_t id, GError **error)
{
    json_t *json = swap_load_json(call, id, false, error);
    if (json == NULL || !api_reply_json(call, status, json))
        return false;
    if (status == 201)
        call->response.location = g_strdup_printf("/v1/me/swaps/%" G_GINT64_FORMAT, id);
    return true;
}

/* --- lists
 * ------------------------------------------------------------------------------------------------------- */

static bool list(struct api_call *call, enum swap_whose whose, const char *path, GError **error)
{
    struct swap *swaps = NULL;
    int64_t before;
    int n = 0, state, limit = call->query.limit;
    if (!api_word_asked(call, "state", swap_state_names, &state, error) || !cursor_id(call, &before, error) ||
        !store_swaps(call->store, &call->scope, whose, (enum swap_state)state, call->now_ts, before,
                     limit + 1, &swaps, &n, error))
        return false;
    json_t *rows = json_array();
    bool ok = true;
    for (int k = 0; k < MIN(n, limit) && ok; k++) {
        json_t *json = swap_json(call, &swaps[k], error);
        ok = json != NULL && json_array_append_new(rows, json) == 0;
    }
    json_t *next = json_null();
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, swaps[limit - 1].id);
        next = next_link(call, path, cursor);
    }
    swaps_free(swaps, n);
    json_t *page = json_pack("{s:o, s:o}", "swaps", rows, "next", next);
    if (ok)
        return api_reply_json(call, 200, page);
    json_decref(page);
    return false;
}

bool me_swaps_list(struct api_call *call, GError **error)
{
    const char *whose = query_text(&call->query, "whose");
    if (whose != NULL && strcmp(whose, "mine") != 0 && strcmp(whose, "for_me") != 0) {
        call->query.wrong = g_strdup("whose");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter whose: \"%s\" is neither mine nor for_me", whose);
    }
    return list(call, g_strcmp0(whose, "for_me") == 0 ? SWAPS_FOR_ME : SWAPS_MINE, "/v1/me/swaps", error);
}

bool swaps_list(struct api_call *call, GError **error)
{
    return list(call, SWAPS_ALL, "/v1/swaps", error);
}

bool me_swap_get(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "swap", &id, error) && reply_swap(call, 200, id, error);
}

bool swap_get(struct api_call *call, GError **error)
{
    int64_t id;
    json_t *json = path_number(call, 0, "swap", &id, error) ? swap_load_json(call, id, true, error) : NULL;
    return json != NULL && api_reply_json(call, 200, json);
}

/* --- an agent offers, takes, leaves
 * ------------------------------------------------------------------------------ */

struct offer {
    int64_t shift, expires_ts;
    char *to, **days, *note;
    int n_days;
};
static bool is_day(const char *text, const char **why)
{
    int32_t day;
    *why = "is not a day such as 2026-11-23";
    return day_parse(text, &day, NULL);
}
static const struct body_field offer_fields[] = {
    {"shift", BODY_INT64, BODY_AT(offer, shift), .flags = BODY_REQUIRED},
    {"to", BODY_ID, BODY_AT(offer, to), .flags = BODY_NULLABLE},
    {"days", BODY_TEXTS, BODY_AT(offer, days), BODY_COUNT(offer, n_days), .max = DAYS_MAX, .check = is_day},
    {"note", BODY_TEXT, BODY_AT(offer, note), .flags = BODY_LINES, .max = 1000},
    {"expires", BODY_INSTANT, BODY_AT(offer, expires_ts), .flags = BODY_NULLABLE},
    {.name = NULL},
};

static bool offer_make(struct api_call *call, const struct offer *body, int64_t *id, GError **error)
{
    g_autofree int32_t *days = g_new0(int32_t, (gsize)body->n_days + 1);
    for (int k = 0; k < body->n_days; k++)
        day_parse(body->days[k], &days[k], NULL);
    if (body->expires_ts <= call->now_ts)
        body_wrong(call, "/expires", "has passed");
    struct swap_offer offer = {
        body->shift, body->to, days, body->n_days, body->note != NULL ? body->note : "", body->expires_ts};
    return body_right(call, error) &&
           store_swap_offer(call->store, &call->scope, &offer, call->actor, call->now_ts, id, error);
}

bool me_swap_offer(struct api_call *call, GError **error)
{
    int64_t id = 0;
    struct offer body = {.expires_ts = INT64_MAX};
    bool ok = body_read(call, offer_fields, &body, error) && offer_make(call, &body, &id, error);
    body_clear(offer_fields, &body);
    return ok && reply_swap(call, 201, id, error);
}

/* Decline, withdraw, or give back what one took. */
static bool leave(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "swap", &id, error) &&
           store_swap_leave(call->store, &call->scope, id, call->actor, call->now_ts, error) &&
           api_reply_nothing(call);
}

bool me_swap_leave(struct api_call *call, GError **error)
{
    return leave(call, error);
}

/* No swap that breaks a rule which held before. */
static bool rules_hold(struct api_call *call, const struct swap *swap, double *shortage_change,
                       GError **error)
{
    struct swap_effect effect;
    bool ok = effect_of_swap(call, swap, &effect, error);
    *shortage_change = effect.shortage_change;
    if (ok && effect.n_new > 0) {
        json_decref(call->problem_extra);
        call->problem_extra = json_pack("{s:O}", "violations", effect.violations);
        ok = wfm_fail(error, WFM_ERROR_VIOLATION, "the swap would break %d rule%s; %s%s", effect.n_new,
                      effect.n_new == 1 ? "" : "s", effect.n_new == 1 ? "" : "first: ", effect.first);
    }
    swap_effect_clear(&effect);
    return ok;
}

/* Taken already: applied at once, left to a planner, or refused, which undoes the taking. */
static bool settle(struct api_call *call, int64_t id, GError **error)
{
    struct swap *swap = NULL;
    struct verdict verdict = {0};
    double shortage = 0;
    if (!store_swap(call->store, &scope_planner, id, call->now_ts, &swap, error))
        return false;
    bool ok = rules_hold(call, swap, &shortage, error) && decide_swap(call, swap, shortage, &verdict, error);
    struct decision decision = {DECIDED_RULE, "rule", ""};
    if (ok && verdict.what == VERDICT_NO)
        ok = wfm_fail(error, WFM_ERROR_CONFLICT, "the swap is not possible: %s", verdict.reason);
    else if (ok && verdict.what == VERDICT_YES)
        ok = store_swap_decide(call->store, id, SWAP_APPLIED, &decision, call->now_ts, error);
    g_free(verdict.reason);
    swaps_free(swap, 1);
    return ok;
}

struct taking {
    int64_t shift;
};
static const struct body_field taking_fields[] = {
    {"shift", BODY_INT64, BODY_AT(taking, shift), .flags = BODY_NULLABLE},
    {.name = NULL},
};

bool me_swap_accept(struct api_call *call, GError **error)
{
    int64_t id;
    struct taking body = {0};
    bool ok = path_number(call, 0, "swap", &id, error) &&
              (call->body_length == 0 || body_read(call, taking_fields, &body, error)) &&
              store_swap_take(call->store, &call->scope, id, body.shift, call->actor, call->now_ts, error) &&
              settle(call, id, error) && reply_swap(call, 200, id, error);
    body_clear(taking_fields, &body);
    return ok;
}

/* --- a planner decides
 * ------------------------------------------------------------------------------------------- */

/* As it would be now: the rules are looked at again. */
bool swap_approve(struct api_call *call, GError **error)
{
    int64_t id;
    struct swap *swap = NULL;
    double shortage = 0;
    if (!path_number(call, 0, "swap", &id, error) || !body_empty(call, error) ||
        !store_swap(call->store, &call->scope, id, call->now_ts, &swap, error))
        return false;
    struct decision decision = {DECIDED_PLANNER, call->actor, ""};
    bool ok = (swap->state != SWAP_ACCEPTED || rules_hold(call, swap, &shortage, error)) &&
              store_swap_decide(call->store, id, SWAP_APPLIED, &decision, call->now_ts, error);
    swaps_free(swap, 1);
    return ok && reply_swap(call, 200, id, error);
}

bool swap_deny(struct api_call *call, GError **error)
{
    int64_t id;
    struct deny body = {0};
    bool ok = path_number(call, 0, "swap", &id, error) && body_read(call, deny_fields, &body, error);
    if (ok) {
        struct decision decision = {DECIDED_PLANNER, call->actor, body.reason};
        ok = store_swap_decide(call->store, id, SWAP_DENIED, &decision, call->now_ts, error) &&
             reply_swap(call, 200, id, error);
    }
    body_clear(deny_fields, &body);
    return ok;
}
