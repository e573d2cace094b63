/*
 * What the stream brings: the store is kept, and what a person must hear is said or sounded once.
 * Source: pages.md sections 2.6 and 4.3.
 */
import { alarm, say, throttled } from '../shared/staff/announce.js';
import { openStream } from '../shared/staff/stream.js';
import { dueAbsolute, hm } from '../shared/staff/times.js';
import { refreshIncident } from './acts.js';
import { activeCrews, runningDue } from './queue_order.js';
import { dropBanner, get, isOpen, keepCrew, keepIncident, loadAll, now, outbox, set, showBanner } from './state.js';
import { unsortedChanged } from './sort_flow.js';
import { loadRoads, roadsChanged } from './roads_flow.js';
import { sound, soundAgain } from './sound.js';

let news = { count: 0, rank: 9, label: '' };
const speakNews = throttled(() => {
	say(`${news.count === 1 ? '1 nuova segnalazione' : `${news.count} nuove segnalazioni, la più urgente`} ${news.label}.`);
	news = { count: 0, rank: 9, label: '' };
}, 20000);
let refresh = 0;

const where = (i) => (i.address || i.area || i.number || '').replace(/ \d.*$/, '');

function newIncident(incident) {
	const label = (incident.class_label || incident.class || '').replace(/ \(.*/, '').toLowerCase();
	if (incident.urgency_rank === 1) {
		const due = runningDue(incident);
		alarm(`Nuovo ${label}: ${incident.kind}, ${where(incident)}.${due ? ` Termine ${hm(due)}.` : ''}`);
		sound('tre', true);
		soundAgain(() => get().incidents[incident.id]?.state === 'new' && get().open !== incident.id);
		return;
	}
	news.count += 1;
	if ((incident.urgency_rank ?? 9) < news.rank || news.count === 1) news = { ...news, rank: incident.urgency_rank ?? 9, label };
	speakNews();
}

function crewStep(before, incident) {
	if (get().open !== incident.id) return;
	const had = Object.fromEntries((before?.crews || []).map((c) => [c.assignment, c.state]));
	for (const c of incident.crews || []) {
		if (!had[c.assignment] || had[c.assignment] === c.state) continue;
		const words = { accepted: 'ha accettato', en_route: 'in viaggio', arrived: 'sul posto', left: 'ha lasciato il posto', declined: 'ha rifiutato' }[c.state];
		if (words) say(`${c.name} ${words} in ${where(incident)}.`);
	}
}

function declined(before, incident) {
	const lost = before && activeCrews(before).length && !activeCrews(incident).length;
	if (!lost || !['new', 'classified'].includes(incident.state) || incident.urgency_rank !== 1) return;
	alarm(`${where(incident)}: nessuno ha accettato.`);
	sound('tre', true);
}

/* A crew that was on its way, and has none any more. */
function cutOff(before, incident) {
	const known = (before?.crews || []).filter((c) => c.cut_off).map((c) => c.assignment);
	const lost = (incident.crews || []).find((c) => c.cut_off && !known.includes(c.assignment));
	if (!before || !lost) return;
	alarm(`${where(incident)}: nessuna strada aperta per la ${lost.name}. Scegli un'altra squadra o riapri una strada.`);
	sound('tre', true);
}

/* In a storm the events of a tenth of a second are drawn together. */
let pending = [];
function onIncident({ incident }) {
	if (!pending.length) setTimeout(drawPending, 100);
	pending.push(incident);
}

function drawPending() {
	const list = pending;
	pending = [];
	const before = get().incidents;
	keepIncident(...list);
	for (const incident of list) tellIncident(before[incident.id], incident);
}

function tellIncident(before, incident) {
	if (!isOpen(incident) && before && isOpen(before)) set({ lastClosedAt: incident.closed_at || incident.updated_at });
	if (!before && isOpen(incident)) newIncident(incident);
	crewStep(before, incident);
	declined(before, incident);
	cutOff(before, incident);
	if (get().open === incident.id && get().detail && incident.version !== get().detail.version) {
		clearTimeout(refresh);
		refresh = setTimeout(() => refreshIncident(incident.id), 150);
	}
}

/* ---- warnings: told by the server, each once whoever leads; several of a moment make one sentence ---- */

let heard = [];
function onWarning({ warning }) {
	if (!heard.length) setTimeout(tellWarnings, 300);
	heard.push(warning);
}

const others = (list) => (list.length > 1 ? ` e ${list.length === 2 ? 'un altro' : `altri ${list.length - 1}`}` : '');

/* One for each incident: charter and national rule may be used up together. */
const perIncident = (list) => list.filter((w, n) => list.findIndex((x) => x.incident === w.incident) === n);

const speakSoon = throttled(say, 20000);

function tellWarnings() {
	const over = perIncident(heard.filter((w) => w.percent === 100));
	const soon = perIncident(heard.filter((w) => w.percent === 80 && !over.some((x) => x.incident === w.incident)));
	heard = []; /* half of the time is no news for anybody who works: the row's bar shows it */
	if (over.length) alarm(`${where(over[0])}${others(over)}: termine scaduto.`);
	if (soon.length) {
		const [first] = soon.sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
		const left = Math.max(0, Math.floor((Date.parse(first.due) - now()) / 60000));
		const words = first.bound === 'exclusive' ? `termine ${dueAbsolute(first.due, first.bound, now())}` : left === 1 ? 'resta 1 minuto' : `restano ${left} minuti`;
		speakSoon(`${where(first)}: ${words}${soon.length > 1 ? `; ${soon.length} termini all’80 per cento` : ''}.`);
	}
	if (over.length || soon.length) sound('due');
}

let lostBanner = 0;
function onState(state, since) {
	document.documentElement.dataset.connessione = state;
	const before = get().connection;
	set({ connection: state, since });
	if (state === 'persa' && !lostBanner) {
		const title = `Connessione persa alle ${hm(since)}`;
		lostBanner = showBanner('adesso', title, 'Continua a lavorare: note e segnalazioni in attesa partono da sole. Le squadre si inviano per telefono.');
		alarm(`${title}.`);
	}
	if (state === 'in-diretta' && before !== 'in-diretta') back();
}

async function back() {
	if (lostBanner) dropBanner(lostBanner);
	const had = outbox.waiting().length;
	const lost = lostBanner;
	lostBanner = 0;
	if (!lost && !had) return;
	const { sent, refused } = await outbox.flush();
	const words = `Di nuovo in linea.${sent ? ` Inviate ${sent} azioni.` : ''}`;
	alarm(words);
	if (sent || refused) showBanner('info', words, refused ? `${refused} ${refused === 1 ? 'azione non è più valida' : 'azioni non sono più valide'}: vedi in basso.` : '');
	await loadAll().catch(() => {});
	if (get().open) refreshIncident(get().open);
}

export function startEvents() {
	const url = `/api/v1/stream?after=${get().setup.seq}`;
	loadRoads();
	return openStream(url, { incident: onIncident, warning: onWarning, crew: ({ crew }) => keepCrew(crew), report: unsortedChanged, roads: roadsChanged }, {
		onState,
		onGap: () => { loadRoads(); loadAll().then(() => { if (get().open) refreshIncident(get().open); }).catch(() => {}); },
	});
}
