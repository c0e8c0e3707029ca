check_PROGRAMS += tests/forecast/test_aht
tests_forecast_test_aht_SOURCES = tests/forecast/test_aht.c
tests_forecast_test_aht_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_aht

check_PROGRAMS += tests/forecast/test_sparse
tests_forecast_test_sparse_SOURCES = tests/forecast/test_sparse.c tests/forecast/synthetic.h
tests_forecast_test_sparse_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_sparse

check_PROGRAMS += tests/forecast/test_patience
tests_forecast_test_patience_SOURCES = tests/forecast/test_patience.c
tests_forecast_test_patience_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_patience

check_PROGRAMS += tests/forecast/test_matrix
tests_forecast_test_matrix_SOURCES = tests/forecast/test_matrix.c \
	tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_matrix_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_matrix

check_PROGRAMS += tests/forecast/test_parts
tests_forecast_test_parts_SOURCES = tests/forecast/test_parts.c
tests_forecast_test_parts_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_parts

check_PROGRAMS += tests/forecast/test_forecast
tests_forecast_test_forecast_SOURCES = tests/forecast/test_forecast.c \
	tests/forecast/sane.c tests/forecast/sane.h tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_forecast_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_forecast

check_PROGRAMS += tests/forecast/test_promises
tests_forecast_test_promises_SOURCES = tests/forecast/test_promises.c \
	tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_promises_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_promises

check_PROGRAMS += tests/forecast/test_real
tests_forecast_test_real_SOURCES = tests/forecast/test_real.c \
	tests/forecast/sane.c tests/forecast/sane.h tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_real_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_real

check_PROGRAMS += tests/forecast/test_days
tests_forecast_test_days_SOURCES = tests/forecast/test_days.c tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_days_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_days

check_PROGRAMS += tests/forecast/test_scenarios
tests_forecast_test_scenarios_SOURCES = tests/forecast/test_scenarios.c \
	tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_scenarios_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_scenarios

check_PROGRAMS += tests/forecast/test_intraday
tests_forecast_test_intraday_SOURCES = tests/forecast/test_intraday.c \
	tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_intraday_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_intraday

check_PROGRAMS += tests/forecast/test_reconcile
tests_forecast_test_reconcile_SOURCES = tests/forecast/test_reconcile.c \
	tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_reconcile_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_reconcile

check_PROGRAMS += tests/forecast/test_gls
tests_forecast_test_gls_SOURCES = tests/forecast/test_gls.c
tests_forecast_test_gls_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_gls

check_PROGRAMS += tests/forecast/test_accuracy
tests_forecast_test_accuracy_SOURCES = tests/forecast/test_accuracy.c
tests_forecast_test_accuracy_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_accuracy

check_PROGRAMS += tests/forecast/test_override
tests_forecast_test_override_SOURCES = tests/forecast/test_override.c
tests_forecast_test_override_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_override

check_PROGRAMS += tests/forecast/test_linear
tests_forecast_test_linear_SOURCES = tests/forecast/test_linear.c
tests_forecast_test_linear_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_linear

check_PROGRAMS += tests/forecast/test_explain
tests_forecast_test_explain_SOURCES = tests/forecast/test_explain.c \
	tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_explain_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_explain

check_PROGRAMS += tests/forecast/test_week_shape
tests_forecast_test_week_shape_SOURCES = tests/forecast/test_week_shape.c
tests_forecast_test_week_shape_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_week_shape

check_PROGRAMS += tests/forecast/test_known
tests_forecast_test_known_SOURCES = tests/forecast/test_known.c tests/forecast/synthetic.c tests/forecast/synthetic.h
tests_forecast_test_known_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/forecast/test_known
