// Checks of the form before it leaves, with the words shown at each field and in the summary on top.
// The server checks again and has the last word.
import { $, $$, fill, icon, make } from '../shared/dom.js';

const steps = { text: 1, foto: 1, municipality: 2, address: 2, prefer: 3, phone: 3, email: 3 };
export const digits = (words) => words.replace(/\D/g, '');
export const stepOf = (field) => steps[field] || 3;

function phoneError(words, w) {
  if (!words.trim()) return w.e_phone_none;
  if (/^\s*(\+|00)/.test(words)) return '';
  const n = digits(words).length;
  return n >= 9 && n <= 11 ? '' : fill(w.e_phone, { n });
}

function fotoError(files, w) {
  const all = Array.from(files);
  if (all.length > 5) return w.e_foto_many;
  if (all.some((f) => f.type && f.type.indexOf('image/') !== 0)) return w.e_foto_kind;
  return all.reduce((sum, f) => sum + f.size, 0) > 10 * 1024 * 1024 - 65536 ? w.e_foto_big : '';
}

export function check(form, w) {
  const v = (name) => form.elements[name].value;
  const errors = [];
  const add = (field, text) => { if (text) errors.push({ field, text, step: stepOf(field) }); };
  const n = Array.from(v('text')).length;
  add('text', v('text').trim().length < 3 ? w.e_text : n > 4000 ? w.e_text_long : '');
  add('foto', fotoError(form.elements.foto.files, w));
  const hasPoint = v('lat') !== '';
  add('municipality', !v('municipality') || (v('municipality') === '?' && !hasPoint) ? w.e_municipality : '');
  add('address', v('address').trim().length < 2 && !hasPoint ? w.e_address : '');
  const prefer = v('prefer');
  add('prefer', prefer ? '' : w.e_prefer);
  if (prefer === 'sms' || prefer === 'phone') add('phone', phoneError(v('phone'), w));
  if (prefer === 'email') add('email', !v('email').trim() ? w.e_email_none : v('email').indexOf('@') < 1 ? w.e_email : '');
  return errors;
}

const control = (form, field) => (field === 'prefer' ? $('#prefer-sms') : document.getElementById(field));

// The message beside the field; no text takes it away.
export function wrong(form, field, text) {
  const message = $(`#e-${field}`);
  if (!message) return;
  message.hidden = !text;
  $('span', message).textContent = text || '';
  const input = field === 'prefer' ? $('#prefer') : control(form, field);
  const others = (input.getAttribute('aria-describedby') || '').split(' ').filter((id) => id && id !== `e-${field}`);
  const described = others.concat(text ? [`e-${field}`] : []).join(' ');
  if (described) input.setAttribute('aria-describedby', described); else input.removeAttribute('aria-describedby');
  if (field === 'prefer') return;
  if (text) input.setAttribute('aria-invalid', 'true'); else input.removeAttribute('aria-invalid');
}

export function showErrors(form, errors, w) {
  const summary = $('#summary');
  const list = $('ul', summary);
  list.textContent = '';
  Object.keys(steps).forEach((field) => wrong(form, field, (errors.filter((e) => e.field === field)[0] || {}).text));
  errors.forEach((e) => {
    const focus = (event) => { event.preventDefault(); control(form, e.field).focus(); };
    list.appendChild(make('li', {}, make('a', { href: `#${e.field}`, onclick: focus }, e.text)));
  });
  summary.hidden = !errors.length;
  const plain = document.title.replace(/^[^:·]+: /, '');
  document.title = errors.length ? `${w.error}: ${plain}` : plain;
  if (errors.length) summary.focus();
}
