// One host more or less in the lists of a configuration file, from text to text: whatever else somebody wrote
// there, comments and blank lines with it, stays as it is.
import { parseRulePattern } from "../policy/rule_pattern.ts";
import { withItem, withoutItem } from "./toml/list_edit.ts";
import type { Located, LocatedList, LocatedTable } from "./toml/located.ts";
import { withLine, withTable } from "./toml/new_list.ts";
import { quote } from "./toml/printable.ts";
import { sameValue, withValue } from "./toml/same_document.ts";
import { parseTomlDocument } from "./toml/toml_document.ts";
import { type Spot, tomlPositions } from "./toml/toml_positions.ts";

/** The lists that can be edited. */
export type DomainList = "allowed_domains" | "denied_domains";

/** An edit that cannot be made. */
export interface BadEdit {
  readonly kind: "bad";
  readonly why: string;
}

/** What a file says while it says nothing of the network, and has to go on saying. */
export interface Unwritten {
  /** Whether a host without a rule is a question: in the built-in policy it is. */
  readonly ask: boolean;
}

/** A document, and the table in it that holds the lists. */
interface Document {
  readonly source: string;
  readonly root: LocatedTable;
  readonly spots: Spot;
  /** `network`, or the older `network_proxy.policy`. */
  readonly path: readonly string[];
}

/**
 * Adds an entry behind the last one of a list; a list that has it stays as it is. A file without a policy gets
 * one that is on.
 */
export function addToList(
  text: string,
  list: DomainList,
  entry: string,
  unwritten: Unwritten = { ask: false },
): string | BadEdit {
  const pattern = parseRulePattern(entry);
  if (pattern.kind === "bad") return bad(`bad host pattern ${quote(entry)}: ${pattern.why}`);
  const document = readDocument(text);
  if ("kind" in document) return document;
  const { root, path } = document;
  const found = findList(document, list);
  if (found === null) return addList(document, list, entry, unwritten);
  if ("kind" in found) return found;
  const items = [...found.value.items, textAt(entry, root)];
  if (found.value.items.some((item) => isEntry(item, entry))) return text;
  const expected = withValue(root, [...path, list], { ...found.value, items });
  return checked([withItem(text, found.spot, tomlText(entry))], expected);
}

/** Removes an entry from a list, as often as it stands there. */
export function removeFromList(text: string, list: DomainList, entry: string): string | BadEdit {
  const document = readDocument(text);
  if ("kind" in document) return document;
  const { root, path } = document;
  const found = findList(document, list);
  if (found !== null && "kind" in found) return found;
  const index = found?.value.items.findIndex((item) => isEntry(item, entry)) ?? -1;
  if (found === null || index === -1) return bad(`${quote(entry)} is not in "${list}"`);
  const items = found.value.items.toSpliced(index, 1);
  const expected = withValue(root, [...path, list], { ...found.value, items });
  const once = checked([withoutItem(text, found.spot, index)], expected);
  const isLeft = typeof once === "string" && items.some((item) => isEntry(item, entry));
  return isLeft ? removeFromList(once, list, entry) : once;
}

/** Removes several entries. */
export function removeAllFromList(
  text: string,
  list: DomainList,
  entries: readonly string[],
): string | BadEdit {
  let left: string | BadEdit = text;
  for (const entry of entries) {
    if (typeof left !== "string") return left;
    left = removeFromList(left, list, entry);
  }
  return left;
}

function readDocument(source: string): Document | BadEdit {
  const root = parseTomlDocument(source, "");
  if (root.kind === "bad") {
    return bad(`line ${root.place.origin.line} is ${root.message}`);
  }
  const today = root.entries.get("network")?.value;
  const old = root.entries.get("network_proxy")?.value;
  if (today !== undefined && old !== undefined) {
    return bad("both [network] and [network_proxy] are written: move all keys to [network]");
  }
  const table = today ?? old;
  if (table !== undefined && table.kind !== "table") {
    return bad(`"${old === undefined ? "network" : "network_proxy"}" is not a table`);
  }
  if (today?.kind === "table" && today.entries.has("domains")) {
    return bad('its hosts are in the map "domains": write the rule there');
  }
  const path = old === undefined ? ["network"] : ["network_proxy", "policy"];
  return { source, root, spots: tomlPositions(source), path };
}

/** A list that is there; null where none is. */
function findList({ source, root, spots, path }: Document, list: DomainList) {
  let value: Located | undefined = root;
  let spot: Spot | undefined = spots;
  for (const name of [...path, list]) {
    if (value.kind !== "table") return bad(`"${path.join(".")}" is not a table`);
    value = value.entries.get(name)?.value;
    spot = spot?.entries.get(name);
    if (value === undefined || spot === undefined) return null;
  }
  // What `[[headers]]` make is a list, too, and has no brackets.
  if (value.kind !== "list" || source[spot.offset] !== "[") {
    return bad(`"${list}" is not a list in brackets: write ${list} = ["example.com"]`);
  }
  return { value: value as LocatedList, spot };
}

function addList(
  { source, root, spots, path }: Document,
  list: DomainList,
  entry: string,
  { ask }: Unwritten,
): string | BadEdit {
  const line = `${list} = [${tomlText(entry)}]`;
  const value: Located = { kind: "list", place: root.place, items: [textAt(entry, root)] };
  const expected = withValue(root, [...path, list], value);
  const [name = ""] = path;
  const first = spots.entries.get(name);
  if (first === undefined) {
    // A table without the switch is off, and a file without the table was not.
    const lines = ["enabled = true", ...(ask ? ["ask = true"] : []), line];
    const on: Located = { kind: "scalar", place: root.place, value: true };
    const enabled = withValue(expected, [...path, "enabled"], on);
    const asking = ask ? withValue(enabled, [...path, "ask"], on) : enabled;
    return checked([withTable(source, path, lines)], asking);
  }
  const inner = path.length === 1 ? undefined : first.entries.get(path[1]!);
  if ([first, inner].some((spot) => spot !== undefined && source[spot.offset] === "{")) {
    return bad(`"${name}" is an inline table: write [${path.join(".")}], a key on each line`);
  }
  return checked(withLine(source, spots, path, line), expected);
}

/** The first text that says what is expected, and nothing else. */
function checked(texts: readonly string[], expected: LocatedTable): string | BadEdit {
  const right = texts.find((text) => {
    const read = parseTomlDocument(text, "");
    return read.kind === "table" && sameValue(read, expected);
  });
  return right ?? bad("the file is written in a way that cannot be edited: edit it by hand");
}

function isEntry(item: Located, entry: string): boolean {
  return item.kind === "scalar" && item.value === entry;
}

function textAt(value: string, { place }: LocatedTable): Located {
  return { kind: "scalar", place, value };
}

/** JSON's escapes are TOML's. The one control character that JSON lets stand is in no pattern. */
function tomlText(text: string): string {
  return JSON.stringify(text);
}

function bad(why: string): BadEdit {
  return { kind: "bad", why };
}
