import { parseNoProxy } from "../../config/no_proxy.ts";
import { quote } from "../../config/toml/printable.ts";
import { type Finding, ok, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";
import { variableOf } from "./variable.ts";

/** What programs are told to reach without a proxy, npm by a name of its own. */
const NAMES = ["NO_PROXY", "no_proxy", "npm_config_noproxy"] as const;
/** This machine, as `doorward env` writes it where the policy lets local addresses be reached. */
const THIS_MACHINE: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);
/** More are counted. */
const SHOWN_MAX = 5;

/** Which hosts the commands of a shell that is pointed at Doorward reach past it. */
export function exceptionFindings(
  { here, config, pointing }: Situation,
): readonly Finding[] {
  const findings = NAMES.flatMap((name) => {
    const text = variableOf(name, here);
    const past = text.split(/[\s,]+/).filter((entry) =>
      entry !== "" && !(config.network.allow_local_binding && THIS_MACHINE.has(entry.toLowerCase()))
    );
    if (past.length === 0) return [];
    const isAll = parseNoProxy(text).entries.some(({ kind }) => kind === "everything");
    const found = isAll
      ? `${name} has every host be reached past Doorward`
      : `${name} has these be reached past Doorward: ${shown(past)}`;
    return [warning("exceptions", found, pointing)];
  });
  if (findings.length > 0) return findings;
  const what = config.network.allow_local_binding ? "only this machine" : "nothing";
  return [ok("exceptions", `NO_PROXY has ${what} be reached past Doorward`)];
}

function shown(entries: readonly string[]): string {
  const rest = entries.length - SHOWN_MAX;
  const text = entries.slice(0, SHOWN_MAX).map(quote).join(", ");
  return rest > 0 ? `${text}, and ${rest} more` : text;
}
