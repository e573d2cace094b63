/*
 * «Sessione scaduta»: a panel over the page asks the password; the page behind stays as it was.
 * Not the log-in page (that one is the server's own HTML). Source: pages.md sections 3.5, 3.6.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from './api.js';

export function SessionPanel({ login, onDone }) {
	const [wrong, setWrong] = useState('');
	const [busy, setBusy] = useState(false);
	const field = useRef();
	const dialog = useRef();
	useEffect(() => {
		const before = document.activeElement;
		dialog.current.showModal();
		field.current.focus();
		return () => before && before.focus && before.focus();
	}, []);
	async function submit(event) {
		event.preventDefault();
		setBusy(true);
		try {
			const answer = await post('/api/v1/session', { login, password: field.current.value }, { bare: true });
			onDone(answer);
		} catch (problem) {
			setWrong(problem.status === 401 ? 'Password non corretta. Riprova.' : problem.message);
			setBusy(false);
			field.current.focus();
		}
	}
	return (
		<dialog ref={dialog} class="session" aria-labelledby="session-title" onCancel={(e) => e.preventDefault()}>
			<form onSubmit={submit}>
				<h2 id="session-title">Sessione scaduta</h2>
				<p>Scrivi la password per continuare. Quello che stavi scrivendo è qui.</p>
				{wrong && <p class="wrong" role="alert" id="session-wrong">{wrong}</p>}
				<input type="text" name="username" value={login} autocomplete="username" readOnly hidden />
				<label for="session-password">Password di {login}</label>
				<input ref={field} id="session-password" type="password" autocomplete="current-password" required
					aria-describedby={wrong ? 'session-wrong' : undefined} />
				<button type="submit" class="primary" disabled={busy}>Continua</button>
			</form>
		</dialog>
	);
}
