import { assertEquals } from "@std/assert";
import { presetHints } from "../../../src/cli/learn/preset_hints.ts";
import { learned, type Visit } from "../../support/learned.ts";

/** What would stand for the hosts of visits. */
async function hinted(visits: readonly Visit[], mitm = false): Promise<readonly string[]> {
  const { lesson } = await learned(visits);
  return presetHints(lesson.hosts, mitm).map(({ preset, covers, others }) =>
    `${preset}: ${covers} +${others}`
  );
}

const npm: Visit = { host: "registry.npmjs.org" };
const read: Visit = { ...npm, method: "GET", kind: "request" };

Deno.test("presetHints() names the preset of a host, and how much more it has", async () => {
  assertEquals(await hinted([npm]), ["npm: registry.npmjs.org +0"]);
  assertEquals(await hinted([{ host: "pypi.org" }]), ["pypi: pypi.org +1"]);
  assertEquals(await hinted([{ host: "pypi.org" }, npm, { host: "files.pythonhosted.org" }]), [
    "pypi: pypi.org,files.pythonhosted.org +0",
    "npm: registry.npmjs.org +0",
  ]);
  assertEquals(await hinted([{ host: "example.com" }]), []);
});

Deno.test("presetHints() prefers one that only reads, where somebody sees to it", async () => {
  assertEquals(await hinted([read]), ["npm: registry.npmjs.org +0"]);
  assertEquals(await hinted([read], true), ["npm:read: registry.npmjs.org +0"]);
  assertEquals(await hinted([{ ...read, method: "POST" }], true), ["npm: registry.npmjs.org +0"]);
});

Deno.test("presetHints() is about the web", async () => {
  assertEquals(await hinted([{ ...npm, port: 80, protocol: "http" }]), [
    "npm: registry.npmjs.org +0",
  ]);
  assertEquals(await hinted([{ ...npm, port: 22 }]), []);
  assertEquals(await hinted([{ ...npm, protocol: "socks5_udp" }]), []);
});

Deno.test("presetHints() takes no name for one below it", async () => {
  assertEquals(await hinted([{ host: "evil-registry.npmjs.org" }, { host: "npmjs.org" }]), []);
});
