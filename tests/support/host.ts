import { type Host, parseHost } from "../../src/net/address/host.ts";

/** A host, as it is written in a URL. Throws for what is none. */
export function host(text: string): Host {
  const parsed = parseHost(text);
  if (parsed.kind === "bad") throw new TypeError(`Cannot read host "${text}": ${parsed.why}`);
  return parsed;
}
