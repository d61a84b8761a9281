import type { BufferPool } from "../net/stream/buffer_pool.ts";
import type { BlockedRequest } from "./blocked.ts";
import type { Gateway } from "./gateway.ts";
import type { Limits } from "./limits.ts";

/** What serving a client takes, whatever it speaks; the same for every client. */
export interface Door {
  readonly gateway: Gateway;
  readonly limits: Limits;
  readonly pool: BufferPool;
  /** Told of each request that policy stopped, before it is answered. */
  readonly blocked: (what: BlockedRequest) => void;
}
