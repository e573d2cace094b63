// What pages lay over the map: the place of each layer, and how closures and a crew's route look by day and by night.
//
//   const closures = overlay(map, 'closures', { place: 'line', layers: closureLayers });
//   closures.set(featureCollection);     // GeoJSON, as often as wanted
//   closures.remove();
//
// An overlay stays through every change of palette: `layers` is asked again with 'day' or 'night'. Places, from below:
//   'area'  under the roads: tinted surfaces, a utility's territory
//   'line'  over the roads, under every name and number: closures, routes, what is being drawn
//   'top'   over everything: points and their words (HTML markers stand above these anyhow)
// Within one place, later overlays stand above earlier ones. map-style.js keeps the two lower places open with layers
// that show nothing. Not here: the base map (map-style.js), markers (each page's own).

// The hues of chips stay with what needs a person: a closed road is known by its hatching, a slow one by its dashes.
const colours = {
  day: { closed: '#17222e', between: '#ffffff', ink: '#17222e', slow: '#4a5b6c', slowEdge: '#ffffff', route: '#0059b3', routeEdge: '#ffffff', sketch: '#17222e', sketchEdge: '#ffffff' },
  night: { closed: '#e4eaf0', between: '#111a23', ink: '#e4eaf0', slow: '#a7b5c3', slowEdge: '#0e151d', route: '#8cc2ff', routeEdge: '#0b1219', sketch: '#ffffff', sketchEdge: '#0b0b0b' },
};
export const overlayColours = (palette) => colours[palette] || colours.day;

const wide = (...stops) => ['interpolate', ['exponential', 1.5], ['zoom'], ...stops.flat()];
const round = { 'line-cap': 'round', 'line-join': 'round' };
const shape = (kind) => ['match', ['geometry-type'], [kind, `Multi${kind}`], true, false];
const slow = ['>', ['coalesce', ['get', 'speed'], 0], 0];

// Features: Polygon (an area) or LineString (stretches of road). Property `speed`: 0 or missing is closed and hatched;
// more (a share of the usual speed) is slow and dashed. Property `draft: true`, not yet in force, is fainter.
export function closureLayers(palette) {
  const c = overlayColours(palette);
  const faint = ['case', ['boolean', ['get', 'draft'], false], 0.6, 1];
  const line = (id, filter, paint, layout = {}) => ({ id, type: 'line', filter, layout: { ...round, ...layout }, paint: { 'line-opacity': faint, ...paint } });
  const closed = ['all', shape('LineString'), ['!', slow]];
  const slowed = ['all', shape('LineString'), slow];
  return [
    { id: 'area', type: 'fill', filter: shape('Polygon'), paint: { 'fill-pattern': `closure-area-${palette}`, 'fill-opacity': faint } },
    line('area-edge', shape('Polygon'), { 'line-color': c.closed, 'line-width': 2 }),
    line('closed-edge', closed, { 'line-color': c.ink, 'line-width': wide([8, 5], [14, 9], [18, 18]) }, { 'line-cap': 'butt' }),
    line('closed', closed, { 'line-pattern': `closure-line-${palette}`, 'line-width': wide([8, 3], [14, 6], [18, 14]) }, { 'line-cap': 'butt' }),
    line('slow-edge', slowed, { 'line-color': c.slowEdge, 'line-width': wide([8, 4], [14, 7], [18, 13]) }),
    line('slow', slowed, { 'line-color': c.slow, 'line-width': wide([8, 2], [14, 4], [18, 8]), 'line-dasharray': [1.5, 1.5] }, { 'line-cap': 'butt' }),
  ];
}

// Features: LineString. Property `state: 'other'` is a way that was not chosen, thinner and dashed.
export function routeLayers(palette) {
  const c = overlayColours(palette);
  const other = ['==', ['get', 'state'], 'other'];
  const line = (id, filter, paint) => ({ id, type: 'line', filter, layout: round, paint });
  return [
    line('route-edge', ['!', other], { 'line-color': c.routeEdge, 'line-width': wide([8, 6], [14, 8], [18, 14]) }),
    line('route', ['!', other], { 'line-color': c.route, 'line-width': wide([8, 4], [14, 4], [18, 8]) }),
    line('route-other', other, { 'line-color': c.route, 'line-width': 2, 'line-dasharray': [2, 2] }),
  ];
}

// What a hand is drawing: lines and the corners of them (points).
export function sketchLayers(palette) {
  const c = overlayColours(palette);
  return [
    { id: 'sketch-edge', type: 'line', filter: shape('LineString'), layout: round, paint: { 'line-color': c.sketchEdge, 'line-width': 5 } },
    { id: 'sketch', type: 'line', filter: shape('LineString'), layout: round, paint: { 'line-color': c.sketch, 'line-width': 2.5, 'line-dasharray': [2, 1.5] } },
    { id: 'sketch-corner', type: 'circle', filter: shape('Point'),
      paint: { 'circle-radius': 6, 'circle-color': c.sketchEdge, 'circle-stroke-color': c.sketch, 'circle-stroke-width': 2.5 } },
  ];
}

// ---------------------------------------------------------------- hatching, drawn here: no picture is fetched
const SIDE = 16; // pixels of a pattern that repeats without a seam, at two a point

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// Diagonal stripes, `share` of them in one colour, the rest in the other (null: see-through).
function stripes(one, other, share) {
  const data = new Uint8Array(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const colour = (x + y) % SIDE < SIDE * share ? one : other;
      if (colour) data.set([...rgb(colour), 255], (y * SIDE + x) * 4);
    }
  }
  return { width: SIDE, height: SIDE, data };
}

export function closurePattern(id) {
  const [, kind, palette] = /^closure-(line|area)-(day|night)$/.exec(id) || [];
  if (!kind) return null;
  const c = overlayColours(palette);
  return kind === 'line' ? stripes(c.closed, c.between, 0.5) : stripes(c.closed, null, 0.25);
}

// ---------------------------------------------------------------- keeping overlays on a map
const places = { area: 'over-areas', line: 'over-lines', top: undefined };
const nothing = { type: 'FeatureCollection', features: [] };
const kept = new WeakMap(); // map -> Map of id to overlay

const overlaysOf = (map) => kept.get(map) || kept.set(map, new Map()).get(map);
const layersOf = (id, { layers }, palette) => layers(palette).map((layer) => ({ ...layer, id: `${id}-${layer.id}`, source: id }));

// The map's next style with the overlays in their places: MapLibre asks it at every setStyle.
export function withOverlays(map, style) {
  const palette = style.metadata.palette;
  const sources = { ...style.sources };
  const layers = [...style.layers];
  for (const [id, it] of overlaysOf(map)) {
    sources[id] = { type: 'geojson', data: it.data };
    const before = layers.findIndex((layer) => layer.id === places[it.place]);
    layers.splice(before < 0 ? layers.length : before, 0, ...layersOf(id, it, palette));
  }
  return { ...style, sources, layers };
}

function show(map, id, it) {
  map.addSource(id, { type: 'geojson', data: it.data });
  layersOf(id, it, map.getStyle().metadata.palette).forEach((layer) => map.addLayer(layer, places[it.place]));
}

function hide(map, id) {
  map.getStyle().layers.filter((layer) => layer.source === id).forEach((layer) => map.removeLayer(layer.id));
  if (map.getSource(id)) map.removeSource(id);
}

export function overlay(map, id, { place, layers }) {
  const it = { place, layers, data: nothing };
  const all = overlaysOf(map);
  if (all.has(id)) throw new Error(`overlay ${id} is there already`);
  all.set(id, it);
  const ready = () => Boolean(map.getLayer('over-lines'));
  if (ready()) show(map, id, it);
  else map.once('style.load', () => { if (all.get(id) === it && !map.getSource(id)) show(map, id, it); });
  return {
    set(data) {
      it.data = data || nothing;
      const source = ready() && map.getSource(id);
      if (source) source.setData(it.data);
    },
    remove() {
      if (all.get(id) !== it) return;
      all.delete(id);
      if (ready()) hide(map, id);
    },
  };
}
