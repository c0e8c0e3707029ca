scheduler_libscheduler_a_SOURCES += scheduler/roster/roster.h
scheduler_libscheduler_a_SOURCES += \
	scheduler/roster/checker.c scheduler/roster/checker.h \
	scheduler/roster/checker_agent.c \
	scheduler/roster/checker_cover.c \
	scheduler/roster/checker_internal.h \
	scheduler/roster/checker_shift.c
