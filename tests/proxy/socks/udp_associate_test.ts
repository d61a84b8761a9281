import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";
import { udpAssociate } from "../../../src/proxy/socks/udp_associate.ts";
import { inTime } from "../../support/in_time.ts";
import { ip, policyOf } from "../../support/policy.ts";
import { replyOf } from "../../support/socks.ts";
import { makeUdpDoor, relayAddress } from "../../support/udp_door.ts";

Deno.test("udpAssociate() binds a relay where the client reached us, and says where", async () => {
  const table: Record<string, readonly [string, string]> = {
    "127.0.0.1:1080": ["127.0.0.1", "127.0.0.1:40000"],
    "[::1]:1080": ["::1", "[::1]:40000"],
    "192.168.1.5:1080": ["192.168.1.5", "192.168.1.5:40000"],
    // A listener for both families shows IPv4 like this; the client knows it as IPv4.
    "[::ffff:192.168.1.5]:1080": ["192.168.1.5", "192.168.1.5:40000"],
  };
  for (const [local, [bound, told]] of Object.entries(table)) {
    await using world = makeUdpDoor({
      sockets: { binding: (at) => assertEquals(at, { ip: ip(bound), port: 0 }) },
    });
    const association = world.ask({ local });
    assertEquals(formatSocketAddress(await relayAddress(association)), told);
    assertEquals(world.relayPorts, new Set([40_000]));
  }
});

Deno.test("udpAssociate() answers 0x07 where datagrams are switched off", async () => {
  await using world = makeUdpDoor();
  const { connection, wire } = world.base.client();
  const request = {
    command: "udp_associate",
    address: { kind: "ip", ip: ip("0.0.0.0") },
    port: 0,
  } as const;
  await udpAssociate(connection, request, null, { ...world.door, udp: null });
  assertEquals(await wire.readExactly(10), replyOf(7));
  assertEquals(world.udp.sockets, []);
  assertEquals(world.diagnosed, ["Refused SOCKS client 127.0.0.1:50000: enable_socks5_udp is off"]);
});

Deno.test("udpAssociate() takes a name that a client announces for none, and looks nothing up", async () => {
  const announced = { kind: "domain", text: "allowed.test" } as const;
  const request = { command: "udp_associate", address: announced, port: 0 } as const;
  await using open = makeUdpDoor();
  const served = open.base.client();
  const session = udpAssociate(served.connection, request, null, open.door);
  assertEquals((await served.wire.readExactly(10)).slice(0, 2), "\x05\x00");
  served.wire.close();
  await session;

  await using shut = makeUdpDoor({ policy: policyOf({}, { mode: "limited" }) });
  const refused = shut.base.client();
  await udpAssociate(refused.connection, request, null, shut.door);
  assertEquals(await refused.wire.readExactly(10), replyOf(2));
  assertEquals(
    shut.base.blocked.map(({ request }) => request.kind === "tunnel" && request.target.host),
    [{ kind: "ip", ip: ip("0.0.0.0") }],
  );
  assertEquals([open.base.lookups, shut.base.lookups], [[], []]);
});

Deno.test("udpAssociate() opens nothing where no datagram could pass, and records it", async () => {
  const table = {
    method_not_allowed: policyOf({ allow: ["allowed.test"] }, { mode: "limited" }),
    proxy_disabled: policyOf({ allow: ["allowed.test"] }, { enabled: false }),
  };
  const nowhere = { kind: "ip", ip: ip("0.0.0.0") } as const;
  for (const [reason, policy] of Object.entries(table)) {
    await using world = makeUdpDoor({ policy });
    const { wire, session } = world.ask({ port: 5000, attempt: "7" });
    assertEquals(await wire.readExactly(10), replyOf(2));
    await session;
    assertEquals(world.udp.sockets, []);
    assertEquals(
      world.base.blocked.map((blocked) => [
        blocked.decision.reason,
        blocked.asker.method,
        blocked.request,
        blocked.asker.client,
        blocked.asker.attempt(),
      ]),
      [[
        reason,
        "UDP_ASSOCIATE",
        { kind: "tunnel", protocol: "socks5_udp", target: { host: nowhere, port: 5000 } },
        "127.0.0.1:50000",
        "7",
      ]],
    );
  }
});

Deno.test("udpAssociate() holds as many associations as the limit says, and counts one more", async () => {
  await using world = makeUdpDoor({ limits: { udpAssociations: 2 } });
  const first = world.ask();
  await relayAddress(first);
  await relayAddress(world.ask());
  const third = world.ask({ peer: "127.0.0.1:50003" });
  assertEquals(await third.wire.readExactly(10), replyOf(1));
  assertEquals(world.base.reached, ["udpAssociations"]);
  assertEquals(world.udp.sockets.length, 2);
  // One that ends makes room.
  first.wire.close();
  await inTime(first.session, "the first association to end");
  await relayAddress(world.ask());
});

Deno.test("udpAssociate() answers 0x01 when the system has no socket, and tells why", async () => {
  await using world = makeUdpDoor({
    sockets: {
      binding: () => {
        throw new Deno.errors.AddrNotAvailable("Cannot assign requested address");
      },
    },
  });
  const { wire } = world.ask();
  assertEquals(await wire.readExactly(10), replyOf(1));
  assertMatch(world.diagnosed.join("\n"), /^Cannot relay .*: .*Cannot assign requested address$/);
});

// Two addresses of one machine have their own ports, and the guard of our own relays knows ports only.
Deno.test("udpAssociate() gives no two relays the same port", async () => {
  const ports = [40_000, 40_000, 40_000, 40_001];
  await using world = makeUdpDoor({ sockets: { binding: () => ports.shift() ?? 40_001 } });
  await relayAddress(world.ask());
  const second = await relayAddress(world.ask({ local: "192.168.1.5:1080" }));
  assertEquals(second.port, 40_001);
  assertEquals(world.udp.sockets.map(({ closed }) => closed), [false, true, true, false]);
  const third = world.ask();
  assertEquals(await third.wire.readExactly(10), replyOf(1));
  assertMatch(
    world.diagnosed.join("\n"),
    /: .*The system offers only ports that other relays have$/,
  );
  assertEquals(world.relayPorts, new Set([40_000, 40_001]));
});

Deno.test("udpAssociate() leaves no relay behind when the client is gone before the answer", async () => {
  await using world = makeUdpDoor();
  const { session } = world.ask({ gone: true });
  await assertRejects(() => inTime(session, "the association to end"), Deno.errors.BrokenPipe);
  assertEquals([world.socket(0).closed, world.relayPorts.size], [true, 0]);
});
