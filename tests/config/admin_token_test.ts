import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import {
  adminTokenFile,
  readAdminToken,
  readOrMakeAdminToken,
} from "../../src/config/admin_token.ts";
import { makeScratch } from "../support/scratch.ts";

const { os } = Deno.build;
const isWindows = os === "windows";

Deno.test("adminTokenFile() is in the folder for what the proxy keeps", () => {
  assertEquals(adminTokenFile("/home/me/", "linux"), "/home/me/proxy/admin.token");
  assertEquals(adminTokenFile("C:\\me", "windows"), "C:\\me\\proxy\\admin.token");
});

Deno.test("readOrMakeAdminToken() makes 32 random bytes once, and reads them after", async () => {
  await using scratch = await makeScratch();
  const home = `${scratch.folder}/new/home`;
  const token = await readOrMakeAdminToken(home, os);
  assertMatch(token, /^[A-Za-z0-9_-]{43}$/);
  assertEquals(await Deno.readTextFile(adminTokenFile(home, os)), `${token}\n`);
  assertEquals(await readOrMakeAdminToken(home, os), token);
  assertEquals(await readAdminToken(home, os), token);
  assertNotEquals(await readOrMakeAdminToken(scratch.home, os), token);
  assertEquals((await Array.fromAsync(Deno.readDir(`${home}/proxy`))).length, 1);
});

Deno.test({
  name: "readOrMakeAdminToken() keeps others out of the file and its folder",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    await readOrMakeAdminToken(scratch.home, os);
    const paths = [adminTokenFile(scratch.home, os), `${scratch.home}/proxy`];
    assertEquals(paths.map((path) => Deno.statSync(path).mode! & 0o777), [0o600, 0o700]);
  },
});

Deno.test("readOrMakeAdminToken() ends with the same token for all who ask at once", async () => {
  await using scratch = await makeScratch();
  const asked = Array.from({ length: 20 }, () => readOrMakeAdminToken(scratch.home, os));
  assertEquals(new Set(await Promise.all(asked)).size, 1);
  assertEquals((await Array.fromAsync(Deno.readDir(`${scratch.home}/proxy`))).length, 1);
});

Deno.test("readAdminToken() is null where there is none, and makes none", async () => {
  await using scratch = await makeScratch();
  assertEquals(await readAdminToken(scratch.home, os), null);
  assertEquals(await readAdminToken(`${scratch.folder}/nowhere`, os), null);
  await assertRejects(() => Deno.stat(`${scratch.home}/proxy`), Deno.errors.NotFound);
});

const NO_TOKENS = ["", "short\n", `${"a".repeat(42)}!\n`, `${"a".repeat(44)}\n`, "a".repeat(65)];

for (const text of NO_TOKENS) {
  Deno.test(`readOrMakeAdminToken() refuses ${JSON.stringify(text)}, and leaves it`, async () => {
    await using scratch = await makeScratch();
    const file = await scratch.write("home/proxy/admin.token", text);
    if (!isWindows) await Deno.chmod(file, 0o600);
    const error = await assertRejects(() => readOrMakeAdminToken(scratch.home, os));
    assertMatch(error.message, /^Cannot use the admin token .*admin\.token: it .*; remove it, and/);
    assertEquals(await Deno.readTextFile(file), text);
  });
}

Deno.test("readOrMakeAdminToken() takes a token without a line end, or with that of Windows", async () => {
  await using scratch = await makeScratch();
  const token = "a".repeat(43);
  for (const end of ["", "\n", "\r\n"]) {
    const file = await scratch.write("home/proxy/admin.token", token + end);
    if (!isWindows) await Deno.chmod(file, 0o600);
    assertEquals(await readOrMakeAdminToken(scratch.home, os), token);
  }
});

Deno.test("readOrMakeAdminToken() never makes a token through a link", async () => {
  await using scratch = await makeScratch();
  await Deno.mkdir(`${scratch.home}/proxy`);
  await Deno.symlink(`${scratch.folder}/elsewhere`, adminTokenFile(scratch.home, os));
  const error = await assertRejects(() => readOrMakeAdminToken(scratch.home, os));
  assertMatch(error.message, /: it is a symbolic link; remove it, and a new file is made$/);
  await assertRejects(() => Deno.stat(`${scratch.folder}/elsewhere`), Deno.errors.NotFound);
});

Deno.test("readOrMakeAdminToken() says why it cannot make one", async () => {
  await using scratch = await makeScratch();
  await Deno.writeTextFile(`${scratch.home}/proxy`, "a file in the way");
  const error = await assertRejects(() => readOrMakeAdminToken(scratch.home, os));
  assertMatch(error.message, /^Cannot (use|make) the admin token .*admin\.token: /);
});

Deno.test({
  name: "readOrMakeAdminToken() says so where no file can be made",
  ignore: os !== "linux",
  fn: async () => {
    // Nobody makes anything there.
    const file = "/proc/nobody/proxy/admin.token";
    await assertRejects(
      () => readOrMakeAdminToken("/proc/nobody", os),
      Error,
      `Cannot make the admin token ${file}: `,
    );
  },
});
