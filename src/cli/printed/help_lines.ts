import { type Line, paint } from "./terminal.ts";

/** A name, what stands between, and what it means. */
const ROW_REGEXP = /^ +\S+(?: \S+)* {2,}\S/;

/**
 * The text of a help for a terminal, which may be narrower than it was written for: sentences are put together to
 * paragraphs, and examples are to be copied.
 */
export function helpLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let paragraph = "";
  const end = () => {
    if (paragraph !== "") lines.push([paragraph]);
    paragraph = "";
  };
  for (const line of text.split("\n")) {
    if (line !== "" && !line.startsWith(" ")) {
      paragraph = paragraph === "" ? line : `${paragraph} ${line}`;
      continue;
    }
    end();
    if (line === "" || ROW_REGEXP.test(line)) lines.push([line]);
    else lines.push(["  ", paint("copy", line.trim())]);
  }
  end();
  return lines;
}
