// Pins a browser to one worker. The workers share a port and the kernel deals connections out, so a browser
// cannot choose; this relay can: it opens connections until one is answered by the wanted worker
// (X-Prontod-Worker), and then passes the browser's bytes through it untouched.
import net from 'node:net';

const PROBE = 'GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n';

// One connection that a worker has answered a probe on: { socket, worker }.
function probe(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let seen = '';
    socket.setTimeout(4000, () => socket.destroy(new Error('no answer to the probe')));
    socket.once('error', reject);
    socket.once('connect', () => socket.write(PROBE));
    socket.on('data', function read(bytes) {
      seen += bytes.toString('latin1');
      const head = seen.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(seen)?.[1] ?? 0);
      if (seen.length < head + 4 + length) return;
      socket.off('data', read);
      socket.off('error', reject);
      socket.setTimeout(0);
      socket.pause();
      resolve({ socket, worker: /x-prontod-worker: *(\S+)/i.exec(seen)?.[1] });
    });
  });
}

async function connection(port, allowed) {
  for (let tries = 0; tries < 200; tries++) {
    try {
      const found = await probe(port);
      if (allowed(found.worker)) return found;
      found.socket.destroy();
    } catch {
      await new Promise((r) => setTimeout(r, 25)); // a worker is being replaced
    }
  }
  throw new Error('no connection to the wanted worker');
}

// Listens on a free port and relays to `worker` of the server at `port`. `moveTo(other)` sends later
// connections to another worker, as a load balancer does when one dies; `used` tells which answered.
export async function pin(port, worker) {
  let wanted = String(worker);
  const used = new Set();
  const open = new Set();
  const relay = net.createServer({ pauseOnConnect: true }, async (browser) => {
    open.add(browser);
    browser.on('close', () => open.delete(browser));
    browser.on('error', () => browser.destroy());
    try {
      const { socket, worker: answered } = await connection(port, (w) => w === wanted);
      used.add(answered);
      open.add(socket);
      socket.on('close', () => { open.delete(socket); browser.destroy(); });
      socket.on('error', () => socket.destroy());
      browser.on('close', () => socket.destroy());
      socket.pipe(browser);
      browser.pipe(socket);
      browser.resume();
    } catch {
      browser.destroy();
    }
  });
  await new Promise((done) => relay.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${relay.address().port}`,
    used,
    moveTo: (other) => { wanted = String(other); },
    close: () => { for (const s of open) s.destroy(); return new Promise((done) => relay.close(done)); },
  };
}
