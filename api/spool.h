/*
 * spool.h - the body of a request while it comes in: in memory, or in a temporary file for rows with
 * body_file. Owned by one thread.
 */
#ifndef WFM_API_SPOOL_H
#define WFM_API_SPOOL_H

#include <glib.h>
#include <stdbool.h>

struct spool;

/* Keeps at most `max` bytes; in_file: in a file that has no name (it is gone with the process, however that
   ends). WFM_ERROR_IO when there can be none. */
struct spool *spool_new(size_t max, bool in_file, GError **error);
void spool_free(struct spool *spool);

/* WFM_ERROR_IO (the disk), WFM_ERROR_TOO_LARGE; after a failure nothing more is kept, and the same failure is
   given by spool_done. */
void spool_add(struct spool *spool, const char *bytes, size_t n);
/* All is there. *body is never NULL ("" for one in a file), with a NUL behind; *path is for open(2) while the
   spool lives, NULL when it is in memory. */
bool spool_done(struct spool *spool, const char **body, size_t *length, const char **path, GError **error);
/* Bytes received, kept or not. */
size_t spool_received(const struct spool *spool);

#endif
