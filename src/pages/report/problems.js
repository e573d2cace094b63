// The problem buttons: each puts the start of a sentence into the text, which stays the person's own.
import { $, $$ } from '../shared/dom.js';

export function problems(form) {
  const area = $('#text');
  const services = form.dataset.services.split(' ').filter(Boolean);
  const serves = (button) => {
    const of = button.dataset.forService.split(' ').filter(Boolean);
    return !of.length || !services.length || of.some((service) => services.indexOf(service) >= 0);
  };
  $$('#problems button').forEach((button) => { if (!serves(button)) button.remove(); });
  const buttons = $$('#problems button').map((button) => ({ button, start: button.dataset.kind === 'other' ? '' : `${button.textContent.trim()}. ` }));
  const begun = ({ start }) => start && area.value.slice(0, start.length) === start;

  function press({ start }) {
    const old = buttons.filter(begun)[0];
    area.value = start + area.value.slice(old ? old.start.length : 0);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const mark = () => buttons.forEach((b) => b.button.setAttribute('aria-pressed', String(Boolean(begun(b)))));
  buttons.forEach((b) => b.button.addEventListener('click', () => press(b)));
  area.addEventListener('input', mark);
  mark();
  $('#problems').hidden = false;
}
