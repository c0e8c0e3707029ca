#include <math.h>

#include "api/body.h"
#include "api/resources.h"
#include "core/store/requests.h"

#define RULES_MAX 200

static const char *const time_off_otherwise[] = {"pending", "denied", NULL};
static const char *const swap_otherwise[] = {"pending", "refused", NULL};

/* --- time off
 * ---------------------------------------------------------------------------------------------------- */

struct time_off_row {
    char *site, *contract, *kind;
    bool approve, has_staffing;
    int notice_days, days_max, off_max, credit_min, otherwise;
    double staffing_min;
};
struct time_off_body {
    struct time_off_row *rules;
    int n_rules;
};
static const struct body_field time_off_row_fields[] = {
    {"site", BODY_ID, BODY_AT(time_off_row, site), .flags = BODY_NULLABLE},
    {"contract", BODY_ID, BODY_AT(time_off_row, contract), .flags = BODY_NULLABLE},
    {"kind", BODY_TEXT, BODY_AT(time_off_row, kind), .flags = BODY_NULLABLE, .max = 64},
    {"approve", BODY_BOOL, BODY_AT(time_off_row, approve), .flags = BODY_REQUIRED},
    {"notice_days", BODY_INT, BODY_AT(time_off_row, notice_days), .max = 3660},
    {"days_max", BODY_INT, BODY_AT(time_off_row, days_max), .flags = BODY_NULLABLE, .min = 1, .max = 366},
    {"off_max", BODY_INT, BODY_AT(time_off_row, off_max), .flags = BODY_NULLABLE, .min = 1, .max = 1000000},
    {"staffing_min", BODY_REAL, BODY_AT(time_off_row, staffing_min), .flags = BODY_NULLABLE, .min = -1e6,
     .max = 1e6, BODY_GIVEN(time_off_row, has_staffing)},
    {"credit_minutes", BODY_INT, BODY_AT(time_off_row, credit_min), .max = 1440},
    {"otherwise", BODY_CHOICE, BODY_AT(time_off_row, otherwise), .choices = time_off_otherwise},
    {.name = NULL},
};
static const struct body_field time_off_fields[] = {
    {"rules", BODY_LIST, BODY_AT(time_off_body, rules), BODY_COUNT(time_off_body, n_rules),
     .flags = BODY_REQUIRED, .fields = time_off_row_fields, .size = sizeof(struct time_off_row),
     .max = RULES_MAX},
    {.name = NULL},
};

static json_t *count_json(int value)
{
    return value > 0 ? json_integer(value) : json_null();
}

bool time_off_rules_get(struct api_call *call, GError **error)
{
    struct time_off_rule *rules = NULL;
    int n = 0;
    if (!store_time_off_rules(call->store, &rules, &n, error))
        return false;
    json_t *list = json_array();
    for (int k = 0; k < n; k++)
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:b, s:i, s:o, s:o, s:o, s:i, s:s}", "site",
                            api_json_text(rules[k].site), "contract", api_json_text(rules[k].contract),
                            "kind", api_json_text(rules[k].kind), "approve", (int)rules[k].approve,
                            "notice_days", rules[k].notice_days, "days_max", count_json(rules[k].days_max),
                            "off_max", count_json(rules[k].off_max), "staffing_min",
                            api_json_finite(rules[k].staffing_min), "credit_minutes", rules[k].credit_min,
                            "otherwise", time_off_otherwise[rules[k].otherwise_denied]));
    time_off_rules_free(rules, n);
    return api_reply_json(call, 200, json_pack("{s:o}", "rules", list));
}

/* staffing_min is NAN where it is null or not there. */
bool time_off_rules_put(struct api_call *call, GError **error)
{
    struct time_off_body body = {0};
    bool ok = body_read(call, time_off_fields, &body, error);
    g_autofree struct time_off_rule *rules = g_new0(struct time_off_rule, (gsize)body.n_rules + 1);
    json_t *sent = ok ? body_json(call, error) : NULL;
    ok = ok && sent != NULL;
    for (int k = 0; k < body.n_rules && ok; k++) {
        const struct time_off_row *row = &body.rules[k];
        bool matters = json_is_number(
            json_object_get(json_array_get(json_object_get(sent, "rules"), (size_t)k), "staffing_min"));
        rules[k] = (struct time_off_rule){.site = row->site,
                                          .contract = row->contract,
                                          .kind = row->kind,
                                          .approve = row->approve,
                                          .notice_days = row->notice_days,
                                          .days_max = row->days_max,
                                          .off_max = row->off_max,
                                          .staffing_min = matters ? row->staffing_min : NAN,
                                          .credit_min = row->credit_min,
                                          .otherwise_denied = row->otherwise == 1};
    }
    ok = ok && store_time_off_rules_save(call->store, rules, body.n_rules, call->actor, error);
    json_decref(sent);
    body_clear(time_off_fields, &body);
    return ok && time_off_rules_get(call, error);
}

/* --- swaps
 * ------------------------------------------------------------------------------------------------------- */

struct swap_row {
    char *site, *contract;
    bool approve;
    int notice_minutes, otherwise;
    double shortage_max;
};
struct swap_body {
    struct swap_row *rules;
    int n_rules;
};
static const struct body_field swap_row_fields[] = {
    {"site", BODY_ID, BODY_AT(swap_row, site), .flags = BODY_NULLABLE},
    {"contract", BODY_ID, BODY_AT(swap_row, contract), .flags = BODY_NULLABLE},
    {"approve", BODY_BOOL, BODY_AT(swap_row, approve), .flags = BODY_REQUIRED},
    {"notice_minutes", BODY_INT, BODY_AT(swap_row, notice_minutes), .max = 1000000},
    {"shortage_max", BODY_REAL, BODY_AT(swap_row, shortage_max), .max = 1e9},
    {"otherwise", BODY_CHOICE, BODY_AT(swap_row, otherwise), .choices = swap_otherwise},
    {.name = NULL},
};
static const struct body_field swap_fields[] = {
    {"rules", BODY_LIST, BODY_AT(swap_body, rules), BODY_COUNT(swap_body, n_rules), .flags = BODY_REQUIRED,
     .fields = swap_row_fields, .size = sizeof(struct swap_row), .max = RULES_MAX},
    {.name = NULL},
};

bool swap_rules_get(struct api_call *call, GError **error)
{
    struct swap_rule *rules = NULL;
    int n = 0;
    if (!store_swap_rules(call->store, &rules, &n, error))
        return false;
    json_t *list = json_array();
    for (int k = 0; k < n; k++)
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:b, s:i, s:f, s:s}", "site", api_json_text(rules[k].site),
                            "contract", api_json_text(rules[k].contract), "approve", (int)rules[k].approve,
                            "notice_minutes", rules[k].notice_minutes, "shortage_max", rules[k].shortage_max,
                            "otherwise", swap_otherwise[rules[k].otherwise_refused]));
    swap_rules_free(rules, n);
    return api_reply_json(call, 200, json_pack("{s:o}", "rules", list));
}

bool swap_rules_put(struct api_call *call, GError **error)
{
    struct swap_body body = {0};
    bool ok = body_read(call, swap_fields, &body, error);
    g_autofree struct swap_rule *rules = g_new0(struct swap_rule, (gsize)body.n_rules + 1);
    for (int k = 0; k < body.n_rules && ok; k++)
        rules[k] = (struct swap_rule){.site = body.rules[k].site,
                                      .contract = body.rules[k].contract,
                                      .approve = body.rules[k].approve,
                                      .notice_minutes = body.rules[k].notice_minutes,
                                      .shortage_max = body.rules[k].shortage_max,
                                      .otherwise_refused = body.rules[k].otherwise == 1};
    ok = ok && store_swap_rules_save(call->store, rules, body.n_rules, call->actor, error);
    body_clear(swap_fields, &body);
    return ok && swap_rules_get(call, error);
}
