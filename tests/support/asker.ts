import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import type { Asker } from "../../src/proxy/asking/asker.ts";

const NEVER = new AbortController().signal;

/** A client that asks for something, and waits for a person for as long as that takes. */
export function asker(parts: Partial<Asker> = {}): Asker {
  return {
    id: 1,
    client: "127.0.0.1:50000",
    method: "GET",
    listener: "127.0.0.1:3128",
    attribution: UNATTRIBUTED,
    attempt: () => null,
    held: () => NEVER,
    freed: () => {},
    ...parts,
  };
}
