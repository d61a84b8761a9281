import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../../src/cli/cli.ts";
import { COMMAND_NAMES, COMMANDS } from "../../../src/cli/argv/commands.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

for (const shell of COMMANDS.completions.words[0]) {
  Deno.test(`completions ${shell} prints a script that knows every command, whatever is configured`, async () => {
    const here = fakeSurroundings();
    const code = await cli(["completions", shell, "--config", "/nonexistent.toml"], here);
    const { out, err } = here.printed();
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, `made by: doorward completions ${shell}\n`);
    assertEquals(COMMAND_NAMES.filter((name) => !out.includes(name)), []);
    assertEquals(out.endsWith("\n\n"), false);
  });
}
