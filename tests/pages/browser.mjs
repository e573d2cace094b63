// The browsers of a test: Debian's Chromium, one window a person, each on its own relay (pin.mjs), each watched:
// no other host may be asked, nothing may stand in the console. Not here: the server (house.mjs).
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { pin } from './pin.mjs';

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 }, page: { width: 1280, height: 900 } };

export const launch = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});

// What is done can be taken back for ten seconds: for a test on a busy machine, much longer.
const withoutHaste = () => {
  const timer = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => timer(act, ms === 10000 ? 300000 : ms, ...rest);
};

// A person at a window. `complaints` gathers what went wrong there; lost() tells it that the net is cut on purpose.
export async function person(browser, { port, worker, size = 'desk', name = 'somebody', ...options }) {
  const relay = await pin(port, worker);
  const phone = size === 'phone';
  const context = await browser.newContext({
    viewport: SIZES[size] ?? size, locale: 'it-IT', timezoneId: 'Europe/Rome', isMobile: phone, hasTouch: phone, ...options,
  });
  context.setDefaultTimeout(45000);
  await context.addInitScript(withoutHaste);
  const complaints = [];
  const workers = new Set();
  const forgiven = []; // patterns of console errors that the test provokes
  const complain = (words) => { if (!forgiven.some((f) => f.test(words))) complaints.push(`${name}: ${words}`); };
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== relay.origin) complain(`asked another host: ${url}`);
  });
  context.on('response', (response) => {
    const number = response.headers()['x-prontod-worker'];
    if (number) workers.add(number);
    if (response.status() >= 500) complain(`${response.status()} at ${response.url()}`);
  });
  context.on('console', (message) => { if (message.type() === 'error') complain(`console: ${message.text()} (${message.location().url})`); });
  context.on('weberror', (error) => complain(`error: ${error.error().stack ?? error.error()}`));
  const page = await context.newPage();
  return {
    name, page, context, relay, workers, complaints,
    origin: relay.origin,
    forgive: (pattern) => forgiven.push(pattern),
    go: (where) => page.goto(relay.origin + where),
    async close() { await context.close(); await relay.close(); },
  };
}

export async function logIn(who, login, password, next) {
  await who.go(`/login?next=${next}`);
  await who.page.getByLabel('Nome utente').fill(login);
  await who.page.locator('#password').fill(password);
  await who.page.getByRole('button', { name: 'Accedi', exact: true }).click();
  await who.page.waitForURL(`**${next}`);
}

// Pictures of every window, for whoever reads a failure: PRONTOD_TEST_PICTURES or the system's temporary folder.
export async function pictures(people) {
  const folder = process.env.PRONTOD_TEST_PICTURES;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  for (const who of people) await who.page.screenshot({ path: path.join(folder, `${who.name}.png`), fullPage: true }).catch(() => {});
}

// What every window showed, in its words, for the log of a failure that nobody saw.
export async function words(people) {
  for (const who of people) {
    const seen = await who.page.evaluate(() => {
      const tell = (e) => `<${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ''}${[...e.classList].map((c) => `.${c}`).join('')}> ${e.innerText.slice(0, 80)}`;
      const asked = performance.getEntriesByType('resource').slice(-6).map((r) => `${new URL(r.name).pathname} ${r.responseStatus} ${Math.round(r.duration)} ms`);
      return { focus: tell(document.activeElement ?? document.body), asked, text: document.body.innerText };
    }).catch((problem) => ({ focus: '', asked: [], text: String(problem) }));
    console.log(`    ${who.name} at ${new URL(who.page.url()).pathname}, focus in ${seen.focus.replace(/\s+/g, ' ')}; asked last: ${seen.asked.join(', ')}`);
    console.log(`      ${seen.text.replace(/\s+/g, ' ').slice(0, 1500)}`);
    if (who.complaints.length) console.log(`      complained: ${who.complaints.slice(0, 5).join(' | ').slice(0, 1000)}`);
  }
}

// Asks the server as this page, and tells it where there is a body.
export const ask = (page, path, body) => page.evaluate(async ([to, what]) => {
  const answer = await fetch(to, what && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) });
  if (!answer.ok) throw new Error(`${to}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}, [path, body]);
