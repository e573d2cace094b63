// The one MapLibre style of every map: our own tiles (layers and attributes: include/map.h), two palettes, labels in the
// page's own font. No `glyphs` and no `sprite`: letters are drawn by the browser, pictures by map-pictures.js, so nothing
// is asked from anywhere but /tiles. Chips' hues are never used here: they belong to what needs a person.
// Order, from below: land and water, buildings, [over-areas], tunnels, roads, bridges with rails, boundaries, [over-lines],
// names. The two in brackets show nothing: overlays of the pages go there (map-overlays.js).
const day = {
  land: '#eef1f4', urban: '#e5e9ee', wood: '#d9e6da', grass: '#e4ecdf', sand: '#ece8dc', square: '#f7f8fa', parking: '#e6eaee',
  water: '#bfd9ee', building: '#dde2e7', buildingEdge: '#c6ced6',
  road: '#ffffff', motorway: '#b7cade', trunk: '#d3dfeb', walk: '#f1eef6', works: '#d5dce3',
  motorwayEdge: '#52708f', trunkEdge: '#6b829b', casing: '#8d9aa7', middleEdge: '#a3afba', minor: '#b8c2cb', path: '#8d9aa7',
  rail: '#8a96a3', railGap: '#f4f6f8', boundary: '#66768a', arrow: '#5d6f80',
  label: '#2f3c49', street: '#2f3c49', number: '#4a5b6c', poi: '#4a5b6c', onPoi: '#ffffff', halo: '#ffffff', waterLabel: '#2a567c',
  shield: '#ffffff', shieldEdge: '#52708f',
};
const night = {
  land: '#111a23', urban: '#16212c', wood: '#13231f', grass: '#14211f', sand: '#1d2022', square: '#1f2b37', parking: '#182430',
  water: '#14304a', building: '#1c2833', buildingEdge: '#263440',
  road: '#33424f', motorway: '#4f6b88', trunk: '#435a72', walk: '#2e3444', works: '#26323e',
  motorwayEdge: '#0b1219', trunkEdge: '#0b1219', casing: '#0b1219', middleEdge: '#0b1219', minor: '#0d151d', path: '#4d5f70',
  rail: '#566675', railGap: '#141e28', boundary: '#7d8fa1', arrow: '#9fb0c0',
  label: '#c3ced9', street: '#b4c1cd', number: '#a7b5c3', poi: '#a7b5c3', onPoi: '#0e151d', halo: '#0e151d', waterLabel: '#8fb6da',
  shield: '#1f2c39', shieldEdge: '#7f97ae',
};

export const palettes = { day, night };

const cls = ['get', 'class'];
const is = (key, ...values) => ['match', ['get', key], values, true, false];
const all = (...conditions) => ['all', ...conditions];
const by = (stops, base = 1.5) => ['interpolate', ['exponential', base], ['zoom'], ...stops.flat()];
// One value a class, at each zoom: {class: value, other: value}.
const each = ({ other, ...values }) => ['match', cls, ...Object.entries(values).flat(), other];

// ---------------------------------------------------------------- surfaces
function surfaces(c) {
  const fill = (id, layer, color, more = {}) => ({ id, type: 'fill', source: 'prontod', 'source-layer': layer, paint: { 'fill-color': color }, ...more });
  return [
    { id: 'land', type: 'background', paint: { 'background-color': c.land } },
    fill('landuse', 'landuse', each({ wood: c.wood, grass: c.grass, sand: c.sand, square: c.square, parking: c.parking, other: c.urban }),
      { filter: ['!', is('class', 'pier')], layout: { 'fill-sort-key': each({ urban: 0, grass: 1, wood: 2, sand: 2, parking: 3, other: 4 }) } }),
    fill('water', 'water', c.water),
    { id: 'waterway', type: 'line', source: 'prontod', 'source-layer': 'waterway', filter: ['!', is('structure', 'tunnel')],
      layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.water, 'line-width': by([[8, .8], [12, 1.5], [14, 3], [18, 9]]) } },
    { id: 'culvert', type: 'line', source: 'prontod', 'source-layer': 'waterway', minzoom: 14, filter: is('structure', 'tunnel'),
      paint: { 'line-color': c.water, 'line-width': by([[14, 1.5], [18, 5]]), 'line-dasharray': [2, 2] } },
    fill('pier', 'landuse', c.land, { filter: is('class', 'pier') }),
    fill('building', 'building', c.building, { minzoom: 14, paint: { 'fill-color': c.building, 'fill-outline-color': ['step', ['zoom'], c.building, 15, c.buildingEdge] } }),
  ];
}

// ---------------------------------------------------------------- roads
const DRIVEN = ['motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'minor', 'service'];
const order = each({ motorway: 9, trunk: 8, primary: 7, secondary: 6, tertiary: 5, minor: 4, pedestrian: 3, other: 1 });
const sized = (more, values) => ['+', more, ['*', ['case', ['has', 'link'], 0.65, 1], each(values)]];
// Width of a road, and of the edge on both its sides together.
const widths = (edge) => by([
  [8, sized(edge && 0.8, { motorway: 1.5, trunk: 1.3, primary: 1, other: .4 })],
  [11, sized(edge && 1.2, { motorway: 2.6, trunk: 2.4, primary: 2, secondary: 1.5, tertiary: .9, other: .2 })],
  [13, sized(edge && 1.6, { motorway: 4.6, trunk: 4.3, primary: 3.6, secondary: 3, tertiary: 2.4, minor: 1.4, other: .5 })],
  [15, sized(edge && 1.8, { motorway: 8.5, trunk: 8, primary: 7.2, secondary: 6.4, tertiary: 5.6, minor: 4.2, pedestrian: 3.4, other: 2 })],
  [18, sized(edge && 2.5, { motorway: 28, trunk: 27, primary: 25, secondary: 23, tertiary: 21, minor: 17, pedestrian: 13, other: 9 })],
]);

function roads(c) {
  const line = (id, filter, paint, more = {}) => ({
    id, type: 'line', source: 'prontod', 'source-layer': 'road', filter, layout: { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': order, ...more.layout },
    paint, ...(more.minzoom ? { minzoom: more.minzoom } : {}),
  });
  const edge = each({ motorway: c.motorwayEdge, trunk: c.trunkEdge, primary: c.casing, secondary: c.casing, tertiary: c.middleEdge, other: c.minor });
  const body = each({ motorway: c.motorway, trunk: c.trunk, pedestrian: c.walk, other: c.road });
  const where = { tunnel: is('structure', 'tunnel'), bridge: is('structure', 'bridge'), ground: ['!', ['has', 'structure']] };
  const driven = is('class', ...DRIVEN, 'pedestrian');
  const butt = { layout: { 'line-cap': 'butt' } };
  const wayside = (id, kind, dash, width) => line(id, is('class', kind), { 'line-color': c.path, 'line-width': by(width), 'line-dasharray': dash }, { minzoom: 14, ...butt });
  return [
    line('tunnel-edge', all(driven, where.tunnel), { 'line-color': edge, 'line-width': widths(1), 'line-dasharray': [2, 1.5], 'line-opacity': .7 }, { minzoom: 11, ...butt }),
    line('tunnel', all(driven, where.tunnel), { 'line-color': c.land, 'line-width': widths(0) }, { minzoom: 11 }),
    wayside('path', 'path', [2, 1.6], [[14, .6], [18, 2]]),
    wayside('track', 'track', [5, 2], [[14, .9], [18, 3]]),
    line('works-edge', is('class', 'construction'), { 'line-color': c.casing, 'line-width': by([[13, 2.5], [18, 15]]) }, { minzoom: 13, ...butt }),
    line('works', is('class', 'construction'), { 'line-color': c.works, 'line-width': by([[13, 1.5], [18, 12]]), 'line-dasharray': [1.2, .8] }, { minzoom: 13, ...butt }),
    line('runway', is('class', 'runway'), { 'line-color': c.parking, 'line-width': by([[11, 2], [14, 14], [18, 160]]) }, { minzoom: 11, ...butt }),
    line('road-edge', all(driven, where.ground), { 'line-color': edge, 'line-width': widths(1) }, {}),
    line('road', all(driven, where.ground), { 'line-color': body, 'line-width': widths(0) }, {}),
    ...rails(c),
    line('bridge-edge', all(driven, where.bridge), { 'line-color': ['match', cls, ['motorway', 'trunk'], c.motorwayEdge, c.casing], 'line-width': widths(1) }, butt),
    line('bridge', all(driven, where.bridge), { 'line-color': body, 'line-width': widths(0) }, {}),
    { id: 'oneway', type: 'symbol', source: 'prontod', 'source-layer': 'road', minzoom: 16, filter: all(['has', 'oneway'], ['!', is('class', 'motorway')]),
      layout: { 'symbol-placement': 'line', 'symbol-spacing': 110, 'icon-image': `oneway-${c === night ? 'night' : 'day'}`, 'icon-size': by([[16, .7], [18, 1]]),
        'icon-rotation-alignment': 'map', 'icon-padding': 4 } },
  ];
}

function rails(c) {
  const line = (id, filter, paint, minzoom) => ({ id, type: 'line', source: 'prontod', 'source-layer': 'railway', minzoom, filter, paint });
  const open = ['!', is('structure', 'tunnel')];
  return [
    line('rail-tunnel', is('structure', 'tunnel'), { 'line-color': c.rail, 'line-width': by([[9, .6], [14, 1.2], [18, 3]]), 'line-dasharray': [3, 3], 'line-opacity': .6 }, 11),
    line('rail', open, { 'line-color': c.rail, 'line-width': by([[9, .8], [12, 1.2], [14, 2.4], [18, 6]]) }, 9),
    line('rail-gap', all(open, is('class', 'train')), { 'line-color': c.railGap, 'line-width': by([[13, .8], [14, 1.4], [18, 4]]), 'line-dasharray': [4, 4] }, 13),
  ];
}

function boundaries(c) {
  const line = (id, levels, width, dash, minzoom) => ({
    id, type: 'line', source: 'prontod', 'source-layer': 'boundary', minzoom, filter: is('admin_level', ...levels), layout: { 'line-join': 'round' },
    paint: { 'line-color': c.boundary, 'line-width': by(width), 'line-dasharray': dash, 'line-opacity': .75 },
  });
  return [
    line('boundary-local', [7, 8], [[10, .6], [14, 1.3], [18, 2]], [4, 2, 1, 2], 10),
    line('boundary-province', [5, 6], [[8, .8], [14, 1.8]], [6, 2, 1, 2], 8),
    line('boundary-region', [3, 4], [[8, 1.2], [14, 2.2]], [6, 2, 1, 2], 8),
    line('boundary-country', [2], [[8, 1.8], [14, 3]], [8, 2, 2, 2], 8),
  ];
}

// ---------------------------------------------------------------- names
// The page's own font, then what the computer has for letters that it lacks (Cyrillic, Greek).
const REGULAR = ['Titillium Web', 'Arial'];
const STRONG = ['Titillium Web SemiBold', 'Titillium Web', 'Arial'];

function names(c, palette) {
  const symbol = (id, layer, layout, paint = {}, more = {}) => ({
    id, type: 'symbol', source: 'prontod', 'source-layer': layer, ...more,
    layout: { 'text-field': ['get', 'name'], 'text-font': REGULAR, 'text-size': 12, ...layout },
    paint: { 'text-color': c.label, 'text-halo-color': c.halo, 'text-halo-width': 1.5, ...paint },
  });
  const along = { 'symbol-placement': 'line', 'text-max-angle': 38, 'text-padding': 4 };
  const street = (id, classes, minzoom, size, spacing) => symbol(id, 'road',
    { ...along, 'text-size': by(size), 'symbol-spacing': spacing, 'symbol-sort-key': ['-', 10, order] },
    { 'text-color': c.street, 'text-halo-width': 1.6 }, { minzoom, filter: all(['has', 'name'], is('class', ...classes)) });
  const water = { 'text-color': c.waterLabel, 'text-halo-color': c.halo, 'text-halo-width': 1.2 };
  const place = (id, kind, minzoom, maxzoom, font, size, paint = {}) => symbol(id, 'place',
    { 'text-font': font, 'text-size': by(size, 1.2), 'text-max-width': 8, 'text-padding': 6 }, { 'text-halo-width': 2, ...paint }, { minzoom, maxzoom, filter: is('class', ...kind) });
  return [
    symbol('housenumber', 'housenumber', { 'text-field': ['get', 'number'], 'text-size': by([[17, 11], [19, 13]]), 'text-padding': 1 },
      { 'text-color': c.number, 'text-halo-width': 1.2 }, { minzoom: 17 }),
    symbol('waterway-name', 'waterway', { ...along, 'text-letter-spacing': .08, 'symbol-spacing': 400 }, water, { minzoom: 12, filter: all(['has', 'name'], ['!', is('structure', 'tunnel')]) }),
    street('street-small', ['service', 'pedestrian', 'track', 'path'], 16, [[16, 11], [19, 14]], 260),
    street('street', ['minor'], 14.5, [[14.5, 11], [18, 14.5]], 260),
    street('street-main', ['motorway', 'trunk', 'primary', 'secondary', 'tertiary'], 13, [[13, 11], [18, 15.5]], 320),
    { ...symbol('road-number', 'road', { 'symbol-placement': 'line', 'symbol-spacing': 380, 'text-field': ['get', 'ref'], 'text-font': STRONG, 'text-size': 11,
      'text-rotation-alignment': 'viewport', 'icon-rotation-alignment': 'viewport', 'icon-image': `shield-${palette}`, 'icon-text-fit': 'both',
      'icon-text-fit-padding': [1, 4, 1, 4], 'text-padding': 20, 'symbol-sort-key': ['-', 10, order] },
    { 'text-halo-width': 0 }, { minzoom: 8, filter: all(['has', 'ref'], ['any', is('class', 'motorway', 'trunk'), ['>=', ['zoom'], 11]]) }) },
    symbol('poi', 'poi', { 'icon-image': ['concat', cls, `-${palette}`], 'icon-size': by([[13, .8], [17, 1]]), 'text-size': 12, 'text-max-width': 9, 'text-optional': true,
      'text-anchor': 'top', 'text-offset': [0, .8], 'symbol-sort-key': each({ hospital: 0, pharmacy: 1, other: 2 }) },
    { 'text-color': c.poi }, { minzoom: 13, filter: is('class', 'school', 'hospital', 'pharmacy') }),
    symbol('water-name', 'water_name', { 'text-max-width': 7, 'text-letter-spacing': .05 }, water, { minzoom: 9 }),
    place('place-small', ['hamlet', 'suburb'], 12, 17, REGULAR, [[12, 12], [16, 16]]),
    place('place-village', ['village'], 10.5, 16.5, STRONG, [[10.5, 12], [16, 18]]),
    place('place-town', ['town'], 8.5, 16, STRONG, [[8.5, 12.5], [15, 21]]),
    place('place-city', ['city'], 8, 15, STRONG, [[8, 14], [14, 25]]),
  ];
}

// A place in the order of layers that shows nothing: overlays go beneath it (map-overlays.js).
const open = (id) => ({ id, type: 'background', layout: { visibility: 'none' } });

// palette: 'day' or 'night'. House numbers come with zoom 17; above it tiles are drawn larger.
export function mapStyle(palette, origin = location.origin, attribution = '') {
  const which = palettes[palette] ? palette : 'day';
  const c = palettes[which];
  return {
    version: 8,
    metadata: { palette: which },
    sources: { prontod: { type: 'vector', tiles: [`${origin}/tiles/{z}/{x}/{y}.mvt`], minzoom: 8, maxzoom: 17, attribution } },
    layers: [...surfaces(c), open('over-areas'), ...roads(c), ...boundaries(c), open('over-lines'), ...names(c, which)],
  };
}
