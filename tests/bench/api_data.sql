-- An operation of 10,000 agents at two sites with four published weeks of five shifts each, and a token for every agent:
-- "wfm_" and 43 characters that end with the agent's number. :monday is the first day of the first week.
INSERT INTO time_zone VALUES ('UTC'), ('Asia/Manila'), ('America/Bogota');
INSERT INTO operation (name, zone, interval_min, currency) VALUES ('bench', 'UTC', 30, 'USD');
INSERT INTO client VALUES ('acme', 'Acme');
INSERT INTO site (id, name, zone, country, shrinkage) VALUES
    ('mnl', 'Manila', 'Asia/Manila', 'PH', 0), ('bog', 'Bogota', 'America/Bogota', 'CO', 0);
INSERT INTO shift_template (id, name, weekdays, start_from_min, start_to_min, start_step_min, paid_min_min, paid_max_min,
                            paid_step_min, breaks)
VALUES ('day', 'Day', 127, 360, 720, 30, 480, 480, 30, '[]');
INSERT INTO contract (id, name, week_minutes_min, week_minutes_max, week_days_min, week_days_max, consecutive_days_max,
                      rest_min_minutes, consecutive_days_off_min, week_nights_max, night_from_min, night_to_min,
                      night_shift_minutes, weekends_max, weekends_of, start_spread_max_min, rate, currency, night_premium,
                      holiday_premium)
VALUES ('full', 'Full time', 0, 2880, 0, 6, 6, 600, 1, 7, 1320, 360, 180, 2, 2, 1440, 10, 'USD', 0, 0);
INSERT INTO agent (id, name, site_id, contract_id, available, employed_from, employed_to)
SELECT 'agent-' || lpad(n::text, 5, '0'), 'Agent Number ' || n, CASE n % 2 WHEN 0 THEN 'mnl' ELSE 'bog' END, 'full', '[]',
       '-infinity', 'infinity'
FROM generate_series(1, 10000) n;
INSERT INTO roster (first_day, n_weeks, zone, start_at, end_at, interval_s, version, state, pay, shortage, objective, bound,
                    seconds, rounds, stopped, seed, currency, n_shifts, inputs_hash, wfm_version, created_by, published_by,
                    published_at, past)
SELECT :'monday'::date + 7 * w, 1, 'UTC', :'monday'::date + 7 * w, :'monday'::date + 7 * w + 7, 1800, 1, 'published', 0, 0, 0, 0,
       0, 0, 'gap', 1, 'USD', 50000, 'none', 'bench', 'bench', 'bench', now(), '{}'
FROM generate_series(0, 3) w ORDER BY w;
-- Week by week, as publishing writes them: the shifts of one agent lie on many pages.
INSERT INTO shift (agent_key, day, roster_id, start_at, end_at, paid_minutes, template_id, activities)
SELECT a.agent_key, r.first_day + d, r.id, at, at + interval '9 hours', 480, 'day',
       '[{"kind": "break", "offset_s": 7200, "length_s": 900, "paid": true},
         {"kind": "meal", "offset_s": 14400, "length_s": 3600, "paid": false},
         {"kind": "break", "offset_s": 25200, "length_s": 900, "paid": true}]'
FROM roster r CROSS JOIN agent a JOIN site i ON i.id = a.site_id CROSS JOIN generate_series(0, 4) d
CROSS JOIN LATERAL (SELECT (r.first_day + d + make_interval(mins => 360 + 30 * (a.agent_key % 13))) AT TIME ZONE i.zone AS at) s
ORDER BY r.id, a.agent_key, d;
INSERT INTO token (hash, role, agent_key, label, created_by, expires_at, last_used_at, scopes)
SELECT sha256(convert_to('wfm_' || lpad(agent_key::text, 43, 'a'), 'UTF8')), 'agent', agent_key, 'phone', 'bench', 'infinity', now(), 1
FROM agent;
