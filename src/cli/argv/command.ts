import type { Endpoint } from "../../net/address/endpoint.ts";
import type { Mode } from "../../policy/policy.ts";
import type { CommandName } from "./commands.ts";
import type { ProxyPlace } from "../proxy_place.ts";
import type { Shell } from "../shell/shell_quote.ts";

/** The options that say which policy is meant, as they were given. */
export interface PolicyFlags {
  readonly file: string | null;
  readonly overrides: readonly string[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly mode: Mode | null;
}

/** What every command that reads the configuration is told. */
export interface Common {
  readonly policy: PolicyFlags;
  readonly quiet: boolean;
}

/** `doorward start` */
export interface StartCommand extends Common {
  readonly name: "start";
}

/** `doorward run` */
export interface RunCommand extends Common {
  readonly name: "run";
  /** The command line of the child. */
  readonly words: readonly [string, ...string[]];
}

/** `doorward check` */
export interface CheckCommand extends Common {
  readonly name: "check";
  readonly json: boolean;
}

/** `doorward explain` */
export interface ExplainCommand extends Common {
  readonly name: "explain";
  readonly target: string;
  readonly method: string | null;
  readonly lookup: boolean;
  readonly json: boolean;
}

/** `doorward env` */
export interface EnvCommand extends Common {
  readonly name: "env";
  readonly shell: Shell | null;
  readonly json: boolean;
}

/** `doorward connect` */
export interface ConnectCommand extends Common {
  readonly name: "connect";
  readonly target: Endpoint;
  /** Null when the environment or the configuration says which. */
  readonly proxy: ProxyPlace | null;
}

/** What a command line asks for. */
export type Command =
  | StartCommand
  | RunCommand
  | CheckCommand
  | ExplainCommand
  | EnvCommand
  | ConnectCommand
  | { readonly name: "version"; readonly json: boolean }
  | { readonly name: "help"; readonly of: CommandName | null }
  /** It cannot be told. */
  | { readonly name: "usage"; readonly message: string; readonly of: CommandName | null };
