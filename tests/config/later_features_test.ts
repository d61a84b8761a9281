import { assertEquals } from "@std/assert";
import { faultsOf, noticesOf } from "./load.ts";

/** A base that says nothing on its own. */
const QUIET = '[network]\nallowed_domains = ["x.test"]\n';

const REFUSED: readonly (readonly [string, string])[] = [
  [
    "rules = []",
    '3:1 "rules" is not available in this version: remove it, or the requests it would stop go through',
  ],
  [
    "[[network.rules]]",
    '3:11 "rules" is not available in this version: remove it, or the requests it would stop go through',
  ],
  [
    'presets = ["npm"]',
    '3:1 "presets" is not available in this version: write its hosts into "allowed_domains" or "denied_domains"',
  ],
  [
    'audit_file = "a"',
    '3:1 "audit_file" is not available in this version: remove it, or you would look for records that nobody writes',
  ],
  ["workers = 2", '3:11 "workers" is not available in this version: write 1, or remove it'],
  ["workers = 0", '3:11 "workers" is 0: expected a whole number from 1 to 1024'],
  [
    "domains = {}",
    '3:1 "domains" is not available in this version: write "allowed_domains" and "denied_domains" instead',
  ],
  [
    "unix_sockets = {}",
    '3:1 "unix_sockets" is not available in this version: write "allow_unix_sockets" instead',
  ],
];

for (const [line, expected] of REFUSED) {
  Deno.test(`refuseLaterKey() refuses ${line}`, async () => {
    assertEquals(await faultsOf(QUIET + line), [expected]);
  });
}

const MITM = "interception is not available in this version: limited mode blocks every CONNECT";

/** Lines, and what is said of them. */
const NOTED: readonly (readonly [string, ...string[]])[] = [
  ["workers = 1"],
  ["enable_socks5 = true"],
  ['socks_url = "socks5h://127.0.0.1:9"'],
  ["allow_upstream_proxy = true"],
  ['allow_unix_sockets = ["/x"]'],
  ["dangerously_allow_all_unix_sockets = true"],
  ["mitm = true", `3:1 ${MITM}`],
  ["mitm = false"],
  ["mitm.enabled = true", `3:1 ${MITM}`],
  ["mitm.inspect = true"],
  ['admin_url = "http://127.0.0.1:8080"'],
  ["dangerously_allow_non_loopback_admin = true"],
  ['admin_auth = "all"'],
  ['violation_file = "a"'],
  ['ask_webhook = "https://a.test/"'],
];

for (const [lines, ...expected] of NOTED) {
  Deno.test(`noteLaterFeatures() hears ${JSON.stringify(lines)}`, async () => {
    assertEquals(await noticesOf(QUIET + lines), expected);
  });
}
