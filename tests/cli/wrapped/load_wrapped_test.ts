import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RunCommand } from "../../../src/cli/argv/command.ts";
import { loadWrapped } from "../../../src/cli/wrapped/load_wrapped.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";
import { type FakeOptions, fakeSurroundings } from "../fake_surroundings.ts";

const COMMAND: RunCommand = {
  name: "run",
  label: null,
  execPolicyHint: null,
  attempt: null,
  policy: { ...NO_FLAGS, allow: ["a.test"] },
  quiet: false,
  words: ["tool"],
};

/** What is loaded, and what is said. */
async function load(command: RunCommand, options: FakeOptions = {}) {
  const here = fakeSurroundings(options);
  const loaded = await loadWrapped(command, here);
  await here.terminal.err.flush();
  return { loaded, err: here.printed().err };
}

Deno.test("loadWrapped() reads the policy of the flags", async () => {
  const { loaded, err } = await load(COMMAND);
  const { rules } = loaded!.config.policy;
  assertEquals([rules.map(({ text }) => text), err], [["a.test"], ""]);
});

Deno.test("loadWrapped() names the command that would work where the proxy is written off", async () => {
  const policy = { ...NO_FLAGS, overrides: ["network.enabled=false"] };
  const { loaded, err } = await load({ ...COMMAND, policy });
  assertEquals(loaded, null);
  assertStringIncludes(err, "doorward run -c network.enabled=true …\n");
});

Deno.test("loadWrapped() takes no command that is behind Doorward already", async () => {
  const { loaded, err } = await load(COMMAND, { env: { DOORWARD_ACTIVE: "" } });
  assertEquals(loaded, null);
  assertStringIncludes(err, 'Cannot run "tool" behind Doorward a second time');
});
