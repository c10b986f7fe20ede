// The first page: does it work, what is published, what is going on.
import {el, empty, panel, replace} from "./dom.js";
import {ago, count} from "./format.js";
import {eventList, installList} from "./events.js";
import {installCounts} from "./installs.js";
import {follow, state} from "./live.js";
import {taskList} from "./tasks.js";

const TYPES = [["systems", "Systems"], ["profiles", "Profiles"], ["distros", "Distros"]];

function counts() {
	return TYPES.map(([type, title]) => el("a", {class: "count", href: `#${type}`},
		el("b", {}, (state.status?.counts?.[type] ?? 0).toLocaleString("en")), el("span", {}, title)));
}

function fact(label, ...value) {
	return [el("dt", {}, label), el("dd", {}, value)];
}

function published() {
	const now = state.status?.published;
	if (!state.status)
		return empty("…");
	if (!now)
		return empty("Nothing yet. ", el("code", {}, "bootwright sync"),
			" publishes the boot files.");
	const behind = state.status.revision - now.revision;
	return [
		behind > 0
			? el("p", {}, el("span", {class: "state waiting"}, `Not yet published: ${count(behind, "changes")}. `),
				el("code", {}, "bootwright sync"), " does it.")
			: el("p", {class: "state good"}, "Up to date"),
		el("dl", {class: "facts"},
			fact("Generation", now.generation),
			fact("Revision", `${now.revision} of ${state.status.revision}`),
			fact("Published", ago(now.time)),
			fact("Files", now.files?.toLocaleString("en"))),
	];
}

function service(name, value) {
	const running = typeof value === "object" ? value?.running : value;
	const text = typeof value === "object"
		? `${running ? "running" : "not running"}${value?.pid ? `, pid ${value.pid}` : ""}` +
			(value?.restarts ? `, restarted ${count(value.restarts, "times")}` : "")
		: String(value);
	return el("li", {}, el("span", {class: `mark ${running === false ? "bad" : "good"}`,
		"aria-hidden": "true"}), el("b", {}, name), " ", text);
}

function services() {
	const now = state.status?.services;
	if (now && typeof now === "object" && Object.keys(now).length)
		return el("ul", {class: "services"},
			Object.entries(now).map(([name, value]) => service(name, value)));
	return el("p", {class: "quiet"}, now === "external"
		? "dnsmasq and in.tftpd are the operating system's: bootwrightd writes their files."
		: now ?? "…");
}

function finding(one) {
	const severe = one.severity === "error";
	return el("li", {class: severe ? "bad" : "waiting"},
		el("span", {class: "tag"}, severe ? "stops provisioning" : "warning"),
		el("p", {class: "problem"}, one.problem),
		el("p", {class: "advice"}, one.advice));
}

function findings() {
	if (state.trouble.findings)
		return el("p", {class: "problem bad"}, state.trouble.findings);
	if (!state.findings)
		return empty("…");
	if (!state.findings.length)
		return el("p", {class: "state good"}, "Nothing stands in the way of provisioning.");
	return el("ol", {class: "findings"}, state.findings.map(finding));
}

export function showOverview(main, route, signal) {
	const parts = {
		counts: el("div", {class: "counts"}),
		published: el("div", {}),
		services: el("div", {}),
		findings: el("div", {}),
		tasks: el("div", {}),
		installCounts: el("div", {}),
		installs: el("div", {}),
		events: el("div", {}),
	};
	replace(main, el("h1", {class: "unseen"}, "Overview"), parts.counts,
		el("div", {class: "grid"},
			el("div", {class: "stack"},
				panel("Check", {}, parts.findings),
				panel("Tasks", {}, parts.tasks),
				panel("Recent events", {}, parts.events)),
			el("div", {class: "stack"},
				panel("Published", {}, parts.published),
				panel("Services", {}, parts.services),
				panel("Installations", {}, parts.installCounts, parts.installs))));
	follow(["status"], signal, () => {
		replace(parts.counts, counts());
		replace(parts.published, published());
		replace(parts.services, services());
		replace(parts.installCounts, installCounts());
	});
	follow(["findings"], signal, () => replace(parts.findings, findings()));
	follow(["tasks"], signal, () => replace(parts.tasks, taskList(state.tasks.slice(0, 5))));
	follow(["events"], signal, () => {
		replace(parts.installs, installList(state.events, 8));
		replace(parts.events, eventList(state.events.slice(0, 12)));
	});
}
