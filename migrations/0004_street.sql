-- A closure may name the street it was drawn by: then it takes roads of that street alone (src/map/README.md).
-- Safe on a full table: the new column is empty and without a default, no old row is rewritten.
ALTER TABLE closure ADD COLUMN street text;
