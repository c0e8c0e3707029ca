#include <math.h>
#include <string.h>

#include "core/operation_check.h"

#define TOTAL_TOLERANCE 1e-9 /* a total written with few digits */

bool opcheck_shrinkage(struct check *check, double total, const struct shrinkage_part *parts, int n)
{
    NEED(opcheck_share(total, SHRINKAGE_MAX), "shrinkage %g is not within 0..%g (a share)", total,
         SHRINKAGE_MAX);
    NEED(n <= SHRINKAGE_PARTS_MAX, "shrinkage has %d parts; at most %d", n, SHRINKAGE_PARTS_MAX);
    for (int i = 0; i < n; i++) {
        NEED(parts[i].name != NULL && id_ok(parts[i].name),
             "shrinkage: the name \"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -",
             parts[i].name == NULL ? "" : parts[i].name, WFM_ID_MAX);
        NEED(opcheck_share(parts[i].share, SHRINKAGE_MAX), "shrinkage.%s %g is not within 0..%g (a share)",
             parts[i].name, parts[i].share, SHRINKAGE_MAX);
        for (int k = 0; k < i; k++)
            NEED(strcmp(parts[k].name, parts[i].name) != 0, "shrinkage.%s is given twice", parts[i].name);
    }
    NEED(n == 0 || fabs(total - shrinkage_total(parts, n)) <= TOTAL_TOLERANCE,
         "shrinkage %g is not what its %d parts make, %g", total, n, shrinkage_total(parts, n));
    return true;
}

static bool check_sla(struct check *check, const struct sla *sla, enum channel channel)
{
    NEED((int)sla->definition >= 0 && sla->definition < SL_DEFINITION_N, "unknown service-level definition");
    NEED((int)sla->period >= 0 && sla->period < SLA_PERIOD_N, "unknown service-level period");
    NEED(opcheck_share(sla->target, 1), "sla.target %g is not within 0..1 (80 %% is 0.80)", sla->target);
    NEED(sla->threshold_s >= 0 && isfinite(sla->threshold_s), "sla.threshold %g s is negative",
         sla->threshold_s);
    NEED(!channel_is_deferred(channel) || sla->threshold_s > 0,
         "sla.threshold must be above 0 for %s: it is the time allowed until the answer, like \"4h\"",
         channel_name(channel));
    NEED(sla->short_abandon_s >= 0 && isfinite(sla->short_abandon_s), "sla.short_abandon %g s is negative",
         sla->short_abandon_s);
    NEED((sla->definition == SL_EXCL_SHORT) == (sla->short_abandon_s > 0),
         "sla.short_abandon %g s with the definition %s: it is needed for excl_short and belongs to no other",
         sla->short_abandon_s, sl_definition_name(sla->definition));
    NEED(sla->asa_max_s >= 0 && isfinite(sla->asa_max_s), "sla.asa_max %g s is negative", sla->asa_max_s);
    NEED(opcheck_share(sla->abandon_max, 1), "sla.abandon_max %g is not within 0..1", sla->abandon_max);
    NEED(opcheck_share(sla->occupancy_max, 1) && sla->occupancy_max > 0,
         "sla.occupancy_max %g is not above 0 and up to 1", sla->occupancy_max);
    return true;
}

/* How a day's total spreads over the day. */
static bool check_profile(struct check *check, const struct queue *queue)
{
    double sum = 0;
    NEED(queue->n_day_profile == 0 || (queue->n_day_profile <= 288 && DAY_MIN % queue->n_day_profile == 0),
         "day_profile has %d parts; write one weight for each of 24, 48, 96 or 288 equal parts of a day",
         queue->n_day_profile);
    for (int i = 0; i < queue->n_day_profile; i++) {
        NEED(queue->day_profile[i] >= 0 && isfinite(queue->day_profile[i]),
             "day_profile: weight %g is negative", queue->day_profile[i]);
        sum += queue->day_profile[i];
    }
    NEED(queue->n_day_profile == 0 || sum > 0, "day_profile: all weights are 0");
    if (queue->profile_queue == NULL || *queue->profile_queue == '\0')
        return true;
    NEED(queue->n_day_profile == 0, "both day_profile and profile_queue say how a day spreads; leave one");
    int like = operation_queue(check->operation, queue->profile_queue);
    NEED(like >= 0 && &check->operation->queues[like] != queue,
         "profile_queue: there is no other queue \"%s\"", queue->profile_queue);
    return true;
}

/* Who serves it when. */
static bool check_routing(struct check *check, const struct queue *queue)
{
    NEED(queue->priority >= 0 && queue->priority <= PRIORITY_MAX,
         "priority %d is not within 0..%d; the highest is served first", queue->priority, PRIORITY_MAX);
    NEED(queue->overflow_after_s >= 0 && queue->overflow_after_s <= DAY_S,
         "overflow_after %g s is not within 0..%d seconds", queue->overflow_after_s, (int)DAY_S);
    NEED(queue->blend_idle >= 0 && queue->blend_idle <= BLEND_IDLE_MAX,
         "blend_idle %d is not within 0..%d agents", queue->blend_idle, BLEND_IDLE_MAX);
    NEED(channel_is_deferred(queue->channel) || (!queue->ring_fence && queue->blend_idle == 0),
         "%s belongs to deferred work (email, social, callback, back_office): %s contacts never wait for "
         "others; leave it out",
         queue->ring_fence ? "ring_fence" : "blend_idle", channel_name(queue->channel));
    NEED(!queue->ring_fence || queue->blend_idle == 0,
         "blend_idle %d with ring_fence: time set aside is not blended; leave one", queue->blend_idle);
    return true;
}

/* Where callbacks come from. A queue can give away all of its contacts but no more. */
static bool check_callback(struct check *check, const struct queue *queue)
{
    const struct operation *op = check->operation;
    bool said = queue->callback_of != NULL && *queue->callback_of != '\0';
    NEED(opcheck_share(queue->callback_share, 1), "callback_share %g is not within 0..1",
         queue->callback_share);
    NEED(said == (queue->callback_share > 0), "callback_of and callback_share go together: %s is missing",
         said ? "the share" : "the queue its callers leave");
    if (!said)
        return true;
    int from = operation_queue(op, queue->callback_of);
    NEED(queue->channel == CHANNEL_CALLBACK, "callback_of belongs to the channel callback, not to %s",
         channel_name(queue->channel));
    NEED(from >= 0, "callback_of: there is no queue \"%s\"", queue->callback_of);
    NEED(!channel_is_deferred(op->queues[from].channel) && op->queues[from].client == queue->client,
         "callback_of: %s is not a queue of the same client whose callers wait on the line",
         queue->callback_of);
    double given = 0;
    for (int q = 0; q < op->n_queues; q++)
        if (g_strcmp0(op->queues[q].callback_of, queue->callback_of) == 0)
            given += op->queues[q].callback_share;
    NEED(given <= 1, "callback_share: queues take %g of the contacts of %s, more than all", given,
         queue->callback_of);
    return true;
}

bool opcheck_queue(struct check *check, const struct queue *queue)
{
    const struct operation *op = check->operation;
    NEED(queue->client >= 0 && queue->client < op->n_clients, "client number %d does not exist",
         queue->client);
    NEED((int)queue->channel >= 0 && queue->channel < CHANNEL_N, "unknown channel");
    NEED(queue->language != NULL && *queue->language != '\0', "language is empty");
    if (!opcheck_zone(check, queue->zone) || !check_sla(check, &queue->sla, queue->channel))
        return false;
    NEED(queue->patience_s >= 0 && isfinite(queue->patience_s), "patience %g s is negative",
         queue->patience_s);
    NEED(!queue->endless_patience || queue->patience_s == 0,
         "patience %g s, though nobody is said to give up: that is a patience of 0", queue->patience_s);
    NEED(queue->aht_s > 0 && isfinite(queue->aht_s), "aht %g s is not above 0", queue->aht_s);
    NEED(queue->concurrency >= 1, "concurrency %d is not at least 1", queue->concurrency);
    NEED(queue->concurrency == 1 || queue->channel == CHANNEL_CHAT,
         "concurrency %d: only chat agents handle several contacts at once, not %s", queue->concurrency,
         channel_name(queue->channel));
    NEED(queue->concurrent_aht_s != NULL, "concurrent_aht_seconds are missing");
    for (int i = 0; i < queue->concurrency; i++)
        NEED(queue->concurrent_aht_s[i] > 0 && isfinite(queue->concurrent_aht_s[i]),
             "concurrent_aht_seconds %g s at %d contacts is not above 0", queue->concurrent_aht_s[i], i + 1);
    if (!opcheck_shrinkage(check, queue->shrinkage, queue->shrinkage_parts, queue->n_shrinkage_parts) ||
        !check_routing(check, queue) || !check_callback(check, queue))
        return false;
    NEED(queue->min_staff >= 0 && isfinite(queue->min_staff), "min_staff %g is negative", queue->min_staff);
    NEED(opcheck_share(queue->occupancy_cap, 1) && queue->occupancy_cap > 0,
         "occupancy_cap %g is not above 0 and up to 1", queue->occupancy_cap);
    return opcheck_holidays(check, queue->holidays) && check_profile(check, queue) &&
           opcheck_spans(check, queue->open, queue->n_open, "open", op->interval_min);
}
