/*
 * staffing_vectors_internal.h - between the parts of staffing_vectors: a file in memory, checks of a row.
 */
#ifndef WFM_TESTS_SCHEDULER_STAFFING_VECTORS_INTERNAL_H
#define WFM_TESTS_SCHEDULER_STAFFING_VECTORS_INTERNAL_H

#include "tests/scheduler/staffing_vectors.h"

#include <jansson.h>

/* A file: one check of these borrows it. */
struct vectors {
    const char *path;
    GPtrArray *header;  /* char * */
    GPtrArray *rows;    /* char **, NULL-terminated */
    GPtrArray *results; /* struct vector_result * */
    GHashTable *said;   /* what was said on stderr already */
};

/* A row being held against one model. `hear`, unless NULL: is told what we compute for every
 * column, and within how much its published digits are right. */
struct check {
    struct vectors *file;
    guint row;
    struct vector_result *result;
    bool any, failed;
    void (*hear)(void *user, const char *column, double got, double unit);
    void *user;
};

/* Reads a file; vectors_close when it went well. */
bool vectors_open(struct vectors *file, const char *path, GError **error);
void vectors_close(struct vectors *file);

bool vectors_has(const struct vectors *file, const char *column);

/* The cell of a column, "" where there is none; as a number, NAN for none, or a fallback. */
const char *vectors_text(const struct vectors *file, guint row, const char *column);
double vectors_number(const struct vectors *file, guint row, const char *column);
const char *check_text(const struct check *check, const char *column);
double check_number(const struct check *check, const char *column);
double check_number_or(const struct check *check, const char *column, double fallback);

/* Begins and ends the check of a row against a model (its result is made when there is none): counts. */
struct check check_begin(struct vectors *file, guint row, const char *model);
void check_end(struct check *check);

/* Holds what we got against a wanted value: `error` is what is listed as worst, good within the tolerance. */
void check_error(struct check *check, const char *column, double got, double want, double error, bool good);

/* Half a unit of the last digit written: "0.031" gives 0.0005. */
double half_unit(const char *text);

/* Says it on stderr, once a file: "path: …". */
void vectors_unknown(struct vectors *file, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The scenario of that name (json_decref), NULL when no file has it: then said. */
json_t *vectors_scenario(struct vectors *file, const char *name);

/* Holds a row of one system against the model it names; false, and said, when we do not know that. */
bool vectors_model(struct check *check);

/* The kinds of files: all rows of one. */
void vectors_models(struct vectors *file);
void vectors_transient(struct vectors *file);
void vectors_ctmc(struct vectors *file);
void vectors_reference(struct vectors *file);

#endif
