#include "core/store/query.h"

#include <string.h>

void audit_rows_free(struct audit_row *rows, int n)
{
    for (int i = 0; rows != NULL && i < n; i++) {
        g_free(rows[i].actor);
        g_free(rows[i].action);
        g_free(rows[i].subject);
        g_free(rows[i].detail_json);
    }
    g_free(rows);
}

bool store_audit_list(struct store *store, const struct audit_filter *filter, int limit,
                      struct audit_row **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT id, at, actor, action, subject, detail::text FROM audit "
                 "WHERE ($1::text IS NULL OR subject = $1) AND ($2::text IS NULL OR actor = $2) "
                 "AND ($3::text IS NULL OR action = $3 OR starts_with(action, $3 || '.')) "
                 "AND at >= $4::timestamptz AND ($5::bigint = 0 OR id < $5) "
                 "ORDER BY id DESC LIMIT nullif($6::integer, 0)",
                 "ssstli", filter->subject, filter->actor, filter->action,
                 filter->since_ts != 0 ? filter->since_ts : INT64_MIN, filter->before, limit);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct audit_row, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct audit_row){
            .id = cell_int(rows, row, 0),
            .at_ts = cell_ts(rows, row, 1),
            .actor = cell_text(rows, row, 2),
            .action = cell_text(rows, row, 3),
            .subject = cell_text(rows, row, 4),
            .detail_json = cell_text(rows, row, 5),
        };
    return true;
}

/* --- writing */

/*
 * Whom an audit row is told to, by what stands before the dot of its kind: the client of its queue, or its
 * agent; and which members of the detail they may read. What has no row is for planners alone. Published
 * shifts and rosters are told by triggers (0021_events.sql), however they were changed.
 */
static const struct family {
    const char *name;
    enum role told;
    const char *subject; /* member that the subject stands for, when the detail has none */
    const char *members[12];
    const char *also[3]; /* members that name further agents who are told the same */
} families[] = {
    {"queue", ROLE_CLIENT, "queue", {NULL}, {NULL}},
    {"client", ROLE_CLIENT, "client", {NULL}, {NULL}},
    {"forecast", ROLE_CLIENT, NULL, {"from", "to", NULL}, {NULL}},
    {"time_off",
     ROLE_AGENT,
     NULL,
     {"request", "from", "to", "start", "end", "kind", "state", "status", "reason", "note", NULL},
     {NULL}},
    {"swap", ROLE_AGENT, NULL, {"shift", "return_shift", "reason", NULL}, {"to", "taker", NULL}},
    {"availability", ROLE_AGENT, NULL, {"from", "to", NULL}, {NULL}},
    {"preference", ROLE_AGENT, NULL, {"day", "wish", NULL}, {NULL}},
    {"calendar", ROLE_AGENT, "agent", {NULL}, {NULL}},
};

static const struct family *family_of(const char *kind)
{
    size_t length = strcspn(kind, ".");
    for (size_t f = 0; f < G_N_ELEMENTS(families); f++)
        if (strlen(families[f].name) == length && strncmp(families[f].name, kind, length) == 0)
            return &families[f];
    return NULL;
}

static const char *member(const json_t *detail, const char *name)
{
    return json_string_value(json_object_get(detail, name));
}

/* A copy of the members that may be read. */
static json_t *heard_detail(const json_t *detail, const char *const *members)
{
    json_t *out = json_object();
    for (; *members != NULL; members++)
        json_object_set(out, *members, json_object_get(detail, *members));
    return out;
}

/* Whom it is about. */
struct about {
    const char *client, *queue, *agent, *week;
};

static struct about about_of(const struct family *family, const char *subject, const json_t *detail)
{
    struct about about = {member(detail, "client"), member(detail, "queue"), member(detail, "agent"),
                          member(detail, "week")};
    const char *stands_for = family != NULL ? family->subject : NULL;
    if (about.queue == NULL && g_strcmp0(stands_for, "queue") == 0)
        about.queue = subject;
    if (about.client == NULL && g_strcmp0(stands_for, "client") == 0)
        about.client = subject;
    if (about.agent == NULL && g_strcmp0(stands_for, "agent") == 0)
        about.agent = subject;
    return about;
}

static bool notice_write(struct store *store, const struct family *family, const char *kind,
                         const char *subject, const struct about *about, const json_t *detail, GError **error)
{
    bool client = family->told == ROLE_CLIENT, ok = true;
    const char *whom[1 + G_N_ELEMENTS(family->also)] = {client ? about->client : about->agent};
    for (size_t k = 0; !client && family->also[k] != NULL; k++)
        whom[k + 1] = member(detail, family->also[k]);
    AUTO(json_t) heard = heard_detail(detail, family->members);
    for (size_t k = 0; k < G_N_ELEMENTS(whom) && ok; k++)
        if (whom[k] != NULL || (client && k == 0 && about->queue != NULL))
            ok = execute(store, NULL, error,
                         client
                             ? "INSERT INTO notice (client_id, kind, subject, detail, queue_id, week) "
                               "SELECT c.id, $1, $2, $3, $4, $5 FROM client c "
                               "WHERE c.id = coalesce((SELECT q.client_id FROM queue q WHERE q.id = $4), $6)"
                             : "INSERT INTO notice (agent_key, kind, subject, detail, queue_id, week) "
                               "SELECT a.agent_key, $1, $2, $3, $4, $5 FROM agent a WHERE a.id = $6",
                         "ssjsss", kind, subject, heard, client ? about->queue : NULL, about->week, whom[k]);
    return ok;
}

bool audit_write(struct store *store, const char *actor, const char *action, const char *subject,
                 json_t *detail, GError **error)
{
    AUTO(json_t) owned = detail != NULL ? detail : json_object();
    const struct family *family = family_of(action);
    const struct about about = about_of(family, subject, owned);
    return execute(
               store, NULL, error,
               "WITH event AS (INSERT INTO audit (actor, action, subject, detail, client_id, queue_id, "
               "agent_id, week) "
               "SELECT $1, $2, $3, $4, coalesce((SELECT q.client_id FROM queue q WHERE q.id = $6), $5), $6, "
               "$7, "
               "CASE WHEN $8 ~ '^\\d{4}-\\d\\d-\\d\\d$' THEN to_char($8::date, 'IYYY\"-W\"IW') ELSE $8 END "
               "RETURNING id) "
               "INSERT INTO delivery (webhook_id, event_id) SELECT w.id, event.id FROM event, webhook w "
               "WHERE w.active "
               "AND (w.kinds = '{}' OR $2 = ANY (w.kinds) OR split_part($2, '.', 1) || '.*' = ANY (w.kinds))",
               "sssjssss", actor != NULL ? actor : "unknown", action, subject, owned, about.client,
               about.queue, about.agent, about.week) &&
           (family == NULL || notice_write(store, family, action, subject, &about, owned, error));
}
