/*
 * One part of the desk alone on a second screen, `/desk?vista=mappa` (or squadre, coda): what is chosen in one
 * window of this browser is chosen in the others. Source: pages.md section 3.4.
 */
import { useEffect } from 'preact/hooks';
import { onOpen, openIncident } from './acts.js';
import { Queue } from './queue.jsx';
import { Board } from './side.jsx';
import { DeskMap } from './map.jsx';
import { get, set, useStore } from './state.js';

const PARTS = { mappa: { name: 'Mappa', draw: DeskMap }, squadre: { name: 'Squadre', draw: Board }, coda: { name: 'Coda', draw: Queue } };
const wanted = new URLSearchParams(location.search).get('vista');
export const part = PARTS[wanted] ? wanted : '';

const channel = new BroadcastChannel('prontod.desk');

/* open: what the desk has open; choose: what a second screen asks it to open; hello: a second screen begins. */
function hear({ data }) {
	if (part && 'open' in data) set({ open: data.open });
	else if (!part && data.choose) openIncident(data.choose, { quiet: true });
	else if (!part && data.hello) channel.postMessage({ open: get().open });
}

export function useOtherScreens() {
	const open = useStore((s) => s.open);
	useEffect(() => {
		channel.onmessage = hear;
		if (!part) return;
		onOpen((id) => {
			set({ open: id });
			channel.postMessage({ choose: id });
		});
		channel.postMessage({ hello: true });
	}, []);
	useEffect(() => { if (!part) channel.postMessage({ open }); }, [open]);
}

export const openVista = (name) => window.open(`/desk?vista=${name}`, `prontod-${name}`, 'popup,width=1280,height=900');

export function OnePart() {
	const connection = useStore((s) => s.connection);
	const { name, draw: Part } = PARTS[part];
	useEffect(() => { document.title = `${name} · Sala operativa`; }, []);
	return (
		<>
			<header class="topbar" id="testa"><h1>{name}<span class="sr-only"> · Sala operativa</span></h1><span class="push" />
				<span class={`connection ${connection}`}><span class="dot" aria-hidden="true" />{connection === 'in-diretta' ? 'In diretta' : 'Dati fermi'}</span></header>
			<main class="one-part" data-vista={part}><Part /></main>
		</>
	);
}
