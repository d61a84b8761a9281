import { assertEquals, assertMatch } from "@std/assert";
import { ConnectError, type ConnectFault } from "../../src/net/errors.ts";
import { answering, ok, silent } from "../support/origin.ts";
import { until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import {
  askSocks,
  credentials,
  domainAddress,
  GREETING,
  ipAddress,
  NO_AUTH,
  openSocks,
  replyOf,
  socksRequest,
} from "../support/socks.ts";
import { ALLOWED, ALLOWED_IP, makeWorld } from "../support/world.ts";

const TO_ALLOWED = socksRequest(domainAddress(ALLOWED, 443));

Deno.test("a SOCKS5 client reaches a name that is allowed, looked up once, and bytes go both ways", async () => {
  await using world = makeWorld({ origin: silent });
  const client = await openSocks(world, domainAddress(ALLOWED, 443));
  const origin = await world.origin.connection();
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
  await client.send(every);
  assertEquals(await origin.readExactly(256), every);
  await origin.send(every);
  assertEquals(await client.readExactly(256), every);
  assertEquals(world.dialled, [`${ALLOWED_IP}:443`]);
  assertEquals([world.lookups, world.blocked], [[ALLOWED], []]);
});

Deno.test("a SOCKS5 client may send everything at once, and what follows its request goes through", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(`${GREETING}${TO_ALLOWED}first words`);
  assertEquals(await client.readExactly(12), NO_AUTH + replyOf(0));
  const origin = await world.origin.connection();
  assertEquals(await origin.readExactly(11), "first words");
});

Deno.test("the end of either side passes through a SOCKS5 tunnel, and the other goes on", async () => {
  await using world = makeWorld({ origin: silent });
  const client = await openSocks(world, domainAddress(ALLOWED, 443));
  const origin = await world.origin.connection();
  await client.send("request");
  await client.closeWrite();
  assertEquals(await origin.readAll(), "request");
  await origin.send("a late answer");
  await origin.closeWrite();
  assertEquals(await client.readAll(), "a late answer");
  await until(() => world.proxy.connections === 0, "the tunnel is over");
});

Deno.test("a SOCKS5 client that is denied gets 0x02, and the log says what it cannot be told", async () => {
  await using world = makeWorld({ policy: { allow: [ALLOWED], deny: ["evil.test"] } });
  await using client = await world.client();
  assertEquals(await askSocks(client, socksRequest(domainAddress("evil.test", 443))), 2);
  await client.readEnd();
  assertEquals([world.lookups, world.dialled], [[], []]);
  const [{ timestamp: _, client: from, ...record }, ...more] = world.blocked as [
    typeof world.blocked[0],
  ];
  assertEquals(more, []);
  assertMatch(from!, /^127\.0\.0\.1:\d+$/);
  assertEquals(record, {
    host: "evil.test",
    reason: "denied",
    method: "CONNECT",
    mode: null,
    protocol: "socks5",
    decision: "deny",
    source: "baseline_policy",
    port: 443,
    generation: 1,
    listener: world.authority,
  });
  assertEquals(world.unsaid, [
    'CODEX_NETWORK_POLICY_DECISION {"decision":"deny","reason":"denied","source":"baseline_policy",' +
    '"protocol":"socks5_tcp","host":"evil.test","port":443}',
    "Doorward blocked this request: evil.test: a deny rule names this host.",
  ]);
});

// The client looked the name up itself, and policy cannot know which name it was.
Deno.test("an address in place of an allowed name is denied, and the log says to use socks5h", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  assertEquals(await askSocks(client, socksRequest(ipAddress(ALLOWED_IP, 443))), 2);
  assertEquals(world.blocked.map(({ host, reason }) => [host, reason]), [
    [ALLOWED_IP, "not_allowed"],
  ]);
  assertEquals(world.unsaid.filter((line) => line.includes("use socks5h://")).length, 1);
  await using other = await world.client();
  assertEquals(await askSocks(other, socksRequest(domainAddress("denied.test", 443))), 2);
  assertEquals(world.unsaid.filter((line) => line.includes("use socks5h://")).length, 1);
});

Deno.test("an address that is allowed by its own entry is dialled, and nothing is looked up", async () => {
  const policy = { allow: [ALLOWED_IP, "[2606:2800:220:1::1]"] };
  await using world = makeWorld({ policy, origin: silent });
  await openSocks(world, ipAddress(ALLOWED_IP, 8443));
  await openSocks(world, ipAddress("2606:2800:220:1::1", 443));
  assertEquals(world.dialled, [`${ALLOWED_IP}:8443`, "[2606:2800:220:1::1]:443"]);
  assertEquals(world.lookups, []);
});

Deno.test("limited mode and a disabled proxy block every SOCKS5 request", async () => {
  await using world = makeWorld({ policy: { allow: [ALLOWED], mode: "limited" } });
  await using limited = await world.client();
  assertEquals(await askSocks(limited, TO_ALLOWED), 2);
  world.setPolicy({ allow: [ALLOWED], enabled: false });
  await using disabled = await world.client();
  assertEquals(await askSocks(disabled, TO_ALLOWED), 2);
  assertEquals(world.blocked.map(({ reason, source, mode }) => [reason, source, mode]), [
    ["method_not_allowed", "mode_guard", "limited"],
    ["proxy_disabled", "proxy_state", null],
  ]);
  assertEquals([world.lookups, world.dialled], [[], []]);
});

Deno.test("each failure to connect has its reply code", async () => {
  const table: Record<ConnectFault, number> = {
    network_unreachable: 0x03,
    host_unreachable: 0x04,
    dns_failure: 0x04,
    connection_refused: 0x05,
    connection_timeout: 0x06,
    dns_timeout: 0x06,
    too_many_lookups: 0x01,
    connection_failed: 0x01,
    tls_failed: 0x01,
    certificate_expired: 0x01,
    certificate_untrusted: 0x01,
    certificate_mismatch: 0x01,
    upstream_proxy_authentication: 0x01,
    upstream_proxy_refused: 0x01,
    upstream_proxy_failed: 0x01,
  };
  for (const [fault, expected] of Object.entries(table)) {
    const error = new ConnectError(fault as ConnectFault, "It cannot be");
    await using world = makeWorld({ dial: () => Promise.reject(error) });
    await using client = await world.client();
    assertEquals(await askSocks(client, TO_ALLOWED), expected, fault);
    await client.readEnd();
    assertEquals(world.blocked, []);
  }
});

Deno.test("any credentials are accepted; an attempt they name stands in the record and goes nowhere", async () => {
  await using world = makeWorld({ origin: answering(ok()) });
  const ask = async (user: string, address: string) => {
    const client = await world.client();
    await client.send("\x05\x02\x00\x02");
    assertEquals(await client.readExactly(2), "\x05\x02");
    await client.send(credentials(user, "a password"));
    assertEquals(await client.readExactly(2), "\x01\x00");
    await client.send(socksRequest(address));
    return { client, code: (await client.readExactly(10)).charCodeAt(1) };
  };
  const allowed = await ask("codex-net-attempt-42", domainAddress(ALLOWED, 80));
  assertEquals(allowed.code, 0);
  await allowed.client.send("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  await allowed.client.readMessage();
  const origin = await world.origin.connection();
  assertEquals(origin.received, "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");

  assertEquals((await ask("codex-net-attempt-42", domainAddress("denied.test", 80))).code, 2);
  assertEquals((await ask("alice", domainAddress("denied.test", 80))).code, 2);
  assertEquals(world.blocked.map(({ attempt_id }) => attempt_id), ["42", undefined]);
  for (const line of world.unsaid) assertEquals(/42|alice|password/.test(line), false, line);
});

Deno.test("a host or a port that is none gets 0x01, and nothing is looked up", async () => {
  await using world = makeWorld({ policy: { dangerouslyAllowAllDomains: true }, troubled: true });
  const addresses = [
    domainAddress("evil.test\0.allowed.test", 443),
    domainAddress("allowed.test\r\n", 443),
    domainAddress("2130706433", 443),
    domainAddress("\xe4.test", 443),
    domainAddress(ALLOWED, 0),
    ipAddress("93.184.216.34", 0),
  ];
  for (const address of addresses) {
    await using client = await world.client();
    assertEquals(await askSocks(client, socksRequest(address)), 1, JSON.stringify(address));
    await client.readEnd();
  }
  assertEquals([world.lookups, world.dialled, world.blocked], [[], [], []]);
  assertEquals(world.diagnosed.length, addresses.length);
  for (const line of world.diagnosed) assertMatch(line, /^Refused SOCKS client 127\.0\.0\.1:\d+: /);
});

Deno.test("what an HTTP client was told is not told again", async () => {
  await using world = makeWorld();
  await world.ask("GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n");
  assertEquals([world.blocked.length, world.unsaid], [1, []]);
});

Deno.test("a bug of ours is 0x01 to a SOCKS5 client, and the next one is served", async () => {
  let times = 0;
  await using world = makeWorld({
    origin: silent,
    troubled: true,
    resolve: {
      [ALLOWED]: () => {
        if (times++ === 0) throw new TypeError("bug");
        return Promise.resolve([ip(ALLOWED_IP)]);
      },
    },
  });
  await using first = await world.client();
  assertEquals(await askSocks(first, TO_ALLOWED), 1);
  await first.readEnd();
  assertMatch(world.diagnosed.join(), /^Cannot serve 127\.0\.0\.1:\d+: TypeError: bug/);
  await using second = await world.client();
  assertEquals(await askSocks(second, TO_ALLOWED), 0);
});

Deno.test("a shutdown lets a SOCKS5 tunnel finish, and drops who has not begun", async () => {
  await using world = makeWorld({ origin: silent });
  const client = await openSocks(world, domainAddress(ALLOWED, 443));
  const origin = await world.origin.connection();
  await using waiting = await world.client();
  await until(() => world.proxy.connections === 2, "both are there");
  const closed = world.proxy.shutdown(60_000);
  await waiting.readEnd();
  await client.send("last words");
  assertEquals(await origin.readExactly(10), "last words");
  await client.closeWrite();
  await origin.closeWrite();
  await closed;
  assertEquals(world.proxy.connections, 0);
});
