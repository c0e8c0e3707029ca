-- What a replay needs besides the problem, and the priced rules, wishes and changes of the roster.

ALTER TABLE roster ADD COLUMN penalty double precision NOT NULL DEFAULT 0;
ALTER TABLE roster ADD COLUMN unit_rounds jsonb NOT NULL DEFAULT '[]'; -- rounds by planning unit
