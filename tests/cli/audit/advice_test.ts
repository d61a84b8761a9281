import { assertEquals } from "@std/assert";
import { adviceFor } from "../../../src/cli/audit/advice.ts";

/** A host that was blocked for these reasons. */
function host(name: string, port: number, ...reasons: readonly string[]) {
  const counts = Object.fromEntries(reasons.map((reason) => [reason, 1]));
  const traffic = { allowed: 0, overridden: 0, blocked: 1, asked: 0 };
  const carried = { bytes_up: 0, bytes_down: 0, duration_ms: 0 };
  return { host: name, port, ...traffic, ...carried, reasons: counts };
}

Deno.test("adviceFor() allows with the shortest patterns, each once", () => {
  const { allow, explained } = adviceFor([
    host("b.test", 443, "not_allowed"),
    host("b.test", 80, "not_allowed"),
    host("a.test", 8443, "not_allowed"),
    host("2001:db8::1", 443, "not_allowed"),
    host("192.0.2.1", 22, "not_allowed"),
    host("c.test", 443),
  ]);
  assertEquals(allow, ["192.0.2.1:22", "[2001:db8::1]", "a.test:8443", "b.test"]);
  assertEquals(explained, []);
});

Deno.test("adviceFor() explains what a pattern does not change", () => {
  const { allow, explained } = adviceFor([
    host("a.test", 443, "denied", "method_not_allowed", "mitm_required", "own words"),
    host("10.0.0.1", 80, "not_allowed_local"),
    host("unix-socket", 0, "not_allowed"),
  ]);
  assertEquals(allow, []);
  assertEquals(explained.map(({ host, why }) => `${host}: ${why}`), [
    "a.test: a deny rule names it: take that rule out if this is to pass",
    "a.test: limited mode only reads: --mode full",
    "a.test: the tunnel cannot be looked into: -c network.mitm=true",
    "a.test: own words",
    "10.0.0.1: a local, private or special address: doorward explain tells what would allow it",
    "unix-socket: not in allow_unix_sockets",
  ]);
});

Deno.test("adviceFor() offers nothing to paste that is no host", () => {
  for (
    const name of [
      "*",
      "*.test",
      "a.test; rm -rf ~",
      "A.test",
      "a.test\n--allow",
      "$(id)",
      "",
      "a`b",
      "-c",
    ]
  ) {
    assertEquals(adviceFor([host(name, 443, "not_allowed")]).allow, [], name);
  }
});
