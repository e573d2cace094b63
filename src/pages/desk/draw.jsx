/*
 * The panel below the map while a street is being closed: by points on the map, by a street and two crossings
 * (which needs no map), or an area; what holds there and for how long. It says which streets it takes before
 * anything is stored. Not here: the points' keys on the map (map.jsx), storing (roads_flow.js). Source: pages.md 3.4, 4.1.
 */
import { useEffect, useRef } from 'preact/hooks';
import { alarm, say } from '../shared/staff/announce.js';
import { now } from '../shared/staff/clock.js';
import { Icon } from '../shared/staff/marks.jsx';
import { lengthOf } from '../shared/staff/way.js';
import { fitPoints, goTo } from './map_view.js';
import { PlaceBox } from './place_box.jsx';
import { askPreview, changeDrawing, confirmDrawing, draws, isReady, leaveDrawing, offRoadFound, offRoadNumbers, previewBody, removePoint, showClosure, UNFAILED } from './roads_flow.js';
import { alreadyOf, offRoadOf, REASONS, streetsOf, undrawnOf } from './roads_words.js';
import { get, set, useStore } from './state.js';
import { useStepFocus } from './steps.js';

/* A short stretch to the metre: it is how one sees that it is the right one. */
const metresOf = (metres) => (metres < 1000 ? `${metres} m` : lengthOf(metres));

const MODES = [['hand', 'Sulla mappa'], ['crossings', 'Via e incroci'], ['area', 'Zona']];

/* What was answered, as it is read out. */
const spoken = (preview) => [`${streetsOf(preview)}, ${metresOf(preview.metres)}${preview.more > 0 ? `, ${undrawnOf(preview)}` : ''}.`,
	...(preview.off_road.length ? [offRoadOf(preview.off_road.map((i) => i + 1))] : []), ...preview.already.map((c) => alreadyOf(c, now()))].join(' ');

/* Where points lie on no road, that is the reason. */
function refused(d, problem) {
	const words = problem.network ? 'Il server non risponde: non so quali strade prende. Il disegno resta qui.' : problem.message;
	const { offRoad } = offRoadFound(d, problem.offRoad);
	changeDrawing({ preview: null, offRoad, previewFailed: offRoad.length ? '' : words });
	if (offRoad.length) alarm(offRoadOf(problem.offRoad.map((i) => i + 1)));
}

/* Which roads what is drawn would take: asked again a moment after each change. */
function usePreview(d) {
	const drawn = draws(d);
	const key = drawn && JSON.stringify(previewBody(d));
	useEffect(() => {
		if (!drawn) return undefined;
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				const preview = await askPreview(d, stop.signal);
				if (stop.signal.aborted) return;
				changeDrawing({ preview, previewFailed: '', ...offRoadFound(d, preview?.off_road || []) });
				/* Named and not drawn: what would be closed may lie elsewhere than what is seen. */
				if (preview && d.mode === 'crossings') fitPoints(preview.roads.flat().map(([lat, lon]) => ({ lat, lon })), { maxZoom: 17 });
				if (preview) say(spoken(preview));
			} catch (problem) {
				if (!stop.signal.aborted) refused(d, problem);
			}
		}, 120);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [key, d.id, drawn]);
}

function Modes({ mode }) {
	const choose = (next) => {
		changeDrawing({ mode: next, points: [], street: null, crossings: [null, null], preview: null, ...UNFAILED });
		set({ focusWanted: next === 'crossings' ? 'street' : 'map' });
	};
	return (
		<div class="modes" role="group" aria-label="Come la indichi">
			{MODES.map(([code, words]) => <button key={code} type="button" aria-pressed={mode === code} onClick={() => mode !== code && choose(code)}>{words}</button>)}
		</div>
	);
}

function Hand({ d }) {
	const area = d.mode === 'area';
	return (
		<div class="hand">
			<p>{area ? 'Tocca sulla mappa gli angoli della zona, almeno tre.' : 'Tocca sulla mappa i punti lungo la strada: la linea la segue.'} <span class="soft by-keys">Da tastiera: frecce per spostarti, <kbd>Spazio</kbd> mette il punto al centro.</span></p>
			<p class="choices"><span class="count">{d.points.length} {d.points.length === 1 ? 'punto' : 'punti'}</span>
				<button type="button" class="small" disabled={!d.points.length} aria-keyshortcuts="Backspace" onClick={() => removePoint()}><kbd>⌫</kbd>Togli l’ultimo</button>
				<button type="button" class="small by-keys" onClick={() => set({ focusWanted: 'map' })}>Vai alla mappa</button></p>
		</div>
	);
}

const ofStreet = (p) => (p.municipality && !p.label.includes(p.municipality) ? `${p.label}, ${p.municipality}` : p.label);

/* Of «Via Piave angolo Via Milano, Trento», whose street stands above: «Via Milano». */
const otherOf = (p) => p.label.replace(`${p.street} angolo `, '').replace(`, ${p.municipality}`, '');

/* A street, then where the closed part begins and ends; without an end only the stretch at the first crossing. */
function Crossings({ d }) {
	const fields = [useRef(), useRef(), useRef()];
	useStepFocus('street', fields[0]);
	const { street, crossings } = d;
	const withPoints = (next) => changeDrawing({ crossings: next, points: next.filter(Boolean).map(({ lat, lon }) => ({ lat, lon })), ...UNFAILED });
	const pickStreet = (p) => {
		changeDrawing({ street: p, streetWords: ofStreet(p), crossings: [null, null], crossingWords: ['', ''], points: [], ...UNFAILED });
		goTo(p, 15);
		fields[1].current.focus();
	};
	const pickCrossing = (n) => (p) => {
		changeDrawing({ crossingWords: (get().drawing.crossingWords || ['', '']).map((w, i) => (i === n ? otherOf(p) : w)) });
		withPoints(crossings.map((c, i) => (i === n ? p : c)));
		if (n === 0) fields[2].current.focus();
		else set({ focusWanted: 'closure-form' });
	};
	const words = d.crossingWords || ['', ''];
	const typeCrossing = (n) => (value) => {
		changeDrawing({ crossingWords: words.map((w, i) => (i === n ? value : w)) });
		if (crossings[n] && value !== otherOf(crossings[n])) withPoints(crossings.map((c, i) => (i === n ? null : c)));
	};
	/* Nothing behind what is typed: its last word may be half written, or all are asked for. Of other streets that sound alike none may be chosen, nor
	 * where only people on foot cross. */
	const query = (typed) => (street ? `${street.street} angolo ${typed}` : '');
	const meets = (p) => p.kind === 'crossing' && p.drivable && p.street === street?.street && p.municipality === street.municipality;
	return (
		<div class="crossings">
			<PlaceBox id="closure-street" label="Via" placeholder="via, comune" value={d.streetWords || ''} field={fields[0]} keep={(p) => Boolean(p.street) && p.kind !== 'crossing'}
				onValue={(value) => changeDrawing({ streetWords: value, ...(street && value !== ofStreet(street) ? { street: null, crossings: [null, null], crossingWords: ['', ''], points: [], ...UNFAILED } : {}) })} onPick={pickStreet} onLeave={leaveDrawing} escLeaves />
			{[['Dall’incrocio con', 0], ['All’incrocio con', 1]].map(([label, n]) => (
				<PlaceBox key={n} id={`closure-crossing-${n}`} label={label} placeholder={street ? 'l’altra via' : 'prima scegli la via'} value={words[n]} field={fields[n + 1]}
					query={query} keep={meets} near={street} lists most={24} none={`Nessun incrocio di ${street?.street || 'questa via'}${words[n].trim() ? ' con una via così' : ''} dove passino auto. Scegline un’altra, o indica i punti sulla mappa.`} onValue={typeCrossing(n)} onPick={pickCrossing(n)} onLeave={leaveDrawing} escLeaves />
			))}
		</div>
	);
}

function Wrong({ id, children }) {
	return children ? <span class="wrong" id={id}>{children}</span> : null;
}

function OneWay({ d }) {
	if (d.mode === 'area') return null;
	return <label class="choice"><input type="checkbox" checked={d.oneWay} disabled={d.points.length < 2} onChange={(e) => changeDrawing({ oneWay: e.currentTarget.checked })} />Solo nel senso in cui è disegnata</label>;
}

function Effect({ d, first }) {
	const kind = (code) => () => changeDrawing({ kind: code });
	return (
		<div class="effect">
			<fieldset class="kinds">
				<legend class="sr-only">Che cosa vale lì</legend>
				<label class="choice"><input ref={first} type="radio" name="closure-kind" checked={d.kind === 'closed'} onChange={kind('closed')} />Chiusa</label>
				<label class="choice"><input type="radio" name="closure-kind" checked={d.kind === 'slow'} onChange={kind('slow')} />Rallentata</label>
				{d.kind === 'slow' && (
					<label class="speed">al <input type="number" min="5" max="100" step="1" value={d.speed} aria-label="Per cento della velocità solita" aria-invalid={d.errors.speed ? 'true' : undefined}
						onInput={(e) => changeDrawing({ speed: Number(e.currentTarget.value) })} /> % della velocità solita</label>
				)}
				{!d.id && <OneWay d={d} />}
			</fieldset>
			<Wrong>{d.errors.speed || d.errors.one_way}</Wrong>
			<label class="reason">Motivo (facoltativo) <input type="text" maxLength={200} list="closure-reasons" value={d.reason} onInput={(e) => changeDrawing({ reason: e.currentTarget.value })} /></label>
			<datalist id="closure-reasons">{REASONS.map((r) => <option key={r} value={r} />)}</datalist>
			{d.closure?.state !== 'active' && <label>Da (vuoto: adesso) <input type="datetime-local" value={d.from} onInput={(e) => changeDrawing({ from: e.currentTarget.value })} /></label>}
			<label>Fino a (vuoto: finché non la riapri) <input type="datetime-local" value={d.until} aria-invalid={d.errors.until ? 'true' : undefined} aria-describedby={d.errors.until ? 'err-until' : undefined}
				onInput={(e) => changeDrawing({ until: e.currentTarget.value })} /></label>
			<Wrong id="err-until">{d.errors.until || d.errors.from}</Wrong>
		</div>
	);
}

function Taken({ d }) {
	const words = d.failed || d.previewFailed;
	const failed = words && <p class="wrong" role="alert">{words}</p>;
	if (!d.preview) return failed || <p class="soft taken">Nessuna strada ancora.</p>;
	return <>{failed}<p class="taken"><Icon name="it-ban" /> <b>{streetsOf({ ...d.preview, area: d.mode === 'area' })}</b>{d.preview.metres != null && ` · ${metresOf(d.preview.metres)}`}{d.preview.more > 0 && ` · ${undrawnOf(d.preview)}`}</p></>;
}

const SHOWN_OFF = 4; /* buttons: when one is used, the next is there */

/* They close nothing: taken out, or left to what the others take. */
function OffRoad({ d }) {
	const box = useRef();
	const numbers = draws(d) ? offRoadNumbers(d) : [];
	if (!numbers.length) return null;
	/* A button goes: the focus is on the first that stays, or where points are put. */
	const takeOut = (n) => {
		removePoint(d.points[n - 1]);
		if (numbers.length > 1) box.current.querySelector('button').focus();
		else set({ focusWanted: 'map' });
	};
	return (
		<div class="off-road strip" ref={box}>
			<p><Icon name="it-warning-circle" size={16} /> {offRoadOf(numbers)}</p>
			<span class="acts">{numbers.slice(0, SHOWN_OFF).map((n, i) => <button key={i} type="button" class="small" onClick={() => takeOut(n)}>Togli il punto {n}</button>)}</span>
		</div>
	);
}

const SHOWN = 2;

/* Closed already, all of it: it may be closed again, or that one may be looked at. */
function Already({ d }) {
	const list = d.preview?.already || [];
	if (!draws(d) || !list.length) return null;
	return (
		<ul class="already">
			{list.slice(0, SHOWN).map((c) => (
				<li key={c.id} class="strip"><Icon name="it-warning-circle" size={16} /><span>{alreadyOf(c, now())}</span>
					<button type="button" class="small" onClick={() => showClosure(c.id)}>Apri quella</button></li>
			))}
			{list.length > SHOWN && <li class="soft">{list.length === SHOWN + 1 ? 'E un’altra.' : `E altre ${list.length - SHOWN}.`}</li>}
		</ul>
	);
}

const TITLES = { new: 'Chiudi una strada', moving: 'Sposta la chiusura', changing: 'Cambia la chiusura' };
const actOf = (d) => (!d.id ? 'new' : d.moving ? 'moving' : 'changing');
const VERBS = { closed: 'Chiudi', slow: 'Rallenta' };

export function DrawPanel() {
	const d = useStore((s) => s.drawing);
	return d ? <Drawing d={d} /> : null;
}

function Drawing({ d }) {
	const first = useRef();
	const submit = useRef();
	usePreview(d);
	useStepFocus('closure-form', d.moving ? submit : first);
	const onKey = (e) => {
		if (e.key !== 'Escape' || e.defaultPrevented) return;
		e.preventDefault();
		e.stopPropagation();
		leaveDrawing();
	};
	return (
		<section class="draw panel" id="disegno" aria-labelledby="draw-title" tabIndex={-1} onKeyDown={onKey}>
			<header class="panel-head"><h2 id="draw-title">{TITLES[actOf(d)]}</h2></header>
			<form class="scroll" onSubmit={(e) => { e.preventDefault(); confirmDrawing(); }}>
				{d.moving && <p>Ora è qui: <b>{streetsOf(d.closure)}</b>. Indica il posto giusto: motivo e orari restano.</p>}
				{draws(d) && <Modes mode={d.mode} />}
				{draws(d) && (d.mode === 'crossings' ? <Crossings d={d} /> : <Hand d={d} />)}
				<Taken d={d} />
				<OffRoad d={d} />
				<Already d={d} />
				{d.moving ? <OneWay d={d} /> : <Effect d={d} first={first} />}
				<p class="choices actions">
					<button type="submit" ref={submit} class="primary" disabled={d.busy || d.gone || !isReady(d)}><kbd>Invio</kbd>{d.busy ? 'Un momento…' : d.moving ? 'Sposta' : d.id ? 'Salva' : VERBS[d.kind]}</button>
					<button type="button" aria-keyshortcuts="Escape" onClick={leaveDrawing}><kbd>Esc</kbd>Lascia</button>
				</p>
			</form>
		</section>
	);
}
