import type { Asker } from "../../src/proxy/asking/asker.ts";

const NEVER = new AbortController().signal;

/** A client that asks for something, and waits for a person for as long as that takes. */
export function asker(parts: Partial<Asker> = {}): Asker {
  return {
    client: "127.0.0.1:50000",
    method: "GET",
    attempt: () => null,
    held: () => NEVER,
    freed: () => {},
    ...parts,
  };
}
