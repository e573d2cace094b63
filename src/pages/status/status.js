// Keeps the tracking page true: every 30 s asks whether the report changed (by ETag) and, if so, takes the new parts
// of the page from the server, so that words and times are said in one place. Also copies and shares the code.
import words from 'words:status';
import { $, $$, clock, fill, lang } from '../shared/dom.js';

const w = words[lang];
const main = $('#main');
const code = main.dataset.code;
const voice = $('#voice');
let tag = '';
let said = 0;
let lastGood = Date.now();

function span(seconds) {
  const n = Math.floor(seconds / 60);
  if (n < 1) return w.under;
  const h = Math.floor(n / 60);
  const words_ = n < 60 ? fill(w.min, { n }) : n >= 48 * 60 ? fill(w.days, { n: Math.floor(h / 24) }) : n % 60 ? fill(w.hours_min, { h, n: n % 60 }) : fill(w.hours, { h });
  return fill(w.in, { span: words_ });
}

function tick() {
  $$('[data-left]').forEach((node) => {
    const seconds = (new Date(node.dataset.left) - Date.now()) / 1000;
    node.textContent = seconds > 0 ? span(seconds) : '';
  });
}

// At most one announcement a minute; countdowns are never announced.
function announce(what) {
  if (Date.now() - said < 60000) return;
  said = Date.now();
  voice.textContent = fill(w.updated, { what });
}

function swap(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const open = $('#why') && $('#why').open;
  const before = $('.pd-timeline .is-current strong');
  $$('[data-part]').forEach((part) => {
    const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (next && !part.contains(document.activeElement) && part.innerHTML !== next.innerHTML) part.innerHTML = next.innerHTML;
  });
  if (open && $('#why')) $('#why').open = true;
  const after = $('.pd-timeline .is-current strong');
  if (after && (!before || before.textContent !== after.textContent)) announce(after.textContent.toLowerCase());
  dress();
}

function dress() {
  $$('.pd-auto').forEach((node) => { node.hidden = false; });
  tick();
}

function ask() {
  if (document.hidden) return;
  fetch(`/api/v1/reports/${code}`, { headers: tag ? { 'If-None-Match': tag, 'Accept-Language': lang } : { 'Accept-Language': lang }, cache: 'no-store' }).then((answer) => {
    lastGood = Date.now();
    if (answer.status !== 200) return null;
    const first = !tag;
    tag = answer.headers.get('ETag') || '';
    return first ? null : fetch(location.pathname + location.search.replace(/nuova=1&?/, ''), { cache: 'no-store' }).then((page) => (page.ok ? page.text().then(swap) : null));
  }).catch(() => {
    if (Date.now() - lastGood > 60000) voice.textContent = fill(w.offline, { time: clock(lastGood) });
  });
}

function acts() {
  const copy = $('#copy');
  const share = $('#share');
  const label = $('span', copy);
  const words_ = label.textContent;
  copy.hidden = !navigator.clipboard;
  share.hidden = !navigator.share;
  if (copy.hidden && share.hidden) $('#acts').remove();
  else $('#acts').hidden = false;
  copy.addEventListener('click', () => navigator.clipboard.writeText(code).then(() => {
    label.textContent = w.copied;
    voice.textContent = w.copied;
    setTimeout(() => { label.textContent = words_; }, 3000);
  }, () => {}));
  share.addEventListener('click', () => navigator.share({ title: document.title, url: location.origin + location.pathname }).catch(() => {}));
}

acts();
dress();
if ($('#sent')) $('#sent').focus();
ask();
setInterval(ask, 30000);
setInterval(tick, 15000);
document.addEventListener('visibilitychange', ask);
