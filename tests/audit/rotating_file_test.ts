import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FILE_BYTES_MAX, FILES_KEPT, RotatingFile } from "../../src/audit/rotating_file.ts";
import { until } from "../support/in_time.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

/** A file of a test's own, and what was told of it. */
function open(scratch: Scratch, bytesMax?: number, name = "log") {
  const path = `${scratch.folder}/${name}`;
  const told: string[] = [];
  const diagnose = (line: string) => void told.push(line);
  const options = bytesMax === undefined ? { diagnose } : { diagnose, bytesMax };
  return { path, told, file: new RotatingFile(path, options) };
}

/** Writes lines one by one, each of them through to the disk. */
async function writeEach(path: string, lines: readonly string[], bytesMax: number) {
  for (const line of lines) {
    const file = new RotatingFile(path, { diagnose: (line) => assertEquals(line, ""), bytesMax });
    file.line(line);
    await file.close();
  }
}

async function textsOf(path: string): Promise<string[]> {
  const names = [path, ...Array.from({ length: FILES_KEPT + 1 }, (_, at) => `${path}.${at + 1}`)];
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(name).catch(() => "-")));
  return texts.map((text) => text.trim().replaceAll("\n", " "));
}

Deno.test("line() writes at once, and in order", async () => {
  await using scratch = await makeScratch();
  const { path, file, told } = open(scratch);
  const lines = Array.from({ length: 1000 }, (_, at) => `line ${at}`);
  lines.forEach((line) => file.line(line));
  await file.close();
  assertEquals(await Deno.readTextFile(path), `${lines.join("\n")}\n`);
  assertEquals(told, []);
});

Deno.test("line() goes on with what is there", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "before\n");
  await writeEach(path, ["after"], FILE_BYTES_MAX);
  assertEquals(await Deno.readTextFile(path), "before\nafter\n");
});

Deno.test({
  name: "line() makes a file that nobody else can read",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const { path, file } = open(scratch);
    file.line("a");
    await file.close();
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  },
});

Deno.test("line() puts a file aside that would be too large, and keeps four of them", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  // Four bytes each with the end of the line: two fill a file to the last byte.
  await writeEach(path, ["111", "222"], 8);
  assertEquals(await textsOf(path), ["111 222", "-", "-", "-", "-", "-"]);
  await writeEach(path, ["333"], 8);
  assertEquals(await textsOf(path), ["333", "111 222", "-", "-", "-", "-"]);
  await writeEach(path, ["444", "555", "666", "777", "888", "999", "aaa", "bbb"], 8);
  assertEquals(await textsOf(path), ["bbb", "999 aaa", "777 888", "555 666", "333 444", "-"]);
});

Deno.test("line() writes one that is larger than a file by itself", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  await writeEach(path, ["too long for it"], 8);
  assertEquals(await textsOf(path), ["too long for it", "-", "-", "-", "-", "-"]);
  await Deno.remove(path);
  await writeEach(path, ["1", "too long for it", "2"], 8);
  assertEquals(await textsOf(path), ["2", "too long for it", "1", "-", "-", "-"]);
});

Deno.test("line() says once that it cannot write, and what was lost when it can again", async () => {
  await using scratch = await makeScratch();
  const { path, file, told } = open(scratch, undefined, "not/there");
  file.line("lost 1");
  file.line("lost 2");
  await until(() => told.length === 1, "it is told");
  file.line("lost 3");
  await file.close();
  assertStringIncludes(told[0]!, `Cannot write ${path}: `);
  assertEquals(told.length, 1);
  await Deno.mkdir(`${scratch.folder}/not`);
  file.line("kept");
  await file.close();
  assertEquals(told.slice(1), [`Can write ${path} again: 3 lines were lost`]);
  assertEquals(await Deno.readTextFile(path), "kept\n");
});

Deno.test("line() does not say again of the next trouble what was lost in the last", async () => {
  await using scratch = await makeScratch();
  const { path, file, told } = open(scratch, undefined, "not/there");
  const folder = `${scratch.folder}/not`;
  for (const line of ["lost", "kept"]) {
    file.line(line);
    await file.close();
    if (line === "lost") await Deno.mkdir(folder);
  }
  await Deno.remove(folder, { recursive: true });
  file.line("lost");
  await file.close();
  await Deno.mkdir(folder);
  file.line("kept");
  await file.close();
  assertEquals(told.length, 4);
  assertEquals(told[3], `Can write ${path} again: 1 line was lost`);
});

Deno.test("line() holds a megabyte while the disk is slow, and counts what is lost beyond", async () => {
  await using scratch = await makeScratch();
  const { path, file, told } = open(scratch);
  const line = "x".repeat(1023);
  // The first is taken at once; nothing is written before we let the system do it.
  for (let count = 0; count < 1 + 1025 + 10; count++) file.line(line);
  await file.close();
  const { size } = await Deno.stat(path);
  assertEquals(told, [`Can write ${path} again: 10 lines were lost`]);
  assertEquals(size, (1 + 1025) * 1024);
});

Deno.test("close() waits for what is held, and can be called where nothing was written", async () => {
  await using scratch = await makeScratch();
  const { path, file } = open(scratch);
  await file.close();
  assert(!(await Deno.stat(path).then(() => true, () => false)));
  file.line("a");
  await file.close();
  await file.close();
  assertEquals(await Deno.readTextFile(path), "a\n");
});
