import { assertEquals } from "@std/assert";
import { attemptId } from "../../src/http/attempt_id.ts";
import { field } from "../../src/http/fields.ts";

function of(value: string): string | null {
  return attemptId([field("Accept", "*/*"), field("Proxy-Authorization", value)]);
}

function basic(userInfo: string): string {
  return `Basic ${btoa(userInfo)}`;
}

Deno.test("attemptId() reads the id out of the user name", () => {
  assertEquals(of(basic("codex-net-attempt-abc123:")), "abc123");
  assertEquals(of(basic("codex-net-attempt-abc123:a password")), "abc123");
  assertEquals(of(basic("codex-net-attempt-abc123")), "abc123");
  assertEquals(of(basic("codex-net-attempt-a-b_c.d~e/f:x")), "a-b_c.d~e/f");
});

Deno.test("attemptId() minds neither the case of the scheme nor a second space", () => {
  const credentials = btoa("codex-net-attempt-abc:");
  assertEquals(of(`bAsIc ${credentials}`), "abc");
  assertEquals(of(`Basic   ${credentials}`), "abc");
});

Deno.test("attemptId() is null without the header", () => {
  assertEquals(attemptId([]), null);
  assertEquals(attemptId([field("Authorization", basic("codex-net-attempt-abc:"))]), null);
});

Deno.test("attemptId() is null for any other credentials", () => {
  const others = [
    basic("alice:codex-net-attempt-abc"),
    basic("codex-net-attempt-:"),
    basic("Codex-Net-Attempt-abc:"),
    basic("xcodex-net-attempt-abc:"),
    basic(""),
    "Basic",
    "Basic ",
    "Basic *not*base64*",
    `Bearer ${btoa("codex-net-attempt-abc:")}`,
    `Basic ${btoa("codex-net-attempt-abc:")} more`,
    "",
  ];
  for (const value of others) assertEquals(of(value), null, value);
});

Deno.test("attemptId() takes 128 printable characters and not one more, nor another one", () => {
  const longest = "x".repeat(128);
  assertEquals(of(basic(`codex-net-attempt-${longest}:`)), longest);
  assertEquals(of(basic(`codex-net-attempt-${longest}x:`)), null);
  for (const bad of ["a b", "a\nb", "a\x1b[2Jb", "a\x7f", "\xe9", "\0"]) {
    assertEquals(of(basic(`codex-net-attempt-${bad}:`)), null, JSON.stringify(bad));
  }
});
