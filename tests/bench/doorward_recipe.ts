// Doorward as users run it, and in the ways in which it is compared with itself.
import { doorwardWords } from "../support/doorward_cli.ts";
import { manyHosts, policyHosts } from "./policies.ts";
import type { Ports } from "./contenders.ts";
import type { Place, Recipe } from "./recipe.ts";
import { succeeds } from "./programs.ts";

/** The origin by the name that it has in the rows of interception. */
const INTERCEPTED = "localhost";
/** All others are as by default; so many idle tunnels are of one client. */
const CONNECTIONS_MAX = 10_240;

/** What one Doorward has that another one has not. */
export interface Variant {
  /** How many hosts it allows. */
  readonly hosts?: number;
  /** Whether it writes no audit records. */
  readonly isUnaudited?: true;
  /** Whether it looks into what is said with `localhost` inside TLS, and decides it. */
  readonly isIntercepting?: true;
  /** How many workers it has; one without it. */
  readonly workers?: number;
}

/** How to run one. */
export function doorwardRecipe(variant: Variant = {}): Recipe {
  return {
    program: Deno.execPath(),
    remedy: "this Doorward knows no such key of its configuration",
    versionArgs: doorwardWords("doorward", ["version"]).slice(1),
    hasTwoPorts: true,
    async args(place: Place): Promise<readonly string[] | null> {
      const { folder, inspectorPort } = place;
      const file = `${folder}/doorward.toml`;
      await Deno.writeTextFile(file, doorwardConfig(place, variant));
      const check = doorwardWords("doorward", ["check", "--quiet", "--config", file]);
      if (variant.workers !== undefined && !await succeeds(check[0]!, check.slice(1), folder)) {
        return null;
      }
      const [run = "", ...words] = doorwardWords("start", ["--config", file]).slice(1);
      const inspector = inspectorPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectorPort}`];
      return [run, ...inspector, ...words];
    },
    env: ({ folder }) => ({ DOORWARD_HOME: folder }),
    ...(variant.isIntercepting ? { caFile: ({ folder }) => `${folder}/proxy/ca.pem` } : {}),
  };
}

/** Doorward with the policy and an audit file, all else as it comes. */
function doorwardConfig(
  { folder, ports: { http, socks }, originCaFile }: {
    readonly folder: string;
    readonly ports: Ports;
    readonly originCaFile: string;
  },
  { hosts, isUnaudited, isIntercepting, workers }: Variant,
): string {
  const allowed = hosts === undefined ? policyHosts() : manyHosts(hosts);
  return `[network]
enabled = true
proxy_url = "http://127.0.0.1:${http}"
enable_socks5 = true
socks_url = "http://127.0.0.1:${socks}"
admin_url = "http://127.0.0.1:0"
allowed_domains = ${JSON.stringify(isIntercepting ? [...allowed, INTERCEPTED] : allowed)}
audit_file = ${JSON.stringify(isUnaudited ? "" : `${folder}/audit.jsonl`)}
${workers === undefined ? "" : `workers = ${workers}\n`}${
    isIntercepting ? `mitm = true\nupstream_ca_file = ${JSON.stringify(originCaFile)}\n` : ""
  }
[network.limits]
connections = ${CONNECTIONS_MAX}
connections_per_client = ${CONNECTIONS_MAX}
${isIntercepting ? `\n[network.rules]\n"${INTERCEPTED}" = {}\n` : ""}`;
}
