/*
 * The address search above the map: Maiusc+V (via). A chosen place is shown with a pin and the view goes there; until then
 * the map stays under the hand. Source: pages.md sections 3.4, 4.1.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/staff/marks.jsx';
import { useWish } from './focus.js';
import { goTo } from './map_view.js';
import { PlaceBox } from './place_box.jsx';
import { BY_KEYS } from './settings.js';
import { set, useStore } from './state.js';

const ZOOM = { address: 17, crossing: 17, street: 16, place: 14 };

export function showPlace(place) {
	set({ found: { lat: place.lat, lon: place.lon, label: place.label }, pane: 'mappa', tab: 'mappa', focusWanted: 'map' }); /* the next keys are commands again */
	goTo(place, ZOOM[place.kind] || 16);
}

export function MapSearch() {
	const field = useRef();
	const [words, setWords] = useState('');
	const found = useStore((s) => s.found);
	useWish('search', true, () => {
		field.current.focus();
		field.current.select();
	});
	useEffect(() => setWords(found ? found.label : ''), [found]);
	const type = (value) => {
		setWords(value);
		if (!value) set({ found: null });
	};
	return (
		<div class="map-search" role="search" aria-label="Cerca un indirizzo sulla mappa">
			<Icon name="it-search" />
			<PlaceBox id="map-search" label="Cerca un indirizzo" hideLabel placeholder={`Via, incrocio o luogo${BY_KEYS ? ' (Maiusc+V)' : ''}`} value={words} onValue={type}
				onPick={showPlace} onLeave={() => set({ focusWanted: 'map' })} field={field} shortcuts="Shift+V" />
			{found && <button type="button" class="small" onClick={() => { type(''); set({ focusWanted: 'search' }); }}>Togli</button>}
		</div>
	);
}
