/*
 * The signs on the desk's map: incidents as urgency shapes (map_sign.jsx), crews as pills that point at their place, what lies
 * too close together as one sign with its count, places found, labels of closed streets. Everything here is
 * also in a list, so no sign takes a tab stop. Source: pages.md section 2.4.
 */
import { render } from 'preact';
import { Icon } from '../shared/staff/marks.jsx';
import { drive, hm, span } from '../shared/staff/times.js';
import { halfway } from '../shared/staff/way.js';
import { openIncident } from './acts.js';
import { chooseCrew } from './crew_choice.js';
import { ageOf, drives, drivingWords, STALE_MS } from './driving.js';
import { groups } from './map_cluster.js';
import { IncidentSign } from './map_sign.jsx';
import { attention } from './queue_order.js';
import { draws, offRoadNumbers } from './roads_flow.js';
import { iconOf, percentOf, stateOf, streetsOf } from './roads_words.js';
import { isOpen, set } from './state.js';

const OLD_MS = 10 * 60000;
const FREE_ZOOM = 18; /* nothing is drawn together from here on */
const NEAR_PIN = { x: 48, y: 32 };
const NEAR_PILL = { x: 66, y: 24 };
export const hasPoint = (x) => Boolean(x) && x.lat != null && x.lon != null;

/* Where a crew stands: by its own word, else at its base. */
export function standOf(crew) {
	if (hasPoint(crew)) return { lat: crew.lat, lon: crew.lon, known: true };
	return hasPoint(crew.base) ? { ...crew.base, known: false } : null;
}

const shortName = (crew) => crew.name.replace(/^Squadra /, '');

function IncidentPin({ list, at, open }) {
	const [gravest] = list;
	const adesso = list.some((i) => attention(i, at).level === 'adesso');
	const chosen = list.some((i) => i.id === open);
	const held = list.length === 1 && gravest.paused;
	const rings = [adesso && 'adesso', held && 'held', chosen && 'chosen'].filter(Boolean);
	return (
		<span class={`pin${chosen ? ' chosen' : ''}`}>
			<IncidentSign rank={gravest.urgency_rank} letters={gravest.class_short || '–'} rings={rings} />
			{list.length > 1 && <b>{list.length}</b>}
		</span>
	);
}

/* Outlined: on call. Dashed: its place is older than two minutes, or only its base is known; older than ten minutes it
 * says so. An arrow: it drives that way. */
function pillOf(crew, at) {
	const place = standOf(crew);
	const age = ageOf(crew, at);
	const onCall = crew.state === 'on_call' ? ' reperibile' : '';
	if (!place.known) return { kind: `${onCall} base`, after: ' in sede', words: 'posizione non nota, in sede' };
	if (drives(crew, at)) return { kind: `${onCall} driving`, after: '', words: drivingWords(crew), heading: crew.heading };
	const old = age > OLD_MS ? `${span(age / 1000)} fa` : '';
	return { kind: `${onCall}${age > STALE_MS ? ' stale' : ''}`, after: old && ` ${old}`, words: old && `posizione di ${old}` };
}

/* Its middle is the crew's place. */
export function HeadingArrow({ heading }) {
	return (
		<svg class="heading" width="26" height="26" viewBox="-13 -13 26 26" aria-hidden="true" data-rotta={Math.round(heading)}>
			<path d="M0-10 7.500 8.500 0 4.500-7.500 8.500z" transform={`rotate(${heading})`} />
		</svg>
	);
}

const ALONE = { kind: '', after: '' };

function CrewPill({ list, at, chosen }) {
	const each = list.map((c) => pillOf(c, at));
	/* Of several, only what is true of all. */
	const shared = each.every((p) => p.kind === each[0].kind) && (list.length === 1 || !/driving/.test(each[0].kind));
	const { kind, after, heading } = shared ? each[0] : ALONE;
	const names = list.length > 3 ? `${list.length} squadre` : list.map(shortName).join(' · ');
	return (
		<span class={`pill${kind}${list.some((c) => c.id === chosen) ? ' chosen' : ''}`}>
			{heading != null && <HeadingArrow heading={heading} />}
			<Icon name="it-car" size={14} /><span class="name">{names}</span>{(list.length === 1 || / base/.test(kind)) && after}
		</span>
	);
}

const pinLabel = (list) => (list.length > 1
	? `${list.length} interventi, il più grave: ${list[0].class_label || list[0].class || 'da classificare'}`
	: [list[0].class_label || list[0].class, list[0].kind, list[0].address || list[0].area].filter(Boolean).join(', '));
const pillLabel = (list, at) => list.map((c) => [c.name, c.state_label, pillOf(c, at).words].filter(Boolean).join(', ')).join('; ');

/* Of signs drawn together: nearer, until they part; what stands on one spot is chosen in turn. */
function pressed(list, current, choose, nearer) {
	const spread = list.some((x) => x.lat !== list[0].lat || x.lon !== list[0].lon);
	if (list.length > 1 && spread && nearer(list)) return;
	const i = list.findIndex((x) => x.id === current);
	choose(list[(i + 1) % list.length].id);
}

function incidentSigns(wanted, { incidents, open, zoom, at, nearer }) {
	const gravity = (i) => (i.urgency_rank || 9) - (attention(i, at).level === 'adesso' ? 0.5 : 0);
	const shown = incidents.filter((i) => hasPoint(i) && isOpen(i)).sort((a, b) => gravity(a) - gravity(b) || (a.id < b.id ? -1 : 1));
	for (const list of groups(shown, zoom, { near: zoom >= FREE_ZOOM ? { x: 0, y: 0 } : NEAR_PIN, alone: (i) => i.id === open })) {
		wanted.set(`i${list[0].id}`, { lat: list[0].lat, lon: list[0].lon, thing: list.map((i) => `${i.id}${i.version}`).join(), state: open,
			at: Math.floor(at / 60000), z: list[0].id === open ? 40 : 30 - (list[0].urgency_rank || 5), label: pinLabel(list),
			data: { interventi: list.map((i) => i.id).join(' ') }, open: () => pressed(list, open, openIncident, nearer), draw: <IncidentPin list={list} at={at} open={open} /> });
	}
}

function crewSigns(wanted, { crews, crewOn, zoom, at, nearer }) {
	const shown = crews.filter((c) => standOf(c) && c.state !== 'off').map((c) => ({ ...c, ...standOf(c), crew: c }));
	for (const list of groups(shown, zoom, { near: NEAR_PILL, alone: (c) => c.id === crewOn })) {
		const all = list.map((c) => c.crew);
		wanted.set(`c${list[0].id}`, { lat: list[0].lat, lon: list[0].lon, thing: all.map((c) => `${c.id}${c.state}${c.position_at}${pillOf(c, at).kind}`).join(), state: crewOn, anchor: 'top',
			at: Math.floor(at / 60000), z: list[0].id === crewOn ? 45 : 10, label: pillLabel(all, at), data: { squadre: all.map((c) => c.id).join(' ') },
			open: () => pressed(list, crewOn, chooseCrew, nearer), draw: <CrewPill list={all} at={at} chosen={crewOn} /> });
	}
}

function placeSigns(wanted, { places, place, found }) {
	const numbered = place ? [] : places;
	numbered.forEach((p, n) => hasPoint(p) && wanted.set(`p${n}`, { lat: p.lat, lon: p.lon, thing: p, z: 50, label: p.label, draw: <span class="place-pin">{n + 1}</span> }));
	if (hasPoint(place)) wanted.set('place', { ...place, thing: place, z: 50, label: place.label, draw: <span class="place-pin"><Icon name="it-pin" size={20} /></span> });
	if (hasPoint(found)) wanted.set('found', { ...found, thing: found, z: 50, label: found.label, anchor: 'bottom', data: { trovato: found.label },
		draw: <span class="found-pin"><b>{found.label}</b><span class="place-pin"><Icon name="it-map-marker" size={18} /></span></span> });
}

const LABEL_ZOOM = 13; /* from here on there is room for words */

/* Where the words of a closure stand: the middle of its longest stretch. */
function middleOf(c) {
	const longest = c.roads.reduce((a, b) => (b.length > a.length ? b : a), []);
	if (!longest.length) return c.points[0];
	const a = longest[Math.floor((longest.length - 1) / 2)];
	const b = longest[Math.ceil((longest.length - 1) / 2)];
	return { lat: (a[0] + b[0]) / 2, lon: (a[1] + b[1]) / 2 };
}

const NEAR_CLOSURE = { x: 46, y: 26 };
const NEAR_WORDS = { x: 72, y: 28 };
const showInList = (id) => set({ pane: 'chiusure', tab: 'chiusure', focusWanted: `closure ${id}` });
const closureWords = (c) => `${streetsOf(c, 1)}: ${stateOf(c)}${c.one_way ? ' in un solo senso' : ''}`;

const closuresLabel = (list) => (list.length > 1 ? `${list.length} strade chiuse o rallentate: ` : '') + list.map(closureWords).join('; ');

function ClosureSign({ list, wide }) {
	const [gravest] = list;
	return (
		<span class={`closed-sign${gravest.state === 'planned' ? ' planned' : ''}`}>
			<Icon name={iconOf(gravest)} size={16} />{list.length > 1 ? <b>{list.length}</b> : wide && (gravest.kind === 'slow' ? percentOf(gravest.speed) : 'chiusa')}
		</span>
	);
}

/* Those that would lie on each other are one sign with their count, which looks like the gravest: in force, closed. */
export function closureSigns(closures, zoom, nearer) {
	const wide = zoom >= LABEL_ZOOM;
	const gravity = (c) => (c.state === 'planned' ? 2 : 0) + (c.kind === 'slow' ? 1 : 0);
	const shown = closures.map((c) => ({ ...c, ...middleOf(c) })).sort((a, b) => gravity(a) - gravity(b) || (a.id < b.id ? -1 : 1));
	return groups(shown, zoom, { near: wide ? NEAR_WORDS : NEAR_CLOSURE }).map((list) => {
		const [{ id, lat, lon, state }] = list;
		return { key: `r${id}`, lat, lon, thing: list.map((c) => `${c.id}${c.version}${c.state}`).join(), state: wide, z: 5, anchor: 'bottom', label: closuresLabel(list),
			data: { chiusure: list.map((c) => c.id).join(' '), stato: state }, open: () => pressed(list, null, showInList, nearer), draw: <ClosureSign list={list} wide={wide} /> };
	});
}

export const OffRoadSign = ({ n }) => <span class="off-road-sign"><Icon name="it-warning-circle" size={16} /><b>{n}</b></span>;

/* The points of what is drawn that lie on no road, by their numbers. */
export function offRoadSigns(drawing) {
	if (!draws(drawing)) return [];
	return offRoadNumbers(drawing).map((n) => {
		const point = drawing.points[n - 1];
		return { key: `f${n}`, ...point, thing: point, z: 50, label: `Punto ${n}: non è su una strada`, data: { fuori: n }, draw: <OffRoadSign n={n} /> };
	});
}

/* The minutes of the way that is shown, at the middle of it. */
export function waySigns(way) {
	if (!way?.line?.length) return [];
	const minutes = drive(way.left_s);
	return [{ key: 'way', ...halfway(way), thing: way, z: 35, label: `Percorso: ${minutes}, arrivo alle ${hm(way.arrival_at)}`, data: { percorso: way.crew },
		draw: <span class="way-sign">{minutes}</span> }];
}

/* What the map should show, by key; map: what the window knows, `zoom`, `nearer(list)` -> whether it could go nearer. */
export function signs(map) {
	const wanted = new Map();
	incidentSigns(wanted, map);
	crewSigns(wanted, map);
	placeSigns(wanted, map);
	for (const label of map.labels) wanted.set(label.key, label);
	return wanted;
}

/* Markers by key: made once, moved and drawn again when their thing changes. */
export function makeLayer(lib, map) {
	const held = new Map();
	const remove = (key, m) => {
		m.marker.remove();
		render(null, m.element);
		held.delete(key);
	};
	const make = (key, w) => {
		const element = document.createElement('div');
		const marker = new lib.maplibregl.Marker({ element, anchor: w.anchor || 'center' }).setLngLat([w.lon, w.lat]).addTo(map);
		element.className += ' marker';
		element.removeAttribute('tabindex');
		held.set(key, { element, marker });
		return held.get(key);
	};
	return (wanted) => {
		for (const [key, m] of held) if (!wanted.has(key)) remove(key, m);
		for (const [key, w] of wanted) {
			const m = held.get(key) || make(key, w);
			m.element.onclick = w.open ? (e) => { e.stopPropagation(); w.open(); } : null;
			if (m.thing === w.thing && m.at === w.at && m.state === w.state) continue;
			Object.assign(m, { thing: w.thing, at: w.at, state: w.state });
			m.element.setAttribute('role', 'img');
			m.element.setAttribute('aria-label', w.label);
			m.element.style.zIndex = String(w.z || 1);
			Object.assign(m.element.dataset, w.data);
			m.marker.setLngLat([w.lon, w.lat]);
			render(w.draw, m.element);
		}
	};
}
