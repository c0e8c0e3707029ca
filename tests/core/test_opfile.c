#include "tests/core/samples.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/opfile.h"
#include "core/text.h"

START_TEST(the_sample_is_read_as_written)
{
    AUTO(operation) op = sample_operation();
    ck_assert_str_eq(op->name, "Demo BPO");
    ck_assert_int_eq(op->n_queues, 4);
    const struct queue *chat = &op->queues[operation_queue(op, "acme-chat-en")];
    ck_assert_int_eq(chat->channel, CHANNEL_CHAT);
    ck_assert_double_eq(chat->aht_s, 480);
    ck_assert_double_eq(chat->concurrent_aht_s[2], 700);
    ck_assert_double_eq(chat->sla.threshold_s, 45);
    ck_assert_double_eq(chat->sla.asa_max_s, 60);
    ck_assert_int_eq(chat->open[0].to_min, 26 * 60);
    const struct queue *mail = &op->queues[operation_queue(op, "bolt-email-es")];
    ck_assert_double_eq(mail->sla.threshold_s, 14400);
    ck_assert(channel_is_deferred(mail->channel));
    const struct contract *contract = &op->contracts[operation_contract(op, "ft-ph")];
    ck_assert_int_eq(contract->n_templates, 2);
    ck_assert_int_eq(contract->rest_min_minutes, 660);
    ck_assert_int_eq(contract->start_spread_max_min, 240);
    ck_assert_int_eq(contract->weekends_max, 3);
    ck_assert_int_eq(contract->week_nights_max, 6);
    ck_assert_double_eq(operation_currency_rate(op, "PHP"), 0.0172);
    ck_assert_double_eq(operation_currency_rate(op, "EUR"), 0);

    const struct agent *agent = &op->agents[operation_agent(op, "b005")];
    ck_assert_int_eq(agent->n_available, 2);
    ck_assert_int_eq(agent->available[1].weekdays, 1 << 5);
    ck_assert_int_eq(op->agents[operation_agent(op, "b004")].employed_to, day_from_civil(2026, 12, 31));
    ck_assert_int_eq(op->agents[operation_agent(op, "m001")].employed_from, INT32_MIN);
    /* b004's skills were written the other way round. */
    ck_assert_int_eq(op->agents[operation_agent(op, "b004")].skills[0].queue,
                     operation_queue(op, "acme-voice-en"));

    /* Two whole days of Manila. */
    ck_assert_int_eq(op->time_off[0].end_ts - op->time_off[0].start_ts, 2 * DAY_S);
    ck_assert_int_eq(op->time_off[0].start_ts % DAY_S, 16 * 3600);
    ck_assert(site_holiday(op, 0, day_from_civil(2026, 11, 30)));
    ck_assert(!site_holiday(op, 1, day_from_civil(2026, 11, 30)));
    ck_assert(site_holiday(op, 1, day_from_civil(2026, 12, 25)));
    ck_assert(!site_holiday(op, 1, day_from_civil(2026, 11, 27)));
}
END_TEST

/* The same for what rules, wishes and meetings add. */
START_TEST(the_rules_are_read_as_written)
{
    AUTO(operation) op = sample_operation();
    const struct contract *k = &op->contracts[operation_contract(op, "flex-ph")];
    int night = operation_template(op, "night8"), day = operation_template(op, "day8");
    const int found[] = {k->period_minutes_min,
                         k->period_minutes_max,
                         k->period_days_min,
                         k->period_days_max,
                         k->consecutive_days_min,
                         k->consecutive_days_off_max,
                         k->window_days,
                         k->window_days_max,
                         k->week_rest_minutes,
                         k->day_off_minutes,
                         k->day_off_anchor_min,
                         k->day_off_flex_min,
                         k->start_distance_minutes,
                         k->rotation_forward,
                         k->rotation_tolerance_min,
                         k->consecutive_nights_max,
                         k->days_off_after_nights_min,
                         k->consecutive_weekends_max,
                         k->weekend_days,
                         k->weekend_whole,
                         k->overtime_week_minutes_max};
    const int want[] = {9600, 9600, 18, 22, 2, 5, 14, 10,   2160, 2160, 720,
                        240,  1200, 1,  60, 4, 2, 2,  0x30, 1,    480};
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
        ck_assert_msg(found[i] == want[i], "value %zu: %d is not %d", i, found[i], want[i]);
    ck_assert_double_eq(k->overtime_premium, 0.25);
    ck_assert_int_eq(k->n_successions, 1);
    ck_assert(k->successions[0].from == night && k->successions[0].to == day);
    ck_assert_int_eq(k->n_limits, 1);
    const struct template_limit *limit = &k->limits[0];
    ck_assert(limit->tmpl == night && limit->week_min == 0 && limit->week_max == 4 &&
              limit->period_min == 2 && limit->period_max == 8 && limit->consecutive_min == 2 &&
              limit->consecutive_max == 4);
    ck_assert_double_eq(k->rule_price[CONTRACT_RULE_CONSECUTIVE_DAYS_MAX], 25);
    ck_assert_double_eq(k->rule_price[CONTRACT_RULE_ROTATION], 4);
    ck_assert_double_eq(k->rule_price[CONTRACT_RULE_WEEKEND_WHOLE], 10);
    ck_assert_double_eq(k->rule_price[CONTRACT_RULE_WEEK_DAYS_MAX], 0);
    ck_assert_int_eq(op->contracts[0].day_off_flex_min, DAY_MIN);

    const struct shift_template *standby = &op->templates[operation_template(op, "standby")];
    ck_assert(standby->on_call && standby->on_call_pay == 0.25);
    ck_assert_int_eq(op->templates[operation_template(op, "split8")].breaks[0].kind, ACTIVITY_SPLIT);
    ck_assert(op->sites[1].seats == 40 && op->sites[1].seat_price == 6.5 && op->sites[0].seats == 0);
    ck_assert_int_eq(op->n_headcounts, 2);
    ck_assert(op->headcounts[0].site == 0 && op->headcounts[0].weekdays == 0x60 &&
              op->headcounts[0].min == 1 && op->headcounts[0].max == 2 &&
              op->headcounts[0].under_price == 60 && op->headcounts[0].over_price == 15);
    ck_assert(op->headcounts[1].site == -1 && op->headcounts[1].weekdays == 0x7f &&
              op->headcounts[1].tmpl == night);
    ck_assert(op->n_leads == 1 && op->leads[0].per_agents == 12 && op->leads[0].price == 9);
    ck_assert(op->fairness.weeks == 13 && op->fairness.night_price == 0.5 &&
              op->fairness.weekend_price == 1 && op->fairness.holiday_price == 2);
    ck_assert(op->wishes.price == 2 && op->wishes.rank_share == 0.9);

    const struct agent *lead = &op->agents[0], *bog = &op->agents[operation_agent(op, "b006")];
    ck_assert(lead->lead && lead->rank == 1 && !lead->optional && !op->agents[1].lead &&
              op->agents[1].rank == 3);
    ck_assert(bog->optional && bog->hire_price == 120.5);
    /* m001 of rank 1: weight 2 at 2.0; m002 of rank 3: weight 5 and 1 at 2.0 × 0.9². */
    const struct preference want_wish[] = {{0, day_from_civil(2026, 11, 24), day, false, 0, 1440, 4},
                                           {1, day_from_civil(2026, 11, 25), -1, true, 600, 480, 1.62},
                                           {1, day_from_civil(2026, 11, 28), -1, true, 0, 1440, 8.1},
                                           {4, day_from_civil(2026, 11, 26), night, true, 1320, 120, 7.5}};
    ck_assert_int_eq(op->n_preferences, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(op->preferences[i].price, want_wish[i].price, 1e-12);
        struct preference same = op->preferences[i];
        same.price = want_wish[i].price;
        ck_assert_msg(preference_compare(&same, &want_wish[i]) == 0, "preference %d", i);
    }
    ck_assert_int_eq(op->n_meetings, 2);
    const struct meeting *huddle = &op->meetings[0], *security = &op->meetings[1];
    ck_assert(huddle->kind == ACTIVITY_MEETING && huddle->length_min == 30 && huddle->together &&
              huddle->n_agents == 3);
    ck_assert(security->kind == ACTIVITY_TRAINING && !security->together && security->price == 20.5);
    ck_assert_int_eq(security->to_ts - security->from_ts,
                     7 * DAY_S); /* both dates included, in the planning zone */
    ck_assert_int_eq(security->from_ts % DAY_S, 0);
}
END_TEST

/* Routing and shrinkage by part as they are written, and what stands for what is not. */
START_TEST(routing_is_read_as_written)
{
    AUTO(operation) op = sample_operation();
    const struct queue *voice = &op->queues[operation_queue(op, "bolt-voice-es")];
    const struct queue *chat = &op->queues[operation_queue(op, "acme-chat-en")];
    const struct queue *plain = &op->queues[operation_queue(op, "acme-voice-en")];
    const struct queue *mail = &op->queues[operation_queue(op, "bolt-email-es")];
    ck_assert_int_eq(voice->priority, 3);
    ck_assert_double_eq(voice->overflow_after_s, 15);
    ck_assert_int_eq(voice->n_shrinkage_parts, 2);
    ck_assert_str_eq(voice->shrinkage_parts[0].name, "adherence");
    ck_assert_str_eq(voice->shrinkage_parts[1].name, "system");
    ck_assert_double_eq_tol(voice->shrinkage, 1 - 0.92 * 0.98, 1e-15);
    ck_assert(voice->shrinkage == shrinkage_total(voice->shrinkage_parts, 2));
    ck_assert(chat->endless_patience && chat->patience_s == 0);
    ck_assert(!plain->endless_patience && plain->patience_s == 120);
    ck_assert(!mail->endless_patience && mail->patience_s == 0); /* not said */
    ck_assert(mail->ring_fence && mail->blend_idle == 0);
    ck_assert(!plain->ring_fence && plain->priority == 0 && plain->overflow_after_s == 0);
    ck_assert_int_eq(op->sites[1].n_shrinkage_parts, 3);
    ck_assert_double_eq_tol(op->sites[1].shrinkage, 1 - 0.96 * 0.98 * 0.99, 1e-15);
    ck_assert(op->sites[0].n_shrinkage_parts == 0 && op->sites[0].shrinkage == 0.05);
    const struct agent *julian = &op->agents[operation_agent(op, "b004")];
    ck_assert(julian->skills[0].overflow == 2 && julian->skills[0].proficiency == 0.85);
    ck_assert_int_eq(julian->skills[1].overflow, 0);
    const struct agent *hugo = &op->agents[operation_agent(op, "b002")];
    ck_assert(hugo->skills[0].overflow == 1 && hugo->skills[0].proficiency == 1);
}
END_TEST

static const struct {
    const char *queue, *at;
    bool open;
} hours[] = {
    {"acme-voice-en", "2026-11-22T03:00:00Z", true}, /* around the clock */
    {"acme-chat-en", "2026-11-23T07:59:00-05:00", false},
    {"acme-chat-en", "2026-11-23T08:00:00-05:00", true},
    {"acme-chat-en", "2026-11-24T01:59:00-05:00", true}, /* past midnight */
    {"acme-chat-en", "2026-11-24T02:00:00-05:00", false},
    {"bolt-voice-es", "2026-11-27T20:59:00-05:00", true},
    {"bolt-voice-es", "2026-11-27T21:00:00-05:00", false},
    {"bolt-voice-es", "2026-11-28T08:59:00-05:00", false},
    {"bolt-voice-es", "2026-11-28T09:00:00-05:00", true},
};

START_TEST(opening_hours)
{
    AUTO(operation) op = sample_operation();
    const struct queue *queue = &op->queues[operation_queue(op, hours[_i].queue)];
    AUTO(zone) zone = zone_new(queue->zone, NULL);
    int64_t ts;
    ck_assert(time_parse(hours[_i].at, NULL, &ts, NULL));
    ck_assert_msg(queue_open_at(queue, zone, ts) == hours[_i].open, "%s at %s", hours[_i].queue,
                  hours[_i].at);
}
END_TEST

/* Each row exchanges the first place of a text in the sample for another; the message must hold `want`. */
static const struct {
    const char *what, *from, *to, *want;
} bad[] = {
    {"include", "sites = (", "@include \".\"\nsites = (", "operation.cfg:22: @include is not supported"},
    {"syntax", "clients = (", "clients = ((", "syntax error"},
    {"unterminated text",
     "from = \"21:00\"; to = \"06:00\"; shift_minutes = 180; premium = 0.35; };\n    pay = { rate = 9800; "
     "currency = \"COP\"",
     "pay = { rate = 9800; currency = \"COP", "operation.cfg:"},
    {"duplicate key", "zone = \"UTC\";", "zone = \"UTC\"; zone = \"UTC\";",
     "operation.cfg:8: duplicate setting name"},
    {"unknown key", "aht_seconds = 300", "aht_second = 300",
     "operation.cfg:31: queues[acme-voice-en]: unknown key aht_second (= 300); the nearest known keys are "
     "aht_seconds"},
    {"unknown on top", "shift_templates = (", "templates = (", "unknown key templates"},
    {"missing key", "target = 0.80; threshold = \"20s\"", "threshold = \"20s\"",
     "queues[acme-voice-en].sla: target is missing"},
    {"missing part", "operation = {", "operatio = {", "nearest known keys are operation"},
    {"percent for a share", "target = 0.80", "target = 80",
     "sla.target: 80 is not within 0..1 (a share: 80 % is 0.80)"},
    {"text for a number", "aht_seconds = 300", "aht_seconds = true", "true found where a number is needed"},
    {"a number without unit", "threshold = \"20s\"", "threshold = 20",
     "20 has no unit; write threshold_seconds = 20"},
    {"unknown unit", "threshold = \"20s\"", "threshold = \"20 parsecs\"", "\"20 parsecs\" is not a duration"},
    {"twice the same", "rest_hours = 11", "rest_hours = 11; rest_minutes = 660",
     "rest_hours and rest_minutes say the same"},
    {"integer cut by libconfig", "aht_seconds = 300", "aht_seconds = 99999999999", "has more than 9 digits"},
    {"long integer out of range", "min_staff = 1;", "min_staff = 5000000000L;",
     "5000000000 is not within 0..100000 agents"},
    {"octal look", "consecutive_days_max = 6", "consecutive_days_max = 06", "06 starts with 0"},
    {"infinite", "aht_seconds = 300", "aht_seconds = 1e999", "queues[acme-voice-en].aht_seconds"},
    {"real for an integer", "concurrency = 3", "concurrency = 3.5",
     "3.5 found where a whole number is needed"},
    {"group for a list", "clients = (", "clients = { a = 1; }; client = (", "unknown key client"},
    {"unknown channel", "channel = \"voice\"", "channel = \"fone\"",
     "\"fone\" is unknown here; use for example voice"},
    {"unknown client", "client = \"acme\"", "client = \"acne\"",
     "queues[acme-voice-en].client: there is no client \"acne\""},
    {"unknown template", "[ \"day8\", \"night8\" ]", "[ \"day9\" ]", "there is no shift template \"day9\""},
    {"unknown zone", "zone = \"Asia/Manila\"", "zone = \"Asia/Manilla\"",
     "site mnl: \"Asia/Manilla\" is not a known time zone"},
    {"bad id", "id = \"pt-co\"", "id = \"p t\"", "contract 3: id \"p t\" is not 1 to 64 characters"},
    {"id twice", "id = \"pt-co\"", "id = \"ft-co\"", "contract ft-co: there are two with this id"},
    {"bad weekdays", "days = \"mon-fri\"", "days = \"weekdays\"", "\"weekdays\" names no weekdays"},
    {"bad clock", "from = \"08:00\"", "from = \"8 am\"", "\"8 am\" is not a clock time"},
    {"clock too late", "to = \"26:00\"", "to = \"49:00\"", "\"49:00\" is after 48:00"},
    {"open backwards", "to = \"26:00\"", "to = \"02:00\"", "past midnight write the end as 26:00"},
    {"open off the grid", "from = \"07:00\"", "from = \"07:05\"", "does not fall on the 15-minute intervals"},
    {"interval", "interval_minutes = 15", "interval_minutes = 20",
     "interval_minutes 20: use 5, 10, 15, 30 or 60"},
    {"quarter-hour zone on quarter hours", "zone = \"Asia/Manila\"; country = \"PH\"",
     "zone = \"Asia/Kathmandu\"; country = \"NP\"", NULL},
    {"clock off the intervals",
     "zone = \"UTC\";               # roster weeks run from Monday 00:00 to Monday 00:00 here\n  "
     "interval_minutes = 15",
     "zone = \"Asia/Kathmandu\"; interval_minutes = 30",
     "site mnl: the clock of Asia/Manila is 135 minutes away from that of the planning zone Asia/Kathmandu"},
    {"currency code", "currency = \"USD\"", "currency = \"usd\"", "a currency code like \"USD\""},
    {"currency rate", "rate = 0.0172", "rate = 0", "currencies[1].rate"},
    {"own currency", "code = \"PHP\"", "code = \"USD\"", "is the operation's own"},
    {"currency unknown", "currency = \"PHP\"", "currency = \"EUR\"",
     "contract ft-ph: pay.currency \"EUR\" has no rate"},
    {"holidays", "patience_seconds = 120", "holidays = \"GB-SCT, IE\"; patience_seconds = 120", NULL},
    {"holidays of nowhere", "patience_seconds = 120", "holidays = \"XX\"; patience_seconds = 120",
     "holidays: no holidays are known of \"XX\""},
    {"profile of nobody", "patience_seconds = 120", "profile_queue = \"ghost\"; patience_seconds = 120",
     "profile_queue: there is no other queue \"ghost\""},
    {"profile of four parts", "patience_seconds = 120",
     "day_profile = [ 0, 15, 20, 10 ]; patience_seconds = 120", NULL},
    {"profile of seven parts", "patience_seconds = 120",
     "day_profile = [ 1, 1, 1, 1, 1, 1, 1 ]; patience_seconds = 120", "day_profile has 7 parts"},
    {"profile of nothing", "patience_seconds = 120", "day_profile = [ 0, 0 ]; patience_seconds = 120",
     "day_profile: all weights are 0"},
    {"concurrency on voice", "patience_seconds = 120", "concurrency = 2; patience_seconds = 120",
     "only chat agents handle several"},
    {"concurrency and its values", "[ 480, 560, 700 ]", "[ 480, 560 ]", "2 values for a concurrency of 3"},
    {"deferred without due time", "threshold = \"4h\"", "threshold = \"0s\"", "must be above 0 for email"},
    {"short abandons", "short_abandon = \"5s\"; ", "", "it is needed for excl_short"},
    {"break off the grid", "minutes = 60; paid = false", "minutes = 50; paid = false",
     "50 minutes are no multiple"},
    {"break backwards", "earliest_minutes = 210; latest_minutes = 300",
     "earliest_minutes = 310; latest_minutes = 300", "earliest 310 minutes is after latest 300"},
    {"break between the steps", "earliest_minutes = 210; latest_minutes = 300",
     "earliest_minutes = 211; latest_minutes = 214", "no multiple of 15 minutes lies between"},
    {"break beyond the shift", "earliest_minutes = 390; latest_minutes = 450",
     "earliest_minutes = 540; latest_minutes = 600", "do not fit into the shortest shift of 540 minutes"},
    {"breaks with one way to stand", "earliest_minutes = 390; latest_minutes = 450",
     "earliest_minutes = 300; latest_minutes = 315", NULL},
    {"breaks in another order", "earliest_minutes = 210; latest_minutes = 300",
     "earliest_minutes = 390; latest_minutes = 390", NULL},
    {"breaks that must overlap",
     "earliest_minutes = 210; latest_minutes = 300; },\n      { kind = \"break\"; minutes = 15; paid = true; "
     "earliest_minutes = 390; latest_minutes = 450",
     "earliest_minutes = 240; latest_minutes = 250; },\n      { kind = \"break\"; minutes = 15; paid = true; "
     "earliest_minutes = 255; latest_minutes = 270",
     "shift template day8: breaks cannot all be placed in the shortest shift of 540 minutes without "
     "overlapping"},
    {"too many breaks",
     "breaks = ( { kind = \"break\"; minutes = 15; paid = true; earliest_minutes = 90; latest_minutes = 150; "
     "} )",
     "breaks = ( {}, {}, {}, {}, {}, {}, {} )", "7 elements; at most 6"},
    {"training as a break", "kind = \"meal\"", "kind = \"training\"",
     "its kind must be meal, break or split"},
    {"starts backwards", "from = \"06:00\"; to = \"11:00\"", "from = \"12:00\"; to = \"11:00\"",
     "runs backwards or leaves the day"},
    {"start step", "step_minutes = 30", "step_minutes = 20", "start.step of 20 minutes is no multiple"},
    {"paid range", "from = 240; to = 360", "from = 360; to = 240", "paid_minutes from 360 to 240"},
    {"longer than a day", "from = 480; to = 480", "from = 480; to = 1440", "is longer than a day"},
    {"week range", "min = 2400; max = 2880", "min = 2880; max = 2400", "week_minutes from 2880 to 2400"},
    {"week beyond the shifts", "week_minutes = { min = 2400; max = 2640; }",
     "week_minutes = { min = 2580; max = 2640; }",
     "contract ft-co: 5 days of at most 480 paid minutes make 2400, less than week_minutes.min = 2580"},
    {"week below the shifts", "week_minutes = { min = 2400; max = 2640; }",
     "week_minutes = { min = 1200; max = 1800; }",
     "5 days of at least 480 paid minutes make 2400, more than week_minutes.max = 1800"},
    {"no sum in the week",
     "week_minutes = { min = 2400; max = 2880; };\n    week_days = { min = 5; max = 6; };",
     "week_minutes = { min = 2500; max = 2800; };\n    week_days = { min = 5; max = 6; };",
     "no sum of 5 to 6 shifts"},
    {"too many days", "week_days = { min = 5; max = 6; }", "week_days = { min = 7; max = 7; }",
     "no week has 7 to 7 worked days"},
    {"weekends", "{ max = 3; of = 4; }", "{ max = 5; of = 4; }", "weekends: 5 of 4"},
    {"seats", "seats = 40", "seats = 0", "sites[bog].seats: 0 is not within 1..1000000 seats"},
    {"split that does not fit", "minutes = 240; paid = false", "minutes = 975; paid = false",
     "shift template split8: the longest shift, 480 paid and 975 unpaid minutes, is longer than a day"},
    {"pay without call", "on_call = true; ", "", "on_call_pay 0.25"},
    {"price of no rule", "rotation = 4", "rotations = 4",
     "contracts[flex-ph].prices: unknown key rotations (= 4); the nearest known keys are rotation"},
    {"price below 0", "rotation = 4", "rotation = -4",
     "prices.rotation: -4 is not within 0..1000000000 per time"},
    {"period backwards", "min = 9600; max = 9600", "min = 9600; max = 9000",
     "period_minutes from 9600 to 9000"},
    {"runs that cannot be", "consecutive_days_min = 2", "consecutive_days_min = 7",
     NULL /* the maximum has a price */},
    {"runs that cannot be, without a price", "consecutive_days_max = 25.0; ", "", NULL},
    {"and then they cannot", "pay = { rate = 10500;", "consecutive_days_min = 7; pay = { rate = 10500;",
     "contract pt-co: consecutive_days_min 7 is more than consecutive_days_max 6"},
    {"days off that cannot be", "consecutive_days_off_max = 5",
     "consecutive_days_off_max = 5; consecutive_days_off_min = 6",
     "consecutive_days_off_max 5 is less than consecutive_days_off_min 6"},
    {"window", "max = 10; days = 14", "max = 15; days = 14", "window: 15 of 14 days"},
    {"day off without length", "length = \"36h\"; ", "",
     "contracts[flex-ph].day_off: length_minutes is missing"},
    {"day off too long", "length = \"36h\"", "length = \"49h\"",
     "day_off.length: \"49h\" is not within 1..2880"},
    {"succession of no template", "from = \"night8\"; to = \"day8\"", "from = \"night9\"; to = \"day8\"",
     "successions[1].from: there is no shift template \"night9\""},
    {"limit backwards", "period = { min = 2; max = 8; }", "period = { min = 9; max = 8; }",
     "template_limits night8: period from 9 to 8"},
    {"overtime", "week_hours = 8;", "week_hours = 800;", "overtime.week_hours: 800 is not within 0..10080"},
    {"headcount backwards", "min = 1; max = 2; under_price", "min = 3; max = 2; under_price",
     "headcount 1: shifts from 3 to 2"},
    {"headcount without a price", "under_price = 60; ", "", "nothing says what a missing one"},
    {"leads of nobody", "per_agents = 12", "per_agents = 0",
     "leads[1].per_agents: 0 is not within 0.01..100000"},
    {"fairness", "weeks = 13", "weeks = 1000", "fairness.weeks: 1000 is not within 1..104"},
    {"rank share", "rank_share = 0.9", "rank_share = 9", "wishes.rank_share: 9 is not within 0.01..1"},
    {"a priced rule is not impossible", "week_days = { min = 5; max = 5; };\n    consecutive_days_max = 6;",
     "week_days = { min = 5; max = 5; };\n    consecutive_days_max = 1; prices = { consecutive_days_max = 1; "
     "};",
     NULL},
    {"a hard one is", "week_days = { min = 5; max = 5; };\n    consecutive_days_max = 6;",
     "week_days = { min = 5; max = 5; };\n    consecutive_days_max = 1;",
     "contract ft-co: no week has 5 to 5"},
    {"overtime makes room", "week_minutes = { min = 2400; max = 2640; };",
     "week_minutes = { min = 2100; max = 2160; }; overtime = { week = \"4h\"; };", NULL},
    {"minutes have a price", "week_minutes = { min = 2400; max = 2640; };",
     "week_minutes = { min = 2640; max = 2700; }; prices = { week_minutes_min = 0.1; };", NULL},
    {"shrinkage as a percentage", "shrinkage = 0.05", "shrinkage = 5",
     "sites[mnl].shrinkage: 5 is not within 0..0.95 (a share), nor a group of named shares"},
    {"shrinkage by parts", "shrinkage = 0.05", "shrinkage = { sickness = 0.04; no-show = 0.01; }", NULL},
    {"shrinkage of no parts", "shrinkage = 0.05", "shrinkage = { }", NULL},
    {"part of shrinkage as a percentage", "patience_seconds = 120; shrinkage = 0.08",
     "patience_seconds = 120; shrinkage = {\n adherence = 0.03;\n system = 1; }",
     "operation.cfg:33: queues[acme-voice-en].shrinkage.system: 1 is not within 0..0.95 (a share: 3 % is "
     "0.03)"},
    {"part of shrinkage below 0", "shrinkage = 0.05", "shrinkage = { sickness = -0.04; }",
     "sites[mnl].shrinkage.sickness: -0.04 is not within 0..0.95"},
    {"part of shrinkage as a text", "shrinkage = 0.05", "shrinkage = { sickness = \"4%\"; }",
     "sites[mnl].shrinkage.sickness: \"4%\" found where a number is needed"},
    {"part of shrinkage twice", "shrinkage = 0.05", "shrinkage = { sickness = 0.04; sickness = 0.01; }",
     "operation.cfg:23: duplicate setting name"},
    {"name of a part", "shrinkage = 0.05", "shrinkage = { sick* = 0.04; }",
     "site mnl: shrinkage: the name \"sick*\" is not 1 to 64 characters"},
    {"many parts", "shrinkage = 0.05",
     "shrinkage = { a=0; b=0; c=0; d=0; e=0; f=0; g=0; h=0; i=0; j=0; k=0; l=0; m=0; n=0; o=0; p=0; q=0; "
     "r=0; s=0; "
     "t=0; u=0; }",
     "sites[mnl].shrinkage: 21 parts; at most 20"},
    {"nearly everybody is away", "shrinkage = 0.05", "shrinkage = { a = 0.9; b = 0.9; }",
     "sites[mnl].shrinkage: its parts make 0.99; at most 0.95"},
    {"nobody gives up, without a unit", "patience_seconds = 120", "patience = 0", NULL},
    {"priority", "patience_seconds = 120", "priority = 10; patience_seconds = 120",
     "queues[acme-voice-en].priority: 10 is not within 0..9 (the highest is served first)"},
    {"priority as a share", "patience_seconds = 120", "priority = 0.5; patience_seconds = 120",
     "0.5 found where a whole number is needed"},
    {"overflow without a unit", "patience_seconds = 120", "overflow_after = 30; patience_seconds = 120",
     "30 has no unit; write overflow_after_seconds = 30"},
    {"overflow after days", "patience_seconds = 120", "overflow_after = \"2d\"; patience_seconds = 120",
     "queues[acme-voice-en].overflow_after: \"2d\" is not within 0..86400 seconds"},
    {"set aside for calls", "patience_seconds = 120", "ring_fence = true; patience_seconds = 120",
     "queue acme-voice-en: ring_fence belongs to deferred work (email, social, callback, back_office)"},
    {"blended calls", "patience_seconds = 120", "blend_idle = 2; patience_seconds = 120",
     "queue acme-voice-en: blend_idle belongs to deferred work"},
    {"set aside and blended", "ring_fence = true;", "ring_fence = true; blend_idle = 2;",
     "queue bolt-email-es: blend_idle 2 with ring_fence: time set aside is not blended; leave one"},
    {"blending", "ring_fence = true;", "blend_idle = 2;", NULL},
    {"callbacks of mail", "ring_fence = true;", "callback_of = \"acme-voice-en\"; callback_share = 0.1;",
     "queue bolt-email-es: callback_of belongs to the channel callback, not to email"},
    {"callbacks without a share", "ring_fence = true;", "callback_of = \"acme-voice-en\";",
     "callback_of and callback_share go together: the share is missing"},
    {"callbacks of nobody", "ring_fence = true;", "callback_share = 0.1;",
     "callback_of and callback_share go together: the queue its callers leave is missing"},
    {"too many callbacks", "ring_fence = true;", "callback_share = 1.5;", "callback_share"},
    {"idle agents", "ring_fence = true;", "blend_idle = -1;",
     "queues[bolt-email-es].blend_idle: -1 is not within 0..1000 agents"},
    {"nesting", "\"Demo BPO\"", "((((((((((((((((((((1))))))))))))))))))))", "nested more than 16 deep"},
    {"not UTF-8", "Bogot\xc3\xa1", "Bogot\xe1", "byte 0xe1 is not UTF-8"},
    {"control character", "\"Demo BPO\"", "\"Demo\\x1b[2J\"", "operation.name: a control character"},
    {"empty name", "\"Demo BPO\"", "\"\"", "operation.name: a text of 0 characters"},
};

static char *exchange(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "the sample has no %s", from);
    return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

START_TEST(bad_files_say_what_is_wrong)
{
    g_autoptr(GError) error = NULL;
    size_t length;
    g_autofree char *good = sample_text("operation.cfg", &length);
    g_autofree char *text = exchange(good, bad[_i].from, bad[_i].to);
    AUTO(operation) op = operation_read_text("operation.cfg", text, strlen(text), &error);
    if (bad[_i].want == NULL) { /* fine after all: the check knows how far it must go */
        ck_assert_msg(op != NULL, "%s: %s", bad[_i].what, error != NULL ? error->message : "");
        return;
    }
    ck_assert_msg(op == NULL, "%s was taken", bad[_i].what);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, bad[_i].want) != NULL &&
                      g_str_has_prefix(error->message, "operation.cfg"),
                  "%s: the message is \"%s\"", bad[_i].what, error->message);
}
END_TEST

/* What is allowed but hardly meant. Each row exchanges the first place of a text in the sample; want NULL: no
   warning. */
static const struct {
    const char *what, *from, *to, *want;
} doubtful[] = {
    {"the sample", "Demo BPO", "Demo BPO", NULL},
    {"breaks", "shrinkage = 0.05", "shrinkage = { system = 0.01; breaks = 0.06; }",
     "site mnl: shrinkage.breaks = 0.06 would count twice: the roster places it in every shift; take it out"},
    {"lunch of a queue", "patience_seconds = 120; shrinkage = 0.08",
     "patience_seconds = 120; shrinkage = { lunchBreak = 0.05; }",
     "queue acme-voice-en: shrinkage.lunchBreak = 0.05 would count twice"},
    {"leave", "shrinkage = 0.05", "shrinkage = { annual_leave = 0.05; }",
     "site mnl: shrinkage.annual_leave = 0.05 would count twice: it belongs in time_off.csv"},
    {"leave nobody knows of", "shrinkage = 0.05", "shrinkage = { sick-leave = 0.05; }", NULL},
    {"a break that is none", "shrinkage = 0.05", "shrinkage = { breakdowns = 0.05; }", NULL},
    {"breaks that cost nothing", "shrinkage = 0.05", "shrinkage = { breaks = 0; }", NULL},
    {"nobody comes second", "patience_seconds = 120", "patience_seconds = 120; overflow_after = \"10s\"",
     "queue acme-voice-en: none of its 1 agents is of level 1"},
    {"all come first", "ring_fence = true;", "ring_fence = true; overflow_after = \"1h\";",
     "queue bolt-email-es: overflow_after 3600 s does nothing: its 4 agents are all of level 1; write "
     "bolt-email-es@2"},
    {"blending that never begins", "ring_fence = true;", "blend_idle = 3;",
     "queue bolt-email-es: blend_idle 3 is never passed: the largest group of agents with the same skills "
     "has 3 "
     "people"},
    {"blending with somebody of its own", "ring_fence = true;", "blend_idle = 3;", NULL},
};

START_TEST(doubtful_operations_are_warned_of)
{
    g_autoptr(GError) error = NULL;
    size_t length;
    g_autofree char *good = sample_text("operation.cfg", &length);
    g_autofree char *text = exchange(good, doubtful[_i].from, doubtful[_i].to);
    AUTO(operation) op = operation_read_text("operation.cfg", text, strlen(text), &error);
    ck_no_error(error);
    AUTO(operation) people = sample_operation();
    op->agents = g_steal_pointer(&people->agents);
    op->n_agents = people->n_agents;
    people->n_agents = 0;
    if (strstr(doubtful[_i].what, "second") != NULL) /* only Julián may take these calls, at level 3 */
        for (int a = 0; a < op->n_agents; a++)
            if (strcmp(op->agents[a].id, "b004") != 0)
                op->agents[a].n_skills = 0;
    if (strstr(doubtful[_i].what, "never begins") != NULL) /* nobody has mail alone */
        op->agents[operation_agent(op, "b005")].n_skills = 0;
    g_autoptr(GPtrArray) warnings = operation_warnings(op);
    bool found = doubtful[_i].want == NULL && warnings->len == 0;
    for (guint i = 0; doubtful[_i].want != NULL && i < warnings->len; i++)
        found |= strstr(g_ptr_array_index(warnings, i), doubtful[_i].want) != NULL;
    ck_assert_msg(found, "%s: %u warnings, the first \"%s\"", doubtful[_i].what, warnings->len,
                  warnings->len > 0 ? (const char *)g_ptr_array_index(warnings, 0) : "");
}
END_TEST

START_TEST(the_example_of_the_man_page_is_valid)
{
    g_autofree char *path = testing_source("docs/wfm-operation.5");
    g_autofree char *page = NULL;
    ck_assert(g_file_get_contents(path, &page, NULL, NULL));
    char *from = strstr(page, ".EX\n"), *to = strstr(page, ".EE\n");
    ck_assert(from != NULL && to != NULL);
    *to = '\0';
    g_auto(GStrv) parts = g_strsplit(from + 4, "\\-", -1);
    g_autofree char *text = g_strjoinv("-", parts);
    g_autoptr(GError) error = NULL;
    AUTO(operation) op = operation_read_text("operation.cfg", text, strlen(text), &error);
    ck_no_error(error);
    ck_assert_int_eq(op->contracts[0].rest_min_minutes, 660);
}
END_TEST

START_TEST(a_missing_file_is_not_found)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(operation_read("/nonexistent/operation.cfg", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    ck_assert_ptr_nonnull(strstr(error->message, "/nonexistent/operation.cfg"));
}
END_TEST

typedef bool (*csv_reader)(struct operation *, const char *, GError **);
#define AGENTS "agent,name,site,contract,skills,available,employed_from,employed_to\n"
#define TIME_OFF "agent,start,end,kind,credit_minutes\n"
#define WISHES "agent,day,wish,template,start,weight,price\n"
#define MEETINGS "meeting,name,kind,minutes,from,to,together,price,agents\n"
#define SPECIAL "scope,id,date,name,kind\n"
#define SPECIAL_MORE "scope,id,date,name,kind,uplift_percent,open\n"

static const struct {
    csv_reader read;
    const char *text, *want; /* want NULL: fine */
} csv[] = {
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en,,,\n", NULL},
    {operation_read_agents, "\xef\xbb\xbf" AGENTS "a1,A,mnl,ft-ph,acme-voice-en,,,\r\n", NULL},
    {operation_read_agents, "agent|site|contract|skills\na1|mnl|ft-ph|acme-voice-en; acme-chat-en : 0.5\n",
     NULL},
    {operation_read_agents,
     "Agent;Name;Site;Contract;Skills\na1;\"A\nB\";mnl;ft-ph;\"acme-voice-en;acme-chat-en\"\n", NULL},
    {operation_read_agents, "", ": empty; its first line names the columns"},
    {operation_read_agents, "agent,site,contract,skill\n",
     ":1: unknown column \"skill\"; the nearest known ones are skills"},
    {operation_read_agents, "agent,site,contract\n", ":1: the header has no column \"skills\""},
    {operation_read_agents, "agent,site,site,contract,skills\n", ":1: column site: stands twice"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en\n",
     ":2: 5 fields, but the header has 8 columns"},
    {operation_read_agents, AGENTS "a1,A,nyc,ft-ph,acme-voice-en,,,\n",
     ":2: column site: there is no site \"nyc\""},
    {operation_read_agents, AGENTS "\n\"a1\",\"A\nB\",mnl,ft-ph,,,,\na2,A,mnl,ft,,,,\n",
     ":5: column contract: there is no contract \"ft\""},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice,,,\n",
     ":2: column skills: there is no queue \"acme-voice\""},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en:0,,,\n",
     ":2: column skills: proficiency \"0\""},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en:99,,,\n",
     "proficiency 99 is not above 0 and up to 10"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en@9;acme-chat-en : 0.5 @ 2,,,\n", NULL},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en@0,,,\n",
     ":2: column skills: level \"0\" of acme-voice-en is no whole number within 1..9; 1 is the first choice"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en@1.5,,,\n", "level \"1.5\" of acme-voice-en"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en@,,,\n", "level \"\" of acme-voice-en"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en@2:0.9,,,\n",
     "level \"2:0.9\" of acme-voice-en is no whole number within 1..9; 1 is the first choice, "
     "queue:proficiency@level the order"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,acme-voice-en;acme-voice-en,,,\n",
     "queue acme-voice-en is listed twice"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,,,,\na1,B,mnl,ft-ph,,,,\n",
     ":3: column agent: there are two agents a1"},
    {operation_read_agents, AGENTS "a 1,A,mnl,ft-ph,,,,\n",
     ":2: column agent: \"a 1\" is not 1 to 64 characters"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,,mondays,,\n",
     ":2: column available: \"mondays\" is no list of weekly times"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,,,2026-02-30,\n",
     ":2: column employed_from: \"2026-02-30\" is not a date"},
    {operation_read_agents, AGENTS "a1,A,mnl,ft-ph,,,2026-02-03,2026-02-02\n",
     ":2: column employed_to: 2026-02-02 is before"},
    {operation_read_agents, AGENTS "a1,A \"x\",mnl,ft-ph,,,,\n", ":2:6: a quote inside a field"},
    {operation_read_agents, AGENTS "a1,\"A,mnl,ft-ph,,,,\n",
     ":2: the row has a quoted field that never ends"},
    {operation_read_agents, AGENTS "a1,Jos\xe9,mnl,ft-ph,,,,\n", ":2:7: not UTF-8 text"},
    {operation_read_agents, AGENTS "a1,Ana \x1b[2J,mnl,ft-ph,,,,\n", ":2: column name: a control character"},
    {operation_read_time_off, TIME_OFF "m001,2026-11-24,2026-11-24,sick,\n", NULL},
    {operation_read_time_off, TIME_OFF "m999,2026-11-24,2026-11-24,sick,\n",
     ":2: column agent: there is no agent \"m999\""},
    {operation_read_time_off, TIME_OFF "m001,2026-11-24,2026-11-23,sick,\n",
     ":2: column end: 2026-11-23 is not after"},
    {operation_read_time_off, TIME_OFF "m001,2026-11-24T08:00:00,2026-11-25,sick,\n",
     ":2: column start: \"2026-11-24T08:00:00\" has no offset"},
    {operation_read_time_off, TIME_OFF "m001,2026-11-24,2026-11-25,sick,8h\n",
     ":2: column credit_minutes: \"8h\" is no whole number"},
    {operation_read_time_off, TIME_OFF "m001,2026-11-24,2026-11-25,sick,9999\n",
     ":2: column credit_minutes: \"9999\""},
    {operation_read_time_off, TIME_OFF "m001,2026-11-24,2026-11-26,sick,\nm001,2026-11-25,2026-11-25,sick,\n",
     "time off of agent m001 overlaps at 2026-11-24T16:00:00Z"},
    {operation_read_special_days, SPECIAL "all,,2026-12-25,Christmas,holiday\n", NULL},
    {operation_read_special_days, "queue,date,name,kind\nacme-voice-en,2026-12-25,Christmas,special\n", NULL},
    {operation_read_special_days, SPECIAL "all,x,2026-12-25,Christmas,holiday\n",
     ":2: column id: \"x\" with scope all"},
    {operation_read_special_days, SPECIAL "site,x,2026-12-25,Christmas,holiday\n",
     ":2: column id: there is no site \"x\""},
    {operation_read_special_days, SPECIAL "world,,2026-12-25,Christmas,holiday\n",
     ":2: column scope: \"world\" is none of"},
    {operation_read_special_days, SPECIAL "all,,2026-12-25,Christmas,feast\n",
     ":2: column kind: \"feast\" is none of"},
    {operation_read_special_days, SPECIAL "all,,25/12/2026,Christmas,holiday\n",
     ":2: column date: \"25/12/2026\" is not a date"},
    {operation_read_special_days, SPECIAL "all,,2026-12-25,,holiday\n", ":2: column name: empty"},
    {operation_read_special_days, SPECIAL_MORE "all,,2026-12-24,Christmas Eve,special,-20,09:00-13:00\n",
     NULL},
    {operation_read_special_days, SPECIAL_MORE "all,,2026-11-27,Sale,event,,\n", NULL},
    {operation_read_special_days, SPECIAL_MORE "all,,2026-11-27,Sale,event,a lot,\n",
     ":2: column uplift_percent: \"a lot\" is no number within -100..10000"},
    {operation_read_special_days, SPECIAL_MORE "all,,2026-11-27,Sale,event,,9 to 5\n",
     ":2: column open: \"9 to 5\" is not like 09:00-13:00"},
    {operation_read_special_days, SPECIAL_MORE "all,,2026-11-27,Sale,event,,13:00-09:00\n",
     "open from minute 780 to 540"},
    {operation_read_agents, "agent,site,contract,skills,lead,rank\na1,mnl,ft-ph,,maybe,\n",
     ":2: column lead: \"maybe\" is neither yes nor no"},
    {operation_read_agents, "agent,site,contract,skills,lead,rank\na1,mnl,ft-ph,,TRUE,1.5\n",
     ":2: column rank: \"1.5\" is no whole number within 0..1000000"},
    {operation_read_agents, "agent,site,contract,skills,optional,hire_price\na1,mnl,ft-ph,,no,5\n",
     ":2: column hire_price: 5, but optional is not yes"},
    {operation_read_preferences, WISHES, NULL},
    {operation_read_preferences, "agent,day,wish\nm001,2026-11-24,off\n", NULL},
    {operation_read_preferences, "", ": empty; its first line names the columns"},
    {operation_read_preferences, WISHES "m999,2026-11-24,off,,,,\n",
     ":2: column agent: there is no agent \"m999\""},
    {operation_read_preferences, WISHES "m001,,off,,,,\n", ":2: column day: empty"},
    {operation_read_preferences, WISHES "m001,24.11.2026,off,,,,\n",
     ":2: column day: \"24.11.2026\" is not a date"},
    {operation_read_preferences, WISHES "m001,2026-11-24,never,,,,\n",
     ":2: column wish: \"never\" is none of off, on, start"},
    {operation_read_preferences, WISHES "m001,2026-11-24,on,day9,,,\n",
     ":2: column template: there is no shift template \"day9\""},
    {operation_read_preferences, WISHES "m001,2026-11-24,on,,early,,\n",
     ":2: column start: \"early\" is no span of starts"},
    {operation_read_preferences, WISHES "m001,2026-11-24,on,,06:00-06:00,,\n",
     ":2: column start: \"06:00-06:00\""},
    {operation_read_preferences, WISHES "m001,2026-11-24,start,,,,\n", ":2: column start: empty"},
    {operation_read_preferences, WISHES "m001,2026-11-24,off,,,6,\n",
     ":2: column weight: \"6\" is no number within 1..5"},
    {operation_read_preferences, WISHES "m001,2026-11-24,off,,,,-1\n",
     ":2: column price: \"-1\" is no number"},
    {operation_read_preferences, WISHES "m001,2026-11-24,off,,,3,1\n",
     ":2: column price: 1, but there is a weight too"},
    {operation_read_meetings, MEETINGS, NULL},
    {operation_read_meetings, "meeting,minutes,from,to,price,agents\nm,30,2026-11-24,2026-11-24,5,m001\n",
     NULL},
    {operation_read_meetings, MEETINGS "m m,,,30,2026-11-24,2026-11-24,,5,m001\n",
     ":2: column meeting: \"m m\" is not"},
    {operation_read_meetings,
     MEETINGS "m,,,30,2026-11-24,2026-11-24,,5,m001\nm,,,30,2026-11-24,2026-11-24,,5,m001\n",
     ":3: column meeting: there are two meetings m"},
    {operation_read_meetings, MEETINGS "m,,party,30,2026-11-24,2026-11-24,,5,m001\n",
     ":2: column kind: \"party\""},
    {operation_read_meetings, MEETINGS "m,,meal,30,2026-11-24,2026-11-24,,5,m001\n",
     ":2: column kind: \"meal\""},
    {operation_read_meetings, MEETINGS "m,,,20,2026-11-24,2026-11-24,,5,m001\n",
     ":2: column minutes: \"20\" is no multiple of the planning interval of 15 minutes"},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24T10:00,2026-11-24,,5,m001\n", ":2: column from:"},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24T10:00:00Z,2026-11-24T10:15:00Z,,5,m001\n",
     ":2: column to: its 30 minutes do not fit"},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24,2026-11-24,often,5,m001\n",
     ":2: column together: \"often\""},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24,2026-11-24,,x,m001\n", ":2: column price: \"x\""},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24,2026-11-24,,5,m001;m009\n",
     ":2: column agents: there is no agent \"m009\""},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24,2026-11-24,,5,m001;m001\n",
     ":2: column agents: agent m001 is listed twice"},
    {operation_read_meetings, MEETINGS "m,,,30,2026-11-24,2026-11-24,,5,\n", ":2: column agents: empty"},
};

START_TEST(csv_files_are_read_or_named)
{
    AUTO(operation) op = sample_operation();
    char *dir = testing_tmpdir();
    g_autofree char *path = sample_file(dir, csv[_i].text, strlen(csv[_i].text));
    g_autoptr(GError) error = NULL;
    int agents = op->n_agents, off = op->n_time_off, special = op->n_special_days;
    int wishes = op->n_preferences, meetings = op->n_meetings;
    bool ok = csv[_i].read(op, path, &error);
    if (csv[_i].want == NULL) {
        ck_assert_msg(ok, "%s: %s", csv[_i].text, error != NULL ? error->message : "");
    } else {
        ck_assert_msg(!ok, "taken: %s", csv[_i].text);
        ck_assert_msg(strstr(error->message, csv[_i].want) != NULL && g_str_has_prefix(error->message, path),
                      "want %s, got %s", csv[_i].want, error->message);
        ck_assert(op->n_agents == agents && op->n_time_off == off && op->n_special_days == special);
        ck_assert(op->n_preferences == wishes && op->n_meetings == meetings);
    }
    testing_rmdir(dir);
}
END_TEST

static const struct {
    const char *text;
    double seconds; /* NAN: refused */
} durations[] = {
    {"20s", 20},       {"15min", 900},     {"4h", 14400},  {"1.5h", 5400}, {"2d", 172800},
    {"1h30min", 5400}, {"1h 30min", 5400}, {"20", NAN},    {"", NAN},      {"h", NAN},
    {"-3s", NAN},      {"3 x", NAN},       {"1..5h", NAN}, {"20sec", NAN},
};

START_TEST(durations_are_read)
{
    double seconds = -1;
    bool ok = duration_parse(durations[_i].text, &seconds, NULL);
    ck_assert_msg(ok ? seconds == durations[_i].seconds : isnan(durations[_i].seconds), "%s: %g",
                  durations[_i].text, seconds);
}
END_TEST

START_TEST(numbers_are_correctly_rounded)
{
    static const char *const texts[] = {"0.1",
                                        "123456789.125",
                                        "-0.0172",
                                        "1e22",
                                        "0.30000000000000004",
                                        "9007199254740993",
                                        "1.7976931348623157e308",
                                        "5e-324",
                                        "00012",
                                        "12."};
    static const char *const refused[] = {"",     "-",   ".",   "1e999", "nan", "inf",
                                          "0x10", "1,5", "1 2", "--1",   "1e",  " 1"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        double value;
        ck_assert_msg(number_parse(texts[i], '.', &value) && value == g_ascii_strtod(texts[i], NULL), "%s",
                      texts[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        double value;
        ck_assert_msg(!number_parse(refused[i], '.', &value), "%s", refused[i]);
    }
    double value;
    ck_assert(number_parse("1234,5", ',', &value) && value == 1234.5);
    uint64_t state = 7;
    for (int i = 0; i < 100000; i++) {
        g_autofree char *text = g_strdup_printf("%u.%u", (unsigned)(sample_random(&state) % 1000000),
                                                (unsigned)(sample_random(&state) % 1000000));
        if (!number_parse(text, '.', &value) || value != g_ascii_strtod(text, NULL))
            ck_abort_msg("%s: %.17g", text, value);
    }
}
END_TEST

#define MUTATIONS 2000

START_TEST(mutated_operations_never_crash)
{
    uint64_t state = 5;
    size_t length;
    g_autofree char *text = sample_text("operation.cfg", &length);
    int taken = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        size_t n = length;
        g_autofree char *changed = sample_mutate(text, &n, &state);
        g_autoptr(GError) error = NULL;
        struct operation *op = operation_read_text("x", changed, n, &error);
        if ((op == NULL) != (error != NULL))
            ck_abort_msg("mutation %d: success and error at once", i);
        taken += op != NULL;
        operation_free(op);
    }
    ck_assert_int_gt(taken, 0);
    ck_assert_int_lt(taken, MUTATIONS);
}
END_TEST

static const struct {
    const char *file;
    csv_reader read;
} csv_files[] = {
    {"agents.csv", operation_read_agents},
    {"time_off.csv", operation_read_time_off},
    {"special_days.csv", operation_read_special_days},
    {"preferences.csv", operation_read_preferences},
    {"meetings.csv", operation_read_meetings},
};

START_TEST(mutated_csv_never_crashes)
{
    uint64_t state = 99 + (uint64_t)_i;
    size_t length;
    g_autofree char *text = sample_text(csv_files[_i].file, &length);
    char *dir = testing_tmpdir();
    AUTO(operation) op = sample_operation();
    for (int i = 0; i < MUTATIONS; i++) {
        size_t n = length;
        g_autofree char *changed = sample_mutate(text, &n, &state);
        g_autofree char *path = sample_file(dir, changed, n);
        g_autoptr(GError) error = NULL;
        if (csv_files[_i].read(op, path, &error) == (error != NULL))
            ck_abort_msg("mutation %d: success and error at once", i);
    }
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/opfile");
    TCase *t = tcase_create("opfile");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, the_sample_is_read_as_written);
    tcase_add_test(t, the_rules_are_read_as_written);
    tcase_add_test(t, routing_is_read_as_written);
    tcase_add_loop_test(t, doubtful_operations_are_warned_of, 0, G_N_ELEMENTS(doubtful));
    tcase_add_loop_test(t, opening_hours, 0, G_N_ELEMENTS(hours));
    tcase_add_loop_test(t, bad_files_say_what_is_wrong, 0, G_N_ELEMENTS(bad));
    tcase_add_test(t, the_example_of_the_man_page_is_valid);
    tcase_add_test(t, a_missing_file_is_not_found);
    tcase_add_loop_test(t, csv_files_are_read_or_named, 0, G_N_ELEMENTS(csv));
    tcase_add_loop_test(t, durations_are_read, 0, G_N_ELEMENTS(durations));
    tcase_add_test(t, numbers_are_correctly_rounded);
    tcase_add_test(t, mutated_operations_never_crash);
    tcase_add_loop_test(t, mutated_csv_never_crashes, 0, G_N_ELEMENTS(csv_files));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
