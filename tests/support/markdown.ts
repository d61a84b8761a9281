/** A fenced block of a page. */
export interface Block {
  /** What stands behind the fence: `sh`, `console`, `toml` … */
  readonly language: string;
  readonly text: string;
  /** The line of the page that the block begins in. */
  readonly line: number;
  /** The heading that it stands below; empty above the first. */
  readonly heading: string;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(markdown: string): Block[] {
  const lines = prose(markdown).split("\n");
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => {
    const line = markdown.slice(0, match.index).split("\n").length;
    const heading = lines.slice(0, line).findLast((text) => /^#+ /.test(text)) ?? "";
    return {
      language: match[1]!,
      text: match[2]!,
      line,
      heading: heading.replace(/^#+ /, ""),
    };
  });
}

/** A command of a page. */
export interface Command {
  /** The line of the page that it stands in. */
  readonly line: number;
  /** The heading that it stands below. */
  readonly heading: string;
  /** As it is typed: of several lines where quotes or a backslash go over their end, or a here-document follows. */
  readonly text: string;
  /** What the page says that it prints; null where it says nothing. */
  readonly prints: string | null;
}

/** Every command of a page, in order. */
export function commandsOf(markdown: string): Command[] {
  return blocksOf(markdown).flatMap(commandsIn);
}

/** The commands of a block: those behind `$ ` of a `console` block, the lines of an `sh` block. */
export function commandsIn({ language, text, line, heading }: Block): Command[] {
  const isConsole = language === "console";
  if (!isConsole && language !== "sh") return [];
  const begins = isConsole ? /^\$ / : /^(?!\s*(#|$))/;
  const lines = text.trimEnd().split("\n");
  const commands: Command[] = [];
  for (let at = 0; at < lines.length;) {
    if (!begins.test(lines[at]!)) {
      at += 1;
      continue;
    }
    const end = endOfCommand(lines, at);
    let next = end;
    while (isConsole && next < lines.length && !begins.test(lines[next]!)) next += 1;
    commands.push({
      line: line + 1 + at,
      heading,
      text: lines.slice(at, end).join("\n").replace(begins, ""),
      prints: next === end ? null : lines.slice(end, next).join("\n"),
    });
    at = next;
  }
  return commands;
}

/** The index behind the last line of the command that begins at `start`. */
function endOfCommand(lines: readonly string[], start: number): number {
  const [, , word] = /<<(['"]?)(\w+)\1/.exec(lines[start]!) ?? [];
  if (word !== undefined) return lines.indexOf(word, start) + 1;
  let end = start + 1;
  while (end < lines.length && goesOn(lines.slice(start, end).join("\n"))) end += 1;
  return end;
}

/** Whether a command needs another line: it ends with a backslash, or inside quotes. */
function goesOn(command: string): boolean {
  // What is whole of it, one after the other: quoted, escaped, a comment, anything else.
  const rest = command.replaceAll(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|(?<=^|\s)#.*|[^'"\\]/g, "");
  return rest !== "";
}

/** A pattern for text that a page shows: `…` stands for anything within a line, alone for any lines. */
export function shown(text: string): RegExp {
  const pattern = text.split("\n").map((line) =>
    line === "…" ? "[^]*" : line.split("…").map((part) => RegExp.escape(part)).join(".*")
  );
  return RegExp(pattern.join("\\n"));
}

/** The rows of the table below a heading, each a list of cells. */
export function tableBelow(heading: string, markdown: string): string[][] {
  const section = markdown.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`Cannot find the heading "${heading}"`);
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** A link of a page, or a picture. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** The links of a page, but for those in blocks. */
export function linksOf(markdown: string): Link[] {
  return prose(markdown).split("\n").flatMap((text, at) =>
    [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)/g)].map(
      (match) => ({ target: (match[1] ?? match[2])!, line: at + 1 }),
    )
  );
}

/** What stands behind `#` in a link to each heading of a page, as GitHub makes it. */
export function headingsOf(markdown: string): string[] {
  return [...prose(markdown).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-")
  );
}

/** A page with its blocks emptied; each line stays where it is. */
function prose(markdown: string): string {
  return markdown.replaceAll(
    /^```.*?^```$/gms,
    (block) => "\n".repeat(block.split("\n").length - 1),
  );
}
