// Pictures of every page at a phone's and a desk's width, for eyes: `node screens.mjs DIR`. Plays the start of the
// story, so that the pages show work in hand. Not a test: it asserts nothing.
import fs from 'node:fs';
import path from 'node:path';
import { launch, logIn, person } from './browser.mjs';
import { openHouse, PASSWORD, pause } from './house.mjs';

const folder = process.argv[2];
if (!folder) {
  console.error('usage: node screens.mjs DIR');
  process.exit(2);
}
fs.mkdirSync(folder, { recursive: true });

const house = await openHouse({ workers: 2 });
const browser = await launch();
const open = [];
const arrive = async (options) => {
  const who = await person(browser, { port: house.port, worker: 1, ...options });
  open.push(who);
  return who;
};

async function shoot(who, name, { whole = false, theme = 'light' } = {}) {
  await who.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await who.page.evaluate(() => document.fonts.ready);
  await pause(await who.page.locator('canvas').count() ? 2500 : 200); // a map tells nobody when it is drawn
  await who.page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: whole });
  console.log(`${name}.png`);
}

const post = (where, body, cookie = '') => fetch(house.origin + where, {
  method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', Origin: house.origin, Cookie: cookie },
});
const reported = async (text, address, municipality = 'Borgo Valdoro') =>
  (await post('/api/v1/reports', { channel: 'web', text, address, municipality, reporter: { prefer: 'none' } })).json();

try {
  const citizen = await arrive({ name: 'citizen', size: 'phone' });
  await citizen.go('/');
  await shoot(citizen, 'report-1-phone', { whole: true });
  await citizen.page.getByRole('textbox', { name: 'Che cosa succede?' }).fill('Esce tantissima acqua dalla strada davanti al portone, arriva sul marciapiede.');
  await citizen.page.getByRole('button', { name: 'Avanti: luogo' }).click();
  await citizen.page.locator('#municipality').selectOption('Borgo Valdoro');
  await citizen.page.locator('#address').fill('Viale Camillo Cavour 89');
  await citizen.page.locator('.pd-combo [role=option]').first().waitFor();
  await shoot(citizen, 'report-2-phone', { whole: true });
  await citizen.page.getByRole('button', { name: 'Avanti: contatti' }).click();
  await citizen.page.getByRole('button', { name: 'Invia la segnalazione' }).click();
  await shoot(citizen, 'report-3-error-phone', { whole: true });
  await citizen.page.getByRole('textbox', { name: 'Cellulare' }).fill('347 555 0199');
  await shoot(citizen, 'report-3-phone', { whole: true });
  await citizen.page.getByRole('button', { name: 'Invia la segnalazione' }).click();
  await citizen.page.waitForURL(/\/s\//);
  await citizen.page.getByRole('heading', { name: 'Segnalazione inviata' }).waitFor();
  await shoot(citizen, 'status-new-phone', { whole: true });
  const code = /\/s\/([0-9A-Z-]+)/.exec(citizen.page.url())[1];

  await reported('Manca l\'acqua in tutto il palazzo da stamattina', 'Viale Giuseppe Garibaldi 43');
  await reported('Il chiusino della fogna in mezzo alla strada è rotto, pericoloso per le moto', 'Via Cesare Battisti 20');
  await reported('La fogna esce dal tombino e allaga la cantina', 'Corso Roma 10', 'Pontalto');
  await reported('Il contatore gocciola un po\'', 'Via del Moro 2');

  const desk = await arrive({ name: 'desk', size: 'desk' });
  await logIn(desk, 'marta', PASSWORD, '/desk');
  await desk.page.locator('.row').nth(4).waitFor();
  await desk.page.locator('canvas').waitFor();
  await shoot(desk, 'desk-queue');
  const row = desk.page.locator('.row', { hasText: 'Viale Camillo Cavour' });
  await row.click();
  await desk.page.getByRole('button', { name: /Conferma L1/ }).waitFor();
  await shoot(desk, 'desk-card-proposed');
  await desk.page.getByRole('button', { name: /Conferma L1/ }).click();
  await desk.page.locator('.candidate').first().waitFor();
  await shoot(desk, 'desk-card-candidates');
  const cookie = (await desk.context.cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
  const ask = async (where) => (await fetch(house.origin + where, { headers: { Cookie: cookie } })).json();
  const { incidents } = await ask('/api/v1/incidents?state=open');
  for (const i of incidents.filter((x) => x.state === 'new' && x.kind && x.row !== 'none').slice(0, 3)) await post(`/api/v1/incidents/${i.id}/classify`, { version: i.version, row: i.row, class: i.class }, cookie);
  const id = await row.getAttribute('data-id');
  const { candidates, version } = await ask(`/api/v1/incidents/${id}/candidates`);
  await post(`/api/v1/incidents/${id}/assign`, { version, crew: candidates.find((c) => c.crew.name === 'Squadra 1').crew.id }, cookie);

  const crew = await arrive({ name: 'crew', size: 'phone' });
  await logIn(crew, 'squadra1', PASSWORD, '/crew');
  await crew.page.locator('.item.fresh').waitFor();
  await shoot(crew, 'crew-list-phone');
  await crew.page.getByRole('button', { name: 'Accetto' }).click();
  await crew.page.getByRole('button', { name: 'Parto' }).click();
  await crew.page.getByRole('button', { name: 'Sono arrivato' }).waitFor();
  await crew.page.locator('canvas').waitFor();
  await shoot(crew, 'crew-assignment-phone', { whole: true });
  await shoot(crew, 'crew-assignment-night-phone', { theme: 'dark' });
  await crew.page.getByRole('button', { name: 'Sono arrivato' }).click();
  await crew.page.getByRole('button', { name: 'Messo in sicurezza' }).click();
  await shoot(crew, 'crew-safe-phone');

  await row.click();
  await desk.page.locator('.assignments', { hasText: 'Sul posto' }).waitFor();
  await shoot(desk, 'desk-card-on-site');
  await shoot(desk, 'desk-night', { theme: 'dark' });
  await desk.page.keyboard.press('n');
  await desk.page.locator('#form-text').fill('sono in via delle mura 3 a borgo valdoro esce tantissima acqua dalla strada');
  await desk.page.locator('.phone .proposal').waitFor();
  await desk.page.locator('.places li').first().waitFor();
  await shoot(desk, 'desk-phone-form');
  await desk.page.keyboard.press('Escape');
  for (const [size, tail, theme] of [['desk', 'desk', 'light'], [{ width: 1280, height: 720 }, '1280', 'dark'], ['phone', 'phone', 'light']]) {
    const call = await arrive({ name: `call ${tail}`, size });
    await logIn(call, 'marta', PASSWORD, '/desk');
    await call.page.locator('.row').first().waitFor();
    await call.page.keyboard.press('n');
    await call.page.locator('#form-text').fill('in viale dante alighieri 2 a borgo valdoro esce acqua');
    await call.page.locator('.phone .proposal').waitFor();
    await call.page.locator('.places li').first().click();
    await call.page.locator('[data-passo="domanda"], [aria-labelledby="step-same"]').first().waitFor();
    if (await call.page.locator('[aria-labelledby="step-same"]').count()) await call.page.getByRole('button', { name: 'No, è nuovo' }).click();
    await call.page.locator('[data-passo="domanda"] .question').waitFor();
    await shoot(call, `desk-call-question-${tail}`, { theme });
    await call.page.locator('[data-passo="domanda"] .question button').first().click();
    await call.page.locator('.answered').waitFor();
    await shoot(call, `desk-call-row-${tail}`, { theme });
    await call.page.locator('[data-passo="riga"] button', { hasText: 'Cambia' }).click();
    await call.page.locator('#row-filter').fill('piccola');
    await call.page.locator('#row-list li').first().click();
    await call.page.locator('.reasons').waitFor();
    await shoot(call, `desk-call-lowering-${tail}`, { theme });
    await call.close();
    open.splice(open.indexOf(call), 1);
  }
  const pocket = await arrive({ name: 'pocket', size: 'phone' });
  await logIn(pocket, 'luca', PASSWORD, '/desk');
  await pocket.page.locator('.row').first().waitFor();
  await shoot(pocket, 'desk-queue-phone');
  await pocket.page.locator('.row').first().click();
  await pocket.page.locator('.card-head').waitFor();
  await shoot(pocket, 'desk-card-phone');

  for (const who of open.splice(0)) await who.close(); // each window's map holds a part of the one graphics process
  for (const [size, tail] of [['phone', 'phone'], ['page', 'wide']]) {
    const reader = await arrive({ name: `reader ${tail}`, size });
    for (const [where, name] of [['/', 'report'], [`/s/${code}`, 'status'], ['/live', 'live'], ['/live?via=viale+camillo+cavour&comune=Borgo+Valdoro', 'live-mine'], ['/login?next=/desk', 'login'], ['/non-esiste', 'error'], ['/s/', 'follow']]) {
      await reader.go(where);
      await shoot(reader, `${name}-${tail}`, { whole: true });
    }
    await reader.go('/live');
    await shoot(reader, `live-night-${tail}`, { theme: 'dark' });
    await reader.go('/live');
    await reader.page.getByRole('button', { name: 'Mostra la mappa' }).click();
    await reader.page.locator('canvas').waitFor();
    await shoot(reader, `live-map-${tail}`);
    await reader.go('/live?lang=en');
    await shoot(reader, `live-en-${tail}`, { whole: true });
  }
} finally {
  for (const who of open) await who.close().catch(() => {});
  await browser.close();
  await house.stop();
}
