# One program per test file: tests/<floor>/test_<module>.c. Each folder lists its own.
check_LIBRARIES += tests/support/libtesting.a
tests_support_libtesting_a_SOURCES = tests/support/testing.c tests/support/testing.h \
	tests/support/pg.c tests/support/pg.h
AM_TESTS_ENVIRONMENT = WFM_SRCDIR='$(abs_srcdir)' WFM_BUILDDIR='$(abs_builddir)' \
	WFM_SHARED="$${WFM_SHARED:-$(abs_top_srcdir)/../shared}" \
	LSAN_OPTIONS=suppressions='$(abs_srcdir)'/tests/fuzz/leaks.supp:print_suppressions=0; \
	export WFM_SRCDIR WFM_BUILDDIR WFM_SHARED LSAN_OPTIONS;

# In the order of TESTS: those that take long, or wait long, first, so that none is left to run alone at the end.
include tests/fault/local.mk
include tests/e2e/local.mk
include tests/bench/local.mk
include tests/scheduler/local.mk
include tests/api/local.mk
include tests/wfm/local.mk
include tests/fuzz/local.mk
include tests/core/local.mk
include tests/fixtures/local.mk
include tests/forecast/local.mk
