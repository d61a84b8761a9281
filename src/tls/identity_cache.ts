import { formatHost, type Host } from "../net/address/host.ts";
import type { TlsIdentity } from "../net/tls_identity.ts";

/** An identity, and how long it is good to be shown. */
export interface Minted {
  readonly identity: TlsIdentity;
  /** When a new one is to be made, in Unix milliseconds. */
  readonly renewAt: number;
}

/** Makes the identity of a host. */
export type Mint = (host: Host) => Promise<Minted>;

/** Where nobody says how many: some kilobytes each. */
const HOSTS_MAX = 1000;

interface Entry {
  readonly minted: Promise<Minted>;
  /** Not before it is made. */
  renewAt: number;
}

/** Identities that were made, so that a host costs one. Requests for one host at once share its making. */
export class IdentityCache {
  /** Least recently asked for first. */
  readonly #entries = new Map<string, Entry>();
  readonly #mint: Mint;
  readonly #now: () => number;
  readonly #hostsMax: number;

  /**
   * @param now Unix milliseconds
   * @param hostsMax a client chooses the hosts: those beyond this push out the ones asked for least recently
   */
  constructor(mint: Mint, now: () => number, hostsMax = HOSTS_MAX) {
    this.#mint = mint;
    this.#now = now;
    this.#hostsMax = hostsMax;
  }

  /**
   * The identity of a host. Rejects when it cannot be made; the next request tries again.
   *
   * @param full told when another has to make way
   */
  async identityFor(host: Host, full: () => void = () => {}): Promise<TlsIdentity> {
    const name = formatHost(host);
    const known = this.#entries.get(name);
    const entry = known === undefined || this.#now() >= known.renewAt
      ? this.#begin(name, host)
      : known;
    // To the end, as the one asked for last.
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#hostsMax) break;
      this.#entries.delete(oldest);
      full();
    }
    return (await entry.minted).identity;
  }

  #begin(name: string, host: Host): Entry {
    const entry: Entry = { minted: this.#mint(host), renewAt: Infinity };
    entry.minted.then(
      ({ renewAt }) => entry.renewAt = renewAt,
      () => {
        // Whoever asked hears of it; nobody later is answered with it.
        if (this.#entries.get(name) === entry) this.#entries.delete(name);
      },
    );
    return entry;
  }
}
