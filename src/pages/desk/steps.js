/*
 * What all steps of the phone form share: a step takes the focus when the flow asks for it, and a key that
 * comes before it was drawn is a bounce of the key before. Source: pages.md section 4.2.
 */
import { useRef } from 'preact/hooks';
import { say } from '../shared/staff/announce.js';
import { useWish } from './focus.js';

const GUARD_MS = 150;
export const early = (drawn) => performance.now() - drawn < GUARD_MS;
export const wait = () => say('Un momento.');

/* Gives the focus to `ref` when the flow asks for `name`; answers when it was drawn. */
export function useStepFocus(name, ref, ready = true) {
	const drawn = useRef(performance.now());
	useWish(name, ready, () => {
		if (!ref.current) return false;
		drawn.current = performance.now();
		return ref.current.focus();
	});
	return drawn;
}
