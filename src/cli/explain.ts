import { type Config, loadConfig } from "../config/config.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError } from "../net/errors.ts";
import type { Clock, Resolver } from "../net/ports.ts";
import { within } from "../net/time/within.ts";
import { compilePolicy } from "../policy/compile.ts";
import type { Allow, Ask, Deny } from "../policy/decision.ts";
import type { Step } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";
import { authorize } from "../proxy/authorize.ts";
import { interfacesTo, ownListeners } from "../proxy/own_listeners.ts";
import type { ExplainCommand } from "./argv/command.ts";
import { configSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { explainTarget } from "./explain_target.ts";
import { explanationJson, explanationLines } from "./printed/explanation.ts";
import { policyInForce } from "./policy_in_force.ts";
import { likelyShell } from "./shell/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";

/** What would become of a request. */
export type Outcome =
  | {
    readonly verdict: "allow";
    readonly decision: Allow;
    /** Each one approved; null when the name was not looked up. */
    readonly addresses: readonly SocketAddress[] | null;
  }
  | Ask
  | Deny
  /** It is no request that the proxy understands. */
  | { readonly verdict: "refused"; readonly status: 400 | 501; readonly why: string }
  /** It is allowed and cannot be reached. */
  | { readonly verdict: "unreachable"; readonly status: 502 | 504; readonly error: ConnectError };

/** `doorward explain`: asks what the proxy would ask, and tells each answer. Connects to nothing. */
export async function explain(command: ExplainCommand, here: Surroundings): Promise<number> {
  const source = configSource(command.policy, here);
  const config = await loadConfig(source);
  const asked = explainTarget(command.target, command.method);
  const steps: Step[] = [];
  const outcome: Outcome = asked.kind === "refused"
    ? { verdict: "refused", status: asked.status, why: asked.why }
    : await foresee(asked.request, config, {
      resolve: command.lookup ? here.resolve : null,
      clock: here.clock,
      note: (step) => steps.push(step),
    });
  const explanation = {
    asked,
    outcome,
    steps,
    config,
    policy: command.policy,
    homeFile: source.homeFile ?? null,
    shell: likelyShell(here.env, here.os),
  };
  const { out } = here.terminal;
  if (command.json) out.line(JSON.stringify(explanationJson(explanation)));
  else explanationLines(explanation).forEach((line) => out.line(...line));
  return outcome.verdict === "allow" ? EXIT.done : EXIT.no;
}

interface ForeseeOptions {
  /** Null when nothing is to be looked up. */
  readonly resolve: Resolver | null;
  readonly clock: Clock;
  readonly note: (step: Step) => void;
}

async function foresee(
  request: NetworkRequest,
  config: Config,
  { resolve, clock, note }: ForeseeOptions,
): Promise<Outcome> {
  const policy = compilePolicy(policyInForce(config));
  const listen = config.proxyAddress;
  const options = {
    resolve: resolve ?? (() => Promise.resolve([])),
    isOwn: ownListeners([listen], interfacesTo(listen)),
    dnsAddresses: config.limits.dnsAddresses,
    note,
  };
  const deadlines = new Deadlines(clock, (error) => reportError(error));
  try {
    const answer = await within(
      deadlines,
      config.limits.dnsMs,
      new AbortController().signal,
      (signal) => authorize(request, policy, options, signal),
      () => new ConnectError("dns_timeout", "Cannot resolve the name in time"),
    );
    if (answer.verdict !== "allow") return answer;
    const isUnknown = resolve === null && request.target.host.kind === "name";
    return {
      verdict: "allow",
      decision: answer.decision,
      addresses: isUnknown ? null : answer.addresses,
    };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const status = error.code === "dns_timeout" ? 504 : 502;
    return { verdict: "unreachable", status, error };
  } finally {
    deadlines.stop();
  }
}
