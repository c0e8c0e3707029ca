-- Rosters: drafts and versions, and the one set of published shifts.

CREATE TABLE roster (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_day    date NOT NULL,
    n_weeks      integer NOT NULL CHECK (n_weeks >= 1),
    zone         text NOT NULL REFERENCES time_zone,   -- planning zone
    start_at     timestamptz NOT NULL,                 -- the horizon
    end_at       timestamptz NOT NULL CHECK (end_at > start_at),
    interval_s   integer NOT NULL CHECK (interval_s > 0),
    version      integer NOT NULL CHECK (version >= 1),
    state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'superseded')),
    pay          double precision NOT NULL,
    shortage     double precision NOT NULL,
    objective    double precision NOT NULL,
    bound        double precision NOT NULL,
    seconds      double precision NOT NULL,
    rounds       bigint NOT NULL,
    stopped      text NOT NULL,
    seed         numeric(20) NOT NULL,
    currency     wfm_money_code NOT NULL,
    n_shifts     integer NOT NULL,
    inputs_hash  text NOT NULL,
    wfm_version  text NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_by text,
    published_at timestamptz,
    past         jsonb NOT NULL, -- {agent id: [start, end, …]}: published shifts of the weeks before, as planned with
    UNIQUE (first_day, version),
    CHECK ((state = 'draft') = (published_at IS NULL) AND (published_at IS NULL) = (published_by IS NULL))
);
-- A week has one published roster at most.
CREATE UNIQUE INDEX roster_published ON roster (first_day) WHERE state = 'published';

-- The problem it was made from, as a plan file: for verify and replay.
CREATE TABLE roster_problem (
    roster_id bigint PRIMARY KEY REFERENCES roster,
    plan      text NOT NULL
);

-- Shifts as planned; never changed. activities: [{"kind", "offset_s", "length_s", "paid"}] from the start of the shift.
CREATE TABLE roster_shift (
    roster_id    bigint NOT NULL REFERENCES roster,
    agent_key    integer NOT NULL REFERENCES agent,
    day          date NOT NULL,            -- site-local day of the start
    start_at     timestamptz NOT NULL,
    end_at       timestamptz NOT NULL CHECK (end_at > start_at AND end_at <= start_at + interval '48 hours'),
    paid_minutes integer NOT NULL CHECK (paid_minutes >= 0),
    template_id  wfm_id REFERENCES shift_template,
    activities   jsonb NOT NULL,
    PRIMARY KEY (roster_id, agent_key, day),
    CONSTRAINT roster_shift_no_overlap EXCLUDE USING gist
        (roster_id WITH =, agent_key WITH =, tstzrange(start_at, end_at) WITH &&)
);

-- Required and staffed agents and the expected service, per queue on the roster's grid. Expectations may be missing.
CREATE TABLE roster_queue (
    roster_id bigint NOT NULL REFERENCES roster,
    queue_key integer NOT NULL REFERENCES queue,
    n         integer NOT NULL CHECK (n > 0),
    required  double precision[] NOT NULL CHECK (cardinality(required) = n),
    staffed   double precision[] NOT NULL CHECK (cardinality(staffed) = n),
    offered   double precision[] CHECK (cardinality(offered) = n),
    in_time   double precision[] CHECK (cardinality(in_time) = n),
    counted   double precision[] CHECK (cardinality(counted) = n),
    PRIMARY KEY (roster_id, queue_key)
);

-- The published shifts, one row per agent and site-local day for ever: the row is the calendar event, so a moved shift keeps
-- its uid and a vanished one stays as cancelled.
CREATE TABLE shift (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid          uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    agent_key    integer NOT NULL REFERENCES agent,
    day          date NOT NULL,
    roster_id    bigint NOT NULL REFERENCES roster, -- the version that says so
    sequence     integer NOT NULL DEFAULT 0,
    cancelled    boolean NOT NULL DEFAULT false,
    start_at     timestamptz NOT NULL,
    end_at       timestamptz NOT NULL CHECK (end_at > start_at AND end_at <= start_at + interval '48 hours'),
    paid_minutes integer NOT NULL CHECK (paid_minutes >= 0),
    template_id  wfm_id REFERENCES shift_template,
    activities   jsonb NOT NULL,
    changed_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agent_key, day),
    -- Deferred: within one publish the shifts of an agent move one after the other.
    CONSTRAINT shift_no_overlap EXCLUDE USING gist (agent_key WITH =, tstzrange(start_at, end_at) WITH &&)
        WHERE (NOT cancelled) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX shift_by_time ON shift (start_at, id);
CREATE INDEX shift_by_roster ON shift (roster_id);
