import { assertEquals, assertNotEquals } from "@std/assert";
import { classifyIp } from "../../src/net/address/ip_class.ts";
import { classifyHost, judgeLocalAnswer, judgeLocalTarget } from "../../src/policy/local_target.ts";
import { RuleList } from "../../src/policy/rule_list.ts";
import { connectTo, ip, rule } from "../support/policy.ts";

interface Asked {
  readonly allow?: readonly string[];
  readonly allowLocalBinding?: boolean;
}

function rules({ allow = [], allowLocalBinding = false }: Asked) {
  return {
    allow: new RuleList(allow.map((text) => rule("allow", text))),
    allowLocalBinding,
    allowAll: false,
  };
}

function target(text: string, asked: Asked = {}): string | null {
  const { target } = connectTo(text);
  return judgeLocalTarget(target, classifyHost(target.host), "https_connect", rules(asked))
    ?.detail ?? null;
}

function answer(text: string, address: string, asked: Asked = {}): string | null {
  const resolved = ip(address);
  return judgeLocalAnswer(connectTo(text), resolved, classifyIp(resolved), rules(asked))?.detail ??
    null;
}

// Upstream: is_loopback_host_handles_localhost_variants, is_loopback_host_handles_ip_literals.
Deno.test("classifyHost() knows the names of this machine", () => {
  const table: Record<string, string> = {
    "localhost": "loopback",
    "localhost.": "loopback",
    "LOCALHOST": "loopback",
    "foo.localhost": "loopback",
    "a.b.localhost": "loopback",
    "notlocalhost": "public",
    "localhost.example.com": "public",
    "localhos": "public",
    "127.0.0.1": "loopback",
    "[::1]": "loopback",
    "1.2.3.4": "public",
    "10.0.0.1": "private",
  };
  for (const [text, expected] of Object.entries(table)) {
    assertEquals(classifyHost(connectTo(text).target.host), expected, text);
  }
});

// Upstream: host_blocked_rejects_loopback_when_local_binding_disabled, ...private_ip_literals...,
// ...rejects_loopback_when_allowlist_empty.
Deno.test("judgeLocalTarget() refuses special literals that have no entry of their own", () => {
  const hosts = [
    ...["127.0.0.1", "localhost", "localhost.", "LOCALHOST", "foo.localhost", "10.0.0.1"],
    ...["192.168.0.1", "172.16.0.1", "100.64.0.1", "169.254.1.1", "169.254.169.254", "0.0.0.0"],
    ...["100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "255.255.255.255"],
    ...["[::]", "[::1]", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]"],
    ...["[2001:db8::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]"],
    ...["[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[::ffff:169.254.169.254]"],
    ...["[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:1::1]"],
    ...["[::5efe:10.0.0.1]", "[fe80::5efe:10.0.0.1]", "[2606:4700::5efe:10.0.0.1]"],
  ];
  const broad = ["*.localhost", "10.0.0.0/8", "128.0.0.0/1", "127.0.0.0/8", "fc00::/7", "::/1"];
  for (const host of hosts) {
    assertNotEquals(target(host), null, host);
    assertNotEquals(target(host, { allow: broad }), null, host);
  }
});

// Upstream: host_blocked_allows_loopback_when_explicitly_allowlisted_and_local_binding_disabled,
// host_blocked_allows_private_ip_literal_when_explicitly_allowlisted.
Deno.test("judgeLocalTarget() lets a target pass that has its own entry", () => {
  const table: [string, string][] = [
    ["localhost", "localhost"],
    ["a.localhost", "a.localhost"],
    ["10.0.0.1", "10.0.0.1"],
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "[::ffff:127.0.0.1]"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["10.0.0.1", "[64:ff9b::a00:1]"],
    ["[::1]:8080", "[::1]:8080"],
    ["169.254.169.254", "169.254.169.254"],
    ["fe80::1", "[fe80::1]"],
    ["0.0.0.0", "0.0.0.0"],
    ["192.0.2.1", "192.0.2.1"],
    ["ff02::1", "[ff02::1]"],
  ];
  for (const [entry, host] of table) assertEquals(target(host, { allow: [entry] }), null, host);
  assertNotEquals(target("[::1]:80", { allow: ["[::1]:8080"] }), null);
  assertNotEquals(target("[2606:4700::5efe:127.0.0.1]", { allow: ["127.0.0.1"] }), null);
});

Deno.test("judgeLocalTarget() lets only loopback and private targets pass for local binding", () => {
  const open = ["a.localhost", "localhost", "127.9.9.9", "10.9.9.9", "[fd12::1]", "[::1]"];
  for (const host of open) assertEquals(target(host, { allowLocalBinding: true }), null, host);
  const hosts = [
    ...["169.254.1.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
    ...["224.0.0.1", "0.0.0.0", "192.0.2.1", "240.0.0.1", "255.255.255.255", "[fe80::1]"],
    ...["[fd00:ec2::254]", "[::]", "[ff02::1]", "[::127.0.0.1]", "[2001:0:1::1]", "[4000::1]"],
  ];
  const broad = ["169.254.0.0/16", "128.0.0.0/1", "100.64.0.0/10", "fe80::/10", "fd00::/8"];
  for (const host of hosts) {
    assertNotEquals(target(host, { allowLocalBinding: true, allow: broad }), null, host);
    const own = host.replace(/^\[(.*)\]$/, "$1");
    assertEquals(target(host, { allowLocalBinding: true, allow: [own] }), null, host);
  }
});

Deno.test("judgeLocalTarget() says what an address is", () => {
  const table: Record<string, string> = {
    "127.0.0.1": "127.0.0.1 is a loopback address",
    "10.0.0.1": "10.0.0.1 is a private address",
    "169.254.1.1": "169.254.1.1 is a link-local address",
    "169.254.169.254": "169.254.169.254 is a cloud metadata address",
    "224.0.0.1": "224.0.0.1 is a multicast address",
    "0.0.0.0": "0.0.0.0 is the unspecified address",
    "192.0.2.1": "192.0.2.1 is a reserved address",
    "localhost": "localhost is a name for this machine",
    "[::ffff:10.0.0.1]": "::ffff:10.0.0.1 is a private address",
    "[64:ff9b::a00:1]": "64:ff9b::a00:1 carries 10.0.0.1, a private address",
    "[2606:4700::5efe:7f00:1]": "2606:4700::5efe:7f00:1 carries 127.0.0.1, a loopback address",
    "[::8.8.8.8]": "::808:808 is a reserved address",
    "[fe80::5efe:a00:1]": "fe80::5efe:a00:1 is a link-local address",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(target(text), expected, text);
  assertEquals(target("8.8.8.8"), null);
  assertEquals(target("example.com"), null);
});

Deno.test("judgeLocalTarget() says why an entry that matches is not enough", () => {
  assertEquals(
    target("10.0.0.1", { allow: ["10.0.0.0/8"] }),
    '10.0.0.1 is a private address, and "10.0.0.0/8" does not name it exactly',
  );
  assertEquals(
    target("a.localhost", { allow: ["*.localhost"] }),
    'a.localhost is a name for this machine, and "*.localhost" does not name it exactly',
  );
  assertEquals(
    target("127.0.0.1:8081", { allow: ["127.0.0.1:8080", "127.0.0.1:3000"] }),
    "127.0.0.1 is a loopback address, allowed on ports 3000 and 8080 only",
  );
});

Deno.test("judgeLocalAnswer() names the address and its class", () => {
  assertEquals(
    answer("example.com", "10.0.0.1"),
    "example.com resolves to 10.0.0.1, a private address",
  );
  assertEquals(
    answer("example.com", "64:ff9b::a9fe:a9fe"),
    "example.com resolves to 64:ff9b::a9fe:a9fe, which carries 169.254.169.254, a cloud metadata address",
  );
  assertEquals(
    answer("metadata.google.internal", "169.254.169.254", { allowLocalBinding: true }),
    "metadata.google.internal resolves to 169.254.169.254, a cloud metadata address",
  );
  assertEquals(answer("example.com", "8.8.8.8"), null);
});

Deno.test("judgeLocalAnswer() lets localhost be this machine where it has its own entry", () => {
  assertEquals(answer("localhost", "127.0.0.1", { allow: ["localhost"] }), null);
  assertEquals(answer("localhost", "::1", { allow: ["localhost"] }), null);
  assertEquals(answer("a.localhost", "127.0.0.1", { allow: ["a.localhost"] }), null);
  assertEquals(
    answer("localhost", "10.0.0.1", { allow: ["localhost"] }),
    "localhost resolves to 10.0.0.1, a private address",
  );
  assertEquals(
    answer("a.localhost", "127.0.0.1", { allow: ["*.localhost"] }),
    "a.localhost resolves to 127.0.0.1, a loopback address",
  );
  assertEquals(
    answer("localhost:81", "127.0.0.1", { allow: ["localhost:80"] }),
    "localhost resolves to 127.0.0.1, a loopback address",
  );
  // An own entry for a name of another sort is none: rebinding looks just like it.
  assertEquals(
    answer("example.com", "127.0.0.1", { allow: ["example.com", "127.0.0.1"] }),
    "example.com resolves to 127.0.0.1, a loopback address",
  );
});
