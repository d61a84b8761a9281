import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { until } from "../support/in_time.ts";
import { answering, ok, type Script } from "../support/origin.ts";
import { fieldOf, fieldsOf, statusOf, type Wire } from "../support/wire.ts";
import { ALLOWED_IP, makeWorld } from "../support/world.ts";

const HOST = "Host: allowed.test\r\n";

function get(path = "/", ...fields: readonly string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join("");
  return `GET http://allowed.test${path} HTTP/1.1\r\n${HOST}${lines}\r\n`;
}

function post(body: string, path = "/"): string {
  return `POST http://allowed.test${path} HTTP/1.1\r\n${HOST}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** Answers each request with what it was: `METHOD target body`. */
const echo: Script = async (wire) => {
  while (true) {
    const { start, body } = await wire.readMessage();
    await wire.send(ok(`${start.replace(" HTTP/1.1", "")} ${body}`));
  }
};

/** Reads one request head, answers with bytes, and says the end. */
function once(response: string): Script {
  return async (wire) => {
    await wire.readHead();
    await wire.send(response);
    await wire.closeWrite();
  };
}

Deno.test("a client gets http://host/path from the origin, in origin-form", async () => {
  await using world = makeWorld({ via: false });
  const answer = await world.ask(get("/a/b?c=d&e", "Accept: */*", "X-Case: Kept"));
  assertEquals(answer.raw, ok());
  assertEquals(
    world.origin.received,
    "GET /a/b?c=d&e HTTP/1.1\r\nHost: allowed.test\r\nAccept: */*\r\nX-Case: Kept\r\n\r\n",
  );
  assertEquals(world.lookups, ["allowed.test"]);
  assertEquals(world.dialled, [`${ALLOWED_IP}:80`]);
  assertEquals(world.blocked, []);
});

Deno.test("a client that names a port gets to that port", async () => {
  await using world = makeWorld();
  await world.ask("GET http://Allowed.Test:8080 HTTP/1.1\r\nHost: allowed.test:8080\r\n\r\n");
  assertEquals(world.dialled, [`${ALLOWED_IP}:8080`]);
  assertStringIncludes(world.origin.received, "GET / HTTP/1.1\r\nHost: allowed.test:8080\r\n");
});

Deno.test("a client that does not know it speaks to a proxy is served by its Host", async () => {
  await using world = makeWorld({ via: false });
  await world.ask(`GET /path HTTP/1.1\r\n${HOST}\r\n`);
  assertEquals(world.origin.received, `GET /path HTTP/1.1\r\n${HOST}\r\n`);
});

Deno.test("an empty path and a query alone become origin-form", async () => {
  await using world = makeWorld({ origin: echo });
  const target = async (url: string) =>
    (await world.ask(`GET ${url} HTTP/1.1\r\n${HOST}\r\n`)).body;
  assertEquals(await target("http://allowed.test"), "GET / ");
  assertEquals(await target("http://allowed.test?q"), "GET /?q ");
  assertEquals(await target("HTTP://allowed.test/%2e%2E/;x//"), "GET /%2e%2E/;x// ");
});

Deno.test("OPTIONS for a whole server goes out as an asterisk", async () => {
  await using world = makeWorld({ origin: echo });
  const options = async (target: string) =>
    (await world.ask(`OPTIONS ${target} HTTP/1.1\r\n${HOST}\r\n`)).body;
  assertEquals(await options("http://allowed.test"), "OPTIONS * ");
  assertEquals(await options("*"), "OPTIONS * ");
  assertEquals(await options("http://allowed.test/"), "OPTIONS / ");
});

Deno.test("a kept client connection uses one connection to the origin", async () => {
  await using world = makeWorld({ origin: echo });
  await using client = await world.client();
  for (let index = 0; index < 5; index++) {
    await client.send(get(`/${index}`));
    assertEquals((await client.readMessage()).body, `GET /${index} `);
  }
  assertEquals([world.dialled.length, world.lookups.length], [1, 1]);
  assertEquals(world.upstreams, 1);
});

Deno.test("a kept client connection that turns to another host drops the first", async () => {
  await using world = makeWorld({
    origin: echo,
    policy: { allow: ["allowed.test", "other.test"] },
    resolve: { "other.test": ["93.184.216.35"] },
  });
  await using client = await world.client();
  await client.send(get());
  await client.readMessage();
  await client.send("GET http://other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n");
  await client.readMessage();
  await (await world.origin.connection(0)).readEnd();
  assertEquals(world.dialled, [`${ALLOWED_IP}:80`, "93.184.216.35:80"]);
  assertEquals(world.upstreams, 1);
});

Deno.test("the origin's connection ends with the client's", async () => {
  await using world = makeWorld();
  const client = await world.client();
  await client.send(get());
  await client.readMessage();
  client.close();
  const origin = await world.origin.connection();
  await until(() => origin.ending !== null, "the origin's connection ends");
});

Deno.test("pipelined requests are answered in order, bodies and all", async () => {
  await using world = makeWorld({ origin: echo });
  await using client = await world.client();
  const chunked =
    `POST http://allowed.test/3 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n` +
    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  await client.send(
    get("/1") + post("body of two", "/2") + chunked + post("", "/4") + get("/5"),
  );
  const bodies: string[] = [];
  for (let index = 0; index < 5; index++) bodies.push((await client.readMessage()).body);
  assertEquals(bodies, ["GET /1 ", "POST /2 body of two", "POST /3 abcde", "POST /4 ", "GET /5 "]);
  assertEquals(world.dialled.length, 1);
});

Deno.test("a request in single bytes is the same request", async () => {
  await using world = makeWorld({ origin: echo });
  await using client = await world.client();
  for (const byte of post("hello")) await client.send(byte);
  assertEquals((await client.readMessage()).body, "POST / hello");
});

Deno.test("a chunked upload stays chunked, in chunks of our own", async () => {
  await using world = makeWorld({ origin: echo, via: false });
  await using client = await world.client();
  await client.send(
    `POST http://allowed.test/ HTTP/1.1\r\n${HOST}Transfer-Encoding: Chunked\r\n\r\n` +
      "00005;name=value\r\nhello\r\n0;x\r\nX-Trailer: t\r\nContent-Length: 3\r\n\r\n",
  );
  assertEquals((await client.readMessage()).body, "POST / hello");
  assertEquals(
    world.origin.received,
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n` +
      "5\r\nhello\r\n0\r\nX-Trailer: t\r\n\r\n",
  );
});

Deno.test("a chunked response stays chunked, with its trailers", async () => {
  const response = "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n" +
    "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\nSet-Cookie: no\r\n\r\n";
  await using world = makeWorld({ origin: answering(response) });
  await using client = await world.client();
  await client.send(get() + get());
  for (let index = 0; index < 2; index++) {
    const answer = await client.readMessage();
    assertEquals([answer.body, answer.trailers], ["abcde", ["X-Sum: 5"]]);
    assertEquals(fieldOf(answer, "Trailer"), "X-Sum");
  }
  assertEquals(world.dialled.length, 1);
});

Deno.test("a response that ends with its connection ends with the client's", async () => {
  await using world = makeWorld({ origin: once("HTTP/1.1 200 OK\r\n\r\nall of it") });
  await using client = await world.client();
  await client.send(get());
  const answer = await client.readMessage();
  assertEquals([answer.body, fieldOf(answer, "Connection")], ["all of it", "close"]);
});

Deno.test("a client of HTTP/1.0 is answered without chunks, interims or keep-alive", async () => {
  const response = "HTTP/1.1 103 Early Hints\r\n\r\n" +
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  await using world = makeWorld({ origin: answering(response), via: false });
  const answer = await world.exchange(
    "GET http://allowed.test/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  );
  assertEquals(answer, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
  assertEquals(world.origin.received, `GET / HTTP/1.1\r\n${HOST}\r\n`);
});

Deno.test("a HEAD has no body, and the next request is answered on the same connections", async () => {
  const length = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  await using world = makeWorld({ origin: answering(length, chunked, ok("third")) });
  await using client = await world.client();
  const head = get().replace("GET", "HEAD");
  await client.send(head + head + get());
  const first = await client.readMessage({ headOnly: true });
  assertEquals(fieldOf(first, "Content-Length"), "1000");
  const second = await client.readMessage({ headOnly: true });
  assertEquals(fieldOf(second, "Transfer-Encoding"), undefined);
  assertEquals((await client.readMessage()).body, "third");
  assertEquals(world.dialled.length, 1);
});

Deno.test("204 and 304 have no body, and the next request is answered on the same connections", async () => {
  const none = "HTTP/1.1 204 No Content\r\n\r\n";
  const same = "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: x\r\n\r\n";
  await using world = makeWorld({ origin: answering(none, same, ok("third")) });
  await using client = await world.client();
  await client.send(get() + get() + get());
  assertEquals(statusOf(await client.readMessage()), 204);
  assertEquals(statusOf(await client.readMessage()), 304);
  assertEquals((await client.readMessage()).body, "third");
  assertEquals(world.dialled.length, 1);
});

Deno.test("a client that expects 100-continue gets it from the origin before it sends", async () => {
  const patient: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 100 Continue\r\n\r\n");
    const body = await wire.readExactly(5);
    await wire.send(ok(body));
  };
  await using world = makeWorld({ origin: patient });
  await using client = await world.client();
  await client.send(post("hello").replace("\r\n\r\nhello", "\r\nExpect: 100-continue\r\n\r\n"));
  assertStringIncludes(await client.readHead(), "HTTP/1.1 100 Continue\r\n");
  await client.send("hello");
  assertEquals((await client.readMessage()).body, "hello");
  assertStringIncludes(world.origin.received, "Expect: 100-continue\r\n");
});

Deno.test("a client that expects 100-continue and is refused is told before it sends", async () => {
  const strict = once("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
  await using world = makeWorld({ origin: strict });
  await using client = await world.client();
  await client.send(post("hello").replace("\r\n\r\nhello", "\r\nExpect: 100-continue\r\n\r\n"));
  const answer = await client.readMessage();
  assertEquals([statusOf(answer), fieldOf(answer, "Connection")], [417, "close"]);
  await client.readEnd();
});

Deno.test("early hints arrive before the answer", async () => {
  const hints: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 5\r\n\r\n");
    await wire.readUntil("go");
    await wire.send(ok());
  };
  await using world = makeWorld({ origin: hints, via: false });
  await using client = await world.client();
  await client.send(post("go").replace("go", ""));
  assertEquals(await client.readHead(), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  await client.send("go");
  assertEquals((await client.readMessage()).body, "hello");
});

Deno.test("an answer before the end of an upload arrives, and the upload ends there", async () => {
  const impatient = once("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!");
  await using world = makeWorld({ origin: impatient });
  await using client = await world.client();
  await client.send(
    `POST http://allowed.test/ HTTP/1.1\r\n${HOST}Content-Length: 1000000\r\n\r\nsome of it`,
  );
  const answer = await client.readMessage();
  assertEquals([statusOf(answer), answer.body], [413, "no!"]);
  assertEquals(fieldOf(answer, "Connection"), "close");
  await client.readEnd();
  assertEquals(world.upstreams, 0);
});

Deno.test("what the origin says goes through: status, reason, fields in order and case", async () => {
  const response = "HTTP/1.1 599 Odd \xe9\r\nb: 1\r\nA: 2\r\nset-cookie: x\r\nSet-Cookie: y\r\n" +
    "Content-Length: 0\r\n\r\n";
  await using world = makeWorld({ origin: answering(response), via: false });
  assertEquals((await world.ask(get())).raw, response);
});

Deno.test("Via names us on the way there and back, in the sender's version", async () => {
  await using world = makeWorld({ origin: once("HTTP/1.0 200 OK\r\nVia: 1.1 cdn\r\n\r\n") });
  await using client = await world.client();
  await client.send(get("/", "Via: 1.1 first"));
  const answer = await client.readMessage();
  const [theirs, ours] = fieldsOf(answer, "Via");
  assertEquals(theirs, "1.1 cdn");
  assert(/^1\.0 doorward-[0-9a-f]+$/.test(ours!), ours);
  assertStringIncludes(
    world.origin.received,
    `Via: 1.1 first\r\nVia: ${ours!.replace("1.0", "1.1")}\r\n`,
  );
});

Deno.test("a client that says close is answered and closed", async () => {
  await using world = makeWorld();
  const text = await world.exchange(get("/", "Connection: close") + get("/never"));
  assertEquals(text.split("HTTP/1.1 ").length - 1, 1);
  assertStringIncludes(text, "Connection: close\r\n");
  assertEquals(world.origin.received.includes("/never"), false);
});

Deno.test("a client that half-closes after its request gets its answer", async () => {
  const slow: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
    await wire.send("later");
  };
  await using world = makeWorld({ origin: slow });
  await using client = await world.client();
  await client.send(get());
  await client.closeWrite();
  assertEquals((await client.readMessage()).body, "firstlater");
  await client.readEnd();
});

Deno.test("an origin that died while it was kept is replaced once for a GET", async () => {
  const dying: Script = async (wire, index) => {
    await wire.readMessage();
    await wire.send(ok(`from ${index}`));
    if (index > 0) return;
    // It takes the next request and dies of it.
    await wire.readMessage();
    wire.close();
  };
  await using world = makeWorld({ origin: dying });
  await using client = await world.client();
  await client.send(get() + get());
  assertEquals((await client.readMessage()).body, "from 0");
  assertEquals((await client.readMessage()).body, "from 1");
  assertEquals(world.lookups.length, 2);
});

Deno.test("an origin that died while it was kept is not sent a POST again", async () => {
  const dying: Script = async (wire) => {
    await wire.readMessage();
    await wire.send(ok());
    await wire.readMessage();
    wire.close();
  };
  await using world = makeWorld({ origin: dying });
  await using client = await world.client();
  await client.send(post("first"));
  await client.readMessage();
  await client.send(post("second"));
  assertEquals(statusOf(await client.readMessage()), 502);
  assertEquals(world.dialled.length, 1);
});

Deno.test("an origin whose end was seen is replaced for a POST too", async () => {
  const short: Script = async (wire, index) => {
    await wire.readMessage();
    await wire.send(ok(`from ${index}`));
    if (index === 0) await wire.closeWrite();
  };
  await using world = makeWorld({ origin: short });
  await using client = await world.client();
  await client.send(post("first"));
  await client.readMessage();
  await until(() => world.upstreams === 0, "the proxy has seen the end");
  await client.send(post("second"));
  assertEquals((await client.readMessage()).body, "from 1");
});

Deno.test("an IPv6 origin is reached on [::1]", { ignore: !hasIpv6() }, async () => {
  await using world = makeWorld({ originAt: "::1", policy: { allow: ["::1"] } });
  const { port } = world.origin.address;
  const answer = await world.ask(
    `GET http://[::1]:${port}/ HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\n`,
  );
  assertEquals(answer.body, "hello");
  assertEquals(world.dialled, [`[::1]:${port}`]);
  assertStringIncludes(world.origin.received, `Host: [::1]:${port}\r\n`);
});

Deno.test("megabytes go both ways unchanged", async () => {
  const text = "0123456789abcdef".repeat(64 * 1024);
  await using world = makeWorld({ origin: bigEcho });
  await using client = await world.client();
  const [, answer] = await Promise.all([client.send(post(text)), readBig(client, text.length)]);
  assert(answer === text, "the body came back changed");
});

/** Returns the body of the one request, as it came. */
const bigEcho: Script = async (wire) => {
  const head = await wire.readHead();
  const length = Number(/content-length: (\d+)/i.exec(head)![1]);
  await wire.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
  await wire.send(await wire.readExactly(length));
};

async function readBig(client: Wire, length: number): Promise<string> {
  await client.readHead();
  return await client.readExactly(length);
}

/** Whether this machine has ::1, which not every container does. */
function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
