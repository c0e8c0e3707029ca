/*
 * sample.h - an operation with something in every field, and rosters of it, for the tests of the store.
 */
#ifndef WFM_TESTS_CORE_STORE_SAMPLE_H
#define WFM_TESTS_CORE_STORE_SAMPLE_H

#include "core/plan.h"
#include "core/store/store.h"

/* Two clients (acme: voice-en, chat-es; beta: mail-en), two sites (Manila, Bogotá), two contracts, two
   templates, n_agents agents agent-000, … with time off and special days. Planning zone Europe/Madrid, 30
   minutes. Parts are in the order of their ids. */
struct operation *sample_operation(int n_agents);

/* Saves all of it. Fails the running test on error. */
void sample_save(struct store *store, const struct operation *operation);

/* A problem of the week of first_day, or of several from it on; owns a copy of the sample. The past is what
 * the store says, when store is not NULL. */
struct plan_problem *sample_problem(struct store *store, int n_agents, int32_t first_day);
struct plan_problem *sample_problem_weeks(struct store *store, int n_agents, int32_t first_day, int n_weeks);

/* A roster: agent a works five days from first_day + a % 3 on, starting at 22:00 UTC of the day before plus
   start_min, 8 h with a meal after 4 h. Adequate for the store, which does not judge work rules. */
struct plan_solution *sample_solution(const struct plan_problem *problem, int start_min);

/* Saves a draft; its id. Fails the running test on error. */
int64_t sample_draft(struct store *store, int n_agents, int32_t first_day, int start_min);
int64_t sample_draft_weeks(struct store *store, int n_agents, int32_t first_day, int n_weeks, int start_min);

/* Monday 2026-11-23. */
#define SAMPLE_WEEK 20780

#endif
