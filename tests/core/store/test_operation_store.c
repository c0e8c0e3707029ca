#include <string.h>

#include "core/error.h"
#include "core/opfile.h"
#include "core/store/migrate.h"
#include "tests/core/filled.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

static void same_spans(const struct week_span *a, int n_a, const struct week_span *b, int n_b)
{
    ck_assert_int_eq(n_a, n_b);
    for (int i = 0; i < n_a; i++) {
        ck_assert_int_eq(a[i].weekdays, b[i].weekdays);
        ck_assert_int_eq(a[i].from_min, b[i].from_min);
        ck_assert_int_eq(a[i].to_min, b[i].to_min);
    }
}

static void same_queue(const struct queue *a, const struct queue *b)
{
    ck_assert_str_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_int_eq(a->client, b->client);
    ck_assert_int_eq((int)a->channel, (int)b->channel);
    ck_assert_str_eq(a->language, b->language);
    ck_assert_str_eq(a->zone, b->zone);
    ck_assert_int_eq((int)a->sla.definition, (int)b->sla.definition);
    ck_assert_int_eq((int)a->sla.period, (int)b->sla.period);
    const double x[] = {a->sla.target,      a->sla.threshold_s,   a->sla.short_abandon_s, a->sla.asa_max_s,
                        a->sla.abandon_max, a->sla.occupancy_max, a->patience_s,          a->aht_s,
                        a->shrinkage,       a->min_staff,         a->occupancy_cap};
    const double y[] = {b->sla.target,      b->sla.threshold_s,   b->sla.short_abandon_s, b->sla.asa_max_s,
                        b->sla.abandon_max, b->sla.occupancy_max, b->patience_s,          b->aht_s,
                        b->shrinkage,       b->min_staff,         b->occupancy_cap};
    for (guint i = 0; i < G_N_ELEMENTS(x); i++)
        ck_assert_msg(x[i] == y[i], "queue %s, number %u: %.17g is not %.17g", a->id, i, x[i], y[i]);
    ck_assert_str_eq(a->holidays != NULL ? a->holidays : "", b->holidays != NULL ? b->holidays : "");
    ck_assert_str_eq(a->profile_queue != NULL ? a->profile_queue : "",
                     b->profile_queue != NULL ? b->profile_queue : "");
    ck_assert_int_eq(a->n_day_profile, b->n_day_profile);
    for (int i = 0; i < a->n_day_profile; i++)
        ck_assert(a->day_profile[i] == b->day_profile[i]);
    ck_assert_int_eq(a->concurrency, b->concurrency);
    ck_assert_int_eq(a->concurrent_aht_s == NULL, b->concurrent_aht_s == NULL);
    for (int i = 0; a->concurrent_aht_s != NULL && i < a->concurrency; i++)
        ck_assert(a->concurrent_aht_s[i] == b->concurrent_aht_s[i]);
    same_spans(a->open, a->n_open, b->open, b->n_open);
}

static void same_contract(const struct contract *a, const struct contract *b)
{
    ck_assert_str_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_int_eq(a->n_templates, b->n_templates);
    for (int i = 0; i < a->n_templates; i++)
        ck_assert_int_eq(a->templates[i], b->templates[i]);
    /* the plain integers lie in one run */
    ck_assert_mem_eq(&a->week_minutes_min, &b->week_minutes_min,
                     offsetof(struct contract, start_spread_max_min) + sizeof(int) -
                         offsetof(struct contract, week_minutes_min));
    ck_assert(a->rate == b->rate && a->night_premium == b->night_premium &&
              a->holiday_premium == b->holiday_premium);
    ck_assert_str_eq(a->currency, b->currency);
}

static void same_template(const struct shift_template *a, const struct shift_template *b)
{
    ck_assert_str_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_int_eq(a->weekdays, b->weekdays);
    ck_assert_mem_eq(&a->start_from_min, &b->start_from_min,
                     offsetof(struct shift_template, paid_step_min) + sizeof(int) -
                         offsetof(struct shift_template, start_from_min));
    ck_assert_int_eq(a->n_breaks, b->n_breaks);
    for (int i = 0; i < a->n_breaks; i++) {
        ck_assert_int_eq((int)a->breaks[i].kind, (int)b->breaks[i].kind);
        ck_assert_int_eq(a->breaks[i].length_min, b->breaks[i].length_min);
        ck_assert_int_eq(a->breaks[i].paid, b->breaks[i].paid);
        ck_assert_int_eq(a->breaks[i].earliest_min, b->breaks[i].earliest_min);
        ck_assert_int_eq(a->breaks[i].latest_min, b->breaks[i].latest_min);
    }
}

static void same_agent(const struct agent *a, const struct agent *b)
{
    ck_assert_str_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_int_eq(a->site, b->site);
    ck_assert_int_eq(a->contract, b->contract);
    ck_assert_int_eq(a->n_skills, b->n_skills);
    for (int i = 0; i < a->n_skills; i++) {
        ck_assert_int_eq(a->skills[i].queue, b->skills[i].queue);
        ck_assert(a->skills[i].proficiency == b->skills[i].proficiency);
    }
    same_spans(a->available, a->n_available, b->available, b->n_available);
    ck_assert_int_eq(a->employed_from, b->employed_from);
    ck_assert_int_eq(a->employed_to, b->employed_to);
}

static void same_operation(const struct operation *a, const struct operation *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->zone, b->zone);
    ck_assert_int_eq(a->interval_min, b->interval_min);
    ck_assert_str_eq(a->currency, b->currency);
    ck_assert_int_eq(a->n_currencies, b->n_currencies);
    for (int i = 0; i < a->n_currencies; i++) {
        ck_assert_str_eq(a->currencies[i].code, b->currencies[i].code);
        ck_assert(a->currencies[i].rate == b->currencies[i].rate);
    }
    ck_assert_int_eq(a->n_clients, b->n_clients);
    for (int i = 0; i < a->n_clients; i++) {
        ck_assert_str_eq(a->clients[i].id, b->clients[i].id);
        ck_assert_str_eq(a->clients[i].name, b->clients[i].name);
        ck_assert_str_eq(a->clients[i].holidays != NULL ? a->clients[i].holidays : "",
                         b->clients[i].holidays != NULL ? b->clients[i].holidays : "");
    }
    ck_assert_int_eq(a->n_sites, b->n_sites);
    for (int i = 0; i < a->n_sites; i++) {
        ck_assert_str_eq(a->sites[i].id, b->sites[i].id);
        ck_assert_str_eq(a->sites[i].name, b->sites[i].name);
        ck_assert_str_eq(a->sites[i].zone, b->sites[i].zone);
        ck_assert_str_eq(a->sites[i].country, b->sites[i].country);
        ck_assert(a->sites[i].shrinkage == b->sites[i].shrinkage);
    }
    ck_assert_int_eq(a->n_queues, b->n_queues);
    for (int i = 0; i < a->n_queues; i++)
        same_queue(&a->queues[i], &b->queues[i]);
    ck_assert_int_eq(a->n_templates, b->n_templates);
    for (int i = 0; i < a->n_templates; i++)
        same_template(&a->templates[i], &b->templates[i]);
    ck_assert_int_eq(a->n_contracts, b->n_contracts);
    for (int i = 0; i < a->n_contracts; i++)
        same_contract(&a->contracts[i], &b->contracts[i]);
    ck_assert_int_eq(a->n_agents, b->n_agents);
    for (int i = 0; i < a->n_agents; i++)
        same_agent(&a->agents[i], &b->agents[i]);
    ck_assert_int_eq(a->n_time_off, b->n_time_off);
    for (int i = 0; i < a->n_time_off; i++) {
        ck_assert_int_eq(a->time_off[i].agent, b->time_off[i].agent);
        ck_assert_int_eq(a->time_off[i].start_ts, b->time_off[i].start_ts);
        ck_assert_int_eq(a->time_off[i].end_ts, b->time_off[i].end_ts);
        ck_assert_int_eq(a->time_off[i].credit_min, b->time_off[i].credit_min);
        ck_assert_str_eq(a->time_off[i].kind, b->time_off[i].kind);
    }
    ck_assert_int_eq(a->n_special_days, b->n_special_days);
    for (int i = 0; i < a->n_special_days; i++) {
        ck_assert_int_eq((int)a->special_days[i].scope, (int)b->special_days[i].scope);
        ck_assert_int_eq(a->special_days[i].index, b->special_days[i].index);
        ck_assert_int_eq(a->special_days[i].day, b->special_days[i].day);
        ck_assert_int_eq((int)a->special_days[i].kind, (int)b->special_days[i].kind);
        ck_assert_str_eq(a->special_days[i].name, b->special_days[i].name);
        ck_assert_int_eq(a->special_days[i].has_uplift, b->special_days[i].has_uplift);
        ck_assert(a->special_days[i].uplift == b->special_days[i].uplift);
        ck_assert_int_eq(a->special_days[i].open_from_min, b->special_days[i].open_from_min);
        ck_assert_int_eq(a->special_days[i].open_to_min, b->special_days[i].open_to_min);
    }
}

static struct operation *load(struct store *store)
{
    g_autoptr(GError) error = NULL;
    struct operation *loaded = store_operation_load(store, &error);
    ck_no_error(error);
    return loaded;
}

START_TEST(every_field_comes_back)
{
    AUTO(store) store = pg_store();
    AUTO(operation) operation = sample_operation(30);
    sample_save(store, operation);
    AUTO(operation) loaded = load(store);
    same_operation(operation, loaded);
    sample_save(store, operation); /* again, over what is there */
    AUTO(operation) again = load(store);
    same_operation(operation, again);
}
END_TEST

START_TEST(every_rule_comes_back)
{
    AUTO(store) store = pg_store();
    AUTO(operation) operation = sample_operation(6);
    fill_rules(operation);
    sample_save(store, operation);
    AUTO(operation) loaded = load(store);
    same_operation(operation, loaded);
    same_rules(operation, loaded);
    AUTO(operation) plain = sample_operation(6);
    sample_save(store, plain); /* and all of it goes again */
    AUTO(operation) again = load(store);
    same_rules(plain, again);
}
END_TEST

/* operation.cfg and agents.csv of tests/core/data through the store; there parts are ordered by id. */
START_TEST(what_planners_write_comes_back)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cfg = testing_source("tests/core/data/operation.cfg");
    g_autofree char *csv = testing_source("tests/core/data/agents.csv");
    AUTO(operation) written = operation_read(cfg, &error);
    ck_no_error(error);
    ck_assert(operation_read_agents(written, csv, &error));
    AUTO(store) store = pg_store();
    sample_save(store, written);
    AUTO(operation) stored = load(store);
    for (int q = 0; q < written->n_queues; q++) {
        const struct queue *a = &written->queues[q];
        const struct queue *b = &stored->queues[operation_queue(stored, a->id)];
        same_queue(a, b);
        ck_assert_int_eq(a->n_shrinkage_parts, b->n_shrinkage_parts);
        for (int i = 0; i < a->n_shrinkage_parts; i++) {
            ck_assert_str_eq(a->shrinkage_parts[i].name, b->shrinkage_parts[i].name);
            ck_assert(a->shrinkage_parts[i].share == b->shrinkage_parts[i].share);
        }
        ck_assert(a->endless_patience == b->endless_patience && a->ring_fence == b->ring_fence);
        ck_assert(a->priority == b->priority && a->overflow_after_s == b->overflow_after_s &&
                  a->blend_idle == b->blend_idle);
    }
    int n_levels = 0;
    for (int i = 0; i < written->n_agents; i++) {
        const struct agent *a = &written->agents[i], *b = &stored->agents[operation_agent(stored, a->id)];
        ck_assert_int_eq(a->n_skills, b->n_skills);
        for (int k = 0; k < a->n_skills; k++) {
            int queue = operation_queue(stored, written->queues[a->skills[k].queue].id), at = 0;
            while (b->skills[at].queue != queue)
                ck_assert_int_lt(++at, b->n_skills);
            ck_assert(a->skills[k].proficiency == b->skills[at].proficiency);
            ck_assert_int_eq(a->skills[k].overflow, b->skills[at].overflow);
            n_levels += a->skills[k].overflow > 0;
        }
    }
    ck_assert_int_eq(n_levels, 2);
}
END_TEST

/* Rows from before routing read as if nothing was said of it. */
START_TEST(rows_from_before_routing_read_as_they_were)
{
    g_autofree char *conninfo = pg_database();
    AUTO(store) store = store_open(conninfo, NULL);
    AUTO(operation) operation = sample_operation(6);
    sample_save(store, operation);
    pg_exec(conninfo,
            "ALTER TABLE queue DROP COLUMN shrinkage_parts, DROP COLUMN endless_patience, DROP COLUMN "
            "priority, DROP COLUMN overflow_after_s, DROP COLUMN ring_fence, DROP COLUMN blend_idle; "
            "ALTER TABLE site DROP COLUMN shrinkage_parts; "
            "ALTER TABLE agent_skill DROP COLUMN overflow");
    for (int i = 0; i < n_migrations; i++)
        if (strcmp(migrations[i].name, "0011_routing.sql") == 0)
            pg_exec(conninfo, migrations[i].sql);
    AUTO(operation) loaded = load(store);
    same_operation(operation, loaded);
    for (int q = 0; q < loaded->n_queues; q++)
        ck_assert(loaded->queues[q].priority == 0 && !loaded->queues[q].endless_patience &&
                  !loaded->queues[q].ring_fence && loaded->queues[q].overflow_after_s == 0 &&
                  loaded->queues[q].blend_idle == 0 && loaded->queues[q].n_shrinkage_parts == 0);
    for (int a = 0; a < loaded->n_agents; a++)
        ck_assert_int_eq(loaded->agents[a].skills[0].overflow, 0);
}
END_TEST

START_TEST(nothing_loaded_yet)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = pg_store();
    ck_assert_ptr_null(store_operation_load(store, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
}
END_TEST

static void drop_last_queue(struct operation *op)
{
    struct queue *queue = &op->queues[--op->n_queues];
    g_free(queue->id);
    g_free(queue->name);
    g_free(queue->language);
    g_free(queue->zone);
    g_free(queue->concurrent_aht_s);
    g_free(queue->open);
    for (int i = 0; i < op->n_agents; i++)
        while (op->agents[i].n_skills > 0 &&
               op->agents[i].skills[op->agents[i].n_skills - 1].queue == op->n_queues)
            op->agents[i].n_skills--;
}

/* What is gone from the file is retired, and comes back as itself when it returns. */
START_TEST(retired_and_back)
{
    g_autofree char *conninfo = pg_database();
    AUTO(store) store = store_open(conninfo, NULL);
    AUTO(operation) all = sample_operation(6);
    sample_save(store, all);
    g_autofree char *key = pg_value(conninfo, "SELECT queue_key FROM queue WHERE id = 'voice-en'");
    AUTO(operation) less = sample_operation(4);
    drop_last_queue(less);
    sample_save(store, less);
    AUTO(operation) loaded = load(store);
    same_operation(less, loaded);
    sample_save(store, all);
    AUTO(operation) back = load(store);
    same_operation(all, back);
    g_autofree char *key_again = pg_value(conninfo, "SELECT queue_key FROM queue WHERE id = 'voice-en'");
    ck_assert_str_eq(key, key_again);
}
END_TEST

static void bad_zone(struct operation *op)
{
    g_free(op->sites[0].zone);
    op->sites[0].zone = g_strdup("Europe/Atlantis");
}
static void bad_id(struct operation *op)
{
    g_free(op->clients[0].id);
    op->clients[0].id = g_strdup("a b");
}
static void bad_share(struct operation *op)
{
    op->queues[0].sla.target = 1.5;
}
static void no_name(struct operation *op)
{
    g_clear_pointer(&op->sites[0].name, g_free);
}
static void site_pulled(struct operation *op)
{
    operation_clear_agents(op);
    g_free(op->sites[1].id);
    op->sites[1].id = g_strdup("other");
}

static const struct {
    const char *what;
    void (*spoil)(struct operation *);
    enum wfm_error code;
    const char *says;
} bad[] = {
    {"unknown zone", bad_zone, WFM_ERROR_INPUT, "Europe/Atlantis"},
    {"id with a blank", bad_id, WFM_ERROR_INPUT, "wfm_id"},
    {"share over 1", bad_share, WFM_ERROR_INPUT, "wfm_share"},
    {"missing name", no_name, WFM_ERROR_INPUT, "name"},
    {"site pulled from under agents", site_pulled, WFM_ERROR_CONFLICT, "agent-001"},
};

START_TEST(bad_operations_change_nothing)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = pg_store();
    AUTO(operation) good = sample_operation(4);
    sample_save(store, good);
    AUTO(operation) spoilt = sample_operation(4);
    bad[_i].spoil(spoilt);
    ck_assert_msg(!store_operation_save(store, spoilt, "test", &error), "%s", bad[_i].what);
    ck_assert_msg(g_error_matches(error, WFM_ERROR, (gint)bad[_i].code), "%s: %s", bad[_i].what,
                  error->message);
    ck_assert_msg(strstr(error->message, bad[_i].says) != NULL, "%s: %s", bad[_i].what, error->message);
    AUTO(operation) loaded = load(store);
    same_operation(good, loaded);
}
END_TEST

START_TEST(agents_need_their_operation)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = pg_store();
    AUTO(operation) operation = sample_operation(4);
    ck_assert(!store_agents_save(store, operation, "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_ptr_nonnull(strstr(error->message, "chat-es"));
    g_clear_error(&error);
    ck_assert(store_operation_save(store, operation, "test", &error));
    ck_assert(!store_time_off_save(store, operation, "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
}
END_TEST

START_TEST(changes_are_audited)
{
    g_autofree char *conninfo = pg_database();
    AUTO(store) store = store_open(conninfo, NULL);
    AUTO(operation) operation = sample_operation(4);
    sample_save(store, operation);
    g_autofree char *actions =
        pg_value(conninfo, "SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE actor = 'test'");
    ck_assert_str_eq(actions, "operation.saved agents.saved time_off.saved special_days.saved "
                              "preferences.saved meetings.saved");
    sample_save(store, operation);
    g_autofree char *changed = pg_value(
        conninfo, "SELECT sum((detail->>'changed')::int + coalesce((detail->>'skills_changed')::int, 0)) "
                  "FROM audit WHERE id > 6 AND action IN ('operation.saved', 'agents.saved')");
    ck_assert_str_eq(changed, "0");
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/operation");
    TCase *t = tcase_create("operation");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_field_comes_back);
    tcase_add_test(t, every_rule_comes_back);
    tcase_add_test(t, what_planners_write_comes_back);
    tcase_add_test(t, rows_from_before_routing_read_as_they_were);
    tcase_add_test(t, nothing_loaded_yet);
    tcase_add_test(t, retired_and_back);
    tcase_add_loop_test(t, bad_operations_change_nothing, 0, G_N_ELEMENTS(bad));
    tcase_add_test(t, agents_need_their_operation);
    tcase_add_test(t, changes_are_audited);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
