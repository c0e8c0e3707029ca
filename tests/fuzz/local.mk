check_PROGRAMS += tests/fuzz/test_fuzz_plan
tests_fuzz_test_fuzz_plan_SOURCES = tests/fuzz/test_fuzz_plan.c tests/fuzz/fuzz_plan.c tests/fuzz/fuzz_plan.h \
	tests/scheduler/roster_random.c tests/scheduler/roster_random.h \
	tests/scheduler/roster_random_rules.c tests/scheduler/roster_random_rules.h \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_fuzz_test_fuzz_plan_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/fuzz/test_fuzz_plan

# By hand, with clang: see fuzz_target.c.
EXTRA_PROGRAMS += tests/fuzz/fuzz-plan
tests_fuzz_fuzz_plan_SOURCES = tests/fuzz/fuzz_target.c tests/fuzz/fuzz_plan.c tests/fuzz/fuzz_plan.h
tests_fuzz_fuzz_plan_CPPFLAGS = $(AM_CPPFLAGS)
tests_fuzz_fuzz_plan_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_plan_LDADD = $(SCHEDULER_LIBS) $(TEST_END_LIBS)

check_PROGRAMS += tests/fuzz/test_absurd
tests_fuzz_test_absurd_SOURCES = tests/fuzz/test_absurd.c tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_fuzz_test_absurd_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/fuzz/test_absurd

check_PROGRAMS += tests/fuzz/test_fuzz_forecast
tests_fuzz_test_fuzz_forecast_SOURCES = tests/fuzz/test_fuzz_forecast.c tests/fuzz/forecast_random.c \
	tests/fuzz/forecast_random.h
tests_fuzz_test_fuzz_forecast_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/fuzz/test_fuzz_forecast

# Every parser of what strangers send; with clang for as long as wanted: tests/fuzz/run-fuzzers SECONDS.
fuzz_parsers = tests/fuzz/parsers.c tests/fuzz/parsers.h
check_PROGRAMS += tests/fuzz/test_parsers
tests_fuzz_test_parsers_SOURCES = tests/fuzz/test_parsers.c $(fuzz_parsers)
tests_fuzz_test_parsers_LDADD = $(TEST_LIBS) $(API_LIBS) $(TEST_END_LIBS)
TESTS += tests/fuzz/test_parsers

EXTRA_PROGRAMS += tests/fuzz/fuzz-parsers
tests_fuzz_fuzz_parsers_SOURCES = tests/fuzz/fuzz_parsers.c $(fuzz_parsers)
tests_fuzz_fuzz_parsers_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_parsers_LDADD = $(API_LIBS)
EXTRA_DIST += tests/fuzz/run-fuzzers tests/fuzz/leaks.supp
