/*
 * The dispatcher's page: reads everything once, follows the stream, draws queue, card or phone form,
 * and the right column. Source: pages.md section 3.4; contract in src/http/openapi.yaml.
 */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { onSessionEnd } from '../shared/staff/api.js';
import { SessionPanel } from '../shared/staff/session.jsx';
import { draftsKey } from './acts.js';
import { Banners, BottomBar, Tabs, TopBar } from './bars.jsx';
import { Card } from './card.jsx';
import { startEvents } from './events.js';
import { startKeys } from './keys.js';
import { Layers } from './layers.jsx';
import { PhoneForm } from './phone.jsx';
import { Queue } from './queue.jsx';
import { applyTheme } from './settings.js';
import { Side } from './side.jsx';
import { SortCard } from './sort.jsx';
import { get, loadAll, outbox, set, useStore } from './state.js';
import { OnePart, part, useOtherScreens } from './vista.jsx';

let renewed = () => {};
onSessionEnd(() => new Promise((resolve) => {
	renewed = resolve;
	set({ expired: true });
}));

function restoreDrafts() {
	try {
		const drafts = JSON.parse(localStorage.getItem(draftsKey())) || [];
		if (drafts.length) set({ parked: drafts });
	} catch {
		/* Nothing readable was kept. */
	}
}

function Middle() {
	const form = useStore((s) => s.form?.id);
	const report = useStore((s) => s.report);
	return (
		<section class="middle panel" id="scheda" aria-label={form ? 'Nuova segnalazione' : report ? 'Segnalazione da smistare' : 'Scheda dell’intervento'} tabIndex={-1}>
			{form ? <PhoneForm key={form} /> : report ? <SortCard /> : <Card />}
		</section>
	);
}

function Expired({ stream }) {
	const expired = useStore((s) => s.expired);
	if (!expired) return null;
	return <SessionPanel login={get().setup?.user?.login || document.body.dataset.login || ''} onDone={() => {
		set({ expired: false });
		renewed();
		stream.current?.reopen();
	}} />;
}

function Desk() {
	const stream = useRef(null);
	const pane = useStore((s) => s.pane);
	const ready = useStore((s) => Boolean(s.setup));
	const [failed, setFailed] = useState('');
	useOtherScreens();
	useEffect(() => {
		const start = async () => {
			try {
				await loadAll();
			} catch (problem) {
				setFailed(problem.message);
				setTimeout(start, 4000);
				return;
			}
			setFailed('');
			restoreDrafts();
			stream.current = startEvents();
			if (outbox.waiting().length) outbox.flush();
		};
		start();
		return () => stream.current?.close();
	}, []);
	if (!ready) {
		return (
			<>
				<main class="notice big">{failed ? `La sala operativa non si carica: ${failed} Riprovo da sola.` : 'Carico la coda…'}</main>
				<Expired stream={stream} />
			</>
		);
	}
	if (part) {
		return (
			<>
				<OnePart />
				<Expired stream={stream} />
			</>
		);
	}
	return (
		<>
			<TopBar />
			<Banners />
			<main class="columns" data-pane={pane}>
				<Queue />
				<Middle />
				<Side />
			</main>
			<Tabs />
			<BottomBar stream={stream} />
			<Layers />
			<Expired stream={stream} />
		</>
	);
}

applyTheme();
setInterval(applyTheme, 60000);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
document.documentElement.dataset.connessione = 'in-diretta';
set({ waiting: outbox.items().length });
if (!part) startKeys();
render(<Desk />, document.getElementById('app'));
