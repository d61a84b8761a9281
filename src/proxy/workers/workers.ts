// Others that accept for the same proxy, each an isolate of its own. They carry; what is decided, asked and written down
// is one, and it is the main isolate's.
import type { ConnectionRecord } from "../../audit/event.ts";
import type { Clock } from "../../net/ports.ts";
import type { TcpListener } from "../../net/tcp_listener.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Counts } from "../counts.ts";
import type { Back, FrontParts } from "../front.ts";
import type { Limits } from "../limits.ts";
import type { Listening } from "../listening.ts";
import type { Carried } from "../live.ts";
import type { EndedRules } from "../live_policy.ts";
import type { LiveState } from "../live_state.ts";
import type { DoorOptions } from "../make_doors.ts";
import type { Outside } from "../proxy.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** The workers of a proxy that is to be. */
export interface Workers {
  /** What is counted over all of them, and this isolate. */
  readonly share: (limits: Limits) => SharedWork;
}

/** What workers and the main isolate have in common. */
export interface SharedWork {
  readonly counts: Counts;
  /** The number of the next connection, from 1. */
  readonly nextConnection: () => number;
  /** Starts them. */
  readonly begin: (parts: CrewParts) => Crew;
}

/** What workers are started with. */
export interface CrewParts {
  /** What every front of the proxy is made of, as far as it can be told. */
  readonly front: Pick<FrontParts, "attribution" | "addresses"> & {
    readonly options: Pick<DoorOptions, "policy" | "via" | "socksUdp">;
    readonly listening: readonly {
      readonly listener: Pick<TcpListener, "address">;
      readonly speaks: Listening["speaks"];
    }[];
  };
  readonly state: LiveState;
  /** That of the main isolate: theirs lead to it. */
  readonly back: Back;
  readonly record: Outside["record"];
  readonly clock: Clock;
}

/** Workers that run. */
export interface Crew {
  /** Has them follow a policy that takes the place of another. */
  follow(policy: Policy, ended: EndedRules): void;
  /** Resolves once all of them have it in force, to how many connections that closed in them. */
  everywhere(): Promise<number>;
  /** How many client connections they hold. */
  readonly size: number;
  /** How many they ever held. */
  readonly opened: number;
  /** What their tunnels have carried, as they told last. */
  readonly carried: Carried;
  /** Their connections, as they told last, in no order. */
  readonly connections: Iterable<ConnectionRecord>;
  /** Closes one. False when none of that id is theirs. */
  close(id: number): boolean;
  /** Has them tell anew. */
  refresh(): Promise<void>;
  /** Ends them: what is under way in them may go on for at most `graceMs`. */
  shutdown(graceMs: number): Promise<void>;
}

/** An isolate that a proxy has started. */
export interface WorkerThread {
  /** Throws a `DataCloneError` for what cannot be sent. */
  post(message: ToWorker): void;
  /** Ends it at once, whatever it does. Safe to call twice. */
  terminate(): void;
}

/** What a machine has for workers. */
export interface WorkerMachine {
  readonly start: StartWorker;
  /** How many can run at once. */
  readonly cores: number;
}

/**
 * Starts an isolate that runs `serveWorker`.
 *
 * @param heard told what it says
 * @param failed told, in one line, that it is over by itself
 */
export type StartWorker = (
  heard: (message: FromWorker) => void,
  failed: (why: string) => void,
) => WorkerThread;
