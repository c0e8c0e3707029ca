/*
 * config_json.h - JSON by the tables of operation.cfg's keys (core/config.h): the same names, types, ranges
 * and defaults behind another door.
 *
 * Where operation.cfg may choose a unit, JSON has one name: x_seconds or x_minutes, a number. References are
 * ids. null is the same as not given; what is not set is written as null, so that every key is there and what
 * was written reads back to the same. A group that says nothing is null. Reading does not stop at the first
 * fault: all of them are collected.
 */
#ifndef WFM_CORE_CONFIG_JSON_H
#define WFM_CORE_CONFIG_JSON_H

#include <jansson.h>

#include "core/config.h"
#include "core/zone.h"

struct cfg_json {
    const struct operation *operation; /* for references */
    const struct zone *zone;           /* of instants and dates; NULL: there are none */
    bool planner;                      /* keys for planners too; writing */
    json_t *errors;                    /* array of {"pointer", "detail"}; reading adds to it */
    int (*find)(void *user, enum part part, const char *id); /* index or -1; reading */
    void *user;
};

/* Fills base (as the keys' owner initialised it) from an object at the JSON pointer. False when it added
   faults; what was stored stays in base, for its owner to free. */
bool cfg_json_read(struct cfg_json *door, const struct cfg_key *keys, const json_t *json, void *base,
                   const char *pointer);
/* The object; a new reference. */
json_t *cfg_json_write(const struct cfg_json *door, const struct cfg_key *keys, const void *base);

/* Adds {"pointer", "detail"}; returns false. */
bool cfg_json_fault(json_t *errors, const char *pointer, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Where a message of operation_check that begins with a key ("sla.target 3 is …", "breaks 2: …") points,
   below the object of the keys: "/sla/target", "/breaks/1"; "" when it names none. g_free. */
char *cfg_json_pointer(const struct cfg_key *keys, const char *message);

/* A number as JSON: whole ones as integers. */
json_t *cfg_json_number(double value);

#endif
