-- The operation part by part: what clients and agents may read of it, column by column.

-- What the planner plans with is not in these lists: routing, shrinkage, AHT, staff and seats.
REVOKE SELECT ON queue, site FROM wfm_scoped;
GRANT SELECT (queue_key, id, name, client_id, channel, language, zone, sl_definition, sl_target, sl_threshold_s, short_abandon_s,
    asa_max_s, abandon_max, occupancy_max, sla_period, open_hours, holidays, retired) ON queue TO wfm_scoped;
GRANT SELECT (id, name, zone, country, retired) ON site TO wfm_scoped;
GRANT SELECT (available, employed_from, employed_to, lead) ON agent TO wfm_scoped;

-- Agents: their own contract, time off and wishes. Several policies on a table widen each other, so the names here are their own.
GRANT SELECT (id, agent_key, start_at, end_at, credit_min, kind) ON time_off TO wfm_scoped;
GRANT SELECT (
    id, name, week_minutes_min, week_minutes_max, week_days_min, week_days_max, consecutive_days_max, rest_min_minutes,
    consecutive_days_off_min, week_nights_max, night_from_min, night_to_min, night_shift_minutes, weekends_max,
    weekends_of, start_spread_max_min, rate, currency, night_premium, holiday_premium, period_minutes_min,
    period_minutes_max, period_days_min, period_days_max, consecutive_days_min, consecutive_days_off_max, window_days,
    window_days_max, week_rest_minutes, day_off_minutes, day_off_anchor_min, day_off_flex_min, start_distance_minutes,
    rotation_forward, rotation_tolerance_min, consecutive_nights_max, days_off_after_nights_min,
    consecutive_weekends_max, weekend_days, weekend_whole, successions, template_limits, overtime_week_minutes_max,
    overtime_premium, retired
) ON contract TO wfm_scoped;
GRANT SELECT ON preference, contract_template TO wfm_scoped;
GRANT SELECT (id, name, retired) ON shift_template TO wfm_scoped;
ALTER TABLE time_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE preference ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE shift_template ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_part ON time_off FOR SELECT TO wfm_scoped USING (agent_key IN (SELECT a.agent_key FROM agent a));
CREATE POLICY own_part ON preference FOR SELECT TO wfm_scoped USING (agent_key IN (SELECT a.agent_key FROM agent a));
CREATE POLICY own_part ON contract FOR SELECT TO wfm_scoped USING (id IN (SELECT a.contract_id FROM agent a));
CREATE POLICY own_part ON contract_template FOR SELECT TO wfm_scoped USING (contract_id IN (SELECT a.contract_id FROM agent a));
CREATE POLICY own_part ON shift_template FOR SELECT TO wfm_scoped
    USING (id IN (SELECT x.template_id FROM contract_template x) OR id IN (SELECT p.template_id FROM preference p));
