/*
 * settings.h - where the database is, and opening it. The only door of the command to the store.
 */
#ifndef WFM_WFM_SETTINGS_H
#define WFM_WFM_SETTINGS_H

#include "core/store/store.h"
#include "wfm/options.h"

/* The data directory of the private server: --data, WFM_DATA, $XDG_DATA_HOME/wfm; for root /var/lib/wfm.
 * g_free. */
char *settings_data_dir(const struct options *options);

/* Connection string: --database, else (unless --data says otherwise) WFM_DATABASE, else that of the private
   server, which is made and started when needed. *is_private may be NULL. g_free. --database together with
   --data is WFM_ERROR_USAGE. */
char *settings_conninfo(const struct options *options, bool *is_private, GError **error);

/* Opens the store and requires its schema; an empty private database is brought to it by itself. */
struct store *settings_store(const struct options *options, GError **error);
/* The same for a connection string. */
struct store *settings_store_open(const char *conninfo, bool is_private, GError **error);

/* Who does it, for the audit rows: the login name, or whom the work is done for. */
const char *settings_actor(void);
/* From now on it is this one (copied), for a process that works for somebody. Not thread-safe: at the start.
 */
void settings_act_for(const char *actor);

#endif
