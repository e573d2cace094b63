/*
 * «Conferma il punto»: a report from the web says where, a person says that it is there, or where else: by address
 * or on the map. Source: pages.md section 3.4 (point confirmed).
 */
import { useState } from 'preact/hooks';
import { say } from '../shared/staff/announce.js';
import { Icon } from '../shared/staff/marks.jsx';
import { act, complain } from './acts.js';
import { close, Dialog } from './dialog.jsx';
import { goTo } from './map_view.js';
import { pickOnMap } from './phone_flow.js';
import { PlaceBox } from './place_box.jsx';
import { placeOf } from './queue_order.js';
import { get, set } from './state.js';

/* Street and number, as an incident holds them. */
const addressOf = (p) => (p.street ? [p.street, p.number].filter(Boolean).join(' ') : p.label);

async function place(id, { lat, lon }, address) {
	const done = await act(get().incidents[id], 'place', { lat, lon, ...(address ? { address } : {}) }, 'Il punto non è cambiato.');
	if (!done) return;
	goTo(done, 15);
	say(`Punto confermato: ${placeOf(done)}.`);
	set({ focusWanted: 'heading' });
}

/* The next press on the map is the place; Esc leaves it as it was. The phone form picks with `true`. */
function byMap(id) {
	set({ layer: null, picking: id, pane: 'mappa', tab: 'mappa', focusWanted: 'map' });
	say('Tocca il punto sulla mappa, o spostala con le frecce e premi Invio. Esc lascia.');
}
document.addEventListener('desk:point', async (e) => {
	const id = get().picking;
	if (id === true || !get().incidents[id]) return;
	const found = await pickOnMap(e.detail);
	set({ pane: 'scheda' });
	place(id, found, found.street ? addressOf(found) : '').catch(complain);
});

export function Point() {
	const { incident: id } = get().layer;
	const incident = get().incidents[id];
	const [words, setWords] = useState('');
	const [wrong, setWrong] = useState('');
	const confirm = async (point, address) => {
		try {
			await place(id, point, address);
			close();
		} catch (problem) {
			setWrong(problem.message);
		}
	};
	const known = incident.lat != null;
	return (
		<Dialog title="Conferma il punto">
			<div class="point">
				<p><Icon name="it-map-marker" /> {placeOf(incident)}{incident.point_confirmed && <span class="soft"> · già confermato</span>}</p>
				{known && <p class="choices"><button type="button" class="primary" data-first onClick={() => confirm(incident)}><kbd>Invio</kbd>È dov’è sulla mappa</button></p>}
				<PlaceBox id="point-search" label="Oppure un altro indirizzo" placeholder="via, numero, comune" value={words} onValue={setWords} autoFirst={!known}
					onPick={(p) => { setWords(p.label); confirm(p, addressOf(p)); }} onLeave={close} />
				<p class="choices"><button type="button" onClick={() => byMap(id)}><Icon name="it-pin" />Indica sulla mappa</button></p>
				{wrong && <p class="wrong" role="alert">{wrong}</p>}
			</div>
		</Dialog>
	);
}
