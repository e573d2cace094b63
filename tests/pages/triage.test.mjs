// The reading of a report at the desk, by keyboard alone: marks in the words, the questions of a call, the row
// confirmed or changed, a class lowered only with a reason that is kept. Over a real server, database and map.
// Not here: the way of an incident from report to crew (story.test.mjs).
import { must, same, story } from './check.mjs';
import { ask as askAs, launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD, pause } from './house.mjs';

const UNSURE = 'buongiorno in via delle mura 3 a borgo valdoro esce acqua';
const SURE = 'esce tantissima acqua dalla strada e allaga tutto, in viale giuseppe garibaldi 43 a borgo valdoro';
const WEB = 'Esce tantissima acqua dalla strada davanti al portone e arriva sul marciapiede';
const ODD = 'Il contatore perde un filo d’acqua, c’è scritto “non toccare”; sotto è tutto bagnato';
const SECRETS = ['delle mura 3', 'garibaldi 43', 'tantissima', 'marciapiede', 'buongiorno', 'non toccare', 'bolletta', 'manzoni 4', 'aldo moro 10'];
// Addresses more than 300 m from every other one here.
const NEAR_BOTH = 'Via Alessandro Manzoni 4';
const NEAR_UNLIKE = 'Via Aldo Moro 10';
const BOUNCE_MS = 170; // an earlier key would be the bounce of the key before

const house = await openHouse({ workers: 2 });
const browser = await launch();
const people = [];

async function atDesk(name, size = { width: 1280, height: 720 }) {
  const who = await person(browser, { port: house.port, worker: 1, name, size });
  people.push(who);
  await logIn(who, 'marta', PASSWORD, '/desk');
  await untilText(who.page.locator('.connection'), 'In diretta');
  await who.page.evaluate(() => {
    window.pointers = 0;
    addEventListener('pointerdown', () => { window.pointers += 1; }, true);
  });
  return who;
}

async function untilText(locator, wanted) {
  let text = '';
  for (let tries = 0; tries < 2400; tries++) {
    text = (await locator.first().textContent({ timeout: 30000 }).catch(() => '')) ?? '';
    if (wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted)) return text;
    await pause(25);
  }
  throw new Error(`wanted ${wanted}, found ${JSON.stringify(text)}`);
}

/* A choice that met another change of the same incident is refused and said so: then it is made again. */
async function choose(page, choice, locator, wanted) {
  const taken = locator.filter({ hasText: wanted });
  const refused = page.locator('.banner', { hasText: 'ha già deciso' });
  await choice.press('Enter');
  for (let tries = 0; tries < 20; tries++) {
    await taken.or(refused).first().waitFor();
    if (await taken.count()) return;
    await refused.first().getByRole('button', { name: 'Va bene così' }).click();
    await choice.press('Enter');
  }
  throw new Error(`refused each time: ${wanted}`);
}

async function untilSql(query, wanted, what) {
  let found;
  for (let tries = 0; tries < 1200; tries++) {
    found = await house.sql(query);
    if (found === wanted) return;
    await pause(25);
  }
  same(found, wanted, what);
}

const focused = async (page, locator) => {
  await locator.and(page.locator(':focus')).waitFor();
  await pause(BOUNCE_MS);
};
const parts = (page) => ({
  text: page.locator('#form-text'),
  places: page.locator('.places'),
  same: page.locator('[data-passo="stesso"] .question'),
  question: page.locator('[data-passo="domanda"] .question'),
  row: page.locator('[data-passo="riga"]'),
  confirm: page.locator('[data-passo="riga"] button.primary'),
  dialog: page.getByRole('dialog'),
});

// Every mark must be words of the text, in their place, with a meaning that can be read and heard.
async function marksOf(words, text) {
  const marks = await words.locator('mark').evaluateAll((all) => all.map((m) => ({
    text: m.firstChild.textContent, means: m.querySelector('.means')?.textContent, told: m.getAttribute('aria-describedby') === m.querySelector('.means')?.id,
  })));
  must(marks.length > 0, 'no mark stands in the words');
  let from = 0;
  for (const m of marks) {
    const at = text.indexOf(m.text, from);
    must(at >= 0, `the mark «${m.text}» is not in the words after byte ${from}`);
    must(m.means && m.told, `the mark «${m.text}» does not say what it means`);
    from = at + m.text.length;
  }
  const whole = await words.evaluate((box) => {
    const copy = box.cloneNode(true);
    copy.querySelectorAll('.means').forEach((m) => m.remove());
    return copy.textContent;
  });
  same(whole, `«${text}»`, 'the words as they were said');
  return marks;
}

async function typeCall(page, words) {
  const { text, places, row } = parts(page);
  await page.keyboard.press('n');
  await focused(page, text);
  await page.keyboard.type(words);
  await row.locator('.proposal').waitFor();
  await places.locator('li').nth(1).waitFor();
}

// The point of the first address proposed; a fault near it is another one. `press` is the hand on the keyboard.
async function confirmPlace(page, press = (key) => page.keyboard.press(key)) {
  const { places, same: same_, question, confirm } = parts(page);
  await press('Tab');
  await focused(page, places);
  await press('Enter');
  await same_.or(question).or(confirm).and(page.locator(':focus')).first().waitFor();
  await pause(BOUNCE_MS);
  if (await same_.count() === 0) return;
  await press('2');
  await question.or(confirm).and(page.locator(':focus')).first().waitFor();
  await pause(BOUNCE_MS);
}

// Answers what is asked, always with `key`; says how many questions there were.
async function answerAll(page, key, press = (k) => page.keyboard.press(k)) {
  const { question, confirm } = parts(page);
  let asked = 0;
  while (await question.count()) {
    await focused(page, question);
    must(asked < 4, 'a fifth question was asked');
    const words = await question.locator('p').first().textContent();
    const number = await page.locator('.answered > div').count();
    await press(key);
    await page.locator('.answered > div').nth(number).waitFor();
    await question.filter({ hasNotText: words }).or(confirm).and(page.locator(':focus')).first().waitFor();
    asked += 1;
  }
  await focused(page, confirm);
  return asked;
}

story('A call with questions, by keyboard alone', [
  'the proposal comes while the words are typed, and never takes the focus',
  'the question takes the focus, and a bare Enter answers nothing',
  'Backspace takes an answer back',
  'answers lead to the row, with its due time',
  'what is told are the level given and the time of the first intervention',
  'at most five keys and one for each question, and no pointer',
  'the answers are kept with the reading and stand on the card',
], async (step) => {
  const desk = await atDesk('questions');
  const { page } = desk;
  const { text, question, row, confirm } = parts(page);
  let asked = 0;
  let keys = 0; // of the call itself; a trial of a key beside it does not count
  const press = (key) => { keys += 1; return page.keyboard.press(key); };

  await step('the proposal comes while the words are typed, and never takes the focus', async () => {
    await typeCall(page, UNSURE);
    await page.locator('.text-back mark').first().waitFor();
    same(await page.locator('.text-back').evaluate((e) => e.textContent.trimEnd()), UNSURE, 'the words behind the field');
    same(await text.inputValue(), UNSURE, 'the words in the field');
    must(await row.locator('.evidence li').count() > 0, 'no list says what the marks mean');
    must(await question.count() === 1, `«${UNSURE}» leads to no question`);
    await text.and(page.locator(':focus')).waitFor();
    same(await text.evaluate((e) => e.selectionStart), UNSURE.length, 'where the hand writes');
  });

  await step('the question takes the focus, and a bare Enter answers nothing', async () => {
    await confirmPlace(page, press);
    await focused(page, question);
    const before = await question.textContent();
    await page.keyboard.press('Enter');
    await untilText(page.locator('#voce'), 'Premi il numero della risposta.');
    same(await question.textContent(), before, 'the question after a bare Enter');
    same(await page.locator('.answered > div').count(), 0, 'answers after a bare Enter');
    same(await house.sql('SELECT count(*) FROM report'), '0', 'reports after a bare Enter');
  });

  await step('Backspace takes an answer back', async () => {
    const first = await question.locator('p').first().textContent();
    await page.keyboard.press('0');
    await untilText(page.locator('.answered dd'), 'Non lo sa');
    await question.filter({ hasNotText: first }).or(confirm).and(page.locator(':focus')).first().waitFor();
    await pause(BOUNCE_MS);
    await page.keyboard.press('Backspace');
    await question.filter({ hasText: first }).waitFor();
    await focused(page, question);
    same(await page.locator('.answered > div').count(), 0, 'answers after Backspace');
  });

  await step('answers lead to the row, with its due time', async () => {
    asked = await answerAll(page, '1', press);
    must(asked >= 1, 'nothing was asked');
    const due = await row.locator('.proposal time').getAttribute('datetime');
    must(Date.parse(due) > Date.now(), `the row says no time to come: ${due}`);
    same(await row.locator('.proposal time').count(), 1, 'times beside the row');
  });

  await step('what is told are the level given and the time of the first intervention', async () => {
    const level = (await row.locator('.proposal b').textContent()).replace(/ \(.*/, '').toLowerCase();
    await press('Enter');
    await focused(page, page.getByRole('button', { name: /Detto/ }));
    const told = await untilText(page.locator('.say'), level);
    const dues = await house.sql(`SELECT to_char(t.due_at AT TIME ZONE 'Europe/Rome', 'HH24:MI') FROM report_target t WHERE t.kind = 'arrival'`);
    must(dues.split('\n').some((due) => told.includes(`entro le ${due}`)), `«${told}» names no time of ${dues}`);
  });

  await step('at most five keys and one for each question, and no pointer', async () => {
    await press('Enter');
    await focused(page, page.locator('.phone .candidate').first());
    await press('Enter');
    await untilText(page.locator('.undo'), /inviata/);
    must(asked <= 4 && keys <= 5 + asked, `${keys} keys with ${asked} questions`);
    same(await page.evaluate(() => window.pointers), 0, 'pointer events');
  });

  await step('the answers are kept with the reading and stand on the card', async () => {
    const kept = await house.sql(`SELECT w.reading FROM report_words w WHERE w.text = '${UNSURE}'`);
    must(kept.includes('answer'), `the reading keeps no answers: ${kept}`);
    await untilText(page.locator('#perche .answered'), /\?/);
    same(await page.locator('#perche .answered > div').count(), asked, 'answers on the card');
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('The row of a call, changed by keyboard', [
  'a number takes another row, and the proposal comes back by its number',
  'G changes by typing; lowering asks the reason and keeps it',
  'who calls for a known fault hears the level and the time too',
], async (step) => {
  const desk = await atDesk('rows');
  const { page } = desk;
  const { row, confirm, dialog } = parts(page);

  await step('a number takes another row, and the proposal comes back by its number', async () => {
    await typeCall(page, UNSURE.replace('delle mura 3', 'cesare battisti 20'));
    await confirmPlace(page);
    await answerAll(page, '0');
    const own = await row.locator('.row-words b').textContent();
    const proposed = Number(await row.getAttribute('data-rango') || 99);
    const others = await row.locator('.other').evaluateAll((all) => all.map((b) => ({ row: b.dataset.riga, rank: Number(b.dataset.rango || 99) })));
    must(others.length > 0, 'nothing else is offered');
    const n = others.findIndex((o) => o.rank <= proposed);
    must(n >= 0, `every other row is lower: ${JSON.stringify(others)}`);
    await page.keyboard.press(String(n + 1));
    await untilText(row.locator('.row-words b'), others[n].row);
    same(await dialog.count(), 0, 'questions about a row that lowers nothing');
    await focused(page, confirm);
    await page.keyboard.press('1');
    await untilText(row.locator('.row-words b'), own);
    await page.keyboard.press('Escape');
  });

  await step('G changes by typing; lowering asks the reason and keeps it', async () => {
    await typeCall(page, SURE);
    await confirmPlace(page);
    await answerAll(page, '0');
    await untilText(row.locator('.proposal'), 'Livello 1');
    await page.keyboard.press('g');
    await page.locator('#row-filter').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('piccola');
    await page.keyboard.press('Enter');
    await page.locator('.reasons input[type=radio]').first().and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await untilText(page.locator('.reasons .wrong'), 'motivo');
    same(await dialog.count(), 1, 'dialogs while the reason is missing');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await focused(page, confirm);
    await untilText(row, 'Motivo: verificato al telefono');
    await untilText(row.locator('.proposal'), 'Livello 2');
    await page.keyboard.press('Enter');
    await focused(page, page.getByRole('button', { name: /Detto/ }));
    await untilText(page.locator('.say'), 'livello 2');
    await untilSql("SELECT count(*) FROM change_words WHERE text = 'verificato al telefono'", '1', 'reasons in the history');
    await page.keyboard.press('Enter');
    await focused(page, page.locator('.phone .candidate').first());
    await page.keyboard.press('Escape');
  });

  await step('who calls for a known fault hears the level and the time too', async () => {
    const { places } = parts(page);
    await typeCall(page, SURE);
    await page.keyboard.press('Tab');
    await focused(page, places);
    await page.keyboard.press('Enter');
    await focused(page, parts(page).same);
    await page.keyboard.press('1');
    await focused(page, confirm);
    same(await page.locator('[data-passo="domanda"]').count(), 0, 'questions about a known fault');
    await page.keyboard.press('Enter');
    await focused(page, page.getByRole('button', { name: /Detto/ }));
    const told = await untilText(page.locator('.say'), 'Ho aggiunto la sua segnalazione');
    must(/livello \d.*entro /.test(told), `neither level nor time is told: ${told}`);
    await page.keyboard.press('Enter');
    await focused(page, page.locator('.phone .candidate').first());
    await page.keyboard.press('Escape');
    same(await page.evaluate(() => window.pointers), 0, 'pointer events');
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('A call near faults that are open already', [
  'the like fault is asked about, not the nearer unlike one; both are listed',
  'a bare Enter joins the call to nothing',
  'the number joins it',
  'faults that are only near are listed and not asked about',
  'parked drafts leave the way out in the window',
], async (step) => {
  const desk = await atDesk('near', 'desk');
  const { page } = desk;
  const { places, same: same_, question, confirm } = parts(page);
  const near = page.locator('.near li');
  const ask = (path, body) => askAs(page, path, body);
  const placeOf = async (address) => (await ask(`/api/v1/geocode?q=${encodeURIComponent(`${address}, Borgo Valdoro`)}`)).places[0];
  // An open fault of a row, so many metres north of the place.
  const fault = async ({ row, class: code }, place, metres) => {
    const { incident } = await ask('/api/v1/reports', { utility: 'acque-valdoro', channel: 'phone', text: `prova ${row}`, reporter: { prefer: 'none' },
      conversation_started_at: new Date(Date.now() - 60000).toISOString().replace(/\.\d+Z$/, 'Z'), address: place.label, municipality: 'Borgo Valdoro',
      lat: place.lat + metres / 111195, lon: place.lon, point_confirmed: true, row, class: code });
    return incident.id;
  };
  const confirmAddress = async (words) => {
    await typeCall(page, words);
    await page.keyboard.press('Tab');
    await focused(page, places);
    await page.keyboard.press('Enter');
  };
  const LEAK = { row: 'F03', class: 'L1' };
  const METER = { row: 'D19', class: 'L3' };
  const words = (address) => `esce tantissima acqua dalla strada e allaga tutto, in ${address.toLowerCase()} a borgo valdoro`;
  let like;

  await step('the like fault is asked about, not the nearer unlike one; both are listed', async () => {
    const place = await placeOf(NEAR_BOTH);
    like = await fault(LEAK, place, 150);
    const unlike = await fault(METER, place, 10);
    const alone = await fault(METER, await placeOf(NEAR_UNLIKE), 10);
    for (const id of [like, unlike, alone]) await page.locator(`.row[data-id="${id}"]`).waitFor();
    await confirmAddress(words(NEAR_BOTH));
    await focused(page, same_);
    await untilText(same_, 'Grossa perdita d');
    must(!(await same_.textContent()).includes('Contatore'), 'the nearer, unlike fault is asked about');
    await untilText(near.first(), 'Contatore sporco');
    await near.filter({ hasText: 'Grossa perdita d' }).first().waitFor();
  });

  await step('a bare Enter joins the call to nothing', async () => {
    const reports = await house.sql('SELECT count(*) FROM report');
    await page.locator('#voce').evaluate((e) => { e.textContent = ''; });
    await page.keyboard.press('Enter');
    await untilText(page.locator('#voce'), 'Premi il numero della risposta.');
    await same_.and(page.locator(':focus')).waitFor();
    same(await page.locator('[data-passo="riga"] button.primary').textContent(), 'InvioConferma e registra', 'the command after a bare Enter');
    same(await house.sql('SELECT count(*) FROM report'), reports, 'reports after a bare Enter');
  });

  await step('the number joins it', async () => {
    await page.keyboard.press('1');
    await focused(page, confirm);
    await untilText(confirm, 'Unisci la segnalazione');
    await page.keyboard.press('Enter');
    await focused(page, page.getByRole('button', { name: /Detto/ }));
    same(await house.sql(`SELECT count(*) FROM report WHERE incident_id = '${like}'`), '2', 'reports of the like fault');
    await page.keyboard.press('Escape');
  });

  await step('faults that are only near are listed and not asked about', async () => {
    await confirmAddress(words(NEAR_UNLIKE));
    await question.or(confirm).and(page.locator(':focus')).first().waitFor();
    await untilText(near.first(), 'Contatore sporco');
    same(await near.filter({ hasText: 'perdita' }).count(), 0, 'like faults near the place of this trial');
    same(await same_.count(), 0, 'questions about a fault that is only near');
    await page.keyboard.press('Escape');
  });

  await step('parked drafts leave the way out in the window', async () => {
    for (const name of ['Annamaria Bartolomei', 'Pierfrancesco Quattrocchi']) {
      await page.keyboard.press('n');
      await page.getByLabel('Chi chiama').fill(name);
      await page.keyboard.press('Escape');
    }
    same(await page.locator('.draft').count(), 3, 'parked drafts');
    for (const part of ['.user', 'button:has-text("Esci")']) {
      const box = await page.locator('.topbar').locator(part).boundingBox();
      must(box.x + box.width <= 1440, `«${part}» ends at ${box.x + box.width} of 1440 px`);
    }
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('The card of a report that was written', [
  'the words stand as they were, with marks that say what they mean',
  'arrows go from mark to mark',
  'lowering is refused without a reason, and kept with it',
  'raising asks nothing',
  'the row first proposed asks the reason once it is the lower one',
  'what waits to be sorted has the same marks',
], async (step) => {
  const send = async (text, address) => {
    const answer = await fetch(`${house.origin}/api/v1/reports`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: house.origin },
      body: JSON.stringify({ channel: 'web', text, address, municipality: 'Borgo Valdoro', reporter: { prefer: 'none' } }) });
    must(answer.ok, `the report was refused: ${answer.status}`);
  };
  await send(WEB, 'Viale Camillo Cavour 89');
  await send(ODD, 'Via del Moro 2');
  await send('Vorrei sapere quando arriva la bolletta', 'Via Roma 1');
  const desk = await atDesk('card', 'desk');
  const { page } = desk;
  const { dialog } = parts(page);
  const words = page.locator('#perche .words');
  const open = async (street) => {
    await page.locator('.row', { hasText: street }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.card-head h2').and(page.locator(':focus')).waitFor();
    await words.waitFor();
  };

  await step('the words stand as they were, with marks that say what they mean', async () => {
    await open('Via del Moro');
    await marksOf(words, ODD);
    await open('Viale Camillo Cavour');
    const marks = await marksOf(words, WEB);
    const list = await page.locator('#perche .evidence').textContent();
    for (const m of marks) must(list.includes(m.means), `the list leaves out «${m.means}»`);
  });

  await step('arrows go from mark to mark', async () => {
    const all = words.locator('mark');
    same(await words.locator('mark[tabindex="0"]').count(), 1, 'tab stops among the marks');
    await all.first().focus();
    await all.first().locator('.means').waitFor();
    if (await all.count() > 1) {
      await page.keyboard.press('ArrowRight');
      await all.nth(1).and(page.locator(':focus')).waitFor();
      await all.nth(1).locator('.means').waitFor();
    }
  });

  await step('lowering is refused without a reason, and kept with it', async () => {
    await page.keyboard.press('g');
    await page.locator('#row-filter').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('piccola');
    await page.keyboard.press('Enter');
    await page.locator('.reasons input[type=radio]').first().and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await untilText(page.locator('.reasons .wrong'), 'motivo');
    await page.keyboard.press('3');
    await page.keyboard.press('Tab');
    await page.keyboard.type('è un tubo di gomma');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await untilText(page.locator('.card-head .class'), 'Livello 2');
    await untilText(page.locator('.timeline'), 'testo frainteso: è un tubo di gomma');
  });

  await step('raising asks nothing', async () => {
    const higher = page.locator('#perche .other[data-rango="1"]').first();
    desk.forgive(/status of 409/);
    await choose(page, higher, page.locator('.card-head .class'), 'Livello 1');
    same(await dialog.count(), 0, 'questions about a class that rises');
    await untilText(page.locator('.timeline'), 'testo frainteso: è un tubo di gomma');
  });

  await step('the row first proposed asks the reason once it is the lower one', async () => {
    await open('Via del Moro');
    const proposed = await page.locator('#perche .row-words b').textContent();
    await untilText(page.locator('.card-head .class'), 'Livello 2');
    await page.keyboard.press('g');
    await page.locator('#row-filter').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('rilevante');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await untilText(page.locator('.card-head .class'), 'Livello 1');
    await page.locator(`#perche .other[data-riga="${proposed}"]`).focus();
    await page.keyboard.press('Enter');
    await page.locator('.reasons input[type=radio]').first().and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await untilText(page.locator('.card-head .class'), 'Livello 1');
  });

  await step('what waits to be sorted has the same marks', async () => {
    await page.locator('.row', { hasText: 'bolletta' }).focus();
    await page.keyboard.press('Enter');
    await untilText(page.locator('.card-head h2'), 'Segnalazione da smistare');
    if (await page.locator('#smista-gestore').count()) await page.locator('#smista-gestore').selectOption('acque-valdoro');
    await page.locator('#segnalazioni mark').first().waitFor();
    await marksOf(page.locator('#segnalazioni .words'), 'Vorrei sapere quando arriva la bolletta');
    must(await page.locator('#segnalazioni .evidence li').count() > 0, 'no list says what the marks mean');
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

await runIn({ house, browser, people, secrets: () => SECRETS });
