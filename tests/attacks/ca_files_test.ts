// Whoever has the key of the authority can pose as any server. Others may try to read it, to put their own in
// its place, or to have Doorward use what they know.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { certificatesIn } from "../../src/tls/pem.ts";
import { newAuthority } from "../../src/tls/authority.ts";
import { doorward } from "../support/doorward_cli.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const ignore = Deno.build.os === "windows";
const MITM = ["-c", "network.mitm=true"];

/** The files of a home folder that has an authority. */
interface Home {
  readonly ca: string;
  readonly key: string;
  readonly folder: string;
}

async function homeIn(scratch: Scratch): Promise<Home> {
  const { stdout } = await doorward(["ca", "path"], scratch);
  const ca = stdout.trimEnd();
  const folder = ca.slice(0, ca.lastIndexOf("/"));
  return { ca, key: `${folder}/ca.key`, folder };
}

/** What is there by name, with what is in it. */
async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    found[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return found;
}

/** What somebody does, and what Doorward says. */
const ATTACKS: readonly (readonly [string, (home: Home) => Promise<void>, RegExp])[] = [
  [
    "a key that is a link to another's",
    async ({ key, folder }) => {
      await Deno.writeTextFile(`${folder}/mine.key`, await Deno.readTextFile(key), { mode: 0o600 });
      await Deno.remove(key);
      await Deno.symlink(`${folder}/mine.key`, key);
    },
    /ca\.key: .*: it is a symbolic link; /,
  ],
  [
    "a key that everybody could read",
    ({ key }) => Deno.chmod(key, 0o644),
    /ca\.key: .*: others may read or write it; /,
  ],
  [
    "a key that a group could write",
    ({ key }) => Deno.chmod(key, 0o620),
    /ca\.key: .*: others may read or write it; /,
  ],
  [
    "another's certificate beside the key",
    async ({ ca }) => await Deno.writeTextFile(ca, (await newAuthority(Date.now())).certificate),
    /ca\.key: .*: it is not the key of the certificate; /,
  ],
  [
    "another's key beside the certificate",
    async ({ key }) => await Deno.writeTextFile(key, (await newAuthority(Date.now())).key),
    /ca\.key: .*: it is not the key of the certificate; /,
  ],
  [
    "a certificate to which everybody could add another",
    ({ ca }) => Deno.chmod(ca, 0o666),
    /ca\.pem: .*: others may write it; /,
  ],
  ["a key without its certificate", ({ ca }) => Deno.remove(ca), /ca\.pem: .* must exist /],
  ["a certificate without its key", ({ key }) => Deno.remove(key), /ca\.key: .* must exist /],
  [
    "a key that never ends",
    ({ key }) => Deno.writeTextFile(key, "x".repeat(2 * 1024 * 1024)),
    /ca\.key: .*: it is too long; /,
  ],
];

for (const [what, attack, expected] of ATTACKS) {
  Deno.test({
    name: `${what}: nothing runs, nothing is written`,
    ignore,
    fn: async () => {
      await using scratch = await makeScratch();
      const home = await homeIn(scratch);
      await attack(home);
      const before = await contents(home.folder);
      const { code, stdout, stderr } = await doorward(
        ["run", ...MITM, "--", "echo", "ran"],
        scratch,
      );
      assertEquals([code, stdout], [125, ""]);
      assertMatch(stderr, expected);
      assertEquals(await contents(home.folder), before);
      assertEquals(/PRIVATE|[A-Za-z0-9+/]{40}/.test(stderr), false);
    },
  });
}

Deno.test({
  name: "a dangling link in the place of the key: no key is made where it leads",
  ignore,
  fn: async () => {
    await using scratch = await makeScratch();
    const folder = `${scratch.home}/doorward/proxy`;
    await Deno.mkdir(folder);
    const elsewhere = `${scratch.folder}/elsewhere.key`;
    await Deno.symlink(elsewhere, `${folder}/ca.key`);
    const { code, stderr } = await doorward(["ca", "path"], scratch);
    assertEquals(code, 125);
    assertMatch(stderr, /ca\.key: .*: it is a symbolic link; /);
    await assertRejects(() => Deno.stat(elsewhere), Deno.errors.NotFound);
    await assertRejects(() => Deno.stat(`${folder}/ca.pem`), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "processes that begin at once end with one authority, whole",
  ignore,
  fn: async () => {
    await using scratch = await makeScratch();
    const words = ["run", "-q", ...MITM, "--", "sh", "-c", "cat $PIP_CERT"];
    const ended = await Promise.all([1, 2, 3, 4].map(() => doorward(words, scratch)));
    assertEquals(ended.map(({ code }) => code), [0, 0, 0, 0], ended.map((e) => e.stderr).join());
    const trusted = ended.map(({ stdout }) => certificatesIn(stdout).at(-1));
    const kept = await Deno.readTextFile(`${scratch.home}/doorward/proxy/ca.pem`);
    assertEquals(new Set(trusted), new Set([kept]));
    const names = Object.keys(await contents(`${scratch.home}/doorward/proxy`)).sort();
    assertEquals(names.length, 4);
    assertMatch(names.join(), /^ca-bundle-[0-9a-f]{64}\.pem,ca\.key,ca\.key\.lock,ca\.pem$/);
  },
});

Deno.test({
  name: "no private key leaves the folder: not in the bundle, whatever the environment names",
  ignore,
  fn: async () => {
    await using scratch = await makeScratch();
    const { key } = await homeIn(scratch);
    const other = await newAuthority(Date.now());
    const both = await scratch.write("both.pem", other.certificate + other.key);
    const { stdout } = await doorward(
      ["run", "-q", ...MITM, "--", "sh", "-c", "cat $SSL_CERT_FILE"],
      scratch,
      { env: { SSL_CERT_FILE: both, CURL_CA_BUNDLE: key } },
    );
    assert(certificatesIn(stdout).includes(other.certificate));
    assertEquals(stdout.includes("PRIVATE"), false);
  },
});

Deno.test({
  name: "a bundle that somebody has changed is neither used nor mended in silence",
  ignore,
  fn: async () => {
    await using scratch = await makeScratch();
    const run = () => doorward(["run", "-q", ...MITM, "--", "printenv", "SSL_CERT_FILE"], scratch);
    const bundle = (await run()).stdout.trimEnd();
    const { certificate } = await newAuthority(Date.now());
    await Deno.writeTextFile(bundle, certificate, { append: true });
    const { code, stdout, stderr } = await run();
    assertEquals([code, stdout], [125, ""]);
    assertMatch(
      stderr,
      /cannot write the trust bundle: it is not what was written there; remove it/,
    );
  },
});
