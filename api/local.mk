noinst_LIBRARIES += api/libapi.a
api_libapi_a_SOURCES = \
	api/answer.c api/answer.h \
	api/address.c api/address.h \
	api/assets.h \
	api/auth.c api/auth.h \
	api/body.c api/body_plain.c api/body.h api/body_reader.h \
	api/calendar.c api/calendar.h \
	api/call.c api/call.h \
	api/coding.c api/coding.h \
	api/cors.c api/cors.h \
	api/decide.c api/decide.h \
	api/effect.c api/effect.h api/effect_words.c \
	api/changes.c api/changes.h \
	api/engines.c api/engines.h \
	api/exchange.c api/exchange.h \
	api/guard.c api/guard.h \
	api/freshness.c api/freshness.h \
	api/hand.c api/hand.h \
	api/hot.c api/hot.h \
	api/idempotency.c api/idempotency.h \
	api/gauges.c api/gauges.h \
	api/json_writer.c api/json_writer.h \
	api/keeper.c api/keeper.h \
	api/kept.c api/kept.h \
	api/limits.c api/limits.h \
	api/metrics.c api/metrics.h \
	api/part_change.c api/part_change.h api/part_csv.c api/part_csv.h \
	api/perform.c api/perform.h \
	api/pool.c api/pool.h \
	api/problem.c api/problem.h \
	api/query.c api/query.h \
	api/resource_accuracy.c \
	api/resource_agents.c \
	api/resource_bulk.c \
	api/resource_changes.c \
	api/resource_calculator.c \
	api/resource_clients.c \
	api/resource_edits.c \
	api/resource_explain.c \
	api/resource_forecasts.c \
	api/resource_history.c \
	api/resource_override_add.c \
	api/resource_overrides.c \
	api/resource_parts.c \
	api/resource_people.c \
	api/resource_roster_views.c \
	api/resource_requirement.c \
	api/resource_rosters.c \
	api/resource_rules.c \
	api/resource_runs.c \
	api/resource_sla.c \
	api/resource_swaps.c \
	api/resource_system.c \
	api/resource_tokens.c \
	api/resource_time_off.c \
	api/resource_why.c \
	api/resource_webhooks.c \
	api/resources.h \
	api/roster_cache.c api/roster_cache.h \
	api/roster_json.c api/roster_json.h \
	api/roster_operations.c api/roster_operations.h \
	api/router.c api/router.h \
	api/routes.c \
	api/series.c api/series.h \
	api/secret_box.c api/secret_box.h \
	api/server.c api/server.h \
	api/spool.c api/spool.h \
	api/unpack.c api/unpack.h \
	api/squeeze.c api/squeeze.h \
	api/stream.c api/stream.h \
	api/shift_page.c api/shift_page.h \
	api/watch.c api/watch.h \
	api/webhook_http.c api/webhook_http.h \
	api/webhooks.c api/webhooks.h
nodist_api_libapi_a_SOURCES = api/assets.c

# The pages and the contract are part of the program.
API_ASSETS = \
	api/openapi.yaml \
	api/web/index.html \
	api/web/icon.svg \
	api/web/app.css \
	api/web/app.js \
	api/web/coverage.js \
	api/web/days.js \
	api/web/dom.js \
	api/web/rosters.js \
	api/web/service.js \
	api/web/week.js
EXTRA_DIST += api/embed.sh $(API_ASSETS)
CLEANFILES += api/assets.c api/openapi.json

# The contract is written as YAML and served as JSON too.
noinst_PROGRAMS += api/contract
api_contract_SOURCES = api/contract.c
api_contract_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
api_contract_LDADD = $(YAML_LIBS) $(JANSSON_LIBS) -lm

api/openapi.json: api/openapi.yaml api/contract$(EXEEXT)
	$(AM_V_GEN)api/contract$(EXEEXT) $(srcdir)/api/openapi.yaml >$@.$$$$ && mv $@.$$$$ $@

api/assets.c: $(API_ASSETS) api/openapi.json api/embed.sh
	$(AM_V_GEN)$(MKDIR_P) api && json=$$PWD/api/openapi.json && \
	( cd $(srcdir) && sh api/embed.sh $(API_ASSETS) "$$json" ) > $@.$$$$ && mv $@.$$$$ $@
