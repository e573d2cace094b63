/*
 * The phone form: from typed words to a crew on its way in at most six keys. Each step is drawn
 * before it accepts a key, so that a bouncing key sends nobody. Here the words, the place and the order of
 * the steps. Not here: questions, row and what is told (phone_row.jsx), what the steps do (phone_flow.js).
 * Source: pages.md sections 3.4, 4.2, 6.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { say } from '../shared/staff/announce.js';
import { now, useNow } from '../shared/staff/clock.js';
import { Icon, Time } from '../shared/staff/marks.jsx';
import { ago, hms } from '../shared/staff/times.js';
import { changeForm, complain, openIncident, parkForm, saveDrafts } from './acts.js';
import { Candidates } from './candidates.jsx';
import { Marks } from './evidence.jsx';
import { askBack, confirmPlace, isFresh, pendingQuestion, pickOnMap, preferOf, searchAgain, storeReport, told, usePlaces, useProposal, wantedAddress } from './phone_flow.js';
import { Question, RowStep, Say } from './phone_row.jsx';
import { activeCrews, placeOf } from './queue_order.js';
import { get, set, useStore } from './state.js';
import { early, useStepFocus, wait } from './steps.js';

function Line({ form }) {
	const at = useNow(1);
	const s = Math.max(0, Math.floor((at - Date.parse(form.started)) / 1000));
	return <span class="mono">in linea {String(Math.floor(s / 60)).padStart(2, '0')}:{String(s % 60).padStart(2, '0')}</span>;
}

/* The charter's clock may start here: shown, and changed only with a reason that is kept. */
function Started({ form }) {
	const [editing, setEditing] = useState(false);
	const [time, setTime] = useState(hms(form.started));
	const [why, setWhy] = useState(form.startedWhy);
	const [wrong, setWrong] = useState('');
	const apply = () => {
		if (!why.trim()) return setWrong('Scrivi il motivo: resta nella cronologia.');
		const shift = secondsOf(time) - secondsOf(hms(form.startedFirst));
		const started = new Date(Date.parse(form.startedFirst) + shift * 1000);
		if (started.getTime() > now()) return setWrong('L’inizio non può essere nel futuro.');
		changeForm({ started: started.toISOString().replace(/\.\d+Z$/, 'Z'), startedWhy: why.trim() });
		setEditing(false);
		return setWrong('');
	};
	if (!editing) {
		return (
			<p class="started">Inizio conversazione <Time at={form.started} class="mono">{hms(form.started)}</Time>
				{form.startedWhy && <span class="soft"> · cambiato: {form.startedWhy}</span>}
				<button type="button" class="small" onClick={() => setEditing(true)}>Cambia</button></p>
		);
	}
	return (
		<div class="started edit">
			<label>Inizio <input type="time" step="1" value={time} onInput={(e) => setTime(e.currentTarget.value)} /></label>
			<label>Motivo <input type="text" value={why} onInput={(e) => setWhy(e.currentTarget.value)} maxLength={200} /></label>
			<button type="button" class="small" onClick={apply}>Cambia l'inizio</button>
			<button type="button" class="small" onClick={() => setEditing(false)}>Lascia</button>
			{wrong && <p class="wrong" role="alert">{wrong}</p>}
		</div>
	);
}

function secondsOf(hmsText) {
	const [h, m, s = 0] = hmsText.split(':').map(Number);
	return h * 3600 + m * 60 + s;
}

function Caller({ form, setup, errors }) {
	const code = useStore((s) => s.lookup.proposal?.utility);
	const found = setup.utilities.find((u) => u.code === code);
	const field = (key, label, props) => (
		<label>{label}{errors[key] && <span class="wrong">{errors[key]}</span>}<input aria-invalid={errors[key] ? 'true' : undefined} value={form[key]} onInput={(e) => changeForm({ [key]: e.currentTarget.value })} autocomplete="off" {...props} /></label>
	);
	return (
		<div class="caller">
			{field('name', 'Chi chiama', { type: 'text', maxLength: 120 })}
			{field('phone', 'Telefono', { type: 'tel', inputMode: 'tel', maxLength: 40 })}
			<label>Avvisa con
				<select value={form.prefer} onChange={(e) => changeForm({ prefer: e.currentTarget.value })}>
					<option value="sms">SMS</option><option value="phone">Telefonata</option><option value="email">E-mail</option><option value="none">Nessun avviso</option>
				</select>
				{form.prefer !== preferOf(form) && <span class="hint">finché manca il recapito: nessun avviso</span>}
			</label>
			{form.prefer === 'email' && field('email', 'E-mail', { type: 'email', maxLength: 200 })}
			{setup.utilities.length > 1 && (
				<label>Gestore
					<select value={form.utility} onChange={(e) => changeForm({ utility: e.currentTarget.value })}>
						<option value="">{found ? `${found.name} (dal luogo)` : 'dal luogo'}</option>
						{setup.utilities.map((u) => <option key={u.code} value={u.code}>{u.name}</option>)}
					</select>
				</label>
			)}
		</div>
	);
}

/* The field lies over its marks: the one under the pointer says what it means. */
function explain(e) {
	const under = e.type === 'pointerleave' ? null : document.elementsFromPoint(e.clientX, e.clientY).find((el) => el.matches('.text-back mark'));
	for (const mark of e.currentTarget.querySelectorAll('mark')) mark.classList.toggle('told', mark === under);
}

function Words({ form, proposal, errors }) {
	const field = useRef();
	useStepFocus('text', field);
	const fresh = isFresh(form, proposal);
	return (
		<section class="step" aria-labelledby="step-text">
			<h3 id="step-text"><label for="form-text">Testo, come lo dice</label></h3>
			<div class="text-box" onPointerMove={explain} onPointerLeave={explain}>
				<div class="text-back" aria-hidden="true">
					{fresh && proposal.c ? <Marks text={form.text} evidence={proposal.c.evidence} /> : form.text}{'\n'}
				</div>
				<textarea id="form-text" ref={field} value={form.text} rows={3} spellcheck={false} maxLength={4000} readOnly={Boolean(form.stored)}
					placeholder="Scrivi quello che senti." aria-invalid={errors.text ? 'true' : undefined}
					aria-describedby={errors.text ? 'err-text' : undefined}
					onInput={(e) => changeForm({ text: e.currentTarget.value, choice: form.choice?.byHand ? form.choice : null })} />
			</div>
			{errors.text && <p class="wrong" id="err-text">{errors.text}</p>}
		</section>
	);
}

function PlaceList({ places, choose, onMap }) {
	const [at, setAt] = useState(0);
	const list = useRef();
	useStepFocus('place', list);
	useEffect(() => { setAt(0); }, [places[0]?.label]);
	const onKey = (e) => {
		if (e.repeat || e.ctrlKey || e.altKey || e.metaKey) return;
		const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: places.length }[e.key];
		if (go !== undefined) {
			e.preventDefault();
			setAt(Math.max(0, Math.min(places.length, go)));
		} else if (e.key === 'Enter' || /^[1-6]$/.test(e.key)) {
			const i = e.key === 'Enter' ? at : e.key - 1;
			e.preventDefault();
			e.stopPropagation();
			if (i < places.length) choose(places[i]);
			else if (i === places.length) onMap();
		}
	};
	return (
		<ul ref={list} class="places" role="listbox" aria-label="Indirizzi proposti" tabIndex={0} onKeyDown={onKey}
			aria-activedescendant={`place-${at}`}>
			{places.map((p, i) => (
				<li key={`${p.label}${p.lat}`} id={`place-${i}`} role="option" aria-selected={i === at} onClick={() => choose(p)}>
					<kbd>{i + 1}</kbd>{p.label}{p.kind === 'street' && <span class="soft"> · via, senza numero</span>}
					{i === at && <span class="hint">Invio conferma</span>}
				</li>
			))}
			<li id={`place-${places.length}`} role="option" aria-selected={at === places.length} onClick={onMap}>
				<kbd>{places.length + 1}</kbd>sulla mappa
			</li>
		</ul>
	);
}

function Place({ form, lookup, choose, errors }) {
	const picking = useStore((s) => s.picking);
	const onMap = () => set({ picking: true, pane: 'mappa', tab: 'mappa', focusWanted: 'map' });
	if (form.place) {
		return (
			<section class="step" aria-labelledby="step-place">
				<h3 id="step-place">Luogo</h3>
				<p class="confirmed"><Icon name="it-pin" /><b>{form.place.label}</b>{form.place.municipality && !form.place.label.includes(form.place.municipality) ? `, ${form.place.municipality}` : ''}<span class="soft"> confermato</span>
					{!form.stored && <button type="button" class="small" onClick={() => { changeForm({ place: null, join: null }); set({ focusWanted: 'query' }); }}>Cambia</button>}</p>
			</section>
		);
	}
	const onKey = (e) => {
		if (e.key !== 'Enter' || e.repeat || e.ctrlKey) return;
		e.preventDefault();
		if (lookup.places[0]) choose(lookup.places[0]);
		else wait();
	};
	return (
		<section class="step" aria-labelledby="step-place">
			<h3 id="step-place">Luogo</h3>
			{lookup.places.length > 0 && <PlaceList places={lookup.places} choose={choose} onMap={onMap} />}
			<div class="query">
				<QueryField form={form} onKey={onKey} error={errors.address} />
				{lookup.places.length === 0 && <button type="button" onClick={onMap}>Sulla mappa</button>}
			</div>
			{picking && <p class="strip" role="status">Tocca il punto sulla mappa, o spostala con le frecce e premi Invio. Esc lascia.</p>}
			{lookup.places.length === 0 && lookup.searchFailed && (form.query || lookup.searchBroken) && (
				<p class="soft">{lookup.searchFailed} {lookup.searchBroken && <button type="button" class="small" onClick={searchAgain}><Icon name="it-refresh" size={14} />Riprova</button>}</p>
			)}
		</section>
	);
}

function QueryField({ form, onKey, error }) {
	const field = useRef();
	useStepFocus('query', field);
	return (
		<label class="grow"><span class="sr-only">Via e numero</span>
			<input ref={field} type="search" value={form.query} placeholder="via, numero, comune" autocomplete="off" onKeyDown={onKey}
				aria-invalid={error ? 'true' : undefined} onInput={(e) => changeForm({ query: e.currentTarget.value })} />
			{error && <span class="wrong">{error}</span>}
		</label>
	);
}

/* The focus rests on the whole question: a bare Enter must not join a call to another fault. */
function Same({ form, incident: i, answer }) {
	const box = useRef();
	const drawn = useStepFocus('same', box);
	const at = useNow(60);
	const pick = (yes) => {
		if (early(drawn.current)) return wait();
		return answer(yes ? i : null);
	};
	const onKey = (e) => {
		if (e.repeat || e.ctrlKey || e.altKey || e.metaKey) return;
		if (e.key === 'Enter' && e.target === box.current) say('Premi il numero della risposta.');
		else if (e.key === '1' || e.key === '2') pick(e.key === '1');
		else return;
		e.preventDefault();
		e.stopPropagation();
	};
	if (form.join) return <section class="step"><h3>Stesso guasto?</h3><p class="confirmed"><Icon name="it-check-circle" />Sì: {form.join.kind}, {placeOf(form.join)}</p></section>;
	return (
		<section class="step ask" data-passo="stesso" aria-labelledby="step-same" onKeyDown={onKey}>
			<h3 id="step-same">Stesso guasto?</h3>
			<div ref={box} class="question" role="group" tabIndex={0} aria-labelledby="step-same same-words">
				<p id="same-words">{i.kind} in {placeOf(i)}{i.distance_m != null && `, a ${i.distance_m} m`} <span class="soft">{ago(i.opened_at, at)}, {i.reports} segn., {i.state_label}</span></p>
				<p class="choices">
					<button type="button" aria-keyshortcuts="1" onClick={() => pick(true)}><kbd>1</kbd>Sì, lo stesso</button>
					<button type="button" aria-keyshortcuts="2" onClick={() => pick(false)}><kbd>2</kbd>No, è nuovo</button>
				</p>
			</div>
		</section>
	);
}

/* Keeps the draft every two seconds; says when. */
function useDraft(form) {
	const [savedAt, setSavedAt] = useState(null);
	const last = useRef('');
	useEffect(() => {
		const timer = setInterval(() => {
			const text = JSON.stringify(get().form);
			if (text === last.current) return;
			last.current = text;
			saveDrafts();
			setSavedAt(now());
		}, 2000);
		return () => clearInterval(timer);
	}, [form.id]);
	useEffect(() => { set({ draftSaved: savedAt }); return () => set({ draftSaved: null }); }, [savedAt]);
}

function errorsOf(problem) {
	const errors = {};
	for (const e of problem.errors || []) errors[e.pointer.split('/').pop()] = e.detail;
	return errors;
}

export function PhoneForm() {
	const form = useStore((s) => s.form);
	return form ? <Steps form={form} /> : null;
}

function Steps({ form }) {
	const lookup = useStore((s) => s.lookup);
	const setup = useStore((s) => s.setup);
	const [busy, setBusy] = useState(false);
	const [errors, setErrors] = useState({});
	const [failed, setFailed] = useState('');
	useProposal(form);
	usePlaces(form, wantedAddress(form, lookup));
	useDraft(form);
	const confirming = useRef(false);

	const choose = async (place) => {
		if (confirming.current) return wait();
		confirming.current = true;
		const like = await confirmPlace(place);
		confirming.current = false;
		if (like) changeForm({ step: 'stesso' });
		return set({ focusWanted: like ? 'same' : afterPlace() });
	};
	const afterPlace = () => (pendingQuestion(get().form, get().lookup) ? 'ask' : 'decide');
	useEffect(() => {
		const picked = async (e) => { choose(await pickOnMap(e.detail)); set({ pane: 'scheda' }); };
		document.addEventListener('desk:point', picked);
		return () => document.removeEventListener('desk:point', picked);
	}, []);

	const answer = (incident) => {
		changeForm({ join: incident, step: 'riga' });
		set({ focusWanted: afterPlace() });
	};
	const store = async (confirmed = true) => {
		if (busy) return wait();
		setBusy(true);
		setFailed('');
		try {
			const how = await storeReport({ confirmed });
			if (how === 'queued') return close();
			changeForm({ step: 'dire' });
			if (confirmed) return set({ focusWanted: 'say' });
			return close(get().form.incident?.id);
		} catch (problem) {
			setErrors(errorsOf(problem));
			if (problem.field?.('/row')) setFailed('Qui vale un’altra carta: scegli il gestore, o la riga (G).');
			else setFailed(problem.network ? 'Il server non risponde: il testo resta qui. Riprova.' : problem.message);
			return say(problem.message);
		} finally {
			setBusy(false);
		}
	};
	const close = (id) => {
		set({ form: null, picking: false, pane: 'coda', lookup: { proposal: null, places: [], near: [], like: null } });
		saveDrafts();
		if (id) openIncident(id);
	};
	const onTold = async () => {
		try {
			await told();
		} catch (problem) {
			return complain(problem);
		}
		const incident = get().form.incident;
		// a fault that nobody has confirmed takes no crew yet: its card asks for that first
		if (!incident || (form.join && (incident.state === 'new' || activeCrews(incident).length))) return close(incident?.id);
		changeForm({ step: 'squadra' });
		return set({ focusWanted: 'candidates' });
	};
	const onKey = (e) => {
		if (e.key === 'Enter' && e.ctrlKey && !e.repeat && !form.stored) {
			e.preventDefault();
			e.stopPropagation();
			store(false);
		} else if (e.key === 'Backspace' && !e.repeat && !form.stored && form.answers.length && !e.target.matches('input, textarea, select')) {
			e.preventDefault();
			askBack();
		}
	};
	const like = form.place && !form.stored && form.step === 'stesso' ? lookup.like : null;
	return (
		<form class="phone" onSubmit={(e) => e.preventDefault()} onKeyDown={onKey} aria-labelledby="phone-title">
			<header class="card-head">
				<p class="card-line"><button type="button" class="back" onClick={parkForm}><Icon name="it-chevron-left" />Parcheggia</button>
					<Icon name="it-telephone" size={20} /><Line form={form} /><span class="soft push">Esc: parcheggia</span></p>
				<h2 id="phone-title">Nuova segnalazione per telefono</h2>
				<Started form={form} />
			</header>
			<Caller form={form} setup={setup} errors={errors} />
			<Words form={form} proposal={lookup.proposal} errors={errors} />
			<Place form={form} lookup={lookup} choose={choose} errors={errors} />
			{(like || form.join) && <Same form={form} incident={like} answer={answer} />}
			{!form.join && <Question form={form} lookup={lookup} />}
			<RowStep form={form} lookup={lookup} setup={setup} store={store} busy={busy} error={errors.reason || errors.class_reason || failed} />
			{form.stored && <Say form={form} setup={setup} onTold={onTold} />}
			{form.step === 'squadra' && form.incident && (
				<section class="step" aria-labelledby="step-crew"><h3 id="step-crew">Squadra</h3>
					<Candidates incident={form.incident} onSent={() => close(form.incident.id)} /></section>
			)}
			{!form.stored && <p class="choices last"><button type="button" onClick={() => store(false)} aria-keyshortcuts="Control+Enter"><kbd>Ctrl+Invio</kbd>Registra e basta</button></p>}
			{form.stored && form.step === 'squadra' && <p class="choices last"><button type="button" onClick={() => close(form.incident?.id)}>Scheda dell'intervento</button></p>}
		</form>
	);
}
