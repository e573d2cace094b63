// Every page in its states against axe-core (WCAG 2.0 A and AA, 2.1 AA), by day and by night, and no sideways scroll at
// 320 px on the public pages. Not here: what the pages say (story.test.mjs).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { check, must, same } from './check.mjs';
import { launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD } from './house.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa'];
const house = await openHouse({ workers: 2 });
const browser = await launch();
const people = [];
const arrive = async (options) => {
  const who = await person(browser, { port: house.port, worker: 1, ...options });
  people.push(who);
  return who;
};

async function violations(page, where) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    document.getAnimations().forEach((a) => a.finish()); // colours on their way to the other scheme
  });
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), TAGS);
  return found.map((v) => `${where}: ${v.id} (${v.help}): ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
}

// The state as it stands, in both schemes.
async function bothSchemes(who, where) {
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await who.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...await violations(who.page, `${where}, ${colorScheme}`));
  }
  must(found.length === 0, found.join('\n'));
}

async function post(path, body, cookie = '') {
  const answer = await fetch(house.origin + path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', Origin: house.origin, Cookie: cookie } });
  must(answer.ok, `${path} answered ${answer.status}: ${await answer.clone().text()}`);
  return { json: await answer.json(), cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] };
}

const report = (text, address) => post('/api/v1/reports', { channel: 'web', text, address, municipality: 'Borgo Valdoro', reporter: { prefer: 'none' } });

let code;
let assigned;

check('the public pages before anything happened', async () => {
  const who = await arrive({ name: 'public', size: 'phone' });
  who.forgive(/status of 404/);
  for (const path of ['/', '/live', '/login', '/s/', '/privacy', '/accessibilita', '/non-esiste', '/?lang=en', '/live?lang=en']) {
    await who.go(path);
    await bothSchemes(who, path);
  }
  must(who.complaints.length === 0, who.complaints.join('\n'));
});

check('the form after a refusal, with and without script', async () => {
  const who = await arrive({ name: 'refused', size: 'phone' });
  await who.go('/');
  await who.page.getByRole('button', { name: 'Avanti: luogo' }).click();
  await who.page.locator('#summary').waitFor();
  await bothSchemes(who, 'the first step with its error');
  await who.page.getByRole('textbox', { name: 'Che cosa succede?' }).fill('Perdita in strada');
  await who.page.getByRole('button', { name: 'Avanti: luogo' }).click();
  await who.page.getByRole('heading', { name: 'Il luogo' }).waitFor();
  await bothSchemes(who, 'the second step');
  // The server's own page of a refusal, read with the eyes of a reader that runs script.
  const answer = await fetch(`${house.origin}/`, { method: 'POST', redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'text=Perdita&municipality=&address=&prefer=sms&phone=12' });
  same(answer.status, 422, 'the status of the refusal');
  const html = await answer.text();
  await who.page.route('**/rifiutata', (route) => route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: html }));
  await who.go('/rifiutata');
  await bothSchemes(who, 'the 422 page');
});

check('the pages of a report on its way, and LIVE with incidents', async () => {
  code = (await report('Esce tantissima acqua dalla strada', 'Viale Camillo Cavour 89')).json.code;
  await report('Manca l\'acqua in tutto il palazzo', 'Viale Giuseppe Garibaldi 43');
  const { cookie } = await post('/api/v1/session', { login: 'marta', password: PASSWORD });
  const ask = async (path) => (await fetch(house.origin + path, { headers: { Cookie: cookie } })).json();
  const { incidents } = await ask('/api/v1/incidents?state=open');
  for (const i of incidents) await post(`/api/v1/incidents/${i.id}/classify`, { version: i.version, row: i.row, class: i.class }, cookie);
  const leak = incidents.find((i) => i.row === 'F03');
  const { candidates, version } = await ask(`/api/v1/incidents/${leak.id}/candidates`);
  const first = candidates.find((c) => c.crew.name === 'Squadra 1');
  await post(`/api/v1/incidents/${leak.id}/assign`, { version, crew: first.crew.id }, cookie);
  assigned = leak.id;
  const who = await arrive({ name: 'reader', size: 'phone' });
  for (const path of [`/s/${code}`, `/s/${code}?nuova=1`, '/live', '/live?via=cavour', '/live?via=via+monte+rosa']) {
    await who.go(path);
    await bothSchemes(who, path);
  }
  await who.go('/live');
  same(await who.page.locator('.pd-card').count(), 2, 'cards on LIVE');
});

check('the desk: queue, card, candidates, phone form, help, on a desk and on a phone', async () => {
  for (const size of ['desk', 'phone']) {
    const who = await arrive({ name: `desk on a ${size}`, size });
    const { page } = who;
    await logIn(who, 'marta', PASSWORD, '/desk');
    await page.locator('.row').first().waitFor();
    await bothSchemes(who, `desk on a ${size}: queue`);
    await page.locator(`.row:not([data-id="${assigned}"])`).first().click();
    await page.locator('.candidate').first().waitFor();
    await bothSchemes(who, `desk on a ${size}: card`);
    await page.keyboard.press('h');
    await page.getByRole('dialog').waitFor();
    await bothSchemes(who, `desk on a ${size}: help`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await page.locator('#form-text').fill('in viale dante alighieri 2 a borgo valdoro esce acqua dalla strada');
    await page.locator('.phone .proposal').waitFor();
    await page.locator('.places li').first().waitFor();
    await bothSchemes(who, `desk on a ${size}: phone form`);
    await page.locator('.places li').first().click();
    await page.locator('[data-passo="domanda"] .question').waitFor();
    await bothSchemes(who, `desk on a ${size}: a question of the call`);
    await page.locator('[data-passo="domanda"] .question button').first().click();
    await page.locator('.answered').waitFor();
    await page.locator('[data-passo="riga"] .other').first().waitFor();
    await bothSchemes(who, `desk on a ${size}: the row after an answer`);
    await page.locator('[data-passo="riga"] button', { hasText: 'Cambia' }).click();
    await page.locator('#row-filter').fill('piccola');
    await page.locator('#row-list li').first().click();
    await page.locator('.reasons').waitFor();
    await page.locator('.reasons input[type=radio]').first().press('Enter');
    await page.locator('.reasons .wrong').waitFor();
    await bothSchemes(who, `desk on a ${size}: a lowering without its reason`);
    await page.keyboard.press('Escape');
    must(who.complaints.length === 0, who.complaints.join('\n'));
  }
});

check('the crew: list, assignment and sheets', async () => {
  const who = await arrive({ name: 'crew', size: 'phone' });
  const { page } = who;
  await logIn(who, 'squadra1', PASSWORD, '/crew');
  await page.locator('.item.fresh').waitFor();
  await bothSchemes(who, 'crew: list');
  await page.getByRole('button', { name: 'Rifiuto' }).click();
  await page.getByRole('dialog').waitFor();
  await bothSchemes(who, 'crew: why declined');
  await page.getByRole('button', { name: 'Torna indietro' }).click();
  await page.locator('.item .open').click();
  await page.locator('.assignment').waitFor();
  await bothSchemes(who, 'crew: assignment');
  must(who.complaints.length === 0, who.complaints.join('\n'));
});

check('no public page scrolls sideways at 320 px', async () => {
  const who = await arrive({ name: 'narrow', size: { width: 320, height: 640 } });
  who.forgive(/status of 404/);
  for (const path of ['/', '/live', `/s/${code}?nuova=1`, '/s/', '/login', '/privacy', '/accessibilita', '/non-esiste', '/live?via=via+monte+rosa', '/?lang=en']) {
    await who.go(path);
    await who.page.evaluate(() => document.fonts.ready);
    const wide = await who.page.evaluate(() => document.documentElement.scrollWidth);
    must(wide <= 320, `${path} is ${wide} px wide`);
  }
});

await runIn({ house, browser, people });
