import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AlreadyExists, BadResource, NotFound, NotSupported } from "../../src/node/errors.ts";
import { open, SeekMode } from "../../src/node/file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "doorward-node-"));
  try {
    await work(`${folder}/file`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("read() goes on where it stopped, and is null at the end", () =>
  inFolder(async (path) => {
    await writeFile(path, "hello");
    const file = await open(path, { read: true });
    const into = new Uint8Array(3);
    const counts = [await file.read(into), await file.read(into), await file.read(into)];
    assert.deepEqual(counts, [3, 2, null]);
    assert.equal(await file.read(new Uint8Array()), 0);
    assert.equal((await file.stat()).size, 5);
    file.close();
  }));

test("open() makes a new file with its mode, and only then", () =>
  inFolder(async (path) => {
    await assert.rejects(open(path, { write: true }), NotFound);
    const file = await open(path, { write: true, createNew: true, mode: 0o600 });
    assert.equal(await file.write(bytes("one")), 3);
    assert.equal((await file.stat()).mode! & 0o777, 0o600);
    await file.sync();
    file.close();
    await assert.rejects(open(path, { write: true, createNew: true }), AlreadyExists);
    const more = await open(path, { append: true, create: true });
    await more.write(bytes(" two"));
    more[Symbol.dispose]();
    assert.equal(await readFile(path, "utf8"), "one two");
  }));

test("a closed file is of no more use, and closing it again does nothing", () =>
  inFolder(async (path) => {
    const file = await open(path, { write: true, create: true });
    file.close();
    file.close();
    await assert.rejects(file.write(bytes("x")), BadResource);
  }));

test("seek() says where the next read and the next write begin", () =>
  inFolder(async (path) => {
    await writeFile(path, "hello");
    const file = await open(path, { read: true, write: true });
    const into = new Uint8Array(2);
    await file.seek(3, SeekMode.Start);
    assert.deepEqual([await file.read(into), await file.read(into)], [2, null]);
    await file.seek(1, SeekMode.Start);
    await file.write(bytes("ip"));
    await file.write(bytes("e"));
    await file.truncate(4);
    assert.equal(await readFile(path, "utf8"), "hipe");
    file.close();
  }));

test("what appends goes to the end, wherever it was read", () =>
  inFolder(async (path) => {
    await writeFile(path, "one");
    const file = await open(path, { read: true, append: true });
    await file.seek(0, SeekMode.Start);
    const into = new Uint8Array(2);
    assert.equal(await file.read(into), 2);
    await file.write(bytes(" two"));
    assert.equal(await file.read(into), 2);
    assert.deepEqual(into, bytes("e "));
    assert.equal(await readFile(path, "utf8"), "one two");
    file.close();
  }));

test("lock() and tryLock() say that there is none", () =>
  inFolder(async (path) => {
    const file = await open(path, { write: true, create: true });
    await assert.rejects(file.lock(true), NotSupported);
    await assert.rejects(file.tryLock(true), NotSupported);
    assert.throws(() => file.unlockSync(), NotSupported);
    file.close();
  }));
