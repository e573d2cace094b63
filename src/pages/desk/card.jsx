/*
 * The card of one incident: what, where, by when; the machine's proposal and its evidence; crews,
 * reports in their own words, time line. Not here: the clocks and their proof (clocks.jsx), the acts
 * (acts.js), dialogs (layers.jsx). Source: pages.md sections 3.4, 5.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useNow } from '../shared/staff/clock.js';
import { Chip, Icon, Time, Urgency } from '../shared/staff/marks.jsx';
import { dueAbsolute, etaWords, hm, moment, outcome } from '../shared/staff/times.js';
import { actOrQueue, changeClass, closeCard, complain, confirmClass, recall, refreshIncident, startAssign } from './acts.js';
import { Candidates } from './candidates.jsx';
import { Chain, Held, PauseButton, Proof } from './clocks.jsx';
import { EvidenceList, Marked } from './evidence.jsx';
import { useWish } from './focus.js';
import { Due } from './queue.jsx';
import { Alternatives, Also, Answered, choicesOf } from './reading.jsx';
import { BY_KEYS } from './settings.js';
import { classOf, get, isOpen, lowers, set, useStore } from './state.js';
import { activeCrews, attention, placeOf } from './queue_order.js';
import { ASSIGNMENT, CHANNELS, percent, PREFER } from './words.js';

export function Section({ id, title, children, aside }) {
	return (
		<section class="card-section" aria-labelledby={`${id}-title`} id={id} tabIndex={-1}>
			<h3 id={`${id}-title`}>{title}{aside}</h3>
			{children}
		</section>
	);
}

function Head({ incident, at, absolute }) {
	const need = attention(incident, at);
	const heading = useRef();
	useWish('heading', true, () => heading.current.focus());
	const live = incident.published ? 'LIVE: pubblicato' : 'LIVE: non pubblicato';
	return (
		<header class="card-head">
			<p class="card-line">
				<button type="button" class="back" onClick={closeCard}><Icon name="it-chevron-left" />Coda</button>
				<Urgency rank={incident.urgency_rank} size={24} />
				<b class="class">{incident.class_label || incident.class_short || 'da classificare'}</b>
				{need.why === 'scaduto'
					? <Chip level="adesso"><Due incident={incident} at={at} long absolute={absolute} /></Chip>
					: <Due incident={incident} at={at} long absolute={absolute} />}
				{need.level && need.why !== 'scaduto' && <Chip level={need.level}>{need.why || need.level}</Chip>}
			</p>
			<h2 ref={heading} tabIndex={-1}>{incident.kind || 'Da classificare'}</h2>
			<p class="place">
				<Icon name={incident.point_confirmed ? 'it-pin' : 'it-map-marker'} />
				{placeOf(incident)}
				{!incident.point_confirmed && !isOpen(incident) && <span class="soft"> · punto non confermato</span>}
				{isOpen(incident) && !incident.point_confirmed && <button type="button" class="small confirm-point" aria-keyshortcuts="Shift+P" onClick={() => set({ layer: { kind: 'point', incident: incident.id } })}>Conferma il punto</button>}
			</p>
			<p class="soft card-state">
				<span>Stato: <b>{incident.state_label}</b></span><span>{live}</span><span class="mono">{incident.number}</span><span>{incident.utility.name}</span>
			</p>
		</header>
	);
}

function Commands({ incident, detail }) {
	const open = isOpen(incident);
	const layer = (kind) => () => set({ layer: { kind, incident: incident.id } });
	if (!open) return null;
	const waiting = !activeCrews(incident).length;
	const onSite = ['on_site', 'made_safe', 'restored'].includes(incident.state);
	return (
		<div class="commands" role="toolbar" aria-label="Comandi dell'intervento">
			<button type="button" class={waiting && incident.state !== 'new' ? 'primary' : ''} aria-keyshortcuts="A" onClick={() => startAssign(incident.id)}><kbd>A</kbd>Assegna</button>
			<button type="button" aria-keyshortcuts="G" onClick={layer('rows')}><kbd>G</kbd>Grado</button>
			<PauseButton incident={incident} detail={detail} />
			<button type="button" aria-keyshortcuts="L" onClick={layer('publish')}><kbd>L</kbd>{incident.published ? 'Togli da LIVE' : 'Pubblica su LIVE'}</button>
			<button type="button" aria-keyshortcuts="I" onClick={() => set({ focusWanted: 'note' })}><kbd>I</kbd>Nota</button>
			<button type="button" aria-keyshortcuts="E" onClick={layer('close')}><kbd>E</kbd>Chiudi intervento</button>
			{!onSite && <button type="button" aria-keyshortcuts="X" onClick={layer('cancel')}><kbd>X</kbd>Annulla intervento</button>}
		</div>
	);
}

/* As they were said, subject and text, with the marks. */
function Words({ report }) {
	const { evidence } = report.classification || {};
	return (
		<>
			{report.subject && <p class="subject"><b><Marked text={report.subject} evidence={evidence} field="subject" /></b></p>}
			{report.text && <blockquote class="words" lang={report.lang && report.lang !== 'it' ? report.lang : undefined}>«<Marked text={report.text} evidence={evidence} />»</blockquote>}
		</>
	);
}

/* The proposal of the machine until a person confirms it; afterwards why it is this class. */
function Proposal({ incident, detail, setup }) {
	const button = useRef();
	const classFirst = useStore((s) => s.classFirst === incident.id);
	const unconfirmed = incident.state === 'new';
	useWish('row', detail, () => (unconfirmed ? button.current?.focus() : startAssign(incident.id)));
	const report = detail?.report_list?.[0];
	const c = report?.classification;
	const label = incident.class_label || classOf(setup, incident.charter, incident.class)?.label || incident.class_short;
	const others = isOpen(incident) ? choicesOf(setup, incident.charter, c, incident.row || 'none') : [];
	/* Raising is one key; what lowers the class asks the reason first. */
	const pick = (o) => {
		if (lowers(incident.urgency_rank, o.rank)) return set({ layer: { kind: 'rows', incident: incident.id, pick: o } });
		return changeClass(get().incidents[incident.id] || incident, { row: o.row, class: o.class })
			.then((done) => done && done.class !== 'none' && unconfirmed && startAssign(done.id)).catch(complain);
	};
	return (
		<Section id="perche" title={unconfirmed ? 'Riga proposta' : `Perché ${label || 'questa classe'}`}
			aside={incident.confidence != null && unconfirmed && <span class="soft"> affidabilità {percent(incident.confidence)}</span>}>
			<p class="row-words"><b>{incident.row || '–'}</b> {incident.row_text || 'Nessuna riga della carta'} {incident.section && <span class="soft">· {incident.section}</span>}</p>
			{report && <Words report={report} />}
			<EvidenceList evidence={c?.evidence} />
			<Answered list={c?.answers} />
			<Also setup={setup} charter={incident.charter} c={c} />
			{unconfirmed && classFirst && <p class="strip">Prima conferma la classe, poi scegli la squadra.</p>}
			{unconfirmed && (
				<p class="choices">
					<button ref={button} type="button" class="primary" onClick={(e) => confirmClass(incident).catch(complain)}>
						<kbd>Invio</kbd>Conferma {incident.class_short || incident.class}
					</button>
					<button type="button" onClick={() => set({ layer: { kind: 'rows', incident: incident.id } })}><kbd>G</kbd>Cambia</button>
				</p>
			)}
			<Alternatives list={others} onPick={pick} />
		</Section>
	);
}

function Expected({ going, at }) {
	if (going?.cut_off) return <strong>nessuna strada aperta fin lì</strong>;
	return going?.eta ? etaWords(going.eta, at, true) : 'arrivo non noto';
}

function Assignment({ a, going, at }) {
	const last = a.arrived_at || a.departed_at || a.accepted_at || a.offered_at;
	const open = ['offered', 'accepted', 'en_route', 'arrived'].includes(a.state);
	return (
		<li class={open ? '' : 'soft'}>
			<Icon name="it-car" /> <b>{a.crew.name}</b> {ASSIGNMENT[a.state] || a.state}
			{last && <> dalle <Time at={last}>{moment(last, at)}</Time></>}
			{a.state === 'en_route' && <> · <Expected going={going} at={at} /></>}
			{a.declined_reason && ` · ${a.declined_reason}`}
			{a.outcome && ` · ${a.outcome}`}
			{open && a.crew.phone && <a href={`tel:${a.crew.phone}`} class="soft"> {a.crew.phone}</a>}
			{open && a.state !== 'arrived' && (
				<button type="button" class="small" onClick={() => recall(a.id, 'richiamata dalla sala').catch(complain)}>Richiama</button>
			)}
		</li>
	);
}

function Crews({ incident, detail, at }) {
	const wanted = useStore((s) => s.focusWanted);
	const [another, setAnother] = useState(false);
	const on = activeCrews(incident).length > 0;
	/* A colleague's crew does not take the list away from under a hand: only the own sending does. */
	useEffect(() => { setAnother(false); }, [incident.id]);
	/* Opened anew, the card shows who is on it; asking for candidates is asking for another one. */
	useEffect(() => {
		if (wanted === 'heading') setAnother(false);
		if (wanted === 'candidates') setAnother(true);
	}, [wanted]);
	const list = detail?.assignments || [];
	const goingOf = (a) => incident.crews?.find((c) => c.assignment === a.id);
	const assignable = ['classified', 'assigned', 'en_route', 'on_site', 'made_safe'].includes(incident.state);
	const show = assignable && (another || !on);
	if (!list.length && !show) return null;
	return (
		<Section id="squadre-proposte" title={on ? 'Squadre' : 'Squadre proposte'}>
			{list.length > 0 && <ul class="assignments">{list.map((a) => <Assignment key={a.id} a={a} going={goingOf(a)} at={at} />)}</ul>}
			{show && <Candidates incident={incident} onSent={() => { setAnother(false); set({ focusWanted: 'heading' }); }} />}
		</Section>
	);
}

function contact(reporter) {
	if (!reporter) return 'anonimo';
	const how = PREFER[reporter.prefer] ? `avvisa: ${PREFER[reporter.prefer]}` : '';
	return [reporter.name, reporter.phone, reporter.email, how].filter(Boolean).join(' · ') || 'senza recapito';
}

/* `known`: its words stand above already, in the proposal. */
export function Report({ report, at, known }) {
	const channel = CHANNELS[report.channel] || { name: report.channel, icon: 'it-comment' };
	const arrival = (report.targets || []).find((t) => t.effective) || (report.targets || [])[0];
	return (
		<li class="report">
			<p class="report-head">
				<Icon name={channel.icon} /> <Time at={report.started_at || report.received_at}>{moment(report.started_at || report.received_at, at)}</Time>
				<span>{channel.name}</span><span>{contact(report.reporter)}</span>
				{arrival && <span class="soft">{dueAbsolute(arrival.due, arrival.bound, at)}</span>}
			</p>
			{!known && <Words report={report} />}
			{!known && <EvidenceList evidence={report.classification?.evidence} />}
			{!known && <Answered list={report.classification?.answers} />}
			{(report.address || report.landmark) && <p class="soft">{[report.address, report.landmark].filter(Boolean).join(' · ')}</p>}
			{report.photos?.length > 0 && (
				<ul class="photos">
					{report.photos.map((p, i) => (
						<li key={p.id}><a href={`/api/v1/photos/${p.id}`} target="_blank" rel="noopener"><img src={`/api/v1/photos/${p.id}`} alt={`Foto ${i + 1} del segnalante`} loading="lazy" /></a></li>
					))}
				</ul>
			)}
		</li>
	);
}

function Timeline({ detail, at }) {
	return (
		<ol class="timeline">
			{detail.timeline.map((t) => (
				<li key={t.seq}>
					<Time at={t.at}>{moment(t.at, at)}</Time> {t.text}{t.why && <span class="soft"> · {t.why}</span>}
					<span class="soft"> {t.who}{Math.abs(Date.parse(t.recorded_at) - Date.parse(t.at)) > 60000 ? ` · ricevuto ${moment(t.recorded_at, at)}` : ''}</span>
				</li>
			))}
		</ol>
	);
}

function Note({ incident }) {
	const field = useRef();
	const [text, setText] = useState('');
	const [failed, setFailed] = useState('');
	useWish('note', true, () => field.current.focus());
	async function save() {
		const words = text.trim();
		if (!words) return;
		try {
			const offline = get().connection === 'persa';
			const done = await actOrQueue(incident, 'note', { text: words }, `Nota su ${incident.number}`);
			if (done || offline) setText('');
			setFailed('');
		} catch (problem) {
			setFailed(problem.message);
		}
	}
	const onKey = (e) => {
		if (e.key === 'Enter' && !e.shiftKey && !e.repeat) {
			e.preventDefault();
			save();
		}
	};
	return (
		<div class="note">
			<label for="nota">Nota interna</label>
			<textarea id="nota" ref={field} rows={2} value={text} onInput={(e) => setText(e.currentTarget.value)} onKeyDown={onKey}
				placeholder={BY_KEYS ? 'Invio salva, Maiusc+Invio va a capo' : ''} />
			{failed && <p class="wrong" role="alert">{failed}</p>}
			{text && <button type="button" class="small" onClick={save}>Salva la nota</button>}
		</div>
	);
}

function Parts({ incident, detail, failed, at }) {
	if (!detail) {
		return failed
			? <p class="notice">Il resto della scheda non si carica. {failed} <button type="button" class="small" onClick={() => refreshIncident(incident.id)}>Riprova</button></p>
			: <p class="notice">Carico la scheda…</p>;
	}
	const first = detail.report_list[0];
	return (
		<>
			<Section id="segnalazioni" title={`Segnalazioni ${detail.report_list.length}`}
				aside={first && <span class="soft"> · la prima alle {hm(first.started_at || first.received_at)}</span>}>
				<ul class="reports">{detail.report_list.map((r, i) => <Report key={r.id} report={r} at={at} known={i === 0} />)}</ul>
			</Section>
			<Section id="catena" title="Catena">
				<Chain detail={detail} at={at} />
			</Section>
			<Section id="cronologia" title="Cronologia">
				<Timeline detail={detail} at={at} />
				{isOpen(incident) && <Note incident={incident} key={incident.id} />}
			</Section>
			<Proof incident={incident} detail={detail} at={at} />
		</>
	);
}

export function Card() {
	const id = useStore((s) => s.open);
	const brief = useStore((s) => (s.open ? s.incidents[s.open] : null));
	const full = useStore((s) => s.detail);
	const failed = useStore((s) => s.detailFailed);
	const setup = useStore((s) => s.setup);
	const absolute = useStore((s) => s.absolute);
	const at = useNow(15);
	const detail = full?.id === id ? full : null;
	const incident = brief && detail ? (brief.version >= detail.version ? { ...detail, ...brief } : detail) : brief || detail;
	if (!id) return <p class="notice big">Scegli un intervento o premi O.</p>;
	if (!incident) return <p class="notice big">{failed || 'Carico la scheda…'}</p>;
	const need = attention(incident, at);
	return (
		<article class="card" data-id={incident.id} data-stato={incident.state} data-classe={incident.class || ''}
			data-rango={incident.urgency_rank ?? ''} data-attenzione={need.level || ''}>
			<Head incident={incident} at={at} absolute={absolute} />
			<Commands incident={incident} detail={detail} />
			<Held incident={incident} at={at} />
			{incident.arrival && incident.arrived_at && (
				<p class={`outcome ${incident.arrival.result}`}>
					<Icon name={incident.arrival.result === 'met' ? 'it-check-circle' : 'it-close-circle'} />
					Arrivo alle <Time at={incident.arrived_at}>{hm(incident.arrived_at)}</Time>: {outcome(incident.arrival)}
				</p>
			)}
			<Proposal incident={incident} detail={detail} setup={setup} />
			<Crews incident={incident} detail={detail} at={at} />
			<Parts incident={incident} detail={detail} failed={failed} at={at} />
		</article>
	);
}
