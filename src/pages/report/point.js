// The point of the fault: from a suggestion, from the phone's position (only on press) or from the map (fetched on press).
// Once there is one, the published faults near it are shown: perhaps it is known already.
import { $, clock, fill, getJson, icon, lang, make } from '../shared/dom.js';
import { loadMap } from '../shared/map-loader.js';

export function point(form, w, changed) {
  const lat = form.elements.lat;
  const lon = form.elements.lon;
  const state = $('#place-state');
  let from = lat.value ? 'kept' : '';
  let map = null;
  let pin = null;

  const say = (words, clearable) => {
    state.textContent = words;
    if (clearable) state.appendChild(make('button', { type: 'button', class: 'btn btn-link', onclick: clear }, w.point_clear));
  };
  function clear() {
    lat.value = '';
    lon.value = '';
    from = '';
    if (pin) pin.remove();
    pin = null;
    say('');
    near();
    changed();
  }
  function set(y, x, { from: source, label = '', accuracy = 0 }) {
    lat.value = Number(y).toFixed(6);
    lon.value = Number(x).toFixed(6);
    from = source;
    if (accuracy > 100) say(fill(w.rough, { n: Math.round(accuracy / 50) * 50 }), true);
    else if (source !== 'place') say(label ? fill(w.located, { place: label }) : w.located_plain, true);
    else say('');
    if (map) drop(Number(x), Number(y));
    near();
    changed();
  }
  // Words changed by hand no longer belong to the point of a suggestion.
  const moved = () => { if (from === 'place') clear(); };

  function locate() {
    say(w.locating);
    if (!navigator.geolocation) { say(w.no_position); return; }
    navigator.geolocation.getCurrentPosition(
      (fix) => set(fix.coords.latitude, fix.coords.longitude, { from: 'phone', accuracy: fix.coords.accuracy }),
      () => say(w.no_position), { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
  }

  const drop = (x, y) => {
    if (!pin) pin = new map.lib.Marker({ color: '#b3261e', draggable: true }).setLngLat([x, y]).addTo(map);
    pin.setLngLat([x, y]);
    pin.getElement().setAttribute('aria-label', w.map_here);
    pin.off('dragend', dragged);
    pin.on('dragend', dragged);
  };
  const dragged = () => { const p = pin.getLngLat(); set(p.lat, p.lng, { from: 'map' }); };

  function openMap() {
    const box = $('#map-box');
    const button = $('#pick');
    box.hidden = !box.hidden;
    button.setAttribute('aria-expanded', String(!box.hidden));
    if (box.hidden || map) return;
    Promise.all([loadMap(), getJson('/api/v1/setup')]).then(([lib, setup]) => {
      const here = lat.value ? { center: [Number(lon.value), Number(lat.value)], zoom: 16 } : {};
      map = lib.createMap($('#map'), Object.assign({ lang, setup: setup.map, cooperativeGestures: false }, here));
      map.lib = lib.maplibregl;
      const put = (p) => set(p.lat, p.lng, { from: 'map' });
      map.on('click', (event) => put(event.lngLat));
      map.getCanvas().addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        event.stopPropagation();
        put(map.getCenter());
      });
      $('#map').parentNode.appendChild(make('button', { type: 'button', class: 'btn pd-centre', onclick: () => put(map.getCenter()) }, icon('it-map-marker'), w.use_centre));
      if (lat.value) drop(Number(lon.value), Number(lat.value));
    }, () => {
      box.hidden = true;
      button.setAttribute('aria-expanded', 'false');
      say(w.map_failed);
    });
  }

  function near() {
    const box = $('#near');
    if (!lat.value) { box.hidden = true; return; }
    const asked = lat.value + lon.value;
    getJson(`/api/v1/near?lat=${lat.value}&lon=${lon.value}`, { timeout: 5000 }).then((answer) => {
      if (asked !== lat.value + lon.value) return;
      drawNear(answer.incidents || []);
    }, () => { box.hidden = true; });
  }
  function drawNear(incidents) {
    const list = $('#near-list');
    list.textContent = '';
    incidents.slice(0, 3).forEach((i) => list.appendChild(nearCard(i)));
    $('#near').hidden = !incidents.length;
  }
  function nearCard(i) {
    const facts = [fill(w.near_since, { time: clock(i.reported_at) }), i.reports > 1 && fill(w.near_reports, { n: i.reports }), lang === 'en' ? i.public_state_en : i.public_state].filter(Boolean);
    const card = make('div', { class: 'pd-notice' }, icon('it-map-marker'), make('div', {},
      make('p', {}, make('strong', {}, fill(w.near_at, { title: lang === 'en' ? i.kind_en || i.kind : i.kind, area: i.area, n: i.distance_m }))),
      make('p', {}, facts.join(' · ')),
      i.arrival_due && !i.arrived_at && make('p', {}, fill(w.near_due, { time: clock(i.arrival_due) })),
      make('p', { class: 'pd-muted' }, w.near_help),
      make('div', { class: 'pd-row' },
        make('a', { class: 'btn', href: `/live${lang === 'en' ? '?lang=en' : ''}#${i.utility}-${i.number}` }, w.near_yes),
        make('button', { type: 'button', class: 'btn btn-link', onclick: () => { card.remove(); if (!$('#near-list').children.length) $('#near').hidden = true; } }, w.near_no))));
    return card;
  }

  $('#locate').addEventListener('click', locate);
  if ($('#pick')) $('#pick').addEventListener('click', openMap);
  if (lat.value) near();
  return { set, moved };
}
