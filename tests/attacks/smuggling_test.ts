import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../support/in_time.ts";
import { answering, ok, type Script } from "../support/origin.ts";
import { fieldOf, statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const URL_LINE = "http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n";
const POST = `POST ${URL_LINE}`;
const GET = `GET ${URL_LINE}`;
/** What the attacker would have the origin take for a request of its own. */
const INNER = "GET /smuggled HTTP/1.1\r\nHost: allowed.test\r\n\r\n";

/** Bytes that two readers could read differently, or that no request has. All are answered 400. */
const REQUESTS: Record<string, string> = {
  // RFC 9112 section 3: the request line.
  "an empty method": " http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a method with a space": `G ET ${URL_LINE}\r\n`,
  "a method and a tab": `GET\t${URL_LINE}\r\n`,
  "CONNECT and a tab": "CONNECT\tallowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n",
  "a method of 8 KB": `${"A".repeat(8192)} ${URL_LINE}\r\n`,
  "a method that is no token": `G(T ${URL_LINE}\r\n`,
  "two spaces": "GET  http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a space in the target": "GET http://allowed.test/a b HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a tab in the target": "GET http://allowed.test/a\tb HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a NUL in the target": "GET http://allowed.test/a\0b HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a byte above 0x7e in the target":
    "GET http://allowed.test/\xff HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a fragment": "GET http://allowed.test/#x HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "no target": "GET HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "an asterisk for GET": "GET * HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a target that is neither path nor URL":
    "GET allowed.test HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "a URL for CONNECT": "CONNECT http://allowed.test:443/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "no version": "GET http://allowed.test/\r\nHost: allowed.test\r\n\r\n",
  "HTTP/1.2": "GET http://allowed.test/ HTTP/1.2\r\nHost: allowed.test\r\n\r\n",
  "HTTP/2.0": "GET http://allowed.test/ HTTP/2.0\r\nHost: allowed.test\r\n\r\n",
  "HTTP/1.01": "GET http://allowed.test/ HTTP/1.01\r\nHost: allowed.test\r\n\r\n",
  "http/1.1 in lower case": "GET http://allowed.test/ http/1.1\r\nHost: allowed.test\r\n\r\n",
  "a space after the version": "GET http://allowed.test/ HTTP/1.1 \r\nHost: allowed.test\r\n\r\n",
  "the preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "a PROXY line": `PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n${GET}\r\n`,
  "a PROXY header of version 2":
    `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01\0\x01\0\x02${GET}\r\n`,
  "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "two empty lines in front": `\r\n\r\n${GET}\r\n`,

  // RFC 9112 section 2.2: line ends.
  "a bare line feed after the request line":
    "GET http://allowed.test/ HTTP/1.1\nHost: allowed.test\r\n\r\n",
  "a bare line feed after a field": "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\n\r\n",
  "an end of bare line feeds": "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\n\n",
  "a bare carriage return in a field": `${GET}X: a\rb\r\n\r\n`,
  "a bare carriage return in the request line":
    `GET http://allowed.test/\rX HTTP/1.1\r\nHost: a\r\n\r\n`,

  // RFC 9112 section 5: fields.
  "a space before the colon": `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  "a folded field": `${GET}X: a\r\n b\r\n\r\n`,
  "a folded length": `${POST}Content-Length:\r\n 5\r\n\r\nhello`,
  "a first line that is folded": `GET http://allowed.test/ HTTP/1.1\r\n Host: x\r\n\r\n`,
  "a field without a name": `${GET}: x\r\n\r\n`,
  "a field without a colon": `${GET}nothing\r\n\r\n`,
  "a name with a space": `${GET}X Y: z\r\n\r\n`,
  "a name with a NUL": `${GET}X\0: z\r\n\r\n`,
  "a name beyond ASCII": `${GET}X\xe9: z\r\n\r\n`,
  "a value with a NUL": `${GET}X: a\0b\r\n\r\n`,
  "a value with an escape": `${GET}X: \x1b[2J\r\n\r\n`,

  // RFC 9112 section 3.2: Host.
  "no Host": "GET http://allowed.test/ HTTP/1.1\r\n\r\n",
  "two Hosts": `${GET}Host: allowed.test\r\n\r\n`,
  "two Hosts that differ": `${GET}Host: evil.test\r\n\r\n`,
  "two hosts in one Host":
    "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test,evil.test\r\n\r\n",
  "another Host than the target": "GET http://allowed.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
  "another port than the target":
    "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test:81\r\n\r\n",
  "no port where the target has one":
    "GET http://allowed.test:81/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  "an empty Host": "GET http://allowed.test/ HTTP/1.1\r\nHost:\r\n\r\n",
  "a Host that is a URL": "GET / HTTP/1.1\r\nHost: http://allowed.test\r\n\r\n",
  "a Host with a path": "GET / HTTP/1.1\r\nHost: allowed.test/x\r\n\r\n",
  "a path without a Host in HTTP/1.0": "GET / HTTP/1.0\r\n\r\n",
  "CONNECT without a Host": "CONNECT allowed.test:443 HTTP/1.1\r\n\r\n",

  // RFC 9112 section 6: how long a body is.
  "length and chunks":
    `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${INNER}`,
  "chunks and length":
    `${POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${INNER}`,
  "two lengths": `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  "two lengths that agree": `${POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
  "two lengths in one": `${POST}Content-Length: 5, 5\r\n\r\nhello`,
  "a length with a plus": `${POST}Content-Length: +5\r\n\r\nhello`,
  "a length below zero": `${POST}Content-Length: -1\r\n\r\n`,
  "a length in hexadecimal": `${POST}Content-Length: 0x5\r\n\r\nhello`,
  "a length with a point": `${POST}Content-Length: 5.0\r\n\r\nhello`,
  "a length with an exponent": `${POST}Content-Length: 5e0\r\n\r\nhello`,
  "a length beyond counting": `${POST}Content-Length: 18446744073709551621\r\n\r\nhello`,
  "an empty length": `${POST}Content-Length:\r\n\r\nhello`,
  "xchunked": `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  "chunked, identity": `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  "identity": `${POST}Transfer-Encoding: identity\r\n\r\n${INNER}`,
  "gzip, chunked": `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  "chunked twice":
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "chunked, chunked": `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  "a vertical tab before chunked": `${POST}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`,
  "an empty coding": `${POST}Transfer-Encoding:\r\n\r\n0\r\n\r\n`,
  "chunks with a parameter": `${POST}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`,
  "chunked in quotes": `${POST}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
  "chunks in HTTP/1.0":
    "POST http://allowed.test/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "CONNECT with a body": "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n" +
    "Content-Length: 5\r\n\r\nhello",
  "CONNECT with chunks": "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n" +
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "TRACE with a body": `TRACE ${URL_LINE}Content-Length: 5\r\n\r\nhello`,
};

for (const [what, bytes] of Object.entries(REQUESTS)) {
  Deno.test(`smuggling: ${what} is 400 and the end, and not a byte goes on`, async () => {
    await using world = makeWorld();
    const text = await world.exchange(bytes + INNER);
    assertMatch(text, /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\nConnection: close\r\n/);
    assertEquals(text.match(/HTTP\/1\.1 \d{3} /g)!.length, 1);
    assertEquals([world.origin.received, world.dialled, world.lookups], ["", [], []]);
  });
}

/** Requests for what a proxy could do, and this one does not. */
const UNSUPPORTED = [
  "https://allowed.test/",
  "ftp://allowed.test/",
  "ws://allowed.test/",
  "gopher://x",
];

for (const url of UNSUPPORTED) {
  Deno.test(`smuggling: ${url} is 501 and the end`, async () => {
    await using world = makeWorld();
    const text = await world.exchange(`GET ${url} HTTP/1.1\r\nHost: allowed.test\r\n\r\n${INNER}`);
    assertMatch(text, /^HTTP\/1\.1 501 Not Implemented\r\n[^]*\r\nConnection: close\r\n/);
    assertEquals(world.dialled, []);
  });
}

/** First chunks that are none. The head cannot be kept back for later ones. */
const CHUNKS: Record<string, string> = {
  "a size in 0x": "0x5\r\nhello\r\n0\r\n\r\n",
  "a size below zero": "-5\r\nhello\r\n0\r\n\r\n",
  "a size with a plus": "+5\r\nhello\r\n0\r\n\r\n",
  "a size with a space in front": " 5\r\nhello\r\n0\r\n\r\n",
  "a size with a space behind": "5 \r\nhello\r\n0\r\n\r\n",
  "no size": "\r\nhello\r\n0\r\n\r\n",
  "no size, like an end": "\r\n\r\n",
  "an extension and no size, like an end": ";x\r\n\r\n",
  "a size that is no number": "five\r\nhello\r\n0\r\n\r\n",
  "a size beyond counting": "fffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
  "a size that wraps round 32 bits": "100000000000000005\r\nhello\r\n0\r\n\r\n",
  "an extension that ends in a bare carriage return": "5;a=b\rhello\r\n0\r\n\r\n",
  "an extension that ends in a bare line feed": "5;a=b\nhello\r\n0\r\n\r\n",
  "an extension without end": `5;${"a".repeat(300)}\r\nhello\r\n0\r\n\r\n`,
  "a size that ends in a bare line feed": "5\nhello\r\n0\r\n\r\n",
  "more data than its size": "4\r\nhello\r\n0\r\n\r\n",
  "data that ends in a bare line feed": "5\r\nhello\n0\r\n\r\n",
  "data that ends in a bare carriage return": "5\r\nhello\r0\r\n\r\n",
  "data that ends in a carriage return and a letter": "5\r\nhello\rx0\r\n\r\n",
  "a last chunk and a bare line feed": "0\n\n",
  "a trailer with a space before its colon": "0\r\nX : y\r\n\r\n",
  "a trailer that is folded": "0\r\nX: y\r\n z\r\n\r\n",
};

for (const [what, body] of Object.entries(CHUNKS)) {
  Deno.test(`smuggling: a chunk with ${what} is 400, and not a byte goes on`, async () => {
    await using world = makeWorld();
    const text = await world.exchange(`${POST}Transfer-Encoding: chunked\r\n\r\n${body}${INNER}`);
    assertMatch(text, /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\nConnection: close\r\n/);
    assertEquals(text.match(/HTTP\/1\.1 \d{3} /g)!.length, 1);
    await until(() => world.upstreams === 0, "the origin is let go");
    assertEquals(world.origin.received, "");
  });

  Deno.test(`smuggling: a later chunk with ${what} leaves the origin's request without an end`, async () => {
    await using world = makeWorld();
    await using client = await world.client();
    await client.send(`${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`);
    const origin = await world.origin.connection();
    await until(() => origin.received.includes("ok\r\n"), "the first chunk has gone on");
    await client.send(body + INNER);
    assertEquals(statusOf(await client.readMessage()), 400);
    await until(() => origin.ending !== null, "the origin is let go");
    assert(!origin.received.includes("\r\n0\r\n"), origin.received);
    assert(!origin.received.includes("smuggled"), origin.received);
  });
}

Deno.test("smuggling: what follows a request is the next request, and asked about", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  const evil = "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n";
  await client.send(
    `${POST}Content-Length: 0\r\n\r\n${evil}${POST}Content-Length: 5\r\n\r\nhello${evil}`,
  );
  const statuses: number[] = [];
  for (let index = 0; index < 4; index++) statuses.push(statusOf(await client.readMessage()));
  assertEquals(statuses, [200, 403, 200, 403]);
  assertEquals(world.lookups, ["allowed.test", "allowed.test"]);
});

Deno.test("smuggling: a request is written anew, so that its origin reads one request", async () => {
  await using world = makeWorld({ via: false });
  await using client = await world.client();
  await client.send(
    `pOsT ${URL_LINE}content-LENGTH: 00005\r\nX-A:   padded \t \r\nConnection: content-length, host\r\n\r\nhello`,
  );
  await client.readMessage();
  assertEquals(
    world.origin.received,
    "pOsT / HTTP/1.1\r\nHost: allowed.test\r\nX-A: padded\r\nContent-Length: 5\r\n\r\nhello",
  );
});

Deno.test("smuggling: one empty line in front of a request is ignored, as the RFC asks", async () => {
  await using world = makeWorld();
  assertEquals(statusOf(await world.ask(`\r\n${GET}\r\n`)), 200);
});

/** Responses in which another could hide. */
const RESPONSES: Record<string, string> = {
  "length and chunks":
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
  "two lengths in one": "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
  "xchunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
  "chunks in HTTP/1.0": "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "a bare line feed": "HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\n\r\n",
  "a bare carriage return": "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n",
  "a space before the colon": "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
  "a folded field": "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
};

for (const [what, response] of Object.entries(RESPONSES)) {
  Deno.test(`response smuggling: ${what} is 502, and nothing of it arrives`, async () => {
    const hidden = ok("hidden");
    await using world = makeWorld({ origin: answering(response + hidden) });
    await using client = await world.client();
    await client.send(`${GET}\r\n${GET}\r\n`);
    for (let index = 0; index < 2; index++) {
      assertEquals(statusOf(await client.readMessage()), 502);
    }
    assert(!client.received.includes("hidden"), client.received);
    assertEquals(world.dialled.length, 2);
  });
}

Deno.test("response smuggling: what follows a response is no answer to the next request", async () => {
  const tails: Record<string, string> = {
    "a second response": ok("poison"),
    "a body to a HEAD": "",
    "a byte": "x",
  };
  for (const [what, tail] of Object.entries(tails)) {
    const script: Script = async (wire, index) => {
      await wire.readMessage();
      await wire.send(index === 0 ? ok("first") + tail : ok("second"));
    };
    await using world = makeWorld({ origin: script });
    await using client = await world.client();
    const head = what === "a body to a HEAD";
    await client.send(head ? `HEAD ${URL_LINE}\r\n` : `${GET}\r\n`);
    await client.readMessage({ headOnly: head });
    await until(() => world.upstreams === 0, `the origin is let go: ${what}`);
    await client.send(`${GET}\r\n`);
    assertEquals((await client.readMessage()).body, "second", what);
  }
});

Deno.test("response smuggling: two clients never share a connection to the origin", async () => {
  await using world = makeWorld();
  await using first = await world.client();
  await using second = await world.client();
  for (const client of [first, second, first, second]) {
    await client.send(`${GET}\r\n`);
    await client.readMessage();
  }
  assertEquals(world.dialled.length, 2);
});

Deno.test("response smuggling: chunks that hide a response are 502, and nothing of it arrives", async () => {
  const bad = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0x0\r\n\r\n" +
    ok("hidden");
  await using world = makeWorld({ origin: answering(bad) });
  const answer = await world.ask(`${GET}\r\n`);
  assertEquals(statusOf(answer), 502);
  assert(!answer.body.includes("hello") && !answer.body.includes("hidden"), answer.body);
});

Deno.test("smuggling: a response cannot name framing or Connection fields for us to keep", async () => {
  const response = "HTTP/1.1 200 OK\r\nConnection: X-Secret, Content-Length\r\nX-Secret: 1\r\n" +
    "Keep-Alive: timeout=1\r\nProxy-Connection: close\r\nContent-Length: 5\r\n\r\nhello";
  await using world = makeWorld({ origin: answering(response), via: false });
  const answer = await world.ask(`${GET}\r\n`);
  assertEquals(answer.fields, ["Content-Length: 5"]);
  assertEquals(fieldOf(answer, "Content-Length"), "5");
});
