// The roads at the desk and on the crew's phone, in a real browser over a real server and the demo's map: addresses
// searched as one types, the map with incidents and crews, streets closed by hand and by keyboard, the way of a crew.
// Not here: what the router computes (tests/system), the card and the form (story, triage).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { check, must, same, story, until } from './check.mjs';
import { ask, launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD } from './house.mjs';
import { drives } from '../../src/pages/desk/driving.js';
import { alreadyOf, offRoadOf, spanOf, stateOf, untilWords } from '../../src/pages/desk/roads_words.js';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa'];
const house = await openHouse({ workers: 2 });
const browser = await launch();
const people = [];

async function arrive(name, size, login, next) {
  const who = await person(browser, { port: house.port, worker: 1, name, size });
  people.push(who);
  await who.page.emulateMedia({ reducedMotion: 'reduce' });
  await logIn(who, login, PASSWORD, next);
  return who;
}

async function atDesk(name, size = 'desk', login = 'marta') {
  const who = await arrive(name, size, login, '/desk');
  await who.page.locator('.row').first().waitFor();
  await who.page.locator('.pd-map[data-centro]').waitFor({ state: 'attached' });
  return who;
}

async function accessible(who, where) {
  for (const colorScheme of ['light', 'dark']) {
    await who.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await who.page.evaluate(axe);
    const { violations } = await who.page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), TAGS);
    must(violations.length === 0, violations.map((v) => `${where}, ${colorScheme}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`).join('\n'));
  }
  await who.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

const view = (page) => page.locator('.pd-map').evaluate((e) => ({ centre: e.dataset.centro, zoom: Number(e.dataset.zoom) }));
const near = (a, b, metres) => {
  const [x, y] = [a, b].map((p) => p.split(',').map(Number));
  return Math.hypot((x[0] - y[0]) * 111195, (x[1] - y[1]) * 111195 * Math.cos(x[0] * Math.PI / 180)) <= metres;
};
const focused = (page, locator) => locator.and(page.locator(':focus')).waitFor();

async function reported(text, address, municipality = 'Borgo Valdoro') {
  const answer = await fetch(`${house.origin}/api/v1/reports`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: house.origin },
    body: JSON.stringify({ channel: 'web', text, address, municipality, reporter: { prefer: 'none' } }) });
  must(answer.ok, `the report was refused: ${answer.status}`);
}

// A crew's phone without its page: moves(what it says besides its place).
async function movesOf(login, { lat, lon }) {
  const post = (where, body, cookie) => fetch(house.origin + where, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: house.origin, Cookie: cookie }, body: JSON.stringify(body) });
  const session = await post('/api/v1/session', { login, password: PASSWORD }, '');
  const cookie = session.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
  return async (more) => {
    const { status } = await post('/api/v1/me/position', { lat, lon, ...more }, cookie);
    same(status, 204, `a position of ${login}`);
  };
}

await reported('Esce tantissima acqua dalla strada', 'Viale Camillo Cavour 89');
await reported('Manca l\'acqua in tutto il palazzo', 'Viale Giuseppe Garibaldi 43');
await reported('La fogna esce dal tombino e allaga la cantina', 'Corso Roma 10', 'Pontalto');

const MONDAY = Date.parse('2026-11-23T09:00:00Z');

check('a moment after «fino» is said as one says it', async () => {
  same(untilWords('2026-11-23T17:00:00Z', MONDAY), 'fino alle 18:00', 'today');
  same(untilWords('2026-11-24T06:00:00Z', MONDAY), 'fino a domani alle 07:00', 'tomorrow');
  same(untilWords('2026-11-29T17:00:00Z', MONDAY), 'fino a domenica 29 nov alle 18:00', 'another day');
  same(spanOf({ state: 'active', until: '2026-11-24T06:00:00Z' }, MONDAY), 'fino a domani alle 07:00', 'a closure');
});

check('what has not begun is said to be planned, one day once', async () => {
  const planned = { state: 'planned', kind: 'closed', from: '2026-11-29T07:00:00Z', until: '2026-11-29T17:00:00Z' };
  same(spanOf(planned, MONDAY), 'dalle 08:00 alle 18:00 di domenica 29 nov', 'one day');
  same(spanOf({ ...planned, until: '2026-11-30T17:00:00Z' }, MONDAY), 'da domenica 29 nov alle 08:00 a lunedì 30 nov alle 18:00', 'two days');
  same(stateOf(planned), 'chiusura prevista', 'a closure');
  same(stateOf({ ...planned, kind: 'slow', speed: 0.5 }), 'rallentamento al 50 % previsto', 'a slow road');
  same(stateOf({ ...planned, state: 'active' }), 'chiusa', 'one that has begun');
  same(alreadyOf({ ...planned, made_by: 'Marta B.' }, MONDAY), 'Chiusura già prevista da Marta B., dalle 08:00 alle 18:00 di domenica 29 nov.', 'closed twice, then');
  same(alreadyOf({ kind: 'closed', state: 'active' }, MONDAY), 'Già chiusa, finché non la riapri.', 'closed twice, now');
});

story('An address is searched above the map', [
  'Maiusc+V opens the field, the list follows the typing',
  'the map stays under the hand until a place is chosen',
  'Enter shows the place with a pin and goes to the map; Esc takes the pin away',
  'the keys after a search are commands',
  'typing overtakes an answer that is late',
  'a search that fails says so and is tried again',
  'nothing found is said',
  'the palette finds places too',
  'the search is accessible by day and by night, at every width',
], async (step) => {
  const desk = await atDesk('search');
  const { page } = desk;
  const field = page.getByRole('combobox', { name: 'Cerca un indirizzo' });
  const list = page.getByRole('listbox', { name: 'Indirizzi trovati' });
  let before;

  await step('Maiusc+V opens the field, the list follows the typing', async () => {
    before = await view(page);
    await page.keyboard.press('Shift+V');
    await focused(page, field);
    await page.keyboard.type('viale camillo cav');
    await list.getByRole('option', { name: 'Viale Camillo Cavour, Borgo Valdoro' }).first().waitFor();
    same(await field.getAttribute('aria-expanded'), 'true', 'aria-expanded');
    await page.keyboard.type('our 89');
    await list.getByRole('option', { name: 'Viale Camillo Cavour 89' }).waitFor();
    const active = await field.getAttribute('aria-activedescendant');
    same(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true', 'the active option');
  });

  await step('the map stays under the hand until a place is chosen', async () => {
    const now = await view(page);
    same(`${now.centre} ${now.zoom}`, `${before.centre} ${before.zoom}`, 'the view while somebody types');
    same(await page.locator('[data-trovato]').count(), 0, 'pins before a choice');
  });

  await step('Enter shows the place with a pin and goes to the map; Esc takes the pin away', async () => {
    const { places } = await ask(page, '/api/v1/geocode?q=viale+camillo+cavour+89');
    await page.keyboard.press('Enter');
    await page.locator('[data-trovato]', { hasText: 'Viale Camillo Cavour 89' }).waitFor();
    await until(async () => near((await view(page)).centre, `${places[0].lat},${places[0].lon}`, 25), 'the map goes to the place');
    must((await view(page)).zoom >= 16, 'the map shows the street');
    same(await list.count(), 0, 'lists after the choice');
    await focused(page, page.locator('.maplibregl-canvas'));
    await page.keyboard.press('Escape');
    await page.locator('[data-trovato]').waitFor({ state: 'detached' });
    await until(async () => (await field.inputValue()) === '', 'the field is empty after Esc');
    await page.keyboard.press('Shift+V');
    await focused(page, field);
    await page.keyboard.press('Escape');
    await focused(page, page.locator('.maplibregl-canvas'));
  });

  await step('the keys after a search are commands', async () => {
    await page.keyboard.press('Shift+V');
    await focused(page, field);
    await page.keyboard.type('viale camillo cavour 89');
    await list.getByRole('option', { name: 'Viale Camillo Cavour 89' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-trovato]').waitFor();
    await focused(page, page.locator('.maplibregl-canvas'));
    await page.keyboard.press('Shift+C');
    await page.locator('.draw').waitFor();
    must(!/C$/.test(await field.inputValue()), 'the key went into the field');
    await page.locator('#closure-street').press('Escape');
    await page.locator('.draw').waitFor({ state: 'detached' });
  });

  await step('typing overtakes an answer that is late', async () => {
    let held;
    await page.route(/geocode\?q=viale\+?(%20)?giuseppe&/, (route) => { held = route; });
    await page.keyboard.press('Shift+V');
    await focused(page, field);
    await page.keyboard.type('viale giuseppe');
    await until(() => held, 'the search is asked');
    await field.fill('via del moro 2');
    await list.getByRole('option', { name: /Via del Moro 2/ }).waitFor();
    await held.continue().catch(() => {}); // the page no longer waits for it
    await page.unroute(/geocode\?q=viale\+?(%20)?giuseppe&/);
    must(/Via del Moro 2/.test(await list.getByRole('option').first().textContent()), 'the late answer replaced the new one');
  });

  await step('a search that fails says so and is tried again', async () => {
    desk.forgive(/ERR_FAILED|Failed to load/);
    await page.route(/geocode/, (route) => route.abort());
    await field.fill('via roma');
    await page.getByText('La ricerca indirizzi non risponde.').first().waitFor();
    await page.unroute(/geocode/);
    await page.locator('.place-list').getByRole('button', { name: 'Riprova' }).click();
    await list.getByRole('option').first().waitFor();
    await focused(page, field);
  });

  await step('nothing found is said', async () => {
    await field.fill('qwxzkj qwxzkj');
    await page.locator('.place-list', { hasText: 'Nessun indirizzo trovato' }).waitFor();
    await field.fill('');
  });

  await step('the palette finds places too', async () => {
    const options = page.locator('#palette-list [role=option]');
    const mine = page.locator('#palette-list [role=option][aria-selected=true]', { hasText: /Viale Camillo Cavour 89.*indirizzo$/ });
    let late;
    await page.route(/incidents\?q=viale.*89/, (route) => { late = route; });
    await page.keyboard.press('Control+k');
    await focused(page, page.locator('#palette-q'));
    await page.keyboard.type('viale camillo cavour 89');
    await options.filter({ hasText: /Viale Camillo Cavour 89.*indirizzo$/ }).first().waitFor();
    await page.keyboard.press('ArrowUp');
    const { length } = await options.all();
    for (let n = 1; n < length && !(await mine.count()); n++) await page.keyboard.press('ArrowDown');
    await mine.waitFor();
    await until(() => late, 'incidents are asked for');
    await late.continue();
    await page.unroute(/incidents\?q=viale.*89/);
    await options.filter({ hasText: 'Grossa perdita' }).first().waitFor();
    await mine.waitFor(); // others came before it, and it is chosen still
    await page.keyboard.press('Enter');
    await page.locator('[data-trovato]', { hasText: 'Viale Camillo Cavour 89' }).waitFor();
    await focused(page, page.locator('.maplibregl-canvas'));
  });

  await step('the search is accessible by day and by night, at every width', async () => {
    for (const size of ['desk', { width: 1280, height: 720 }, 'phone']) {
      const who = await atDesk(`search ${JSON.stringify(size)}`, size);
      await who.page.keyboard.press('Shift+V');
      await focused(who.page, who.page.locator('#map-search'));
      await who.page.keyboard.type('via roma 1');
      await who.page.locator('.place-list [role=option]').first().waitFor();
      await accessible(who, `search at ${JSON.stringify(size)}`);
      const wide = await who.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      must(wide <= 0, `the page is ${wide} px too wide`);
      must(who.complaints.length === 0, who.complaints.join('\n'));
      await who.close();
      people.splice(people.indexOf(who), 1);
    }
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('The map shows what the lists hold', [
  'it fits once to all that has a place',
  'crowded signs become one with its count, and part when nearer',
  'a sign opens its incident, the list follows',
  'a row opened goes to the map',
  'after a hand the view stays, W follows again',
  'a crew is chosen on both sides; without position it stands at its base',
  'a crew that drives has an arrow, until it stands or has not been heard of for two minutes',
  'keys move the map and fit it',
  'the legend says what the signs mean',
  'a second screen follows the first',
], async (step) => {
  const desk = await atDesk('map');
  const { page } = desk;
  const canvas = page.locator('.maplibregl-canvas');
  const sign = (id) => page.locator(`.marker[data-interventi~="${id}"]`);
  const { incidents } = await ask(page, '/api/v1/incidents?state=open');
  const leak = incidents.find((i) => /Cavour/.test(i.address));
  const sewer = incidents.find((i) => /Roma/.test(i.address));

  await step('it fits once to all that has a place', async () => {
    for (const i of incidents) await sign(i.id).waitFor();
    const box = await page.locator('.map-frame').boundingBox();
    for (const i of incidents) {
      const at = await sign(i.id).first().boundingBox();
      must(at.x >= box.x && at.x + at.width <= box.x + box.width && at.y >= box.y && at.y + at.height <= box.y + box.height, `${i.address} is out of the map`);
    }
  });

  await step('crowded signs become one with its count, and part when nearer', async () => {
    await canvas.focus();
    for (let n = 0; n < 3; n++) await page.keyboard.press('-');
    const together = page.locator('.marker[data-interventi*=" "]');
    await together.first().waitFor();
    await until(async () => (await together.first().locator('b').textContent()) === String((await together.first().getAttribute('data-interventi')).split(' ').length), 'the sign has its count');
    await together.first().click();
    await until(async () => (await page.locator('.marker[data-interventi]').count()) > 1, 'the signs part');
  });

  await step('a sign opens its incident, the list follows', async () => {
    await page.keyboard.press('0');
    await until(async () => (await sign(sewer.id).getAttribute('data-interventi')) === sewer.id, 'the sign stands alone');
    await sign(sewer.id).click();
    await page.locator(`.card[data-id="${sewer.id}"]`).waitFor();
    await page.locator(`.row.current[data-id="${sewer.id}"]`).waitFor();
    await sign(sewer.id).locator('.chosen').waitFor();
  });

  await step('a row opened goes to the map', async () => {
    await canvas.focus();
    await page.keyboard.press('w');
    await page.locator(`.row[data-id="${leak.id}"]`).click();
    await until(async () => near((await view(page)).centre, `${leak.lat},${leak.lon}`, 5), 'the map goes to the incident');
    await sign(leak.id).locator('.chosen').waitFor();
    same(await sign(sewer.id).locator('.chosen').count(), 0, 'chosen signs beside it');
  });

  await step('after a hand the view stays, W follows again', async () => {
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    const follow = page.getByRole('button', { name: /Segui/ });
    await follow.waitFor();
    await until(async () => !near((await view(page)).centre, `${leak.lat},${leak.lon}`, 5), 'the arrow moves the map');
    const { centre } = await view(page);
    await page.locator(`.row[data-id="${sewer.id}"]`).click();
    await page.locator(`.card[data-id="${sewer.id}"]`).waitFor();
    same((await view(page)).centre, centre, 'the view after another choice');
    await follow.click();
    await until(async () => near((await view(page)).centre, `${sewer.lat},${sewer.lon}`, 5), 'the map follows');
    same(await follow.count(), 0, 'buttons that say «Segui»');
  });

  await step('a crew is chosen on both sides; without position it stands at its base', async () => {
    const { crews } = await ask(page, '/api/v1/crews');
    const crew = crews.find((c) => c.name === 'Squadra 1');
    const name = page.locator(`.crew-row[data-id="${crew.id}"]`).getByRole('button', { name: 'Squadra 1' });
    const pill = page.locator(`.marker[data-squadre~="${crew.id}"]`);
    await name.focus();
    await page.keyboard.press('Enter');
    same(await name.getAttribute('aria-pressed'), 'true', 'the crew on the board');
    await pill.locator('.pill.chosen.base').waitFor();
    must(/posizione non nota/.test(await pill.getAttribute('aria-label')), 'the sign hides that the place is not known');
    // Another sign may lie on a part of it here.
    await pill.evaluate((e) => e.click());
    await pill.locator('.chosen').waitFor({ state: 'detached' });
    same(await name.getAttribute('aria-pressed'), 'false', 'the crew on the board, let go on the map');
  });

  await step('a crew that drives has an arrow, until it stands or has not been heard of for two minutes', async () => {
    const { crews } = await ask(page, '/api/v1/crews');
    const crew = crews.find((c) => c.name === 'Squadra 7');
    const pill = page.locator(`.marker[data-squadre="${crew.id}"]`);
    const row = page.locator(`.crew-row[data-id="${crew.id}"]`);
    const moves = await movesOf('squadra7', crew.base);
    await row.getByRole('button', { name: 'Squadra 7' }).click(); // whoever is chosen is never drawn together with others
    await pill.locator('.pill.base').waitFor();
    same(await pill.locator('.heading').count(), 0, 'arrows of a crew that nobody has heard of');
    await moves({ heading: 137, speed_mps: 12 });
    const arrow = pill.locator('.heading[data-rotta="137"]');
    await arrow.waitFor();
    const [tip, sign] = [await arrow.boundingBox(), await pill.boundingBox()];
    must(Math.abs(tip.x + tip.width / 2 - sign.x - sign.width / 2) < 2 && Math.abs(tip.y + tip.height / 2 - sign.y) < 2, 'the arrow lies beside the crew\'s place');
    must(/verso sud-est, 43 km\/h/.test(await pill.getAttribute('aria-label')), 'the sign says no direction');
    await row.getByText('verso sud-est, 43 km/h').waitFor();
    const inks = [];
    for (const theme of ['day', 'night']) {
      await page.evaluate((t) => { document.documentElement.dataset.theme = t; }, theme);
      inks.push(await arrow.evaluate((e) => { const { fill, stroke } = getComputedStyle(e.querySelector('path')); return `${fill} in ${stroke}`; }));
    }
    must(inks[0] !== inks[1], `the arrow is ${inks[0]} by day and by night`);
    await moves({ heading: 137, speed_mps: 0.3 });
    await arrow.waitFor({ state: 'detached' });
    await row.getByText('verso sud-est').waitFor({ state: 'detached' });
    const seen = { heading: 137, speed_mps: 12, position_at: '2026-03-10T14:00:00Z' };
    same(drives(seen, Date.parse('2026-03-10T14:01:59Z')), true, 'driving just before two minutes');
    same(drives(seen, Date.parse('2026-03-10T14:02:00Z')), false, 'driving two minutes after it was seen');
    await row.getByRole('button', { name: 'Squadra 7' }).click();
  });

  await step('keys move the map and fit it', async () => {
    await page.keyboard.press('v');
    await focused(page, canvas);
    const { zoom } = await view(page);
    await page.keyboard.press('+');
    await until(async () => (await view(page)).zoom > zoom, 'plus goes nearer');
    await page.keyboard.press('0');
    await until(async () => (await view(page)).zoom < zoom, '0 fits all');
  });

  await step('the legend says what the signs mean', async () => {
    await page.locator('.legend summary').click();
    for (const words of ['urgenza massima', 'posizione di oltre 2 minuti fa', 'chiusa', 'rallentata']) await page.locator('.legend li', { hasText: words }).first().waitFor();
    await accessible(desk, 'legend');
    await page.locator('.legend summary').click();
  });

  await step('a second screen follows the first', async () => {
    const second = await desk.context.newPage();
    await second.goto(`${desk.origin}/desk?vista=mappa`);
    await second.locator(`.marker[data-interventi~="${sewer.id}"] .chosen`).waitFor();
    same(await second.locator('.queue').count(), 0, 'queues on the second screen');
    await page.locator(`.row[data-id="${leak.id}"]`).click();
    await second.locator(`.marker[data-interventi~="${leak.id}"] .chosen`).waitFor();
    await until(async () => (await second.locator(`.marker[data-interventi~="${sewer.id}"]`).getAttribute('data-interventi')) === sewer.id, 'the sign stands alone');
    /* The map may still move under the pointer: then another click meets it. */
    await until(async () => {
      await second.locator(`.marker[data-interventi~="${sewer.id}"]`).click();
      return page.locator(`.card[data-id="${sewer.id}"]`).waitFor({ timeout: 2000 }).then(() => true, () => false);
    }, 'the first screen opens it');
    await second.close();
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('Streets are closed at the desk', [
  'points on the map become a line that says which streets it takes',
  'Backspace takes the last point away, Esc keeps the drawing for later',
  'a server that fails loses nothing',
  'Invio closes it: in progress until crews are reckoned by it',
  'of a street that is closed already it says by whom, and opens that one',
  'it may be closed twice all the same, and one of the two lifted: neither stays in progress',
  'another desk sees it and changes it; who is late is told by whom, and may save all the same',
  'opening again is undone by Z',
  'a closure in the wrong place is moved by hand, everybody sees it, Z puts it back',
  'and by keyboard alone, by a street and its crossings',
  'by keyboard alone: a street and two crossings',
  'a zone, slow, for a time and with its reason',
  'the profile of the roads is chosen by hand and goes back to the clock',
  'a profile whose end has passed is refused at its field, and Z takes one back',
  'times on a list under the hand are not changed but offered',
  'times asked for before the roads changed and told after it are said to be of before',
  'who only reads may look',
  'all of it is accessible by day and by night, at every width',
], async (step) => {
  const desk = await atDesk('closures');
  const { page } = desk;
  const draw = page.locator('.draw');
  const canvas = page.locator('.maplibregl-canvas');
  const applies = page.locator('[data-applica]');
  const items = page.locator('.closure');
  const roads = () => ask(page, '/api/v1/roads');
  const seek = async (words) => {
    await page.keyboard.press('Shift+V');
    await focused(page, page.locator('#map-search'));
    await page.keyboard.type(words);
    await page.locator('.place-list [role=option]').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-trovato]').waitFor();
  };
  const tap = async (x, y) => {
    const box = await page.locator('.map-frame').boundingBox();
    await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  };
  let taken;

  await step('points on the map become a line that says which streets it takes', async () => {
    await page.getByRole('button', { name: /^Chiusure/ }).click();
    await page.getByText('Nessuna strada chiusa o rallentata.').waitFor();
    await page.locator('.profile', { hasText: 'secondo l’ora' }).waitFor();
    await seek('viale camillo cavour 80');
    await page.getByRole('button', { name: /^Chiusure/ }).click();
    await page.getByRole('button', { name: /Chiudi una strada/ }).click();
    await focused(page, canvas);
    await tap(0.5, 0.5);
    await draw.getByText('1 punto').waitFor();
    await tap(0.7, 0.62);
    await draw.getByText('2 punti').waitFor();
    await draw.locator('.taken b').waitFor();
    taken = await draw.locator('.taken').textContent();
    must(/^ *\S.* · \d+ m$/.test(taken), `the preview says «${taken}»`);
  });

  await step('Backspace takes the last point away, Esc keeps the drawing for later', async () => {
    await canvas.focus();
    await page.keyboard.press('Backspace');
    await draw.getByText('1 punto').waitFor();
    await page.keyboard.press(' ');
    await draw.getByText('2 punti').waitFor();
    await page.keyboard.press('Backspace');
    const far = ({ points: [a, b] }) => b && Math.abs(a.lat - b.lat) > 1e-4; // the key's point was where the first one is
    const asked = page.waitForResponse((r) => r.url().endsWith('/preview') && far(r.request().postDataJSON()));
    await tap(0.7, 0.62);
    const { metres } = await (await asked).json();
    await draw.locator('.taken', { hasText: `${metres} m` }).waitFor();
    taken = await draw.locator('.taken').textContent();
    await page.keyboard.press('Escape');
    await draw.waitFor({ state: 'detached' });
    await page.getByText('Disegno lasciato a metà').waitFor();
    same((await ask(page, '/api/v1/closures')).closures.length, 0, 'closures after Esc');
    await page.getByRole('button', { name: 'Riprendi' }).click();
    await draw.getByText('2 punti').waitFor();
    await until(async () => (await draw.locator('.taken').textContent()) === taken, 'the same roads are taken');
  });

  await step('a server that fails loses nothing', async () => {
    desk.forgive(/ERR_FAILED|Failed to load/);
    const preview = page.waitForResponse('**/closures/preview');
    let slow;
    await page.route('**/closures/preview', (route) => { slow = route; });
    await page.route('**/api/v1/closures', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await canvas.focus();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Riprendi' }).click();
    await until(() => slow, 'the roads are asked for again');
    await draw.getByRole('button', { name: /Chiudi/ }).click();
    await draw.getByText('il disegno resta qui').waitFor();
    await slow.continue(); // another answer, which says nothing of what failed
    await (await preview).finished();
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    same(await draw.getByText('il disegno resta qui').count(), 1, 'words of the failure after the roads were told');
    await page.unroute('**/closures/preview');
    await page.unroute('**/api/v1/closures');
    await draw.getByText('2 punti').waitFor();
  });

  await step('Invio closes it: in progress until crews are reckoned by it', async () => {
    const before = await roads();
    let hold = true;
    const held = [];
    await page.route('**/api/v1/closures', (route) => (hold && route.request().method() === 'GET' ? held.push(route) : route.continue()));
    await canvas.focus();
    await page.keyboard.press('Enter');
    await applies.waitFor();
    await items.first().waitFor();
    await until(async () => (await roads()).closures === 1 && (await roads()).state === 'ok', 'the server reckons by it');
    same(await applies.count(), 1, 'words of progress before the page knows');
    hold = false;
    for (const route of held) await route.continue();
    await page.unroute('**/api/v1/closures');
    await applies.waitFor({ state: 'detached' });
    must((await roads()).metric !== before.metric, 'the metric is the same as before');
    await page.locator('.marker[data-chiusure]', { hasText: 'chiusa' }).waitFor();
    await focused(page, page.locator('#chiusure'));
  });

  await step('of a street that is closed already it says by whom, and opens that one', async () => {
    await page.getByRole('button', { name: /Chiudi una strada/ }).click();
    await focused(page, canvas);
    await tap(0.5, 0.5);
    await draw.getByText('1 punto').waitFor();
    await tap(0.7, 0.62);
    const already = draw.locator('.already li');
    await already.getByText('Già chiusa da Marta B., finché non la riapri.').waitFor();
    same(await draw.locator('.taken').textContent(), taken, 'the roads taken');
    await page.getByRole('radio', { name: 'Rallentata' }).check(); // slower than closed is nothing
    await already.getByText('Già chiusa').waitFor();
    await page.getByRole('radio', { name: 'Chiusa' }).check();
    await already.getByRole('button', { name: 'Apri quella' }).focus();
    await page.keyboard.press('Enter');
    await draw.waitFor({ state: 'detached' });
    await focused(page, items.first());
  });

  await step('it may be closed twice all the same, and one of the two lifted: neither stays in progress', async () => {
    const { metric } = await roads();
    await page.getByRole('button', { name: 'Riprendi' }).click();
    await draw.locator('.already li').waitFor();
    await canvas.focus();
    await page.keyboard.press('Enter');
    await until(async () => (await items.count()) === 2, 'both are listed');
    await applies.waitFor({ state: 'detached' });
    same((await roads()).metric, metric, 'the metric of the same road closed twice');
    await items.first().getByRole('button', { name: 'Riapri' }).click();
    await until(async () => (await items.count()) === 1, 'one is left');
    await applies.waitFor({ state: 'detached' });
    same((await roads()).closures, 1, 'closures in force');
  });

  await step('another desk sees it and changes it; who is late is told by whom, and may save all the same', async () => {
    const other = await atDesk('other', 'desk', 'luca');
    await other.page.getByRole('button', { name: /^Chiusure/ }).click();
    const theirs = other.page.locator('.closure').first();
    await theirs.waitFor();
    await items.first().getByRole('button', { name: 'Cambia' }).click();
    await draw.waitFor();
    await theirs.getByRole('button', { name: 'Cambia' }).click();
    await other.page.getByRole('radio', { name: 'Rallentata' }).check();
    await other.page.getByRole('spinbutton').fill('30');
    await other.page.getByRole('button', { name: /Salva/ }).click();
    await theirs.getByText('Rallentata al 30 %').waitFor();
    await page.getByLabel('Motivo (facoltativo)').fill('lavori');
    await draw.getByRole('button', { name: /Salva/ }).click();
    const banner = page.locator('.banner', { hasText: 'Luca' });
    await banner.waitFor();
    must(/Ora è rallentata al 30 %/.test(await banner.textContent()), 'the banner does not say what holds now');
    same(await page.getByLabel('Motivo (facoltativo)').inputValue(), 'lavori', 'what was typed');
    await banner.getByRole('button', { name: 'Salva lo stesso' }).click();
    await draw.waitFor({ state: 'detached' });
    const item = items.first();
    await item.getByText('lavori').waitFor();
    must(/Chiusa/.test(await item.textContent()) && /Marta.*cambiata da Marta/.test(await item.textContent()), `the item says «${await item.textContent()}»`);
    await theirs.getByText('lavori').waitFor();
    must(other.complaints.filter((c) => !/409/.test(c)).length === 0, other.complaints.join('\n'));
    await other.close();
    people.splice(people.indexOf(other), 1);
    desk.forgive(/status of 409/);
  });

  await step('opening again is undone by Z', async () => {
    await items.first().getByRole('button', { name: 'Riapri' }).click();
    await items.first().waitFor({ state: 'detached' });
    await until(async () => (await roads()).closures === 0, 'the road is open for crews');
    await focused(page, page.locator('#chiusure'));
    await page.keyboard.press('z');
    await items.first().waitFor();
    await until(async () => (await roads()).closures === 1, 'the road is closed again');
    same(await items.first().getByText('lavori').count(), 1, 'the reason of what was taken back');
  });

  const places = async () => JSON.stringify((await ask(page, '/api/v1/closures')).closures.map((c) => [c.id, c.roads]));

  await step('a closure in the wrong place is moved by hand, everybody sees it, Z puts it back', async () => {
    const other = await atDesk('other', 'desk', 'luca');
    await other.page.getByRole('button', { name: /^Chiusure/ }).click();
    const before = await places();
    const { metric } = await roads();
    await items.first().getByRole('button', { name: 'Sposta' }).click();
    await focused(page, canvas);
    await draw.getByRole('heading', { name: 'Sposta la chiusura' }).waitFor();
    await tap(0.25, 0.35);
    await draw.locator('.taken b').waitFor();
    same(await draw.locator('.already').count(), 0, 'its own double');
    await draw.getByRole('button', { name: /Sposta/ }).click();
    await draw.waitFor({ state: 'detached' });
    await applies.waitFor({ state: 'detached' });
    const there = await places();
    must(there !== before && JSON.parse(there)[0][0] === JSON.parse(before)[0][0], 'it is not the same closure somewhere else');
    must((await roads()).metric !== metric, 'crews are reckoned by the old place');
    same(await items.first().getByText('lavori').count(), 1, 'the reason of what was moved');
    await other.page.locator('.closure', { hasText: 'cambiata da Marta' }).waitFor();
    await page.locator('#chiusure').focus();
    await page.keyboard.press('z');
    await until(async () => (await places()) === before, 'it is where it was');
    await until(async () => (await roads()).metric === metric, 'crews are reckoned by the first place');
    must(other.complaints.length === 0, other.complaints.join('\n'));
    await other.close();
    people.splice(people.indexOf(other), 1);
  });

  await step('and by keyboard alone, by a street and its crossings', async () => {
    const before = await places();
    await items.first().getByRole('button', { name: 'Sposta' }).focus();
    await page.keyboard.press('Enter');
    await focused(page, canvas);
    await draw.getByRole('button', { name: 'Via e incroci' }).focus();
    await page.keyboard.press('Enter');
    await focused(page, page.locator('#closure-street'));
    for (const [words, name] of [['viale camillo cavour borgo', /Viale Camillo Cavour/], ['via della canonica', /Canonica/], ['via giordano bruno', /Giordano Bruno/]]) {
      await page.keyboard.type(words);
      await draw.getByRole('option', { name }).first().waitFor();
      await page.keyboard.press('Enter');
    }
    await focused(page, draw.getByRole('button', { name: /Sposta/ }));
    await draw.locator('.taken b', { hasText: 'Viale Camillo Cavour' }).waitFor();
    await page.keyboard.press('Enter');
    await draw.waitFor({ state: 'detached' });
    must((await places()) !== before, 'it has not moved');
    await applies.waitFor({ state: 'detached' });
    await page.keyboard.press('z');
    await until(async () => (await places()) === before, 'it is where it was');
    await applies.waitFor({ state: 'detached' });
  });

  await step('by keyboard alone: a street and two crossings', async () => {
    await page.evaluate(() => {
      window.pointers = 0;
      addEventListener('pointerdown', () => { window.pointers += 1; }, true);
    });
    await page.keyboard.press('Shift+C');
    await focused(page, page.locator('#closure-street'));
    let release;
    const held = new Promise((done) => { release = done; });
    await page.route(/geocode.*borgo/, async (route) => { await held; await route.continue(); });
    await page.keyboard.type('viale camillo cavour');
    await draw.getByRole('option', { name: /Viale Camillo Cavour/ }).first().waitFor();
    await page.keyboard.type(' borgo');
    await page.keyboard.press('Enter'); // the list is of fewer words: this one waits for its own
    same(await page.locator('#closure-street').inputValue(), 'viale camillo cavour borgo', 'the words, not yet a street');
    release();
    await focused(page, page.locator('#closure-crossing-0'));
    await page.unroute(/geocode.*borgo/);
    const crossings = draw.getByRole('option'); // all of them, before anything is typed, and none is chosen
    await crossings.filter({ hasText: 'Via della Canonica' }).waitFor();
    await crossings.filter({ hasText: 'Via Giordano Bruno' }).waitFor();
    must((await crossings.allTextContents()).every((label) => /^Viale Camillo Cavour angolo /.test(label)), 'what is listed are its crossings');
    same(await draw.locator('[role=option][aria-selected=true]').count(), 0, 'chosen before a key');
    const alongIt = await crossings.allTextContents();
    await page.keyboard.press('Escape');
    await crossings.first().waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await crossings.first().waitFor();
    await page.keyboard.press('ArrowDown');
    await draw.locator('[role=option][aria-selected=true]', { hasText: alongIt[0] }).waitFor();
    await page.keyboard.type('via '); // a viale begins so too
    await until(async () => (await crossings.allTextContents()).length > 1 && (await crossings.allTextContents()).every((label) => / angolo Via(le)? /.test(label)), 'those that begin so');
    await page.locator('#closure-crossing-0').fill('');
    await page.keyboard.type('via xyzzy');
    await draw.getByText('Nessun incrocio di Viale Camillo Cavour').waitFor();
    await page.keyboard.press('Escape');
    await draw.getByText('Nessun incrocio di').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await draw.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Riprendi' }).press('Enter');
    await page.locator('#closure-crossing-0').waitFor();
    for (const height of [900, 800]) { // the label of the field that has the focus is in sight
      await page.setViewportSize({ width: height === 900 ? 1440 : 1280, height });
      await page.locator('#closure-crossing-1').focus();
      await draw.locator('form').evaluate((e) => { e.scrollTop = e.scrollHeight; });
      await page.locator('#closure-crossing-0').focus();
      const top = await draw.locator('form').evaluate((e) => e.getBoundingClientRect().top);
      must((await page.locator('label[for=closure-crossing-0]').boundingBox()).y >= top, `the label is hidden at ${height}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('#closure-crossing-0').fill('');
    await page.route(/geocode/, async (route) => { // as where only people on foot cross
      const answer = await route.fetch();
      const { places } = await answer.json();
      await route.fulfill({ response: answer, json: { places: places.map((p) => ({ ...p, drivable: false })) } });
    });
    await page.keyboard.type('via della can');
    await draw.getByText('Nessun incrocio di Viale Camillo Cavour con una via così dove passino auto').waitFor();
    await page.unroute(/geocode/);
    await page.keyboard.type('on');
    await draw.getByRole('option', { name: /Canonica/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await focused(page, page.locator('#closure-crossing-1'));
    same(await page.locator('#closure-crossing-0').inputValue(), 'Via della Canonica', 'the crossing, by the other street');
    await page.keyboard.type('via giordano bruno');
    await draw.getByRole('option', { name: /Giordano Bruno/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await focused(page, page.getByRole('radio', { name: 'Chiusa' }));
    await draw.locator('.taken b', { hasText: 'Viale Camillo Cavour' }).waitFor();
    await page.keyboard.press('Enter');
    await draw.waitFor({ state: 'detached' });
    const made = page.locator('.closure', { hasText: 'Viale Camillo Cavour' }).filter({ hasNotText: 'lavori' });
    await made.waitFor();
    same((await page.evaluate(() => fetch('/api/v1/closures').then((r) => r.json()))).closures.filter((c) => c.street === 'Viale Camillo Cavour').length, 1, 'closures of that street');
    await until(async () => (await roads()).closures === 2, 'both are closed');
    await page.keyboard.press('z');
    await made.waitFor({ state: 'detached' });
    await until(async () => (await roads()).closures === 1, 'one is closed');
    same(await page.evaluate(() => window.pointers), 0, 'pointer events');
  });

  await step('a zone, slow, for a time and with its reason', async () => {
    await page.getByRole('button', { name: /Chiudi una strada/ }).click();
    await draw.getByRole('button', { name: 'Zona' }).click();
    await focused(page, canvas);
    for (const [x, y] of [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7]]) await tap(x, y);
    await draw.getByText('3 punti').waitFor();
    await draw.locator('.taken b', { hasText: 'Zona' }).waitFor();
    await page.route('**/closures/preview', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...await answer.json(), streets: ['Via Prima', 'Via Seconda'], more: 12, more_streets: 3 } });
    });
    await tap(0.3, 0.7);
    await draw.locator('.taken', { hasText: /Zona: Via Prima, Via Seconda e altre 3 ·.* · sulla mappa se ne vede una parte$/ }).waitFor();
    await page.unroute('**/closures/preview');
    await page.getByRole('radio', { name: 'Rallentata' }).check();
    await page.getByLabel('Per cento').fill('33');
    must(await page.getByLabel('Per cento').evaluate((e) => e.checkValidity()), '33 % is refused by the field');
    await page.getByLabel('Per cento').fill('50');
    await page.getByLabel('Motivo (facoltativo)').fill('allagamento');
    await page.getByLabel(/^Fino a/).fill('2020-01-01T10:00');
    await draw.getByRole('button', { name: /Rallenta/ }).click();
    await draw.locator('#err-until').waitFor();
    const today = new Date().toLocaleDateString('sv', { timeZone: 'Europe/Rome' });
    const tomorrow = new Date(Date.parse(today) + 86400000).toISOString().slice(0, 10); // days of the calendar: one may have 25 hours
    await page.getByLabel(/^Fino a/).fill(`${tomorrow}T12:00`);
    await draw.getByRole('button', { name: /Rallenta/ }).click();
    const zone = page.locator('.closure', { hasText: 'Zona' });
    await zone.getByText(/Rallentata al 50 %, fino (a domani alle|alle) 12:00 .* allagamento/).waitFor();
    same(await zone.getByRole('button', { name: 'Togli' }).count(), 1, 'buttons that take a slow zone away');
    const { closures } = await ask(page, '/api/v1/closures');
    same(closures.find((c) => c.area).speed, 0.5, 'the speed of the zone');
    await until(async () => (await roads()).closures === 2, 'both hold');
    await applies.waitFor({ state: 'detached' });
  });

  await step('the profile of the roads is chosen by hand and goes back to the clock', async () => {
    const profile = page.locator('.profile');
    await profile.getByRole('combobox').selectOption({ label: 'neve' });
    await profile.getByRole('button', { name: 'Applica' }).click();
    await profile.getByText('neve, scelto a mano').waitFor();
    await until(async () => (await roads()).profile === 'snow', 'the server says snow');
    await applies.waitFor({ state: 'detached' });
    await profile.getByRole('combobox').selectOption('');
    await profile.getByRole('button', { name: 'Applica' }).click();
    await profile.getByText('secondo l’ora').first().waitFor();
    await focused(page, profile.getByRole('combobox'));
    await applies.waitFor({ state: 'detached' });
  });

  await step('a profile whose end has passed is refused at its field, and Z takes one back', async () => {
    const profile = page.locator('.profile');
    desk.forgive(/status of 422/);
    await profile.getByRole('combobox').selectOption({ label: 'neve' });
    await profile.getByLabel(/^Fino a/).fill('2020-01-01T10:00');
    await profile.getByRole('button', { name: 'Applica' }).click();
    await profile.getByText('L’ora è già passata.').waitFor();
    await focused(page, profile.getByLabel(/^Fino a/));
    await profile.getByLabel(/^Fino a/).fill('');
    await profile.getByRole('button', { name: 'Applica' }).click();
    await profile.getByText('neve, scelto a mano').waitFor();
    await page.locator('.closure').first().focus(); // a letter in a list chooses in it
    await page.keyboard.press('z');
    await profile.getByText('secondo l’ora').first().waitFor();
    await until(async () => (await roads()).source === 'clock', 'the server goes by the clock');
    await applies.waitFor({ state: 'detached' });
  });

  await step('times on a list under the hand are not changed but offered', async () => {
    await page.locator('.row', { hasText: 'Cavour' }).click();
    await page.getByRole('button', { name: /Conferma L1/ }).click();
    await focused(page, page.locator('.candidate').first());
    const order = () => page.locator('.candidate b').allTextContents();
    const before = (await order()).join();
    const byHand = page.locator('.candidates .strip', { hasText: 'Tempi di strada: neve, scelto a mano.' });
    same(await byHand.count(), 0, 'said of times by the clock');
    await ask(page, '/api/v1/roads', { profile: 'snow' });
    await byHand.waitFor();
    const strip = page.locator('.candidates .strip', { hasText: 'Le strade sono cambiate' });
    await strip.waitFor();
    same((await order()).join(), before, 'the list under the hand');
    await page.locator('.candidate').first().and(page.locator(':focus')).waitFor();
    await strip.getByRole('button', { name: 'Aggiorna' }).click();
    await strip.waitFor({ state: 'detached' });
  });

  await step('times asked for before the roads changed and told after it are said to be of before', async () => {
    const candidates = /\/api\/v1\/incidents\/[^/]+\/candidates$/;
    const strip = page.locator('.candidates .strip', { hasText: 'Le strade sono cambiate' });
    const drive = async (profile) => {
      const heard = page.waitForRequest('**/api/v1/closures');
      await ask(page, '/api/v1/roads', { profile });
      await heard; // the page reads the closures again when the stream has told it
    };
    await drive('night');
    await strip.waitFor();
    let release;
    const held = new Promise((done) => { release = done; });
    let asked;
    const reckoned = new Promise((done) => { asked = done; });
    await page.route(candidates, async (route) => {
      const answer = await route.fetch();
      asked();
      await held;
      await route.fulfill({ response: answer });
    }, { times: 1 });
    await strip.getByRole('button', { name: 'Aggiorna' }).click();
    await reckoned;
    await drive('peak');
    const told = page.waitForResponse(candidates);
    release();
    await (await told).finished();
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    same(await strip.count(), 1, 'strips on times of before');
    await strip.getByRole('button', { name: 'Aggiorna' }).click();
    await strip.waitFor({ state: 'detached' });
    await ask(page, '/api/v1/roads', { profile: null });
  });

  await step('who only reads may look', async () => {
    await house.sql("UPDATE account SET role = 'auditor' WHERE login = 'irene'");
    const reader = await atDesk('reader', 'desk', 'irene');
    await reader.page.getByRole('button', { name: /^Chiusure/ }).click();
    await reader.page.locator('.closure').first().waitFor();
    same(await reader.page.getByRole('button', { name: /Chiudi una strada|Riapri|Sposta|Cambia$/ }).count(), 0, 'commands of who only reads');
    await reader.page.keyboard.press('Shift+C');
    await reader.page.locator('.closure').first().waitFor();
    same(await reader.page.locator('.draw').count(), 0, 'drawings of who only reads');
    await reader.close();
    people.splice(people.indexOf(reader), 1);
  });

  await step('all of it is accessible by day and by night, at every width', async () => {
    for (const size of ['desk', { width: 1280, height: 720 }, 'phone']) {
      const who = await atDesk(`roads ${JSON.stringify(size)}`, size);
      await who.page.keyboard.press('Shift+S');
      await focused(who.page, who.page.locator('#chiusure'));
      await who.page.locator('.closure').first().waitFor();
      await accessible(who, `closures at ${JSON.stringify(size)}`);
      await who.page.keyboard.press('Shift+C');
      await focused(who.page, who.page.locator('#closure-street'));
      await accessible(who, `crossings at ${JSON.stringify(size)}`);
      await who.page.getByRole('button', { name: 'Sulla mappa' }).click();
      await focused(who.page, who.page.locator('.maplibregl-canvas'));
      who.forgive(/status of 422/); // the middle of the valley may have no road
      await who.page.keyboard.press(' ');
      await who.page.getByText('1 punto').waitFor();
      await accessible(who, `drawing at ${JSON.stringify(size)}`);
      const wide = await who.page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth, document.querySelector('.draw').scrollWidth - document.querySelector('.draw').clientWidth));
      must(wide <= 0, `the page is ${wide} px too wide`);
      must(who.complaints.length === 0, who.complaints.join('\n'));
      await who.close();
      people.splice(people.indexOf(who), 1);
    }
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('A drawn point lies on no road', [
  'it is named, and marked on the map',
  'it is left out of the closure, and said so',
  'by keyboard alone it is taken out, one after the other',
  'where no road is left nothing is stored, and it says why',
  'the corners of a zone may lie anywhere',
  'it is accessible by day and by night, at every width',
], async (step) => {
  same(offRoadOf([3]), 'Il punto 3 non è su una strada.', 'the words of one');
  same(offRoadOf([2, 5, 7]), 'I punti 2, 5 e 7 non sono su una strada.', 'the words of three');
  const desk = await atDesk('off the road');
  const { page } = desk;
  const draw = page.locator('.draw');
  const canvas = page.locator('.maplibregl-canvas');
  const words = draw.locator('.off-road p');
  const marks = page.locator('[data-fuori]');
  const button = (n) => draw.getByRole('button', { name: `Togli il punto ${n}`, exact: true });

  // Does a road pass within so many metres of what the map shows there? x and y: parts of the frame.
  const roadWithin = async (who, [x, y], metres) => {
    const { centre, zoom } = await view(who.page);
    const box = await who.page.locator('.map-frame').boundingBox();
    const [lat, lon] = centre.split(',').map(Number);
    const degrees = 360 / (512 * 2 ** zoom); // of longitude, a pixel
    const shrink = Math.cos(lat * Math.PI / 180);
    const at = { lat: lat - (y - 0.5) * box.height * degrees * shrink, lon: lon + (x - 0.5) * box.width * degrees };
    const [up, right] = [metres / 111195, metres / 111195 / shrink];
    const points = [[-1, -1], [-1, 1], [1, 1], [1, -1]].map(([n, e]) => ({ lat: at.lat + n * up, lon: at.lon + e * right }));
    return who.page.evaluate(async (body) => (await fetch('/api/v1/closures/preview', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).ok,
      { kind: 'closed', area: true, points });
  };
  const spots = async (who) => {
    const found = { on: [], off: [] };
    for (const y of [0.5, 0.35, 0.65, 0.25, 0.75]) for (const x of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]) {
      if (await roadWithin(who, [x, y], 15)) found.on.push([x, y]);
      else if (!await roadWithin(who, [x, y], 80)) found.off.push([x, y]);
    }
    return found;
  };
  const tap = async (who, [x, y]) => {
    const box = await who.page.locator('.map-frame').boundingBox();
    await who.page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  };
  const begin = async (who) => {
    who.forgive(/status of 422/);
    await who.page.keyboard.press('Shift+V');
    await focused(who.page, who.page.locator('#map-search'));
    await who.page.keyboard.type('strada provinciale 9 della valdoro');
    await who.page.locator('.place-list [role=option]').first().waitFor();
    await who.page.keyboard.press('Enter');
    await who.page.locator('[data-trovato]').waitFor();
    await who.page.keyboard.press('Shift+C');
    await who.page.getByRole('button', { name: 'Sulla mappa' }).click();
    await focused(who.page, who.page.locator('.maplibregl-canvas'));
    const { zoom } = await view(who.page);
    await who.page.keyboard.press('-');
    await until(async () => (await view(who.page)).zoom < zoom - 0.9, 'the map shows more');
    return spots(who);
  };
  let found;

  await step('it is named, and marked on the map', async () => {
    found = await begin(desk);
    must(found.on.length >= 2 && found.off.length >= 2, `too few places: ${JSON.stringify(found)}`);
    await tap(desk, found.on[0]);
    await draw.locator('.taken b').waitFor();
    same(await marks.count(), 0, 'marks of a point on a road');
    await tap(desk, found.off[0]);
    await words.getByText('Il punto 2 non è su una strada.').waitFor();
    await page.locator('#allarme', { hasText: 'Il punto 2 non è su una strada.' }).waitFor({ state: 'attached' });
    await draw.getByText('Nessuna strada ancora.').waitFor();
    same(await marks.getAttribute('data-fuori'), '2', 'the point that is marked');
    same(await marks.getAttribute('aria-label'), 'Punto 2: non è su una strada', 'the mark in words');
    must((await marks.textContent()).includes('2'), 'the mark has no number');
  });

  await step('it is left out of the closure, and said so', async () => {
    await tap(desk, found.on[1]);
    await draw.locator('.taken b').waitFor();
    await words.getByText('Il punto 2 non è su una strada.').waitFor();
    await page.locator('#voce', { hasText: /\d m\. Il punto 2 non è su una strada\./ }).waitFor({ state: 'attached' });
    await tap(desk, found.off[1]);
    await words.getByText('I punti 2 e 4 non sono su una strada.').waitFor();
    await until(async () => (await marks.evaluateAll((all) => all.map((m) => m.dataset.fuori).join())) === '2,4', 'both are marked');
  });

  await step('by keyboard alone it is taken out, one after the other', async () => {
    const taken = await draw.locator('.taken').textContent();
    await button(2).focus();
    await page.keyboard.press('Enter');
    await focused(page, button(3));
    await words.getByText('Il punto 3 non è su una strada.').waitFor();
    await draw.getByText('3 punti').waitFor();
    await until(async () => (await marks.evaluateAll((all) => all.map((m) => m.dataset.fuori).join())) === '3', 'the mark has its new number');
    await page.keyboard.press('Enter');
    await focused(page, canvas);
    await draw.getByText('2 punti').waitFor();
    await words.waitFor({ state: 'detached' });
    same(await marks.count(), 0, 'marks of points that were taken out');
    await until(async () => (await draw.locator('.taken').textContent()) === taken, 'the roads are the same');
  });

  await step('where no road is left nothing is stored, and it says why', async () => {
    const { closures } = await ask(page, '/api/v1/closures');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await draw.getByText('0 punti').waitFor();
    await tap(desk, found.off[0]);
    await words.getByText('Il punto 1 non è su una strada.').waitFor();
    await canvas.focus();
    await page.keyboard.press('Enter');
    await draw.getByRole('alert').getByText('Così non prende nessuna strada').waitFor();
    same((await ask(page, '/api/v1/closures')).closures.length, closures.length, 'closures after what was refused');
    await button(1).press(' ');
    await draw.getByText('0 punti').waitFor();
    same(await draw.getByRole('alert').count(), 0, 'words of what is gone');
  });

  await step('the corners of a zone may lie anywhere', async () => {
    await draw.getByRole('button', { name: 'Zona' }).click();
    await focused(page, canvas);
    await tap(desk, found.off[0]);
    await tap(desk, found.off[1]);
    await tap(desk, found.on[0]);
    await draw.locator('.taken b', { hasText: 'Zona' }).waitFor();
    same(await words.count() + await marks.count(), 0, 'complaints of its corners');
    await page.keyboard.press('Escape');
    await draw.waitFor({ state: 'detached' });
  });

  await step('it is accessible by day and by night, at every width', async () => {
    for (const size of ['desk', 'phone']) {
      const who = await atDesk(`off the road ${size}`, size);
      const { off, on } = await begin(who);
      for (const at of [on[0], off[0], on[1], off[1]]) await tap(who, at);
      await who.page.locator('.off-road', { hasText: 'I punti 2 e 4' }).waitFor();
      await accessible(who, `a point off the road at ${size}`);
      const wide = await who.page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth, document.querySelector('.draw').scrollWidth - document.querySelector('.draw').clientWidth));
      must(wide <= 0, `the page is ${wide} px too wide at ${size}`);
      must(who.complaints.length === 0, who.complaints.join('\n'));
      await who.close();
      people.splice(people.indexOf(who), 1);
    }
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('The way of a crew', [
  'the candidate under the hand has its way on the map, with the minutes of its reason',
  'a crew chosen on the board too, and the board says it in words',
  'who accepts has the next step before them',
  'the phone shows minutes, time of arrival and the next streets',
  'it starts from where the phone is',
  'off the way by more than 80 m it is asked for again',
  'a street that closes changes the way',
  'a closed street ahead is said, and stays said until it was seen',
  'where no open road leads there any more, both are told',
  'without network the last way stays, and says of when it is',
  'the phone is accessible by day and by night',
], async (step) => {
  const desk = await atDesk('ways');
  const { page } = desk;
  const shown = (crew, incident) => page.locator(`.pd-map[data-percorso="${crew} ${incident}"]`);
  const { crews } = await ask(page, '/api/v1/crews');
  const byName = (name) => crews.find((c) => c.name === name);
  const { incidents } = await ask(page, '/api/v1/incidents?state=open');
  const leak = incidents.find((i) => /Garibaldi/.test(i.address));
  const minutes = (way) => `${Math.max(1, Math.ceil(way.eta_s / 60))} min`;
  let far; // a crew some minutes away
  let phone;
  let asked = [];

  await step('the candidate under the hand has its way on the map, with the minutes of its reason', async () => {
    await page.locator(`.row[data-id="${leak.id}"]`).click();
    await page.getByRole('button', { name: /Conferma L1/ }).click();
    const first = page.locator('.candidate').first();
    await focused(page, first);
    const crew = await first.getAttribute('data-squadra');
    await shown(crew, leak.id).waitFor({ state: 'attached' });
    const way = await ask(page, `/api/v1/incidents/${leak.id}/route?crew=${crew}`);
    await page.locator(`.marker[data-percorso="${crew}"]`, { hasText: minutes(way) }).waitFor();
    await page.keyboard.press('ArrowDown');
    const second = page.locator('.candidate').nth(1);
    far = await second.getAttribute('data-squadra');
    await shown(far, leak.id).waitFor({ state: 'attached' });
    const { candidates } = await ask(page, `/api/v1/incidents/${leak.id}/candidates`);
    const told = minutes(await ask(page, `/api/v1/incidents/${leak.id}/route?crew=${far}`));
    must(candidates.find((c) => c.crew.id === far).reason.startsWith(`${told}, `), 'the reason has other minutes than the way');
    await page.locator(`.marker[data-percorso="${far}"]`).getByText(told, { exact: true }).waitFor();
    await second.locator('.minutes').getByText(told, { exact: true }).waitFor();
    await page.locator('#scheda').focus();
    await page.locator('.marker[data-percorso]').waitFor({ state: 'detached' });
  });

  await step('a crew chosen on the board too, and the board says it in words', async () => {
    const { name } = crews.find((c) => c.id === far);
    const row = page.locator(`.crew-row[data-id="${far}"]`);
    await row.getByRole('button', { name }).click();
    await shown(far, leak.id).waitFor({ state: 'attached' });
    const way = await ask(page, `/api/v1/incidents/${leak.id}/route?crew=${far}`);
    must(way.eta_s % 60, 'a way of whole minutes shows no rounding');
    await row.getByText(new RegExp(`(^|\\D)${minutes(way)} di strada, arrivo alle \\d\\d:\\d\\d`)).waitFor();
    await row.getByRole('button', { name }).click();
  });

  await step('who accepts has the next step before them', async () => {
    const crew = byName('Squadra 1');
    const { version } = await ask(page, `/api/v1/incidents/${leak.id}`);
    await ask(page, `/api/v1/incidents/${leak.id}/assign`, { version, crew: crew.id });
    phone = await person(browser, { port: house.port, worker: 1, name: 'driver', size: 'phone', permissions: ['geolocation'], geolocation: { latitude: crew.base.lat, longitude: crew.base.lon, accuracy: 10 } });
    people.push(phone);
    phone.page.on('request', (r) => { if (/assignments\/.*\/route/.test(r.url())) asked.push(r.url()); });
    await logIn(phone, 'squadra1', PASSWORD, '/crew');
    await phone.page.locator('.item.fresh').waitFor();
    await phone.page.getByRole('button', { name: 'Accetto' }).click();
    await phone.page.getByRole('button', { name: 'Parto' }).waitFor();
    await focused(phone.page, phone.page.locator('.assignment h2'));
  });

  await step('the phone shows minutes, time of arrival and the next streets', async () => {
    const crew = byName('Squadra 1');
    const way = await ask(page, `/api/v1/incidents/${leak.id}/route?crew=${crew.id}`);
    await phone.page.locator('.left-line', { hasText: `${minutes(way)} da qui` }).getByText(/se parti ora arrivi alle/).waitFor();
    await phone.page.getByRole('list', { name: 'Le prossime vie' }).getByRole('listitem').first().waitFor();
    await phone.page.locator('.pd-map[data-percorso]').waitFor({ state: 'attached' });
    await phone.page.locator(`a[href^="geo:${leak.lat},${leak.lon}"]`).waitFor();
    await shown(crew.id, leak.id).waitFor({ state: 'attached' }); // and the desk sees it drive
  });

  await step('it starts from where the phone is', async () => {
    await phone.page.getByRole('button', { name: 'Parto' }).click();
    await phone.page.getByText(/al luogo/).waitFor();
    const { base } = byName('Squadra 1');
    await until(() => asked.some((u) => u.includes(`lat=${base.lat.toFixed(6)}`)), 'the way is asked for from the phone');
    await phone.page.locator('.map-here').waitFor();
    await phone.page.getByText('Calcolato dalla vostra sede').waitFor({ state: 'detached' });
  });

  await step('off the way by more than 80 m it is asked for again', async () => {
    const far = { latitude: byName('Squadra 2').base.lat, longitude: byName('Squadra 2').base.lon, accuracy: 10 };
    await phone.context.setGeolocation(far);
    await until(() => asked.some((u) => u.includes(`lat=${far.latitude.toFixed(6)}`)), 'the way is asked for anew');
  });

  await step('a street that closes changes the way', async () => {
    const kept = () => phone.page.evaluate(() => Object.values(JSON.parse(localStorage.getItem('prontod.crew.percorsi')))[0]);
    const before = await until(async () => { const w = await kept(); return w.line && w; }, 'a way is kept');
    const [lat, lon] = before.line[Math.floor(before.line.length / 2)];
    await ask(page, '/api/v1/closures', { kind: 'slow', speed: 0.05, points: [{ lat, lon }] });
    await until(async () => { const w = await kept(); return JSON.stringify(w.line) !== JSON.stringify(before.line) || w.eta_s > before.eta_s; }, 'the way knows of the closure');
  });

  await step('a closed street ahead is said, and stays said until it was seen', async () => {
    const kept = () => phone.page.evaluate(() => Object.values(JSON.parse(localStorage.getItem('prontod.crew.percorsi')))[0]);
    const before = await kept();
    const [lat, lon] = before.line[Math.floor(before.line.length / 2)];
    await phone.page.evaluate(() => {
      const voice = document.getElementById('voce');
      window.heard = [];
      new MutationObserver(() => window.heard.push(voice.textContent)).observe(voice, { childList: true, characterData: true, subtree: true });
    });
    const made = await ask(page, '/api/v1/closures', { kind: 'closed', points: [{ lat, lon }] });
    const strip = phone.page.locator('.way .changed');
    const gone = before.steps.map((s) => s.street).filter((name) => made.streets.includes(name));
    const good = [...gone.map((name) => `Chiusa ${name}: il percorso è cambiato.`), 'Le strade sono cambiate: il percorso è un altro.'];
    await until(async () => {
      /* A strip of the step before may still be there: this one is said now. */
      const words = await strip.locator('b').textContent();
      return good.includes(words) && phone.page.evaluate((said) => window.heard.includes(said), words);
    }, `one of ${good.join(' ')}`);
    await strip.getByRole('button', { name: 'Va bene' }).click();
    await strip.waitFor({ state: 'detached' });
    await ask(page, `/api/v1/closures/${made.id}/lift`, { version: made.version });
  });

  await step('where no open road leads there any more, both are told', async () => {
    for (const who of [desk, phone]) who.forgive(/status of 422/); // a side of the ring without roads; a way that is none
    const [near, far] = [0.0007, 0.001]; // a ring of closed ground, in degrees from the place
    const { base } = byName('Squadra 2'); // where the phone is by now; the desk hears it too
    await phone.page.evaluate((at) => fetch('/api/v1/me/position', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(at) }), base);
    const strips = [[-far, -near, -far, far], [near, far, -far, far], [-far, far, -far, -near], [-far, far, near, far]];
    const made = [];
    for (const [south, north, west, east] of strips) {
      const points = [[south, west], [south, east], [north, east], [north, west]].map(([y, x]) => ({ lat: leak.lat + y, lon: leak.lon + x }));
      const body = JSON.stringify({ kind: 'closed', area: true, points });
      const answer = await page.evaluate(async (what) => { const r = await fetch('/api/v1/closures', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: what }); return r.ok ? r.json() : null; }, body);
      if (answer) made.push(answer);
    }
    must(made.length > 0, 'no road lies around the place');
    const shut = phone.page.locator('.way .shut', { hasText: 'Nessuna strada aperta porta al posto.' });
    await shut.waitFor();
    await phone.page.locator('.way').getByRole('link', { name: /Chiama la sala/ }).waitFor();
    await page.locator('.row', { hasText: 'Squadra 1 senza strada aperta' }).waitFor();
    await page.locator('#allarme', { hasText: /nessuna strada aperta per la Squadra 1/ }).waitFor({ state: 'attached' });
    for (const one of made) await ask(page, `/api/v1/closures/${one.id}/lift`, { version: one.version });
    await shut.waitFor({ state: 'detached' });
    await page.locator('.row', { hasText: 'Squadra 1 senza strada aperta' }).waitFor({ state: 'detached' });
  });

  await step('without network the last way stays, and says of when it is', async () => {
    await phone.page.evaluate(() => navigator.serviceWorker.ready);
    await phone.page.reload(); // from here on the service worker answers for the page
    await phone.page.locator('.item .open').first().click();
    await phone.page.getByText(/al luogo/).waitFor();
    phone.forgive(/ERR_INTERNET_DISCONNECTED|Failed to load/);
    await phone.context.setOffline(true);
    await phone.page.reload();
    await phone.page.locator('.item .open').first().click();
    await phone.page.getByText(/percorso delle \d\d:\d\d/).waitFor();
    must(await phone.page.getByRole('list', { name: 'Le prossime vie' }).getByRole('listitem').count() > 0, 'no street without network');
    await phone.context.setOffline(false);
    await phone.page.getByText(/percorso delle \d\d:\d\d/).waitFor({ state: 'detached' });
  });

  await step('the phone is accessible by day and by night', async () => {
    await accessible(phone, 'the way on the phone');
    must(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the phone scrolls sideways');
    must(phone.complaints.length === 0, phone.complaints.join('\n'));
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('A point is confirmed', [
  'the card offers it, Maiusc+P and Invio say that it is there',
  'another address moves it',
  'so does the map, by keyboard',
  'nonsense is refused, and who is late is told',
], async (step) => {
  await reported('Il contatore gocciola', 'Via del Moro 2');
  const desk = await atDesk('point');
  const { page } = desk;
  const row = page.locator('.row', { hasText: 'Via del Moro 2' });
  await row.waitFor();
  const id = await row.getAttribute('data-id');
  const incident = () => ask(page, `/api/v1/incidents/${id}`);
  const dialog = page.getByRole('dialog', { name: 'Conferma il punto' });

  await step('the card offers it, Maiusc+P and Invio say that it is there', async () => {
    await row.click();
    const offer = page.getByRole('button', { name: 'Conferma il punto' });
    await offer.waitFor();
    same((await incident()).point_confirmed, false, 'confirmed before anybody did');
    await page.keyboard.press('Shift+P');
    await focused(page, dialog.getByRole('button', { name: /È dov’è sulla mappa/ }));
    await accessible(desk, 'the point');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await offer.waitFor({ state: 'detached' });
    same((await incident()).point_confirmed, true, 'confirmed');
    await page.locator('.timeline', { hasText: 'Punto confermato' }).waitFor();
  });

  await step('another address moves it', async () => {
    await page.keyboard.press('Shift+P');
    await dialog.getByRole('combobox').fill('viale giuseppe garibaldi 43 borgo valdoro');
    await dialog.getByRole('option', { name: /Garibaldi 43/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.card-head .place', { hasText: 'Viale Giuseppe Garibaldi 43' }).waitFor();
    const { places } = await ask(page, '/api/v1/geocode?q=viale+giuseppe+garibaldi+43+borgo+valdoro');
    const now = await incident();
    must(near(`${now.lat},${now.lon}`, `${places[0].lat},${places[0].lon}`, 2), 'the point is elsewhere');
  });

  await step('so does the map, by keyboard', async () => {
    const before = await incident();
    await page.keyboard.press('Shift+P');
    await dialog.getByRole('button', { name: 'Indica sulla mappa' }).click();
    await focused(page, page.locator('.maplibregl-canvas'));
    await page.keyboard.press('ArrowRight');
    await until(async () => !near((await view(page)).centre, `${before.lat},${before.lon}`, 5), 'the map moves');
    await page.keyboard.press('Enter');
    await until(async () => { const now = await incident(); return now.version > before.version && !near(`${now.lat},${now.lon}`, `${before.lat},${before.lon}`, 5); }, 'the point moves');
  });

  await step('nonsense is refused, and who is late is told', async () => {
    const { version } = await incident();
    const status = (body) => page.evaluate(async ([to, what]) => (await fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) })).status,
      [`/api/v1/incidents/${id}/place`, body]);
    desk.forgive(/status of (422|409)/);
    same(await status({ version, lon: 10 }), 422, 'a point without its latitude');
    same(await status({ version, lat: 91, lon: 10 }), 422, 'a point off the earth');
    same(await status({ version: version - 1, lat: 45.6, lon: 10.2 }), 409, 'an old version');
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

await runIn({ house, browser, people });
