core_libcore_a_SOURCES += \
	core/store/audit_store.c \
	core/store/answer.h core/store/answer_store.c \
	core/store/balance_store.c \
	core/store/change_store.c \
	core/store/cluster.c \
	core/store/cluster.h \
	core/store/cluster_run.c \
	core/store/cluster_run.h \
	core/store/connection.c core/store/copy.c \
	core/store/coverage_store.c \
	core/store/draft_store.c core/store/edit_store.c \
	core/store/entity.c \
	core/store/fields.c \
	core/store/fields.h \
	core/store/forecast_store.c \
	core/store/history_store.c \
	core/store/idempotency_store.c \
	core/store/list_store.c \
	core/store/migrate.c \
	core/store/migrate.h \
	core/store/operation_load.c \
	core/store/operation_store.c \
	core/store/override_store.c \
	core/store/part_rows.h core/store/part_store.c core/store/part_view.c \
	core/store/people.h \
	core/store/query.c \
	core/store/query.h \
	core/store/requests.h \
	core/store/roster.h \
	core/store/roster_parts.c \
	core/store/roster_publish.c \
	core/store/roster_save.c \
	core/store/roster_store.c \
	core/store/rules_store.c \
	core/store/run.h \
	core/store/run_row.h \
	core/store/run_store.c \
	core/store/run_work_store.c \
	core/store/shift_list.c core/store/shift_list.h \
	core/store/shift_store.c \
	core/store/simulation_store.c \
	core/store/statement.c core/store/statement.h \
	core/store/store.h \
	core/store/swap_store.c \
	core/store/time_off_store.c \
	core/store/token_store.c core/store/transaction.c \
	core/store/webhook.h \
	core/store/webhook_send.c \
	core/store/webhook_store.c \
	core/store/wishes_store.c

# In order; never edit one that has landed. tests/core/store/test_migrate.c checks that an empty database gets there.
WFM_MIGRATIONS = \
	core/store/migrations/0001_operation.sql \
	core/store/migrations/0002_history.sql \
	core/store/migrations/0003_roster.sql \
	core/store/migrations/0004_access.sql \
	core/store/migrations/0005_roster_figures.sql \
	core/store/migrations/0006_rules.sql \
	core/store/migrations/0007_special_days.sql \
	core/store/migrations/0008_planners_hand.sql \
	core/store/migrations/0009_holidays.sql \
	core/store/migrations/0010_wait.sql \
	core/store/migrations/0011_routing.sql \
	core/store/migrations/0012_simulation.sql \
	core/store/migrations/0013_callback.sql \
	core/store/migrations/0014_idempotency.sql \
	core/store/migrations/0015_access_paths.sql \
	core/store/migrations/0016_parts.sql \
	core/store/migrations/0017_history_imports.sql \
	core/store/migrations/0018_run.sql \
	core/store/migrations/0019_edits.sql \
	core/store/migrations/0020_people.sql \
	core/store/migrations/0021_events.sql \
	core/store/migrations/0022_requests.sql \
	core/store/migrations/0023_made.sql \
	core/store/migrations/0024_answer_marks.sql \
	core/store/migrations/0025_token_lines.sql
EXTRA_DIST += $(WFM_MIGRATIONS) core/store/embed.awk core/store/README.md
nodist_core_libcore_a_SOURCES = core/store/migrations.c
CLEANFILES += core/store/migrations.c
core/store/migrations.c: $(WFM_MIGRATIONS) core/store/embed.awk
	$(AM_V_GEN)$(MKDIR_P) core/store && \
	$(AWK) -f $(srcdir)/core/store/embed.awk $(addprefix $(srcdir)/,$(WFM_MIGRATIONS)) >$@.tmp && mv $@.tmp $@
