// Elements from values. What comes from the server gets into the page through here only, and only
// as text: a string becomes a text node, never markup.

/* el("a", {href: "#systems", class: "name"}, "web7", el("b", {}, "!")): an attribute that is
 * null or false is left out; children may be nested lists, and null for nothing. */
export function el(tag, attributes, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes ?? {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (typeof value === "function")
			element.addEventListener(name, value);
		else
			element.setAttribute(name, value === true ? "" : String(value));
	}
	add(element, children);
	return element;
}

export function add(element, children) {
	for (const child of [children].flat(Infinity)) {
		if (child === null || child === undefined)
			continue;
		element.append(child instanceof Node ? child : visible(String(child)));
	}
	return element;
}

/* A name cannot reorder or blank what stands beside it: control characters and the invisible
 * formatting ones (bidirectional overrides among them) are shown as a replacement. */
export function visible(text) {
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
}

export function replace(element, ...children) {
	element.replaceChildren();
	return add(element, children);
}

/* A titled part of the page: a landmark with its own heading. */
let panels = 0;
export function panel(title, attributes, ...children) {
	const id = `panel-${++panels}`;
	return el("section", {...attributes, class: `panel ${attributes?.class ?? ""}`.trim(),
		"aria-labelledby": id}, el("h2", {id}, title), children);
}

/* A table with column headings; each row is a list of cells, the first one its heading. */
export function table(caption, columns, rows) {
	return el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
		el("table", {},
			el("caption", {class: "unseen"}, caption),
			el("thead", {}, el("tr", {},
				columns.map((column) => el("th", {scope: "col"}, column)))),
			el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell, i) =>
				el(i ? "td" : "th", i ? {} : {scope: "row"}, cell)))))));
}

export function empty(...text) {
	return el("p", {class: "empty"}, text);
}
