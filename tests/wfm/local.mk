check_PROGRAMS += tests/wfm/test_engines
tests_wfm_test_engines_SOURCES = tests/wfm/test_engines.c tests/api/fixture.c tests/api/fixture.h
tests_wfm_test_engines_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_engines

check_PROGRAMS += tests/wfm/test_options
tests_wfm_test_options_SOURCES = tests/wfm/test_options.c
tests_wfm_test_options_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_options

check_PROGRAMS += tests/wfm/test_output
tests_wfm_test_output_SOURCES = tests/wfm/test_output.c
tests_wfm_test_output_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_output

check_PROGRAMS += tests/wfm/test_units
tests_wfm_test_units_SOURCES = tests/wfm/test_units.c
tests_wfm_test_units_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_units

check_PROGRAMS += tests/wfm/test_shrinkage
tests_wfm_test_shrinkage_SOURCES = tests/wfm/test_shrinkage.c
tests_wfm_test_shrinkage_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_shrinkage

check_PROGRAMS += tests/wfm/test_forecast_words
tests_wfm_test_forecast_words_SOURCES = tests/wfm/test_forecast_words.c
tests_wfm_test_forecast_words_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_forecast_words

check_PROGRAMS += tests/wfm/test_run_ask
tests_wfm_test_run_ask_SOURCES = tests/wfm/test_run_ask.c $(store_sample)
tests_wfm_test_run_ask_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_run_ask

# From files to published shifts through the command alone.
dist_check_SCRIPTS += tests/wfm/week.sh tests/wfm/replan.sh tests/wfm/locked.sh tests/wfm/more.sh tests/wfm/days.sh tests/wfm/hand.sh \
	tests/wfm/patience.sh tests/wfm/intraday.sh tests/wfm/staff.sh tests/wfm/backlog.sh
EXTRA_DIST += tests/wfm/tiny.sh tests/support/steps.sh
TESTS += tests/wfm/week.sh tests/wfm/replan.sh tests/wfm/locked.sh tests/wfm/more.sh tests/wfm/days.sh tests/wfm/hand.sh \
	tests/wfm/patience.sh tests/wfm/intraday.sh tests/wfm/staff.sh tests/wfm/backlog.sh

check_PROGRAMS += tests/wfm/test_totals
tests_wfm_test_totals_SOURCES = tests/wfm/test_totals.c tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_wfm_test_totals_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/wfm/test_totals
