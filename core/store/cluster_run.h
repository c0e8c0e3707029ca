/*
 * cluster_run.h - private to core/store/: whom the private cluster runs as, where its programs and
 * directories are, and how a program of it is run.
 */
#ifndef WFM_CORE_STORE_CLUSTER_RUN_H
#define WFM_CORE_STORE_CLUSTER_RUN_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct cluster {
    char *dir;    /* data_dir, absolute */
    char *pgdata; /* dir/pg */
    char *log;
    char *bindir;
    uid_t uid; /* whom the server runs as */
    gid_t gid;
    bool drop; /* we are root and must become uid, gid in the child */
    bool nosync;
    const char *settings;
};

/* Fills uid, gid and drop: ourselves, or under root the owner of the directory, else postgres, else nobody.
 */
bool cluster_choose_user(struct cluster *c, GError **error);
/* Fills bindir: for a new cluster the programs of the newest server there is, else those of the cluster's own
 * major version; WFM_ERROR_STORE, naming it, when they are not installed. */
bool cluster_find_programs(struct cluster *c, GError **error);
/* Runs a server program as the owner, in "/", without our environment. Its words go into the error. */
bool cluster_run(struct cluster *c, const char *program, const char *const *arguments, GError **error);
/* Makes the data directory and gives it to the owner; fails when the owner cannot get there. */
bool cluster_make_dir(struct cluster *c, GError **error);
/* Makes the socket directory, mode 0700; g_free. */
char *cluster_socket_dir(const struct cluster *c, GError **error);

#endif
