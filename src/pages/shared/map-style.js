// The one MapLibre style of every map: our own tiles, two palettes, labels in the computer's own fonts.
// No `glyphs` and no `sprite`: nothing is asked from anywhere but /tiles. Chips' hues are never used here.
const day = {
  land: '#eef1f4', urban: '#e8ecf0', wood: '#dde8dd', grass: '#e3ebdf', water: '#bfd9ee', building: '#dde2e7',
  road: '#ffffff', casing: '#8d9aa7', minor: '#b8c2cb', boundary: '#7a8896', label: '#2f3c49', halo: '#ffffff', waterLabel: '#2a567c',
};
const night = {
  land: '#111a23', urban: '#151f2a', wood: '#13231f', grass: '#14211f', water: '#14304a', building: '#1c2833',
  road: '#33424f', casing: '#0b1219', minor: '#1b2732', boundary: '#6b7b8b', label: '#b4c1cd', halo: '#0e151d', waterLabel: '#8fb6da',
};

export const palettes = { day, night };

const main = ['motorway', 'trunk', 'primary'];
const middle = ['secondary', 'tertiary'];
const small = ['minor', 'service'];
const of = (classes) => ['match', ['get', 'class'], classes, true, false];
const by = (stops) => ['interpolate', ['exponential', 1.5], ['zoom'], ...stops.flat()];

function roads(c) {
  const line = (id, classes, color, width, more = {}) => ({
    id, type: 'line', source: 'prontod', 'source-layer': 'road', filter: of(classes), ...more,
    layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color, 'line-width': by(width) },
  });
  const named = ['all', of(['path']), ['has', 'name']];
  return [
    { ...line('path', ['path'], c.casing, [[14, .7], [18, 2]], { minzoom: 14 }), filter: ['all', of(['path']), ['!', ['has', 'name']]],
      paint: { 'line-color': c.casing, 'line-width': by([[14, .7], [18, 2]]), 'line-dasharray': [2, 2] } },
    // A street for people on foot has a name; a track seldom has.
    line('walk-casing', ['path'], c.minor, [[14, 1.6], [18, 9]], { minzoom: 14, filter: named }),
    line('walk', ['path'], c.road, [[14, .8], [18, 7.5]], { minzoom: 14, filter: named }),
    line('small-casing', small, c.minor, [[12, .6], [14, 2.6], [18, 17]], { minzoom: 12 }),
    line('middle-casing', middle, c.casing, [[10, 1], [14, 5], [18, 23]]),
    line('main-casing', main, c.casing, [[6, 1], [10, 2.6], [14, 7.5], [18, 29]]),
    line('small', small, c.road, [[12, .3], [14, 1.6], [18, 15]], { minzoom: 13 }),
    line('middle', middle, c.road, [[10, .4], [14, 3.5], [18, 20.5]]),
    line('main', main, c.road, [[6, .4], [10, 1.4], [14, 5.5], [18, 26]]),
    { id: 'oneway', type: 'symbol', source: 'prontod', 'source-layer': 'road', minzoom: 16,
      filter: ['any', ['==', ['get', 'oneway'], 1], ['==', ['get', 'oneway'], -1], ['==', ['get', 'oneway'], true]],
      layout: { 'symbol-placement': 'line', 'symbol-spacing': 120, 'text-field': ['case', ['==', ['get', 'oneway'], -1], '←', '→'],
        'text-size': 13, 'text-font': ['Arial'], 'text-keep-upright': false, 'text-rotation-alignment': 'map' },
      paint: { 'text-color': c.casing } },
  ];
}

function areas(c) {
  const fill = (id, layer, color, more = {}) => ({ id, type: 'fill', source: 'prontod', 'source-layer': layer, paint: { 'fill-color': color }, ...more });
  return [
    { id: 'land', type: 'background', paint: { 'background-color': c.land } },
    fill('landuse', 'landuse', ['match', ['get', 'class'], 'wood', c.wood, 'grass', c.grass, c.urban]),
    fill('water', 'water', c.water),
    { id: 'waterway', type: 'line', source: 'prontod', 'source-layer': 'waterway',
      paint: { 'line-color': c.water, 'line-width': by([[9, .8], [14, 3], [18, 10]]) } },
    fill('building', 'building', c.building, { minzoom: 14 }),
    { id: 'boundary', type: 'line', source: 'prontod', 'source-layer': 'boundary',
      paint: { 'line-color': c.boundary, 'line-width': 1.2, 'line-dasharray': [4, 2, 1, 2] } },
  ];
}

function labels(c) {
  const symbol = (id, layer, layout, paint = {}, more = {}) => ({
    id, type: 'symbol', source: 'prontod', 'source-layer': layer, ...more,
    layout: { 'text-field': ['get', 'name'], 'text-font': ['Arial'], 'text-size': 12, ...layout },
    paint: { 'text-color': c.label, 'text-halo-color': c.halo, 'text-halo-width': 1.5, ...paint },
  });
  return [
    symbol('housenumber', 'housenumber', { 'text-field': ['get', 'number'], 'text-size': 11 }, {}, { minzoom: 17 }),
    symbol('waterway-name', 'waterway', { 'symbol-placement': 'line' }, { 'text-color': c.waterLabel }, { minzoom: 12 }),
    symbol('water-name', 'water', {}, { 'text-color': c.waterLabel }, { minzoom: 15 }),
    symbol('street-name', 'road', { 'symbol-placement': 'line', 'text-size': by([[13, 11], [18, 14]]), 'symbol-spacing': 280 }, {},
      { minzoom: 13, filter: ['has', 'name'] }),
    symbol('poi', 'poi', { 'text-size': 12, 'text-max-width': 8,
      'text-field': ['concat', ['match', ['get', 'class'], 'pharmacy', '✚ ', 'hospital', 'H ', '▲ '], ['coalesce', ['get', 'name'], '']] }, {},
    { minzoom: 15, filter: of(['school', 'hospital', 'pharmacy']) }),
    symbol('place', 'place', { 'text-size': by([[8, 12], [14, 17]]), 'text-max-width': 8 }, { 'text-halo-width': 2 }, { maxzoom: 16 }),
  ];
}

// A place in the order of layers that shows nothing: overlays go beneath it (map-overlays.js).
const open = (id) => ({ id, type: 'background', layout: { visibility: 'none' } });

// palette: 'day' or 'night'. House numbers come with zoom 17; above it tiles are drawn larger.
export function mapStyle(palette, origin = location.origin, attribution = '') {
  const c = palettes[palette] || day;
  return {
    version: 8,
    metadata: { palette: palettes[palette] ? palette : 'day' },
    sources: { prontod: { type: 'vector', tiles: [`${origin}/tiles/{z}/{x}/{y}.mvt`], minzoom: 4, maxzoom: 17, attribution } },
    layers: [...areas(c), open('over-areas'), ...roads(c), open('over-lines'), ...labels(c)],
  };
}
