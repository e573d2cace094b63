-- Since when no open road leads a crew on its way to the incident; NULL: one does, or it is not known.
-- Safe on a full table: a nullable column without a default rewrites no row.
ALTER TABLE assignment ADD COLUMN cut_off_at timestamptz;
