/*
 * A page's state in one object and a hook that follows a part of it. Changes within one turn of the
 * browser are drawn once, so twenty events a second cost twenty cheap copies and few drawings.
 */
import { useEffect, useRef, useState } from 'preact/hooks';

export function makeStore(initial) {
	let state = initial;
	const followers = new Set();
	let queued = false;

	function notify() {
		queued = false;
		for (const follow of [...followers]) follow();
	}
	const get = () => state;
	function set(patch) {
		state = { ...state, ...(typeof patch === 'function' ? patch(state) : patch) };
		if (queued) return;
		queued = true;
		queueMicrotask(notify);
	}
	/* Draws again only when what `select` returns is another value. */
	function useStore(select) {
		const [, redraw] = useState(0);
		const held = useRef();
		const value = select(state);
		held.current = { select, value };
		useEffect(() => {
			const follow = () => {
				const { select: pick, value: before } = held.current;
				if (pick(state) !== before) redraw((n) => n + 1);
			};
			followers.add(follow);
			follow();
			return () => followers.delete(follow);
		}, []);
		return value;
	}
	return { get, set, useStore };
}
