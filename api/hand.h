/*
 * hand.h - the planner's hand over stored forecasts: which overrides count, and what comes of them. For the
 * service and the command.
 */
#ifndef WFM_API_HAND_H
#define WFM_API_HAND_H

#include "core/store/store.h"
#include "forecast/override.h"

/* Which overrides count: those of no scenario, of scenarios that are on, and of those asked for; not those
   left out. */
struct hand_ask {
    const char *const *with, *const *without; /* scenarios, NULL-terminated; NULL: none */
    bool then; /* each interval by what stood when it began, taken back since or not, and nothing entered
                  later */
    const struct scope *scope; /* NULL: the planner's */
};
struct hand {
    struct override *overrides; /* owned, in order of entry */
    int n;
    bool then;
};
void hand_clear(struct hand *hand);

/* Loads what counts of ranges that touch [from_ts, to_ts); both 0: all. ask NULL: nothing asked for.
   WFM_ERROR_NOT_FOUND lists the known scenarios when one is not. */
bool hand_load(struct hand *hand, struct store *store, int64_t from_ts, int64_t to_ts,
               const struct hand_ask *ask, GError **error);

/* Applies it to the forecast of a queue, in place. */
bool hand_apply(const struct hand *hand, const struct queue *queue, struct stored_forecast *forecast,
                GError **error);
/* The same; appends a line to `cuts` for each override that takes away more than is there. */
bool hand_apply_told(const struct hand *hand, const struct queue *queue, struct stored_forecast *forecast,
                     GString *cuts, GError **error);
/* Appends what hand_apply_told says of the newest forecasts in the ranges of n overrides of any queues, with
   what counts by itself. */
bool hand_tell_cuts(struct store *store, const struct operation *operation, const struct override *overrides,
                    int n, GString *cuts, GError **error);
/* The same with n more overrides of this queue behind it; what each of these does: effects, n. */
bool hand_apply_more(const struct hand *hand, const struct queue *queue, const struct override *more, int n,
                     struct stored_forecast *forecast, struct override_effect *effects, GError **error);

/* What n more overrides (>= 1) of this queue, all of one scenario or none, would do to the newest forecasts
   of their ranges, behind what counts there already: effects, n; before and after NAN where nothing is
   forecast. WFM_ERROR_INPUT when one takes away more than is there. */
bool hand_preview(struct store *store, const struct queue *queue, const struct override *more, int n,
                  struct override_effect *effects, GError **error);

/* Contacts of a forecast in [from_ts, to_ts). */
double forecast_contacts(const struct stored_forecast *forecast, int64_t from_ts, int64_t to_ts);

#endif
