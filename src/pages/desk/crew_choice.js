/*
 * One crew may be chosen, on the board or on the map: both show it, and with an incident open the way between them.
 */
import { say } from '../shared/staff/announce.js';
import { bringIntoView } from './map_view.js';
import { get, set } from './state.js';

export function chooseCrew(id, { fromList = false } = {}) {
	const crew = get().crews[id];
	const next = get().crewOn === id ? null : id;
	set({ crewOn: next });
	if (!next || !crew) return;
	say(`${crew.name}: ${crew.state_label}.`);
	const at = crew.lat != null ? crew : crew.base;
	if (fromList && at?.lat != null) bringIntoView(at);
}
