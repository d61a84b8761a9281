/** Checks of one input: enough for a few thousand characters, and an end for what is slow. */
const TRIES_MAX = 3000;

/** The input less all that can be left out while it still fails: halves first, single characters last. */
export async function shrink(
  input: string,
  fails: (input: string) => Promise<boolean>,
): Promise<string> {
  let text = input;
  let tries = 0;
  for (let size = Math.ceil(text.length / 2); size >= 1;) {
    let hasShrunk = false;
    for (let at = 0; at < text.length && tries < TRIES_MAX;) {
      const shorter = text.slice(0, at) + text.slice(at + size);
      tries += 1;
      if (await fails(shorter)) {
        text = shorter;
        hasShrunk = true;
      } else {
        at += size;
      }
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!hasShrunk || tries >= TRIES_MAX) break;
  }
  return text;
}
