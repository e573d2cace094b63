/*
 * The work behind the phone form: the live proposal, the address search, the same-fault question, and
 * storing the report. Not here: steps and keys (phone.jsx). Source: pages.md sections 3.4 and 4.2.
 */
import { useEffect, useRef } from 'preact/hooks';
import { get as read, newKey, post } from '../shared/staff/api.js';
import { say, throttled } from '../shared/staff/announce.js';
import { nowIso } from '../shared/staff/clock.js';
import { changeForm, refreshIncident, saveDrafts } from './acts.js';
import { classOf, get, isOpen, keepIncident, lowers, outbox, set } from './state.js';
import { distance, percent } from './words.js';

const PAUSE_MS = 250;
const NEAR_M = 300;
const proposalSpeech = throttled(say, 1000);

const look = (patch) => set((s) => ({ lookup: { ...s.lookup, ...patch } }));

/* The utility that serves a municipality; the one already chosen stays when it serves it too. */
export function utilityFor(setup, municipality, current) {
	if (!municipality) return current;
	const serves = (u) => (u.municipalities || []).some((m) => (m.name || m).toLowerCase() === municipality.toLowerCase());
	const matching = setup.utilities.filter(serves);
	if (!matching.length || matching.some((u) => u.code === current)) return current;
	return matching[0].code;
}

async function classify(form, signal) {
	const { setup } = get();
	const body = { utility: form.utility || setup.utilities[0]?.code, channel: 'phone', text: form.text };
	if (form.place) Object.assign(body, { lat: form.place.lat, lon: form.place.lon, address: form.place.label });
	return post('/api/v1/classify', body, { signal, key: undefined });
}

function heard(form, answer) {
	const c = answer.classification;
	const address = c.address && c.address.text ? c.address : null;
	look({ proposal: { text: form.text, c, failed: '' }, near: likely(answer.near || [], form.place), address });
	if (!form.place && address?.municipality) {
		const utility = utilityFor(get().setup, address.municipality, form.utility);
		if (utility !== form.utility) changeForm({ utility });
	}
	if (c.row) proposalSpeech(`Proposta: ${c.class_label || c.class}, ${c.row_text}, ${percent(c.confidence)}.`);
	return c;
}

function likely(near, place) {
	return near.map((i) => ({ ...i, distance_m: i.distance_m ?? (place && i.lat != null ? distance(place, i) : null) }))
		.filter((i) => isOpen(i) && (i.distance_m == null || i.distance_m <= NEAR_M))
		.sort((a, b) => (a.distance_m ?? 0) - (b.distance_m ?? 0));
}

/* Follows the words: a proposal a quarter of a second after the last key, the newest answer wins. */
export function useProposal(form) {
	const place = form?.place;
	useEffect(() => {
		if (!form || form.stored || form.text.trim().length < 3) {
			if (form && !form.stored) look({ proposal: null, near: [], address: null });
			return undefined;
		}
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				heard(form, await classify(form, stop.signal));
			} catch (problem) {
				if (!stop.signal.aborted) look({ proposal: { text: form.text, c: null, failed: problem.message } });
			}
		}, PAUSE_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [form?.id, form?.text, form?.utility, place?.lat, place?.lon, Boolean(form?.stored)]);
}

/* What to search: what was typed in the field, else the address found in the words. */
export function wantedAddress(form, lookup) {
	if (form.query.trim()) return form.query.trim();
	const a = lookup.address;
	return a ? [a.text, a.municipality].filter(Boolean).join(', ') : '';
}

export function usePlaces(form, query) {
	const said = useRef('');
	useEffect(() => {
		if (!form || form.place || query.length < 3) {
			look({ places: [] });
			return undefined;
		}
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				const { places } = await read(`/api/v1/geocode?q=${encodeURIComponent(query)}`, { signal: stop.signal });
				look({ places: places.slice(0, 5), searchFailed: places.length ? '' : 'Nessun indirizzo trovato: scrivi la via.' });
				if (places.length && said.current !== places[0].label) {
					said.current = places[0].label;
					say(`${places.length === 1 ? '1 indirizzo' : `${Math.min(5, places.length)} indirizzi`}. Primo: ${places[0].label}.`);
				}
			} catch (problem) {
				if (!stop.signal.aborted) look({ places: [], searchFailed: 'La ricerca indirizzi non risponde: usa la mappa.' });
			}
		}, 120);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [form?.id, query, Boolean(form?.place)]);
}

/* The point counts from here on. Answers the faults that may be the same one. */
export async function confirmPlace(place) {
	const utility = utilityFor(get().setup, place.municipality, get().form.utility);
	changeForm({ place: { ...place }, utility, join: null });
	saveDrafts();
	const form = get().form;
	if (form.text.trim().length < 3) return [];
	try {
		const answer = await Promise.race([
			classify(form, undefined),
			new Promise((resolve) => { setTimeout(() => resolve(null), 1500); }),
		]);
		if (answer) heard(form, answer);
	} catch {
		/* The proposal's own line says that it is missing; the point stands. */
	}
	return get().lookup.near;
}

export async function pickOnMap(point) {
	set({ picking: false });
	let label = `punto ${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`;
	let municipality = '';
	try {
		const found = await read(`/api/v1/reverse?lat=${point.lat}&lon=${point.lon}`);
		label = found.label || label;
		municipality = found.municipality || '';
	} catch {
		/* The point is what counts; its name can be missing. */
	}
	return { label, municipality, lat: point.lat, lon: point.lon };
}

/* What will be stored as row and class: the dispatcher's choice, else the proposal. */
export function decided(form, lookup) {
	const c = lookup.proposal?.c;
	if (form.choice) return { ...form.choice, charter: form.choice.charter || c?.charter };
	if (!c) return null;
	return { row: c.row || 'none', class: c.class, charter: c.charter };
}

function body(form, choice) {
	const reporter = {};
	for (const key of ['name', 'phone', 'email']) if (form[key].trim()) reporter[key] = form[key].trim();
	reporter.prefer = form.prefer;
	const out = {
		utility: form.utility || undefined, channel: 'phone', text: form.text, reporter,
		conversation_started_at: form.started, conversation_reason: form.startedWhy || undefined,
		address: form.place?.label || form.query.trim() || undefined, landmark: form.landmark.trim() || undefined,
	};
	if (form.place) Object.assign(out, { municipality: form.place.municipality || undefined, lat: form.place.lat, lon: form.place.lon, point_confirmed: true });
	if (choice) Object.assign(out, { row: choice.row, class: choice.class, class_reason: choice.reason || undefined });
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
		outbox.add({ path: '/api/v1/reports', body: report, at: nowIso(), label: `Telefonata delle ${form.started.slice(11, 16)}` });
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
