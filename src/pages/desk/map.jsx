/*
 * The desk's map: what is drawn on it, where it looks, its keys. The view fits once; after a hand has moved it,
 * it stays until «Segui». Not here: signs (map_things.jsx), lines (map_lines.js), style and loading
 * (shared/map*.js), the address search above it (map_search.jsx). Source: pages.md sections 2.4, 4.1, 5.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { loadMap } from '../shared/map-loader.js';
import { now, useNow } from '../shared/staff/clock.js';
import { Icon } from '../shared/staff/marks.jsx';
import { useWish } from './focus.js';
import { Legend } from './map_legend.jsx';
import { closureFeatures, closuresBeside, makeLines, nothing, sketchFeatures, takenFeatures, wayFeatures } from './map_lines.js';
import { MapSearch } from './map_search.jsx';
import { closureSigns, hasPoint, makeLayer, offRoadSigns, signs, standOf, waySigns } from './map_things.jsx';
import { fitPoints, holdMap, mapResized } from './map_view.js';
import { addPoint, confirmDrawing, draws } from './roads_flow.js';
import { get, isOpen, set, useStore } from './state.js';
import { useWay } from './ways.js';

const palette = () => (document.documentElement.dataset.theme === 'night' ? 'night' : 'day');

/* Everything with a place, to fit the view to. */
function allPoints() {
	const { incidents, crews } = get();
	const stands = Object.values(crews).filter((c) => c.state !== 'off').map(standOf);
	return [...Object.values(incidents).filter((i) => isOpen(i) && hasPoint(i)), ...stands.filter(Boolean)];
}

const isEmpty = (bounds) => ![...allPoints(), ...get().closures.flatMap((c) => c.points)].some((p) => bounds.contains([p.lon, p.lat]));

/* Loads the map once; answers why there is none, and how to try again. */
function useMap(box, onMap) {
	const [failed, setFailed] = useState(false);
	const [tries, setTries] = useState(0);
	useEffect(() => {
		let map = null;
		let gone = false;
		loadMap().then((lib) => {
			if (gone) return;
			map = lib.createMap(box.current, { palette: palette(), setup: get().setup.map });
			onMap(lib, map);
			setFailed(false);
		}).catch(() => setFailed(true));
		const theme = (e) => { if (map) loadMap().then((lib) => lib.usePalette(map, e.detail, get().setup.map)); };
		document.addEventListener('desk:theme', theme);
		return () => {
			gone = true;
			document.removeEventListener('desk:theme', theme);
			holdMap(null);
			if (map) map.remove();
		};
	}, [tries]);
	return [failed, () => setTries((n) => n + 1)];
}

/* Tiles that do not come: points and lines are there all the same. */
function watchTiles(map, setTiles) {
	map.on('error', (e) => { if (e.sourceId === 'prontod' || e.tile) setTiles(false); });
	map.on('data', (e) => { if (e.sourceId === 'prontod' && e.tile) setTiles(true); });
}

function useSelection(ready, moved) {
	const open = useStore((s) => s.open);
	const incident = useStore((s) => (s.open ? s.incidents[s.open] : null));
	const place = useStore((s) => s.form?.place || null);
	const first = useStore((s) => (s.form ? s.lookup.places[0] : null));
	const to = place || first || incident;
	useEffect(() => {
		if (ready && !moved && hasPoint(to)) fitPoints([to], { maxZoom: 15 });
	}, [ready, open, to?.lat, to?.lon, moved]);
}

function Strips({ failed, retry, tiles, empty, way }) {
	const offline = useStore((s) => s.connection === 'persa');
	if (failed) return <p class="map-note" role="status">Mappa non disponibile. L’elenco funziona. <button type="button" class="small" onClick={retry}><Icon name="it-refresh" size={14} />Riprova</button></p>;
	const words = [!tiles && (offline ? 'Senza rete: la mappa è quella già vista.' : 'Lo sfondo della mappa non arriva: punti e strade chiuse ci sono.'), empty && 'Nessun punto in questa zona.', way].filter(Boolean);
	return words.length ? <p class="map-note">{words.join(' ')}</p> : null;
}

/* What the signs are made from; each part is followed by itself. */
function useThings() {
	const at = useNow(15);
	const formOpen = useStore((s) => Boolean(s.form));
	const places = useStore((s) => s.lookup.places);
	return {
		at,
		incidents: useStore((s) => s.incidents), crews: useStore((s) => s.crews), open: useStore((s) => s.open), crewOn: useStore((s) => s.crewOn),
		found: useStore((s) => s.found), place: useStore((s) => s.form?.place || null), places: formOpen ? places : [],
	};
}

export function DeskMap() {
	const box = useRef();
	const live = useRef({});
	const [ready, setReady] = useState(false);
	const [moved, setMoved] = useState(false);
	const [view, setView] = useState({ zoom: 0, key: '' });
	const [tiles, setTiles] = useState(true);
	const things = useThings();
	const picking = useStore((s) => s.picking);
	const layout = useStore((s) => `${s.pane}${s.tab}${Boolean(s.drawing)}`);
	const drawing = useStore((s) => s.drawing);
	const closures = useStore((s) => s.closures);
	const way = useWay();

	const look = (map) => {
		const { lng, lat } = map.getCenter();
		const zoom = map.getZoom();
		Object.assign(box.current.dataset, { centro: `${lat.toFixed(5)},${lng.toFixed(5)}`, zoom: zoom.toFixed(2) });
		setView({ zoom: Math.round(zoom * 4) / 4, empty: isEmpty(map.getBounds()), key: box.current.dataset.centro });
	};
	const [failed, retry] = useMap(box, (lib, map) => {
		live.current = { map, draw: makeLayer(lib, map), lines: makeLines(lib, map) };
		holdMap(map, { onTouch: () => setMoved(true), onKey: { 0: fit, w: () => setMoved(false) } });
		map.on('movestart', (e) => { if (e.originalEvent) setMoved(true); });
		map.on('moveend', () => look(map));
		map.on('click', (e) => {
			if (get().picking) pick(e.lngLat);
			else if (get().drawing) addPoint({ lat: e.lngLat.lat, lon: e.lngLat.lng });
		});
		watchTiles(map, setTiles);
		map.getCanvas().setAttribute('aria-label', 'Mappa: le frecce spostano, più e meno ingrandiscono, 0 inquadra tutto');
		fitPoints(allPoints());
		look(map);
		setReady(true);
	});
	const pick = (lngLat) => document.dispatchEvent(new CustomEvent('desk:point', { detail: { lat: lngLat.lat, lon: lngLat.lng } }));
	const fit = () => { fitPoints(allPoints()); setMoved(true); };
	const nearer = (list) => {
		const { map } = live.current;
		if (map.getZoom() >= map.getMaxZoom() - 0.5) return false;
		fitPoints(list, { maxZoom: map.getMaxZoom() });
		setMoved(true);
		return true;
	};

	useEffect(() => {
		if (!ready) return;
		live.current.draw(signs({ ...things, incidents: Object.values(things.incidents), crews: Object.values(things.crews), at: now(), zoom: view.zoom, nearer, labels: [...closureSigns(closures, view.zoom, nearer), ...waySigns(way), ...offRoadSigns(drawing)] }));
	}, [ready, view.zoom, closures, way, drawing?.points, drawing?.offRoad, ...Object.values(things)]);
	useEffect(() => {
		if (!ready) return;
		live.current.lines.way.set(wayFeatures(way?.line || []));
		box.current.dataset.percorso = way?.line ? `${way.crew} ${way.incident}` : '';
	}, [ready, way]);
	/* Both ends of the way, as long as no hand has moved the view. */
	useEffect(() => {
		if (ready && !moved && way?.line) fitPoints(way.line.map(([lat, lon]) => ({ lat, lon })));
	}, [ready, way?.crew, way?.incident, Boolean(way?.line)]);
	useEffect(() => {
		if (!ready) return;
		const { lines } = live.current;
		lines.closures.set(closureFeatures(closuresBeside(drawing, closures)));
		lines.taken.set(takenFeatures(drawing));
		lines.sketch.set(draws(drawing) ? sketchFeatures({ points: drawing.points, area: drawing.mode === 'area' }) : nothing);
	}, [ready, closures, drawing?.points, drawing?.preview, drawing?.kind, drawing?.mode, Boolean(drawing)]);
	/* Two quick presses are two points. */
	useEffect(() => { if (ready) live.current.map.doubleClickZoom[drawing ? 'disable' : 'enable'](); }, [ready, Boolean(drawing)]);
	useEffect(() => { if (ready) mapResized(); }, [layout, ready]);
	useSelection(ready, moved);
	useWish('map', ready, () => live.current.map.getCanvas().focus());
	const byHand = draws(drawing) && drawing.mode !== 'crossings';
	const onKey = (e) => {
		if (e.target !== live.current.map?.getCanvas() || e.ctrlKey || e.altKey || e.metaKey) return;
		const { lat, lng } = live.current.map.getCenter();
		if (e.key === 'Enter' && picking && !e.repeat) pick({ lat, lng });
		else if (e.key === ' ' && drawing && !e.repeat) addPoint({ lat, lon: lng });
		else if (e.key === 'Enter' && drawing && !e.repeat) confirmDrawing();
		else if (e.key === 'Escape' && get().found && !picking) set({ found: null });
		else return;
		e.preventDefault();
		e.stopPropagation();
	};
	/* The way of the candidate that the hand came from goes with it; not while another window has it. */
	const letGo = (e) => {
		if (document.hasFocus() && !e.currentTarget.contains(e.relatedTarget) && !e.relatedTarget?.closest('.candidates')) set({ candidateOn: null });
	};
	return (
		<section class="map-panel panel" id="mappa" aria-label="Mappa" onFocusOut={letGo}>
			<MapSearch />
			<div class="map-frame">
				<div class={`pd-map${picking || byHand ? ' picking' : ''}`} ref={box} onKeyDown={onKey} />
				{(picking || byHand) && <span class="crosshair" aria-hidden="true" />}
				<Strips failed={failed} retry={retry} tiles={tiles} empty={ready && view.empty && !drawing && !things.found} way={way?.failed} />
				<div class="map-tools">
					{ready && <Legend />}
					{ready && <button type="button" class="small" aria-keyshortcuts="0" onClick={fit}><kbd>0</kbd>Tutto</button>}
					{moved && <button type="button" class="small follow" aria-keyshortcuts="W" onClick={() => setMoved(false)}><kbd>W</kbd>Segui</button>}
				</div>
			</div>
		</section>
	);
}
