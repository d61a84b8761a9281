import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

Deno.test("everything that the library exports, and everything in it, is described", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", "src/mod.ts"],
    cwd: ROOT,
    stdout: "null",
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr).replace(/^Checked.*\n/m, "")], [0, ""]);
});
