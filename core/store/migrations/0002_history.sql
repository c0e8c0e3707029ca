-- Interval history and forecasts.

-- Partitioned by UTC month; the import makes partitions as it needs them (core/store/history_store.c).
-- NULL = the source does not say, which is not 0.
CREATE TABLE history (
    queue_key  integer NOT NULL REFERENCES queue,
    start_at   timestamptz NOT NULL,
    interval_s integer NOT NULL CHECK (interval_s IN (300, 600, 900, 1800, 3600, 86400)),
    offered    double precision CHECK (offered >= 0),
    answered   double precision CHECK (answered >= 0),
    abandoned  double precision CHECK (abandoned >= 0),
    handle_s   double precision CHECK (handle_s >= 0),
    PRIMARY KEY (queue_key, start_at)
) PARTITION BY RANGE (start_at);

-- One row per forecast and queue; series as arrays on the grid (start_at, interval_s, n).
CREATE TABLE forecast (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue_key   integer NOT NULL REFERENCES queue,
    start_at    timestamptz NOT NULL,
    end_at      timestamptz NOT NULL,
    interval_s  integer NOT NULL CHECK (interval_s > 0),
    n           integer NOT NULL CHECK (n > 0),
    offered     double precision[] NOT NULL CHECK (cardinality(offered) = n),
    aht_s       double precision[] NOT NULL CHECK (cardinality(aht_s) = n),
    levels      double precision[] NOT NULL,
    quantile    double precision[] NOT NULL CHECK (cardinality(quantile) = cardinality(levels) * n), -- by level, then interval
    report      json NOT NULL,
    inputs_hash text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL,
    CHECK (end_at = start_at + make_interval(secs => interval_s::double precision * n))
);
CREATE INDEX forecast_newest ON forecast (queue_key, id DESC);
