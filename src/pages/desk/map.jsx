/*
 * The desk's map: incidents as urgency shapes, crews as pills, the open form's places. Everything on
 * it is also in a list. The view fits once; after a hand has moved it, it stays.
 * Not here: style and loading (shared/map*.js). Source: pages.md sections 2.4, 5.
 */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { loadMap } from '../shared/map-loader.js';
import { now, useNow } from '../shared/staff/clock.js';
import { Icon, Urgency } from '../shared/staff/marks.jsx';
import { span } from '../shared/staff/times.js';
import { openIncident } from './acts.js';
import { attention } from './queue_order.js';
import { get, isOpen, set, useStore } from './state.js';

const STALE_MS = 2 * 60000;
const OLD_MS = 10 * 60000;
const hasPoint = (x) => x && x.lat != null && x.lon != null;

function IncidentPin({ incident, at }) {
	const need = attention(incident, at);
	return (
		<span class={`pin${need.level === 'adesso' ? ' pin-adesso' : ''}`}>
			<Urgency rank={incident.urgency_rank} size={24} /><b>{incident.class_short || '–'}</b>
		</span>
	);
}

function CrewPill({ crew, at }) {
	const age = crew.position_at ? at - Date.parse(crew.position_at) : Infinity;
	const old = age > OLD_MS && crew.position_at ? ` ${span(age / 1000)} fa` : '';
	const kind = crew.state === 'on_call' ? ' reperibile' : age > STALE_MS ? ' stale' : '';
	return <span class={`pill${kind}`}><Icon name="it-car" size={14} />{crew.name.replace(/^Squadra /, '')}{old}</span>;
}

/* Markers by key: made once, moved and drawn again when their thing changes. */
function makeLayer(lib, map) {
	const held = new Map();
	return (wanted) => {
		for (const [key, m] of held) {
			if (wanted.has(key)) continue;
			m.marker.remove();
			render(null, m.element);
			held.delete(key);
		}
		for (const [key, w] of wanted) {
			let m = held.get(key);
			if (!m) {
				const element = document.createElement('div');
				element.className = 'marker';
				m = { element, marker: new lib.maplibregl.Marker({ element }).setLngLat([w.lon, w.lat]).addTo(map), thing: null };
				element.removeAttribute('tabindex');
				held.set(key, m);
			}
			if (m.thing === w.thing && m.at === w.at) continue;
			m.thing = w.thing;
			m.at = w.at;
			m.element.onclick = w.open || null;
			m.element.setAttribute('role', 'img');
			m.element.setAttribute('aria-label', w.label);
			m.element.style.zIndex = String(w.z || 1);
			m.marker.setLngLat([w.lon, w.lat]);
			render(w.draw, m.element);
		}
	};
}

function things({ incidents, crews, open, lookup, place }, at) {
	const wanted = new Map();
	for (const i of incidents) {
		if (!hasPoint(i) || !isOpen(i)) continue;
		wanted.set(`i${i.id}`, { lat: i.lat, lon: i.lon, thing: i, at: Math.floor(at / 60000), z: open === i.id ? 20 : 10 - (i.urgency_rank || 5),
			open: () => openIncident(i.id), label: `${i.class_label || i.class || ''} ${i.kind}, ${i.address || i.area || ''}`, draw: <IncidentPin incident={i} at={at} /> });
	}
	for (const c of crews) {
		if (!hasPoint(c) || c.state === 'off') continue;
		wanted.set(`c${c.id}`, { lat: c.lat, lon: c.lon, thing: c, at: Math.floor(at / 60000), z: 15, label: `${c.name}, ${c.state_label}`, draw: <CrewPill crew={c} at={at} /> });
	}
	const places = place ? [place] : lookup;
	places.forEach((p, n) => hasPoint(p) && wanted.set(`p${n}`, { lat: p.lat, lon: p.lon, thing: p, z: 30, label: p.label,
		draw: <span class="place-pin">{place ? <Icon name="it-pin" size={20} /> : n + 1}</span> }));
	return wanted;
}

function useMap(box, onMap) {
	const [failed, setFailed] = useState('');
	useEffect(() => {
		let map = null;
		let gone = false;
		loadMap().then((lib) => {
			if (gone) return;
			const palette = document.documentElement.dataset.theme === 'night' ? 'night' : 'day';
			map = lib.createMap(box.current, { palette, setup: get().setup.map });
			onMap(lib, map);
		}).catch(() => setFailed('Mappa non disponibile. L’elenco funziona.'));
		const theme = (e) => { if (map) loadMap().then((lib) => map.setStyle(lib.mapStyle(e.detail, location.origin, get().setup.map?.attribution || ''))); };
		document.addEventListener('desk:theme', theme);
		return () => {
			gone = true;
			document.removeEventListener('desk:theme', theme);
			if (map) map.remove();
		};
	}, []);
	return failed;
}

export function DeskMap() {
	const box = useRef();
	const live = useRef({});
	const [ready, setReady] = useState(false);
	const [moved, setMoved] = useState(false);
	const incidents = useStore((s) => s.incidents);
	const crews = useStore((s) => s.crews);
	const open = useStore((s) => s.open);
	const places = useStore((s) => s.lookup.places);
	const place = useStore((s) => s.form?.place || null);
	const formOpen = useStore((s) => Boolean(s.form));
	const picking = useStore((s) => s.picking);
	const wanted = useStore((s) => s.focusWanted);
	const pane = useStore((s) => `${s.pane}${s.tab}`);
	const at = useNow(60);

	const failed = useMap(box, (lib, map) => {
		Object.assign(live.current, { map, draw: makeLayer(lib, map) });
		map.on('dragstart', () => setMoved(true));
		map.on('zoomstart', (e) => { if (e.originalEvent) setMoved(true); });
		map.on('click', (e) => { if (get().picking) pick(e.lngLat); });
		map.getCanvas().setAttribute('aria-label', 'Mappa: le frecce spostano, più e meno ingrandiscono');
		setReady(true);
	});
	const pick = (lngLat) => document.dispatchEvent(new CustomEvent('desk:point', { detail: { lat: lngLat.lat, lon: lngLat.lng } }));

	useEffect(() => {
		if (!ready) return;
		live.current.draw(things({ incidents: Object.values(incidents), crews: Object.values(crews), open, lookup: formOpen ? places : [], place }, now()));
	}, [ready, incidents, crews, open, places, place, formOpen, at]);
	useEffect(() => { if (ready) live.current.map.resize(); }, [pane, ready]);
	/* Goes to the chosen thing, unless a hand has moved the view. */
	useEffect(() => {
		if (!ready || moved) return;
		const to = place || (formOpen && places[0]) || (open && incidents[open]);
		if (hasPoint(to)) live.current.map.jumpTo({ center: [to.lon, to.lat], zoom: Math.max(live.current.map.getZoom(), 14.5) });
	}, [ready, open, place, places, moved]);
	useEffect(() => {
		if (wanted !== 'map' || !ready) return;
		live.current.map.getCanvas().focus();
		set({ focusWanted: null });
	}, [wanted, ready]);
	const onKey = (e) => {
		if (e.key === 'Enter' && picking && !e.repeat) {
			e.preventDefault();
			e.stopPropagation();
			pick(live.current.map.getCenter());
		} else if (e.key.toLowerCase() === 'w') setMoved(false);
	};
	return (
		<section class="map-panel panel" id="mappa" aria-label="Mappa">
			<div class={`pd-map${picking ? ' picking' : ''}`} ref={box} onKeyDown={onKey} data-palette={document.documentElement.dataset.theme === 'night' ? 'night' : 'day'} />
			{picking && <span class="crosshair" aria-hidden="true" />}
			{failed && <p class="notice">{failed}</p>}
			{moved && <button type="button" class="follow small" aria-keyshortcuts="W" onClick={() => setMoved(false)}><kbd>W</kbd>Segui</button>}
		</section>
	);
}
