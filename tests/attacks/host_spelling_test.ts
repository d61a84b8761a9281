import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

// The spellings that mean the same at every door are in journeys/every_entrance_test.ts. Here
// are those that only one form of a target can have.

const POLICY = { policy: { allow: ["**.example.com"], deny: ["evil.test", "**.evil.test"] } };

/** Places where URL parsers have found another host than the one in front. All are 400. */
const URLS: Record<string, string> = {
  "user information": "http://example.com@evil.test/",
  "user information with a password": "http://example.com:80@evil.test/",
  "an empty user": "http://@example.com/",
  "a fragment before the at sign": "http://evil.test#@example.com/",
  "a fragment after it": "http://example.com/#@evil.test",
  "a backslash before the at sign": "http://evil.test\\@example.com/",
  "a backslash for a slash": "http:\\\\example.com/",
  "a host that ends in a backslash": "http://evil.test\\.example.com/",
  "three slashes": "http:///example.com/",
  "one slash": "http:/example.com/",
  "no slashes": "http:example.com/",
  "an empty host": "http://:80/",
  "an empty host and a path": "http:///",
  "a percent sign in the host": "http://example%2ecom/",
  "a colon without a port": "http://example.com:/",
  "a semicolon": "http://example.com;evil.test/",
  "a comma": "http://example.com,evil.test/",
  "a bracket that nobody opened": "http://example.com]/",
  "a quote": 'http://example.com"/',
  "a pipe": "http://example.com|evil.test/",
};

for (const [what, url] of Object.entries(URLS)) {
  Deno.test(`host spelling: a URL with ${what} is 400`, async () => {
    await using world = makeWorld(POLICY);
    for (const host of ["example.com", "evil.test"]) {
      const text = await world.exchange(`GET ${url} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      assertMatch(text, /^HTTP\/1\.1 400 /);
    }
    assertEquals([world.lookups, world.dialled], [[], []]);
  });
}

Deno.test("host spelling: two slashes in front make a path, and Host is what counts", async () => {
  await using world = makeWorld({ ...POLICY, resolve: { "www.example.com": ["93.184.216.34"] } });
  const ask = (host: string) => world.ask(`GET //evil.test/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assertEquals(statusOf(await ask("evil.test")), 403);
  assertEquals(statusOf(await ask("www.example.com")), 200);
  assertStringIncludes(
    world.origin.received,
    "GET //evil.test/ HTTP/1.1\r\nHost: www.example.com\r\n",
  );
});

Deno.test("host spelling: a question mark ends the host, as it does for everybody else", async () => {
  await using world = makeWorld({ ...POLICY, resolve: { "example.com": ["93.184.216.34"] } });
  const through = await world.ask(
    "GET http://example.com?@evil.test/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
  );
  assertEquals(statusOf(through), 200);
  const blocked = await world.ask(
    "GET http://evil.test?.example.com/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
  );
  assertEquals(statusOf(blocked), 403);
  assertStringIncludes(
    world.origin.received,
    "GET /?@evil.test/ HTTP/1.1\r\nHost: example.com\r\n",
  );
  assertEquals(world.lookups, ["example.com"]);
});

/** What a CONNECT may not ask for. All are 400. */
const AUTHORITIES = [
  "example.com",
  "example.com:",
  ":443",
  "example.com:443/",
  "example.com:443/path",
  "example.com:443?query",
  "example.com:443#fragment",
  "http://example.com:443",
  "example.com:443@evil.test:443",
  "example.com:443,evil.test:443",
  "example.com:443:443",
  "*",
  "/",
  "[::1]",
  "2001:db8::1:443",
];

for (const authority of AUTHORITIES) {
  Deno.test(`host spelling: CONNECT ${authority} is 400`, async () => {
    await using world = makeWorld(POLICY);
    for (const host of [authority, "example.com:443"]) {
      const text = await world.exchange(`CONNECT ${authority} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      assertMatch(text, /^HTTP\/1\.1 400 /);
    }
    assertEquals([world.lookups, world.dialled], [[], []]);
  });
}

// And the other way round: what is checked is what is dialled, and what the origin is told.
Deno.test("host spelling: the host that was checked is the one in Host and the one dialled", async () => {
  await using world = makeWorld({ ...POLICY, resolve: { "www.example.com": ["93.184.216.34"] } });
  const spellings = [
    "www.example.com",
    "WWW.EXAMPLE.COM",
    "www.example.com.",
    "wWw.example.com.:80",
  ];
  for (const spelling of spellings) {
    for (const host of spellings) {
      const answer = await world.ask(`GET http://${spelling}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      assertEquals(statusOf(answer), 200, `${spelling} and ${host}`);
    }
  }
  assertEquals(new Set(world.lookups), new Set(["www.example.com"]));
  const hosts = world.origin.received.match(/Host: .*\r\n/g)!;
  assertEquals(new Set(hosts), new Set(["Host: www.example.com\r\n"]));
});

Deno.test("host spelling: a Host that disagrees with the target is 400, whichever is allowed", async () => {
  await using world = makeWorld(POLICY);
  const pairs = [
    ["http://example.com/", "evil.test"],
    ["http://evil.test/", "example.com"],
    ["http://example.com/", "example.com:8080"],
    ["http://example.com:8080/", "example.com"],
    ["http://example.com/", "www.example.com"],
    ["http://example.com/", "example.com@evil.test"],
    ["http://93.184.216.34/", "[::ffff:93.184.216.34]"],
  ] as const;
  for (const [url, host] of pairs) {
    const text = await world.exchange(`GET ${url} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assertMatch(text, /^HTTP\/1\.1 400 /);
  }
  for (const host of ["evil.test:443", "example.com:444", "evil.test"]) {
    const text = await world.exchange(`CONNECT example.com:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assertMatch(text, /^HTTP\/1\.1 400 /);
  }
  assertEquals([world.lookups, world.dialled], [[], []]);
});

// Upstream compares texts here; the default port said or not said is the same port.
Deno.test("host spelling: a default port that is said agrees with one that is not", async () => {
  await using world = makeWorld({ ...POLICY, resolve: { "example.com": ["93.184.216.34"] } });
  const pairs = [["http://example.com/", "example.com:80"], [
    "http://example.com:80/",
    "example.com",
  ]];
  for (const [url, host] of pairs) {
    assertEquals(statusOf(await world.ask(`GET ${url} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)), 200);
  }
});
