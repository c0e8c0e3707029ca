/*
 * Service levels over a day, week or month as rows of the demand: their pieces against the models themselves.
 */
#include <math.h>

#include "scheduler/staffing/level_fit.h"
#include "scheduler/staffing/period.h"
#include "tests/support/testing.h"

#define N_WEEK 672
#define MONDAY_UTC INT64_C(1764000000 - 1764000000 % 604800 + 4 * 86400) /* a Monday 00:00 */

/* A week of busy days and small nights. */
static void week_load(struct load *load, double peak, double aht_s)
{
    struct grid grid = {MONDAY_UTC, 900, N_WEEK};
    load_init(load, &grid);
    for (int iv = 0; iv < N_WEEK; iv++) {
        load->offered[iv] = peak * (0.02 + pow(sin(G_PI * (iv % 96 + 0.5) / 96), 4));
        load->aht_s[iv] = aht_s;
    }
}

struct bank {
    struct operation operation;
    struct queue queue;
    struct site site;
    struct contract contract;
    struct agent agent;
    struct skill skill;
};

static void bank_init(struct bank *bank, enum sl_definition definition, enum sla_period period)
{
    *bank = (struct bank){
        .queue = {.id = (char *)"voice",
                  .channel = CHANNEL_VOICE,
                  .zone = (char *)"America/New_York",
                  .sla = {definition, 0.8, 20, 5, 0, 1, 1, period},
                  .patience_s = 120,
                  .aht_s = 240,
                  .shrinkage = 0.1,
                  .min_staff = 2,
                  .concurrency = 1,
                  .occupancy_cap = 0.9},
        .site = {.id = (char *)"manila", .zone = (char *)"Asia/Manila", .shrinkage = 0.2},
        .contract = {.id = (char *)"full", .rate = 10, .currency = (char *)"USD"},
        .skill = {.queue = 0, .proficiency = 1},
    };
    bank->agent = (struct agent){.id = (char *)"a1", .skills = &bank->skill, .n_skills = 1};
    bank->operation = (struct operation){.zone = (char *)"UTC",
                                         .currency = "USD",
                                         .queues = &bank->queue,
                                         .n_queues = 1,
                                         .sites = &bank->site,
                                         .n_sites = 1,
                                         .contracts = &bank->contract,
                                         .n_contracts = 1,
                                         .agents = &bank->agent,
                                         .n_agents = 1};
}

/* The grid is a week in UTC; New York begins its days five hours later (November). */
static const struct {
    enum sla_period period;
    int rows;
    int32_t first_end; /* behind the first row */
} periods[] = {{SLA_DAY, 7, 96 + 20}, {SLA_WEEK, 1, N_WEEK}, {SLA_MONTH, 1, N_WEEK}};

START_TEST(rows_are_contract_periods)
{
    struct bank bank;
    bank_init(&bank, SL_OFFERED, periods[_i].period);
    struct load load;
    week_load(&load, 90, 240);
    struct demand demand;
    g_autoptr(GError) error = NULL;
    ck_assert(staffing_demand(&bank.operation, &load, NULL, &demand, &error));
    ck_assert_int_eq(demand.n_rows, periods[_i].rows);
    ck_assert_int_eq(demand.rows[0].from_iv, 0);
    ck_assert_int_eq(demand.rows[0].to_iv, periods[_i].first_end);
    ck_assert_int_eq(demand.rows[demand.n_rows - 1].to_iv, N_WEEK);
    for (int r = 1; r < demand.n_rows; r++)
        ck_assert_int_eq(demand.rows[r].from_iv, demand.rows[r - 1].to_iv);
    demand_clear(&demand);
    load_clear(&load);
}
END_TEST

/* Staffed up to each breakpoint, the gains are the contacts in time beyond the target's share that the models
 * give; worth falls along the pieces at any multiplier up to the price. */
START_TEST(gains_are_the_models)
{
    struct bank bank;
    enum sl_definition definition = (enum sl_definition)(_i % SL_DEFINITION_N);
    bank_init(&bank, definition, SLA_WEEK);
    struct load load;
    week_load(&load, _i < SL_DEFINITION_N ? 6 : 200, 240);
    struct demand demand;
    g_autoptr(GError) error = NULL;
    ck_assert(staffing_demand(&bank.operation, &load, NULL, &demand, &error));
    int first = demand.n_pieces - PERIOD_STEPS;
    const struct sla_row *row = &demand.rows[0];
    double at_floor = 0, at_need = 0, most = 0;
    for (int iv = 0; iv < N_WEEK; iv++) {
        double staffed = 0, contacts = 0, worth = INFINITY;
        const double *width = demand.width + DEMAND_PIECE(&demand, 0, iv, 0);
        const double *value = demand.value + DEMAND_PIECE(&demand, 0, iv, 0);
        const double *gain = demand.gain + DEMAND_PIECE(&demand, 0, iv, 0);
        for (int k = 0; k < demand.n_pieces; k++) {
            double next = value[k] + row->price * gain[k];
            ck_assert(width[k] >= 0 && value[k] >= 0 && gain[k] >= 0);
            ck_assert_msg(next <= worth * (1 + 1e-12), "iv %d piece %d: %g above %g", iv, k, next, worth);
            ck_assert(k == 0 || value[k] <= value[k - 1]);
            worth = next;
            staffed += width[k];
            contacts += width[k] * gain[k];
            struct service service;
            staffing_service(&bank.queue, &load, iv, staffed * 0.8 * 0.9, &service);
            double f = service.in_time - 0.8 * service.counted;
            if (k == first - 1) {
                at_floor += f;
                ck_assert_msg(service.sl >= 0.55 - 1e-9 && staffed * 0.8 >= 2 - 1e-9, "iv %d floor: sl %g",
                              iv, service.sl);
                contacts = f;
            } else if (k >= first) {
                ck_assert_msg(fabs(contacts - f) <= 0.01 * load.offered[iv] + 1e-9,
                              "iv %d piece %d: %g is %g", iv, k, contacts, f);
            }
        }
        most += contacts;
        struct service service;
        staffing_service(&bank.queue, &load, iv, demand.need[iv] * 0.8 * 0.9, &service);
        at_need += service.in_time - 0.8 * service.counted;
    }
    ck_assert_double_eq_tol(row->need, -at_floor, 1e-9 * fabs(at_floor));
    ck_assert(most > 0 && at_need >= -1e-6 && (row->need > 0 || _i < SL_DEFINITION_N));
    demand_clear(&demand);
    load_clear(&load);
}
END_TEST

/* The fit gives levels between 56 % and 97.5 % and the agents that reach them; not where it cannot. */
static const struct {
    const char *what;
    double load_erl, patience_s, cv2;
    bool fit;
} fits[] = {{"hardly a contact", 0.02, 120, 0, true},
            {"one agent", 1, 120, 0, true},
            {"a team", 12, 60, 0, true},
            {"a hall", 200, 120, 0, true},
            {"uncertain", 80, 120, 0.01, true},
            {"leaving while they wait", 5000, 30, 0, false},
            {"patient for ever", 20, 0, 0, false}};

START_TEST(fits_are_the_models)
{
    enum sl_definition definition = (enum sl_definition)(_i % SL_DEFINITION_N);
    int k = _i / SL_DEFINITION_N;
    struct queue queue = {.aht_s = 180,
                          .patience_s = fits[k].patience_s,
                          .concurrency = 1,
                          .sla = {definition, 0.8, 20, 5, 0, 1, 1, SLA_WEEK}};
    struct grid grid = {1763942400, 900, 1};
    struct load load;
    load_init(&load, &grid);
    load.busyness_cv2 = fits[k].cv2;
    load.offered[0] = fits[k].load_erl * 5;
    load.aht_s[0] = 180;
    struct model model, asked;
    model_init(&model, &queue, &load, 0);
    double agents[3];
    static const double levels[3] = {0.56, 0.8, 0.975};
    for (int i = 0; i < 3; i++) {
        asked = model;
        asked.targets.service_level = levels[i];
        agents[i] = model_required(&asked, 0);
    }
    for (int known = 0; known < 2; known++) {
        struct level_fit fit;
        bool fitted = level_fit_init(&fit, &model, agents[0], agents[2], known ? agents[1] : 0);
        /* by other definitions whatever is fitted must be right */
        if (definition == SL_OFFERED || !(fits[k].patience_s > 0))
            ck_assert_msg(fitted == fits[k].fit, "%s: %s", fits[k].what, fitted ? "fitted" : "not fitted");
        for (int i = 0; fitted && i <= 10; i++) {
            double n = agents[0] + i * (agents[2] - agents[0]) / 10, sl, counted, want_sl, want_counted;
            level_fit_at(&fit, n, &sl, &counted);
            model_levels(&model, n, 1, 1, &want_sl, &want_counted);
            ck_assert_msg(fabs(sl - want_sl) < 1e-6 && fabs(counted - want_counted) < 1e-6,
                          "%s, %d: %g agents: level %.9f of %.9f is %.9f of %.9f", fits[k].what, definition,
                          n, sl, counted, want_sl, want_counted);
        }
        for (int i = 0; fitted && i < 3; i++)
            ck_assert_double_eq_tol(level_fit_agents(&fit, levels[i]), agents[i], 1e-5 * (1 + agents[i]));
        ck_assert(!fitted || isnan(level_fit_agents(&fit, 0.9999)));
    }
    load_clear(&load);
}
END_TEST

/* The grid starts on a Monday in the middle of a month: a past below the target is made good by share of
 * time, one above may be lost, both within half of the misses allowed. */
static const struct {
    const char *what;
    double counted, in_time; /* of the past */
    double share;            /* of its distance to the target that the week carries; NAN: cut */
} pasts[] = {{"on target", 1e5, 8e4, 1},
             {"a little below", 1e4, 0.79e4, 1},
             {"a little above", 1e4, 0.81e4, 1},
             {"far below", 1e6, 0.5e6, NAN},
             {"far above", 1e6, 0.99e6, NAN}};

START_TEST(a_month_remembers_its_past)
{
    struct bank bank;
    bank_init(&bank, SL_OFFERED, SLA_MONTH);
    struct load load;
    week_load(&load, 90, 240);
    struct demand fresh, demand;
    g_autoptr(GError) error = NULL;
    struct sla_past past = {pasts[_i].counted, pasts[_i].in_time};
    struct staffing_prices prices = {.past = &past};
    int64_t start_ts, end_ts;
    double offered = 0;
    for (int iv = 0; iv < N_WEEK; iv++)
        offered += load.offered[iv];
    ck_assert(staffing_period(&bank.operation, 0, &load.grid, &start_ts, &end_ts, &error));
    ck_assert(start_ts < load.grid.start_ts && end_ts > grid_end_ts(&load.grid));
    ck_assert(staffing_demand(&bank.operation, &load, NULL, &fresh, &error));
    ck_assert(staffing_demand(&bank.operation, &load, &prices, &demand, &error));
    double missing = 0.8 * past.counted - past.in_time, most = 0.5 * 0.2 * offered;
    double time = 7 * 86400.0 / (double)(end_ts - load.grid.start_ts);
    double want = isnan(pasts[_i].share) ? copysign(most, missing) : missing * time;
    ck_assert_msg(fabs(demand.rows[0].need - fresh.rows[0].need - want) < 1e-6 * (1 + fabs(want)),
                  "%s: %.6f more, want %.6f", pasts[_i].what, demand.rows[0].need - fresh.rows[0].need, want);
    demand_clear(&fresh);
    demand_clear(&demand);
    load_clear(&load);
}
END_TEST

/* At the requirement an agent is worth the price of an hour on the mean over contacts: 4 × 10 USD. */
START_TEST(a_contact_has_the_price_of_staff)
{
    struct bank bank;
    bank_init(&bank, SL_OFFERED, SLA_WEEK);
    struct load load;
    week_load(&load, 120, 240);
    struct demand demand;
    g_autoptr(GError) error = NULL;
    ck_assert(staffing_demand(&bank.operation, &load, NULL, &demand, &error));
    double worth = 0, contacts = 0;
    for (int iv = 0; iv < N_WEEK; iv++) {
        double left = demand.need[iv];
        const double *width = demand.width + DEMAND_PIECE(&demand, 0, iv, 0);
        const double *gain = demand.gain + DEMAND_PIECE(&demand, 0, iv, 0);
        int k = 0;
        while (k < demand.n_pieces - 1 && left > width[k])
            left -= width[k++];
        if (k < demand.n_pieces - PERIOD_STEPS) /* min_staff asks for more */
            continue;
        worth += load.offered[iv] * gain[k] * demand.rows[0].price;
        contacts += load.offered[iv];
    }
    ck_assert_double_eq_tol(worth / contacts, 10, 0.5);
    demand_clear(&demand);
    load_clear(&load);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/period");
    TCase *t = tcase_create("rows");
    tcase_add_loop_test(t, rows_are_contract_periods, 0, G_N_ELEMENTS(periods));
    tcase_add_loop_test(t, fits_are_the_models, 0, (int)G_N_ELEMENTS(fits) * SL_DEFINITION_N);
    tcase_add_loop_test(t, gains_are_the_models, 0, 2 * SL_DEFINITION_N);
    tcase_add_loop_test(t, a_month_remembers_its_past, 0, G_N_ELEMENTS(pasts));
    tcase_add_test(t, a_contact_has_the_price_of_staff);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
