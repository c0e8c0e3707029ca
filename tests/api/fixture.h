/*
 * fixture.h - a small operation in a real database: what the API tests ask about.
 *
 *   clients acme (queues acme-voice, acme-chat) and zeta (queue zeta-voice); sites mnl (Asia/Manila) and bog
 * (America/Bogota); agents ana, ben (mnl, acme's queues) and cira, dan (bog, zeta's queue); the week of
 * Monday 2026-11-23.
 *
 * Each agent works six-to-noon starts of 8 paid hours with a meal and a break. The published roster has ana
 * on Monday, Tuesday and Wednesday at 09:00, ben on Monday at 08:00, cira on Monday at 08:00. The draft moves
 * ana's Tuesday to 10:00 and drops her Wednesday. The bad draft gives ana a shift without its meal.
 */
#ifndef WFM_TESTS_API_FIXTURE_H
#define WFM_TESTS_API_FIXTURE_H

#include "api/server.h"
#include "core/store/store.h"

#define FIXTURE_MONDAY 20780              /* 2026-11-23 */
#define FIXTURE_NOW 1795435200            /* 2026-11-23T12:00:00Z */
#define FIXTURE_WEEK_TS (20780LL * DAY_S) /* the planning zone is UTC */

/* Who asks in the tests. */
enum caller {
    CALLER_NONE,
    CALLER_BAD,
    CALLER_ANA,
    CALLER_CIRA,
    CALLER_ACME,
    CALLER_ZETA,
    CALLER_PLANNER,
    CALLER_N
};
extern const char *const caller_names[CALLER_N];

struct fixture {
    char *conninfo;
    char *tokens[CALLER_N]; /* NULL for CALLER_NONE; one that nobody gave for CALLER_BAD */
    int64_t published, draft, bad_draft;
    int64_t off_ana, off_cira;     /* time off of theirs, in January 2027 */
    int64_t shift_ana, shift_cira; /* their published shifts of Monday */
    int64_t run;                   /* of kind staff, queued */
    int64_t forecast;              /* of acme-voice: 0, 1, 2, … contacts a quarter */
    int64_t import; /* of history: Monday 00:00Z and 00:15Z, acme-voice and zeta-voice 10 and 12 contacts */
    int64_t override, what_if; /* zeta-voice +10 % on Monday; acme-voice likewise, in scenario "mail", off */
    char *secret;              /* of ana's calendar feed */
};

/* A fresh database (pg_start() must have been called) with everything above. Fails the running test. */
void fixture_init(struct fixture *fixture);
void fixture_clear(struct fixture *fixture);

/* Starts the service on the fixture's database, with FIXTURE_NOW as its clock; base_url may be NULL. */
struct api_server *fixture_serve(const struct fixture *fixture, int threads, const char *base_url);

#endif
