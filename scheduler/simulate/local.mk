scheduler_libscheduler_a_SOURCES += \
	scheduler/simulate/calls.c scheduler/simulate/calls.h \
	scheduler/simulate/hall.c scheduler/simulate/hall.h scheduler/simulate/hall_engine.h \
	scheduler/simulate/hall_chat.c scheduler/simulate/hall_events.c scheduler/simulate/hall_events.h \
	scheduler/simulate/hall_late.c scheduler/simulate/hall_new.c \
	scheduler/simulate/correct.c scheduler/simulate/correct.h \
	scheduler/simulate/offset.c scheduler/simulate/offset.h \
	scheduler/simulate/busy.c scheduler/simulate/busy.h \
	scheduler/simulate/estimate.c scheduler/simulate/estimate.h \
	scheduler/simulate/groups.c scheduler/simulate/groups.h \
	scheduler/simulate/replicate.c scheduler/simulate/replicate.h \
	scheduler/simulate/simulate.c scheduler/simulate/simulate.h \
	scheduler/simulate/staff.c scheduler/simulate/staff.h scheduler/simulate/ticks.h \
	scheduler/simulate/variates.c scheduler/simulate/variates.h
