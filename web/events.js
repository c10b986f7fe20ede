// What happened, the newest first.
import {el, empty, replace} from "./dom.js";
import {ago, time} from "./format.js";
import {follow, state} from "./live.js";

function look(kind) {
	if (/fail|error/.test(kind))
		return "bad";
	return /^install/.test(kind) ? "busy" : "";
}

function oneEvent(event) {
	return el("li", {class: "event", "data-event": event.id},
		time(event.time),
		el("span", {class: `tag ${look(event.kind)}`}, event.kind),
		el("span", {class: "what"},
			event.subject ? el("b", {}, event.subject) : null,
			event.subject ? " " : null,
			event.message,
			event.address ? el("span", {class: "quiet"}, ` ${event.address}`) : null));
}

export function eventList(events) {
	if (!events.length)
		return empty("Nothing has happened yet.");
	return el("ol", {class: "events"}, events.map(oneEvent));
}

/* What an event says of its system's installation: a class and a word. */
const INSTALL_TAGS = {
	"install-start": ["busy", "installing"],
	"install-end": ["good", "installed"],
	"install-gave-up": ["bad", "given up"],
	"install-armed": ["", "armed"],
	"install-cancelled": ["", "cancelled"],
};

/* The last installation of each system, from the events about them. */
export function installs(events) {
	const last = new Map();
	for (const event of events)
		if (Object.hasOwn(INSTALL_TAGS, event.kind) && !last.has(event.subject))
			last.set(event.subject, {system: event.subject, time: event.time,
				kind: event.kind});
	return [...last.values()];
}

export function installTag({kind}) {
	const [look, word] = INSTALL_TAGS[kind];
	return el("span", {class: `tag ${look}`}, word);
}

export function installList(events, most) {
	const list = installs(events).slice(0, most);
	if (!list.length)
		return empty("No machine has reported an installation lately.");
	return el("ul", {class: "installs"}, list.map((one) => el("li", {class: "line"},
		installTag(one),
		el("a", {href: `#systems/${encodeURIComponent(one.system)}`}, one.system),
		el("span", {class: "quiet end"}, ago(one.time)))));
}

export function showEvents(main, route, signal) {
	const list = el("div", {class: "panel"});
	const search = el("input", {type: "search", id: "find", autocomplete: "off",
		placeholder: "web7, install, 10.0.0.7 …"});
	const show = () => {
		const wanted = search.value.trim().toLowerCase();
		replace(list, eventList(state.events.filter((event) =>
			`${event.kind} ${event.subject} ${event.address} ${event.message}`
				.toLowerCase().includes(wanted))));
	};
	search.addEventListener("input", show);
	replace(main, el("h1", {}, "Events"),
		el("div", {class: "tools"}, el("label", {for: "find"}, "Find"), search,
			el("span", {class: "quiet"}, "among the last 200")),
		list);
	follow(["events"], signal, show);
}
