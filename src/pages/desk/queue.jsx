/*
 * The queue: three groups, one tab stop, an order that stays still while somebody uses it.
 * Not here: the order itself (queue_order.js). Source: pages.md sections 3.4 and 5.
 */
import { Component } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useNow, now } from '../shared/staff/clock.js';
import { Chip, Icon, Time, TimeBar, Urgency } from '../shared/staff/marks.jsx';
import { dueAbsolute, dueRelative, etaWords, hm, outcome, span } from '../shared/staff/times.js';
import { openIncident } from './acts.js';
import { UnsortedRows } from './sort.jsx';
import { get, isOpen, loadAll, set, useStore } from './state.js';
import { activeCrews, attention, GROUPS, held, order, placeOf, runningDue, shareLeft } from './queue_order.js';

const IN_USE_MS = 15000;

export function Due({ incident, at, absolute, long }) {
	const due = runningDue(incident);
	if (incident.paused) return <span class="due held">fermo · restavano {span(incident.paused.left_s)}</span>;
	if (!due) {
		const kept = outcome(incident.arrival);
		return <span class={incident.arrival?.result === 'met' ? 'kept' : 'due'}>{kept || 'senza termine'}</span>;
	}
	const bound = incident.due_bound;
	const relative = dueRelative(due, bound, at);
	const fixed = dueAbsolute(due, bound, at);
	const words = long && relative !== fixed ? `${relative} · ${fixed}` : absolute ? fixed : relative;
	return <Time at={due} class="due">{words}</Time>;
}

function crewWords(incident, at) {
	const crews = activeCrews(incident);
	if (!crews.length) return '';
	const first = crews[0];
	const eta = first.eta && first.state === 'en_route' ? ` · ${etaWords(first.eta, at)}` : '';
	return `${crews.map((c) => c.name).join(', ')}${eta}`;
}

/* Drawn again only when what it shows changed: two hundred rows in a storm cost nothing. */
class Row extends Component {
	shouldComponentUpdate(next) {
		return ['incident', 'at', 'absolute', 'active', 'current'].some((k) => next[k] !== this.props[k]);
	}

	render(props) {
		return <RowFace {...props} />;
	}
}

function RowFace({ incident, at, absolute, active, current, onMove }) {
	const need = attention(incident, at);
	const due = runningDue(incident);
	return (
		<li>
			<button type="button" class={`row${current ? ' current' : ''}`} tabIndex={active ? 0 : -1}
				aria-current={current ? 'true' : undefined}
				data-id={incident.id} data-stato={incident.state} data-classe={incident.class || ''}
				data-rango={incident.urgency_rank ?? ''} data-attenzione={need.level || ''}
				onFocus={onMove} onClick={() => openIncident(incident.id)}>
				<span class="row-top">
					<Urgency rank={incident.urgency_rank} />
					<b class="class">{incident.class_short || incident.class || '–'}</b>
					{need.why === 'scaduto'
						? <Chip level="adesso"><Due incident={incident} at={at} absolute={absolute} /></Chip>
						: <Due incident={incident} at={at} absolute={absolute} />}
					{incident.paused && <TimeBar paused />}
					{due && incident.due_bound !== 'exclusive'
						&& <TimeBar left={shareLeft(incident, at)} missed={Date.parse(due) < at} />}
					<span class="state">{incident.state_label}</span>
				</span>
				<span class="row-what">{incident.kind}{incident.row_text ? <span class="row-text"> · {incident.row_text}</span> : null}</span>
				<span class="row-where">
					<span class="place">{placeOf(incident)}</span>
					{incident.paused && <span class="held">{incident.paused.cause_label} ({(incident.paused.by || 'sala').split(' ')[0]})</span>}
					{incident.reports > 1 && <span class="count">{incident.reports} segn.</span>}
					{activeCrews(incident).length > 0 && <span class="crew"><Icon name="it-car" size={14} />{crewWords(incident, at)}</span>}
					{need.level && need.why !== 'scaduto' && <Chip level={need.level}>{need.why || need.level}</Chip>}
				</span>
			</button>
		</li>
	);
}

/* Frozen while pointer or focus work in the list; released by O, or after a rest. */
function useOrder(incidents, reports, at) {
	const [pause, setPause] = useState(0);
	const shown = useRef({ sort: [], now: [], followed: [], calm: [] });
	const wanted = useMemo(() => ({ sort: reports.map((r) => r.id), ...order(incidents, at) }), [incidents, reports, at]);
	const free = at >= pause;
	const result = free ? { order: wanted, news: 0 } : held(shown.current, wanted);
	shown.current = result.order;
	useEffect(() => {
		const release = () => setPause(0);
		document.addEventListener('desk:release', release);
		return () => document.removeEventListener('desk:release', release);
	}, []);
	const use = () => setPause((p) => (p > now() + IN_USE_MS - 2000 ? p : now() + IN_USE_MS));
	return { ...result, use, release: () => setPause(0) };
}

function Group({ group, ids, incidents, at, absolute, cursor, open, setCursor, unsorted, children }) {
	return (
		<section class="group" aria-labelledby={`group-${group.code}`}>
			<h3 id={`group-${group.code}`}>{group.name} <span class="count">{ids.length + (unsorted || 0)}</span></h3>
			{children}
			{ids.length === 0 && !unsorted && <p class="empty">{group.code === 'now' ? 'Niente da fare ora.' : 'Nessuno.'}</p>}
			<ul>
				{ids.map((id) => (
					<Row key={id} incident={incidents[id]} at={at} absolute={absolute} active={id === cursor} current={id === open}
						onMove={() => setCursor(id)} />
				))}
			</ul>
		</section>
	);
}

function Empty({ failed, loaded, closedAt }) {
	if (failed) {
		return (
			<div class="notice" role="status">
				<p>La coda non si carica. I dati sono al sicuro.</p>
				<button type="button" onClick={() => loadAll().catch(() => {})}><Icon name="it-refresh" />Riprova</button>
			</div>
		);
	}
	if (!loaded) return <p class="notice">Carico la coda…</p>;
	return <p class="notice">Nessun intervento aperto.{closedAt ? ` Ultimo chiuso alle ${hm(closedAt)}.` : ''}</p>;
}

export function Queue() {
	const all = useStore((s) => s.incidents);
	const { loaded, failed, lastClosedAt } = get();
	useStore((s) => `${s.loaded}${s.failed}`);
	const open = useStore((s) => s.open || s.report);
	const unsorted = useStore((s) => s.unsorted);
	const utility = useStore((s) => s.filterUtility || '');
	const setup = useStore((s) => s.setup);
	const absolute = useStore((s) => s.absolute);
	const at = useNow(15);
	const [cursor, setCursor] = useState(null);
	const list = useMemo(() => Object.values(all).filter(isOpen), [all]);
	const visible = useMemo(() => list.filter((i) => !utility || i.utility.code === utility), [list, utility]);
	/* What has no utility yet is everybody's: no filter hides it. */
	const reports = useMemo(() => unsorted.filter((r) => !utility || !r.utility || r.utility === utility), [unsorted, utility]);
	const byId = useMemo(() => Object.fromEntries(reports.map((r) => [r.id, r])), [reports]);
	const { order: lists, news, use, release } = useOrder(visible, reports, at);
	const flat = [...lists.sort, ...lists.now, ...lists.followed, ...lists.calm];
	const stop = flat.includes(cursor) ? cursor : flat.includes(open) ? open : flat[0];
	useEffect(() => { set({ strip: news }); }, [news]);

	const onKey = (event) => {
		use();
		const i = flat.indexOf(stop);
		const to = { ArrowDown: i + 1, j: i + 1, ArrowUp: i - 1, k: i - 1, Home: 0, End: flat.length - 1,
			PageDown: i + 8, PageUp: i - 8 }[event.key];
		if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
		event.preventDefault();
		const id = flat[Math.max(0, Math.min(flat.length - 1, to))];
		event.currentTarget.querySelector(`[data-id="${id}"]`)?.focus();
	};
	const hidden = list.length - visible.length + unsorted.length - reports.length;
	return (
		<section class="queue panel" id="coda" aria-labelledby="queue-title" tabIndex={-1}>
			<header class="panel-head">
				<h2 id="queue-title">Coda <span class="count">{visible.length + reports.length}</span></h2>
				{setup && setup.utilities.length > 1 && (
					<label class="filter"><span class="sr-only">Gestore</span>
						<select value={utility} onChange={(e) => set({ filterUtility: e.currentTarget.value })}>
							<option value="">Tutti i gestori</option>
							{setup.utilities.map((u) => <option key={u.code} value={u.code}>{u.name}</option>)}
						</select>
					</label>
				)}
			</header>
			{hidden > 0 && <p class="strip">{hidden} {hidden === 1 ? 'nascosto' : 'nascosti'} dal filtro</p>}
			{news > 0 && (
				<button type="button" class="strip news" onClick={release}>
					{news === 1 ? '1 novità' : `${news} novità`}, premi O
				</button>
			)}
			<div class="scroll" onKeyDown={onKey} onPointerMove={use} onFocusIn={use}>
				{flat.length === 0 && <Empty failed={failed} loaded={loaded} closedAt={lastClosedAt} />}
				{flat.length > 0 && GROUPS.map((g) => (
					<Group key={g.code} group={g} ids={lists[g.code]} incidents={all} at={at} absolute={absolute} cursor={stop} open={open}
						setCursor={setCursor} unsorted={g.code === 'now' ? lists.sort.length : 0}>
						{g.code === 'now' && <UnsortedRows ids={lists.sort} reports={byId} at={at} cursor={stop} open={open} setCursor={setCursor} />}
					</Group>
				))}
			</div>
		</section>
	);
}
