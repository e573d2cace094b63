// Shows the password on request and puts the focus where it is needed.
import words from 'words:login';
import { $, lang } from '../shared/dom.js';

const password = $('#password');
const reveal = $('#reveal');
const hide = words[lang].hide;
const show = reveal.textContent;

reveal.hidden = false;
reveal.addEventListener('click', () => {
  const on = password.type === 'password';
  password.type = on ? 'text' : 'password';
  reveal.setAttribute('aria-pressed', String(on));
  reveal.textContent = on ? hide : show;
});
($('#error') || ($('#login').value ? password : $('#login'))).focus();
