/*
 * Instants and spans in the words of pages.md section 2.5: relative on the desk, absolute for a crew.
 * Pure: `now` is always an argument (milliseconds). Remaining time is rounded down, lateness and driving up.
 */
const ZONE = 'Europe/Rome';
const format = (options) => new Intl.DateTimeFormat('it-IT', { timeZone: ZONE, ...options });
const HM = format({ hour: '2-digit', minute: '2-digit' });
const HMS = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = format({ weekday: 'short', day: 'numeric', month: 'short' });
const LONG_DAY = format({ weekday: 'long', day: 'numeric', month: 'long' });
const FULL = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit',
	minute: '2-digit', second: '2-digit', timeZoneName: 'short' });
const KEY = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE });
const MINUTE = 60000;
const HOUR = 60 * MINUTE;
const DAY_MS = 24 * HOUR;

const ms = (at) => (typeof at === 'number' ? at : Date.parse(at));
export const hm = (at) => HM.format(ms(at));
export const hms = (at) => HMS.format(ms(at));
export const day = (at) => DAY.format(ms(at));
export const full = (at) => FULL.format(ms(at));
const dayKey = (at) => KEY.format(ms(at));
export const sameDay = (a, b) => dayKey(a) === dayKey(b);

function parts(minutes) {
	const hours = Math.floor(minutes / 60);
	const rest = minutes % 60;
	if (!hours) return `${rest} min`;
	return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

/* "42 min", "5 h 20 min", "3 giorni" from seconds; `up` for lateness. */
export function span(seconds, up = false) {
	const minutes = up ? Math.ceil(seconds / 60) : Math.floor(seconds / 60);
	if (minutes < 1) return 'meno di 1 min';
	if (minutes < 48 * 60) return parts(minutes);
	return `${up ? Math.ceil(minutes / 1440) : Math.floor(minutes / 1440)} giorni`;
}

/* Driving, as the server says it in a reason: nobody arrives earlier than told. */
export const drive = (seconds) => span(Math.max(60, seconds), true);

/* "14:02", "ieri 18:40", "mar 10 mar 18:40" */
export function moment(at, now) {
	if (sameDay(at, now)) return hm(at);
	if (sameDay(at, now - DAY_MS)) return `ieri ${hm(at)}`;
	if (sameDay(at, now + DAY_MS)) return `domani ${hm(at)}`;
	return `${day(at)} ${hm(at)}`;
}

/* "57 min fa", from 24 h on the moment itself */
export function ago(at, now) {
	const passed = now - ms(at);
	if (passed < MINUTE) return 'ora';
	if (passed < DAY_MS) return `${span(passed / 1000)} fa`;
	return moment(at, now);
}

/* When a crew reckons to be there; `left` says the way left instead. Past, it is no promise any more. */
export function etaWords(eta, now, left = false) {
	if (ms(eta) <= now) return `era attesa ${sameDay(eta, now) ? `alle ${hm(eta)}` : moment(eta, now)}`;
	return left ? `${drive((ms(eta) - now) / 1000)} al luogo` : `arriva alle ${hm(eta)}`;
}

/* The last day of a day target: its due instant is the midnight after, excluded. */
const lastDay = (due) => ms(due) - HOUR;

/* "entro le 15:05", "entro dom 12 lug", "entro le 15:05 di domani" */
export function dueAbsolute(due, bound, now) {
	if (bound === 'exclusive') return `entro ${day(lastDay(due))}`;
	if (sameDay(due, now)) return `entro le ${hm(due)}`;
	if (sameDay(due, now + DAY_MS)) return `entro le ${hm(due)} di domani`;
	return `entro le ${hm(due)} di ${day(due)}`;
}

/* The same as a crew or a reporter hears it: "entro le 15:05 di oggi", "entro domenica 12 luglio" */
export function dueSpoken(due, bound, now) {
	if (bound === 'exclusive') return `entro ${LONG_DAY.format(lastDay(due))}`;
	if (sameDay(due, now)) return `entro le ${hm(due)} di oggi`;
	if (sameDay(due, now + DAY_MS)) return `entro le ${hm(due)} di domani`;
	return `entro le ${hm(due)} di ${LONG_DAY.format(ms(due))}`;
}

/* "tra 42 min", "scaduto da 5 min", "entro dom 12 lug" */
export function dueRelative(due, bound, now) {
	const left = ms(due) - now;
	if (left < 0 || (left === 0 && bound === 'exclusive')) return `scaduto da ${span(-left / 1000, true)}`;
	if (bound === 'exclusive' || left >= 48 * HOUR) return dueAbsolute(due, bound, now);
	return left < MINUTE ? 'tra meno di 1 min' : `tra ${span(left / 1000)}`;
}

export const isOverdue = (due, bound, now) => (bound === 'exclusive' ? now >= ms(due) : now > ms(due));

/* What became of a promise: "rispettato, 53 min prima", "mancato di 6 min" */
export function outcome(arrival) {
	if (!arrival) return '';
	if (arrival.result === 'met') {
		return arrival.left_s > 0 ? `rispettato, ${span(arrival.left_s)} prima` : 'rispettato';
	}
	if (arrival.result === 'missed') return `mancato di ${span(arrival.late_s, true)}${arrival.excused ? `, giustificato: ${arrival.excused}` : ''}`;
	return '';
}
