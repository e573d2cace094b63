/*
 * What the machine made of a report, beside its words: the rows it may be instead, the second fault in
 * the same message, the answers given to the questions. Same on the phone form, the card and the
 * sorting card. Not here: the marks (evidence.jsx), what choosing does (the callers).
 * Source: pages.md section 3.4.
 */
import { Urgency } from '../shared/staff/marks.jsx';
import { classOf, rankOf, rowOf } from './state.js';
import { otherRows, percent } from './words.js';

const SHOWN = 4;

/* One row as a choice. A guess without a row says that it is not ours. */
function choiceOf(setup, charter, guess) {
	if (!guess.row) return { row: 'none', class: 'none', charter, short: 'non nostro', text: 'Non è un guasto di questa carta', rank: null, share: guess.confidence };
	return { row: guess.row, class: guess.class, charter, short: classOf(setup, charter, guess.class)?.short || guess.class,
		text: rowOf(setup, charter, guess.row)?.text || guess.row_text || '', rank: rankOf(setup, charter, guess.class), share: guess.confidence };
}

/* What else it may be, likeliest first; once another row is chosen, the machine's own comes first. */
export function choicesOf(setup, charter, c, chosen) {
	if (!c) return [];
	const own = c.proposed || { row: c.row, class: c.class, row_text: c.row_text, confidence: c.confidence };
	return [own, ...otherRows(c)].map((g) => choiceOf(setup, charter, g))
		.filter((o, n, all) => o.row !== chosen && all.findIndex((x) => x.row === o.row) === n).slice(0, SHOWN);
}

/* keys: the number of each acts while the step has the focus. */
export function Alternatives({ list, onPick, keys = false }) {
	if (!list.length) return null;
	return (
		<div class="others">
			<h4>Oppure</h4>
			<ul aria-label="Altre righe possibili">
				{list.map((o, i) => (
					<li key={o.row}>
						<button type="button" class="other" data-riga={o.row} data-rango={o.rank ?? ''} aria-keyshortcuts={keys ? String(i + 1) : undefined} onClick={() => onPick(o)}>
							{keys && <kbd>{i + 1}</kbd>}<Urgency rank={o.rank} /><b class="class">{o.short}</b>
							<span class="other-text">{o.row !== 'none' && <span class="mono">{o.row} </span>}{o.text}</span>
							{o.share != null && <span class="mono soft">{percent(o.share)}</span>}
						</button>
					</li>
				))}
			</ul>
		</div>
	);
}

/* A second fault in the same message has its own row: nobody may forget it. */
export function Also({ setup, charter, c }) {
	if (!c?.also?.length) return null;
	const list = c.also.map((g) => choiceOf(setup, charter, g)).filter((o) => o.row !== 'none');
	if (!list.length) return null;
	return (
		<div class="also" role="note">
			<p><b>Parla anche di un altro guasto</b></p>
			<ul>
				{list.map((o) => <li key={o.row}><Urgency rank={o.rank} /> <b class="class">{o.short}</b> <span class="mono">{o.row}</span> {o.text}</li>)}
			</ul>
		</div>
	);
}

/* Questions and answers of the call, as they were given. */
export function Answered({ list }) {
	if (!list?.length) return null;
	return (
		<dl class="answered">
			{list.map((a) => <div key={a.code || a.question}><dt>{a.ask}</dt><dd>{a.option === 0 ? 'Non lo sa' : a.label}</dd></div>)}
		</dl>
	);
}
