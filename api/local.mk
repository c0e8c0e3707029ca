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
	api/changing.c api/changing.h \
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
	api/live.c api/live.h \
	api/metrics.c api/metrics.h \
	api/part_change.c api/part_change.h api/part_csv.c api/part_csv.h \
	api/perform.c api/perform.h \
	api/pool.c api/pool.h \
	api/prices.c api/prices.h \
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
	api/resource_parts.c api/resource_preferences.c \
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

# The pages are bundled by esbuild (api/web/build.mjs), once `npm ci` has installed what they are made of beside the build; a distribution has
# the bundle in it and needs no npm. Bundle and contract are part of the program.
PAGES = $(shell cd $(srcdir) && find api/web -type f)
NPM_CI = $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
EXTRA_DIST += api/embed.sh api/openapi.yaml api/web
CLEANFILES += api/assets.c api/openapi.json api/bundle.stamp

api/modules.stamp: api/web/package-lock.json
	$(AM_V_GEN)$(MKDIR_P) api/modules && cp $(srcdir)/api/web/package.json $(srcdir)/api/web/package-lock.json api/modules/ && \
	( cd api/modules && $(NPM_CI) >npm.log 2>&1 || { cat npm.log >&2; exit 1; } ) && touch $@

if BUNDLE_THERE
api/bundle.stamp: $(PAGES)
	$(AM_V_GEN)rm -rf api/bundle && $(MKDIR_P) api && cp -R $(srcdir)/api/web/bundle api/bundle && chmod -R u+w api/bundle && touch $@
else
api/bundle.stamp: api/modules.stamp $(PAGES)
	$(AM_V_GEN)$(NODE) $(srcdir)/api/web/build.mjs api/modules/node_modules api/bundle && touch $@
endif

dist-hook: api/bundle.stamp
	[ ! -d $(distdir)/api/web/bundle ] || chmod -R u+w $(distdir)/api/web # as copied from sources nobody may write
	rm -rf $(distdir)/api/web/bundle && cp -R api/bundle $(distdir)/api/web/bundle

clean-local:
	rm -rf api/bundle api/modules api/modules.stamp

# The contract is written as YAML and served as JSON too.
noinst_PROGRAMS += api/contract
api_contract_SOURCES = api/contract.c
api_contract_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
api_contract_LDADD = $(YAML_LIBS) $(JANSSON_LIBS) -lm

api/openapi.json: api/openapi.yaml api/contract$(EXEEXT)
	$(AM_V_GEN)api/contract$(EXEEXT) $(srcdir)/api/openapi.yaml >$@.$$$$ && mv $@.$$$$ $@

api/assets.c: api/bundle.stamp api/openapi.yaml api/openapi.json api/embed.sh
	$(AM_V_GEN)sh $(srcdir)/api/embed.sh $(srcdir)/api/openapi.yaml api/openapi.json api/bundle/* > $@.$$$$ && mv $@.$$$$ $@
