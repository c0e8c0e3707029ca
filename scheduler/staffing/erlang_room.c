/* Variants that need sums over states: a waiting room of limited size, and threshold blending. */
#include "scheduler/staffing/erlang.h"

#include "scheduler/staffing/poisson.h"

#include <math.h>
#include <stddef.h>

/* P(the j+1 departures ahead take longer than t), for j = 0, 1, …: departures at rates (a + i)·theta, i = 0 …
   j, or all at `rate` when nobody abandons. Stepped in logarithms, as the first terms may be far below
   1e-308. */
struct late {
    double value;        /* for the current j */
    double ln_term;      /* what the next j adds */
    double a, ln_growth; /* growth: 1 - e^{-theta t}, or rate·t */
    bool patient;
    double j;
};

static struct late late_first(double a, double theta, double rate, double t)
{
    struct late late = {.a = a, .patient = theta > 0};
    double ln_first = late.patient ? -a * theta * t : -rate * t;
    late.value = exp(ln_first);
    late.ln_growth = late.patient ? log(-expm1(-theta * t)) : log(rate * t);
    late.ln_term = ln_first + late.ln_growth + (late.patient ? log(a) : 0);
    return late;
}

static void late_next(struct late *late)
{
    late->value = fmin(late->value + exp(late->ln_term), 1);
    late->j++;
    late->ln_term += late->ln_growth + log((late->patient ? late->a + late->j : 1) / (late->j + 1));
}

struct room {
    double theta, rate, full, r; /* r = full / theta */
    double odds, sum; /* below full; states full … capacity; both relative to the likeliest state */
    double ln_full;   /* ln of the weight of the state `full` */
};

/* Weights of the states full, full + 1, …, kept as logarithms: they may span more than a double does. */
struct weight {
    double ln, value;
};

static struct weight weight_first(const struct room *room)
{
    return (struct weight){room->ln_full, exp(room->ln_full)};
}

static void weight_next(const struct room *room, int j, struct weight *weight)
{
    weight->ln += log(room->rate / (room->full + (j + 1) * room->theta));
    weight->value = exp(weight->ln);
}

/* Served in time, given up in time and the virtual tail for threshold t, weighted over the states found. */
static void room_times(const struct room *room, int places, double t, double *in_time, double *gone,
                       double *tail)
{
    struct late all = late_first(room->r, room->theta, room->full, t);
    struct late served = late_first(room->r + 1, room->theta, room->full, t);
    struct weight weight = weight_first(room);
    double x = exp(-room->theta * t);
    *in_time = *gone = *tail = 0;
    for (int j = 0; j < places; j++) {
        double share = room->theta > 0 ? room->r / (room->r + j + 1) : 1;
        *in_time += weight.value * share * (1 - served.value);
        *gone += weight.value * fmax((1 - share) - (x * all.value - share * served.value), 0);
        *tail += weight.value * all.value;
        weight_next(room, j, &weight);
        late_next(&all);
        late_next(&served);
    }
}

static void room_waits(const struct room *room, int places, double total, struct erlang_metrics *out)
{
    struct weight weight = weight_first(room);
    double wait = 1 / room->full, served_wait = 0, answered = 0, lq = 0, virtual_wait = 0, gone = 0;
    for (int j = 0; j < places; j++) {
        double share = room->theta > 0 ? room->r / (room->r + j + 1) : 1,
               next = room->full + (j + 1) * room->theta;
        served_wait += weight.value * share * (wait + 1 / next - 1 / room->full);
        virtual_wait += weight.value * wait;
        answered += weight.value * share;
        gone += weight.value * (1 - share);
        weight_next(room, j, &weight);
        lq += weight.value * (j + 1);
        wait += 1 / next;
    }
    answered += room->odds;
    out->blocked = weight.value / total;
    out->abandon = gone / total;
    out->queue_length = lq / total;
    out->asa_answered_s = answered > 0 ? served_wait / answered : 0;
    out->asa_virtual_s = out->blocked < 1 ? virtual_wait / total / (1 - out->blocked) : 0;
    out->asa_offered_s = out->blocked < 1 ? out->queue_length / room->rate / (1 - out->blocked) : 0;
}

void erlang_waiting_room(const struct erlang_system *system, double odds, double full_rate, int places,
                         struct erlang_metrics *out)
{
    double theta = system->patience_s > 0 && isfinite(system->patience_s) ? 1 / system->patience_s : 0;
    struct room room = {.theta = theta, .rate = system->rate_per_s, .full = full_rate};
    room.r = theta > 0 ? room.full / theta : 0;
    room.odds = fmin(odds, 1e300);

    struct weight weight = weight_first(&room);
    double ln_peak = 0;
    for (int j = 0; j < places; j++) {
        weight_next(&room, j, &weight);
        ln_peak = fmax(ln_peak, weight.ln);
    }
    room.ln_full = -ln_peak;
    weight = weight_first(&room);
    room.odds *= weight.value;
    for (int j = 0; j <= places; j++) {
        room.sum += weight.value;
        weight_next(&room, j, &weight);
    }
    double total = room.odds + room.sum, in_time, gone, tail;
    *out = (struct erlang_metrics){.occupancy = 0};
    room_waits(&room, places, total, out);
    out->p_wait = fmax((room.sum / total) - out->blocked, 0);
    room_times(&room, places, system->threshold_s, &in_time, &gone, &tail);
    out->in_time = out->sl[SL_OFFERED] = fmin((room.odds + in_time) / total, 1);
    out->abandon_in_time = gone / total;
    double let_in = 1 - out->blocked;
    out->sl[SL_VIRTUAL] = let_in > 0 ? fmax(1 - tail / total / let_in, 0) : 0;
    if (system->short_abandon_s > 0) {
        double unused;
        room_times(&room, places, system->short_abandon_s, &unused, &gone, &tail);
        out->abandon_short = gone / total;
    }
    erlang_ratios(out);
}

#define PLACES_MAX 1e8 /* further ones change nothing */

void erlang_room_metrics(const struct erlang_system *system, double agents, double capacity,
                         struct erlang_metrics *out)
{
    double load_erl = system->rate_per_s * system->aht_s;
    if (!(load_erl > 0)) {
        erlang_idle(out);
        return;
    }
    if (!(agents > 0)) {
        erlang_unserved(system, out);
        return;
    }
    int places = (int)fmin(fmax(floor(capacity - agents + 1e-9), 0), PLACES_MAX);
    erlang_waiting_room(system, poisson_odds(agents, load_erl), agents / system->aht_s, places, out);
    out->occupancy = fmin(load_erl * (1 - out->blocked - out->abandon) / agents, 1);
}

#define RESCALE 1e250

/* Mean number busy while nobody waits and not all are; *odds: P(that) / P(exactly full). Busy agents never
 * fall below floor_busy: a contact that ends there is replaced by an outbound one; *at_floor: P(exactly
 * floor_busy) / P(that). */
static double blend_below(double load_erl, int agents, int floor_busy, double *odds, double *at_floor)
{
    double weight = 1, unit = 1, sum = 0, busy = 0;
    for (int j = agents; j > floor_busy; j--) {
        weight *= j / load_erl;
        sum += weight;
        busy += weight * (j - 1);
        if (sum > RESCALE || busy > RESCALE) {
            weight /= RESCALE;
            sum /= RESCALE;
            busy /= RESCALE;
            unit /= RESCALE;
        }
        if (weight < 1e-30 * sum)
            break;
    }
    *odds = unit > 0 ? sum / unit : INFINITY;
    *at_floor = sum > 0 ? weight / sum : 0;
    return sum > 0 ? busy / sum : 0;
}

void erlang_blend_metrics(const struct erlang_system *system, int agents, int idle,
                          struct erlang_metrics *out, double *outbound_per_s)
{
    double load_erl = system->rate_per_s * system->aht_s, outbound = 0;
    int floor_busy = agents > idle ? agents - (idle > 0 ? idle : 0) : 0;
    if (agents <= 0) {
        if (load_erl > 0)
            erlang_unserved(system, out);
        else
            erlang_idle(out);
    } else if (load_erl > 0) {
        double odds, at_floor, below = blend_below(load_erl, agents, floor_busy, &odds, &at_floor);
        erlang_waiting(system, odds, agents / system->aht_s, out);
        out->occupancy = (1 - out->p_wait) * below / agents + out->p_wait;
        /* what ends at the floor; without a floor below all agents, what inbound work leaves of them */
        outbound = floor_busy < agents ? (1 - out->p_wait) * at_floor * floor_busy / system->aht_s
                                       : agents / system->aht_s - system->rate_per_s * (1 - out->abandon);
    } else {
        erlang_idle(out);
        out->occupancy = (double)floor_busy / agents;
        outbound = system->aht_s > 0 ? floor_busy / system->aht_s : 0;
    }
    if (outbound_per_s != NULL)
        *outbound_per_s = fmax(outbound, 0);
}

static double mix(double a, double b, double f)
{
    return f <= 0 ? a : (f >= 1 ? b : (isinf(a) || isinf(b) ? INFINITY : a + (b - a) * f));
}

void erlang_mix(const struct erlang_metrics *low, const struct erlang_metrics *high, double f,
                struct erlang_metrics *out)
{
    /* all are plain structs of doubles */
    const double *a = (const double *)low, *b = (const double *)high;
    double *x = (double *)out;
    for (size_t i = 0; i < sizeof *out / sizeof *x; i++)
        x[i] = mix(a[i], b[i], f);
}
