/*
 * A way along roads as the server answers it: {line: [[lat, lon]…], at_s: [seconds at each point], steps}. Where
 * on it somebody is, what is left. Pure. Not here: asking for it (desk/ways.js, crew/way.js).
 */
const EARTH_M = 6371000;
const RAD = Math.PI / 180;

/* Metres east and north of an origin: good for the few kilometres of a way. */
const flat = (origin) => ([lat, lon]) => [(lon - origin[1]) * RAD * EARTH_M * Math.cos(origin[0] * RAD), (lat - origin[0]) * RAD * EARTH_M];

function onSegment([ax, ay], [bx, by]) {
	const [dx, dy] = [bx - ax, by - ay];
	const length = dx * dx + dy * dy;
	const share = length ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length)) : 0;
	return { share, off: Math.hypot(ax + share * dx, ay + share * dy) };
}

/* {off_m, at_s}: how far from the way a point is, and the seconds driven where it is nearest to it. */
export function along(way, { lat, lon }) {
	const to = way.line.map(flat([lat, lon]));
	let best = { off_m: to.length ? Math.hypot(...to[0]) : Infinity, at_s: 0 };
	for (let i = 1; i < to.length; i++) {
		const { share, off } = onSegment(to[i - 1], to[i]);
		if (off < best.off_m) best = { off_m: off, at_s: way.at_s[i - 1] + share * (way.at_s[i] - way.at_s[i - 1]) };
	}
	return best;
}

/* The point that is reached after half of the time. */
export function halfway({ line, at_s: at }) {
	const i = Math.max(1, at.findIndex((s) => s >= at[at.length - 1] / 2));
	return { lat: line[i][0], lon: line[i][1] };
}

/* The steps from the one under way on; of that one what is left. */
export function stepsLeft({ steps }, atS) {
	let begun = 0;
	const out = [];
	for (const step of steps) {
		const end = begun + step.time_s;
		if (end > atS) {
			const left = step.time_s ? Math.min(1, (end - atS) / step.time_s) : 1;
			out.push({ ...step, distance_m: Math.round(step.distance_m * left) });
		}
		begun = end;
	}
	return out;
}

/* "350 m", "1,2 km" */
export function lengthOf(metres) {
	if (metres < 950) return `${metres < 100 ? Math.round(metres / 10) * 10 || 10 : Math.round(metres / 50) * 50} m`;
	return `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0).replace('.', ',')} km`;
}
