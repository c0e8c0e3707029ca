-- Callers of a queue who are called back instead of waiting on. No share is what there was before.

ALTER TABLE queue
    ADD COLUMN callback_of    text, -- id of the queue they leave
    ADD COLUMN callback_share double precision NOT NULL DEFAULT 0 CHECK (callback_share BETWEEN 0 AND 1);
