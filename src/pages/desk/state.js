/*
 * What the desk knows: one store, filled by the first reading and kept by the stream.
 * Not here: what to do about it (acts.js), how it looks (*.jsx), the order of the queue (queue_order.js).
 */
import { get as read } from '../shared/staff/api.js';
import { syncClock, now } from '../shared/staff/clock.js';
import { makeStore } from '../shared/staff/store.js';
import { makeOutbox } from '../shared/staff/outbox.js';

export const store = makeStore({
	setup: null,            /* GET /api/v1/desk */
	incidents: {},          /* id -> incident, open ones and those just closed */
	crews: {},
	loaded: false,
	failed: '',             /* why the queue could not be read */
	lastClosedAt: null,
	connection: 'in-diretta',
	since: 0,               /* of a lost connection */
	pane: 'coda',           /* what a narrow screen shows: coda scheda mappa squadre */
	tab: 'mappa',           /* right column of a middle screen */
	open: null,             /* id of the incident on the card */
	detail: null,           /* its full JSON */
	detailFailed: '',
	unsorted: [],           /* reports without an incident that wait for a person, oldest first */
	report: null,           /* id of the one on the card, instead of an incident */
	sorting: null,          /* {utility, proposal, choice, key, sending}: what is decided about it */
	candidates: null,       /* {incident, version, list, map} | {loading} | {failed} */
	classFirst: null,       /* id of the incident whose crew was asked for before its class was confirmed */
	form: null,             /* draft of the phone form that is open, see phone.jsx */
	parked: [],             /* other drafts */
	picking: false,         /* the form waits for a point on the map */
	found: null,            /* {lat, lon, label} the place chosen in the address search */
	closures: [],           /* active and planned */
	roads: null,            /* {profile, source, until, metric, closures, state}: what crews are reckoned by */
	roadsFailed: '',
	way: null,              /* the way of the chosen crew to the open incident, see ways.js */
	candidateOn: null,      /* id of the crew under the hand in the list of candidates */
	applying: null,         /* {since, done}: an act on the roads that is not in force yet */
	metric: null,           /* of the roads that crews are reckoned by, as last heard */
	metricsPast: [],        /* those before it, the newest last */
	drawing: null,          /* the closure that is being drawn or changed, see roads_flow.js */
	drawingKept: null,      /* one that was left half done */
	crewOn: null,           /* id of the crew chosen on the board or the map */
	layer: null,            /* {kind, …}: the dialog on top */
	undo: [],               /* {id, label, until, key, run, busy, stuck, banner} newest last */
	banners: [],            /* {id, level, title, text, actions} */
	absolute: false,
	mutedUntil: 0,
	soundOn: false,
	expired: false,
	waiting: 0,             /* acts in the outbox */
	strip: 0,               /* news held back while the queue is in use */
	lookup: { proposal: null, places: [], near: [], like: null }, /* what the open form has found so far */
	focusWanted: null,      /* who should take the focus when drawn: heading row candidates text … */
});

export const { get, set, useStore } = store;
export const outbox = makeOutbox('desk');
outbox.subscribe((items) => set({ waiting: items.length }));

export const fieldOf = (setup, charter) => setup.charters.find((c) => c.code === charter);
export const classOf = (setup, charter, code) => (fieldOf(setup, charter)?.classes || []).find((c) => c.code === code);
export const rowOf = (setup, charter, code) => (fieldOf(setup, charter)?.rows || []).find((r) => r.code === code);
export const rankOf = (setup, charter, code) => classOf(setup, charter, code)?.urgency_rank ?? null;

/* Rank 1 is the most urgent; no rank comes after all. */
export const lowers = (from, to) => (to ?? 99) > (from ?? 99);

export const isOpen = (incident) => incident.state !== 'closed' && incident.state !== 'cancelled';

/* Ids that an event or an answer spoke of while everything was being read again: what was read is older. */
const heard = new Set();
let readings = 0;
const hear = (id) => { if (readings) heard.add(id); };

export function keepIncident(...list) {
	for (const { id } of list) hear(id);
	set((s) => {
		const incidents = { ...s.incidents };
		for (const incident of list) {
			const before = incidents[incident.id];
			if (!before || before.version <= incident.version) incidents[incident.id] = { ...before, ...incident };
		}
		return { incidents };
	});
}

export function keepCrew(crew) {
	hear(crew.id);
	set((s) => ({ crews: { ...s.crews, [crew.id]: { ...s.crews[crew.id], ...crew } } }));
}

function newest(list, known) {
	const all = Object.fromEntries(list.map((x) => [x.id, x]));
	for (const id of heard) if (known[id] && !(all[id]?.version > known[id].version)) all[id] = known[id];
	return all;
}

async function allOpen() {
	let found = [];
	let cursor = '';
	do {
		const page = await read(`/api/v1/incidents?state=open&limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
		found = found.concat(page.incidents);
		cursor = page.next;
	} while (cursor && found.length < 2000);
	return found;
}

/* Whoever may not see them has none to do. */
export async function loadUnsorted() {
	try {
		const { reports } = await read('/api/v1/reports?state=waiting&limit=200');
		set({ unsorted: reports.reverse() });
	} catch (problem) {
		if (problem.status !== 403) throw problem;
	}
}

/* Everything the desk needs, at the start and after a gap in the stream. */
export async function loadAll() {
	readings += 1;
	try {
		const [setup, incidents, crews] = await Promise.all([
			read('/api/v1/desk'), allOpen(), read('/api/v1/crews'), loadUnsorted()]);
		if (setup.now) syncClock(setup.now);
		set((s) => ({ setup, incidents: newest(incidents, s.incidents), crews: newest(crews.crews, s.crews), loaded: true, failed: '' }));
	} catch (problem) {
		set({ failed: problem.message || 'La coda non si carica.' });
		throw problem;
	} finally {
		readings -= 1;
		if (!readings) heard.clear();
	}
}

let banner = 0;
export function showBanner(level, title, text = '', actions = []) {
	banner += 1;
	const id = banner;
	set((s) => ({ banners: [...s.banners.slice(-2), { id, level, title, text, actions }] }));
	return id;
}
export const dropBanner = (id) => set((s) => ({ banners: s.banners.filter((b) => b.id !== id) }));

export { now };
