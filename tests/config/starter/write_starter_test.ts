import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../../src/config/errors.ts";
import { writeStarter } from "../../../src/config/starter/write_starter.ts";
import { makeScratch } from "../../support/scratch.ts";

Deno.test("writeStarter() writes the file, and makes its folder", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/a/b/config.toml`;
  await writeStarter(file, "[network]\n");
  assertEquals(await Deno.readTextFile(file), "[network]\n");
  assertEquals((await Array.fromAsync(Deno.readDir(`${scratch.folder}/a/b`))).length, 1);
});

Deno.test({
  name: "writeStarter() makes what nobody else reads",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    await writeStarter(`${scratch.folder}/a/config.toml`, "");
    const modeOf = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
    assertEquals(await modeOf(`${scratch.folder}/a/config.toml`), 0o600);
    assertEquals(await modeOf(`${scratch.folder}/a`), 0o700);
  },
});

Deno.test("writeStarter() leaves alone what is there, and a link that leads nowhere", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.configure("# mine\n");
  const link = `${scratch.folder}/link.toml`;
  await Deno.symlink(`${scratch.folder}/elsewhere.toml`, link);
  for (const path of [file, link]) {
    const error = await assertRejects(() => writeStarter(path, "[network]\n"), ConfigError);
    assertEquals(
      error.message,
      `${path}: cannot write this file: it is there already, and stays as it is; edit it, or name ` +
        "a new file with --config FILE",
    );
  }
  assertEquals(await Deno.readTextFile(file), "# mine\n");
  await assertRejects(() => Deno.stat(`${scratch.folder}/elsewhere.toml`), Deno.errors.NotFound);
});

Deno.test("writeStarter() says why it cannot write", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("file", "");
  const inFile = `${file}/config.toml`;
  const error = await assertRejects(() => writeStarter(inFile, ""), ConfigError);
  assertEquals(error.message, `${inFile}: cannot write this file: ${file} is not a folder`);
});
