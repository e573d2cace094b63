-- Roads as people set them: closures and slow stretches, the profile chosen by hand, and the rankings
-- that crews were chosen from.
-- Safe on a full table: the new column of assignment is empty and without a default, its index leaves
-- every old row out, and no old row is rewritten.

-- A stretch of road that is closed or slow for a time. Roads are everybody's: it belongs to no utility,
-- every desk sees it and may change it, and the row says who did. Points, not roads: it outlives a
-- change of map. Taken back before it began: until_at lies before from_at.
-- Personal, if somebody types a name: reason.
CREATE TABLE closure (
	id uuid PRIMARY KEY,
	version integer NOT NULL DEFAULT 1,
	points jsonb NOT NULL, -- [[lat, lon], …]
	area boolean NOT NULL DEFAULT false,
	one_way boolean NOT NULL DEFAULT false,
	speed double precision CHECK (speed BETWEEN 0.05 AND 1), -- share of the usual one; NULL: closed
	reason text,
	from_at timestamptz NOT NULL,
	until_at timestamptz, -- NULL: until somebody lifts it
	made_by uuid REFERENCES account,
	made_at timestamptz NOT NULL DEFAULT now(),
	changed_by uuid REFERENCES account,
	changed_at timestamptz
);
CREATE INDEX closure_until ON closure ((coalesce(until_at, 'infinity')));

-- How fast roads are now: one row.
CREATE TABLE road_profile (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	profile text CHECK (profile IN ('normal', 'peak', 'night', 'snow')), -- NULL: by the clock
	until_at timestamptz, -- from then on by the clock again
	set_by uuid REFERENCES account,
	set_at timestamptz
);
INSERT INTO road_profile DEFAULT VALUES;

-- What candidates were shown and why, enough to find the same list again: the same content is kept
-- once, under an id made of it. Rows are never changed; old ones that no assignment refers to are put
-- away by the leader.
CREATE TABLE ranking (
	id uuid PRIMARY KEY, -- of the content's SHA-256
	utility_id uuid NOT NULL REFERENCES utility,
	incident_id uuid NOT NULL REFERENCES incident,
	made_at timestamptz NOT NULL,
	content text NOT NULL -- JSON, byte for byte what the id was made of
);
CREATE INDEX ranking_made ON ranking (made_at);

CREATE FUNCTION ranking_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a kept ranking is never changed';
END $$;
CREATE TRIGGER ranking_final BEFORE UPDATE OR TRUNCATE ON ranking
	FOR EACH STATEMENT EXECUTE FUNCTION ranking_is_final();

-- The ranking that this crew was chosen from.
ALTER TABLE assignment ADD COLUMN ranking_id uuid REFERENCES ranking;
CREATE INDEX assignment_ranking ON assignment (ranking_id) WHERE ranking_id IS NOT NULL;
