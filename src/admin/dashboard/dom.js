// @ts-check
/// <reference lib="dom" />
import { printable, shown, shownHost, titleOf } from "./printable.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element. Nothing here reads markup: text stays text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes an element of a drawing.
 * @param {string} tag
 * @param {Readonly<Record<string, string | number>>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function drawn(tag, attributes, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * The element of the page with this id.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (found === null || !(found instanceof (type ?? HTMLElement))) {
    throw new Error(`Cannot use the page: it has no "${id}"`);
  }
  return /** @type {T} */ (found);
}

/**
 * A button.
 * @param {string} text
 * @param {Readonly<Record<string, string>>} attributes
 * @param {() => void} [pressed]
 * @returns {HTMLButtonElement}
 */
export function button(text, attributes, pressed) {
  const made = element("button", { type: "button", ...attributes }, text);
  if (pressed !== undefined) made.addEventListener("click", pressed);
  return made;
}

/**
 * A cell of a table. The role is spelled out: on a narrow screen the table is not laid out as one.
 * @param {string} name a class, and the label on a narrow screen
 * @param {...(Node | string)} children
 * @returns {HTMLTableCellElement}
 */
export function cell(name, ...children) {
  return element("td", { class: name, role: "cell" }, ...children);
}

/**
 * Text from outside, cut, with the whole of it in the title.
 * @param {string} text
 * @returns {HTMLElement}
 */
export function outside(text) {
  const short = shown(text);
  const made = element("bdi", { dir: "ltr" }, short);
  if (short !== text) made.title = titleOf(text);
  return made;
}

/**
 * A host, or a host with its port. It keeps its end when it is cut, and never turns the line around.
 * @param {string} host
 * @param {string} [port] with its colon
 * @returns {HTMLElement}
 */
export function hostName(host, port = "") {
  const short = shownHost(host);
  // An IPv6 address and a port would run into each other.
  const words = port !== "" && host.includes(":") ? `[${short}]` : short;
  const made = element("bdi", { class: "host", dir: "ltr" }, words);
  if (port !== "") made.append(element("span", { class: "port" }, port));
  if (short !== host) made.title = titleOf(host);
  return made;
}

/**
 * A pattern in full: somebody is about to agree to it.
 * @param {string} line
 * @returns {HTMLElement}
 */
export function exactLine(line) {
  return element("code", { class: "exact", dir: "ltr", tabindex: "0" }, printable(line));
}

/**
 * Writes text only where it differs: what has not changed is not read out again.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Brings the children of an element in line with a list, keeping those that are still in it: focus
 * and what a pointer is about to press stay where they are.
 * @template T
 * @template {HTMLElement} E
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {{ key: (item: T) => string, make: (item: T) => E, update?: (row: E, item: T) => void }} how
 */
export function keepInLine(parent, items, { key, make, update }) {
  const wanted = new Map(items.map((item) => [key(item), item]));
  /** @type {Map<string, E>} */
  const kept = new Map();
  for (const child of [...parent.children]) {
    const row = /** @type {E} */ (child);
    const id = row.dataset["key"] ?? "";
    // Gone first: what stays is then in its place, and moving it would take its focus.
    if (wanted.has(id)) kept.set(id, row);
    else row.remove();
  }
  let place = parent.firstElementChild;
  for (const [id, item] of wanted) {
    const row = kept.get(id) ?? make(item);
    row.dataset["key"] = id;
    update?.(row, item);
    if (row === place) place = place.nextElementSibling;
    else parent.insertBefore(row, place);
  }
}

/**
 * The one element inside another that a selector finds.
 * @param {Element} whole
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function part(whole, selector) {
  const found = whole.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`Cannot find "${selector}" in the page`);
  return found;
}
