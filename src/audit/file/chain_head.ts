/** What is kept of a chain beside its files, so that nobody can cut off its end unnoticed. */
export interface ChainHead {
  /** How many lines it has. */
  readonly lines: number;
  /** What the last of them ends with. */
  readonly last: string;
  /** How many there may be: more than `lines` only while some are written. */
  readonly upTo: number;
  /** What stands before the first line of each file, the newest file first; null where nobody knows. */
  readonly starts: readonly (string | null)[];
}

const VALUE_REGEXP = /^[0-9a-f]{64}$/;

/** As a line of text. */
export function printChainHead({ lines, last, upTo, starts }: ChainHead): string {
  return JSON.stringify({ lines, last, up_to: upTo, starts });
}

/** Reads that line; null where it is none. */
export function parseChainHead(text: string): ChainHead | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { lines, last, up_to: upTo, starts } = value as Readonly<Record<string, unknown>>;
  const isHead = isCount(lines) && isValue(last) && isCount(upTo) && upTo >= lines &&
    Array.isArray(starts) && starts.every((start) => start === null || isValue(start));
  return isHead ? { lines, last, upTo, starts } : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isValue(value: unknown): value is string {
  return typeof value === "string" && VALUE_REGEXP.test(value);
}
