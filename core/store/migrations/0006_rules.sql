-- Every work rule with its price, seats, headcounts, leads, fairness, wishes and meetings.
-- 0 (or an empty list) is no rule, so what is stored keeps its meaning.

ALTER TABLE operation
    ADD COLUMN fairness_weeks         integer NOT NULL DEFAULT 0 CHECK (fairness_weeks >= 0),
    ADD COLUMN fairness_night_price   double precision NOT NULL DEFAULT 0 CHECK (fairness_night_price >= 0),
    ADD COLUMN fairness_weekend_price double precision NOT NULL DEFAULT 0 CHECK (fairness_weekend_price >= 0),
    ADD COLUMN fairness_holiday_price double precision NOT NULL DEFAULT 0 CHECK (fairness_holiday_price >= 0),
    ADD COLUMN wish_price             double precision NOT NULL DEFAULT 0 CHECK (wish_price >= 0),
    ADD COLUMN wish_rank_share        wfm_share NOT NULL DEFAULT 1;

ALTER TABLE site
    ADD COLUMN seats      integer NOT NULL DEFAULT 0 CHECK (seats >= 0),
    ADD COLUMN seat_price double precision NOT NULL DEFAULT 0 CHECK (seat_price >= 0);

ALTER TABLE shift_template
    ADD COLUMN on_call     boolean NOT NULL DEFAULT false,
    ADD COLUMN on_call_pay double precision NOT NULL DEFAULT 0 CHECK (on_call_pay >= 0);

ALTER TABLE contract
    ADD COLUMN period_minutes_min        integer NOT NULL DEFAULT 0,
    ADD COLUMN period_minutes_max        integer NOT NULL DEFAULT 0,
    ADD COLUMN period_days_min           integer NOT NULL DEFAULT 0,
    ADD COLUMN period_days_max           integer NOT NULL DEFAULT 0,
    ADD COLUMN consecutive_days_min      integer NOT NULL DEFAULT 0,
    ADD COLUMN consecutive_days_off_max  integer NOT NULL DEFAULT 0,
    ADD COLUMN window_days               integer NOT NULL DEFAULT 0,
    ADD COLUMN window_days_max           integer NOT NULL DEFAULT 0,
    ADD COLUMN week_rest_minutes         integer NOT NULL DEFAULT 0,
    ADD COLUMN day_off_minutes           integer NOT NULL DEFAULT 0,
    ADD COLUMN day_off_anchor_min        integer NOT NULL DEFAULT 0,
    ADD COLUMN day_off_flex_min          integer NOT NULL DEFAULT 1440, -- no anchor
    ADD COLUMN start_distance_minutes    integer NOT NULL DEFAULT 0,
    ADD COLUMN rotation_forward          boolean NOT NULL DEFAULT false,
    ADD COLUMN rotation_tolerance_min    integer NOT NULL DEFAULT 0,
    ADD COLUMN consecutive_nights_max    integer NOT NULL DEFAULT 0,
    ADD COLUMN days_off_after_nights_min integer NOT NULL DEFAULT 0,
    ADD COLUMN consecutive_weekends_max  integer NOT NULL DEFAULT 0,
    ADD COLUMN weekend_days              integer NOT NULL DEFAULT 0 CHECK (weekend_days BETWEEN 0 AND 127),
    ADD COLUMN weekend_whole             boolean NOT NULL DEFAULT false,
    ADD COLUMN successions               jsonb NOT NULL DEFAULT '[]', -- [{"from", "to"}], ids of templates
    ADD COLUMN template_limits           jsonb NOT NULL DEFAULT '[]', -- [{"template", "week_min", "week_max", …}]
    ADD COLUMN rule_prices               jsonb NOT NULL DEFAULT '{}', -- {"consecutive_days_max": 25.0}; the others are hard
    ADD COLUMN overtime_week_minutes_max integer NOT NULL DEFAULT 0,
    ADD COLUMN overtime_premium          double precision NOT NULL DEFAULT 0 CHECK (overtime_premium >= 0);

ALTER TABLE agent
    ADD COLUMN lead       boolean NOT NULL DEFAULT false,
    ADD COLUMN rank       integer NOT NULL DEFAULT 0 CHECK (rank >= 0),
    ADD COLUMN optional   boolean NOT NULL DEFAULT false,
    ADD COLUMN hire_price double precision NOT NULL DEFAULT 0 CHECK (hire_price >= 0);

CREATE TABLE headcount_rule (
    position    integer PRIMARY KEY,
    template_id wfm_id NOT NULL REFERENCES shift_template,
    site_id     wfm_id REFERENCES site,            -- NULL: anywhere
    weekdays    integer NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    min         integer NOT NULL CHECK (min >= 0),
    max         integer CHECK (max >= min),        -- NULL: no maximum
    under_price double precision NOT NULL CHECK (under_price >= 0),
    over_price  double precision NOT NULL CHECK (over_price >= 0)
);

CREATE TABLE lead_rule (
    position   integer PRIMARY KEY,
    site_id    wfm_id NOT NULL REFERENCES site,
    per_agents double precision NOT NULL CHECK (per_agents > 0),
    price      double precision NOT NULL CHECK (price >= 0)
);

CREATE TABLE preference (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_key   integer NOT NULL REFERENCES agent,
    day         date NOT NULL,                     -- site-local
    template_id wfm_id REFERENCES shift_template,  -- NULL: any
    off         boolean NOT NULL,
    from_min    integer NOT NULL CHECK (from_min BETWEEN 0 AND 1439),
    to_min      integer NOT NULL CHECK (to_min BETWEEN 0 AND 1440),
    price       double precision NOT NULL CHECK (price >= 0)
);
CREATE INDEX preference_by_agent ON preference (agent_key, day);

CREATE TABLE meeting (
    position   integer PRIMARY KEY,
    id         wfm_id NOT NULL UNIQUE,
    name       text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('meeting', 'training')),
    length_min integer NOT NULL CHECK (length_min > 0),
    from_at    timestamptz NOT NULL,
    to_at      timestamptz NOT NULL CHECK (to_at > from_at),
    together   boolean NOT NULL,
    price      double precision NOT NULL CHECK (price >= 0)
);

CREATE TABLE meeting_agent (
    meeting_id wfm_id NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    agent_key  integer NOT NULL REFERENCES agent,
    PRIMARY KEY (meeting_id, agent_key)
);
