/*
 * Where the crew is, told to the desk only between «Accetto» and «Lascio il posto», at most every
 * 15 s. A lost position is not queued: an old place helps nobody. Source: pages.md section 3.5.
 */
import { post } from '../shared/staff/api.js';
import { nowIso } from '../shared/staff/clock.js';
import { set } from './work.js';

const EVERY_MS = 15000;
const FRESH_MS = 60000;
let watch = null;
let last = null;
let sentAt = 0;

export function lastFix() {
	return last && Date.now() - last.taken < FRESH_MS ? last : null;
}

async function onFix({ coords }) {
	last = { lat: coords.latitude, lon: coords.longitude, heading: coords.heading, speed: coords.speed, taken: Date.now() };
	set({ fix: last });
	if (Date.now() - sentAt < EVERY_MS) return;
	sentAt = Date.now();
	const body = { lat: coords.latitude, lon: coords.longitude, at: nowIso(), accuracy_m: Math.round(coords.accuracy) };
	if (coords.speed != null) body.speed_mps = coords.speed;
	if (coords.heading != null && !Number.isNaN(coords.heading)) body.heading = Math.round(coords.heading);
	try {
		await post('/api/v1/me/position', body, { key: undefined, timeout: 8000 });
		set({ position: 'Posizione inviata' });
	} catch {
		set({ position: 'Posizione non inviata' });
	}
}

export function share(on) {
	if (!navigator.geolocation) {
		set({ position: 'Posizione spenta' });
		return;
	}
	if (on && watch === null) {
		watch = navigator.geolocation.watchPosition(onFix, () => set({ position: 'Posizione spenta' }), { enableHighAccuracy: true, maximumAge: 10000 });
	} else if (!on) {
		if (watch !== null) navigator.geolocation.clearWatch(watch);
		watch = null;
		last = null;
		set({ position: 'Posizione spenta', fix: null });
	}
}
