/*
 * The small signs both staff pages share: urgency shape, chip, time bar, time, icon.
 * Shapes are drawn, never coloured: they must survive a grey photocopy. Source: pages.md section 2.
 */
import { full } from './times.js';

const RANKS = {
	1: <path d="M6 1h8l5 5v8l-5 5H6l-5-5V6z" class="shape-full" />,
	2: (
		<>
			<path d="M10 1.2 18.8 10 10 18.8 1.2 10z" class="shape-line" />
			<path d="M1.2 10h17.6L10 18.8z" class="shape-full" />
		</>
	),
	3: <circle cx="10" cy="10" r="8" class="shape-line" />,
};

const rankWord = (rank) => ({ 1: 'urgenza massima', 2: 'urgenza media', 3: 'urgenza bassa' }[rank] || 'senza urgenza');

export function Urgency({ rank, size = 20 }) {
	return (
		<svg class="urgency" width={size} height={size} viewBox="0 0 20 20" role="img" aria-label={rankWord(rank)} data-rango={rank || ''}>
			{RANKS[rank] || <path d="M5 10h10" class="shape-line" />}
		</svg>
	);
}

const icons = () => document.body.dataset.icons || '/static/icons.svg';
export function Icon({ name, size = 16 }) {
	return (
		<svg class="icon" width={size} height={size} aria-hidden="true" focusable="false">
			<use href={`${icons()}#${name}`} />
		</svg>
	);
}

/* level: "adesso" needs a person now, "presto" look soon. */
export function Chip({ level, children }) {
	return (
		<span class={`chip chip-${level}`}>
			<Icon name={level === 'adesso' ? 'it-error' : 'it-warning-circle'} size={14} />
			{children}
		</span>
	);
}

/* Six segments emptying from the right; `missed` is an outline with a diagonal, `paused` all hatched. It repeats
 * written words. */
export function TimeBar({ left = 0, missed, paused }) {
	const lit = Math.max(0, Math.min(6, Math.ceil(left * 6)));
	return (
		<svg class="timebar" width="46" height="8" viewBox="0 0 46 8" aria-hidden="true">
			{paused && [0, 1, 2, 3, 4, 5].map((i) => <path key={i} d={`M${i * 8 + 0.5}.5h5v7h-5zm0 7 5-7`} class="bar-line" />)}
			{!paused && (missed
				? <path d="M.5.5h45v7H.5zM.5 7.5l45-7" class="bar-line" />
				: [0, 1, 2, 3, 4, 5].map((i) => (
					<rect key={i} x={i * 8 + 0.5} y="0.5" width="5" height="7" class={i < lit ? 'bar-full' : 'bar-line'} />
				)))}
		</svg>
	);
}

export function Time({ at, children, class: cls }) {
	return <time datetime={at} title={full(at)} class={cls}>{children}</time>;
}
