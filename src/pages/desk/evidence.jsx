/*
 * A person's words with the machine's marks in them; what a mark means shows on focus, hover and tap.
 * The words themselves are never altered. Source: pages.md sections 1.5, 3.4.
 */
import { marked } from './words.js';

/* plain: marks only, as the layer behind a field that has the words itself. */
export function Marked({ text, evidence, field = 'text', plain = false }) {
	return marked(text, evidence, field).map((part, i) => (part.means && plain ? <mark key={i} class="prova">{part.text}</mark> : part.means
		? (
			<mark key={i} class="prova" tabIndex={0} title={part.means}>
				{part.text}<span class="means" role="tooltip">{part.means}</span>
			</mark>
		)
		: part.text));
}

/* Which words decided, as a line: «tantissima acqua»: molta acqua */
export function EvidenceList({ evidence }) {
	if (!evidence || !evidence.length) return null;
	return (
		<ul class="evidence">
			{evidence.map((e, i) => (
				<li key={i}><mark class="prova">{e.text}</mark> {e.means_it || e.means}</li>
			))}
		</ul>
	);
}
