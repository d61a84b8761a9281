import { assertEquals, assertRejects } from "@std/assert";
import type { IpAddress } from "../../src/net/address/ip.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { countedResolver } from "../../src/proxy/counted_resolver.ts";
import type { LimitName } from "../../src/proxy/limits.ts";
import { ip } from "../support/policy.ts";

const NEVER = new AbortController().signal;
const IPS = [ip("8.8.8.8"), ip("8.8.4.4")];

function make(dnsLookups: number, dnsAddresses = 2) {
  const waiting: PromiseWithResolvers<readonly IpAddress[]>[] = [];
  const reached: LimitName[] = [];
  const resolve = countedResolver(
    () => {
      const next = Promise.withResolvers<readonly IpAddress[]>();
      waiting.push(next);
      return next.promise;
    },
    { dnsLookups, dnsAddresses },
    (limit) => reached.push(limit),
  );
  return { waiting, reached, resolve: (name: string) => resolve(name, NEVER) };
}

Deno.test("countedResolver() takes so many look-ups at once, and refuses the next without asking", async () => {
  const { waiting, reached, resolve } = make(2);
  const [first, second] = [resolve("a.test"), resolve("b.test")];
  const error = await assertRejects(() => resolve("c.test"), ConnectError);
  assertEquals([error.code, error.detail], [
    "too_many_lookups",
    "dns_lookups under [network.limits]",
  ]);
  assertEquals([waiting.length, reached], [2, ["dnsLookups"]]);
  waiting[0]!.resolve(IPS);
  assertEquals(await first, IPS);
  const third = resolve("c.test");
  for (const each of waiting) each.resolve(IPS);
  assertEquals([await second, await third], [IPS, IPS]);
});

Deno.test("countedResolver() gives the place of a look-up back that fails", async () => {
  const { waiting, reached, resolve } = make(1);
  for (const turn of [0, 1]) {
    const failing = assertRejects(() => resolve("a.test"), ConnectError, "No");
    waiting[turn]!.reject(new ConnectError("dns_failure", "No"));
    await failing;
  }
  assertEquals(reached, []);
});

Deno.test("countedResolver() notes an answer of more addresses than are tried, and passes it on whole", async () => {
  for (const [max, noted] of [[2, []], [1, ["dnsAddresses"]]] as const) {
    const { waiting, reached, resolve } = make(1, max);
    const answer = resolve("a.test");
    waiting[0]!.resolve(IPS);
    assertEquals([await answer, reached], [IPS, [...noted]]);
  }
});
