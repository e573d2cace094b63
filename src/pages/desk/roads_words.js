/*
 * Closures and speed profiles in words, and the times that a person types about them. Pure.
 * Source: pages.md section 3.4.
 */
import { hm, sameDay } from '../shared/staff/times.js';

export const PROFILES = { normal: 'normale', peak: 'punta', night: 'notte', snow: 'neve' };
export const REASONS = ['lavori', 'allagamento', 'frana', 'incidente', 'manifestazione', 'mercato', 'neve o ghiaccio', 'alberi caduti'];

/* more: streets that the server counted and did not name. */
function some(streets, most, more) {
	const rest = Math.max(0, streets.length - most) + more;
	return `${streets.slice(0, most).join(', ')}${rest ? ` e altre ${rest}` : ''}`;
}

/* Of the lines of a very large one the map has a part: not of its streets, which are all closed. */
export const undrawnOf = ({ more }) => (more ? 'sulla mappa se ne vede una parte' : '');

export function streetsOf({ streets, more_streets: more = 0, area }, most = 3) {
	if (!streets?.length) return area ? 'Zona' : 'Strada senza nome';
	return area ? `Zona: ${some(streets, most, more)}` : some(streets, most, more);
}

export const percentOf = (speed) => `${Math.round(speed * 100)} %`;

/* What holds there: «chiusa», «rallentata al 50 %». */
export const kindOf = (c) => (c.kind === 'slow' ? `rallentata al ${percentOf(c.speed)}` : 'chiusa');

/* The same of what has not begun: «chiusura prevista». */
export function stateOf(c) {
	if (c.state !== 'planned') return kindOf(c);
	return c.kind === 'slow' ? `rallentamento al ${percentOf(c.speed)} previsto` : 'chiusura prevista';
}

export const iconOf = (c) => (c.kind === 'slow' ? 'it-clock' : 'it-ban');

/* ---- moments after a preposition ---- */

const LONG_DAY = new Intl.DateTimeFormat('it-IT', { timeZone: 'Europe/Rome', weekday: 'long', day: 'numeric', month: 'short' });
const DAY_MS = 86400000;

/* «», «domani», «domenica 29 nov»; today goes without saying. */
function dayOf(t, now) {
	if (sameDay(t, now)) return '';
	if (sameDay(t, now + DAY_MS)) return 'domani';
	if (sameDay(t, now - DAY_MS)) return 'ieri';
	return LONG_DAY.format(new Date(t));
}

/* «alle 07:00», «a domani alle 07:00», «a domenica 29 nov alle 18:00» */
const toWords = (t, now) => (dayOf(t, now) ? `a ${dayOf(t, now)} alle ${hm(t)}` : `alle ${hm(t)}`);

/* «dalle 07:00», «da domani alle 07:00» */
const fromWords = (t, now) => (dayOf(t, now) ? `da ${dayOf(t, now)} alle ${hm(t)}` : `dalle ${hm(t)}`);

export const untilWords = (t, now) => `fino ${toWords(t, now)}`;

/* By which times crews are reckoned: «neve, scelto a mano fino a domani alle 07:00», «punta, secondo l’ora». */
export const inForce = (roads, now) =>
	`${PROFILES[roads.profile]}, ${roads.source === 'hand' ? `scelto a mano${roads.until ? ` ${untilWords(roads.until, now)}` : ''}` : 'secondo l’ora'}`;

/* What has not begun: «dalle 08:00 alle 18:00 di domenica 29 nov», «da domani alle 08:00 a lunedì 30 nov alle 18:00». */
function plannedSpan({ from, until }, now) {
	if (!until) return `${fromWords(from, now)}, finché non la riapri`;
	if (!sameDay(from, until)) return `${fromWords(from, now)} ${toWords(until, now)}`;
	return `dalle ${hm(from)} alle ${hm(until)}${dayOf(from, now) && ` di ${dayOf(from, now)}`}`;
}

/* «fino alle 18:00», «dalle 08:00 alle 18:00 di domani», «finché non la riapri». */
export function spanOf(c, now) {
	if (c.state === 'planned') return plannedSpan(c, now);
	return c.until ? untilWords(c.until, now) : 'finché non la riapri';
}

function alreadyKind(c) {
	if (c.state !== 'planned') return `Già ${kindOf(c)}`;
	return c.kind === 'slow' ? `Rallentamento al ${percentOf(c.speed)} già previsto` : 'Chiusura già prevista';
}

/* «Già chiusa da Marta B., fino alle 18:00 · lavori.», «Chiusura già prevista da Marta B., …» */
export function alreadyOf(c, now) {
	return `${alreadyKind(c)}${c.made_by ? ` da ${c.made_by}` : ''}, ${spanOf(c, now)}${c.reason ? ` · ${c.reason}` : ''}.`;
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
