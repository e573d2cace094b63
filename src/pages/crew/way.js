/*
 * The way to the place of an assignment: asked for from where the phone is, kept on it for when there is no network,
 * asked for again when the crew has left it, every few minutes, and when roads close. Not here: how it looks
 * (way.jsx), where the phone is (position.js). Source: pages.md section 3.5.
 */
import { get as read } from '../shared/staff/api.js';
import { say } from '../shared/staff/announce.js';
import { now } from '../shared/staff/clock.js';
import { along, stepsLeft } from '../shared/staff/way.js';
import { lastFix } from './position.js';
import { get, isOpen, keepTiles, set } from './work.js';

const KEPT = 'prontod.crew.percorsi';
const OFF_M = 80;
const EVERY_MS = 3 * 60000;
const AGAIN_MS = 10000; /* at most so often, off the way too */
const asked = {};       /* id of the assignment -> the last question {at, here: from this phone's own place} */

function keepOnPhone() {
	try {
		localStorage.setItem(KEPT, JSON.stringify(get().ways));
	} catch {
		/* Full: the way lives as long as the page. */
	}
}

export function waysFromPhone() {
	try {
		set({ ways: JSON.parse(localStorage.getItem(KEPT)) || {} });
	} catch {
		/* Nothing kept. */
	}
}

export const waysGone = () => localStorage.removeItem(KEPT);

/* What is over needs no way. */
function put(id, way) {
	const open = new Set(get().assignments.filter(isOpen).map((a) => a.id));
	set((s) => ({ ways: Object.fromEntries(Object.entries({ ...s.ways, [id]: way }).filter(([key]) => open.has(key))) }));
	keepOnPhone();
}

/* The heading of somebody who stands still says nothing. */
function from() {
	const fix = lastFix();
	if (!fix) return '';
	const heading = fix.speed > 1.5 && fix.heading != null ? `&heading=${Math.round(fix.heading)}` : '';
	return `?lat=${fix.lat.toFixed(6)}&lon=${fix.lon.toFixed(6)}${heading}`;
}

export async function askWay(id) {
	const here = from();
	const mine = { at: now(), here: Boolean(here) };
	asked[id] = mine;
	/* Answers may overtake one another: the roads that the last question was asked on are those that count. */
	const overtaken = () => asked[id] !== mine;
	try {
		const { line, at_s, steps, eta_s, distance_m, begun_at, from: start } = await read(`/api/v1/assignments/${id}/route${here}`);
		if (overtaken()) return;
		if (!get().ways[id]?.line) keepTiles(line.map(([lat, lon]) => ({ lat, lon })), [12, 13]);
		put(id, { line, at_s, steps, eta_s, distance_m, age_s: start.age_s, base: start.at_base, own: Boolean(here), begun: Date.parse(begun_at), taken: now() });
	} catch (problem) {
		if (overtaken()) return;
		/* Without network the last one stands; with it, there is none. */
		if (!problem.passing) put(id, { none: true, shut: Boolean(problem.field('/way')), own: Boolean(here), taken: now() });
		else set((s) => ({ wayFailed: { ...s.wayFailed, [id]: true } }));
		return;
	}
	set((s) => ({ wayFailed: { ...s.wayFailed, [id]: false } }));
}

/* Asks again if there is a reason to; called at every fix and now and then. */
export function lookAtWay(id) {
	const way = get().ways[id];
	const fix = lastFix();
	const begun = asked[id] || { at: 0 };
	/* The first fix of this phone: until then the way began where the desk knew the crew. */
	const first = fix && !begun.here;
	if (document.hidden || (!first && now() - begun.at < AGAIN_MS)) return;
	const left = way?.line && fix && along(way, fix).off_m > OFF_M;
	const old = !way || way.past || now() - way.taken > EVERY_MS;
	if (first || left || old || get().wayFailed[id]) askWay(id);
}

const streetsOf = (way) => [...new Set((way?.steps || []).map((s) => s.street).filter(Boolean))];

/* The streets that were ahead, are not any more, and are closed. */
async function closedAhead(before, after) {
	const left = streetsOf(before).filter((name) => !streetsOf(after).includes(name));
	try {
		const { closures } = await read('/api/v1/closures');
		const closed = closures.filter((c) => c.state === 'active' && c.kind === 'closed').flatMap((c) => c.streets);
		return left.filter((name) => closed.includes(name));
	} catch {
		return [];
	}
}

/* A way that leads elsewhere than a moment ago is said: who drives does not read the list of streets again. */
async function tellChange(id, before, after) {
	if (before?.line && after?.shut) {
		say('Nessuna strada aperta porta al posto. Chiama la sala.');
		return;
	}
	if (!before?.line || !after?.line || streetsOf(before).join() === streetsOf(after).join()) return;
	const closed = await closedAhead(before, after);
	const words = closed.length ? `Chiusa ${closed[0]}: il percorso è cambiato.` : 'Le strade sono cambiate: il percorso è un altro.';
	set((s) => ({ wayChanged: { ...s.wayChanged, [id]: words } }));
	say(words);
}

export const changeSeen = (id) => set((s) => ({ wayChanged: { ...s.wayChanged, [id]: '' } }));

/* Those that nobody looks at now are asked for when somebody does. */
function waysPast() {
	for (const id of Object.keys(asked)) delete asked[id];
	set((s) => ({ ways: Object.fromEntries(Object.entries(s.ways).map(([id, way]) => [id, { ...way, past: true }])) }));
}

export async function roadsChanged() {
	const { open } = get();
	const awaited = Boolean(asked[open]);
	waysPast();
	const before = get().ways[open];
	if (!before && !awaited) return;
	const fix = lastFix();
	const ahead = before?.line && fix ? { ...before, steps: stepsLeft(before, along(before, fix).at_s) } : before;
	await askWay(open);
	if (get().ways[open] !== before) tellChange(open, ahead, get().ways[open]);
}
