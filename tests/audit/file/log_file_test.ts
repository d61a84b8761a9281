import { assert, assertEquals } from "@std/assert";
import { LogFile, type LogRules } from "../../../src/audit/file/log_file.ts";
import { TAIL_BYTES_MAX } from "../../../src/audit/file/tail.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { makeScratch } from "../../support/scratch.ts";

const { signal } = new AbortController();

function rules(change: Partial<LogRules> = {}): LogRules & { readonly told: string[] } {
  const told: string[] = [];
  const diagnose = (line: string) => void told.push(line);
  const base = { clock: new FakeClock(), bytesMax: 1000, filesKept: 2, chaining: null };
  return { ...base, diagnose, ...change, told };
}

/** Adds lines, all of which have to arrive. */
async function add(log: LogFile, ...lines: readonly string[]) {
  const bytes = bytesOf(...lines);
  assertEquals(await log.append(bytes, signal), { arrived: bytes.length, error: null });
}

function bytesOf(...lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

Deno.test("append() is shared by those who write one file", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  const one = new LogFile(path, rules({ bytesMax: 8 }));
  const two = new LogFile(path, rules({ bytesMax: 8 }));
  await add(one, "1aa");
  await add(two, "2aa");
  // One puts the file aside that the other has open.
  await add(one, "1bb");
  await add(two, "2bb");
  assertEquals(await Deno.readTextFile(`${path}.1`), "1aa\n2aa\n");
  assertEquals(await Deno.readTextFile(path), "1bb\n2bb\n");
  one.close();
  two.close();
});

Deno.test("append() makes a file anew that was removed, and its folder's absence is an error", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/sub/log`;
  await Deno.mkdir(`${scratch.folder}/sub`);
  const log = new LogFile(path, rules());
  await add(log, "a");
  await Deno.remove(path);
  await add(log, "b");
  assertEquals(await Deno.readTextFile(path), "b\n");
  await Deno.remove(`${scratch.folder}/sub`, { recursive: true });
  const { arrived, error } = await log.append(bytesOf("c"), signal);
  assertEquals(arrived, 0);
  assert(error instanceof Error);
  await Deno.mkdir(`${scratch.folder}/sub`);
  await add(log, "d");
  assertEquals(await Deno.readTextFile(path), "d\n");
  log.close();
});

Deno.test({
  name: "append() refuses a file that has become a link",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/log`;
    const target = await scratch.write("target", "");
    const log = new LogFile(path, rules());
    await add(log, "a");
    await Deno.remove(path);
    await Deno.symlink(target, path);
    const { arrived, error } = await log.append(bytesOf("b"), signal);
    assertEquals(arrived, 0);
    assertEquals(String(error), "Error: it is a symbolic link: name the file itself");
    assertEquals(await Deno.readTextFile(target), "");
    log.close();
  },
});

Deno.test("append() takes off half a line that a writer left, and says so", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "whole\nhal");
  const kept = rules();
  const log = new LogFile(path, kept);
  await add(log, "next");
  log.close();
  assertEquals(await Deno.readTextFile(path), "whole\nnext\n");
  assertEquals(kept.told, [
    `${path}: it ended in the middle of a line: 3 bytes were taken off`,
  ]);
});

Deno.test("append() leaves alone what holds no lines", async () => {
  await using scratch = await makeScratch();
  const text = "x".repeat(TAIL_BYTES_MAX + 1);
  const path = await scratch.write("log", text);
  const log = new LogFile(path, rules());
  const { arrived, error } = await log.append(bytesOf("a"), signal);
  assertEquals([arrived, String(error)], [0, "Error: it holds no lines"]);
  log.close();
  assertEquals((await Deno.stat(path)).size, text.length);
});

Deno.test("append() removes files that are no longer kept", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "0\n");
  for (const number of [1, 2, 3, 4]) await scratch.write(`log.${number}`, `${number}\n`);
  const log = new LogFile(path, rules({ bytesMax: 2 }));
  await add(log, "n");
  log.close();
  assertEquals(await Deno.readTextFile(`${path}.1`), "0\n");
  assertEquals(await Deno.readTextFile(`${path}.2`), "1\n");
  const names = (await Array.fromAsync(Deno.readDir(scratch.folder))).map(({ name }) => name)
    .sort();
  assertEquals(names, ["home", "log", "log.1", "log.2", "log.lock"]);
});

Deno.test("append() ends what a writer began that was ended while it put files aside", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "0\n");
  // The others had taken their new places already.
  await scratch.write("log.2", "1\n");
  await scratch.write("log.3", "2\n");
  const log = new LogFile(path, rules({ bytesMax: 2, filesKept: 3 }));
  await add(log, "n");
  log.close();
  const texts = [path, `${path}.1`, `${path}.2`, `${path}.3`].map((each) =>
    Deno.readTextFileSync(each)
  );
  assertEquals(texts, ["n\n", "0\n", "1\n", "2\n"]);
});

Deno.test({
  name: "append() writes to a device, and puts nothing beside it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const log = new LogFile("/dev/null", rules({ bytesMax: 1 }));
    await add(log, "a", "b");
    await add(log, "c");
    log.close();
    const isThere = await Deno.lstat("/dev/null.lock").then(() => true, () => false);
    assertEquals(isThere, false);
  },
});

Deno.test({
  name: "append() says which lines a full disk did not take",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const log = new LogFile("/dev/full", rules());
    const { arrived, error } = await log.append(bytesOf("a"), signal);
    assertEquals(arrived, 0);
    assert(String(error).includes("No space left"));
    log.close();
  },
});
