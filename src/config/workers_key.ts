import { type Reader, reader, wrong } from "./toml/value_readers.ts";

/** More isolates than this have more to say to the main one than it can hear. */
export const WORKERS_MAX = 16;

const WHAT = `a whole number from 1 to ${WORKERS_MAX}, or "auto"`;

/** Reads how many isolates accept: a number, or as many as the machine has cores. */
export const readWorkers: Reader<number | "auto"> = reader<number | "auto">(
  { anyOf: [{ type: "integer", minimum: 1, maximum: WORKERS_MAX }, { const: "auto" }] },
  (value, name, findings) => {
    const written = value.kind === "scalar" ? value.value : null;
    if (written === "auto") return written;
    const isCount = typeof written === "bigint" && written >= 1n && written <= BigInt(WORKERS_MAX);
    return isCount ? Number(written) : wrong(value, name, WHAT, findings);
  },
);
