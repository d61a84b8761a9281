// A first configuration, from nothing to a request that is explained.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { configHome } from "../../src/config/config_home.ts";
import { doorward } from "../support/doorward_cli.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("init, check and explain say the same of a first configuration", async () => {
  await using scratch = await makeScratch();
  const empty = { ...scratch, env: { ...scratch.env, DOORWARD_HOME: `${scratch.home}/new` } };
  const { file } = configHome(empty.env, Deno.build.os)!;

  const made = await doorward(["init", "--add", "npm,github:read"], empty);
  assertEquals([made.code, made.stderr], [0, ""]);
  assertStringIncludes(made.stdout, `wrote ${file}\n`);

  const checked = await doorward(["check"], empty);
  assertEquals([checked.code, checked.stderr], [0, ""]);
  assertEquals(
    checked.stdout,
    `${file}: ok\n  mode full, 8 allow rules, 0 deny rules, 7 request rules, ` +
      "asks about what is not listed\n",
  );

  const explain = async (...words: readonly string[]) => {
    const { code, stdout } = await doorward(["explain", "--no-lookup", ...words], empty);
    return [code, stdout.split("\n")[0]!.replaceAll(file, "FILE")];
  };
  const [line = ""] = await lineOf(file, '"npm"');
  assertEquals(await explain("https://registry.npmjs.org/left-pad"), [
    0,
    "allowed  CONNECT registry.npmjs.org:443  by allow rule " +
    `"registry.npmjs.org" at FILE:${line}:3, preset npm; not looked up, its addresses must pass, too`,
  ]);
  const held = ["explain", "--no-lookup", "https://github.com/a/b/issues", "-X", "POST"];
  const blocked = await doorward(held, empty);
  assertEquals(blocked.code, 1);
  assertStringIncludes(blocked.stdout, "mitm_hook_denied");
  assertMatch(blocked.stdout, /; the nearest is "github\.com read" \(.*, preset github:read\)\n/);
  assertEquals((await explain("https://github.com/a/b"))[0], 0);
  assertEquals((await explain("https://example.com"))[0], 1);

  const again = await doorward(["init"], empty);
  assertEquals([again.code, again.stdout], [125, ""]);
  assertStringIncludes(again.stderr, "it is there already, and stays as it is");
});

Deno.test("a command line that names presets does without a file", async () => {
  await using scratch = await makeScratch();
  const { code, stdout } = await doorward(
    ["explain", "--no-lookup", "-c", 'network.presets=["pypi"]', "https://pypi.org"],
    scratch,
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, 'by allow rule "pypi.org" at -c, preset pypi');
});

/** The numbers of the lines that hold a text. */
async function lineOf(file: string, text: string): Promise<readonly string[]> {
  const lines = (await Deno.readTextFile(file)).split("\n");
  return lines.flatMap((line, at) => line.trim().startsWith(text) ? [String(at + 1)] : []);
}
