/*
 * part_change.h - how a request changes parts of the operation (core/part.h): load what they are checked with
 * → read them by the tables of the operation file → operation_check → save → audit, all in the transaction of
 * the request. Inside of the resources of the operation.
 */
#ifndef WFM_API_PART_CHANGE_H
#define WFM_API_PART_CHANGE_H

#include "api/call.h"
#include "core/part.h"

/* Parts of one kind on their way. Numbers are those of the elements in the request. */
struct part_changing {
    struct api_call *call;
    enum part part;
    struct operation *operation; /* as loaded, then as it is to be; owned */
    json_t *before;              /* array: each as it was, or null */
    json_t *after;               /* array: each as it is then */
    int *indices;                /* of each in the operation */
    int n, n_created, n_changed;
};
/* Loads the operation with these agents alone (NULL: all). Clear whatever the result. */
bool part_changing_init(struct part_changing *changing, struct api_call *call, enum part part,
                        const char *const *agents, int n_agents, GError **error);
void part_changing_clear(struct part_changing *changing);

/* One element of a request. */
struct part_given {
    const json_t *json; /* borrowed; or */
    void *element;      /* what was read (core/part.h); owned */
    int index;          /* in the operation; -1: new */
    int64_t number;     /* of time off and special days that are there */
};
/* Reads those that are still JSON; the k-th of many is at `pointer`/k. Faults are remembered (body_wrong):
   false with WFM_ERROR_INPUT. */
bool part_changing_read(struct part_changing *changing, struct part_given *given, int n, bool many,
                        const char *pointer, GError **error);
/* Reads, puts all into the operation (which takes the elements), checks, saves what has changed with
   "<part>.created" or "<part>.updated", fills before, after, n_created and n_changed. */
bool part_changing_do(struct part_changing *changing, struct part_given *given, int n, bool many,
                      const char *pointer, GError **error);

/* WFM_ERROR_NOT_FOUND: there is no such part. */
bool part_unknown(enum part part, const char *id, GError **error);
/* Remembers faults, an array of {"pointer", "detail"}. */
void part_faults(struct api_call *call, const json_t *errors);
/* operation_warnings as an array. */
json_t *part_warnings(const struct operation *operation);
/* As GET shows it: the JSON of the part with what only answers have (zone, number). NULL on failure. */
json_t *part_shown(struct part_door *door, const struct operation *operation, enum part part, int index,
                   GError **error);

#endif
