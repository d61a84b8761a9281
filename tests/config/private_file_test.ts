import { assertEquals, assertStringIncludes } from "@std/assert";
import { readGuardedFile, readPrivateFile } from "../../src/config/private_file.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const isWindows = Deno.build.os === "windows";

async function secret(scratch: Scratch, text: string, mode = 0o600): Promise<string> {
  const file = await scratch.write("secret", text);
  if (!isWindows) await Deno.chmod(file, mode);
  return file;
}

function isBad(why: string) {
  return { kind: "bad", why } as const;
}

Deno.test("readPrivateFile() reads a file of ours, up to its ceiling", async () => {
  await using scratch = await makeScratch();
  const file = await secret(scratch, "12345");
  assertEquals(await readPrivateFile(file, 5), { kind: "text", text: "12345" });
  assertEquals(
    await readPrivateFile(file, 4),
    isBad("it is too long; remove it, and a new file is made"),
  );
});

Deno.test("readPrivateFile() knows what is absent", async () => {
  await using scratch = await makeScratch();
  assertEquals(await readPrivateFile(`${scratch.folder}/x/y`, 5), { kind: "absent" });
});

Deno.test("readPrivateFile() refuses a link, even to a file that it would read", async () => {
  await using scratch = await makeScratch();
  const link = `${scratch.folder}/link`;
  await Deno.symlink(await secret(scratch, "1"), link);
  assertEquals(
    await readPrivateFile(link, 5),
    isBad("it is a symbolic link; remove it, and a new file is made"),
  );
});

Deno.test("readPrivateFile() refuses what is no file", async () => {
  await using scratch = await makeScratch();
  assertEquals(
    await readPrivateFile(scratch.folder, 5),
    isBad("it is not a file; remove it, and a new file is made"),
  );
  const below = await readPrivateFile(`${await secret(scratch, "1")}/x`, 5);
  assertStringIncludes(JSON.stringify(below), '"bad"');
});

for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610]) {
  Deno.test({
    name: `readPrivateFile() refuses mode ${mode.toString(8)}`,
    ignore: isWindows,
    fn: async () => {
      await using scratch = await makeScratch();
      assertEquals(
        await readPrivateFile(await secret(scratch, "1", mode), 5),
        isBad("others may read or write it; remove it, and a new file is made"),
      );
    },
  });
}

Deno.test({
  name: "readPrivateFile() refuses a file of another user",
  ignore: isWindows || Deno.uid() !== 0, // Only root can give a file away.
  fn: async () => {
    await using scratch = await makeScratch();
    const file = await secret(scratch, "1");
    await Deno.chown(file, 12345, null);
    assertEquals(
      await readPrivateFile(file, 5),
      isBad("it belongs to another user; remove it, and a new file is made"),
    );
  },
});

Deno.test({
  name: "readGuardedFile() lets others read what is no secret, and not write it",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const rules = { bytesMax: 5, isSecret: false };
    for (const mode of [0o600, 0o644, 0o444]) {
      const file = await secret(scratch, "1", mode);
      assertEquals(await readGuardedFile(file, rules), { kind: "text", text: "1" });
      await Deno.remove(file);
    }
    for (const mode of [0o664, 0o646]) {
      assertEquals(await readGuardedFile(await secret(scratch, "1", mode), rules), {
        kind: "bad",
        why: "others may write it",
        lasts: true,
      });
    }
  },
});
