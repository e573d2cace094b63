/*
 * Crews for one incident: up to nine that fit, each with its reason in words; those that may not go
 * come last with the cause, and forcing one asks why. Source: pages.md sections 3.4, 4.1, 5.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useNow } from '../shared/staff/clock.js';
import { Icon } from '../shared/staff/marks.jsx';
import { ago, drive } from '../shared/staff/times.js';
import { loadCandidates, sendCrew } from './acts.js';
import { useWish } from './focus.js';
import { inForce } from './roads_words.js';
import { get, set, useStore } from './state.js';
import { FORCE_REASONS } from './words.js';

const GUARD_MS = 150; /* an early key is a bounce of the key before */

function minutes(c) {
	if (c.ready_in_s == null && c.eta_s == null) return '–';
	return `${c.straight_line ? '≈ ' : ''}${drive(c.ready_in_s ?? c.eta_s)}`;
}

/* The minutes stand in a column of their own. */
const withoutMinutes = (reason) => (reason || '').replace(/^(≈ ?)?(\d+ h( \d+ min)?|\d+ min),? ?/, '');

function Candidate({ c, n, at, incident, onSend, offline }) {
	const old = c.position_at && at - Date.parse(c.position_at) > 10 * 60000;
	return (
		<li onFocusIn={() => set({ candidateOn: c.crew.id })} onPointerEnter={() => set({ candidateOn: c.crew.id })}>
			<button type="button" class="candidate" data-squadra={c.crew.id} data-n={n} onClick={() => onSend(c)}
				aria-keyshortcuts={n <= 9 ? String(n) : undefined} disabled={offline}>
				<kbd>{n <= 9 ? n : ''}</kbd>
				<b>{c.crew.name}</b>
				<span class="minutes">{minutes(c)}</span>
				<span class="reason">
					{withoutMinutes(c.reason)}
					{c.late && <strong> · arriva dopo il termine</strong>}
					{old && !/posizione/.test(c.reason) && ` · posizione di ${ago(c.position_at, at)}`}
				</span>
			</button>
			{offline && c.crew.phone && <a class="button" href={`tel:${c.crew.phone}`}>Telefona alla {c.crew.name} · {c.crew.phone}</a>}
		</li>
	);
}

function Unfit({ c, incident, onSent }) {
	const [open, setOpen] = useState(false);
	const [reason, setReason] = useState(FORCE_REASONS[0]);
	return (
		<li class="unfit">
			<span class="unfit-line">
				<b>{c.crew.name}</b>
				{c.fit === 'busy'
					? <span class="reason">{minutes(c)} · {withoutMinutes(c.reason)}</span>
					: <span class="reason"><Icon name="it-lock" size={14} />{c.cause || c.reason}</span>}
				<button type="button" class="small" aria-expanded={open} onClick={() => setOpen(!open)}>Manda comunque</button>
			</span>
			{open && (
				<span class="force">
					<label>Perché? <select value={reason} onChange={(e) => setReason(e.currentTarget.value)}>
						{FORCE_REASONS.map((r) => <option key={r}>{r}</option>)}
					</select></label>
					<button type="button" class="small" onClick={async () => { if (await sendCrew(incident, c, reason)) onSent(); }}>Invia {c.crew.name}</button>
				</span>
			)}
		</li>
	);
}

export function Candidates({ incident, onSent = () => {} }) {
	const data = useStore((s) => s.candidates);
	const past = useStore((s) => s.metricsPast);
	const roads = useStore((s) => s.roads);
	const offline = useStore((s) => s.connection === 'persa');
	const at = useNow(60);
	const list = useRef();
	const drawn = useRef(0);
	const sending = useRef(false);
	const ready = data && data.incident === incident.id && data.list;

	/* A crew that is gone takes its row away, never the focus: the next one that may go has it. */
	const held = Boolean(list.current?.contains(document.activeElement));
	useLayoutEffect(() => {
		if (!held || !list.current || list.current.contains(document.activeElement)) return;
		drawn.current = performance.now();
		list.current.querySelector('button')?.focus();
	});

	useEffect(() => {
		if (!data || data.incident !== incident.id) loadCandidates(incident.id);
	}, [incident.id, !data]);
	useEffect(() => () => set({ candidateOn: null }), []);
	useEffect(() => { if (ready) drawn.current = performance.now(); }, [Boolean(ready), incident.id]);
	useWish('candidates', ready, () => list.current?.querySelector('button')?.focus());

	if (!data || data.incident !== incident.id || data.loading) return <p class="notice">Cerco le squadre…</p>;
	if (data.failed) {
		return (
			<p class="notice">Le squadre non si caricano. {data.failed} <button type="button" class="small" onClick={() => loadCandidates(incident.id)}>Riprova</button></p>
		);
	}
	const fit = data.list.filter((c) => c.fit === 'free').slice(0, 9);
	const rest = data.list.filter((c) => c.fit !== 'free');
	const send = async (c) => {
		if (performance.now() - drawn.current < GUARD_MS || sending.current) return;
		sending.current = true;
		const sent = await sendCrew(get().incidents[incident.id] || incident, c);
		sending.current = false;
		if (sent) onSent();
	};
	/* The map shows the way of the crew under the hand; gone from the list, of none of it, unless the hand goes to the map. */
	const letGo = (e) => {
		const focused = e.type === 'focusout' ? e.relatedTarget : document.activeElement;
		if (focused?.closest('#mappa')) return;
		const crew = list.current?.contains(focused) && focused.dataset.squadra;
		set({ candidateOn: crew || null });
	};
	const onKey = (event) => {
		if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.matches('select')) return;
		const buttons = [...list.current.querySelectorAll('.candidate')];
		const i = buttons.indexOf(document.activeElement);
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			event.preventDefault();
			buttons[Math.max(0, Math.min(buttons.length - 1, i + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus();
		} else if (/^[1-9]$/.test(event.key) && fit[event.key - 1]) {
			event.preventDefault();
			event.stopPropagation();
			send(fit[event.key - 1]);
		}
	};
	return (
		<div ref={list} class="candidates" onKeyDown={onKey} onFocusOut={letGo} onPointerLeave={letGo}>
			{(data.map === 'none' || fit.some((c) => c.straight_line))
				&& <p class="strip">Tempi di strada non disponibili: distanze in linea d'aria, segnate ≈</p>}
			{roads?.source === 'hand' && data.map !== 'none' && <p class="strip">Tempi di strada: {inForce(roads, at)}.</p>}
			{data.closed && <p class="strip"><Icon name="it-ban" size={16} /> Il posto è su una strada chiusa: i minuti contano l’ultimo tratto come se fosse percorribile.</p>}
			{past.includes(data.metric) && <p class="strip" role="status">Le strade sono cambiate: questi tempi sono di prima. <button type="button" class="small" onClick={() => loadCandidates(incident.id)}><Icon name="it-refresh" size={14} />Aggiorna</button></p>}
			{fit.length === 0 && <p class="notice">Nessuna squadra libera con questa abilità.{rest.length ? ' Qui sotto le occupate: mandarne una chiede il motivo.' : ''}</p>}
			<ol>{fit.map((c, i) => <Candidate key={c.crew.id} c={c} n={i + 1} at={at} incident={incident} onSend={send} offline={offline} />)}</ol>
			{rest.length > 0 && <ul class="unfits" aria-label="Occupate o non adatte">{rest.map((c) => <Unfit key={c.crew.id} c={c} incident={incident} onSent={onSent} />)}</ul>}
		</div>
	);
}
