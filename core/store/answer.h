/*
 * answer.h - whether answers kept in memory still hold: the marks that transactions leave which change what
 * the answers of agents are made of (core/store/migrations/0024_answer_marks.sql).
 *
 * Exact, because neither ids nor clocks are compared, which commits overtake, but transactions: a mark that
 * was not visible when store_answer_state() last looked belongs to a transaction that was then running or not
 * begun, so its number is not below the `low` of that time. Asking for the marks from `low` on, and leaving
 * out those whose id is known, misses none. Old marks are deleted only below a horizon that is asked along:
 * who has not looked since then must begin anew. So must who finds another server, or the tables written anew
 * behind their triggers.
 *
 * It reads only and sets nothing, so it does on a replica, and behind a pooler.
 */
#ifndef WFM_CORE_STORE_ANSWER_H
#define WFM_CORE_STORE_ANSWER_H

#include "core/store/store.h"

struct answer_mark {
    int64_t id;
    uint64_t xid;
    int32_t *agents; /* keys of whom it concerns; NULL: everybody */
    int n_agents;
};

struct answer_state {
    uint64_t low;        /* what to ask with the next time */
    uint64_t gone;       /* marks below are deleted: who last had a `low` below it begins anew */
    int64_t identity[4]; /* of server and tables: who had others begins anew */
    int64_t now_ts;      /* the server's clock */
    struct answer_mark *marks;
    int n;
};

/* The marks from `low` on (0 when there was no former look: then the marks do not matter and none are read).
   One statement, which sees one moment. */
bool store_answer_state(struct store *store, uint64_t low, struct answer_state *out, GError **error);
void answer_state_clear(struct answer_state *state);

/* Deletes marks that everybody has seen who looks now and then; for the primary, every few minutes. */
bool store_answer_sweep(struct store *store, GError **error);

#endif
