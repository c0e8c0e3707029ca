/*
 * part.h - the kinds of parts an operation is made of, so that what is the same for all of them (references,
 * JSON, the store, the service) is said once. The table in core/part.c has one row per kind.
 */
#ifndef WFM_CORE_PART_H
#define WFM_CORE_PART_H

#include <jansson.h>

#include "core/operation.h"

/* The first seven have an id as their first member. */
enum part {
    PART_CLIENT,
    PART_QUEUE,
    PART_SITE,
    PART_TEMPLATE,
    PART_CONTRACT,
    PART_AGENT,
    PART_MEETING,
    PART_TIME_OFF,
    PART_SPECIAL_DAY,
    PART_PREFERENCE,
    PART_HEAD, /* the operation itself: name, zone, interval, money, rules that couple agents; there is one */
    PART_N
};
#define PART_NAMED_N PART_TIME_OFF

const char *part_what(enum part part);   /* "shift template", as messages say it */
const char *part_member(enum part part); /* "template": of one in JSON */
const char *part_list(enum part part);   /* "templates": of many */

int part_count(const struct operation *operation, enum part part);
/* Index of a named part, or -1; linear. Its id. */
int part_find(const struct operation *operation, enum part part, const char *id);
const char *part_id(const struct operation *operation, enum part part, int index);
/* Room for one more at the end of its array, all zero; its index. */
int part_append(struct operation *operation, enum part part);
/* A part of that id that has nothing else: what is referred to in a view of few parts. */
int part_stub(struct operation *operation, enum part part, const char *id);

/* --- JSON (core/config_json.h): members are those of operation.cfg; those of agents, time off, special days,
   preferences and meetings are the columns of their CSV files, agent, meeting and date of a special day's
   file being id, id and day. */

/* Writes and reads parts of one operation, whose other parts must not change meanwhile. Agents' times are
   written by the clock of their site, meetings' by the planning zone's. */
struct part_door;
/* planner: with what only planners may see. */
struct part_door *part_door_new(const struct operation *operation, bool planner);
void part_door_free(struct part_door *door);
AUTO_DEFINE(part_door, part_door_free);

/* A new reference; NULL for a zone that does not exist. */
json_t *part_write(struct part_door *door, enum part part, int index, GError **error);
/* What a JSON says, as a new element (part_release) that is not in the operation yet; NULL when faults were
   added to `errors`, an array of {"pointer", "detail"} with `pointer` before each. Numbers are ignored. */
void *part_read(struct part_door *door, enum part part, const json_t *json, const char *pointer,
                json_t *errors);
void part_release(enum part part, void *element);

/* Takes the element (not for PART_PREFERENCE) to `index`, -1 for a new one at the end; the index it has then.
   The head keeps the parts the operation has. */
int part_put(struct operation *operation, enum part part, int index, void *element);

/* operation_check; its message becomes a fault. The element at indices[k] is the one at "pointer/k" when
   `many`, else (n is 1) at the pointer; what is about anything else is a fault of the whole. */
bool part_check(const struct operation *operation, enum part part, const int *indices, int n, bool many,
                const char *pointer, json_t *errors);

/* What differs between two JSONs of a part: {"aht_seconds": {"from": 300, "to": 320}}; empty when nothing
   does. Either may be NULL. */
json_t *part_changes(const json_t *before, const json_t *after);

#endif
