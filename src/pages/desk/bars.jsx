/*
 * Top bar (clock, what is to do, connection, who), bottom bar (undo, drafts, keys, age of the data),
 * banners under the top bar. Source: pages.md sections 3.4, 5.
 */
import { useNow } from '../shared/staff/clock.js';
import { Chip, Icon } from '../shared/staff/marks.jsx';
import { day, hms, span } from '../shared/staff/times.js';
import { logout, needing, newForm, nextToDo, resumeForm, undoLast } from './acts.js';
import { groupOf } from './queue_order.js';
import { cycleTheme, themeName, toggleMute } from './settings.js';
import { tryOut } from './sound.js';
import { dropBanner, get, isOpen, outbox, set, useStore } from './state.js';

const CONNECTION = { 'in-diretta': 'In diretta', ritardo: 'In ritardo', persa: 'Connessione persa' };

function Clock() {
	const at = useNow(1);
	return <time class="mono clock" datetime={new Date(at).toISOString()}><span class="date">{day(at)}</span> {hms(at)}</time>;
}

function Title() {
	const incidents = useStore((s) => s.incidents);
	const setup = useStore((s) => s.setup);
	const at = useNow(15);
	const count = needing(Object.values(incidents).filter(isOpen), at);
	const name = setup && setup.utilities.length === 1 ? setup.utilities[0].name : 'prontod';
	document.title = `${count ? `(${count}!) ` : ''}Sala operativa · ${name}`;
	return <h1>{name}<span class="sr-only"> · Sala operativa</span></h1>;
}

function ToDo() {
	const incidents = useStore((s) => s.incidents);
	const at = useNow(15);
	const unsorted = useStore((s) => s.unsorted);
	const count = unsorted.length + Object.values(incidents).filter((i) => isOpen(i) && groupOf(i, at) === 'now').length;
	return <button type="button" class="todo" aria-keyshortcuts="O" onClick={nextToDo}>Da fare <b>{count}</b><kbd>O</kbd></button>;
}

function Sound() {
	const on = useStore((s) => s.soundOn);
	const muted = useStore((s) => s.mutedUntil);
	const at = useNow(15);
	if (!on) return <button type="button" class="sound" onClick={tryOut}><Chip level="presto">Suono spento</Chip><span>Prova suono</span></button>;
	return (
		<button type="button" aria-keyshortcuts="M" onClick={toggleMute} aria-pressed={muted > at}>
			<Icon name="it-horn" />{muted > at ? `Muto ${span((muted - at) / 1000)}` : 'Suono'}
		</button>
	);
}

export function TopBar() {
	const connection = useStore((s) => s.connection);
	const user = useStore((s) => s.setup?.user);
	const parked = useStore((s) => s.parked);
	useStore((s) => s.themeName);
	return (
		<header class="topbar" id="testa">
			<Title />
			<Clock />
			<ToDo />
			<button type="button" class="call" aria-keyshortcuts="N F2" onClick={newForm}><Icon name="it-telephone" />Nuova<kbd>N</kbd></button>
			{parked.length > 0 && (
				<div class="drafts">
					{parked.map((d) => (
						<button type="button" class="draft" key={d.id} onClick={() => resumeForm(d.id)}><Icon name="it-note" size={14} />Bozza {hms(d.started).slice(0, 5)}{d.name ? ` ${d.name}` : ''}</button>
					))}
				</div>
			)}
			<button type="button" class="search" aria-keyshortcuts="Control+K C" onClick={() => set({ layer: { kind: 'palette' } })}><Icon name="it-search" />Cerca o comanda<kbd>Ctrl+K</kbd></button>
			<span class="push" />
			<span class={`connection ${connection}`}><span class="dot" aria-hidden="true" />{CONNECTION[connection]}</span>
			<Sound />
			<button type="button" class="theme" onClick={cycleTheme}>Tema: {themeName()}</button>
			<span class="user"><Icon name="it-user" />{(user?.name || '').split(' ')[0]}</span>
			<button type="button" onClick={logout}>Esci</button>
		</header>
	);
}

export function Banners() {
	const banners = useStore((s) => s.banners);
	if (!banners.length) return null;
	return (
		<div class="banners">
			{banners.map((b) => (
				<section key={b.id} class={`banner ${b.level}`} aria-label={b.title}>
					<Icon name={b.level === 'adesso' ? 'it-error' : b.level === 'presto' ? 'it-warning-circle' : 'it-info-circle'} size={20} />
					<p><b>{b.title}</b> {b.text}</p>
					{b.actions.map((a) => <button type="button" key={a.label} onClick={a.run}>{a.label}</button>)}
					{!b.actions.length && <button type="button" onClick={() => dropBanner(b.id)}>Va bene così</button>}
				</section>
			))}
		</div>
	);
}

function Undo() {
	const undo = useStore((s) => s.undo);
	const at = useNow(1);
	return undo.map((u, i) => (
		<span class="undo" key={u.id}>
			<button type="button" aria-keyshortcuts={i === undo.length - 1 ? 'Z' : undefined} onClick={() => undoLast(u)}>
				<Icon name="it-restore" size={14} />{i === undo.length - 1 && <kbd>Z</kbd>}{u.stuck ? 'Riprova ad annullare' : `Annulla ${Math.max(0, Math.ceil((u.until - at) / 1000))} s`}
			</button> {u.label}
		</span>
	));
}

function Waiting() {
	const count = useStore((s) => s.waiting);
	if (!count) return null;
	return (
		<details class="waiting"><summary>{count === 1 ? '1 azione in attesa' : `${count} azioni in attesa`}</summary>
			<ul>{outbox.items().map((i) => (
				<li key={i.id}>{i.label} · {hms(i.at)} {i.refused ? <><b>non inviata: {i.refused}</b> <button type="button" class="small" onClick={() => outbox.drop(i.id)}>Togli</button></> : 'in attesa'}</li>
			))}</ul>
		</details>
	);
}

function Age({ stream }) {
	useNow(1);
	const age = stream.current ? Math.floor(stream.current.age() / 1000) : 0;
	return <span class="age">dati di {age < 60 ? `${age} s` : span(age)} fa</span>;
}

export function BottomBar({ stream }) {
	const form = useStore((s) => Boolean(s.form));
	const saved = useStore((s) => s.draftSaved);
	return (
		<footer class="bottombar" id="piede">
			<Undo />
			<Waiting />
			{form && saved && <span>Bozza salvata {hms(saved)}</span>}
			<span class="push" />
			{form
				? <span class="keys"><kbd>Ctrl+Invio</kbd> registra e basta <kbd>Esc</kbd> parcheggia <kbd>H</kbd> aiuto</span>
				: <span class="keys"><kbd>N</kbd> nuova <kbd>O</kbd> prossimo <kbd>A</kbd> assegna <kbd>H</kbd> aiuto</span>}
			<Age stream={stream} />
		</footer>
	);
}

export function Tabs() {
	const pane = useStore((s) => s.pane);
	const open = useStore((s) => Boolean(s.open || s.report || s.form));
	const go = (to) => () => set({ pane: to, tab: to === 'squadre' || to === 'chiusure' ? to : 'mappa' });
	const tab = (name, label, icon) => <button type="button" aria-current={pane === name ? 'page' : undefined} onClick={go(name)}><Icon name={icon} size={20} />{label}</button>;
	return (
		<nav class="panes" aria-label="Riquadri">
			{tab('coda', 'Coda', 'it-list')}
			{open && tab('scheda', get().form ? 'Modulo' : 'Scheda', 'it-note')}
			{tab('mappa', 'Mappa', 'it-map-marker')}
			{tab('squadre', 'Squadre', 'it-car')}
			{tab('chiusure', 'Chiusure', 'it-ban')}
		</nav>
	);
}
