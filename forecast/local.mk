noinst_LIBRARIES += forecast/libforecast.a
forecast_libforecast_a_SOURCES = forecast/forecast.h
