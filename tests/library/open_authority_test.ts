import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { authorityFilesOf, openAuthority, openOrMake } from "../../src/library/open_authority.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { loadConfig } from "../../src/config/config.ts";
import { configSource } from "../../src/cli/config_source.ts";
import { certificatesIn } from "../../src/tls/pem.ts";
import { host } from "../support/host.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { fakeSurroundings } from "../cli/fake_surroundings.ts";
import { NO_FLAGS } from "../support/policy_flags.ts";

/** A machine with this home folder, and the configuration that holds on it with these flags. */
async function machine(scratch: Scratch | null, ...overrides: readonly string[]) {
  const here = fakeSurroundings({
    env: scratch === null ? {} : scratch.env,
    os: Deno.build.os,
  });
  const flags = { ...NO_FLAGS, overrides };
  return { here, config: await loadConfig(await configSource(flags, here)) };
}

Deno.test("openAuthority() does nothing while nothing is looked into", async () => {
  await using scratch = await makeScratch();
  const { here, config } = await machine(scratch);
  assertEquals(await openAuthority(config, here), null);
  await assertRejects(() => Deno.stat(`${scratch.home}/doorward/proxy`), Deno.errors.NotFound);
});

Deno.test("openAuthority() makes an authority and a bundle, and finds both again", async () => {
  await using scratch = await makeScratch();
  const { here, config } = await machine(scratch, "network.mitm=true");
  const first = (await openAuthority(config, here))!;
  const again = (await openAuthority(config, here))!;
  assertEquals(again.bundlePath, first.bundlePath);
  assertEquals(again.authority.certificate, first.authority.certificate);
  const proxy = `${scratch.home}/doorward/proxy`;
  assertEquals(await Deno.readTextFile(`${proxy}/ca.pem`), first.authority.certificate);
  assertMatch(first.bundlePath.slice(proxy.length), /^\/ca-bundle-[0-9a-f]{64}\.pem$/);
  assertEquals(certificatesIn(await Deno.readTextFile(first.bundlePath)), [
    ...first.roots,
    first.authority.certificate,
  ]);
  assertEquals(first.roots.includes(first.authority.certificate), false);
  assertEquals(first.warnings, []);
});

Deno.test("openAuthority() takes the authority that mitm_ca names", async () => {
  await using scratch = await makeScratch();
  const other = await makeScratch();
  await using _other = other;
  const theirs = await machine(other, "network.mitm=true");
  const { authority } = (await openAuthority(theirs.config, theirs.here))!;
  const folder = `${other.home}/doorward/proxy`;
  const { here, config } = await machine(
    scratch,
    "network.mitm=true",
    `network.mitm_ca={certificate_file="${folder}/ca.pem",private_key_file="${folder}/ca.key"}`,
  );
  const opened = (await openAuthority(config, here))!;
  assertEquals(opened.authority.certificate, authority.certificate);
  assertEquals(opened.bundlePath.startsWith(`${scratch.home}/doorward/proxy/`), true);
  await assertRejects(
    () => Deno.stat(`${scratch.home}/doorward/proxy/ca.pem`),
    Deno.errors.NotFound,
  );
});

Deno.test("openAuthority() keeps as many certificates as the limit says", async () => {
  await using scratch = await makeScratch();
  const one = "network.limits.intercepted_certificates=1";
  const { here, config } = await machine(scratch, "network.mitm=true", one);
  const { authority } = (await openAuthority(config, here))!;
  const full: string[] = [];
  for (const name of ["a.test", "a.test", "b.test"]) {
    await authority.identityFor(host(name), () => full.push(name));
  }
  assertEquals(full, ["b.test"]);
});

Deno.test("openAuthority() needs a home folder, and says how to name one", async () => {
  const { here, config } = await machine(null, "network.mitm=true");
  const error = await assertRejects(() => openAuthority(config, here), ConfigError);
  assertEquals(
    error.message,
    "-c: there is no home folder to keep the certificate authority in: set DOORWARD_HOME",
  );
});

Deno.test("openOrMake() makes one whether or not anything is looked into", async () => {
  await using scratch = await makeScratch();
  const { here, config } = await machine(scratch);
  const { certificate } = await openOrMake(authorityFilesOf(config), here);
  assertEquals((await openOrMake(authorityFilesOf(config), here)).certificate, certificate);
});
