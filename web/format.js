// How values look to people.
import {el} from "./dom.js";

/* A field's value as the command line writes it: lists with commas, maps as key=value words. */
export function valueText(value) {
	if (value === null || value === undefined)
		return "";
	if (Array.isArray(value))
		return value.map(valueText).join(", ");
	if (typeof value === "object")
		return Object.entries(value).flatMap(([key, item]) =>
			(Array.isArray(item) ? item : [item]).map((one) =>
				one === true ? key : `${key}=${valueText(one)}`)).join(" ");
	return String(value);
}

const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600],
	["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", {numeric: "always"});

export function agoText(seconds, now = Date.now() / 1000) {
	const age = now - seconds;
	for (const [unit, length] of UNITS)
		if (Math.abs(age) >= length)
			return relative.format(-Math.round(age / length), unit);
	return age < 10 ? "just now" : `${Math.round(age)} seconds ago`;
}

export function timeText(seconds) {
	const when = new Date(seconds * 1000);
	const pad = (n) => String(n).padStart(2, "0");
	return `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ` +
		`${pad(when.getHours())}:${pad(when.getMinutes())}:${pad(when.getSeconds())}`;
}

function timeElement(seconds, text, title, kind) {
	const when = new Date(seconds * 1000);
	if (!seconds || Number.isNaN(when.getTime()))
		return "";
	return el("time", {datetime: when.toISOString(), title, class: "time", "data-kind": kind,
		"data-seconds": seconds}, text);
}

/* "5 minutes ago", kept true by refreshTimes(); the exact time is its tooltip. */
export function ago(seconds) {
	return timeElement(seconds, agoText(seconds), timeText(seconds), "ago");
}

export function time(seconds) {
	return timeElement(seconds, timeText(seconds), agoText(seconds), "exact");
}

export function refreshTimes(root) {
	for (const element of root.querySelectorAll("time[data-kind=ago]"))
		element.textContent = agoText(Number(element.dataset.seconds));
}

const SIZES = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/* "1 file", "57 files", "44.7 MiB" (unit "bytes"). */
export function count(n, unit) {
	let i = 0;
	if (unit !== "bytes")
		return `${n.toLocaleString("en")} ${n === 1 ? unit.replace(/s$/, "") : unit}`;
	for (; n >= 1024 && i < SIZES.length - 1; i++)
		n /= 1024;
	return `${i ? n.toFixed(1) : n} ${SIZES[i]}`;
}
