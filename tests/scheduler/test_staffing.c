#include "tests/support/testing.h"

#include "core/error.h"
#include "scheduler/staffing/erlang_solve.h"
#include "scheduler/staffing/model.h"
#include "scheduler/staffing/staffing.h"

#include <math.h>

#define MONDAY_UTC INT64_C(1763942400) /* 2025-11-24T00:00:00Z */
#define N_DAY 96

static struct queue voice(void)
{
    return (struct queue){
        .id = (char *)"voice_en",
        .channel = CHANNEL_VOICE,
        .zone = (char *)"Asia/Manila",
        .sla = {SL_OFFERED, 0.8, 20, 5, 0, 1, 1, SLA_DAY},
        .patience_s = 120,
        .aht_s = 240,
        .concurrency = 1,
        .occupancy_cap = 0.9,
    };
}

/* A day with a hump, `peak` contacts in its busiest quarter hour. */
static void day_load(struct load *load, double peak, double aht_s)
{
    struct grid grid = {MONDAY_UTC, 900, N_DAY};
    load_init(load, &grid);
    for (int iv = 0; iv < N_DAY; iv++) {
        load->offered[iv] = peak * pow(sin(G_PI * (iv + 0.5) / N_DAY), 2);
        load->aht_s[iv] = aht_s;
    }
}

START_TEST(resampling_keeps_contacts_and_work)
{
    static const int steps[] = {300, 600, 900, 1800, 3600};
    struct grid from = {MONDAY_UTC, 1800, 48}, to = {MONDAY_UTC - 7200, steps[_i], (int)(100000 / steps[_i])};
    double offered[48], aht_s[48], contacts = 0, work = 0;
    for (int k = 0; k < 48; k++) {
        offered[k] = k % 7 == 0 ? 0 : k * 1.5;
        aht_s[k] = 100 + 3 * k;
        contacts += offered[k];
        work += offered[k] * aht_s[k];
    }
    struct load load;
    load_init(&load, &to);
    load_resample(&from, offered, aht_s, &load);
    for (int iv = 0; iv < to.n; iv++) {
        contacts -= load.offered[iv];
        work -= load.offered[iv] * load.aht_s[iv];
        if (grid_ts(&to, iv + 1) <= from.start_ts)
            ck_assert(load.offered[iv] == 0);
    }
    ck_assert_double_eq_tol(contacts, 0, 1e-9);
    ck_assert_double_eq_tol(work, 0, 1e-6);
    load_clear(&load);
}
END_TEST

static double mean_erl(const struct load *load, int32_t iv)
{
    struct carried carried;
    load_carried(load, iv, &carried);
    return carried.mean_erl;
}

START_TEST(carried_load_in_one_pass)
{
    struct load load;
    day_load(&load, 30, 900);
    for (int iv = 0; iv < N_DAY; iv++) {
        load.offered[iv] = iv % 11 == 5 ? 0 : load.offered[iv];
        load.aht_s[iv] = iv < 3 || iv % 11 == 5 ? 0 : 100 + 40 * (iv % 50);
        load.offered[iv] = load.aht_s[iv] > 0 ? load.offered[iv] : 0;
    }
    struct carried all[N_DAY], one;
    load_carried_all(&load, all);
    for (int iv = 0; iv < N_DAY; iv++) {
        load_carried(&load, iv, &one);
        ck_assert_double_eq_tol(all[iv].mean_erl, one.mean_erl, 1e-12);
        ck_assert_int_eq(all[iv].n, one.n);
        ck_assert_double_eq_tol(all[iv].erl[one.n - 1], one.erl[one.n - 1], 1e-12);
    }
    load_clear(&load);
}
END_TEST

/* An uncertain forecast: staffed for it, the level expected over its days is the target, and not that of the
   days as forecast. */
static const struct {
    const char *what;
    double peak, patience_s, cv2, asa_max_s;
    int concurrency;
    bool by_level;      /* chats are slower side by side */
    double least, most; /* hours beyond those of a certain forecast, as a share */
} busynesses[] = {
    {"certain", 40, 120, 0, 0, 1, false, 0, 0},
    {"ten percent off", 40, 120, 0.01, 0, 1, false, 0.004, 0.03},
    {"more contacts, the same share off", 400, 120, 0.01, 0, 1, false, 0.02, 0.06},
    {"thirty percent off", 40, 120, 0.09, 0, 1, false, 0.06, 0.2},
    {"nobody gives up", 40, 0, 0.01, 0, 1, false, 0.02, 0.1},
    {"nobody gives up and is to wait long", 40, 0, 0.01, 5, 1, false, 0, 0.1},
    {"chat", 40, 120, 0.02, 0, 2, true, 0.005, 0.05},
};

START_TEST(uncertain_days_need_more)
{
    double level_aht_s[2] = {300, 420}, sums[2] = {0, 0}, need[2][N_DAY];
    struct queue queue = voice();
    queue.patience_s = busynesses[_i].patience_s;
    queue.sla.asa_max_s = busynesses[_i].asa_max_s;
    queue.concurrency = busynesses[_i].concurrency;
    queue.concurrent_aht_s = busynesses[_i].by_level ? level_aht_s : NULL;
    struct load load;
    day_load(&load, busynesses[_i].peak, 300);
    for (int uncertain = 0; uncertain < 2; uncertain++) {
        g_autoptr(GError) error = NULL;
        load.busyness_cv2 = uncertain ? busynesses[_i].cv2 : 0;
        staffing_requirement(&queue, &load, need[uncertain], &error);
        ck_no_error(error);
        for (int iv = 0; iv < N_DAY; iv++)
            sums[uncertain] += need[uncertain][iv];
    }
    double more = sums[1] / sums[0] - 1;
    ck_assert_msg(more >= busynesses[_i].least - 1e-9 && more <= busynesses[_i].most + 1e-9,
                  "%s: %.2f %% more", busynesses[_i].what, 100 * more);
    for (int iv = 5; iv < N_DAY - 5 && !(busynesses[_i].asa_max_s > 0); iv++) {
        struct service service;
        staffing_service(&queue, &load, iv, need[1][iv], &service);
        ck_assert_msg(fabs(service.sl - queue.sla.target) < 1e-6, "%s, interval %d: %g", busynesses[_i].what,
                      iv, service.sl);
    }
    load_clear(&load);
}
END_TEST

START_TEST(carried_load)
{
    struct load load;
    struct grid grid = {MONDAY_UTC, 900, 8};
    load_init(&load, &grid);
    for (int iv = 0; iv < 8; iv++) {
        load.offered[iv] = 30;
        load.aht_s[iv] = 1800;
    }
    for (int iv = 0; iv < 8; iv++) /* steady: 30 contacts of 1800 s in 900 s are 60 erlang */
        ck_assert_double_eq_tol(mean_erl(&load, iv), 60, 1e-9);
    load.offered[0] = 0; /* a start from nothing: 60 (1 - e^-t/h), averaged over the interval */
    double spans = 0.5;
    ck_assert(mean_erl(&load, 0) == 0);
    ck_assert_double_eq_tol(mean_erl(&load, 1), 60 * (1 - (1 - exp(-spans)) / spans), 1e-9);
    double at_end = 60 * (1 - exp(-spans));
    ck_assert_double_eq_tol(mean_erl(&load, 2), 60 + (at_end - 60) * (1 - exp(-spans)) / spans, 1e-9);
    load_clear(&load);
}
END_TEST

/* Where the load jumps, the level of an interval is the mean of the levels on the way, for any staff. */
static const struct {
    const char *what;
    double before, after, aht_s, patience_s;
    enum sl_definition definition;
    double tolerance;
} jumps[] = {
    {"opening", 0, 180, 300, 120, SL_OFFERED, 0.03},
    {"opening, long contacts", 0, 60, 1800, 120, SL_OFFERED, 0.03},
    {"opening, abandons are left out", 0, 180, 300, 120, SL_ABAN_IGNORED, 0.03},
    {"opening, nobody gives up: the level ends where they are too few", 0, 180, 300, 0, SL_ANSWERED, 0.1},
    {"end of a campaign", 180, 30, 300, 120, SL_OFFERED, 0.03},
    {"a little more", 60, 63, 300, 120, SL_OFFERED, 0.003},
};

START_TEST(levels_follow_a_jump)
{
    enum { POINTS = 400 };
    struct queue queue = voice();
    queue.patience_s = jumps[_i].patience_s;
    queue.sla.definition = jumps[_i].definition;
    struct grid grid = {MONDAY_UTC, 900, 3};
    struct load load;
    load_init(&load, &grid);
    for (int iv = 0; iv < 3; iv++) {
        load.offered[iv] = iv < 1 ? jumps[_i].before : jumps[_i].after;
        load.aht_s[iv] = jumps[_i].aht_s;
    }
    double from_erl = load.offered[0] * jumps[_i].aht_s / 900,
           to_erl = load.offered[1] * jumps[_i].aht_s / 900;
    for (double agents = 0.5 * to_erl; agents < 1.3 * to_erl; agents += 0.1 * to_erl) {
        double in_time = 0, counted = 0;
        for (int k = 0; k < POINTS; k++) {
            double load_erl = to_erl + (from_erl - to_erl) * exp(-(k + 0.5) / POINTS * 900 / jumps[_i].aht_s);
            struct erlang_system system = {load_erl / jumps[_i].aht_s, jumps[_i].aht_s, jumps[_i].patience_s,
                                           queue.sla.threshold_s, 0};
            struct erlang_metrics metrics;
            erlang_metrics(&system, agents, &metrics);
            in_time += metrics.sl[jumps[_i].definition] * metrics.counted[jumps[_i].definition];
            counted += metrics.counted[jumps[_i].definition];
        }
        struct service service;
        double table[2];
        staffing_service(&queue, &load, 1, agents, &service);
        ck_assert_msg(fabs(service.sl - in_time / counted) < jumps[_i].tolerance,
                      "%s, %g agents: %g, on the way %g", jumps[_i].what, agents, service.sl,
                      in_time / counted);
        struct model model;
        model_init(&model, &queue, &load, 1);
        model_levels(&model, agents, 1, 1, &table[0], &table[1]);
        ck_assert_double_eq_tol(table[0], service.sl, 1e-9);
        ck_assert_double_eq_tol(table[1] * load.offered[1], service.counted, 1e-7);
    }
    load_clear(&load);
}
END_TEST

/* Prices may take the load as certain; the demand still knows how far days are off. */
START_TEST(certain_plans_know_uncertain_days)
{
    struct queue queues[2] = {voice(), voice()};
    struct operation operation = {.zone = (char *)"UTC", .currency = "USD", .queues = queues, .n_queues = 2};
    struct load loads[2];
    struct demand demands[3];
    for (int q = 0; q < 2; q++)
        day_load(&loads[q], 40, 300);
    for (int k = 0; k < 3; k++) { /* nothing known; known; known and left out */
        g_autoptr(GError) error = NULL;
        const struct staffing_prices prices = {.certain = k == 2};
        loads[1].busyness_cv2 = k > 0 ? 0.04 : 0;
        loads[0].day_correlation = 0.5; /* of a certain load: nothing */
        loads[1].day_correlation = k > 0 ? 0.3 : 0;
        staffing_demand(&operation, loads, &prices, &demands[k], &error);
        ck_no_error(error);
        ck_assert(k == 0 ? demands[k].busyness_cv2 == NULL
                         : demands[k].busyness_cv2[0] == 0 && demands[k].busyness_cv2[1] == 0.04);
        ck_assert(k == 0 ? demands[k].day_correlation == NULL
                         : demands[k].day_correlation[0] == 0 && demands[k].day_correlation[1] == 0.3);
        ck_assert(load_of_demand(&demands[k], 1).day_correlation == (k > 0 ? 0.3 : 0));
    }
    for (int iv = 0; iv < N_DAY; iv++) {
        size_t cell = DEMAND_CELL(&demands[0], 1, iv);
        ck_assert(demands[2].need[cell] == demands[0].need[cell]);
        ck_assert(demands[1].need[cell] > demands[0].need[cell] || !(loads[1].offered[iv] > 0));
    }
    for (int k = 0; k < 3; k++)
        demand_clear(&demands[k]);
    for (int q = 0; q < 2; q++)
        load_clear(&loads[q]);
}
END_TEST

/* Nodes that are looked at often against the exact mean over Gamma busyness. */
static const struct {
    double load_erl, patience_s, cv, tolerance;
} uncertain[] = {
    {2, 120, 0.1, 5e-4},   {2, 120, 0.3, 1e-3},   {20, 120, 0.05, 5e-4}, {20, 120, 0.1, 5e-4},
    {20, 120, 0.3, 1e-3},  {80, 600, 0.1, 1e-3},  {80, 60, 0.2, 1e-3},   {400, 120, 0.05, 5e-4},
    {400, 120, 0.1, 1e-3}, {400, 120, 0.3, 5e-3}, {20, 0, 0.1, 0.012},   {100, 0, 0.1, 0.012},
};

START_TEST(few_nodes_do)
{
    double aht_s = 300;
    struct queue queue = voice();
    queue.patience_s = uncertain[_i].patience_s;
    struct grid grid = {MONDAY_UTC, 900, 1};
    struct load load;
    load_init(&load, &grid);
    load.offered[0] = uncertain[_i].load_erl * 3;
    load.aht_s[0] = aht_s;
    load.busyness_cv2 = uncertain[_i].cv * uncertain[_i].cv;
    struct erlang_system system = {uncertain[_i].load_erl / aht_s, aht_s, queue.patience_s,
                                   queue.sla.threshold_s, 0};
    for (double beyond = -2; beyond < 4; beyond += 0.5) {
        double agents = uncertain[_i].load_erl + beyond * sqrt(uncertain[_i].load_erl);
        struct erlang_metrics exact;
        struct service service;
        if (agents <= 0)
            continue;
        erlang_busy_metrics(&system, load.busyness_cv2, agents, &exact);
        staffing_service(&queue, &load, 0, agents, &service);
        ck_assert_msg(fabs(service.sl - exact.sl[SL_OFFERED]) <= uncertain[_i].tolerance &&
                          fabs(service.occupancy - exact.occupancy) <= uncertain[_i].tolerance &&
                          fabs(service.abandon - exact.abandon) <= uncertain[_i].tolerance,
                      "%g erlang, %g off, %g agents: level %.6f, exact %.6f, occupancy %.6f, %.6f",
                      uncertain[_i].load_erl, uncertain[_i].cv, agents, service.sl, exact.sl[SL_OFFERED],
                      service.occupancy, exact.occupancy);
    }
    load_clear(&load);
}
END_TEST

/* One steady interval repeated: the requirement against the formula it must come from. */
static const struct {
    const char *what;
    double per_hour, aht_s, patience_s, target, threshold_s, shrinkage, min_staff, low, high;
} steady[] = {
    {"pyworkforce: 14 agents, real-valued just below", 200, 180, 0, 0.8, 19.8, 0, 0, 13, 14},
    {"shrinkage 10 %", 200, 180, 0, 0.8, 19.8, 0.1, 0, 13 / 0.9, 14 / 0.9},
    {"nothing to do", 0, 180, 60, 0.8, 20, 0, 0, 0, 0},
    {"nothing to do but the phones are manned", 0, 180, 60, 0.8, 20, 0.1, 2, 2, 2},
    {"less than one erlang", 2, 180, 60, 0.8, 20, 0, 0, 0.5, 1},
    {"min_staff above the need", 2, 180, 60, 0.8, 20, 0, 3, 3, 3},
    {"a call longer than the interval", 20, 3600, 600, 0.8, 20, 0, 0, 22, 25},
    {"no wait at all", 200, 180, 0, 0.8, 0, 0, 0, 13, 14},
    {"99 of 100, impatient: more than Erlang C", 8407, 90, 120, 0.99, 120, 0, 0, 219, 220},
};

START_TEST(steady_requirement)
{
    struct queue queue = voice();
    queue.patience_s = steady[_i].patience_s;
    queue.sla.target = steady[_i].target;
    queue.sla.threshold_s = steady[_i].threshold_s;
    queue.shrinkage = steady[_i].shrinkage;
    queue.min_staff = steady[_i].min_staff;
    struct grid grid = {MONDAY_UTC, 900, 12};
    struct load load;
    load_init(&load, &grid);
    double need[12];
    for (int iv = 0; iv < 12; iv++) {
        load.offered[iv] = steady[_i].per_hour / 4;
        load.aht_s[iv] = steady[_i].aht_s;
    }
    g_autoptr(GError) error = NULL;
    ck_assert(staffing_requirement(&queue, &load, need, &error));
    for (int iv = 0; iv < 12; iv++)
        ck_assert_msg(need[iv] >= steady[_i].low && need[iv] <= steady[_i].high, "%s: %g", steady[_i].what,
                      need[iv]);
    load_clear(&load);
}
END_TEST

/* Every channel and definition: exactly the requirement meets the target in every interval, a little less
 * does not. */
START_TEST(requirement_meets_target)
{
    static const double peaks[] = {0.2, 3, 40, 700};
    struct queue queue = voice();
    double levels[] = {240, 260, 300};
    queue.sla.definition = (enum sl_definition)(_i % SL_DEFINITION_N);
    if (_i / SL_DEFINITION_N == 1) {
        queue.channel = CHANNEL_CHAT;
        queue.concurrency = 3;
        queue.concurrent_aht_s = levels;
    } else if (_i / SL_DEFINITION_N == 2) {
        queue.patience_s = 0;
        queue.sla.asa_max_s = 8;
        queue.sla.occupancy_max = 0.85;
    }
    for (size_t p = 0; p < G_N_ELEMENTS(peaks); p++) {
        struct load load;
        double need[N_DAY];
        g_autoptr(GError) error = NULL;
        day_load(&load, peaks[p], 240);
        ck_assert(staffing_requirement(&queue, &load, need, &error));
        for (int iv = 0; iv < N_DAY; iv++) {
            struct service at, below;
            staffing_service(&queue, &load, iv, need[iv], &at);
            staffing_service(&queue, &load, iv, need[iv] * 0.999, &below);
            bool asa = queue.sla.asa_max_s > 0;
            ck_assert_msg(at.sl >= 0.8 - 1e-9, "iv %d need %g: %.12g", iv, need[iv], at.sl);
            ck_assert_msg(!asa || (at.asa_s <= 8 + 1e-9 && at.occupancy <= 0.85 + 1e-9),
                          "iv %d: asa %g occupancy %g", iv, at.asa_s, at.occupancy);
            if (need[iv] < 1e-6) /* of next to no contacts, those answered are answered at once */
                continue;
            ck_assert_msg(below.sl < 0.8 || (asa && (below.asa_s > 8 || below.occupancy > 0.85)),
                          "iv %d: 0.1 %% less is enough too", iv);
        }
        load_clear(&load);
    }
}
END_TEST

START_TEST(closed_hours_need_nobody)
{
    static const enum channel channels[] = {CHANNEL_VOICE, CHANNEL_EMAIL};
    struct week_span office = {0x1f, 8 * 60, 17 * 60 + 30}; /* Manila 08:00-17:30 is 00:00-09:30 UTC */
    struct queue queue = voice();
    queue.channel = channels[_i];
    queue.open = &office;
    queue.n_open = 1;
    queue.min_staff = 1;
    queue.sla.threshold_s = _i == 0 ? 20 : 4 * 3600;
    struct load load;
    double need[N_DAY], work = 0, done = 0;
    g_autoptr(GError) error = NULL;
    day_load(&load, 20, 240);
    ck_assert(staffing_requirement(&queue, &load, need, &error));
    for (int iv = 0; iv < N_DAY; iv++) {
        ck_assert_msg(iv < 38 ? need[iv] >= 1 : need[iv] == 0, "iv %d: %g", iv, need[iv]);
        work += load.offered[iv] * 240 / 0.9;
        done += need[iv] * 900;
    }
    if (_i == 1) /* what arrives at night is done the day after: nothing is lost */
        ck_assert_double_eq_tol(work, done, 1e-6 * work);
    load_clear(&load);
}
END_TEST

/* Bad input names the queue, the place and the value. */
static const struct {
    const char *what, *says;
    double target, offered, aht_s, shrinkage;
} bad[] = {
    {"a promise nobody can keep", "100 %", 1, 5, 240, 0},
    {"negative contacts", "-3 contacts", 0.8, -3, 240, 0},
    {"contacts that are not a number", "nan contacts", 0.8, NAN, 240, 0},
    {"contacts without handling time", "2025-11-24T08:45:00+08:00", 0.8, 5, 0, 0},
    {"everybody away", "shrinkage 1", 0.8, 5, 240, 1},
};

START_TEST(bad_input_is_named)
{
    struct queue queue = voice();
    struct load load;
    double need[N_DAY];
    g_autoptr(GError) error = NULL;
    day_load(&load, 20, 240);
    queue.sla.target = bad[_i].target;
    queue.shrinkage = bad[_i].shrinkage;
    load.offered[3] = bad[_i].offered;
    load.aht_s[3] = bad[_i].aht_s;
    ck_assert(!staffing_requirement(&queue, &load, need, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, "voice_en") != NULL && strstr(error->message, bad[_i].says) != NULL,
                  "%s: %s", bad[_i].what, error->message);
    load_clear(&load);
}
END_TEST

START_TEST(tables_rise_and_agree)
{
    static const enum channel channels[] = {CHANNEL_VOICE, CHANNEL_CHAT, CHANNEL_SOCIAL};
    double levels[] = {240, 300}, sl[41];
    struct queue queue = voice();
    queue.channel = channels[_i];
    queue.concurrency = channels[_i] == CHANNEL_CHAT ? 2 : 1;
    queue.concurrent_aht_s = channels[_i] == CHANNEL_CHAT ? levels : NULL;
    queue.sla.threshold_s = channels[_i] == CHANNEL_SOCIAL ? 3600 : 20;
    struct load load;
    day_load(&load, 60, 240);
    for (int iv = 0; iv < N_DAY; iv += 13) {
        staffing_sl_table(&queue, &load, iv, 40, sl);
        for (int n = 0; n <= 40; n++) {
            struct service service;
            staffing_service(&queue, &load, iv, n, &service);
            ck_assert_double_eq_tol(service.sl, sl[n], 1e-12);
            ck_assert(sl[n] >= 0 && sl[n] <= 1 && (n == 0 || sl[n] >= sl[n - 1] - 1e-12));
        }
    }
    load.offered[5] = 0;
    staffing_sl_table(&queue, &load, 5, 3, sl);
    ck_assert(channels[_i] == CHANNEL_SOCIAL || (sl[0] == 1 && sl[3] == 1));
    load_clear(&load);
}
END_TEST

/* An operation of one site, one contract and one agent for queues voice and email. */
struct small {
    struct operation operation;
    struct queue queues[2];
    struct site site;
    struct contract contract;
    struct agent agent;
    struct skill skills[2];
};

static void small_init(struct small *small)
{
    *small = (struct small){
        .site = {.id = (char *)"manila", .zone = (char *)"Asia/Manila", .shrinkage = 0.2},
        .contract = {.id = (char *)"full", .rate = 10, .currency = (char *)"USD"},
        .skills = {{.queue = 0, .proficiency = 1}, {.queue = 1, .proficiency = 1}},
    };
    small->queues[0] = voice();
    small->queues[0].shrinkage = 0.1;
    small->queues[0].min_staff = 2;
    small->queues[1] = voice();
    small->queues[1].id = (char *)"email_en";
    small->queues[1].channel = CHANNEL_EMAIL;
    small->queues[1].sla.threshold_s = 4 * 3600;
    small->agent = (struct agent){.id = (char *)"a1", .skills = small->skills, .n_skills = 2};
    small->operation = (struct operation){
        .zone = (char *)"Asia/Manila",
        .currency = "USD",
        .queues = small->queues,
        .n_queues = 2,
        .sites = &small->site,
        .n_sites = 1,
        .contracts = &small->contract,
        .n_contracts = 1,
        .agents = &small->agent,
        .n_agents = 1,
    };
}

START_TEST(demand_is_concave_and_complete)
{
    struct small small;
    small_init(&small);
    struct load loads[2];
    day_load(&loads[0], 90, 240);
    day_load(&loads[1], 40, 300);
    struct demand demand;
    struct staffing_prices by_interval = {.per_interval = true};
    g_autoptr(GError) error = NULL;
    ck_assert(staffing_demand(&small.operation, loads, &by_interval, &demand, &error));
    for (int queue = 0; queue < 2; queue++) {
        double need[N_DAY];
        ck_assert(staffing_requirement(&small.queues[queue], &loads[queue], need, &error));
        for (int iv = 0; iv < N_DAY; iv++) {
            double sum = 0, last = INFINITY;
            const int spare = demand.n_pieces - 1;
            for (int k = 0; k < spare; k++) {
                size_t piece = DEMAND_PIECE(&demand, queue, iv, k);
                sum += demand.width[piece];
                ck_assert(demand.width[piece] >= 0 && demand.value[piece] <= last &&
                          demand.value[piece] >= 0);
                last = demand.value[piece];
            }
            double want = need[iv] / 0.8; /* the site loses a fifth */
            ck_assert_double_eq_tol(sum, want, 1e-9 * want);
            ck_assert_double_eq_tol(demand.need[DEMAND_CELL(&demand, queue, iv)], want, 1e-9 * want);
            /* the last fifth costs 4 × 10 USD an hour, min_staff three times that */
            ck_assert_double_eq_tol(last, 10, 1e-12);
            /* staff beyond the requirement, where contacts wait: a fifth of it, worth a hundredth */
            bool waits = want > 0 && !channel_is_deferred(small.queues[queue].channel);
            size_t spare_piece = DEMAND_PIECE(&demand, queue, iv, spare);
            ck_assert_double_eq_tol(demand.width[spare_piece], waits ? want / 5 : 0, 1e-9 * want);
            ck_assert_double_eq_tol(demand.value[spare_piece], waits ? 0.1 : 0, 1e-12);
            size_t floor_piece = DEMAND_PIECE(&demand, queue, iv, 0);
            if (queue == 0) {
                ck_assert_double_eq_tol(demand.width[floor_piece], 2 / 0.8, 1e-12);
                ck_assert_double_eq_tol(demand.value[floor_piece], 30, 1e-12);
            } else {
                ck_assert(demand.width[floor_piece] == 0);
            }
        }
    }
    demand_clear(&demand);
    load_clear(&loads[0]);
    load_clear(&loads[1]);
}
END_TEST

/* Tuesday in Manila is Monday 16:00 UTC on: closed for the queue, its client, everybody; or only for somebody
 * else. */
static const struct {
    enum special_scope scope;
    int index;
    enum special_kind kind;
    int closed_from;      /* interval; N_DAY = open all day */
    int from_min, to_min; /* hours of that day */
} closings[] = {
    {SCOPE_ALL, 0, SPECIAL_CLOSED, 64, 0, 0},      {SCOPE_CLIENT, 0, SPECIAL_CLOSED, 64, 0, 0},
    {SCOPE_QUEUE, -1, SPECIAL_CLOSED, 64, 0, 0},   {SCOPE_CLIENT, 1, SPECIAL_CLOSED, N_DAY, 0, 0},
    {SCOPE_QUEUE, 9, SPECIAL_CLOSED, N_DAY, 0, 0}, {SCOPE_SITE, 0, SPECIAL_CLOSED, N_DAY, 0, 0},
    {SCOPE_ALL, 0, SPECIAL_HOLIDAY, N_DAY, 0, 0},  {SCOPE_ALL, 0, SPECIAL_OTHER, 72, 0, 120},
    {SCOPE_QUEUE, -1, SPECIAL_HOLIDAY, 68, 0, 60}, {SCOPE_QUEUE, 9, SPECIAL_OTHER, N_DAY, 0, 60},
};

START_TEST(closed_days_need_nobody)
{
    for (int queue = 0; queue < 2; queue++) {
        struct small small;
        small_init(&small);
        struct special_day day = {.scope = closings[_i].scope,
                                  .index = closings[_i].index < 0 ? queue : closings[_i].index,
                                  .day = day_from_civil(2025, 11, 25),
                                  .kind = closings[_i].kind,
                                  .open_from_min = closings[_i].from_min,
                                  .open_to_min = closings[_i].to_min};
        small.operation.special_days = &day;
        small.operation.n_special_days = 1;
        struct load loads[2];
        struct demand demand;
        g_autoptr(GError) error = NULL;
        day_load(&loads[0], 90, 240);
        day_load(&loads[1], 40, 300);
        ck_assert(staffing_demand(&small.operation, loads, NULL, &demand, &error));
        double work = 0, planned = 0;
        for (int iv = 0; iv < N_DAY; iv++) {
            double need = demand.need[DEMAND_CELL(&demand, queue, iv)];
            ck_assert_msg((need == 0) == (iv >= closings[_i].closed_from), "queue %d iv %d: %g", queue, iv,
                          need);
            work += loads[1].offered[iv] * 300 / 0.9 / 0.8;
            planned += need * 900;
        }
        if (queue == 1) /* work is moved, not lost */
            ck_assert_double_eq_tol(planned, work, 1e-6 * work);
        demand_clear(&demand);
        load_clear(&loads[0]);
        load_clear(&loads[1]);
    }
}
END_TEST

START_TEST(demand_refuses_other_grids)
{
    struct small small;
    small_init(&small);
    struct load loads[2];
    struct grid half = {MONDAY_UTC, 1800, 48};
    day_load(&loads[0], 90, 240);
    load_init(&loads[1], &half);
    struct demand demand;
    g_autoptr(GError) error = NULL;
    ck_assert(!staffing_demand(&small.operation, loads, NULL, &demand, &error));
    ck_assert(strstr(error->message, "email_en") != NULL);
    load_clear(&loads[0]);
    load_clear(&loads[1]);
}
END_TEST

/* Staff relative to the requirement, and the service level of the day that follows. */
static const struct {
    double staff, voice_low, voice_high, email_low, email_high;
} reports[] = {
    {0, 0, 0, 0, 1e-8},
    {0.9, 0.4, 0.75, 0.3, 0.999},
    {1, 0.8 - 1e-6, 0.8 + 0.02, 1 - 1e-9, 1},
    {1.2, 0.9, 1, 1 - 1e-9, 1},
};

START_TEST(report_of_a_day)
{
    struct small small;
    small_init(&small);
    for (int queue = 0; queue < 2; queue++) {
        struct load load;
        double need[N_DAY], staffed[N_DAY], hours = 0;
        g_autoptr(GError) error = NULL;
        day_load(&load, 90, 240);
        ck_assert(staffing_requirement(&small.queues[queue], &load, need, &error));
        for (int iv = 0; iv < N_DAY; iv++) {
            need[iv] /= 0.8;
            staffed[iv] = need[iv] * reports[_i].staff;
            hours += need[iv] / 4;
        }
        struct sla_report report;
        staffing_report(&small.operation, queue, &load, need, staffed, 0, N_DAY, &report);
        double low = queue == 0 ? reports[_i].voice_low : reports[_i].email_low;
        double high = queue == 0 ? reports[_i].voice_high : reports[_i].email_high;
        ck_assert_msg(report.sl >= low && report.sl <= high, "queue %d: %.9g", queue, report.sl);
        ck_assert_double_eq_tol(report.required_hours, hours, 1e-9);
        ck_assert_double_eq_tol(report.staffed_hours, hours * reports[_i].staff, 1e-9);
        ck_assert(report.occupancy >= 0 && report.occupancy <= 1 && report.abandon >= 0 &&
                  report.abandon <= 1);
        ck_assert(isfinite(report.asa_s) && report.asa_s >= 0 && report.in_time <= report.counted + 1e-9);
        /* cells add up to reports, of the day and of a part of it */
        double offered[N_DAY], in_time[N_DAY], counted[N_DAY];
        staffing_expected(&small.operation, queue, &load, staffed, offered, in_time, counted);
        for (int from = 0; from <= 40; from += 40) {
            double sums[3] = {0};
            for (int iv = from; iv < N_DAY - from; iv++) {
                sums[0] += offered[iv];
                sums[1] += in_time[iv];
                sums[2] += counted[iv];
            }
            staffing_report(&small.operation, queue, &load, need, staffed, from, N_DAY - from, &report);
            ck_assert_double_eq_tol(report.offered, sums[0], 1e-9);
            ck_assert_double_eq_tol(report.in_time, sums[1], 1e-9);
            ck_assert_double_eq_tol(report.counted, sums[2], 1e-9);
        }
        load_clear(&load);
    }
}
END_TEST

START_TEST(overload_without_patience_is_finite)
{
    struct queue queue = voice();
    queue.patience_s = 0;
    struct load load;
    struct service service;
    day_load(&load, 900, 240);
    staffing_service(&queue, &load, N_DAY / 2, 100, &service);
    ck_assert(service.sl == 0 && service.occupancy == 1 && service.abandon == 0 && service.asa_s == 900);
    staffing_service(&queue, &load, N_DAY / 2, 0, &service);
    ck_assert(service.sl == 0 && isfinite(service.asa_s));
    load_clear(&load);
}
END_TEST

/* With an offset, n agents do what n + offset do without. */
static const struct {
    const char *what;
    enum channel channel;
    int concurrency;
    bool levels;
    double offset;
} offsets[] = {
    {"voice helped", CHANNEL_VOICE, 1, false, 1.75},
    {"voice held up", CHANNEL_VOICE, 1, false, -0.6},
    {"chat", CHANNEL_CHAT, 2, true, 1.1},
    {"chat on even places", CHANNEL_CHAT, 3, false, -1.4},
    {"more help than it takes", CHANNEL_VOICE, 1, false, 40},
};

START_TEST(offsets_move_every_level)
{
    double aht_levels[] = {300, 420}, offered[] = {60, 0}, aht_s[] = {300, 300};
    double offset[] = {offsets[_i].offset, offsets[_i].offset};
    struct queue queue = {.id = (char *)"q",
                          .channel = offsets[_i].channel,
                          .concurrency = offsets[_i].concurrency,
                          .concurrent_aht_s = offsets[_i].levels ? aht_levels : NULL,
                          .patience_s = 180,
                          .aht_s = 300,
                          .occupancy_cap = 1,
                          .sla = {.definition = SL_OFFERED,
                                  .target = 0.8,
                                  .threshold_s = 20,
                                  .abandon_max = 1,
                                  .occupancy_max = 1}};
    struct load plain = {.grid = {0, 900, 2}, .offered = offered, .aht_s = aht_s}, moved = plain;
    moved.offset = offset;
    for (double n = 2; n < 30; n += 3.5) {
        struct service want, got;
        staffing_service(&queue, &plain, 0, fmax(n + offsets[_i].offset, 0), &want);
        staffing_service(&queue, &moved, 0, n, &got);
        ck_assert_msg(fabs(want.sl - got.sl) < 1e-12 && fabs(want.abandon - got.abandon) < 1e-12,
                      "%s: %g agents reach %g, %g was wanted", offsets[_i].what, n, got.sl, want.sl);
        double busy = want.occupancy * fmax(n + offsets[_i].offset, 0); /* by those who are there */
        ck_assert_double_eq_tol(got.occupancy, fmin(busy / n, 1), 1e-12);
    }
    double need[2], before[2];
    ck_assert(staffing_requirement(&queue, &plain, before, NULL));
    ck_assert(staffing_requirement(&queue, &moved, need, NULL));
    ck_assert_double_eq_tol(need[0], fmax(before[0] - offsets[_i].offset, 0), 1e-9);
    ck_assert_double_eq_tol(need[1], before[1], 1e-12);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/staffing");
    TCase *t = tcase_create("load");
    tcase_add_loop_test(t, resampling_keeps_contacts_and_work, 0, 5);
    tcase_add_test(t, carried_load);
    tcase_add_test(t, carried_load_in_one_pass);
    suite_add_tcase(s, t);
    t = tcase_create("requirement");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, steady_requirement, 0, G_N_ELEMENTS(steady));
    tcase_add_test(t, certain_plans_know_uncertain_days);
    tcase_add_loop_test(t, few_nodes_do, 0, G_N_ELEMENTS(uncertain));
    tcase_add_loop_test(t, levels_follow_a_jump, 0, G_N_ELEMENTS(jumps));
    tcase_add_loop_test(t, uncertain_days_need_more, 0, G_N_ELEMENTS(busynesses));
    tcase_add_loop_test(t, requirement_meets_target, 0, 3 * SL_DEFINITION_N);
    tcase_add_loop_test(t, closed_hours_need_nobody, 0, 2);
    tcase_add_loop_test(t, bad_input_is_named, 0, G_N_ELEMENTS(bad));
    tcase_add_loop_test(t, tables_rise_and_agree, 0, 3);
    tcase_add_loop_test(t, offsets_move_every_level, 0, G_N_ELEMENTS(offsets));
    suite_add_tcase(s, t);
    t = tcase_create("demand and report");
    tcase_add_test(t, demand_is_concave_and_complete);
    tcase_add_loop_test(t, closed_days_need_nobody, 0, G_N_ELEMENTS(closings));
    tcase_add_test(t, demand_refuses_other_grids);
    tcase_add_loop_test(t, report_of_a_day, 0, G_N_ELEMENTS(reports));
    tcase_add_test(t, overload_without_patience_is_finite);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
