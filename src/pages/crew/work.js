/*
 * What the crew's phone knows and does: assignments kept on the phone, steps queued with the instant
 * of the press, the stream, the position. Not here: how it looks (*.jsx).
 * Source: the page design, sections 3.5, 4.3, 5.
 */
import { alarm, say } from '../shared/staff/announce.js';
import { call, get as read } from '../shared/staff/api.js';
import { now, nowIso, syncClock } from '../shared/staff/clock.js';
import { makeOutbox } from '../shared/staff/outbox.js';
import { makeStore } from '../shared/staff/store.js';
import { openStream } from '../shared/staff/stream.js';
import { hm } from '../shared/staff/times.js';
import { lastFix, share } from './position.js';
import { ring, stopRing } from './ring.js';
import { askWay, roadsChanged, waysFromPhone, waysGone } from './way.js';

const KEPT = 'prontod.crew.incarichi';

export const store = makeStore({
	loaded: false, failed: '', at: 0,
	crew: null, deskPhone: '', assignments: [], done: [],
	connection: 'in-diretta', since: 0,
	position: '', /* "", "Posizione inviata", "Posizione spenta" */
	items: [],    /* of the outbox */
	open: null, layer: null, notice: null, expired: false, nearSince: 0,
	fix: null,    /* where the phone is, while it is shared */
	ways: {},     /* id of an assignment -> the way there, see way.js */
	wayFailed: {},
	wayChanged: {}, /* id of an assignment -> why its way leads elsewhere now, until it was seen */
});
export const { get, set, useStore } = store;
export const outbox = makeOutbox('crew');
outbox.subscribe((items) => set({ items }));

const OPEN = ['offered', 'accepted', 'en_route', 'arrived'];
export const isOpen = (a) => OPEN.includes(a.state);

/* ---- what the phone keeps ---- */

function keepOnPhone() {
	const { crew, deskPhone, assignments, done, at } = get();
	try {
		localStorage.setItem(KEPT, JSON.stringify({ crew, deskPhone, assignments, done, at }));
	} catch {
		/* Full: the list lives as long as the page. */
	}
}

export function loadFromPhone() {
	try {
		const kept = JSON.parse(localStorage.getItem(KEPT));
		if (kept) set({ ...kept, loaded: true });
	} catch {
		/* Nothing kept. */
	}
	set({ items: outbox.items() });
}

export async function refresh() {
	try {
		const answer = await read('/api/v1/me/assignments');
		syncClock(answer.now);
		const before = get();
		set({ crew: answer.crew, deskPhone: answer.desk_phone, assignments: answer.assignments, done: answer.done_today || [],
			loaded: true, failed: '', at: now() });
		if (before.loaded) for (const a of answer.assignments) noticeNew(before.assignments.find((b) => b.id === a.id), a);
		keepOnPhone();
	} catch (problem) {
		set({ failed: problem.message });
	}
	share(get().assignments.some((a) => ['accepted', 'en_route', 'arrived'].includes(projected(a).state)));
}

/* ---- an assignment as the crew left it: the server's state and the acts that still wait ---- */

const AFTER = {
	accept: { state: 'accepted', next: 'en_route', stamp: 'accepted_at' },
	decline: { state: 'declined', next: null, stamp: '' },
	en_route: { state: 'en_route', next: 'arrived', stamp: 'departed_at' },
	arrived: { state: 'arrived', next: 'made_safe', stamp: 'arrived_at' },
	made_safe: { state: 'arrived', next: 'restored', stamp: 'made_safe_at' },
	restored: { state: 'arrived', next: 'left', stamp: 'restored_at' },
	left: { state: 'left', next: null, stamp: 'left_at' },
};

export function projected(a) {
	return get().items.filter((i) => i.of === a.id && !i.refused).reduce((x, i) => {
		const after = AFTER[i.action];
		return after ? { ...x, state: after.state, next: after.next, [after.stamp]: i.at, waiting: true } : x;
	}, a);
}

/* ---- acts ---- */

const LABELS = {
	accept: 'Accettato', decline: 'Rifiutato', en_route: 'Partito', arrived: 'Arrivato', made_safe: 'In sicurezza',
	restored: 'Ripristinato', left: 'Lasciato il posto',
};

/* The instant is the press; the act is kept before it is sent. */
export async function press(a, action, extra = {}) {
	const at = nowIso();
	const fix = lastFix();
	stopRing();
	outbox.add({ path: `/api/v1/assignments/${a.id}/${action}`, label: LABELS[action], at, of: a.id, action,
		body: { at, ...(fix ? { lat: fix.lat, lon: fix.lon } : {}), ...extra } });
	set({ layer: null });
	if (action === 'accept') {
		set({ open: a.id }); /* where the next step is */
		if (a.incident.lat != null) keepTiles([a.incident], [13, 14], 1);
		askWay(a.id);
	}
	await send();
	const waiting = outbox.waiting().length;
	if (waiting) say(`Senza rete. ${waiting === 1 ? '1 azione' : `${waiting} azioni`} in attesa.`);
	else say(`${LABELS[action]}.`);
}

export async function send() {
	await outbox.flush((item, answer) => { if (answer?.assignment) keepAssignment(answer.assignment); });
	share(get().assignments.some((a) => ['accepted', 'en_route', 'arrived'].includes(projected(a).state)));
}

function keepAssignment(a) {
	set((s) => {
		const known = s.assignments.some((b) => b.id === a.id);
		const list = known ? s.assignments.map((b) => (b.id === a.id ? { ...b, ...a } : b)) : [...s.assignments, a];
		const over = list.filter((b) => b.state === 'left' && !s.done.some((d) => d.id === b.id));
		return { assignments: list.filter((b) => isOpen(b) || b.state === 'recalled'), done: [...over, ...s.done], at: now() };
	});
	keepOnPhone();
}

const TILES_MOST = 18; /* some 400 kB in a town */

/* The tiles that hold these points go to the phone's store, by the service worker, while there is network. */
export function keepTiles(points, zooms, around = 0) {
	if (!navigator.serviceWorker?.controller) return;
	const wanted = new Set();
	for (const z of zooms) {
		const n = 2 ** z;
		for (const { lat, lon } of points) {
			const x = Math.floor(((lon + 180) / 360) * n);
			const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n);
			for (let dx = -around; dx <= around; dx++) for (let dy = -around; dy <= around; dy++) wanted.add(`/tiles/${z}/${x + dx}/${y + dy}.mvt`);
		}
	}
	for (const tile of [...wanted].slice(0, TILES_MOST)) fetch(tile).catch(() => {});
}

/* ---- what the desk sends ---- */

const where = (i) => i.address || i.municipality || '';
const className = (i) => (i.class_label || i.class || '').replace(/ \(.*/, '').toLowerCase();

function noticeNew(before, a) {
	if (a.state === 'offered' && !before) {
		alarm(`Nuovo incarico, ${className(a.incident)}, ${where(a.incident)}.`);
		ring();
	}
	if (a.state === 'recalled' && before && before.state !== 'recalled') {
		const words = `Richiamato${a.recalled_at ? ` alle ${hm(a.recalled_at)}` : ''}${a.recalled_by ? ` da ${a.recalled_by.split(' ')[0]}` : ' dalla sala'}.`;
		stopRing();
		set({ notice: { title: words, text: `${where(a.incident)}. ${a.arrived_at ? 'Il tuo arrivo è registrato lo stesso.' : ''}` } });
		alarm(words);
		navigator.vibrate?.(400);
	}
	if (before && a.incident.reports > before.incident.reports) say(`${where(a.incident)}: nuove parole di un segnalante.`);
}

function onAssignment({ assignment }) {
	const before = get().assignments.find((a) => a.id === assignment.id);
	if (before && before.version > assignment.version) return;
	keepAssignment(assignment);
	noticeNew(before, assignment);
	if (assignment.state === 'recalled') setTimeout(refresh, 1000);
}

export function start() {
	loadFromPhone();
	waysFromPhone();
	refresh();
	send();
	const stream = openStream('/api/v1/stream', { assignment: onAssignment, roads: roadsChanged }, {
		onState(state, since) {
			const before = get().connection;
			document.documentElement.dataset.connessione = state;
			set({ connection: state, since });
			if (state === 'persa') {
				const n = outbox.waiting().length;
				say(`Senza rete. ${n === 1 ? '1 azione' : `${n} azioni`} in attesa.`);
			}
			if (state === 'in-diretta' && before !== 'in-diretta') send().then(refresh);
		},
		onGap: refresh,
		onOpen: refresh,
	});
	/* Without stream the queue still tries: the stream may be what is broken. */
	setInterval(() => { if (outbox.waiting().length) send(); }, 10000);
	document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
	return stream;
}

export async function logout() {
	localStorage.removeItem(KEPT);
	waysGone();
	outbox.clear();
	if (window.caches) await Promise.all((await caches.keys()).map((n) => caches.delete(n)));
	try {
		await call('DELETE', '/api/v1/session', undefined, { bare: true });
	} catch {
		/* The log-in page is right in either case. */
	}
	location.href = '/login?next=/crew';
}
