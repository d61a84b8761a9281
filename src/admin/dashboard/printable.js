// @ts-check

/** Longer text is cut where it is shown; its title has more. */
const SHOWN_MAX = 200;

/** A title longer than this covers the screen, and says nothing more. */
const TITLE_MAX = 2000;

/** What moves a cursor, reorders a line or is not seen at all. */
const UNSEEN_REGEXP = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from outside with everything that steers a terminal or the direction of a line as an escape.
 * @param {string} text
 * @returns {string}
 */
export function printable(text) {
  return text.replaceAll(UNSEEN_REGEXP, (character) => {
    const code = /** @type {number} */ (character.codePointAt(0)).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/**
 * Printable text short enough to show: the start of it.
 * @param {string} text
 * @param {number} [max]
 * @returns {string}
 */
export function shown(text, max = SHOWN_MAX) {
  // Cut first: what is escaped is never longer than what is wanted of it.
  const clean = printable(text.slice(0, max + 1));
  return clean.length > max ? `${clean.slice(0, max - 1)}…` : clean;
}

/**
 * A printable host short enough to show. Its end is kept, for the end of a name says whose it is.
 * @param {string} host
 * @param {number} [max]
 * @returns {string}
 */
export function shownHost(host, max = SHOWN_MAX) {
  if (host.length <= max) {
    const clean = printable(host);
    if (clean.length <= max) return clean;
  }
  const start = printable(host.slice(0, 40)).slice(0, 40);
  const room = max - start.length - 1;
  return `${start}…${printable(host.slice(-room)).slice(-room)}`;
}

/**
 * The title of something that was cut.
 * @param {string} text
 * @returns {string}
 */
export function titleOf(text) {
  return shown(text, TITLE_MAX);
}
