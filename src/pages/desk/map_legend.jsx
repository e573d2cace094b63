/*
 * What the signs of the map mean, opened on demand. Source: pages.md sections 2.2, 2.4.
 */
import { Icon } from '../shared/staff/marks.jsx';
import { IncidentSign } from './map_sign.jsx';
import { HeadingArrow, OffRoadSign } from './map_things.jsx';

function Stroke({ name }) {
	return <svg class={`stroke stroke-${name}`} width="40" height="14" viewBox="0 0 40 14" aria-hidden="true"><path d="M2 7h36" /><path d="M2 7h36" class="over" /></svg>;
}

const PILLS = [['', 'posizione di adesso'], [' driving', 'in viaggio, da che parte va'], [' stale', 'posizione di oltre 2 minuti fa'], [' base', 'posizione non nota: la sua sede'], [' reperibile', 'reperibile']];

export function Legend() {
	return (
		<details class="legend">
			<summary>Legenda</summary>
			<div tabIndex={0} role="group" aria-label="Segni della mappa">
				<h3>Interventi</h3>
				<ul>
					{[[1, 'urgenza massima'], [2, 'urgenza media'], [3, 'urgenza bassa']].map(([rank, words]) => <li key={rank}><IncidentSign rank={rank} letters="" />{words}</li>)}
					<li><IncidentSign rank={1} letters="" rings={['adesso']} />ha bisogno di qualcuno adesso</li>
					<li><IncidentSign rank={3} letters="" rings={['held']} />termine fermo</li>
					<li><span class="pin"><IncidentSign rank={1} letters="" /><b>7</b></span>sette vicini, il più grave</li>
				</ul>
				<h3>Squadre</h3>
				<ul>{PILLS.map(([kind, words]) => <li key={words}><span class={`pill${kind}`}>{kind === ' driving' && <HeadingArrow heading={45} />}<Icon name="it-car" size={14} />3</span>{words}</li>)}</ul>
				<h3>Strade</h3>
				<ul>
					<li><Stroke name="closed" />chiusa</li>
					<li><Stroke name="slow" />rallentata</li>
					<li><Stroke name="way" />percorso della squadra</li>
					<li><OffRoadSign n={3} />punto disegnato, non su una strada</li>
				</ul>
			</div>
		</details>
	);
}
