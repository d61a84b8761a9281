import { assert, assertEquals } from "@std/assert";
import { turn, until } from "../support/in_time.ts";
import { ok, type Script } from "../support/origin.ts";
import { type Random, seededRandom } from "../support/random.ts";
import { statusOf, type Wire } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

const CLIENTS = 100;
const SECONDS = 1000;

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const POST = "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n";

const REQUESTS = [
  GET,
  GET.replace("GET", "HEAD"),
  GET.replaceAll("allowed", "denied"),
  "GET http://allowed.test/ HTTP/1.0\r\n\r\n",
  `${POST}Content-Length: 5\r\n\r\nhello`,
  `${POST}Content-Length: 50000\r\n\r\n${"x".repeat(50_000)}`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n`,
  "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\nbytes",
  "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n" +
  "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes",
  "garbage\r\n\r\n",
];

const RESPONSES = [
  ok(),
  ok("y".repeat(100_000)),
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\n\r\nuntil the end",
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nframes",
  "garbage\r\n\r\n",
  "",
];

/** An origin that answers anything, or a part of it, and leaves when it likes. */
function fickle(random: Random): Script {
  return async (wire) => {
    for (let index = 0; index < 5 && wire.ending === null; index++) {
      if (random.below(3) > 0) await wire.readHead();
      const response = random.pick(RESPONSES);
      const length = random.below(4) > 0 ? response.length : random.below(response.length + 1);
      await wire.send(response.slice(0, length));
      const whim = random.below(6);
      if (whim === 0) return wire.close();
      if (whim === 1) await wire.closeWrite();
    }
  };
}

/** A client that sends requests, or a part of them, in pieces, and leaves when it likes. */
async function visit(world: World, random: Random): Promise<Wire> {
  const client = await world.client({ paused: random.below(8) === 0 });
  const whole = random.pick(REQUESTS) + random.pick(REQUESTS);
  const text = whole.slice(0, random.below(3) > 0 ? whole.length : random.below(whole.length + 1));
  const step = 1 + random.below(random.pick([20, 60_000]));
  for (let at = 0; at < text.length && at < step * 100; at += step) {
    await client.send(text.slice(at, at + step));
    if (random.below(4) === 0) await turn();
  }
  const whim = random.below(5);
  if (whim === 0) client.close();
  if (whim === 1) await client.closeWrite();
  return client;
}

for (const seed of [1, 2]) {
  Deno.test(`whatever clients and origins do, the proxy lives and keeps nothing (${seed})`, async () => {
    const random = seededRandom(seed);
    const script = fickle(random);
    await using world = makeWorld({
      origin: (wire, index) =>
        script(wire, index).catch(() => {
          // The proxy may leave it whenever it likes, too.
        }),
      limits: {
        headMs: 3 * SECONDS,
        idleMs: 5 * SECONDS,
        bodyIdleMs: 5 * SECONDS,
        responseMs: 5 * SECONDS,
        tunnelIdleMs: 5 * SECONDS,
      },
    });
    for (let index = 0; index < CLIENTS; index++) {
      await visit(world, random).catch(() => {
        // Cut off by the proxy: that is its right.
      });
      if (random.below(5) === 0) await world.pass(250 * random.below(8));
      if (index % 50 === 49) world.setPolicy({ allow: ["allowed.test"], deny: ["93.184.216.34"] });
      if (index % 50 === 9) world.setPolicy({ allow: ["allowed.test"] });
    }
    const gone = until(
      () => world.proxy.connections === 0 && world.upstreams === 0,
      "every client and every origin is let go",
    );
    await world.pass(120 * SECONDS, gone);
    await gone;
    assert(world.dialled.length > CLIENTS / 4 && world.blocked.length > CLIENTS / 10);
    assertEquals(statusOf(await world.ask(GET.replaceAll("allowed", "denied"))), 403);
  });
}
