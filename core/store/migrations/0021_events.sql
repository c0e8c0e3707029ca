-- Events: audit rows as a feed that misses nothing, what of it clients and agents hear, webhooks.

-- Transactions commit out of the order of their ids. Rows are therefore served in the order of (xid, id), and only those of
-- transactions older than the oldest that is still running: nothing can appear before them any more.
ALTER TABLE audit
    ADD COLUMN xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD COLUMN client_id text, -- whom it is about, as far as it is about one
    ADD COLUMN queue_id  text,
    ADD COLUMN agent_id  text,
    ADD COLUMN week      text; -- "2026-W48"
CREATE INDEX audit_by_xid ON audit (xid, id);

-- Kinds are things that happened, subjects are ids.
UPDATE audit SET action = n.new FROM (VALUES
    ('roster.publish', 'roster.published'), ('roster.save', 'roster.saved'), ('roster.simulate', 'roster.simulated'),
    ('operation.save', 'operation.saved'), ('agents.save', 'agents.saved'), ('time_off.save', 'time_off.saved'),
    ('special_days.save', 'special_days.saved'), ('preferences.save', 'preferences.saved'), ('meetings.save', 'meetings.saved'),
    ('token.create', 'token.created'), ('token.revoke', 'token.revoked'), ('feed.create', 'calendar.created'),
    ('feed.revoke', 'calendar.revoked'), ('history.import', 'history.imported'), ('forecast.save', 'forecast.saved'),
    ('override.add', 'override.added'), ('override.remove', 'override.removed'), ('scenario.remove', 'scenario.removed')) AS n (old, new)
WHERE action = n.old;
UPDATE audit SET subject = regexp_replace(subject, '^(roster|token|override|scenario) ', '');

-- What those concerned may hear of it: a row is for one client or for one agent, and holds nothing that is not theirs.
CREATE TABLE notice (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at        timestamptz NOT NULL DEFAULT now(),
    client_id wfm_id REFERENCES client ON DELETE CASCADE,
    agent_key integer REFERENCES agent ON DELETE CASCADE,
    kind      text NOT NULL,
    subject   text NOT NULL,
    queue_id  text,
    week      text,
    detail    jsonb NOT NULL DEFAULT '{}',
    CHECK ((client_id IS NULL) <> (agent_key IS NULL))
);
CREATE INDEX notice_of_client ON notice (client_id, xid, id) WHERE client_id IS NOT NULL;
CREATE INDEX notice_of_agent ON notice (agent_key, xid, id) WHERE agent_key IS NOT NULL;
-- However many statements change the shifts of an agent in one transaction: one notice.
CREATE UNIQUE INDEX notice_of_shifts ON notice (agent_key, xid, at) WHERE kind = 'shifts.changed';

GRANT SELECT ON notice TO wfm_scoped;
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notice FOR SELECT TO wfm_scoped
    USING (client_id = (SELECT wfm_client()) OR agent_key = (SELECT a.agent_key FROM agent a WHERE a.id = (SELECT wfm_agent())));

-- Whoever changes published shifts, by whatever statement: their agents hear of it.
CREATE FUNCTION shift_instant(at timestamptz) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;

CREATE FUNCTION shift_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notice (agent_key, kind, subject, detail)
    SELECT a.agent_key, 'shifts.changed', a.id, jsonb_build_object('shifts', jsonb_agg(jsonb_build_object(
        'id', n.id, 'uid', n.uid, 'change', 'published', 'start', shift_instant(n.start_at), 'end', shift_instant(n.end_at))
        ORDER BY n.start_at))
    FROM new_rows n JOIN agent a USING (agent_key) WHERE NOT n.cancelled GROUP BY a.agent_key, a.id
    ON CONFLICT (agent_key, xid, at) WHERE kind = 'shifts.changed'
    DO UPDATE SET detail = jsonb_build_object('shifts', (notice.detail -> 'shifts') || (excluded.detail -> 'shifts'));
    RETURN NULL;
END
$$;

CREATE FUNCTION shift_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notice (agent_key, kind, subject, detail)
    SELECT a.agent_key, 'shifts.changed', a.id, jsonb_build_object('shifts', jsonb_agg(jsonb_build_object(
        'id', n.id, 'uid', n.uid,
        'change', CASE WHEN n.cancelled THEN 'cancelled' WHEN o.cancelled THEN 'published'
            WHEN (n.start_at, n.end_at) IS DISTINCT FROM (o.start_at, o.end_at) THEN 'moved' ELSE 'changed' END,
        'start', shift_instant(n.start_at), 'end', shift_instant(n.end_at)) ORDER BY n.start_at))
    FROM new_rows n JOIN old_rows o ON o.id = n.id JOIN agent a ON a.agent_key = n.agent_key
    WHERE (n.start_at, n.end_at, n.activities, n.cancelled) IS DISTINCT FROM (o.start_at, o.end_at, o.activities, o.cancelled)
    GROUP BY a.agent_key, a.id
    ON CONFLICT (agent_key, xid, at) WHERE kind = 'shifts.changed'
    DO UPDATE SET detail = jsonb_build_object('shifts', (notice.detail -> 'shifts') || (excluded.detail -> 'shifts'));
    RETURN NULL;
END
$$;

CREATE TRIGGER shift_made AFTER INSERT ON shift REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shift_made();
CREATE TRIGGER shift_changed AFTER UPDATE ON shift REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shift_changed();

-- A published roster concerns the clients whose queues it covers.
CREATE FUNCTION roster_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notice (client_id, kind, subject, week, detail)
    SELECT q.client_id, 'roster.published', NEW.id::text, to_char(NEW.first_day, 'IYYY"-W"IW'),
        jsonb_build_object('first_day', NEW.first_day, 'weeks', NEW.n_weeks, 'version', NEW.version, 'queues', jsonb_agg(q.id ORDER BY q.id))
    FROM roster_queue r JOIN queue q USING (queue_key) WHERE r.roster_id = NEW.id AND NOT q.retired GROUP BY q.client_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER roster_published AFTER UPDATE OF state ON roster
    FOR EACH ROW WHEN (NEW.state = 'published' AND OLD.state <> 'published') EXECUTE FUNCTION roster_published();

-- Programs of planners that are told of audit rows. secret signs; sealed: encrypted with the key of the service.
CREATE TABLE webhook (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url           text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    kinds         text[] NOT NULL,               -- "roster.published", "roster.*"; empty: all
    description   text NOT NULL,
    active        boolean NOT NULL,
    secret        bytea NOT NULL,
    sealed        boolean NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    created_by    text NOT NULL,
    failing_since timestamptz,                   -- no delivery has arrived since
    disabled_at   timestamptz,                   -- by the service, after long failure
    resume_at     timestamptz NOT NULL DEFAULT '-infinity', -- nothing is sent before
    leased_until  timestamptz NOT NULL DEFAULT '-infinity',
    lease         bigint NOT NULL DEFAULT 0      -- of the last one who had it
);

CREATE TABLE delivery (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id  bigint NOT NULL REFERENCES webhook ON DELETE CASCADE,
    event_id    bigint NOT NULL REFERENCES audit,
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts    integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    since       timestamptz NOT NULL DEFAULT now(), -- the day of retries counts from here
    next_at     timestamptz NOT NULL DEFAULT now(),
    tried_at    timestamptz,
    last_status integer,                            -- HTTP; NULL: no answer
    last_error  text
);
CREATE INDEX delivery_due ON delivery (webhook_id, id) WHERE state = 'pending';
CREATE INDEX delivery_of_webhook ON delivery (webhook_id, id);
CREATE INDEX delivery_of_event ON delivery (event_id);
CREATE INDEX delivery_undone ON delivery (state) WHERE state <> 'delivered';
CREATE INDEX delivery_done ON delivery (tried_at) WHERE state <> 'pending';
