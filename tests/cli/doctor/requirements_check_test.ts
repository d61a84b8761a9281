import { assertEquals } from "@std/assert";
import type { KeptRequirements } from "../../../src/cli/doctor/read_requirements.ts";
import { requirementsCheck } from "../../../src/cli/doctor/requirements_check.ts";
import { NOTHING_REQUIRED } from "../../../src/config/requirements/loaded_requirements.ts";
import { linesOf } from "./make_situation.ts";

const NAME = "https://policy.test/r.toml";

/** What is told of requirements of which so much is kept. */
async function lineOfKept(kept: Partial<KeptRequirements>): Promise<string[]> {
  const all = { name: NAME, ageMs: null, isValid: false, refused: null, ...kept };
  return await linesOf(requirementsCheck, {
    required: { kept: all },
    policy: { requirements: NAME },
  });
}

Deno.test("that nobody requires anything is well", async () => {
  assertEquals(await linesOf(requirementsCheck), ["ok in force: nobody requires anything"]);
});

Deno.test("each source that is obeyed is told, and each fault", async () => {
  const loaded = { ...NOTHING_REQUIRED, sources: ["/etc/doorward/requirements.toml"] };
  const faults = [{ origin: { file: "f", line: 1, column: 1 }, message: "no such key" }];
  assertEquals(await linesOf(requirementsCheck, { required: { loaded, faults } }), [
    "ok in force: /etc/doorward/requirements.toml is obeyed",
    "fault written: no such key",
    "  have whoever requires it mend it: nothing runs until then",
  ]);
});

Deno.test("what is kept of a URL is judged by its age, and the URL is not asked", async () => {
  const unasked = `${NAME} was not asked: doctor asks no server`;
  const ask = `  ask it: doorward check --requirements ${NAME}`;
  assertEquals(await lineOfKept({ ageMs: 125_000, isValid: true }), [
    `note kept: ${unasked}; what is kept is 2 minutes old, and does`,
  ]);
  assertEquals(await lineOfKept({ ageMs: 7_200_000 }), [
    `warning kept: ${unasked}, and what is kept is 120 minutes old`,
    ask,
  ]);
  assertEquals(await lineOfKept({}), [`warning kept: ${unasked}, and nothing is kept of it`, ask]);
  assertEquals(await lineOfKept({ refused: "somebody changed it" }), [
    `warning kept: what is kept of ${NAME} is not used: somebody changed it`,
    ask,
  ]);
});
