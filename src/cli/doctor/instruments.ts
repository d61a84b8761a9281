import type { SocketAddress } from "../../net/address/endpoint.ts";

/** What stands at a path, links followed. Nothing is opened to find out: a pipe would have us wait. */
export type Look =
  | { readonly kind: "absent" }
  /** The system does not tell. `why` is a clause. */
  | { readonly kind: "hidden"; readonly why: string }
  | {
    /** A device takes what is written to it; `other` is a pipe, a socket or a disk. */
    readonly kind: "file" | "folder" | "device" | "other";
    /** Whether the path is a symbolic link. */
    readonly isLink: boolean;
    /** The permission bits; null where the system has none. */
    readonly mode: number | null;
    /** Whose it is; null where the system does not tell. */
    readonly uid: number | null;
    /** Unix milliseconds; null where the system does not tell. */
    readonly changedAt: number | null;
  };

/** What an examination looks at this machine with, so that a test can own it. None of it changes anything. */
export interface Instruments {
  readonly look: (path: string) => Promise<Look>;
  /** The first bytes of a file, as text; null where there is no plain file that can be read. */
  readonly text: (path: string, bytesMax: number) => Promise<string | null>;
  /** Where a path leads once every link in it is resolved; null where that cannot be told. */
  readonly realPath: (path: string) => Promise<string | null>;
  /** Listens, and stops at once. Null when that worked, else what the system threw. */
  readonly tryListen: (at: SocketAddress) => unknown;
  /** Bytes that this user may still write on the disk of a path; null where that cannot be told. */
  readonly freeBytes: (path: string) => Promise<number | null>;
  /** The user of this process; null where the system does not tell. */
  readonly user: () => number | null;
}
