/*
 * What a step asks before it is pressed for good: why declined, the checklist of a place made safe,
 * the outcome. Each fills the phone and is left with «Torna indietro». Source: pages.md section 3.5.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { press, set } from './work.js';

const DECLINE = ['Sono ancora sul posto di prima', 'Mezzo fermo', 'Manca materiale', 'Fine turno', 'Altro'];
const CHECKS = ['Acqua chiusa, o portata ridotta', 'Zona recintata e segnalata', 'Corrente: staccata, o non c’entra', 'Acqua aspirata', 'Traffico deviato o segnalato'];
const OUTCOMES = ['Riparato', 'In sicurezza, da riparare', 'Non è nostro', 'Nulla riscontrato', 'Accesso impossibile'];
const back = () => set({ layer: null });

function Sheet({ title, children, onSubmit }) {
	const heading = useRef();
	const dialog = useRef();
	useEffect(() => {
		const before = document.activeElement;
		dialog.current.showModal();
		heading.current.focus();
		return () => before && before.isConnected && before.focus();
	}, []);
	return (
		<dialog ref={dialog} class="sheet" aria-labelledby="sheet-title" onCancel={(e) => { e.preventDefault(); back(); }}>
			<form onSubmit={(e) => { e.preventDefault(); onSubmit(); }}>
				<h2 id="sheet-title" tabIndex={-1} ref={heading}>{title}</h2>
				{children}
				<button type="button" class="plain" onClick={back}>Torna indietro</button>
			</form>
		</dialog>
	);
}

function Radios({ name, list, value, onChange, legend }) {
	return (
		<fieldset><legend class="sr-only">{legend}</legend>
			{list.map((x) => <label class="pick" key={x}><input type="radio" name={name} checked={value === x} onChange={() => onChange(x)} />{x}</label>)}
		</fieldset>
	);
}

function Decline({ assignment }) {
	const [why, setWhy] = useState('');
	const [other, setOther] = useState('');
	const [wrong, setWrong] = useState('');
	const submit = () => {
		const reason = why === 'Altro' ? other.trim() : why;
		if (!reason) return setWrong(why ? 'Scrivi il motivo.' : 'Scegli il motivo.');
		return press(assignment, 'decline', { reason });
	};
	return (
		<Sheet title="Perché rifiuti?" onSubmit={submit}>
			<Radios name="why" legend="Motivo" list={DECLINE} value={why} onChange={setWhy} />
			{why === 'Altro' && <label class="field">Motivo<input type="text" value={other} maxLength={200} onInput={(e) => setOther(e.currentTarget.value)} /></label>}
			{wrong && <p class="wrong" role="alert">{wrong}</p>}
			<button type="submit" class="big">Rifiuto l'incarico</button>
		</Sheet>
	);
}

function MadeSafe({ assignment }) {
	const [answers, setAnswers] = useState({});
	const [words, setWords] = useState('');
	const submit = () => {
		const group = (name, answer) => {
			const some = CHECKS.filter((c) => answers[c] === answer);
			return some.length ? `${name}: ${some.join(', ').toLowerCase()}` : '';
		};
		const lines = [group('Fatto', 'sì'), group('Non serve', 'non serve'), group('Aperto', undefined)];
		press(assignment, 'made_safe', { note: [...lines, words.trim()].filter(Boolean).join('; ') });
	};
	return (
		<Sheet title="Messa in sicurezza" onSubmit={submit}>
			{CHECKS.map((c) => (
				<fieldset class="check" key={c}><legend>{c}</legend>
					{['sì', 'non serve'].map((v) => (
						<label class="pick" key={v}><input type="radio" name={c} checked={answers[c] === v} onChange={() => setAnswers({ ...answers, [c]: v })} />{v === 'sì' ? 'Sì' : 'Non serve'}</label>
					))}
				</fieldset>
			))}
			<label class="field">Nota<textarea rows={2} value={words} maxLength={500} onInput={(e) => setWords(e.currentTarget.value)} /></label>
			<button type="submit" class="big">Messo in sicurezza</button>
		</Sheet>
	);
}

function Leave({ assignment }) {
	const [outcome, setOutcome] = useState('');
	const [words, setWords] = useState('');
	const [wrong, setWrong] = useState('');
	const submit = () => {
		if (!outcome) return setWrong('Scegli l’esito.');
		return press(assignment, 'left', { outcome, ...(words.trim() ? { note: words.trim() } : {}) });
	};
	return (
		<Sheet title="Com'è andata?" onSubmit={submit}>
			<Radios name="outcome" legend="Esito" list={OUTCOMES} value={outcome} onChange={setOutcome} />
			<label class="field">Nota<textarea rows={2} value={words} maxLength={500} onInput={(e) => setWords(e.currentTarget.value)} /></label>
			{wrong && <p class="wrong" role="alert">{wrong}</p>}
			<button type="submit" class="big">Lascio il posto</button>
		</Sheet>
	);
}

const SHEETS = { decline: Decline, made_safe: MadeSafe, left: Leave };

export function Sheets({ layer, assignment }) {
	const Which = layer && SHEETS[layer.kind];
	return Which && assignment ? <Which assignment={assignment} /> : null;
}
