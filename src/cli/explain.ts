import { type Config, loadConfig } from "../config/config.ts";
import { ownProxy, refuseOwnListeners, upstreamSettings } from "../config/upstream_routes.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError, ProtocolError } from "../net/errors.ts";
import type { Clock, Resolver, UnixSockets } from "../net/ports.ts";
import { compilePolicy } from "../policy/compile.ts";
import type { Allow, Ask, Deny } from "../policy/decision.ts";
import { within } from "../net/time/within.ts";
import type { Policy, Step } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";
import type { PolicyRequest, SocketRequest } from "../policy/socket_request.ts";
import { authorize, type Inspection } from "../proxy/authorize.ts";
import { authorizeSocket } from "../proxy/authorize_socket.ts";
import { boundedResolver } from "../proxy/bounded_resolver.ts";
import { authorizeOptions } from "../proxy/gateway.ts";
import { interfacesTo, ownListeners } from "../proxy/own_listeners.ts";
import { connectFailureStatus, type FailureStatus } from "../proxy/reply.ts";
import {
  chooseUpstream,
  proxiesOf,
  type UpstreamRoutes,
} from "../proxy/upstream/choose_upstream.ts";
import type { UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";
import type { ExplainCommand } from "./argv/command.ts";
import { configSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { type ExplainTarget, explainTarget } from "./explain_target.ts";
import { type Explanation, explanationJson, explanationLines } from "./printed/explanation.ts";
import { printProse } from "./printed/prose.ts";
import { policyInForce } from "./policy_in_force.ts";
import { likelyShell } from "../library/env/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";

/** Nothing ends this command early but its own limits. */
const NEVER = new AbortController().signal;

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
  /** It goes to the unix socket at this path, which no link leads on from. */
  | { readonly verdict: "allow"; readonly socket: string }
  | Ask
  | Deny
  /** It is no request that the proxy understands. */
  | { readonly verdict: "refused"; readonly status: 400 | 501; readonly why: string }
  /** It is allowed and cannot be reached. */
  | {
    readonly verdict: "unreachable";
    readonly status: FailureStatus;
    readonly error: ConnectError;
  };

/** `doorward explain`: asks what the proxy would ask, and tells each answer. Connects to nothing. */
export async function explain(command: ExplainCommand, here: Surroundings): Promise<number> {
  const config = await loadConfig(await configSource(command.policy, here));
  const policy = compilePolicy(policyInForce(config));
  const explanation = await explainUnder(policy, config, command, here);
  const { outcome } = explanation;
  const { out } = here.terminal;
  if (command.json) out.line(JSON.stringify(explanationJson(explanation)));
  else printProse(out, explanationLines(explanation));
  return outcome.verdict === "allow" ? EXIT.done : EXIT.no;
}

/** Finds out what a policy makes of a request: that of the files, or that of a proxy that runs. */
export async function explainUnder(
  policy: Policy,
  config: Config,
  command: Pick<ExplainCommand, "target" | "method" | "lookup" | "policy">,
  here: Surroundings,
): Promise<Explanation> {
  const steps: Step[] = [];
  const answer = await answerTo(explainTarget(command.target, command.method), policy, config, {
    resolve: command.lookup ? here.resolve : null,
    clock: here.clock,
    env: here.env,
    sockets: here.unixSockets,
    note: (step) => {
      // Of a request inside a tunnel much is asked for the second time.
      if (!steps.some((known) => isSameStep(known, step))) steps.push(step);
    },
  });
  return {
    ...answer,
    steps,
    config,
    policy: command.policy,
    homeFile: (await configSource(command.policy, here)).homeFile ?? null,
    shell: likelyShell(here.env, here.os),
  };
}

function isSameStep(a: Step, b: Step): boolean {
  return a.question === b.question && a.answer === b.answer;
}

/** The answer, and to what: where a tunnel would be looked into, to the request inside it. */
async function answerTo(
  asked: ExplainTarget,
  policy: Policy,
  config: Config,
  options: ForeseeOptions,
): Promise<Pick<Explanation, "asked" | "outcome">> {
  if (asked.kind === "refused") {
    return { asked, outcome: { verdict: "refused", status: asked.status, why: asked.why } };
  }
  const outcome = await foresee(asked.request, policy, config, options);
  if (outcome.verdict !== "inspect") return { asked, outcome };
  if (asked.inside === null) throw new Error("Cannot look into what is no tunnel");
  return await answerTo(asked.inside, policy, config, options);
}

interface ForeseeOptions {
  /** Null when nothing is to be looked up. */
  readonly resolve: Resolver | null;
  readonly clock: Clock;
  readonly env: Surroundings["env"];
  readonly sockets: UnixSockets | null;
  readonly note: (step: Step) => void;
}

async function foresee(
  request: PolicyRequest,
  policy: Policy,
  config: Config,
  options: ForeseeOptions,
): Promise<Outcome | Inspection> {
  const deadlines = new Deadlines(options.clock, (error) => reportError(error));
  try {
    return request.kind === "socket"
      ? await foreseeSocket(request, policy, config, deadlines, options)
      : await foreseeNetwork(request, policy, config, deadlines, options);
  } catch (error) {
    return failureOf(error);
  } finally {
    deadlines.stop();
  }
}

/** What the proxy would answer where policy was not the trouble. */
function failureOf(error: unknown): Outcome {
  if (error instanceof ProtocolError) {
    const status = error.code === "unsupported" ? 501 : 400;
    return { verdict: "refused", status, why: error.message };
  }
  if (!(error instanceof ConnectError)) throw error;
  return { verdict: "unreachable", status: connectFailureStatus(error.code), error };
}

async function foreseeNetwork(
  request: NetworkRequest,
  policy: Policy,
  config: Config,
  deadlines: Deadlines,
  { resolve, env, note }: ForeseeOptions,
): Promise<Outcome | Inspection> {
  const { proxyAddress, socksAddress, adminAddress } = config;
  const listeners = [
    proxyAddress,
    ...(socksAddress === null ? [] : [socksAddress]),
    adminAddress,
  ];
  const bounded = (ms: number): Resolver =>
    resolve === null ? () => Promise.resolve([]) : boundedResolver(resolve, deadlines, ms);
  const routes = routesAsSeen(config, env, listeners);
  const options = authorizeOptions({
    limits: config.limits,
    isOwn: ownListeners(listeners, interfacesTo(listeners)),
    upstream: chooseUpstream(routes),
    upstreamProxies: proxiesOf(routes),
  }, bounded);
  const answer = await authorize(request, policy, { ...options, note }, NEVER);
  if (answer.verdict !== "allow") return answer;
  const isUnknown = request.target.host.kind === "name" &&
    (resolve === null || answer.addresses.length === 0);
  return {
    verdict: "allow",
    decision: answer.decision,
    addresses: isUnknown ? null : answer.addresses,
    via: answer.via,
  };
}

/** The way of a socket gateway, up to the connection. */
async function foreseeSocket(
  request: SocketRequest,
  policy: Policy,
  { limits }: Config,
  deadlines: Deadlines,
  { sockets, note }: ForeseeOptions,
): Promise<Outcome> {
  const outcome = await within(
    deadlines,
    limits.connectMs,
    NEVER,
    (signal) => authorizeSocket(request, policy, sockets, signal, note),
    () => new ConnectError("connection_timeout", "Cannot connect in time"),
  );
  return outcome.verdict === "allow" ? { verdict: "allow", socket: outcome.path } : outcome;
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
