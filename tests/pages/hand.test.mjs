// What a dispatcher's hand meets at the desk, in a real browser over a real server: the way that stays when keys go to the
// map, the map's letters, an undo that outlives the network, rows whose address is whole, a phone that names no keys.
// Not here: closures and ways themselves (roads), the queue's groups (story).
import { must, same, story, until } from './check.mjs';
import { ask, launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD, pause } from './house.mjs';
import { order } from '../../src/pages/desk/queue_order.js';

const house = await openHouse({ workers: 1 });
const browser = await launch();
const people = [];

async function atDesk(name, size = 'desk', login = 'marta') {
  const who = await person(browser, { port: house.port, worker: 1, name, size });
  people.push(who);
  await who.page.emulateMedia({ reducedMotion: 'reduce' });
  await logIn(who, login, PASSWORD, '/desk');
  await who.page.locator('.row').first().waitFor();
  await who.page.locator('.pd-map[data-centro]').waitFor({ state: 'attached' });
  return who;
}

const focused = (page, locator) => locator.and(page.locator(':focus')).waitFor();
async function report(address) {
  const answer = await fetch(`${house.origin}/api/v1/reports`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: house.origin },
    body: JSON.stringify({ channel: 'web', text: 'Esce tantissima acqua dalla strada', address, municipality: 'Borgo Valdoro', reporter: { prefer: 'none' } }) });
  must(answer.ok, `the report was refused: ${answer.status}`);
}
for (const address of ['Viale Camillo Cavour 89', 'Viale Giuseppe Garibaldi 43']) await report(address);

story('The hand goes to the map', [
  'equal rows stand in the same order at every desk',
  'A goes to the class first while nobody has confirmed it',
  'a key that is quicker than the drawing has the focus',
  'the way of the candidate stays while the focus is in the map, and no longer',
  'W and 0 do from the card what their buttons do',
  'the map\'s own buttons lie above its signs',
  'where only the kind of a street was typed, it says to go on',
], async (step) => {
  const desk = await atDesk('hand');
  const { page } = desk;
  const canvas = page.locator('.maplibregl-canvas');
  const follow = page.getByRole('button', { name: 'Segui' });

  await step('equal rows stand in the same order at every desk', async () => {
    const one = { urgency_rank: 1, due: '2026-03-02T10:00:00Z', opened_at: '2026-03-02T09:00:00Z', state: 'new', group: 'now' };
    const rows = ['c', 'a', 'b'].map((id) => ({ ...one, id }));
    const at = Date.parse('2026-03-02T09:01:00Z');
    same(order(rows, at).now.join(), 'a,b,c', 'one desk');
    same(order(rows.reverse(), at).now.join(), 'a,b,c', 'the other');
  });

  const first = page.locator('.candidate').first();
  await step('A goes to the class first while nobody has confirmed it', async () => {
    await page.locator('.row').first().click();
    const confirm = page.getByRole('button', { name: /Conferma L1/ });
    const why = page.locator('.strip', { hasText: 'Prima conferma la classe, poi scegli la squadra.' });
    await confirm.waitFor();
    same(await why.count(), 0, 'said before it was asked');
    await page.keyboard.press('a');
    await focused(page, confirm);
    await why.waitFor();
    same(await page.locator('.candidate').count(), 0, 'crews that could not be sent');
    await page.keyboard.press('Enter');
    await focused(page, first);
    await why.waitFor({ state: 'detached' });
  });

  await step('a key that is quicker than the drawing has the focus', async () => {
    await page.locator('.row').nth(1).click();
    await focused(page, page.locator('.card-head h2'));
    await page.locator('.row').first().evaluate(async (row) => {
      row.click();
      for (let n = 0; n < 50; n += 1) await null; // the card is drawn, what follows the drawing has yet to come
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, cancelable: true }));
    });
    await focused(page, first);
    await pause(300); // no other may take it
    await focused(page, first);
  });

  await step('the way of the candidate stays while the focus is in the map, and no longer', async () => {
    const crew = await first.getAttribute('data-squadra');
    const way = page.locator(`.marker[data-percorso="${crew}"]`);
    await way.waitFor();
    await page.mouse.move(5, 5);
    await page.keyboard.press('v');
    await focused(page, canvas);
    await page.keyboard.press('ArrowRight');
    await follow.waitFor();
    await pause(400); // longer than a way waits before it is asked for
    await way.waitFor();
    await page.keyboard.press('Tab');
    await page.locator('#mappa :focus').waitFor();
    await way.waitFor();
    await page.keyboard.press('q');
    await way.waitFor({ state: 'detached' });
  });

  await step('W and 0 do from the card what their buttons do', async () => {
    await page.locator('#scheda').focus();
    await page.keyboard.press('w');
    await follow.waitFor({ state: 'detached' });
    await page.keyboard.press('0');
    await follow.waitFor();
    await page.keyboard.press('w');
    await follow.waitFor({ state: 'detached' });
  });

  await step('the map\'s own buttons lie above its signs', async () => {
    const button = page.locator('.maplibregl-ctrl-zoom-out');
    const above = await button.evaluate((b) => {
      const box = b.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const sign = document.querySelector('.marker');
      const was = sign.style.cssText;
      Object.assign(sign.style, { zIndex: 50, transform: `translate(${x - sign.parentElement.getBoundingClientRect().left - 20}px, ${y - sign.parentElement.getBoundingClientRect().top - 10}px)` });
      const under = document.elementsFromPoint(x, y);
      sign.style.cssText = was;
      return [b.contains(under[0]), under.some((e) => sign.contains(e))];
    });
    same(above.join(), 'true,true', 'the button on top, a sign below it');
  });

  await step('where only the kind of a street was typed, it says to go on', async () => {
    await page.keyboard.press('Shift+V');
    await page.route('**/api/v1/geocode?*', (route) => route.fulfill({ json: { places: [] } })); // what a map finds by so little is its own affair
    await focused(page, page.locator('#map-search'));
    await page.keyboard.type('vicolo 7');
    await page.locator('.place-list', { hasText: 'Scrivi anche il nome della via.' }).waitFor();
    await page.locator('#map-search').fill('xyzzy');
    await page.locator('.place-list', { hasText: 'Nessun indirizzo trovato.' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('Z while the network is away', [
  'the undo stays and says so', 'it is done once the network is back, and the banner goes', 'a recall too, by the banner',
], async (step) => {
  const desk = await atDesk('undo');
  const { page } = desk;
  const items = page.locator('.closure');
  const banner = page.locator('.banner', { hasText: 'Non annullato' });
  const undo = page.locator('.undo');
  const closures = async () => (await ask(page, '/api/v1/closures')).closures.length;
  desk.forgive(/ERR_INTERNET_DISCONNECTED|Failed to load/);

  await step('the undo stays and says so', async () => {
    const { incidents } = await ask(page, '/api/v1/incidents?state=open');
    const { lat, lon } = incidents[0];
    await page.clock.install();
    await ask(page, '/api/v1/closures', { kind: 'closed', points: [{ lat, lon }] });
    await page.keyboard.press('Shift+S');
    await items.first().getByRole('button', { name: 'Riapri' }).click();
    await undo.waitFor();
    await desk.context.setOffline(true);
    await page.locator('#chiusure').focus();
    await page.keyboard.press('z');
    await banner.waitFor();
    await undo.getByText('Riprova ad annullare').waitFor();
    await page.keyboard.press('z');
    await until(async () => (await banner.count()) === 1, 'one banner');
    await undo.getByText('Riprova ad annullare').waitFor();
  });

  await step('it is done once the network is back, and the banner goes', async () => {
    await page.clock.fastForward(30000);
    await undo.getByText('Riprova ad annullare').waitFor();
    await desk.context.setOffline(false);
    await page.locator('#chiusure').focus();
    await page.keyboard.press('z');
    await items.first().waitFor();
    await banner.waitFor({ state: 'detached' });
    await undo.waitFor({ state: 'detached' });
    same(await closures(), 1, 'closures');
  });

  await step('a recall too, by the banner', async () => {
    await page.locator('.row').first().click();
    await page.locator('.card-head').waitFor();
    await page.keyboard.press('a');
    await focused(page, page.locator('.candidate').first());
    await pause(200); // an earlier key is a bounce
    await page.keyboard.press('Enter');
    await undo.waitFor();
    await desk.context.setOffline(true);
    await page.locator('.undo button').click();
    await banner.waitFor();
    await desk.context.setOffline(false);
    await banner.getByRole('button', { name: 'Riprova' }).click();
    await undo.waitFor({ state: 'detached' });
    await banner.waitFor({ state: 'detached' });
    await page.locator('.timeline', { hasText: /Richiamat/i }).waitFor();
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('A gap in the stream', ['what is heard while the queue is read again stays'], async (step) => {
  const desk = await atDesk('gap');
  const { page } = desk;
  desk.forgive(/ERR_INTERNET_DISCONNECTED|Failed to load/);
  await step('what is heard while the queue is read again stays', async () => {
    const before = await page.locator('.row').count();
    let read, goOn;
    const wasRead = new Promise((done) => { read = done; });
    const heard = new Promise((done) => { goOn = done; });
    let answered;
    await page.route('**/api/v1/incidents?state=open*', async (route) => {
      answered = route.fetch();
      await answered;
      read();
      await heard;
      await route.fulfill({ response: await answered });
    });
    await desk.context.setOffline(true);
    await page.locator('html[data-connessione="persa"]').waitFor();
    await desk.context.setOffline(false);
    await wasRead;
    await report('Via San Rocco 3');
    await until(async () => (await page.locator('.row').count()) > before, 'the event is heard');
    const setup = page.waitForResponse('**/api/v1/incidents?state=open*');
    goOn();
    await (await setup).finished();
    await pause(500); // the row must not go: there is nothing to wait for
    same(await page.locator('.row').count(), before + 1, 'rows');
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

story('Narrow desks', ['no chip cuts an address', 'the map of a phone shows all crews at the first look', 'a phone names no keys'], async (step) => {
  await step('no chip cuts an address', async () => {
    await house.sql("UPDATE incident SET opened_at = opened_at - interval '5 minutes', updated_at = updated_at - interval '5 minutes'");
    for (const width of [1440, 1280]) {
      const who = await atDesk(`rows ${width}`, { width, height: 800 });
      await who.page.locator('.row-where .chip').first().waitFor();
      const cut = await who.page.locator('.row-where .place').evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent));
      same(cut.join(), '', `addresses cut at ${width}`);
      await who.close();
      people.splice(people.indexOf(who), 1);
    }
  });

  const phone = await atDesk('phone', 'phone');
  const { page } = phone;
  await step('the map of a phone shows all crews at the first look', async () => {
    await page.locator('.panes').getByRole('button', { name: 'Mappa' }).click();
    await page.locator('.marker').first().waitFor();
    const out = () => page.locator('.pd-map').evaluate((map) => {
      const box = map.getBoundingClientRect();
      return [...map.querySelectorAll('.marker')].filter((m) => { const b = m.getBoundingClientRect(); return b.left < box.left || b.right > box.right || b.top < box.top || b.bottom > box.bottom; }).map((m) => m.textContent);
    });
    await until(async () => (await out()).length === 0, 'every sign is inside');
  });

  await step('a phone names no keys', async () => {
    same(await page.locator('#map-search').getAttribute('placeholder'), 'Via, incrocio o luogo', 'the search');
    await page.locator('.panes').getByRole('button', { name: 'Chiusure' }).click();
    await page.getByRole('button', { name: /Chiudi una strada/ }).click();
    await page.locator('.draw').waitFor();
    same(await page.locator('kbd:visible').count(), 0, 'keys shown');
    must(phone.complaints.length === 0, phone.complaints.join('\n'));
  });
});

await runIn({ house, browser, people });
