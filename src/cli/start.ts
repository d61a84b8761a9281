import { UNATTRIBUTED } from "../audit/attribution.ts";
import { RotatingFile } from "../audit/file/rotating_file.ts";
import { violationLine } from "../audit/violation_line.ts";
import { type Config, type ConfigSource, loadConfig } from "../config/config.ts";
import { absolutePath } from "../config/file_path.ts";
import type { LiveConfig } from "../config/live_config.ts";
import { isUrl } from "../config/requirements/requirements_url.ts";
import { setsSecretUrl } from "../config/toml/printable_override.ts";
import { upstreamSettings } from "../config/upstream_routes.ts";
import type { FileState } from "../config/file_state.ts";
import { lookAt, watchConfig } from "../config/watch_config.ts";
import { formatOrigin } from "../policy/rule.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import type { StartCommand } from "./argv/command.ts";
import { answerersOfStart } from "./ask/answerers.ts";
import { configSourceWithSecrets, type GovernedSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { closeAudit, openAudit } from "../library/open_audit.ts";
import { openChosen } from "../library/choose_decider.ts";
import { followRequirements, requirementsFiles } from "../library/follow_requirements.ts";
import { liveConfig } from "./live_config.ts";
import type { OpenAdmin } from "./open_admin.ts";
import { type OpenAuthority, openAuthority } from "../library/open_authority.ts";
import { openWorkers } from "../library/workers/open_workers.ts";
import { openProxy, socksListener } from "./open_proxy.ts";
import { envWords } from "./program.ts";
import { policyInForce } from "./policy_in_force.ts";
import { banner, type BannerFacts, isFirstRun } from "./printed/banner.ts";
import { counted } from "./printed/counted.ts";
import { noticeLine, warningLine } from "./printed/notices.ts";
import { type Line, paint } from "./printed/terminal.ts";
import { welcome } from "./printed/welcome.ts";
import { upstreamLines, upstreamWarnings } from "./printed/upstream_lines.ts";
import { flagWords, quoteWords } from "./shell/command_line.ts";
import { likelyShell, type Shell } from "../library/env/shell_quote.ts";
import { type EndSignal, endSignal } from "./signals/end_signal.ts";
import { reloadSignal } from "./signals/reload_signal.ts";
import type { Surroundings } from "./surroundings.ts";

/** What open connections get to finish once somebody has asked for the end. */
const GRACE_MS = 5000;

/** `doorward start`: runs the proxy until a signal ends it. */
export async function start(command: StartCommand, here: Surroundings): Promise<number> {
  const { err } = here.terminal;
  const source = await configSourceWithSecrets(command.policy, here);
  // A server of requirements may be slow: what changes meanwhile is a change, too.
  const seen = await lookAt([...ownFiles(source), ...requirementsFiles(source.imposed)]);
  const config = await loadConfig(source);
  const { off } = config;
  if (off !== null) {
    err.line(`doorward: Nothing to start: ${off.why} (${formatOrigin(off.origin)})`);
    return EXIT.done;
  }
  const trust = await openAuthority(config, here);
  // Loaded for this command alone: the others need neither a router nor a page.
  const { openAdmin } = await import("./open_admin.ts");
  await using admin = await openAdmin(config, here);
  if (admin === null) return EXIT.failed;
  return await serve(command, source, { config, trust, seen }, admin, here);
}

/** What was settled before anything listens. */
interface Settled {
  readonly config: Config;
  readonly trust: OpenAuthority | null;
  /** What the files were before they were read. */
  readonly seen: ReadonlyMap<string, FileState | null>;
}

async function serve(
  command: StartCommand,
  source: GovernedSource,
  { config, trust, seen }: Settled,
  admin: OpenAdmin,
  here: Surroundings,
): Promise<number> {
  const { err } = here.terminal;
  const diagnose = (line: string) => err.line(`doorward: ${line}`);
  const decider = openChosen(config.decider, config, here, diagnose);
  await using violations = violationWriter(config, here, diagnose);
  const audit = await openAudit(config, {
    diagnose: diagnose,
    print: (line) => err.line(paint("record", line)),
  }, here);
  await using _audit = { [Symbol.asyncDispose]: () => closeAudit(audit) };
  await using _decider = { [Symbol.asyncDispose]: () => decider?.close() ?? Promise.resolve() };
  await using proxy = await openProxy({
    config,
    policy: policyInForce(config),
    listen: config.proxyAddress,
    socks: socksListener(config),
    asking: {
      holdMs: () => live.config.network.ask_hold_seconds * 1000,
      answerers: answerersOfStart(config, here),
      // By the admin API, from wherever that is reached.
      canBeAnswered: true,
      questionsMax: config.limits.questions,
      persist: (list, pattern) => live.persist(list, pattern),
    },
    decider: decider?.decide ?? null,
    audit,
    attribution: { ...UNATTRIBUTED, label: command.label },
    alsoOurs: [admin.address],
    trust,
    workers: await openWorkers(config, trust, here),
    writesFiles: true,
    record: (blocked, unsaid) => {
      violations.line(violationLine(blocked));
      unsaidLines(unsaid, command.quiet).forEach((line) => err.line(...line));
    },
    diagnose,
  }, here);
  if (proxy === null) return EXIT.failed;
  const live = liveConfig(config, source, proxy, here, diagnose);
  admin.show({ proxy, live, policy: command.policy, diagnose });
  using end = endSignal(here.signals, here.clock, here.terminalIsGone);
  await using _reloads = reloading(live, source, seen, here);
  const ears = { live, tell: diagnose };
  await using _required = followRequirements(source.imposed, ears, here.clock, seen);
  if (!command.quiet) {
    opening(command, here, source, config, proxy, admin).forEach((line) => err.line(...line));
    trust?.warnings.forEach((warning) => err.line(...warningLine(warning)));
  }
  const signal = await end.asked;
  if (!command.quiet) {
    err.line(`doorward: ${signal}: closing ${counted(proxy.connections, "connection")}`);
  }
  await close(proxy, end);
  return EXIT.done;
}

/** Reads the configuration again when its file changes, and when SIGHUP asks for it. */
function reloading(
  live: LiveConfig,
  source: ConfigSource,
  seen: Settled["seen"],
  here: Surroundings,
): AsyncDisposable {
  const reload = (by: "request" | "watch") => {
    live.reload(by).catch(() => {
      // It was told, and is shown; the policy before stays in force.
    });
  };
  const watching = new AbortController();
  const watched = ownFiles(source).map((file) =>
    watchConfig(file, here.clock, watching.signal, () => reload("watch"), { known: seen.get(file) })
  );
  const signal = reloadSignal(here.signals, () => reload("request"), here.terminalIsGone);
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      watching.abort();
      signal[Symbol.dispose]();
      await Promise.all(watched);
    },
  };
}

/** The files that are watched: not those of the project, which what runs behind the proxy may write. */
function ownFiles({ systemFile, file, homeFile, profileFile }: ConfigSource): readonly string[] {
  return [systemFile, file ?? homeFile, profileFile].filter((each) => each !== undefined);
}

/** Where violation lines go. */
interface Violations extends AsyncDisposable {
  readonly line: (text: string) => void;
}

function violationWriter(
  { violationFile }: Config,
  { terminal: { err }, clock }: Surroundings,
  diagnose: (line: string) => void,
): Violations {
  if (violationFile === null) {
    const line = (text: string) => err.line(paint("record", text));
    return { line, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const file = new RotatingFile(violationFile, { diagnose, clock });
  return { line: (text) => file.line(text), [Symbol.asyncDispose]: () => file.close() };
}

/** The banner and the warnings. */
function opening(
  command: StartCommand,
  here: Surroundings,
  source: ConfigSource,
  config: Config,
  proxy: RunningProxy,
  admin: OpenAdmin,
): readonly Line[] {
  const shell = likelyShell(here.env, here.os);
  const upstream = upstreamSettings(config, here.env);
  const { err } = here.terminal;
  const facts: BannerFacts = {
    config,
    policy: policyInForce(config),
    listener: proxy.address,
    socks: proxy.socksAddress,
    admin: admin.address,
    // A file that keeps what is printed would keep what opens the dashboard.
    dashboardLink: err.isTerminal ? admin.link() : null,
    shell,
    envCommand: envCommand(command, config, here, shell),
    homeFile: source.homeFile ?? null,
  };
  return [
    ...(isFirstRun(facts) && here.stdinIsTerminal ? welcome(facts, err.columns) : banner(facts)),
    ...upstreamLines(upstream),
    ...config.notices.map(noticeLine),
    ...upstreamWarnings(upstream),
    ...(admin.warning === null ? [] : [warningLine(admin.warning)]),
  ];
}

/** What prints the variables for this proxy, in whatever folder; null where there is no such command. */
function envCommand(
  { policy }: StartCommand,
  config: Config,
  here: Surroundings,
  shell: Shell,
): string | null {
  // A port that the system chose is in no file.
  if (config.proxyAddress.port === 0) return null;
  const words = envWords(here.program(), config.network.mitm);
  if (words === null) return null;
  // `env` takes what says where the proxy listens.
  const overrides = policy.overrides.filter((flag) => !setsSecretUrl(flag));
  const fromHere = (file: string) => absolutePath(file, here.cwd(), here.os);
  const file = policy.file === null ? null : fromHere(policy.file);
  const { requirements: named } = policy;
  const requirements = named === null || isUrl(named) ? named : fromHere(named);
  const flags = { ...policy, file, requirements, overrides, allow: [], deny: [], mode: null };
  const line = quoteWords([...words, ...flagWords(flags)], shell);
  // What is in quotes is a string to PowerShell, until it is called.
  return shell === "powershell" && line.startsWith("'") ? `& ${line}` : line;
}

/** What a client could not be told: the line for programs, then the sentences for people. */
function unsaidLines([decision, ...sentences]: readonly string[], quiet: boolean): readonly Line[] {
  if (decision === undefined) return [];
  return [
    [paint("record", decision)],
    ...(quiet ? [] : sentences.map((sentence): Line => [`doorward: ${sentence}`])),
  ];
}

async function close(proxy: RunningProxy, end: EndSignal): Promise<void> {
  const closed = proxy.shutdown(GRACE_MS);
  const isClosed = await Promise.race([closed.then(() => true), end.insisted.then(() => false)]);
  if (!isClosed) await proxy.shutdown(0);
  await closed;
}
