import { assertEquals } from "@std/assert";
import { attemptId } from "../../src/audit/attempt_id.ts";

Deno.test("attemptId() reads the id out of the user name", () => {
  assertEquals(attemptId("codex-net-attempt-abc123"), "abc123");
  assertEquals(attemptId("codex-net-attempt-a-b_c.d~e/f"), "a-b_c.d~e/f");
});

Deno.test("attemptId() is null for any other name, and for none", () => {
  const others = [null, "", "alice", "codex-net-attempt-", "Codex-Net-Attempt-abc"];
  for (const user of [...others, "xcodex-net-attempt-abc"]) assertEquals(attemptId(user), null);
});

Deno.test("attemptId() takes 128 printable characters and not one more, nor another one", () => {
  const longest = "x".repeat(128);
  assertEquals(attemptId(`codex-net-attempt-${longest}`), longest);
  assertEquals(attemptId(`codex-net-attempt-${longest}x`), null);
  for (const bad of ["a b", "a\nb", "a\x1b[2Jb", "a\x7f", "\xe9", "\0"]) {
    assertEquals(attemptId(`codex-net-attempt-${bad}`), null, JSON.stringify(bad));
  }
});
