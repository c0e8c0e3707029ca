-- Special days that are neither holidays nor events, planners' uplifts, opening hours of single days; lists of
-- holidays by country; how daily volumes spread over the day.

ALTER TABLE special_day DROP CONSTRAINT special_day_kind_check;
ALTER TABLE special_day ADD CONSTRAINT special_day_kind_check
    CHECK (kind IN ('closed', 'holiday', 'event', 'unplanned', 'special'));
