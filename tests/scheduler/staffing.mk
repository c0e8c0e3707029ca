STAFFING_VECTORS = \
	tests/scheduler/reference_day.c tests/scheduler/reference_day.h \
	tests/scheduler/skill_chain.c tests/scheduler/skill_chain.h tests/scheduler/skill_run.c \
	tests/scheduler/staffing_vectors.c tests/scheduler/staffing_vectors.h tests/scheduler/tally.h tests/scheduler/staffing_vectors_internal.h \
	tests/scheduler/vectors_ctmc.c tests/scheduler/vectors_models.c tests/scheduler/vectors_reference.c \
	tests/scheduler/vectors_transient.c

check_PROGRAMS += tests/scheduler/test_erlang
tests_scheduler_test_erlang_SOURCES = tests/scheduler/test_erlang.c $(STAFFING_VECTORS)
tests_scheduler_test_erlang_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_erlang

check_PROGRAMS += tests/scheduler/test_erlang_solve
tests_scheduler_test_erlang_solve_SOURCES = tests/scheduler/test_erlang_solve.c
tests_scheduler_test_erlang_solve_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_erlang_solve

check_PROGRAMS += tests/scheduler/test_staffing
tests_scheduler_test_staffing_SOURCES = tests/scheduler/test_staffing.c
tests_scheduler_test_staffing_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_staffing

check_PROGRAMS += tests/scheduler/test_deferred
tests_scheduler_test_deferred_SOURCES = tests/scheduler/test_deferred.c
tests_scheduler_test_deferred_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_deferred

check_PROGRAMS += tests/scheduler/test_chat
tests_scheduler_test_chat_SOURCES = tests/scheduler/test_chat.c
tests_scheduler_test_chat_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_chat

check_PROGRAMS += tests/scheduler/test_period
tests_scheduler_test_period_SOURCES = tests/scheduler/test_period.c
tests_scheduler_test_period_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_period

check_PROGRAMS += tests/scheduler/test_simulate
tests_scheduler_test_simulate_SOURCES = tests/scheduler/test_simulate.c
tests_scheduler_test_simulate_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_simulate

check_PROGRAMS += tests/scheduler/test_calculator
tests_scheduler_test_calculator_SOURCES = tests/scheduler/test_calculator.c
tests_scheduler_test_calculator_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_calculator

check_PROGRAMS += tests/scheduler/test_replications
tests_scheduler_test_replications_SOURCES = tests/scheduler/test_replications.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_replications_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_replications

check_PROGRAMS += tests/scheduler/test_transient
tests_scheduler_test_transient_SOURCES = tests/scheduler/test_transient.c
tests_scheduler_test_transient_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_transient

check_PROGRAMS += tests/scheduler/test_vectors
tests_scheduler_test_vectors_SOURCES = tests/scheduler/test_vectors.c $(STAFFING_VECTORS)
tests_scheduler_test_vectors_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_vectors

check_PROGRAMS += tests/scheduler/test_hall
tests_scheduler_test_hall_SOURCES = tests/scheduler/test_hall.c \
	tests/scheduler/hall_slow.c tests/scheduler/hall_slow.h
tests_scheduler_test_hall_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_hall

check_PROGRAMS += tests/scheduler/test_calls
tests_scheduler_test_calls_SOURCES = tests/scheduler/test_calls.c
tests_scheduler_test_calls_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_calls

check_PROGRAMS += tests/scheduler/test_hall_exact
tests_scheduler_test_hall_exact_SOURCES = tests/scheduler/test_hall_exact.c
tests_scheduler_test_hall_exact_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_hall_exact

check_PROGRAMS += tests/scheduler/test_engines
tests_scheduler_test_engines_SOURCES = tests/scheduler/test_engines.c tests/scheduler/tally.h \
	tests/scheduler/skill_chain.c tests/scheduler/skill_chain.h tests/scheduler/skill_run.c
tests_scheduler_test_engines_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_engines

check_PROGRAMS += tests/scheduler/test_correct
tests_scheduler_test_correct_SOURCES = tests/scheduler/test_correct.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_correct_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_correct
