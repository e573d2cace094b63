/*
 * The clocks on a card: what holds them, the chain from the ring to the restored service, and the
 * proof of each due instant. Not here: holding them (pause.jsx). Source: pages.md sections 2.5, 3.4.
 */
import { useRef } from 'preact/hooks';
import { Icon, Time } from '../shared/staff/marks.jsx';
import { day, dueAbsolute, hm, moment, span } from '../shared/staff/times.js';
import { useWish } from './focus.js';
import { isHeld, pauseName, pauseOrResume } from './pause.jsx';
import { TARGETS } from './words.js';

const first = (name) => (name || 'sala').split(' ')[0];
const SOURCES = { national: 'norma nazionale', charter: 'carta dei servizi' };

/* Under the heading: a clock that stands still says why, since when and who stopped it. */
export function Held({ incident, at }) {
	const p = incident.paused;
	if (!p) return null;
	return (
		<p class="outcome held">
			<Icon name="it-minus-circle" />Termine fermo dalle <Time at={p.since}>{moment(p.since, at)}</Time>: {p.cause_label}, {first(p.by)}.
			{p.reason && <> «{p.reason}»</>} Restavano {span(p.left_s)}.
		</p>
	);
}

export function PauseButton({ incident, detail }) {
	if (!detail || !(detail.causes.length || isHeld(detail))) return null;
	return (
		<button type="button" aria-keyshortcuts="P" onClick={() => pauseOrResume(incident.id)}>
			<kbd>P</kbd>{isHeld(detail) ? 'Riprendi' : pauseName(detail)}
		</button>
	);
}

function Hindrance({ e, at }) {
	const excuse = e.effect === 'excuses';
	return (
		<li class={e.undone ? 'soft' : ''}>
			{excuse ? 'Impedimento' : 'Fermo'} dalle <Time at={e.from}>{moment(e.from, at)}</Time>
			{!excuse && !e.undone && (e.to ? <> alle <Time at={e.to}>{moment(e.to, at)}</Time></> : ', ancora in corso')}: {e.cause_label}, {first(e.by)}
			{e.reason && <> · «{e.reason}»</>}
			{excuse && <span class="soft"> · non ferma il termine</span>}
			{e.undone && ' · annullato subito'}
			{!e.undone && e.ended_by && <span class="soft"> · ripreso da {first(e.ended_by)}</span>}
		</li>
	);
}

/* ---- the chain ---- */

const SIGNS = { done: 'it-check-circle', missing: 'it-close-circle', waiting: 'it-minus', not_applicable: 'it-minus' };
const STATES = { missing: 'non registrato', waiting: 'non ancora', not_applicable: 'non previsto' };

function limitWords(leg, at) {
	const l = leg.limit;
	if (!l || leg.state === 'not_applicable') return '';
	if (l.result === 'paused') return 'termine fermo';
	const verdict = l.result === 'missed' ? `mancato di ${leg.leg === 'answer' ? `${l.late_s} s` : span(l.late_s, true)}` : l.result === 'met' ? 'rispettato' : '';
	const limit = leg.leg === 'answer' ? `entro ${l.limit_s} s` : dueAbsolute(l.due, l.bound, at);
	return [limit, verdict, l.source === 'national' ? 'norma nazionale' : ''].filter(Boolean).join(', ');
}

function tookWords(s) {
	if (s == null) return '';
	return s < 60 ? `+${s} s` : `+${span(s)}`;
}

export function Chain({ detail, at }) {
	return (
		<ol class="chain">
			{detail.chain.map((leg) => (
				<li key={leg.leg} class={leg.state} data-leg={leg.leg} data-stato={leg.state} data-esito={leg.limit?.result || ''}>
					<Icon name={SIGNS[leg.state]} />
					<span class="leg">{leg.label}</span>
					<span class="when">{leg.at ? <Time at={leg.at}>{moment(leg.at, at)}</Time> : STATES[leg.state]}</span>
					<span class="soft took">{tookWords(leg.took_s)}</span>
					<span class={`limit ${leg.limit?.result || ''}`}>{limitWords(leg, at)}</span>
				</li>
			))}
		</ol>
	);
}

/* ---- the proof ---- */

function resultWords(t) {
	if (t.paused) return `fermo, restavano ${span(t.paused.left_s)}`;
	if (t.result === 'met') return 'rispettato';
	if (t.result !== 'missed') return 'in corso';
	const late = t.stopped_at ? `mancato di ${span(t.late_s, true)}` : `scaduto da ${span(t.late_s, true)}`;
	return t.excused ? `${late}, giustificato: ${t.excused.cause_label}` : late;
}

function TargetProof({ t, at, governs }) {
	return (
		<details open={governs} class="target" data-kind={t.kind} data-source={t.source}>
			<summary>
				<b>{TARGETS[t.kind] || t.kind}</b> <Time at={t.due}>{dueAbsolute(t.due, t.bound, at)}</Time>
				<span class="soft"> · {SOURCES[t.source]}{t.effective ? ' · vale questo' : ''} · {resultWords(t)}</span>
			</summary>
			<ul>{t.proof.map((line, i) => <li key={i}>{line}</li>)}</ul>
			{t.excused?.quote && <p>Giustificato da «{t.excused.quote}»{t.excused.section ? ` (${t.excused.section})` : ''}.</p>}
			{!t.proof.length && <p class="soft">{t.quote ? `«${t.quote}»` : t.rule}{t.section ? `, ${t.section}` : ''}</p>}
		</details>
	);
}

/* What was promised before the class was changed. */
function Past({ list, at }) {
	if (!list.length) return null;
	return (
		<>
			<h4>Classi precedenti</h4>
			<ul>
				{list.map((p, i) => (
					<li key={i}>{p.row} {p.class}: {TARGETS[p.kind] || p.kind} {dueAbsolute(p.due, p.bound, at)}, fino alle {hm(p.until)} di {day(p.until)}, {first(p.who)}{p.why ? ` · «${p.why}»` : ''}</li>
				))}
			</ul>
		</>
	);
}

export function Proof({ incident, detail, at }) {
	const box = useRef();
	useWish('proof', true, () => {
		if (!box.current) return false;
		box.current.open = !box.current.open;
		box.current.querySelector('summary').focus({ preventScroll: true });
		return box.current.scrollIntoView({ block: 'nearest' });
	});
	const governs = detail.targets.findIndex((t) => t.due === incident.due && t.kind === incident.due_kind);
	return (
		<details ref={box} class="proof" id="prova">
			<summary><kbd>D</kbd>Prova della scadenza</summary>
			{detail.targets.map((t, i) => <TargetProof key={`${t.kind}${t.source}${t.due}${i}`} t={t} at={at} governs={i === governs} />)}
			{detail.events.length > 0 && <><h4>Fermi e impedimenti</h4><ul>{detail.events.map((e) => <Hindrance key={e.id} e={e} at={at} />)}</ul></>}
			<Past list={detail.past_targets} at={at} />
		</details>
	);
}
