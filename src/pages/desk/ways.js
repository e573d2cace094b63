/*
 * The way of the chosen pair, a crew and the open incident, for the map: of the candidate under the hand, else of
 * the crew chosen on board or map, else of the crew that drives there. Not here: the line's looks (map_lines.js).
 * Source: pages.md section 2.4.
 */
import { useEffect } from 'preact/hooks';
import { get as read } from '../shared/staff/api.js';
import { activeCrews } from './queue_order.js';
import { set, useStore } from './state.js';

const PAUSE_MS = 150;
const FRESH_MS = 30000; /* a crew that moves is asked for again as often */
const DRIVES = ['offered', 'accepted', 'en_route'];

const incidentOf = (s) => s.form?.incident?.id || s.open;

function crewOf(s) {
	const incident = s.incidents[incidentOf(s)];
	if (!incident) return null;
	return s.candidateOn || s.crewOn || activeCrews(incident).find((c) => DRIVES.includes(c.state))?.id || null;
}

export function useWay() {
	const incident = useStore(incidentOf);
	const crew = useStore(crewOf);
	const metric = useStore((s) => s.roads?.metric);
	const point = useStore((s) => { const i = s.incidents[incidentOf(s)]; return i?.lat == null ? '' : `${i.lat},${i.lon}`; });
	const moved = useStore((s) => Math.floor((Date.parse(s.crews[crewOf(s)]?.position_at) || 0) / FRESH_MS));
	useEffect(() => { set({ way: null }); }, [incident, crew]);
	useEffect(() => {
		if (!incident || !crew || !point) return undefined;
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				set({ way: { incident, crew, ...(await read(`/api/v1/incidents/${incident}/route?crew=${crew}`, { signal: stop.signal })) } });
			} catch (problem) {
				if (!stop.signal.aborted) set({ way: { incident, crew, failed: problem.network ? 'Il percorso non si carica.' : `Nessun percorso da mostrare. ${problem.message}` } });
			}
		}, PAUSE_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [incident, crew, point, metric, moved]);
	return useStore((s) => s.way);
}
