-- The planner's hand: overrides on top of forecasts, in scenarios or for good; and how far the history of a forecast reached.

-- What came from here on was not known. NULL: forecasts from before this column.
ALTER TABLE forecast ADD COLUMN history_end timestamptz;

-- A named what-if. Standing: its overrides are used unless left out; else only where it is asked for.
CREATE TABLE scenario (
    name       wfm_id PRIMARY KEY,
    standing   boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);

-- Never changed and never deleted: taken back, with who and when. What they do: forecast/override.h.
CREATE TABLE forecast_override (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order in which they work
    queue_key  integer NOT NULL REFERENCES queue,
    scenario   wfm_id REFERENCES scenario,                      -- NULL: used always
    measure    text NOT NULL CHECK (measure IN ('volume', 'aht')),
    kind       text NOT NULL CHECK (kind IN ('set', 'add', 'percent')),
    per        text NOT NULL CHECK (per IN ('range', 'day', 'interval')),
    value      double precision NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
    start_at   timestamptz NOT NULL,
    end_at     timestamptz NOT NULL CHECK (end_at > start_at),
    hours      text NOT NULL,                                   -- "mon-fri 09:00-18:00", the queue's clock; empty = all
    why        text NOT NULL CHECK (why <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    removed_at timestamptz,
    removed_by text,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL)),
    CHECK (kind <> 'set' OR value >= 0),
    CHECK (kind <> 'percent' OR value >= -100)
);
CREATE INDEX forecast_override_by_time ON forecast_override (queue_key, start_at, end_at);

-- Clients see what changes the forecasts of their queues as it is planned with; reasons, names of people and what-ifs stay here.
GRANT SELECT (name, standing) ON scenario TO wfm_scoped;
GRANT SELECT (id, queue_key, scenario, measure, kind, per, value, start_at, end_at, hours, created_at, removed_at) ON forecast_override TO wfm_scoped;
ALTER TABLE scenario ENABLE ROW LEVEL SECURITY;
ALTER TABLE forecast_override ENABLE ROW LEVEL SECURITY;
CREATE POLICY standing ON scenario FOR SELECT TO wfm_scoped USING (standing AND (SELECT wfm_client()) IS NOT NULL);
CREATE POLICY own ON forecast_override FOR SELECT TO wfm_scoped
    USING (queue_key IN (SELECT q.queue_key FROM queue q)
           AND (scenario IS NULL OR scenario IN (SELECT s.name FROM scenario s)));
