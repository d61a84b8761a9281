// A program that decides what no rule names, over real sockets, whichever way a request comes in.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import type { Resolver } from "../../src/net/ports.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { unlessAborted } from "../../src/net/time/unless_aborted.ts";
import type { Decider, DeciderRequest } from "../../src/proxy/asking/decider.ts";
import { closesOf, decisionsOf } from "../support/audit_records.ts";
import { eventsOf } from "../support/feed.ts";
import { turn, until } from "../support/in_time.ts";
import { authorityFor, insidePolicy, makeInside, requestRule } from "../support/inside.ts";
import { askSocks, domainAddress, openSocks, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { fieldOf, statusOf, Wire } from "../support/wire.ts";
import { ALLOWED, ALLOWED_IP, makeWorld, type World, type WorldOptions } from "../support/world.ts";

const NEW = "new.test";
const GET = `GET http://${NEW}/ HTTP/1.1\r\nHost: ${NEW}\r\n\r\n`;
const CONNECT = `CONNECT ${NEW}:443 HTTP/1.1\r\nHost: ${NEW}:443\r\n\r\n`;
const YES: Decider = () => Promise.resolve({ decision: "allow" });

interface Deciding {
  readonly world: World;
  /** What the program was asked. */
  readonly asked: readonly DeciderRequest[];
}

/** A world whose program answers so about what is not {@linkcode ALLOWED}. */
function deciding(decide: Decider, options: WorldOptions = {}): Deciding {
  const asked: DeciderRequest[] = [];
  const world = makeWorld({
    ...options,
    policy: { allow: [ALLOWED], decider: true, ...options.policy },
    resolve: { [NEW]: [ALLOWED_IP], ...options.resolve },
    decider: (request, signal) => {
      asked.push(request);
      return decide(request, signal);
    },
  });
  return { world, asked };
}

/** Source, reason and override of each decision. */
function decided({ audit }: World): unknown[] {
  return decisionsOf(audit).map((record) => [
    record["network.policy.decision"],
    record["network.policy.source"],
    record["network.policy.reason"],
    record["network.policy.override"],
  ]);
}

const OVERRIDDEN = ["allow", "decider", "not_allowed", true];

Deno.test("a program is asked once for each request, and its yes is recorded as such", async () => {
  const { world, asked } = deciding(YES);
  await using _world = world;
  await using client = await world.client();
  for (let count = 0; count < 2; count++) {
    await client.send(GET);
    assertEquals((await client.readMessage()).body, "hello");
  }
  await using tunnel = await world.client();
  await tunnel.send(CONNECT);
  assertStringIncludes(await tunnel.readHead(), " 200 ");
  await using _socks = await openSocks(world, domainAddress(NEW, 443));
  assertEquals(asked.map(({ protocol, method, host, port }) => [protocol, method, host, port]), [
    ["http", "GET", NEW, 80],
    ["http", "GET", NEW, 80],
    ["https_connect", "CONNECT", NEW, 443],
    ["socks5_tcp", null, NEW, 443],
  ]);
  assertEquals(decided(world), Array(4).fill(OVERRIDDEN));
  assertEquals(world.blocked, []);
  // Nothing of it is a rule: others are asked about anew.
  assertEquals(world.proxy.policy.rules.map(({ pattern }) => pattern), [ALLOWED]);
});

Deno.test("no program is asked about what a rule allows or denies", async () => {
  const { world, asked } = deciding(YES, { policy: { deny: ["denied.test"] } });
  await using _world = world;
  await world.ask(`GET http://${ALLOWED}/ HTTP/1.1\r\nHost: ${ALLOWED}\r\n\r\n`);
  await world.ask("GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n");
  assertEquals(asked, []);
  assertEquals(decided(world), [
    ["allow", "baseline_policy", "allow", false],
    ["deny", "baseline_policy", "denied", false],
  ]);
});

Deno.test("a program's no is told with its reason, in the words of each protocol", async () => {
  const { world } = deciding(() =>
    Promise.resolve({ decision: "deny", reason: 'not on a "Sunday"\n' })
  );
  await using _world = world;
  const plain = await world.ask(GET);
  const body = JSON.parse(plain.body);
  const word = 'not on a "Sunday"';
  assertEquals([statusOf(plain), fieldOf(plain, "x-proxy-error")], [403, "blocked-by-policy"]);
  assertMatch(fieldOf(plain, "Proxy-Status")!, /details="policy_denied"$/);
  assertEquals([body.reason, body.source, body.decision, body.retryable], [
    word,
    "decider",
    "deny",
    false,
  ]);
  assertStringIncludes(body.message, `a program that decides for this proxy said no`);
  assertStringIncludes(body.message, `its reason: ${word}`);
  const tunnel = await world.ask(CONNECT);
  assertStringIncludes(tunnel.start, " 403 ");
  assertEquals(
    tunnel.body.split("\n")[0],
    `CODEX_NETWORK_POLICY_DECISION ${
      JSON.stringify({
        decision: "deny",
        reason: word,
        source: "decider",
        protocol: "https_connect",
        host: NEW,
        port: 443,
      })
    }`,
  );
  await using socks = await world.client();
  assertEquals(await askSocks(socks, socksRequest(domainAddress(NEW, 443))), 2);
  assertEquals(world.unsaid.length, 2);
  assertEquals(decided(world), Array(3).fill(["deny", "decider", word, false]));
  assertEquals([world.lookups, world.dialled, closesOf(world.audit)], [[], [], []]);
  assertEquals(world.proxy.blocked.counts, { policy_denied: 3 });
});

Deno.test("what a program would ask a person about is asked, where there may be one", async () => {
  const wondering: Decider = () => Promise.resolve({ decision: "ask", reason: "" });
  const attribution = { label: "build", command: "npm ci", execPolicyHint: null };
  const { world } = deciding(wondering, {
    policy: { ask: true },
    attribution,
    ask: { holdMs: () => 30_000, canBeAnswered: true },
  });
  await using _world = world;
  await using client = await world.client();
  await client.send(GET);
  await until(() => world.proxy.questions.pending.length === 1, "a person is asked");
  const [question] = world.proxy.questions.pending;
  assertEquals([question!.host, question!.command], [NEW, "npm ci"]);
  const scope = { kind: "once" } as const;
  await world.proxy.questions.answer(question!.id, { decision: "approve", scope, by: "admin" });
  assertEquals(statusOf(await client.readMessage()), 200);

  const alone = deciding(wondering);
  await using _alone = alone.world;
  const { decision, source, reason, retryable } = JSON.parse((await alone.world.ask(GET)).body);
  assertEquals([decision, source, reason, retryable], ["ask", "decider", "not_allowed", true]);
});

Deno.test("a program that fails, or answers nothing of ours, lets nothing pass", async () => {
  const failing: readonly Decider[] = [
    () => Promise.reject(new Error("no")),
    () => {
      throw new Error("no");
    },
    () => Promise.resolve({ decision: "yes" } as never),
    () => Promise.resolve(undefined as never),
  ];
  for (const decide of failing) {
    const { world } = deciding(decide);
    await using _world = world;
    const { reason, retryable } = JSON.parse((await world.ask(GET)).body);
    assertEquals([reason, retryable], ["decider_failed", true]);
    assertEquals([world.lookups, world.dialled], [[], []]);
  }
});

Deno.test("a client that has closed its side gets its answer", async () => {
  const { world, asked } = deciding(() => answer.promise);
  const answer = Promise.withResolvers<{ decision: "allow" }>();
  await using _world = world;
  await using client = await world.client();
  await client.send(GET);
  await client.closeWrite();
  await until(() => asked.length === 1, "the program is asked");
  await turn();
  answer.resolve({ decision: "allow" });
  assertEquals((await client.readMessage()).body, "hello");
});

Deno.test("a client that is closed is not waited for, and the program hears of it", async () => {
  for (const bytes of [GET, CONNECT]) {
    const heard: unknown[] = [];
    const { world, asked } = deciding((_, signal) => {
      signal.addEventListener("abort", () => heard.push(signal.reason));
      return new Promise(() => {});
    });
    await using _world = world;
    await using client = await world.client();
    await client.send(bytes);
    await until(() => asked.length === 1, "the program is asked");
    world.proxy.live.close(1);
    await until(() => world.proxy.connections === 0, "the client is gone");
    assertEquals([heard.length, world.dialled, closesOf(world.audit)], [1, [], []]);
  }
});

Deno.test("what a program let through, and its client left amid the look-up, is recorded", async () => {
  for (const bytes of [GET, CONNECT]) {
    const never: Resolver = (_, signal) => unlessAborted(new Promise(() => {}), signal);
    const { world } = deciding(YES, { resolve: { [NEW]: never } });
    await using _world = world;
    await using client = await world.client();
    await client.send(bytes);
    await until(() => world.lookups.length === 1, "it is looked up");
    world.proxy.live.close(1);
    await until(() => world.proxy.connections === 0, "the client is gone");
    assertEquals([decided(world), world.dialled], [[OVERRIDDEN], []]);
    assertEquals(closesOf(world.audit).map((record) => record["doorward.outcome"]), ["closed"]);
  }
});

Deno.test("datagrams wait for the program, once for each destination", async () => {
  await using network = makeUdpNetwork();
  const { world, asked } = deciding(
    ({ host }) =>
      Promise.resolve(
        host === NEW ? { decision: "allow" } : { decision: "deny", reason: "not that" },
      ),
    { bindUdp: network.bind },
  );
  await using _world = world;
  await using client = await openUdp(world);
  for (const data of ["one", "two"]) {
    await client.send(domainAddress(NEW, 53), data);
    assertStringIncludes(await client.receive(), data);
  }
  await client.send(domainAddress("other.test", 53), "no");
  await until(() => world.blocked.length === 1, "one is blocked");
  assertEquals(asked.map(({ protocol, method, host }) => [protocol, method, host]), [
    ["socks5_udp", null, NEW],
    ["socks5_udp", null, "other.test"],
  ]);
  assertEquals(world.blocked[0]!.reason, "not that");
  assertEquals(network.sent.map(([to]) => to), [`${ALLOWED_IP}:53`, `${ALLOWED_IP}:53`]);
});

Deno.test("a tunnel that is looked into is asked about once, for all that is inside", async () => {
  const asked: DeciderRequest[] = [];
  await using inside = await makeInside(await authorityFor(`DNS:${NEW}`), {
    policy: insidePolicy({ decider: true, requestRules: [requestRule(NEW)] }),
    world: {
      resolve: { [NEW]: [ALLOWED_IP] },
      decider: (request) => {
        asked.push(request);
        return Promise.resolve({ decision: "allow" });
      },
    },
  });
  await using client = await inside.secure({ host: NEW });
  for (const path of ["/one", "/two"]) {
    await client.send(`GET ${path} HTTP/1.1\r\nHost: ${NEW}\r\n\r\n`);
    assertEquals(statusOf(await client.readMessage()), 200);
  }
  assertEquals(asked.map(({ method, host, port }) => [method, host, port]), [[
    "CONNECT",
    NEW,
    443,
  ]]);
  assertEquals(decided(inside.world), [OVERRIDDEN, OVERRIDDEN]);
});

Deno.test("what is known of a listener is told to the program, and stands in every record", async () => {
  const { world, asked } = deciding(({ port }) =>
    Promise.resolve(port === 80 ? { decision: "allow" } : { decision: "deny", reason: "no" })
  );
  await using _world = world;
  const attribution = {
    label: "build 7",
    command: "curl https://u:p@new.test/?token=1",
    execPolicyHint: "prompt",
  };
  await using added = world.proxy.addListener(attribution);
  const listener = formatSocketAddress(added.address);
  const at = async (bytes: string) => {
    await using wire = new Wire(await tcpDialer(added.address, new AbortController().signal));
    await wire.send(bytes);
    await wire.readMessage();
  };
  await at(
    GET.replace("Host:", "Proxy-Authorization: Basic Y29kZXgtbmV0LWF0dGVtcHQtYTc6\r\nHost:"),
  );
  await at(CONNECT);
  assertEquals(
    asked.map(({ label, command, execPolicyHint, attemptId, listener }) => [
      label,
      command,
      execPolicyHint,
      attemptId,
      listener,
    ]),
    [
      ["build 7", attribution.command, "prompt", "a7", listener],
      ["build 7", attribution.command, "prompt", null, listener],
    ],
  );
  await until(() => world.audit.length === 3, "the request is over");
  const command = "curl https://new.test/…";
  for (const record of world.audit) {
    assertEquals([
      record["doorward.listener"],
      record["doorward.label"],
      record["doorward.command"],
      record["doorward.exec_policy_hint"],
    ], [listener, "build 7", command, "prompt"]);
  }
  assertEquals(world.audit.map((record) => record["doorward.attempt.id"]), ["a7", "a7", undefined]);
  const events = await eventsOf(world.proxy.feed, "decision");
  assertEquals(
    events.map(({ listener, label, command }) => [listener, label, command]),
    [[listener, "build 7", command], [listener, "build 7", command]],
  );
  const [blocked] = world.blocked;
  assertEquals([blocked!.listener, blocked!.label, blocked!.command], [
    listener,
    "build 7",
    command,
  ]);
});
