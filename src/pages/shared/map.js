// The map, in one file that no page loads before somebody wants it: MapLibre and our style.
// It says it is there with the event `pd-map` (detail: the functions below); map-loader.js waits for that.
import * as maplibregl from 'maplibre-gl';
import { mapStyle, palettes } from './map-style.js';

maplibregl.setWorkerUrl(new URL(MAP_WORKER, location.href).href);

const words = {
  it: {
    'NavigationControl.ZoomIn': 'Ingrandisci', 'NavigationControl.ZoomOut': 'Riduci', 'NavigationControl.ResetBearing': 'Nord in alto',
    'AttributionControl.ToggleAttribution': 'Fonti della mappa', 'Map.Title': 'Mappa', 'Popup.Close': 'Chiudi', 'Marker.Title': 'Punto sulla mappa',
    'FullscreenControl.Enter': 'Schermo intero', 'FullscreenControl.Exit': 'Esci da schermo intero',
  },
};

export const systemPalette = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day');

// options: palette, lang, setup (the `map` of /api/v1/setup: centre, bounds, attribution), and any of MapLibre's own.
export function createMap(container, { palette = systemPalette(), lang = 'it', setup = null, ...more } = {}) {
  const map = new maplibregl.Map({
    container, style: mapStyle(palette, location.origin, setup ? setup.attribution || '' : ''), locale: words[lang] || {},
    center: setup ? setup.centre : [11, 45.5], zoom: setup ? 11 : 5, maxZoom: 19, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    attributionControl: { compact: false }, fadeDuration: 0, ...more,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
  if (setup && setup.bounds && !more.center && !more.bounds) map.fitBounds(box(setup.bounds), { animate: false, padding: 16 });
  return map;
}

// [w, s, e, n] as MapLibre wants it.
export const box = ([w, s, e, n]) => [[w, s], [e, n]];

window.dispatchEvent(new CustomEvent('pd-map', { detail: { maplibregl, createMap, mapStyle, palettes, box, systemPalette } }));
