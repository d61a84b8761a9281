import { assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import { systemUnixSockets } from "../../src/net/unix_sockets.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { startUnixServer } from "../support/unix_server.ts";
import { Wire } from "../support/wire.ts";

const CALM = new AbortController().signal;
const sockets = systemUnixSockets("linux")!;
const ignore = Deno.build.os === "windows";

/** A folder `real` with a link `link` to it. */
async function makeFolders(): Promise<Scratch> {
  const scratch = await makeScratch();
  await Deno.mkdir(`${scratch.folder}/real`);
  await Deno.symlink("real", `${scratch.folder}/link`);
  return scratch;
}

Deno.test("systemUnixSockets() are everywhere but on Windows", () => {
  assertEquals(systemUnixSockets("windows"), null);
  assertEquals(systemUnixSockets("darwin") === null, false);
});

Deno.test("canonical() resolves links in every part of a path", { ignore }, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  await scratch.write("real/a", "");
  await Deno.symlink(`${folder}/link/a`, `${folder}/real/alias`);
  for (const path of ["real/a", "link/a", "link/alias", "link/../link/./a", "real//a"]) {
    assertEquals(await sockets.canonical(`${folder}/${path}`), `${folder}/real/a`, path);
  }
  assertEquals(await sockets.canonical("/"), "/");
});

Deno.test("canonical() resolves the part that exists", { ignore }, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  assertEquals(await sockets.canonical(`${folder}/link/a`), `${folder}/real/a`);
  assertEquals(await sockets.canonical(`${folder}/link/b/c/d`), `${folder}/real/b/c/d`);
  assertEquals(await sockets.canonical("/no-such-folder/a"), "/no-such-folder/a");
});

// As where an engine's socket is a link to a file that is there only while the engine runs.
Deno.test("canonical() follows a link to what does not exist", { ignore }, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  await Deno.symlink("../link/later", `${folder}/real/relative`);
  await Deno.symlink(`${folder}/link/later`, `${folder}/real/absolute`);
  await Deno.symlink("later", `${folder}/dangling`);
  for (const path of ["real/relative", "real/absolute", "link/absolute"]) {
    assertEquals(await sockets.canonical(`${folder}/${path}`), `${folder}/real/later`, path);
  }
  assertEquals(await sockets.canonical(`${folder}/dangling/a`), `${folder}/later/a`);
});

Deno.test("canonical() rejects what leads nowhere", { ignore }, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  await scratch.write("file", "");
  await Deno.symlink("loop", `${folder}/loop`);
  await Deno.symlink("nowhere/..", `${folder}/up`);
  const names = ["loop", "loop/a", "file/a", "file/", "nowhere/..", "nowhere/.", "up", "nowhere/"];
  for (const name of names) {
    await assertRejects(() => sockets.canonical(`${folder}/${name}`));
  }
  await assertRejects(() => sockets.canonical("relative-and-not-there"));
});

Deno.test("dial() connects, both ways and with half-closes", { ignore }, async () => {
  await using scratch = await makeScratch();
  await using server = startUnixServer(`${scratch.folder}/s.sock`);
  const { stream } = await sockets.dial(server.path, CALM);
  await using wire = new Wire(stream);
  const theirs = await server.connection();
  await wire.send("up");
  assertEquals(await theirs.readExactly(2), "up");
  await wire.closeWrite();
  await theirs.readEnd();
  await theirs.send("down");
  assertEquals(await wire.readExactly(4), "down");
  theirs.close();
  await wire.readEnd();
  await stream.closeWrite();
  stream.close();
  stream.close();
});

Deno.test("dial() says why it could not", { ignore }, async () => {
  await using scratch = await makeScratch();
  const { folder } = scratch;
  await scratch.write("file", "");
  await Deno.symlink("loop", `${folder}/loop`);
  const { path } = await (async () => {
    await using closed = startUnixServer(`${folder}/closed.sock`);
    await Deno.rename(closed.path, `${folder}/left.sock`);
    return { path: `${folder}/left.sock` };
  })();
  const table: Record<string, readonly [code: string, detail: string]> = {
    [`${folder}/missing`]: ["connection_failed", "there is no such socket"],
    [`${folder}/file`]: ["connection_failed", "it is not a socket"],
    [folder]: ["connection_failed", "it is not a socket"],
    [path]: ["connection_refused", ""],
    [`${folder}/file/x`]: ["connection_failed", ""],
    [`${folder}/loop`]: ["connection_failed", ""],
    [`${folder}/${"x".repeat(108)}`]: ["connection_failed", ""],
  };
  for (const [path, [code, detail]] of Object.entries(table)) {
    const error = await assertRejects(() => sockets.dial(path, CALM), ConnectError);
    assertEquals([error.code, error.detail], [code, detail], path);
    const more = detail === "" ? "" : `: ${detail}`;
    assertEquals(error.message, `Cannot connect to unix socket "${path}"${more}`);
  }
});

Deno.test("dial() rejects with the reason of an aborted signal, and opens nothing", {
  ignore,
}, async () => {
  await using scratch = await makeScratch();
  await using server = startUnixServer(`${scratch.folder}/s.sock`);
  const gone = AbortSignal.abort(new TypeError("gone"));
  await assertRejects(() => sockets.dial(server.path, gone), TypeError, "gone");
  const leaving = new AbortController();
  const dialling = sockets.dial(server.path, leaving.signal);
  leaving.abort(new TypeError("left"));
  await assertRejects(() => dialling, TypeError, "left");
  const late = new AbortController();
  const failing = sockets.dial(`${scratch.folder}/missing`, late.signal);
  late.abort(new TypeError("late"));
  await assertRejects(() => failing, TypeError, "late");
  // The one that was made all the same has been closed.
  await (await server.connection()).readEnd();
});

Deno.test(
  "dial() tells the path that the server bound, whatever led there",
  { ignore },
  async () => {
    await using scratch = await makeScratch();
    const [bound, link] = [`${scratch.folder}/s.sock`, `${scratch.folder}/link`];
    await using _server = startUnixServer(bound);
    await Deno.symlink(bound, link);
    const connection = await sockets.dial(link, CALM);
    connection.stream.close();
    assertEquals(connection.bound, bound);
  },
);

Deno.test(
  "exists() is about the path itself, and true for what cannot be looked at",
  { ignore },
  async () => {
    await using scratch = await makeScratch();
    await scratch.write("file", "");
    await Deno.symlink("nowhere", `${scratch.folder}/dangling`);
    await Deno.symlink("loop", `${scratch.folder}/loop`);
    const there = (name: string) => sockets.exists(`${scratch.folder}/${name}`);
    const seen = await Promise.all(
      ["file", "dangling", "loop/a", "missing", "file/below"].map(there),
    );
    assertEquals(seen, [true, true, true, false, false]);
  },
);
