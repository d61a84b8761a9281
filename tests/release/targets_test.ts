import { assertEquals } from "@std/assert";
import { executableName, isTarget, TARGETS } from "./targets.ts";

Deno.test("executableName() names the version and the target, and nothing that changes", () => {
  assertEquals(TARGETS.map((target) => executableName("1.2.3", target)), [
    "doorward-1.2.3-x86_64-unknown-linux-gnu",
    "doorward-1.2.3-aarch64-unknown-linux-gnu",
    "doorward-1.2.3-x86_64-apple-darwin",
    "doorward-1.2.3-aarch64-apple-darwin",
    "doorward-1.2.3-x86_64-pc-windows-msvc.exe",
  ]);
});

Deno.test("isTarget() knows those that are released, and no other", () => {
  assertEquals(TARGETS.every(isTarget), true);
  for (const word of ["", "linux", "x86_64-unknown-linux-musl", "aarch64-pc-windows-msvc"]) {
    assertEquals(isTarget(word), false, word);
  }
});
