// bootwrightd's JSON API, reading only. A token, where the server wants one, stays in this tab.

const BASE = "/api/v1";
const TOKEN = "bootwright-token";

export class ApiError extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

export function setToken(token) {
	sessionStorage.setItem(TOKEN, token);
}

function headers(accept) {
	const token = sessionStorage.getItem(TOKEN);
	return token ? {Accept: accept, Authorization: `Bearer ${token}`} : {Accept: accept};
}

async function request(path, accept, signal) {
	let response;
	try {
		response = await fetch(BASE + path, {headers: headers(accept), signal, cache: "no-store"});
	} catch (error) {
		if (error.name === "AbortError")
			throw error;
		throw new ApiError(0, "bootwrightd does not answer");
	}
	if (response.ok)
		return response;
	const problem = await response.json().catch(() => ({}));
	throw new ApiError(response.status, problem.detail ?? problem.title ??
		`the server answers with status ${response.status}`);
}

/* get("/systems", {limit: 50, name: "web*"}): undefined and "" are left out. */
export async function get(path, query = {}, signal = undefined) {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query))
		if (value !== undefined && value !== "")
			search.set(name, value);
	const text = search.toString();
	const response = await request(text ? `${path}?${text}` : path, "application/json", signal);
	return response.json();
}

export function itemPath(type, name) {
	return `/${type}/${encodeURIComponent(name)}`;
}

/* Reads server-sent events until the connection ends. fetch() and not EventSource, which cannot
 * send a token. */
export async function stream(path, onOpen, onMessage, signal) {
	const response = await request(path, "text/event-stream", signal);
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	let pending = "";
	onOpen();
	for (;;) {
		const {done, value} = await reader.read();
		if (done)
			return;
		pending += value;
		const blocks = pending.split(/\r?\n\r?\n/);
		pending = blocks.pop();
		blocks.forEach((block) => dispatch(block, onMessage));
	}
}

function dispatch(block, onMessage) {
	const message = {event: "message", data: ""};
	for (const line of block.split(/\r?\n/)) {
		const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
		if (name === "event")
			message.event = value;
		else if (name === "data")
			message.data += value;
	}
	if (message.data)
		onMessage(message.event, JSON.parse(message.data));
}
