/*
 * cluster.h - the private cluster with settings of one's own; core/store/store.h has the plain form.
 *
 * In data_dir: pg/ (the database), socket/ (unless its path would be too long for a Unix socket: then
 * wfm-<uid>-<hash> in $XDG_RUNTIME_DIR or $TMPDIR), postgresql.log, lock. Nothing listens on the network;
 * whoever may enter the socket directory (mode 0700) is trusted.
 */
#ifndef WFM_CORE_STORE_CLUSTER_H
#define WFM_CORE_STORE_CLUSTER_H

#include <glib.h>
#include <stdbool.h>

/* As cluster_ensure; `settings` (may be NULL) are lines of postgresql.conf that hold from the next start on.
   nosync: initdb does not wait for the disk; for tests. */
char *cluster_ensure_with(const char *data_dir, const char *settings, bool nosync, GError **error);

/* Process id of the running server, 0 when there is none. For tests that kill it. */
int cluster_pid(const char *data_dir);

#endif
