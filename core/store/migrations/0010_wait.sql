-- Time in the queue of all contacts offered in an interval, answered or abandoned: what patience is estimated from.

ALTER TABLE history ADD COLUMN wait_s double precision CHECK (wait_s >= 0);
