// Comfort for the report form: one section at a time, suggestions, checks before sending, sending without a new page.
// The form works without all of this; nothing here decides what a report is worth.
import words from 'words:report';
import { $, $$, fill, icon, lang, make } from '../shared/dom.js';
import { problems } from './problems.js';
import { places } from './places.js';
import { point } from './point.js';
import { check, digits, showErrors, wrong } from './check.js';
import { sender } from './send.js';

const w = words[lang];
const form = $('#report');
const danger = /\b(scoss[ae]|scintill\w*|voragin\w*|allagat\w*|gas|ferit[oaie]|sparks?|shock|sinkhole|flooded|injured)\b/i;
const kept = 'prontod-report';
const fields = ['text', 'municipality', 'address', 'landmark', 'lat', 'lon', 'prefer', 'phone', 'email', 'name', 'key'];
let step = 1;

const value = (name) => (form.elements[name] ? form.elements[name].value : '');

function remember() {
  const answers = {};
  fields.forEach((name) => { answers[name] = value(name); });
  answers.step = step;
  try { sessionStorage.setItem(kept, JSON.stringify(answers)); } catch (e) { /* private windows: nothing is kept */ }
}

function recall() {
  let answers = null;
  try { answers = JSON.parse(sessionStorage.getItem(kept)); } catch (e) { answers = null; }
  // After a refusal the page carries the answers itself, and they are newer.
  if (!answers || $('#summary ul').children.length) return;
  fields.forEach((name) => {
    const field = form.elements[name];
    if (field && answers[name]) field.value = answers[name];
  });
  if (answers.step > 1 && answers.step < 4 && value('text')) step = answers.step;
}

function drawSteps() {
  $$('#steps li').forEach((item, i) => {
    const done = i + 1 < step;
    item.className = done ? 'pd-done' : '';
    if (i + 1 === step) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
    const n = $('.pd-steps-n', item);
    n.textContent = '';
    if (done) {
      n.appendChild(icon('it-check'));
      n.appendChild(make('span', { class: 'visually-hidden' }, w.done));
    } else n.textContent = String(i + 1);
  });
}

function show(next, focus) {
  step = next;
  $$('.pd-step', form).forEach((section) => {
    const mine = Number(section.dataset.step) === step;
    section.hidden = !mine;
  });
  drawSteps();
  if (step === 3) drawCheck();
  if (focus) {
    $(`.pd-step[data-step='${step}'] h2`).focus();
    $('#steps').scrollIntoView({ block: 'start' });
  }
  remember();
}

function go(next) {
  if (next > step) {
    const errors = check(form, w).filter((e) => e.step === step);
    showErrors(form, errors, w);
    if (errors.length) return;
  } else showErrors(form, [], w);
  show(next, true);
}

function preferWords() {
  const prefer = value('prefer');
  if (prefer === 'none') return w.none_short;
  const name = $(`label[for='prefer-${prefer}']`);
  const where = prefer === 'email' ? value('email') : value('phone');
  return [name ? name.textContent.trim() : '', where].filter(Boolean).join(', ');
}

function drawCheck() {
  const list = $('#check-list');
  list.textContent = '';
  const photos = $('#foto').files.length;
  const municipality = value('municipality');
  const where = [value('address'), municipality === '?' ? '' : municipality].filter(Boolean).join(', ') || (value('lat') ? w.located_plain : '');
  [[w.problem, value('text'), 1, 'text'], [w.place, [where, value('landmark')].filter(Boolean).join('\n'), 2, 'address']].concat(photos ? [[w.photos, String(photos), 1, 'foto']] : [])
    .forEach(([name, words_, to, field]) => {
      const change = make('button', { type: 'button', class: 'btn btn-link', onclick: () => { show(to, false); form.elements[field].focus(); } }, icon('it-pencil'),
        w.change, make('span', { class: 'visually-hidden' }, ` ${name}`));
      list.appendChild(make('div', {}, make('dt', {}, name), make('dd', {}, make('span', {}, words_), change)));
    });
  list.appendChild(make('div', {}, make('dt', {}, w.contact), make('dd', { id: 'check-contact' }, preferWords())));
}

function preferFields() {
  const prefer = value('prefer');
  $$('[data-for]', form).forEach((field) => {
    const mine = field.dataset.for.split(' ').indexOf(prefer) >= 0;
    field.hidden = !mine;
    const star = $('.pd-optional', field);
    if (star) { star.textContent = '*'; star.setAttribute('aria-hidden', 'true'); }
    const input = $('input', field);
    if (mine) input.setAttribute('required', ''); else input.removeAttribute('required');
  });
  if ($('#check-contact')) $('#check-contact').textContent = preferWords();
}

function watchText() {
  const area = $('#text');
  const count = $('#count');
  count.hidden = false;
  const tell = () => {
    const n = Array.from(area.value).length;
    count.textContent = fill(w.count, { n: n.toLocaleString(lang === 'en' ? 'en-GB' : 'it-IT') });
    const box = $('#danger');
    const grave = danger.test(area.value);
    if (box.hidden === grave) box.hidden = !grave;
  };
  area.addEventListener('input', tell);
  tell();
}

function watchPhotos() {
  const input = $('#foto');
  $('#upload').hidden = false;
  input.parentNode.classList.add('js-upload');
  const list = $('#photos');
  const size = (n) => (n >= 1e5 ? `${(n / 1e6).toLocaleString(lang === 'en' ? 'en-GB' : 'it-IT', { maximumFractionDigits: 1 })} MB` : `${Math.ceil(n / 1e3)} kB`);
  const draw = () => {
    list.textContent = '';
    Array.from(input.files).forEach((file, at) => {
      const remove = make('button', { type: 'button', class: 'btn btn-link', onclick: () => drop(at) }, w.remove, make('span', { class: 'visually-hidden' }, ` ${file.name}`));
      list.appendChild(make('li', {}, `${file.name}, ${size(file.size)}`, 'DataTransfer' in window && remove));
    });
    wrong(form, 'foto', (check(form, w).filter((e) => e.field === 'foto')[0] || {}).text);
  };
  const drop = (at) => {
    const rest = new DataTransfer();
    Array.from(input.files).forEach((file, i) => { if (i !== at) rest.items.add(file); });
    input.files = rest.files;
    draw();
    input.focus();
  };
  input.addEventListener('change', draw);
}

// Seen in groups, as people say them; the server takes them either way.
function groupPhone() {
  const field = form.elements.phone;
  field.addEventListener('blur', () => {
    const plain = digits(field.value);
    if (/^3\d{8,9}$/.test(plain) && field.value.trim()[0] !== '+') field.value = plain.replace(/^(\d{3})(\d{3})(\d+)$/, '$1 $2 $3');
  });
}

// Each town has its own emergency number: once the town is known, the page shows that one.
function townPhone() {
  const town = value('municipality');
  const serves = $$('#utilities li').filter((one) => one.dataset.towns.split('|').indexOf(town) >= 0 && one.dataset.phone);
  const mine = serves.filter((one) => /water/.test(one.dataset.services))[0] || serves[0];
  if (!town || !mine) return;
  form.dataset.phone = mine.dataset.phone;
  form.dataset.phoneHref = mine.dataset.href;
  if ($('#tel-one')) {
    $('#tel-one').hidden = false;
    $('#tel-all').hidden = true;
  }
  $$('[data-tel]').forEach((link) => {
    link.textContent = mine.dataset.phone;
    link.setAttribute('href', mine.dataset.href);
  });
}

function start() {
  $$('[hidden]', form).filter((node) => node.matches('.pd-step-of, .pd-move, .pd-place, .pd-check, .pd-send .btn')).forEach((node) => { node.hidden = false; });
  $('#steps').hidden = false;
  // Not knowing the town is fine with a point, and a point needs script.
  $('#municipality').appendChild(make('option', { value: '?' }, w.unknown));
  recall();
  problems(form);
  watchText();
  watchPhotos();
  groupPhone();
  const where = point(form, w, remember);
  places(form, w, where);
  const send = sender(form, w, { goto: (n) => show(n, false), forget: () => { try { sessionStorage.removeItem(kept); } catch (e) { /* nothing kept */ } } });
  preferFields();
  townPhone();
  form.addEventListener('change', (event) => { if (event.target.name === 'prefer') preferFields(); if (event.target.name === 'municipality') townPhone(); remember(); });
  form.addEventListener('input', (event) => {
    if (event.target.name === 'phone' || event.target.name === 'email') $('#check-contact').textContent = preferWords();
    remember();
  });
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-go]');
    if (button) go(Number(button.dataset.go));
  });
  form.addEventListener('keydown', (event) => {
    // Enter in a field of the first sections goes on; it never sends a half-filled form.
    if (event.key === 'Enter' && step < 3 && event.target.tagName === 'INPUT' && event.target.type !== 'file' && !event.defaultPrevented) {
      event.preventDefault();
      go(step + 1);
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const errors = check(form, w);
    if (errors.length) show(Math.min(...errors.map((e) => e.step)), false);
    showErrors(form, errors, w);
    if (!errors.length) send();
  });
  const first = $('#summary ul a');
  if (first) {
    const at = document.getElementById(first.hash.slice(1));
    const section = at && at.closest('.pd-step');
    if (section) step = Number(section.dataset.step);
  }
  show(step, false);
  form.classList.add('is-ready');
  if (first) $('#summary').focus();
}

start();
// Back after sending: a new form with a new key, not the old one again.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
