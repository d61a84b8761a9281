import { assertEquals } from "@std/assert";
import { readListenAddresses } from "../../src/config/listen_addresses.ts";
import { DEFAULT_NETWORK, readNetwork } from "../../src/config/network_table.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { print, tableOf } from "./load.ts";

/** The three addresses, then the faults, then the notices. */
function read(text: string): [string, readonly string[], readonly string[]] {
  const findings = new Findings();
  const table = tableOf(text);
  const network = readNetwork(table, DEFAULT_NETWORK, findings);
  const { proxy, socks, admin } = readListenAddresses(table, network, findings);
  const addresses = [proxy, socks, admin].map(formatSocketAddress).join(" ");
  return [addresses, print(findings.faults()), print(findings.notices())];
}

const DEFAULTS = "127.0.0.1:3128 127.0.0.1:8081 127.0.0.1:8080";

Deno.test("readListenAddresses() reads the defaults in silence", () => {
  assertEquals(read(""), [DEFAULTS, [], []]);
});

Deno.test("readListenAddresses() gives each URL without a port its own default", () => {
  const text = "proxy_url = '[::1]'\nsocks_url = 'socks5h://127.0.0.2'\nadmin_url = 'localhost'";
  assertEquals(read(text), ["[::1]:3128 127.0.0.2:8081 127.0.0.1:8080", [], []]);
});

Deno.test("readListenAddresses() refuses what is no URL, at the value", () => {
  const text = "proxy_url = 'example.com:notaport'\nsocks_url = ''\nadmin_url = 'http://me:pw@h:x'";
  assertEquals(read(text), [DEFAULTS, [
    '1:13 "proxy_url" is "example.com:notaport": the port is not a plain decimal number; ' +
    'write it like "http://127.0.0.1:3128"',
    '2:13 "socks_url" is "": the host is missing; write it like "http://127.0.0.1:8081"',
    '3:13 "admin_url" is "http://…@h:x": the port is not a plain decimal number; ' +
    'write it like "http://127.0.0.1:8080"',
  ], []]);
});

Deno.test("readListenAddresses() says that a name is not looked up", () => {
  const text = "proxy_url = 'http://box.test:5555'\nsocks_url = 'http://box.test:5556'";
  assertEquals(read(text), ["127.0.0.1:5555 127.0.0.1:5556 127.0.0.1:8080", [], [
    '1:13 "proxy_url" names "box.test": a name is not looked up and means 127.0.0.1 here',
    '2:13 "socks_url" names "box.test": a name is not looked up and means 127.0.0.1 here',
  ]]);
});

const ANYWHERE = "proxy_url = '0.0.0.0:1'\nsocks_url = '[::]:2'\nadmin_url = '1.2.3.4:3'\n";

Deno.test("readListenAddresses() keeps all three on loopback", () => {
  assertEquals(read(ANYWHERE), ["127.0.0.1:1 127.0.0.1:2 127.0.0.1:3", [], [
    "1:13 HTTP proxy listens on 127.0.0.1:1, not on 0.0.0.0:1: " +
    'only "dangerously_allow_non_loopback_proxy = true" lets it leave loopback',
    "2:13 SOCKS5 proxy listens on 127.0.0.1:2, not on [::]:2: " +
    'only "dangerously_allow_non_loopback_proxy = true" lets it leave loopback',
    "3:13 admin API listens on 127.0.0.1:3, not on 1.2.3.4:3: " +
    'only "dangerously_allow_non_loopback_admin = true" lets it leave loopback',
  ]]);
});

Deno.test("readListenAddresses() lets proxy and SOCKS leave with the one key, admin with the other", () => {
  const proxy = ANYWHERE + "dangerously_allow_non_loopback_proxy = true";
  const admin = ANYWHERE + "dangerously_allow_non_loopback_admin = true";
  assertEquals(read(proxy), ["0.0.0.0:1 [::]:2 127.0.0.1:3", [], [
    "1:13 DANGEROUS: HTTP proxy listening on non-loopback address 0.0.0.0:1",
    "2:13 DANGEROUS: SOCKS5 proxy listening on non-loopback address [::]:2",
    "3:13 admin API listens on 127.0.0.1:3, not on 1.2.3.4:3: " +
    'only "dangerously_allow_non_loopback_admin = true" lets it leave loopback',
  ]]);
  const [addresses, , notices] = read(admin);
  assertEquals(addresses, "127.0.0.1:1 127.0.0.1:2 1.2.3.4:3");
  assertEquals(notices[2], "3:13 DANGEROUS: admin API listening on non-loopback address 1.2.3.4:3");
});

for (
  const sockets of [
    "allow_unix_sockets = ['/tmp/docker.sock']",
    "dangerously_allow_all_unix_sockets = true",
  ]
) {
  Deno.test(`readListenAddresses() keeps all on 127.0.0.1 with ${sockets}`, () => {
    const flags = "dangerously_allow_non_loopback_proxy = true\n" +
      "dangerously_allow_non_loopback_admin = true\n";
    assertEquals(read(ANYWHERE + flags + sockets), ["127.0.0.1:1 127.0.0.1:2 127.0.0.1:3", [], [
      "1:13 HTTP proxy listens on 127.0.0.1:1, not on 0.0.0.0:1: unix sockets are allowed",
      "2:13 SOCKS5 proxy listens on 127.0.0.1:2, not on [::]:2: unix sockets are allowed",
      "3:13 admin API listens on 127.0.0.1:3, not on 1.2.3.4:3: unix sockets are allowed",
    ]]);
  });
}

Deno.test("readListenAddresses() says nothing of a SOCKS5 that is off, but for what is no URL", () => {
  const text = "enable_socks5 = false\nsocks_url = 'http://0.0.0.0:2'";
  assertEquals(read(text), ["127.0.0.1:3128 127.0.0.1:2 127.0.0.1:8080", [], []]);
  const [, faults] = read("enable_socks5 = false\nsocks_url = ''");
  assertEquals(faults.length, 1);
});

/** What is written, and what is wrong with it. */
const SHARED: readonly (readonly [string, ...string[]])[] = [
  [
    "admin_url = 'localhost:3128'",
    '1:13 "admin_url" and "proxy_url" are both 127.0.0.1:3128: give each its own port',
  ],
  [
    "socks_url = 'localhost:8080'",
    '1:13 "admin_url" and "socks_url" are both 127.0.0.1:8080: give each its own port',
  ],
  [
    "proxy_url = '127.0.0.1:5'\nadmin_url = '0.0.0.0:5'",
    '2:13 "admin_url" and "proxy_url" are both 127.0.0.1:5: give each its own port',
  ],
  ["admin_url = '127.0.0.2:3128'"],
  ["proxy_url = '127.0.0.1:0'\nadmin_url = '127.0.0.1:0'"],
  ["socks_url = '127.0.0.1:8080'\nenable_socks5 = false"],
];

for (const [text, ...expected] of SHARED) {
  Deno.test(`readListenAddresses() asks for a port of its own for ${JSON.stringify(text)}`, () => {
    assertEquals(read(text)[1], expected);
  });
}
