/*
 * How to get there: minutes and time of arrival, the next streets to read without a map, the map with the line. In
 * sun and with a thumb. Not here: asking for the way (way.js). Source: pages.md section 3.5.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { loadMap } from '../shared/map-loader.js';
import { useNow } from '../shared/staff/clock.js';
import { Icon, Time } from '../shared/staff/marks.jsx';
import { drive, hm } from '../shared/staff/times.js';
import { along, lengthOf, stepsLeft } from '../shared/staff/way.js';
import { useStore } from './work.js';
import { askWay, changeSeen, lookAtWay } from './way.js';

const DRIVES = ['offered', 'accepted', 'en_route'];
const SHOWN = 3;
const KEEPS_FOR_MS = 5 * 60000; /* older than this, it says of when it is */

/* Seconds of the way that are behind: by where the phone is, else by the clock. */
function drivenS(a, way, fix, at) {
	if (a.state !== 'en_route') return 0;
	return fix ? along(way, fix).at_s : Math.min(way.eta_s, (at - (way.begun || way.taken)) / 1000);
}

/* The way of an assignment as it is now: {way, leftS, steps} or null. */
function useWay(a) {
	const way = useStore((s) => s.ways[a.id]);
	const fix = useStore((s) => s.fix);
	const drives = DRIVES.includes(a.state) && a.incident.lat != null;
	const tick = useNow(15);
	useEffect(() => { if (drives) lookAtWay(a.id); }, [a.id, drives, tick, fix]);
	if (!drives || !way?.line) return { drives, way: drives ? way : null };
	const at = drivenS(a, way, fix, tick);
	return { drives, way, leftS: Math.max(0, way.eta_s - at), steps: stepsLeft(way, at) };
}

const street = (step) => step.street || 'strada senza nome';

function Streets({ steps }) {
	const [all, setAll] = useState(false);
	const shown = all ? steps : steps.slice(0, SHOWN);
	if (!steps.length) return null;
	return (
		<>
			<ol class="streets" aria-label="Le prossime vie">
				{shown.map((s, n) => <li key={n} aria-current={n === 0 ? 'step' : undefined}><b>{street(s)}</b><span>{n === 0 ? 'per ' : ''}{lengthOf(s.distance_m)}</span></li>)}
			</ol>
			{steps.length > SHOWN && <button type="button" class="plain" aria-expanded={all} onClick={() => setAll(!all)}>{all ? 'Mostra meno vie' : `Tutte le vie (${steps.length})`}</button>}
		</>
	);
}

/* Minutes first: they are what one asks for. */
function Left({ a, way, leftS, at }) {
	const going = a.state === 'en_route';
	return (
		<p class="left-line"><b>{drive(leftS)}</b> {going ? 'al luogo' : 'da qui'} · <span>{going ? 'arrivi' : 'se parti ora arrivi'} alle <Time at={new Date(at + leftS * 1000).toISOString()}>{hm(at + leftS * 1000)}</Time></span>
			<span class="soft"> · {lengthOf(way.distance_m)} in tutto</span></p>
	);
}

function Honest({ a, way, failed, at }) {
	const old = at - way.taken > KEEPS_FOR_MS;
	if (failed || old) return <p class="strip">{failed ? 'Senza rete: ' : ''}percorso delle {hm(way.taken)}. <button type="button" onClick={() => askWay(a.id)}><Icon name="it-refresh" size={20} />Aggiorna</button></p>;
	if (!way.own && way.base) return <p class="soft">Calcolato dalla vostra sede: la posizione del telefono non c’è.</p>;
	return null;
}

/* Another program would lead into what is closed: only the desk can help. */
function Shut() {
	const phone = useStore((s) => s.deskPhone);
	return (
		<section class="way" aria-label="Percorso">
			<p class="strip shut"><Icon name="it-ban" size={24} /> <b>Nessuna strada aperta porta al posto.</b> Chiedi alla sala da dove passare.</p>
			{phone && <a class="button" href={`tel:${phone.replace(/\s/g, '')}`}><Icon name="it-telephone" size={20} />Chiama la sala {phone}</a>}
		</section>
	);
}

export function Way({ a }) {
	const { drives, way, leftS, steps } = useWay(a);
	const failed = useStore((s) => Boolean(s.wayFailed[a.id]));
	const changed = useStore((s) => s.wayChanged[a.id]);
	const at = useNow(15);
	if (!drives) return null;
	if (!way) return <section class="way" aria-label="Percorso"><p class="soft">{failed ? 'Il percorso arriva quando torna la rete.' : 'Cerco il percorso…'}</p></section>;
	if (way.shut) return <Shut />;
	if (way.none) return <section class="way" aria-label="Percorso"><p class="soft">Il percorso non si può calcolare: usa «Portami lì».</p></section>;
	return (
		<section class="way" aria-label="Percorso">
			{changed && <p class="strip changed"><b>{changed}</b> <button type="button" onClick={() => changeSeen(a.id)}>Va bene</button></p>}
			<Left a={a} way={way} leftS={leftS} at={at} />
			<Honest a={a} way={way} failed={failed} at={at} />
			<Streets steps={steps} />
		</section>
	);
}

/* ---- the map: the place, the line, the phone ---- */

const wayFeatures = (way) => ({ type: 'FeatureCollection', features: way?.line?.length > 1
	? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: way.line.map(([lat, lon]) => [lon, lat]) } }] : [] });

function marker(lib, map, name, label, { lat, lon }) {
	const element = document.createElement('div');
	const made = new lib.maplibregl.Marker({ element }).setLngLat([lon, lat]).addTo(map);
	element.classList.add(name);
	element.setAttribute('role', 'img');
	element.setAttribute('aria-label', label);
	return made;
}

/* Once, when the way is first there: after that the view is the crew's. Pin, buttons and sources lie over the edges. */
function fitTo(map, way, { lat, lon }) {
	const points = way.line.map(([a, b]) => [b, a]).concat([[lon, lat]]);
	const [lons, lats] = [points.map((p) => p[0]), points.map((p) => p[1])];
	map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { animate: false, padding: { top: 56, right: 56, bottom: 64, left: 36 }, maxZoom: 16 });
}

export function PlaceMap({ a }) {
	const { incident } = a;
	const box = useRef();
	const live = useRef(null);
	const [ready, setReady] = useState(false);
	const [failed, setFailed] = useState(false);
	const { way } = useWay(a);
	const fix = useStore((s) => s.fix);
	useEffect(() => {
		if (incident.lat == null) return undefined;
		let gone = false;
		loadMap().then((lib) => {
			if (gone) return;
			const map = lib.createMap(box.current, { center: [incident.lon, incident.lat], zoom: 15.5, cooperativeGestures: false });
			live.current = { lib, map, line: lib.overlay(map, 'way', { place: 'line', layers: lib.routeLayers }), here: null, fitted: false };
			marker(lib, map, 'map-pin', `Il posto: ${incident.address || ''}`, incident);
			setReady(true);
		}).catch(() => setFailed(true));
		return () => {
			gone = true;
			live.current?.map.remove();
			live.current = null;
			setReady(false);
		};
	}, [incident.id]);
	useEffect(() => {
		if (!ready) return;
		live.current.line.set(wayFeatures(way));
		box.current.dataset.percorso = way?.line ? way.line.length : '';
		if (live.current.fitted || !way?.line) return;
		fitTo(live.current.map, way, incident);
		live.current.fitted = true;
	}, [ready, way]);
	useEffect(() => {
		const it = live.current;
		if (!ready) return;
		if (!fix) {
			it.here?.remove();
			it.here = null;
		} else if (it.here) it.here.setLngLat([fix.lon, fix.lat]);
		else it.here = marker(it.lib, it.map, 'map-here', 'Tu sei qui', fix);
	}, [ready, fix]);
	if (incident.lat == null) return <p class="soft">Il punto non c'è ancora: chiedi alla sala.</p>;
	if (failed) return <p class="soft">Mappa non disponibile.</p>;
	return <div class="pd-map" ref={box} />;
}
