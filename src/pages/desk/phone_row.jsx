/*
 * The deciding half of the phone form: the question that parts the rows best, the row with its due time and
 * what else it may be, and what the charter wants told to the caller. Not here: words and place
 * (phone.jsx), the work behind (phone_flow.js). Source: pages.md sections 3.4, 4.2, 6.7.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { say } from '../shared/staff/announce.js';
import { now, useNow } from '../shared/staff/clock.js';
import { Chip, Icon, Time, Urgency } from '../shared/staff/marks.jsx';
import { dueAbsolute, dueRelative, dueSpoken, hm } from '../shared/staff/times.js';
import { EvidenceList } from './evidence.jsx';
import { answerQuestion, askBack, chooseOther, decided, isFresh, pendingQuestion, preferOf } from './phone_flow.js';
import { Alternatives, Also, Answered, choicesOf } from './reading.jsx';
import { classOf, fieldOf, rankOf, rowOf, set, useStore } from './state.js';
import { early, useStepFocus, wait } from './steps.js';
import { firstTarget, percent, toSay, toSayKnown } from './words.js';

const UNKNOWN = { key: 0, label: 'Non lo sa' };
const spoken = (q) => `Domanda ${q.number}: ${q.ask} ${[...q.options, UNKNOWN].map((o) => `${o.key} ${o.label}`).join(', ')}.`;

/* One question at a time. The focus rests on the whole step: a bare Enter answers nothing. */
export function Question({ form, lookup }) {
	const q = pendingQuestion(form, lookup);
	const fresh = isFresh(form, lookup.proposal);
	const box = useRef();
	const drawn = useStepFocus('ask', box, Boolean(q));
	const asked = useRef(form.answers.length);
	useEffect(() => { drawn.current = performance.now(); }, [q?.code, fresh]);
	/* The answer of the server to an answer of ours: the next question, or the row. */
	useEffect(() => {
		if (!fresh || asked.current === form.answers.length) return;
		asked.current = form.answers.length;
		const at = document.activeElement;
		if (at !== document.body && at?.isConnected && !at.closest('[data-passo="domanda"], [data-passo="riga"]')) return;
		set({ focusWanted: q ? 'ask' : 'decide' });
		if (q) say(spoken(q));
	}, [fresh, form.answers.length]);
	if (!q && !form.answers.length) return null;
	const answer = (option) => (!fresh || early(drawn.current) ? wait() : answerQuestion(q, option));
	const onKey = (e) => {
		if (!q || e.repeat || e.ctrlKey || e.altKey || e.metaKey) return;
		const option = /^\d$/.test(e.key) && [...q.options, UNKNOWN].find((o) => o.key === Number(e.key));
		if (e.key === 'Enter' && e.target === box.current) say('Premi il numero della risposta.');
		else if (option) answer(option);
		else return;
		e.preventDefault();
		e.stopPropagation();
	};
	return (
		<section class="step ask" data-passo="domanda" aria-labelledby="step-ask" onKeyDown={onKey}>
			<h3 id="step-ask">Domanda{q && <span class="soft"> {q.number}</span>}</h3>
			<Answered list={form.answers} />
			{q && (
				<div ref={box} class="question" role="group" tabIndex={0} aria-labelledby="ask-words" aria-busy={!fresh}>
					<p id="ask-words">{q.ask}</p>
					<p class={q.options.length > 4 ? 'choices many' : 'choices'}>
						{[...q.options, UNKNOWN].map((o) => (
							<button key={`${q.code}${o.key}`} type="button" aria-keyshortcuts={String(o.key)} onClick={() => answer(o)}><kbd>{o.key}</kbd>{o.label}</button>
						))}
					</p>
				</div>
			)}
			{form.answers.length > 0 && !form.stored
				&& <p class="choices"><button type="button" class="small" aria-keyshortcuts="Backspace" onClick={askBack}><kbd>Backspace</kbd>Domanda precedente</button></p>}
		</section>
	);
}

/* By when the first crew must be there, if this class stands. */
function DueOf({ targets }) {
	const at = useNow(15);
	const first = firstTarget(targets);
	if (!first?.due) return <span class="soft">senza termine</span>;
	const relative = dueRelative(first.due, first.bound, at);
	const fixed = dueAbsolute(first.due, first.bound, at);
	return <Time at={first.due} class="due">{relative === fixed ? fixed : `${fixed} · ${relative}`}</Time>;
}

/* The row as it stands now: class, how sure, by when, in the charter's words. */
function Proposed({ form, lookup, setup, choice, fresh }) {
	const c = lookup.proposal?.c;
	const same = c && c.class === choice.class && c.charter === choice.charter;
	const rank = rankOf(setup, choice.charter, choice.class) ?? (same ? c.urgency_rank : null);
	const label = classOf(setup, choice.charter, choice.class)?.label || (same ? c.class_label : '') || choice.class;
	const words = rowOf(setup, choice.charter, choice.row)?.text || (c?.row === choice.row ? c.row_text : '') || c?.reason || 'Non è un guasto di questa carta';
	const ours = choice.class !== 'none';
	return (
		<>
			<p class="proposal">
				<Urgency rank={rank} /><b>{ours ? label : 'Non nostro'}</b>
				{ours && same && <DueOf targets={lookup.proposal.targets} />}
				{c && !form.choice && <span class="mono soft">{percent(c.confidence)}</span>}
				{c?.needs_review && !form.choice && <Chip level="presto">da confermare</Chip>}
				{form.choice?.byHand && <span class="soft">scelta da te</span>}
				{!fresh && <span class="soft">testo cambiato</span>}
			</p>
			<p class="row-words">{choice.row !== 'none' && <b>{choice.row} </b>}{words}{c?.refer_to && !ours ? ` · ${c.refer_to}` : ''}</p>
			{form.choice?.reason && <p class="soft">Motivo: {form.choice.reason}</p>}
		</>
	);
}

export function RowStep({ form, lookup, setup, store, busy, error }) {
	const button = useRef();
	const proposal = lookup.proposal;
	const fresh = Boolean(form.choice?.byHand) || isFresh(form, proposal);
	const choice = decided(form, lookup);
	const drawn = useStepFocus('decide', button);
	const c = proposal?.c;
	const others = form.stored || form.join || !choice ? [] : choicesOf(setup, c?.charter, c, choice.row);
	const press = () => {
		if (early(drawn.current)) return wait();
		if (form.join || (choice && fresh)) return store();
		if (!choice) return set({ layer: { kind: 'rows', form: true } });
		return wait();
	};
	const onKey = (e) => {
		if (e.repeat || e.ctrlKey || e.altKey || e.metaKey || !/^[1-9]$/.test(e.key)) return;
		const other = others[e.key - 1];
		if (!other) return;
		e.preventDefault();
		e.stopPropagation();
		if (early(drawn.current) || !fresh) wait();
		else chooseOther(other);
	};
	return (
		<section class={`step${choice && !fresh ? ' stale' : ''}`} data-passo="riga" aria-labelledby="step-row" data-classe={choice?.class || ''} data-rango={choice ? rankOf(setup, choice.charter, choice.class) ?? '' : ''} onKeyDown={onKey}>
			<h3 id="step-row">Riga</h3>
			{!choice && (
				<p class="soft">{proposal?.failed ? 'Proposta non disponibile: scegli la riga (G).' : form.text.trim().length < 3 ? 'La proposta arriva mentre scrivi.' : 'Cerco la riga…'}</p>
			)}
			{choice && <Proposed form={form} lookup={lookup} setup={setup} choice={choice} fresh={fresh} />}
			{choice && <EvidenceList evidence={c?.evidence} />}
			<Also setup={setup} charter={c?.charter} c={c} />
			{error && <p class="wrong" role="alert">{error}</p>}
			{!form.stored && (
				<p class="choices">
					<button ref={button} type="button" class="primary" onClick={press} aria-disabled={busy}><kbd>Invio</kbd>{form.join ? 'Unisci la segnalazione' : 'Conferma e registra'}</button>
					<button type="button" aria-keyshortcuts="G" onClick={() => set({ layer: { kind: 'rows', form: true } })}><kbd>G</kbd>Cambia</button>
				</p>
			)}
			<Alternatives list={others} onPick={chooseOther} keys />
		</section>
	);
}

const dueWords = (due, bound, at) => (due ? dueSpoken(due, bound, at) : '');

function newWords(form, setup, at) {
	const { classification: c = {}, targets, code } = form.stored;
	const first = firstTarget(targets);
	const charter = fieldOf(setup, c.charter || form.incident?.charter);
	return toSay({ classification: c.class, charter, said: classOf(setup, charter?.code, c.class)?.said, code, prefer: preferOf(form),
		due: first?.told || dueWords(first?.due, first?.bound, at), kind: first?.kind, referTo: c.refer_to });
}

/* The fault as it stands with this report: its class may have risen. */
function knownWords(form, setup, at) {
	const i = form.incident || form.join;
	const charter = fieldOf(setup, i.charter);
	return toSayKnown({ since: hm(form.join.opened_at), state: i.state, code: form.stored.code,
		arrived: Boolean(i.arrived_at), charter, said: classOf(setup, i.charter, i.class)?.said, due: dueWords(i.due, i.due_bound, at), kind: i.due_kind });
}

/* Level and time first: the charter wants both told. Then what to do until the crew is there. */
export function Say({ form, setup, onTold }) {
	const button = useRef();
	const drawn = useStepFocus('say', button, Boolean(form.stored));
	const [busy, setBusy] = useState(false);
	const answer = form.stored;
	const at = now();
	const words = form.join ? knownWords(form, setup, at) : newWords(form, setup, at);
	const advice = answer.classification?.advice_said || answer.classification?.advice_it;
	const press = async () => {
		if (early(drawn.current) || busy) return wait();
		setBusy(true);
		await onTold();
		return setBusy(false);
	};
	return (
		<section class="step" data-passo="dire" aria-labelledby="step-say">
			<h3 id="step-say">Da dire</h3>
			<blockquote class="say">«{words}»{advice && <><br />«{advice}»</>}</blockquote>
			{form.step === 'dire' && <p class="choices"><button ref={button} type="button" class="primary" onClick={press}><kbd>Invio</kbd>Detto</button></p>}
			{form.step === 'squadra' && <p class="confirmed"><Icon name="it-check-circle" />Detto</p>}
		</section>
	);
}
