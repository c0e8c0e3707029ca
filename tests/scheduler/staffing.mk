check_PROGRAMS += tests/scheduler/test_erlang
tests_scheduler_test_erlang_SOURCES = tests/scheduler/test_erlang.c \
	tests/scheduler/staffing_vectors.c tests/scheduler/staffing_vectors.h
tests_scheduler_test_erlang_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_erlang

check_PROGRAMS += tests/scheduler/test_staffing
tests_scheduler_test_staffing_SOURCES = tests/scheduler/test_staffing.c
tests_scheduler_test_staffing_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_staffing
