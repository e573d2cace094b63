/*
 * The two live regions of a staff page, #voce (polite) and #allarme (assertive); they stand in the
 * HTML from the start. Not here: which events speak. Source: pages.md section 4.3.
 */
function put(id, text) {
	const region = document.getElementById(id);
	if (!region) return;
	region.textContent = '';
	/* An empty moment makes the same words be read again. */
	setTimeout(() => { region.textContent = text; }, 60);
}

export const say = (text) => put('voce', text);
export const alarm = (text) => put('allarme', text);

/* At most one sentence in `ms`: the last one of a burst wins. */
export function throttled(speak, interval) {
	let last = 0;
	let timer = 0;
	return (text) => {
		clearTimeout(timer);
		const wait = Math.max(0, last + interval - Date.now());
		timer = setTimeout(() => {
			last = Date.now();
			speak(text);
		}, wait);
	};
}
