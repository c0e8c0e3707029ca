-- Answers to requests with an Idempotency-Key, so that a repeated one has no second effect. Only who has the token can read them: the
-- answer is encrypted with a key made from the token's text, of which the database has nothing but a hash.
CREATE TABLE idempotency (
    token_id   bigint NOT NULL REFERENCES token ON DELETE CASCADE,
    key        text NOT NULL,
    digest     text NOT NULL, -- of method, path and body
    answer     bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token_id, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
