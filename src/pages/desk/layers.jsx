/*
 * What lies over the desk: palette, help, row picker, the questions before an act that cannot be taken
 * back. One at a time, in a <dialog>; focus returns where it was. Source: pages.md sections 3.4, 4.1.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get as read } from '../shared/staff/api.js';
import { Icon, Urgency } from '../shared/staff/marks.jsx';
import { act, changeClass, changeForm, newForm, nextToDo, openIncident, publish, startAssign } from './acts.js';
import { close, Dialog } from './dialog.jsx';
import { showPlace } from './map_search.jsx';
import { Pause, pauseOf } from './pause.jsx';
import { asked, lowersClass } from './phone_flow.js';
import { kindOf, usePlaceSearch } from './places.js';
import { placeOf } from './queue_order.js';
import { Point } from './point.jsx';
import { startDrawing } from './roads_flow.js';
import { askedOf, chooseRow, lowersProposal } from './sort_flow.js';
import { cycleTheme, toggleMute } from './settings.js';
import { classOf, fieldOf, get, lowers, rankOf, set, useStore } from './state.js';
import { openVista } from './vista.jsx';
import { CANCEL_REASONS, DISPOSITIONS, LOWER_REASONS } from './words.js';

/* A list with one text: the reasons the pages know, and the person's own words, which «altro» needs. */
function Reasons({ name, list, value, onChange, wrong }) {
	const other = value.pick === 'altro';
	const onKey = (e) => {
		const wanted = e.target.type === 'radio' && /^[1-9]$/.test(e.key) && e.currentTarget.querySelectorAll('input[type=radio]')[e.key - 1];
		if (!wanted) return;
		e.preventDefault();
		wanted.focus();
		onChange({ ...value, pick: list[e.key - 1] });
	};
	return (
		<fieldset class="reasons" aria-describedby={wrong ? `${name}-wrong` : undefined} onKeyDown={onKey}>
			<legend>Motivo</legend>
			{list.map((r, n) => (
				<label key={r} class="choice"><input type="radio" name={name} checked={value.pick === r} onChange={() => onChange({ ...value, pick: r })} /><kbd aria-hidden="true">{n + 1}</kbd>{r}</label>
			))}
			<label>{other ? 'Quale?' : 'Dettagli (facoltativi)'} <input type="text" value={value.text} maxLength={150} onInput={(e) => onChange({ ...value, text: e.currentTarget.value })} /></label>
			{wrong && <p class="wrong" id={`${name}-wrong`} role="alert">{wrong}</p>}
		</fieldset>
	);
}
const reasonText = (r) => (r.pick === 'altro' ? r.text.trim() : [r.pick, r.pick && r.text.trim()].filter(Boolean).join(': '));

/* ---- G: the charter's rows, filtered by typing ---- */

/* known: that it is ours is decided already. */
function rowList(charter, filter, known) {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const rank = (code) => charter.classes.find((c) => c.code === code)?.urgency_rank ?? 99;
	const rows = charter.rows.map((r) => ({ row: r.code, text: r.text, class: r.class, kind: r.kind || '', section: r.section }));
	if (!known) rows.push({ row: 'none', text: 'Non è un guasto di questa carta', class: 'none', kind: 'non nostro', section: '' });
	return rows.filter((r) => words.every((w) => `${r.row} ${r.text} ${r.class} ${r.kind} ${r.section}`.toLowerCase().includes(w)))
		.sort((a, b) => rank(a.class) - rank(b.class));
}

function target() {
	const { layer, form, lookup, incidents, sorting } = get();
	if (layer.report) {
		const p = sorting.proposal;
		const list = askedOf(sorting.utility);
		return { charter: sorting.choice?.charter || p?.charter || list[0]?.charter, row: p?.row, class: p?.class, list, report: true };
	}
	if (!layer.form) {
		const incident = incidents[layer.incident];
		return { charter: incident.charter, row: incident.row, class: incident.class, incident };
	}
	const c = lookup.proposal?.c;
	const list = asked(form, lookup);
	return { charter: form.choice?.charter || c?.charter || list[0]?.charter, row: c?.row, class: c?.class, list };
}

function RowPicker() {
	const setup = get().setup;
	const at = useMemo(target, []);
	const [code, setCode] = useState(at.charter);
	const [filter, setFilter] = useState('');
	const [i, setI] = useState(0);
	/* Chosen already where the row stood in sight: only the reason is missing. */
	const [chosen, setChosen] = useState(get().layer.pick || null);
	const [klass, setKlass] = useState(chosen?.class || '');
	const [reason, setReason] = useState({ pick: '', text: '' });
	const [wrong, setWrong] = useState('');
	const charter = fieldOf(setup, code);
	const list = useMemo(() => (charter ? rowList(charter, filter, at.report) : []), [code, filter]);
	const box = useRef();
	useEffect(() => { setI(0); }, [filter, code]);
	useEffect(() => { if (chosen) box.current.querySelector('input[type=radio], button.primary').focus(); }, [chosen]);
	useEffect(() => { document.getElementById(`row-${i}`)?.scrollIntoView({ block: 'nearest' }); }, [i]);

	const isLower = (k) => (at.report ? lowersProposal(code, k) : at.incident ? lowers(rankOf(setup, at.charter, at.class), rankOf(setup, code, k)) : lowersClass(setup, get().lookup.proposal, code, k));
	const pick = (row) => {
		setChosen(row);
		setKlass(row.class);
		if (!isLower(row.class)) apply(row, row.class, '');
	};
	async function apply(row, k, why) {
		const choice = { row: row.row, class: k, ...(why ? { reason: why } : {}) };
		if (at.report) {
			chooseRow({ ...choice, charter: code });
			close();
			return set({ focusWanted: 'decide' });
		}
		if (!at.incident) {
			changeForm({ choice: { ...choice, charter: code, utility: at.list.find((a) => a.charter === code)?.utility, byHand: true } });
			close();
			return set({ focusWanted: 'decide' });
		}
		try {
			const done = await changeClass(get().incidents[at.incident.id], choice);
			close();
			if (done && done.class !== 'none' && at.incident.state === 'new') startAssign(done.id);
		} catch (problem) {
			setWrong(problem.field('/reason') || problem.message);
		}
		return undefined;
	}
	const submit = (e) => {
		e.preventDefault();
		if (!chosen) return list[i] && pick(list[i]);
		const why = reasonText(reason);
		if (isLower(klass) && !why) return setWrong('Per abbassare la classe scrivi il motivo.');
		return apply(chosen, klass, why);
	};
	const onKey = (e) => {
		const to = { ArrowDown: i + 1, ArrowUp: i - 1 }[e.key];
		if (to === undefined || chosen) return;
		e.preventDefault();
		setI(Math.max(0, Math.min(list.length - 1, to)));
	};
	return (
		<Dialog title="Grado: riga della carta" wide>
			<form ref={box} onSubmit={submit} onKeyDown={onKey}>
				{at.list?.length > 1 && (
					<label>Gestore e carta <select value={code} onChange={(e) => setCode(e.currentTarget.value)}>
						{at.list.map((a) => <option key={a.charter} value={a.charter}>{setup.utilities.find((u) => u.code === a.utility)?.name} · {fieldOf(setup, a.charter)?.name || a.charter}</option>)}
					</select></label>
				)}
				{!chosen && (
					<>
						<label class="sr-only" for="row-filter">Filtra le righe</label>
						<input id="row-filter" data-first type="search" value={filter} placeholder="scrivi per filtrare le righe" autocomplete="off" role="combobox"
							aria-expanded="true" aria-controls="row-list" aria-activedescendant={list.length ? `row-${i}` : undefined} onInput={(e) => setFilter(e.currentTarget.value)} />
						<ul id="row-list" role="listbox" aria-label="Righe della carta" class="pick-list">
							{list.map((r, n) => (
								<li key={r.row} id={`row-${n}`} role="option" aria-selected={n === i} onClick={() => pick(r)}>
									<Urgency rank={rankOf(setup, code, r.class)} /><b class="class">{charter.classes.find((c) => c.code === r.class)?.short || (r.class === 'none' ? 'non nostro' : r.class)}</b>
									<span class="mono">{r.row === 'none' ? '–' : r.row}</span><span>{r.text}{r.row === at.row && <span class="soft"> · quella di ora</span>}</span>
								</li>
							))}
							{list.length === 0 && <li role="option" aria-selected="false" aria-disabled="true" class="soft">Nessuna riga con queste parole.</li>}
						</ul>
					</>
				)}
				{chosen && (
					<>
						<p class="row-words">{chosen.row !== 'none' && <b>{chosen.row} </b>}{chosen.text}</p>
						{isLower(klass) && <p>Abbassa la classe, ora {classOf(setup, at.charter, at.class)?.label || 'più urgente'}: il motivo resta nella cronologia.</p>}
						<label>Classe <select value={klass} onChange={(e) => setKlass(e.currentTarget.value)}>
							{charter.classes.map((c) => <option key={c.code} value={c.code}>{c.label}</option>)}
							{!charter.classes.some((c) => c.code === 'none') && <option value="none">Non nostro</option>}
						</select></label>
						{isLower(klass) && <Reasons name="lower" list={LOWER_REASONS} value={reason} onChange={setReason} wrong={wrong} />}
						{!isLower(klass) && wrong && <p class="wrong" role="alert">{wrong}</p>}
						<p class="choices"><button type="submit" class="primary"><kbd>Invio</kbd>Cambia</button>
							<button type="button" onClick={() => { setChosen(null); setWrong(''); }}>Altra riga</button></p>
					</>
				)}
			</form>
		</Dialog>
	);
}

/* ---- L E X ---- */

function PublicCard({ incident, text }) {
	return (
		<div class="public-card">
			<p class="soft">Come lo vedono i cittadini</p>
			<p><b>{incident.kind}</b></p>
			<p>{incident.area || incident.municipality} · {incident.public_state}</p>
			{text && <p>{text}</p>}
		</div>
	);
}

function Publish() {
	const incident = get().incidents[get().layer.incident];
	const [text, setText] = useState(incident.public_text || '');
	const [reason, setReason] = useState('');
	const [wrong, setWrong] = useState('');
	const submit = async (e) => {
		e.preventDefault();
		try {
			if (!incident.published) await publish(incident, text.trim());
			else if (!reason.trim()) return setWrong('Scrivi il motivo.');
			else await act(incident, 'unpublish', { reason: reason.trim() });
			close();
		} catch (problem) {
			setWrong(problem.message);
		}
		return undefined;
	};
	return (
		<Dialog title={incident.published ? 'Togli da LIVE' : 'Pubblica su LIVE'}>
			{incident.state === 'new' && <p class="strip">Prima conferma la riga: su LIVE va solo un guasto confermato.</p>}
			<form onSubmit={submit}>
				<PublicCard incident={incident} text={text.trim()} />
				{incident.published
					? <label>Motivo <input data-first type="text" value={reason} maxLength={200} onInput={(e) => setReason(e.currentTarget.value)} /></label>
					: <label>Aggiungi una frase (facoltativa, {140 - text.length} caratteri) <input data-first type="text" value={text} maxLength={140} onInput={(e) => setText(e.currentTarget.value)} /></label>}
				{incident.public === 'no' && !incident.published && <p class="strip">Per questa riga la carta non prevede la pubblicazione: controlla che nel testo non ci siano dati di persone.</p>}
				{wrong && <p class="wrong" role="alert">{wrong}</p>}
				<p class="choices"><button type="submit" class="primary" disabled={incident.state === 'new'}><kbd>Invio</kbd>{incident.published ? 'Togli da LIVE' : 'Pubblica su LIVE'}</button></p>
			</form>
		</Dialog>
	);
}

function CloseIncident() {
	const incident = get().incidents[get().layer.incident];
	const [disposition, setDisposition] = useState('done');
	const [reason, setReason] = useState('');
	const [wrong, setWrong] = useState('');
	const needed = disposition !== 'done' || incident.state !== 'restored';
	const submit = async (e) => {
		e.preventDefault();
		if (needed && !reason.trim()) return setWrong('Scrivi il motivo: resta nella cronologia.');
		try {
			const done = await act(incident, 'close', { disposition, ...(reason.trim() ? { reason: reason.trim() } : {}) });
			close();
			if (done) set({ focusWanted: 'heading', lastClosedAt: done.closed_at });
		} catch (problem) {
			setWrong(problem.message);
		}
		return undefined;
	};
	return (
		<Dialog title="Chiudi intervento">
			<form onSubmit={submit}>
				<p>{incident.kind}, {placeOf(incident)} · {incident.state_label}. Non si può riaprire.</p>
				<fieldset class="reasons"><legend>Esito</legend>
					{DISPOSITIONS.map((d, i) => (
						<label key={d.code} class="choice"><input type="radio" name="disposition" data-first={i === 0 || undefined} checked={disposition === d.code} onChange={() => setDisposition(d.code)} />{d.name}</label>
					))}
				</fieldset>
				<label>Motivo{needed ? '' : ' (facoltativo)'} <input type="text" value={reason} maxLength={300} onInput={(e) => setReason(e.currentTarget.value)} /></label>
				{wrong && <p class="wrong" role="alert">{wrong}</p>}
				<p class="choices"><button type="submit" class="primary"><kbd>Invio</kbd>Chiudi intervento</button></p>
			</form>
		</Dialog>
	);
}

function CancelIncident() {
	const incident = get().incidents[get().layer.incident];
	const [reason, setReason] = useState({ pick: '', text: '' });
	const [wrong, setWrong] = useState('');
	const submit = async (e) => {
		e.preventDefault();
		const why = reasonText(reason);
		if (!why) return setWrong('Scegli il motivo.');
		try {
			const done = await act(incident, 'cancel', { reason: why });
			close();
			if (done) set({ focusWanted: 'heading' });
		} catch (problem) {
			setWrong(problem.message);
		}
		return undefined;
	};
	return (
		<Dialog title="Annulla intervento">
			<form onSubmit={submit}>
				<p>{incident.kind}, {placeOf(incident)}. Non si può riprendere.</p>
				<Reasons name="cancel" list={CANCEL_REASONS} value={reason} onChange={setReason} wrong={wrong} />
				<p class="choices"><button type="submit" class="primary"><kbd>Invio</kbd>Annulla intervento</button></p>
			</form>
		</Dialog>
	);
}

/* ---- C, Ctrl+K ---- */

function commands() {
	const { open, incidents } = get();
	const incident = open && incidents[open];
	const list = [
		{ name: 'Nuova segnalazione', key: 'N', run: newForm },
		{ name: 'Prossimo da fare', key: 'O', run: nextToDo },
		{ name: 'Cerca un indirizzo sulla mappa', key: 'Maiusc+V', run: () => set({ pane: 'mappa', tab: 'mappa', focusWanted: 'search' }) },
		{ name: 'Chiudi una strada', key: 'Maiusc+C', run: () => startDrawing('crossings') },
		{ name: 'Chiudi una strada disegnandola', key: '', run: () => startDrawing('hand') },
		{ name: 'Chiudi una zona', key: '', run: () => startDrawing('area') },
		{ name: 'Chiusure e tempi di strada', key: 'Maiusc+S', run: () => set({ pane: 'chiusure', tab: 'chiusure', focusWanted: 'roads' }) },
		{ name: 'Mappa su un altro schermo', key: '', run: () => openVista('mappa') },
		{ name: 'Squadre su un altro schermo', key: '', run: () => openVista('squadre') },
		{ name: 'Tempi assoluti o relativi', key: '.', run: () => set((s) => ({ absolute: !s.absolute })) },
		{ name: 'Suono: muto 5 minuti o di nuovo', key: 'M', run: toggleMute },
		{ name: 'Tema: automatico, giorno, notte', key: '', run: cycleTheme },
		{ name: 'Aiuto', key: 'H', run: () => set({ layer: { kind: 'help' } }) },
	];
	if (!incident) return list;
	const layer = (kind) => () => set({ layer: { kind, incident: open } });
	return [
		{ name: 'Assegna una squadra', key: 'A', run: () => startAssign(open) },
		{ name: 'Grado o livello', key: 'G', run: layer('rows') },
		{ name: incident.published ? 'Togli da LIVE' : 'Pubblica su LIVE', key: 'L', run: layer('publish') },
		{ name: 'Nota interna', key: 'I', run: () => set({ focusWanted: 'note' }) },
		{ name: 'Prova della scadenza', key: 'D', run: () => set({ focusWanted: 'proof' }) },
		...pauseOf(incident),
		{ name: incident.point_confirmed ? 'Sposta il punto' : 'Conferma il punto', key: 'Maiusc+P', run: layer('point') },
		{ name: 'Chiudi intervento', key: 'E', run: layer('close') },
		{ name: 'Annulla intervento', key: 'X', run: layer('cancel') },
		...list,
	];
}

const nameOfItem = ({ incident, place, command }) => incident?.id || (place ? `${place.label} ${place.lat},${place.lon}` : command.name);

function Palette() {
	const [q, setQ] = useState('');
	const [chosen, setChosen] = useState(''); /* by name, as answers that come later put others before it */
	const [found, setFound] = useState([]);
	const places = usePlaceSearch(/^[>#@]/.test(q) ? '' : q).places.slice(0, 4);
	const local = useMemo(commands, []);
	const words = q.toLowerCase().replace(/^>/, '').trim();
	const acts = local.filter((c) => c.name.toLowerCase().includes(words));
	useEffect(() => {
		setChosen('');
		if (words.length < 2 || q.startsWith('>')) {
			setFound([]);
			return undefined;
		}
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				const answer = await read(`/api/v1/incidents?q=${encodeURIComponent(words)}&limit=8`, { signal: stop.signal });
				setFound(answer.incidents);
			} catch {
				/* Without the server the desk searches what it has. */
				if (!stop.signal.aborted) setFound(loaded(words));
			}
		}, 150);
		return () => { clearTimeout(timer); stop.abort(); };
	}, [q]);
	const items = [...found.map((x) => ({ incident: x })), ...places.map((x) => ({ place: x })), ...acts.map((x) => ({ command: x }))];
	const i = Math.max(0, items.findIndex((item) => nameOfItem(item) === chosen));
	const run = (item) => {
		if (!item) return;
		set({ layer: null, focusWanted: item.place ? 'map' : null });
		if (item.incident) openIncident(item.incident.id);
		else if (item.place) showPlace(item.place);
		else setTimeout(item.command.run, 0);
	};
	const onKey = (e) => {
		const to = { ArrowDown: i + 1, ArrowUp: i - 1 }[e.key];
		if (to === undefined) return;
		e.preventDefault();
		const next = items[Math.max(0, Math.min(items.length - 1, to))];
		if (next) setChosen(nameOfItem(next));
	};
	return (
		<Dialog title="Cerca o comanda" wide>
			<form onSubmit={(e) => { e.preventDefault(); run(items[i]); }} onKeyDown={onKey}>
				<label class="sr-only" for="palette-q">Cerca interventi, luoghi, comandi</label>
				<input id="palette-q" data-first type="search" value={q} autocomplete="off" placeholder="via, numero, guasto… oppure > e un comando" role="combobox" aria-expanded="true"
					aria-controls="palette-list" aria-activedescendant={items.length ? `palette-${i}` : undefined} onInput={(e) => setQ(e.currentTarget.value)} />
				<ul id="palette-list" role="listbox" aria-label="Risultati" class="pick-list">
					{items.map((item, n) => (
						<li key={n} id={`palette-${n}`} role="option" aria-selected={n === i} onClick={() => run(item)}>
							{item.place && <><Icon name="it-map-marker" /><span>{item.place.label}</span><span class="soft push">{kindOf(item.place) || 'indirizzo'}</span></>}
							{item.incident
								&& <><Urgency rank={item.incident.urgency_rank} /><b class="class">{item.incident.class_short}</b><span>{item.incident.kind} · {placeOf(item.incident)} · {item.incident.state_label}</span><span class="mono push">{item.incident.number}</span></>}
							{item.command && <><Icon name="it-arrow-right" /><span>{item.command.name}</span>{item.command.key && <kbd class="push">{item.command.key}</kbd>}</>}
						</li>
					))}
					{items.length === 0 && <li role="option" aria-selected="false" aria-disabled="true" class="soft">Nessun risultato per “{q}”.</li>}
				</ul>
			</form>
		</Dialog>
	);
}

const loaded = (words) => Object.values(get().incidents)
	.filter((x) => `${x.number} ${x.kind} ${x.address} ${x.area} ${x.row_text}`.toLowerCase().includes(words)).slice(0, 8);

/* ---- H ---- */

const HELP = [
	['Ovunque', [['N F2', 'nuova segnalazione per telefono'], ['O', 'la prossima cosa da fare'], ['Z Ctrl+Z', 'annulla, entro 10 s'], ['C Ctrl+K', 'cerca o comanda'],
		['.', 'tempi relativi o assoluti'], ['M', 'muto 5 minuti, poi suono'], ['H ?', 'questo aiuto'], ['Esc', 'chiude, o parcheggia il modulo']]],
	['Dove andare', [['Q', 'coda'], ['V', 'mappa'], ['Maiusc+V', 'cerca un indirizzo sulla mappa'], ['Maiusc+S', 'strade chiuse e tempi di strada'], ['B', 'bacheca squadre'], ['F6 Maiusc+F6', 'riquadro dopo o prima']]],
	['Mappa', [['↑ ↓ ← →', 'sposta'], ['+ -', 'ingrandisci, riduci'], ['0', 'inquadra tutto'], ['W', 'segui la scelta'], ['Maiusc+C', 'chiudi una strada'], ['Spazio', 'disegnando: punto al centro'], ['Backspace', 'disegnando: togli l’ultimo punto'], ['Invio', 'disegnando: chiudi'], ['Esc', 'lascia il disegno, si può riprendere']]],
	['Coda', [['↑ ↓ J K', 'muovi'], ['Inizio Fine', 'prima, ultima'], ['Invio', 'apri'], ['Maiusc+1 2 3', 'vai al gruppo']]],
	['Scheda', [['Invio', 'conferma la riga proposta'], ['A', 'assegna'], ['G', 'grado: cambia riga o classe'], ['L', 'LIVE'], ['Maiusc+P', 'conferma il punto'], ['I', 'nota interna'], ['P', 'ferma o riprendi il termine'], ['D', 'prova della scadenza'], ['Y', 'cronologia'],
		['E', 'esito e chiusura'], ['X', 'annulla l’intervento'], ['1-9', 'sezione della scheda']]],
	['Squadre proposte', [['↑ ↓', 'scegli'], ['Invio', 'invia la scelta'], ['1-9', 'invia quella']]],
	['Modulo', [['Tab', 'dal testo al luogo'], ['Invio', 'conferma il passo'], ['1-9', 'risposta, o altra riga'], ['0', 'non lo sa'], ['Backspace', 'domanda precedente'], ['G', 'cambia la riga'], ['Ctrl+Invio', 'registra e basta']]],
];

function Help() {
	return (
		<Dialog title="Aiuto: tasti" wide>
			<div class="help" tabIndex={0} data-first role="group" aria-label="Tasti">
				{HELP.map(([place, keys]) => (
					<section key={place}><h3>{place}</h3>
						<dl>{keys.map(([key, what]) => <div key={key}><dt>{key.split(' ').map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
					</section>
				))}
			</div>
		</Dialog>
	);
}

const LAYERS = { rows: RowPicker, pause: Pause, publish: Publish, close: CloseIncident, cancel: CancelIncident, point: Point, palette: Palette, help: Help };

export function Layers() {
	const layer = useStore((s) => s.layer);
	if (!layer) return null;
	const Layer = LAYERS[layer.kind];
	return <Layer key={layer.kind} />;
}
