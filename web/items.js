// Tables of systems, profiles and distros: searched and paged by the server, so that 10,000 of them
// cost no more than 50.
import {get} from "./api.js";
import {el, empty, replace, table} from "./dom.js";
import {valueText} from "./format.js";
import {onRevision} from "./live.js";

const PAGE = 50;

function link(type, name) {
	return name ? el("a", {href: `#${type}/${encodeURIComponent(name)}`}, name) : "";
}

function fromInterfaces(system, field) {
	const values = Object.values(system.interfaces ?? {}).map((one) => one[field]).filter(Boolean);
	return values.map((value) => el("div", {class: "code"}, value));
}

function netboot(system) {
	return system.netboot_enabled === false ? el("span", {class: "tag"}, "boots from disk")
		: el("span", {class: "tag busy"}, "installs");
}

/* A column: its heading and what it shows of an item. Values are resolved: inherited ones, too. */
const TYPES = {
	systems: {title: "Systems", one: "system", columns: [
		["Name", (item) => link("systems", item.name)],
		["Profile", (item) => link("profiles", item.profile)],
		["Host name", (item) => item.hostname],
		["MAC address", (item) => fromInterfaces(item, "mac_address")],
		["IP address", (item) => fromInterfaces(item, "ip_address")],
		["Network boot", netboot],
	]},
	profiles: {title: "Profiles", one: "profile", columns: [
		["Name", (item) => link("profiles", item.name)],
		["Distro or parent", (item) => item.parent
			? link("profiles", item.parent) : link("distros", item.distro)],
		["Answer file", (item) => item.autoinstall],
		["Guest memory", (item) => item.virt_ram ? `${item.virt_ram} MiB` : ""],
		["Guest disks", (item) => item.virt_file_size?.length
			? `${valueText(item.virt_file_size)} GiB` : ""],
	]},
	distros: {title: "Distros", one: "distro", columns: [
		["Name", (item) => link("distros", item.name)],
		["Architecture", (item) => item.arch],
		["Breed", (item) => item.breed],
		["Version", (item) => item.os_version],
		["Tree", (item) => item.tree],
	]},
};

export function isType(type) {
	return Object.hasOwn(TYPES, type);
}
export function typeTitle(type) {
	return TYPES[type].title;
}

/* "web" finds what has it anywhere in its name; "web*" and "mac_address=52:*" are exact. */
export function searchQuery(text) {
	const [, field, value] = /^([a-z_0-9]+)\s*=\s*(.+)$/.exec(text) ?? [];
	if (field)
		return {[field]: value};
	if (!text)
		return {};
	return {name: /[*?]/.test(text) ? text : `*${text}*`};
}

function hashFor(type, find, after) {
	const query = new URLSearchParams();
	if (find)
		query.set("find", find);
	if (after)
		query.set("after", after);
	const text = query.toString();
	return text ? `#${type}?${text}` : `#${type}`;
}

function pager(type, route, answer) {
	const find = route.query.get("find") ?? "";
	const more = answer.next ? el("a", {class: "button", href: hashFor(type, find, answer.next)},
		"Next") : el("span", {class: "button off"}, "Next");
	const first = route.query.has("after") ? el("a", {class: "button", href: hashFor(type, find)},
		"First") : el("span", {class: "button off"}, "First");
	return el("nav", {class: "pager", "aria-label": "Pages"}, first, more);
}

function none(type, find) {
	if (find)
		return empty(`No ${TYPES[type].one} matches.`);
	return empty(`No ${type} yet.`);
}

async function load(type, route, signal) {
	return get(`/${type}`, {limit: PAGE, resolved: 1, after: route.query.get("after") ?? "",
		...searchQuery(route.query.get("find") ?? "")}, signal);
}

function searchBox(type, route) {
	const input = el("input", {type: "search", id: "find", name: "find", autocomplete: "off",
		spellcheck: "false", value: route.query.get("find") ?? "",
		placeholder: type === "systems" ? "web7, web*, mac_address=52:54:*" : "name or field=value"});
	return el("form", {class: "tools", role: "search", submit: (event) => {
		event.preventDefault();
		location.hash = hashFor(type, input.value.trim());
	}}, el("label", {for: "find"}, "Find"), input, el("button", {class: "button"}, "Find"));
}

export async function showItems(main, route, signal) {
	const type = route.words[0];
	const {title, columns} = TYPES[type];
	const results = el("div", {class: "results", "aria-busy": "true"});
	replace(main, el("h1", {}, title), searchBox(type, route), results);
	const show = async () => {
		const answer = await load(type, route, signal);
		replace(results, answer.items.length
			? [table(title, columns.map(([heading]) => heading),
				answer.items.map((item) => columns.map(([, cell]) => cell(item)))),
				pager(type, route, answer)]
			: none(type, route.query.get("find")));
		results.setAttribute("aria-busy", "false");
	};
	await show();
	onRevision(signal, show);
}
