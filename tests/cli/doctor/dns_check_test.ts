import { assertEquals } from "@std/assert";
import { dnsCheck } from "../../../src/cli/doctor/dns_check.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import { ip } from "../../support/policy.ts";
import { CHECK_MS } from "../../../src/cli/doctor/examine.ts";
import type { Resolver } from "../../../src/net/ports.ts";
import { unlessAborted } from "../../../src/net/time/unless_aborted.ts";
import type { FakeClock } from "../../support/fake_clock.ts";
import { settle } from "../fake_surroundings.ts";
import { findingsOf, linesOf, makeSituation, type SituationOptions } from "./make_situation.ts";

const RESOLVER = "ok resolver: /etc/resolv.conf names 9.9.9.9";
const files = { "/etc/resolv.conf": "# ours\nnameserver 9.9.9.9\nnameserver \x1b[2J\n" };

/** What is told where a policy allows these hosts, and denies some. */
async function linesWith(
  allowed: readonly string[],
  options: SituationOptions = {},
): Promise<string[]> {
  const toml = `[network]\nallowed_domains = ${JSON.stringify(allowed)}\n` +
    'denied_domains = ["denied.test"]\n';
  return await linesOf(dnsCheck, { files, toml, ...options });
}

Deno.test("one name is looked up, which policy allows by name", async () => {
  const asked: string[] = [];
  const resolve = (name: string) => {
    asked.push(name);
    return Promise.resolve([ip("93.184.216.34")]);
  };
  const lines = await linesWith(["*.wild.test", "denied.test", "a.test", "b.test"], { resolve });
  assertEquals(lines, [RESOLVER, "ok look-up: a.test was looked up in 0 ms"]);
  assertEquals(asked, ["a.test"]);
});

Deno.test("no name is looked up that policy does not allow", async () => {
  // Whoever looks one up here fails the test.
  assertEquals(await linesWith(["*.wild.test", "denied.test"]), [
    RESOLVER,
    "note look-up: no name was looked up: no rule allows a host by its name",
  ]);
});

Deno.test("a name that is not found is a warning, unless an upstream proxy looks names up", async () => {
  const resolve = () => Promise.reject(new ConnectError("dns_failure", "no"));
  assertEquals((await linesWith(["a.test"], { resolve })).slice(1), [
    "warning look-up: a.test was not looked up: its name cannot be resolved",
    "  see whether others can: getent hosts a.test",
  ]);
  const env = { https_proxy: "http://proxy.test:3128" };
  assertEquals((await linesWith(["a.test"], { resolve, env })).slice(1), [
    "note look-up: a.test was not looked up: its name cannot be resolved; the upstream proxy looks names up itself",
  ]);
});

Deno.test("an answer that policy blocks is told", async () => {
  const resolve = () => Promise.resolve([ip("169.254.169.254")]);
  assertEquals((await linesWith(["a.test"], { resolve })).slice(1), [
    "warning look-up: a.test leads to 169.254.169.254, which policy blocks",
    "  why: doorward explain http://a.test",
  ]);
});

Deno.test("what the system's resolver was told is told, the search list too", async () => {
  const search = { "/etc/resolv.conf": "search corp.test\x1b[2J lan\n" };
  assertEquals((await linesWith([], { files: search })).slice(0, 2), [
    "note resolver: /etc/resolv.conf names no server: a resolver on this machine is asked",
    'note search list: "corp.test\\u001b[2J", "lan": with glibc Doorward completes no name by it: write whole names everywhere',
  ]);
  assertEquals(
    (await linesWith([], { files: {} }))[0],
    "note resolver: /etc/resolv.conf cannot be read: who is asked is not known",
  );
});

Deno.test("a resolver that says nothing is told as such, before the check is given up", async () => {
  const toml = '[network]\nallowed_domains = ["a.test"]\n';
  const resolve: Resolver = (_, signal) => unlessAborted(new Promise<never>(() => {}), signal);
  const situation = await makeSituation({ toml, resolve });
  const finding = findingsOf(dnsCheck, situation);
  await settle();
  await (situation.here.clock as FakeClock).advance(CHECK_MS);
  assertEquals(
    (await finding).at(-1)?.found,
    "a.test was not looked up: its name was not resolved in time",
  );
  situation.deadlines.stop();
});
