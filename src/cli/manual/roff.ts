// The language of manual pages, as far as one is written here: the macros of man(7), which groff and mandoc read alike.

/** Characters that mean something in it, or are printed as another. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  '"': "\\(dq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Text that is printed as it is, on a line of its own or in the argument of a macro. */
export function roffText(text: string): string {
  const escaped = text
    .replaceAll(/[\\\-'"`^~]/g, (character) => ESCAPES[character]!)
    .replaceAll(
      /[^\n\x20-\x7e]/gu,
      (character) =>
        `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
  // At the beginning of a line a dot begins a macro.
  return escaped.replaceAll(/^\./gm, "\\&.");
}

/** Text in bold: what is typed as it is. */
export function bold(text: string): string {
  return `\\fB${roffText(text)}\\fR`;
}

/** Text in italics: what stands for something else. */
export function italic(text: string): string {
  return `\\fI${roffText(text)}\\fR`;
}

/** A term, and what there is to say of it. `term` is written already. */
export function entry(term: string, meaning: string): readonly string[] {
  return [".TP", term, roffText(meaning)];
}

/** Lines that are kept as they are. */
export function example(lines: readonly string[]): readonly string[] {
  return [".PP", ".RS 4", ".EX", ...lines.map(roffText), ".EE", ".RE"];
}

/**
 * Paragraphs out of the lines of a help text: an empty line begins one, and what is indented by two blanks is kept as
 * it is.
 */
export function paragraphs(lines: readonly string[]): readonly string[] {
  const written: string[] = [];
  let kept: string[] = [];
  let begins = true;
  const endKept = (): void => {
    if (kept.length > 0) written.push(...example(kept));
    kept = [];
  };
  for (const line of lines) {
    if (line.startsWith("  ")) {
      kept.push(line.slice(2));
      begins = true;
      continue;
    }
    endKept();
    if (line !== "") {
      if (begins && written.length > 0) written.push(".PP");
      written.push(roffText(line));
    }
    begins = line === "";
  }
  endKept();
  return written;
}
