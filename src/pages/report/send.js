// Sending: one key for one report, so that a double press or a repeated try writes once. Nothing says «ricevuta»
// before the server has said so; without network the report waits here and the person is told.
import { $, fill, getJson, lang, make } from '../shared/dom.js';
import { showErrors, stepOf } from './check.js';

export function sender(form, w, { goto, forget }) {
  const button = $('#send');
  const label = button.textContent;
  let running = false;
  let waiting = false;
  let tries = 0;

  const number = () => form.dataset.phone || w.all_numbers;
  const tell = (words) => {
    const tel = number();
    const box = $('#offline');
    const text = $('#offline-text');
    const at = words ? words.indexOf(tel) : -1;
    text.textContent = at < 0 ? words || '' : words.slice(0, at);
    if (at >= 0) {
      text.appendChild(make('a', { href: form.dataset.phoneHref || '#numbers' }, tel));
      text.appendChild(document.createTextNode(words.slice(at + tel.length)));
    }
    box.hidden = !words;
  };
  const busy = (on) => {
    running = on;
    button.textContent = on ? w.sending : label;
    if (on) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
  };

  function arrived(answer) {
    forget();
    const path = answer.status_url || `/s/${answer.code}`;
    location.href = `${path}?nuova=1${lang === 'en' ? '&lang=en' : ''}`;
  }
  function refused(problem) {
    const errors = (problem.errors || []).map((e) => {
      const field = (e.pointer || '').replace(/^\/(reporter\/)?/, '').split('/')[0];
      return { field: field === 'photos' ? 'foto' : field, text: e.detail };
    }).filter((e) => document.getElementById(e.field));
    if (!errors.length) { tell(problem.detail || problem.title); return; }
    goto(Math.min(...errors.map((e) => stepOf(e.field))));
    showErrors(form, errors, w);
  }
  function failed(failure) {
    busy(false);
    if (failure.status === 0) {
      waiting = true;
      tell(fill(navigator.onLine === false || tries < 2 ? w.offline : w.uncertain, { tel: number() }));
      tries += 1;
      setTimeout(retry, Math.min(60000, 5000 * tries));
    } else if (failure.status === 413) showErrors(form, [{ field: 'foto', text: w.too_large }], w);
    else if (failure.status === 429) tell(fill(w.limited, { n: failure.retry || 20, tel: number() }));
    else if (failure.status >= 500 || !failure.problem) tell(fill(w.busy, { tel: number() }));
    else refused(failure.problem);
  }
  function body() {
    const data = new FormData(form);
    if (data.get('municipality') === '?') data.set('municipality', '');
    data.append('channel', 'web');
    // What the chosen way does not need is not sent.
    if (document.getElementById('phone').closest('.pd-field').hidden) data.set('phone', '');
    if (document.getElementById('email').closest('.pd-field').hidden) data.set('email', '');
    if (!form.elements.foto.files.length) data.delete('foto');
    return data;
  }
  function send() {
    if (running) return;
    waiting = false;
    tell('');
    busy(true);
    getJson('/api/v1/reports', { method: 'POST', body: body(), headers: { 'Idempotency-Key': form.elements.key.value }, timeout: 60000 }).then(arrived, failed);
  }
  const retry = () => { if (waiting && navigator.onLine !== false) send(); };
  addEventListener('online', retry);
  addEventListener('beforeunload', (event) => { if (waiting) event.preventDefault(); });
  return send;
}
