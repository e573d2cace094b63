/*
 * Which way a crew drives, as far as that is known: the server says it of whoever drove at the last position; a
 * while later nobody knows any more. Pure. Source: pages.md section 2.4.
 */
export const STALE_MS = 2 * 60000; /* an older position is drawn as such */

export const ageOf = (crew, at) => (crew.position_at ? at - Date.parse(crew.position_at) : Infinity);
export const drives = (crew, at) => crew.heading != null && ageOf(crew, at) < STALE_MS;

const WINDS = ['nord', 'nord-est', 'est', 'sud-est', 'sud', 'sud-ovest', 'ovest', 'nord-ovest'];

/* «verso nord-est, 42 km/h» */
export const drivingWords = (crew) => `verso ${WINDS[Math.round(crew.heading / 45) % 8]}, ${Math.round(crew.speed_mps * 3.6)} km/h`;
