import { type Config, loadConfig } from "../config/config.ts";
import type { FileState } from "../config/file_state.ts";
import { upstreamSettings } from "../config/upstream_routes.ts";
import { lookAt } from "../config/watch_config.ts";
import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import { LOOPBACK_IPV4 } from "../net/address/ip.ts";
import { formatOrigin } from "../policy/rule.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import { BlockedTally } from "./printed/blocked_tally.ts";
import { flushInTime } from "./printed/flush_in_time.ts";
import { childEnv, type ChildFacts } from "../library/env/child_env.ts";
import type { RunCommand } from "./argv/command.ts";
import { answerersOfRun } from "./ask/answerers.ts";
import { configSourceWithSecrets, type GovernedSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { forwardSignals } from "./signals/forward_signals.ts";
import { closeAudit, openAudit } from "../library/open_audit.ts";
import { openChosen } from "../library/choose_decider.ts";
import { followRequirements, requirementsFiles } from "../library/follow_requirements.ts";
import { liveConfig } from "./live_config.ts";
import { noticeLine, warningLine } from "./printed/notices.ts";
import { type OpenAuthority, openAuthority } from "../library/open_authority.ts";
import { openWorkers } from "../library/workers/open_workers.ts";
import { type OpenOptions, openProxy, socksListener } from "./open_proxy.ts";
import { connectWords } from "./program.ts";
import { policyInForce } from "./policy_in_force.ts";
import { likelyShell } from "../library/env/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";
import { upstreamWarnings } from "./printed/upstream_lines.ts";

/** A proxy for one command: nobody else knows its port. */
const ANY_LOOPBACK_PORT: SocketAddress = { ip: LOOPBACK_IPV4, port: 0 };
/** Troubles of our own told after the run, at most: while it runs, standard error is the child's. */
const TROUBLES_MAX = 20;

/** `doorward run`: one command behind a proxy of its own. */
export async function run(command: RunCommand, here: Surroundings): Promise<number> {
  const { err } = here.terminal;
  const source = await configSourceWithSecrets(command.policy, here);
  // A server of requirements may be slow: what changes meanwhile is a change, too.
  const seen = await lookAt(requirementsFiles(source.imposed));
  const config = await loadConfig(source);
  const { off } = config;
  if (off !== null) {
    err.line(`doorward: Cannot run "${command.words[0]}" without a policy`);
    err.line(`  ${off.why} (${formatOrigin(off.origin)})`);
    err.line("  remove that, or for this once: doorward run -c network.enabled=true …");
    return EXIT.failed;
  }
  if (here.env["DOORWARD_ACTIVE"] !== undefined) {
    err.line(`doorward: Cannot run "${command.words[0]}" behind Doorward a second time`);
    err.line(
      "  what this proxy lets through would not all pass the one outside (DOORWARD_ACTIVE is set)",
    );
    err.line("  run the command by itself: it is behind that one already");
    return EXIT.failed;
  }
  const tally = new BlockedTally();
  const troubles: string[] = [];
  const code = await behindProxy(command, { config, source, seen }, here, {
    record: (blocked) => tally.note(blocked),
    diagnose: (line) => {
      if (troubles.length < TROUBLES_MAX) troubles.push(line);
    },
  });
  troubles.forEach((line) => err.line(`doorward: ${line}`));
  if (!command.quiet) {
    const shell = likelyShell(here.env, here.os);
    const lines = tally.lines(command, config.network.allow_unix_sockets, shell);
    lines.forEach((line) => err.line(line));
  }
  return code;
}

/** Free ports that nobody else knows, and one for both protocols; but for those that are required. */
function listenersOf(config: Config): Pick<OpenOptions, "listen" | "socks"> {
  const { http_port: http, socks_port: socks } = config.requirements.values;
  const listen = http === null ? ANY_LOOPBACK_PORT : config.proxyAddress;
  if (config.socksAddress === null) return { listen, socks: null };
  return { listen, socks: socks === null ? "shared" : socksListener(config) };
}

/** A configuration, and where it comes from. */
interface Loaded {
  readonly config: Config;
  readonly source: GovernedSource;
  /** What the files were before they were read. */
  readonly seen: ReadonlyMap<string, FileState | null>;
}

/** Runs the command; the proxy ends with it. */
async function behindProxy(
  command: RunCommand,
  { config, source, seen }: Loaded,
  here: Surroundings,
  told: Pick<OpenOptions, "record" | "diagnose">,
): Promise<number> {
  const policy = policyInForce(config);
  const answerers = answerersOfRun(config, here);
  const decider = openChosen(config.decider, config, here, told.diagnose);
  // While files may still be written.
  const trust = await openAuthority(config, here);
  const audit = await openAudit(config, {
    diagnose: told.diagnose,
    print: (line) => here.terminal.err.line(line),
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
    attribution: {
      label: command.label,
      command: command.words.join(" "),
      execPolicyHint: command.execPolicyHint,
    },
    alsoOurs: [],
    trust,
    workers: await openWorkers(config, trust, here),
    writesFiles: config.auditFile !== null || (config.network.ask && answerers().length > 0),
    ...told,
  }, here);
  if (proxy === null) return EXIT.failed;
  // While it runs, standard error is the child's; who answered is told what failed.
  const live = liveConfig(config, source, proxy, here, () => {});
  await using _required = followRequirements(
    source.imposed,
    { live, tell: told.diagnose },
    here.clock,
    seen,
  );
  if (!command.quiet) warn(config, trust, here);
  await flushInTime(here.terminal.err, here.clock);
  return await runChild(command, childFacts(command, config, trust, proxy, here), here);
}

function warn(config: Config, trust: OpenAuthority | null, here: Surroundings): void {
  const { err } = here.terminal;
  config.notices.forEach((notice) => err.line(...noticeLine(notice)));
  upstreamWarnings(upstreamSettings(config, here.env)).forEach((line) => err.line(...line));
  trust?.warnings.forEach((warning) => err.line(...warningLine(warning)));
}

function childFacts(
  { attempt }: RunCommand,
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
  command: RunCommand,
  facts: ChildFacts,
  here: Surroundings,
): Promise<number> {
  using forwarding = forwardSignals(here.signals, here.stdinIsTerminal);
  try {
    const child = here.spawn(command.words, childEnv(here.env, facts));
    forwarding.to(child);
    return await child.code;
  } catch (error) {
    const { why, code } = spawnFailure(error);
    here.terminal.err.line(`doorward: Cannot run "${command.words[0]}": ${why}`);
    return code;
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
