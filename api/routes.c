#include "api/resources.h"
#include "api/router.h"
#include "api/shift_page.h"

#define STORE true
#define NO_STORE false

/* A row says by name (".if_match = true") what is not as in most rows; the rest is zero. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* clang-format off */
const struct api_route api_routes[] = {
    {"GET",    "/",                          ALLOW_OPEN, 0, NO_STORE, page_index, "The pages: sign in, own week, coverage, rosters"},
    {"GET",    "/web/{file}",                ALLOW_OPEN, 0, NO_STORE, page_file, "A file of the pages"},
    {"GET",    "/healthz",                   ALLOW_OPEN, 0, NO_STORE, system_healthz, "Is the process alive?"},
    {"GET",    "/readyz",                    ALLOW_OPEN, 0, STORE, system_readyz, "Does the database answer, and is its schema the right one?"},
    {"GET",    "/metrics",                   ALLOW_OPEN, 0, NO_STORE, system_metrics, "Request counts and latencies for Prometheus"},
    {"GET",    "/v1/openapi.yaml",           ALLOW_OPEN, 0, NO_STORE, system_openapi, "This contract"},
    {"GET",    "/openapi.json",              ALLOW_OPEN, 0, NO_STORE, system_openapi_json, "This contract as JSON"},
    {"GET",    "/v1/me",                     ALLOW_ANY, 0, STORE, me_get, "Who am I?"},
    {"GET",    "/v1/tokens",                 ALLOW_PLANNER, PARAM_PAGE, STORE, tokens_list, "Tokens, by id", .scope = TOKEN_ADMIN},
    {"POST",   "/v1/tokens",                 ALLOW_PLANNER, 0, STORE, token_create, "Make a token; its secret is shown this once", .scope = TOKEN_ADMIN},
    {"GET",    "/v1/tokens/{id}",            ALLOW_PLANNER, 0, STORE, token_get, "One token, without its secret", .scope = TOKEN_ADMIN},
    {"DELETE", "/v1/tokens/{id}",            ALLOW_ANY, 0, STORE, token_revoke, "Revoke a token: one's own, or with the scope admin any", .scope = TOKEN_READ},
    {"POST",   "/v1/tokens/{id}/rotation",   ALLOW_PLANNER, 0, STORE, token_rotate, "A new secret for the same; the former one works on for a while", .scope = TOKEN_ADMIN},
    {"GET",    "/v1/audit",                  ALLOW_PLANNER, PARAM_PAGE | PARAM_SINCE | PARAM_AUDIT, STORE, audit_list, "Who changed what, newest first", .scope = TOKEN_ADMIN},
    {"GET",    "/v1/me/shifts",              ALLOW_AGENT, PARAM_RANGE | PARAM_PAGE | PARAM_CANCELLED | PARAM_SINCE, STORE, me_shifts, "My published shifts",
     .ahead = shift_page_ahead},
    {"GET",    "/v1/me/shifts/{id}",         ALLOW_AGENT, 0, STORE, me_shift, "One published shift of mine"},
    {"GET",    "/v1/agents",                 ALLOW_PLANNER, PARAM_PAGE, STORE, agents_list, "Agents, by id"},
    {"GET",    "/v1/agents/{id}/shifts",     ALLOW_PLANNER | ALLOW_AGENT, PARAM_RANGE | PARAM_PAGE | PARAM_CANCELLED | PARAM_SINCE, STORE, agent_shifts, "Published shifts of an agent"},
    {"POST",   "/v1/agents/{id}/calendar",   ALLOW_PLANNER | ALLOW_AGENT, 0, STORE, agent_calendar_create, "Make the secret calendar feed; the former one stops"},
    {"DELETE", "/v1/agents/{id}/calendar",   ALLOW_PLANNER | ALLOW_AGENT, 0, STORE, agent_calendar_revoke, "Revoke the calendar feed"},
    {"GET",    "/v1/calendar/{secret}.ics",  ALLOW_OPEN, 0, STORE, calendar_feed, "The calendar feed"},
    {"GET",    "/v1/clients",                ALLOW_PLANNER | ALLOW_CLIENT, 0, STORE, clients_list, "Clients"},
    {"GET",    "/v1/clients/{id}/sla",       ALLOW_PLANNER | ALLOW_CLIENT, PARAM_DAY_RANGE, STORE, client_sla, "Service level per queue and day: target, expected, simulated, hours"},
    {"GET",    "/v1/queues",                 ALLOW_PLANNER | ALLOW_CLIENT, PARAM_CLIENT, STORE, queues_list, "Queues"},
    {"GET",    "/v1/queues/{id}/coverage",   ALLOW_PLANNER | ALLOW_CLIENT, PARAM_DAY_RANGE, STORE, queue_coverage, "Required and staffed agents per interval"},
    {"GET",    "/v1/runs",                   ALLOW_PLANNER, PARAM_PAGE | PARAM_RUN, STORE, runs_list, "Runs, newest first"},
    {"POST",   "/v1/runs",                   ALLOW_PLANNER, 0, STORE, run_create, "Ask for long work: a forecast, a roster, a plan"},
    {"GET",    "/v1/runs/{id}",              ALLOW_PLANNER, 0, STORE, run_get, "One run: where it is, what it made, what it said"},
    {"GET",    "/v1/runs/{id}/messages",     ALLOW_PLANNER, PARAM_PAGE, STORE, run_messages, "All that was said in a run"},
    {"GET",    "/v1/runs/{id}/events",       ALLOW_PLANNER, 0, STORE, run_events, "A run as server-sent events, to its end"},
    {"POST",   "/v1/runs/{id}/cancel",       ALLOW_PLANNER, 0, STORE, run_cancel, "Stop a run; the best roster so far is kept"},
    {"POST",   "/v1/runs/{id}/retry",        ALLOW_PLANNER, 0, STORE, run_retry, "Queue a failed run again"},
    {"GET",    "/v1/queues/{id}/forecast",   ALLOW_PLANNER | ALLOW_CLIENT, PARAM_DAY_RANGE | PARAM_PICK | PARAM_SCENARIO | PARAM_WITHOUT, STORE, queue_forecast, "Expected contacts, AHT and quantiles per interval, and what the planner's hand changed"},
    {"GET",    "/v1/queues/{id}/accuracy",   ALLOW_PLANNER, PARAM_DAY_RANGE | PARAM_PICK | PARAM_SCENARIO | PARAM_WITHOUT | PARAM_BY, STORE, queue_accuracy, "What forecasts said and what came"},
    {"GET",    "/v1/forecasts",              ALLOW_PLANNER | ALLOW_CLIENT, PARAM_QUEUE | PARAM_WEEK | PARAM_PAGE, STORE, forecasts_list, "Forecasts as they were made, newest first"},
    {"GET",    "/v1/forecasts/{id}",         ALLOW_PLANNER | ALLOW_CLIENT, 0, STORE, forecast_get, "One forecast: intervals, quantiles, models, weights, backtest"},
    {"GET",    "/v1/forecasts/{id}/compare/{other}", ALLOW_PLANNER | ALLOW_CLIENT, 0, STORE, forecast_compare, "Two forecasts of a queue side by side"},
    {"GET",    "/v1/overrides",              ALLOW_PLANNER | ALLOW_CLIENT, PARAM_QUEUE | PARAM_WEEK | PARAM_SCENARIO | PARAM_REMOVED | PARAM_PAGE, STORE, overrides_list, "The planner's hand on forecasts, in the order of entry"},
    {"POST",   "/v1/overrides",              ALLOW_PLANNER, PARAM_DRY_RUN, STORE, overrides_create, "Change what is forecast", .lock = LOCK_OVERRIDES},
    {"GET",    "/v1/overrides/{id}",         ALLOW_PLANNER | ALLOW_CLIENT, 0, STORE, override_get, "One override"},
    {"DELETE", "/v1/overrides/{id}",         ALLOW_PLANNER, 0, STORE, override_delete, "Take an override back; it stays on record", .lock = LOCK_OVERRIDES},
    {"GET",    "/v1/scenarios",              ALLOW_PLANNER, 0, STORE, scenarios_list, "What-ifs: named sets of overrides"},
    {"GET",    "/v1/scenarios/{name}",       ALLOW_PLANNER, 0, STORE, scenario_get, "One scenario"},
    {"PUT",    "/v1/scenarios/{name}",       ALLOW_PLANNER, 0, STORE, scenario_put, "Switch a scenario on or off", .lock = LOCK_OVERRIDES},
    {"DELETE", "/v1/scenarios/{name}",       ALLOW_PLANNER, 0, STORE, scenario_delete, "Take all its overrides back", .lock = LOCK_OVERRIDES},
    {"GET",    "/v1/rosters",                ALLOW_PLANNER, PARAM_PAGE, STORE, rosters_list, "Rosters, newest first"},
    {"GET",    "/v1/rosters/{id}",           ALLOW_PLANNER, 0, STORE, roster_get, "One roster: cost, bound, gap"},
    {"GET",    "/v1/rosters/{id}/shifts",    ALLOW_PLANNER, PARAM_PAGE, STORE, roster_shifts, "Shifts of a roster, draft or not"},
    {"GET",    "/v1/rosters/{id}/sla",       ALLOW_PLANNER, 0, STORE, roster_sla, "Service level of a roster, draft or not: expected and simulated"},
    {"POST",   "/v1/rosters/{id}/publish",   ALLOW_PLANNER, 0, STORE, roster_publish, "Check the draft and publish it",
     .scope = TOKEN_PUBLISH, .lock = LOCK_ROSTER},
};
/* clang-format on */

const int api_n_routes = G_N_ELEMENTS(api_routes);
