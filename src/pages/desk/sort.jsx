/*
 * Reports that wait without an incident: their rows on top of the queue, and the card that gives one its
 * place or says that it is not ours. Not here: what is sent (sort_flow.js).
 * Source: pages.md sections 3.4 and 5.
 */
import { Component } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useNow } from '../shared/staff/clock.js';
import { Chip, Icon, Time, Urgency } from '../shared/staff/marks.jsx';
import { ago, hm, moment } from '../shared/staff/times.js';
import { closeCard } from './acts.js';
import { Report, Section } from './card.jsx';
import { useWish } from './focus.js';
import { placeOf } from './queue_order.js';
import { Alternatives, Also, choicesOf } from './reading.jsx';
import { chooseRow, chooseUtility, lowersProposal, openReport, routeReport, rowToOpen, unsortedOf, whyWaiting } from './sort_flow.js';
import { classOf, rowOf, set, useStore } from './state.js';
import { CHANNELS, percent } from './words.js';

const channelName = (report) => CHANNELS[report.channel]?.name || report.channel;

/* ---- rows ---- */

class Row extends Component {
	shouldComponentUpdate(next) {
		return ['report', 'at', 'active', 'current'].some((k) => next[k] !== this.props[k]);
	}

	render({ report, at, active, current, onMove }) {
		return (
			<li>
				<button type="button" class={`row${current ? ' current' : ''}`} tabIndex={active ? 0 : -1} aria-current={current ? 'true' : undefined}
					data-id={report.id} data-stato={report.state} data-attenzione="presto" onFocus={onMove} onClick={() => openReport(report.id)}>
					<span class="row-top">
						<Urgency rank={null} />
						<Time at={report.received_at} class="due">{hm(report.received_at)}</Time>
						<span>{channelName(report)}</span>
						<span class="state">{ago(report.received_at, at)}</span>
					</span>
					<span class="row-what">{report.subject || report.text}</span>
					<span class="row-where">
						<span class="place">{placeOf(report)}</span>
						<Chip level="presto">{whyWaiting(report)}</Chip>
					</span>
				</button>
			</li>
		);
	}
}

export function UnsortedRows({ ids, reports, at, cursor, open, setCursor }) {
	if (!ids.length) return null;
	return (
		<>
			<h4 id="group-unsorted">Da smistare ({ids.length})</h4>
			<ul aria-labelledby="group-unsorted">
				{ids.map((id) => <Row key={id} report={reports[id]} at={at} active={id === cursor} current={id === open} onMove={() => setCursor(id)} />)}
			</ul>
		</>
	);
}

/* ---- the card ---- */

function Head({ report, at }) {
	const heading = useRef();
	useWish('heading', true, () => heading.current.focus());
	return (
		<header class="card-head">
			<p class="card-line">
				<button type="button" class="back" onClick={closeCard}><Icon name="it-chevron-left" />Coda</button>
				<Time at={report.received_at}>{moment(report.received_at, at)}</Time>
				<span class="soft">{ago(report.received_at, at)}</span>
				<Chip level="presto">{whyWaiting(report)}</Chip>
			</p>
			<h2 ref={heading} tabIndex={-1}>Segnalazione da smistare</h2>
			<p class="place"><Icon name="it-map-marker" />{placeOf(report)}</p>
		</header>
	);
}

/* Why the machine made no incident of it. */
function Reason({ report }) {
	const c = report.classification || {};
	return (
		<Section id="motivo" title="Perché aspetta">
			<p>{report.utility ? 'La lettura automatica non trova un guasto della carta: decide una persona.' : 'Dal luogo e dalle parole non si capisce di quale gestore è.'}</p>
			{c.reason && <p>Motivo proposto: <b>{c.reason}</b></p>}
			{c.refer_to && <p class="soft">Chi chiamare: {c.refer_to}</p>}
		</Section>
	);
}

function Utility({ report, sorting, setup, wrong }) {
	const field = useRef();
	useWish('utility', true, () => field.current?.focus());
	if (report.utility) return <p>Gestore: <b>{setup.utilities.find((u) => u.code === report.utility)?.name || report.utility}</b></p>;
	return (
		<label for="smista-gestore">Gestore
			<select id="smista-gestore" ref={field} value={sorting.utility} aria-invalid={wrong ? 'true' : undefined} aria-describedby={wrong ? 'smista-gestore-wrong' : undefined}
				onChange={(e) => chooseUtility(e.currentTarget.value)}>
				<option value="">Scegli il gestore</option>
				{setup.utilities.map((u) => <option key={u.code} value={u.code}>{u.name}</option>)}
			</select>
			{wrong && <span class="wrong" id="smista-gestore-wrong" role="alert">{wrong}</span>}
		</label>
	);
}

function ChosenRow({ sorting, setup }) {
	const chosen = rowToOpen(sorting);
	if (!sorting.utility) return null;
	if (!chosen) return <p class="soft">Nessuna riga proposta: sceglila dalla carta.</p>;
	const row = rowOf(setup, chosen.charter, chosen.row);
	const klass = classOf(setup, chosen.charter, chosen.class);
	return (
		<p class="row-words">
			<Urgency rank={klass?.urgency_rank} /> <b>{klass?.label || chosen.class}</b> <span class="mono">{chosen.row}</span> {row?.text}
			{!sorting.choice && sorting.proposal?.confidence != null && <span class="soft"> · proposta, affidabilità {percent(sorting.proposal.confidence)}</span>}
		</p>
	);
}

function Decision({ report }) {
	const sorting = useStore((s) => s.sorting);
	const setup = useStore((s) => s.setup);
	const proposed = rowToOpen(sorting);
	/* «Non è nostra» has its own button. */
	const others = choicesOf(setup, sorting.proposal?.charter, sorting.proposal, proposed?.row).filter((o) => o.row !== 'none');
	const [wrong, setWrong] = useState({});
	const [reason, setReason] = useState('');
	const [asksReason, setAsksReason] = useState(false);
	const open = useRef();
	const why = useRef();
	useEffect(() => { setWrong({}); }, [report.id, sorting.utility, sorting.choice]);
	useEffect(() => { setReason(''); setAsksReason(false); }, [report.id, sorting.utility]);
	useEffect(() => { if (asksReason) why.current?.focus(); }, [asksReason]);
	const takeFocus = () => {
		if (!sorting.utility) set({ focusWanted: 'utility' });
		/* Without a row nothing may be decided by a mere Enter: the reader starts at the heading. */
		else if (!proposed) set({ focusWanted: 'heading' });
		else open.current?.focus();
	};
	const read = !sorting.utility || !sorting.reading || proposed;
	useWish('row', read, takeFocus);
	useWish('decide', read, takeFocus);

	const pickOther = (o) => {
		if (lowersProposal(o.charter, o.class)) return set({ layer: { kind: 'rows', report: report.id, pick: o } });
		chooseRow({ row: o.row, class: o.class, charter: o.charter });
		return set({ focusWanted: 'decide' });
	};
	const send = async (choice) => {
		if (sorting.sending) return;
		if (!sorting.utility) {
			setWrong({ utility: 'Scegli il gestore che risponde.' });
			set({ focusWanted: 'utility' });
			return;
		}
		if (!choice) {
			set({ layer: { kind: 'rows', report: report.id } });
			return;
		}
		try {
			await routeReport(report, { ...choice, reason: choice.reason || reason.trim() });
		} catch (problem) {
			const needsReason = problem.field('/class_reason') || problem.field('/reason');
			if (needsReason) setAsksReason(true);
			setWrong({ utility: problem.field('/utility'), other: problem.field('/utility') ? '' : needsReason || problem.field('/row') || problem.message });
			if (problem.field('/utility')) set({ focusWanted: 'utility' });
		}
	};
	return (
		<Section id="decisione" title="Decisione">
			<div class="sorting">
				<Utility report={report} sorting={sorting} setup={setup} wrong={wrong.utility} />
				<ChosenRow sorting={sorting} setup={setup} />
				{asksReason && <label>Motivo <input ref={why} type="text" value={reason} maxLength={200} onInput={(e) => setReason(e.currentTarget.value)} /></label>}
				{wrong.other && <p class="wrong" role="alert">{wrong.other}</p>}
			</div>
			<Also setup={setup} charter={sorting.proposal?.charter} c={sorting.proposal} />
			<p class="choices">
				<button ref={open} type="button" class={proposed ? 'primary' : ''} aria-disabled={sorting.sending || undefined} onClick={() => send(proposed)}>{proposed && <kbd>Invio</kbd>}Apri un intervento</button>
				<button type="button" aria-keyshortcuts="G" aria-disabled={!sorting.utility || undefined}
					onClick={() => (sorting.utility ? set({ layer: { kind: 'rows', report: report.id } }) : send(null))}><kbd>G</kbd>{proposed ? 'Altra riga' : 'Scegli la riga'}</button>
				<button type="button" aria-disabled={sorting.sending || undefined} onClick={() => send({ row: 'none' })}>Non è nostra</button>
			</p>
			<Alternatives list={others} onPick={pickOther} />
		</Section>
	);
}

/* Until a utility is known nothing was read in the words: then the marks are the proposal's. */
const withMarks = (report, proposal) => (report.classification?.evidence?.length || !proposal ? report : { ...report, classification: proposal });

export function SortCard() {
	const id = useStore((s) => s.report);
	const report = useStore(() => unsortedOf(id));
	const proposal = useStore((s) => s.sorting?.proposal);
	const at = useNow(15);
	if (!report) return <p class="notice big">Questa segnalazione non è più da smistare. Premi O per la prossima.</p>;
	return (
		<article class="card" key={id} data-id={report.id} data-stato={report.state} data-attenzione="presto">
			<Head report={report} at={at} />
			<Section id="segnalazioni" title="Segnalazione"><ul class="reports"><Report report={withMarks(report, proposal)} at={at} /></ul></Section>
			<Reason report={withMarks(report, proposal)} />
			<Decision report={report} />
		</article>
	);
}
