core_libcore_a_SOURCES += \
	core/store/cluster.c core/store/cluster.h \
	core/store/connection.c \
	core/store/fields.c core/store/fields.h \
	core/store/history_store.c \
	core/store/migrate.c core/store/migrate.h \
	core/store/operation_load.c \
	core/store/operation_store.c \
	core/store/query.c core/store/query.h \
	core/store/store.h

# In order; never edit one that has landed. tests/core/store/test_migrate.c checks that an empty database gets there.
WFM_MIGRATIONS = \
	core/store/migrations/0001_operation.sql \
	core/store/migrations/0002_history.sql \
	core/store/migrations/0003_roster.sql \
	core/store/migrations/0004_access.sql
EXTRA_DIST += $(WFM_MIGRATIONS) core/store/embed.awk
nodist_core_libcore_a_SOURCES = core/store/migrations.c
CLEANFILES += core/store/migrations.c
core/store/migrations.c: $(WFM_MIGRATIONS) core/store/embed.awk
	$(AM_V_GEN)$(MKDIR_P) core/store && \
	$(AWK) -f $(srcdir)/core/store/embed.awk $(addprefix $(srcdir)/,$(WFM_MIGRATIONS)) >$@.tmp && mv $@.tmp $@
