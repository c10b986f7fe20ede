// Machines that booted here and that no system has, the last one first.
import {get} from "./api.js";
import {el, empty, replace, table} from "./dom.js";
import {ago, time} from "./format.js";
import {onRevision} from "./live.js";

const MOST = 1000; // that the server keeps
const PAUSE = 10000; // ms; a machine that boots is no change of an item

/* What makes it known. Its own name may have been anything: only a plain one gets into a line that
 * somebody copies into a shell. */
function command(machine) {
	const name = /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(machine.hostname ?? "") ? machine.hostname : "NAME";
	return el("code", {}, `bootwright discovered add ${machine.mac_address} --name=${name} --profile=PROFILE`);
}

const COLUMNS = [
	["MAC address", (machine) => el("span", {class: "code"}, machine.mac_address)],
	["IP address", (machine) => el("span", {class: "code"}, machine.ip_address ?? "")],
	["Host name", (machine) => machine.hostname ?? ""],
	["Boots with", (machine) => [machine.loader, machine.firmware].filter(Boolean).join(", ")],
	["Last seen", (machine) => ago(machine.last)],
	["First seen", (machine) => time(machine.first)],
	["Starts", (machine) => machine.times],
	["Make it a system", command],
];

function machines(items) {
	if (!items.length)
		return empty("No machine has booted here that is not a system's.");
	const sorted = [...items].sort((a, b) => b.last - a.last);
	return table("Discovered machines", COLUMNS.map(([heading]) => heading),
		sorted.map((machine) => COLUMNS.map(([, cell]) => cell(machine))));
}

export async function showDiscovered(main, route, signal) {
	const results = el("div", {class: "results", "aria-busy": "true"});
	replace(main, el("h1", {}, "Discovered"),
		el("p", {class: "quiet"}, "Machines that booted from this server's network and whose MAC address no system has."),
		results);
	const show = async () => {
		const answer = await get("/discovered", {limit: MOST}, signal);
		replace(results, machines(answer.items));
		results.setAttribute("aria-busy", "false");
	};
	await show();
	onRevision(signal, show);
	/* what goes wrong shows as a lost connection, and the next time may do */
	const timer = setInterval(() => show().catch(() => {}), PAUSE);
	signal.addEventListener("abort", () => clearInterval(timer));
}
