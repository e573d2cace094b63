/*
 * Closures and speed profiles in words, and the times that a person types about them. Pure.
 * Source: pages.md section 3.4.
 */
import { hm, moment, sameDay } from '../shared/staff/times.js';

export const PROFILES = { normal: 'normale', peak: 'punta', night: 'notte', snow: 'neve' };
export const REASONS = ['lavori', 'allagamento', 'frana', 'incidente', 'manifestazione', 'mercato', 'neve o ghiaccio', 'alberi caduti'];

/* more: streets that the server counted and did not name. */
function some(streets, most, more) {
	const rest = Math.max(0, streets.length - most) + more;
	return `${streets.slice(0, most).join(', ')}${rest ? ` e altre ${rest}` : ''}`;
}

/* The closed roads that have no line on the map. */
export function undrawnOf({ more }) {
	if (!more) return '';
	return more === 1 ? 'e un’altra strada non disegnata' : `e altre ${more} strade non disegnate`;
}

export function streetsOf({ streets, more_streets: more = 0, area }, most = 3) {
	if (!streets?.length) return area ? 'Zona' : 'Strada senza nome';
	return area ? `Zona: ${some(streets, most, more)}` : some(streets, most, more);
}

export const percentOf = (speed) => `${Math.round(speed * 100)} %`;

/* What holds there: «chiusa», «rallentata al 50 %». */
export const kindOf = (c) => (c.kind === 'slow' ? `rallentata al ${percentOf(c.speed)}` : 'chiusa');

export const iconOf = (c) => (c.kind === 'slow' ? 'it-clock' : 'it-ban');

const at = (t, now) => (sameDay(t, now) ? `le ${hm(t)}` : moment(t, now));

/* «fino alle 18:00», «da domani 14:00 fino a mar 10 mar 18:40», «finché non la riapri». */
export function spanOf(c, now) {
	const from = c.state === 'planned' ? `dal${at(c.from, now).startsWith('le ') ? at(c.from, now) : ` ${at(c.from, now)}`}` : '';
	const until = c.until ? `fino al${at(c.until, now).startsWith('le ') ? at(c.until, now) : ` ${at(c.until, now)}`}` : 'finché non la riapri';
	return [from.replace('dal domani', 'da domani').replace('dal ieri', 'da ieri'), until.replace('al domani', 'a domani')].filter(Boolean).join(' ');
}

/* «Già chiusa da Marta B., fino alle 18:00 · lavori.» */
export function alreadyOf(c, now) {
	return `Già ${kindOf(c)}${c.made_by ? ` da ${c.made_by}` : ''}, ${spanOf(c, now)}${c.reason ? ` · ${c.reason}` : ''}.`;
}

/* numbers: of its points that lie on no road, some, ascending. */
export function offRoadOf(numbers) {
	if (numbers.length === 1) return `Il punto ${numbers[0]} non è su una strada.`;
	return `I punti ${numbers.slice(0, -1).join(', ')} e ${numbers.at(-1)} non sono su una strada.`;
}

/* ---- what is typed in a field of date and hour is the time of the utility, whatever the computer's zone ---- */

const PARTS = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Rome', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/* An instant as the field wants it: "2026-03-10T14:02". */
export function localOf(instant) {
	if (!instant) return '';
	const p = Object.fromEntries(PARTS.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
	return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

/* And back: the instant that reads so in Rome; of the hour that exists twice, the first. */
export function instantOf(local) {
	if (!local) return null;
	const plain = Date.parse(`${local}Z`);
	for (const hours of [2, 1]) {
		const instant = new Date(plain - hours * 3600000);
		if (localOf(instant) === local) return instant.toISOString().replace(/\.\d+Z$/, 'Z');
	}
	return new Date(plain - 3600000).toISOString().replace(/\.\d+Z$/, 'Z'); /* the hour that never was */
}
