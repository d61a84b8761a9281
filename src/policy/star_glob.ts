import type { BadPattern } from "./host_pattern.ts";

/** Text with `*` in it: the pieces that stand between its stars, each of them literal. */
export interface StarGlob {
  readonly kind: "glob";
  readonly pieces: readonly [string, ...string[]];
}

/**
 * Reads text in which `*` stands for other characters, and a backslash makes the next character mean itself. Signs
 * that are wildcards elsewhere are refused: as letters they would match less than whoever wrote them thinks.
 */
export function parseStarGlob(text: string): StarGlob | BadPattern {
  const done: string[] = [];
  let piece = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === "\\") {
      at += 1;
      if (at === text.length) {
        return bad("a backslash at the end means nothing; write \\\\ for one");
      }
      piece += text[at]!;
    } else if (sign === "*") {
      done.push(piece);
      piece = "";
    } else if ("?[]{}".includes(sign)) {
      return bad(`only * stands for other characters; write \\${sign} for the character itself`);
    } else {
      piece += sign;
    }
  }
  const [first = piece, ...rest] = [...done, piece];
  return { kind: "glob", pieces: [first, ...rest] };
}

/**
 * Whether all of `text` fits. A star stands for `least` characters or more. Each piece is taken where it comes first
 * and never tried again elsewhere: the room that is left behind it is the largest there is.
 */
export function starGlobMatches({ pieces }: StarGlob, text: string, least: 0 | 1): boolean {
  const [first, ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at + least);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at + least && text.endsWith(last);
}

function bad(why: string): BadPattern {
  return { kind: "bad", why };
}
