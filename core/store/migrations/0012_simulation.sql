-- What a simulation says of a roster: one at most for each, replaced as a whole.

CREATE TABLE roster_simulation (
    roster_id    bigint PRIMARY KEY REFERENCES roster,
    seed         numeric(20) NOT NULL,
    replications integer NOT NULL CHECK (replications >= 1),
    handle_cv    double precision NOT NULL CHECK (handle_cv >= 0), -- 0: exponential handling times
    certain      boolean NOT NULL,                                 -- days taken as forecast
    even         boolean NOT NULL,                                 -- shrinkage taken as its mean
    contacts     double precision NOT NULL,
    seconds      double precision NOT NULL,
    wfm_version  text NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- Spans of a queue: local days, contract periods, the whole of the roster; a span may be two of them. Shares 0..1; *_half: half
-- the 95 % interval; sl_p*: quantiles over replications. past_*: contacts of the contract period before the roster, in met and
-- sl_p*. What a queue has no figure for is NULL.
CREATE TABLE roster_simulation_span (
    roster_id    bigint NOT NULL REFERENCES roster_simulation ON DELETE CASCADE,
    queue_key    integer NOT NULL REFERENCES queue,
    start_at     timestamptz NOT NULL,
    end_at       timestamptz NOT NULL CHECK (end_at > start_at),
    whole        boolean NOT NULL,
    contract     boolean NOT NULL,
    target       double precision NOT NULL,
    sl           double precision NOT NULL,
    sl_half      double precision,
    sl_p5        double precision NOT NULL,
    sl_p50       double precision NOT NULL,
    sl_p95       double precision NOT NULL,
    met          double precision NOT NULL,
    met_low      double precision NOT NULL,
    met_high     double precision NOT NULL,
    offered      double precision NOT NULL,
    counted      double precision NOT NULL,
    abandon      double precision NOT NULL,
    asa_s        double precision NOT NULL,
    occupancy    double precision,
    past_counted double precision NOT NULL,
    past_in_time double precision NOT NULL,
    PRIMARY KEY (roster_id, queue_key, start_at, end_at)
);

-- Clients read it of published rosters and their own queues, as coverage; how it was made, without who and how long.
GRANT SELECT (roster_id, seed, replications, handle_cv, certain, even, created_at) ON roster_simulation TO wfm_scoped;
GRANT SELECT ON roster_simulation_span TO wfm_scoped;
ALTER TABLE roster_simulation ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster_simulation_span ENABLE ROW LEVEL SECURITY;
CREATE POLICY published ON roster_simulation FOR SELECT TO wfm_scoped
    USING ((SELECT wfm_client()) IS NOT NULL AND roster_id IN (SELECT r.id FROM roster r));
CREATE POLICY own ON roster_simulation_span FOR SELECT TO wfm_scoped
    USING (queue_key IN (SELECT q.queue_key FROM queue q) AND roster_id IN (SELECT r.id FROM roster r));
