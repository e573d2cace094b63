// The problem buttons: each puts the start of a sentence into the text, which stays the person's own.
import { $, icon, make } from '../shared/dom.js';

const water = [['leak', 'pd-drop'], ['no_water', 'pd-tap'], ['pressure', 'it-arrow-down-circle'], ['quality', 'it-warning-circle']];
const sewer = [['sewage', 'pd-tanker'], ['subsidence', 'pd-subsidence']];
const waste = [['waste', 'pd-bin'], ['waste_danger', 'it-warning-circle']];

export function problems(form, w) {
  const box = $('#problems');
  const area = $('#text');
  const services = form.dataset.services.split(' ');
  const has = (service) => services.indexOf(service) >= 0;
  const known = has('water') || has('sewer') || has('waste');
  const shown = [].concat(has('water') || !known ? water : [], has('sewer') || has('water') || !known ? sewer : [],
    has('water') || !known ? [['meter', 'pd-meter']] : [], has('waste') ? waste : [], [['other', 'it-more-items']]);
  const starts = shown.map(([key]) => `${w[key]}. `);

  const press = (key) => {
    const start = key === 'other' ? '' : `${w[key]}. `;
    const old = starts.filter((s) => area.value.slice(0, s.length) === s)[0] || '';
    area.value = start + area.value.slice(old.length);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const buttons = shown.map(([key, glyph]) => {
    const button = make('button', { type: 'button', class: 'pd-problem', 'aria-pressed': 'false', onclick: () => press(key) }, icon(glyph), w[key]);
    box.appendChild(button);
    return { button, start: `${w[key]}. `, key };
  });
  const mark = () => buttons.forEach(({ button, start, key }) => button.setAttribute('aria-pressed', String(key !== 'other' && area.value.slice(0, start.length) === start)));
  area.addEventListener('input', mark);
  mark();
  box.hidden = false;
}
