import { assertEquals } from "@std/assert";
import { Observations, OTHER_METHOD, PLACES_MAX } from "../../../src/cli/learn/observations.ts";
import { closeAudit, decisionAudit } from "../../support/audit_records.ts";
import { recordsOf, seenOf, type Visit } from "../../support/learned.ts";

/** The one place that visits go to. */
function placeOf(...visits: readonly Visit[]) {
  const { places } = seenOf(visits);
  assertEquals(places.length, 1);
  return places[0]!;
}

Deno.test("a place is counted once, from when it was first asked for", () => {
  const observations = new Observations();
  const [first, ...others] = recordsOf([
    { host: "a.test", up: 1, down: 10 },
    { host: "a.test", up: 2, down: 20, protocol: "socks5_tcp" },
  ]);
  const at = (text: string) => ({ "event.timestamp": text });
  observations.write({ ...first!, ...at("2026-01-01T00:00:00.000Z") });
  others.forEach((record) => observations.write({ ...record, ...at("2026-01-02T00:00:00.000Z") }));
  const [place] = observations.seen.places;
  assertEquals(place, {
    host: "a.test",
    port: 443,
    first: "2026-01-01T00:00:00.000Z",
    allowed: 2,
    futile: 0,
    protocols: new Set(["https_connect", "socks5_tcp"] as const),
    methods: new Set<string>(),
    unseen: 2,
    withBody: false,
    upgraded: false,
    up: 3,
    down: 30,
    blocked: new Map(),
  });
});

Deno.test("another port is another place", () => {
  const { places } = seenOf([{ host: "a.test" }, { host: "a.test", port: 22 }, { host: "b.test" }]);
  assertEquals(places.map(({ host, port }) => `${host}:${port}`), [
    ...["a.test:443", "a.test:22", "b.test:443"],
  ]);
});

Deno.test("methods are seen of plain requests, and of those inside of what is looked into", () => {
  const { methods, unseen } = placeOf(
    { host: "a.test", protocol: "http" },
    { host: "a.test", method: "POST", kind: "request" },
    { host: "a.test", protocol: "socks5_tcp", method: "PUT", kind: "request" },
    { host: "a.test", method: "CONNECT" },
    { host: "a.test", protocol: "socks5_udp", kind: "datagrams" },
  );
  assertEquals([[...methods], unseen], [["GET", "POST", "PUT"], 2]);
});

Deno.test("a method that a command made up is not kept", () => {
  const { methods } = placeOf(
    { host: "a.test", protocol: "http", method: "A'B#C" },
    { host: "a.test", protocol: "http", method: "get" },
  );
  assertEquals([...methods], [OTHER_METHOD]);
});

Deno.test("a body and an upgrade of what only reads by its method are noticed", () => {
  const get: Visit = { host: "a.test", protocol: "http" };
  const facts = (visit: Visit) => {
    const { withBody, upgraded } = placeOf(visit);
    return [withBody, upgraded];
  };
  assertEquals(facts(get), [false, false]);
  assertEquals(facts({ ...get, up: 1 }), [true, false]);
  assertEquals(facts({ ...get, kind: "tunnel", up: 1 }), [false, true]);
  // What a tunnel carries that nobody looked into is no body.
  assertEquals(facts({ host: "a.test", up: 1 }), [false, false]);
});

Deno.test("what was let through and came to nothing is told from the rest", () => {
  const futile = (...visits: readonly Visit[]) => placeOf(...visits).futile;
  const failed: Visit = { host: "a.test", outcome: "failed", down: 0 };
  assertEquals(futile(failed), 1);
  assertEquals(futile(failed, { host: "a.test" }), 1);
  assertEquals(futile({ ...failed, down: 1 }), 0);
  assertEquals(futile({ ...failed, outcome: "closed" }), 0);
});

Deno.test("a tunnel that is refused for what it carries came to nothing", () => {
  const observations = new Observations();
  observations.write(decisionAudit());
  observations.write(decisionAudit({
    "network.policy.decision": "deny",
    "network.policy.reason": "not_tls",
  }));
  observations.write(closeAudit({ "doorward.outcome": "closed" }));
  const [place] = observations.seen.places;
  assertEquals([place!.allowed, place!.futile, [...place!.blocked]], [1, 1, [["not_tls", 1]]]);
});

Deno.test("what is over is not undone by a later block of the same request", () => {
  const observations = new Observations();
  observations.write(decisionAudit());
  observations.write(closeAudit());
  observations.write(decisionAudit({ "network.policy.decision": "deny" }));
  assertEquals(observations.seen.places[0]!.futile, 0);
});

Deno.test("reasons are counted", () => {
  const visit = { host: "a.test", blocked: "denied" };
  assertEquals([...placeOf(visit, visit, { ...visit, blocked: "not_tls" }).blocked], [
    ["denied", 2],
    ["not_tls", 1],
  ]);
});

Deno.test("places have a ceiling, and what comes beyond it is counted", () => {
  const visits = Array.from({ length: PLACES_MAX }, (_, at) => ({ host: `a${at}.test` }));
  const full = seenOf(visits);
  assertEquals([full.places.length, full.beyond], [PLACES_MAX, 0]);
  const more = seenOf([...visits, { host: "b.test" }, { host: "c.test" }, { host: "a0.test" }]);
  assertEquals([more.places.length, more.beyond, more.places[0]!.allowed], [PLACES_MAX, 2, 2]);
});

Deno.test("it is a sink that loses nothing and holds nothing back", async () => {
  const observations = new Observations();
  assertEquals([observations.name, observations.lost], ["learn", 0]);
  await observations.close();
});
