// What a terminal shows of what a program prints: only what Doorward prints, and a shell that echoes.

/** How characters are set off. */
export type Ink = "plain" | "bold" | "faint" | "red" | "green" | "yellow";

/** Characters of one ink. */
export interface Stretch {
  readonly ink: Ink;
  readonly text: string;
}

/** A row of the screen, from its left. */
export type Row = readonly Stretch[];

/** Select Graphic Rendition (ECMA-48, 8.3.117), as far as Doorward uses it. */
const INKS: Readonly<Record<string, Ink>> = {
  "0": "plain",
  "1": "bold",
  "2": "faint",
  "31": "red",
  "32": "green",
  "33": "yellow",
};

const ESCAPE = "\x1b";
const PIECE_REGEXP = new RegExp(`${ESCAPE}\\[[\\d;]*m|\\r\\n|.`, "gsu");

/**
 * The rows of a window that is `columns` wide, and as high as it takes.
 *
 * @throws for a control sequence that is not known: a picture without it would not be true
 */
export function screenOf(printed: string, columns: number): readonly Row[] {
  const rows: Stretch[][] = [[]];
  let column = 0;
  let ink: Ink = "plain";
  const newRow = () => {
    rows.push([]);
    column = 0;
  };
  for (const [found] of printed.matchAll(PIECE_REGEXP)) {
    if (found === "\r\n") newRow();
    else if (found.length > 2) ink = inkOf(found);
    else if (/\p{Cc}/u.test(found)) throw new Error(`Cannot draw ${JSON.stringify(found)}`);
    else {
      // A row that is full ends only when there is more.
      if (column === columns) newRow();
      column += 1;
      append(rows.at(-1)!, ink, found);
    }
  }
  return rows;
}

/** A row without its colours. */
export function textOf(row: Row): string {
  return row.map(({ text }) => text).join("");
}

function inkOf(sequence: string): Ink {
  const ink = INKS[sequence.slice(`${ESCAPE}[`.length, -1)];
  if (ink === undefined) throw new Error(`Cannot draw ${JSON.stringify(sequence)}`);
  return ink;
}

function append(row: Stretch[], ink: Ink, character: string): void {
  const last = row.at(-1);
  if (last?.ink === ink) row[row.length - 1] = { ink, text: last.text + character };
  else row.push({ ink, text: character });
}
