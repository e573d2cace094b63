// Suggestions under «Via e numero»: a combobox over /api/v1/places. Free text is always good.
import { $, fill, getJson, icon, make } from '../shared/dom.js';

export function places(form, w, where) {
  const input = $('#address');
  const box = $('.pd-combo');
  const list = make('ul', { class: 'pd-options', id: 'places', role: 'listbox', 'aria-label': $("label[for='address']").firstChild.textContent.trim(), hidden: true });
  const voice = make('p', { class: 'visually-hidden', role: 'status' });
  let found = [];
  let at = -1;
  let asked = 0;
  let timer = 0;

  box.appendChild(list);
  box.parentNode.appendChild(voice);
  const set = (o) => Object.keys(o).forEach((k) => input.setAttribute(k, o[k]));
  set({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'places', autocomplete: 'off' });

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (next) => {
    at = (next + found.length) % found.length;
    Array.from(list.children).forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
    input.setAttribute('aria-activedescendant', `place-${at}`);
    list.children[at].scrollIntoView({ block: 'nearest' });
  };
  const choose = (place) => {
    input.value = [place.street || place.label, place.number].filter(Boolean).join(' ');
    const select = $('#municipality');
    const known = Array.from(select.options).filter((o) => o.textContent === place.municipality)[0];
    if (known) {
      select.value = known.value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }
    where.set(place.lat, place.lon, { from: 'place', label: place.label });
    close();
  };
  const draw = () => {
    list.textContent = '';
    found.forEach((place, i) => list.appendChild(make('li', { role: 'option', id: `place-${i}`, 'aria-selected': 'false', onmousedown: (e) => { e.preventDefault(); choose(place); } },
      icon('it-map-marker'), make('span', {}, place.label))));
    at = -1;
    list.hidden = !found.length;
    input.setAttribute('aria-expanded', String(found.length > 0));
    input.removeAttribute('aria-activedescendant');
    voice.textContent = !found.length ? w.places_0 : fill(found.length === 1 ? w.places_1 : w.places_n, { n: found.length, first: found[0].label });
  };
  const ask = () => {
    const words = input.value.trim();
    if (words.length < 3) { found = []; close(); return; }
    const mine = ++asked;
    const municipality = $('#municipality').value;
    // The town leads, since the last word typed may be half written.
    const q = municipality && municipality !== '?' && words.toLowerCase().indexOf(municipality.toLowerCase()) < 0 ? `${municipality}, ${words}` : words;
    getJson(`/api/v1/places?q=${encodeURIComponent(q)}`, { timeout: 4000 }).then((answer) => {
      if (mine !== asked || document.activeElement !== input) return;
      found = (answer.places || []).slice(0, 6);
      draw();
    }, () => { found = []; close(); });
  };

  input.addEventListener('input', () => {
    where.moved();
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) { event.preventDefault(); close(); }
    if (list.hidden || !found.length) return;
    if (event.key === 'ArrowDown') { event.preventDefault(); mark(at + 1); }
    if (event.key === 'ArrowUp') { event.preventDefault(); mark(at < 0 ? found.length - 1 : at - 1); }
    if (event.key === 'Enter' && at >= 0) { event.preventDefault(); choose(found[at]); }
  });
  input.addEventListener('blur', () => setTimeout(close, 100));
}
