import type { BufferPool } from "../net/stream/buffer_pool.ts";
import type { BlockedRequest } from "./blocked.ts";
import type { Gateway } from "./gateway.ts";
import type { Limits } from "./limits.ts";
import type { Passages } from "./passage.ts";

/** What serving a client takes, whatever it speaks; the same for every client. */
export interface Door {
  readonly gateway: Gateway;
  readonly limits: Limits;
  readonly pool: BufferPool;
  /** Our name in `Via`, unlike that of any other proxy; null leaves `Via` out. */
  readonly via: string | null;
  /** Told of each request that policy stopped, before it is answered. */
  readonly blocked: (what: BlockedRequest) => void;
  /** Told of what is let through, when it begins and when it is over. */
  readonly passages: Passages;
  /** Told, in one line, of what a client cannot be told. */
  readonly diagnose: (line: string) => void;
}
