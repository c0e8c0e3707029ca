/*
 * files_ask.h - the command line of a benchmark of queues in files: FILE.csv…, --special FILE, --format csv
 * and its own options.
 */
#ifndef WFM_TESTS_BENCH_FILES_ASK_H
#define WFM_TESTS_BENCH_FILES_ASK_H

#include <glib.h>
#include <stdbool.h>

#include "tests/bench/bench.h"
#include "tests/bench/series_files.h"

struct files_ask {
    const char *name; /* of the benchmark */
    bool csv;
    char **files, *special;
    GError *error;
};

/* Reads the command line; `own` ends with {NULL}. False when it is wrong or names no file. Then, or when the
   options make no sense, files_ask_refuse; else files_ask_table or files_ask_read. */
bool files_ask_parse(struct files_ask *ask, int argc, char **argv, const GOptionEntry *own);

/* Says on stderr what is wrong with it, else what the benchmark `needs`. Returns the exit status. */
int files_ask_refuse(struct files_ask *ask, const char *needs);

/* Reads the queues and prints a table: `queue` adds a row, or none; false stops. `all` comes after the last
 * queue. Both get `user`. Returns the exit status. */
int files_ask_table(struct files_ask *ask, const char *const *columns,
                    bool (*queue)(const struct file_queue *queue, struct bench_table *table, void *user),
                    void (*all)(struct bench_table *table, void *user), void *user);

/* The queues (series_files_read); NULL, said on stderr, when they cannot be read. */
GPtrArray *files_ask_read(struct files_ask *ask);

#endif
