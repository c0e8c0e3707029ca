scheduler_libscheduler_a_SOURCES += scheduler/roster/roster.h
scheduler_libscheduler_a_SOURCES += \
	scheduler/roster/checker.c scheduler/roster/checker.h \
	scheduler/roster/checker_after.c \
	scheduler/roster/checker_agent.c \
	scheduler/roster/checker_base.c \
	scheduler/roster/checker_couple.c \
	scheduler/roster/checker_cover.c \
	scheduler/roster/checker_internal.h \
	scheduler/roster/checker_meetings.c \
	scheduler/roster/checker_part.c \
	scheduler/roster/checker_runs.c \
	scheduler/roster/checker_shift.c \
	scheduler/roster/checker_template.c \
	scheduler/roster/checker_whole.c \
	scheduler/roster/checker_wishes.c
scheduler_libscheduler_a_SOURCES += \
	scheduler/roster/automaton.c scheduler/roster/automaton.h \
	scheduler/roster/automaton_rules.c scheduler/roster/automaton_rules.h \
	scheduler/roster/line.c scheduler/roster/line.h \
	scheduler/roster/line_cost.c scheduler/roster/line_counters.c \
	scheduler/roster/line_internal.h \
	scheduler/roster/line_pass.c scheduler/roster/line_plan.c \
	scheduler/roster/line_range.c \
	scheduler/roster/line_search.c scheduler/roster/line_spread.c \
	scheduler/roster/line_weeks.c
scheduler_libscheduler_a_SOURCES += \
	scheduler/roster/after.c scheduler/roster/after.h \
	scheduler/roster/agent_line.c scheduler/roster/agent_line.h \
	scheduler/roster/bound.c scheduler/roster/bound.h \
	scheduler/roster/catalogue.c scheduler/roster/catalogue.h \
	scheduler/roster/sell.c scheduler/roster/sell.h \
	scheduler/roster/team.c scheduler/roster/team.h \
	scheduler/roster/changes.c scheduler/roster/changes.h \
	scheduler/roster/crew.c \
	scheduler/roster/edited.c scheduler/roster/edited.h \
	scheduler/roster/explain.c scheduler/roster/explain.h \
	scheduler/roster/explain_agent.c scheduler/roster/explain_agent.h \
	scheduler/roster/explain_unit.c scheduler/roster/explain_unit.h \
	scheduler/roster/intraday.c scheduler/roster/intraday.h \
	scheduler/roster/kept.c scheduler/roster/kept.h \
	scheduler/roster/conflict.c scheduler/roster/conflict.h \
	scheduler/roster/conflict_text.c \
	scheduler/roster/lattice.c scheduler/roster/lattice.h \
	scheduler/roster/legal.c scheduler/roster/legal.h \
	scheduler/roster/letters.c scheduler/roster/letters.h \
	scheduler/roster/master.c scheduler/roster/master.h \
	scheduler/roster/meetings.c scheduler/roster/meetings.h \
	scheduler/roster/model.c scheduler/roster/model.h \
	scheduler/roster/pricing.c scheduler/roster/pricing.h \
	scheduler/roster/relax.c scheduler/roster/relax.h \
	scheduler/roster/rows.c scheduler/roster/rows.h scheduler/roster/rows_internal.h \
	scheduler/roster/replan.c scheduler/roster/replan.h \
	scheduler/roster/rules.c \
	scheduler/roster/search.c scheduler/roster/search.h \
	scheduler/roster/search_internal.h scheduler/roster/search_meetings.c \
	scheduler/roster/sla.c scheduler/roster/sla.h \
	scheduler/roster/solve.c \
	scheduler/roster/trial.c scheduler/roster/trial.h \
	scheduler/roster/units.c \
	scheduler/roster/week_problem.c scheduler/roster/week_problem.h \
	scheduler/roster/week_rest.c scheduler/roster/week_rest.h \
	scheduler/roster/wishes.c scheduler/roster/wishes.h \
	scheduler/roster/worth.c scheduler/roster/worth.h
scheduler_libscheduler_a_SOURCES += \
	scheduler/roster/personal.c scheduler/roster/personal.h \
	scheduler/roster/personal_anneal.c scheduler/roster/personal_anneal.h \
	scheduler/roster/personal_columns.c scheduler/roster/personal_columns.h \
	scheduler/roster/personal_columns_internal.h \
	scheduler/roster/personal_dive.c \
	scheduler/roster/personal_guide.c scheduler/roster/personal_guide.h \
	scheduler/roster/personal_model.c scheduler/roster/personal_model.h \
	scheduler/roster/personal_path.c scheduler/roster/personal_path.h \
	scheduler/roster/personal_relax.c scheduler/roster/personal_relax.h \
	scheduler/roster/personal_rolling.c scheduler/roster/personal_rolling.h \
	scheduler/roster/personal_roster.c scheduler/roster/personal_roster.h \
	scheduler/roster/personal_search.c scheduler/roster/personal_search.h \
	scheduler/roster/personal_elite.c scheduler/roster/personal_elite.h \
	scheduler/roster/personal_volume.c
