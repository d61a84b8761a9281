import type { BufferPool } from "../../net/stream/buffer_pool.ts";
import type { BlockedRequest } from "../blocked.ts";
import type { Gateway } from "../gateway.ts";
import type { Limits } from "../limits.ts";

/** What serving HTTP takes, the same for every client. */
export interface HttpDoor {
  readonly gateway: Gateway;
  readonly limits: Limits;
  readonly pool: BufferPool;
  /** Our name in `Via`, unlike that of any other proxy; null leaves `Via` out. */
  readonly via: string | null;
  /** Whether new requests are still taken. */
  readonly open: () => boolean;
  /** Told of each request that policy stopped, before it is answered. */
  readonly blocked: (what: BlockedRequest) => void;
}
