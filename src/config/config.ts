// Files and flags, parsed once into values. Nothing above this folder reads TOML again.
import type { SocketAddress } from "../net/address/endpoint.ts";
import { systemUnixSockets } from "../net/unix_sockets.ts";
import type { Mode, PolicyDocument } from "../policy/policy.ts";
import type { RequestRule } from "../policy/request_rule.ts";
import type { Origin, Rule } from "../policy/rule.ts";
import type { Limits } from "../proxy/limits.ts";
import type { UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";
import { readAskWebhook } from "./ask_webhook.ts";
import { type AuthorityFiles, readAuthorityFiles } from "./authority_files.ts";
import { type DeciderConfig, readDecider } from "./decider_table.ts";
import {
  flagEntries,
  listEntries,
  noteDeniedAgain,
  parseRules,
  type PlacedRule,
} from "./domain_lists.ts";
import { noteEffects } from "./effects.ts";
import { ConfigError } from "./errors.ts";
import { absolutePath, folderOf, isAbsolute } from "./file_path.ts";
import { Findings } from "./toml/findings.ts";
import { readLimits } from "./limits_table.ts";
import { readListenAddresses } from "./listen_addresses.ts";
import { readNetwork } from "./network_table.ts";
import type { OtelConfig } from "./otel/otel_config.ts";
import { readOtel } from "./otel/read_otel.ts";
import type { ProjectFiles } from "./project_files.ts";
import { readPresets } from "./presets/read_presets.ts";
import { checkPublicSuffixes } from "./public_suffix.ts";
import { readRequestRules } from "./request_rules.ts";
import { FLAG_RANK, type Layer, readLayers } from "./source_layers.ts";
import { originsOf, sourceNames } from "./source_names.ts";
import { featureMatrix, type Switched } from "./surfaces/feature_matrix.ts";
import type { Selection } from "./surfaces/resolve.ts";
import type { SwitchedOff } from "./surfaces/switched_off.ts";
import type { LocatedTable } from "./toml/located.ts";
import { isDenylistOnly } from "./requirements/constraints.ts";
import type { Access } from "./requirements/governed_settings.ts";
import { governNetwork } from "./requirements/govern_network.ts";
import { mayDecide, noteUnasked } from "./requirements/may_decide.ts";
import { offUnder } from "./requirements/off_under.ts";
import { type LoadedRequirements, NOTHING_REQUIRED } from "./requirements/loaded_requirements.ts";
import type { Requirements } from "./requirements/requirements.ts";
import { resolveUnixSockets } from "./unix_socket_list.ts";
import { readUpstreamCaFile } from "./upstream_ca_file.ts";
import { readUpstreamProxy } from "./upstream_key.ts";
import { type AuditConfig, readAudit, readAuditFile } from "./audit_table.ts";
import { readViolationFile } from "./violation_file.ts";

/** `[network]`, every key with its value or its default, in the file's own spelling and order. */
export interface NetworkConfig {
  readonly enabled: boolean;
  readonly proxy_url: string;
  readonly admin_url: string;
  readonly enable_socks5: boolean;
  readonly socks_url: string;
  readonly enable_socks5_udp: boolean;
  readonly allow_upstream_proxy: boolean;
  readonly upstream_proxy: string;
  readonly dangerously_allow_non_loopback_proxy: boolean;
  readonly dangerously_allow_non_loopback_admin: boolean;
  readonly admin_auth: "loosen" | "all" | "none";
  readonly mode: Mode;
  readonly presets: readonly string[];
  readonly allowed_domains: readonly string[];
  readonly denied_domains: readonly string[];
  readonly allow_unix_sockets: readonly string[];
  readonly allow_local_binding: boolean;
  readonly dangerously_allow_all_unix_sockets: boolean;
  readonly dangerously_allow_all_domains: boolean;
  readonly mitm: boolean;
  readonly sni_binding: boolean;
  readonly ech: "allow" | "deny";
  readonly upstream_ca_file: string;
  readonly ask: boolean;
  readonly ask_hold_seconds: number;
  readonly ask_webhook: string;
  readonly blocked_capacity: number;
  readonly violation_file: string;
  readonly audit_file: string;
  readonly via: boolean;
  readonly all_proxy: "http" | "socks5h";
  readonly workers: number | "auto";
}

/** One sentence for the person who starts Doorward, with the place it speaks of. */
export interface Notice {
  readonly message: string;
  readonly origin: Origin;
}

/** A configuration that was read and checked. */
export interface Config {
  readonly network: NetworkConfig;
  readonly limits: Limits;
  /** What the policy is compiled from, as configured. */
  readonly policy: PolicyDocument;
  /** Where the proxy listens, after clamping to loopback. */
  readonly proxyAddress: SocketAddress;
  /** Where SOCKS5 listens, after clamping; null while it is off. */
  readonly socksAddress: SocketAddress | null;
  /** Where the admin API listens, after clamping; `run` does not open it. */
  readonly adminAddress: SocketAddress;
  /** Where a question is sent to when it is asked; null tells nobody. */
  readonly askWebhook: URL | null;
  /** Who decides about what no rule names, as it is written; null leaves it at that. */
  readonly decider: DeciderConfig | null;
  /** Whether it is asked: false without one, and where nothing may be added to the managed hosts. */
  readonly asksDecider: boolean;
  /** Whether anybody may decide about what no rule names: requirements may forbid it. */
  readonly permitsDecider: boolean;
  /** The absolute path of the file that violation lines go to; null is standard error. */
  readonly violationFile: string | null;
  /** Where audit records are exported to; null exports nothing. */
  readonly otel: OtelConfig | null;
  /** The absolute path of the file that audit records go to; null where there is none. */
  readonly auditFile: string | null;
  readonly audit: AuditConfig;
  /** Where the authority of interception is; null when there is no home folder that could hold it. */
  readonly authorityFiles: AuthorityFiles | null;
  /** The absolute path of a file with further authorities that servers may be certified by, or null. */
  readonly upstreamCaFile: string | null;
  /** The proxy of `upstream_proxy`; null leaves it to the environment. */
  readonly upstreamProxy: UpstreamProxy | null;
  /** The environment variables that secrets of request rules come from; no wrapped command gets them. */
  readonly secretVariables: readonly string[];
  /** What was imposed, and cannot be loosened while Doorward runs either. */
  readonly requirements: Requirements;
  /** The files and URLs that say them, the most important first. */
  readonly requiredBy: readonly string[];
  /** Why nothing is to be started; null unless somebody switched it off, or has no network for it. */
  readonly off: SwitchedOff | null;
  /** What holds a command besides Doorward: what may be required depends on it. */
  readonly access: Access;
  /** How the policy was found among the ways to write one. */
  readonly selection: Selection;
  /** Whether there is a proxy for whoever embeds it, to whom an unwritten feature is off. */
  readonly switched: Switched;
  /** Every file that there may be, lowest first. */
  readonly layers: readonly Layer[];
  /** The main file and the flags that were read, lowest first; `["built-in"]` for the embedded default. */
  readonly sources: readonly string[];
  /** Where a dotted key (`network.mode`) was written; undefined for a default. */
  readonly originOf: (key: string) => Origin | undefined;
  readonly notices: readonly Notice[];
}

/** Where the configuration comes from. */
export interface ConfigSource {
  /** `--config FILE`; must exist. */
  readonly file?: string;
  /** What a program gives in place of a file: TOML, and what its faults name it. */
  readonly text?: { readonly name: string; readonly toml: string };
  /** The file that is read when it exists and `file` is not given: `<home>/config.toml`. */
  readonly homeFile?: string;
  /** The home folder, where nothing is read but the authority of interception and its like. */
  readonly home?: string;
  /**
   * Whether `homeFile` is another program's too: its folder came from `CODEX_HOME`. Top-level keys that
   * are not ours are then ignored with one notice, and not faults.
   */
  readonly foreignKeys?: boolean;
  /** The lowest, for everybody on this machine; read when it exists. */
  readonly systemFile?: string;
  /** `--profile NAME`: above the file in the home folder; must exist. */
  readonly profileFile?: string;
  /** Above both, if the person trusts it. */
  readonly project?: ProjectFiles;
  /** `-c key=value`, in order; the later wins. */
  readonly overrides: readonly string[];
  /** `--allow` and `--deny`, added to the lists. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Where the secrets of request rules are looked for; absent, none is read, and none can be sent. */
  readonly env?: Readonly<Record<string, string>>;
  /** What an administrator imposes. Rejects with a `ConfigError`; absent, nothing is imposed. */
  readonly requirements?: () => Promise<LoadedRequirements>;
}

/** Reads, merges and checks. Rejects with a `ConfigError` that holds every fault. */
export async function loadConfig(source: ConfigSource): Promise<Config> {
  const findings = new Findings();
  const layered = await readLayers(source, findings);
  const { table: root, written, resolved, defaults, file, layers } = layered;
  const table = resolved.network;

  const read = readNetwork(table, defaults, findings, resolved.where);
  const asWritten: NetworkConfig = {
    ...read,
    allowed_domains: [...read.allowed_domains, ...source.allow],
    denied_domains: [...read.denied_domains, ...source.deny],
  };
  const limits = readLimits(table.entries.get("limits")?.value, findings);
  const presets = readPresets(table, asWritten, findings);
  const origins = new Map([...originsOf(written, source), ...originsOf(root, source)]);
  const access: Access = resolved.written.surface === "full_access" ? "full" : "restricted";
  const imposed = await source.requirements?.() ?? NOTHING_REQUIRED;
  const governed = governNetwork(
    {
      table,
      network: asWritten,
      rules: [...await readRules(table, source, findings), ...presets.rules.map(placed)],
      originOf: (key) => origins.get(key),
    },
    imposed,
    access,
    findings,
  );
  const { network } = governed;
  noteDeniedAgain(governed.rules.filter(({ rule }) => rule.origin.preset === undefined), findings);
  const rules = governed.rules.map(({ rule }) => rule);
  const { rules: ownRules, secretVariables } = await readRequestRules(
    table,
    network,
    source.env ?? null,
    findings,
  );
  // Those of presets come last: what the file says of a host may let more through.
  const requestRules = [...ownRules, ...presets.requestRules];
  const addresses = readListenAddresses(table, network, findings);
  const upstreamProxy = readUpstreamProxy(table, network, findings);
  const askWebhook = readAskWebhook(table, network, findings);
  const decider = await readDecider(table, layers, findings);
  const permitsDecider = mayDecide(imposed.requirements, access);
  const asksDecider = decider !== null && permitsDecider;
  if (decider !== null) noteUnasked(imposed.requirements, access, table, findings);
  const violationFile = readViolationFile(table, network, findings);
  const audit = readAudit(table, findings);
  const auditFile = readAuditFile(table, network, { audit, violationFile }, findings);
  const authorityFiles = readAuthorityFiles(table, homeOf(source), findings);
  const upstreamCaFile = await readUpstreamCaFile(table, network, findings);
  const otel = await readOtel(root, findings);
  noteEffects({ table, network, rules, requestRules, asksDecider, file }, findings);

  const faults = findings.faults();
  if (faults.length > 0) throw new ConfigError(faults);
  const sockets = systemUnixSockets(Deno.build.os);
  const unixSockets = await resolveUnixSockets(table, network, sockets, findings);
  return {
    network,
    limits,
    policy: policyDocument(network, rules, requestRules.map(({ rule }) => rule), unixSockets),
    proxyAddress: addresses.proxy,
    socksAddress: network.enable_socks5 ? addresses.socks : null,
    adminAddress: addresses.admin,
    askWebhook,
    decider,
    asksDecider,
    permitsDecider,
    violationFile,
    otel,
    auditFile,
    audit,
    authorityFiles,
    upstreamCaFile,
    upstreamProxy,
    secretVariables,
    requirements: imposed.requirements,
    requiredBy: imposed.sources,
    off: offUnder(imposed.requirements, resolved.off, access),
    access,
    selection: resolved.selection,
    switched: featureMatrix({
      ...resolved.written,
      required: imposed.requirements.values.enabled?.value ?? null,
      denylistOnly: isDenylistOnly(imposed.requirements, access),
    }),
    layers,
    sources: [
      ...sourceNames(file, source),
      ...imposed.sources.map((name) => `requirements ${name}`),
    ],
    originOf: governed.originOf,
    notices: findings.notices(),
  };
}

/** The home folder: that of the file that is read there. */
function homeOf({ homeFile, home: folder }: ConfigSource): string | null {
  const { os } = Deno.build;
  const home = folder ?? (homeFile === undefined ? null : folderOf(homeFile, os));
  if (home === null) return null;
  return isAbsolute(home, os) ? home : absolutePath(home, Deno.cwd(), os);
}

async function readRules(table: LocatedTable, source: ConfigSource, findings: Findings) {
  const rank = FLAG_RANK + source.overrides.length + 1;
  const allow = flagEntries("--allow", source.allow, rank);
  const deny = flagEntries("--deny", source.deny, rank + 1);
  const rules = [
    ...parseRules("allow", [...listEntries(table, "allowed_domains"), ...allow], findings),
    ...parseRules("deny", [...listEntries(table, "denied_domains"), ...deny], findings),
  ];
  await checkPublicSuffixes(rules, findings);
  return rules;
}

/** A rule that stands in no list, at the place that it comes from. */
function placed(rule: Rule): PlacedRule {
  return { rule, place: { origin: rule.origin, rank: 0, flag: null } };
}

function policyDocument(
  network: NetworkConfig,
  rules: readonly Rule[],
  requestRules: readonly RequestRule[],
  unixSockets: readonly string[],
): PolicyDocument {
  return {
    enabled: network.enabled,
    mode: network.mode,
    rules,
    requestRules,
    allowLocalBinding: network.allow_local_binding,
    interception: network.mitm,
    sniBinding: network.sni_binding,
    denyEch: network.ech === "deny",
    dangerouslyAllowAllDomains: network.dangerously_allow_all_domains,
    ask: network.ask,
    unixSockets,
    dangerouslyAllowAllUnixSockets: network.dangerously_allow_all_unix_sockets,
  };
}
