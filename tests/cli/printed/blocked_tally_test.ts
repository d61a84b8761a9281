import { assertEquals } from "@std/assert";
import type { BlockedRecord } from "../../../src/audit/blocked_record.ts";
import type { RunCommand } from "../../../src/cli/argv/command.ts";
import { BlockedTally } from "../../../src/cli/printed/blocked_tally.ts";
import { blockedRecord } from "../../support/blocked.ts";
import { plainText } from "../../support/plain_text.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

const COMMAND: RunCommand = {
  name: "run",
  label: null,
  execPolicyHint: null,
  attempt: null,
  policy: { ...NO_FLAGS, allow: ["a.test"] },
  quiet: false,
  words: ["curl", "-sS", "https://b.test/it's"],
};

function linesFor(
  records: readonly BlockedRecord[],
  command = COMMAND,
  listed: readonly string[] = [],
): readonly string[] {
  const tally = new BlockedTally();
  records.forEach((blocked) => tally.note(blocked));
  return tally.lines(command, listed, "sh").map(plainText);
}

Deno.test("lines() says nothing when nothing was blocked", () => {
  assertEquals(linesFor([]), []);
});

Deno.test("lines() tells a host once, with the command line that would allow it", () => {
  assertEquals(linesFor([blockedRecord(), blockedRecord(), blockedRecord()]), [
    "doorward: blocked b.test:443 (not in the allowlist, 3 times) — allow it: " +
    "doorward run --allow a.test --allow b.test -- curl -sS 'https://b.test/it'\\''s'",
  ]);
});

Deno.test("lines() tells ports and reasons apart, in the order they were seen", () => {
  const lines = linesFor([
    blockedRecord({ port: 8443 }),
    blockedRecord({ reason: "denied" }),
    blockedRecord(),
    blockedRecord({ port: 8443 }),
  ]);
  assertEquals(lines.map((line) => line.split(" — ")[0]), [
    "doorward: blocked b.test:8443 (not in the allowlist, 2 times)",
    "doorward: blocked b.test:443 (a deny rule names it)",
    "doorward: blocked b.test:443 (not in the allowlist)",
    "doorward: to allow every missing host: doorward run --allow a.test --allow b.test:8443 --allow b.test " +
    "-- curl -sS 'https://b.test/it'\\''s'",
  ]);
});

Deno.test("lines() sends those whom a deny rule stopped to explain", () => {
  assertEquals(linesFor([blockedRecord({ reason: "denied" })]), [
    "doorward: blocked b.test:443 (a deny rule names it) — " +
    "see why: doorward explain --allow a.test b.test:443",
  ]);
});

Deno.test("lines() names the exact entry for a local address", () => {
  const blocked = blockedRecord({ host: "::1", port: 5432, reason: "not_allowed_local" });
  assertEquals(
    linesFor([blocked]),
    [
      "doorward: blocked [::1]:5432 (a local, private or special address) — allow it: " +
      "doorward run --allow a.test --allow '[::1]:5432' -- curl -sS 'https://b.test/it'\\''s'",
    ],
  );
});

const SOCKET: Partial<BlockedRecord> = { host: "/run/it's.sock", port: 0, protocol: "http" };

Deno.test("lines() allows a unix socket by its key", () => {
  assertEquals(linesFor([blockedRecord(SOCKET), blockedRecord(SOCKET)]), [
    "doorward: blocked /run/it's.sock (not in allow_unix_sockets, 2 times) — allow it: " +
    `doorward run -c 'network.allow_unix_sockets=["/run/it'\\''s.sock"]' --allow a.test -- ` +
    "curl -sS 'https://b.test/it'\\''s'",
  ]);
});

Deno.test("lines() does not lose the unix sockets that are listed", () => {
  assertEquals(linesFor([blockedRecord(SOCKET)], COMMAND, ["/run/b.sock"]), [
    "doorward: blocked /run/it's.sock (not in allow_unix_sockets) — allow it: " +
    'add "/run/it\'s.sock" to allow_unix_sockets',
  ]);
});

Deno.test("lines() has a unix socket explained that is listed and leads elsewhere", () => {
  assertEquals(linesFor([blockedRecord(SOCKET)], COMMAND, ["/run/it's.sock"]), [
    "doorward: blocked /run/it's.sock (not in allow_unix_sockets) — see why: " +
    "doorward explain --allow a.test 'unix:/run/it'\\''s.sock'",
  ]);
});

Deno.test("lines() allows all unix sockets that were missing by one key", () => {
  const blocked = [
    blockedRecord(SOCKET),
    blockedRecord({ ...SOCKET, host: "/run/b.sock" }),
    blockedRecord(),
  ];
  const words = ["tool"] as const;
  assertEquals(
    linesFor(blocked, { ...COMMAND, words }).at(-1),
    `doorward: to allow all that is missing: doorward run ` +
      `-c 'network.allow_unix_sockets=["/run/it'\\''s.sock","/run/b.sock"]' ` +
      "--allow a.test --allow b.test -- tool",
  );
  const hosts = linesFor(blocked, { ...COMMAND, words }, ["/run/c.sock"]);
  assertEquals([hosts.length, hosts.at(-1)!.includes("to allow")], [3, false]);
});

Deno.test("lines() leaves local addresses out where it allows all that is missing", () => {
  const local = blockedRecord({ host: "10.0.0.7", port: 22, reason: "not_allowed_local" });
  const lines = linesFor([blockedRecord(), local, blockedRecord({ host: "c.test" })]);
  assertEquals([lines.length, lines.at(-1)!.includes("10.0.0.7")], [4, false]);
  assertEquals(linesFor([blockedRecord(), local]).length, 2);
});

Deno.test("lines() says of a unix socket in limited mode that the mode is to blame", () => {
  const [line] = linesFor([blockedRecord({ ...SOCKET, reason: "method_not_allowed" })]);
  assertEquals(
    line!.split(" -- ")[0],
    "doorward: blocked /run/it's.sock (limited mode only reads) — allow it: " +
      "doorward run --allow a.test --mode full",
  );
});

/** Requests, and whether the summary is to say that their client should send names. */
const HINTED: readonly (readonly [Partial<BlockedRecord>, boolean])[] = [
  [{ protocol: "socks5", host: "192.0.2.1" }, true],
  [{ protocol: "socks5", host: "2001:db8::1" }, true],
  [{ protocol: "socks5" }, false],
  [{ protocol: "socks5", host: "192.0.2.1", port: 53 }, false],
  [{ protocol: "socks5", host: "192.0.2.1", reason: "denied" }, false],
  // A datagram is sent to an address, as a rule: there is no name that could be sent in its place.
  [{ protocol: "socks5-udp", host: "192.0.2.1" }, false],
  [{ host: "192.0.2.1" }, false],
];

for (const [part, expected] of HINTED) {
  Deno.test(`lines() of ${JSON.stringify(part)} hints at socks5h: ${expected}`, () => {
    const [line] = linesFor([blockedRecord(part), blockedRecord(part)]);
    assertEquals(line!.includes("2 times; asked for by address: use socks5h://)"), expected);
    assertEquals(line!.includes("socks5h"), expected);
  });
}

Deno.test("lines() cuts a long command after its first word", () => {
  const words = ["my tool", "x".repeat(100)] as const;
  assertEquals(
    linesFor([blockedRecord()], { ...COMMAND, words })[0]!.split(" -- ")[1],
    "'my tool' …",
  );
});

Deno.test("lines() stops at twenty and counts the rest", () => {
  const records = Array.from({ length: 23 }, (_, at) => blockedRecord({ host: `h${at}.test` }));
  assertEquals(linesFor(records.slice(0, 20)).length, 21);
  assertEquals(linesFor(records).slice(19).map((line) => line.split(" (")[0]), [
    "doorward: blocked h19.test:443",
    "doorward: and 3 more",
  ]);
});

Deno.test("note() remembers a bounded number of hosts", () => {
  const records = Array.from({ length: 2000 }, (_, at) => blockedRecord({ host: `h${at}.test` }));
  assertEquals(linesFor(records).at(-1), "doorward: and over 980 more");
});
