// The signs of the desk's map, in a real browser over a real server: the class stands inside its urgency shape and can be
// read by day and by night, closures that would lie on each other are one sign with its count.
// Not here: which incidents and crews have a sign, and what it opens (roads).
import { must, same, story, until } from './check.mjs';
import { ask, launch, logIn, person } from './browser.mjs';
import { runIn } from './end.mjs';
import { openHouse, PASSWORD } from './house.mjs';

const house = await openHouse({ workers: 1 });
const browser = await launch();
const people = [];

for (const [address, municipality] of [['Viale Camillo Cavour 89', 'Borgo Valdoro'], ['Viale Giuseppe Garibaldi 43', 'Borgo Valdoro'], ['Corso Roma 10', 'Pontalto'], ['Via del Moro 2', 'Borgo Valdoro']]) {
  const answer = await fetch(`${house.origin}/api/v1/reports`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: house.origin },
    body: JSON.stringify({ channel: 'web', text: 'Esce tantissima acqua dalla strada', address, municipality, reporter: { prefer: 'none' } }) });
  must(answer.ok, `the report was refused: ${answer.status}`);
}

// What a desk is told of its incidents, but for urgency and class, and far enough apart.
async function told(page, classes) {
  await page.unroute('**/api/v1/incidents?state=open*');
  await page.route('**/api/v1/incidents?state=open*', async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    const { lat, lon } = json.incidents.find((i) => i.lat != null);
    json.incidents.forEach((i, n) => Object.assign(i, { urgency_rank: classes[n][0], class_short: classes[n][1], class: classes[n][1], lat: lat + 0.02 * n, lon }));
    await route.fulfill({ response: answer, json });
  });
  await page.reload();
  await page.locator('.row').first().waitFor();
}

// Of each sign with a class, in the browser: is every corner of the letters inside the shape, and wholly on its filled
// part or wholly beside it; the contrast of the letters with what they stand on.
const measure = (svg) => {
  const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const text = svg.querySelector('text');
  const { x, width } = text.getBBox();
  const base = Number(text.getAttribute('y'));
  const size = parseFloat(getComputedStyle(text).fontSize);
  const corners = [[x, base - 0.7 * size], [x + width, base - 0.7 * size], [x, base], [x + width, base]].map(([cx, cy]) => Object.assign(svg.createSVGPoint(), { x: cx, y: cy }));
  const full = svg.querySelector('.sign-full');
  const on = corners.filter((c) => full?.isPointInFill(c)).length;
  const ground = getComputedStyle(on ? full : svg.querySelector('.sign-edge')).fill;
  const [a, b] = [light(getComputedStyle(text).fill), light(ground)].sort((p, q) => q - p);
  return { letters: text.textContent, inside: corners.every((c) => svg.querySelector('.sign-edge').isPointInFill(c)), whole: on === 0 || on === 4, size, contrast: (a + 0.05) / (b + 0.05) };
};

story('The signs of the map', [
  'the class stands inside its sign, by day and by night',
  'closures that would lie on each other are one sign with its count, and part when nearer',
  'a sign of a closure leads to it in the list',
], async (step) => {
  const desk = await person(browser, { port: house.port, worker: 1, name: 'signs', size: 'desk' });
  people.push(desk);
  const { page } = desk;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await logIn(desk, 'marta', PASSWORD, '/desk');
  await page.locator('.row').first().waitFor();

  await step('the class stands inside its sign, by day and by night', async () => {
    for (const classes of [[[1, 'L1'], [2, 'L2'], [3, 'L3'], [null, 'orario']], [[1, 'imm.'], [2, '2h fogna'], [3, '5+20'], [2, 'orario']], [[1, '60m'], [2, '24h'], [3, 'G2'], [1, '2h fogna']]]) {
      await told(page, classes);
      const wanted = classes.map(([, short]) => short).sort().join();
      const signs = page.locator('.marker[data-interventi] .sign:has(text)');
      const row = page.locator('.row');
      await until(async () => (await signs.count()) === classes.length, 'each incident has its sign with the class in it');
      await page.evaluate(() => document.fonts.ready);
      for (const theme of ['day', 'night']) {
        await page.evaluate((t) => { document.documentElement.dataset.theme = t; }, theme);
        const found = await signs.evaluateAll((all, fn) => all.map(eval(fn)), `(${measure})`);
        same(found.map((f) => f.letters).sort().join(), wanted, 'the classes in the signs');
        for (const f of found) must(f.inside && f.whole && f.size >= 12 && f.contrast >= 4.5, `«${f.letters}» by ${theme}: ${JSON.stringify(f)}`);
      }
      must(await row.count() === classes.length, 'rows of the queue');
    }
    await page.unroute('**/api/v1/incidents?state=open*');
  });

  await step('closures that would lie on each other are one sign with its count, and part when nearer', async () => {
    const { places } = await ask(page, '/api/v1/geocode?q=viale+camillo+cavour+89');
    const { lat, lon } = places[0];
    for (const [n, kind] of [[0, 'slow'], [1, 'closed'], [2, 'slow']]) {
      await ask(page, '/api/v1/closures', { kind, ...(kind === 'slow' ? { speed: 0.5 } : {}), points: [{ lat: lat + n * 0.0025, lon }], reason: 'lavori' });
    }
    const { closures } = await ask(page, '/api/v1/closures');
    same(closures.length, 3, 'closures');
    const together = page.locator('.marker[data-chiusure*=" "]');
    await page.keyboard.press('v');
    await page.locator('.maplibregl-canvas:focus').waitFor();
    for (let n = 0; n < 3; n++) await page.keyboard.press('-');
    await until(async () => (await together.count()) === 1 && (await together.getAttribute('data-chiusure')).split(' ').length === 3, 'one sign of all three');
    same(await page.locator('.marker[data-chiusure]').count(), 1, 'signs of closures');
    same(await together.locator('b').textContent(), '3', 'the count');
    must(/^3 strade chiuse o rallentate: /.test(await together.getAttribute('aria-label')), 'the sign says in words what it holds');
    must(/it-ban$/.test(await together.locator('use').getAttribute('href')), 'it looks like the gravest');
    await until(async () => {
      if (await page.locator('.marker[data-chiusure]').count() === 3) return true;
      // an incident's sign may lie on it; and it may part just now, with the map still on its way
      await page.evaluate(() => document.querySelector('.marker[data-chiusure*=" "]')?.click());
      return false;
    }, 'pressed, the map goes nearer until the signs part');
  });

  await step('a sign of a closure leads to it in the list', async () => {
    const sign = page.locator('.marker[data-chiusure]').first();
    const id = await sign.getAttribute('data-chiusure');
    await sign.evaluate((e) => e.click());
    await page.locator(`.closure[data-id="${id}"]:focus`).waitFor();
    must(desk.complaints.length === 0, desk.complaints.join('\n'));
  });
});

await runIn({ house, browser, people, seen: true });
