API_TEST_LIBS = $(TEST_LIBS) $(API_LIBS) $(TEST_END_LIBS)

check_PROGRAMS += tests/api/test_router
tests_api_test_router_SOURCES = tests/api/test_router.c
tests_api_test_router_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_router

check_PROGRAMS += tests/api/test_guard
tests_api_test_guard_SOURCES = tests/api/test_guard.c
tests_api_test_guard_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_guard

check_PROGRAMS += tests/api/test_body
tests_api_test_body_SOURCES = tests/api/test_body.c
tests_api_test_body_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_body

check_PROGRAMS += tests/api/test_limits
tests_api_test_limits_SOURCES = tests/api/test_limits.c
tests_api_test_limits_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_limits

check_PROGRAMS += tests/api/test_query
tests_api_test_query_SOURCES = tests/api/test_query.c
tests_api_test_query_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_query

check_PROGRAMS += tests/api/test_calendar
tests_api_test_calendar_SOURCES = tests/api/test_calendar.c
tests_api_test_calendar_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_calendar

check_PROGRAMS += tests/api/test_contract
tests_api_test_contract_SOURCES = tests/api/test_contract.c
tests_api_test_contract_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_contract

check_PROGRAMS += tests/api/test_server
tests_api_test_server_SOURCES = tests/api/test_server.c tests/api/http.c tests/api/http.h
tests_api_test_server_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_server

check_PROGRAMS += tests/api/test_change
tests_api_test_change_SOURCES = tests/api/test_change.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_change_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_change

check_PROGRAMS += tests/api/test_parts
tests_api_test_parts_SOURCES = tests/api/test_parts.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_parts_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_parts

check_PROGRAMS += tests/api/test_stream
tests_api_test_stream_SOURCES = tests/api/test_stream.c tests/api/http.c tests/api/http.h
tests_api_test_stream_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_stream

check_PROGRAMS += tests/api/test_access
tests_api_test_access_SOURCES = tests/api/test_access.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_access_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_access

check_PROGRAMS += tests/api/test_resources
tests_api_test_resources_SOURCES = tests/api/test_resources.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_resources_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_resources

dist_check_SCRIPTS += tests/api/examples.sh tests/api/operate.sh tests/api/snippets.sh
TESTS += tests/api/examples.sh tests/api/operate.sh tests/api/snippets.sh

check_PROGRAMS += tests/api/test_runs
tests_api_test_runs_SOURCES = tests/api/test_runs.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_runs_LDADD = $(TEST_LIBS) $(WFM_LIBS) $(TEST_END_LIBS)
TESTS += tests/api/test_runs

check_PROGRAMS += tests/api/test_people
tests_api_test_people_SOURCES = tests/api/test_people.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_people_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_people
# Outside judges of the contract, run by CI: tests/contract/run BUILDDIR
EXTRA_DIST += tests/contract/run tests/contract/prism.sh tests/contract/hooks.py tests/contract/tour.sh tests/contract/reached.py tests/contract/package.json \
	tests/contract/package-lock.json tests/contract/requirements.txt tests/contract/redocly.yaml tests/contract/schemathesis.toml

check_PROGRAMS += tests/api/test_series
tests_api_test_series_SOURCES = tests/api/test_series.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_series_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_series

check_PROGRAMS += tests/api/test_tokens
tests_api_test_tokens_SOURCES = tests/api/test_tokens.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_tokens_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_tokens

check_PROGRAMS += tests/api/test_feed
tests_api_test_feed_SOURCES = tests/api/test_feed.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_feed_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_feed

check_PROGRAMS += tests/api/test_webhooks
tests_api_test_webhooks_SOURCES = tests/api/test_webhooks.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h tests/api/receiver.c tests/api/receiver.h
tests_api_test_webhooks_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_webhooks
check_PROGRAMS += tests/api/test_prices
tests_api_test_prices_SOURCES = tests/api/test_prices.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_prices_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_prices

check_PROGRAMS += tests/api/test_live
tests_api_test_live_SOURCES = tests/api/test_live.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_live_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_live

check_PROGRAMS += tests/api/test_requests
tests_api_test_requests_SOURCES = tests/api/test_requests.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_requests_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_requests

check_PROGRAMS += tests/api/ical_feed
tests_api_ical_feed_SOURCES = tests/api/ical_feed.c
tests_api_ical_feed_LDADD = $(API_LIBS)
dist_check_SCRIPTS += tests/api/ical.sh
TESTS += tests/api/ical.sh
EXTRA_DIST += tests/tools/ical/package.json tests/tools/ical/package-lock.json tests/tools/ical/check.mjs

check_PROGRAMS += tests/api/test_shift_page
tests_api_test_shift_page_SOURCES = tests/api/test_shift_page.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_shift_page_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_shift_page

check_PROGRAMS += tests/api/test_statement
tests_api_test_statement_SOURCES = tests/api/test_statement.c
tests_api_test_statement_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_statement

check_PROGRAMS += tests/api/test_edits
tests_api_test_edits_SOURCES = tests/api/test_edits.c tests/api/http.c tests/api/http.h tests/api/fixture.c \
	tests/api/fixture.h
tests_api_test_edits_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_edits

check_PROGRAMS += tests/api/test_hot
tests_api_test_hot_SOURCES = tests/api/test_hot.c tests/api/keeping.c tests/api/keeping.h \
	tests/api/http.c tests/api/http.h tests/api/fixture.c tests/api/fixture.h
tests_api_test_hot_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_hot

check_PROGRAMS += tests/api/test_hot_order
tests_api_test_hot_order_SOURCES = tests/api/test_hot_order.c tests/api/keeping.c tests/api/keeping.h \
	tests/api/http.c tests/api/http.h tests/api/fixture.c tests/api/fixture.h
tests_api_test_hot_order_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_hot_order

check_PROGRAMS += tests/api/test_kept
tests_api_test_kept_SOURCES = tests/api/test_kept.c
tests_api_test_kept_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_kept

# The pages in a real browser, run by CI: tests/browser/run BUILDDIR
EXTRA_DIST += tests/browser/run tests/browser/browser.mjs tests/browser/views.mjs tests/browser/service.mjs tests/browser/rows tests/browser/package.json tests/browser/package-lock.json
