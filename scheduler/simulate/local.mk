scheduler_libscheduler_a_SOURCES += \
	scheduler/simulate/calls.c scheduler/simulate/calls.h \
	scheduler/simulate/hall.c scheduler/simulate/hall.h \
	scheduler/simulate/simulate.c scheduler/simulate/simulate.h \
	scheduler/simulate/staff.c scheduler/simulate/staff.h
