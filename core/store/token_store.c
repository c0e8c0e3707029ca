#include <sodium.h>
#include <string.h>

#include "core/store/shift_list.h"

#define SECRET_BYTES 32
#define SECRET_TEXT_MAX sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
#define TOKEN_PREFIX "wfm_"
/* Of agent a: has left the file, or the employment has ended in every time zone. */
#define HAS_LEFT "(a.retired OR a.employed_to < current_date - 1)"

/* A new secret: the prefix and base64url of 32 random bytes; its SHA-256 into `hash`. g_free. */
static char *secret_new(const char *prefix, unsigned char hash[crypto_hash_sha256_BYTES])
{
    unsigned char bytes[SECRET_BYTES];
    char text[SECRET_TEXT_MAX];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *secret = g_strconcat(prefix, text, NULL);
    crypto_hash_sha256(hash, (const unsigned char *)secret, strlen(secret));
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    return secret;
}

/* --- tokens */

const char *scope_name(enum token_scope scope)
{
    return scope & TOKEN_READ      ? "read"
           : scope & TOKEN_PLAN    ? "plan"
           : scope & TOKEN_PUBLISH ? "publish"
                                   : "admin";
}

char *scopes_text(unsigned scopes)
{
    GString *out = g_string_new(NULL);
    for (unsigned bit = TOKEN_READ; bit <= TOKEN_ADMIN; bit <<= 1)
        if (scopes & bit)
            g_string_append_printf(out, "%s%s", out->len > 0 ? "," : "", scope_name((enum token_scope)bit));
    return g_string_free(out, FALSE);
}

bool scopes_parse(const char *text, unsigned *scopes, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", 8);
    *scopes = 0;
    for (char **word = words; *word != NULL; word++) {
        unsigned bit = TOKEN_READ;
        while (bit <= TOKEN_ADMIN && strcmp(g_strstrip(*word), scope_name((enum token_scope)bit)) != 0)
            bit <<= 1;
        if (bit > TOKEN_ADMIN)
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "scope \"%s\" is not known; scopes are read, plan, publish, admin", *word);
        *scopes |= bit;
    }
    return *scopes != 0 || wfm_fail(error, WFM_ERROR_INPUT, "name at least one scope");
}

void token_info_clear(struct token_info *info)
{
    g_free(info->client);
    g_free(info->agent);
    g_free(info->label);
    *info = (struct token_info){0};
}

static bool whose_ok(struct store *store, enum role role, const char *client, const char *agent,
                     GError **error)
{
    if ((role == ROLE_CLIENT) != (client != NULL) || (role == ROLE_AGENT) != (agent != NULL))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "a token of role %s takes %s; give a client id for clients, an agent id for agents, "
                        "nothing for planners",
                        role_name(role),
                        role == ROLE_PLANNER  ? "neither client nor agent"
                        : role == ROLE_CLIENT ? "a client and no agent"
                                              : "an agent and no client");
    if (role == ROLE_PLANNER)
        return true;
    AUTO(pg_result)
    rows = query(store, error,
                 role == ROLE_CLIENT ? "SELECT 1 FROM client WHERE id = $1 AND NOT retired"
                                     : "SELECT 1 FROM agent a WHERE a.id = $1 AND NOT " HAS_LEFT,
                 "s", role == ROLE_CLIENT ? client : agent);
    if (rows == NULL)
        return false;
    return PQntuples(rows) > 0 || wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no %s \"%s\"",
                                           role_name(role), role == ROLE_CLIENT ? client : agent);
}

static bool token_create(struct store *store, const struct token_info *wanted, const unsigned char *hash,
                         const char *actor, int64_t *id, GError **error)
{
    const char *label = wanted->label != NULL ? wanted->label : "";
    if (!whose_ok(store, wanted->role, wanted->client, wanted->agent, error))
        return false;
    AUTO(pg_result)
    rows =
        query(store, error,
              "INSERT INTO token (hash, role, client_id, agent_key, label, created_by, expires_at, scopes) "
              "SELECT $1, $2, $3, (SELECT agent_key FROM agent WHERE id = $4), $5, $6, $7, $8 WHERE $7 > "
              "now() RETURNING id",
              "xssssstl", hash, (size_t)crypto_hash_sha256_BYTES, role_name(wanted->role), wanted->client,
              wanted->agent, label, actor != NULL ? actor : "unknown",
              wanted->expires_ts == 0 ? INT64_MAX : wanted->expires_ts, (int64_t)wanted->scopes);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0) {
        g_autofree char *at = time_format(wanted->expires_ts, NULL);
        return wfm_fail(error, WFM_ERROR_INPUT, "a token that expires at %s has expired already", at);
    }
    *id = cell_int(rows, 0, 0);
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, *id);
    g_autofree char *scopes = scopes_text(wanted->scopes);
    return audit_write(store, actor, "token.created", subject,
                       json_pack("{s:s, s:s?, s:s?, s:s, s:s}", "role", role_name(wanted->role), "client",
                                 wanted->client, "agent", wanted->agent, "label", label, "scopes", scopes),
                       error);
}

bool store_token_make(struct store *store, const struct token_info *wanted, const char *actor, char **text,
                      int64_t *id, GError **error)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    g_autofree char *secret = secret_new(TOKEN_PREFIX, hash);
    int64_t made = 0;
    struct token_info whole = *wanted;
    if (whole.scopes == 0 || whole.role != ROLE_PLANNER)
        whole.scopes = whole.role == ROLE_PLANNER ? TOKEN_ALL : TOKEN_READ;
    if (!tx_begin(store, error) ||
        !tx_end(store, token_create(store, &whole, hash, actor, &made, error), error))
        return false;
    *text = g_steal_pointer(&secret);
    if (id != NULL)
        *id = made;
    return true;
}

bool store_token_create(struct store *store, enum role role, const char *client, const char *agent,
                        const char *label, int64_t expires_ts, const char *actor, char **text, int64_t *id,
                        GError **error)
{
    const struct token_info wanted = {.role = role,
                                      .client = (char *)client,
                                      .agent = (char *)agent,
                                      .label = (char *)label,
                                      .expires_ts = expires_ts};
    return store_token_make(store, &wanted, actor, text, id, error);
}

static bool token_revoke(struct store *store, int64_t id, const char *actor, GError **error)
{
    long gone = 0;
    if (!execute(store, &gone, error, "DELETE FROM token WHERE id = $1", "l", id))
        return false;
    if (gone == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no token %" G_GINT64_FORMAT, id);
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
    return audit_write(store, actor, "token.revoked", subject, NULL, error);
}

bool store_token_revoke(struct store *store, int64_t id, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, token_revoke(store, id, actor, error), error);
}

#define TOKEN_COLUMNS                                                                                        \
    "t.id, t.role, t.client_id, a.id, t.label, t.created_at, nullif(t.expires_at, 'infinity'), "             \
    "t.last_used_at, t.scopes"

static bool token_read(const PGresult *rows, int row, struct token_info *out, GError **error)
{
    enum role role;
    if (!role_parse(cell_peek(rows, row, 1), &role))
        return wfm_fail(error, WFM_ERROR_STORE, "role \"%s\" of a stored token is unknown",
                        cell_peek(rows, row, 1));
    *out = (struct token_info){
        .id = cell_int(rows, row, 0),
        .role = role,
        .client = cell_text(rows, row, 2),
        .agent = cell_text(rows, row, 3),
        .label = cell_text(rows, row, 4),
        .created_ts = cell_ts(rows, row, 5),
        .expires_ts = cell_ts(rows, row, 6),
        .last_used_ts = cell_ts(rows, row, 7),
        .scopes = (unsigned)cell_int(rows, row, 8),
    };
    return true;
}

bool store_token_page(struct store *store, int64_t after, int limit, struct token_info **out, int *n,
                      GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT " TOKEN_COLUMNS " FROM token t LEFT JOIN agent a USING (agent_key) WHERE t.id > $1 "
                 "ORDER BY t.id LIMIT nullif($2::integer, 0)",
                 "li", after, limit);
    if (rows == NULL)
        return false;
    int count = PQntuples(rows);
    struct token_info *tokens = g_new0(struct token_info, (gsize)count + 1);
    for (int row = 0; row < count; row++)
        if (!token_read(rows, row, &tokens[row], error)) {
            token_infos_free(tokens, count);
            return false;
        }
    *out = tokens;
    *n = count;
    return true;
}

bool store_token_list(struct store *store, struct token_info **out, int *n, GError **error)
{
    return store_token_page(store, 0, 0, out, n, error);
}

void token_infos_free(struct token_info *tokens, int n)
{
    for (int k = 0; tokens != NULL && k < n; k++)
        token_info_clear(&tokens[k]);
    g_free(tokens);
}

bool store_token_find(struct store *store, int64_t id, struct token_info *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT " TOKEN_COLUMNS " FROM token t LEFT JOIN agent a USING (agent_key) WHERE t.id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no token %" G_GINT64_FORMAT, id);
    return token_read(rows, 0, out, error);
}

static bool token_rotate(struct store *store, int64_t id, int64_t overlap_s, int64_t expires_ts,
                         const char *actor, char **text, int64_t *made, GError **error)
{
    struct token_info former = {0};
    bool ok = store_token_find(store, id, &former, error);
    former.expires_ts = expires_ts;
    ok = ok && store_token_make(store, &former, actor, text, made, error) &&
         execute(store, NULL, error,
                 "UPDATE token SET expires_at = least(expires_at, now() + make_interval(secs => $2)) WHERE "
                 "id = $1",
                 "ld", id, (double)overlap_s) &&
         execute(store, NULL, error,
                 "UPDATE token SET line = (SELECT coalesce(f.line, f.id) FROM token f WHERE f.id = $1) WHERE "
                 "id = $2",
                 "ll", id, *made);
    token_info_clear(&former);
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
    return ok &&
           audit_write(store, actor, "token.rotated", subject,
                       json_pack("{s:I, s:I}", "by", (json_int_t)*made, "overlap_s", (json_int_t)overlap_s),
                       error);
}

bool store_token_rotate(struct store *store, int64_t id, int64_t overlap_s, int64_t expires_ts,
                        const char *actor, char **text, int64_t *made, GError **error)
{
    g_autofree char *secret = NULL;
    if (!tx_begin(store, error) ||
        !tx_end(store, token_rotate(store, id, overlap_s, expires_ts, actor, &secret, made, error), error))
        return false;
    *text = g_steal_pointer(&secret);
    return true;
}

/* The row of a good token: of one that is neither unknown, expired or revoked nor of somebody who has left.
 */
#define TOKEN_ROW                                                                                            \
    "SELECT " TOKEN_COLUMNS ", coalesce(t.last_used_at < now() - interval '1 minute', true), t.agent_key, "  \
    "coalesce(t.line, t.id)"
#define TOKEN_FROM                                                                                           \
    " FROM token t LEFT JOIN agent a USING (agent_key) LEFT JOIN client c ON c.id = t.client_id "
#define TOKEN_GOOD "t.expires_at > now() AND NOT coalesce(" HAS_LEFT ", c.retired, false)"
#define TOKEN_WHERE "WHERE t.hash = $1::bytea AND " TOKEN_GOOD
enum { COLUMN_TOUCH = 9, COLUMN_AGENT_KEY, COLUMN_LINE, COLUMN_HEAD };

/* The rows of the second statement are nobody's before the first one has found a token: it is the first that
 * says whose they are and makes the transaction that agent's (core/store/migrations/0004_access.sql), and the
 * caller drops them unless the token was good. */
static const char token_ahead_sql[] =
    TOKEN_ROW ", " SHIFT_HEAD ", set_config('transaction_read_only', 'on', true), "
              "set_config('wfm.role', 'agent', true), "
              "set_config('wfm.agent_key', a.agent_key::text, true), set_config('role', 'wfm_scoped', true) "
              "FROM token t JOIN agent a USING (agent_key) JOIN site i ON i.id = a.site_id "
              "WHERE t.hash = $1::bytea AND t.expires_at > now() AND NOT " HAS_LEFT;

static bool token_bad(GError **error)
{
    return wfm_fail(error, WFM_ERROR_UNAUTHENTICATED, "the token is unknown, expired or revoked");
}

static bool token_row(const PGresult *rows, struct token_info *out, GError **error)
{
    if (PQntuples(rows) == 0)
        return token_bad(error);
    if (!token_read(rows, 0, out, error))
        return false;
    out->touch = cell_bool(rows, 0, COLUMN_TOUCH);
    out->agent_key = (int32_t)cell_int(rows, 0, COLUMN_AGENT_KEY);
    out->line = cell_int(rows, 0, COLUMN_LINE);
    return true;
}

/* *found false: it is no agent's token, or none. */
static bool lookup_ahead(struct store *store, const struct statement *token, struct token_info *out,
                         bool *found, GError **error)
{
    struct shift_ahead *ahead = store->ahead;
    struct shift_statement shifts;
    PGresult *results[2];
    shift_statement_init(&shifts, &ahead->ask, true);
    const struct statement both[] = {*token, shifts.statement};
    bool ok = statements_run(store, both, 2, results, error);
    ahead->wanted = !ok && PQstatus(store->conn) == CONNECTION_BAD;
    *found = ok && PQntuples(results[0]) > 0;
    ok = ok && (!*found || token_row(results[0], out, error));
    if (ok && *found) {
        ahead->list = shift_list_new(results[0], COLUMN_HEAD, results[1], ahead->ask.versions);
        return true;
    }
    PQclear(results[0]);
    PQclear(results[1]);
    return ok;
}

static bool lookup(struct store *store, const unsigned char *hash, struct token_info *out, GError **error)
{
    const char *value = (const char *)hash;
    const int lengths[] = {crypto_hash_sha256_BYTES}, formats[] = {1};
    if (store->ahead != NULL) /* what a request that was refused has left is old by now */
        g_clear_pointer(&store->ahead->list, shift_list_free);
    if (store->ahead != NULL && store->ahead->wanted && !store->in_tx) {
        const struct statement ahead = {token_ahead_sql, 1, &value, lengths, formats};
        bool found;
        if (!lookup_ahead(store, &ahead, out, &found, error))
            return false;
        if (found)
            return true;
    }
    const struct statement plain = {TOKEN_ROW TOKEN_FROM TOKEN_WHERE, 1, &value, lengths, formats};
    AUTO(pg_result) rows = NULL;
    return statements_run(store, &plain, 1, &rows, error) && token_row(rows, out, error);
}

bool store_token_lookup(struct store *store, const char *text, struct token_info *out, GError **error)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    if (!g_str_has_prefix(text, TOKEN_PREFIX) || strlen(text) != strlen(TOKEN_PREFIX) + SECRET_TEXT_MAX - 1)
        return token_bad(error);
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    /* the first words of a request: nothing is lost by saying them again when the server was away */
    if (PQstatus(store->conn) == CONNECTION_OK || store->in_tx) {
        g_autoptr(GError) inner = NULL;
        if (lookup(store, hash, out, &inner))
            return true;
        if (store->in_tx || PQstatus(store->conn) == CONNECTION_OK) {
            g_propagate_error(error, g_steal_pointer(&inner));
            return false;
        }
    }
    return connection_ready(store, error) && lookup(store, hash, out, error);
}

bool store_token_good(struct store *store, int64_t id, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error, "SELECT 1" TOKEN_FROM "WHERE t.id = $1 AND " TOKEN_GOOD, "l", id);
    return rows != NULL && (PQntuples(rows) > 0 || token_bad(error));
}

bool store_tokens_touch(struct store *store, const int64_t *ids, int n, GError **error)
{
    g_autoptr(GString) list = g_string_new("{");
    for (int k = 0; k < n; k++)
        g_string_append_printf(list, "%s%" G_GINT64_FORMAT, k > 0 ? "," : "", ids[k]);
    g_string_append_c(list, '}');
    return execute(store, NULL, error,
                   "UPDATE token SET last_used_at = now() WHERE id = ANY ($1::bigint[]) "
                   "AND coalesce(last_used_at < now() - interval '1 minute', true)",
                   "s", list->str);
}

bool store_count_tokens(struct store *store, store_count_fn add, void *user, GError **error)
{
    return count_rows(
        store, add, user, error,
        "SELECT r.role, count(t.id) FROM (VALUES ('planner'), ('client'), ('agent')) AS r (role) "
        "LEFT JOIN token t ON t.role = r.role AND t.expires_at > now() GROUP BY 1 ORDER BY 1");
}

/* --- calendar feeds */

static bool feed_create(struct store *store, const char *agent, const unsigned char *hash, const char *actor,
                        GError **error)
{
    long made = 0;
    if (!execute(
            store, &made, error,
            "INSERT INTO feed (agent_key, hash, created_by) "
            "SELECT a.agent_key, $2, $3 FROM agent a WHERE a.id = $1 AND NOT " HAS_LEFT " "
            "ON CONFLICT (agent_key) DO UPDATE SET hash = excluded.hash, created_by = excluded.created_by, "
            "created_at = now()",
            "sxs", agent, hash, (size_t)crypto_hash_sha256_BYTES, actor != NULL ? actor : "unknown"))
        return false;
    if (made == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no agent \"%s\"", agent);
    return audit_write(store, actor, "calendar.created", agent, NULL, error);
}

bool store_feed_create(struct store *store, const char *agent, const char *actor, char **secret,
                       GError **error)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    g_autofree char *text = secret_new("", hash);
    if (!tx_begin(store, error) || !tx_end(store, feed_create(store, agent, hash, actor, error), error))
        return false;
    *secret = g_steal_pointer(&text);
    return true;
}

static bool feed_revoke(struct store *store, const char *agent, const char *actor, GError **error)
{
    long gone = 0;
    if (!execute(store, &gone, error,
                 "DELETE FROM feed f USING agent a WHERE a.agent_key = f.agent_key AND a.id = $1", "s",
                 agent))
        return false;
    if (gone == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "agent \"%s\" has no calendar feed", agent);
    return audit_write(store, actor, "calendar.revoked", agent, NULL, error);
}

bool store_feed_revoke(struct store *store, const char *agent, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, feed_revoke(store, agent, actor, error), error);
}

bool store_feed_lookup(struct store *store, const char *secret, char **agent, GError **error)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)secret, strlen(secret));
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id FROM feed f JOIN agent a USING (agent_key) "
                 "WHERE f.hash = $1 AND NOT " HAS_LEFT,
                 "x", hash, sizeof hash);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no such calendar feed");
    *agent = cell_text(rows, 0, 0);
    return true;
}
