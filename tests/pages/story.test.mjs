// The main job as its people see it: a citizen on a phone, a dispatcher at the desk, a crew on a phone and somebody on
// LIVE, each in a window of its own on a worker of its own, over a real server, database and map. One worker is
// killed in the middle. Then the same without JavaScript, and a call taken with the keyboard.
import { must, same, story } from './check.mjs';
import { launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD, pause } from './house.mjs';

const WORDS = 'Qui davanti esce tantissima acqua dalla strada e arriva sul marciapiede';
const CITIZEN = { name: 'Ermenegilda Quaglia', phone: '347 555 0199' };
const CALLER = { name: 'Teofilo Brambati', phone: '0376 555 0177' };
const STREET = 'Viale Camillo Cavour';
const TOWN = 'Borgo Valdoro';
const SAID = 'sono in via delle mura 3 a borgo valdoro esce tantissima acqua dalla strada';
const SECRETS = ['Ermenegilda', 'Quaglia', '555 0199', '5550199', 'tantissima', 'marciapiede', 'Cavour 89', 'Cavour, 89',
  'Brambati', '555 0177', '5550177', 'delle mura 3', 'Sempronia', 'sempronia@example.org', 'Garibaldi 43', 'Garibaldi, 43'];

const house = await openHouse({ workers: 4 });
const browser = await launch();
const people = [];
const arrive = async (options) => {
  const who = await person(browser, { port: house.port, ...options });
  people.push(who);
  return who;
};
const found = {}; // what one person learned and another needs: code, incident

// What everybody may read, as bytes: page, API and the stream's first events.
async function publicBytes() {
  const texts = [await (await fetch(`${house.origin}/live`)).text(), await (await fetch(`${house.origin}/api/v1/live`)).text()];
  const stop = new AbortController();
  const stream = await fetch(`${house.origin}/api/v1/live/stream?after=0`, { signal: stop.signal });
  const reader = stream.body.getReader();
  const late = setTimeout(() => stop.abort(), 3000);
  let text = '';
  try {
    while (!/event: (heartbeat|incident)/.test(text)) text += Buffer.from((await reader.read()).value ?? []).toString();
  } catch { /* the quiet stream was cut: what came is what is read */ }
  clearTimeout(late);
  stop.abort();
  return [...texts, text];
}

function noSecrets(texts, where) {
  for (const text of texts) {
    for (const s of SECRETS) must(!text.toLowerCase().includes(s.toLowerCase()), `${where} says «${s}»`);
  }
}

const liveCard = (who) => who.page.locator('.pd-card', { hasText: STREET });
const row = (who) => who.page.locator(`.row[data-id="${found.incident}"]`);
const untilText = (locator, text) => locator.filter({ hasText: text }).first().waitFor();

story('The main story: four people on four workers', [
  'four windows sit on four workers',
  'the citizen reports in three steps and gets code, class and promise',
  'the dispatcher sees it appear without reloading',
  'LIVE says nothing before a dispatcher has confirmed',
  'the dispatcher opens and confirms it with the keyboard',
  'LIVE shows it, without reloading',
  'the candidates come with minutes and reasons',
  'the dispatcher sends the first crew and the phone rings',
  'the crew accepts and leaves; LIVE says that it is on its way',
  'a worker is killed: desk and LIVE come back by themselves',
  'the crew arrives; desk, LIVE and the citizen see it',
  'the arrival clock says that the promise was kept',
  'made safe, restored and left, one after the other, everywhere',
  'the dispatcher closes it and it is over everywhere',
  'nothing personal stands on a public path',
  'every window asked only prontod and complained of nothing',
], async (step) => {
  const citizen = await arrive({ name: 'citizen', worker: 1, size: 'phone' });
  const desk = await arrive({ name: 'dispatcher', worker: 2, size: 'desk' });
  const crew = await arrive({ name: 'crew', worker: 3, size: 'phone', geolocation: { latitude: 45.66398, longitude: 10.23015 }, permissions: ['geolocation'] });
  const live = await arrive({ name: 'live', worker: 4, size: 'page' });

  await step('four windows sit on four workers', async () => {
    await Promise.all([
      citizen.go('/'), live.go('/live'),
      logIn(desk, 'marta', PASSWORD, '/desk'), logIn(crew, 'squadra1', PASSWORD, '/crew'),
    ]);
    await untilText(desk.page.locator('.connection'), 'In diretta');
    await untilText(desk.page.locator('.queue'), 'Nessun intervento aperto');
    await untilText(crew.page.locator('main'), 'Nessun incarico. Ti avvisiamo noi.');
    await untilText(live.page.locator('#empty'), 'Nessun guasto in corso.');
    for (const who of [desk, crew, live]) await who.page.evaluate(() => { window.loadedOnce = true; });
    for (const [who, number] of [[citizen, '1'], [desk, '2'], [crew, '3'], [live, '4']]) {
      same([...who.workers].join(), number, `the workers that answered the ${who.name}`);
    }
  });

  await step('the citizen reports in three steps and gets code, class and promise', async () => {
    const { page } = citizen;
    await page.getByRole('textbox', { name: 'Che cosa succede?' }).fill(WORDS);
    await page.getByRole('button', { name: 'Avanti: luogo' }).click();
    await page.locator('#municipality').selectOption(TOWN);
    const street = page.getByRole('combobox', { name: 'Via e numero' });
    await street.fill('Viale ca'); // the town is asked for too, the half word still goes on
    const first = page.locator('#places [role=option]').first();
    await first.waitFor();
    same(await first.textContent(), 'Viale Camillo Cavour, Borgo Valdoro', 'the first street that begins so');
    await street.fill(`${STREET} 89`);
    await page.getByRole('button', { name: 'Avanti: contatti' }).click();
    await page.getByRole('radio', { name: 'SMS' }).check();
    await page.getByRole('textbox', { name: 'Cellulare' }).fill(CITIZEN.phone);
    await page.getByRole('textbox', { name: 'Nome' }).fill(CITIZEN.name);
    await page.getByRole('button', { name: 'Invia la segnalazione' }).click();
    await page.waitForURL(/\/s\/[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-Z]/);
    await page.getByRole('heading', { name: 'Segnalazione inviata' }).waitFor();
    found.code = /\/s\/([0-9A-Z-]+)/.exec(page.url())[1];
    must((await page.locator('#sent').innerText()).includes(found.code), 'the code is not on the page');
    await untilText(page.locator('.pd-promise'), /La squadra arriva entro le \d\d:\d\d di (oggi|domani)/);
    await untilText(page.locator('.pd-class'), 'Livello 1');
    await untilText(page.locator('.pd-advice'), 'tieni lontani i bambini');
    must(!(await page.locator('main').innerText()).includes('89'), 'the tracking page says the house number');
  });

  await step('the dispatcher sees it appear without reloading', async () => {
    const appeared = desk.page.locator('.row', { hasText: STREET });
    await appeared.waitFor();
    found.incident = await appeared.getAttribute('data-id');
    same(await appeared.getAttribute('data-rango'), '1', 'the urgency rank of the row');
    same(await appeared.getAttribute('data-stato'), 'new', 'the state of the row');
    await untilText(appeared, 'Da classificare');
  });

  await step('LIVE says nothing before a dispatcher has confirmed', async () => {
    same(await live.page.locator('.pd-card').count(), 0, 'cards on LIVE');
    noSecrets(await publicBytes(), 'before the confirmation, a public path');
  });

  await step('the dispatcher opens and confirms it with the keyboard', async () => {
    const { page } = desk;
    await page.keyboard.press('o');
    await page.getByRole('button', { name: /Conferma L1/ }).and(page.locator(':focus')).waitFor();
    await page.locator('#perche mark').first().waitFor();
    const said = await page.locator('#perche blockquote').evaluate((quote) => {
      const copy = quote.cloneNode(true);
      copy.querySelectorAll('.means').forEach((m) => m.remove());
      return copy.textContent;
    });
    same(said, `«${WORDS}»`, 'the words on the card');
    await untilText(page.locator('#perche .row-words'), 'F03');
    await page.keyboard.press('Enter');
    await page.locator(`.row[data-id="${found.incident}"][data-stato="classified"]`).waitFor();
  });

  await step('LIVE shows it, without reloading', async () => {
    await liveCard(live).waitFor();
    await untilText(liveCard(live).locator('h3'), 'Perdita');
    await untilText(liveCard(live), TOWN);
    await untilText(liveCard(live), /Squadra attesa entro le \d\d:\d\d/);
  });

  await step('the candidates come with minutes and reasons', async () => {
    const first = desk.page.locator('.candidate').first();
    await first.waitFor();
    await untilText(first.locator('.minutes'), /min/);
    await untilText(first.locator('.reason'), /acquedotto/);
    await untilText(first, 'Squadra 1');
    must(!(await desk.page.locator('.candidates').innerText()).includes('linea d\'aria'), 'the minutes are not driving times');
    must(await desk.page.locator('.candidate').count() >= 2, 'fewer than two crews are proposed');
  });

  await step('the dispatcher sends the first crew and the phone rings', async () => {
    const { page } = desk;
    await page.locator('.candidate').first().and(page.locator(':focus')).waitFor();
    await pause(200); // the desk ignores a key within 150 ms of drawing: a bounce sends nobody
    await page.keyboard.press('Enter');
    await untilText(page.locator('.undo'), 'Squadra 1 inviata');
    await untilText(crew.page.locator('.item.fresh'), 'Nuovo incarico');
    await untilText(crew.page.locator('.item.fresh'), `${STREET} 89`);
    await untilText(crew.page.locator('.item.fresh'), /Arrivo entro le \d\d:\d\d/);
  });

  await step('the crew accepts and leaves; LIVE says that it is on its way', async () => {
    const { page } = crew;
    await page.getByRole('button', { name: 'Accetto' }).click();
    await untilText(row(desk), 'Squadra 1');
    await untilText(desk.page.locator('.assignments'), 'Accettato');
    await page.getByRole('button', { name: 'Parto' }).click();
    await desk.page.locator(`.row[data-id="${found.incident}"][data-stato="en_route"]`).waitFor();
    await untilText(liveCard(live).locator('.pd-state'), /Squadra in arrivo/i);
    await page.locator('.assignment').filter({ hasText: `«${WORDS}»` }).waitFor();
  });

  await step('a worker is killed: desk and LIVE come back by themselves', async () => {
    for (const who of [desk, live]) who.forgive(/net::ERR_/);
    const before = house.workers();
    house.killWorker(2);
    house.killWorker(4);
    for (let i = 0; i < 2400 && !(house.workers().length === 4 && house.workers().filter((p) => before.includes(p)).length === 2); i++) await pause(25);
    same(house.workers().length, 4, 'workers after the supervisor has replaced the killed ones');
  });

  await step('the crew arrives; desk, LIVE and the citizen see it', async () => {
    await crew.page.getByRole('button', { name: 'Sono arrivato' }).click();
    await desk.page.locator(`.row[data-id="${found.incident}"][data-stato="on_site"]`).waitFor();
    await untilText(liveCard(live).locator('.pd-state'), /Squadra sul posto/i);
    await untilText(desk.page.locator('.connection'), 'In diretta');
    await citizen.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await citizen.page.locator('[data-step="on_site"].is-done, [data-step="on_site"].is-current').waitFor();
  });

  await step('the arrival clock says that the promise was kept', async () => {
    await untilText(desk.page.locator('.card-head'), /rispettato, .* prima/);
    await untilText(citizen.page.locator('.pd-promise-text'), /La squadra è arrivata .*all(e |['’])\d\d:\d\d/);
    await untilText(citizen.page.locator('.pd-promise-left'), /^\s*rispettato, .* prima\s*$/);
    const target = await house.sql(`SELECT count(*) FROM incident WHERE id = '${found.incident}' AND arrived_at IS NOT NULL`);
    same(target, '1', 'incidents with an arrival in the database');
  });

  await step('made safe, restored and left, one after the other, everywhere', async () => {
    const { page } = crew;
    await page.getByRole('button', { name: 'Messo in sicurezza' }).click();
    const sheet = page.getByRole('dialog');
    for (const fieldset of await sheet.locator('fieldset').all()) await fieldset.getByLabel('Sì').check();
    await sheet.getByRole('button', { name: 'Messo in sicurezza' }).click();
    await untilText(liveCard(live).locator('.pd-state'), /sicurezza/i);
    await page.getByRole('button', { name: 'Servizio ripristinato' }).click();
    await untilText(liveCard(live).locator('.pd-state'), /ripristinato/i);
    await desk.page.locator(`.row[data-id="${found.incident}"][data-stato="restored"]`).waitFor();
    await page.getByRole('button', { name: 'Lascio il posto' }).click();
    await sheet.getByLabel('Riparato').check();
    await sheet.getByRole('button', { name: 'Lascio il posto' }).click();
    await untilText(page.locator('main'), 'Nessun incarico. Ti avvisiamo noi.');
    await untilText(desk.page.locator('.assignments'), 'Concluso');
    await citizen.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await citizen.page.locator('[data-step="restored"].is-done, [data-step="restored"].is-current').waitFor();
  });

  await step('the dispatcher closes it and it is over everywhere', async () => {
    const { page } = desk;
    await page.locator('.card-head h2').click();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Riparato').check();
    await dialog.locator('button[type=submit]').click();
    await row(desk).waitFor({ state: 'detached' });
    await liveCard(live).waitFor({ state: 'detached' });
    await live.page.getByText('Conclusi nelle ultime 24 ore (1)').click();
    await untilText(live.page.locator('#over-list'), STREET);
    await citizen.page.reload();
    await untilText(citizen.page.locator('.pd-timeline'), /conclus|chius/i);
  });

  await step('nothing personal stands on a public path', async () => {
    noSecrets(await publicBytes(), 'a public path');
    noSecrets([await live.page.content()], 'the LIVE page');
  });

  await step('every window asked only prontod and complained of nothing', async () => {
    const all = people.flatMap((who) => who.complaints);
    must(all.length === 0, all.join('\n'));
    for (const who of [desk, crew, live]) must(await who.page.evaluate(() => window.loadedOnce), `the ${who.name}'s page was loaded again`);
    same([...citizen.workers, ...crew.workers].sort().join(), '1,3', 'the workers of citizen and crew');
  });
});

story('A call: from the words to a crew with the keyboard alone', [
  'the words bring the proposal and the address',
  'at most six keys later the crew has the order',
  'words, point, call and told are stored as they were',
], async (step) => {
  const desk = await arrive({ name: 'phone', worker: 1, size: { width: 1280, height: 720 } });
  const { page } = desk;
  let keys = 0;
  const press = async (key) => { keys += 1; await page.keyboard.press(key); };
  const focused = async (locator) => { await locator.and(page.locator(':focus')).waitFor(); await pause(170); };

  await step('the words bring the proposal and the address', async () => {
    await logIn(desk, 'marta', PASSWORD, '/desk');
    await untilText(page.locator('.connection'), 'In diretta');
    await page.keyboard.press('n');
    await page.getByLabel('Chi chiama').fill(CALLER.name);
    await page.getByLabel('Telefono', { exact: true }).fill(CALLER.phone);
    await page.locator('#form-text').focus();
    await page.keyboard.type(SAID);
    await untilText(page.locator('.phone .proposal'), 'Livello 1');
    await untilText(page.locator('.places'), 'Via delle Mura 3');
  });

  await step('at most six keys later the crew has the order', async () => {
    const begun = Date.now();
    await press('Tab');
    await focused(page.locator('.places'));
    await press('Enter');
    const same_ = page.locator('[data-passo="stesso"] .question');
    const question = page.locator('[data-passo="domanda"] .question');
    const decide = page.locator('[aria-labelledby="step-row"] button.primary');
    await same_.or(question).or(decide).and(page.locator(':focus')).first().waitFor();
    await pause(170);
    if (await same_.count()) {
      await press('2');
      await question.or(decide).and(page.locator(':focus')).first().waitFor();
      await pause(170);
    }
    if (await question.count()) await press('1');
    await focused(decide);
    await press('Enter');
    await focused(page.getByRole('button', { name: /Detto/ }));
    await untilText(page.locator('.say'), /Livello 1|livello 1/);
    await press('Enter');
    await focused(page.locator('.phone .candidate').first());
    await press('Enter');
    await untilText(page.locator('.undo'), /inviata/);
    must(keys <= 6, `${keys} keys were needed`);
    console.log(`from the words to the order: ${keys} keys, ${Date.now() - begun} ms`);
  });

  await step('words, point, call and told are stored as they were', async () => {
    same(await house.sql(`SELECT count(*) FROM report_words w JOIN report r ON r.id = w.report_id WHERE w.text = '${SAID}' AND r.channel = 'phone'`), '1', 'reports with the words as said');
    await untilText(page.locator('.timeline'), /Detto/);
    const all = desk.complaints;
    must(all.length === 0, all.join('\n'));
  });
});

story('Without JavaScript', [
  'the form forgets nothing when the town is missing',
  'the second sending gives code, class, promise and advice',
  'LIVE reads as a page and answers «È la mia via?»',
], async (step) => {
  const plain = await arrive({ name: 'plain', worker: 3, size: 'phone', javaScriptEnabled: false });
  const { page } = plain;
  plain.forgive(/status of 422/);

  await step('the form forgets nothing when the town is missing', async () => {
    await plain.go('/');
    await page.getByRole('textbox', { name: 'Che cosa succede?' }).fill('Manca l\'acqua in tutta la via da stamattina');
    await page.getByRole('textbox', { name: 'Via e numero' }).or(page.getByRole('combobox', { name: 'Via e numero' })).fill('Viale Giuseppe Garibaldi 43');
    await page.getByRole('radio', { name: 'E-mail' }).check();
    await page.locator('#email').fill('sempronia@example.org');
    await page.getByRole('textbox', { name: 'Nome' }).fill('Sempronia');
    const answer = page.waitForResponse((r) => r.request().method() === 'POST');
    await page.getByRole('button', { name: 'Invia la segnalazione' }).click();
    same((await answer).status(), 422, 'the status of the refusal');
    await untilText(page.locator('#summary'), 'C\'è un problema');
    await untilText(page.locator('#summary'), /comune/i);
    same(await page.locator('#municipality').getAttribute('aria-invalid'), 'true', 'the mark at the town');
    same(await page.locator('#text').inputValue(), 'Manca l\'acqua in tutta la via da stamattina', 'the words');
    same(await page.locator('#address').inputValue(), 'Viale Giuseppe Garibaldi 43', 'the street');
    same(await page.locator('#email').inputValue(), 'sempronia@example.org', 'the e-mail');
    same(await page.locator('#prefer-email').isChecked(), true, 'the chosen way');
  });

  await step('the second sending gives code, class, promise and advice', async () => {
    await page.locator('#municipality').selectOption(TOWN);
    await page.getByRole('button', { name: 'Invia la segnalazione' }).click();
    await page.waitForURL(/\/s\/[0-9A-Z]{5}-/);
    await page.getByRole('heading', { name: 'Segnalazione inviata' }).waitFor();
    await untilText(page.locator('.pd-promise'), /entro/);
    await untilText(page.locator('.pd-class'), /Livello/);
    await untilText(page.locator('.pd-advice'), 'Chiudi i rubinetti');
  });

  await step('LIVE reads as a page and answers «È la mia via?»', async () => {
    await plain.go('/live');
    await page.locator('.pd-card', { hasText: 'Via delle Mura' }).waitFor();
    await page.locator('#via').fill('via delle mura');
    await page.getByRole('button', { name: 'Cerca' }).click();
    await untilText(page.locator('#answer'), /Sì/);
    await page.locator('#via').fill('vicolo degli speziali');
    await page.getByRole('button', { name: 'Cerca' }).click();
    await untilText(page.locator('#answer'), 'Quale Vicolo degli Speziali?');
    await page.getByRole('link', { name: `Vicolo degli Speziali, ${TOWN}` }).click();
    await untilText(page.locator('#answer'), /Vicolo degli Speziali, Borgo Valdoro: nessun guasto noto|Nella tua via no/);
    noSecrets([await page.content()], 'LIVE without JavaScript');
    must(plain.complaints.length === 0, plain.complaints.join('\n'));
  });
});

await runIn({ house, browser, people, secrets: () => [...SECRETS, found.code ?? 'no code'] });
