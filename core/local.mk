noinst_LIBRARIES += core/libcore.a
core_libcore_a_SOURCES = \
	core/auto.h \
	core/error.c core/error.h \
	core/grid.h \
	core/history.h \
	core/operation.c core/operation.h \
	core/opfile.h \
	core/plan.c core/plan.h \
	core/planfile.h \
	core/series.c core/series.h \
	core/zone.c core/zone.h
include core/store/local.mk
