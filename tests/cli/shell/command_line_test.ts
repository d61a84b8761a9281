import { assertEquals } from "@std/assert";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import { flagWords, quoteWords, shortCommand } from "../../../src/cli/shell/command_line.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

Deno.test("flagWords() gives the flags back as they are read again", () => {
  const flags = {
    ...NO_FLAGS,
    file: "my file.toml",
    requirements: "its rules.toml",
    overrides: ["network.ask=true", 'a = "b"'],
    allow: ["a.test", "*.b.test"],
    deny: ["c.test"],
    mode: "limited",
    profile: "work",
    trustProject: true,
  } as const;
  assertEquals(parseCommand(["start", ...flagWords(flags)]), {
    name: "start",
    label: null,
    policy: flags,
    quiet: false,
  });
});

Deno.test("flagWords() repeats no password", () => {
  const overrides = [`network.upstream_proxy="http://me:it's secret@proxy.corp:3128"`];
  const flags = { ...NO_FLAGS, overrides };
  assertEquals(flagWords(flags), ["-c", "network.upstream_proxy=http://…@proxy.corp:3128"]);
});

Deno.test("quoteWords() makes a line to paste", () => {
  assertEquals(
    quoteWords(["doorward", "--allow", "*.a.test"], "sh"),
    "doorward --allow '*.a.test'",
  );
});

Deno.test("flagWords() shows no query of the URL of requirements", () => {
  const none = { file: null, overrides: [], allow: [], deny: [], mode: null };
  const requirements = "https://policy.test/r.toml?token=secret";
  assertEquals(flagWords({ ...none, profile: null, trustProject: false, requirements }), [
    "--requirements",
    "https://policy.test/r.toml?…",
  ]);
});

Deno.test("shortCommand() cuts what is too long to be read beside another command line", () => {
  assertEquals(shortCommand(["curl", "a b"], "sh"), "curl 'a b'");
  assertEquals(shortCommand(["c d", "x".repeat(54)], "sh"), `'c d' ${"x".repeat(54)}`);
  assertEquals(shortCommand(["c d", "x".repeat(55)], "sh"), "'c d' …");
});
