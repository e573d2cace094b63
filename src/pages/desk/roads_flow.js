/*
 * Closed and slow roads and the speed profile: read, drawn, changed, lifted. A new one counts as in force only when
 * the server says that crews are reckoned by it. Not here: how it looks (roads.jsx, draw.jsx, map.jsx).
 * Source: pages.md sections 3.4, 5; openapi.yaml, /closures and /roads.
 */
import { get as read, newKey, post } from '../shared/staff/api.js';
import { alarm, say } from '../shared/staff/announce.js';
import { now } from '../shared/staff/clock.js';
import { hms } from '../shared/staff/times.js';
import { loadCandidates, offerUndo } from './acts.js';
import { instantOf, kindOf, localOf, PROFILES, stateOf, streetsOf } from './roads_words.js';
import { fitPoints } from './map_view.js';
import { dropBanner, get, set, showBanner } from './state.js';

/* ---- what is ---- */

const AGAIN_MS = 1000;
const PAST_MOST = 20;
let askAgain = 0;

/* Whoever answers knows every act from before it was asked: its «ok» is of them all. */
const inForce = ({ roads, applying }, askedAt) => roads.state === 'ok' && askedAt >= applying.since;

export async function loadRoads() {
	const askedAt = performance.now();
	try {
		const { closures, roads } = await read('/api/v1/closures');
		set({ closures, roads, roadsFailed: '', metric: get().metric || roads.metric });
		if (get().applying && inForce(get(), askedAt)) {
			say(get().applying.done);
			set({ applying: null });
		}
	} catch (problem) {
		set({ roadsFailed: problem.network ? 'Le chiusure non si caricano.' : problem.message });
	}
	clearTimeout(askAgain);
	if (get().applying) askAgain = setTimeout(loadRoads, AGAIN_MS);
}

let timer = 0;
/* The stream says that closures, profile or what crews are reckoned by have changed. */
export function roadsChanged({ metric }) {
	clearTimeout(timer);
	timer = setTimeout(loadRoads, 60);
	if (metric) timesChanged(metric);
}

const handOnList = () => {
	const list = document.querySelector('.candidates');
	return Boolean(list && (list.contains(document.activeElement) || list.matches(':hover')));
};

/* Times by roads of before: read again, unless a hand is on the list; then the list says so. What went before is
 * kept, as an answer may have been reckoned by it and come after the news. */
function timesChanged(metric) {
	const { metric: before, metricsPast, candidates } = get();
	const past = [...metricsPast, before, candidates?.metric].filter((m, n, all) => m && m !== metric && all.indexOf(m) === n);
	set({ metric, metricsPast: past.slice(-PAST_MOST) });
	if (candidates?.list && past.includes(candidates.metric) && !handOnList()) loadCandidates(candidates.incident, { unless: handOnList });
}

/* From an act until the server reckons by it, asked each second; `done` is said then. */
function apply(done) {
	set({ applying: { since: performance.now(), done } });
	loadRoads();
}

const keep = (closure) => set((s) => ({ closures: [...s.closures.filter((c) => c.id !== closure.id), ...(closure.state === 'over' ? [] : [closure])] }));

/* ---- what is being drawn ---- */

/* What went wrong when it was stored, and when its roads were asked for: apart, as the one answer may come after the other. */
export const UNFAILED = { failed: '', previewFailed: '' };
const EMPTY = { id: null, moving: false, mode: 'hand', points: [], kind: 'closed', speed: 50, oneWay: false, reason: '', from: '', until: '', preview: null, ...UNFAILED, errors: {}, busy: false,
	street: null, crossings: [null, null], offRoad: [] };

export const mayClose = () => ['dispatcher', 'supervisor', 'admin'].includes(get().setup.user.role);

/* mode: "hand" | "crossings" | "area" */
export function startDrawing(mode, { resume = false } = {}) {
	const { drawing, drawingKept } = get();
	if (drawing || !mayClose()) return;
	set({ found: null, drawing: resume && drawingKept ? { ...drawingKept, ...UNFAILED, errors: {} } : { ...EMPTY, key: newKey(), mode }, drawingKept: resume ? null : drawingKept, pane: 'mappa', tab: 'mappa', picking: false,
		focusWanted: mode === 'crossings' ? 'street' : 'map' });
}

export function changeClosure(closure) {
	set({ drawing: { ...EMPTY, key: newKey(), id: closure.id, closure, mode: closure.area ? 'area' : 'hand', points: closure.points, kind: closure.kind, speed: closure.speed ? Math.round(closure.speed * 100) : 50,
		oneWay: closure.one_way, reason: closure.reason || '', from: closure.state === 'planned' ? localOf(closure.from) : '', until: localOf(closure.until),
		preview: { streets: closure.streets, more_streets: closure.more_streets, roads: closure.roads, more: closure.more, metres: null } }, pane: 'mappa', tab: 'mappa', focusWanted: 'closure-form' });
	fitPoints(closurePoints(closure), { maxZoom: 16 });
}

/* The same closure, somewhere else: drawn like a new one. */
export function moveClosure(closure) {
	if (get().drawing || !mayClose()) return;
	set({ found: null, drawing: { ...EMPTY, key: newKey(), id: closure.id, closure, moving: true, mode: closure.area ? 'area' : 'hand', kind: closure.kind, speed: closure.speed ? Math.round(closure.speed * 100) : 50, oneWay: false },
		pane: 'mappa', tab: 'mappa', picking: false, focusWanted: 'map' });
	fitPoints(closurePoints(closure), { maxZoom: 16 });
}

export const closurePoints = (c) => c.roads.flat().map(([lat, lon]) => ({ lat, lon })).concat(c.points);

/* Its place is being drawn, not only what holds there. */
export const draws = (d) => Boolean(d) && (!d.id || d.moving);

/* One that is there already, in the list; what was being drawn is kept. */
export function showClosure(id) {
	leaveDrawing();
	set({ focusWanted: `closure ${id}` });
}

export const changeDrawing = (patch) => set((s) => (s.drawing ? { drawing: { ...s.drawing, ...patch } } : {}));

/* A person's hand draws; a closure that is only changed keeps its place. */
export function addPoint(point) {
	const { drawing } = get();
	if (!draws(drawing) || drawing.mode === 'crossings' || drawing.points.length >= 200) return;
	changeDrawing({ points: [...drawing.points, point], ...UNFAILED });
	say(`Punto ${drawing.points.length + 1}.`);
}

const LEFT = ['Nessun punto.', 'Resta 1 punto.'];

/* One of its points; missing: the last. */
export function removePoint(point) {
	const { drawing } = get();
	if (!draws(drawing) || drawing.mode === 'crossings' || !drawing.points.length) return;
	const gone = point || drawing.points.at(-1);
	const points = drawing.points.filter((p) => p !== gone);
	changeDrawing({ points, ...UNFAILED });
	say(`Tolto. ${LEFT[points.length] || `Restano ${points.length} punti.`}`);
}

/* Points that the server found on no road are kept themselves, not their places in the line: that may change before it
 * answers again. indices: as it names them, of `d` as it was asked. */
export const offRoadFound = (d, indices) => ({ offRoad: indices.map((i) => d.points[i]) });

/* Their numbers, from 1. */
export const offRoadNumbers = (d) => d.points.flatMap((p, i) => (d.offRoad.includes(p) ? [i + 1] : []));

/* What was drawn is kept until the next one is begun or it is thrown away. */
export function leaveDrawing() {
	const { drawing } = get();
	if (!drawing) return;
	const worth = draws(drawing) && (drawing.points.length || drawing.street);
	set((s) => ({ drawing: null, drawingKept: worth ? { ...drawing, busy: false } : s.drawingKept, tab: 'chiusure', pane: s.pane === 'mappa' ? 'chiusure' : s.pane, focusWanted: 'roads' }));
	say(worth ? 'Disegno lasciato: si può riprendere.' : 'Chiusura lasciata.');
}

export const isReady = (d) => (d.mode === 'area' ? d.points.length >= 3 : d.points.length >= 1);

function placeOf(d) {
	const place = { points: d.points.map(({ lat, lon }) => ({ lat, lon })) };
	if (d.mode === 'area') place.area = true;
	else if (d.oneWay && d.points.length > 1) place.one_way = true;
	if (d.mode === 'crossings' && d.street) place.street = d.street.street;
	return place;
}

function bodyOf(d) {
	if (d.moving) return { version: d.closure.version, ...placeOf(d) };
	const body = { kind: d.kind, reason: d.reason.trim() || null, until: instantOf(d.until) };
	if (d.kind === 'slow') body.speed = d.speed / 100;
	if (d.from) body.from = instantOf(d.from);
	if (d.id) return { version: d.closure.version, ...body };
	if (!body.reason) delete body.reason;
	if (!body.until) delete body.until;
	return { ...body, ...placeOf(d) };
}

/* What a preview is asked about, as far as it makes sense already: times and speed may be half typed. */
function effectOf(d) {
	if (d.moving) return { id: d.id, kind: d.closure.kind, ...(d.closure.speed ? { speed: d.closure.speed } : {}), from: d.closure.from, ...(d.closure.until ? { until: d.closure.until } : {}) };
	const slow = d.kind === 'slow' && d.speed >= 5 && d.speed <= 100;
	const effect = slow ? { kind: 'slow', speed: d.speed / 100 } : { kind: 'closed' };
	const [from, until] = [instantOf(d.from), instantOf(d.until)];
	if (from) effect.from = from;
	if (until && Date.parse(until) > Math.max(now(), from ? Date.parse(from) : 0)) effect.until = until;
	return effect;
}

export const previewBody = (d) => ({ ...effectOf(d), ...placeOf(d) });

/* Which roads it would take, and who has closed them already; null where that cannot be asked yet. */
export const askPreview = async (d, signal) => (isReady(d) ? post('/api/v1/closures/preview', previewBody(d), { signal, key: undefined }) : null);

const name = (c) => streetsOf(c, 2);

function errorsOf(problem) {
	const errors = {};
	for (const e of problem.errors || []) errors[e.pointer.split('/')[1]] = e.detail;
	return errors;
}

/* Which points lie on no road is said beside this. */
function failureOf(problem) {
	if (problem.network) return 'Il server non risponde: il disegno resta qui. Riprova.';
	return problem.offRoad.length ? 'Così non prende nessuna strada: il disegno resta qui.' : problem.message;
}

/* Stores what is drawn. What went wrong stays beside it, and it stays as it is. */
export async function confirmDrawing() {
	const { drawing: d } = get();
	if (!d || d.busy || !isReady(d)) return;
	changeDrawing({ busy: true, failed: '', errors: {} });
	try {
		const done = await post(d.id ? `/api/v1/closures/${d.id}` : '/api/v1/closures', bodyOf(d), { key: d.key });
		set({ drawing: null, drawingKept: null, tab: 'chiusure', pane: get().pane === 'mappa' ? 'chiusure' : get().pane, focusWanted: 'roads' });
		stored(done, d);
	} catch (problem) {
		changeDrawing({ busy: false, key: newKey(), errors: errorsOf(problem), failed: failureOf(problem), ...(problem.offRoad.length ? offRoadFound(d, problem.offRoad) : {}) });
		if (problem.status === 409) conflict(problem, d.closure, 'La tua modifica non è salvata.', () => again(d));
		else alarm(get().drawing.failed);
	}
}

function stored(done, d) {
	keep(done);
	const words = `${name(done)}: ${stateOf(done)}`;
	if (done.state === 'planned') {
		say(`${words}.`);
		loadRoads();
	} else {
		say(`${words}. In corso…`);
		apply(`${words}: le squadre ne tengono conto.`);
	}
	if (!d.id) offerUndo(`${words}`, (key) => lift(done, key));
	else if (d.closure) offerUndo(`${name(done)}: ${d.moving ? 'chiusura spostata' : 'chiusura cambiata'}`, (key) => putBack(d.closure, done, key));
}

/* As it was before the last change, place and all. */
async function putBack(before, { id, version }, key) {
	const { kind, speed, reason, until, points, area, one_way, street } = before;
	const body = { version, kind, reason, until, points, area, one_way, street };
	if (kind === 'slow') body.speed = speed;
	if (before.state === 'planned') body.from = before.from;
	try {
		stored(await post(`/api/v1/closures/${id}`, body, { key }), { id });
	} catch (problem) {
		if (problem.status === 409 || problem.status === 404) await conflict(problem, before, 'La tua modifica resta com’è.');
		else throw problem;
	}
}

/* Somebody was faster: the newer state is read, and the own change may be put over it. */
async function conflict(problem, closure, lost, resend) {
	const who = problem.who || 'Un collega';
	const when = problem.at ? ` · ${hms(problem.at)}` : '';
	await loadRoads();
	const fresh = get().closures.find((c) => c.id === closure.id);
	if (!fresh && get().drawing?.id === closure.id) changeDrawing({ gone: true, failed: 'Questa chiusura non c’è più: non resta niente da salvare.' });
	const id = showBanner('presto', `${who} ha già cambiato ${name(closure)}${when}`, fresh ? `Ora è ${fresh.state === 'planned' ? 'in programma' : kindOf(fresh)}. ${lost}` : `Non c’è più: la strada è aperta. ${lost}`, [
		{ label: 'Va bene così', run: () => dropBanner(id) }, ...(fresh && resend ? [{ label: 'Salva lo stesso', run: () => { dropBanner(id); resend(); } }] : [])]);
	alarm(`${who} ha già cambiato ${name(closure)}.`);
}

/* The last edit wins, knowingly. */
function again(d) {
	const fresh = get().closures.find((c) => c.id === d.id);
	if (!fresh) return;
	set({ drawing: { ...d, closure: fresh, key: newKey(), busy: false, failed: '', errors: {} } });
	confirmDrawing();
}

/* What is said of one that is lifted: while it is, when crews are reckoned by it, and in the undo. */
const LIFTED = {
	closed: ['riapertura in corso…', 'di nuovo aperta.', 'riaperta'],
	slow: ['in corso…', 'non più rallentata.', 'non più rallentata'],
};

/* undoKey: of an undo, which is told what kept it from happening. */
export async function lift(closure, undoKey) {
	const [doing, done, undo] = LIFTED[closure.kind];
	try {
		keep(await post(`/api/v1/closures/${closure.id}/lift`, { version: closure.version }, { key: undoKey || newKey() }));
		say(`${name(closure)}: ${doing}`);
		if (closure.state === 'active') apply(`${name(closure)}: ${done}`);
		else loadRoads();
		offerUndo(`${name(closure)}: ${closure.state === 'planned' ? 'tolta dal programma' : undo}`, (key) => closeAgain(closure, key));
		return true;
	} catch (problem) {
		if (problem.status === 409 || problem.status === 404) await conflict(problem, closure, 'La riapertura non è partita.', () => lift(get().closures.find((c) => c.id === closure.id)));
		else if (undoKey) throw problem;
		else complainRoads(problem);
		return false;
	}
}

async function closeAgain(c, key) {
	const body = { kind: c.kind, points: c.points, area: c.area, one_way: c.one_way, ...(c.street ? { street: c.street } : {}) };
	if (c.speed) body.speed = c.speed;
	for (const key of ['reason', 'until']) if (c[key]) body[key] = c[key];
	if (c.state === 'planned') body.from = c.from;
	stored(await post('/api/v1/closures', body, { key }), { id: c.id });
}

function complainRoads(problem) {
	const words = problem.network ? 'Il server non risponde. Riprova.' : problem.message;
	showBanner('presto', words, problem.errors?.map((e) => e.detail).join(' '));
	alarm(words);
}

/* profile: null by the clock; until: an instant, or null. */
async function setProfile(profile, until, key) {
	set({ roads: await post('/api/v1/roads', { profile, ...(until ? { until } : {}) }, { key }) });
	const words = profile ? `Tempi di strada: ${PROFILES[profile]}` : 'Tempi di strada secondo l’ora';
	say(`${words}. In corso…`);
	apply(`${words}: in vigore.`);
	return words;
}

/* What was chosen by hand and has ended since comes back as the clock has it. */
function profileBack({ source, profile, until }, key) {
	const ended = until && Date.parse(until) <= now();
	return source === 'hand' && !ended ? setProfile(profile, until, key) : setProfile(null, null, key);
}

/* profile: null by the clock; until: as it is typed. Answers what went wrong: { until, said }, each for its place; null: nothing. */
export async function chooseProfile(profile, until) {
	const before = get().roads;
	try {
		const words = await setProfile(profile, profile ? instantOf(until) : null, newKey());
		offerUndo(words, (key) => profileBack(before, key));
		return null;
	} catch (problem) {
		if (problem.field?.('/until')) return { until: 'L’ora è già passata.' };
		return { said: problem.network ? 'Il server non risponde. Riprova.' : problem.message };
	}
}
