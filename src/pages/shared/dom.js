// Small helpers of the public pages' scripts: finding, making, filling words. No library.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => Array.prototype.slice.call(root.querySelectorAll(selector));
export const lang = document.documentElement.lang === 'en' ? 'en' : 'it';

// "{n} cifre" with {n: 8} -> "8 cifre"
export const fill = (words, values = {}) => words.replace(/\{(\w+)\}/g, (_, key) => (key in values ? values[key] : ''));

// make('p', {class: 'x', onclick: f}, 'words', node…)
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  Object.keys(attributes).forEach((key) => {
    const value = attributes[key];
    if (key.slice(0, 2) === 'on') node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, '');
    else if (value !== false && value != null) node.setAttribute(key, value);
  });
  children.forEach((child) => {
    if (child != null && child !== false) node.appendChild(typeof child === 'object' ? child : document.createTextNode(child));
  });
  return node;
}

// An icon of the page's own sprite.
export function icon(name) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(ns, 'use');
  use.setAttribute('href', `#${name}`);
  svg.appendChild(use);
  return svg;
}

export const clock = (instant) => new Date(instant).toLocaleTimeString(lang === 'en' ? 'en-GB' : 'it-IT', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Rome' });

// Answers JSON, or throws {status, problem}; status 0 when the network is away. 15 s at most.
export function getJson(url, options = {}) {
  const stop = 'AbortController' in window ? new AbortController() : null;
  const timer = setTimeout(() => stop && stop.abort(), options.timeout || 15000);
  const headers = Object.assign({ Accept: 'application/json', 'Accept-Language': lang }, options.headers);
  return fetch(url, Object.assign({ credentials: 'same-origin' }, options, { headers, signal: stop ? stop.signal : undefined }))
    .then((answer) => answer.text().then((body) => {
      clearTimeout(timer);
      let json = null;
      try { json = JSON.parse(body); } catch (e) { json = null; }
      if (answer.ok && json) return json;
      throw { status: answer.status, problem: json, retry: answer.headers.get('Retry-After') };
    }), () => {
      clearTimeout(timer);
      throw { status: 0, problem: null };
    });
}
