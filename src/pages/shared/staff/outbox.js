/*
 * Acts made without network: kept in this browser with the instant of the press and an
 * Idempotency-Key, sent in order when the server is back. A refused one stays, with its reason.
 * Not for acts that promise somebody else's work (sending a crew is never queued).
 * Source: pages.md sections 3.4 (offline), 3.5.
 */
import { call, newKey } from './api.js';

export function makeOutbox(name) {
	const where = `prontod.${name}.attesa`;
	const listeners = new Set();
	let items = load();
	let sending = false;

	function load() {
		try {
			return JSON.parse(localStorage.getItem(where)) || [];
		} catch {
			return [];
		}
	}
	function save(next) {
		items = next;
		try {
			localStorage.setItem(where, JSON.stringify(items));
		} catch {
			/* A full store: the list lives as long as the page. */
		}
		for (const tell of listeners) tell(items);
	}
	const drop = (id) => save(items.filter((i) => i.id !== id));
	const refuse = (id, why) => save(items.map((i) => (i.id === id ? { ...i, refused: why } : i)));

	/* True: go on with the next one. */
	async function send(item, onSent) {
		try {
			const answer = await call('POST', item.path, item.body, { key: item.id });
			if (answer && answer.applied === false) refuse(item.id, answer.reason || 'Non è più valida.');
			else drop(item.id);
			onSent(item, answer);
			return true;
		} catch (problem) {
			if (problem.passing) return false;
			refuse(item.id, problem.message);
			return true;
		}
	}
	return {
		add({ path, body, label, at, of = '', action = '' }) {
			const item = { id: newKey(), path, body, label, at, of, action, refused: '' };
			save([...items, item]);
			return item;
		},
		/* Sends what waits; answers how many went and how many were refused. */
		async flush(onSent = () => {}) {
			if (sending) return { sent: 0, refused: 0 };
			sending = true;
			let sent = 0;
			try {
				for (let item = items.find((i) => !i.refused); item; item = items.find((i) => !i.refused)) {
					if (!(await send(item, onSent))) break;
					sent += 1;
				}
			} finally {
				sending = false;
			}
			return { sent, refused: items.filter((i) => i.refused).length };
		},
		items: () => items,
		waiting: () => items.filter((i) => !i.refused),
		drop,
		clear: () => save([]),
		subscribe(tell) {
			listeners.add(tell);
			return () => listeners.delete(tell);
		},
	};
}
