/*
 * The right column: map, board of the crews, faults near the place of the open form.
 * Source: pages.md sections 3.4, 5.
 */
import { useEffect, useRef } from 'preact/hooks';
import { useNow } from '../shared/staff/clock.js';
import { Icon, Urgency } from '../shared/staff/marks.jsx';
import { ago, drive, hm } from '../shared/staff/times.js';
import { openIncident } from './acts.js';
import { chooseCrew } from './crew_choice.js';
import { DrawPanel } from './draw.jsx';
import { drives, drivingWords } from './driving.js';
import { DeskMap } from './map.jsx';
import { placeOf } from './queue_order.js';
import { Roads } from './roads.jsx';
import { set, useStore } from './state.js';

/* Where all columns stand side by side, the board is below the map unless the closures are chosen. */
const WIDE = matchMedia('(min-width: 1440px)');
const ORDER = { offered: 0, accepted: 1, en_route: 2, on_site: 3, available: 4, on_call: 5, off: 6 };
const GROUPS = [
	['In turno', (c) => c.state !== 'on_call' && c.state !== 'off'],
	['Reperibili', (c) => c.state === 'on_call'],
	['Fuori turno', (c) => c.state === 'off'],
];

function CrewRow({ crew, at }) {
	const old = crew.position_at && at - Date.parse(crew.position_at) > 10 * 60000;
	const chosen = useStore((s) => s.crewOn === crew.id);
	/* In words what the map draws. */
	const minutes = useStore((s) => (s.way?.crew === crew.id && s.way.line ? `${drive(s.way.left_s)} di strada, arrivo alle ${hm(s.way.arrival_at)}` : ''));
	const row = useRef();
	useEffect(() => { if (chosen) row.current.scrollIntoView({ block: 'nearest' }); }, [chosen]);
	return (
		<li class={`crew-row${chosen ? ' current' : ''}`} ref={row} data-id={crew.id} data-stato={crew.state}>
			<p><button type="button" class="link name" aria-pressed={chosen} title="Mostra sulla mappa" onClick={() => chooseCrew(crew.id, { fromList: true })}>{crew.name}</button> <span class="state">{crew.state_label}</span>
				{crew.phone && <a class="push mono" href={`tel:${crew.phone}`}>{crew.phone}</a>}</p>
			<p class="soft">
				{crew.incident ? <button type="button" class="link" onClick={() => openIncident(crew.incident.id)}>{crew.incident.address || crew.incident.number}</button> : null}
				<span>{(crew.skill_labels || crew.skills || []).join(', ')}</span>
				{crew.shift_ends && <span>fino alle {hm(crew.shift_ends)}</span>}
				{minutes && <span>{minutes}</span>}
				{drives(crew, at) && <span>{drivingWords(crew)}</span>}
				{crew.lat == null && <span>posizione non nota</span>}
				{crew.position_at && <span class={old ? 'stale' : ''}>{old ? `posizione di ${ago(crew.position_at, at)}` : ago(crew.position_at, at)}</span>}
			</p>
		</li>
	);
}

export function Board() {
	const crews = useStore((s) => s.crews);
	const at = useNow(30);
	const list = Object.values(crews).sort((a, b) => (ORDER[a.state] ?? 9) - (ORDER[b.state] ?? 9) || a.name.localeCompare(b.name, 'it', { numeric: true }));
	const on = list.filter((c) => c.state !== 'off' && c.state !== 'on_call').length;
	return (
		<section class="board panel" id="squadre" aria-labelledby="board-title" tabIndex={-1}>
			<header class="panel-head"><h2 id="board-title">Squadre <span class="soft">{on} in turno</span></h2></header>
			<div class="scroll" tabIndex={0} role="group" aria-labelledby="board-title">
				{list.length === 0 && <p class="notice">Nessuna squadra in turno.</p>}
				{GROUPS.map(([name, test]) => {
					const some = list.filter(test);
					return some.length > 0 && <section key={name}><h3>{name}</h3><ul>{some.map((c) => <CrewRow key={c.id} crew={c} at={at} />)}</ul></section>;
				})}
			</div>
		</section>
	);
}

function Near() {
	const near = useStore((s) => (s.form && !s.form.stored ? s.lookup.near : null));
	const at = useNow(60);
	if (!near) return null;
	return (
		<section class="near panel" aria-labelledby="near-title" tabIndex={near.length ? 0 : undefined}>
			<header class="panel-head"><h2 id="near-title">Vicino a qui</h2></header>
			{near.length === 0 && <p class="notice">Nessun guasto aperto entro 300 m.</p>}
			<ul>
				{near.map((i) => (
					<li key={i.id} class="crew-row"><p><Urgency rank={i.urgency_rank} size={16} /> <b>{i.kind}</b> {placeOf(i)}</p>
						<p class="soft"><span>{i.distance_m != null && `a ${i.distance_m} m`}</span><span>{ago(i.opened_at, at)}</span><span>{i.reports} segn.</span><span>{i.state_label}</span></p></li>
				))}
			</ul>
		</section>
	);
}

export function Side() {
	const tab = useStore((s) => s.tab);
	const drawing = useStore((s) => Boolean(s.drawing));
	const count = useStore((s) => s.closures.length);
	const pick = (t) => () => set({ tab: t });
	const lower = tab === 'chiusure' ? <Roads /> : <Board />;
	return (
		<aside class="side" id="fianco" data-tab={drawing ? 'disegno' : tab} aria-label="Mappa, squadre, chiusure" tabIndex={-1}>
			<div class="tabs">
				<button type="button" class="tab-map" aria-pressed={tab === 'mappa'} onClick={pick('mappa')}><Icon name="it-map-marker" />Mappa</button>
				<button type="button" aria-pressed={tab === 'squadre' || (tab === 'mappa' && WIDE.matches)} onClick={pick('squadre')}><Icon name="it-car" />Squadre</button>
				<button type="button" aria-pressed={tab === 'chiusure'} onClick={pick('chiusure')}><Icon name="it-ban" />Chiusure{count > 0 && <span class="count">{count}</span>}</button>
			</div>
			<DeskMap />
			{drawing ? <DrawPanel /> : <><Near />{lower}</>}
		</aside>
	);
}
