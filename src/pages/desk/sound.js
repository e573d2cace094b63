/*
 * Three sounds, made here so that nothing is fetched: they tell that a person is needed, and why.
 * Not here: which event deserves one (events.js). Source: pages.md section 2.6.
 */
import { get, now, set } from './state.js';

let audio = null;
let last = 0;
let waiting = 0;
const TUNES = {
	squillo: [[392, 0], [330, 0.25]],
	tre: [[523, 0], [659, 0.18], [784, 0.36]],
	due: [[587, 0], [440, 0.22]],
};

/* A browser needs one press before it may sound. */
export async function tryOut() {
	audio = audio || new AudioContext();
	await audio.resume();
	set({ soundOn: audio.state === 'running' });
	tune('due', 0.2);
}

function tune(name, volume) {
	if (!audio || audio.state !== 'running') return;
	for (const [hz, after] of TUNES[name]) {
		const tone = audio.createOscillator();
		const gain = audio.createGain();
		const at = audio.currentTime + after;
		tone.frequency.value = hz;
		gain.gain.setValueAtTime(0, at);
		gain.gain.linearRampToValueAtTime(volume, at + 0.02);
		gain.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
		tone.connect(gain).connect(audio.destination);
		tone.start(at);
		tone.stop(at + 0.25);
	}
}

/* Several within 10 s make one; muted, only the gravest breaks through at half volume. */
export function sound(name, gravest = false) {
	if (now() - last < 10000) return;
	const muted = get().mutedUntil > now();
	if (muted && !gravest) return;
	last = now();
	tune(name, muted ? 0.1 : 0.2);
}

/* A rank 1 nobody touched sounds once more after a minute; any act on it stops that. */
export function soundAgain(isStillAlone) {
	clearTimeout(waiting);
	waiting = setTimeout(() => { if (isStillAlone()) sound('tre', true); }, 60000);
}
