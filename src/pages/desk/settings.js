/*
 * What one dispatcher likes on this browser: theme, mute; what the computer has: keys. Source: pages.md sections 2.1, 2.6.
 */
import { say } from '../shared/staff/announce.js';
import { hm } from '../shared/staff/times.js';
import { get, now, set } from './state.js';

/* Who has only a finger is told of no keys. */
export const BY_KEYS = !matchMedia('(pointer: coarse)').matches;

const THEMES = ['auto', 'giorno', 'notte'];
const NAMES = { auto: 'Automatico', giorno: 'Giorno', notte: 'Notte' };

function romeHour() {
	return Number(hm(now()).slice(0, 2));
}

export function theme() {
	try {
		return localStorage.getItem('prontod.desk.tema') || 'auto';
	} catch {
		return 'auto';
	}
}

/* Automatic: night from 20 to 7, or as the system says. */
export function applyTheme() {
	const wanted = theme();
	const hour = romeHour();
	const dark = wanted === 'notte' || (wanted === 'auto' && (hour >= 20 || hour < 7 || matchMedia('(prefers-color-scheme: dark)').matches));
	const next = dark ? 'night' : 'day';
	if (document.documentElement.dataset.theme === next) return;
	document.documentElement.dataset.theme = next;
	document.dispatchEvent(new CustomEvent('desk:theme', { detail: next }));
}

export function cycleTheme() {
	const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
	try {
		localStorage.setItem('prontod.desk.tema', next);
	} catch {
		/* Not kept: the system's choice comes back at the next start. */
	}
	applyTheme();
	set({ themeName: NAMES[next] });
	say(`Tema: ${NAMES[next]}.`);
}

export const themeName = () => NAMES[theme()];

export function toggleMute() {
	const muted = get().mutedUntil > now();
	set({ mutedUntil: muted ? 0 : now() + 5 * 60000 });
	say(muted ? 'Suono di nuovo attivo.' : 'Muto per 5 minuti.');
}
