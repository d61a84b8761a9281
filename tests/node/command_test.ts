import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import process from "node:process";
import { test } from "node:test";
import { Command, kill } from "../../src/node/command.ts";
import { BrokenPipe, NotFound } from "../../src/node/errors.ts";

const skip = process.platform === "win32";

const start = (script: string, env: Record<string, string> = {}) =>
  new Command("/bin/sh", {
    args: ["-c", script],
    cwd: "/",
    env,
    clearEnv: true,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

test("a program is spoken to, and tells how it ended", { skip }, async () => {
  const child = start('read line; echo "got $line in $PWD, $A$HOME"; echo oh >&2; exit 3', {
    A: "a",
  });
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode("this\n"));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.deepEqual([out, errors], ["got this in /, a\n", "oh\n"]);
  assert.deepEqual(await child.status, { code: 3, signal: null });
  child.kill("SIGTERM");
});

test("kill() ends a group, and says when nobody is left in it", { skip }, async () => {
  const child = start("sleep 600 & wait");
  kill(-child.pid, "SIGTERM");
  assert.equal((await child.status).signal, "SIGTERM");
  // Its output ends with the last of the group.
  assert.equal(await text(child.stdout), "");
  const gone = start("exit 0");
  await gone.status;
  assert.throws(() => kill(-gone.pid, "SIGTERM"), NotFound);
});

test("what a program does not read any more is told to whoever writes", { skip }, async () => {
  const child = start("exec 0<&-; echo closed; sleep 600");
  const output = child.stdout.getReader();
  await output.read();
  await assert.rejects(child.stdin.getWriter().write(new Uint8Array(1)), BrokenPipe);
  kill(-child.pid, "SIGKILL");
  assert.equal((await child.status).signal, "SIGKILL");
});

test("spawn() throws at once where there is no such program", () => {
  const options = { args: [], cwd: "/", env: {}, clearEnv: true, detached: false } as const;
  const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const command = new Command("/nonexistent/x", { ...options, ...piped });
  assert.throws(() => command.spawn(), NotFound);
});
