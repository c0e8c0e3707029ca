scheduler_libscheduler_a_SOURCES += \
	scheduler/staffing/chat.c scheduler/staffing/chat.h \
	scheduler/staffing/erlang.c scheduler/staffing/erlang.h \
	scheduler/staffing/erlang_room.c \
	scheduler/staffing/erlang_solve.c \
	scheduler/staffing/poisson.c scheduler/staffing/poisson.h \
	scheduler/staffing/staffing.h
