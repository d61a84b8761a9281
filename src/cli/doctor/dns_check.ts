import { compilePolicy } from "../../policy/compile.ts";
import { quote } from "../../config/toml/printable.ts";
import { upstreamSettings } from "../../config/upstream_routes.ts";
import { formatIp, parseIp } from "../../net/address/ip.ts";
import { formatHost } from "../../net/address/host.ts";
import { ConnectError } from "../../net/errors.ts";
import { boundedResolver } from "../../proxy/bounded_resolver.ts";
import type { HttpRequest } from "../../policy/request.ts";
import type { Policy } from "../../policy/policy.ts";
import { FAULT_WORDS } from "../../proxy/fault_words.ts";
import { policyInForce } from "../policy_in_force.ts";
import type { Check } from "./check.ts";
import { type Finding, note, ok, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";

/** Whether names can be looked up, and how. One name is: the first that policy allows by name. */
export const dnsCheck: Check = {
  name: "dns",
  run: async (situation, signal) => {
    const policy = compilePolicy(policyInForce(situation.config));
    const request = firstAllowed(policy);
    return [
      ...await ofResolver(situation),
      request === null
        ? note("look-up", "no name was looked up: no rule allows a host by its name")
        : await lookUp(request, policy, situation, signal),
    ];
  },
};

/** What one look-up may take here: less than a check, so that it is told as what it is. */
const LOOKUP_MS = 2500;

/** What a plain request to an exact host of the allowlist is, if policy lets one be looked up. */
function firstAllowed(policy: Policy): HttpRequest | null {
  for (const { list, pattern } of policy.document.rules) {
    if (list !== "allow" || pattern.kind !== "exact") continue;
    const request: HttpRequest = {
      kind: "http",
      protocol: "http",
      scheme: "http",
      target: { host: { kind: "name", name: pattern.name }, port: pattern.port ?? 80 },
      method: "GET",
      path: "/",
      hasBody: false,
      upgrades: false,
      methodOverride: null,
      header: () => [],
    };
    if (policy.decide(request).verdict === "allow") return request;
  }
  return null;
}

async function lookUp(
  request: HttpRequest,
  policy: Policy,
  { here, config, deadlines, ours }: Situation,
  signal: AbortSignal,
): Promise<Finding> {
  const { host } = request.target;
  const name = formatHost(host);
  const resolve = boundedResolver(here.resolve, deadlines, LOOKUP_MS);
  const before = here.clock.monotonic();
  try {
    const ips = await resolve(name, signal);
    const refused = ips.find((ip) => policy.decideAddress(request, ip) !== null);
    if (refused !== undefined) {
      const found = `${name} leads to ${formatIp(refused)}, which policy blocks`;
      return warning("look-up", found, `why: ${ours("explain", `http://${name}`)}`);
    }
    const ms = Math.round(here.clock.monotonic() - before);
    return ok("look-up", `${name} was looked up in ${ms} ms`);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const found = `${name} was not looked up: ${FAULT_WORDS[error.code]}`;
    const { tunnels, plain } = upstreamSettings(config, here.env);
    return tunnels === null && plain === null
      ? warning("look-up", found, `see whether others can: ${lookUpCommand(name, here.os)}`)
      : note("look-up", `${found}; the upstream proxy looks names up itself`);
  }
}

function lookUpCommand(name: string, os: Situation["here"]["os"]): string {
  return os === "linux" ? `getent hosts ${name}` : `nslookup ${name}`;
}

/** Where POSIX systems write who is asked. */
const RESOLV_CONF = "/etc/resolv.conf";
const RESOLV_BYTES_MAX = 64 * 1024;

/** What the system's resolver was told. It is asked by the system's own function, which obeys more than that. */
async function ofResolver({ here, instruments }: Situation): Promise<readonly Finding[]> {
  if (here.os === "windows") return [];
  const text = await instruments.text(RESOLV_CONF, RESOLV_BYTES_MAX);
  if (text === null) {
    return [note("resolver", `${RESOLV_CONF} cannot be read: who is asked is not known`)];
  }
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const valuesOf = (...keys: readonly string[]) =>
    lines.flatMap(([key = "", ...values]) => keys.includes(key) ? values : []);
  // A zone (fe80::1%eth0) belongs to the address there.
  const servers = valuesOf("nameserver").filter((word) => parseIp(word.split("%")[0]!) !== null);
  const completed = valuesOf("search", "domain").filter((suffix) => suffix !== ".").map(quote);
  return [
    servers.length > 0
      ? ok("resolver", `${RESOLV_CONF} names ${servers.slice(0, SHOWN_MAX).join(", ")}`)
      : note("resolver", `${RESOLV_CONF} names no server: a resolver on this machine is asked`),
    ...(completed.length === 0
      ? []
      : [note("search list", `${completed.slice(0, SHOWN_MAX).join(", ")}: ${WHOLE_NAMES}`)]),
  ];
}

/** The system reads no more servers; a longer search list is shortened here. */
const SHOWN_MAX = 3;
const WHOLE_NAMES = "with glibc Doorward completes no name by it: write whole names everywhere";
