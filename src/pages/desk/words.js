/*
 * Fixed words and small texts of the desk. Source: pages.md section 6.
 */
export const LOWER_REASONS = ['verificato al telefono', 'verificato sul posto', 'testo frainteso', 'altro'];
export const CANCEL_REASONS = ['doppione', 'falso allarme', 'non nostro', 'già risolto da altri', 'altro'];
export const FORCE_REASONS = ['unica vicina', 'accordo con la squadra', 'ordine del responsabile'];
export const DISPOSITIONS = [
	{ code: 'done', name: 'Riparato' },
	{ code: 'unfounded', name: 'Nulla riscontrato' },
	{ code: 'private', name: 'Guasto su impianto privato' },
	{ code: 'referred', name: 'Non nostro, passato ad altri' },
];
export const CHANNELS = {
	phone: { name: 'telefono', icon: 'it-telephone' },
	email: { name: 'e-mail', icon: 'it-mail' },
	web: { name: 'sito', icon: 'it-list' },
	sms: { name: 'SMS', icon: 'it-comment' },
	alarm: { name: 'telecontrollo', icon: 'it-plug' },
};
export const PREFER = { sms: 'SMS', email: 'e-mail', phone: 'telefonata', none: 'nessun avviso' };
export const ASSIGNMENT = {
	offered: 'Proposto', accepted: 'Accettato', en_route: 'In viaggio', arrived: 'Sul posto', left: 'Concluso',
	declined: 'Rifiutato', expired: 'Nessuna risposta', recalled: 'Richiamato',
};
export const TARGETS = {
	arrival: 'Arrivo', verify: 'Verifica', restore: 'Ripristino', repair: 'Riparazione', make_safe: 'Messa in sicurezza',
	substitute_supply: 'Acqua sostitutiva', call_answer: 'Risposta al telefono', feedback: 'Riscontro', notice: 'Preavviso',
};

/* What else the words may mean; the ways of not being ours count as one, the likeliest. */
export const otherRows = (c) => (c?.alternatives || []).filter((a, n, all) => a.row || all.findIndex((b) => !b.row) === n);

export const percent = (x) => `${Math.round(x * 100)} %`;

/* Where the machine's words stand in the text: byte offsets into UTF-8 become slices. */
export function marked(text, evidence, field = 'text') {
	const bytes = new TextEncoder().encode(text);
	const decoder = new TextDecoder();
	const cut = (from, to) => decoder.decode(bytes.slice(from, to));
	const spans = (evidence || []).filter((e) => e.in === field && e.end > e.start && e.end <= bytes.length)
		.sort((a, b) => a.start - b.start);
	const out = [];
	let at = 0;
	for (const e of spans) {
		const from = Math.max(e.start, at); /* two marks may share words: the first keeps them */
		if (from >= e.end) continue;
		if (from > at) out.push({ text: cut(at, from) });
		out.push({ text: cut(from, e.end), means: e.means_it || e.means });
		at = e.end;
	}
	out.push({ text: cut(at, bytes.length) });
	return out;
}

/* What each mark means, once a meaning, with all its words. */
export function byMeaning(evidence) {
	const found = new Map();
	for (const e of evidence || []) {
		const means = e.means_it || e.means;
		if (!found.has(means)) found.set(means, new Set());
		found.get(means).add(e.text);
	}
	return [...found].map(([means, words]) => ({ means, words: [...words] }));
}

const AREA = { sms: 'un SMS', email: 'un’e-mail', phone: 'una telefonata' };

/* What the caller is promised first: the arrival, or whatever the charter sets instead. */
export const firstTarget = (targets) => (targets || []).find((t) => t.effective) || (targets || []).find((t) => t.kind === 'arrival') || (targets || [])[0];

const PROMISE = { verify: 'veniamo a controllare', restore: 'lo sistemiamo', repair: 'ripariamo', make_safe: 'mettiamo in sicurezza' };

/* The level given, where the charter wants it told, and the time of the first intervention. */
function promise({ charter, said, due, kind }) {
	if (!due) return 'Per questo guasto la carta non fissa un tempo: Le diciamo l’orario appena è fissato.';
	const what = PROMISE[kind] || 'la squadra arriva';
	const first = charter?.tell_class === false || !said ? what[0].toUpperCase() + what.slice(1) : `${said}: ${what}`;
	return `${first} ${due}${charter?.condition_traffic ? ', se traffico e visibilità sono normali' : ''}.`;
}

/* «Da dire», before the safety advice. */
export function toSay({ classification, code, prefer, referTo, ...given }) {
	if (classification === 'none') return `Deve chiamare ${referTo || 'l’ente competente'}. Lo può scrivere? Resto in linea.`;
	const how = AREA[prefer] ? ` La avviso con ${AREA[prefer]}.` : '';
	return `${promise(given)} Il codice è ${code}.${how}`;
}

const AT_WORK = { assigned: 'è avvisata', en_route: 'è in viaggio', on_site: 'è sul posto', made_safe: 'ha messo in sicurezza il posto', restored: 'ha ripristinato il servizio' };

/* The same for a fault that is known: what is being done, then the promise, as long as nobody has come. */
export function toSayKnown({ since, state, code, arrived, ...given }) {
	return `Lo sappiamo dalle ${since}: la squadra ${AT_WORK[state] || 'sta per essere inviata'}. ${arrived ? '' : `${promise(given)} `}Ho aggiunto la sua segnalazione. Il codice è ${code}.`;
}

export function distance(a, b) {
	const rad = Math.PI / 180;
	const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
	const y = (b.lat - a.lat) * rad;
	return Math.round(Math.hypot(x, y) * 6371000);
}
