scheduler_libscheduler_a_SOURCES += scheduler/roster/roster.h scheduler/roster/checker.h
