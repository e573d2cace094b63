-- Where crews were when candidates were shown, apart from the list itself, so that it can be erased.
-- Safe on a full table: the new column of ranking has a constant default, so no old row is rewritten;
-- its index costs one look through ranking, during which no list is kept. Lists of before hold their
-- positions in their content still: the leader takes them out, some at a time, when they are due.

COMMENT ON TABLE crew_position IS 'The newest fix of each crew. Where crews were before is kept nowhere but '
	'in ranking_place, for a time.';

-- Personal: where the crews of a list stood, how old that was known, where their ways began and how
-- far they were, and where they were to go. With it asking again gives the same list; without it
-- order, times, duties and causes stay. Never changed, only erased: ranking_forget().
CREATE TABLE ranking_place (
	ranking_id uuid PRIMARY KEY REFERENCES ranking ON DELETE CASCADE,
	utility_id uuid NOT NULL REFERENCES utility,
	content text NOT NULL -- JSON, byte for byte what "places" of the ranking's content is the SHA-256 of
);

-- Lists kept before this, and by servers of before while they still run, have no other place for them.
ALTER TABLE ranking ADD COLUMN whole boolean NOT NULL DEFAULT true; -- positions stand in content
CREATE INDEX ranking_whole ON ranking (id) WHERE whole;

-- The content of a list that was kept whole, less all that says where somebody was.
CREATE FUNCTION ranking_bare(p_content text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT ((c - '{lat,lon,origins}'::text[]) || jsonb_build_object('origins', coalesce((
		SELECT jsonb_agg((o - '{lat,lon,heading,position_at,from_lat,from_lon,from_m,distance_m}'::text[])
			|| jsonb_build_object('eta_s', round((o->>'eta_s')::numeric)) ORDER BY n)
		FROM jsonb_array_elements(c->'origins') WITH ORDINALITY AS t (o, n)), '[]')))::text
	FROM (SELECT p_content::jsonb) AS p (c)
$$;

-- Takes from these lists where the crews were; how many had it still.
CREATE FUNCTION ranking_forget(p_ids uuid[]) RETURNS bigint LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM ranking_place WHERE ranking_id = ANY (p_ids) RETURNING 1),
	bared AS (UPDATE ranking SET content = ranking_bare(content), whole = false
		WHERE id = ANY (p_ids) AND whole RETURNING 1)
	SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM bared)
$$;

CREATE OR REPLACE FUNCTION ranking_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_LEVEL = 'ROW' THEN
		IF OLD.whole AND NEW IS NOT DISTINCT FROM
			ROW(OLD.id, OLD.utility_id, OLD.incident_id, OLD.made_at, ranking_bare(OLD.content), false)::ranking THEN
			RETURN NEW;
		END IF;
	END IF;
	RAISE EXCEPTION 'a kept ranking is never changed';
END $$;
DROP TRIGGER ranking_final ON ranking;
CREATE TRIGGER ranking_final BEFORE UPDATE ON ranking FOR EACH ROW EXECUTE FUNCTION ranking_is_final();
CREATE TRIGGER ranking_stays BEFORE TRUNCATE ON ranking
	FOR EACH STATEMENT EXECUTE FUNCTION ranking_is_final();
CREATE TRIGGER ranking_place_final BEFORE UPDATE ON ranking_place
	FOR EACH STATEMENT EXECUTE FUNCTION ranking_is_final();
