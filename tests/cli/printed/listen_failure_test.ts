import { assertEquals } from "@std/assert";
import {
  adminListenFailure,
  listenFailure,
  socksListenFailure,
} from "../../../src/cli/printed/listen_failure.ts";
import type { Line } from "../../../src/cli/printed/terminal.ts";
import { plainText } from "../../support/plain_text.ts";

const AT = { ip: { family: 4, bits: 0x7f000001n }, port: 3128 } as const;

/** What the system says, and what we make of it. */
const FAILURES: readonly (readonly [Error, number, string])[] = [
  [new Deno.errors.AddrInUse(), 3128, "the port is in use, perhaps by another doorward"],
  [new Deno.errors.AddrInUse(), 0, "no port is free on this machine just now"],
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
    assertEquals(
      socksListenFailure(error, { ...AT, port })?.[0],
      [`doorward: Cannot listen on 127.0.0.1:${port} for SOCKS5 (network.socks_url): ${why}`],
    );
  });
}

/** What is said below what went wrong. */
function mends(lines: readonly Line[] | null): readonly string[] | undefined {
  return lines?.slice(1).map(plainText);
}

Deno.test("adminListenFailure() tells who starts a second proxy all that this takes", () => {
  const second = [
    "  if that is a doorward, use it, or stop it with Ctrl-C there; to run two, add:",
    "    -c network.proxy_url=http://127.0.0.1:0 -c network.socks_url=http://127.0.0.1:0 " +
    "-c network.admin_url=http://127.0.0.1:0",
  ];
  const mend = "  to take a free port, add:  -c network.admin_url=http://127.0.0.1:0";
  const { AddrInUse, PermissionDenied } = Deno.errors;
  assertEquals(mends(adminListenFailure(new AddrInUse(), AT)), [mend, ...second]);
  assertEquals(mends(adminListenFailure(new PermissionDenied(), AT)), [mend]);
  assertEquals(mends(adminListenFailure(new AddrInUse(), { ...AT, port: 0 })), []);
});

Deno.test("listenFailure() tells how to choose another port", () => {
  assertEquals(mends(listenFailure(new Deno.errors.AddrInUse(), AT)), [
    "  to take a free port, add:  -c network.proxy_url=http://127.0.0.1:0",
  ]);
});

Deno.test("socksListenFailure() tells how to choose another port, or none", () => {
  assertEquals(mends(socksListenFailure(new Deno.errors.AddrInUse(), AT)), [
    "  to take a free port, add:  -c network.socks_url=http://127.0.0.1:0",
    "  to do without it, add:     -c network.enable_socks5=false",
  ]);
});

Deno.test("listenFailure() does not send to a free port those who asked for one", () => {
  const none = { ...AT, port: 0 };
  assertEquals(listenFailure(new Deno.errors.AddrInUse(), none)?.length, 1);
  assertEquals(mends(socksListenFailure(new Deno.errors.AddrInUse(), none)), [
    "  to do without it, add:     -c network.enable_socks5=false",
  ]);
});

Deno.test("listenFailure() knows nothing about other errors", () => {
  assertEquals(listenFailure(new TypeError("bug"), AT), null);
  assertEquals(socksListenFailure(new TypeError("bug"), AT), null);
  assertEquals(socksListenFailure(undefined, AT), null);
});
