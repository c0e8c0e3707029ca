/*
 * migrate.h - private to core/store/: the embedded migrations. core/store/embed.awk makes the table from the
 * SQL files.
 */
#ifndef WFM_CORE_STORE_MIGRATE_H
#define WFM_CORE_STORE_MIGRATE_H

struct migration {
    int version; /* number of the file, ascending; gaps are no error */
    const char *name;
    const char *sql;
};

extern const struct migration migrations[];
extern const int n_migrations;

#endif
