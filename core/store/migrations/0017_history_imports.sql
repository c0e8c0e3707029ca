-- Imports of history on record, and history read by the clients whose it is.

CREATE TABLE history_import (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    source     text NOT NULL,       -- name of the file, or "request"
    n_rows     bigint NOT NULL,
    inserted   bigint NOT NULL,
    updated    bigint NOT NULL,
    unchanged  bigint NOT NULL,
    start_at   timestamptz,         -- of the first interval in it; NULL: no rows
    end_at     timestamptz,         -- of the last
    queues     text[] NOT NULL
);
ALTER TABLE history_import ENABLE ROW LEVEL SECURITY; -- planners'

-- The partitions are read through the table alone, so its policy is theirs.
GRANT SELECT ON history TO wfm_scoped;
CREATE POLICY own ON history FOR SELECT TO wfm_scoped USING (queue_key IN (SELECT q.queue_key FROM queue q));
