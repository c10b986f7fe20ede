// What changes by itself: status, tasks, events, findings. Kept here, once, and told to whoever
// listens: live.addEventListener("tasks", …). The server streams; where the stream does not hold,
// asking again and again does.
import {get, stream} from "./api.js";

export const live = new EventTarget();
export const state = {status: null, tasks: [], events: [], findings: null, streaming: false,
	error: null, trouble: {}}; // error: no connection; trouble: why one of the others is not known

const EVENTS_KEPT = 200;
const SECOND = 1000;
const pauses = {status: 5, tasks: 10, findings: 60, events: 3}; // seconds between questions
const timers = {};

function tell(what) {
	live.dispatchEvent(new Event(what));
}

/* Whether there is a connection is what asking for the status tells. */
function setError(error) {
	state.error = error;
	tell("connection");
}

function addEvents(items) {
	const last = state.events[0]?.id ?? 0;
	const fresh = items.filter((event) => event.id > last).sort((a, b) => b.id - a.id);
	if (!fresh.length)
		return;
	state.events = [...fresh, ...state.events].slice(0, EVENTS_KEPT);
	live.dispatchEvent(new CustomEvent("events", {detail: last ? fresh : []}));
}

const ask = {
	async status() {
		state.status = await get("/status");
		setError(null);
	},
	async tasks() {
		state.tasks = (await get("/tasks")).items;
	},
	async findings() {
		state.findings = (await get("/check")).items;
	},
	async events() {
		const last = state.events[0]?.id;
		const answer = await get("/events", {after: last, limit: EVENTS_KEPT});
		addEvents(answer.items);
	},
};

function isBusy(task) {
	return task.state === "waiting" || task.state === "running";
}

/* Asks now, and then again and again; tasks more often while one is running. */
async function refresh(what) {
	clearTimeout(timers[what]);
	if (!document.hidden) {
		try {
			await ask[what]();
			delete state.trouble[what];
		} catch (error) {
			state.trouble[what] = error.message;
			if (what === "status")
				setError(error);
		}
		tell(what);
	}
	let pause = pauses[what];
	if (state.streaming && (what === "events" || what === "tasks"))
		pause = 60;
	else if (what === "tasks" && state.tasks.some(isBusy))
		pause = 1;
	clearTimeout(timers[what]);
	timers[what] = setTimeout(refresh, pause * SECOND, what);
}

/* Soon, and once for all that asks for it until then. */
function refreshSoon(what, delay) {
	clearTimeout(timers[what]);
	timers[what] = setTimeout(refresh, delay, what);
}

function putTasks(tasks) {
	const ended = state.tasks.some(isBusy) && !tasks.some(isBusy);
	state.tasks = tasks;
	tell("tasks");
	if (ended)
		["status", "findings"].forEach((what) => refreshSoon(what, 100));
}

function onMessage(kind, answer) {
	if (kind === "tasks") {
		putTasks(answer.items);
	} else if (kind === "message") {
		addEvents([answer]);
		refreshSoon("status", 200);
		refreshSoon("findings", 1000);
	}
}

function setStreaming(on) {
	state.streaming = on;
	tell("connection");
}

async function keepStreaming() {
	let pause = 1;
	for (;;) {
		try {
			await stream("/events/stream", () => {
				pause = 1;
				setStreaming(true);
				refresh("events"); // what happened before the stream opened
			}, onMessage);
		} catch {
			/* the questions go on without it and say what is wrong */
		}
		if (state.streaming) {
			setStreaming(false);
			refreshSoon("events", 0);
			refreshSoon("tasks", 0);
		}
		await new Promise((resolve) => setTimeout(resolve, pause * SECOND));
		pause = Math.min(pause * 2, 30);
	}
}

export function refreshAll() {
	Object.keys(ask).forEach(refresh);
}

export function start() {
	refreshAll();
	keepStreaming();
	document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
}

/* Calls `show` now and whenever one of `kinds` changes, until the view is left. */
export function follow(kinds, signal, show) {
	for (const kind of kinds)
		live.addEventListener(kind, show, {signal});
	show();
}

/* Calls `show` whenever items have changed, until the view is left. */
export function onRevision(signal, show) {
	let revision = state.status?.revision;
	live.addEventListener("status", () => {
		const now = state.status?.revision;
		if (revision !== undefined && now !== revision)
			show().catch(() => {}); // the connection's state says what is wrong
		revision = now;
	}, {signal});
}
