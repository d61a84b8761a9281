import { ownProxy, upstreamSettings } from "../../config/upstream_routes.ts";
import { quote } from "../../config/toml/printable.ts";
import { upstreamRoute } from "../printed/upstream_lines.ts";
import { unsetting } from "../shell/unset.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import { leadsToUs } from "./leads_to_us.ts";
import { exceptionFindings } from "./no_proxy_findings.ts";
import type { Situation } from "./situation.ts";
import { variableOf } from "./variable.ts";

/** Where the variables of this shell send its commands. Those of `run` are laid over them, and are not asked. */
export const variablesCheck: Check = {
  name: "variables",
  run: async (situation) => {
    const { env } = situation.here;
    if (env["DOORWARD_ACTIVE"] !== undefined) return [note("shell", INSIDE_RUN)];
    const isPointed = GENERAL.some((name) => leadsTo(name, situation) === "us");
    return [
      isPointed ? await ofPointedShell(situation) : ofOtherShell(situation),
      ...ofSpellings(situation),
      ...(isPointed ? [...ofTools(situation), ...exceptionFindings(situation)] : []),
      ...ofUpstream(situation, isPointed),
    ];
  },
};

const INSIDE_RUN = "this is inside of doorward run, whose proxy its variables name";

/** What most programs read. */
const GENERAL = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] as const;
/** What is also written in upper and in lower case. */
const SPELLED_TWICE = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] as const;
/** What one program reads before the general ones, and which. */
const OF_TOOLS: Readonly<Record<string, string>> = {
  npm_config_proxy: "npm",
  npm_config_https_proxy: "npm",
  YARN_HTTP_PROXY: "yarn",
  YARN_HTTPS_PROXY: "yarn",
  PIP_PROXY: "pip",
  CARGO_HTTP_PROXY: "cargo",
  RSYNC_PROXY: "rsync",
};

function leadsTo(name: string, { here, config }: Situation): "nowhere" | "us" | "others" {
  const value = variableOf(name, here);
  if (value === "") return "nowhere";
  return leadsToUs(value, config) ? "us" : "others";
}

async function ofPointedShell(situation: Situation): Promise<Finding> {
  const { places, shell, ours, pointing } = situation;
  const others = GENERAL.filter((name) => leadsTo(name, situation) !== "us");
  if (others.length > 0) {
    const found = `only some variables name Doorward, and not ${others.join(", ")}`;
    return warning("shell", found, pointing);
  }
  if ((await places.http).kind === "free") {
    const found = "its commands go to Doorward, and nobody listens there: they fail";
    const start = `in another terminal: ${ours("start")}`;
    return warning("shell", found, start, `or: ${unsetting(GENERAL, shell)}`);
  }
  return ok("shell", "its commands are sent through Doorward");
}

function ofOtherShell(situation: Situation): Finding {
  const isElsewhere = GENERAL.some((name) => leadsTo(name, situation) === "others");
  const what = isElsewhere
    ? "its variables name another proxy"
    : "no variable names a proxy: its commands go directly";
  return note(
    "shell",
    `${what}; those of doorward run, or after ${situation.pointing}, go through Doorward`,
  );
}

/** Programs differ in which case they read: the two have to say the same. */
function ofSpellings({ here, shell }: Situation): readonly Finding[] {
  return SPELLED_TWICE.flatMap((lower) => {
    const upper = lower.toUpperCase();
    const [one, other] = [variableOf(lower, here), variableOf(upper, here)];
    if (one === "" || other === "" || one === other) return [];
    const found = `${lower} and ${upper} differ: ${quote(one)}, ${quote(other)}`;
    return [warning("spelling", found, unsetting([lower, upper], shell))];
  });
}

function ofTools(situation: Situation): readonly Finding[] {
  const { env } = situation.here;
  return Object.keys(env).flatMap((name) => {
    // npm reads any case.
    const known = Object.keys(OF_TOOLS).find((each) => each.toLowerCase() === name.toLowerCase());
    if (known === undefined || leadsTo(name, situation) !== "others") return [];
    const found = `${name} has ${OF_TOOLS[known]} go to another proxy: ${quote(env[name] ?? "")}`;
    return [warning("tools", found, unsetting([name], situation.shell))];
  });
}

/** What Doorward itself would go through, if it were started here. */
function ofUpstream(
  { config, here, shell }: Situation,
  isPointed: boolean,
): readonly Finding[] {
  const listeners = [
    config.proxyAddress,
    ...(config.socksAddress === null ? [] : [config.socksAddress]),
  ];
  const settings = upstreamSettings(config, isPointed ? {} : here.env);
  const own = ownProxy(settings, listeners);
  if (own !== null) {
    const found = `${own.source} names Doorward itself: start refuses to go round in circles`;
    return config.upstreamProxy === null
      ? [warning("upstream", found, unsetting([own.source], shell))]
      : [fault("upstream", found, ANOTHER)];
  }
  const route = upstreamRoute(settings);
  return [
    ok("upstream", `Doorward reaches the network ${route === "direct" ? "directly" : route}`),
    ...settings.warnings.map((why) => warning("upstream", why, "mend the variable")),
  ];
}

const ANOTHER = 'upstream_proxy = "http://HOST:PORT" under [network], of another proxy';
