store_tests = \
	tests/core/store/test_cluster \
	tests/core/store/test_migrate
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
store_test_libs = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
tests_core_store_test_cluster_SOURCES = tests/core/store/test_cluster.c
tests_core_store_test_cluster_LDADD = $(store_test_libs)
tests_core_store_test_migrate_SOURCES = tests/core/store/test_migrate.c
tests_core_store_test_migrate_LDADD = $(store_test_libs)
