// @ts-check

/** An event longer than this is not one of ours: a record is a few hundred bytes. */
const EVENT_CHARACTERS_MAX = 1024 * 1024;

/**
 * One server-sent event.
 * @typedef {{ readonly type: string, readonly id: string, readonly data: string }} ServerEvent
 */

/**
 * Reads a stream of server-sent events that comes in pieces cut anywhere.
 * @param {(event: ServerEvent) => void} told called for each event
 * @returns {(text: string) => void} takes the next piece; throws when an event is too long
 */
export function eventReader(told) {
  let rest = "";
  let id = "";
  let type = "";
  /** @type {string[]} */
  let data = [];
  let held = 0;

  /** @param {string} line */
  function take(line) {
    if (line === "") return dispatch();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") {
      held += value.length;
      if (held > EVENT_CHARACTERS_MAX) throw new Error("Cannot read events: one is too long");
      data.push(value);
    } else if (field === "event") type = value;
    // A null in an id would not survive as a header of the next request.
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  function dispatch() {
    if (data.length > 0) told({ type: type || "message", id, data: data.join("\n") });
    type = "";
    data = [];
    held = 0;
  }

  return (text) => {
    const all = rest + text;
    let start = 0;
    for (const end of lineEnds(all)) {
      take(all.slice(start, end.at));
      start = end.next;
    }
    rest = all.slice(start);
    if (rest.length > EVENT_CHARACTERS_MAX) {
      throw new Error("Cannot read events: a line is too long");
    }
  };
}

/**
 * Where lines end: at LF, CR LF or CR. A CR that is last may be half of a CR LF, and waits.
 * @param {string} text
 */
function* lineEnds(text) {
  for (const match of text.matchAll(/\r\n|\n|\r(?!$)/g)) {
    yield { at: match.index, next: match.index + match[0].length };
  }
}
