// One item: what its fields come to, where each value comes from, its history.
import {get, itemPath} from "./api.js";
import {el, empty, panel, replace, table} from "./dom.js";
import {time, valueText} from "./format.js";
import {eventList} from "./events.js";
import {drawInstall} from "./installs.js";
import {typeTitle} from "./items.js";
import {follow, onRevision, state} from "./live.js";

const HEAD = new Set(["name", "uid", "version", "ctime", "mtime", "interfaces", "origins"]);

function originText(from) {
	return (from ?? "").replace(/^settings settings$/, "settings");
}

function isSet(item, field) {
	const value = item[field];
	return value !== null && value !== undefined && item.origins?.[field]?.from !== "nobody";
}

/* "profile bar" leads to the profile. */
function origin(from, own) {
	const text = originText(from);
	const [, type, name] = /^(distro|profile|system) (.+)$/.exec(text) ?? [];
	if (text === own)
		return el("span", {class: "own"}, "here");
	return type ? el("a", {href: `#${type}s/${encodeURIComponent(name)}`}, text)
		: el("span", {class: "quiet"}, text);
}

function fieldValue(value) {
	const text = valueText(value);
	return text === "" ? el("span", {class: "quiet"}, "(empty)") : el("span", {class: "code"}, text);
}

function fieldRow(item, field, own) {
	const {from, overrides = []} = item.origins?.[field] ?? {};
	return [
		el("span", {class: "code"}, field),
		[fieldValue(item[field]), overrides.map((was) => el("div", {class: "override"},
			el("span", {}, "instead of "), el("s", {}, valueText(was.value) || "(empty)"),
			` from ${originText(was.from)}`))],
		origin(from, own),
	];
}

function fields(item, own, opened) {
	const names = Object.keys(item).filter((name) => !HEAD.has(name));
	const set = names.filter((name) => isSet(item, name));
	const unset = names.filter((name) => !isSet(item, name));
	return [
		table("Fields", ["Field", "Value", "From"], set.map((name) => fieldRow(item, name, own))),
		unset.length ? el("details", {open: opened}, el("summary", {}, `${unset.length} fields that nobody sets`),
			el("p", {class: "unset"}, unset.join(", "))) : null,
	];
}

function interfaces(item) {
	const list = Object.entries(item.interfaces ?? {});
	if (!list.length)
		return empty("None.");
	return table("Interfaces", ["Interface", "MAC address", "IP address", "More"],
		list.map(([name, one]) => {
			const {mac_address: mac, ip_address: ip, ...more} = one;
			return [el("span", {class: "code"}, name), el("span", {class: "code fixed"}, mac ?? ""),
				el("span", {class: "code fixed"}, ip ?? ""), valueText(more)];
		}));
}

/* The members that differ between two versions. */
function differences(before, after) {
	const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
	return [...names].filter((name) => !["uid", "version", "ctime", "mtime"].includes(name) &&
		JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
}

function history(answer) {
	if (!answer.items.length)
		return empty("Nothing on record.");
	return table("History", ["When", "Who", "What"], answer.items.map((one) => [
		time(one.time),
		`${one.who}${one.from ? ` (${one.from})` : ""}`,
		!one.before ? "made" : !one.after ? "removed"
			: differences(one.before, one.after).join(", ") || one.action,
	]));
}

function eventsPart(name, signal) {
	const part = el("div", {});
	follow(["events"], signal, () => {
		const events = state.events.filter((event) => event.subject === name);
		replace(part, eventList(events.slice(0, 20)));
	});
	return panel("Events", {}, part);
}

async function draw(main, {words: [type, name]}, install, signal) {
	const one = type.replace(/s$/, "");
	const item = await get(itemPath(type, name), {resolved: 1, explain: 1}, signal);
	const past = await get("/history", {type: one, name, limit: 20}, signal)
		.catch((error) => ({items: [], error}));
	const opened = main.querySelector("details")?.open;
	replace(main,
		el("p", {class: "crumbs"}, el("a", {href: `#${type}`}, typeTitle(type)), " / "),
		el("h1", {}, name),
		item.comment ? el("p", {class: "comment"}, item.comment) : null,
		el("p", {class: "quiet"}, `Version ${item.version}, changed `, time(item.mtime), "."),
		type === "systems" ? panel("Installation", {}, install) : null,
		type === "systems" ? panel("Interfaces", {}, interfaces(item)) : null,
		panel("Fields", {}, fields(item, `${one} ${name}`, opened)),
		panel("History", {}, past.error ? empty(past.error.message) : history(past)),
		type === "systems" ? eventsPart(name, signal) : null);
}

export async function showItem(main, route, signal) {
	const install = el("div", {});
	await draw(main, route, install, signal);
	if (route.words[0] === "systems")
		await drawInstall(install, route.words[1], signal);
	onRevision(signal, () => draw(main, route, install, signal));
}
