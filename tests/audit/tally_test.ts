import { assert, assertEquals } from "@std/assert";
import { type Counted, Tally } from "../../src/audit/tally.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { rule } from "../support/policy.ts";

interface Counting {
  readonly tally: Tally;
  readonly clock: FakeClock;
}

function counting(): Counting {
  const clock = new FakeClock(1_735_689_600_000);
  return { tally: new Tally(() => clock.now()), clock };
}

function counted(parts: Partial<Counted> = {}): Counted {
  return {
    decision: "allow",
    reason: null,
    protocol: "http",
    host: "a.test",
    rule: null,
    ...parts,
  };
}

const BLOCKED = { decision: "deny", reason: "not_allowed" } as const;
const ASKED = { decision: "ask", reason: "not_allowed" } as const;

Deno.test("note() counts requests, and those that were blocked or asked about", () => {
  const { tally } = counting();
  assertEquals(tally.totals, { requests: 0, blocked: 0 });
  for (const parts of [{}, BLOCKED, ASKED]) tally.note(counted(parts));
  assertEquals(tally.totals, { requests: 3, blocked: 2 });
});

Deno.test("decisions tell kinds apart by decision, reason and protocol, and by nothing else", () => {
  const { tally } = counting();
  tally.note(counted());
  tally.note(counted({ host: "b.test" }));
  tally.note(counted({ protocol: "socks5_tcp" }));
  tally.note(counted(BLOCKED));
  tally.note(counted({ ...BLOCKED, reason: "denied" }));
  tally.note(counted(ASKED));
  assertEquals(tally.decisions, [
    { decision: "allow", reason: null, protocol: "http", count: 2 },
    { decision: "allow", reason: null, protocol: "socks5_tcp", count: 1 },
    { ...BLOCKED, protocol: "http", count: 1 },
    { ...BLOCKED, reason: "denied", protocol: "http", count: 1 },
    { ...ASKED, protocol: "http", count: 1 },
  ]);
});

Deno.test("seconds tell the traffic of each second, oldest first, without empty ones", () => {
  const { tally, clock } = counting();
  tally.note(counted());
  clock.advance(999);
  tally.note(counted(BLOCKED));
  clock.advance(2001);
  tally.note(counted(BLOCKED));
  assertEquals(tally.seconds, [
    { at: 1_735_689_600, requests: 2, blocked: 1 },
    { at: 1_735_689_603, requests: 1, blocked: 1 },
  ]);
});

Deno.test("seconds reach back five minutes", () => {
  const { tally, clock } = counting();
  tally.note(counted());
  clock.advance(299_000);
  assertEquals(tally.seconds.length, 1);
  clock.advance(1000);
  assertEquals(tally.seconds, []);
  tally.note(counted());
  assertEquals(tally.seconds, [{ at: 1_735_689_900, requests: 1, blocked: 0 }]);
});

Deno.test("seconds leave out those that are still to come, once the clock was set back", () => {
  const { tally, clock } = counting();
  tally.note(counted());
  clock.jump(-60_000);
  tally.note(counted());
  assertEquals(tally.seconds, [{ at: 1_735_689_540, requests: 1, blocked: 0 }]);
});

Deno.test("seconds stay in order, and bounded, for longer than they are kept", () => {
  const { tally, clock } = counting();
  for (let second = 0; second < 3700; second++) {
    tally.note(counted());
    clock.advance(1000);
  }
  const { seconds } = tally;
  assertEquals(seconds.length, 299);
  assertEquals(seconds.map(({ at }) => at - seconds[0]!.at), seconds.map((_, index) => index));
});

Deno.test("hosts() tells the busiest, with what was blocked and when they were asked for last", () => {
  const { tally, clock } = counting();
  tally.note(counted({ host: "quiet.test" }));
  tally.note(counted({ host: "busy.test" }));
  clock.advance(2000);
  tally.note(counted({ ...BLOCKED, host: "busy.test" }));
  const busy = { host: "busy.test", requests: 2, blocked: 1, last_at: 1_735_689_602 };
  const quiet = { host: "quiet.test", requests: 1, blocked: 0, last_at: 1_735_689_600 };
  assertEquals(tally.hosts(10), [busy, quiet]);
  assertEquals(tally.hosts(1), [busy]);
});

Deno.test("a hundred thousand hosts leave few behind: those asked for last", () => {
  const { tally } = counting();
  for (let index = 0; index < 100_000; index++) {
    tally.note(counted({ host: `h${index}.test` }));
    tally.note(counted({ host: "again.test" }));
  }
  const hosts = tally.hosts(Infinity);
  assertEquals(hosts.length, 500);
  assertEquals(hosts[0]!.host, "again.test");
  assertEquals(hosts[0]!.requests, 100_000);
  assert(hosts.some(({ host }) => host === "h99999.test"));
  assert(!hosts.some(({ host }) => host === "h99500.test"));
  assertEquals(tally.totals.requests, 200_000);
});

Deno.test("hits() knows a rule by its words, so that a reload keeps the count", () => {
  const { tally } = counting();
  tally.note(counted({ rule: rule("allow", "a.test") }));
  tally.note(counted({ rule: rule("allow", "a.test") }));
  tally.note(counted({ ...BLOCKED, reason: "denied", rule: rule("deny", "a.test") }));
  assertEquals(tally.hits(rule("allow", "a.test")), 2);
  assertEquals(tally.hits(rule("deny", "a.test")), 1);
  assertEquals(tally.hits(rule("allow", "b.test")), 0);
});

Deno.test("hits() are counted for the first two hundred thousand rules", () => {
  const { tally } = counting();
  const { pattern, origin } = rule("allow", "a.test");
  const numbered = (index: number) =>
    ({ list: "allow", pattern, origin, text: `h${index}.test` }) as const;
  for (let index = 0; index <= 200_000; index++) tally.note(counted({ rule: numbered(index) }));
  tally.note(counted({ rule: numbered(0) }));
  assertEquals([0, 199_999, 200_000].map((index) => tally.hits(numbered(index))), [2, 1, 0]);
});
