noinst_LIBRARIES += core/libcore.a
core_libcore_a_SOURCES = \
	core/auto.h \
	core/config.c core/config_json.c core/config_json_write.c core/config_scan.c core/config.h core/config_json.h core/config_json_key.h \
	core/csv.c core/csv.h \
	core/error.c core/error.h \
	core/feasts.c core/feasts_table.c core/feasts.h core/feasts_table.h \
	core/file.c core/file.h \
	core/grid.h \
	core/history.c core/history.h \
	core/history_json.c core/history_json.h \
	core/operation.c core/operation_warn.c core/operation_week.c core/operation.h \
	core/operation_more.c core/operation_more.h \
	core/operation_check.c core/operation_check_queue.c core/operation_check_rules.c core/operation_check.h \
	core/opfile.c core/opfile_csv.c core/opfile_csv.h core/opfile_override.c core/opfile_wishes.c core/opfile.h \
	core/opfile_keys.h core/opfile_queue.c \
	core/member.h \
	core/override.c core/override.h \
	core/part.c core/part_keys.c core/part.h core/part_keys.h \
	core/plan.c core/plan.h \
	core/planfile.c core/planfile_check.c core/planfile_check.h core/planfile.h \
	core/planfile_fields.c core/planfile_fields.h \
	core/random.h \
	core/record.c core/record.h \
	core/series.c core/series.h \
	core/special_days.c core/special_days.h \
	core/text.c core/text.h \
	core/week.c core/week.h \
	core/zone.c core/zone.h
include core/store/local.mk
