/*
 * The address search of the desk: what was typed so far becomes places, those near the middle of the map
 * first. The newest typing wins. Not here: how the list looks (place_box.jsx), what a choice does.
 */
import { useEffect, useState } from 'preact/hooks';
import { get as read } from '../shared/staff/api.js';
import { viewCentre } from './map_view.js';

export const MIN_LETTERS = 3;
const PAUSE_MS = 120;

/* near: places about there come first. */
export async function searchPlaces(query, signal, near = null) {
	const bias = near ? `&lat=${near.lat.toFixed(5)}&lon=${near.lon.toFixed(5)}` : '';
	const { places } = await read(`/api/v1/geocode?q=${encodeURIComponent(query)}${bias}`, { signal });
	return places;
}

/* Its street or nothing: {label, municipality} of a point. */
export const nameOf = ({ lat, lon }, signal) => read(`/api/v1/reverse?lat=${lat}&lon=${lon}`, { signal });

const KINDS = { street: 'via, senza numero', crossing: 'incrocio', place: 'luogo' };
export const kindOf = (place) => KINDS[place.kind] || '';

/* «corso», «piazza 3»: what is named has still to come. */
const ONLY_KIND = /^(via|viale|v\.?le|vicolo|vico|corso|c\.?so|piazza|p\.?z?za|piazzale|piazzetta|p\.?le|largo|l\.?go|strada|str|salita|scalinata|galleria|contrada|c\.?da|lungadige|localit[aà]|loc|frazione|fraz)\.?(\s+(\d{1,4}|[ivx]+))?\s*(,.*)?$/i;
export const isOnlyKind = (query) => ONLY_KIND.test(query.trim());

/* {state: "idle" | "looking" | "found" | "empty" | "unfinished" | "failed", places, late, retry}. The list stays while the next one
 * is looked for: it is late then, of fewer words than were typed. `query` '' or too short: idle. */
export function usePlaceSearch(query, keep = () => true, near = null, most = 7) {
	const [found, setFound] = useState({ state: 'idle', places: [], of: query });
	const [tries, setTries] = useState(0);
	useEffect(() => {
		if (query.trim().length < MIN_LETTERS) {
			setFound({ state: 'idle', places: [], of: query });
			return undefined;
		}
		const stop = new AbortController();
		setFound((f) => ({ ...f, state: f.places.length ? f.state : 'looking' }));
		const timer = setTimeout(async () => {
			try {
				const places = (await searchPlaces(query.trim(), stop.signal, near || viewCentre())).filter(keep).slice(0, most);
				setFound({ state: places.length ? 'found' : isOnlyKind(query) ? 'unfinished' : 'empty', places, of: query });
			} catch {
				if (!stop.signal.aborted) setFound({ state: 'failed', places: [], of: query });
			}
		}, PAUSE_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [query, tries]);
	return { ...found, late: found.of !== query, retry: () => setTries((n) => n + 1) };
}
