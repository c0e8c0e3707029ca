-- What a roster changed by hand was expected to do as it was solved, so that an edit taken back leaves nothing behind.
ALTER TABLE roster_made_queue ADD COLUMN offered double precision[];
ALTER TABLE roster_made_queue ADD COLUMN in_time double precision[];
ALTER TABLE roster_made_queue ADD COLUMN counted double precision[];
