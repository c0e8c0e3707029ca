-- Who serves whom when, what shrinkage is made of, and whether nobody gives up because somebody said so.
-- 0, false and an empty list are what there was before.

ALTER TABLE queue
    ADD COLUMN shrinkage_parts  jsonb NOT NULL DEFAULT '[]',        -- [{"name", "share"}]; they make `shrinkage`
    ADD COLUMN endless_patience boolean NOT NULL DEFAULT false,     -- patience_s is 0 and meant
    ADD COLUMN priority         integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9),
    ADD COLUMN overflow_after_s double precision NOT NULL DEFAULT 0 CHECK (overflow_after_s >= 0),
    ADD COLUMN ring_fence       boolean NOT NULL DEFAULT false,
    ADD COLUMN blend_idle       integer NOT NULL DEFAULT 0 CHECK (blend_idle >= 0),
    ADD CHECK (NOT endless_patience OR patience_s = 0);

ALTER TABLE site ADD COLUMN shrinkage_parts jsonb NOT NULL DEFAULT '[]';

ALTER TABLE agent_skill
    ADD COLUMN overflow integer NOT NULL DEFAULT 0 CHECK (overflow BETWEEN 0 AND 8); -- 0 = first choice
