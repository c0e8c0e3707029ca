# The service under faults, as a process of its own.
check_PROGRAMS += tests/fault/test_faults
tests_fault_test_faults_SOURCES = tests/fault/test_faults.c tests/fault/client_rows.c tests/fault/process_rows.c \
	tests/fault/storm_rows.c tests/fault/store_rows.c tests/fault/rows.h tests/fault/service.c tests/fault/service.h \
	tests/api/http.c tests/api/http.h tests/api/fixture.c tests/api/fixture.h tests/api/receiver.c tests/api/receiver.h
tests_fault_test_faults_LDADD = $(API_TEST_LIBS)
TESTS += tests/fault/test_faults
