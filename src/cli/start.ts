import { violationLine } from "../audit/violation_line.ts";
import { type Config, type ConfigSource, loadConfig } from "../config/config.ts";
import { setsUpstreamProxy } from "../config/toml/printable_override.ts";
import { upstreamSettings } from "../config/upstream_routes.ts";
import { formatOrigin } from "../policy/rule.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import { banner } from "./printed/banner.ts";
import type { StartCommand } from "./argv/command.ts";
import { flagWords, quoteWords } from "./shell/command_line.ts";
import { configSource } from "./config_source.ts";
import { type EndSignal, endSignal } from "./signals/end_signal.ts";
import { EXIT } from "./exit_code.ts";
import { noticeLine } from "./printed/notices.ts";
import { openProxy, socksListener } from "./open_proxy.ts";
import { policyInForce, switchedOffAt } from "./policy_in_force.ts";
import { likelyShell } from "./shell/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Line } from "./printed/terminal.ts";
import { upstreamLines, upstreamWarnings } from "./printed/upstream_lines.ts";

/** What open connections get to finish once somebody has asked for the end. */
const GRACE_MS = 5000;

/** `doorward start`: runs the proxy until a signal ends it. */
export async function start(command: StartCommand, here: Surroundings): Promise<number> {
  const { err } = here.terminal;
  const source = configSource(command.policy, here);
  const config = await loadConfig(source);
  const off = switchedOffAt(config);
  if (off !== null) {
    err.line(`doorward: Nothing to start: network.enabled is false (${formatOrigin(off)})`);
    return EXIT.done;
  }
  await using proxy = openProxy({
    config,
    policy: policyInForce(config),
    listen: config.proxyAddress,
    socks: socksListener(config),
    record: (blocked, unsaid) => {
      err.line(violationLine(blocked));
      unsaidLines(unsaid, command.quiet).forEach((line) => err.line(line));
    },
    diagnose: (line) => err.line(`doorward: ${line}`),
  }, here);
  if (proxy === null) return EXIT.failed;
  using end = endSignal(here.signals, here.clock);
  if (!command.quiet) {
    opening(command, here, source, config, proxy).forEach((line) => err.line(...line));
  }
  const signal = await end.asked;
  if (!command.quiet) err.line(`doorward: ${signal}: closing ${openConnections(proxy)}`);
  await close(proxy, end);
  return EXIT.done;
}

/** The banner and the warnings. */
function opening(
  command: StartCommand,
  here: Surroundings,
  source: ConfigSource,
  config: Config,
  proxy: RunningProxy,
): readonly Line[] {
  const shell = likelyShell(here.env, here.os);
  // `env` takes what says where the proxy listens; a port that the system chose is in no file.
  const overrides = command.policy.overrides.filter((flag) => !setsUpstreamProxy(flag));
  const flags = flagWords({ ...command.policy, overrides, allow: [], deny: [], mode: null });
  const envCommand = config.proxyAddress.port === 0
    ? null
    : quoteWords(["doorward", "env", ...flags], shell);
  const upstream = upstreamSettings(config, here.env);
  return [
    ...banner({
      config,
      policy: policyInForce(config),
      listener: proxy.address,
      socks: proxy.socksAddress,
      shell,
      envCommand,
      homeFile: source.homeFile ?? null,
    }),
    ...upstreamLines(upstream),
    ...config.notices.map(noticeLine),
    ...upstreamWarnings(upstream),
  ];
}

/** What a client could not be told: the line for programs, then the sentences for people. */
function unsaidLines([decision, ...sentences]: readonly string[], quiet: boolean): string[] {
  if (decision === undefined) return [];
  return [decision, ...(quiet ? [] : sentences.map((sentence) => `doorward: ${sentence}`))];
}

async function close(proxy: RunningProxy, end: EndSignal): Promise<void> {
  const closed = proxy.shutdown(GRACE_MS);
  const isClosed = await Promise.race([closed.then(() => true), end.insisted.then(() => false)]);
  if (!isClosed) await proxy.shutdown(0);
  await closed;
}

function openConnections(proxy: RunningProxy): string {
  const count = proxy.connections;
  return `${count} connection${count === 1 ? "" : "s"}`;
}
