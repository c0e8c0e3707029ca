/*
 * checker_rows.h - hand-made rosters for the tests of the checker: a few people at three sites, written as
 * one reads them.
 */
#ifndef WFM_TESTS_SCHEDULER_CHECKER_ROWS_H
#define WFM_TESTS_SCHEDULER_CHECKER_ROWS_H

#include <stddef.h>

#include "scheduler/roster/checker.h"

/* Agents: ANA in Manila serves the voice queue, BOB in New York voice and chat, CID in London chat; DAN in
   Manila is trained for nothing. Who has a shift in the row has contract 0 ("full"), wide open until the row
   narrows it; the others have contract 1 ("open"). */
enum { ANA, BOB, CID, DAN, PEOPLE };
enum { VOICE, CHAT, QUEUES };
/* FREE: any start each 15 min, 1 to 12 h paid, no breaks. DAY: Monday to Saturday 06:00-22:00 each 30 min, 7
   to 8 h paid each 30 min, an unpaid meal of 60 min after 3 to 5 h, paid breaks of 15 min after 1 to 2 h and
   after 5.5 to 7.5 h. FOREIGN: like FREE, but not in the contract. */
enum { FREE, DAY, FOREIGN, TEMPLATES };

#define ROW_SHIFTS 14

struct row_shift {
    const char *start; /* by the wall clock of the agent's site, or with an offset; NULL ends the list */
    int span_min;
    int agent, tmpl;
    const char *activities; /* "break 90+15 paid, meal 240+60 unpaid": offset + length; NULL = none */
    bool past;
};

struct row {
    const char *what;
    const char
        *want; /* keys of exactly the rules that must be reported, in alphabetical order, with spaces */
    struct row_shift shifts[ROW_SHIFTS];
    struct {
        size_t field; /* K(rest_min_minutes): offset in struct contract of an int */
        int value;
    } contract[4];
    struct week_span available[3]; /* of every agent; weekdays 0 ends the list */
    struct {
        const char *start, *end;
        int credit_min;
    } off[2];              /* of ANA */
    const char *from, *to; /* employment of everybody */
    const char *monday;    /* roster week; NULL = 2026-11-23 */
    const char *says;      /* part of a message that must be there */
    int weeks;             /* of the horizon; 0 = 1 */
    struct contract k;     /* further fields of the contract, where wide open has 0 */
};

#define K(name) offsetof(struct contract, name)
#define SET(name, value)                                                                                     \
    {                                                                                                        \
        K(name), value                                                                                       \
    }

struct plan_problem *row_problem(const struct row *row);
/* Fills one shift; aborts the test on a text it cannot read. */
struct shift row_shift(const struct plan_problem *problem, const struct row_shift *from);
/* Shifts of the row: the past ones go into the problem. Claims nothing. */
struct plan_solution *row_solution(const struct row *row, struct plan_problem *problem);
/* The keys of all rules reported, each once, sorted, joined by spaces; g_free. */
char *row_found(const struct check_report *report);

#endif
