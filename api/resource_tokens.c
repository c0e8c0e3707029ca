#include <string.h>

#include "api/body.h"
#include "api/resources.h"
#include "core/error.h"

#define EXPIRES_DEFAULT_S (90 * DAY_S)
#define OVERLAP_DEFAULT_H 24
#define OVERLAP_MAX_H (31 * 24)

static const char *const role_choices[] = {"planner", "client", "agent", NULL};
static const char *const scope_choices[] = {"read", "plan", "publish", "admin",
                                            NULL}; /* bits of token_scope */

static bool wrong_after(struct api_call *call, GError **error)
{
    call->query.wrong = g_strdup("after");
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
}

json_t *scopes_json(unsigned scopes)
{
    json_t *list = json_array();
    for (unsigned bit = TOKEN_READ; bit <= TOKEN_ADMIN; bit <<= 1)
        if (scopes & bit)
            json_array_append_new(list, json_string(scope_name((enum token_scope)bit)));
    return list;
}

static json_t *token_json(const struct token_info *token)
{
    return json_pack("{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)token->id, "role",
                     role_name(token->role), "client", api_json_text(token->client), "agent",
                     api_json_text(token->agent), "label", api_json_text(token->label), "scopes",
                     scopes_json(token->scopes), "created", api_json_instant_or_null(token->created_ts, NULL),
                     "expires", api_json_instant_or_null(token->expires_ts, NULL), "last_used",
                     api_json_instant_or_null(token->last_used_ts, NULL));
}

bool tokens_list(struct api_call *call, GError **error)
{
    int64_t after = 0;
    struct token_info *tokens = NULL;
    int n = 0, limit = call->query.limit;
    if (call->query.after != NULL && !int64_parse(call->query.after, &after))
        return wrong_after(call, error);
    if (!store_token_page(call->store, after, limit + 1, &tokens, &n, error))
        return false;
    json_t *list = json_array();
    for (int k = 0; k < MIN(n, limit); k++)
        json_array_append_new(list, token_json(&tokens[k]));
    g_autofree char *cursor = n > limit ? g_strdup_printf("%" G_GINT64_FORMAT, tokens[limit - 1].id) : NULL;
    json_t *next = cursor != NULL ? next_link(call, "/v1/tokens", cursor) : json_null();
    token_infos_free(tokens, n);
    return api_reply_json(call, 200, json_pack("{s:o, s:o}", "tokens", list, "next", next));
}

bool token_get(struct api_call *call, GError **error)
{
    int64_t id;
    struct token_info token = {0};
    if (!path_number(call, 0, "token", &id, error) || !store_token_find(call->store, id, &token, error))
        return false;
    json_t *json = token_json(&token);
    token_info_clear(&token);
    return api_reply_json(call, 200, json);
}

/* 201 with the token as GET shows it, and its secret, this once. */
static bool reply_made(struct api_call *call, int64_t id, const char *secret, GError **error)
{
    struct token_info token = {0};
    if (!store_token_find(call->store, id, &token, error))
        return false;
    json_t *json = token_json(&token);
    token_info_clear(&token);
    json_object_set_new(json, "token", json_string(secret));
    api_reply_json(call, 201, json);
    call->response.location = g_strdup_printf("/v1/tokens/%" G_GINT64_FORMAT, id);
    return true;
}

/* Nobody gives what they do not have. */
static bool may_give(const struct api_call *call, enum role role, unsigned scopes, GError **error)
{
    unsigned beyond = role == ROLE_PLANNER ? scopes & ~call->token.scopes : 0;
    if (beyond == 0)
        return true;
    g_autofree char *words = scopes_text(beyond);
    return wfm_fail(error, WFM_ERROR_FORBIDDEN, "this token has no scope %s to give", words);
}

struct token_body {
    int role;
    char *client, *agent, *label;
    unsigned scopes;
    int64_t expires_ts;
    bool has_expires, has_scopes;
};
static const struct body_field token_fields[] = {
    {"role", BODY_CHOICE, BODY_AT(token_body, role), .flags = BODY_REQUIRED, .choices = role_choices},
    {"client", BODY_ID, BODY_AT(token_body, client), .flags = BODY_NULLABLE},
    {"agent", BODY_ID, BODY_AT(token_body, agent), .flags = BODY_NULLABLE},
    {"label", BODY_TEXT, BODY_AT(token_body, label), .max = 100},
    {"scopes", BODY_FLAGS, BODY_AT(token_body, scopes), BODY_GIVEN(token_body, has_scopes),
     .choices = scope_choices},
    {"expires", BODY_INSTANT, BODY_AT(token_body, expires_ts), BODY_GIVEN(token_body, has_expires),
     .flags = BODY_NULLABLE},
    {.name = NULL},
};

static bool token_body_right(struct api_call *call, const struct token_body *body, GError **error)
{
    enum role role = (enum role)body->role;
    if ((role == ROLE_CLIENT) != (body->client != NULL))
        body_wrong(call, "/client",
                   role == ROLE_CLIENT ? "whose? Give the id of a client" : "only with role client");
    if ((role == ROLE_AGENT) != (body->agent != NULL))
        body_wrong(call, "/agent",
                   role == ROLE_AGENT ? "whose? Give the id of an agent" : "only with role agent");
    if (body->has_scopes && body->scopes == 0)
        body_wrong(call, "/scopes", "name at least one");
    if (body->has_scopes && role != ROLE_PLANNER && body->scopes != TOKEN_READ)
        body_wrong(call, "/scopes", "a token of role %s has the scope read", role_name(role));
    if (body->expires_ts != 0 && body->expires_ts <= call->now_ts)
        body_wrong(call, "/expires", "has passed");
    return body_right(call, error);
}

bool token_create(struct api_call *call, GError **error)
{
    struct token_body body = {0};
    g_autofree char *secret = NULL;
    int64_t id;
    bool ok = body_read(call, token_fields, &body, error) && token_body_right(call, &body, error);
    struct token_info wanted = {
        .role = (enum role)body.role,
        .scopes = body.scopes != 0            ? body.scopes
                  : body.role == ROLE_PLANNER ? call->token.scopes
                                              : TOKEN_READ,
        .client = body.client,
        .agent = body.agent,
        .label = body.label,
        .expires_ts = body.has_expires ? body.expires_ts : call->now_ts + EXPIRES_DEFAULT_S,
    };
    ok = ok && may_give(call, wanted.role, wanted.scopes, error) &&
         store_token_make(call->store, &wanted, call->actor, &secret, &id, error) &&
         reply_made(call, id, secret, error);
    body_clear(token_fields, &body);
    return ok;
}

struct rotation_body {
    int overlap_hours;
    int64_t expires_ts;
};
static const struct body_field rotation_fields[] = {
    {"overlap_hours", BODY_INT, BODY_AT(rotation_body, overlap_hours), .min = 0, .max = OVERLAP_MAX_H},
    {"expires", BODY_INSTANT, BODY_AT(rotation_body, expires_ts)},
    {.name = NULL},
};

bool token_rotate(struct api_call *call, GError **error)
{
    struct rotation_body body = {.overlap_hours = OVERLAP_DEFAULT_H,
                                 .expires_ts = call->now_ts + EXPIRES_DEFAULT_S};
    struct token_info former = {0};
    g_autofree char *secret = NULL;
    int64_t id, made = 0;
    bool ok = path_number(call, 0, "token", &id, error) &&
              store_token_find(call->store, id, &former, error) &&
              body_read(call, rotation_fields, &body, error);
    if (ok && body.expires_ts <= call->now_ts)
        body_wrong(call, "/expires", "has passed");
    ok = ok && body_right(call, error) && may_give(call, former.role, former.scopes, error) &&
         store_token_rotate(call->store, id, (int64_t)body.overlap_hours * 3600, body.expires_ts, call->actor,
                            &secret, &made, error) &&
         reply_made(call, made, secret, error);
    token_info_clear(&former);
    body_clear(rotation_fields, &body);
    return ok;
}

/* One's own, or with the scope admin any. */
bool token_revoke(struct api_call *call, GError **error)
{
    int64_t id;
    if (!path_number(call, 0, "token", &id, error))
        return false;
    if (id != call->token.id && call->scope.role != ROLE_PLANNER)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no token %" G_GINT64_FORMAT, id);
    if (id != call->token.id && !(call->token.scopes & TOKEN_ADMIN))
        return wfm_fail(error, WFM_ERROR_FORBIDDEN, "tokens of others are for the scope admin");
    return store_token_revoke(call->store, id, call->actor, error) && api_reply_nothing(call);
}

/* --- audit
 * ------------------------------------------------------------------------------------------------------ */

static json_t *audit_json(const struct audit_row *row)
{
    json_t *detail = row->detail_json != NULL ? json_loads(row->detail_json, JSON_DECODE_ANY, NULL) : NULL;
    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:o}", "id", (json_int_t)row->id, "at",
                     api_json_instant(row->at_ts, NULL), "actor", row->actor, "action", row->action,
                     "subject", row->subject, "detail", detail != NULL ? detail : json_object());
}

static void next_filter(GString *link, const struct api_query *query, const char *name)
{
    const char *text = query_text(query, name);
    g_autofree char *escaped = text != NULL ? g_uri_escape_string(text, NULL, FALSE) : NULL;
    if (escaped != NULL)
        g_string_append_printf(link, "&%s=%s", name, escaped);
}

static json_t *audit_next(const struct api_call *call, int64_t before)
{
    g_autoptr(GString) link = g_string_new(NULL);
    g_string_append_printf(link, "/v1/audit?after=%" G_GINT64_FORMAT "&limit=%d", before, call->query.limit);
    next_filter(link, &call->query, "subject");
    next_filter(link, &call->query, "actor");
    next_filter(link, &call->query, "action");
    if (call->query.since != NULL) {
        g_autofree char *since = time_format(call->query.since_ts, NULL);
        g_string_append_printf(link, "&since=%s", since);
    }
    return json_string(link->str);
}

bool audit_list(struct api_call *call, GError **error)
{
    struct audit_filter filter = {.subject = query_text(&call->query, "subject"),
                                  .actor = query_text(&call->query, "actor"),
                                  .action = query_text(&call->query, "action")};
    struct audit_row *rows = NULL;
    int n = 0, limit = call->query.limit;
    if (call->query.after != NULL && (!int64_parse(call->query.after, &filter.before) || filter.before <= 0))
        return wrong_after(call, error);
    if (call->query.since != NULL && call->query.since_ts == INT64_MIN) {
        call->query.wrong = g_strdup("since");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter since: give an instant with its offset");
    }
    filter.since_ts = call->query.since != NULL ? call->query.since_ts : 0;
    if (!store_audit_list(call->store, &filter, limit + 1, &rows, &n, error))
        return false;
    json_t *list = json_array();
    for (int k = 0; k < MIN(n, limit); k++)
        json_array_append_new(list, audit_json(&rows[k]));
    json_t *next = n > limit ? audit_next(call, rows[limit - 1].id) : json_null();
    audit_rows_free(rows, n);
    return api_reply_json(call, 200, json_pack("{s:o, s:o}", "audit", list, "next", next));
}
