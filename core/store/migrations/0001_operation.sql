-- What an operation is: clients, queues, sites, shift templates, contracts, agents, time off, special days.
-- Ids are what people write; the integer keys are for the large tables. What is gone from the operation file is
-- retired, never deleted: history and rosters refer to it.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Ids sort by bytes, whatever the database's collation.
CREATE DOMAIN wfm_id AS text COLLATE "C" CHECK (VALUE ~ '^[A-Za-z0-9_.-]{1,64}$');
CREATE DOMAIN wfm_share AS double precision CHECK (VALUE >= 0 AND VALUE <= 1);
CREATE DOMAIN wfm_money_code AS text CHECK (VALUE ~ '^[A-Z]{3}$');

-- Zones in use; a name gets in only from pg_timezone_names (see core/store/operation_store.c).
CREATE TABLE time_zone (
    name text PRIMARY KEY
);

CREATE TABLE operation (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    name         text NOT NULL,
    zone         text NOT NULL REFERENCES time_zone,
    interval_min integer NOT NULL CHECK (interval_min IN (5, 10, 15, 30, 60)),
    currency     wfm_money_code NOT NULL,
    saved_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE currency (
    code wfm_money_code PRIMARY KEY,
    rate double precision NOT NULL CHECK (rate > 0)
);

CREATE TABLE client (
    id      wfm_id PRIMARY KEY,
    name    text NOT NULL,
    retired boolean NOT NULL DEFAULT false
);

CREATE TABLE queue (
    queue_key       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              wfm_id NOT NULL UNIQUE,
    name            text NOT NULL,
    client_id       wfm_id NOT NULL REFERENCES client,
    channel         text NOT NULL CHECK (channel IN ('voice', 'chat', 'in_person', 'email', 'social', 'callback', 'back_office')),
    language        text NOT NULL,
    zone            text NOT NULL REFERENCES time_zone,
    sl_definition   text NOT NULL CHECK (sl_definition IN ('offered', 'answered', 'aban_ignored', 'aban_positive', 'excl_short', 'virtual')),
    sl_target       wfm_share NOT NULL,
    sl_threshold_s  double precision NOT NULL CHECK (sl_threshold_s >= 0),
    short_abandon_s double precision NOT NULL CHECK (short_abandon_s >= 0),
    asa_max_s       double precision NOT NULL CHECK (asa_max_s >= 0),
    abandon_max     wfm_share NOT NULL,
    occupancy_max   wfm_share NOT NULL,
    sla_period      text NOT NULL CHECK (sla_period IN ('interval', 'day', 'week', 'month')),
    patience_s      double precision NOT NULL CHECK (patience_s >= 0),
    aht_s           double precision NOT NULL CHECK (aht_s >= 0),
    concurrency     integer NOT NULL CHECK (concurrency >= 1),
    concurrent_aht_s jsonb NOT NULL,               -- AHT at 1, 2, … parallel contacts
    shrinkage       double precision NOT NULL CHECK (shrinkage >= 0 AND shrinkage < 1),
    min_staff       double precision NOT NULL CHECK (min_staff >= 0),
    occupancy_cap   double precision NOT NULL CHECK (occupancy_cap >= 0 AND occupancy_cap <= 1),
    open_hours      jsonb NOT NULL,                -- [{"weekdays": mask, "from_min": …, "to_min": …}]; empty = around the clock
    retired         boolean NOT NULL DEFAULT false
);
CREATE INDEX queue_by_client ON queue (client_id);

CREATE TABLE site (
    id        wfm_id PRIMARY KEY,
    name      text NOT NULL,
    zone      text NOT NULL REFERENCES time_zone,
    country   text NOT NULL,
    shrinkage double precision NOT NULL CHECK (shrinkage >= 0 AND shrinkage < 1),
    retired   boolean NOT NULL DEFAULT false
);

CREATE TABLE shift_template (
    id             wfm_id PRIMARY KEY,
    name           text NOT NULL,
    weekdays       integer NOT NULL CHECK (weekdays BETWEEN 0 AND 127),
    start_from_min integer NOT NULL,
    start_to_min   integer NOT NULL CHECK (start_to_min >= start_from_min),
    start_step_min integer NOT NULL,
    paid_min_min   integer NOT NULL,
    paid_max_min   integer NOT NULL CHECK (paid_max_min >= paid_min_min),
    paid_step_min  integer NOT NULL,
    breaks         jsonb NOT NULL,                 -- [{"kind", "length_min", "paid", "earliest_min", "latest_min"}], in order
    retired        boolean NOT NULL DEFAULT false
);

CREATE TABLE contract (
    id                       wfm_id PRIMARY KEY,
    name                     text NOT NULL,
    week_minutes_min         integer NOT NULL,
    week_minutes_max         integer NOT NULL CHECK (week_minutes_max >= week_minutes_min),
    week_days_min            integer NOT NULL,
    week_days_max            integer NOT NULL CHECK (week_days_max >= week_days_min),
    consecutive_days_max     integer NOT NULL,
    rest_min_minutes         integer NOT NULL CHECK (rest_min_minutes >= 0),
    consecutive_days_off_min integer NOT NULL,
    week_nights_max          integer NOT NULL,
    night_from_min           integer NOT NULL,
    night_to_min             integer NOT NULL,
    night_shift_minutes      integer NOT NULL,
    weekends_max             integer NOT NULL,
    weekends_of              integer NOT NULL,
    start_spread_max_min     integer NOT NULL,
    rate                     double precision NOT NULL CHECK (rate >= 0),
    currency                 wfm_money_code NOT NULL,
    night_premium            double precision NOT NULL,
    holiday_premium          double precision NOT NULL,
    retired                  boolean NOT NULL DEFAULT false
);

CREATE TABLE contract_template (
    contract_id wfm_id NOT NULL REFERENCES contract ON DELETE CASCADE,
    position    integer NOT NULL,
    template_id wfm_id NOT NULL REFERENCES shift_template,
    PRIMARY KEY (contract_id, position),
    UNIQUE (contract_id, template_id)
);

CREATE TABLE agent (
    agent_key     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            wfm_id NOT NULL UNIQUE,
    name          text NOT NULL,
    site_id       wfm_id NOT NULL REFERENCES site,
    contract_id   wfm_id NOT NULL REFERENCES contract,
    available     jsonb NOT NULL,                  -- as queue.open_hours, in the site's zone; empty = always
    employed_from date NOT NULL,                   -- -infinity, infinity when open
    employed_to   date NOT NULL,
    retired       boolean NOT NULL DEFAULT false
);

CREATE TABLE agent_skill (
    agent_key   integer NOT NULL REFERENCES agent,
    queue_key   integer NOT NULL REFERENCES queue,
    proficiency double precision NOT NULL CHECK (proficiency > 0),
    PRIMARY KEY (agent_key, queue_key)
);

CREATE TABLE time_off (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_key  integer NOT NULL REFERENCES agent,
    start_at   timestamptz NOT NULL,
    end_at     timestamptz NOT NULL CHECK (end_at > start_at),
    credit_min integer NOT NULL CHECK (credit_min >= 0),
    kind       text NOT NULL
);
CREATE INDEX time_off_by_agent ON time_off (agent_key, start_at);

CREATE TABLE special_day (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope     text NOT NULL CHECK (scope IN ('all', 'client', 'queue', 'site')),
    client_id wfm_id REFERENCES client,
    queue_key integer REFERENCES queue,
    site_id   wfm_id REFERENCES site,
    day       date NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('closed', 'holiday', 'event', 'unplanned')),
    name      text NOT NULL,
    CHECK ((client_id IS NOT NULL) = (scope = 'client')),
    CHECK ((queue_key IS NOT NULL) = (scope = 'queue')),
    CHECK ((site_id IS NOT NULL) = (scope = 'site'))
);
CREATE INDEX special_day_by_day ON special_day (day);

-- Who changed what, when.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    actor   text NOT NULL,
    action  text NOT NULL,                          -- "roster.publish", "history.import", …
    subject text NOT NULL,                          -- "roster 12", "agents", …
    detail  json NOT NULL
);
