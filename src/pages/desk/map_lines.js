/*
 * What the desk lays over the base map as lines and areas, as GeoJSON: the way of a crew, closed and slow roads, what
 * is being drawn. Pure but for the last function. Not here: how they look (shared/map-overlays.js), signs and
 * labels (map_things.jsx). Source: pages.md section 2.4.
 */
const lonLat = (points) => points.map(([lat, lon]) => [lon, lat]);
const feature = (type, coordinates, properties = {}) => ({ type: 'Feature', properties, geometry: { type, coordinates } });
const ring = (points) => [[...points, points[0]].map((p) => [p.lon, p.lat])];
const collection = (features) => ({ type: 'FeatureCollection', features });

/* A closure's roads, and the outline it was given as. What is only planned is faint. */
export function closureFeatures(closures) {
	return collection(closures.flatMap((c) => {
		const about = { speed: c.kind === 'slow' ? c.speed : 0, draft: c.state !== 'active' };
		const roads = c.roads.map((r) => feature('LineString', lonLat(r), about));
		return c.area ? [feature('Polygon', ring(c.points), about), ...roads] : roads;
	}));
}

/* What is changed is drawn as it is going to be; what is moved stays, faint, until it is elsewhere. */
export function closuresBeside(drawing, closures) {
	if (!drawing?.id) return closures;
	return drawing.moving ? closures.map((c) => (c.id === drawing.id ? { ...c, state: 'planned' } : c)) : closures.filter((c) => c.id !== drawing.id);
}

export const nothing = collection([]);

/* The roads that what is drawn would take. */
export function takenFeatures(drawing) {
	if (!drawing?.preview) return nothing;
	const speed = drawing.kind === 'slow' ? drawing.speed / 100 : 0;
	return collection(drawing.preview.roads.map((r) => feature('LineString', lonLat(r), { speed, draft: true })));
}

export const wayFeatures = (points) => collection(points.length > 1 ? [feature('LineString', lonLat(points))] : []);

/* The corners that a hand has set, and the line or outline through them. */
export function sketchFeatures({ points, area }) {
	const corners = points.map((p) => [p.lon, p.lat]);
	const closed = area && corners.length > 2 ? [...corners, corners[0]] : corners;
	return collection([...(corners.length > 1 ? [feature('LineString', closed)] : []), ...corners.map((at) => feature('Point', at))]);
}

/* closures, taken (the roads that what is drawn would take), way, sketch: each with set(features). */
export function makeLines(lib, map) {
	const lay = (id, layers) => lib.overlay(map, id, { place: 'line', layers });
	return { closures: lay('closures', lib.closureLayers), taken: lay('taken', lib.closureLayers), way: lay('way', lib.routeLayers), sketch: lay('sketch', lib.sketchLayers) };
}
