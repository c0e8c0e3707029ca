/*
 * operation_check.h - private to core/operation_check*.c: what the parts of operation_check share.
 */
#ifndef WFM_CORE_OPERATION_CHECK_H
#define WFM_CORE_OPERATION_CHECK_H

#include "core/operation.h"

#define WEEK_MIN (WEEK_DAYS * DAY_MIN)

struct check {
    const struct operation *operation;
    GHashTable *zones;               /* name -> struct zone, those already opened */
    char where[WFM_ID_MAX * 2 + 64]; /* "queue acme-voice: " */
    const char *kind;                /* of struct operation_place */
    int index;
    GError **error;
};

/* WFM_ERROR_INPUT with the place before the message; false. */
bool opcheck_fail(struct check *check, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Fails unless the condition holds. */
#define NEED(condition, ...)                                                                                 \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            return opcheck_fail(check, __VA_ARGS__);                                                         \
    } while (0)

/* Sets the place for messages: "kind number: ". */
void opcheck_place(struct check *check, const char *kind, int i);
/* The same of a named part, "kind id: ", and checks the id and that it was not `seen`. */
bool opcheck_enter(struct check *check, GHashTable *seen, const char *kind, int i, const char *id);

/* 0..max; false for NaN. */
bool opcheck_share(double value, double max);
/* An amount of money, 0 or more. */
bool opcheck_price(double value);

/* The zone is known, and its clock is whole planning intervals away from the planning zone's. */
bool opcheck_zone(struct check *check, const char *name);
/* NULL, "none" or codes of core/feasts.h. */
bool opcheck_holidays(struct check *check, const char *codes);
/* Weekly spans on multiples of step_min. */
bool opcheck_spans(struct check *check, const struct week_span *spans, int n, const char *what, int step_min);

/* core/operation_check_queue.c */
bool opcheck_queue(struct check *check, const struct queue *queue);
bool opcheck_shrinkage(struct check *check, double total, const struct shrinkage_part *parts, int n);

/* core/operation_check_rules.c */
bool opcheck_contract(struct check *check, const struct contract *contract);
bool opcheck_coupling(struct check *check); /* headcounts, leads, fairness, wishes */
bool opcheck_preferences(struct check *check);
bool opcheck_meetings(struct check *check);

#endif
