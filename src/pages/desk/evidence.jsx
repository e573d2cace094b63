/*
 * A person's words with the machine's marks in them; what a mark means shows on focus, hover and tap,
 * and stands in a list below for whoever reads by ear. Not here: what was made of it (reading.jsx).
 * Source: pages.md sections 1.5, 3.4.
 */
import { useId, useRef, useState } from 'preact/hooks';
import { byMeaning, marked } from './words.js';

function Mark({ part, stop, onFocus }) {
	const id = useId();
	return (
		<mark class="prova" tabIndex={stop ? 0 : -1} aria-describedby={id} onFocus={onFocus}>
			{part.text}<span class="means" role="tooltip" id={id}>{part.means}</span>
		</mark>
	);
}

/* One tab stop for all the marks of a text; arrows go from one to the next. */
export function Marked({ text, evidence, field = 'text' }) {
	const [at, setAt] = useState(0);
	const box = useRef();
	const onKey = (e) => {
		const to = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
		if (!to || !e.target.matches('mark')) return;
		e.preventDefault();
		const all = [...box.current.querySelectorAll('mark')];
		all[all.indexOf(e.target) + to]?.focus();
	};
	let n = -1;
	return (
		<span ref={box} onKeyDown={onKey}>
			{marked(text, evidence, field).map((part, i) => {
				if (!part.means) return part.text;
				n += 1;
				const mine = n;
				return <Mark key={i} part={part} stop={mine === at} onFocus={() => setAt(mine)} />;
			})}
		</span>
	);
}

/* Marks only: the layer behind a field that has the words itself. */
export const Marks = ({ text, evidence }) =>
	marked(text, evidence).map((part, i) => (part.means ? <mark key={i} class="prova" data-means={part.means}>{part.text}</mark> : part.text));

/* Which words decided, one line a meaning: «tantissima acqua», «allaga»: molta acqua */
export function EvidenceList({ evidence }) {
	const list = byMeaning(evidence);
	if (!list.length) return null;
	return (
		<ul class="evidence" aria-label="Parole che hanno deciso">
			{list.map((e) => (
				<li key={e.means}>{e.words.map((w) => <span key={w}>«<mark class="prova">{w}</mark>» </span>)}{e.means}</li>
			))}
		</ul>
	);
}
