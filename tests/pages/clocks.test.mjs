// The clocks on the desk's card, in a real browser: held with P and taken back with Z, resumed by who and why, the chain with
// its missing legs, the proof with D, warnings spoken once on every desk. Not here: the sums (tests/system/clocks_test.py).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { must, same, story } from './check.mjs';
import { launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD } from './house.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const house = await openHouse({ workers: 2 });
const browser = await launch();
const people = [];
const shots = process.env.PRONTOD_TEST_SHOTS; // a folder for pictures, for eyes
const arrive = async (options) => {
  const who = await person(browser, { port: house.port, worker: 1, ...options });
  people.push(who);
  return who;
};
const shoot = async (who, name) => {
  if (shots) await who.page.screenshot({ path: `${shots}/${name}.png` });
};

async function accessible(who, where) {
  await who.page.evaluate(axe);
  const { violations } = await who.page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations'] }));
  must(violations.length === 0, `${where}: ${violations.map((v) => `${v.id} ${v.nodes[0].target}`).join(' | ')}`);
}

let cookie = '';
async function post(path, body) {
  const answer = await fetch(house.origin + path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', Origin: house.origin, Cookie: cookie } });
  must(answer.ok, `${path} answered ${answer.status}: ${await answer.clone().text()}`);
  cookie ||= (answer.headers.get('set-cookie') ?? '').split(';')[0];
  return answer.json();
}

async function called(fields) {
  const { incident } = await post('/api/v1/reports', { channel: 'phone', municipality: 'Borgo Valdoro', reporter: { prefer: 'none' }, ...fields });
  return incident.id;
}

// So much of the promises of an incident is used up: all begun at once, as if long ago.
const used = (id, percent) => house.sql(`UPDATE report_target SET start_at = now() - interval '7200 seconds' * ${percent} / 100,
  due_at = now() + interval '7200 seconds' * ${100 - percent} / 100 WHERE report_id IN (SELECT id FROM report WHERE incident_id = '${id}')`);

const heard = (page, region) => page.evaluate((id) => window.heard[id], region);
const listen = (page) => page.evaluate(() => {
  window.heard = { voce: [], allarme: [] };
  for (const id of ['voce', 'allarme']) {
    new MutationObserver(() => {
      const text = document.getElementById(id).textContent;
      if (text) window.heard[id].push(text);
    }).observe(document.getElementById(id), { childList: true, characterData: true, subtree: true });
  }
});

const STEPS = ['two desks see a bin and a leak', 'P asks only for the causes of the charter', 'the clock stands still and says who and why',
  'Z takes it back', 'held again, P lets it run', 'a cause that does not stop it is kept as an excuse', 'the chain shows what is done, missing and not yet',
  'D proves each due instant', 'warnings are spoken once on every desk', 'the desk is accessible and whole on a phone'];

story('Clocks on the desk', STEPS, async (step) => {
  await post('/api/v1/session', { login: 'sara', password: PASSWORD });
  const bin = await called({ utility: 'valdoro-ambiente', text: 'il contenitore è rotto e non si apre', address: 'Via Mantova 2', row: 'W1', class: '2gg-lav' });
  const leak = await called({ utility: 'acque-valdoro', text: 'esce tantissima acqua dalla strada', address: 'Via Ancona 5', row: 'F03', class: 'L1' });
  const marta = await arrive({ name: 'marta' });
  const luca = await arrive({ name: 'luca', worker: 2 });
  const card = marta.page.locator('.card');
  const open = async (who, id) => {
    await who.page.locator(`.row[data-id="${id}"]`).click();
    await who.page.locator(`.card[data-id="${id}"] .chain li`).first().waitFor();
  };

  await step(STEPS[0], async () => {
    for (const who of [marta, luca]) {
      await logIn(who, who === marta ? 'marta' : 'luca', PASSWORD, '/desk');
      await who.page.locator(`.row[data-id="${leak}"]`).waitFor();
      await listen(who.page);
    }
    await open(marta, bin);
  });

  await step(STEPS[1], async () => {
    await marta.page.keyboard.press('p');
    const dialog = marta.page.locator('dialog');
    await dialog.getByRole('heading', { name: 'Ferma il termine' }).waitFor();
    const stops = await dialog.locator('fieldset').first().locator('label').allInnerTexts();
    same(stops.map((s) => s.trim()).sort().join(', '), 'permesso di terzi, segnalante assente', 'causes that stop');
    await shoot(marta, 'pause-dialog');
    await dialog.getByLabel('permesso di terzi').check();
    await dialog.getByRole('button', { name: 'Ferma il termine' }).click();
    await dialog.getByText('Scrivi il motivo').waitFor();
    await dialog.getByLabel('Motivo').fill('permesso della Provincia');
    await marta.page.keyboard.press('Enter');
  });

  await step(STEPS[2], async () => {
    await card.locator('.outcome.held').waitFor();
    const held = await card.locator('.outcome.held').innerText();
    must(/permesso di terzi, Marta/.test(held) && held.includes('«permesso della Provincia»') && held.includes('Restavano'), held);
    const row = luca.page.locator(`.row[data-id="${bin}"]`);
    await row.getByText('fermo · restavano').waitFor();
    await shoot(marta, 'card-held');
  });

  await step(STEPS[3], async () => {
    await marta.page.keyboard.press('z');
    await card.locator('.outcome.held').waitFor({ state: 'detached' });
    await luca.page.locator(`.row[data-id="${bin}"]`).getByText('fermo').waitFor({ state: 'detached' });
  });

  await step(STEPS[4], async () => {
    await marta.page.keyboard.press('p');
    await marta.page.locator('dialog').getByLabel('segnalante assente').check();
    await marta.page.locator('dialog').getByLabel('Motivo').fill('torna alle 18');
    await marta.page.keyboard.press('Enter');
    await card.locator('.outcome.held').waitFor();
    await card.getByRole('button', { name: 'Riprendi' }).click();
    await card.locator('.outcome.held').waitFor({ state: 'detached' });
  });

  await step(STEPS[5], async () => {
    await open(marta, leak);
    await marta.page.keyboard.press('p');
    const dialog = marta.page.locator('dialog');
    await dialog.getByLabel('forza maggiore').check();
    await dialog.getByText('giustificano un ritardo').waitFor();
    await dialog.getByLabel('Dalle').waitFor();
    await dialog.getByLabel('Motivo').fill('frana sulla provinciale');
    await dialog.getByRole('button', { name: 'Registra' }).click();
    await dialog.waitFor({ state: 'detached' });
    same(await card.locator('.outcome.held').count(), 0, 'clocks held');
  });

  await step(STEPS[6], async () => {
    const states = await card.locator('.chain li').evaluateAll((list) => list.map((li) => `${li.dataset.leg} ${li.dataset.stato}`));
    same(states.join(', '), 'ring missing, answer missing, classified done, told waiting, dispatched waiting, accepted waiting, en_route waiting, '
      + 'arrived waiting, made_safe waiting, restored waiting', 'the chain');
    must((await card.locator('.chain [data-leg="arrived"]').innerText()).includes('entro le'), 'the arrival has its limit');
  });

  await step(STEPS[7], async () => {
    await marta.page.keyboard.press('d');
    const proof = card.locator('#prova');
    await proof.locator('.target[data-source="charter"][open]').waitFor();
    const words = await proof.innerText();
    must(words.includes('edizione') && words.includes('regola:') && words.includes('vale questo') && words.includes('norma nazionale'), words);
    must(words.includes('frana sulla provinciale') && words.includes('non ferma il termine'), words);
    await shoot(marta, 'card-proof');
  });

  await step(STEPS[8], async () => {
    await used(leak, 81);
    await post(`/api/v1/incidents/${leak}/note`, { text: 'il tempo passa' });
    for (const who of [marta, luca]) await who.page.waitForFunction(() => window.heard.voce.some((t) => /^Via Ancona: restano 2\d minuti\.$/.test(t)));
    await used(leak, 101);
    await post(`/api/v1/incidents/${leak}/note`, { text: 'il tempo è passato' });
    for (const who of [marta, luca]) {
      await who.page.waitForFunction(() => window.heard.allarme.includes('Via Ancona: termine scaduto.'));
      await who.page.locator(`.row[data-id="${leak}"] .chip-adesso`).waitFor();
      const told = await heard(who.page, 'allarme');
      same(told.filter((t) => t.includes('scaduto')).length, 1, 'alarms of one promise');
    }
    await marta.page.reload();
    await marta.page.locator(`.row[data-id="${leak}"]`).waitFor();
    await listen(marta.page);
    await post(`/api/v1/incidents/${leak}/note`, { text: 'di nuovo qui' });
    await open(marta, leak);
    await card.getByText('di nuovo qui').waitFor();
    same((await heard(marta.page, 'allarme')).length, 0, 'alarms told again after a reload');
    await shoot(marta, 'card-overdue');
  });

  await step(STEPS[9], async () => {
    await marta.page.keyboard.press('d');
    await accessible(marta, 'card with its clocks');
    const phone = await arrive({ name: 'phone', size: 'phone' });
    await logIn(phone, 'luca', PASSWORD, '/desk');
    await used(leak, 1500); // due on another day, which needs more words
    await post(`/api/v1/incidents/${leak}/note`, { text: 'ieri' });
    await open(phone, leak);
    const theirs = phone.page.locator('.card');
    await theirs.locator('.card-head .due', { hasText: / di (lun|mar|mer|gio|ven|sab|dom) / }).waitFor();
    await theirs.locator('.candidate').first().waitFor();
    const wide = await phone.page.evaluate(() => document.querySelector('.middle').scrollWidth - document.querySelector('.middle').clientWidth);
    must(wide <= 0, `the card scrolls sideways by ${wide} px`);
    const over = await theirs.locator('.candidate').evaluateAll((all) => all.filter((c) => {
      const words = document.createRange();
      words.selectNodeContents(c.querySelector('b'));
      const [name, minutes] = [words, c.querySelector('.minutes')].map((part) => part.getBoundingClientRect());
      return name.right > minutes.left && name.bottom > minutes.top && name.top < minutes.bottom;
    }).length);
    same(over, 0, 'crews whose name lies on the minutes');
    await phone.page.locator('#catena').scrollIntoViewIfNeeded();
    await shoot(phone, 'card-phone-chain');
    await phone.page.locator('#prova summary').first().click();
    await phone.page.locator('#prova').scrollIntoViewIfNeeded();
    await shoot(phone, 'card-phone-proof');
    must(people.every((p) => p.complaints.length === 0), people.flatMap((p) => p.complaints).join('\n'));
  });
});

await runIn({ house, browser, people, secrets: () => ['permesso della Provincia', 'frana sulla provinciale', 'torna alle 18'] });
