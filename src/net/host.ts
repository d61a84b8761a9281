import type { IpAddress } from "./ip.ts";

/** A host as a client may name it: lower case, without a trailing dot, A-labels only; or an address. */
export type Host =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "ip"; readonly ip: IpAddress };

/** Text that names no host that Doorward will go to. `why` is a short clause, fit to be sent back. */
export interface BadHost {
  readonly kind: "bad";
  readonly why: string;
}

/**
 * Reads the host part of an authority (RFC 3986 section 3.2.2), without a port: a name, a strict dotted
 * quad, or an IPv6 address in brackets. The only normaliser in the program.
 */
export function parseHost(_text: string): Host | BadHost {
  throw new Error("not written yet");
}

/** Prints a host without brackets: `example.com`, `192.0.2.1`, `2001:db8::1`. */
export function formatHost(_host: Host): string {
  throw new Error("not written yet");
}
