import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  CLOSE_MS,
  FILE_BYTES_MAX,
  FILES_KEPT,
  GATHER_MS,
  RETRY_MS,
  RotatingFile,
} from "../../../src/audit/file/rotating_file.ts";
import { HELD_BYTES_MAX } from "../../../src/audit/file/line_queue.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { turn, until } from "../../support/in_time.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";

/** A file of a test's own, and what was told of it. */
function open(scratch: Scratch, bytesMax = FILE_BYTES_MAX, name = "log") {
  const path = `${scratch.folder}/${name}`;
  const told: string[] = [];
  const clock = new FakeClock();
  const diagnose = (line: string) => void told.push(line);
  return { path, told, clock, file: new RotatingFile(path, { diagnose, clock, bytesMax }) };
}

/** Writes lines one by one, each of them through to the disk. */
async function writeEach(path: string, lines: readonly string[], bytesMax: number) {
  for (const line of lines) {
    const diagnose = (line: string) => assertEquals(line, "");
    const file = new RotatingFile(path, { diagnose, clock: new FakeClock(), bytesMax });
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

Deno.test("line() writes what comes during a write together, a moment later", async () => {
  await using scratch = await makeScratch();
  const { path, file, clock } = open(scratch);
  file.line("one");
  file.line("two");
  await until(() => clock.sleeping === 1, "it waits for more");
  assertEquals(await Deno.readTextFile(path), "one\n");
  file.line("three");
  clock.advance(GATHER_MS);
  await until(() => Deno.readTextFileSync(path) === "one\ntwo\nthree\n", "it writes all");
  await file.close();
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

Deno.test("line() puts a file aside between lines that come at once", async () => {
  await using scratch = await makeScratch();
  const { path, file } = open(scratch, 8);
  for (const line of ["111", "222", "333", "444", "555"]) file.line(line);
  await file.close();
  assertEquals((await textsOf(path)).slice(0, 4), ["555", "333 444", "111 222", "-"]);
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

Deno.test("line() says once that it cannot write, and holds the lines until it can", async () => {
  await using scratch = await makeScratch();
  const { path, file, told, clock } = open(scratch, undefined, "not/there");
  file.line("one");
  await until(() => clock.sleeping === 1, "it waits");
  file.line("two");
  clock.advance(RETRY_MS);
  await until(() => clock.sleeping === 1, "it waits again");
  assertStringIncludes(told[0]!, `Cannot write ${path}: `);
  assertEquals(told.length, 1);
  await Deno.mkdir(`${scratch.folder}/not`);
  clock.advance(RETRY_MS);
  await until(() => told.length >= 2, "it works");
  assertEquals(told[1], `Can write ${path} again: 0 lines were lost`);
  assertEquals(await Deno.readTextFile(path), "one\ntwo\n");
  assertEquals(file.lost, 0);
  await file.close();
});

Deno.test("line() says what is missing in its place, and what was lost once it works", async () => {
  await using scratch = await makeScratch();
  const { path, file, told, clock } = open(scratch, undefined, "not/there");
  const missing = { kind: "x", line: (lost: number) => `${lost} missing` };
  file.line("x".repeat(HELD_BYTES_MAX + 1), missing);
  await until(() => clock.sleeping === 1, "it waits");
  for (const line of ["lost 1", "lost 2"]) file.line(line, missing);
  assertEquals(file.lost, 2);
  await Deno.mkdir(`${scratch.folder}/not`);
  clock.advance(RETRY_MS);
  await until(() => told.length >= 2, "it works");
  file.line("kept", missing);
  await file.close();
  assertEquals(told[1], `Can write ${path} again: 2 lines were lost`);
  const lines = (await Deno.readTextFile(path)).split("\n");
  assertEquals(lines.slice(1), ["2 missing", "kept", ""]);
  assertEquals(file.lost, 2);
});

Deno.test("line() holds some megabytes while the disk is slow, and counts what is lost beyond", async () => {
  await using scratch = await makeScratch();
  const { path, file, told } = open(scratch);
  const line = "x".repeat(1023);
  // Nothing is written before we let the system do it.
  const fitting = HELD_BYTES_MAX / 1024 + 1;
  for (let count = 0; count < fitting + 10; count++) file.line(line);
  await file.close();
  const { size } = await Deno.stat(path);
  assertEquals(told, [
    `Cannot write ${path}: it takes too long, and what is written to it is lost`,
    `Can write ${path} again: 10 lines were lost`,
  ]);
  assertEquals(size, fitting * 1024);
});

Deno.test("line() says why it cannot write also where it has said that it takes too long", async () => {
  await using scratch = await makeScratch();
  const { path, file, told, clock } = open(scratch, undefined, "not/there");
  file.line("x".repeat(HELD_BYTES_MAX + 1));
  file.line("lost");
  await until(() => clock.sleeping === 1, "it waits");
  file.line("lost");
  assertEquals(told.length, 2);
  assertStringIncludes(told[0]!, "it takes too long");
  assertStringIncludes(told[1]!, `Cannot write ${path}: No such file`);
  await file.close();
});

Deno.test("close() waits for what is held, and can be called where nothing was written", async () => {
  await using scratch = await makeScratch();
  const { path, file } = open(scratch);
  await file.close();
  assert(!(await Deno.stat(path).then(() => true, () => false)));
  const other = open(scratch);
  other.file.line("a");
  await other.file.close();
  await other.file.close();
  assertEquals(await Deno.readTextFile(path), "a\n");
});

Deno.test("close() tries once more, and says what is lost for good", async () => {
  await using scratch = await makeScratch();
  const { path, file, told, clock } = open(scratch, undefined, "not/there");
  file.line("a");
  file.line("b");
  await until(() => clock.sleeping === 1, "it waits");
  await file.close();
  assertEquals(told[1], `Cannot write ${path} to its end: 2 lines were lost`);
  file.line("c");
  assertEquals(file.lost, 3);
});

Deno.test("close() ends though somebody else never gives the file back", async () => {
  await using scratch = await makeScratch();
  const { path, file, told, clock } = open(scratch);
  using lock = await Deno.open(`${path}.lock`, { write: true, create: true, mode: 0o600 });
  await lock.lock(true);
  file.line("a");
  await until(() => clock.sleeping === 1, "it waits for the lock");
  const closed = file.close();
  await until(() => clock.sleeping === 2, "it waits for the end, too");
  clock.advance(CLOSE_MS);
  await closed;
  // Whoever waited for the lock is told that it is over, and says no more.
  await turn();
  await turn();
  assertEquals(file.lost, 1);
  assertEquals(told.length, 1);
  assertEquals(told.at(-1), `Cannot write ${path} to its end: 1 line was lost`);
});
