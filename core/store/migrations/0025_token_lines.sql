-- A rotated token goes on where the former one was: what was kept for repeated requests belongs to all tokens of one line, so that
-- a request repeated with the next token has no second effect either.
ALTER TABLE token ADD COLUMN line bigint; -- id of the first of them; NULL: it is the first

-- token_id says whose text opens the answer; it may be gone.
ALTER TABLE idempotency ADD COLUMN line bigint;
UPDATE idempotency SET line = token_id;
ALTER TABLE idempotency ALTER COLUMN line SET NOT NULL;
ALTER TABLE idempotency DROP CONSTRAINT idempotency_pkey, DROP CONSTRAINT idempotency_token_id_fkey, ADD PRIMARY KEY (line, key);
