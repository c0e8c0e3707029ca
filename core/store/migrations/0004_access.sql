-- Tokens, calendar feeds, and the second wall: row-level security for callers who are not planners.

-- Only SHA-256 of the 32 random bytes is stored; to revoke is to delete.
CREATE TABLE token (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash         bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    role         text NOT NULL CHECK (role IN ('planner', 'client', 'agent')),
    client_id    wfm_id REFERENCES client,
    agent_key    integer REFERENCES agent,
    label        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL,
    expires_at   timestamptz NOT NULL, -- infinity: never
    last_used_at timestamptz,
    CHECK ((client_id IS NOT NULL) = (role = 'client')),
    CHECK ((agent_key IS NOT NULL) = (role = 'agent'))
);

CREATE TABLE feed (
    agent_key  integer PRIMARY KEY REFERENCES agent,
    hash       bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);

-- wfm_scoped: what the transaction of a client's or agent's read becomes. Roles belong to the whole server, so it may be there
-- already, and another database may be making it right now.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wfm_scoped') THEN
        BEGIN
            CREATE ROLE wfm_scoped NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'this user may not create roles; let an administrator run: CREATE ROLE wfm_scoped NOLOGIN; GRANT wfm_scoped TO %', quote_ident(current_user);
        END;
    END IF;
    -- From PostgreSQL 16 on, who made a role is a member of it without the right to SET ROLE.
    IF current_setting('server_version_num')::integer >= 160000 THEN
        IF NOT pg_has_role(current_user, 'wfm_scoped', 'SET') THEN
            EXECUTE format('GRANT wfm_scoped TO %I WITH SET TRUE', current_user);
        END IF;
    ELSIF NOT pg_has_role(current_user, 'wfm_scoped', 'MEMBER') THEN
        EXECUTE format('GRANT wfm_scoped TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO wfm_scoped', current_schema());
END
$$;

-- Who asks; NULL when nobody said so, and then nothing is visible.
CREATE FUNCTION wfm_client() RETURNS text STABLE LANGUAGE sql AS
$$ SELECT CASE WHEN current_setting('wfm.role', true) = 'client' THEN nullif(current_setting('wfm.client', true), '') END $$;
CREATE FUNCTION wfm_agent() RETURNS text STABLE LANGUAGE sql AS
$$ SELECT CASE WHEN current_setting('wfm.role', true) = 'agent' THEN nullif(current_setting('wfm.agent', true), '') END $$;

-- What is not granted here cannot be read at all: contracts, pay, tokens, feeds, audit, drafts' problems.
GRANT SELECT ON client, queue, site, time_zone, forecast, roster_queue, shift, roster_shift TO wfm_scoped;
GRANT SELECT (agent_key, id, name, site_id, contract_id, retired) ON agent TO wfm_scoped;
GRANT SELECT (id, first_day, n_weeks, zone, start_at, end_at, interval_s, version, state, published_at) ON roster TO wfm_scoped;
GRANT SELECT (one, name, zone, interval_min) ON operation TO wfm_scoped;

ALTER TABLE client ENABLE ROW LEVEL SECURITY;
ALTER TABLE queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE site ENABLE ROW LEVEL SECURITY;
ALTER TABLE agent ENABLE ROW LEVEL SECURITY;
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE forecast ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster_shift ENABLE ROW LEVEL SECURITY;
ALTER TABLE shift ENABLE ROW LEVEL SECURITY;

-- The sub-selects below are themselves under row-level security: "queues one sees", "agents one sees".
CREATE POLICY own ON client FOR SELECT TO wfm_scoped USING (id = (SELECT wfm_client()));
CREATE POLICY own ON queue FOR SELECT TO wfm_scoped USING (client_id = (SELECT wfm_client()));
CREATE POLICY own ON agent FOR SELECT TO wfm_scoped USING (id = (SELECT wfm_agent()));
CREATE POLICY own ON site FOR SELECT TO wfm_scoped USING (id IN (SELECT a.site_id FROM agent a));
CREATE POLICY own ON forecast FOR SELECT TO wfm_scoped USING (queue_key IN (SELECT q.queue_key FROM queue q));
CREATE POLICY published ON roster FOR SELECT TO wfm_scoped
    USING (state = 'published' AND coalesce((SELECT wfm_client()), (SELECT wfm_agent())) IS NOT NULL);
CREATE POLICY own ON roster_queue FOR SELECT TO wfm_scoped
    USING (queue_key IN (SELECT q.queue_key FROM queue q) AND roster_id IN (SELECT r.id FROM roster r));
CREATE POLICY own ON roster_shift FOR SELECT TO wfm_scoped
    USING (agent_key IN (SELECT a.agent_key FROM agent a) AND roster_id IN (SELECT r.id FROM roster r));
CREATE POLICY own ON shift FOR SELECT TO wfm_scoped USING (agent_key IN (SELECT a.agent_key FROM agent a));
