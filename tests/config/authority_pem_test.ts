import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import type { AuthorityFiles } from "../../src/config/authority_files.ts";
import { openAuthorityFiles, readAuthorityPem } from "../../src/config/authority_pem.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { newAuthority } from "../../src/tls/authority.ts";
import type { AuthorityPem } from "../../src/tls/authority_pem.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const isWindows = Deno.build.os === "windows";
const NOW = Date.UTC(2027, 0, 15, 12);
const DAY = 24 * 3600 * 1000;
const now = () => NOW;
const make = () => newAuthority(NOW);
const none = () => Promise.reject(new Error("This one is not to be made"));

function filesIn({ folder }: Scratch, owner: AuthorityFiles["owner"] = "doorward"): AuthorityFiles {
  const proxy = `${folder}/new/proxy`;
  return {
    owner,
    certificateFile: `${proxy}/ca.pem`,
    keyFile: `${proxy}/ca.key`,
    bundleFolder: proxy,
  };
}

/** Writes an authority as it is kept. */
async function keep(files: AuthorityFiles, pem: AuthorityPem): Promise<void> {
  await Deno.mkdir(files.bundleFolder, { recursive: true });
  await Deno.writeTextFile(files.certificateFile, pem.certificate);
  await Deno.writeTextFile(files.keyFile, pem.key, { mode: 0o600 });
}

/** What is said of files that are not fit for use. */
async function fault(files: AuthorityFiles): Promise<string> {
  const error = await assertRejects(() => openAuthorityFiles(files, now, none), ConfigError);
  return error.message;
}

Deno.test("openAuthorityFiles() makes an authority once, and opens it after", async () => {
  await using scratch = await makeScratch();
  const files = filesIn(scratch);
  const { certificate } = await openAuthorityFiles(files, now, make);
  assertEquals(await Deno.readTextFile(files.certificateFile), certificate);
  assertEquals((await openAuthorityFiles(files, now, none)).certificate, certificate);
  const names = (await Array.fromAsync(Deno.readDir(files.bundleFolder))).map(({ name }) => name);
  assertEquals(names.sort(), ["ca.key", "ca.key.lock", "ca.pem"]);
});

Deno.test({
  name: "openAuthorityFiles() keeps others from the key, and shows the certificate",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const files = filesIn(scratch);
    await openAuthorityFiles(files, now, make);
    const paths = [files.certificateFile, files.keyFile, files.bundleFolder];
    const modes = (await Promise.all(paths.map((path) => Deno.stat(path)))).map(({ mode }) =>
      mode! & 0o777
    );
    assertEquals(modes, [0o644, 0o600, 0o700]);
  },
});

Deno.test("openAuthorityFiles() ends with the same for all who make it at once", async () => {
  await using scratch = await makeScratch();
  const files = filesIn(scratch);
  let makes = 0;
  const counted = () => {
    makes += 1;
    return make();
  };
  const opened = await Promise.all(
    Array.from({ length: 8 }, () => openAuthorityFiles(files, now, counted)),
  );
  assertEquals(new Set(opened.map(({ certificate }) => certificate)).size, 1);
  assertEquals(makes, 1);
});

Deno.test("openAuthorityFiles() waits for whoever is between the two files", async () => {
  await using scratch = await makeScratch();
  const files = filesIn(scratch);
  const pem = await make();
  await Deno.mkdir(files.bundleFolder, { recursive: true });
  await Deno.writeTextFile(files.keyFile, pem.key, { mode: 0o600 });
  using lock = await Deno.open(`${files.keyFile}.lock`, { write: true, create: true });
  await lock.lock(true);
  const opening = openAuthorityFiles(files, now, none);
  await Deno.writeTextFile(files.certificateFile, pem.certificate);
  await lock.unlock();
  assertEquals((await opening).certificate, pem.certificate);
});

Deno.test("readAuthorityPem() is null where there is none, and makes none", async () => {
  await using scratch = await makeScratch();
  assertEquals(await readAuthorityPem(filesIn(scratch)), null);
  await assertRejects(() => Deno.stat(`${scratch.folder}/new`), Deno.errors.NotFound);
});

for (const [there, gone] of [["key", "certificate"], ["certificate", "key"]] as const) {
  Deno.test(`openAuthorityFiles() refuses a ${there} without its ${gone}, and makes nothing`, async () => {
    await using scratch = await makeScratch();
    const files = filesIn(scratch);
    await keep(files, await make());
    const missing = gone === "key" ? files.keyFile : files.certificateFile;
    await Deno.remove(missing);
    assertEquals(
      await fault(files),
      `${missing}: cannot use the certificate authority of Doorward: it is not there, and both ` +
        `the certificate and the key must exist (certificate ${files.certificateFile}, key ` +
        `${files.keyFile}); put it back, or remove the other one, too, and a new authority is made`,
    );
    await assertRejects(() => Deno.stat(missing), Deno.errors.NotFound);
  });
}

Deno.test("openAuthorityFiles() makes none for the user", async () => {
  await using scratch = await makeScratch();
  const files = filesIn(scratch, "user");
  assertMatch(
    await fault(files),
    /ca\.pem: cannot use the certificate authority of "mitm_ca": it is not there, and both .*; put it there, or name other files in "mitm_ca"$/,
  );
  await assertRejects(() => Deno.stat(files.bundleFolder), Deno.errors.NotFound);
});

/** What somebody does to the files of an authority, and what is said of which. */
const SPOILED: readonly (readonly [string, (files: AuthorityFiles) => Promise<void>, RegExp])[] = [
  [
    "a key that others may read",
    ({ keyFile }) => Deno.chmod(keyFile, 0o640),
    /ca\.key: cannot use .*: others may read or write it; remove .*ca\.pem and .*ca\.key, and a new/,
  ],
  [
    "a key that others may write",
    ({ keyFile }) => Deno.chmod(keyFile, 0o602),
    /ca\.key: cannot use .*: others may read or write it; remove /,
  ],
  [
    "a certificate that others may write",
    ({ certificateFile }) => Deno.chmod(certificateFile, 0o664),
    /ca\.pem: cannot use .*: others may write it; remove /,
  ],
  [
    "a key that is a link",
    async ({ keyFile }) => {
      await Deno.rename(keyFile, `${keyFile}.real`);
      await Deno.symlink(`${keyFile}.real`, keyFile);
    },
    /ca\.key: cannot use .*: it is a symbolic link; remove /,
  ],
  [
    "a certificate that is a link",
    async ({ certificateFile }) => {
      await Deno.rename(certificateFile, `${certificateFile}.real`);
      await Deno.symlink(`${certificateFile}.real`, certificateFile);
    },
    /ca\.pem: cannot use .*: it is a symbolic link; remove /,
  ],
  [
    "a key that is a folder",
    async ({ keyFile }) => {
      await Deno.remove(keyFile);
      await Deno.mkdir(keyFile);
    },
    /ca\.key: cannot use .*: it is not a file; remove /,
  ],
  [
    "a key that is too long",
    ({ keyFile }) => Deno.writeTextFile(keyFile, "x".repeat(1024 * 1024), { append: true }),
    /ca\.key: cannot use .*: it is too long; remove /,
  ],
  [
    "another's key",
    async ({ keyFile }) => await Deno.writeTextFile(keyFile, (await make()).key),
    /ca\.key: cannot use .*: it is not the key of the certificate; remove /,
  ],
  [
    "a certificate that has expired",
    async (files) => await keep(files, await newAuthority(NOW - 900 * DAY)),
    /ca\.pem: cannot use .*: its certificate expired on 2026-10-27; remove .*, to be trusted anew$/,
  ],
  [
    "words",
    ({ certificateFile }) => Deno.writeTextFile(certificateFile, "words"),
    /ca\.pem: cannot use .*: it holds no certificate; remove /,
  ],
];

for (const [what, spoil, expected] of SPOILED) {
  Deno.test({
    name: `openAuthorityFiles() refuses ${what}, and leaves it`,
    ignore: isWindows,
    fn: async () => {
      await using scratch = await makeScratch();
      const files = filesIn(scratch);
      await keep(files, await make());
      await spoil(files);
      const { ino } = await Deno.lstat(files.keyFile);
      assertMatch(await fault(files), expected);
      assertEquals((await Deno.lstat(files.keyFile)).ino, ino);
      const given = await fault({ ...files, owner: "user" });
      assertMatch(given, /"mitm_ca": .*; mend it, or name other files in "mitm_ca"$/);
    },
  });
}

Deno.test("openAuthorityFiles() leaves nothing of an authority that it cannot write", async () => {
  await using scratch = await makeScratch();
  const files = filesIn(scratch);
  const elsewhere = { ...files, certificateFile: `${scratch.folder}/file/ca.pem` };
  await scratch.write("file", "in the way of a folder");
  const error = await assertRejects(() => openAuthorityFiles(elsewhere, now, make), ConfigError);
  assertMatch(error.message, /file\/ca\.pem: cannot use the certificate authority of Doorward: /);
  await assertRejects(() => Deno.stat(files.keyFile), Deno.errors.NotFound);
  assertNotEquals((await openAuthorityFiles(files, now, make)).certificate, "");
});

Deno.test("openAuthorityFiles() takes the key back when the certificate cannot be written", async () => {
  await using scratch = await makeScratch();
  const files = filesIn(scratch);
  // The name itself would do; with what is behind it until it is whole it is too long for the system.
  const longest = { ...files, certificateFile: `${files.bundleFolder}/${"c".repeat(250)}.pem` };
  await assertRejects(() => openAuthorityFiles(longest, now, make), ConfigError);
  await assertRejects(() => Deno.stat(files.keyFile), Deno.errors.NotFound);
});
