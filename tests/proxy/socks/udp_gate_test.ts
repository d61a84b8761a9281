import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { formatSocketAddress, type SocketAddress } from "../../../src/net/address/endpoint.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import type { IpAddress } from "../../../src/net/address/ip.ts";
import type { Resolver } from "../../../src/net/ports.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import type { Outcome } from "../../../src/proxy/asking/questions.ts";
import type { Grant } from "../../../src/proxy/authorize.ts";
import { addressInUse, type Granted } from "../../../src/proxy/socks/udp_destinations.ts";
import {
  KEPT_MS,
  PENDING_MAX,
  UdpGate,
  UNRESOLVED_MS,
  WAITING_BYTES_MAX,
  WAITING_MAX,
} from "../../../src/proxy/socks/udp_gate.ts";
import { RECORDS_A_SECOND, RECORDS_BURST } from "../../../src/proxy/socks/record_budget.ts";
import { type Datagram, decodeDatagram } from "../../../src/socks/datagram.ts";
import { type DoorOptions, makeDoor, type TestDoor } from "../../support/door.ts";
import { ip, policyOf, rule } from "../../support/policy.ts";
import { domainAddress, ipAddress } from "../../support/socks.ts";
import { datagram, settle } from "../../support/udp_door.ts";
import { at } from "../../support/udp_sockets.ts";

const NAME = domainAddress("allowed.test", 53);
const LITERAL = ipAddress("93.184.216.34", 53);

interface TestGate extends AsyncDisposable {
  readonly base: TestDoor;
  readonly gate: UdpGate;
  /** What was delivered after it had waited: `ip:port` and the data. */
  readonly delivered: readonly (readonly [string, string])[];
  readonly relayPorts: Set<number>;
  /** Offers a datagram; where it may go at once, if it may. */
  offer(address: string, data?: string): Granted | null;
  /** Ends the client's connection. */
  end(): void;
  /** Look-ups that are under way. */
  readonly held: number;
}

interface GateOptions extends DoorOptions {
  readonly attempt?: string;
  readonly deliver?: () => Promise<void>;
  /** When what is decided arrives; at once, unless said otherwise. */
  readonly arrives?: Promise<void>;
  /** Changes what is granted. */
  readonly grant?: (grant: Grant) => Grant;
}

function makeGate(options: GateOptions = {}): TestGate {
  const base = makeDoor(options);
  const { gateway } = base.door;
  const { connection } = base.client();
  const delivered: (readonly [string, string])[] = [];
  const relayPorts = new Set<number>();
  const held = new Set<Promise<void>>();
  const gate = new UdpGate({
    client: connection,
    attempt: options.attempt ?? null,
    door: {
      ...base.door,
      gateway: {
        ...gateway,
        authorize: async (request, asker, signal) => {
          const outcome = await gateway.authorize(request, asker, signal);
          await options.arrives;
          return outcome.verdict === "allow" ? options.grant?.(outcome) ?? outcome : outcome;
        },
      },
    },
    udp: { clock: base.clock, policy: base.cell, relayPorts },
    deliver: async (granted, payload) => {
      delivered.push([formatSocketAddress(addressInUse(granted)), latin1(payload)]);
      await options.deliver?.();
    },
    hold: (lookUp) => {
      held.add(lookUp);
      lookUp.finally(() => held.delete(lookUp)).catch(reportError);
    },
  });
  return {
    base,
    gate,
    delivered,
    relayPorts,
    offer(address: string, data = ""): Granted | null {
      const bytes = latin1Bytes(datagram(address, data));
      const decoded = decodeDatagram(bytes) as Datagram;
      assertEquals(decoded.kind, "datagram");
      const granted = gate.admit(decoded, bytes.subarray(0, bytes.length - data.length));
      // The buffer is received into again.
      bytes.fill(0x23);
      return granted;
    },
    end: () => connection.close(),
    get held(): number {
      return held.size;
    },
    [Symbol.asyncDispose]: () => base[Symbol.asyncDispose](),
  };
}

/** Whether a datagram from there may reach the client. */
function mayAnswer({ gate }: TestGate, from: SocketAddress): boolean {
  return gate.admitFrom(from) !== null;
}

/** Offers a datagram and lets it be found out whether it may go. */
async function granted(test: TestGate, address: string): Promise<Granted> {
  test.offer(address);
  await settle();
  const granted = test.offer(address);
  assert(granted !== null);
  return granted;
}

/** A resolver whose answers come when the test says so. */
function slowResolver(): {
  readonly resolve: Resolver;
  answer(...addresses: readonly string[]): void;
  fail(): void;
} {
  const asked: PromiseWithResolvers<readonly IpAddress[]>[] = [];
  return {
    resolve: () => {
      const answer = Promise.withResolvers<readonly IpAddress[]>();
      asked.push(answer);
      return answer.promise;
    },
    answer: (...addresses) => asked.shift()!.resolve(addresses.map(ip)),
    fail: () => asked.shift()!.reject(new ConnectError("dns_failure", "Cannot resolve")),
  };
}

Deno.test("a name is decided by name, looked up once, and the first datagrams wait for it", async () => {
  await using test = makeGate();
  assertEquals(test.offer(NAME, "one"), null);
  assertEquals(test.offer(NAME, "two"), null);
  await settle();
  assertEquals(test.delivered, [["93.184.216.34:53", "one"], ["93.184.216.34:53", "two"]]);
  const known = test.offer(NAME, "three");
  assertEquals(known && addressInUse(known), at("93.184.216.34:53"));
  assertStrictEquals(test.offer(NAME, "four"), known);
  assertEquals([test.base.lookups, test.base.blocked, test.held], [["allowed.test"], [], 0]);
});

Deno.test("a name that is not allowed is never looked up", async () => {
  await using test = makeGate();
  assertEquals(test.offer(domainAddress("c2VjcmV0.evil.test", 53), "x"), null);
  await settle();
  assertEquals([test.base.lookups, test.delivered], [[], []]);
  assertEquals(test.base.blocked.map(({ decision }) => decision.reason), ["not_allowed"]);
});

Deno.test("an address is decided as an address, and not looked up", async () => {
  await using test = makeGate({ policy: policyOf({ allow: ["93.184.216.34"] }) });
  test.offer(LITERAL, "one");
  test.offer(ipAddress("93.184.216.35", 53), "two");
  await settle();
  assertEquals(test.delivered, [["93.184.216.34:53", "one"]]);
  assertEquals([test.base.lookups, test.base.blocked.length], [[], 1]);
});

Deno.test("every address of a name is judged: one that is forbidden refuses all", async () => {
  const resolve = () => Promise.resolve(["93.184.216.34", "169.254.169.254"].map(ip));
  await using test = makeGate({ resolve });
  test.offer(NAME, "one");
  await settle();
  assertEquals(test.delivered, []);
  assertEquals(test.base.blocked.map(({ decision }) => decision.reason), ["not_allowed_local"]);
});

Deno.test("a port is part of a destination", async () => {
  await using test = makeGate({ policy: policyOf({ allow: ["allowed.test:53"] }) });
  await granted(test, NAME);
  assertEquals(test.offer(domainAddress("allowed.test", 54)), null);
  await settle();
  assertEquals(test.base.blocked.length, 1);
});

Deno.test("a name that cannot be one is dropped, and neither remembered nor looked up", async () => {
  await using test = makeGate({ policy: policyOf({}, { dangerouslyAllowAllDomains: true }) });
  for (const name of ["a b", "\0", "ex\r\nample.test", "\xe9.test", "127.1", "0x7f.1", "..", "%"]) {
    assertEquals(test.offer(domainAddress(name, 53)), null, name);
  }
  await settle();
  assertEquals([test.gate.size, test.base.lookups, test.base.blocked], [0, [], []]);
});

Deno.test("a block is recorded once while it is kept, and again after it", async () => {
  await using test = makeGate({ policy: policyOf({}), attempt: "a7" });
  for (let count = 0; count < 5; count++) {
    test.offer(LITERAL);
    await settle();
  }
  assertEquals(
    test.base.blocked.map(({ asker, request }) => [
      asker.method,
      asker.client,
      asker.attempt(),
      request.protocol,
    ]),
    [["UDP", "127.0.0.1:50000", "a7", "socks5_udp"]],
  );
  test.base.clock.advance(KEPT_MS - 1);
  test.offer(LITERAL);
  await settle();
  assertEquals(test.base.blocked.length, 1);
  test.base.clock.advance(1);
  test.offer(LITERAL);
  await settle();
  assertEquals(test.base.blocked.length, 2);
});

Deno.test("a question is a block: nobody waits for an answer to it", async () => {
  await using test = makeGate({ policy: policyOf({}, { ask: true }) });
  assertEquals([await settle(), test.offer(NAME)], [undefined, null]);
  await settle();
  assertEquals(test.base.blocked.map(({ decision }) => decision.verdict), ["ask"]);
  assertEquals(test.delivered, []);
});

Deno.test("a name that cannot be resolved is dropped without a block, and tried again soon", async () => {
  const slow = slowResolver();
  await using test = makeGate({ resolve: slow.resolve });
  test.offer(NAME, "lost");
  slow.fail();
  await settle();
  test.base.clock.advance(UNRESOLVED_MS - 1);
  test.offer(NAME, "lost too");
  await settle();
  assertEquals(test.base.lookups, ["allowed.test"]);
  test.base.clock.advance(1);
  test.offer(NAME, "found");
  slow.answer("93.184.216.34");
  await settle();
  assertEquals(test.delivered, [["93.184.216.34:53", "found"]]);
  assertEquals([test.base.lookups.length, test.base.blocked], [2, []]);
});

Deno.test("a name is looked up anew when nothing came from it since the decision", async () => {
  const answers = [["93.184.216.34"], ["93.184.216.35"]];
  const resolve = () => Promise.resolve(answers.shift()!.map(ip));
  await using test = makeGate({ resolve });
  await granted(test, NAME);
  test.base.clock.advance(KEPT_MS - 1);
  assert(test.offer(NAME) !== null);
  assertEquals(test.base.lookups.length, 1);
  test.base.clock.advance(1);
  assertEquals(test.offer(NAME, "anew"), null);
  await settle();
  assertEquals(test.delivered.at(-1), ["93.184.216.35:53", "anew"]);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
  assertEquals(mayAnswer(test, at("93.184.216.35:53")), true);
});

Deno.test("an address that answers is kept, and judged anew", async () => {
  await using test = makeGate();
  const first = await granted(test, NAME);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
  test.base.clock.advance(KEPT_MS);
  const second = test.offer(NAME);
  assert(second !== null);
  assert(second !== first);
  assertEquals([addressInUse(second), test.base.lookups.length], [addressInUse(first), 1]);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
  // Silent under the second decision, it is looked up after it.
  test.base.clock.advance(KEPT_MS);
  test.offer(NAME);
  test.base.clock.advance(KEPT_MS);
  assertEquals(test.offer(NAME), null);
  assertEquals(test.base.lookups.length, 2);
  await settle();
});

Deno.test("an answer may come late: how long a decision is kept is about sending", async () => {
  await using test = makeGate();
  await granted(test, NAME);
  test.base.clock.advance(KEPT_MS * 5);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
});

Deno.test("nothing comes back but from where something was sent", async () => {
  const resolve = () => Promise.resolve(["93.184.216.34", "93.184.216.35"].map(ip));
  await using test = makeGate({ resolve });
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
  await granted(test, NAME);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
  for (const other of ["93.184.216.34:54", "93.184.216.35:53", "[::1]:53", "127.0.0.1:53"]) {
    assertEquals(mayAnswer(test, at(other)), false, other);
  }
});

Deno.test("a new policy is asked about the next datagram, in either direction", async () => {
  await using test = makeGate();
  const first = await granted(test, NAME);
  test.base.cell.replace(policyOf({ allow: ["allowed.test", "other.test"] }));
  const second = test.offer(NAME);
  assert(second !== null);
  assert(second !== first);
  assertStrictEquals(second.policy, test.base.cell.current);
  test.base.cell.replace(policyOf({ allow: ["allowed.test"] }));
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
  assertEquals(test.base.lookups, ["allowed.test"]);
  assertEquals(test.base.blocked, []);
});

Deno.test("a new policy that forbids stops what goes out and what comes in, and records it once", async () => {
  for (const first of ["out", "in"]) {
    await using test = makeGate();
    await granted(test, NAME);
    test.base.cell.replace(policyOf({ allow: ["allowed.test"], deny: ["93.184.216.0/24"] }));
    const ways: Record<string, () => void> = {
      out: () => assertEquals(test.offer(NAME), null),
      in: () => assertEquals(mayAnswer(test, at("93.184.216.34:53")), false),
    };
    ways[first]!();
    for (const way of Object.values(ways)) way();
    await settle();
    assertEquals(test.base.blocked.map(({ decision }) => decision.reason), ["denied"]);
    assertEquals(test.delivered.length, 1);
  }
});

Deno.test("a new policy that allows lets pass what was denied a moment ago", async () => {
  await using test = makeGate({ policy: policyOf({}) });
  test.offer(NAME);
  await settle();
  test.base.cell.replace(policyOf({ allow: ["allowed.test"] }));
  test.offer(NAME, "now");
  await settle();
  assertEquals(test.delivered, [["93.184.216.34:53", "now"]]);
});

Deno.test("a policy that is replaced amid a look-up decides what waits for it", async () => {
  const slow = slowResolver();
  await using test = makeGate({ resolve: slow.resolve });
  test.offer(NAME, "one");
  test.base.cell.replace(policyOf({}));
  slow.answer("93.184.216.34");
  await settle();
  assertEquals(test.delivered, []);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
  assertEquals(test.base.blocked.length, 1);
});

Deno.test("a policy that is replaced while one of those that wait is sent decides the next", async () => {
  const first = Promise.withResolvers<void>();
  await using test = makeGate({ deliver: () => first.promise });
  test.offer(NAME, "one");
  test.offer(NAME, "two");
  await settle();
  test.base.cell.replace(policyOf({}));
  first.resolve();
  await settle();
  assertEquals(test.delivered, [["93.184.216.34:53", "one"]]);
  assertEquals(test.base.blocked.length, 1);
});

Deno.test("a few datagrams wait for a name, and no more", async () => {
  const slow = slowResolver();
  await using test = makeGate({ resolve: slow.resolve });
  for (let count = 0; count < WAITING_MAX + 5; count++) test.offer(NAME, `${count}`);
  slow.answer("93.184.216.34");
  await settle();
  const expected = Array.from({ length: WAITING_MAX }, (_, count) => `${count}`);
  assertEquals(test.delivered.map(([, data]) => data), expected);
});

Deno.test("the bytes that wait are bounded for all names together, and given back", async () => {
  const slow = slowResolver();
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({ resolve: slow.resolve, policy });
  const half = "x".repeat(WAITING_BYTES_MAX / 2);
  test.offer(domainAddress("a.test", 53), half);
  test.offer(domainAddress("b.test", 53), half);
  test.offer(domainAddress("b.test", 53), "y");
  slow.answer("93.184.216.1");
  slow.answer("93.184.216.2");
  await settle();
  assertEquals(test.delivered.map(([to, data]) => [to, data.length]), [
    ["93.184.216.1:53", half.length],
    ["93.184.216.2:53", half.length],
  ]);
  test.offer(domainAddress("c.test", 53), half + half);
  slow.answer("93.184.216.3");
  await settle();
  assertEquals(test.delivered.length, 3);
});

// Between an answer and what is made of it there are a few steps: a datagram may come in any of them.
for (let steps = 0; steps < 24; steps++) {
  Deno.test(`a datagram ${steps} steps after the answer gives back the room that it took`, async () => {
    const slow = slowResolver();
    const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
    await using test = makeGate({ resolve: slow.resolve, policy });
    const most = "x".repeat(WAITING_BYTES_MAX - 3);
    test.offer(NAME, "one");
    slow.answer("93.184.216.34");
    for (let step = 0; step < steps; step++) await Promise.resolve();
    test.offer(NAME, most);
    await settle();
    test.offer(domainAddress("other.test", 53), most);
    slow.answer("93.184.216.35");
    await settle();
    const [to, data] = test.delivered.at(-1)!;
    assertEquals([to, data.length], ["93.184.216.35:53", most.length]);
  });
}

Deno.test("a few names are looked up at a time, and what is known goes on", async () => {
  const slow = slowResolver();
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({ resolve: slow.resolve, policy });
  test.offer(NAME);
  slow.answer("93.184.216.34");
  await settle();
  const name = (number: number) => domainAddress(`n${number}.test`, 53);
  for (let number = 0; number < PENDING_MAX + 5; number++) test.offer(name(number), "x");
  assertEquals(test.base.lookups.length, 1 + PENDING_MAX);
  assertEquals([test.gate.size, test.held], [1 + PENDING_MAX, PENDING_MAX]);
  assert(test.offer(NAME) !== null);
  // One answer makes room for one more.
  slow.answer("93.184.216.1");
  await settle();
  test.offer(name(100), "x");
  test.offer(name(101), "x");
  assertEquals(test.base.lookups.length, 2 + PENDING_MAX);
  for (let number = 0; number < PENDING_MAX; number++) slow.answer("93.184.216.2");
  await settle();
});

Deno.test("what is granted has to wait its turn too when it is looked up anew", async () => {
  const slow = slowResolver();
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({ resolve: slow.resolve, policy });
  test.offer(NAME);
  slow.answer("93.184.216.34");
  await settle();
  test.base.clock.advance(KEPT_MS);
  for (let number = 0; number < PENDING_MAX; number++) {
    test.offer(domainAddress(`n${number}.test`, 53), "x");
  }
  assertEquals(test.offer(NAME), null);
  assertEquals(test.base.lookups.length, 1 + PENDING_MAX);
  for (let number = 0; number < PENDING_MAX; number++) slow.answer("93.184.216.2");
  await settle();
});

/** Offers a datagram to each of so many addresses, none of which is allowed. */
async function offerDenied(test: TestGate, from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number++) {
    test.offer(ipAddress(`93.184.${number >> 8}.${number & 255}`, 53), "x");
    if (number % PENDING_MAX === 0) await settle();
  }
  await settle();
}

const leftOut = (records: string) =>
  `Left out ${records} of blocked datagrams of SOCKS client 127.0.0.1:50000: more than 16 a second`;

Deno.test("a flood of destinations that are not allowed is recorded in part, and counted", async () => {
  await using test = makeGate();
  const { base } = test;
  await offerDenied(test, 0, RECORDS_BURST);
  assertEquals(base.blocked.length, RECORDS_BURST);
  await offerDenied(test, 1000, 100);
  assertEquals([base.blocked.length, base.diagnosed], [RECORDS_BURST, []]);
  base.clock.advance(1000);
  await offerDenied(test, 2000, 100);
  assertEquals(base.blocked.length, RECORDS_BURST + RECORDS_A_SECOND);
  assertEquals(base.diagnosed, [leftOut("100 records")]);
  assertEquals([test.delivered, base.dialled], [[], []]);
});

Deno.test("what was left out at the end is told in the end", async () => {
  await using test = makeGate();
  await offerDenied(test, 0, RECORDS_BURST + 1);
  assertEquals(test.base.diagnosed, []);
  test.end();
  assertEquals(test.base.diagnosed, [leftOut("1 record")]);
});

Deno.test("a client within its budget is told nothing of", async () => {
  await using test = makeGate();
  await offerDenied(test, 0, RECORDS_BURST);
  test.end();
  assertEquals(test.base.diagnosed, []);
});

Deno.test("what is blocked without a record is blocked, and what is allowed goes on", async () => {
  await using test = makeGate();
  await offerDenied(test, 0, RECORDS_BURST + 5);
  await granted(test, NAME);
  assertEquals(test.offer(LITERAL), null);
  await settle();
  assertEquals(test.offer(LITERAL), null);
});

Deno.test("an address that two names share answers while either of them is remembered", async () => {
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({ policy, limits: { udpDestinations: 2 } });
  await granted(test, NAME);
  await granted(test, domainAddress("alias.test", 53));
  assert(test.offer(NAME) !== null);
  test.offer(domainAddress("other.test", 54));
  await settle();
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
});

Deno.test("a flood of destinations stays within the table", async () => {
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({ policy, limits: { udpDestinations: 8 } });
  for (let number = 0; number < 1000; number++) {
    test.offer(ipAddress(`93.184.${number >> 8}.${number & 255}`, 53), "x");
    await Promise.resolve();
    assert(test.gate.size <= 8);
  }
  await settle();
  assertEquals(test.gate.size, 8);
  // What was forgotten may not answer.
  assertEquals(mayAnswer(test, at("93.184.0.1:53")), false);
});

Deno.test("what was forgotten amid its look-up is not sent, and may not answer", async () => {
  const slow = slowResolver();
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({
    resolve: slow.resolve,
    policy,
    limits: { udpDestinations: 1 },
  });
  test.offer(NAME, "one");
  test.offer(domainAddress("other.test", 53), "two");
  slow.answer("93.184.216.34");
  slow.answer("93.184.216.35");
  await settle();
  assertEquals(test.delivered, [["93.184.216.35:53", "two"]]);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
});

Deno.test("what was forgotten while the first that waited was sent may not answer either", async () => {
  const first = Promise.withResolvers<void>();
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({
    deliver: () => first.promise,
    policy,
    limits: { udpDestinations: 1 },
  });
  test.offer(NAME, "one");
  test.offer(NAME, "two");
  await settle();
  test.offer(ipAddress("93.184.216.99", 53), "three");
  first.resolve();
  await settle();
  assertEquals(test.delivered.map(([, data]) => data), ["one", "three"]);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
  assertEquals(test.gate.size, 1);
});

Deno.test("what was forgotten before it was decided is recorded like any other block", async () => {
  const arrives = Promise.withResolvers<void>();
  await using test = makeGate({ arrives: arrives.promise, limits: { udpDestinations: 1 } });
  test.offer(domainAddress("denied.test", 53));
  test.offer(NAME, "one");
  arrives.resolve();
  await settle();
  assertEquals(test.base.blocked.map(({ request }) => request.protocol), ["socks5_udp"]);
});

Deno.test("nothing is sent once the client has gone, and what was blocked is recorded", async () => {
  const slow = slowResolver();
  await using test = makeGate({ resolve: slow.resolve });
  test.offer(NAME, "one");
  test.offer(domainAddress("denied.test", 53));
  test.end();
  slow.answer("93.184.216.34");
  await settle();
  assertEquals([test.delivered, test.base.blocked.length, test.held], [[], 1, 0]);
});

Deno.test("where another proxy must be gone through, no datagram goes round it", async () => {
  const via = {
    kind: "http",
    endpoint: { host: { kind: "name", name: "proxy.test" }, port: 3128 },
    credentials: null,
    source: "HTTPS_PROXY",
  } as const;
  for (const change of [{ via }, { addresses: [] }]) {
    await using test = makeGate({ grant: (grant) => ({ ...grant, ...change }) });
    test.offer(NAME, "one");
    await settle();
    test.offer(NAME, "two");
    assertEquals([test.delivered, test.base.blocked], [[], []]);
  }
});

// A relay may be bound to a port after the decision about it was made.
Deno.test("a destination whose port a relay of ours has taken is asked about again", async () => {
  await using test = makeGate();
  const first = await granted(test, NAME);
  test.relayPorts.add(53);
  assert(test.offer(NAME) !== first);
  test.relayPorts.delete(53);
  assertStrictEquals(test.offer(NAME), test.offer(NAME));
});

Deno.test("useNext() takes the next address of a grant into use", async () => {
  const resolve = () => Promise.resolve(["93.184.216.34", "93.184.216.35"].map(ip));
  await using test = makeGate({ resolve });
  const known = await granted(test, NAME);
  assertEquals(test.gate.useNext(known), true);
  assertStrictEquals(test.offer(NAME), known);
  assertEquals(addressInUse(known), at("93.184.216.35:53"));
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
  assertEquals(mayAnswer(test, at("93.184.216.35:53")), true);
  // Whether or not anybody has asked it yet, a new policy ends what was granted under the old.
  test.base.cell.replace(policyOf({}));
  assertEquals(test.gate.useNext(known), false);
  test.offer(NAME);
  assertEquals(test.gate.useNext(known), false);
});

/** A gate whose person approves, and what they were asked. */
function approvingGate(): TestGate {
  return makeGate({
    policy: policyOf({}, { ask: true }),
    ask: () => Promise.resolve({ kind: "approved", rule: rule("allow", "allowed.test:53") }),
  });
}

Deno.test("what a person let pass is asked about again once the policy has changed", async () => {
  await using test = approvingGate();
  await granted(test, NAME);
  test.base.cell.replace(policyOf({}, { ask: true }));
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), false);
  assertEquals(test.offer(NAME, "again"), null);
  await settle();
  assertEquals(test.base.asked.length, 2);
  assertEquals(test.delivered.at(-1), ["93.184.216.34:53", "again"]);
  assertEquals(mayAnswer(test, at("93.184.216.34:53")), true);
  assertEquals(test.base.blocked, []);
});

Deno.test("what a person let pass is asked about again when its time is over", async () => {
  await using test = approvingGate();
  await granted(test, NAME);
  assert(mayAnswer(test, at("93.184.216.34:53")));
  test.base.clock.advance(KEPT_MS);
  assertEquals(test.offer(NAME, "again"), null);
  await settle();
  assertEquals([test.base.asked.length, test.base.blocked], [2, []]);
  assertEquals(test.delivered.at(-1), ["93.184.216.34:53", "again"]);
});

Deno.test("what a person lets pass is no longer let pass once the policy denies it", async () => {
  await using test = approvingGate();
  await granted(test, NAME);
  test.base.cell.replace(policyOf({ deny: ["allowed.test"] }, { ask: true }));
  assertEquals(test.offer(NAME), null);
  await settle();
  assertEquals(test.base.asked.length, 1);
  assertEquals(test.base.blocked.map(({ decision }) => decision.reason), ["denied"]);
});

Deno.test("what waits for a person takes no place of those that are looked up", async () => {
  const asking = Promise.withResolvers<Outcome>();
  await using test = makeGate({
    policy: policyOf({ allow: ["allowed.test"] }, { ask: true }),
    ask: (_, asker) => {
      asker.held(1000);
      return asking.promise;
    },
  });
  for (let index = 0; index < PENDING_MAX + 2; index++) {
    test.offer(domainAddress(`h${index}.test`, 53));
  }
  await settle();
  for (let index = PENDING_MAX; index < PENDING_MAX + 2; index++) {
    test.offer(domainAddress(`h${index}.test`, 53));
  }
  await settle();
  assertEquals(test.base.asked.length, PENDING_MAX + 2);
  await granted(test, NAME);
  asking.resolve({ kind: "denied", why: "a person said no" });
  await settle();
  assertEquals([test.held, test.base.blocked.length], [0, PENDING_MAX + 2]);
});

/** Outcome and bytes of what was let through and is over, in order. */
function endsOf({ base }: TestGate): (readonly [string, string, number, number])[] {
  return base.ended.map(({ ending: { kind, outcome, up, down } }) => [kind, outcome, up, down]);
}

Deno.test("each destination ends once: with its bytes, whatever ends it", async () => {
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using test = makeGate({ policy, limits: { udpDestinations: 2 } });
  const first = await granted(test, NAME);
  Object.assign(first, { up: 7, down: 9 });
  await granted(test, domainAddress("second.test", 53));
  assertEquals(endsOf(test), []);
  // It makes way, being unused for longest.
  await granted(test, domainAddress("third.test", 53));
  assertEquals(endsOf(test), [["datagrams", "done", 7, 9]]);
  assertStrictEquals(test.base.ended[0]!.passage, first.passage);
  test.end();
  assertEquals([endsOf(test).length, test.gate.size], [3, 0]);
  assertEquals(test.base.begun.length, 3);
});

Deno.test("a destination that is decided anew ends, and begins again with another number", async () => {
  await using test = makeGate();
  const first = await granted(test, NAME);
  first.up = 5;
  test.base.cell.replace(policyOf({ allow: ["allowed.test", "other.test"] }));
  const second = test.offer(NAME);
  assertEquals(endsOf(test), [["datagrams", "done", 5, 0]]);
  assert(second !== null && second.passage.asker.id !== first.passage.asker.id);
  test.base.cell.replace(policyOf({}));
  assertEquals(test.offer(NAME), null);
  await settle();
  assertEquals([test.base.begun.length, test.base.ended.length], [2, 2]);
  assertEquals(test.base.blocked.length, 1);
});

Deno.test("what is let through and sent nowhere has an end, too", async () => {
  const slow = slowResolver();
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  await using forgotten = makeGate({
    policy,
    resolve: slow.resolve,
    limits: { udpDestinations: 1 },
  });
  forgotten.offer(NAME);
  forgotten.offer(domainAddress("other.test", 53));
  slow.answer("93.184.216.34");
  await settle();
  assertEquals(endsOf(forgotten), [["datagrams", "closed", 0, 0]]);
  assertEquals([forgotten.base.allowed.length, forgotten.base.begun.length], [1, 1]);

  const late = Promise.withResolvers<void>();
  await using gone = makeGate({ grant: (grant) => grant, arrives: late.promise });
  gone.offer(NAME);
  await settle();
  gone.end();
  late.resolve();
  await settle();
  assertEquals(gone.base.allowed.length, 1);
  assertEquals(endsOf(gone), [["datagrams", "closed", 0, 0]]);

  await using round = makeGate({ grant: (grant) => ({ ...grant, addresses: [] }) });
  round.offer(NAME);
  await settle();
  assertEquals(endsOf(round), [["datagrams", "failed", 0, 0]]);
});

Deno.test("what is blocked, or is not found, neither begins nor ends", async () => {
  const slow = slowResolver();
  await using test = makeGate({ resolve: slow.resolve });
  test.offer(domainAddress("denied.test", 53));
  test.offer(NAME);
  slow.fail();
  await settle();
  test.end();
  assertEquals([test.base.begun, test.base.ended], [[], []]);
  assertEquals([test.base.blocked.length, test.base.unresolved.length], [1, 1]);
});
