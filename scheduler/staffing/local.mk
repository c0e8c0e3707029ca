scheduler_libscheduler_a_SOURCES += \
	scheduler/staffing/along.c \
	scheduler/staffing/busyness.c scheduler/staffing/busyness.h \
	scheduler/staffing/backlog.c scheduler/staffing/backlog.h \
	scheduler/staffing/calculator.c scheduler/staffing/calculator.h \
	scheduler/staffing/calculator_deferred.c scheduler/staffing/calculator_deferred.h \
	scheduler/staffing/chat.c scheduler/staffing/chat.h \
	scheduler/staffing/deferred.c scheduler/staffing/deferred.h \
	scheduler/staffing/deferred_parcels.c scheduler/staffing/deferred_parcels.h \
	scheduler/staffing/deferred_smooth.c \
	scheduler/staffing/demand.c \
	scheduler/staffing/erlang.c scheduler/staffing/erlang.h \
	scheduler/staffing/erlang_busy.c \
	scheduler/staffing/erlang_required.c \
	scheduler/staffing/erlang_reverse.c \
	scheduler/staffing/erlang_room.c \
	scheduler/staffing/erlang_solve.c scheduler/staffing/erlang_solve.h \
	scheduler/staffing/erlang_table.c \
	scheduler/staffing/level_fit.c scheduler/staffing/level_fit.h \
	scheduler/staffing/load.c \
	scheduler/staffing/model.c scheduler/staffing/model.h \
	scheduler/staffing/period.c scheduler/staffing/period.h \
	scheduler/staffing/poisson.c scheduler/staffing/poisson.h \
	scheduler/staffing/poisson_series.c scheduler/staffing/poisson_series.h scheduler/staffing/poisson_table.h \
	scheduler/staffing/report.c \
	scheduler/staffing/requirement.c \
	scheduler/staffing/staffing.h \
	scheduler/staffing/transient.c scheduler/staffing/transient.h \
	scheduler/staffing/transient_chain.c scheduler/staffing/transient_chain.h \
	scheduler/staffing/transient_engine.c \
	scheduler/staffing/transient_wait.c
