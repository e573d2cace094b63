/*
 * The server's clock in the browser: every countdown uses it, never the computer's own.
 * Fed by hello and heartbeat events and by `now` fields; not a timer service.
 * Source: pages.md section 2.5.
 */
import { useEffect, useState } from 'preact/hooks';

let offset = 0;
let synced = false;
const tickers = new Set();

/* A stamp has whole seconds and travels; small differences are its noise, not drift. */
export function syncClock(iso) {
	const server = Date.parse(iso);
	if (Number.isNaN(server)) return;
	const difference = server + 500 - Date.now();
	if (!synced || Math.abs(difference - offset) > 1500) {
		offset = difference;
		synced = true;
	}
}

export const now = () => Date.now() + offset;

/* RFC 3339 with the computer's UTC: the server stores instants, the zone is only for showing. */
export const nowIso = () => new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');

setInterval(() => {
	const t = now();
	for (const ticker of tickers) ticker(t);
}, 1000);

/* The current instant, changing every `step` seconds. */
export function useNow(step = 15) {
	const [t, setT] = useState(now());
	useEffect(() => {
		let slot = Math.floor(now() / 1000 / step);
		const tick = (at) => {
			const next = Math.floor(at / 1000 / step);
			if (next !== slot) {
				slot = next;
				setT(at);
			}
		};
		tickers.add(tick);
		return () => tickers.delete(tick);
	}, [step]);
	return t;
}
