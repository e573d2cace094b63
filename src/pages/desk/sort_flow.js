/*
 * Reports that wait without an incident: whose they are, what they are, or that they are not ours.
 * Reads the list, proposes a row, sends the decision. Not here: how it looks (sort.jsx).
 * Source: openapi.yaml, GET /reports?state=waiting and POST /reports/{id}/route.
 */
import { newKey, post } from '../shared/staff/api.js';
import { say, throttled } from '../shared/staff/announce.js';
import { closeCard, complain, openIncident, parkForm } from './acts.js';
import { best } from './phone_flow.js';
import { get, loadUnsorted, lowers, rankOf, set, showBanner } from './state.js';

const speakCount = throttled((n) => say(`${n === 1 ? '1 segnalazione' : `${n} segnalazioni`} da smistare.`), 20000);

export const unsortedOf = (id) => get().unsorted.find((r) => r.id === id);

/* Why it waits, as its chip says it. */
export const whyWaiting = (report) => (report.utility ? 'forse non nostra' : 'senza gestore');

export function openReport(id, { focus = 'heading' } = {}) {
	if (get().form) parkForm();
	const report = unsortedOf(id);
	const own = get().setup.utilities;
	const utility = report?.utility || (own.length === 1 ? own[0].code : '');
	set({ open: null, detail: null, candidates: null, report: id, pane: 'scheda', focusWanted: focus,
		sorting: { utility, proposal: null, choice: null, key: newKey(), sending: false, reading: false } });
	propose();
}

const patch = (id, change) => set((s) => (s.report === id ? { sorting: { ...s.sorting, ...change } } : {}));

export function chooseUtility(code) {
	patch(get().report, { utility: code, proposal: null, choice: null });
	propose();
}

export const chooseRow = (choice) => patch(get().report, { choice, key: newKey() });

/* The charters that may judge it, as the row chooser wants them. */
export function askedOf(code) {
	const utility = get().setup.utilities.find((u) => u.code === code);
	return (utility?.charters || []).map((charter) => ({ utility: code, charter }));
}

/* What the machine reads in the words by the charters of the chosen utility. */
async function propose() {
	const { report: id, sorting } = get();
	const report = unsortedOf(id);
	if (!report || !sorting.utility) return;
	patch(id, { reading: true });
	const own = () => get().sorting?.utility === sorting.utility;
	try {
		const answers = await Promise.all(askedOf(sorting.utility).map(async (a) => ({ ...a,
			...(await post('/api/v1/classify', { ...a, channel: report.channel, subject: report.subject || undefined, text: report.text }, { key: undefined })) })));
		const found = best(answers);
		if (found && own()) patch(id, { proposal: { ...found.classification, charter: found.charter } });
	} catch {
		/* Without a proposal the row is chosen by hand. */
	} finally {
		if (own()) patch(id, { reading: false });
	}
}

/* The row that «Apri un intervento» would use. */
export function rowToOpen(sorting) {
	if (sorting.choice) return sorting.choice;
	const p = sorting.proposal;
	return p?.row ? { row: p.row, class: p.class, charter: p.charter } : null;
}

export function lowersProposal(charter, toClass) {
	const p = get().sorting?.proposal;
	return Boolean(p?.row) && lowers(rankOf(get().setup, p.charter, p.class), rankOf(get().setup, charter, toClass));
}

/* row "none": not ours. Throws what belongs to a field. */
export async function routeReport(report, { row, class: code, reason }) {
	const { sorting } = get();
	patch(report.id, { sending: true });
	try {
		const answer = await post(`/api/v1/reports/${report.id}/route`, { version: report.version, utility: sorting.utility || undefined,
			row, class: row === 'none' ? undefined : code, reason: reason || undefined }, { key: sorting.key });
		drop(report.id);
		if (answer.incident) {
			say('Intervento aperto.');
			await openIncident(answer.incident.id);
		} else {
			say('Non è nostra: segnalazione chiusa.');
			closeCard();
		}
	} catch (problem) {
		patch(report.id, { sending: false, key: newKey() });
		if (problem.status === 422) throw problem;
		complain(problem, problem.status === 409 ? 'La tua scelta non è partita.' : '');
		if (problem.status === 409 || problem.status === 404) await reload({ told: true });
	}
}

const drop = (id) => set((s) => ({ unsorted: s.unsorted.filter((r) => r.id !== id) }));

/* told: why the open one is gone has been said. */
async function reload({ told = false } = {}) {
	const before = new Set(get().unsorted.map((r) => r.id));
	await loadUnsorted();
	const { unsorted, report, sorting } = get();
	if (report && !sorting.sending && !unsorted.some((r) => r.id === report)) {
		if (!told && before.has(report)) showBanner('info', 'Questa segnalazione è già stata smistata.', 'Non è più da fare.');
		closeCard();
	}
	if (unsorted.some((r) => !before.has(r.id))) speakCount(unsorted.length);
}

let timer = 0;
/* The stream says only that the list changed. */
export function unsortedChanged() {
	clearTimeout(timer);
	timer = setTimeout(() => reload().catch(() => {}), 150);
}
