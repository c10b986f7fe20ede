// Imports and syncs with their progress.
import {el, empty, replace} from "./dom.js";
import {ago, count} from "./format.js";
import {follow, state} from "./live.js";

function progress(task) {
	const {finished = 0, total = 0, unit = ""} = task.progress ?? {};
	if (task.state !== "running")
		return null;
	return [
		el("progress", {max: total || null, value: total ? finished : null,
			"aria-label": task.what}),
		el("p", {class: "quiet"}, total
			? `${count(finished, unit)} of ${count(total, unit)}` : count(finished, unit)),
	];
}

const LOOKS = {done: "good", failed: "bad", running: "busy", waiting: "waiting"};

function oneTask(task) {
	return el("li", {class: "task", "data-task": task.id},
		el("div", {class: "line"},
			el("span", {class: `tag ${LOOKS[task.state] ?? ""}`}, task.state),
			el("b", {}, task.what ?? task.kind),
			el("span", {class: "quiet end"}, ago(task.ended || task.started))),
		progress(task),
		task.error ? el("p", {class: "problem bad"}, task.error.detail) : null);
}

export function taskList(tasks) {
	if (!tasks.length)
		return empty("No imports or syncs since the server was started.");
	return el("ul", {class: "tasks"}, tasks.map(oneTask));
}

export function showTasks(main, route, signal) {
	const list = el("div", {class: "panel"});
	replace(main, el("h1", {}, "Tasks"),
		el("p", {class: "quiet"}, "Imports and syncs since the server was started, the newest first."),
		list);
	follow(["tasks"], signal, () => replace(list, taskList(state.tasks)));
}
