import { assertEquals, assertThrows } from "@std/assert";
import { systemHelper } from "../../../src/cli/ask/helper_program.ts";

Deno.test("systemHelper() tells what a program says and how it ended", async () => {
  await using helper = systemHelper(["sh", "-c", "echo said; echo no >&2; exit 3"]);
  assertEquals(await helper.read(), "said\n");
  assertEquals(await helper.read(), null);
  assertEquals(await helper.code, 3);
});

Deno.test("systemHelper() gives a program nothing to read", async () => {
  await using helper = systemHelper(["cat"]);
  assertEquals(await helper.read(), null);
  assertEquals(await helper.code, 0);
});

Deno.test("systemHelper() ends a program that is disposed of", async () => {
  let code: Promise<number>;
  {
    await using helper = systemHelper(["sleep", "60"]);
    code = helper.code;
  }
  assertEquals(await code, 143);
});

Deno.test("systemHelper() throws NotFound for a program that is not there", () => {
  assertThrows(() => systemHelper(["/nonexistent/tool"]), Deno.errors.NotFound);
});
