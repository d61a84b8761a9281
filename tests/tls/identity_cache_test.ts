import { assertEquals, assertRejects } from "@std/assert";
import type { Host } from "../../src/net/address/host.ts";
import { IdentityCache, type Mint } from "../../src/tls/identity_cache.ts";
import { host } from "../support/host.ts";

/** A mint that counts, and what it made. */
function counting(renewAt = Infinity) {
  const made: string[] = [];
  const mint: Mint = (asked: Host) => {
    const name = asked.kind === "name" ? asked.name : "address";
    made.push(name);
    return Promise.resolve({ identity: { chain: `${name} ${made.length}`, key: "k" }, renewAt });
  };
  return { mint, made };
}

Deno.test("IdentityCache makes one identity a host", async () => {
  const { mint, made } = counting();
  const cache = new IdentityCache(mint, () => 0);
  const [first, second] = [
    await cache.identityFor(host("a.test")),
    await cache.identityFor(host("A.test.")),
  ];
  assertEquals(first, second);
  await cache.identityFor(host("b.test"));
  assertEquals(made, ["a.test", "b.test"]);
});

Deno.test("IdentityCache shares the making of one host among all who ask at once", async () => {
  const { mint, made } = counting();
  const cache = new IdentityCache(mint, () => 0);
  await Promise.all(Array.from({ length: 10 }, () => cache.identityFor(host("a.test"))));
  assertEquals(made, ["a.test"]);
});

Deno.test("IdentityCache makes an identity again when its time has come, and not before", async () => {
  const { mint, made } = counting(100);
  let now = 99;
  const cache = new IdentityCache(mint, () => now);
  await cache.identityFor(host("a.test"));
  await cache.identityFor(host("a.test"));
  assertEquals(made.length, 1);
  now = 100;
  assertEquals((await cache.identityFor(host("a.test"))).chain, "a.test 2");
});

Deno.test("IdentityCache forgets the host that was asked for least recently", async () => {
  const { mint, made } = counting();
  const cache = new IdentityCache(mint, () => 0, 2);
  const full: string[] = [];
  for (const name of ["a.test", "b.test", "a.test", "c.test", "a.test", "b.test"]) {
    await cache.identityFor(host(name), () => full.push(name));
  }
  assertEquals(made, ["a.test", "b.test", "c.test", "b.test"]);
  assertEquals(full, ["c.test", "b.test"]);
});

Deno.test("IdentityCache keeps a thousand hosts", async () => {
  const { mint, made } = counting();
  const cache = new IdentityCache(mint, () => 0);
  for (let n = 0; n <= 1000; n++) await cache.identityFor(host(`h${n}.test`));
  assertEquals(made.length, 1001);
  await cache.identityFor(host("h1.test"));
  assertEquals(made.length, 1001);
  await cache.identityFor(host("h0.test"));
  assertEquals(made.length, 1002);
});

Deno.test("IdentityCache tells all who asked of a failure, and keeps none", async () => {
  let calls = 0;
  const cache = new IdentityCache(() => {
    calls += 1;
    return calls === 1
      ? Promise.reject(new Error("no"))
      : Promise.resolve({ identity: { chain: "c", key: "k" }, renewAt: Infinity });
  }, () => 0);
  const asked = [1, 2].map(() => cache.identityFor(host("a.test")));
  for (const each of asked) await assertRejects(() => each, Error, "no");
  assertEquals((await cache.identityFor(host("a.test"))).chain, "c");
  assertEquals(calls, 2);
});
