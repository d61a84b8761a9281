// Answers of DNS that are slow, or none at all: a failure that is told as one, and no word of policy.
import { assertEquals } from "@std/assert";
import { never } from "../support/door.ts";
import { until } from "../support/in_time.ts";
import { askSocks, domainAddress, socksRequest } from "../support/socks.ts";
import { statusOf, type Wire } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const HOUR = 3_600_000;

/** Reply codes of RFC 1928 section 6; 0x02 would say that policy refused it. */
const HOST_UNREACHABLE = 0x04;
const TTL_EXPIRED = 0x06;

/** Asks for a name, and gives the status, or the reply code of SOCKS5. */
const ENTRANCES: Readonly<Record<string, (client: Wire, name: string) => Promise<number>>> = {
  "plain HTTP": async (client, name) => {
    await client.send(`GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
    return statusOf(await client.readMessage());
  },
  "CONNECT": async (client, name) => {
    await client.send(`CONNECT ${name}:443 HTTP/1.1\r\nHost: ${name}:443\r\n\r\n`);
    return statusOf(await client.readMessage());
  },
  "SOCKS5": (client, name) => askSocks(client, socksRequest(domainAddress(name, 443))),
};

for (const [entrance, ask] of Object.entries(ENTRANCES)) {
  const isSocks = entrance === "SOCKS5";

  Deno.test(`DNS answers: a name whose server is silent costs its own limit, by ${entrance}`, async () => {
    await using world = makeWorld({
      policy: { allow: ["allowed.test", "silent.test"] },
      limits: { dnsMs: 2_000, headMs: HOUR, idleMs: HOUR },
      resolve: { "silent.test": (_, signal) => never(signal) },
    });
    await using waiting = await world.client();
    const answer = ask(waiting, "silent.test");
    await until(() => world.lookups.length === 1, "it is looked up");
    // Nobody else waits for it.
    await world.ask("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
    const before = world.clock.monotonic();
    await world.pass(60_000, answer);
    assertEquals(await answer, isSocks ? TTL_EXPIRED : 504);
    assertEquals(world.clock.monotonic() - before < 4_000, true);
    assertEquals([world.blocked, world.dialled.length], [[], 1]);
  });

  Deno.test(`DNS answers: a flood of names that do not exist is no policy, by ${entrance}`, async () => {
    await using world = makeWorld({ policy: { allow: ["**.allowed.test"] } });
    const names = Array.from({ length: 200 }, (_, at) => `n${at}.allowed.test`);
    const codes = await Promise.all(names.map(async (name) => {
      await using client = await world.client();
      return await ask(client, name);
    }));
    assertEquals(new Set(codes), new Set([isSocks ? HOST_UNREACHABLE : 502]));
    // Once each: what fails is not asked again for the same request.
    assertEquals(world.lookups.length, names.length);
    assertEquals([world.blocked, world.dialled], [[], []]);
    await until(() => world.proxy.connections === 0, "all have been let go");
  });

  Deno.test(`DNS answers: of 64 addresses that nobody answers at sixteen are tried, by ${entrance}`, async () => {
    const addresses = Array.from({ length: 64 }, (_, at) => `93.184.216.${at + 1}`);
    await using world = makeWorld({
      policy: { allow: ["many.test"] },
      resolve: { "many.test": addresses },
      dial: (_, signal) => never(signal),
    });
    await using client = await world.client();
    const answer = ask(client, "many.test");
    await until(() => world.dialled.length === 1, "the first is dialled");
    await world.pass(60_000, answer);
    assertEquals(await answer, isSocks ? TTL_EXPIRED : 504);
    assertEquals(world.dialled.length, 16);
  });
}
