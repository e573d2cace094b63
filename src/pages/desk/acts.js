/*
 * What a dispatcher does: each act calls the server, keeps its answer, offers the undo and says it.
 * Not here: keys (keys.js), what the buttons look like. Source: pages.md sections 3.4, 4, 5.
 */
import { get as read, newKey, post, call } from '../shared/staff/api.js';
import { alarm, say } from '../shared/staff/announce.js';
import { now, nowIso } from '../shared/staff/clock.js';
import { hms } from '../shared/staff/times.js';
import { dropBanner, get, keepCrew, keepIncident, outbox, set, showBanner } from './state.js';
import { activeCrews, attention, order } from './queue_order.js';
import { openReport } from './sort_flow.js';

const UNDO_MS = 10000;

/* ---- looking ---- */

let elsewhere = null;
/* A window that shows one part alone has no card: the desk's own window opens it. */
export const onOpen = (open) => { elsewhere = open; };

export async function openIncident(id, { focus = 'heading', quiet = false } = {}) {
	if (elsewhere) {
		elsewhere(id);
		return;
	}
	if (get().form) parkForm();
	set((s) => ({ open: id, report: null, pane: 'scheda', detail: s.detail?.id === id ? s.detail : null, detailFailed: '',
		candidates: null, classFirst: null, focusWanted: quiet ? null : focus }));
	await refreshIncident(id);
}

export async function refreshIncident(id) {
	try {
		const detail = await read(`/api/v1/incidents/${id}`);
		keepIncident(detail);
		/* An act may have been quicker than this reading. */
		if (get().open === id) set((now) => ({ detail: now.detail?.id === id && now.detail.version > detail.version ? now.detail : detail, detailFailed: '' }));
	} catch (problem) {
		if (get().open === id) set({ detailFailed: problem.message });
	}
}

export function closeCard() {
	const open = get().open || get().report;
	set({ open: null, report: null, detail: null, candidates: null, pane: 'coda' });
	requestAnimationFrame(() => {
		const row = document.querySelector(`.row[data-id="${open}"]`) || document.querySelector('.row[tabindex="0"]');
		if (row) row.focus();
	});
}

/* unless: asked when the answer is here; true leaves the list as it is. */
export async function loadCandidates(id, { unless = () => false } = {}) {
	/* A list that is read again stays under the hand until the new one is here. */
	set((s) => ({ candidates: s.candidates?.incident === id && s.candidates.list ? s.candidates : { incident: id, loading: true } }));
	try {
		const answer = await read(`/api/v1/incidents/${id}/candidates`);
		const wanted = get().open === id || get().form?.incident?.id === id;
		if (!wanted || unless()) return;
		set({ candidates: { incident: id, version: answer.version, map: answer.map, metric: answer.metric, closed: answer.place_closed, ranking: answer.ranking, list: answer.candidates } });
		const [first] = answer.candidates;
		if (first) say(`${answer.candidates.length} squadre. Prima: ${first.crew.name}, ${first.reason}.`);
	} catch (problem) {
		if (unless()) return;
		set({ candidates: { incident: id, failed: problem.message } });
	}
}

/* The next thing that needs a person: from the open one on, in the order of «Da fare ora». */
export function nextToDo() {
	const { incidents, unsorted } = get();
	const open = get().open || get().report;
	const at = now();
	const sort = unsorted.map((r) => r.id);
	const lists = order(Object.values(incidents).filter((i) => i.state !== 'closed' && i.state !== 'cancelled'), at);
	const todo = sort.concat(lists.now);
	const list = todo.length ? todo : lists.followed.concat(lists.calm);
	if (!list.length) {
		say('Niente da fare.');
		return;
	}
	document.dispatchEvent(new CustomEvent('desk:release'));
	const next = list[(list.indexOf(open) + 1) % list.length];
	(sort.includes(next) ? openReport : openIncident)(next, { focus: 'row' });
}

export const needing = (incidents, at) =>
	incidents.filter((i) => attention(i, at).level === 'adesso').length;

/* ---- undo: 10 s, at most three in the bar; one that the network kept from happening stays until it has ---- */

/* run(key): throws what kept it from happening; tried again, the key is the same. */
export function offerUndo(label, run) {
	const item = { id: `${now()}${Math.random()}`, label, until: now() + UNDO_MS, key: newKey(), run };
	set((s) => ({ undo: [...s.undo, item].slice(-3) }));
	setTimeout(() => set((s) => ({ undo: s.undo.filter((u) => u.id !== item.id || u.busy || u.stuck) })), UNDO_MS);
}

const changeUndo = (id, patch) => set((s) => ({ undo: s.undo.map((u) => (u.id === id ? { ...u, ...patch } : u)) }));

export function dropUndo({ id, banner }) {
	if (banner) dropBanner(banner);
	set((s) => ({ undo: s.undo.filter((u) => u.id !== id) }));
}

export async function undoLast(item) {
	const { undo } = get();
	const wanted = item ? undo.find((u) => u.id === item.id) : undo[undo.length - 1];
	if (!wanted || wanted.busy) return;
	changeUndo(wanted.id, { busy: true });
	try {
		await wanted.run(wanted.key);
		dropUndo(wanted);
		say('Annullato.');
	} catch (problem) {
		if (problem.passing) return void undoStuck(wanted, problem);
		dropUndo(wanted);
		complain(problem);
	}
}

function undoStuck(item, problem) {
	if (item.banner) dropBanner(item.banner);
	const words = `Non annullato: ${item.label}.`;
	const why = problem.network ? 'Il server non risponde.' : problem.message;
	const banner = showBanner('presto', words, why, [
		{ label: 'Riprova', run: () => undoLast(item) }, { label: 'Lascia così', run: () => dropUndo({ ...item, banner }) }]);
	changeUndo(item.id, { busy: false, stuck: true, banner });
	alarm(`${words} ${why} Z per riprovare.`);
}

/* ---- telling what went wrong ---- */

const crewName = (id) => get().crews[id]?.name || 'la squadra';

export function complain(problem, lost = '') {
	if (problem.status === 409) {
		conflict(problem, lost);
		return;
	}
	const words = problem.network ? 'Il server non risponde. Riprova.' : problem.message;
	showBanner('presto', words, problem.errors?.map((e) => e.detail).join(' '));
	alarm(words);
}

function conflict(problem, lost, actions = []) {
	/* A clock that ran out or an offer nobody took is no colleague's decision. */
	const what = problem.who === 'sistema' ? 'L’intervento è cambiato' : `${problem.who || 'Un collega'} ha già deciso`;
	const id = showBanner('presto', `${what}${problem.at ? ` · ${hms(problem.at)}` : ''}`, [problem.message, lost].filter(Boolean).join(' '), [
		{ label: 'Va bene così', run: () => dropBanner(id) },
		...actions.map((a) => ({ ...a, run: () => { dropBanner(id); a.run(); } })),
	]);
	alarm(`${what}${problem.at ? ` alle ${hms(problem.at)}` : ''}.`);
}

function keepDetail(incident) {
	keepIncident(incident);
	if (get().open === incident.id) set({ detail: incident });
	return incident;
}

/* ---- deciding ---- */

const decide = async (incident, action, body, key = newKey()) =>
	keepDetail(await post(`/api/v1/incidents/${incident.id}/${action}`, { version: incident.version, ...body }, { key }));

const readAgain = (problem, id) => { if (problem.status === 409 || problem.status === 404) refreshIncident(id); };

/* Writes with the version the dispatcher saw. Answers the incident, or null when it did not happen. */
export async function act(incident, action, body = {}, lost = '') {
	try {
		return await decide(incident, action, body);
	} catch (problem) {
		if (problem.status === 422) throw problem;
		complain(problem, lost);
		readAgain(problem, incident.id);
		return null;
	}
}

/* For offerUndo(): the same, on the incident as it stands then, and throws what kept it from happening. */
export async function actBack(id, action, body, key) {
	try {
		await decide(get().incidents[id], action, body, key);
	} catch (problem) {
		readAgain(problem, id);
		throw problem;
	}
}

/* Notes and classes may wait for the network; sending a crew may not. */
export async function actOrQueue(incident, action, body, label) {
	if (get().connection !== 'persa') return act(incident, action, body);
	outbox.add({ path: `/api/v1/incidents/${incident.id}/${action}`, label, at: nowIso(), of: incident.id,
		body: { version: incident.version, at: nowIso(), ...body } });
	say(`${label}: in attesa.`);
	return null;
}

export async function confirmClass(incident) {
	const done = await actOrQueue(incident, 'classify', { row: incident.row, class: incident.class },
		`Classe ${incident.class_short || incident.class} di ${incident.number}`);
	if (!done) return;
	say(`Confermato: ${done.class_label || done.class}.`);
	if (done.class !== 'none') startAssign(done.id);
}

export async function changeClass(incident, choice) {
	const done = await actOrQueue(incident, 'classify', choice, `Classe di ${incident.number}`);
	if (done) say(`Ora è ${done.class_label || done.class}.`);
	return done;
}

/* Nobody is sent before a person has confirmed the class: its button takes the focus, and leads on to the crews. */
export function startAssign(id) {
	if (get().incidents[id]?.state === 'new') {
		set({ focusWanted: 'row', classFirst: id });
		say('Prima conferma la classe, poi scegli la squadra.');
		return;
	}
	set({ focusWanted: 'candidates' });
	if (get().candidates?.incident !== id || get().candidates.failed) loadCandidates(id);
}

export async function sendCrew(incident, candidate, reason) {
	const crew = candidate.crew;
	if (get().connection === 'persa') {
		showBanner('presto', 'Senza rete non si può inviare una squadra.', `Telefona alla ${crew.name}: ${crew.phone || 'numero in bacheca'}.`);
		return null;
	}
	const fresh = get().incidents[incident.id] || incident;
	try {
		const { ranking } = get().candidates || {};
		const body = { crew: crew.id, version: fresh.version, ...(ranking ? { ranking } : {}) };
		if (reason) body.reason = reason;
		const done = keepDetail(await post(`/api/v1/incidents/${incident.id}/assign`, body));
		offerRecall(done, crew);
		say(`${crew.name} inviata. Z per annullare.`);
		return done;
	} catch (problem) {
		assignFailed(incident, candidate, problem);
		return null;
	}
}

function offerRecall(incident, crew) {
	const sent = (incident.assignments || []).filter((a) => a.crew.id === crew.id)
		.sort((a, b) => Date.parse(b.offered_at) - Date.parse(a.offered_at))[0]
		|| (incident.crews || []).filter((c) => c.id === crew.id).map((c) => ({ id: c.assignment }))[0];
	if (!sent) return;
	offerUndo(`${crew.name} inviata a ${incident.address || incident.number}`, (key) => recall(sent.id, '', key));
}

export async function recall(assignment, reason, key = newKey()) {
	keepDetail(await post(`/api/v1/assignments/${assignment}/recall`, reason ? { reason } : {}, { key }));
}

async function assignFailed(incident, candidate, problem) {
	const name = candidate.crew.name;
	if (problem.status !== 409) {
		complain(problem, `La ${name} non è partita.`);
		return;
	}
	await refreshIncident(incident.id);
	loadCandidates(incident.id);
	if (problem.field('/crew')) {
		const words = `${name} è su un altro intervento: «Manda comunque» chiede il motivo.`;
		showBanner('presto', words);
		alarm(words);
		return;
	}
	const fresh = get().incidents[incident.id];
	const sent = activeCrews(fresh || incident).map((c) => c.name).join(', ');
	conflict({ ...problem, message: sent ? `Ha inviato: ${sent}.` : problem.message }, `La tua scelta (${name}) non è partita.`, [
		{ label: `Manda anche la ${name}`, run: () => sendCrew(get().incidents[incident.id], candidate) },
	]);
}

export async function publish(incident, text) {
	const done = await act(incident, 'publish', text ? { text } : {});
	if (!done) return null;
	say('Pubblicato su LIVE. Z per annullare.');
	offerUndo(`${incident.address || incident.number} pubblicato su LIVE`, (key) =>
		actBack(incident.id, 'unpublish', { reason: 'annullato dopo la pubblicazione' }, key));
	return done;
}

/* ---- the phone form's drafts (phone.jsx draws them) ---- */

export const draftsKey = () => `prontod.desk.bozze.${get().setup?.user?.id || ''}`;

export function saveDrafts() {
	const { form, parked } = get();
	const drafts = form && !form.stored ? [...parked, form] : parked;
	try {
		if (drafts.length) localStorage.setItem(draftsKey(), JSON.stringify(drafts));
		else localStorage.removeItem(draftsKey());
	} catch {
		/* No room: the draft lives as long as the page. */
	}
}

const isEmpty = (d) => !d.text && !d.name && !d.phone && !d.place && !d.answers?.length;

export function newForm() {
	if (get().form) return;
	set({
		open: null, report: null, detail: null, candidates: null, pane: 'scheda', focusWanted: 'text',
		form: { id: `${now()}`, started: nowIso(), startedFirst: nowIso(), startedWhy: '', name: '', phone: '', email: '',
			prefer: 'sms', utility: '', text: '', query: '', landmark: '', place: null, join: null, answers: [], choice: null, step: 'testo',
			stored: null },
	});
	saveDrafts();
}

export function parkForm() {
	const { form, parked } = get();
	if (!form) return;
	const keep = !form.stored && !isEmpty(form);
	set({ form: null, picking: false, candidates: null, pane: 'coda', parked: keep ? [...parked, form] : parked });
	saveDrafts();
	if (keep) say('Bozza parcheggiata.');
}

export function resumeForm(id) {
	const { parked, form } = get();
	if (form) parkForm();
	const draft = parked.find((d) => d.id === id);
	if (!draft) return;
	set((s) => ({ form: { answers: [], ...draft, step: 'testo' }, parked: s.parked.filter((d) => d.id !== id), open: null, report: null, pane: 'scheda', focusWanted: 'text' }));
}

export const changeForm = (patch) => set((s) => (s.form ? { form: { ...s.form, ...patch } } : {}));

/* ---- leaving ---- */

export async function logout() {
	localStorage.removeItem(draftsKey());
	try {
		await call('DELETE', '/api/v1/session', undefined, { bare: true });
	} catch {
		/* The log-in page is right in either case. */
	}
	location.href = '/login?next=/desk';
}

export { keepCrew };
