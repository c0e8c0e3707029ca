#include "core/store/query.h"

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

bool store_audit_list(struct store *store, int limit, struct audit_row **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT id, at, actor, action, subject, detail::text FROM audit "
                 "ORDER BY id DESC LIMIT nullif($1::integer, 0)",
                 "i", limit);
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
