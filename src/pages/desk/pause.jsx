/*
 * P: the clocks of the open incident are held, for a cause that the charter names, or run again. A cause
 * that only excuses a miss says so before it is kept. Source: pages.md sections 2.5, 3.4, 6.3.
 */
import { useState } from 'preact/hooks';
import { say } from '../shared/staff/announce.js';
import { now, nowIso } from '../shared/staff/clock.js';
import { hm } from '../shared/staff/times.js';
import { act, actBack, actOrQueue, complain, offerUndo } from './acts.js';
import { close, Dialog } from './dialog.jsx';
import { get, set } from './state.js';

const undoLabel = (incident) => `Termine fermo: ${incident.address || incident.number}`;

async function resume(incident) {
	try {
		const done = await actOrQueue(incident, 'resume', {}, `Termine ripreso, ${incident.number}`);
		if (!done) return;
		say('Il termine corre di nuovo.');
		set((s) => ({ undo: s.undo.filter((u) => u.label !== undoLabel(incident)) })); /* nothing is left to take back */
	} catch (problem) {
		complain(problem);
	}
}

/* Held is what a pause still holds, also where the class that governs now does not know its cause. */
export const isHeld = (detail) => detail.events.some((e) => e.effect === 'stops' && !e.to);

/* The key and the button: what is held runs again, else the cause is asked. */
export function pauseOrResume(id) {
	const incident = get().incidents[id];
	if (!incident || get().detail?.id !== id) return;
	if (isHeld(get().detail)) resume(incident);
	else set({ layer: { kind: 'pause', incident: id } });
}

/* Where no cause stops the clock, P only keeps what excuses a miss. */
export const pauseName = (detail) => (detail.causes.some((c) => c.effect === 'stops') || !detail.causes.length ? 'Ferma il termine' : 'Impedimento');

/* For the palette: nothing where the charter names no cause. */
export function pauseOf(incident) {
	const detail = get().detail;
	if (detail?.id !== incident.id || !(detail.causes.length || isHeld(detail))) return [];
	return [{ name: isHeld(detail) ? 'Riprendi il termine' : pauseName(detail), key: 'P', run: () => pauseOrResume(incident.id) }];
}

/* "14:05" of today, or of yesterday where that hour has not come yet. */
function instantOf(clock) {
	const at = new Date(now());
	const [h, m] = clock.split(':').map(Number);
	at.setHours(h, m, 0, 0);
	if (at.getTime() > now()) at.setDate(at.getDate() - 1);
	return at.toISOString();
}

function Causes({ list, value, onChange }) {
	const part = (effect, title) => {
		const some = list.filter((c) => c.effect === effect);
		return some.length > 0 && (
			<fieldset class="reasons"><legend>{title}</legend>
				{some.map((c) => (
					<label key={c.cause} class="choice">
						<input type="radio" name="cause" data-first={c === list[0] || undefined} checked={value === c.cause} onChange={() => onChange(c.cause)} />{c.label}
					</label>
				))}
			</fieldset>
		);
	};
	return <>{part('stops', 'Fermano il termine')}{part('excuses', 'Non fermano il termine: giustificano un ritardo')}</>;
}

export function Pause() {
	const incident = get().incidents[get().layer.incident];
	const list = get().detail?.id === incident.id ? [...get().detail.causes].sort((a, b) => (a.effect < b.effect ? 1 : a.effect > b.effect ? -1 : 0)) : [];
	const [cause, setCause] = useState('');
	const [reason, setReason] = useState('');
	const [since, setSince] = useState(hm(nowIso()));
	const [wrong, setWrong] = useState('');
	const chosen = list.find((c) => c.cause === cause);
	const excuses = chosen?.effect === 'excuses';
	async function submit(e) {
		e.preventDefault();
		if (!chosen) return setWrong('Scegli la causa.');
		if (!reason.trim()) return setWrong('Scrivi il motivo: resta nella cronologia.');
		const body = { cause, reason: reason.trim() };
		if (excuses && since !== hm(nowIso())) body.from = instantOf(since);
		try {
			const done = await actOrQueue(incident, 'pause', body, `Termine fermo, ${incident.number}`);
			close();
			if (!done) return undefined;
			if (excuses) return say(`Registrato: ${chosen.label}. Il termine non si ferma.`);
			offerUndo(undoLabel(incident), (key) => actBack(incident.id, 'resume', { undo: true }, key));
			return say(`Termine fermo: ${chosen.label}. Z per annullare.`);
		} catch (problem) {
			return setWrong(problem.field('/cause') || problem.field('/from') || problem.message);
		}
	}
	return (
		<Dialog title={get().detail?.id === incident.id ? pauseName(get().detail) : 'Ferma il termine'}>
			{list.length === 0
				? <p class="strip" tabIndex={-1} data-first>Per questo termine la carta non prevede cause che lo fermano o che giustificano un ritardo.</p>
				: (
					<form onSubmit={submit}>
						<Causes list={list} value={cause} onChange={(c) => { setCause(c); setWrong(''); }} />
						{excuses && <label>Dalle <input type="time" required value={since} onInput={(e) => setSince(e.currentTarget.value)} /></label>}
						<label>Motivo <input type="text" value={reason} maxLength={500} onInput={(e) => setReason(e.currentTarget.value)} /></label>
						{wrong && <p class="wrong" role="alert">{wrong}</p>}
						<p class="choices"><button type="submit" class="primary"><kbd>Invio</kbd>{excuses ? 'Registra' : 'Ferma il termine'}</button></p>
					</form>
				)}
		</Dialog>
	);
}
