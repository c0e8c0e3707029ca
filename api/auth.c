#include "api/auth.h"

#include <string.h>

#include "api/keeper.h"
#include "core/error.h"

G_STATIC_ASSERT(ALLOW_PLANNER == 1 << ROLE_PLANNER && ALLOW_CLIENT == 1 << ROLE_CLIENT &&
                ALLOW_AGENT == 1 << ROLE_AGENT);

const char *auth_bearer(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (authorization == NULL || g_ascii_strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    const char *token = authorization + sizeof(scheme) - 1;
    token += strspn(token, " ");
    return *token != '\0' && strpbrk(token, " \t,\"") == NULL ? token : NULL;
}

static bool may_try(struct api_call *call, const char *credential, GError **error)
{
    return call->limits == NULL ||
           limits_may_try(call->limits, call->address, credential, &call->wait_s, error);
}

static void tried(struct api_call *call, const char *credential, bool right)
{
    if (call->limits != NULL && right)
        limits_was_right(call->limits, credential);
    else if (call->limits != NULL)
        limits_was_wrong(call->limits, call->address);
}

static bool lookup(struct api_call *call, const char *text, GError **error)
{
    g_autoptr(GError) inner = NULL;
    bool ok = store_token_lookup(call->store, text, &call->token, &inner);
    if (ok || g_error_matches(inner, WFM_ERROR, WFM_ERROR_UNAUTHENTICATED))
        tried(call, text, ok);
    if (!ok)
        g_propagate_error(error, g_steal_pointer(&inner));
    return ok;
}

bool auth_secret(struct api_call *call, const char *secret, GError **error)
{
    return may_try(call, secret, error);
}

void auth_secret_tried(struct api_call *call, const char *secret, bool right)
{
    tried(call, secret, right);
}

/* What the role, the scopes and the limits of the token of the call say. */
static bool admit(struct api_call *call, GError **error)
{
    if (call->token.touch && call->keeper != NULL)
        keeper_touch(call->keeper, call->token.id);
    call->scope =
        (struct scope){.role = call->token.role, .client = call->token.client, .agent = call->token.agent};
    if (!(call->route->allow & (1u << call->token.role)))
        return wfm_fail(error, WFM_ERROR_FORBIDDEN, "a token of role %s may not use %s %s",
                        role_name(call->token.role), call->route->method, call->route->pattern);
    if (call->limits != NULL && !call->again &&
        !limits_take(call->limits, call->token.id, call->route->cost, &call->limit, &call->wait_s, error))
        return false;
    enum token_scope scope = route_scope(call->route);
    return call->token.role != ROLE_PLANNER || (call->token.scopes & scope) != 0 ||
           wfm_fail(error, WFM_ERROR_FORBIDDEN, "%s %s needs a token of scope %s", call->route->method,
                    call->route->pattern, scope_name(scope));
}

bool auth_check(struct api_call *call, const char *authorization, GError **error)
{
    token_info_clear(&call->token);
    call->scope = (struct scope){.role = ROLE_N};
    g_clear_pointer(&call->actor, g_free);
    if (call->route->allow & ALLOW_OPEN)
        return true;
    const char *text = auth_bearer(authorization);
    if (text == NULL)
        return wfm_fail(error, WFM_ERROR_UNAUTHENTICATED,
                        "send the header \"Authorization: Bearer <token>\"");
    if (!may_try(call, text, error) || !lookup(call, text, error))
        return false;
    call->actor =
        g_strdup_printf("token %" G_GINT64_FORMAT " (%s)", call->token.id,
                        call->token.label != NULL ? call->token.label : role_name(call->token.role));
    return admit(call, error);
}

bool auth_known(struct api_call *call, const char *text, GError **error)
{
    if (!may_try(call, text, error))
        return false;
    tried(call, text, true);
    return admit(call, error);
}

static bool owns(const struct api_call *call, enum role role, const char *own, const char *kind,
                 const char *id, GError **error)
{
    if (id_ok(id) && (call->scope.role == ROLE_PLANNER ||
                      (call->scope.role == role && own != NULL && strcmp(own, id) == 0)))
        return true;
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no %s \"%s\"", kind, id);
}

bool auth_agent(const struct api_call *call, const char *agent, GError **error)
{
    return owns(call, ROLE_AGENT, call->scope.agent, "agent", agent, error);
}

bool auth_client(const struct api_call *call, const char *client, GError **error)
{
    return owns(call, ROLE_CLIENT, call->scope.client, "client", client, error);
}
