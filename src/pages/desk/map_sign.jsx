/*
 * An incident on the map: its urgency shape with the class written inside, as wide as the class needs. What stands
 * around the shape (chosen, needs somebody now, paused) follows its outline. Not here: where signs stand and which become
 * one (map_things.jsx, map_cluster.js); the small shape of lists (shared/staff/marks.jsx). Source: pages.md 2.2, 2.4.
 */
const LETTER = 7.5; /* pixels, of the sheet's type: wide enough for every class that is written */
const LEAST = 15;

const path = (points) => `M${points.map(([x, y]) => `${x} ${y}`).join('L')}Z`;

/* An octagon: all of it filled, the class reversed out. */
function octagon(room) {
	const [width, height, cut] = [Math.max(28, room + 6), 28, 8];
	const outline = path([[cut, 0], [width - cut, 0], [width, cut], [width, height - cut], [width - cut, height], [cut, height], [0, height - cut], [0, cut]]);
	return { width, height, outline, full: outline, base: 18.5, reversed: true };
}

/* A diamond, filled below the class: nothing is written across its edge. */
function diamond(room) {
	const [width, height, half, from] = [Math.max(36, room + 21), 36, 18, 21];
	const outline = path([[half, 0], [width - half, 0], [width, half], [width - half, height], [half, height], [0, half]]);
	const side = from - half;
	return { width, height, outline, full: path([[side, from], [width - side, from], [width - half, height], [half, height]]), base: 19 };
}

/* A circle, drawn out where the class is long: an outline only. */
function circle(room) {
	const [height, r] = [28, 14];
	const width = Math.max(height, room + 12);
	const outline = `M${r} 0H${width - r}A${r} ${r} 0 0 1 ${width - r} ${height}H${r}A${r} ${r} 0 0 1 ${r} 0Z`;
	return { width, height, outline, base: 18.5 };
}

/* Without urgency: a plate with a thin edge. */
function plate(room) {
	const [width, height] = [room + 8, 22];
	return { width, height, outline: path([[0, 0], [width, 0], [width, height], [0, height]]), base: 15.5, thin: true };
}

const SHAPES = { 1: octagon, 2: diamond, 3: circle };

/* {width, height, outline, full: what of it is filled, base: of the letters, reversed}; pure. */
export const shapeOf = (rank, letters) => (SHAPES[rank] || plate)(Math.max(LEAST, letters.length * LETTER));

/* From the inside out. */
const RINGS = ['adesso', 'held', 'chosen'];

/* letters: the class, short; rings: which of RINGS. */
export function IncidentSign({ rank, letters, rings = [] }) {
	const s = shapeOf(rank, letters);
	return (
		<svg class={`sign${s.reversed ? ' reversed' : ''}${s.thin ? ' thin' : ''}`} width={s.width} height={s.height} viewBox={`0 0 ${s.width} ${s.height}`} aria-hidden="true" data-rango={rank || ''}>
			{RINGS.filter((r) => rings.includes(r)).map((r, n) => <path key={r} d={s.outline} class={`ring ring-${r}`} stroke-width={12 + 6 * n} />).reverse()}
			<path d={s.outline} class="sign-halo" />
			<path d={s.outline} class="sign-edge" />
			{s.full && <path d={s.full} class="sign-full" />}
			<text x={s.width / 2} y={s.base}>{letters}</text>
		</svg>
	);
}
