/*
 * published_errors.h - the page docs/published-errors.md: values others publish that differ from ours.
 *
 * Made from a file of such values (columns as in the shared data's staffing/README.md, verdict WRONG) by our
 * own models; only the values in question, their sources and the systems are quoted.
 */
#ifndef WFM_TESTS_BENCH_PUBLISHED_ERRORS_H
#define WFM_TESTS_BENCH_PUBLISHED_ERRORS_H

#include <glib.h>
#include <stdbool.h>

struct published_errors {
    int rows;      /* of the file */
    int listed;    /* of those: we disagree with a published value */
    int off;       /* of those: our value is not the exact one the file gives */
    char *first;   /* off: which (g_free) */
    GString *page; /* Markdown */
};

/* False with an error when the file cannot be read or has a model we do not know. */
bool published_errors(const char *path, struct published_errors *out, GError **error);
void published_errors_clear(struct published_errors *errors);

#endif
