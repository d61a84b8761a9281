import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../src/config/errors.ts";
import { reserveFile } from "../../src/config/reserved_file.ts";
import { NO_POSIX } from "../support/machine.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

async function files({ folder }: Scratch): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) names.push(name);
  return names;
}

/** What is said of a file that cannot be written. */
async function whyNot(write: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(write, ConfigError)).faults.map(({ message }) => message).join();
}

Deno.test("reserveFile() makes the file at once, and fills it later", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/a.toml`;
  const reserved = await reserveFile(file, "meanwhile");
  assertEquals(await Deno.readTextFile(file), "meanwhile");
  await reserved.fill("whole");
  assertEquals([await Deno.readTextFile(file), await files(scratch)], ["whole", ["a.toml"]]);
});

Deno.test("reserveFile() leaves nothing where it is given up", async () => {
  await using scratch = await makeScratch();
  await (await reserveFile(`${scratch.folder}/a.toml`, "meanwhile")).giveUp();
  assertEquals(await files(scratch), []);
});

Deno.test("reserveFile() takes no file that is there, be it another's reservation or a link", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/a.toml`;
  const link = `${scratch.folder}/link.toml`;
  await Deno.symlink(`${scratch.folder}/nowhere`, link);
  const first = await reserveFile(file, "first");
  for (const path of [file, link]) {
    assertEquals(
      await whyNot(() => reserveFile(path, "second")),
      "cannot write this file: it is there already, and stays as it is; name a new one",
    );
  }
  await first.fill("whole");
  assertEquals(await Deno.readTextFile(file), "whole");
});

Deno.test("reserveFile() says that there is no folder, before and after", async () => {
  await using scratch = await makeScratch();
  const folder = `${scratch.folder}/gone`;
  const why = "cannot write this file: its folder is not there";
  assertEquals(await whyNot(() => reserveFile(`${folder}/a.toml`, "")), why);
  await Deno.mkdir(folder);
  const reserved = await reserveFile(`${folder}/a.toml`, "");
  await Deno.remove(folder, { recursive: true });
  assertEquals(await whyNot(() => reserved.fill("")), why);
});

Deno.test({
  name: `what is reserved is for its owner alone${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const file = `${scratch.folder}/a.toml`;
    const reserved = await reserveFile(file, "");
    const mode = async () => (await Deno.stat(file)).mode! & 0o777;
    assertEquals(await mode(), 0o600);
    await reserved.fill("whole");
    assertEquals(await mode(), 0o600);
  },
});
