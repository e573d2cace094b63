/*
 * Keeps the crew's page on the phone: shell, map files and the tiles seen, so that it opens without
 * network. Data and acts are not here: the page keeps them itself (work.js).
 * SHELL and VERSION are filled in by the build. Source: the page design, section 3.5.
 */
const shellCache = `squadra-${VERSION}`;
const tileCache = 'squadra-mappa';
const TILES = 600;

self.addEventListener('install', (event) => {
	event.waitUntil(caches.open(shellCache).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
	const old = (name) => name.startsWith('squadra-') && name !== shellCache && name !== tileCache;
	event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((n) => caches.delete(n))))
		.then(() => self.clients.claim()));
});

/* The page itself: the server's newest, or the last one when there is no network. Never the log-in page. */
async function page(request) {
	const cache = await caches.open(shellCache);
	try {
		const answer = await fetch(request);
		if (answer.ok && !answer.redirected) await cache.put('/crew', answer.clone());
		return answer;
	} catch (error) {
		const kept = await cache.match('/crew');
		if (kept) return kept;
		throw error;
	}
}

/* Names of static files carry their content: once here, always right. */
async function keep(request) {
	const kept = await caches.match(request);
	if (kept) return kept;
	const answer = await fetch(request);
	if (answer.ok) (await caches.open(shellCache)).put(request, answer.clone());
	return answer;
}

async function tile(request) {
	const cache = await caches.open(tileCache);
	const kept = await cache.match(request);
	if (kept) return kept;
	const answer = await fetch(request);
	if (answer.status === 200) {
		await cache.put(request, answer.clone());
		const all = await cache.keys();
		if (all.length > TILES) await cache.delete(all[0]);
	}
	return answer;
}

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== location.origin) return;
	if (request.mode === 'navigate') {
		if (url.pathname === '/crew') event.respondWith(page(request));
	} else if (url.pathname.startsWith('/static/')) event.respondWith(keep(request));
	else if (url.pathname.startsWith('/tiles/')) event.respondWith(tile(request));
});
