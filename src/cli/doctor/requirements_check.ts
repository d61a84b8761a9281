import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import { quoteWords } from "../shell/command_line.ts";
import type { KeptRequirements } from "./read_requirements.ts";

/** What an administrator imposes: whether it is in force, and what is kept of it. */
export const requirementsCheck: Check = {
  name: "requirements",
  run: ({ required, policy, shell }) => {
    const { loaded, faults, kept } = required;
    const ask = quoteWords(["doorward", "check", "--requirements", kept?.name ?? ""], shell);
    const findings = [
      ...loaded.sources.map((name) => ok("in force", `${name} is obeyed`)),
      ...faults.map(({ origin, message }) => ({
        ...fault("written", message, "have whoever requires it mend it: nothing runs until then"),
        origin,
      })),
      ...(kept === null ? [] : [ofKept(kept, ask)]),
    ];
    const isNone = findings.length === 0 && policy.requirements === null;
    return Promise.resolve(isNone ? [ok("in force", "nobody requires anything")] : findings);
  },
};

function ofKept({ name, ageMs, isValid, refused }: KeptRequirements, ask: string): Finding {
  const unasked = `${name} was not asked: doctor asks no server`;
  if (refused !== null) {
    return warning("kept", `what is kept of ${name} is not used: ${refused}`, `ask it: ${ask}`);
  }
  if (ageMs === null) {
    return warning("kept", `${unasked}, and nothing is kept of it`, `ask it: ${ask}`);
  }
  const minutes = Math.max(0, Math.floor(ageMs / 60_000));
  if (!isValid) {
    return warning(
      "kept",
      `${unasked}, and what is kept is ${minutes} minutes old`,
      `ask it: ${ask}`,
    );
  }
  return note("kept", `${unasked}; what is kept is ${minutes} minutes old, and does`);
}
