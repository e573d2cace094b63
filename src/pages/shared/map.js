// The map, in one file that no page loads before somebody wants it: MapLibre, our style, and what pages lay over it.
// It says it is there with the event `pd-map` (detail: the functions below); map-loader.js waits for that.
import * as maplibregl from 'maplibre-gl';
import { mapStyle, palettes } from './map-style.js';
import { closureLayers, overlay, overlayColours, routeLayers, sketchLayers, withOverlays } from './map-overlays.js';
import { picture } from './map-pictures.js';

maplibregl.setWorkerUrl(new URL(MAP_WORKER, location.href).href);

const words = {
  it: {
    'NavigationControl.ZoomIn': 'Ingrandisci', 'NavigationControl.ZoomOut': 'Riduci', 'NavigationControl.ResetBearing': 'Nord in alto',
    'AttributionControl.ToggleAttribution': 'Fonti della mappa', 'Map.Title': 'Mappa', 'Popup.Close': 'Chiudi', 'Marker.Title': 'Punto sulla mappa',
    'FullscreenControl.Enter': 'Schermo intero', 'FullscreenControl.Exit': 'Esci da schermo intero',
  },
};

const dark = matchMedia('(prefers-color-scheme: dark)');
export const systemPalette = () => (dark.matches ? 'night' : 'day');
// The page's own theme where it has one (the desk's switch), else the system's.
const pagePalette = () => {
  const { theme } = document.documentElement.dataset;
  return theme === 'day' || theme === 'night' ? theme : systemPalette();
};
const attributionOf = (setup) => (setup && setup.attribution) || '';

// Follows the system by day and night until the map is removed.
function followSystem(map, setup) {
  const change = () => usePalette(map, pagePalette(), setup);
  dark.addEventListener('change', change);
  map.on('remove', () => dark.removeEventListener('change', change));
}

// Changes between 'day' and 'night'; overlays stay.
export const usePalette = (map, palette, setup = null) => map.setStyle(mapStyle(palette, location.origin, attributionOf(setup)));

// Whose data it is stands on every map, also on a page that knows no setup.
async function attribute(map) {
  const setup = await fetch('/api/v1/setup').then((answer) => answer.json()).catch(() => null);
  const words = attributionOf(setup && setup.map) || '© OpenStreetMap contributors';
  if (map.getContainer().contains(map.getCanvas())) map.addControl(new maplibregl.AttributionControl({ compact: false, customAttribution: words }));
}

// options: palette ('day', 'night'; without one the map follows page and system), lang, setup (the `map` of
// /api/v1/setup: centre, bounds, attribution), and any of MapLibre's own. What a page draws on it: overlay().
export function createMap(container, { palette = null, lang = 'it', setup = null, ...more } = {}) {
  let map = null;
  map = new maplibregl.Map({
    container, style: mapStyle(palette || pagePalette(), location.origin, attributionOf(setup)), locale: words[lang] || {},
    center: setup ? setup.centre : [11, 45.5], zoom: setup ? 11 : 8, minZoom: 8, maxZoom: 19, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    attributionControl: setup ? { compact: false } : false, fadeDuration: 0,
    transformStyle: (_, next) => {
      container.dataset.palette = next.metadata.palette; // the sheet colours the buttons by it
      return map ? withOverlays(map, next) : next;
    },
    ...more,
  });
  map.setMissingStyleImageResolver((id) => {
    const drawn = map.hasImage(id) ? null : picture(id);
    if (drawn) map.addImage(id, drawn.image, drawn.options);
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
  if (setup && setup.bounds && !more.center && !more.bounds) map.fitBounds(box(setup.bounds), { animate: false, padding: 16 });
  if (!palette) followSystem(map, setup);
  if (!setup) attribute(map);
  return map;
}

// [w, s, e, n] as MapLibre wants it.
export const box = ([w, s, e, n]) => [[w, s], [e, n]];

window.dispatchEvent(new CustomEvent('pd-map', {
  detail: {
    maplibregl, createMap, mapStyle, palettes, box, systemPalette, usePalette, overlay, overlayColours, closureLayers, routeLayers, sketchLayers,
  },
}));
