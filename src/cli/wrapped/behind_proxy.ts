import type { AuditSink } from "../../audit/audit_sink.ts";
import type { Config } from "../../config/config.ts";
import type { LiveConfigParts } from "../../config/live_config.ts";
import { upstreamSettings } from "../../config/upstream_routes.ts";
import { openChosen } from "../../library/choose_decider.ts";
import { childEnv, type ChildFacts } from "../../library/env/child_env.ts";
import { followRequirements } from "../../library/follow_requirements.ts";
import { closeAudit, openAudit } from "../../library/open_audit.ts";
import { type OpenAuthority, openAuthority } from "../../library/open_authority.ts";
import { openWorkers } from "../../library/workers/open_workers.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { LOOPBACK_IPV4 } from "../../net/address/ip.ts";
import type { Answerer } from "../../proxy/asking/question.ts";
import type { RunningProxy } from "../../proxy/proxy.ts";
import type { Attribution } from "../../audit/attribution.ts";
import type { RunCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { liveConfig } from "../live_config.ts";
import { type OpenOptions, openProxy, socksListener } from "../open_proxy.ts";
import { policyInForce } from "../policy_in_force.ts";
import { flushInTime } from "../printed/flush_in_time.ts";
import { noticeLine, warningLine } from "../printed/notices.ts";
import { paint } from "../printed/terminal.ts";
import { upstreamWarnings } from "../printed/upstream_lines.ts";
import { connectWords } from "../program.ts";
import { forwardSignals } from "../signals/forward_signals.ts";
import type { Surroundings } from "../surroundings.ts";
import type { LoadedPolicy } from "./load_wrapped.ts";

/** A proxy for one command: nobody else knows its port. */
const ANY_LOOPBACK_PORT: SocketAddress = { ip: LOOPBACK_IPV4, port: 0 };
/** Troubles of our own told after the run, at most: while it runs, standard error is the child's. */
const TROUBLES_MAX = 20;

/** The command that runs, and what is said of it. */
export type Wrapped = Pick<
  RunCommand,
  "words" | "quiet" | "label" | "execPolicyHint" | "attempt"
>;

/** What there is besides the command. */
export interface Wrapping extends LoadedPolicy {
  /** Reads the configuration again, where the requirements have changed. */
  readonly load: LiveConfigParts["load"];
  /** Who is asked about what no rule names. */
  readonly answerers: () => readonly Answerer[];
  /** Where records go besides those that the configuration names. */
  readonly sinks: readonly AuditSink[];
  /** Whether a file is written once the command has ended. */
  readonly writesLater: boolean;
  /** Told of each blocked request. */
  readonly record: OpenOptions["record"];
}

/** What became of the command. */
export interface Ran {
  /** Whether it was started at all. */
  readonly started: boolean;
  /** Its exit code; ours where it was not started, which has been explained on standard error then. */
  readonly code: number;
}

/** Runs a command behind a proxy of its own, which ends with it. */
export async function runBehindProxy(
  command: Wrapped,
  wrapping: Wrapping,
  here: Surroundings,
): Promise<Ran> {
  const troubles: string[] = [];
  const ran = await withProxy(command, wrapping, here, (line) => {
    if (troubles.length < TROUBLES_MAX) troubles.push(line);
  });
  troubles.forEach((line) => here.terminal.err.line(`doorward: ${line}`));
  return ran;
}

async function withProxy(
  command: Wrapped,
  { config, source, seen, load, answerers, sinks, writesLater, record }: Wrapping,
  here: Surroundings,
  diagnose: (line: string) => void,
): Promise<Ran> {
  const policy = policyInForce(config);
  const decider = openChosen(config.decider, config, here, diagnose);
  // While files may still be written.
  const trust = await openAuthority(config, here);
  const audit = await openAudit(config, {
    sinks,
    diagnose,
    print: (line) => here.terminal.err.line(paint("record", line)),
  }, here);
  await using _audit = { [Symbol.asyncDispose]: () => closeAudit(audit) };
  await using _decider = { [Symbol.asyncDispose]: () => decider?.close() ?? Promise.resolve() };
  await using proxy = await openProxy({
    config,
    policy,
    ...listenersOf(config),
    asking: {
      holdMs: () => config.network.ask_hold_seconds * 1000,
      answerers,
      canBeAnswered: false,
      questionsMax: config.limits.questions,
      persist: (list, pattern) => live.persist(list, pattern),
    },
    decider: decider?.decide ?? null,
    audit,
    attribution: attributionOf(command),
    alsoOurs: [],
    trust,
    workers: await openWorkers(config, trust, here),
    writesFiles: writesLater || config.auditFile !== null ||
      (config.network.ask && answerers().length > 0),
    record,
    diagnose,
  }, here);
  if (proxy === null) return { started: false, code: EXIT.failed };
  // While it runs, standard error is the child's; who answered is told what failed.
  const live = liveConfig(config, source, proxy, here, () => {}, load);
  await using _required = followRequirements(
    source.imposed,
    { live, tell: diagnose },
    here.clock,
    seen,
  );
  if (!command.quiet) warn(config, trust, here);
  await flushInTime(here.terminal.err, here.clock);
  return await runChild(command, childFacts(command, config, trust, proxy, here), here);
}

function attributionOf({ label, words, execPolicyHint }: Wrapped): Attribution {
  return { label, command: words.join(" "), execPolicyHint };
}

/** Free ports that nobody else knows, and one for both protocols; but for those that are required. */
function listenersOf(config: Config): Pick<OpenOptions, "listen" | "socks"> {
  const { http_port: http, socks_port: socks } = config.requirements.values;
  const listen = http === null ? ANY_LOOPBACK_PORT : config.proxyAddress;
  if (config.socksAddress === null) return { listen, socks: null };
  return { listen, socks: socks === null ? "shared" : socksListener(config) };
}

function warn(config: Config, trust: OpenAuthority | null, here: Surroundings): void {
  const { err } = here.terminal;
  config.notices.forEach((notice) => err.line(...noticeLine(notice)));
  upstreamWarnings(upstreamSettings(config, here.env)).forEach((line) => err.line(...line));
  trust?.warnings.forEach((warning) => err.line(...warningLine(warning)));
}

function childFacts(
  { attempt }: Wrapped,
  { network, secretVariables }: Config,
  trust: OpenAuthority | null,
  { address, socksAddress }: RunningProxy,
  here: Surroundings,
): ChildFacts {
  return {
    listener: address,
    allProxy: network.all_proxy === "socks5h" ? socksAddress : null,
    allowLocalBinding: network.allow_local_binding,
    attempt,
    trustBundle: trust?.bundlePath ?? null,
    secretVariables,
    connect: connectWords(here.program(), formatSocketAddress(address), here.os),
  };
}

async function runChild(
  { words }: Wrapped,
  facts: ChildFacts,
  here: Surroundings,
): Promise<Ran> {
  using forwarding = forwardSignals(here.signals, here.stdinIsTerminal);
  try {
    const child = here.spawn(words, childEnv(here.env, facts));
    forwarding.to(child);
    return { started: true, code: await child.code };
  } catch (error) {
    const { why, code } = spawnFailure(error);
    here.terminal.err.line(`doorward: Cannot run "${words[0]}": ${why}`);
    return { started: false, code };
  }
}

function spawnFailure(error: unknown): { readonly why: string; readonly code: number } {
  if (error instanceof Deno.errors.NotFound) {
    return { why: "there is no such command", code: EXIT.notFound };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { why: "Deno was started without --allow-run", code: EXIT.failed };
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return { why: "it is not an executable file, or not for us", code: EXIT.cannotExecute };
  }
  return { why: error instanceof Error ? error.message : String(error), code: EXIT.cannotExecute };
}
