/*
 * One door to the server: JSON in and out, problems as errors with words, a session that ends in
 * mid-work asks for the password and tries again. Not here: what is asked (desk/acts.js, crew/work.js).
 * Source: pages.md section 6.4, contract of problems (RFC 9457).
 */
let renew = null; /* () => Promise: asks the password, resolves when there is a session again */
let renewing = null;

export function onSessionEnd(ask) {
	renew = ask;
}

export class Problem extends Error {
	constructor(status, body) {
		super(body.detail || body.title || 'Qualcosa non ha funzionato. Riprova.');
		this.status = status;
		this.kind = (body.type || '').split(':').pop();
		this.errors = body.errors || [];
		this.who = body.who || '';
		this.at = body.at || '';
		this.version = body.version;
		this.offRoad = body.off_road || [];
		this.network = status === 0;
	}

	/* The same act may succeed later without anybody changing it. */
	get passing() {
		return this.network || this.status === 429 || this.status >= 500;
	}

	field(pointer) {
		const found = this.errors.find((e) => e.pointer === pointer);
		return found ? found.detail : '';
	}
}

/* randomUUID exists only on https and localhost; a utility's first trial may be plain http. */
export function newKey() {
	if (crypto.randomUUID) return crypto.randomUUID();
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function read(response) {
	if (response.status === 204) return null;
	const text = await response.text();
	if (!text) return null;
	try {
		return JSON.parse(text);
	} catch {
		return { detail: '' };
	}
}

function away() {
	return new Problem(0, { detail: 'Il server non risponde.' });
}

async function once(method, path, body, options) {
	const headers = { Accept: 'application/json' };
	if (body !== undefined) headers['Content-Type'] = 'application/json';
	if (options.key) headers['Idempotency-Key'] = options.key;
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), options.timeout || 12000);
	if (options.signal) options.signal.addEventListener('abort', () => stop.abort());
	try {
		const response = await fetch(path, { method, headers, signal: stop.signal, credentials: 'same-origin',
			body: body === undefined ? undefined : JSON.stringify(body) });
		return { response, json: await read(response) };
	} catch (e) {
		if (options.signal && options.signal.aborted) throw e;
		throw away();
	} finally {
		clearTimeout(timer);
	}
}

export async function call(method, path, body, options = {}) {
	let { response, json } = await once(method, path, body, options);
	if (response.status === 401 && renew && !options.bare) {
		renewing = renewing || renew().finally(() => { renewing = null; });
		await renewing;
		({ response, json } = await once(method, path, body, options));
	}
	if (!response.ok) throw new Problem(response.status, json || {});
	return json;
}

export const get = (path, options) => call('GET', path, undefined, options);
export const post = (path, body, options = {}) => call('POST', path, body, { key: newKey(), ...options });
