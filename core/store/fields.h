/*
 * fields.h - private to core/store/: which column holds which field of the operation's structs. One table
 * serves writing and reading, so a new field is one row (and a migration).
 */
#ifndef WFM_CORE_STORE_FIELDS_H
#define WFM_CORE_STORE_FIELDS_H

#include "core/part.h"
#include "core/store/query.h"

enum field_kind {
    FIELD_TEXT,
    FIELD_INT,
    FIELD_BYTE, /* uint8_t as integer */
    FIELD_REAL,
    FIELD_BOOL,
    FIELD_DAY,         /* int32_t civil day as date; open ends as infinities */
    FIELD_NAME,        /* an enum by its name */
    FIELD_REF,         /* index of another part as its id */
    FIELD_SPANS,       /* struct week_span * and count, as jsonb */
    FIELD_REALS,       /* double * with as many values as the int at `count`, as jsonb; NULL: empty */
    FIELD_BREAKS,      /* struct break_rule[] and count, as jsonb */
    FIELD_SUCCESSIONS, /* struct succession * and count, as jsonb with the templates' ids */
    FIELD_LIMITS,      /* struct template_limit *, likewise */
    FIELD_LIST,        /* double * and count, as jsonb */
    FIELD_SHRINKAGE,   /* struct shrinkage_part * and count, as jsonb */
    FIELD_PRICES,      /* double[CONTRACT_RULE_N], as a jsonb object of those that are not 0 */
};

struct field {
    const char *column;
    enum field_kind kind;
    size_t offset;
    size_t count;                   /* offset of the count of an array */
    const char *(*name)(int value); /* FIELD_NAME */
    bool (*parse)(const char *text, int *value);
    enum part ref; /* FIELD_REF */
    bool planner;  /* only planners read it; wfm_scoped may not */
};

/* One kind of part: a table, and an array of the operation. Its first field is the id. */
struct entity {
    const char *table;
    const char *what; /* "queue" */
    const struct field *fields;
    int n_fields;
    size_t size;         /* of one element */
    size_t array, count; /* offsets in struct operation */
};

extern const struct entity entity_client, entity_queue, entity_site, entity_template, entity_contract,
    entity_agent;

/* Upserts the elements at the indices (NULL: all, n is not looked at); *changed grows by the rows that
 * differed.
 */
bool entity_upsert(struct store *store, const struct entity *entity, const struct operation *operation,
                   const int *indices, int n, long *changed, GError **error);
/* Upserts all elements and retires the rows that have none. */
bool entity_save(struct store *store, const struct entity *entity, const struct operation *operation,
                 long *changed, GError **error);
/* Reads the rows the condition leaves (alias t), ordered by id, into the array of the operation. What they
   refer to must have been read before. */
bool entity_load(struct store *store, const struct entity *entity, struct operation *operation,
                 const char *condition, GError **error);
/* The same of the rows of a query with parameters ($1…) whose columns are those of entity_columns. When
   `stubs`, what they refer to and what is not there becomes a stub (core/part.h); fields for planners are
   left as they are unless `planner`. Takes the result. */
bool entity_take(const struct entity *entity, struct operation *operation, PGresult *rows, bool planner,
                 bool stubs, GError **error);
/* "t.id, t.name, …", g_free. */
char *entity_columns(const struct entity *entity, bool planner);
/* The index of the id, or of a new stub; -1. */
int ref_or_stub(struct operation *operation, enum part part, const char *id, bool stubs);
/* WFM_ERROR_INPUT unless every element of the operation's array is an active row of the store. */
bool entity_require(struct store *store, const struct entity *entity, const struct operation *operation,
                    GError **error);
/* The entity of a part with one, or NULL. */
const struct entity *entity_of(enum part part);

#endif
