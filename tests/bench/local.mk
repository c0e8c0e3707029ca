# wfm-bench: one program, a subcommand per benchmark (tests/bench/bench.h).
noinst_PROGRAMS += tests/bench/wfm-bench
tests_bench_wfm_bench_SOURCES = tests/bench/bench.c tests/bench/bench.h
tests_bench_wfm_bench_LDADD = $(API_LIBS)
tests_bench_wfm_bench_SOURCES += tests/bench/bench_erlang.c tests/bench/bench_transient.c tests/bench/bench_staffing.c $(STAFFING_VECTORS) \
	tests/bench/published_errors.c tests/bench/published_errors.h
tests_bench_wfm_bench_SOURCES += tests/bench/bench_simulate.c tests/bench/skill_day.c tests/bench/skill_day.h
tests_bench_wfm_bench_SOURCES += tests/bench/bench_forecast.c tests/bench/bench_forecast_scale.c tests/bench/bench_intraday.c tests/bench/bench_reconcile.c tests/bench/bench_sla.c \
	tests/bench/bench_corrections.c tests/bench/solve_units.c tests/bench/solve_units.h \
	tests/bench/files_ask.c tests/bench/files_ask.h tests/bench/series_files.c tests/bench/series_files.h
tests_bench_wfm_bench_SOURCES += tests/bench/bench_forecast_score.c tests/bench/bench_forecast_chart.c \
	tests/bench/forecast_bands.c tests/bench/forecast_bands.h \
	tests/bench/forecast_dump.c tests/bench/forecast_dump.h \
	tests/bench/forecast_results.c tests/bench/forecast_results.h \
	tests/bench/forecast_score.c tests/bench/forecast_score.h
tests_bench_wfm_bench_SOURCES += tests/bench/bench_roster.c tests/bench/generated.c tests/bench/generated.h \
	tests/bench/peers.c tests/bench/peers.h
tests_bench_wfm_bench_CPPFLAGS = $(AM_CPPFLAGS) -DWFM_PEERS='"$(abs_top_srcdir)/tests/bench/peers"'
EXTRA_DIST += tests/bench/edits.py tests/bench/forecast-peers.sh tests/bench/peers/forecast.R tests/bench/peers/forecast.py
EXTRA_DIST += tests/bench/peers/peers.sh tests/bench/peers/peer.py tests/bench/peers/single_queue.py tests/bench/peers/tours.py
tests_bench_wfm_bench_SOURCES += tests/bench/bench_curtois.c \
	tests/bench/curtois.c tests/bench/curtois.h tests/bench/curtois_cost.c
tests_bench_wfm_bench_SOURCES += tests/bench/bench_aht.c tests/bench/bench_sparse.c

check_PROGRAMS += tests/bench/test_curtois
tests_bench_test_curtois_SOURCES = tests/bench/test_curtois.c \
	tests/bench/curtois.c tests/bench/curtois.h tests/bench/curtois_cost.c
tests_bench_test_curtois_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/bench/test_curtois

check_PROGRAMS += tests/bench/test_generated
tests_bench_test_generated_SOURCES = tests/bench/test_generated.c tests/bench/generated.c tests/bench/generated.h
tests_bench_test_generated_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/bench/test_generated

check_PROGRAMS += tests/bench/test_forecast_score
tests_bench_test_forecast_score_SOURCES = tests/bench/test_forecast_score.c \
	tests/bench/forecast_dump.c tests/bench/forecast_dump.h tests/bench/forecast_results.c tests/bench/forecast_results.h \
	tests/bench/forecast_score.c tests/bench/forecast_score.h tests/bench/series_files.c tests/bench/series_files.h
tests_bench_test_forecast_score_LDADD = $(TEST_LIBS) $(FORECAST_LIBS) $(TEST_END_LIBS)
TESTS += tests/bench/test_forecast_score

check_PROGRAMS += tests/bench/test_published_errors
tests_bench_test_published_errors_SOURCES = tests/bench/test_published_errors.c \
	tests/bench/published_errors.c tests/bench/published_errors.h $(STAFFING_VECTORS)
tests_bench_test_published_errors_LDADD = $(TEST_LIBS) $(SCHEDULER_LIBS) $(TEST_END_LIBS)
TESTS += tests/bench/test_published_errors
EXTRA_DIST += tests/bench/pages.sh tests/bench/pages.mjs
EXTRA_DIST += tests/bench/api.sh tests/bench/api_data.sql tests/bench/api_requests.lua
