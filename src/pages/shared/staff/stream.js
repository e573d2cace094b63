/*
 * The event stream of a page: named events in, how fresh the page is out.
 * States: "in-diretta", "ritardo" (15 s without heartbeat, or reconnecting), "persa".
 * Not here: what an event changes. Source: pages.md sections 4.3, 5 and 7.
 */
import { get } from './api.js';
import { now, syncClock } from './clock.js';

const LATE_MS = 15000;
const LOST_MS = 25000;
const LOST_AFTER_ERROR_MS = 5000;

/* handlers: {name: fn(data)}; onState(state, sinceMs); onGap(): events may be missing, read all again.
 * The address carries ?after=<seq> of what the page has read, so that nothing is lost at the start. */
export function openStream(url, handlers, { onState, onGap, onOpen }) {
	let source = null;
	let beat = Date.now();
	let failed = 0;
	let state = '';
	let opened = false;
	let timer = 0;
	let retry = 0;

	function tell(next) {
		if (next === state) return;
		state = next;
		onState(next, now() - (Date.now() - beat));
	}
	function alive(data) {
		beat = Date.now();
		failed = 0;
		if (data.now) syncClock(data.now);
		tell('in-diretta');
	}
	function listen(name, act) {
		source.addEventListener(name, (event) => {
			let data;
			try {
				data = JSON.parse(event.data);
			} catch {
				return; /* a line we do not understand is not a sign of life */
			}
			alive(data);
			act(data);
		});
	}
	/* Our own reopening carries no Last-Event-ID, so the page reads everything again. */
	function open() {
		clearTimeout(retry);
		if (source) source.close();
		source = new EventSource(url);
		listen('hello', () => {
			if (opened) onGap();
			else onOpen?.();
			opened = true;
		});
		listen('heartbeat', () => {});
		listen('reset', () => onGap());
		/* The session is over: asking for it brings the panel that renews it. */
		listen('ended', () => get('/api/v1/session').catch(() => {}));
		for (const [name, act] of Object.entries(handlers)) listen(name, act);
		source.onerror = () => {
			failed = failed || Date.now();
			if (source.readyState === EventSource.CLOSED) {
				clearTimeout(retry);
				retry = setTimeout(open, 3000);
			}
		};
	}
	function watch() {
		const silent = Date.now() - beat;
		if (!navigator.onLine || silent > LOST_MS || (failed && Date.now() - failed > LOST_AFTER_ERROR_MS)) tell('persa');
		else if (failed || silent > LATE_MS) tell('ritardo');
		if (silent > LOST_MS && navigator.onLine && source.readyState === EventSource.OPEN) open();
	}
	const offline = () => { failed = failed || Date.now(); watch(); };
	const online = () => open();
	addEventListener('offline', offline);
	addEventListener('online', online);
	timer = setInterval(watch, 1000);
	open();
	return {
		reopen: open,
		age: () => Date.now() - beat,
		close() {
			clearInterval(timer);
			clearTimeout(retry);
			removeEventListener('offline', offline);
			removeEventListener('online', online);
			source.close();
		},
	};
}
