import type { Config, Notice } from "../../config/config.ts";
import type { ConfigFault } from "../../config/errors.ts";
import type { Layer } from "../../config/source_layers.ts";
import { type Shell, shellQuote } from "../../library/env/shell_quote.ts";
import type { Origin } from "../../policy/rule.ts";
import { policySummary } from "../printed/banner.ts";
import { policyInForce } from "../policy_in_force.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";

/** More of either are counted: the first ones are often what the others come of. */
const SHOWN_MAX = 20;

/** Which files are read, and what is wrong with what they say. */
export const configurationCheck: Check = {
  name: "configuration",
  run: ({ read, shell }) =>
    Promise.resolve(
      read.kind === "config" ? ofConfig(read.config) : ofFaults(read.faults, shell),
    ),
};

function ofConfig(config: Config): readonly Finding[] {
  const { layers, notices, off } = config;
  const isWritten = layers.some(({ state }) => state === "read");
  return [
    ...layers.map(ofLayer),
    ...(isWritten ? [] : [note("built-in", NOT_WRITTEN)]),
    ...first(notices, ofNotice, "more warnings: doctor tells 20, and doorward check all of them"),
    off === null
      ? ok("policy", `mode ${config.network.mode}, ${policySummary(policyInForce(config))}`)
      : {
        ...warning("policy", `this policy is not in force: ${off.why}`, SWITCH_ON),
        origin: off.origin,
      },
  ];
}

const NOT_WRITTEN = "no file says anything: the built-in policy holds, which asks about every host";
const SWITCH_ON = "take out what switches it off: doorward config show tells what is set where";

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

function ofNotice({ origin, message }: Notice): Finding {
  const { file, line } = origin;
  const mend = line === null ? "doorward config show" : editing(file, line);
  return { ...warning("written", message, mend), origin };
}

function ofFaults(faults: readonly ConfigFault[], shell: Shell): readonly Finding[] {
  return [
    ...first(
      faults,
      (fault) => ofFault(fault, shell),
      "more faults: doctor tells 20, and doorward check all of them",
    ),
    note(
      "policy",
      "the other checks go on with the defaults and the flags, as if no file said anything",
    ),
  ];
}

function ofFault({ origin, message }: ConfigFault, shell: Shell): Finding {
  return { ...fault("written", message, mendOf(origin, shell)), origin };
}

/** The message itself says what to write instead. */
function mendOf({ file, line }: Origin, shell: Shell): string {
  if (file.startsWith("-")) return `give another ${file} on the command line`;
  return line === null ? `ls -ld ${shellQuote(file, shell)}` : editing(file, line);
}

function editing(file: string, line: number): string {
  return `edit line ${line} of ${file}; then: doorward check`;
}

function first<T>(
  all: readonly T[],
  finding: (each: T) => Finding,
  more: string,
): readonly Finding[] {
  const rest = all.length - SHOWN_MAX;
  const shown = all.slice(0, SHOWN_MAX).map(finding);
  const [kind] = shown;
  if (rest <= 0 || kind === undefined) return shown;
  return [...shown, { ...kind, found: `${rest} ${more}`, mend: [], origin: null }];
}
