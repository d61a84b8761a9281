// The admin API: HTTP over the running proxy. It decides nothing about requests; it shows, and hands wishes on.
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Clock } from "../net/ports.ts";
import type { BadPattern } from "../policy/host_pattern.ts";
import type { Rule } from "../policy/rule.ts";
import type { RulePattern } from "../policy/rule_pattern.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import type { Reloaded, ReloadFault } from "../proxy/reloaded.ts";
import type { Access } from "./access.ts";

/** The configuration while Doorward runs. */
export interface Configuration {
  /** `[network]` as configured, without secrets. */
  readonly network: Readonly<Record<string, unknown>>;
  /** The files and flags that it comes from. */
  readonly sources: readonly string[];
  /** Unix seconds: when it was read. */
  readonly loadedAt: number;
  /** Set while the file cannot be used. */
  readonly fault: ReloadFault | null;
  /**
   * Reads it again, and puts it into force whole or not at all.
   *
   * @throws {AdminError}
   */
  reload(): Promise<Reloaded>;
  /** Reads the text of a rule as a configuration would, and judges its breadth. */
  parsePattern(text: string): Promise<RulePattern | BadPattern>;
  /**
   * Writes a rule into the file, and puts it into force.
   *
   * @throws {AdminError}
   */
  persist(list: Rule["list"], pattern: string): Promise<void>;
  /**
   * Takes a rule out of the file, and out of force. Null when it does not stand there.
   *
   * @throws {AdminError}
   */
  withdraw(list: Rule["list"], pattern: string): Promise<Reloaded | null>;
}

/** Tells what would become of a request. */
export type Explain = (target: string, method: string | null) => Promise<unknown>;

/** What the admin API is made of. */
export interface AdminParts {
  readonly proxy: Pick<
    RunningProxy,
    | "policy"
    | "questions"
    | "live"
    | "feed"
    | "tally"
    | "limits"
    | "blocked"
    | "audit"
    | "connections"
  >;
  readonly configuration: Configuration;
  readonly access: Access;
  /** Where it listens. */
  readonly listener: SocketAddress;
  readonly version: string;
  readonly clock: Clock;
  /** What would become of a request, as `doorward explain --json` prints it; null where nobody can tell. */
  readonly explain: Explain | null;
  /** Told of our own troubles, one line each. */
  readonly diagnose: (line: string) => void;
}
