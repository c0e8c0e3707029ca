#include "api/perform.h"

#include <string.h>

#include "api/auth.h"
#include "api/idempotency.h"
#include "api/roster_cache.h"
#include "core/error.h"

#define RANGE_DAYS_DEFAULT 28

/* Who asks, and for what. Whoever may not ask learns nothing of the query. */
static bool prepare(struct api_call *call, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    query_clear(&call->query);
    bool parsed = query_parse(call->raw_query, call->route->params, call->now_ts, RANGE_DAYS_DEFAULT,
                              &call->query, &wrong);
    if (parsed && call->route->ahead != NULL)
        call->route->ahead(call);
    if (!auth_check(call, api_header(call, "Authorization"), error)) {
        query_clear(&call->query);
        return false;
    }
    if (!parsed)
        g_propagate_error(error, g_steal_pointer(&wrong));
    return parsed;
}

static bool read_once(struct api_call *call, GError **error)
{
    return prepare(call, error) && call->route->handle(call, error);
}

/* --- If-Match
 * --------------------------------------------------------------------------------------------------- */

/* The ETag that GET gives now, g_free; *found false when it answers 404. */
static bool etag_now(struct api_call *call, const struct api_route *reader, char **etag, bool *found,
                     GError **error)
{
    struct api_call get = *call;
    get.route = reader;
    get.query = (struct api_query){0};
    get.response = (struct api_response){0};
    get.problem_extra = NULL;
    g_autoptr(GError) inner = NULL;
    bool ok = query_parse(NULL, reader->params, call->now_ts, RANGE_DAYS_DEFAULT, &get.query, &inner) &&
              reader->handle(&get, &inner);
    *etag = ok ? g_strdup(get.response.etag) : NULL;
    *found = ok;
    query_clear(&get.query);
    api_response_clear(&get.response);
    json_decref(get.problem_extra);
    if (ok || g_error_matches(inner, WFM_ERROR, WFM_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
}

static bool preconditions(struct api_call *call, const struct api_route *reader, GError **error)
{
    const char *if_match = api_header(call, "If-Match");
    const char *if_none_match = api_header(call, "If-None-Match");
    if (!call->route->if_match && if_match == NULL && if_none_match == NULL)
        return true;
    if (reader == NULL)
        return wfm_fail(error, WFM_ERROR_USAGE, "%s %s takes neither If-Match nor If-None-Match",
                        call->route->method, call->route->pattern);
    if (if_match != NULL && strchr(if_match, '"') == NULL && strcmp(if_match, "*") != 0)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "header If-Match: \"%s\" is no ETag; those have quotes around them", if_match);
    g_autofree char *etag = NULL;
    bool found;
    if (!etag_now(call, reader, &etag, &found, error))
        return false;
    if (if_match != NULL && !api_etag_matches_strong(if_match, etag))
        return wfm_fail(error, WFM_ERROR_PRECONDITION,
                        found ? "it has changed since its ETag was %s; GET it again"
                              : "there is nothing of the ETag %s any more",
                        if_match);
    if (if_none_match != NULL && found && api_etag_matches(if_none_match, etag != NULL ? etag : "\"\""))
        return wfm_fail(error, WFM_ERROR_PRECONDITION,
                        "it exists already, and If-None-Match says it should not");
    if (call->route->if_match && found && if_match == NULL && if_none_match == NULL)
        return wfm_fail(
            error, WFM_ERROR_NO_PRECONDITION,
            "send the header If-Match with the ETag that GET gave, so that nobody's change is lost");
    return true;
}

bool api_preconditions(struct api_call *call, GError **error)
{
    return preconditions(call, route_reader(api_routes, api_n_routes, call->route), error);
}

/* What a client needs for its next If-Match. */
static bool new_etag(struct api_call *call, const struct api_route *reader, GError **error)
{
    bool found, wanted = call->route->if_match || g_str_equal(call->route->method, "PUT") ||
                         g_str_equal(call->route->method, "PATCH");
    if (!wanted || reader == NULL || call->response.etag != NULL || call->response.status / 100 != 2 ||
        g_str_equal(call->route->method, "DELETE"))
        return true;
    return etag_now(call, reader, &call->response.etag, &found, error);
}

/* --- changes
 * ---------------------------------------------------------------------------------------------------- */

/* Who waited for the lock may have lost the token meanwhile. One that is revoked after this look was good
   when the change was made: it is the last, and holding the revocation up until it is committed would only
   let whoever has the token hold it up. */
static bool lock(struct api_call *call, GError **error)
{
    return call->route->lock == LOCK_NONE || (store_change_lock(call->store, call->route->lock, 0, error) &&
                                              store_token_good(call->store, call->token.id, error));
}

static bool change(struct api_call *call, const char *key, GError **error)
{
    const struct api_route *reader = route_reader(api_routes, api_n_routes, call->route);
    bool replayed = false;
    if (key != NULL && !idempotency_replay(call, key, &replayed, error))
        return false;
    if (replayed)
        return true;
    return lock(call, error) && preconditions(call, reader, error) && call->route->handle(call, error) &&
           new_etag(call, reader, error) && (key == NULL || idempotency_keep(call, key, error));
}

/* The token is looked up before: that it was used must not wait for the change, nor the change for it. */
static bool write_once(struct api_call *call, GError **error)
{
    g_autofree char *key = NULL;
    return prepare(call, error) && idempotency_key(call, &key, error) &&
           store_change_begin(call->store, error) &&
           store_change_end(call->store, change(call, key, error), error);
}

typedef bool (*step_fn)(struct api_call *call, GError **error);

static bool on_connection(struct api_call *call, struct store_pool *pool, step_fn step, bool *broken,
                          GError **error)
{
    g_autoptr(GError) inner = NULL;
    *broken = false;
    const char *who = api_header(call, "Authorization");
    guint hash = who != NULL ? g_str_hash(who) : 0;
    bool write = route_is_write(call->route);
    if (write)
        store_pool_wrote(pool, hash);
    call->store = write ? store_pool_take(pool, error)
                        : store_pool_take_side(
                              pool, call->side >= 0 ? call->side : store_pool_read_side(pool, hash), error);
    if (call->store == NULL)
        return false;
    bool done = step(call, &inner);
    *broken = !done && g_error_matches(inner, WFM_ERROR, WFM_ERROR_STORE);
    store_pool_give(pool, g_steal_pointer(&call->store), *broken);
    if (!done)
        g_propagate_error(error, g_steal_pointer(&inner));
    return done;
}

/* What may be done twice: once more on a fresh connection when the database went away under the first. */
static bool repeatable(struct api_call *call, struct store_pool *pool, step_fn step, GError **error)
{
    bool broken;
    g_autoptr(GError) first = NULL;
    if (on_connection(call, pool, step, &broken, &first))
        return true;
    if (broken)
        return on_connection(call, pool, step, &broken, error);
    g_propagate_error(error, g_steal_pointer(&first));
    return false;
}

bool api_perform(struct api_call *call, struct store_pool *pool, GError **error)
{
    bool broken;
    if (!call->route->store)
        return read_once(call, error);
    bool done = route_is_write(call->route) ? on_connection(call, pool, write_once, &broken, error)
                                            : repeatable(call, pool, read_once, error);
    if (done && call->draft_ahead != 0 && call->rosters != NULL)
        roster_cache_prepare(call->rosters, call->draft_ahead);
    return done;
}

bool api_admit(struct api_call *call, struct store_pool *pool, GError **error)
{
    return repeatable(call, pool, prepare, error);
}
