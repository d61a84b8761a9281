import type { Preset } from "../../config/presets/preset.ts";
import type { Posture } from "../../config/starter/starter_text.ts";
import type { Endpoint, SocketAddress } from "../../net/address/endpoint.ts";
import type { Mode } from "../../policy/policy.ts";
import type { Scope } from "../../proxy/asking/question.ts";
import type { CommandName, COMMANDS } from "./commands.ts";
import type { ProxyPlace } from "../proxy_place.ts";
import type { Shell } from "../../library/env/shell_quote.ts";

/** The options that say which policy is meant, as they were given. */
export interface PolicyFlags {
  readonly file: string | null;
  /** `--requirements`: a file, or an https URL. */
  readonly requirements: string | null;
  readonly overrides: readonly string[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly mode: Mode | null;
  /** A further file above that of the home folder: its name there, or a path. */
  readonly profile: string | null;
  /** Whether the files of the project are read. */
  readonly trustProject: boolean;
}

/** What every command that reads the configuration is told. */
export interface Common {
  readonly policy: PolicyFlags;
  readonly quiet: boolean;
}

/** `doorward start` */
export interface StartCommand extends Common {
  readonly name: "start";
  /** What every record is to say of it; null for nothing. */
  readonly label: string | null;
}

/** `doorward run` */
export interface RunCommand extends Common {
  readonly name: "run";
  /** As for `start`. */
  readonly label: string | null;
  /** What another policy said of the command; null for nothing. */
  readonly execPolicyHint: string | null;
  /** What its requests are marked with; null for nothing. */
  readonly attempt: string | null;
  /** The command line of the child. */
  readonly words: readonly [string, ...string[]];
}

/** `doorward learn` */
export interface LearnCommand extends Common {
  readonly name: "learn";
  /** As for `start`. */
  readonly label: string | null;
  /** Where the policy is written to; null prints it. */
  readonly out: string | null;
  readonly json: boolean;
  /** The command line of the child. */
  readonly words: readonly [string, ...string[]];
}

/** `doorward init` */
export interface InitCommand extends Common {
  readonly name: "init";
  readonly posture: Posture;
  /** Those that are written into it, each once. */
  readonly presets: readonly Preset[];
  /** Whether it is printed, and not written. */
  readonly stdout: boolean;
}

/** `doorward presets` */
export interface PresetsCommand extends Common {
  readonly name: "presets";
  /** The one that is shown; null lists them all. */
  readonly preset: Preset | null;
  readonly json: boolean;
}

/** `doorward check` */
export interface CheckCommand extends Common {
  readonly name: "check";
  readonly json: boolean;
}

/** `doorward doctor` */
export interface DoctorCommand extends Common {
  readonly name: "doctor";
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

/** `doorward ca` */
export interface CaCommand extends Common {
  readonly name: "ca";
  readonly action: "path" | "show" | "install-hint";
  readonly json: boolean;
}

/** `doorward config` */
export interface ConfigCommand extends Common {
  readonly name: "config";
  readonly action: "show" | "schema";
  readonly json: boolean;
}

/** `doorward audit verify` */
export interface AuditVerifyCommand extends Common {
  readonly name: "audit";
  readonly action: "verify";
  readonly file: string;
  /** The chain value that has to be in it; null where none was given. */
  readonly expect: string | null;
  readonly json: boolean;
}

/** `doorward audit summary` */
export interface AuditSummaryCommand extends Common {
  readonly name: "audit";
  readonly action: "summary";
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly format: "text" | "markdown" | "json";
  /** A time in Unix milliseconds, or how long it is ago; null takes all. */
  readonly since: { readonly kind: "at" | "ago"; readonly ms: number } | null;
  readonly label: string | null;
}

/** `doorward audit` */
export type AuditCommand =
  | AuditVerifyCommand
  | AuditSummaryCommand
  | (Common & { readonly name: "audit"; readonly action: "schema" });

/** `doorward connect` */
export interface ConnectCommand extends Common {
  readonly name: "connect";
  readonly target: Endpoint;
  /** Null when the environment or the configuration says which. */
  readonly proxy: ProxyPlace | null;
}

/** `doorward completions` */
export interface CompletionsCommand {
  readonly name: "completions";
  readonly shell: typeof COMMANDS.completions.words[0][number];
}

/** What every command is told that talks to a proxy which runs. */
export interface AdminCommon extends Common {
  /** Where that listens for commands; null when the configuration says where. */
  readonly admin: SocketAddress | null;
  readonly json: boolean;
}

/** `doorward blocked` */
export interface BlockedCommand extends AdminCommon {
  readonly name: "blocked";
  readonly follow: boolean;
  /** Records up to this number are left out. */
  readonly after: number;
}

/** `doorward pending` */
export interface PendingCommand extends AdminCommon {
  readonly name: "pending";
  readonly follow: boolean;
}

/** `doorward approve` */
export interface ApproveCommand extends AdminCommon {
  readonly name: "approve";
  /** The number of a question, or a host. */
  readonly target: string;
  readonly scope: Scope;
}

/** How long a denial may hold. */
export type DenyScope = Exclude<Scope, { readonly kind: "minutes" }>;

/** `doorward deny` */
export interface DenyCommand extends AdminCommon {
  readonly name: "deny";
  /** The number of a question, a host, or a pattern. */
  readonly target: string;
  /** Null when nothing was said. */
  readonly scope: DenyScope | null;
  readonly remove: boolean;
}

/** How long a rule may hold. */
export type RuleScope = Exclude<Scope, { readonly kind: "once" }>;

/** `doorward allow` */
export interface AllowCommand extends AdminCommon {
  readonly name: "allow";
  readonly pattern: string;
  readonly scope: RuleScope;
  readonly remove: boolean;
}

/** `doorward connections` */
export interface ConnectionsCommand extends AdminCommon {
  readonly name: "connections";
  /** The connection to close; null lists them. */
  readonly close: number | null;
}

/** `doorward mode` */
export interface ModeCommand extends AdminCommon {
  readonly name: "mode";
  /** Null asks which it is. */
  readonly mode: Mode | null;
}

/** `doorward reload` */
export interface ReloadCommand extends AdminCommon {
  readonly name: "reload";
}

/** `doorward dashboard` */
export interface DashboardCommand extends AdminCommon {
  readonly name: "dashboard";
}

/** A command that talks to a proxy which runs. */
export type AdminCommand =
  | BlockedCommand
  | PendingCommand
  | ApproveCommand
  | DenyCommand
  | AllowCommand
  | ConnectionsCommand
  | ModeCommand
  | ReloadCommand
  | DashboardCommand;

/** What a command line asks for. */
export type Command =
  | StartCommand
  | RunCommand
  | LearnCommand
  | InitCommand
  | PresetsCommand
  | CheckCommand
  | DoctorCommand
  | ExplainCommand
  | EnvCommand
  | CaCommand
  | ConfigCommand
  | AuditCommand
  | ConnectCommand
  | AdminCommand
  | CompletionsCommand
  | { readonly name: "man" }
  | { readonly name: "version"; readonly json: boolean }
  | { readonly name: "help"; readonly of: CommandName | null }
  /** It cannot be told. */
  | { readonly name: "usage"; readonly message: string; readonly of: CommandName | null };
