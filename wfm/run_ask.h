/*
 * run_ask.h - what a run may be asked to do: the options of the command that does the same work, as members
 * of a JSON object. One table says which; types, ranges and defaults are those of the command's own rows.
 *
 * A member has the option's name with "_" for "-" (lists in the plural): flags are booleans, spans of time
 * seconds, shares 0..1, choices one of their words. Options that say how to print or where to work have none.
 */
#ifndef WFM_WFM_RUN_ASK_H
#define WFM_WFM_RUN_ASK_H

#include <jansson.h>

#include "core/store/run.h"
#include "wfm/options.h"

/* Reads a request: {"kind": …, members}. *kind and *ask (json_decref) are what to enqueue: the members given,
   and what must not change until the work is done, settled now from the store (borrowed): the week, the
   roster, the instant "now". What is wrong goes into `errors` (an array) as {"pointer", "detail"}, all of it,
   and the call fails with WFM_ERROR_INPUT. WFM_ERROR_NOT_FOUND: nothing is loaded, or there is no roster to
   simulate. */
bool run_ask_read(struct store *store, const json_t *request, enum run_kind *kind, json_t **ask,
                  json_t *errors, GError **error);

/* The same from words: "week=2026-W48", "queues=a,b", "certain" (a flag may stand alone). NULL on failure:
   WFM_ERROR_USAGE. json_decref. */
json_t *run_ask_words(enum run_kind kind, const char *const *words, GError **error);

/* The options of the command the kind is the work of, as read from an ask. NULL on failure. */
struct options *run_ask_options(enum run_kind kind, const json_t *ask, GError **error);

/* Calls fn for each member of a kind: its name and the option's row; NULL for "roster", the number of one.
   For the check of openapi.yaml. */
void run_ask_each(enum run_kind kind, void (*fn)(const char *name, const struct option_row *row, void *user),
                  void *user);

#endif
