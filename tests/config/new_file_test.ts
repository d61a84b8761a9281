import { assertEquals, assertRejects } from "@std/assert";
import {
  publishNewFile,
  removeQuietly,
  whyNotWritten,
  writeNewFile,
} from "../../src/config/new_file.ts";
import { makeScratch } from "../support/scratch.ts";

const BYTES = new Uint8Array([1, 2, 3]);
const isWindows = Deno.build.os === "windows";

for (const mode of [0o600, 0o664, 0o777]) {
  Deno.test({
    name: `writeNewFile() writes a file of mode ${mode.toString(8)}`,
    ignore: isWindows,
    fn: async () => {
      await using scratch = await makeScratch();
      const file = `${scratch.folder}/a`;
      await writeNewFile(file, BYTES, mode);
      assertEquals(await Deno.readFile(file), BYTES);
      assertEquals((await Deno.stat(file)).mode! & 0o777, mode);
    },
  });
}

Deno.test("writeNewFile() never touches what is there, nor what a link leads to", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("a", "old");
  const link = `${scratch.folder}/link`;
  await Deno.symlink(`${scratch.folder}/b`, link);
  for (const path of [file, link]) {
    await assertRejects(() => writeNewFile(path, BYTES, 0o600), Deno.errors.AlreadyExists);
  }
  assertEquals(await Deno.readTextFile(file), "old");
  await assertRejects(() => Deno.stat(`${scratch.folder}/b`), Deno.errors.NotFound);
});

Deno.test("publishNewFile() writes a file whole, and leaves nothing beside it", async () => {
  await using scratch = await makeScratch();
  const folder = `${scratch.folder}/folder`;
  await Deno.mkdir(folder);
  await publishNewFile(`${folder}/a`, BYTES, 0o600);
  assertEquals(await Deno.readFile(`${folder}/a`), BYTES);
  await assertRejects(
    () => publishNewFile(`${folder}/a`, Uint8Array.of(9), 0o600),
    Deno.errors.AlreadyExists,
  );
  assertEquals(await Deno.readFile(`${folder}/a`), BYTES);
  assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
});

Deno.test("removeQuietly() removes a file, and does not mind that there is none", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("a", "old");
  await removeQuietly(file);
  await removeQuietly(file);
  await assertRejects(() => Deno.stat(file), Deno.errors.NotFound);
});

Deno.test("whyNotWritten() says what is missing where the runtime forbids it, else what the system says", () => {
  const why = "Doorward runs without --allow-write for its folder; grant that";
  assertEquals(whyNotWritten(new Deno.errors.NotCapable("Requires write access")), why);
  assertEquals(whyNotWritten(new Error("No space left on device")), "No space left on device");
});
