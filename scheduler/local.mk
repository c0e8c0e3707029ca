noinst_LIBRARIES += scheduler/libscheduler.a
scheduler_libscheduler_a_SOURCES =
include scheduler/staffing/local.mk
include scheduler/roster/local.mk
include scheduler/simulate/local.mk
