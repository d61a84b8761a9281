import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { IpAddress } from "../../src/net/address/ip.ts";
import type { Resolver } from "../../src/net/ports.ts";
import {
  authorityFor,
  ENTRANCES,
  type InsideWorld,
  makeInside,
  requestRule,
} from "../support/inside.ts";
import { until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { pseudo, type RawHttp2 } from "../support/raw_http2.ts";
import { statusOf, type Wire } from "../support/wire.ts";
import type { WorldOptions, WorldPolicy } from "../support/world.ts";

const AUTHORITY = await authorityFor("DNS:rebind.test");
const PUBLIC = "93.184.216.34";
const OTHER = "93.184.216.35";
const RULED: WorldPolicy = {
  allow: ["rebind.test"],
  requestRules: [requestRule("rebind.test")],
};

/** Answers each look-up with the next of `answers`, the last one for ever. */
function changing(...answers: readonly (readonly string[])[]): Resolver {
  let index = 0;
  return (): Promise<readonly IpAddress[]> =>
    Promise.resolve(answers[Math.min(index++, answers.length - 1)]!.map(ip));
}

function worldOf(
  resolve: Resolver,
  { policy = RULED, http2 = false, parts = {} }: {
    policy?: WorldPolicy;
    http2?: boolean;
    parts?: Partial<WorldOptions>;
  } = {},
): Promise<InsideWorld> {
  return makeInside(AUTHORITY, {
    policy,
    origin: {
      http2,
      answer: ({ path }, response) => {
        // Of HTTP/1.1, which is told in the field, the next request needs another connection.
        if (!http2 && path === "/last") response.setHeader("connection", "close");
        response.end("hello");
      },
    },
    world: { resolve: { "rebind.test": resolve }, ...parts },
  });
}

async function get(client: Wire, path = "/"): Promise<number> {
  await client.send(`GET ${path} HTTP/1.1\r\nHost: rebind.test\r\n\r\n`);
  return statusOf(await client.readMessage());
}

async function bodyOf(client: RawHttp2, path = "/"): Promise<string> {
  return (await client.ask(pseudo({ path }, "rebind.test"))).body;
}

const INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "::1", "fd00:ec2::254"];

for (const entrance of ENTRANCES) {
  for (const address of INSIDE) {
    Deno.test(`rebinding inside ${entrance}: a name that leads to ${address} is not connected to`, async () => {
      await using inside = await worldOf(changing([address]));
      const { world, origin } = inside;
      const client = await inside.secure({ entrance, host: "rebind.test" });
      assertEquals(world.lookups, [], "the tunnel alone asks for nothing");
      assertEquals(await get(client), 403);
      const streams = await inside.http2({ entrance, host: "rebind.test" });
      assertStringIncludes(await bodyOf(streams), "not_allowed_local");
      assertEquals([world.dialled, origin.connections], [[], 0]);
      assertEquals(world.blocked.map((it) => it.reason), Array(2).fill("not_allowed_local"));
    });
  }

  Deno.test(`rebinding inside ${entrance}: a name that turns inside is refused at the next connection`, async () => {
    for (const turned of ["127.0.0.1", "169.254.169.254"]) {
      await using inside = await worldOf(changing([PUBLIC], [turned]));
      const client = await inside.secure({ entrance, host: "rebind.test" });
      // The first connection is kept for the second request, and given up with it.
      assertEquals(await get(client), 200);
      assertEquals(await get(client, "/last"), 200);
      assertEquals(await get(client), 403);
      assertEquals(inside.world.dialled, [`${PUBLIC}:443`]);
      assertEquals(inside.world.lookups.length, 2);
      assertEquals(inside.origin.arrived.length, 2);
    }
  });
}

Deno.test("rebinding inside: an answer that is public in part is refused whole", async () => {
  await using inside = await worldOf(changing([PUBLIC, "127.0.0.1"]));
  assertEquals(await get(await inside.secure({ host: "rebind.test" })), 403);
  assertEquals(inside.world.dialled, []);
});

for (const http2 of [false, true]) {
  const upstream = http2 ? "HTTP/2" : "HTTP/1.1";
  Deno.test(`rebinding inside: a kept connection of ${upstream} is judged by its address again`, async () => {
    for (const deny of ["rebind.test", PUBLIC, "93.184.216.0/24"]) {
      await using inside = await worldOf(changing([PUBLIC]), { http2 });
      const { world } = inside;
      const client = await inside.secure({ host: "rebind.test" });
      const streams = await inside.http2({ host: "rebind.test" });
      assertEquals(await get(client), 200);
      assertEquals(await bodyOf(streams), "hello");
      world.setPolicy({ ...RULED, interception: true, deny: [deny] });
      assertEquals(await get(client), 403);
      assertStringIncludes(await bodyOf(streams), "CODEX_NETWORK_POLICY_DECISION");
      assertEquals([world.dialled.length, inside.origin.arrived.length], [2, 2], deny);
    }
  });

  Deno.test(`rebinding inside: of two addresses over ${upstream} the one that is denied is left`, async () => {
    await using inside = await worldOf(changing([PUBLIC], [OTHER]), { http2 });
    const { world } = inside;
    const streams = await inside.http2({ host: "rebind.test" });
    assertEquals(await bodyOf(streams), "hello");
    world.setPolicy({ ...RULED, interception: true, deny: [PUBLIC] });
    assertEquals(await bodyOf(streams), "hello");
    assertEquals(world.dialled, [`${PUBLIC}:443`, `${OTHER}:443`]);
  });
}

Deno.test("rebinding inside: local addresses that were open are shut on kept connections too", async () => {
  const policy = { ...RULED, allowLocalBinding: true };
  await using inside = await worldOf(changing(["10.0.0.1"]), { policy, http2: true });
  const client = await inside.secure({ host: "rebind.test" });
  const streams = await inside.http2({ host: "rebind.test" });
  assertEquals(await get(client), 200);
  assertEquals(await bodyOf(streams), "hello");
  inside.world.setPolicy({ ...RULED, interception: true });
  assertEquals(await get(client), 403);
  assertStringIncludes(await bodyOf(streams), "not_allowed_local");
});

Deno.test("rebinding inside: Doorward itself is no server of any name", async () => {
  const addresses: string[] = [];
  const policy = { ...RULED, allowLocalBinding: true };
  const alsoOurs = [{ ip: ip("10.1.2.3"), port: 443 }];
  await using inside = await worldOf(
    () => Promise.resolve(addresses.map(ip)),
    { policy, parts: { alsoOurs } },
  );
  addresses.push("10.1.2.3");
  const client = await inside.secure({ host: "rebind.test" });
  assertEquals(await get(client), 403);
  const { port } = inside.world.proxy.address;
  addresses.splice(0, 1, "127.0.0.1");
  const own = await inside.secure({ host: "rebind.test", port });
  await own.send(`GET / HTTP/1.1\r\nHost: rebind.test:${port}\r\n\r\n`);
  assertEquals(statusOf(await own.readMessage()), 403);
  const plain = await inside.tunnel({ host: "rebind.test", port });
  await plain.send(`GET / HTTP/1.1\r\nHost: rebind.test:${port}\r\n\r\n`);
  assertEquals(statusOf(await plain.readMessage()), 403);
  assertEquals(inside.world.blocked.map((it) => it.reason), Array(3).fill("own_listener"));
  assertEquals(inside.world.dialled, []);
});

Deno.test("rebinding inside: a name that cannot be found is told as that", async () => {
  await using inside = await worldOf(changing([PUBLIC]));
  const client = await inside.secure({ host: "rebind.test" });
  assertEquals(await get(client), 200);
  await using other = await makeInside(AUTHORITY, { policy: RULED });
  const lost = await other.secure({ host: "rebind.test" });
  assertEquals(await get(lost), 502);
  assertEquals(other.world.dialled, []);
});

/** A tunnel that a person has let pass once. */
async function approved(inside: InsideWorld, options: { http2?: boolean } = {}): Promise<Wire> {
  const { questions } = inside.world.proxy;
  const opening = inside.secure({
    host: "rebind.test",
    protocols: [options.http2 === true ? "h2" : "http/1.1"],
  });
  await until(() => questions.pending.length === 1, "a person is asked");
  const { id } = questions.pending[0]!;
  await questions.answer(id, { decision: "approve", scope: { kind: "once" }, by: "terminal" });
  return await opening;
}

const ASKING = {
  parts: { ask: { holdMs: () => 60_000, canBeAnswered: true } },
} as const;
const ASKED: WorldPolicy = {
  ask: true,
  allow: [],
  requestRules: [requestRule("rebind.test", { methods: ["GET", "POST"] })],
};

Deno.test("approved once: a tunnel is good for its requests, and they are asked about no more", async () => {
  await using inside = await worldOf(changing([PUBLIC]), { policy: ASKED, ...ASKING });
  const client = await approved(inside);
  assertEquals([await get(client), await get(client)], [200, 200]);
  assertEquals(inside.world.proxy.questions.pending, []);
});

Deno.test("approved once: what is inside is still no more than an allowed host may", async () => {
  const ROWS: readonly (readonly [string, WorldPolicy, string, string[]])[] = [
    ["not_allowed_local", {}, "GET", ["127.0.0.1"]],
    ["not_allowed_local", {}, "GET", ["169.254.169.254"]],
    ["denied", { deny: ["93.184.216.0/24"] }, "GET", [PUBLIC]],
    ["mitm_hook_denied", {}, "DELETE", [PUBLIC]],
    ["method_not_allowed", { mode: "limited" }, "POST", [PUBLIC]],
  ];
  for (const [reason, policy, method, addresses] of ROWS) {
    await using inside = await worldOf(changing(addresses), {
      policy: { ...ASKED, ...policy },
      ...ASKING,
    });
    const client = await approved(inside);
    await client.send(`${method} / HTTP/1.1\r\nHost: rebind.test\r\n\r\n`);
    const answer = await client.readMessage();
    assertEquals(statusOf(answer), 403);
    assertStringIncludes(answer.body, reason);
    assertEquals(inside.world.dialled, [], reason);
    assertEquals(inside.world.blocked.map((it) => it.reason), [reason]);
  }
});

Deno.test("approved once: a deny rule that comes later has the last word", async () => {
  await using inside = await worldOf(changing([PUBLIC]), { policy: ASKED, ...ASKING });
  const client = await approved(inside);
  assertEquals(await get(client), 200);
  inside.world.setPolicy({ ...ASKED, interception: true, deny: ["rebind.test"] });
  assertEquals(await get(client), 403);
  assertEquals(inside.origin.arrived.length, 1);
});

Deno.test("approved once: another tunnel is another question, and another host inside none", async () => {
  await using inside = await worldOf(changing([PUBLIC]), { policy: ASKED, ...ASKING });
  const client = await approved(inside);
  await client.send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
  assertEquals(statusOf(await client.readMessage()), 421);
  assertEquals(await get(await approved(inside)), 200);
  assert(!inside.world.lookups.includes("other.test"));
});
