import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import type { AdminCommand } from "../../../src/cli/argv/command.ts";
import { LOOPBACK_IPV4 } from "../../../src/net/address/ip.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

const COMMON = { policy: NO_FLAGS, quiet: false, admin: null, json: false } as const;

/** Command lines, and what they ask for. */
const READ: readonly (readonly [readonly string[], AdminCommand])[] = [
  [["pending"], { name: "pending", ...COMMON, follow: false }],
  [["pending", "-f"], { name: "pending", ...COMMON, follow: true }],
  [["blocked", "--json"], { name: "blocked", ...COMMON, json: true, follow: false, after: 0 }],
  [["blocked", "--after", "17", "--follow"], {
    name: "blocked",
    ...COMMON,
    follow: true,
    after: 17,
  }],
  [["approve", "q3"], { name: "approve", ...COMMON, target: "q3", scope: { kind: "once" } }],
  [["approve", "--for", "10m", "a.test:443"], {
    name: "approve",
    ...COMMON,
    target: "a.test:443",
    scope: { kind: "minutes", minutes: 10 },
  }],
  [["deny", "a.test"], { name: "deny", ...COMMON, target: "a.test", scope: null, remove: false }],
  [["deny", "a.test", "--for", "once"], {
    name: "deny",
    ...COMMON,
    target: "a.test",
    scope: { kind: "once" },
    remove: false,
  }],
  [["deny", "--remove", "a.test", "--for=always"], {
    name: "deny",
    ...COMMON,
    target: "a.test",
    scope: { kind: "always" },
    remove: true,
  }],
  [["allow", "*.a.test"], {
    name: "allow",
    ...COMMON,
    pattern: "*.a.test",
    scope: { kind: "run" },
    remove: false,
  }],
  [["allow", "a.test", "--for", "2h"], {
    name: "allow",
    ...COMMON,
    pattern: "a.test",
    scope: { kind: "minutes", minutes: 120 },
    remove: false,
  }],
  [["allow", "--remove", "a.test"], {
    name: "allow",
    ...COMMON,
    pattern: "a.test",
    scope: { kind: "run" },
    remove: true,
  }],
  [["connections"], { name: "connections", ...COMMON, close: null }],
  [["connections", "--close=17"], { name: "connections", ...COMMON, close: 17 }],
  [["mode"], { name: "mode", ...COMMON, mode: null }],
  [["mode", "limited"], { name: "mode", ...COMMON, mode: "limited" }],
  [["reload", "--admin", "localhost:99"], {
    name: "reload",
    ...COMMON,
    admin: { ip: LOOPBACK_IPV4, port: 99 },
  }],
  [["dashboard", "-q", "--config", "a.toml"], {
    name: "dashboard",
    ...COMMON,
    policy: { ...NO_FLAGS, file: "a.toml" },
    quiet: true,
  }],
];

for (const [argv, expected] of READ) {
  Deno.test(`adminCommand() reads ${JSON.stringify(argv)}`, () => {
    assertEquals<unknown>(parseCommand(argv), expected);
  });
}

/** Command lines that make no sense, and what is said about them. */
const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["approve"], '"doorward approve" needs more: doorward approve ID|HOST'],
  [["approve", "a", "b"], '"doorward approve" takes no second "b"'],
  [
    ["approve", "q3", "--for", "ever"],
    "Cannot take --for ever: there are once, 10m, 2h, run, always",
  ],
  [["approve", "q3", "--remove"], '"doorward approve" takes no --remove'],
  [["deny", "q3", "--for", "10m"], "Cannot take --for 10m: there are once, run, always"],
  [["deny", "a", "--remove", "--for", "once"], "Cannot take --for once: there are run, always"],
  [["allow", "a", "--for", "once"], "Cannot take --for once: there are 10m, 2h, run, always"],
  [["allow", "a", "--remove", "--for", "2h"], "Cannot take --for 2h: there are run, always"],
  [["allow", "a", "--for", "200h"], "Cannot take --for 200h: it may be from 1m to 168h"],
  [["allow"], '"doorward allow" needs more'],
  [["blocked", "--after", "-1"], 'Option "--after" needs a value: --after=NUMBER'],
  [["blocked", "--after=x"], "Cannot take --after x: not a number"],
  [["blocked", "--after", "1234567890123456"], "not a number"],
  [["connections", "--close", "../mode"], "Cannot take --close ../mode: not a number"],
  [["mode", "open"], 'Unknown mode "open": there are full and limited'],
  [["mode", "full", "--mode", "limited"], '"doorward mode" takes no --mode'],
  [["reload", "now"], '"doorward reload" takes no "now"'],
  [["pending", "--allow", "a"], '"doorward pending" takes no --allow'],
  [["run", "--admin", "x", "true"], '"doorward run" takes no --admin'],
];

for (const [argv, message] of REFUSED) {
  Deno.test(`adminCommand() refuses ${JSON.stringify(argv)}`, () => {
    const command = parseCommand(argv);
    assertEquals(command.name, "usage");
    assertStringIncludes((command as { message: string }).message, message);
  });
}

Deno.test("adminCommand() does not print the URL that it cannot read", () => {
  const command = parseCommand(["reload", "--admin", "http://me:secret@127.0.0.1:1"]);
  assertEquals(command, {
    name: "usage",
    message: "Cannot read the URL of --admin: user information is not accepted",
    of: "reload",
  });
});
