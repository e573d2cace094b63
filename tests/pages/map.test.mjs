// The map as pages show it: every letter of a name is drawn (against the box that stands for a missing one), by day and
// by night, overlays keep their place through a change of palette, contrasts hold, and no other host is ever asked
// (browser.mjs complains). Not here: what is in a tile (tests/unit/map_test.c).
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, must, same } from './check.mjs';
import { launch, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse } from './house.mjs';
import { palettes } from '../../src/pages/shared/map-style.js';

const LETTERS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'letters.opl');
// Where letters.opl puts each; the last one is no letter at all.
const AT = { À: 11.3, Ħ: 11.32, ß: 11.34, ŋ: 11.36, Ж: 11.38, A: 11.4, H: 11.42, n: 11.44, '\u0378': 11.46 };
const house = await openHouse({ workers: 2, mapToo: LETTERS });
const browser = await launch();
const people = [];

// A page with a map over all of it: window.map and window.lib, and ink(), the pixels in its middle.
async function mapPage(options) {
  const who = await person(browser, { port: house.port, worker: 1, ...options });
  people.push(who);
  await who.go('/');
  await who.page.evaluate(async () => {
    const box = document.createElement('div');
    box.className = 'pd-map';
    box.id = 'tested';
    Object.assign(box.style, { position: 'fixed', inset: '0', height: '100%', zIndex: 10000 });
    document.body.append(box);
    await document.fonts.ready;
    const setup = await (await fetch('/api/v1/setup')).json();
    const { mapJs, mapCss } = document.documentElement.dataset;
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: mapCss }));
    window.lib = await new Promise((done) => {
      addEventListener('pd-map', (event) => done(event.detail), { once: true });
      document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: mapJs }));
    });
    window.map = window.lib.createMap(box, { setup: setup.map, center: [11.3, 45.25], zoom: 14 });
    window.idle = () => new Promise((done) => { window.map.once('idle', done); window.map.triggerRepaint(); });
    // Each pixel of the middle as 0 or 1: does it differ from the land's colour there without names?
    window.shot = () => new Promise((done) => {
      window.map.once('render', () => {
        const from = window.map.getCanvas();
        const board = document.createElement('canvas');
        board.width = board.height = 64;
        const pen = board.getContext('2d', { willReadFrequently: true });
        pen.drawImage(from, from.width / 2 - 32, from.height / 2 - 32, 64, 64, 0, 0, 64, 64);
        done([...pen.getImageData(0, 0, 64, 64).data]);
      });
      window.map.triggerRepaint();
    });
    await window.idle();
  });
  return who;
}

const letterAt = (who, lon) => who.page.evaluate(async (at) => {
  window.map.jumpTo({ center: [at, 45.25], zoom: 14 });
  await window.idle();
  return window.shot();
}, lon);

// How many pixels differ clearly.
const difference = (a, b) => {
  let count = 0;
  for (let i = 0; i < a.length; i += 4) count += Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]) > 120 ? 1 : 0;
  return count;
};

async function lettersAreDrawn(who) {
  const shots = {};
  for (const [letter, lon] of Object.entries(AT)) shots[letter] = await letterAt(who, lon);
  const empty = await letterAt(who, 11.47);
  for (const letter of ['À', 'Ħ', 'ß', 'ŋ', 'Ж', 'A', 'H', 'n']) {
    must(difference(shots[letter], empty) > 30, `nothing is drawn for ${letter}`);
    must(difference(shots[letter], shots['\u0378']) > 30, `${letter} is drawn as a missing letter`);
  }
  for (const [letter, plain] of [['À', 'A'], ['Ħ', 'H'], ['ŋ', 'n'], ['ß', 'n']]) {
    must(difference(shots[letter], shots[plain]) > 8, `${letter} is drawn as ${plain}`);
  }
}

// ---------------------------------------------------------------- contrast by the WCAG formula
const light = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

check('words and signs of both palettes can be read on everything they lie on', async () => {
  for (const [name, c] of Object.entries(palettes)) {
    for (const ground of ['land', 'urban', 'wood', 'grass', 'sand', 'square', 'parking', 'building', 'halo']) {
      for (const words of ['label', 'street', 'number', 'poi']) must(contrast(c[words], c[ground]) >= 4.5, `${name}: ${words} on ${ground} ${contrast(c[words], c[ground]).toFixed(2)}`);
    }
    must(contrast(c.waterLabel, c.water) >= 4.5, `${name}: names of waters ${contrast(c.waterLabel, c.water).toFixed(2)}`);
    must(contrast(c.label, c.shield) >= 4.5, `${name}: road numbers`);
    must(contrast(c.arrow, c.road) >= 3, `${name}: arrows ${contrast(c.arrow, c.road).toFixed(2)}`);
    must(contrast(c.onPoi, c.poi) >= 4.5, `${name}: signs`);
  }
});

check('every letter of a name is drawn, by day', async () => {
  const who = await mapPage({ name: 'map-day', colorScheme: 'light' });
  same(await who.page.locator('#tested').getAttribute('data-palette'), 'day', 'palette');
  await lettersAreDrawn(who);
});

check('and by night, with buttons that are dark too', async () => {
  const who = await mapPage({ name: 'map-night', colorScheme: 'dark', size: 'phone' });
  same(await who.page.locator('#tested').getAttribute('data-palette'), 'night', 'palette');
  await lettersAreDrawn(who);
  const ground = await who.page.locator('.maplibregl-ctrl-group').first().evaluate((e) => getComputedStyle(e).backgroundColor);
  const [red] = ground.match(/\d+/g).map(Number);
  must(red < 80, `the buttons' ground is ${ground}`);
});

check('the map follows the system from day to night, and overlays stay in their places', async () => {
  const who = people[0];
  const order = () => who.page.evaluate(() => window.map.getStyle().layers.map((layer) => layer.id));
  await who.page.evaluate(async () => {
    const line = { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[11.29, 45.25], [11.31, 45.25]] } };
    window.closures = window.lib.overlay(window.map, 'closures', { place: 'line', layers: window.lib.closureLayers });
    window.closures.set({ type: 'FeatureCollection', features: [line] });
    window.map.jumpTo({ center: [11.3, 45.25], zoom: 14 });
    await window.idle();
  });
  const shown = () => who.page.evaluate(() => window.map.queryRenderedFeatures({ layers: ['closures-closed'] }).length);
  must(await shown() > 0, 'the closure is not drawn');
  await who.page.emulateMedia({ colorScheme: 'dark' });
  await who.page.locator('#tested[data-palette=night]').waitFor();
  await who.page.evaluate(() => window.idle());
  must(await shown() > 0, 'the closure went with the palette');
  const layers = await order();
  must(layers.indexOf('road') < layers.indexOf('closures-closed') && layers.indexOf('closures-closed') < layers.indexOf('street'),
    `closures lie between roads and names: ${layers.join(' ')}`);
  await who.page.evaluate(() => { window.closures.remove(); });
  must(!(await order()).some((id) => id.startsWith('closures')), 'the overlay is removed');
});

check('whose data it is stands on the map', async () => {
  const words = await people[0].page.locator('.maplibregl-ctrl-attrib').innerText();
  must(/© OpenStreetMap contributors/.test(words), `the attribution says «${words}»`);
});

check('a wide view draws and asks for no tile that does not exist', async () => {
  const who = people[0];
  for (const zoom of [3, 8, 10, 12, 16, 19]) {
    await who.page.evaluate(async (z) => { window.map.jumpTo({ zoom: z }); await window.idle(); }, zoom);
  }
  must(await who.page.evaluate(() => window.map.getZoom()) === 19, 'the last zoom');
});

await runIn({ house, browser, people, seen: true });
