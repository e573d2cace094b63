/*
 * One assignment on the phone: where, by when, what was said, and one big button: the next step.
 * Not here: the way and the map (way.jsx), what a press does (work.js). Source: pages.md section 3.5.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { now, useNow } from '../shared/staff/clock.js';
import { Chip, Icon, Time, Urgency } from '../shared/staff/marks.jsx';
import { dueRelative, dueSpoken, hm, isOverdue, moment } from '../shared/staff/times.js';
import { say } from '../shared/staff/announce.js';
import { PlaceMap, Way } from './way.jsx';
import { press, projected, set, useStore } from './work.js';

const NEXT = { accept: 'Accetto', en_route: 'Parto', arrived: 'Sono arrivato', made_safe: 'Messo in sicurezza', restored: 'Servizio ripristinato', left: 'Lascio il posto' };
const CHANNELS = { phone: 'telefono', email: 'e-mail', web: 'sito', sms: 'SMS' };
const ASKS = ['decline', 'made_safe', 'left'];
const NEAR_M = 100;
const NEAR_MS = 2 * 60000;

/* Street and town; the town only where the address does not name it already. */
export const placeOf = (i) => (i.address && i.municipality && !i.address.includes(i.municipality) ? `${i.address}, ${i.municipality}` : i.address || i.municipality || '');

/* A day target's due instant is the midnight after its last day. */
const boundOf = (i) => i.due_bound || (i.due && hm(i.due) === '00:00' ? 'exclusive' : 'inclusive');

export const className = (i) => (i.class_label || i.class || '').replace(/ \(.*/, '');

export function DueLine({ incident, arrived, at }) {
	if (arrived) return <>Arrivata alle <Time at={arrived}>{hm(arrived)}</Time></>;
	if (!incident.due) return <>Senza termine</>;
	const bound = boundOf(incident);
	const late = isOverdue(incident.due, bound, at);
	return <Time at={incident.due}>{late ? `Dovevi arrivare ${dueSpoken(incident.due, bound, at)}` : `Arrivo ${dueSpoken(incident.due, bound, at)}`}</Time>;
}

export function Left({ incident, arrived, at }) {
	if (arrived || !incident.due) return null;
	const bound = boundOf(incident);
	const words = dueRelative(incident.due, bound, at);
	if (words.startsWith('entro')) return null;
	return isOverdue(incident.due, bound, at) ? <Chip level="adesso">{words}</Chip> : <span class="left">{words}</span>;
}

export const act = (a, action) => (ASKS.includes(action) ? set({ layer: { kind: action, of: a.id } }) : press(a, action));

function Done({ a }) {
	const steps = [['Accettato', a.accepted_at], ['Partito', a.departed_at], ['Arrivato', a.arrived_at], ['In sicurezza', a.made_safe_at], ['Ripristinato', a.restored_at]];
	const done = steps.filter(([, at]) => at);
	if (!done.length) return null;
	return (
		<ul class="done-steps" aria-label="Passi fatti">
			{done.map(([name, at]) => <li key={name}><Icon name="it-check-circle" />{name} <Time at={at}>{hm(at)}</Time></li>)}
		</ul>
	);
}

function Copy({ text }) {
	const [done, setDone] = useState(false);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text);
			setDone(true);
			say('Indirizzo copiato.');
		} catch {
			setDone(false);
		}
	};
	return navigator.clipboard ? <button type="button" class="copy" onClick={copy}><Icon name="it-copy" />{done ? 'Copiato' : 'Copia'}</button> : null;
}

function metres(a, b) {
	const rad = Math.PI / 180;
	const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
	return Math.hypot(x, (b.lat - a.lat) * rad) * 6371000;
}

/* Near for two minutes: the step is suggested, never pressed by itself. */
function useNear(a) {
	const fix = useStore((s) => s.fix);
	const since = useRef(0);
	const told = useRef(false);
	const here = a.state === 'en_route' && fix && a.incident.lat != null && metres(fix, a.incident) <= NEAR_M;
	if (!here) since.current = 0;
	else if (!since.current) since.current = now();
	const near = Boolean(here && now() - since.current > NEAR_MS);
	useEffect(() => {
		if (!near || told.current) return;
		told.current = true;
		navigator.vibrate?.(400);
		say('Sembri sul posto: premi «Sono arrivato».');
	}, [near]);
	return near;
}

function Step({ a }) {
	const near = useNear(a);
	if (!a.next) return null;
	return (
		<div class="step-bar">
			{near && <p class="suggest">Sei sul posto? Premi «Sono arrivato».</p>}
			<button type="button" class="step" onClick={() => act(a, a.next)}>{NEXT[a.next]}</button>
			{a.next === 'accept' && <button type="button" class="plain" onClick={() => act(a, 'decline')}>Rifiuto</button>}
			{(a.next === 'made_safe' || a.next === 'restored') && <button type="button" class="plain" onClick={() => act(a, 'left')}>Lascio il posto</button>}
		</div>
	);
}

export function Assignment({ raw }) {
	useStore((s) => s.items);
	const a = projected(raw);
	const i = a.incident;
	const at = useNow(15);
	const heading = useRef();
	useEffect(() => { heading.current.focus(); }, [a.id]);
	const point = i.lat != null ? `${i.lat},${i.lon}` : '';
	return (
		<article class="assignment" data-id={a.id} data-stato={a.state} data-classe={i.class || ''} data-rango={i.urgency_rank ?? ''}>
			<header>
				<button type="button" class="back" onClick={() => set({ open: null })}><Icon name="it-chevron-left" size={20} />Elenco</button>
				<p class="class-line"><Urgency rank={i.urgency_rank} size={24} /><b>{className(i)}</b><Left incident={i} arrived={a.arrived_at} at={at} /></p>
				<p class="due"><DueLine incident={i} arrived={a.arrived_at} at={at} /></p>
				<div class="address-line">
					<h2 ref={heading} tabIndex={-1}>{placeOf(i) || 'Luogo da chiedere alla sala'}</h2>
					{i.address && <Copy text={placeOf(i)} />}
				</div>
				{i.landmark && <p>{i.landmark}</p>}
				<p class="acts">
					{point && <a class="button" href={`geo:${point}?q=${point}(${encodeURIComponent(i.address || i.number)})`}><Icon name="it-map-marker" size={20} />Portami lì</a>}
					{i.reporter_phone && <a class="button" href={`tel:${i.reporter_phone.replace(/\s/g, '')}`}><Icon name="it-telephone" size={20} />Chiama il segnalante</a>}
				</p>
			</header>
			<Way a={a} />
			<div class="map-box"><PlaceMap a={a} /></div>
			<section aria-label="Che cosa succede">
				<p><b>{i.kind}</b>{i.row_text && <span class="soft"> · {i.row_text}</span>}</p>
				{(i.texts || []).map((t, n) => (
					<blockquote key={n}><span class="soft">{n > 0 ? 'Aggiunta, ' : ''}{CHANNELS[t.channel] || t.channel} <Time at={t.at}>{moment(t.at, at)}</Time></span> «{t.text}»</blockquote>
				))}
				<p class="soft">{i.reports} {i.reports === 1 ? 'segnalazione' : 'segnalazioni'} · {i.number}</p>
				{i.photos?.length > 0 && <ul class="photos">{i.photos.map((p, n) => <li key={p.id}><a href={`/api/v1/photos/${p.id}`}><img src={`/api/v1/photos/${p.id}`} alt={`Foto ${n + 1} del segnalante`} loading="lazy" /></a></li>)}</ul>}
			</section>
			<Done a={a} />
			{a.waiting && <p class="strip" role="status">In attesa di rete: parte da solo.</p>}
			<Step a={a} />
		</article>
	);
}
