store_tests = \
	tests/core/store/test_access \
	tests/core/store/test_change \
	tests/core/store/test_cluster \
	tests/core/store/test_history_store \
	tests/core/store/test_migrate \
	tests/core/store/test_operation_store \
	tests/core/store/test_override_store \
	tests/core/store/test_roster_store \
	tests/core/store/test_run_store \
	tests/core/store/test_simulation_store
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
store_test_libs = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
store_sample = tests/core/store/sample.c tests/core/store/sample.h tests/core/filled.c tests/core/filled.h
tests_core_store_test_access_SOURCES = tests/core/store/test_access.c $(store_sample)
tests_core_store_test_access_LDADD = $(store_test_libs)
tests_core_store_test_change_SOURCES = tests/core/store/test_change.c $(store_sample)
tests_core_store_test_change_LDADD = $(store_test_libs)
tests_core_store_test_cluster_SOURCES = tests/core/store/test_cluster.c
tests_core_store_test_cluster_LDADD = $(store_test_libs)
tests_core_store_test_history_store_SOURCES = tests/core/store/test_history_store.c $(store_sample)
tests_core_store_test_history_store_LDADD = $(store_test_libs)
tests_core_store_test_migrate_SOURCES = tests/core/store/test_migrate.c
tests_core_store_test_migrate_LDADD = $(store_test_libs)
tests_core_store_test_operation_store_SOURCES = tests/core/store/test_operation_store.c $(store_sample)
tests_core_store_test_operation_store_LDADD = $(store_test_libs)
tests_core_store_test_override_store_SOURCES = tests/core/store/test_override_store.c $(store_sample)
tests_core_store_test_override_store_LDADD = $(store_test_libs)
tests_core_store_test_roster_store_SOURCES = tests/core/store/test_roster_store.c $(store_sample)
tests_core_store_test_roster_store_LDADD = $(store_test_libs)
tests_core_store_test_run_store_SOURCES = tests/core/store/test_run_store.c
tests_core_store_test_run_store_LDADD = $(store_test_libs)
tests_core_store_test_simulation_store_SOURCES = tests/core/store/test_simulation_store.c $(store_sample)
tests_core_store_test_simulation_store_LDADD = $(store_test_libs)
