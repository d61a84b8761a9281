import { assertEquals, assertRejects } from "@std/assert";
import { replacePrivateFile } from "../../../src/config/requirements/replace_file.ts";
import { makeScratch } from "../../support/scratch.ts";

const isWindows = Deno.build.os === "windows";

Deno.test({
  name: "replacePrivateFile() takes the place of what was there, for its owner only",
  ignore: isWindows,
  fn: async () => {
    await using scratch = await makeScratch();
    const file = await scratch.write("new/file", "old");
    await Deno.chmod(file, 0o644);
    await replacePrivateFile(file, "new");
    assertEquals(await Deno.readTextFile(file), "new");
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await Array.fromAsync(Deno.readDir(`${scratch.folder}/new`))).length, 1);
  },
});

Deno.test("replacePrivateFile() leaves nothing behind when it fails", async () => {
  await using scratch = await makeScratch();
  await scratch.write("new/folder/file", "in the way");
  await assertRejects(() => replacePrivateFile(`${scratch.folder}/new/folder`, "new"));
  assertEquals((await Array.fromAsync(Deno.readDir(`${scratch.folder}/new`))).length, 1);
});
