/*
 * The crew's phone: where do I go, what do I do. The list, one assignment, and a bar that says what
 * has not been sent yet. Works from the phone's store without network. Source: pages.md section 3.5.
 */
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { onSessionEnd } from '../shared/staff/api.js';
import { useNow } from '../shared/staff/clock.js';
import { Icon, Time, Urgency } from '../shared/staff/marks.jsx';
import { SessionPanel } from '../shared/staff/session.jsx';
import { drive, hm } from '../shared/staff/times.js';
import { act, Assignment, className, DueLine, Left, placeOf } from './assignment.jsx';
import { Sheets } from './sheets.jsx';
import { stopRing } from './ring.js';
import { isOpen, logout, outbox, projected, refresh, set, start, useStore } from './work.js';

const STATE = { accepted: 'Accettato', en_route: 'In viaggio', arrived: 'Sul posto', recalled: 'Richiamato dalla sala', left: 'Concluso', declined: 'Rifiutato', expired: 'Scaduto: non hai risposto' };

let renewed = () => {};
onSessionEnd(() => new Promise((resolve) => {
	renewed = resolve;
	set({ expired: true });
}));

function Top() {
	const crew = useStore((s) => s.crew);
	const connection = useStore((s) => s.connection);
	const position = useStore((s) => s.position);
	const loadedAt = useStore((s) => s.at);
	const phone = useStore((s) => s.deskPhone);
	const at = useNow(15);
	const told = connection === 'persa' && position === 'Posizione inviata' ? 'Posizione non inviata' : position;
	return (
		<header class="top">
			<h1>{crew ? crew.name : 'Squadra'}</h1>
				<p class={`net ${connection}`}><span class="dot" aria-hidden="true" />{connection === 'in-diretta' ? 'In rete' : `dati delle ${hm(loadedAt || at)}`} · {hm(at)}</p>
			<p class="soft">{crew?.shift_ends ? `In turno fino alle ${hm(crew.shift_ends)}` : 'In turno'}<br />{told}</p>
			<details class="more"><summary>Altro</summary>
				<div>
					{phone && <a class="button" href={`tel:${phone.replace(/\s/g, '')}`}><Icon name="it-telephone" size={20} />Chiama la sala {phone}</a>}
					<button type="button" onClick={refresh}><Icon name="it-refresh" size={20} />Aggiorna</button>
					<button type="button" onClick={logout}>Esci</button>
				</div>
			</details>
		</header>
	);
}

/* Grey, on every screen: what the desk does not know yet. */
function Waiting() {
	const items = useStore((s) => s.items);
	const connection = useStore((s) => s.connection);
	const since = useStore((s) => s.since);
	const waiting = items.filter((i) => !i.refused).length;
	const refused = items.length - waiting;
	if (connection !== 'persa' && !items.length) return null;
	return (
		<section class="waiting" aria-label="Azioni in attesa">
			<details><summary><span><b>{connection === 'persa' ? `Senza rete dalle ${hm(since)}` : 'In rete'}</b> · {waiting === 1 ? '1 azione' : `${waiting} azioni`} in attesa{refused > 0 && <b> · {refused} non {refused === 1 ? 'accettata' : 'accettate'}</b>}</span></summary>
				{items.length === 0 && <p>Tutto è arrivato alla sala.</p>}
				<ul>{items.map((i) => (
					<li key={i.id}><Time at={i.at}>{hm(i.at)}</Time> {i.label}: {i.refused ? <><b>non accettata: {i.refused}</b> <button type="button" onClick={() => outbox.drop(i.id)}>Ho letto</button></> : 'in attesa'}</li>
				))}</ul>
			</details>
		</section>
	);
}

function Notice() {
	const notice = useStore((s) => s.notice);
	if (!notice) return null;
	return (
		<section class="notice" aria-label="Avviso della sala">
			<p><b>{notice.title}</b> {notice.text}</p>
			<button type="button" onClick={() => set({ notice: null })}>Ho letto</button>
		</section>
	);
}

function Item({ raw, first }) {
	const a = projected(raw);
	const i = a.incident;
	const at = useNow(15);
	const fresh = a.state === 'offered';
	const open = () => {
		stopRing();
		set({ open: a.id });
	};
	return (
		<li class={`item${fresh ? ' fresh' : ''}`} data-id={a.id} data-stato={a.state} data-classe={i.class || ''} data-rango={i.urgency_rank ?? ''}>
			<p class="item-head"><span class="caps">{fresh ? 'Nuovo incarico' : first ? STATE[a.state] : `Dopo questo · ${STATE[a.state]}`}</span><Left incident={i} arrived={a.arrived_at} at={at} /></p>
			<button type="button" class="open" onClick={open}>
				<span class="class-line"><Urgency rank={i.urgency_rank} size={24} /><b>{className(i)}</b></span>
				<span>{i.kind}</span>
				<span class="address">{placeOf(i)}</span>
				<span class="soft"><DueLine incident={i} arrived={a.arrived_at} at={at} />{fresh && a.eta_s != null && ` · ${drive(a.eta_s)} da qui`}</span>
			</button>
			{fresh && (
				<div class="answer">
					<button type="button" class="step" onClick={() => act(a, 'accept')}>Accetto</button>
					<button type="button" class="plain" onClick={() => act(a, 'decline')}>Rifiuto</button>
				</div>
			)}
		</li>
	);
}

const RANK = { arrived: 0, en_route: 1, accepted: 2, offered: -1 };

function List() {
	const assignments = useStore((s) => s.assignments);
	const done = useStore((s) => s.done);
	const loaded = useStore((s) => s.loaded);
	const failed = useStore((s) => s.failed);
	const phone = useStore((s) => s.deskPhone);
	useStore((s) => s.items);
	const open = assignments.filter((a) => isOpen(projected(a))).sort((a, b) => RANK[projected(a).state] - RANK[projected(b).state]);
	const current = open.find((a) => projected(a).state !== 'offered');
	return (
		<>
			{failed && !loaded && <p class="empty">Non si carica.{phone ? ` Chiama la sala: ${phone}.` : ''} {failed}</p>}
			{!loaded && !failed && <p class="empty">Carico gli incarichi…</p>}
			{loaded && open.length === 0 && <p class="empty">Nessun incarico. Ti avvisiamo noi.</p>}
			<ul class="list">{open.map((a) => <Item key={a.id} raw={a} first={a === current} />)}</ul>
			{done.length > 0 && (
				<details class="done"><summary>Fatti oggi ({done.length})</summary>
					<ul>{done.map((a) => <li key={a.id}><Urgency rank={a.incident.urgency_rank} size={16} /> {a.incident.kind}, {placeOf(a.incident)}{a.left_at && <> · <Time at={a.left_at}>{hm(a.left_at)}</Time></>}{a.outcome && ` · ${a.outcome}`}{a.state !== 'left' && ` · ${STATE[a.state] || a.state}`}</li>)}</ul>
				</details>
			)}
		</>
	);
}

function Crew() {
	const stream = useRef(null);
	const openId = useStore((s) => s.open);
	const assignments = useStore((s) => s.assignments);
	const layer = useStore((s) => s.layer);
	const expired = useStore((s) => s.expired);
	useStore((s) => s.items);
	useEffect(() => {
		stream.current = start();
		return () => stream.current.close();
	}, []);
	const raw = assignments.find((a) => a.id === openId);
	const shown = raw && isOpen(projected(raw)) ? raw : null;
	const asked = layer && assignments.find((a) => a.id === layer.of);
	return (
		<div class="phone">
			<Top />
			<Waiting />
			<Notice />
			<main>{shown ? <Assignment raw={shown} key={shown.id} /> : <List />}</main>
			<Sheets layer={layer} assignment={asked} />
			{expired && <SessionPanel login={document.body.dataset.login} onDone={() => {
				set({ expired: false });
				renewed();
				stream.current?.reopen();
			}} />}
		</div>
	);
}

document.documentElement.dataset.connessione = 'in-diretta';
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => {});
render(<Crew />, document.getElementById('app'));
