// A whole prontod for a test: a private PostgreSQL on a unix socket (never as root), the demo valley's map, the demo's
// utilities, and the sanitizer build with its workers on a free port. stop() ends all of it, also when a test failed,
// and answers what the server's log must not hold. Not here: browsers (browser.mjs), pinning to a worker (pin.mjs).
import { spawn, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.PRONTOD_TEST_BUILD ?? path.join(root, 'build/san');
const pages = process.env.PRONTOD_TEST_PAGES ?? path.join(root, 'build/pages');
const ctl = path.join(build, 'src/prontoctl');
const env = { ...process.env, PRONTOD_MIGRATIONS: path.join(root, 'migrations') };

export const PASSWORD = 'prontod-demo';
export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// The database never runs as root; everything else runs as whoever started the test.
const drop = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--'] : [];
const asUser = (...words) => run([...drop, ...words][0], [...drop, ...words].slice(1), { cwd: '/', maxBuffer: 1 << 24 });

function postgresFolder() {
  const versions = fs.readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return `/usr/lib/postgresql/${versions[0]}/bin`;
}

async function startDatabase(folder) {
  const bin = postgresFolder();
  const data = path.join(folder, 'pg');
  if (drop.length) await run('chown', ['postgres:postgres', folder]);
  await asUser(`${bin}/initdb`, '-D', data, '-U', 'prontod', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
  const options = `-c listen_addresses='' -c unix_socket_directories='${folder}' -c unix_socket_permissions=0777 -c fsync=off -c max_connections=60`;
  await asUser(`${bin}/pg_ctl`, '-D', data, '-w', '-t', '60', '-l', path.join(folder, 'pg.log'), '-o', options, 'start');
  await asUser(`${bin}/createdb`, '-h', folder, '-U', 'prontod', 'prontod');
  return {
    url: `host=${folder} user=prontod dbname=prontod`,
    sql: async (text) => (await asUser(`${bin}/psql`, '-h', folder, '-U', 'prontod', '-d', 'prontod', '-v', 'ON_ERROR_STOP=1', '-Atc', text)).stdout.trim(),
    stop: () => asUser(`${bin}/pg_ctl`, '-D', data, '-m', 'immediate', '-w', 'stop'),
  };
}

// The demo's map is the same for every test of a build: made once, beside the build.
async function demoMap() {
  const map = path.join(build, 'tests', 'demo.map');
  const maker = path.join(build, 'deploy/demo/demo-valley');
  const newest = Math.max(fs.statSync(maker).mtimeMs, fs.statSync(ctl).mtimeMs);
  if (fs.existsSync(map) && fs.statSync(map).mtimeMs > newest) return map;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pd-map-'));
  try {
    await run(maker, [path.join(folder, 'valley.osm.pbf')]);
    await run(ctl, ['map', 'build', path.join(folder, 'valley.osm.pbf'), '-o', path.join(folder, 'demo.map')]);
    fs.mkdirSync(path.dirname(map), { recursive: true });
    fs.copyFileSync(path.join(folder, 'demo.map'), `${map}.${process.pid}`);
    fs.renameSync(`${map}.${process.pid}`, map);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return map;
}

// The demo's map with what another file draws besides, for a test of its own.
async function mapWith(more, folder) {
  const valley = path.join(folder, 'valley.osm.pbf');
  const map = path.join(folder, 'with.map');
  await run(path.join(build, 'deploy/demo/demo-valley'), [valley]);
  await run(ctl, ['map', 'build', valley, more, '-o', map]);
  return map;
}

const freePort = () => new Promise((done) => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); });
});

function configuration({ port, workers, database, map }) {
  return `[http]
listen = 127.0.0.1:${port}
workers = ${workers}
pages = ${pages}
[database]
url = ${database.url}
deadline_ms = 30000
[map]
file = ${map}
[charters]
dir = ${path.join(root, 'classifications')}
[limits]
reports_per_minute = 1000
public_per_minute = 100000
logins_per_minute = 1000
`;
}

async function waitReady(origin, server, log) {
  for (let tries = 0; tries < 1200; tries++) {
    if (server.exitCode !== null) throw new Error(`prontod ended by itself (${server.exitCode}):\n${fs.readFileSync(log, 'utf8').slice(-3000)}`);
    const ready = await fetch(`${origin}/readyz`).then((a) => a.ok, () => false);
    if (ready) return;
    await pause(50);
  }
  throw new Error(`prontod is not ready:\n${fs.readFileSync(log, 'utf8').slice(-3000)}`);
}

// The workers are the supervisor's children, forked in the order of their numbers.
const children = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);

async function endServer(server) {
  if (server.exitCode !== null) return server.exitCode;
  const ended = new Promise((done) => { server.once('exit', done); });
  server.kill('SIGTERM');
  const late = setTimeout(() => server.kill('SIGKILL'), 15000);
  const code = await ended;
  clearTimeout(late);
  return code;
}

// mapToo: a file of OpenStreetMap objects that the map has besides the valley.
export async function openHouse({ workers = 4, mapToo = '' } = {}) {
  const folder = fs.mkdtempSync('/tmp/pdt-');
  fs.chmodSync(folder, 0o755);
  const undo = [() => fs.rmSync(folder, { recursive: true, force: true })];
  const undoAll = async () => { while (undo.length) await undo.pop()(); };
  try {
    const map = mapToo ? await mapWith(mapToo, folder) : await demoMap();
    const database = await startDatabase(folder);
    undo.push(database.stop);
    const port = await freePort();
    const conf = path.join(folder, 'prontod.conf');
    fs.writeFileSync(conf, configuration({ port, workers, database, map }));
    await run(ctl, ['-c', conf, 'migrate'], { env });
    await run(ctl, ['-c', conf, 'load', path.join(root, 'deploy/demo/demo.json')], { env });
    const log = path.join(folder, 'prontod.log');
    const out = fs.openSync(log, 'a');
    const server = spawn(path.join(build, 'src/prontod'), ['-c', conf], { cwd: '/', env, stdio: ['ignore', out, out] });
    server.once('error', () => {}); // told by its exit code
    undo.push(() => endServer(server));
    const origin = `http://127.0.0.1:${port}`;
    await waitReady(origin, server, log);
    const first = children(server.pid);
    return {
      origin, port, folder, server,
      sql: database.sql,
      log: () => fs.readFileSync(log, 'utf8'),
      // SIGKILL to worker `number` (once each: its successor has another process id).
      killWorker(number) {
        process.kill(first[number - 1], 'SIGKILL');
      },
      workers: () => children(server.pid),
      // Ends the server and answers { code, log }; then the database and the folder go.
      async stop() {
        const code = await endServer(server);
        const text = fs.readFileSync(log, 'utf8');
        await undoAll();
        return { code, log: text };
      },
    };
  } catch (problem) {
    await undoAll().catch(() => {});
    throw problem;
  }
}

// What no log may hold after a story: sanitizer reports, or any of the `secrets`.
export function complaints(log, secrets = []) {
  const found = [];
  for (const line of log.split('\n')) {
    if (/AddressSanitizer|LeakSanitizer|runtime error:|UndefinedBehaviorSanitizer|must\(/.test(line)) found.push(`sanitizer: ${line}`);
    for (const s of secrets) if (line.toLowerCase().includes(s.toLowerCase())) found.push(`personal data «${s}»: ${line}`);
  }
  return found;
}
