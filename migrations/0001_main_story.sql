-- The first shape of prontod's memory: utilities and who serves where, people and crews, reports,
-- incidents, assignments, and the append-only chain of everything that happened.
--
-- Personal data stands in tables of its own (reporter, report_words, photo, change_words), so that it
-- can be erased while the change chain, which covers ids and non-personal payload only, stays whole.
-- Applied by `prontoctl migrate` as one transaction, on PostgreSQL 15 or newer.

-- ---- who serves where ----

CREATE TABLE utility (
	id uuid PRIMARY KEY,
	code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
	name text NOT NULL,
	zone text NOT NULL DEFAULT 'Europe/Rome',
	phone text,
	site text
);

CREATE TABLE service_area (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	charter text NOT NULL,
	service text NOT NULL CHECK (service IN ('water', 'sewer', 'waste')),
	municipality text NOT NULL,
	-- a hamlet inside the municipality, as [[lat, lon], …]; NULL: all of it
	polygon jsonb,
	place text,
	valid_from date NOT NULL DEFAULT '1970-01-01',
	valid_to date,
	UNIQUE NULLS NOT DISTINCT (utility_id, charter, service, municipality, place, valid_from)
);
CREATE INDEX service_area_municipality ON service_area (lower(municipality));

CREATE TABLE crew (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	version integer NOT NULL DEFAULT 1,
	name text NOT NULL,
	phone text,
	skills text[] NOT NULL DEFAULT '{}',
	base_name text,
	base_lat double precision,
	base_lon double precision,
	on_call_delay_s integer NOT NULL DEFAULT 1200,
	active boolean NOT NULL DEFAULT true,
	UNIQUE (utility_id, name)
);
-- Other utilities whose incidents this crew may be sent to.
CREATE TABLE crew_share (
	crew_id uuid NOT NULL REFERENCES crew,
	utility_id uuid NOT NULL REFERENCES utility,
	PRIMARY KEY (crew_id, utility_id)
);

-- A week's pattern, on the utility's wall clock; days as in ISO 8601, 1 = Monday.
CREATE TABLE rota (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	crew_id uuid NOT NULL REFERENCES crew,
	kind text NOT NULL CHECK (kind IN ('shift', 'on_call')),
	days smallint[] NOT NULL,
	starts time NOT NULL,
	lasts interval NOT NULL CHECK (lasts > '0' AND lasts <= '24 hours'),
	UNIQUE (crew_id, kind, starts, days)
);
-- One turn, by date.
CREATE TABLE shift (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	crew_id uuid NOT NULL REFERENCES crew,
	kind text NOT NULL CHECK (kind IN ('shift', 'on_call')),
	from_at timestamptz NOT NULL,
	to_at timestamptz NOT NULL CHECK (to_at > from_at),
	UNIQUE (crew_id, kind, from_at)
);

-- Only the newest fix: where people were before is nobody's business here.
CREATE TABLE crew_position (
	crew_id uuid PRIMARY KEY REFERENCES crew,
	utility_id uuid NOT NULL REFERENCES utility,
	at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	lat double precision NOT NULL,
	lon double precision NOT NULL,
	accuracy_m real,
	speed_mps real,
	heading real
);

CREATE TABLE account (
	id uuid PRIMARY KEY,
	login text NOT NULL,
	name text NOT NULL,
	role text NOT NULL CHECK (role IN ('dispatcher', 'supervisor', 'crew', 'admin', 'auditor', 'machine')),
	crew_id uuid REFERENCES crew,
	password text NOT NULL,
	disabled_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	CHECK ((role = 'crew') = (crew_id IS NOT NULL))
);
CREATE UNIQUE INDEX account_login ON account (lower(login));
CREATE TABLE account_utility (
	account_id uuid NOT NULL REFERENCES account,
	utility_id uuid NOT NULL REFERENCES utility,
	PRIMARY KEY (account_id, utility_id)
);
CREATE TABLE session (
	token_hash text PRIMARY KEY,
	account_id uuid NOT NULL REFERENCES account,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	closed_at timestamptz
);
CREATE INDEX session_account ON session (account_id);

-- ---- incidents ----

CREATE TABLE incident_counter (
	utility_id uuid NOT NULL REFERENCES utility,
	year integer NOT NULL,
	last integer NOT NULL,
	PRIMARY KEY (utility_id, year)
);

CREATE TABLE incident (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	number text NOT NULL,
	version integer NOT NULL DEFAULT 1,
	state text NOT NULL CHECK (state IN ('new', 'classified', 'assigned', 'en_route', 'on_site', 'made_safe',
		'restored', 'closed', 'cancelled')),
	charter text NOT NULL,
	charter_edition text NOT NULL,
	fault_row text,
	fault_class text NOT NULL,
	confidence real NOT NULL DEFAULT 0,
	needs_review boolean NOT NULL DEFAULT true,
	confirmed_at timestamptz,
	confirmed_by uuid REFERENCES account,
	lat double precision,
	lon double precision,
	point_confirmed boolean NOT NULL DEFAULT false,
	address text,
	landmark text,
	municipality text,
	area text,
	published_at timestamptz,
	public_text text,
	opened_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now(),
	told_at timestamptz,
	arrived_at timestamptz,
	made_safe_at timestamptz,
	restored_at timestamptz,
	closed_at timestamptz,
	disposition text NOT NULL DEFAULT '' CHECK (disposition IN ('', 'done', 'unfounded', 'private', 'referred', 'merged')),
	merged_into uuid REFERENCES incident,
	UNIQUE (utility_id, number),
	CHECK ((lat IS NULL) = (lon IS NULL))
);
CREATE INDEX incident_open ON incident (utility_id, opened_at DESC) WHERE state NOT IN ('closed', 'cancelled');
CREATE INDEX incident_newest ON incident (opened_at DESC, id DESC);
-- LIVE: open ones have no closed_at
CREATE INDEX incident_public ON incident ((coalesce(closed_at, 'infinity'))) WHERE published_at IS NOT NULL;

-- ---- reports ----

CREATE TABLE report (
	id uuid PRIMARY KEY,
	utility_id uuid REFERENCES utility, -- NULL: the unrouted queue, which all dispatchers see
	incident_id uuid REFERENCES incident,
	version integer NOT NULL DEFAULT 1,
	code text NOT NULL UNIQUE,
	channel text NOT NULL CHECK (channel IN ('web', 'phone', 'email')),
	lang text NOT NULL DEFAULT 'it',
	state text NOT NULL CHECK (state IN ('received', 'triaged', 'linked', 'rejected', 'referred')),
	received_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	started_at timestamptz, -- of the conversation
	taken_by uuid REFERENCES account,
	call_id text,
	charter text,
	charter_edition text,
	fault_row text,
	fault_class text,
	confidence real NOT NULL DEFAULT 0,
	needs_review boolean NOT NULL DEFAULT true,
	reason text,   -- of `none`
	refer_to text, -- of `none`
	-- what the machine proposed, whatever the dispatcher made of it
	proposed_row text,
	proposed_class text,
	municipality text,
	area text,
	lat double precision,
	lon double precision,
	point_confirmed boolean NOT NULL DEFAULT false,
	CHECK ((lat IS NULL) = (lon IS NULL))
);
CREATE INDEX report_incident ON report (incident_id);
CREATE INDEX report_newest ON report (received_at DESC, id DESC);
CREATE INDEX report_waiting ON report (received_at DESC, id DESC) WHERE incident_id IS NULL;

-- Personal: who reported.
CREATE TABLE reporter (
	report_id uuid PRIMARY KEY REFERENCES report,
	utility_id uuid REFERENCES utility,
	name text,
	phone text,
	email text,
	prefer text
);
-- Personal: the words as they came, never altered, and what was read in them.
CREATE TABLE report_words (
	report_id uuid PRIMARY KEY REFERENCES report,
	utility_id uuid REFERENCES utility,
	subject text,
	text text NOT NULL,
	address text,
	landmark text,
	started_reason text, -- why the start of the conversation was edited
	reading jsonb NOT NULL DEFAULT '{}'
);
-- Personal: pictures.
CREATE TABLE photo (
	id uuid PRIMARY KEY,
	utility_id uuid REFERENCES utility,
	report_id uuid NOT NULL REFERENCES report,
	name text NOT NULL,
	content_type text NOT NULL,
	length integer NOT NULL,
	bytes bytea NOT NULL
);
CREATE INDEX photo_report ON photo (report_id);

-- The promises of a report, pinned with the charter's edition; those of an earlier class stay, superseded.
CREATE TABLE report_target (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	report_id uuid NOT NULL REFERENCES report,
	charter text NOT NULL,
	charter_edition text NOT NULL,
	fault_row text,
	fault_class text NOT NULL,
	kind text NOT NULL,
	source text NOT NULL CHECK (source IN ('charter', 'national')),
	bound text NOT NULL CHECK (bound IN ('inclusive', 'exclusive')),
	rule text NOT NULL,
	quote text,
	section text,
	first boolean NOT NULL DEFAULT false,
	effective boolean NOT NULL DEFAULT false,
	start_at timestamptz NOT NULL,
	due_at timestamptz NOT NULL,
	stopped_at timestamptz,
	result text NOT NULL DEFAULT 'running' CHECK (result IN ('running', 'met', 'missed')),
	late_s integer NOT NULL DEFAULT 0,
	superseded_at timestamptz
);
CREATE INDEX report_target_report ON report_target (report_id);

-- Which messages of a mailbox were taken: known here, never from the mailbox's own flags.
CREATE TABLE mail_taken (
	mailbox text NOT NULL,
	uidvalidity bigint NOT NULL,
	uid bigint NOT NULL,
	report_id uuid REFERENCES report,
	aside text, -- why it could not become a report; NULL: it is taken
	taken_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (mailbox, uidvalidity, uid)
);

-- ---- assignments ----

CREATE TABLE assignment (
	id uuid PRIMARY KEY,
	utility_id uuid NOT NULL REFERENCES utility,
	incident_id uuid NOT NULL REFERENCES incident,
	crew_id uuid NOT NULL REFERENCES crew,
	version integer NOT NULL DEFAULT 1,
	state text NOT NULL CHECK (state IN ('offered', 'accepted', 'en_route', 'arrived', 'left', 'declined', 'expired',
		'recalled')),
	offered_at timestamptz NOT NULL,
	offered_by uuid REFERENCES account,
	eta_s integer,
	eta_at timestamptz,
	forced_reason text, -- why a crew was sent that the ranking would not send
	accepted_at timestamptz,
	departed_at timestamptz,
	arrived_at timestamptz,
	made_safe_at timestamptz,
	restored_at timestamptz,
	left_at timestamptz,
	ended_at timestamptz,
	recalled_by uuid REFERENCES account,
	declined_reason text,
	outcome text,
	missing_leg boolean NOT NULL DEFAULT false
);
CREATE INDEX assignment_incident ON assignment (incident_id);
CREATE INDEX assignment_crew ON assignment (crew_id, offered_at DESC);
CREATE UNIQUE INDEX assignment_once_open ON assignment (incident_id, crew_id)
	WHERE state IN ('offered', 'accepted', 'en_route', 'arrived');
CREATE INDEX assignment_offered ON assignment (offered_at) WHERE state = 'offered';

-- ---- idempotency ----

-- answer NULL: an attempt whose outcome was unknown was fenced off here (it can no longer commit);
-- another attempt with the same key may take the row over.
CREATE TABLE once (
	scope text NOT NULL,
	key text NOT NULL,
	body_hash text NOT NULL,
	answer jsonb,
	fenced uuid[] NOT NULL DEFAULT '{}',
	at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (scope, key)
);
CREATE INDEX once_at ON once (at);

CREATE FUNCTION expect_one(n bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF n <> 1 THEN
		RAISE EXCEPTION 'somebody was faster' USING ERRCODE = 'PR409';
	END IF;
END $$;

-- Claims a key for one attempt, as the first statement of its transaction; PR208: the key has its answer.
CREATE FUNCTION once_claim(p_scope text, p_key text, p_body text, p_attempt uuid, p_answer jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO once AS o (scope, key, body_hash, answer) VALUES (p_scope, p_key, p_body, p_answer)
	ON CONFLICT (scope, key) DO UPDATE SET body_hash = excluded.body_hash, answer = excluded.answer, at = now()
		WHERE o.answer IS NULL AND NOT (p_attempt = ANY (o.fenced));
	IF NOT FOUND THEN
		RAISE EXCEPTION 'this key has its answer' USING ERRCODE = 'PR208';
	END IF;
END $$;

-- After an unknown outcome: the answer if the attempt committed; else fences it off and returns NULL.
CREATE FUNCTION once_settle(p_scope text, p_key text, p_body text, p_attempt uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	found jsonb;
BEGIN
	INSERT INTO once AS o (scope, key, body_hash, fenced) VALUES (p_scope, p_key, p_body, ARRAY[p_attempt])
	ON CONFLICT (scope, key) DO UPDATE SET fenced = o.fenced || p_attempt WHERE o.answer IS NULL;
	SELECT answer INTO found FROM once WHERE scope = p_scope AND key = p_key;
	RETURN found;
END $$;

-- ---- the chain of what happened ----

CREATE TABLE change_head (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	seq bigint NOT NULL,
	hash bytea NOT NULL
);
INSERT INTO change_head (seq, hash) VALUES (0, sha256('prontod'));

CREATE TABLE change (
	seq bigint PRIMARY KEY,
	utility_id uuid,
	at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	who uuid,
	what text NOT NULL,
	kind text NOT NULL,
	object_id uuid NOT NULL,
	incident_id uuid,
	from_state text,
	to_state text,
	why text,
	payload jsonb NOT NULL,
	hash bytea NOT NULL
);
CREATE INDEX change_incident ON change (incident_id, seq) WHERE incident_id IS NOT NULL;

-- What people typed about a change: notes and reasons. Erasable, so outside the chain.
CREATE TABLE change_words (
	seq bigint PRIMARY KEY REFERENCES change,
	utility_id uuid,
	text text NOT NULL
);

CREATE FUNCTION change_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the change table is append-only';
END $$;
CREATE TRIGGER change_final BEFORE UPDATE OR DELETE OR TRUNCATE ON change
	FOR EACH STATEMENT EXECUTE FUNCTION change_is_final();

-- What the hash of a change covers: every column but the hash, times as microseconds since 1970.
CREATE FUNCTION change_canonical(c change) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_array(c.seq, c.utility_id, (extract(epoch FROM c.at) * 1000000)::bigint,
		(extract(epoch FROM c.recorded_at) * 1000000)::bigint, c.who, c.what, c.kind, c.object_id,
		c.incident_id, c.from_state, c.to_state, c.why, c.payload)::text
$$;

-- Appends one link. The single change_head row is locked from here to the commit: that gives commit
-- order, no gaps and one chain; so this stands last in its transaction.
CREATE FUNCTION change_append(p_utility uuid, p_at timestamptz, p_who uuid, p_what text, p_kind text,
	p_object uuid, p_incident uuid, p_from text, p_to text, p_why text, p_words text, p_payload jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	head change_head;
	c change;
BEGIN
	SELECT * INTO STRICT head FROM change_head FOR UPDATE;
	c.seq := head.seq + 1;
	c.utility_id := p_utility;
	c.at := p_at;
	c.recorded_at := clock_timestamp();
	c.who := p_who;
	c.what := p_what;
	c.kind := p_kind;
	c.object_id := p_object;
	c.incident_id := p_incident;
	c.from_state := p_from;
	c.to_state := p_to;
	c.why := p_why;
	c.payload := coalesce(p_payload, '{}');
	c.hash := sha256(head.hash || convert_to(change_canonical(c), 'UTF8'));
	INSERT INTO change SELECT c.*;
	UPDATE change_head SET seq = c.seq, hash = c.hash;
	IF p_words <> '' THEN
		INSERT INTO change_words (seq, utility_id, text) VALUES (c.seq, p_utility, p_words);
	END IF;
	PERFORM pg_notify('change', c.seq::text);
	RETURN c.seq;
END $$;

-- ---- questions that several statements share ----

-- The next number of a utility in a year: 2026-00417.
CREATE FUNCTION incident_number_next(p_utility uuid, p_at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	y integer;
	n integer;
BEGIN
	SELECT extract(year FROM p_at AT TIME ZONE zone) INTO STRICT y FROM utility WHERE id = p_utility;
	INSERT INTO incident_counter AS c (utility_id, year, last) VALUES (p_utility, y, 1)
	ON CONFLICT (utility_id, year) DO UPDATE SET last = c.last + 1 RETURNING last INTO n;
	RETURN y || '-' || lpad(n::text, greatest(5, length(n::text)), '0');
END $$;

-- Is a crew on duty, how, and until when: at most one row; being in shift beats being on call.
CREATE FUNCTION crew_duty(p_crew uuid, p_zone text, p_at timestamptz)
RETURNS TABLE (kind text, ends_at timestamptz) LANGUAGE sql STABLE AS $$
	SELECT t.kind, t.ends_at FROM (
		SELECT s.kind, s.to_at AS ends_at FROM shift s
		WHERE s.crew_id = p_crew AND s.from_at <= p_at AND s.to_at > p_at
		UNION ALL
		SELECT r.kind, (d.day + r.starts + r.lasts) AT TIME ZONE p_zone
		FROM rota r, LATERAL (SELECT ((p_at AT TIME ZONE p_zone)::date - b) AS day FROM generate_series(0, 1) b) d
		WHERE r.crew_id = p_crew AND extract(isodow FROM d.day)::smallint = ANY (r.days)
			AND (d.day + r.starts) AT TIME ZONE p_zone <= p_at
			AND (d.day + r.starts + r.lasts) AT TIME ZONE p_zone > p_at
	) t ORDER BY t.kind = 'shift' DESC, t.ends_at DESC LIMIT 1
$$;
