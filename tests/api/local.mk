API_TEST_LIBS = $(TEST_LIBS) $(API_LIBS) $(TEST_END_LIBS)

check_PROGRAMS += tests/api/test_router
tests_api_test_router_SOURCES = tests/api/test_router.c
tests_api_test_router_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_router

check_PROGRAMS += tests/api/test_guard
tests_api_test_guard_SOURCES = tests/api/test_guard.c
tests_api_test_guard_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_guard

check_PROGRAMS += tests/api/test_query
tests_api_test_query_SOURCES = tests/api/test_query.c
tests_api_test_query_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_query

check_PROGRAMS += tests/api/test_calendar
tests_api_test_calendar_SOURCES = tests/api/test_calendar.c
tests_api_test_calendar_LDADD = $(API_TEST_LIBS)
TESTS += tests/api/test_calendar
