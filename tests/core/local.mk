check_PROGRAMS += tests/core/test_error
tests_core_test_error_SOURCES = tests/core/test_error.c
tests_core_test_error_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_error
check_PROGRAMS += tests/core/test_file
tests_core_test_file_SOURCES = tests/core/test_file.c
tests_core_test_file_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_file
check_PROGRAMS += tests/core/test_week
tests_core_test_week_SOURCES = tests/core/test_week.c
tests_core_test_week_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_week
check_PROGRAMS += tests/core/test_zone
tests_core_test_zone_SOURCES = tests/core/test_zone.c
tests_core_test_zone_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_zone
check_PROGRAMS += tests/core/test_planfile
tests_core_test_planfile_SOURCES = tests/core/test_planfile.c tests/core/samples.c tests/core/samples.h \
	tests/core/filled.c tests/core/filled.h
tests_core_test_planfile_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_planfile
check_PROGRAMS += tests/core/test_opfile
tests_core_test_opfile_SOURCES = tests/core/test_opfile.c tests/core/samples.c tests/core/samples.h
tests_core_test_opfile_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_opfile
check_PROGRAMS += tests/core/test_override
tests_core_test_override_SOURCES = tests/core/test_override.c tests/core/samples.c tests/core/samples.h
tests_core_test_override_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_override
check_PROGRAMS += tests/core/test_history
tests_core_test_history_SOURCES = tests/core/test_history.c tests/core/samples.c tests/core/samples.h
tests_core_test_history_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_history
check_PROGRAMS += tests/core/test_plan
tests_core_test_plan_SOURCES = tests/core/test_plan.c tests/core/samples.c tests/core/samples.h
tests_core_test_plan_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_plan
EXTRA_DIST += tests/core/data/operation.cfg tests/core/data/agents.csv tests/core/data/time_off.csv \
	tests/core/data/special_days.csv tests/core/data/preferences.csv tests/core/data/meetings.csv \
	tests/core/data/old.plan
include tests/core/store/local.mk
check_PROGRAMS += tests/core/test_feasts
tests_core_test_feasts_SOURCES = tests/core/test_feasts.c
tests_core_test_feasts_LDADD = $(TEST_LIBS) $(CORE_LIBS) $(TEST_END_LIBS)
TESTS += tests/core/test_feasts
