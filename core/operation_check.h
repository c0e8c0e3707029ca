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

/* Sets the place for messages, and checks the id and that it was not `seen`. */
bool opcheck_enter(struct check *check, GHashTable *seen, const char *kind, int i, const char *id);

/* 0..max; false for NaN. */
bool opcheck_share(double value, double max);
/* An amount of money, 0 or more. */
bool opcheck_price(double value);

/* core/operation_check_rules.c */
bool opcheck_contract(struct check *check, const struct contract *contract);
bool opcheck_coupling(struct check *check); /* headcounts, leads, fairness, wishes */
bool opcheck_preferences(struct check *check);
bool opcheck_meetings(struct check *check);

#endif
