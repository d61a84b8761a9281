import { assert, assertEquals, assertRejects } from "@std/assert";
import { isSame, lookAt, openOwn } from "../../../src/audit/file/open_own.ts";
import { makeScratch } from "../../support/scratch.ts";

const UNIX = { ignore: Deno.build.os === "windows" };

Deno.test("openOwn() makes a file that nobody else can read", UNIX, async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  const { file } = await openOwn(path, { append: true });
  file.close();
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});

Deno.test("openOwn() appends to what is there, and can read it", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "before");
  const { file, info } = await openOwn(path, { append: true });
  await file.write(new TextEncoder().encode(" after"));
  await file.seek(0, Deno.SeekMode.Start);
  const into = new Uint8Array(20);
  assertEquals(await file.read(into), 12);
  file.close();
  assertEquals(info.size, 6);
});

Deno.test("openOwn() makes one file for all who come at once", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  const opened = await Promise.all(
    Array.from({ length: 20 }, () => openOwn(path, { append: true })),
  );
  for (const { file, info } of opened) {
    file.close();
    assert(isSame(info, opened[0]!.info));
  }
});

Deno.test("openOwn() refuses a link, even one to nothing", UNIX, async () => {
  await using scratch = await makeScratch();
  const target = await scratch.write("target", "");
  const path = `${scratch.folder}/log`;
  for (const to of [target, `${scratch.folder}/nothing`]) {
    await Deno.symlink(to, path);
    await assertRejects(() => openOwn(path, { append: true }), Error, "it is a symbolic link");
    await Deno.remove(path);
  }
});

Deno.test("openOwn() refuses a folder, and a pipe, which would have us wait", UNIX, async () => {
  await using scratch = await makeScratch();
  await Deno.mkdir(`${scratch.folder}/log`);
  await new Deno.Command("mkfifo", { args: [`${scratch.folder}/pipe`] }).output();
  for (const name of ["log", "pipe"]) {
    const path = `${scratch.folder}/${name}`;
    await assertRejects(() => openOwn(path, { append: true }), Error, "it is not a file");
  }
});

Deno.test(
  "openOwn() refuses what others may write, and takes what they may read",
  UNIX,
  async () => {
    await using scratch = await makeScratch();
    const path = await scratch.write("log", "");
    for (const mode of [0o620, 0o602, 0o666]) {
      await Deno.chmod(path, mode);
      await assertRejects(() => openOwn(path, { append: true }), Error, "others may write it");
    }
    const beside = { append: true, isBeside: true };
    const mend = "others may write it: take that from them (chmod go-w)";
    await assertRejects(() => openOwn(path, beside), Error, `${path}: ${mend}`);
    await Deno.chmod(path, 0o644);
    (await openOwn(path, { append: true })).file.close();
  },
);

Deno.test({
  name: "openOwn() refuses another user's file",
  ignore: Deno.build.os === "windows" || Deno.uid() !== 0,
  fn: async () => {
    await using scratch = await makeScratch();
    const path = await scratch.write("log", "");
    await Deno.chown(path, 12345, null);
    await assertRejects(() => openOwn(path, { append: true }), Error, "another user");
  },
});

Deno.test("openOwn() takes a device as it is", UNIX, async () => {
  const { file, info } = await openOwn("/dev/null", { append: true });
  file.close();
  assert(info.isCharDevice);
});

Deno.test("lookAt() follows no link, and is null where there is nothing", UNIX, async () => {
  await using scratch = await makeScratch();
  const [a, b] = [await scratch.write("a", ""), await scratch.write("b", "")];
  await Deno.symlink(a, `${scratch.folder}/c`);
  assertEquals((await lookAt(`${scratch.folder}/c`))?.isSymlink, true);
  assertEquals(await lookAt(`${scratch.folder}/d`), null);
  assert(isSame((await lookAt(a))!, await Deno.stat(a)));
  assert(!isSame((await lookAt(a))!, (await lookAt(b))!));
});
