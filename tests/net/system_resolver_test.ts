import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import { formatIp } from "../../src/net/address/ip.ts";
import { systemResolver } from "../../src/net/system_resolver.ts";
import { turn } from "../support/in_time.ts";

const NEVER = new AbortController().signal;
/** What the resolver looks up at once. */
const AT_ONCE = 16;

// A name that is an address is answered by the runtime without asking anybody.
const ADDRESS = "127.0.0.1";

Deno.test("systemResolver() answers with every address", async () => {
  const resolve = systemResolver();
  assertEquals((await resolve(ADDRESS, NEVER)).map(formatIp), ["127.0.0.1"]);
  assertEquals((await resolve("2001:db8::1", NEVER)).map(formatIp), ["2001:db8::1"]);
});

Deno.test("systemResolver() answers for localhost and what is under it by itself", async () => {
  const resolve = systemResolver();
  for (const name of ["localhost", "a.localhost", "a.b.localhost"]) {
    assertEquals((await resolve(name, NEVER)).map(formatIp), ["127.0.0.1", "::1"], name);
  }
});

Deno.test("systemResolver() rejects with dns_failure when there is no answer", async () => {
  const resolve = systemResolver();
  // A label of 64 bytes does not fit into a question: no network is asked.
  const name = `${"a".repeat(64)}.test`;
  const error = await assertRejects(() => resolve(name, NEVER), ConnectError, name);
  assertEquals(error.code, "dns_failure");
  assertInstanceOf(error.cause, Error);
});

Deno.test("systemResolver() rejects with dns_failure when no address can be judged", async () => {
  const resolve = systemResolver();
  const error = await assertRejects(() => resolve("fe80::1%lo", NEVER), ConnectError);
  assertEquals(error.code, "dns_failure");
});

Deno.test("systemResolver() rejects with the reason when the signal is aborted", async () => {
  const resolve = systemResolver();
  const controller = new AbortController();
  const asking = resolve(ADDRESS, controller.signal);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => asking, RangeError, "enough");
  await assertRejects(() => resolve(ADDRESS, controller.signal), RangeError, "enough");
  await assertRejects(() => resolve("localhost", controller.signal), RangeError, "enough");
});

Deno.test("systemResolver() asks once for those who ask at the same time, and again after", async () => {
  const asked: string[] = [];
  const silent = Promise.withResolvers<void>();
  const resolve = systemResolver(async (name) => {
    asked.push(name);
    if (name === "silent.test") await silent.promise;
    return [{ address: "192.0.2.1" }];
  });
  // More than there are places: a name whose server does not answer keeps nobody from another.
  const waiting = Array.from({ length: AT_ONCE * 2 }, () => resolve("silent.test", NEVER));
  assertEquals((await resolve("a.test", NEVER)).map(formatIp), ["192.0.2.1"]);
  await turn();
  silent.resolve();
  assertEquals((await Promise.all(waiting)).length, AT_ONCE * 2);
  await resolve("a.test", NEVER);
  assertEquals(asked, ["silent.test", "a.test", "a.test"]);
});

Deno.test("systemResolver() leaves threads of the runtime to others", async () => {
  const silent = Promise.withResolvers<void>();
  let asked = 0;
  const resolve = systemResolver(async () => {
    asked += 1;
    await silent.promise;
    return [{ address: "192.0.2.1" }];
  });
  // Each in a zone of its own.
  const names = Array.from({ length: AT_ONCE + 1 }, (_, number) => `a.${number}.test`);
  const asking = names.map((name) => resolve(name, NEVER));
  await turn();
  assertEquals(asked, AT_ONCE);
  silent.resolve();
  await Promise.all(asking);
  assertEquals(asked, AT_ONCE + 1);
});

Deno.test("systemResolver() answers for other names while the servers of a zone are silent", async () => {
  const asked: string[] = [];
  const silent = Promise.withResolvers<void>();
  const resolve = systemResolver(async (name) => {
    asked.push(name);
    if (name.endsWith(".silent.test")) await silent.promise;
    return [{ address: "192.0.2.1" }];
  });
  const controller = new AbortController();
  const names = Array.from({ length: AT_ONCE * 4 }, (_, number) => `${number}.silent.test`);
  const waiting = names.map((name) => assertRejects(() => resolve(name, controller.signal)));
  await turn();
  assertEquals(asked.length, AT_ONCE / 2);
  // However many wait, and also once they have given up and their look-ups have not.
  assertEquals((await resolve("a.good.test", NEVER)).map(formatIp), ["192.0.2.1"]);
  controller.abort(new RangeError("enough"));
  await Promise.all(waiting);
  assertEquals((await resolve("b.good.test", NEVER)).map(formatIp), ["192.0.2.1"]);
  assertEquals(asked.length, AT_ONCE / 2 + 2);
  silent.resolve();
  await turn();
  assertEquals((await resolve("late.silent.test", NEVER)).map(formatIp), ["192.0.2.1"]);
});

Deno.test("systemResolver() answers everybody, however many ask at once", async () => {
  const resolve = systemResolver();
  const asking = Array.from({ length: AT_ONCE * 3 }, () => resolve(ADDRESS, NEVER));
  assertEquals((await Promise.all(asking)).length, AT_ONCE * 3);
});

Deno.test("systemResolver() lets those who wait go in order, and give up", async () => {
  const resolve = systemResolver();
  const order: string[] = [];
  const ask = (who: string, signal: AbortSignal) =>
    resolve(ADDRESS, signal).then(() => order.push(who), () => order.push(`not ${who}`));
  const controller = new AbortController();
  const first = Array.from({ length: AT_ONCE }, () => resolve(ADDRESS, NEVER));
  const waiting = [
    ask("a", NEVER),
    ask("b", controller.signal),
    ask("c", NEVER),
    ask("d", NEVER),
  ];
  controller.abort(new RangeError("enough"));
  await Promise.all([...first, ...waiting]);
  assertEquals(order, ["not b", "a", "c", "d"]);
});

Deno.test("systemResolver() gives the place of one who gave up to the next", async () => {
  const resolve = systemResolver();
  // Everybody who asks gives up: first those who wait, then those who are being answered.
  for (let round = 0; round < 3; round++) {
    const controller = new AbortController();
    const asking = Array.from(
      { length: AT_ONCE * 2 },
      () => assertRejects(() => resolve(ADDRESS, controller.signal), RangeError),
    );
    await Promise.resolve();
    controller.abort(new RangeError("enough"));
    await Promise.all(asking);
  }
  assertEquals((await resolve(ADDRESS, NEVER)).map(formatIp), ["127.0.0.1"]);
});
