import { assertEquals } from "@std/assert";
import { configLines } from "../../../src/cli/printed/config_lines.ts";
import { type ShownConfig, shownConfig } from "../../../src/cli/printed/shown_config.ts";
import { load } from "../../config/load.ts";

const PLAIN: ShownConfig = shownConfig(await load(null));

function linesOf(parts: Partial<ShownConfig>): readonly string[] {
  return configLines({ ...PLAIN, ...parts }, null).map((line) =>
    line.map((part) => typeof part === "string" ? part : part.text).join("")
  );
}

Deno.test("configLines() says why a file is not read", () => {
  const lines = linesOf({
    layers: [
      { name: "system", file: "/etc/a.toml", state: "absent", why: null },
      { name: "user", file: "/home/b.toml", state: "read", why: null },
      { name: "project", file: "/c.toml", state: "disabled", why: "nobody trusts it" },
    ],
    flags: ["-c a=1"],
  });
  assertEquals(lines.slice(1, 5), [
    "  1. system   /etc/a.toml (absent)",
    "  2. user     /home/b.toml",
    "  3. project  /c.toml (disabled: nobody trusts it)",
    "  -c a=1",
  ]);
});

Deno.test("configLines() says so where there is no file at all", () => {
  assertEquals(linesOf({ layers: [] })[1], "  built-in defaults");
});

Deno.test("configLines() leaves out what nobody wrote of the filesystem", () => {
  const has = (parts: Partial<ShownConfig>) =>
    linesOf(parts).some((line) => line.startsWith("Filesystem"));
  assertEquals(has({ filesystem: [] }), false);
  assertEquals(has({ filesystem: [{ path: ":minimal", subpath: null, access: "read" }] }), true);
});

Deno.test("configLines() cannot tell a port that the system chooses", () => {
  const [last] = linesOf({ runtime: null }).slice(-1);
  assertEquals(last, "  the system chooses the port: doorward start prints it");
});
