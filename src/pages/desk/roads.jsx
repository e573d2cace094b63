/*
 * The list of closed and slow roads, what of them is in force, and the speed profile. Everything that the map
 * shows of roads stands here in words. Not here: drawing (draw.jsx), storing (roads_flow.js). Source: pages.md 3.4, 5.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useNow } from '../shared/staff/clock.js';
import { Icon, Time } from '../shared/staff/marks.jsx';
import { moment } from '../shared/staff/times.js';
import { useWish } from './focus.js';
import { fitPoints } from './map_view.js';
import { changeClosure, chooseProfile, closurePoints, lift, loadRoads, mayClose, moveClosure, startDrawing } from './roads_flow.js';
import { iconOf, inForce, PROFILES, spanOf, stateOf, streetsOf, undrawnOf } from './roads_words.js';
import { set, useStore } from './state.js';

function Who({ closure: c, at }) {
	return (
		<span class="soft">{c.made_by}, <Time at={c.made_at}>{moment(c.made_at, at)}</Time>
			{c.changed_by && <>; cambiata da {c.changed_by}, <Time at={c.changed_at}>{moment(c.changed_at, at)}</Time></>}</span>
	);
}

function Closure({ closure: c, at, may }) {
	const show = () => {
		set({ pane: 'mappa', tab: 'mappa' });
		fitPoints(closurePoints(c), { maxZoom: 16 });
	};
	const card = useRef();
	useWish(`closure ${c.id}`, true, () => card.current.focus());
	const words = stateOf(c);
	/* Its row goes, the focus stays in the list. */
	const open = async () => { if (await lift(c)) set({ focusWanted: 'roads' }); };
	return (
		<li class="closure" ref={card} tabIndex={-1} data-id={c.id} data-stato={c.state}>
			<p><Icon name={iconOf(c)} /> <b>{streetsOf(c)}</b>{c.municipality && `, ${c.municipality}`}{c.more > 0 && ` · ${undrawnOf(c)}`}</p>
			<p>{words[0].toUpperCase() + words.slice(1)}{c.one_way && ' in un solo senso'}{c.state === 'planned' ? ' ' : ', '}{spanOf(c, at)}{c.reason && ` · ${c.reason}`}</p>
			<p class="closure-foot"><Who closure={c} at={at} />
				<span class="acts">
					<button type="button" class="small" onClick={show}>Mostra</button>
					{may && <button type="button" class="small" onClick={() => changeClosure(c)}>Cambia</button>}
					{may && <button type="button" class="small" onClick={() => moveClosure(c)}>Sposta</button>}
					{may && <button type="button" class="small" onClick={open}>{c.state === 'planned' || c.kind === 'slow' ? 'Togli' : 'Riapri'}</button>}
				</span></p>
		</li>
	);
}

/* Chosen first, applied with the button: arrows in a list must not change every crew's time. */
function Profile({ roads, at, may }) {
	const held = roads.source === 'hand' ? roads.profile : '';
	const [choice, setChoice] = useState(held);
	const [until, setUntil] = useState('');
	const [wrong, setWrong] = useState(null);
	const select = useRef();
	const field = useRef();
	useEffect(() => { setChoice(held); }, [held]);
	const submit = async (e) => {
		e.preventDefault();
		const found = await chooseProfile(choice || null, until);
		setWrong(found);
		if (found?.until) field.current?.focus();
		if (!found) select.current?.focus(); /* the button has nothing left to apply */
	};
	return (
		<form class="profile" onSubmit={submit}>
			<p>Tempi di strada: <b>{inForce(roads, at)}</b></p>
			{may && (
				<div class="query">
					<label class="grow">Profilo <select ref={select} value={choice} onChange={(e) => setChoice(e.currentTarget.value)}>
						<option value="">automatico (secondo l’ora)</option>
						{Object.entries(PROFILES).map(([code, name]) => <option key={code} value={code}>{name}</option>)}
					</select></label>
					{choice && choice !== held && <label class="grow">Fino a (facoltativo) <input ref={field} type="datetime-local" value={until} aria-invalid={wrong?.until ? 'true' : undefined} aria-describedby={wrong?.until ? 'err-profile-until' : undefined}
						onInput={(e) => setUntil(e.currentTarget.value)} /></label>}
					{wrong?.until && <span class="wrong" id="err-profile-until" role="alert">{wrong.until}</span>}
					<button type="submit" disabled={choice === held}>Applica</button>
				</div>
			)}
			{wrong?.said && <p class="wrong" role="alert">{wrong.said}</p>}
		</form>
	);
}

function Kept() {
	const kept = useStore((s) => s.drawingKept);
	if (!kept) return null;
	const what = kept.preview ? streetsOf(kept.preview, 2) : kept.streetWords || `${kept.points.length} punti`;
	return (
		<p class="strip">Disegno lasciato a metà: {what}. <span class="acts"><button type="button" class="small" onClick={() => startDrawing(kept.mode, { resume: true })}>Riprendi</button>
			<button type="button" class="small" onClick={() => set({ drawingKept: null, focusWanted: 'roads' })}>Butta</button></span></p>
	);
}

export function Roads() {
	const closures = useStore((s) => s.closures);
	const roads = useStore((s) => s.roads);
	const failed = useStore((s) => s.roadsFailed);
	const applying = useStore((s) => s.applying);
	const at = useNow(30);
	const section = useRef();
	const may = mayClose();
	useWish('roads', true, () => section.current.focus());
	const list = [...closures].sort((a, b) => (a.state === b.state ? Date.parse(b.made_at) - Date.parse(a.made_at) : a.state === 'active' ? -1 : 1));
	return (
		<section class="roads panel" id="chiusure" ref={section} aria-labelledby="roads-title" tabIndex={-1}>
			<header class="panel-head"><h2 id="roads-title">Chiusure <span class="count">{closures.length}</span></h2>
				{may && <button type="button" class="push" aria-keyshortcuts="Shift+C" onClick={() => startDrawing('hand')}><Icon name="it-ban" />Chiudi una strada<kbd class="after">Maiusc+C</kbd></button>}
			</header>
			<div class="scroll" tabIndex={0} role="group" aria-labelledby="roads-title">
				{(applying || roads?.state === 'building') && <p class="strip" role="status" data-applica>In corso… tra poco le squadre ne terranno conto.</p>}
				<Kept />
				{failed && <p class="notice">{failed} <button type="button" class="small" onClick={loadRoads}><Icon name="it-refresh" size={14} />Riprova</button></p>}
				{roads && <Profile roads={roads} at={at} may={may} />}
				{!failed && roads && list.length === 0 && <p class="notice">Nessuna strada chiusa o rallentata.</p>}
				<ul>{list.map((c) => <Closure key={c.id} closure={c} at={at} may={may} />)}</ul>
			</div>
		</section>
	);
}
