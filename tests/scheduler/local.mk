
check_PROGRAMS += tests/scheduler/test_checker
tests_scheduler_test_checker_SOURCES = tests/scheduler/test_checker.c \
	tests/scheduler/checker_rows.c tests/scheduler/checker_rows.h
tests_scheduler_test_checker_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_checker

check_PROGRAMS += tests/scheduler/test_checker_rules
tests_scheduler_test_checker_rules_SOURCES = tests/scheduler/test_checker_rules.c \
	tests/scheduler/checker_rows.c tests/scheduler/checker_rows.h
tests_scheduler_test_checker_rules_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_checker_rules

check_PROGRAMS += tests/scheduler/test_checker_couple
tests_scheduler_test_checker_couple_SOURCES = tests/scheduler/test_checker_couple.c \
	tests/scheduler/checker_rows.c tests/scheduler/checker_rows.h
tests_scheduler_test_checker_couple_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_checker_couple

check_PROGRAMS += tests/scheduler/test_checker_line
tests_scheduler_test_checker_line_SOURCES = tests/scheduler/test_checker_line.c \
	tests/scheduler/checker_rows.c tests/scheduler/checker_rows.h
tests_scheduler_test_checker_line_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_checker_line

check_PROGRAMS += tests/scheduler/test_checker_account
tests_scheduler_test_checker_account_SOURCES = tests/scheduler/test_checker_account.c \
	tests/scheduler/checker_rows.c tests/scheduler/checker_rows.h
tests_scheduler_test_checker_account_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_checker_account

include tests/scheduler/staffing.mk
check_PROGRAMS += tests/scheduler/test_roster_kernel
tests_scheduler_test_roster_kernel_SOURCES = tests/scheduler/test_roster_kernel.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_roster_kernel_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_roster_kernel

check_PROGRAMS += tests/scheduler/test_roster_solve
tests_scheduler_test_roster_solve_SOURCES = tests/scheduler/test_roster_solve.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_roster_solve_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_roster_solve

check_PROGRAMS += tests/scheduler/test_roster_master
tests_scheduler_test_roster_master_SOURCES = tests/scheduler/test_roster_master.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_roster_master_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_roster_master

check_PROGRAMS += tests/scheduler/test_conflict
tests_scheduler_test_conflict_SOURCES = tests/scheduler/test_conflict.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_conflict_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_conflict

check_PROGRAMS += tests/scheduler/test_roster_rows
tests_scheduler_test_roster_rows_SOURCES = tests/scheduler/test_roster_rows.c \
	tests/scheduler/roster_brute.c tests/scheduler/roster_brute.h \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_roster_rows_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_roster_rows

check_PROGRAMS += tests/scheduler/test_roster_random
tests_scheduler_test_roster_random_SOURCES = tests/scheduler/test_roster_random.c \
	tests/scheduler/roster_random.c tests/scheduler/roster_random.h \
	tests/scheduler/roster_random_rules.c tests/scheduler/roster_random_rules.h \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_roster_random_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_roster_random

check_PROGRAMS += tests/scheduler/test_edited
tests_scheduler_test_edited_SOURCES = tests/scheduler/test_edited.c \
	tests/scheduler/roster_random.c tests/scheduler/roster_random.h \
	tests/scheduler/roster_random_rules.c tests/scheduler/roster_random_rules.h \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_edited_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_edited

check_PROGRAMS += tests/scheduler/test_line
tests_scheduler_test_line_SOURCES = tests/scheduler/test_line.c \
	tests/scheduler/line_brute.c tests/scheduler/line_brute.h
tests_scheduler_test_line_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_line

check_PROGRAMS += tests/scheduler/test_roster_terms
tests_scheduler_test_roster_terms_SOURCES = tests/scheduler/test_roster_terms.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_roster_terms_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_roster_terms

check_PROGRAMS += tests/scheduler/test_explain
tests_scheduler_test_explain_SOURCES = tests/scheduler/test_explain.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_explain_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_explain

check_PROGRAMS += tests/scheduler/test_replan
tests_scheduler_test_replan_SOURCES = tests/scheduler/test_replan.c \
	tests/scheduler/roster_tiny.c tests/scheduler/roster_tiny.h
tests_scheduler_test_replan_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_replan

check_PROGRAMS += tests/scheduler/test_personal
tests_scheduler_test_personal_SOURCES = tests/scheduler/test_personal.c \
	tests/bench/curtois.c tests/bench/curtois.h tests/bench/curtois_cost.c
tests_scheduler_test_personal_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/scheduler/test_personal

