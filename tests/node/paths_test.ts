import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AlreadyExists, IsADirectory, NotADirectory, NotFound } from "../../src/node/errors.ts";
import {
  chmod,
  link,
  lstat,
  mkdir,
  readDir,
  readLink,
  readTextFile,
  realPath,
  remove,
  rename,
  stat,
} from "../../src/node/paths.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await realPath(await mkdtemp(join(tmpdir(), "doorward-node-")));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("stat() follows a link, lstat() and readLink() tell of it", () =>
  inFolder(async (folder) => {
    await writeFile(`${folder}/file`, "four");
    await symlink("file", `${folder}/link`);
    const { isFile, isSymlink, isSocket, isFifo, size, mtime } = await stat(`${folder}/link`);
    assert.deepEqual([isFile, isSymlink, isSocket, isFifo, size], [true, false, false, false, 4]);
    assert.ok(mtime instanceof Date);
    assert.equal((await lstat(`${folder}/link`)).isSymlink, true);
    assert.equal(await readLink(`${folder}/link`), "file");
    assert.equal(await realPath(`${folder}/link`), `${folder}/file`);
    assert.equal((await stat(folder)).isDirectory, true);
  }));

test("mkdir(), readDir(), chmod(), rename(), link() and remove() do as they are called", () =>
  inFolder(async (folder) => {
    await mkdir(`${folder}/a/b`, { recursive: true, mode: 0o700 });
    await mkdir(`${folder}/a/b`, { recursive: true });
    await writeFile(`${folder}/a/one`, "1");
    await chmod(`${folder}/a/one`, 0o600);
    assert.equal((await stat(`${folder}/a/one`)).mode! & 0o777, 0o600);
    await rename(`${folder}/a/one`, `${folder}/a/two`);
    await link(`${folder}/a/two`, `${folder}/a/three`);
    await remove(`${folder}/a/two`);
    const names: string[] = [];
    for await (const { name } of readDir(`${folder}/a`)) names.push(name);
    assert.deepEqual(names.sort(), ["b", "three"]);
    assert.equal(await readTextFile(`${folder}/a/three`), "1");
  }));

test("what the system refuses has its class", () =>
  inFolder(async (folder) => {
    await writeFile(`${folder}/file`, "");
    await assert.rejects(stat(`${folder}/none`), NotFound);
    await assert.rejects(stat(`${folder}/file/in`), NotADirectory);
    await assert.rejects(readTextFile(folder), IsADirectory);
    await assert.rejects(mkdir(folder), AlreadyExists);
    await assert.rejects(mkdir(`${folder}/file`, { recursive: true }), AlreadyExists);
    await assert.rejects(link(`${folder}/file`, `${folder}/file`), AlreadyExists);
    await assert.rejects(async () => {
      for await (const _ of readDir(`${folder}/none`));
    }, NotFound);
  }));
