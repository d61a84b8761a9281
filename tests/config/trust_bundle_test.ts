import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConfigError } from "../../src/config/errors.ts";
import {
  CA_FILE_VARIABLES,
  hasBundleName,
  trustBundle,
  upstreamRoots,
  writeTrustBundle,
} from "../../src/config/trust_bundle.ts";
import { newAuthority } from "../../src/tls/authority.ts";
import { certificatesIn, writePem } from "../../src/tls/pem.ts";
import { makeScratch } from "../support/scratch.ts";

const isWindows = Deno.build.os === "windows";
const { os } = Deno.build;
const [ours, a, b] = [await newAuthority(0), await newAuthority(0), await newAuthority(0)];
const OURS = ours.certificate;

/** The roots without those of the system. */
async function added(
  env: Readonly<Record<string, string>>,
  upstreamCaFile: string | null = null,
): Promise<readonly string[]> {
  const { roots } = await upstreamRoots({ env, os, upstreamCaFile }, OURS);
  const { roots: system } = await upstreamRoots({ env: {}, os, upstreamCaFile: null }, OURS);
  assert(system.length > 0);
  assertEquals(roots.slice(0, system.length), system);
  return roots.slice(system.length);
}

Deno.test("upstreamRoots() adds what the environment and upstream_ca_file name, each once", async () => {
  await using scratch = await makeScratch();
  const first = await scratch.write("a.pem", a.certificate + a.key + a.certificate);
  const second = await scratch.write("b.pem", b.certificate + a.certificate);
  assertEquals(await added({}), []);
  assertEquals(await added({ SSL_CERT_FILE: first, PATH: "/bin" }), [a.certificate]);
  assertEquals(await added({ SSL_CERT_FILE: ` ${first} `, CURL_CA_BUNDLE: second }), [
    a.certificate,
    b.certificate,
  ]);
  assertEquals(await added({}, second), [b.certificate, a.certificate]);
});

for (const name of CA_FILE_VARIABLES) {
  Deno.test(`upstreamRoots() reads ${name}`, async () => {
    await using scratch = await makeScratch();
    const file = await scratch.write("a.pem", a.certificate);
    assertEquals(await added({ [name]: file }), [a.certificate]);
  });
}

Deno.test("upstreamRoots() reads the folders of SSL_CERT_DIR, and passes over what is no list", async () => {
  await using scratch = await makeScratch();
  await scratch.write("one/b.pem", b.certificate);
  await scratch.write("one/a.0", a.certificate + OURS);
  await scratch.write("one/words", "words");
  await scratch.write("one/below/c.pem", "not read");
  const bundle = await writeTrustBundle(
    `${scratch.folder}/two`,
    [],
    (await newAuthority(0)).certificate,
  );
  assertEquals(bundle.startsWith(`${scratch.folder}/two/`), true);
  const list = [`${scratch.folder}/none`, `${scratch.folder}/one`, "", `${scratch.folder}/two`];
  const SSL_CERT_DIR = list.join(isWindows ? ";" : ":");
  assertEquals(await added({ SSL_CERT_DIR }), [a.certificate, b.certificate]);
});

Deno.test("upstreamRoots() never holds our own authority, whoever names it", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("a.pem", a.certificate + OURS);
  assertEquals(await added({ SSL_CERT_FILE: file }), [a.certificate]);
  assertEquals(await added({}, file), [a.certificate]);
});

Deno.test("upstreamRoots() takes nothing from a bundle of ours, and all from one that is changed", async () => {
  await using scratch = await makeScratch();
  const bundle = await writeTrustBundle(`${scratch.folder}/old`, [a.certificate], b.certificate);
  assertEquals(await added({ SSL_CERT_FILE: bundle }), []);
  await Deno.writeTextFile(bundle, "\n", { append: true });
  assertEquals(await added({ SSL_CERT_FILE: bundle }), [a.certificate, b.certificate]);
  const renamed = `${scratch.folder}/other.pem`;
  await Deno.copyFile(bundle, renamed);
  assertEquals(await added({ SSL_CERT_FILE: renamed }), [a.certificate, b.certificate]);
});

Deno.test("upstreamRoots() tells which variable names nothing that can be read", async () => {
  const env = { SSL_CERT_FILE: "/nonexistent/a.pem", PIP_CERT: "/nonexistent/a.pem" };
  const { warnings } = await upstreamRoots({ env, os, upstreamCaFile: null }, OURS);
  assertEquals(warnings, [
    "the authorities that SSL_CERT_FILE names are not trusted: /nonexistent/a.pem: " +
    "it does not exist; check the path",
  ]);
});

Deno.test("upstreamRoots() does not go on without the file that the configuration names", async () => {
  const error = await assertRejects(() => added({}, "/nonexistent/a.pem"), ConfigError);
  assertEquals(
    error.message,
    "/nonexistent/a.pem: cannot read this file of authorities: it does not exist; check the path",
  );
});

Deno.test("writeTrustBundle() holds the roots and ours, and is named after that", async () => {
  await using scratch = await makeScratch();
  const folder = `${scratch.folder}/new/proxy`;
  const path = await writeTrustBundle(folder, [a.certificate, b.certificate], OURS + a.certificate);
  const text = await Deno.readTextFile(path);
  assertEquals(certificatesIn(text), [a.certificate, b.certificate, OURS]);
  assertEquals(text, a.certificate + b.certificate + OURS);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  assertEquals(path, `${folder}/ca-bundle-${new Uint8Array(digest).toHex()}.pem`);
  assertEquals(await writeTrustBundle(folder, [a.certificate, b.certificate], OURS), path);
  assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
});

Deno.test("hasBundleName() knows the name of a bundle of ours, wherever it is", async () => {
  const { path } = await trustBundle("/anywhere", [a.certificate], OURS);
  assertEquals([path, `${path}.old`, "/etc/ssl/cert.pem"].map(hasBundleName), [true, false, false]);
});

Deno.test("trustBundle() names what writeTrustBundle() would write, and writes nothing", async () => {
  await using scratch = await makeScratch();
  const { path, text } = await trustBundle(scratch.folder, [a.certificate], OURS);
  assertEquals(await Array.fromAsync(Deno.readDir(scratch.folder), ({ name }) => name), ["home"]);
  assertEquals(await writeTrustBundle(scratch.folder, [a.certificate], OURS), path);
  assertEquals(await Deno.readTextFile(path), text);
});

Deno.test("writeTrustBundle() holds no private key", async () => {
  await using scratch = await makeScratch();
  const trusted = writePem("TRUSTED CERTIFICATE", Uint8Array.of(0x30, 0, 0x30, 0));
  const file = await scratch.write("a.pem", a.key + a.certificate + trusted);
  const { roots } = await upstreamRoots(
    { env: { SSL_CERT_FILE: file }, os, upstreamCaFile: null },
    OURS,
  );
  const text = await Deno.readTextFile(
    await writeTrustBundle(scratch.folder, roots, OURS + ours.key),
  );
  assertEquals(/PRIVATE|TRUSTED/.test(text), false);
  assert(text.includes(writePem("CERTIFICATE", Uint8Array.of(0x30, 0))));
});

Deno.test("writeTrustBundle() can be done by many at once", async () => {
  await using scratch = await makeScratch();
  const paths = await Promise.all(
    Array.from({ length: 8 }, () => writeTrustBundle(scratch.folder, [a.certificate], OURS)),
  );
  assertEquals(new Set(paths).size, 1);
});

Deno.test({
  name: "writeTrustBundle() can be read by all, and written by its owner alone",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const path = await writeTrustBundle(scratch.folder, [], OURS);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o644);
  },
});

/** What may stand where the bundle belongs, and what is said of it. */
const IN_THE_WAY: readonly (readonly [string, (path: string) => Promise<void>, string])[] = [
  [
    "a link to the same",
    async (path) => {
      await Deno.rename(path, `${path}.real`);
      await Deno.symlink(`${path}.real`, path);
    },
    "it is a symbolic link",
  ],
  [
    "something else",
    (path) => Deno.writeTextFile(path, a.certificate),
    "it is not what was written there",
  ],
  [
    "what others may write",
    (path) => Deno.chmod(path, 0o666),
    "others may write it",
  ],
];

for (const [what, put, why] of IN_THE_WAY) {
  Deno.test({
    name: `writeTrustBundle() refuses ${what} in its place`,
    ignore: isWindows,
    fn: async () => {
      await using scratch = await makeScratch();
      const path = await writeTrustBundle(scratch.folder, [], OURS);
      await put(path);
      const error = await assertRejects(
        () => writeTrustBundle(scratch.folder, [], OURS),
        ConfigError,
      );
      assertEquals(
        error.message,
        `${path}: cannot write the trust bundle: ${why}; remove it, and it is made anew`,
      );
    },
  });
}

Deno.test("writeTrustBundle() says why it cannot", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("file", "");
  const error = await assertRejects(() => writeTrustBundle(`${file}/x`, [], OURS), ConfigError);
  assertMatch(error.message, /ca-bundle-\w+\.pem: cannot write the trust bundle: /);
});
