/*
 * A new assignment: clicks and three vibrations, until it is opened, at most two minutes. Never the
 * only sign: the words are on the screen and in the live region. Source: pages.md section 2.6.
 */
let timer = 0;
let audio = null;

/* A phone lets a page sound only after a touch. */
addEventListener('pointerdown', () => {
	audio = audio || new AudioContext();
	audio.resume();
}, { once: true });

function click() {
	navigator.vibrate?.([400, 200, 400, 200, 400]);
	if (!audio || audio.state !== 'running') return;
	for (const after of [0, 0.2, 0.4]) {
		const tone = audio.createOscillator();
		const gain = audio.createGain();
		const at = audio.currentTime + after;
		tone.frequency.value = 880;
		gain.gain.setValueAtTime(0.3, at);
		gain.gain.exponentialRampToValueAtTime(0.001, at + 0.12);
		tone.connect(gain).connect(audio.destination);
		tone.start(at);
		tone.stop(at + 0.13);
	}
}

export function ring() {
	stopRing();
	let left = 30;
	click();
	timer = setInterval(() => {
		left -= 1;
		if (left <= 0) stopRing();
		else click();
	}, 4000);
}

export function stopRing() {
	clearInterval(timer);
	timer = 0;
	navigator.vibrate?.(0);
}
