import { assert, assertEquals, assertMatch } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { until } from "../support/in_time.ts";
import { answering, ok, type Script } from "../support/origin.ts";
import { fieldOf, statusOf } from "../support/wire.ts";
import { ALLOWED_IP, makeWorld } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";

/** Reads a request and does whatever is wrong with it. */
function saying(bytes: string): Script {
  return async (wire) => {
    await wire.readHead();
    await wire.send(bytes);
    await wire.closeWrite();
  };
}

Deno.test("an origin that is not there is 502, and the client's connection stays", async () => {
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = nobody.addr;
  nobody.close();
  await using world = makeWorld({
    policy: { allow: ["127.0.0.1", "allowed.test"] },
    dial: (to, signal) => to.port === port ? tcpDialer(to, signal) : null,
  });
  await using client = await world.client();
  await client.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  const answer = await client.readMessage();
  assertEquals([statusOf(answer), JSON.parse(answer.body).reason], [502, "connection_refused"]);
  await client.send(GET);
  assertEquals((await client.readMessage()).body, "hello");
});

Deno.test("a name that nobody knows is 502 with its own reason, not a block", async () => {
  await using world = makeWorld({ policy: { allow: ["nobody.test"] } });
  const answer = await world.ask("GET http://nobody.test/ HTTP/1.1\r\nHost: nobody.test\r\n\r\n");
  assertEquals([statusOf(answer), JSON.parse(answer.body).reason], [502, "dns_failure"]);
  assertEquals(fieldOf(answer, "x-proxy-error"), undefined);
  assertEquals(world.blocked, []);
});

Deno.test("a name without addresses is 502", async () => {
  await using world = makeWorld({ resolve: { "allowed.test": [] } });
  const answer = await world.ask(GET);
  assertEquals([statusOf(answer), JSON.parse(answer.body).reason], [502, "dns_failure"]);
});

Deno.test("a dead address is passed over for a living one", async () => {
  await using world = makeWorld({
    resolve: { "allowed.test": ["93.184.216.1", "93.184.216.2", "93.184.216.3"] },
    dial: (to) =>
      to.ip.bits === 0x5db8d803n
        ? null
        : Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
  });
  assertEquals((await world.ask(GET)).body, "hello");
  assertEquals(world.dialled, ["93.184.216.1:80", "93.184.216.2:80", "93.184.216.3:80"]);
});

Deno.test("an origin whose answer is no answer is 502", async () => {
  const table: Record<string, string> = {
    "nothing": "",
    "half a status line": "HTTP/1.1 20",
    "half a head": "HTTP/1.1 200 OK\r\nContent-Le",
    "another protocol": "SSH-2.0-OpenSSH_9.6\r\n",
    "TLS": "\x15\x03\x01\x00\x02\x02\x46",
    "HTTP/2": "HTTP/2 200 OK\r\n\r\n",
    "HTTP/0.9": "<html></html>",
    "a status of two digits": "HTTP/1.1 20 OK\r\n\r\n",
    "a status below 100": "HTTP/1.1 099 OK\r\n\r\n",
    "a bare line feed": "HTTP/1.1 200 OK\n\n",
    "a folded field": "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
    "a space before the colon": "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
    "a NUL": "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
    "a length that is none": "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
    "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "length and chunks": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "another coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "chunks in HTTP/1.0": "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "101 unasked": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
    "interim answers only": "HTTP/1.1 100 Continue\r\n\r\n",
    "interim answers without end": "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50),
  };
  for (const [what, bytes] of Object.entries(table)) {
    await using world = makeWorld({ origin: saying(bytes) });
    await using client = await world.client();
    await client.send(GET);
    let answer = await client.readMessage();
    for (let interim = 0; interim < 16 && statusOf(answer) < 200; interim++) {
      answer = await client.readMessage();
    }
    assertEquals(statusOf(answer), 502, what);
    assertEquals(JSON.parse(answer.body).reason, "bad_response", what);
    assertEquals(world.dialled.length, 1, what);
    await until(() => world.upstreams === 0, "the origin is let go");
  }
});

Deno.test("a head without end from the origin is 502 before its end", async () => {
  await using world = makeWorld({
    origin: saying(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(4096)}`),
    limits: { headBytes: 1024 },
    troubled: true,
  });
  assertEquals(statusOf(await world.ask(GET)), 502);
});

Deno.test("a response that is cut short is cut short for the client too", async () => {
  const table = [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\nX: y\r\n",
  ];
  for (const bytes of table) {
    await using world = makeWorld({ origin: saying(bytes) });
    const text = await world.exchange(GET);
    assertMatch(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert(!text.endsWith("0\r\n\r\n") && !text.includes("Content-Length: 4\r\n"), text);
  }
});

Deno.test("an origin that resets is 502, or cuts off what it had begun", async () => {
  const resetting: Script = async (wire) => {
    // Closing while more is on its way to it is a reset.
    await wire.readHead();
    wire.close();
  };
  await using world = makeWorld({ origin: resetting });
  await using client = await world.client();
  await client.send(
    `POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 200000\r\n\r\n` +
      "x".repeat(200_000),
  );
  const answer = await client.readMessage();
  assertEquals([statusOf(answer), fieldOf(answer, "Connection")], [502, "close"]);
});

Deno.test("a fault of one client or origin leaves the others alone", async () => {
  const fickle: Script = async (wire) => {
    while (true) {
      const { start } = await wire.readMessage();
      await wire.send(start.includes("/bad") ? "garbage\r\n\r\n" : ok());
    }
  };
  await using world = makeWorld({ origin: fickle });
  await using steady = await world.client();
  for (let round = 0; round < 10; round++) {
    assertEquals(statusOf(await world.ask(GET.replace("/ ", "/bad "))), 502);
    const rude = await world.client();
    await rude.send("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n");
    rude.close();
    await steady.send(GET);
    assertEquals((await steady.readMessage()).body, "hello");
  }
});

Deno.test("clients that leave at every point of a request leave nothing behind", async () => {
  const request = "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n" +
    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  await using world = makeWorld({ origin: answering(ok("x".repeat(1000))) });
  for (let length = 0; length <= request.length; length += 4) {
    const client = await world.client();
    await client.send(request.slice(0, length));
    client.close();
  }
  await until(() => world.proxy.connections === 0, "all have been let go");
  await until(() => world.upstreams === 0, "all origins have been let go");
  assertEquals(world.diagnosed, []);
});

Deno.test("a look-up that fails is not remembered", async () => {
  let fails = true;
  await using world = makeWorld({
    resolve: {
      "allowed.test": () => {
        if (fails) throw new ConnectError("dns_failure", "Cannot resolve");
        return Promise.resolve([{ family: 4, bits: 0x5db8d822n }]);
      },
    },
  });
  assertEquals(statusOf(await world.ask(GET)), 502);
  fails = false;
  assertEquals(statusOf(await world.ask(GET)), 200);
  assertEquals(world.dialled, [`${ALLOWED_IP}:80`]);
});
