-- What agents do for themselves: follow changes of their shifts, ask for time off, swap shifts.

-- Every change of a published shift takes the next number while its transaction holds the lock of rosters (LOCK_ROSTER in query.h),
-- so numbers become visible in their order: who has read up to one has missed none below it.
CREATE SEQUENCE shift_change;
ALTER TABLE shift ADD COLUMN change_no bigint NOT NULL DEFAULT nextval('shift_change');
ALTER SEQUENCE shift_change OWNED BY shift.change_no;
CREATE UNIQUE INDEX shift_by_change ON shift (agent_key, change_no);
