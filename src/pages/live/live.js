// LIVE as it happens: the stream changes the cards in place. Nothing moves under a reader: while the list is pointed at or
// focused, new cards wait behind a button. Says honestly how old its data are.
import words from 'words:live';
import { $, $$, clock, fill, lang, make } from '../shared/dom.js';
import { drawCard, sinceAgo, span, when } from './card.js';
import { faultMap } from './map.js';

const w = words[lang];
const main = $('#main');
const cards = $('#cards');
const root = document.documentElement;
const over = ['restored', 'closed', 'cancelled'];
let waiting = [];             // incidents new to this page, held while somebody reads
let lastData = Date.now();
let lastSign = Date.now();
let said = 0;
let seq = main.dataset.seq;

const id = (i) => `${i.utility}-${i.number}`;
const municipality = (i) => (i.municipality || (i.area || '').split(', ').pop());
const mine = (i) => (!main.dataset.utility || i.utility === main.dataset.utility) && (!main.dataset.comune || municipality(i) === main.dataset.comune);
const reading = () => cards.contains(document.activeElement) || (cards.matches(':hover') && matchMedia('(hover: hover)').matches);
const map = faultMap(w);

function announce(i) {
  if (Date.now() - said < 60000) return;
  said = Date.now();
  $('#voice').textContent = fill(w.updated, { what: ((lang === 'en' ? i.public_state_en : i.public_state) || w[i.state] || '').toLowerCase(), area: i.area });
}

// Tabs can be counted again only where the page shows every town.
function countTabs(open) {
  if (main.dataset.comune) return;
  $$('[data-town]').forEach((tab, i) => {
    const town = open.filter((c) => i === 0 || $('.pd-area', c).textContent.trim().split(', ').pop() === tab.dataset.town);
    $('.pd-n', tab).textContent = String(town.length);
  });
}

function count() {
  const open = $$('.pd-card', cards).filter((c) => over.indexOf(c.dataset.stato) < 0);
  $('#count').textContent = String(open.length);
  countTabs(open);
  $('#empty').hidden = $$('.pd-card', cards).length > 0;
  map.update();
}

// No water and quality first, then newest first: the server's order.
const weight = (icon_) => (icon_ === 'no_water' || icon_ === 'quality' ? 0 : 1);

function insert(i) {
  const card = drawCard(i, w);
  const next = $$('.pd-card', cards).filter((c) => weight(c.dataset.icon) > weight(i.icon) || (weight(c.dataset.icon) === weight(i.icon) && c.dataset.since < i.reported_at))[0];
  cards.insertBefore(card, next || null);
  card.classList.add('pd-fresh');
  setTimeout(() => card.classList.remove('pd-fresh'), 2000);
}

function news() {
  const button = $('#news');
  button.hidden = !waiting.length;
  button.textContent = fill(waiting.length === 1 ? w.news_1 : w.news_n, { n: waiting.length });
}

function showNews() {
  waiting.forEach(insert);
  waiting = [];
  news();
  count();
}

// What is closed leaves the list for the one below, unless somebody reads it just now.
function finish(i, card) {
  drawCard(i, w, card);
  if (reading()) return;
  const line = make('li', { 'data-id': id(i) }, make('strong', {}, (lang === 'en' && i.kind_en) || i.kind), `, ${i.area}`,
    make('span', { class: 'pd-muted' }, ` · ${(lang === 'en' ? i.public_state_en : i.public_state) || w[i.state]} ${when(i.closed_at || i.updated_at, w)}`));
  const list = $('#over-list');
  list.insertBefore(line, list.firstChild);
  $('#over-count').textContent = String(list.children.length);
  $('#over').hidden = false;
  card.remove();
}

function take(i) {
  if (!mine(i)) return;
  const old = document.getElementById(id(i));
  if (old) {
    const changed = old.dataset.stato !== i.state;
    if (i.state === 'closed' || i.state === 'cancelled') finish(i, old);
    else drawCard(i, w, old);
    if (changed) announce(i);
  } else if (over.indexOf(i.state) < 0) {
    waiting = waiting.filter((other) => id(other) !== id(i)).concat(i);
    if (!reading()) showNews(); else news();
    announce(i);
  }
  count();
}

function remove(key) {
  const card = document.getElementById(key);
  waiting = waiting.filter((i) => id(i) !== key);
  news();
  if (!card) return;
  if (card.contains(document.activeElement)) $('#h-now').focus();
  card.remove();
  count();
}

// After a gap the whole state is read again; cards keep their places.
function refresh() {
  const query = main.dataset.utility ? `?utility=${encodeURIComponent(main.dataset.utility)}` : '';
  return fetch(`/api/v1/live${query}`, { cache: 'no-store' }).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status))).then((live) => {
    const known = {};
    live.incidents.forEach((i) => { known[id(i)] = true; take(i); });
    $$('.pd-card', cards).forEach((card) => { if (!known[card.id]) remove(card.id); });
    if (live.seq) seq = live.seq;
    sign(live.generated_at);
  });
}

function sign(at) {
  lastSign = Date.now();
  lastData = Math.max(lastData, at ? +new Date(at) || 0 : Date.now());
  draw();
}

function setConnection(state) {
  if (root.dataset.connessione !== state) root.dataset.connessione = state;
}

function draw() {
  const age = (Date.now() - lastSign) / 1000;
  const state = age < 25 ? 'in-diretta' : age < 120 ? 'ritardo' : 'persa';
  const time = clock(lastData);
  setConnection(state);
  const line = $('#connection');
  const word = $("[data-f='word']", line);
  const offline = navigator.onLine === false;
  const text = state === 'in-diretta' ? w.fresh : fill(offline ? w.offline : w.lost, { time });
  if (word.textContent !== text) word.textContent = text;
  $$("[data-f='time']").forEach((node) => { node.textContent = state === 'in-diretta' ? new Date(lastData).toLocaleTimeString('it-IT', { timeZone: 'Europe/Rome' }) : time; });
  word.nextElementSibling.hidden = state !== 'in-diretta';
  line.hidden = state === 'persa';
  $('#stale').hidden = state !== 'persa';
  if (state === 'persa') $('#stale-text').textContent = fill(w.stale, { time, span: span((Date.now() - lastData) / 1000, w) });
}

function ages() {
  $$('[data-ago]').forEach((node) => { node.textContent = sinceAgo(node.dataset.ago, w); });
  draw();
}

function listen() {
  if (!('EventSource' in window)) { setInterval(() => refresh().catch(() => {}), 30000); return; }
  const query = [main.dataset.utility && `utility=${encodeURIComponent(main.dataset.utility)}`, seq && `after=${seq}`].filter(Boolean).join('&');
  const stream = new EventSource(`/api/v1/live/stream${query ? `?${query}` : ''}`);
  const parse = (event) => { try { return JSON.parse(event.data); } catch (e) { return {}; } };
  let opened = false;
  stream.addEventListener('hello', (event) => {
    const { seq: there } = parse(event);
    sign();
    // What happened between the page's making and the stream's opening is read once.
    if (opened || (there && String(there) !== String(seq))) refresh().catch(() => {});
    opened = true;
  });
  stream.addEventListener('heartbeat', () => sign());
  stream.addEventListener('reset', () => refresh().catch(() => {}));
  stream.addEventListener('incident', (event) => {
    const data = parse(event);
    if (data.seq) seq = data.seq;
    sign();
    if (data.incident) take(data.incident);
    else if (data.removed) remove(`${data.utility}-${data.removed}`);
  });
  stream.addEventListener('error', () => {
    draw();
    // A stream the browser has given up is opened anew.
    if (stream.readyState === 2) { stream.close(); setTimeout(listen, 3000 + Math.random() * 4000); }
  });
}

// The same sentence with and without script: the server's answer is taken from its page.
function mineForm() {
  const form = $('#mine');
  form.addEventListener('submit', (event) => {
    if (!form.elements.via.value.trim() || form.elements.comune.value !== main.dataset.comune) return;
    event.preventDefault();
    const query = new URLSearchParams(new FormData(form)).toString();
    fetch(`/live?${query}`).then((page) => (page.ok ? page.text() : Promise.reject())).then((html) => {
      const fresh = new DOMParser().parseFromString(html, 'text/html');
      $('#answer').innerHTML = fresh.getElementById('answer').innerHTML;
      $$('.is-matched').forEach((card) => card.classList.remove('is-matched'));
      Array.from(fresh.querySelectorAll('.is-matched')).forEach((card) => { const here = document.getElementById(card.id); if (here) here.classList.add('is-matched'); });
      history.replaceState(null, '', `/live?${query}`);
    }).catch(() => form.submit());
  });
}

$$('.pd-card', cards).forEach((card) => { const t = $('.pd-since time', card); card.dataset.since = t ? t.getAttribute('datetime') : ''; });
if (!$('#stale').hidden) lastSign = lastData = +new Date($('#connection time').getAttribute('datetime')) || 0;
$('#news').addEventListener('click', showNews);
mineForm();
map.start();
listen();
draw();
setInterval(ages, 15000);
addEventListener('offline', draw);
addEventListener('beforeprint', () => $$('details').forEach((d) => { d.open = true; }));
