# kill -9 of a publishing process and of the database.
check_PROGRAMS += tests/e2e/test_kill tests/e2e/kill_publisher
TESTS += tests/e2e/test_kill
tests_e2e_test_kill_SOURCES = tests/e2e/test_kill.c $(store_sample)
tests_e2e_test_kill_LDADD = $(store_test_libs)
tests_e2e_kill_publisher_SOURCES = tests/e2e/kill_publisher.c
tests_e2e_kill_publisher_LDADD = $(CORE_LIBS)

# kill -9 of everything that has to do with a run.
check_PROGRAMS += tests/e2e/test_runs
TESTS += tests/e2e/test_runs
tests_e2e_test_runs_SOURCES = tests/e2e/test_runs.c
tests_e2e_test_runs_LDADD = $(store_test_libs)

# Real contact history to a verified roster.
dist_check_SCRIPTS += tests/e2e/real_data.sh tests/e2e/kill_command.sh
TESTS += tests/e2e/real_data.sh tests/e2e/kill_command.sh
