/*
 * The keyboard of the desk: one letter acts only outside fields, a held key acts once, a dialog has
 * its own. Keys inside lists and steps stand with them. Source: pages.md section 4.1.
 */
import { closeCard, newForm, nextToDo, parkForm, startAssign, undoLast } from './acts.js';
import { mapKey } from './map_view.js';
import { get, set } from './state.js';
import { pauseOrResume } from './pause.jsx';
import { leaveDrawing, removePoint, startDrawing } from './roads_flow.js';
import { toggleMute } from './settings.js';

const PANELS = ['testa', 'coda', 'scheda', 'fianco', 'piede'];

const inField = (el) => el.matches?.('input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]');

function focusPanel(id, pane) {
	if (pane) set({ pane, tab: pane === 'squadre' ? 'squadre' : 'mappa' });
	requestAnimationFrame(() => {
		const panel = document.getElementById(id);
		const inside = panel?.querySelector('[tabindex="0"], button:not([tabindex="-1"]), input, a[href]');
		(inside || panel)?.focus();
	});
}

function nextPanel(back) {
	const here = PANELS.findIndex((id) => document.getElementById(id)?.contains(document.activeElement));
	const to = (here + (back ? -1 : 1) + PANELS.length) % PANELS.length;
	focusPanel(PANELS[to]);
}

function group(n) {
	const list = document.querySelectorAll('.group')[n - 1];
	list?.querySelector('.row')?.focus();
}

function section(n) {
	const found = document.querySelectorAll('.card-section, .proof')[n - 1];
	if (!found) return;
	found.scrollIntoView({ block: 'start' });
	(found.matches('details') ? found.querySelector('summary') : found).focus();
}

const onCard = (act) => () => { if (get().open && !get().form) act(get().open); };
const layer = (kind) => onCard((incident) => set({ layer: { kind, incident } }));

function rows() {
	const { form, report, sorting } = get();
	if (form && !form.stored) set({ layer: { kind: 'rows', form: true } });
	else if (report && sorting.utility) set({ layer: { kind: 'rows', report } });
	else if (report) set({ focusWanted: 'utility' });
	else layer('rows')();
}

const LETTERS = {
	n: newForm, o: nextToDo, z: () => undoLast(), m: toggleMute,
	c: () => set({ layer: { kind: 'palette' } }), '.': () => set((s) => ({ absolute: !s.absolute })),
	h: () => set({ layer: { kind: 'help' } }), '?': () => set({ layer: { kind: 'help' } }),
	q: () => focusPanel('coda', 'coda'), v: () => { set({ pane: 'mappa', tab: 'mappa', focusWanted: 'map' }); }, b: () => focusPanel('squadre', 'squadre'),
	a: onCard(startAssign), p: onCard(pauseOrResume), l: layer('publish'), e: layer('close'), x: layer('cancel'),
	g: rows,
	0: () => mapKey('0'), w: () => mapKey('w'),
	i: onCard(() => set({ focusWanted: 'note' })), d: onCard(() => set({ focusWanted: 'proof' })),
	y: onCard(() => document.getElementById('cronologia')?.focus()),
};

/* With Maiusc: V for «via», C for «chiudi», S for «strade», P for «punto». */
const SHIFTED = {
	v: () => set({ pane: 'mappa', tab: 'mappa', focusWanted: 'search' }),
	c: () => startDrawing('crossings'),
	p: onCard((incident) => set({ layer: { kind: 'point', incident } })),
	s: () => set({ pane: 'chiusure', tab: 'chiusure', focusWanted: 'roads' }),
};

function escape() {
	if (get().drawing) return leaveDrawing();
	if (get().picking) return set({ picking: false, pane: 'scheda', focusWanted: get().form ? 'query' : 'heading' });
	if (get().form) {
		parkForm();
		return focusPanel('coda');
	}
	if (get().open || get().report) return closeCard();
	return focusPanel('coda');
}

function onKey(event) {
	if (event.repeat || event.defaultPrevented || get().expired || !get().setup) return;
	const control = event.ctrlKey || event.metaKey;
	const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
	const take = (act) => { event.preventDefault(); act(); };
	if (document.querySelector('dialog[open]')) return;
	if (key === 'F2') return void take(newForm);
	if (key === 'F6') return void take(() => nextPanel(event.shiftKey));
	if (key === 'Escape') return void take(escape);
	if (control && key === 'k') return void take(LETTERS.c);
	if (inField(event.target)) return;
	if (key === 'Backspace' && get().drawing) return void take(removePoint);
	if (control && key === 'z') return void take(() => undoLast());
	if (control || event.altKey) return;
	if (event.shiftKey && /^Digit[123]$/.test(event.code)) return void take(() => group(Number(event.code[5])));
	if (event.shiftKey && SHIFTED[key]) return void take(SHIFTED[key]);
	if (/^[1-9]$/.test(key) && (get().open || get().report) && !get().form) return void take(() => section(Number(key)));
	if (LETTERS[key]) take(LETTERS[key]);
}

export function startKeys() {
	document.addEventListener('keydown', onKey);
}
