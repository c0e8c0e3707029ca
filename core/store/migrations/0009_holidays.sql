-- Holidays kept by clients and queues, how days known by their total spread, planners' uplifts and opening hours
-- of single days, and days that are ordinary though a list has them.

ALTER TABLE client ADD COLUMN holidays text;
ALTER TABLE queue
    ADD COLUMN holidays      text,
    ADD COLUMN profile_queue text,
    ADD COLUMN day_profile   jsonb NOT NULL DEFAULT '[]';

ALTER TABLE special_day
    ADD COLUMN uplift        double precision CHECK (uplift >= -1),
    ADD COLUMN open_from_min integer,
    ADD COLUMN open_to_min   integer CHECK (open_to_min <= 1440),
    ADD CHECK ((open_from_min IS NULL) = (open_to_min IS NULL)),
    ADD CHECK (open_from_min >= 0 AND open_from_min < open_to_min),
    DROP CONSTRAINT special_day_kind_check,
    ADD CONSTRAINT special_day_kind_check
        CHECK (kind IN ('closed', 'holiday', 'event', 'unplanned', 'special', 'ordinary'));
