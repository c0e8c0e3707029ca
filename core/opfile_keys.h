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
#define SHRINKAGE(type)                                                                                      \
    {                                                                                                        \
        "shrinkage", CFG_SHARES, AT(type, shrinkage), COUNT(type, n_shrinkage_parts),                        \
            .parts_offset = offsetof(struct type, shrinkage_parts), .planner = true                          \
    }
#define YEAR_S (366.0 * DAY_S)
#define WEEK_MIN (WEEK_DAYS * DAY_MIN)
#define PERIOD_DAYS 371 /* 53 weeks */
#define PERIOD_MIN (PERIOD_DAYS * DAY_MIN)
#define MONEY_MAX 1e9
#define IN_CURRENCY "in the operation's currency"

/* The keys of each kind of part; defaults before reading; after it, what stands for a key that was not given
   and depends on another one. */
extern const struct cfg_key head_keys[], client_keys[], queue_keys[], site_keys[], template_keys[],
    contract_keys[], span_keys[];
void head_defaults(void *operation);
void queue_defaults(void *queue);
void template_defaults(void *tmpl);
void contract_defaults(void *contract);
void client_settle(struct client *client);
void queue_settle(struct queue *queue);
void site_settle(struct site *site);
void template_settle(struct shift_template *tmpl);
void contract_settle(const struct operation *operation, struct contract *contract);
/* Before writing: a patience that was not given is one out of range again. */
void queue_unsettle(struct queue *queue);

#endif
