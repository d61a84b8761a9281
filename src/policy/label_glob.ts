import type { HostPattern } from "./host_pattern.ts";

const QUESTION = 0x3f;
const STAR = 0x2a;

/**
 * Whether the labels of `name` in front of `end` are those of a glob's `head`. Labels are compared one
 * by one from the right, so that no wildcard ever crosses a dot.
 */
export function headMatches(
  head: readonly string[],
  deep: Extract<HostPattern, { kind: "glob" }>["deep"],
  name: string,
  end: number,
): boolean {
  let rest = end;
  for (let index = head.length - 1; index >= 0; index--) {
    if (rest <= 0) return false;
    const start = name.lastIndexOf(".", rest - 1) + 1;
    if (!labelMatches(head[index]!, name, start, rest)) return false;
    rest = start - 1;
  }
  switch (deep) {
    case "none":
      return rest <= 0;
    case "some":
      return rest > 0;
    case "any":
      return true;
  }
}

/**
 * Whether `glob` matches `text` from `start` to `end`: `?` is any one character, `*` any number of them.
 * Only the last star is ever tried again, so the steps are at most the product of both lengths, and
 * neither is above 63.
 */
export function labelMatches(glob: string, text: string, start: number, end: number): boolean {
  let at = start;
  let sign = 0;
  let star = -1;
  let retry = start;
  while (at < end) {
    const code = glob.charCodeAt(sign);
    if (code === STAR) {
      star = sign;
      retry = at;
      sign += 1;
    } else if (code === QUESTION || code === text.charCodeAt(at)) {
      sign += 1;
      at += 1;
    } else if (star !== -1) {
      retry += 1;
      at = retry;
      sign = star + 1;
    } else {
      return false;
    }
  }
  while (glob.charCodeAt(sign) === STAR) sign += 1;
  return sign === glob.length;
}
