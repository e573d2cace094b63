-- Clocks that live: editions pinned as they were, pauses and excuses, warnings, the ring of a call.
-- Safe on a full table: new columns are empty and without a default, new tables are empty, and no
-- old row is rewritten. Rows from before stay as they are: what they lack is read as "not known".

-- What a report was judged by: the charter's file and the national rules over it, word for word. A
-- file edited without a new edition's name has another digest, so it is another edition here.
CREATE TABLE charter_edition (
	charter text NOT NULL,
	digest text NOT NULL, -- SHA-256 of content, hexadecimal
	edition text NOT NULL,
	content text NOT NULL, -- JSON {"charter", "national"}
	since timestamptz NOT NULL DEFAULT now(), -- first seen by a server
	PRIMARY KEY (charter, digest)
);

ALTER TABLE report
	ADD COLUMN edition_digest text,
	ADD COLUMN rang_at timestamptz; -- the call began to ring; the answer is started_at
-- A promise that a later class took the place of: who, and the change that says when and why.
ALTER TABLE report_target
	ADD COLUMN edition_digest text,
	ADD COLUMN superseded_by uuid REFERENCES account,
	ADD COLUMN superseded_seq bigint;

-- What hindered: it stops the clocks whose charter says so (stops), or only excuses a miss. Due
-- instants are reckoned from these rows and report_target.due_at, which never moves.
-- Personal: words.
CREATE TABLE clock_event (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	incident_id uuid NOT NULL REFERENCES incident,
	stops boolean NOT NULL,
	cause text NOT NULL CHECK (cause IN ('force_majeure', 'third_party_permit', 'reporter_absent',
		'traffic_or_visibility', 'extraordinary_weather', 'strike')),
	words text NOT NULL, -- the reason, as it was typed
	from_at timestamptz NOT NULL,
	to_at timestamptz, -- NULL: still on; equal to from_at: taken back, or a mere excuse
	by_id uuid REFERENCES account,
	ended_by uuid REFERENCES account,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	CHECK (to_at >= from_at),
	CHECK (stops OR to_at IS NOT NULL)
);
CREATE INDEX clock_event_incident ON clock_event (incident_id, from_at);
CREATE UNIQUE INDEX clock_event_open ON clock_event (incident_id) WHERE to_at IS NULL;

-- Each warning once, whoever leads: the key says so. skipped: a higher one had passed already when
-- somebody could tell it.
CREATE TABLE clock_warning (
	target_id bigint NOT NULL REFERENCES report_target,
	percent smallint NOT NULL CHECK (percent IN (50, 80, 100)),
	utility_id uuid NOT NULL REFERENCES utility,
	due_at timestamptz NOT NULL, -- as it was reckoned then
	at timestamptz NOT NULL,     -- the true instant of the warning
	skipped boolean NOT NULL DEFAULT false,
	seq bigint, -- of its change; NULL: skipped
	PRIMARY KEY (target_id, percent)
);

-- Announces warnings: [{"target", "version", "percent", "due_us", "at_us", "skipped"}…], ordered as they
-- are to be told; instants in microseconds since 1970; version: of the incident they were reckoned from. One whose clock was stopped or superseded,
-- whose incident moved since, or that was told, is left out, and looked at again after that move.
-- Rows held by others are left likewise, so that nobody waits for anybody; every lock is taken
-- before the chain's (change_append), as everywhere.
CREATE FUNCTION clock_warn(p_list jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	held bigint[];
	w clock_warning;
	told bigint := 0;
	n bigint;
BEGIN
	SELECT array_agg(l.id) INTO held FROM (
		SELECT t.id FROM (SELECT DISTINCT (e ->> 'target')::bigint AS target, (e ->> 'version')::integer AS version
			FROM jsonb_array_elements(p_list) e) l
		JOIN report_target t ON t.id = l.target
		JOIN report r ON r.id = t.report_id
		JOIN incident i ON i.id = r.incident_id
		WHERE t.stopped_at IS NULL AND t.superseded_at IS NULL AND i.version = l.version
			AND i.state NOT IN ('closed', 'cancelled')
		ORDER BY t.id FOR UPDATE OF t SKIP LOCKED FOR SHARE OF i SKIP LOCKED) l;
	FOR w IN
		INSERT INTO clock_warning AS c (target_id, percent, utility_id, due_at, at, skipped)
		SELECT t.id, (x.e ->> 'percent')::smallint, t.utility_id, timestamptz 'epoch' + (x.e ->> 'due_us')::bigint * interval '1 microsecond',
			timestamptz 'epoch' + (x.e ->> 'at_us')::bigint * interval '1 microsecond', (x.e ->> 'skipped')::boolean
		FROM jsonb_array_elements(p_list) WITH ORDINALITY x (e, place)
		JOIN report_target t ON t.id = (x.e ->> 'target')::bigint
		WHERE t.id = ANY (held)
		ORDER BY x.place
		ON CONFLICT (target_id, percent) DO NOTHING
		RETURNING c.*
	LOOP
		CONTINUE WHEN w.skipped;
		SELECT change_append(t.utility_id, w.at, NULL, 'warned', 'target', t.report_id, r.incident_id, NULL, NULL,
			w.percent || ' %', NULL, jsonb_build_object('target', t.id, 'percent', w.percent, 'kind', t.kind,
			'source', t.source, 'bound', t.bound, 'due', w.due_at, 'at', w.at)) INTO n
		FROM report_target t JOIN report r ON r.id = t.report_id WHERE t.id = w.target_id;
		UPDATE clock_warning SET seq = n WHERE target_id = w.target_id AND percent = w.percent;
		told := told + 1;
	END LOOP;
	RETURN told;
END $$;
