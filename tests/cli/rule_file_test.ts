import { assertEquals } from "@std/assert";
import { configSource } from "../../src/cli/config_source.ts";
import { ruleFile } from "../../src/cli/rule_file.ts";
import { outsideOf } from "./outside_of.ts";
import { NO_FLAGS } from "../support/policy_flags.ts";

/** The environment, `--config`, and where rules are written to. */
const FILES:
  readonly (readonly [Readonly<Record<string, string>>, string | null, string | null])[] = [
    [{ DOORWARD_HOME: "/d" }, null, "/d/config.toml"],
    [{ HOME: "/home/me" }, null, "/home/me/.config/doorward/config.toml"],
    [{ HOME: "/home/me" }, "/etc/policy.toml", "/etc/policy.toml"],
    // The file in that folder is another program's.
    [{ CODEX_HOME: "/c" }, null, null],
    [{ CODEX_HOME: "/c", HOME: "/home/me" }, null, null],
    [{ CODEX_HOME: "/c" }, "/etc/policy.toml", "/etc/policy.toml"],
    [{ CODEX_HOME: "/c", DOORWARD_HOME: "/d" }, null, "/d/config.toml"],
    [{}, null, null],
  ];

for (const [env, file, expected] of FILES) {
  Deno.test(`ruleFile() with ${JSON.stringify(env)} and ${file} is ${expected}`, async () => {
    const here = { ...outsideOf(env), cwd: Deno.cwd };
    assertEquals(ruleFile(await configSource({ ...NO_FLAGS, file }, here)), expected);
  });
}
