// Which view the address's hash names: #systems, #systems/web7, #systems?find=web, #tasks …
import {setToken} from "./api.js";
import {showDiscovered} from "./discovered.js";
import {el, empty, replace} from "./dom.js";
import {showEvents} from "./events.js";
import {refreshTimes} from "./format.js";
import {showInstalls} from "./installs.js";
import {showItem} from "./item.js";
import {isType, showItems, typeTitle} from "./items.js";
import {live, refreshAll, start, state} from "./live.js";
import {showOverview} from "./overview.js";
import {showTasks} from "./tasks.js";

const main = document.getElementById("main");
let leaving = new AbortController();

/* "#systems/web7?find=x" → {words: ["systems", "web7"], query} */
function parse(hash) {
	const [path, query] = hash.replace(/^#/, "").split("?");
	return {words: path.split("/").filter(Boolean).map(decode), query: new URLSearchParams(query ?? "")};
}

function decode(word) {
	try {
		return decodeURIComponent(word);
	} catch {
		return word;
	}
}

function viewFor({words}) {
	if (!words.length)
		return [showOverview, ""];
	if (words[0] === "discovered")
		return [showDiscovered, "Discovered"];
	if (words[0] === "installs")
		return [showInstalls, "Installations"];
	if (words[0] === "tasks")
		return [showTasks, "Tasks"];
	if (words[0] === "events")
		return [showEvents, "Events"];
	if (isType(words[0]))
		return words.length > 1 ? [showItem, words[1]] : [showItems, typeTitle(words[0])];
	return [showNothing, ""];
}

function showNothing() {
	replace(main, el("h1", {}, "No such page"), empty(el("a", {href: "#"}, "Overview")));
}

function markNavigation(words) {
	for (const link of document.querySelectorAll("#nav a")) {
		const here = link.getAttribute("href") === `#${words[0] ?? ""}`;
		if (here)
			link.setAttribute("aria-current", "page");
		else
			link.removeAttribute("aria-current");
	}
}

function showError(error) {
	replace(main, el("h1", {}, error.status === 404 ? "Not found" : "This did not work"),
		el("p", {class: "problem bad"}, error.message));
}

function tokenForm() {
	const input = el("input", {type: "password", id: "token", autocomplete: "off"});
	return el("form", {class: "tools", submit: (event) => {
		event.preventDefault();
		setToken(input.value.trim());
		refreshAll();
		navigate();
	}}, el("label", {for: "token"}, "API token"), input, el("button", {class: "button"}, "Use it"),
	el("p", {class: "quiet"}, "bootwright token add --name=… --role=read makes one. It is kept in this tab only."));
}

let shown = false;
async function navigate() {
	if (location.hash === "#main")
		return;
	const route = parse(location.hash);
	const [view, title] = viewFor(route);
	leaving.abort();
	leaving = new AbortController();
	const {signal} = leaving;
	markNavigation(route.words);
	document.title = title ? `${title} · Bootwright` : "Bootwright";
	try {
		await view(main, route, signal);
	} catch (error) {
		if (signal.aborted)
			return;
		showError(error);
	}
	if (shown)
		main.focus({preventScroll: true});
	shown = true;
}

function showConnection() {
	const {error, streaming, status} = state;
	const connection = document.getElementById("connection");
	const alert = document.getElementById("alert");
	const look = error ? "bad" : streaming ? "good" : "waiting";
	const text = error ? "no connection" : streaming ? "live" : "every few seconds";
	if (connection.dataset.text !== text) {
		connection.dataset.text = text;
		replace(connection, el("span", {class: `mark ${look}`, "aria-hidden": "true"}), text);
	}
	alert.hidden = !error;
	if (error && alert.dataset.text !== error.message) {
		replace(alert, error.message, error.status === 401 || error.status === 403 ? tokenForm() : null);
	}
	alert.dataset.text = error ? error.message : "";
	if (status)
		replace(document.getElementById("version"), `bootwrightd ${status.version}, revision ${status.revision}`);
}

live.addEventListener("connection", showConnection);
live.addEventListener("events", ({detail}) => {
	if (detail?.length)
		replace(document.getElementById("announce"),
			detail.map((event) => `${event.kind} ${event.subject} ${event.message}. `));
});
addEventListener("hashchange", navigate);
setInterval(refreshTimes, 10000, document);
start();
navigate();
