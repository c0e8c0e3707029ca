-- Runs: long work that somebody asked for and a worker does. A worker holds a run by a lease; (id, attempt) is the fence: what an
-- attempt that has lost its lease tries to write finds no row.

CREATE TABLE run (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('forecast', 'staff', 'roster', 'simulate', 'plan', 'replan')),
    ask          jsonb NOT NULL CHECK (jsonb_typeof(ask) = 'object'),
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempt      integer NOT NULL DEFAULT 0 CHECK (attempt >= 0), -- begun so far; only grows
    attempts_max integer NOT NULL CHECK (attempts_max >= 1),
    not_before   timestamptz NOT NULL DEFAULT now(),              -- a queued run is not begun earlier
    lease_until  timestamptz,
    worker       text,
    cancel_asked boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL,
    started_at   timestamptz, -- the latest attempt
    finished_at  timestamptz,
    progress     jsonb NOT NULL DEFAULT '{}',
    result       jsonb NOT NULL DEFAULT '{}', -- what is kept, also of an attempt that did not get to its end
    error        text,                        -- why it failed
    revision     bigint NOT NULL DEFAULT 1,   -- grows with every change people may see
    last_seq     integer NOT NULL DEFAULT 0,  -- of its messages
    CHECK ((state = 'running') = (lease_until IS NOT NULL) AND (state = 'running') = (worker IS NOT NULL)),
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK (state <> 'failed' OR error IS NOT NULL)
) WITH (fillfactor = 60); -- progress is written a few times a second, in place
CREATE INDEX run_waiting ON run (id) WHERE state = 'queued';
CREATE INDEX run_busy ON run (id) WHERE state = 'running';

CREATE TABLE run_message (
    run_id   bigint NOT NULL REFERENCES run ON DELETE CASCADE,
    seq      integer NOT NULL CHECK (seq >= 1),
    at       timestamptz NOT NULL DEFAULT now(),
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
    text     text NOT NULL,
    PRIMARY KEY (run_id, seq)
);

-- Planners only: no policy, no grant.
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_message ENABLE ROW LEVEL SECURITY;
