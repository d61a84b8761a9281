import { assertEquals } from "@std/assert";
import { listenFailure } from "../../../src/cli/printed/listen_failure.ts";

const AT = { ip: { family: 4, bits: 0x7f000001n }, port: 3128 } as const;

/** What the system says, and what we make of it. */
const FAILURES: readonly (readonly [Error, number, string])[] = [
  [new Deno.errors.AddrInUse(), 3128, "the port is in use, perhaps by another doorward"],
  [new Deno.errors.AddrNotAvailable(), 3128, "this machine has no such address"],
  [new Deno.errors.PermissionDenied(), 80, "ports below 1024 need privileges"],
  [new Deno.errors.PermissionDenied(), 3128, "the system does not permit it"],
  [
    new Deno.errors.NotCapable(),
    3128,
    "Deno was started without --allow-net (or --allow-sys=networkInterfaces)",
  ],
];

for (const [error, port, why] of FAILURES) {
  Deno.test(`listenFailure() says of ${error.name} on ${port}: ${why}`, () => {
    assertEquals(
      listenFailure(error, { ...AT, port })?.[0],
      [`doorward: Cannot listen on 127.0.0.1:${port}: ${why}`],
    );
  });
}

Deno.test("listenFailure() tells how to choose another port", () => {
  assertEquals(listenFailure(new Deno.errors.AddrInUse(), AT)?.[1], [
    "  choose a free port:  doorward start -c network.proxy_url=http://127.0.0.1:0",
  ]);
});

Deno.test("listenFailure() knows nothing about other errors", () => {
  assertEquals(listenFailure(new TypeError("bug"), AT), null);
});
