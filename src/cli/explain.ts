import { type Config, loadConfig } from "../config/config.ts";
import { ownProxy, refuseOwnListeners, upstreamSettings } from "../config/upstream_routes.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError } from "../net/errors.ts";
import type { Clock, Resolver } from "../net/ports.ts";
import { compilePolicy } from "../policy/compile.ts";
import type { Allow, Ask, Deny } from "../policy/decision.ts";
import type { Step } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";
import { authorize, type AuthorizeOptions } from "../proxy/authorize.ts";
import { boundedResolver } from "../proxy/bounded_resolver.ts";
import { UPSTREAM_LOOKUP_MS } from "../proxy/gateway.ts";
import { interfacesTo, ownListeners } from "../proxy/own_listeners.ts";
import { chooseUpstream, type UpstreamRoutes } from "../proxy/upstream/choose_upstream.ts";
import type { UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";
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
    /** The proxy that would be gone through; null for none. */
    readonly via: UpstreamProxy | null;
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
      env: here.env,
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
  readonly env: Surroundings["env"];
  readonly note: (step: Step) => void;
}

async function foresee(
  request: NetworkRequest,
  config: Config,
  { resolve, clock, env, note }: ForeseeOptions,
): Promise<Outcome> {
  const policy = compilePolicy(policyInForce(config));
  const { proxyAddress, socksAddress } = config;
  const listeners = [proxyAddress, ...(socksAddress === null ? [] : [socksAddress])];
  const deadlines = new Deadlines(clock, (error) => reportError(error));
  const bounded = (ms: number): Resolver =>
    resolve === null ? () => Promise.resolve([]) : boundedResolver(resolve, deadlines, ms);
  const { dnsMs } = config.limits;
  const options: AuthorizeOptions = {
    resolve: bounded(dnsMs),
    upstream: {
      choose: chooseUpstream(routesAsSeen(config, env, listeners)),
      resolve: bounded(Math.min(dnsMs, UPSTREAM_LOOKUP_MS)),
    },
    isOwn: ownListeners(listeners, interfacesTo(listeners), new Set()),
    dnsAddresses: config.limits.dnsAddresses,
    note,
  };
  try {
    const answer = await authorize(request, policy, options, new AbortController().signal);
    if (answer.verdict !== "allow") return answer;
    const isUnknown = request.target.host.kind === "name" &&
      (resolve === null || answer.addresses.length === 0);
    return {
      verdict: "allow",
      decision: answer.decision,
      addresses: isUnknown ? null : answer.addresses,
      via: answer.via,
    };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const status = error.code === "dns_timeout" ? 504 : 502;
    return { verdict: "unreachable", status, error };
  } finally {
    deadlines.stop();
  }
}

/**
 * The upstream proxies of a proxy that is started from here. Variables that point this shell at Doorward itself
 * say nothing of what Doorward goes through; a configuration that says so is refused, as it is by `start`.
 */
function routesAsSeen(
  config: Config,
  env: Surroundings["env"],
  listeners: readonly SocketAddress[],
): UpstreamRoutes {
  const settings = upstreamSettings(config, env["DOORWARD_ACTIVE"] === undefined ? env : {});
  if (config.upstreamProxy !== null) refuseOwnListeners(settings, listeners);
  return ownProxy(settings, listeners) === null ? settings : upstreamSettings(config, {});
}
