import { assert, assertEquals } from "@std/assert";
import { systemInstruments } from "../../../src/cli/doctor/system_instruments.ts";
import { NO_POSIX } from "../../support/machine.ts";
import { ip } from "../../support/policy.ts";
import { makeScratch } from "../../support/scratch.ts";

const { look, text, realPath, tryListen, freeBytes } = systemInstruments;

Deno.test({
  name:
    `look() tells files, folders, links, pipes and devices apart, and opens none${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const file = await scratch.write("file", "text");
    await Deno.symlink(file, `${scratch.folder}/link`);
    await Deno.symlink("nowhere", `${scratch.folder}/astray`);
    // Whoever opened it would wait for a writer.
    await new Deno.Command("mkfifo", { args: [`${scratch.folder}/pipe`] }).output();
    const kinds = ["file", "link", "astray", "pipe", "", "none", "file/below"].map(async (name) => {
      const at = await look(`${scratch.folder}/${name}`);
      return [at.kind, "isLink" in at && at.isLink];
    });
    assertEquals(await Promise.all(kinds), [
      ["file", false],
      ["file", true],
      ["absent", false],
      ["other", false],
      ["folder", false],
      ["absent", false],
      ["hidden", false],
    ]);
    assertEquals((await look("/dev/null")).kind, "device");
  },
});

Deno.test("look() tells the permissions, and when a file was changed", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("file", "text");
  await Deno.utime(file, 1000, 1000);
  const at = await look(file);
  assert(at.kind === "file");
  assertEquals(at.changedAt, 1_000_000);
  if (Deno.build.os !== "windows") assertEquals(at.uid, Deno.uid());
});

Deno.test({
  name: `text() reads the beginning of files, and nothing else${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn() {
    await using scratch = await makeScratch();
    const file = await scratch.write("file", "some text");
    await new Deno.Command("mkfifo", { args: [`${scratch.folder}/pipe`] }).output();
    const read = [file, `${scratch.folder}/pipe`, scratch.folder, "/dev/zero", "/none"]
      .map((path) => text(path, 4));
    assertEquals(await Promise.all(read), ["some", null, null, null, null]);
  },
});

Deno.test("realPath() follows links, and gives up where there is nothing", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("file", "text");
  assertEquals([await realPath(file), await realPath(`${scratch.folder}/none`)], [file, null]);
});

Deno.test("tryListen() tells a port that is taken from one that is free, and leaves it free", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const at = { ip: ip("127.0.0.1"), port: listener.addr.port };
  assert(tryListen(at) instanceof Deno.errors.AddrInUse);
  listener.close();
  assertEquals([tryListen(at), tryListen(at)], [null, null]);
});

Deno.test("freeBytes() asks the disk of a path", async () => {
  assert((await freeBytes(".") ?? 0) > 0);
  assertEquals(await freeBytes("/none/at/all"), null);
});
