// One card of LIVE from the server's JSON: the same as the template's (live-card.html), made or changed in place.
import { $, clock, fill, icon, lang, make } from '../shared/dom.js';

export const glyphs = {
  leak: 'pd-drop', no_water: 'pd-tap', pressure: 'it-arrow-down-circle', quality: 'it-warning-circle', sewage: 'pd-tanker',
  subsidence: 'pd-subsidence', manhole: 'pd-manhole', meter: 'pd-meter', waste: 'pd-bin', other: 'it-tool',
};

export function span(seconds, w) {
  const n = Math.max(0, Math.floor(seconds / 60));
  return n < 60 ? fill(w.min, { n }) : fill(n % 60 ? w.hours : w.hours_only, { h: Math.floor(n / 60), n: n % 60 });
}

export function sinceAgo(at, w) {
  const seconds = (Date.now() - new Date(at)) / 1000;
  return seconds < 60 ? w.now_ago : seconds < 86400 ? fill(w.ago, { span: span(seconds, w) }) : '';
}

// Days as the server names them: today, tomorrow, yesterday, else the whole date.
const stamp = (at) => new Date(at).toLocaleDateString('en-CA', { timeZone: 'Europe/Rome' });
const date = (at) => new Date(at).toLocaleDateString(lang === 'en' ? 'en-GB' : 'it-IT', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'Europe/Rome' });
const isToday = (at) => stamp(at) === stamp(Date.now());

function day(at, w) {
  const near = { [stamp(Date.now())]: w.today, [stamp(Date.now() + 864e5)]: w.tomorrow, [stamp(Date.now() - 864e5)]: w.yesterday };
  return near[stamp(at)] || (lang === 'en' ? `on ${date(at)}` : date(at));
}

export const when = (at, w) => fill(w.when, { day: day(at, w).replace(/^on /, ''), time: clock(at) });

// A term that ends at midnight is said by its last day.
function by(at, w) {
  const end = new Date(at);
  return clock(at) === '00:00' ? fill(w.by_day, { day: date(end - 1000) }) : fill(w.by, { time: clock(at), day: day(at, w) });
}

// What the card promises: restored, arrived, late, awaited.
function dueWords(i, w) {
  if (i.restored_at) return fill(w.restored_at, { when: when(i.restored_at, w) });
  if (i.arrived_at) return fill(w.arrived, { time: clock(i.arrived_at) });
  if (!i.arrival_due || i.closed_at) return '';
  const late = new Date(i.arrival_due) < Date.now();
  return late ? make('strong', { class: 'pd-late' }, fill(w.late, { by: by(i.arrival_due, w) })) : fill(w.due, { by: by(i.arrival_due, w) });
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

// What the control room adds for everybody, if anything.
function putText(card, text) {
  let node = $('.pd-text', card);
  if (text && !node) card.insertBefore((node = make('p', { class: 'pd-text', lang: 'it' })), $('.pd-card-foot', card));
  put(node, text || '');
}

export function drawCard(i, w, old) {
  const card = old || empty(`${i.utility}-${i.number}`);
  const set = (name, value) => { if (card.dataset[name] !== String(value)) card.dataset[name] = value; };
  [['number', i.number], ['utility', i.utility], ['stato', i.state], ['icon', i.icon], ['lat', i.lat], ['lon', i.lon], ['since', i.reported_at]].forEach(([k, v]) => set(k, v == null ? '' : v));
  card.classList.toggle('is-late', Boolean(i.arrival_due && !i.arrived_at && new Date(i.arrival_due) < Date.now()));
  const glyph = $('.pd-glyph', card);
  if (!glyph.firstElementChild) glyph.appendChild(icon(glyphs[i.icon] || glyphs.other));
  put($('h3', card), (lang === 'en' && i.kind_en) || i.kind);
  put($("[data-f='state']", card), (lang === 'en' ? i.public_state_en : i.public_state) || w[i.state] || '');
  put($('.pd-area strong', card), i.area || '');
  const since = $('.pd-since time', card);
  since.setAttribute('datetime', i.reported_at);
  put(since, isToday(i.reported_at) ? fill(w.since, { time: clock(i.reported_at) }) : fill(w.since_day, { when: when(i.reported_at, w) }));
  const ago = $('.pd-since span', card);
  if (ago) { ago.dataset.ago = i.reported_at; put(ago, sinceAgo(i.reported_at, w)); }
  put($("[data-f='due']", card), dueWords(i, w));
  if (i.icon === 'quality' && !$('.pd-dont', card)) card.insertBefore(make('p', { class: 'pd-dont' }, make('strong', {}, w.dont_drink)), $('.pd-card-foot', card));
  putText(card, i.text);
  put($("[data-f='estimate']", card), i.restored_at ? '' : i.estimate ? fill(w.estimate, { when: when(i.estimate, w) }) : w.no_estimate);
  put($("[data-f='reports']", card), fill(i.reports === 1 ? w.reports_1 : w.reports_n, { n: i.reports }));
  put($("[data-f='last']", card), w.last);
  const updated = $("[data-f='updated']", card);
  updated.setAttribute('datetime', i.updated_at);
  put(updated, clock(i.updated_at));
  return card;
}
