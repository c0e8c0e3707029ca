/*
 * opfile_keys.h - private to core/opfile*.c: what the tables of operation.cfg's keys are written with.
 */
#ifndef WFM_CORE_OPFILE_KEYS_H
#define WFM_CORE_OPFILE_KEYS_H

#include <stddef.h>

#include "core/config.h"
#include "core/operation.h"

#define END                                                                                                  \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

/* Names of an enumeration by number, for the tables. */
#define BY_NUMBER(type)                                                                                      \
    static const char *type##_at(int value)                                                                  \
    {                                                                                                        \
        return type##_name((enum type)value);                                                                \
    }
#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)
#define YEAR_S (366.0 * DAY_S)
#define WEEK_MIN (WEEK_DAYS * DAY_MIN)
#define PERIOD_DAYS 371 /* 53 weeks */
#define PERIOD_MIN (PERIOD_DAYS * DAY_MIN)
#define MONEY_MAX 1e9
#define IN_CURRENCY "in the operation's currency"

/* core/opfile_queue.c: the keys of a queue, and what stands for those not given. */
extern const struct cfg_key queue_keys[];
void queue_defaults(void *queue);
/* After reading: tells a patience of 0 from none given. */
void queue_patience_settle(struct queue *queue);

/* A share, or a group of named ones: { adherence = 0.03; system = 0.01; }. */
bool opfile_shrinkage(struct cfg *cfg, const config_setting_t *setting, double *total,
                      struct shrinkage_part **parts, int *n, GError **error);

#endif
