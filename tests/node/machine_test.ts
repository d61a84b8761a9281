import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { build, cwd, env, networkInterfaces, permissions, uid } from "../../src/node/machine.ts";

test("build names the system as Deno does", () => {
  const names: Record<string, string> = { win32: "windows", sunos: "solaris" };
  assert.equal(build.os, names[process.platform] ?? process.platform);
});

test("cwd(), uid() and env tell what the process is", () => {
  assert.equal(cwd(), process.cwd());
  assert.equal(uid(), process.getuid?.() ?? null);
  assert.equal(env.toObject().PATH, process.env.PATH);
});

test("networkInterfaces() has an entry an address", () => {
  assert.ok(networkInterfaces().some(({ address }) => address === "127.0.0.1"));
});

test("permissions.query() grants what the system may refuse", async () => {
  const asked = [{ name: "write", path: "/" }, { name: "sys", kind: "uid" }] as const;
  for (const each of asked) assert.equal((await permissions.query(each)).state, "granted");
});
