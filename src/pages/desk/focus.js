/*
 * Who takes the focus: a flow wishes for a part of the desk by its name (focusWanted), and the part takes it once it is drawn.
 * Not here: how the focus moves inside a list. Source: pages.md section 4.1.
 */
import { useEffect } from 'preact/hooks';
import { get, set, useStore } from './state.js';

/* ready: the part is drawn. take(): gives the focus on; false: there is nothing yet to give it to, and the wish stays. */
export function useWish(name, ready, take) {
	const wanted = useStore((s) => s.focusWanted === name);
	useEffect(() => {
		/* Effects come after the paint: where a key was quicker, its wish is the one that holds. */
		if (!wanted || !ready || get().focusWanted !== name) return;
		if (take() !== false && get().focusWanted === name) set({ focusWanted: null });
	}, [wanted, Boolean(ready)]);
}
