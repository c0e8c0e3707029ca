#include <math.h>

#include "core/store/query.h"
#include "core/store/requests.h"

const char *decided_how_name(enum decided_how how)
{
    static const char *const names[DECIDED_N] = {"rule", "planner", "agent"};
    return names[how];
}

void time_off_rules_free(struct time_off_rule *rules, int n)
{
    for (int i = 0; rules != NULL && i < n; i++) {
        g_free(rules[i].site);
        g_free(rules[i].contract);
        g_free(rules[i].kind);
    }
    g_free(rules);
}

bool store_time_off_rules(struct store *store, struct time_off_rule **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT site_id, contract_id, kind, approve, notice_days, coalesce(days_max, 0), "
                 "coalesce(off_max, 0), staffing_min, credit_min, otherwise = 'denied' "
                 "FROM time_off_rule ORDER BY position",
                 "");
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct time_off_rule, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct time_off_rule){
            .site = cell_text(rows, row, 0),
            .contract = cell_text(rows, row, 1),
            .kind = cell_text(rows, row, 2),
            .approve = cell_bool(rows, row, 3),
            .notice_days = (int)cell_int(rows, row, 4),
            .days_max = (int)cell_int(rows, row, 5),
            .off_max = (int)cell_int(rows, row, 6),
            .staffing_min = cell_double(rows, row, 7),
            .credit_min = (int)cell_int(rows, row, 8),
            .otherwise_denied = cell_bool(rows, row, 9),
        };
    return true;
}

/* The tables would refuse them too, but not in words for people. */
static bool part_known(struct store *store, const char *table, const char *id, int rule, GError **error)
{
    if (id == NULL)
        return true;
    g_autofree char *sql = g_strdup_printf("SELECT 1 FROM %s WHERE id = $1 AND NOT retired", table);
    AUTO(pg_result) rows = query(store, error, sql, "s", id);
    if (rows == NULL)
        return false;
    return PQntuples(rows) > 0 ||
           wfm_fail(error, WFM_ERROR_INPUT, "rule %d: there is no %s \"%s\"", rule + 1, table, id);
}

static json_t *number_or_null(int value)
{
    return value > 0 ? json_integer(value) : json_null();
}

static bool time_off_rules_save(struct store *store, const struct time_off_rule *rules, int n,
                                const char *actor, GError **error)
{
    AUTO(json_t) list = json_array();
    for (int i = 0; i < n; i++) {
        const struct time_off_rule *rule = &rules[i];
        if (!part_known(store, "site", rule->site, i, error) ||
            !part_known(store, "contract", rule->contract, i, error))
            return false;
        json_array_append_new(
            list, json_pack("{s:i, s:s?, s:s?, s:s?, s:b, s:i, s:o, s:o, s:o, s:i, s:s}", "position", i + 1,
                            "site_id", rule->site, "contract_id", rule->contract, "kind", rule->kind,
                            "approve", (int)rule->approve, "notice_days", rule->notice_days, "days_max",
                            number_or_null(rule->days_max), "off_max", number_or_null(rule->off_max),
                            "staffing_min",
                            isfinite(rule->staffing_min) ? json_real(rule->staffing_min) : json_null(),
                            "credit_min", rule->credit_min, "otherwise",
                            rule->otherwise_denied ? "denied" : "pending"));
    }
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           execute(store, NULL, error, "DELETE FROM time_off_rule", "") &&
           execute(store, NULL, error,
                   "INSERT INTO time_off_rule (position, site_id, contract_id, kind, approve, notice_days, "
                   "days_max, off_max, staffing_min, credit_min, otherwise) "
                   "SELECT position, site_id, contract_id, kind, approve, notice_days, days_max, off_max, "
                   "staffing_min, credit_min, otherwise "
                   "FROM jsonb_populate_recordset(NULL::time_off_rule, $1::jsonb)",
                   "j", list) &&
           audit_write(store, actor, "time_off_rules.updated", "time_off_rules",
                       json_pack("{s:O}", "rules", list), error);
}

bool store_time_off_rules_save(struct store *store, const struct time_off_rule *rules, int n,
                               const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, time_off_rules_save(store, rules, n, actor, error), error);
}

void swap_rules_free(struct swap_rule *rules, int n)
{
    for (int i = 0; rules != NULL && i < n; i++) {
        g_free(rules[i].site);
        g_free(rules[i].contract);
    }
    g_free(rules);
}

bool store_swap_rules(struct store *store, struct swap_rule **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT site_id, contract_id, approve, notice_minutes, shortage_max, otherwise = 'refused' "
                 "FROM swap_rule ORDER BY position",
                 "");
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct swap_rule, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct swap_rule){
            .site = cell_text(rows, row, 0),
            .contract = cell_text(rows, row, 1),
            .approve = cell_bool(rows, row, 2),
            .notice_minutes = (int)cell_int(rows, row, 3),
            .shortage_max = cell_double(rows, row, 4),
            .otherwise_refused = cell_bool(rows, row, 5),
        };
    return true;
}

static bool swap_rules_save(struct store *store, const struct swap_rule *rules, int n, const char *actor,
                            GError **error)
{
    AUTO(json_t) list = json_array();
    for (int i = 0; i < n; i++) {
        const struct swap_rule *rule = &rules[i];
        if (!part_known(store, "site", rule->site, i, error) ||
            !part_known(store, "contract", rule->contract, i, error))
            return false;
        json_array_append_new(list, json_pack("{s:i, s:s?, s:s?, s:b, s:i, s:f, s:s}", "position", i + 1,
                                              "site_id", rule->site, "contract_id", rule->contract, "approve",
                                              (int)rule->approve, "notice_minutes", rule->notice_minutes,
                                              "shortage_max", rule->shortage_max, "otherwise",
                                              rule->otherwise_refused ? "refused" : "pending"));
    }
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           execute(store, NULL, error, "DELETE FROM swap_rule", "") &&
           execute(store, NULL, error,
                   "INSERT INTO swap_rule (position, site_id, contract_id, approve, notice_minutes, "
                   "shortage_max, otherwise) "
                   "SELECT position, site_id, contract_id, approve, notice_minutes, shortage_max, otherwise "
                   "FROM jsonb_populate_recordset(NULL::swap_rule, $1::jsonb)",
                   "j", list) &&
           audit_write(store, actor, "swap_rules.updated", "swap_rules", json_pack("{s:O}", "rules", list),
                       error);
}

bool store_swap_rules_save(struct store *store, const struct swap_rule *rules, int n, const char *actor,
                           GError **error)
{
    return tx_begin(store, error) && tx_end(store, swap_rules_save(store, rules, n, actor, error), error);
}
