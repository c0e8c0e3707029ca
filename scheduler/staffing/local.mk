scheduler_libscheduler_a_SOURCES += scheduler/staffing/staffing.h
