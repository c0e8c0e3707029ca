-- What a token may do beyond its role, and a shorter way to an agent's own shifts.

-- Bits of enum token_scope (core/store/store.h): 1 read, 2 plan, 4 publish, 8 admin. Clients and agents read, and do for themselves
-- what their routes let them.
ALTER TABLE token ADD COLUMN scopes integer NOT NULL DEFAULT 15 CHECK (scopes BETWEEN 1 AND 15);
UPDATE token SET scopes = 1 WHERE role <> 'planner';
ALTER TABLE token ADD CHECK (role = 'planner' OR scopes = 1);

CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_time ON audit (at, id);

-- The key of who asks, as the check of the token has found it, else by the id. Not a function: one with a sub-select is planned
-- anew in every statement, which takes longer than all the rest.
ALTER POLICY own ON shift USING (agent_key = (
    SELECT CASE WHEN current_setting('wfm.role', true) = 'agent' THEN
        coalesce(nullif(current_setting('wfm.agent_key', true), '')::integer, (SELECT a.agent_key FROM agent a WHERE a.id = wfm_agent()))
    END));
-- As a reader gets them, without a conversion for each.
ALTER TABLE shift ADD COLUMN activities_text text NOT NULL GENERATED ALWAYS AS (activities::text) STORED;
