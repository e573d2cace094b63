/*
 * The one map of this window, for whoever wants to know where it looks or to show something on it.
 * Not here: what is drawn (map.jsx, map_lines.js).
 */
let map = null;
let touched = () => {};
let keys = {};

/* onTouch: a person has said where it looks; onKey: by letter, what its buttons do wherever the focus is. */
export function holdMap(it, { onTouch = () => {}, onKey = {} } = {}) {
	map = it;
	touched = onTouch;
	keys = onKey;
}

export const mapKey = (letter) => { if (map) keys[letter]?.(); };

const FAR_ZOOM = 12.5; /* who sees the whole valley looks at no place of it */

let unseen = null; /* what was fitted while the map had no size */

/* Where a person looks; null if that says nothing. */
export function viewCentre() {
	if (!map || map.getZoom() < FAR_ZOOM) return null;
	const { lat, lng } = map.getCenter();
	return { lat, lon: lng };
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/* A person chose this place: the view goes there and stays. */
export function goTo({ lat, lon }, zoom = 16) {
	if (!map) return;
	touched();
	unseen = null;
	const to = { center: [lon, lat], zoom: Math.max(map.getZoom(), zoom) };
	if (still()) map.jumpTo(to);
	else map.easeTo({ ...to, duration: 300 });
}

/* Shows a place that a person chose in a list, if it is out of sight. */
export function bringIntoView({ lat, lon }) {
	if (!map || map.getBounds().contains([lon, lat])) return;
	touched();
	unseen = null;
	map.jumpTo({ center: [lon, lat] });
}

/* What lies over the map's edges (buttons, legend, whose data it is) and half a sign: pixels that fitting leaves free,
 * less on a small map. */
const ROOM = { top: 48, right: 104, bottom: 96, left: 64 };

function roomOn(box) {
	const part = Math.min(1, box.clientHeight / 320, box.clientWidth / 360);
	return Object.fromEntries(Object.entries(ROOM).map(([side, px]) => [side, px * part]));
}

/* Several points: all in sight. One: in the middle. */
export function fitPoints(points, { maxZoom = 15.5 } = {}) {
	if (!map || !points.length) return;
	unseen = map.getContainer().clientWidth ? null : { points, maxZoom };
	const padding = points.length > 1 ? roomOn(map.getContainer()) : 0;
	const lons = points.map((p) => p.lon);
	const lats = points.map((p) => p.lat);
	map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { animate: false, padding, maxZoom });
}

/* The map has another size than before, or one at last. */
export function mapResized() {
	map.resize();
	if (unseen) fitPoints(unseen.points, unseen);
}
