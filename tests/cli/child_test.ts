import { assertEquals, assertThrows } from "@std/assert";
import { systemSpawn } from "../../src/cli/child.ts";

Deno.test("systemSpawn() tells the child's exit code", async () => {
  assertEquals(await systemSpawn(["sh", "-c", "exit 7"], {}).code, 7);
});

Deno.test("systemSpawn() lays variables over what is inherited", async () => {
  const script = 'test "$DOORWARD_TEST" = "a b" && test -n "$PATH"';
  assertEquals(await systemSpawn(["sh", "-c", script], { DOORWARD_TEST: "a b" }).code, 0);
});

Deno.test("systemSpawn() tells a signal as 128 + n", async () => {
  const child = systemSpawn(["sh", "-c", "kill -TERM $$"], {});
  assertEquals(await child.code, 143);
});

Deno.test("kill() reaches the child, and does nothing once it has ended", async () => {
  const child = systemSpawn(["sleep", "60"], {});
  child.kill("SIGINT");
  assertEquals(await child.code, 130);
  child.kill("SIGINT");
});

Deno.test("systemSpawn() throws NotFound for a command that is not there", () => {
  assertThrows(() => systemSpawn(["/nonexistent/tool"], {}), Deno.errors.NotFound);
});

Deno.test("systemSpawn() throws PermissionDenied for what is no program", () => {
  assertThrows(() => systemSpawn(["/"], {}), Deno.errors.PermissionDenied);
});
