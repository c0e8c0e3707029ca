# The command: everything but main.c is in a library, so that tests link the same code.
noinst_LIBRARIES += wfm/libwfm.a
wfm_libwfm_a_SOURCES = \
	wfm/accuracy.c wfm/accuracy.h \
	wfm/change_tables.c wfm/change_tables.h \
	wfm/cmd_completion.c \
	wfm/cmd_db.c \
	wfm/cmd_demo.c \
	wfm/cmd_explain.c \
	wfm/cmd_export.c \
	wfm/cmd_forecast.c \
	wfm/cmd_import.c \
	wfm/cmd_intraday.c \
	wfm/cmd_load.c \
	wfm/cmd_override.c \
	wfm/cmd_plan.c \
	wfm/cmd_publish.c \
	wfm/cmd_replan.c \
	wfm/cmd_replay.c \
	wfm/cmd_report.c \
	wfm/cmd_roster.c \
	wfm/cmd_runs.c \
	wfm/cmd_scenario.c \
	wfm/cmd_serve.c \
	wfm/cmd_simulate.c \
	wfm/cmd_solve_unit.c \
	wfm/cmd_staff.c \
	wfm/cmd_staff_calculator.c wfm/staff_calculator.h \
	wfm/cmd_token.c \
	wfm/cmd_verify.c \
	wfm/cmd_version.c \
	wfm/cmd_work.c \
	wfm/cmd_work_attempt.c \
	wfm/commands.h \
	wfm/compare.c wfm/compare.h \
	wfm/engine_requirement.c \
	wfm/engines.c wfm/engines.h \
	wfm/explain_agent.c \
	wfm/explain_tables.c wfm/explain_tables.h \
	wfm/forecast_calendar_words.c \
	wfm/forecast_explained.c \
	wfm/forecast_picture.c wfm/forecast_picture.h \
	wfm/forecast_sayings.h \
	wfm/forecast_stored.c wfm/forecast_stored.h \
	wfm/forecast_svg.c \
	wfm/forecast_task.c wfm/forecast_task.h \
	wfm/forecast_tasks.c \
	wfm/forecast_words.c wfm/forecast_words.h \
	wfm/interrupt.c wfm/interrupt.h \
	wfm/manual.c \
	wfm/options.c wfm/options.h \
	wfm/output.c wfm/output.h \
	wfm/pipeline.c wfm/pipeline.h \
	wfm/pipeline_backlog.c \
	wfm/pipeline_correct.c wfm/pipeline_correct.h \
	wfm/pipeline_explain.c \
	wfm/pipeline_forecast.c \
	wfm/pipeline_roster.c \
	wfm/progress.c wfm/progress.h \
	wfm/replan_ask.c wfm/replan_ask.h \
	wfm/report_backlog.c wfm/report_backlog.h \
	wfm/report_forecast.c wfm/report_forecast.h \
	wfm/report_special_days.c wfm/report_special_days.h \
	wfm/report_shrinkage.c wfm/report_shrinkage.h \
	wfm/run_ask.c wfm/run_ask.h \
	wfm/run_exec.c wfm/run_exec.h \
	wfm/run_lines.c wfm/run_lines.h \
	wfm/notify.c wfm/notify.h \
	wfm/serve_log.c wfm/serve_log.h \
	wfm/serve_settings.c wfm/serve_settings.h \
	wfm/serve_workers.c wfm/serve_workers.h \
	wfm/settings.c wfm/settings.h \
	wfm/simulated.c wfm/simulated.h \
	wfm/simulated_pair.c wfm/simulated_pair.h \
	wfm/sisters.c wfm/sisters.h \
	wfm/source.c wfm/source.h \
	wfm/staff_ask.c wfm/staff_ask.h \
	wfm/staff_figures.c wfm/staff_figures.h \
	wfm/staff_grid.c \
	wfm/staff_week.c wfm/staff_week.h \
	wfm/summary.c wfm/summary.h \
	wfm/table.c \
	wfm/totals.c wfm/totals.h \
	wfm/units.c wfm/units.h \
	wfm/worker.c wfm/worker.h \
	wfm/worker_attempt.c wfm/worker_attempt.h
wfm_libwfm_a_CPPFLAGS = $(AM_CPPFLAGS) -DWFM_LIBEXECDIR='"$(pkglibexecdir)"'
WFM_LIBS = wfm/libwfm.a $(API_LIBS) $(XLSX_LIBS)

bin_PROGRAMS += wfm/wfm
wfm_wfm_SOURCES = wfm/main.c
wfm_wfm_LDADD = $(WFM_LIBS)
