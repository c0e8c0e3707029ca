noinst_LIBRARIES += forecast/libforecast.a
forecast_libforecast_a_SOURCES = \
	forecast/accuracy.c forecast/accuracy.h \
	forecast/aht.c forecast/aht.h \
	forecast/array.c forecast/array.h \
	forecast/backtest.c forecast/backtest.h \
	forecast/bands.c forecast/bands.h \
	forecast/calendar.c forecast/calendar.h \
	forecast/clean.c forecast/clean.h \
	forecast/combine.c forecast/combine.h \
	forecast/curves.c forecast/curves.h \
	forecast/day_profile.c forecast/day_profile.h \
	forecast/effects.c forecast/effects.h \
	forecast/errors.c forecast/errors.h \
	forecast/explain.c forecast/explain.h \
	forecast/findings.c forecast/findings.h \
	forecast/forecast.c forecast/forecast.h \
	forecast/hierarchy.c forecast/hierarchy.h \
	forecast/gls.c forecast/gls.h \
	forecast/level.c forecast/level.h \
	forecast/linear.c forecast/linear.h \
	forecast/intraday.c forecast/intraday.h \
	forecast/matrix.c forecast/matrix.h \
	forecast/model.c forecast/model.h forecast/model_table.h \
	forecast/model_dynamic.c \
	forecast/model_ends.c \
	forecast/model_factor.c \
	forecast/model_seasons.c \
	forecast/model_mean.c \
	forecast/model_naive.c \
	forecast/model_pooled.c \
	forecast/model_regression.c \
	forecast/override.c forecast/override.h \
	forecast/reconcile.c forecast/reconcile.h \
	forecast/patience.c forecast/patience.h \
	forecast/outlook.c forecast/outlook.h \
	forecast/root.c forecast/root.h \
	forecast/scenarios.c forecast/scenarios.h \
	forecast/score.c forecast/score.h \
	forecast/shared.c forecast/shared.h \
	forecast/shrink.c forecast/shrink.h \
	forecast/sisters.c forecast/sisters.h \
	forecast/spread.c forecast/spread.h \
	forecast/sums.c forecast/sums.h \
	forecast/uplift.c forecast/uplift.h \
	forecast/week_roots.c forecast/week_roots.h \
	forecast/week_shape.c forecast/week_shape.h
