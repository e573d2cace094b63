/*
 * Which of three groups an incident belongs to, what it needs, and in which order. Pure.
 * The server says group and attention at the moment of its answer; time passes without events, so
 * what only the clock changes is judged again here. Source: pages.md sections 2.2 and 3.4.
 */
import { isOverdue } from '../shared/staff/times.js';

const NO_CREW_MS = 3 * 60000;
const PRESTO_SHARE = 0.8;

export const GROUPS = [
	{ code: 'now', name: 'Da fare ora' },
	{ code: 'followed', name: 'Seguiti' },
	{ code: 'calm', name: 'Con calma' },
];

const ENDED = ['left', 'declined', 'expired', 'recalled'];
/* Street and town; the town only where the address does not name it already. */
export function placeOf(i, unknown = 'luogo da chiedere') {
	const street = i.address || i.area || '';
	if (!street) return i.municipality || unknown;
	return i.municipality && !street.includes(i.municipality) ? `${street}, ${i.municipality}` : street;
}

export const activeCrews = (i) => (i.crews || []).filter((c) => !ENDED.includes(c.state));

/* The promise that still runs, or null; one that is held still does not. */
export function runningDue(i) {
	if (!i.due || i.paused) return null;
	if (i.arrived_at && (i.due_kind || 'arrival') === 'arrival') return null;
	return i.due;
}

export function shareLeft(i, now) {
	const due = runningDue(i);
	if (!due) return 0;
	const start = Date.parse(i.due_start || i.opened_at);
	const whole = Date.parse(due) - start;
	return whole > 0 ? (Date.parse(due) - now) / whole : 0;
}

/* {level: "adesso"|"presto"|null, why} */
export function attention(i, now) {
	const due = runningDue(i);
	if (due && isOverdue(due, i.due_bound, now)) return { level: 'adesso', why: 'scaduto' };
	const waiting = i.state === 'new' || i.state === 'classified';
	/* Any change (a crew recalled, a note) starts the three minutes again here; the server's own answer to
	 * that change says when the wait is older. */
	const alone = now - Math.max(Date.parse(i.opened_at), Date.parse(i.updated_at) || 0);
	if (i.urgency_rank === 1 && waiting && !activeCrews(i).length && alone > NO_CREW_MS) {
		return { level: 'adesso', why: `Senza squadra da ${Math.floor(alone / 60000)} min` };
	}
	if (i.attention === 'adesso') return { level: 'adesso', why: i.attention_why };
	if (due && shareLeft(i, now) < 1 - PRESTO_SHARE) return { level: 'presto', why: 'Manca poco' };
	if (i.attention === 'presto') return { level: 'presto', why: i.attention_why };
	if (i.needs_review && i.state === 'new') return { level: 'presto', why: 'Da confermare' };
	return { level: null, why: '' };
}

export function groupOf(i, now) {
	const due = runningDue(i);
	if (due && isOverdue(due, i.due_bound, now)) return 'now';
	return i.group || (activeCrews(i).length ? 'followed' : 'now');
}

const dueValue = (i) => (i.due ? Date.parse(i.due) : Infinity);
const rankValue = (i) => i.urgency_rank ?? 99;

function before(group) {
	return (a, b) => (group === 'now' && rankValue(a) - rankValue(b)) || dueValue(a) - dueValue(b)
		|| Date.parse(a.opened_at) - Date.parse(b.opened_at) || (a.id < b.id ? -1 : 1); /* at every desk the same */
}

/* {now: [id…], followed: […], calm: […]} */
export function order(incidents, now) {
	const lists = { now: [], followed: [], calm: [] };
	for (const i of incidents) lists[groupOf(i, now)].push(i);
	const out = {};
	for (const g of Object.keys(lists)) out[g] = lists[g].sort(before(g)).map((i) => i.id);
	return out;
}

/* Keeps the order under a hand: who left is taken out, who came waits and is counted. */
export function held(shown, wanted) {
	const alive = new Set(Object.values(wanted).flat());
	const out = {};
	const seen = new Set();
	for (const g of Object.keys(wanted)) {
		out[g] = (shown[g] || []).filter((id) => alive.has(id));
		for (const id of out[g]) seen.add(id);
	}
	let news = 0;
	for (const id of alive) if (!seen.has(id)) news += 1;
	for (const g of Object.keys(wanted)) {
		for (const id of wanted[g]) if (seen.has(id) && !out[g].includes(id)) news += 1;
	}
	return { order: out, news };
}
