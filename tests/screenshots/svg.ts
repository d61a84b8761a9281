import type { Ink, Row } from "./screen.ts";

/** A window as it is drawn. */
export interface Window {
  readonly title: string;
  readonly columns: number;
  readonly rows: readonly Row[];
}

/** One character, in the units of the picture; every stretch is held to it, whatever the font. */
const CELL = { width: 8.4, height: 20 } as const;
const FONT_SIZE = 14;
/** From the top of a row to the line that letters stand on. */
const BASELINE = 14.5;
const MARGIN = 18;
const TITLE_HEIGHT = 34;

const COLOURS: Readonly<Record<Ink, string>> = {
  plain: "#d5dae1",
  bold: "#ffffff",
  faint: "#8b949e",
  red: "#ff7b72",
  green: "#56d364",
  yellow: "#e3b341",
};

/** A picture of a window: SVG, which can be read, and compared line by line. */
export function svgOf({ title, columns, rows }: Window): string {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = TITLE_HEIGHT + rows.length * CELL.height + MARGIN;
  const inks = Object.entries(COLOURS).map(([ink, colour]) =>
    `.${ink}{fill:${colour}${ink === "bold" ? ";font-weight:bold" : ""}}`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,` +
    `"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre}${inks.join("")}</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${
      height - 1
    }" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    `<path d="M0.5 ${TITLE_HEIGHT - 8.5}H${width - 0.5}" stroke="#21262d"/>`,
    `<text class="faint" x="${width / 2}" y="17.5" text-anchor="middle" style="font-size:12px">${
      escaped(title)
    }</text>`,
    ...rows.flatMap((row, at) => rowSvg(row, TITLE_HEIGHT + at * CELL.height + BASELINE)),
    "</svg>",
    "",
  ].join("\n");
}

function rowSvg(row: Row, y: number): readonly string[] {
  const drawn: string[] = [];
  let column = 0;
  for (const { ink, text } of row) {
    // Words alone are drawn, each run of them at its own place.
    for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      const x = round(MARGIN + (column + [...text.slice(0, index)].length) * CELL.width);
      const width = round([...words].length * CELL.width);
      drawn.push(
        `<text class="${ink}" x="${x}" y="${y}" textLength="${width}">${escaped(words)}</text>`,
      );
    }
    column += [...text].length;
  }
  return drawn;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" };
  return text.replaceAll(/[&<>"]/g, (found) => `&${names[found]};`);
}
