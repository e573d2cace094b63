/*
 * A field that searches addresses as one types, and its list: a combobox by the book. The first place is the
 * chosen one, Enter takes it, arrows choose another, Esc closes the list and then empties the field. Who types
 * faster than the search means the words that stand there: Enter waits for their list. A list of what there is, before
 * anything is typed, opens with the focus, and none of it is chosen yet.
 * Not here: the search (places.js), what becomes of the place. Source: pages.md sections 4.1, 7.
 */
import { useEffect, useState } from 'preact/hooks';
import { say } from '../shared/staff/announce.js';
import { Icon } from '../shared/staff/marks.jsx';
import { kindOf, usePlaceSearch } from './places.js';

const UNFINISHED = 'Scrivi anche il nome della via.';
const NONE = 'Nessun indirizzo trovato. Controlla come è scritto, o scrivi solo la via.';

function List({ id, search, at, choose, none }) {
	const { state, places, retry } = search;
	/* Taking the pointer down must not take the focus out of the field. */
	const hold = (e) => e.preventDefault();
	return (
		<div class="place-list" onMouseDown={hold}>
			{places.length > 0 && <ul id={`${id}-list`} role="listbox" aria-label="Indirizzi trovati">
				{places.map((p, n) => (
					<li key={`${p.label}${p.lat}${p.lon}`} id={`${id}-${n}`} role="option" aria-selected={n === at} onClick={() => choose(p)}>
						<span>{p.label}</span>{kindOf(p) && <span class="soft"> · {kindOf(p)}</span>}
					</li>
				))}
			</ul>}
			{state === 'looking' && <p class="soft">Cerco…</p>}
			{state === 'empty' && <p class="soft">{none}</p>}
			{state === 'unfinished' && <p class="soft">{UNFINISHED}</p>}
			{state === 'failed' && <p>La ricerca indirizzi non risponde. <button type="button" class="small" onClick={retry}><Icon name="it-refresh" size={14} />Riprova</button></p>}
		</div>
	);
}

function useSpeech(search, shown, none) {
	const first = search.places[0]?.label;
	useEffect(() => {
		if (!shown) return;
		if (search.state === 'found') say(`${search.places.length === 1 ? '1 indirizzo' : `${search.places.length} indirizzi`}. Primo: ${first}.`);
		if (search.state === 'empty') say(none === NONE ? 'Nessun indirizzo trovato.' : none);
		if (search.state === 'unfinished') say(UNFINISHED);
		if (search.state === 'failed') say('La ricerca indirizzi non risponde.');
	}, [search.state, first, shown]);
}

/* query: what to search for the words typed; keep: which places may be chosen; near: where they are
 * looked for first, else where the map stands; none: what is said when there is none; most: so many are shown; lists: `query`
 * asks something of an empty field too; onLeave: Esc in an empty field; escLeaves: with words in it too, which whoever leaves keeps. */
export function PlaceBox({ id, label, placeholder, value, onValue, onPick, onLeave = () => {}, escLeaves, query = (q) => q, keep, near, none = NONE, most, lists, field, shortcuts, hideLabel, autoFirst }) {
	const [typing, setTyping] = useState(false);
	const [at, setAt] = useState(0);
	const [awaited, setAwaited] = useState(false);
	const search = usePlaceSearch(typing ? query(value) : '', keep, near, most);
	const shown = typing && search.state !== 'idle';
	useEffect(() => { setAt(value ? 0 : -1); }, [search.places]);
	useSpeech(search, shown, none);
	const choose = (place) => {
		setTyping(false);
		setAwaited(false);
		onPick(place);
	};
	useEffect(() => {
		if (!awaited || search.late) return;
		setAwaited(false);
		if (shown && search.places[0]) choose(search.places[0]);
	}, [awaited, search.late, search.places]);
	const onKey = (e) => {
		if (e.ctrlKey || e.altKey || e.metaKey) return;
		const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[e.key];
		if (to !== undefined) {
			setTyping(true);
			setAt(Math.max(0, Math.min(search.places.length - 1, to)));
		} else if (e.key === 'Enter' && shown && (value || (at >= 0 && !search.late))) {
			if (e.repeat) return;
			if (search.late && at === 0) setAwaited(true);
			else if (search.places[at]) choose(search.places[at]);
			else if (search.state === 'failed') search.retry();
		} else if (e.key === 'Escape') {
			if (shown) setTyping(false);
			else if (value && !escLeaves) onValue('');
			else onLeave();
		} else return;
		e.preventDefault();
		e.stopPropagation();
	};
	return (
		<div class="place-box">
			<label for={id} class={hideLabel ? 'sr-only' : ''}>{label}</label>
			<input id={id} ref={field} type="search" value={value} placeholder={placeholder} autocomplete="off" spellcheck={false} role="combobox"
				aria-autocomplete="list" aria-expanded={shown && search.places.length > 0 ? 'true' : 'false'} aria-controls={`${id}-list`} aria-keyshortcuts={shortcuts}
				aria-activedescendant={shown && search.places[at] ? `${id}-${at}` : undefined} data-first={autoFirst ? '' : undefined}
				onFocus={() => { if (lists && !value) setTyping(true); }} onInput={(e) => { setTyping(true); setAwaited(false); onValue(e.currentTarget.value); }} onKeyDown={onKey} onBlur={() => { setTyping(false); setAwaited(false); }} />
			{shown && <List id={id} search={search} at={at} choose={choose} none={none} />}
		</div>
	);
}
