/*
 * One dialog over the desk, and a question with a list of reasons. Focus returns where it was.
 * Not here: what they ask (layers.jsx, pause.jsx). Source: pages.md section 4.1.
 */
import { useEffect, useRef } from 'preact/hooks';
import { get, set } from './state.js';

export const close = () => set({ layer: null });

export function Dialog({ title, wide, children }) {
	const dialog = useRef();
	useEffect(() => {
		const before = document.activeElement;
		dialog.current.showModal();
		(dialog.current.querySelector('[data-first]') || dialog.current).focus();
		return () => {
			if (get().focusWanted) return;
			if (before && before.isConnected) before.focus();
		};
	}, []);
	const onCancel = (e) => {
		e.preventDefault();
		close();
	};
	return (
		<dialog ref={dialog} class={wide ? 'wide' : ''} aria-labelledby="layer-title" onCancel={onCancel}>
			<header><h2 id="layer-title">{title}</h2><button type="button" class="small" onClick={close}><kbd>Esc</kbd>Chiudi</button></header>
			{children}
		</dialog>
	);
}
