// A program that says yes to everything opens nothing but what no rule names.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatSocketAddress, parseEndpoint } from "../../src/net/address/endpoint.ts";
import type { IpAddress } from "../../src/net/address/ip.ts";
import type { DeciderRequest } from "../../src/proxy/asking/decider.ts";
import { decisionsOf } from "../support/audit_records.ts";
import { until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { askSocks, domainAddress, ipAddress, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { makeUpstreamWorld, PROXY_IP, saying } from "../support/upstream.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld, type World, type WorldOptions } from "../support/world.ts";

/** A world whose program says yes to everything, and what it was asked. */
function yielding(options: WorldOptions = {}): { world: World; asked: DeciderRequest[] } {
  const { asked, decider } = yes();
  const world = makeWorld({ ...options, policy: { decider: true, ...options.policy }, decider });
  return { world, asked };
}

function yes(): Pick<Required<WorldOptions>, "decider"> & { asked: DeciderRequest[] } {
  const asked: DeciderRequest[] = [];
  return {
    asked,
    decider: (request) => {
      asked.push(request);
      return Promise.resolve({ decision: "allow" });
    },
  };
}

/** Every way to ask for a place, and whether it was blocked for `reason`. */
async function assertBlocked(world: World, place: string, reason: string): Promise<void> {
  const target = parseEndpoint(place, 80);
  if ("kind" in target) throw new TypeError(`"${place}" is none`);
  const { host, port } = target;
  const text = place.startsWith("[") ? place.slice(1, place.indexOf("]")) : place.split(":")[0]!;
  const address = host.kind === "ip" ? ipAddress(text, port) : domainAddress(text, port);
  const before = world.blocked.length;
  const plain = await world.ask(`GET http://${place}/ HTTP/1.1\r\nHost: ${place}\r\n\r\n`);
  const authority = /:\d+$/.test(place) ? place : `${place}:80`;
  const tunnel = await world.ask(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  await using socks = await world.client();
  const code = await askSocks(socks, socksRequest(address));
  assertEquals([statusOf(plain), statusOf(tunnel), code], [403, 403, 2], place);
  assertEquals(world.blocked.slice(before).map((blocked) => blocked.reason), [
    reason,
    reason,
    reason,
  ], place);
  assertEquals(world.dialled, []);
}

/** Fails where anything was let through, or recorded as if the program had a say in it. */
function assertNoOverride({ audit }: World): void {
  for (const record of decisionsOf(audit)) {
    assertEquals(
      [record["network.policy.decision"], record["network.policy.override"]],
      ["deny", false],
    );
  }
}

Deno.test("a yes opens no host that a rule denies, by its name or its address", async () => {
  const { world, asked } = yielding({
    policy: { deny: ["denied.test", "*.evil.test", "93.184.216.35", "198.41.0.0/24"] },
  });
  await using _world = world;
  for (const place of ["denied.test", "DENIED.test.", "a.evil.test:8080", "93.184.216.35"]) {
    await assertBlocked(world, place, "denied");
  }
  await assertBlocked(world, "198.41.0.4:443", "denied");
  assertEquals([asked, world.lookups], [[], []]);
  assertNoOverride(world);
});

Deno.test("a yes opens no name that leads to an address that a rule denies", async () => {
  const { world, asked } = yielding({
    policy: { deny: ["198.41.0.0/24"] },
    resolve: { "leads.test": ["93.184.216.34", "198.41.0.4"] },
  });
  await using _world = world;
  await assertBlocked(world, "leads.test", "denied");
  assertEquals(asked.length, 3);
  assertNoOverride(world);
});

const INSIDE = [
  "127.0.0.1",
  "127.8.8.8",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "0.0.0.0",
  "[::1]",
  "[::]",
  "[fd00::1]",
  "[fe80::1]",
  "[::ffff:10.0.0.1]",
  "[64:ff9b::a00:1]",
  "224.0.0.1",
];

/** Addresses at which machines in a cloud are told their secrets. */
const METADATA = [
  "169.254.169.254",
  "100.100.100.200",
  "168.63.129.16",
  "[fd00:ec2::254]",
  "[::ffff:169.254.169.254]",
];

for (const allowLocalBinding of [false, true]) {
  const where = allowLocalBinding ? "where local binding is on" : "where it is off";
  Deno.test(`a yes opens no metadata address ${where}, nor a name that leads there`, async () => {
    for (const address of METADATA) {
      const bare = address.replaceAll(/[[\]]/g, "");
      const { world } = yielding({
        policy: { allowLocalBinding },
        resolve: { "rebind.test": [bare], "mixed.test": ["93.184.216.34", bare] },
      });
      await using _world = world;
      await assertBlocked(world, address, "not_allowed_local");
      await assertBlocked(world, "rebind.test", "not_allowed_local");
      await assertBlocked(world, "mixed.test", "not_allowed_local");
      assertNoOverride(world);
    }
  });
}

Deno.test("a yes opens no local address, and no program is asked about one", async () => {
  const { world, asked } = yielding();
  await using _world = world;
  for (const address of INSIDE) await assertBlocked(world, address, "not_allowed_local");
  await assertBlocked(world, "localhost", "not_allowed_local");
  assertEquals([asked, world.lookups], [[], []]);
  assertNoOverride(world);
});

Deno.test("a yes opens no name that leads to a local address, however often it is asked", async () => {
  let leads: IpAddress[] = [];
  const { world, asked } = yielding({ resolve: { "rebind.test": () => Promise.resolve(leads) } });
  await using _world = world;
  for (const address of INSIDE) {
    leads = [ip("93.184.216.34"), ip(address.replaceAll(/[[\]]/g, ""))];
    await assertBlocked(world, "rebind.test", "not_allowed_local");
  }
  assertEquals(asked.length, 3 * INSIDE.length);
  assertNoOverride(world);
});

Deno.test("a yes for a connection that is kept is no yes for where the name leads next", async () => {
  const answers = [["93.184.216.34"], ["169.254.169.254"]];
  const { world } = yielding({
    resolve: { "rebind.test": () => Promise.resolve(answers.shift()!.map(ip)) },
  });
  await using _world = world;
  await using client = await world.client();
  const get = "GET http://rebind.test/ HTTP/1.1\r\nHost: rebind.test\r\n\r\n";
  await client.send(get);
  assertEquals(statusOf(await client.readMessage()), 200);
  await client.send(get);
  assertEquals(statusOf(await client.readMessage()), 403);
  assertEquals(world.dialled, ["93.184.216.34:80"]);
});

Deno.test("a yes leads back to no listener of this proxy, added ones included", async () => {
  const { world } = yielding({ policy: { allow: ["127.0.0.1"], allowLocalBinding: true } });
  await using _world = world;
  await using added = world.proxy.addListener({
    label: null,
    command: null,
    execPolicyHint: null,
  });
  await assertBlocked(world, world.authority, "own_listener");
  await assertBlocked(world, formatSocketAddress(added.address), "own_listener");
  const named = yielding({
    policy: { allowLocalBinding: true },
    resolve: { "self.test": ["127.0.0.1"] },
  });
  await using _named = named.world;
  const { port } = named.world.proxy.address;
  await assertBlocked(named.world, `self.test:${port}`, "own_listener");
  assertNoOverride(world);
});

Deno.test("a yes is no way round limited mode", async () => {
  const { world, asked } = yielding({ policy: { mode: "limited" } });
  await using _world = world;
  const ask = async (head: string, ...fields: readonly string[]) => {
    const lines = [`${head} HTTP/1.1`, "Host: new.test", ...fields, "", ""];
    return JSON.parse((await world.ask(lines.join("\r\n"))).body).reason;
  };
  assertEquals(await ask("POST http://new.test/", "Content-Length: 0"), "method_not_allowed");
  assertEquals(await ask("get http://new.test/"), "method_not_allowed");
  assertEquals(
    await ask("GET http://new.test/", "Upgrade: websocket", "Connection: Upgrade"),
    "method_not_allowed",
  );
  const tunnel = await world.ask("CONNECT new.test:443 HTTP/1.1\r\nHost: new.test:443\r\n\r\n");
  assertStringIncludes(tunnel.body, '"reason":"mitm_required"');
  await using socks = await world.client();
  assertEquals(await askSocks(socks, socksRequest(domainAddress("new.test", 80))), 2);
  assertEquals([asked, world.lookups, world.dialled], [[], [], []]);
  assertNoOverride(world);
});

Deno.test("a yes opens nothing while the proxy is disabled", async () => {
  const { world, asked } = yielding({ policy: { enabled: false } });
  await using _world = world;
  const answer = await world.ask("GET http://new.test/ HTTP/1.1\r\nHost: new.test\r\n\r\n");
  assertEquals([statusOf(answer), asked], [503, []]);
  assertNoOverride(world);
});

Deno.test("a yes makes no destination of the proxy that Doorward itself goes through", async () => {
  const { asked, decider } = yes();
  await using made = makeUpstreamWorld({
    script: saying("HTTP/1.1 200 OK\r\n\r\n"),
    policy: { decider: true, allowLocalBinding: true, allow: [PROXY_IP] },
    decider,
  });
  const { world } = made;
  for (const place of ["proxy.test:3128", `${PROXY_IP}:3128`]) {
    await assertBlocked(world, place, "upstream_proxy");
  }
  assertEquals(asked.filter(({ host }) => host !== "proxy.test"), []);
  assertNoOverride(world);
});

Deno.test({
  name: "a yes opens no unix socket, and no program is asked about one",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    const { world, asked } = yielding();
    await using _world = world;
    const answer = await world.ask(
      "GET http://docker/info HTTP/1.1\r\nHost: docker\r\nx-unix-socket: /var/run/docker.sock\r\n\r\n",
    );
    assertEquals([statusOf(answer), asked, world.dialled], [403, [], []]);
    assertNoOverride(world);
  },
});

Deno.test("a yes sends no datagram to a local address, nor to a name that leads there", async () => {
  await using network = makeUdpNetwork();
  const { world } = yielding({
    bindUdp: network.bind,
    resolve: { "rebind.test": ["10.0.0.1"] },
  });
  await using _world = world;
  await using client = await openUdp(world);
  await client.send(ipAddress("169.254.169.254", 53), "x");
  await client.send(ipAddress("127.0.0.1", 53), "x");
  await client.send(domainAddress("rebind.test", 53), "x");
  await until(() => world.blocked.length === 3, "all of them are blocked");
  assertEquals(new Set(world.blocked.map(({ reason }) => reason)), new Set(["not_allowed_local"]));
  assertEquals(network.sent, []);
  assertNoOverride(world);
});
