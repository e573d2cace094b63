// One card of LIVE from the server's JSON: the same as the template's (live-card.html), made or changed in place.
import { $, clock, fill, icon, lang, make } from '../shared/dom.js';

export const glyphs = {
  leak: 'pd-drop', no_water: 'pd-tap', pressure: 'it-arrow-down-circle', quality: 'it-warning-circle', sewage: 'pd-tanker',
  subsidence: 'pd-subsidence', manhole: 'pd-manhole', meter: 'pd-meter', waste: 'pd-bin', other: 'it-tool',
};

export function span(seconds, w) {
  const n = Math.max(0, Math.floor(seconds / 60));
  return n < 60 ? fill(w.min, { n }) : fill(w.hours, { h: Math.floor(n / 60), n: n % 60 });
}

export function sinceAgo(at, w) {
  const seconds = (Date.now() - new Date(at)) / 1000;
  return seconds < 60 ? w.now_ago : seconds < 86400 ? fill(w.ago, { span: span(seconds, w) }) : '';
}

const day = (at) => new Date(at).toLocaleDateString(lang === 'en' ? 'en-GB' : 'it-IT', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'Europe/Rome' });
const when = (at) => (day(at) === day(Date.now()) ? clock(at) : `${clock(at)}, ${day(at)}`);

// What the second line says: late, arrived, awaited.
function dueWords(i, w) {
  if (i.restored_at) return fill(w.restored_at, { time: when(i.restored_at) });
  if (i.arrived_at) return fill(w.arrived, { time: when(i.arrived_at) });
  if (!i.arrival_due) return '';
  return i.late ? make('strong', { class: 'pd-late' }, fill(w.late, { time: when(i.arrival_due) })) : fill(w.due, { time: when(i.arrival_due) });
}

function empty(key) {
  return make('article', { class: 'pd-card', id: key, tabindex: '-1', 'aria-labelledby': `t-${key}`, 'data-id': key },
    make('div', { class: 'pd-card-head' }, make('span', { class: 'pd-glyph' }), make('h3', { id: `t-${key}` }), make('p', { class: 'pd-state', 'data-f': 'state' })),
    make('p', { class: 'pd-area' }, make('strong')), make('p', { class: 'pd-since' }, make('time'), ' ', make('span', { class: 'pd-muted' })), make('p', { 'data-f': 'due' }),
    make('p', { class: 'pd-card-foot' }, make('span', { 'data-f': 'estimate' }), make('span', { 'data-f': 'reports' }),
      make('span', { class: 'pd-muted' }, make('span', { 'data-f': 'last' }), ' ', make('time', { 'data-f': 'updated' }))));
}

// Sets words only where they differ, so that a screen reader or a selection is not disturbed.
function put(node, words) {
  if (!node) return;
  const text = typeof words === 'object' ? words.textContent : words;
  if (node.textContent === text) return;
  node.textContent = '';
  node.appendChild(typeof words === 'object' ? words : document.createTextNode(words));
}

export function drawCard(i, w, old) {
  const card = old || empty(`${i.utility}-${i.number}`);
  const set = (name, value) => { if (card.dataset[name] !== String(value)) card.dataset[name] = value; };
  [['number', i.number], ['utility', i.utility], ['stato', i.state], ['icon', i.icon], ['lat', i.lat], ['lon', i.lon], ['since', i.reported_at]].forEach(([k, v]) => set(k, v == null ? '' : v));
  card.classList.toggle('is-late', Boolean(i.late && !i.arrived_at));
  const glyph = $('.pd-glyph', card);
  if (!glyph.firstElementChild) glyph.appendChild(icon(glyphs[i.icon] || glyphs.other));
  put($('h3', card), (lang === 'en' && i.kind_en) || i.kind);
  put($("[data-f='state']", card), w[i.state] || (lang === 'en' ? i.public_state_en : i.public_state) || '');
  put($('.pd-area strong', card), i.area || '');
  const since = $('.pd-since time', card);
  since.setAttribute('datetime', i.reported_at);
  put(since, fill(day(i.reported_at) === day(Date.now()) ? w.since : w.since_day, { time: day(i.reported_at) === day(Date.now()) ? clock(i.reported_at) : `${day(i.reported_at)} ${clock(i.reported_at)}` }));
  const ago = $('.pd-since span', card);
  if (ago) { ago.dataset.ago = i.reported_at; put(ago, sinceAgo(i.reported_at, w)); }
  put($("[data-f='due']", card), dueWords(i, w));
  if (i.icon === 'quality' && !$('.pd-dont', card)) card.insertBefore(make('p', { class: 'pd-dont' }, make('strong', {}, w.dont_drink)), $('.pd-card-foot', card));
  put($("[data-f='estimate']", card), i.restored_at ? '' : i.estimate ? fill(w.estimate, { time: when(i.estimate) }) : w.no_estimate);
  put($("[data-f='reports']", card), fill(i.reports === 1 ? w.reports_1 : w.reports_n, { n: i.reports }));
  put($("[data-f='last']", card), w.last);
  const updated = $("[data-f='updated']", card);
  updated.setAttribute('datetime', i.updated_at);
  put(updated, clock(i.updated_at));
  return card;
}
