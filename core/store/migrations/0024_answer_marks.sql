-- What lets `wfm serve` keep the answers of agents in memory and still never give an old one (core/store/answer.h): a transaction that
-- changes anything such an answer is made of leaves a mark, and before an answer is used a server asks for the marks it does not know.

CREATE TABLE answer_mark (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid    xid8 NOT NULL DEFAULT pg_current_xact_id(),
    agents integer[] -- keys of those whose answers it concerns; NULL: everybody's
);
CREATE INDEX answer_mark_by_xid ON answer_mark (xid);
CREATE UNIQUE INDEX answer_mark_of_all ON answer_mark (xid) WHERE agents IS NULL;

-- Marks of transactions below `gone` have been deleted; those below `next` will be. Who last asked before `gone` knows nothing any more.
CREATE TABLE answer_horizon (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    gone xid8 NOT NULL,
    next xid8 NOT NULL,
    at   timestamptz NOT NULL
);
INSERT INTO answer_horizon (gone, next, at) VALUES ('0', '0', '-infinity');

-- Of n rows that concern these agents; many rows are everybody's.
CREATE FUNCTION answer_mark_put(n bigint, whose integer[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF n = 0 OR EXISTS (SELECT FROM answer_mark WHERE xid = pg_current_xact_id() AND agents IS NULL) THEN
        RETURN;
    END IF;
    INSERT INTO answer_mark (agents) VALUES (CASE WHEN n <= 256 THEN whose END) ON CONFLICT DO NOTHING;
END
$$;
REVOKE ALL ON FUNCTION answer_mark_put FROM PUBLIC;

-- Triggers. `changed`, `former`: the rows of the statement.
CREATE FUNCTION answer_mark_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM answer_mark_put(count(*), array_agg(DISTINCT c.agent_key)) FROM (SELECT agent_key FROM changed WHERE agent_key IS NOT NULL LIMIT 257) c;
    RETURN NULL;
END
$$;
CREATE FUNCTION answer_mark_shifts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM answer_mark_put(count(*), array_agg(DISTINCT c.agent_key))
    FROM (SELECT agent_key FROM changed UNION ALL SELECT agent_key FROM former LIMIT 257) c;
    RETURN NULL;
END
$$;
-- That a token was used, or an agent learnt something, changes no answer.
CREATE FUNCTION answer_mark_tokens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM answer_mark_put(count(*), array_agg(DISTINCT c.agent_key))
    FROM (SELECT f.agent_key FROM former f LEFT JOIN changed n USING (id)
          WHERE f.agent_key IS NOT NULL AND (f.hash, f.role, f.agent_key, f.label, f.expires_at, f.scopes)
              IS DISTINCT FROM (n.hash, n.role, n.agent_key, n.label, n.expires_at, n.scopes) LIMIT 257) c;
    RETURN NULL;
END
$$;
CREATE FUNCTION answer_mark_agents() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM answer_mark_put(count(*), array_agg(DISTINCT c.agent_key))
    FROM (SELECT f.agent_key FROM former f LEFT JOIN changed n USING (agent_key)
          WHERE (f.id, f.name, f.site_id, f.employed_to, f.retired) IS DISTINCT FROM (n.id, n.name, n.site_id, n.employed_to, n.retired)
          LIMIT 257) c;
    RETURN NULL;
END
$$;
CREATE FUNCTION answer_mark_all() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM answer_mark_put(1, NULL);
    RETURN NULL;
END
$$;

CREATE TRIGGER answer_made AFTER INSERT ON shift REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_rows();
CREATE TRIGGER answer_changed AFTER UPDATE ON shift REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_shifts();
CREATE TRIGGER answer_gone AFTER DELETE ON shift REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_rows();
CREATE TRIGGER answer_emptied AFTER TRUNCATE ON shift FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_all();
CREATE TRIGGER answer_changed AFTER UPDATE ON token REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_tokens();
CREATE TRIGGER answer_gone AFTER DELETE ON token REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_rows();
CREATE TRIGGER answer_emptied AFTER TRUNCATE ON token FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_all();
CREATE TRIGGER answer_changed AFTER UPDATE ON agent REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_agents();
CREATE TRIGGER answer_gone AFTER DELETE ON agent REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_rows();
CREATE TRIGGER answer_emptied AFTER TRUNCATE ON agent FOR EACH STATEMENT EXECUTE FUNCTION answer_mark_all();
CREATE TRIGGER answer_changed AFTER UPDATE ON site FOR EACH ROW WHEN ((OLD.id, OLD.zone) IS DISTINCT FROM (NEW.id, NEW.zone))
    EXECUTE FUNCTION answer_mark_all();

-- Also where a logical replica, or a restore, writes.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT tgrelid::regclass AS rel, tgname AS name FROM pg_trigger
             WHERE tgname LIKE 'answer\_%' AND tgrelid IN ('shift'::regclass, 'token'::regclass, 'agent'::regclass, 'site'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.rel, t.name);
    END LOOP;
END
$$;
