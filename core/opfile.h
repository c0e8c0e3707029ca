/*
 * opfile.h - the files a planner writes: operation.cfg (libconfig) and the CSV files beside it.
 *
 * Every reader is strict: unknown keys and columns, values out of range, references to nothing and lines too
 * long are errors that name file, line, column (or key path) and value, and say what to do. On failure the
 * operation given is left as it was.
 */
#ifndef WFM_CORE_OPFILE_H
#define WFM_CORE_OPFILE_H

#include "core/operation.h"

/* Reads operation.cfg: planning zone, interval, currencies, clients, queues with SLA, sites, shift templates,
   contracts. docs/wfm-operation.5 lists the keys; the table in core/opfile.c is where they live. Runs
   operation_check. NULL on failure. */
struct operation *operation_read(const char *path, GError **error);

/* The same from a text that ends with NUL; path is for messages. */
struct operation *operation_read_text(const char *path, const char *text, size_t length, GError **error);

/* agents.csv: agent,name,site,contract,skills,available,employed_from,employed_to,lead,rank,optional,
   hire_price
     skills     "queue[:proficiency][@level];queue…", level 1 (the first choice) to 9
     available  "mon-fri 06:00-20:00; sat 08:00-14:00", empty = always
   Replaces operation->agents (and drops time off, preferences and meetings, which refer to them). */
bool operation_read_agents(struct operation *operation, const char *path, GError **error);

/* time_off.csv: agent,start,end,kind,credit_minutes. start and end are RFC 3339 instants, or dates in the
   site's zone (end date included). Replaces operation->time_off. */
bool operation_read_time_off(struct operation *operation, const char *path, GError **error);

/* The same from a text, as elements that are not in the operation yet: *out is an array of *n pointers, each
   to be put or released (core/part.h), then g_free. Nothing is checked between them and the operation. */
bool operation_read_agents_text(const struct operation *operation, const char *path, const char *text,
                                size_t length, void ***out, int *n, GError **error);
bool operation_read_time_off_text(const struct operation *operation, const char *path, const char *text,
                                  size_t length, void ***out, int *n, GError **error);

/* special_days.csv: scope,id,date,name,kind; or the short form queue,date,name,kind.
   Replaces operation->special_days. */
bool operation_read_special_days(struct operation *operation, const char *path, GError **error);

/* preferences.csv: agent,day,wish,template,start,weight,price. wish is off, on or start (if at all, then
   starting in the span `start`, "06:00-10:00"); template and start narrow off and on. The price is given, or
   follows from the weight 1..5 (1 when empty), operation->wishes and the agent's rank. Replaces
   operation->preferences. */
bool operation_read_preferences(struct operation *operation, const char *path, GError **error);

/* meetings.csv: meeting,name,kind,minutes,from,to,together,price,agents. from and to are RFC 3339 instants,
   or dates in the planning zone (end date included); agents is "m001;m002". Replaces operation->meetings. */
bool operation_read_meetings(struct operation *operation, const char *path, GError **error);

#endif
