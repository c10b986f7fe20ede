// How far each system's installation is: those that were ever seen, by the server's record.
import {get} from "./api.js";
import {el, empty, replace, table} from "./dom.js";
import {ago, time} from "./format.js";
import {follow, live, state} from "./live.js";

const PAGE = 50;

/* What the record says: the word for it, and how it looks. */
const STATES = {
	"started": ["installing", "busy"],
	"finished": ["installed", "good"],
	"gave up": ["given up", "bad"],
};

function installTag(install) {
	const [word, look] = STATES[install.state] ?? ["not installed from here", ""];
	return el("span", {class: `tag ${look}`}, word);
}

function hashFor(wanted, after) {
	const query = new URLSearchParams();
	if (wanted)
		query.set("state", wanted);
	if (after)
		query.set("after", after);
	const text = query.toString();
	return text ? `#installs?${text}` : "#installs";
}

/* "3 installing · 1,950 installed · 2 given up", each a link; the present one is marked. */
export function installCounts(now) {
	return el("ul", {class: "line choices"}, Object.entries(STATES).map(([name, [word]]) =>
		el("li", {}, el("a", {href: hashFor(name), "aria-current": now === name ? "true" : null},
			el("b", {}, (state.status?.installs?.[name] ?? 0).toLocaleString("en")), ` ${word}`))));
}

const COLUMNS = [
	["System", (one) => el("a", {href: `#systems/${encodeURIComponent(one.system)}`}, one.system)],
	["State", installTag],
	["Tries", (one) => one.tries],
	["Began", (one) => time(one.first)],
	["Since", (one) => ago(one.finished ?? one.started)],
	["Next start", (one) => (one.armed ? "installs" : "boots from disk")],
	["Why", (one) => one.why],
];

function pager(wanted, route, answer) {
	const link = (text, href) => (href ? el("a", {class: "button", href}, text)
		: el("span", {class: "button off"}, text));
	return el("nav", {class: "pager", "aria-label": "Pages"},
		link("First", route.query.has("after") && hashFor(wanted)),
		link("Next", answer.next && hashFor(wanted, answer.next)));
}

/* Asks now and whenever the status is asked for; calls `draw` where the answer is another. Not every
 * sign of an installer is an event. */
async function watch(path, query, signal, draw) {
	let last;
	const ask = async () => {
		const answer = await get(path, query, signal);
		const text = JSON.stringify(answer);
		if (text !== last)
			draw(answer);
		last = text;
	};
	await ask();
	/* what goes wrong shows as a lost connection, and the next time may do */
	live.addEventListener("status", () => ask().catch(() => {}), {signal});
}

export async function showInstalls(main, route, signal) {
	const wanted = route.query.get("state") ?? "";
	const counts = el("div", {class: "tools"});
	const results = el("div", {class: "results", "aria-busy": "true"});
	replace(main, el("h1", {}, "Installations"), counts, results);
	follow(["status"], signal, () => replace(counts, el("a", {href: "#installs"}, "All"),
		installCounts(wanted)));
	await watch("/installs", {limit: PAGE, state: wanted, after: route.query.get("after") ?? ""},
		signal, (answer) => {
			replace(results, answer.items.length
				? [table("Installations", COLUMNS.map(([heading]) => heading),
					answer.items.map((one) => COLUMNS.map(([, cell]) => cell(one)))),
					pager(wanted, route, answer)]
				: empty(wanted ? "No system's installation is in this state."
					: "No installer of a system was ever seen."));
			results.setAttribute("aria-busy", "false");
		});
}

/* The one of a system. */
export async function drawInstall(part, name, signal) {
	await watch(`/systems/${encodeURIComponent(name)}/install`, {}, signal, (one) =>
		replace(part, installTag(one), " ",
			one.tries > 1 ? `try ${one.tries}, ` : "", ago(one.finished ?? one.started),
			el("p", {class: "quiet"}, one.armed ? "At its next start from the network it installs."
				: "At its next start from the network it boots from its disk."),
			one.why ? el("p", {class: "problem"}, one.why) : null));
}
