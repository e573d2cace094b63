/*
 * The work behind the phone form: the live proposal and its questions, the address search, the same-fault
 * question, and storing the report. Not here: steps and keys (phone.jsx). Source: pages.md sections 3.4, 4.2.
 */
import { useEffect, useRef } from 'preact/hooks';
import { get as read, newKey, post } from '../shared/staff/api.js';
import { say, throttled } from '../shared/staff/announce.js';
import { nowIso } from '../shared/staff/clock.js';
import { hm } from '../shared/staff/times.js';
import { changeForm, refreshIncident, saveDrafts } from './acts.js';
import { nameOf, searchPlaces } from './places.js';
import { classOf, get, isOpen, keepIncident, lowers, outbox, rowOf, set, useStore } from './state.js';
import { distance, percent } from './words.js';

const PAUSE_MS = 250;
const NEAR_M = 300;
const MIN_TEXT = 3; /* letters: fewer say nothing */
const proposalSpeech = throttled(say, 1000);

const look = (patch) => set((s) => ({ lookup: { ...s.lookup, ...patch } }));

const serves = (u, town) => (u.municipalities || []).some((m) => (m.name || m).toLowerCase() === town.toLowerCase());

/* Whose charters may judge this call: the utility chosen by hand, else those of the town, else all. */
export function asked(form, lookup) {
	const { utilities } = get().setup;
	const town = form.place?.municipality || lookup.address?.municipality;
	const here = town ? utilities.filter((u) => serves(u, town)) : [];
	const list = form.utility ? utilities.filter((u) => u.code === form.utility) : here.length ? here : utilities;
	const seen = new Set();
	return list.flatMap((u) => u.charters.map((charter) => ({ utility: u.code, charter })))
		.filter((a) => !seen.has(a.charter) && seen.add(a.charter));
}

const SURE = 0.5;

/* Of the charters whose service the words speak of: the first that knows the fault; else the least unsure one. How sure
 * a charter is of another's matter says nothing. */
export function best(all) {
	const first = all.filter((a) => a.goes_first);
	const answers = first.length ? first : all;
	const known = answers.filter((a) => a.classification?.row);
	return known.find((a) => a.classification.confidence >= SURE)
		|| known.sort((a, b) => b.classification.confidence - a.classification.confidence)[0] || answers[0];
}

const given = (form) => form.answers.map(({ question, option }) => ({ question, option }));
const answersKey = (form) => JSON.stringify(given(form));

/* The proposal is about the words and answers that stand in the form now. */
export const isFresh = (form, proposal) => Boolean(proposal) && proposal.text === form.text && proposal.answers === answersKey(form);

/* Without words the questions alone may lead to a row, once it is known whose charter asks. */
const worthAsking = (form, lookup) => form.text.trim().length >= MIN_TEXT || asked(form, lookup).length === 1;

async function triage(form, signal) {
	const call = { channel: 'phone', text: form.text, answers: given(form), conversation_started_at: form.started, municipality: form.place?.municipality || undefined };
	const answers = await Promise.all(asked(form, get().lookup).map(async (a) => ({
		...(await post('/api/v1/triage', { ...a, ...call }, { signal, key: undefined })), ...a })));
	return best(answers);
}

function heard(form, answer) {
	const c = answer?.classification;
	if (!c) throw new Error('Nessuna carta risponde.');
	const before = get().lookup.proposal;
	look({ proposal: { text: form.text, answers: answersKey(form), c: { ...c, charter: answer.charter }, utility: answer.utility, question: answer.question || null,
		targets: answer.targets || [], failed: '' }, address: c.address || null });
	/* After an answer the next question is what has to be heard. */
	if (c.row && before?.answers === answersKey(form)) proposalSpeech(`Proposta: ${c.class_label || c.class}, ${c.row_text}, ${percent(c.confidence)}.`);
	return c;
}

/* The question that waits: none once a person has chosen the row or the known fault. */
export function pendingQuestion(form, lookup) {
	return form.stored || form.join || form.choice ? null : lookup.proposal?.question || null;
}

export function answerQuestion(q, option) {
	changeForm({ answers: [...get().form.answers, { question: q.code, option: option.key, ask: q.ask, label: option.label }] });
	saveDrafts();
}

/* The last answer is taken back; a row chosen by hand meanwhile too. */
export function askBack() {
	changeForm({ answers: get().form.answers.slice(0, -1), choice: null });
	saveDrafts();
}

/* Another row than the proposed one. What lowers the class asks the reason first (layers.jsx). */
export function chooseOther(other) {
	const { setup, lookup } = get();
	const { proposal } = lookup;
	if (proposal?.c && other.row === (proposal.c.row || 'none')) changeForm({ choice: null });
	else if (lowersClass(setup, proposal, other.charter, other.class)) return set({ layer: { kind: 'rows', form: true, pick: other } });
	else changeForm({ choice: { row: other.row, class: other.class, charter: other.charter, utility: proposal.utility, byHand: true } });
	return set({ focusWanted: 'decide' });
}

/* Open faults of the same utility around the point, the nearest first. */
function nearTo(place, utility) {
	return Object.values(get().incidents).filter((i) => isOpen(i) && i.lat != null && (!utility || i.utility.code === utility))
		.map((i) => ({ ...i, distance_m: distance(place, i) })).filter((i) => i.distance_m <= NEAR_M)
		.sort((a, b) => a.distance_m - b.distance_m);
}

/* What one burst main is called about from different doors: water in the street, a dry tap, a sunken road. */
const ONE_CAUSE = ['leak', 'no_water', 'pressure', 'quality', 'subsidence', 'sewage'];

/* 0 the same row, 1 the same sign, 2 signs of the same net with one cause; null where it must be another fault. */
function likeness(row, other) {
	if (!row || !other) return null;
	if (row === other) return 0;
	if (row.icon === other.icon && row.service === other.service) return 1;
	return row.service === other.service && ONE_CAUSE.includes(row.icon) && ONE_CAUSE.includes(other.icon) ? 2 : null;
}

/* The one open fault worth asking about: the likest of `near`, of equals the nearest. What is only near is listed. */
function likest(near) {
	const { form, lookup, setup } = get();
	const choice = decided(form, lookup);
	const row = choice && rowOf(setup, choice.charter, choice.row);
	return near.map((i) => ({ i, rank: likeness(row, rowOf(setup, i.charter, i.row)) }))
		.filter((x) => x.rank !== null).sort((a, b) => a.rank - b.rank)[0]?.i || null;
}

/* Follows the words: a proposal a quarter of a second after the last key, at once after an answer; the
 * newest wins. */
export function useProposal(form) {
	const words = useRef('');
	/* A town found in the words changes whose charters are asked. */
	const whose = useStore((s) => (s.form ? asked(s.form, s.lookup).map((a) => a.charter).join() : ''));
	useEffect(() => { if (!form.place) look({ near: [], like: null }); }, [form.id, Boolean(form.place)]);
	useEffect(() => {
		if (form.stored) return undefined;
		if (!worthAsking(form, get().lookup)) {
			look({ proposal: null, address: null });
			return undefined;
		}
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			words.current = form.text;
			try {
				heard(form, await triage(form, stop.signal));
			} catch (problem) {
				if (!stop.signal.aborted) look({ proposal: { text: form.text, answers: answersKey(form), c: null, failed: problem.message } });
			}
		}, words.current === form.text ? 0 : PAUSE_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [form.id, form.text, answersKey(form), form.utility, whose, Boolean(form.stored)]);
}

/* What to search: what was typed in the field, else the address found in the words. */
export function wantedAddress(form, lookup) {
	if (form.query.trim()) return form.query.trim();
	const a = lookup.address;
	return a?.text ? [a.text, a.municipality].filter(Boolean).join(', ') : '';
}

export const searchAgain = () => set((s) => ({ lookup: { ...s.lookup, searchTries: (s.lookup.searchTries || 0) + 1 } }));

export function usePlaces(form, query) {
	const said = useRef('');
	const tries = useStore((s) => s.lookup.searchTries || 0);
	useEffect(() => {
		if (!form || form.place || query.length < 3) {
			look({ places: [], searchFailed: '', searchBroken: false });
			return undefined;
		}
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				const places = await searchPlaces(query, stop.signal);
				look({ places: places.slice(0, 5), searchBroken: false, searchFailed: places.length ? '' : 'Nessun indirizzo trovato: scrivi la via.' });
				if (places.length && said.current !== places[0].label) {
					said.current = places[0].label;
					say(`${places.length === 1 ? '1 indirizzo' : `${Math.min(5, places.length)} indirizzi`}. Primo: ${places[0].label}.`);
				}
			} catch (problem) {
				if (!stop.signal.aborted) look({ places: [], searchBroken: true, searchFailed: 'La ricerca indirizzi non risponde: riprova o usa la mappa.' });
			}
		}, 120);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [form?.id, query, tries, Boolean(form?.place)]);
}

/* The point counts from here on. Answers the fault that may be the same one, null if none is like it. It is chosen
 * once: a proposal that changes later must not change what is asked under the hand. */
export async function confirmPlace(place) {
	changeForm({ place: { ...place }, join: null });
	saveDrafts();
	const { form } = get();
	if (worthAsking(form, get().lookup)) {
		try {
			const answer = await Promise.race([
				triage(form, undefined),
				new Promise((resolve) => { setTimeout(() => resolve(null), 1500); }),
			]);
			if (answer) heard(form, answer);
		} catch {
			/* The proposal's own line says that it is missing; the point stands. */
		}
	}
	const near = form.text.trim().length < MIN_TEXT ? [] : nearTo(place, get().lookup.proposal?.utility);
	look({ near, like: likest(near) });
	return get().lookup.like;
}

export async function pickOnMap(point) {
	set({ picking: false });
	let label = `punto ${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`;
	let named = null;
	try {
		named = await nameOf(point);
		label = named.label || label;
	} catch {
		/* The point is what counts; its name can be missing. */
	}
	return { label, street: named?.street, number: named?.number, municipality: named?.municipality || '', lat: point.lat, lon: point.lon };
}

/* What will be stored as row and class: the dispatcher's choice, else the proposal. */
export function decided(form, lookup) {
	const c = lookup.proposal?.c;
	if (form.choice) return { utility: lookup.proposal?.utility, ...form.choice, charter: form.choice.charter || c?.charter };
	/* No words and no answers: nothing was judged yet. */
	if (!c || (form.text.trim().length < MIN_TEXT && !form.answers.length)) return null;
	return { row: c.row || 'none', class: c.class, charter: c.charter, utility: lookup.proposal.utility };
}

/* A promise to write needs somewhere to write to. */
export function preferOf(form) {
	const where = form.prefer === 'email' ? form.email : form.phone;
	return where.trim() ? form.prefer : 'none';
}

/* A confirmed place tells the server more than the town tells us (a hamlet may have its own utility);
 * without a place the charter that judged the words names the utility. */
function utilityToSend(form, choice) {
	if (form.utility) return form.utility;
	if (form.join) return form.join.utility.code;
	return form.place || !choice ? undefined : choice.utility;
}

function body(form, choice) {
	const reporter = {};
	for (const key of ['name', 'phone', 'email']) if (form[key].trim()) reporter[key] = form[key].trim();
	reporter.prefer = preferOf(form);
	const out = {
		utility: utilityToSend(form, choice), channel: 'phone', text: form.text, reporter,
		conversation_started_at: form.started, conversation_reason: form.startedWhy || undefined,
		address: form.place?.label || form.query.trim() || undefined, landmark: form.landmark.trim() || undefined,
	};
	if (form.place) Object.assign(out, { municipality: form.place.municipality || undefined, lat: form.place.lat, lon: form.place.lon, point_confirmed: true });
	if (choice) Object.assign(out, { row: choice.row, class: choice.class, class_reason: choice.reason || undefined });
	if (form.answers.length) out.answers = given(form);
	if (form.join) out.join_incident = form.join.id;
	return out;
}

const attempt = { text: '', key: '' };

/* The same words sent again carry the same key, so an answer lost on the way stores nothing twice. */
function keyFor(report) {
	const text = JSON.stringify(report);
	if (attempt.text !== text) Object.assign(attempt, { text, key: newKey() });
	return attempt.key;
}

/* Stores the report. Answers "stored", "queued", or throws the problem (shown at its field). */
export async function storeReport({ confirmed }) {
	const { form, lookup } = get();
	const choice = confirmed ? decided(form, lookup) : form.choice;
	const report = body(form, choice);
	if (get().connection === 'persa') {
		outbox.add({ path: '/api/v1/reports', body: report, at: nowIso(), label: `Telefonata delle ${hm(form.started)}` });
		say('Segnalazione in attesa: il codice arriva al ritorno della rete.');
		return 'queued';
	}
	const answer = await post('/api/v1/reports', report, { key: keyFor(report) });
	changeForm({ stored: answer, choice, incident: answer.incident || null });
	saveDrafts();
	document.dispatchEvent(new CustomEvent('desk:release'));
	if (answer.incident) {
		const id = answer.incident.id;
		const full = await read(`/api/v1/incidents/${id}`);
		keepIncident(full);
		changeForm({ incident: full });
	}
	return 'stored';
}

export async function told() {
	const { form } = get();
	if (!form.incident) return;
	try {
		const done = await post(`/api/v1/incidents/${form.incident.id}/told`, { version: form.incident.version });
		keepIncident(done);
		changeForm({ incident: done });
	} catch (problem) {
		if (problem.status !== 409) throw problem;
		/* Somebody moved the incident meanwhile: the words were said all the same. */
		await refreshIncident(form.incident.id);
		const fresh = get().incidents[form.incident.id];
		const done = await post(`/api/v1/incidents/${fresh.id}/told`, { version: fresh.version });
		keepIncident(done);
		changeForm({ incident: done });
	}
}

export function lowersClass(setup, from, charter, toClass) {
	const before = from?.c ? (classOf(setup, from.c.charter || charter, from.c.class)?.urgency_rank ?? null) : null;
	const after = classOf(setup, charter, toClass)?.urgency_rank ?? null;
	return lowers(before, after);
}
