import type { Config, Notice } from "../../config/config.ts";
import type { ConfigFault } from "../../config/errors.ts";
import type { Layer } from "../../config/source_layers.ts";
import type { SwitchedOff } from "../../config/surfaces/switched_off.ts";
import { shellQuote } from "../../library/env/shell_quote.ts";
import type { Origin } from "../../policy/rule.ts";
import { policySummary } from "../printed/banner.ts";
import { policyInForce } from "../policy_in_force.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";

/** More of either are counted: the first ones are often what the others come of. */
const SHOWN_MAX = 20;

/** Which files are read, and what is wrong with what they say. */
export const configurationCheck: Check = {
  name: "configuration",
  run: (situation) => {
    const { read } = situation;
    return Promise.resolve(
      read.kind === "config" ? ofConfig(read.config, situation) : ofFaults(read.faults, situation),
    );
  },
};

function ofConfig(config: Config, situation: Situation): readonly Finding[] {
  const { layers, notices, off } = config;
  const isWritten = layers.some(({ state }) => state === "read");
  return [
    ...layers.map(ofLayer),
    ...(isWritten ? [] : [note("built-in", NOT_WRITTEN)]),
    ...notices.slice(0, SHOWN_MAX).map((notice) => ofNotice(notice, situation)),
    ...ofRest(notices.length, "warnings", situation),
    off === null
      ? ok("policy", `mode ${config.network.mode}, ${policySummary(policyInForce(config))}`)
      : ofOff(off, situation),
  ];
}

const NOT_WRITTEN = "no file says anything: the built-in policy holds, which asks about every host";

function ofLayer({ name, file, state, why }: Layer): Finding {
  switch (state) {
    case "read":
      return ok(`${name} file`, `${file} is read`);
    case "absent":
      return note(`${name} file`, `${file} is not there, and need not be`);
    case "disabled":
      return note(`${name} file`, `${file} is not read${why === null ? "" : `: ${why}`}`);
  }
}

function ofOff({ why, origin }: SwitchedOff, { ours }: Situation): Finding {
  const mend = `take out what switches it off: ${ours("config", "show")}`;
  return { ...warning("policy", `this policy is not in force: ${why}`, mend), origin };
}

function ofNotice({ origin, message }: Notice, { ours }: Situation): Finding {
  const { file, line } = origin;
  const mend = line === null ? ours("config", "show") : editing(file, line, ours);
  return { ...warning("written", message, mend), origin };
}

function ofFaults(faults: readonly ConfigFault[], situation: Situation): readonly Finding[] {
  return [
    ...faults.slice(0, SHOWN_MAX).map((fault) => ofFault(fault, situation)),
    ...ofRest(faults.length, "faults", situation),
    note("policy", GOES_ON),
  ];
}

const GOES_ON =
  "the other checks go on with the defaults and the flags, as if no file said anything";

function ofFault({ origin, message }: ConfigFault, situation: Situation): Finding {
  return { ...fault("written", message, mendOf(origin, situation)), origin };
}

/** The message itself says what to write instead. */
function mendOf({ file, line }: Origin, { shell, ours }: Situation): string {
  if (file.startsWith("-")) return `give another ${file} on the command line`;
  return line === null ? `ls -ld ${shellQuote(file, shell)}` : editing(file, line, ours);
}

function editing(file: string, line: number, ours: Situation["ours"]): string {
  return `edit line ${line} of ${file}; then: ${ours("check")}`;
}

function ofRest(count: number, what: string, { ours }: Situation): readonly Finding[] {
  const rest = count - SHOWN_MAX;
  return rest > 0 ? [note("written", `${rest} more ${what}: ${ours("check")} tells them all`)] : [];
}
