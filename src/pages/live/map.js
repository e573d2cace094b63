// LIVE's map, only on request: one glyph for each card of the list, nothing that the list does not say.
import { $, $$, getJson, icon, lang, make } from '../shared/dom.js';
import { loadMap } from '../shared/map-loader.js';
import { glyphs } from './card.js';

export function faultMap(w) {
  const button = $('#show-map');
  const box = $('#map-box');
  const pins = {};
  let map = null;
  let lib = null;

  function goTo(card) {
    card.scrollIntoView({ block: 'center' });
    card.focus();
  }
  function pin(card) {
    const title = `${$('h3', card).textContent}, ${$('.pd-area', card).textContent}`;
    const node = make('button', { type: 'button', class: 'pd-fault', 'aria-label': title, onclick: () => goTo(card) }, icon(glyphs[card.dataset.icon] || glyphs.other));
    return new lib.Marker({ element: node }).setLngLat([Number(card.dataset.lon), Number(card.dataset.lat)]).addTo(map);
  }
  function update() {
    if (!map) return;
    const here = {};
    $$('.pd-card').filter((card) => card.dataset.lat && card.dataset.lon).forEach((card) => {
      here[card.id] = true;
      if (!pins[card.id]) pins[card.id] = pin(card);
    });
    Object.keys(pins).filter((key) => !here[key]).forEach((key) => { pins[key].remove(); delete pins[key]; });
  }
  // The view fits once, then stays where the reader puts it.
  function fit() {
    const points = Object.keys(pins).map((key) => pins[key].getLngLat());
    if (!points.length) return;
    const bounds = new lib.LngLatBounds();
    points.forEach((p) => bounds.extend(p));
    map.fitBounds(bounds, { animate: false, padding: 60, maxZoom: 15 });
  }
  function open() {
    const shown = box.hidden;
    box.hidden = !shown;
    $('#main').classList.toggle('has-map', shown);
    button.setAttribute('aria-expanded', String(shown));
    button.lastChild.textContent = shown ? w.hide_map : label;
    if (!shown) return;
    if (innerWidth < 992) box.scrollIntoView({ block: 'start' });
    if (map) { map.resize(); return; }
    Promise.all([loadMap(), getJson('/api/v1/setup')]).then(([api, setup]) => {
      lib = api.maplibregl;
      map = api.createMap($('#map'), { lang, setup: setup.map });
      update();
      fit();
    }, () => { $('#map').textContent = w.map_failed; });
  }
  const label = button ? button.lastChild.textContent : '';
  return {
    update,
    start() {
      if (!button) return;
      button.hidden = false;
      button.addEventListener('click', open);
    },
  };
}
