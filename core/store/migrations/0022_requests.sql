-- Time off that agents ask for, shifts they swap, and the rules by which either is decided at once.

-- The first rule whose site, contract and kind fit a request decides it (NULL: any). All its conditions hold: approved, or left to
-- a planner where approve is false; one fails: `otherwise`. A request that touches published shifts is always left to a planner.
CREATE TABLE time_off_rule (
    position     integer PRIMARY KEY,
    site_id      wfm_id REFERENCES site,
    contract_id  wfm_id REFERENCES contract,
    kind         text,
    approve      boolean NOT NULL,
    notice_days  integer NOT NULL CHECK (notice_days BETWEEN 0 AND 3660),     -- whole days before the time off begins
    days_max     integer CHECK (days_max BETWEEN 1 AND 366),                  -- longest request
    off_max      integer CHECK (off_max BETWEEN 1 AND 1000000),               -- agents of the site and contract away on one day, this one included
    staffing_min double precision CHECK (staffing_min > '-Infinity' AND staffing_min < 'Infinity'), -- staffed less required, after
    credit_min   integer NOT NULL CHECK (credit_min BETWEEN 0 AND 1440),      -- paid minutes of a whole day off
    otherwise    text NOT NULL CHECK (otherwise IN ('pending', 'denied'))
);

-- Likewise for swaps that break no hard rule, by site and contract of who offers.
CREATE TABLE swap_rule (
    position       integer PRIMARY KEY,
    site_id        wfm_id REFERENCES site,
    contract_id    wfm_id REFERENCES contract,
    approve        boolean NOT NULL,                                          -- else a planner does
    notice_minutes integer NOT NULL CHECK (notice_minutes BETWEEN 0 AND 1000000), -- before the first of the shifts begins
    shortage_max   double precision NOT NULL CHECK (shortage_max >= 0 AND shortage_max < 'Infinity'), -- what coverage may lose, operation's currency
    otherwise      text NOT NULL CHECK (otherwise IN ('pending', 'refused'))  -- where it loses more
);

CREATE TABLE time_off_request (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_key   integer NOT NULL REFERENCES agent,
    start_at    timestamptz NOT NULL,
    end_at      timestamptz NOT NULL CHECK (end_at > start_at AND end_at <= start_at + interval '367 days'),
    kind        text NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    note        text NOT NULL CHECK (length(note) <= 1000),
    credit_min  integer NOT NULL DEFAULT 0 CHECK (credit_min BETWEEN 0 AND 1440),
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'denied', 'withdrawn')),
    decided_how text CHECK (decided_how IN ('rule', 'planner', 'agent')),
    decided_by  text,
    decided_at  timestamptz,
    reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'pending') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)
           AND (decided_at IS NULL) = (decided_how IS NULL)),
    CONSTRAINT time_off_request_once EXCLUDE USING gist (agent_key WITH =, tstzrange(start_at, end_at) WITH &&)
        WHERE (state IN ('pending', 'approved'))
);
CREATE INDEX time_off_request_by_agent ON time_off_request (agent_key, id);
CREATE INDEX time_off_request_pending ON time_off_request (id) WHERE state = 'pending';

-- Where an absence comes from; imports replace only those that come from no request.
ALTER TABLE time_off ADD COLUMN request_id bigint UNIQUE REFERENCES time_off_request;

-- An offer of a published shift: to be taken over (no days), or against a shift of who takes it that starts on one of the days (by
-- the site's clock). What others need to see of the shift is copied: they may not read the shift itself.
CREATE TABLE shift_swap (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_key       integer NOT NULL REFERENCES agent,
    shift_id        bigint NOT NULL REFERENCES shift,
    shift_sequence  integer NOT NULL,                -- another one by now: the offer has died
    site_id         wfm_id NOT NULL REFERENCES site,
    start_at        timestamptz NOT NULL,
    end_at          timestamptz NOT NULL,
    paid_minutes    integer NOT NULL,
    template_id     wfm_id,
    activities      jsonb NOT NULL,
    days            date[] NOT NULL CHECK (cardinality(days) <= 31),
    to_key          integer REFERENCES agent,        -- to this colleague alone
    offered_by      text,                            -- the name of who offers, for that colleague alone
    note            text NOT NULL CHECK (length(note) <= 1000),
    state           text NOT NULL DEFAULT 'open'
                    CHECK (state IN ('open', 'accepted', 'applied', 'declined', 'denied', 'withdrawn', 'expired')),
    taker_key       integer REFERENCES agent,
    return_id       bigint REFERENCES shift,
    return_sequence integer,
    return_start    timestamptz,
    return_end      timestamptz,
    expires_at      timestamptz NOT NULL,
    decided_how     text CHECK (decided_how IN ('rule', 'planner', 'agent')),
    decided_by      text,
    decided_at      timestamptz,
    reason          text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (to_key IS DISTINCT FROM agent_key AND taker_key IS DISTINCT FROM agent_key),
    CHECK (state NOT IN ('accepted', 'applied') OR taker_key IS NOT NULL),
    CHECK (taker_key IS NULL OR (cardinality(days) > 0) = (return_id IS NOT NULL)),
    CHECK ((to_key IS NULL) = (offered_by IS NULL))
);
CREATE UNIQUE INDEX shift_swap_once ON shift_swap (shift_id) WHERE state IN ('open', 'accepted');
CREATE INDEX shift_swap_by_agent ON shift_swap (agent_key, id);
CREATE INDEX shift_swap_by_taker ON shift_swap (taker_key, id) WHERE taker_key IS NOT NULL;
CREATE INDEX shift_swap_by_colleague ON shift_swap (to_key, id) WHERE to_key IS NOT NULL;
CREATE INDEX shift_swap_open ON shift_swap (site_id, id) WHERE state = 'open';

-- An agent reads and writes the own requests, decided by nobody yet; reads own offers, those made to them or taken by them, and what
-- is open to everybody at their site; offers own shifts. What an offer does to shifts is done by the owner of the tables.
GRANT SELECT ON time_off_request TO wfm_scoped;
GRANT INSERT (agent_key, start_at, end_at, kind, note) ON time_off_request TO wfm_scoped;
GRANT SELECT ON shift_swap TO wfm_scoped;
GRANT INSERT (agent_key, shift_id, shift_sequence, site_id, start_at, end_at, paid_minutes, template_id, activities, days, to_key,
              offered_by, note, expires_at) ON shift_swap TO wfm_scoped;
GRANT SELECT (id, agent_key, start_at, end_at, credit_min, kind, request_id) ON time_off TO wfm_scoped;
GRANT SELECT (id, name, week_minutes_min, week_minutes_max) ON contract TO wfm_scoped;
GRANT SELECT ON contract_template TO wfm_scoped;
ALTER TABLE time_off_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE shift_swap ENABLE ROW LEVEL SECURITY;
ALTER TABLE time_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract_template ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON time_off_request FOR SELECT TO wfm_scoped USING (agent_key IN (SELECT a.agent_key FROM agent a));
CREATE POLICY ask ON time_off_request FOR INSERT TO wfm_scoped
    WITH CHECK (agent_key IN (SELECT a.agent_key FROM agent a) AND state = 'pending');
CREATE POLICY own ON time_off FOR SELECT TO wfm_scoped USING (agent_key IN (SELECT a.agent_key FROM agent a));
CREATE POLICY own ON contract FOR SELECT TO wfm_scoped USING (id IN (SELECT a.contract_id FROM agent a));
CREATE POLICY own ON contract_template FOR SELECT TO wfm_scoped USING (contract_id IN (SELECT a.contract_id FROM agent a));
CREATE POLICY own ON shift_swap FOR SELECT TO wfm_scoped
    USING (agent_key IN (SELECT a.agent_key FROM agent a) OR taker_key IN (SELECT a.agent_key FROM agent a)
           OR to_key IN (SELECT a.agent_key FROM agent a)
           OR (state = 'open' AND to_key IS NULL AND site_id IN (SELECT a.site_id FROM agent a)));
CREATE POLICY offer ON shift_swap FOR INSERT TO wfm_scoped
    WITH CHECK (state = 'open' AND taker_key IS NULL AND agent_key IN (SELECT a.agent_key FROM agent a)
                AND EXISTS (SELECT FROM shift s WHERE s.id = shift_id AND s.agent_key = shift_swap.agent_key AND NOT s.cancelled)
                AND site_id IN (SELECT a.site_id FROM agent a));
