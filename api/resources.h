/*
 * resources.h - the handlers behind the route table, by file: resource_system.c (health, metrics, contract,
 * pages), resource_agents.c (me, agents, shifts, calendars), resource_people.c (what changed of
 * shifts, one shift), resource_clients.c (clients, queues, coverage,
 * forecasts), resource_sla.c (service levels), resource_rosters.c, resource_tokens.c (tokens, audit),
 * resource_roster_views.c (violations, coverage, what differs), resource_edits.c (changes by hand),
 * resource_explain.c (prices, why).
 *
 * All have the signature of api_route.handle; see call.h for what is ready when they run.
 */
#ifndef WFM_API_RESOURCES_H
#define WFM_API_RESOURCES_H

#include "api/call.h"

bool page_index(struct api_call *call, GError **error);
bool page_file(struct api_call *call, GError **error);
bool system_healthz(struct api_call *call, GError **error);
bool system_readyz(struct api_call *call, GError **error);
bool system_metrics(struct api_call *call, GError **error);
bool system_openapi(struct api_call *call, GError **error);
bool system_openapi_json(struct api_call *call, GError **error);

bool tokens_list(struct api_call *call, GError **error);
bool token_create(struct api_call *call, GError **error);
bool token_get(struct api_call *call, GError **error);
bool token_revoke(struct api_call *call, GError **error);
bool token_rotate(struct api_call *call, GError **error);
bool audit_list(struct api_call *call, GError **error);

bool me_get(struct api_call *call, GError **error);
bool me_shifts(struct api_call *call, GError **error);
bool agent_shifts(struct api_call *call, GError **error);
bool me_shift(struct api_call *call, GError **error);
bool me_balance(struct api_call *call, GError **error);
bool me_time_off_list(struct api_call *call, GError **error);
bool me_time_off_ask(struct api_call *call, GError **error);
bool me_time_off_get(struct api_call *call, GError **error);
bool me_time_off_withdraw(struct api_call *call, GError **error);
bool time_off_list(struct api_call *call, GError **error);
bool time_off_get(struct api_call *call, GError **error);
bool time_off_approve(struct api_call *call, GError **error);
bool time_off_deny(struct api_call *call, GError **error);
bool time_off_rules_get(struct api_call *call, GError **error);
bool time_off_rules_put(struct api_call *call, GError **error);
bool swap_rules_get(struct api_call *call, GError **error);
bool swap_rules_put(struct api_call *call, GError **error);
bool me_swaps_list(struct api_call *call, GError **error);
bool me_swap_offer(struct api_call *call, GError **error);
bool me_swap_get(struct api_call *call, GError **error);
bool me_swap_leave(struct api_call *call, GError **error);
bool me_swap_accept(struct api_call *call, GError **error);
bool swaps_list(struct api_call *call, GError **error);
bool swap_get(struct api_call *call, GError **error);
bool swap_approve(struct api_call *call, GError **error);
bool swap_deny(struct api_call *call, GError **error);
bool me_shift_why(struct api_call *call, GError **error);
bool agent_calendar_create(struct api_call *call, GError **error);
bool agent_calendar_revoke(struct api_call *call, GError **error);
bool calendar_feed(struct api_call *call, GError **error);

bool client_sla(struct api_call *call, GError **error);
bool queue_coverage(struct api_call *call, GError **error);
bool queue_forecast(struct api_call *call, GError **error);
bool queue_history(struct api_call *call, GError **error);
bool history_upload(struct api_call *call, GError **error);
bool imports_list(struct api_call *call, GError **error);
bool import_get(struct api_call *call, GError **error);
bool staffing_calculator(struct api_call *call, GError **error);
bool queue_requirement(struct api_call *call, GError **error);
bool queue_accuracy(struct api_call *call, GError **error);
bool forecasts_list(struct api_call *call, GError **error);
bool forecast_get(struct api_call *call, GError **error);
bool forecast_compare(struct api_call *call, GError **error);
bool overrides_list(struct api_call *call, GError **error);
bool overrides_create(struct api_call *call, GError **error);
bool override_get(struct api_call *call, GError **error);
bool override_delete(struct api_call *call, GError **error);
bool scenarios_list(struct api_call *call, GError **error);
bool scenario_get(struct api_call *call, GError **error);
bool scenario_put(struct api_call *call, GError **error);
bool scenario_delete(struct api_call *call, GError **error);

bool runs_list(struct api_call *call, GError **error);
bool run_create(struct api_call *call, GError **error);
bool run_get(struct api_call *call, GError **error);
bool run_messages(struct api_call *call, GError **error);
bool run_events(struct api_call *call, GError **error);
bool run_cancel(struct api_call *call, GError **error);
bool run_retry(struct api_call *call, GError **error);

/* resource_parts.c: the part is the one of the pattern. */
bool parts_list(struct api_call *call, GError **error);
bool part_get(struct api_call *call, GError **error);
bool part_put_one(struct api_call *call, GError **error);
bool part_patch(struct api_call *call, GError **error);
bool part_post(struct api_call *call, GError **error);
bool part_delete(struct api_call *call, GError **error);
bool agent_availability(struct api_call *call, GError **error);
bool agent_availability_put(struct api_call *call, GError **error);
bool agent_preferences_put(struct api_call *call, GError **error);
/* resource_bulk.c */
bool parts_bulk(struct api_call *call, GError **error);
bool operation_export(struct api_call *call, GError **error);

bool rosters_list(struct api_call *call, GError **error);
bool roster_get(struct api_call *call, GError **error);
bool roster_shifts(struct api_call *call, GError **error);
bool roster_publish(struct api_call *call, GError **error);
bool roster_sla(struct api_call *call, GError **error);
bool roster_violations(struct api_call *call, GError **error);
bool roster_verify(struct api_call *call, GError **error);
bool roster_coverage(struct api_call *call, GError **error);
bool roster_diff(struct api_call *call, GError **error);
bool roster_copy(struct api_call *call, GError **error);
bool roster_delete(struct api_call *call, GError **error);
bool roster_prices(struct api_call *call, GError **error);
bool roster_explain(struct api_call *call, GError **error);
bool roster_edits(struct api_call *call, GError **error);
bool roster_edit_make(struct api_call *call, GError **error);
bool roster_edit_get(struct api_call *call, GError **error);
bool roster_edit_undo(struct api_call *call, GError **error);

bool changes_list(struct api_call *call, GError **error);
bool webhooks_list(struct api_call *call, GError **error);
bool webhook_create(struct api_call *call, GError **error);
bool webhook_get(struct api_call *call, GError **error);
bool webhook_replace(struct api_call *call, GError **error);
bool webhook_delete(struct api_call *call, GError **error);
bool webhook_secret(struct api_call *call, GError **error);
bool webhook_test(struct api_call *call, GError **error);
bool webhook_deliveries(struct api_call *call, GError **error);
bool delivery_retry(struct api_call *call, GError **error);

/* An override as {id, queue, …}, instants in the zone of its queue; reason, names and scenario for planners.
 */
json_t *override_json(const struct api_call *call, const struct override *o, const struct zone *zone);
/* ["read", "plan"]. */
json_t *scopes_json(unsigned scopes);
/* A client or queue as {id, name, …}. */
json_t *named_row_json(const struct named_row *row);
/* The client exists and the scope may see it; a copy of its name in *name when not NULL. */
bool client_known(struct api_call *call, const char *client, char **name, GError **error);
/* Coverage of a queue that exists by a roster (0: the published ones): a span none reaches is an empty view,
   not an error. */
bool coverage_load(struct api_call *call, int64_t roster, const char *queue, int64_t from_ts, int64_t to_ts,
                   struct coverage_view *view, GError **error);

/* A POST that takes no fields: the body is empty or {}. Errors as those of body_read
 * (api/body.h). */
bool body_empty(struct api_call *call, GError **error);
/* The number in a {id} segment; WFM_ERROR_NOT_FOUND ("there is no roster \"x\"") when it is none. */
bool path_number(const struct api_call *call, int var, const char *kind, int64_t *out, GError **error);
/* "/v1/…?from=…&after=…", the next page of the same list, the range and texts of the query kept. */
json_t *next_link(const struct api_call *call, const char *path, const char *after);
/* What changed of an agent's shifts since the query's `since`. */
bool shift_changes(struct api_call *call, const char *agent, const char *path, GError **error);
/* A published shift as people see it; NULL when its zone is none. */
json_t *shift_json(struct api_call *call, const struct shift_view *view, GError **error);
/* [{kind, start, end, paid}], instants in the zone. */
json_t *activities_json(const struct activity *activities, int n, const struct zone *zone);

#endif
