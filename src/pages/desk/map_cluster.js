/*
 * Which signs of the map would lie on each other at a zoom: they become one. Pure.
 * Source: pages.md section 2.4.
 */
const TILE_PX = 512;

/* Where a point stands on the whole earth drawn at this zoom, in pixels. */
function pixels({ lat, lon }, zoom) {
	const world = TILE_PX * 2 ** zoom;
	const north = Math.asinh(Math.tan((lat * Math.PI) / 180));
	return { x: ((lon + 180) / 360) * world, y: ((1 - north / Math.PI) / 2) * world };
}

/* Groups of `list`, each led by its first: those less than `near` pixels from the leader. Nobody joins `alone`. */
export function groups(list, zoom, { near, alone = () => false }) {
	const out = [];
	for (const item of list) {
		const at = pixels(item, zoom);
		const group = !alone(item) && out.find((g) => !g.alone && Math.abs(g.at.x - at.x) < near.x && Math.abs(g.at.y - at.y) < near.y);
		if (group) group.list.push(item);
		else out.push({ at, list: [item], alone: alone(item) });
	}
	return out.map((g) => g.list);
}
