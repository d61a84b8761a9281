import { assert, assertEquals, assertThrows } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { billOfMaterials, billOfThis } from "./bill_of_materials.ts";
import type { Lock } from "./lock.ts";

const lock: Lock = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)),
);

Deno.test("billOfThis() has the digest of every package as the lock file has it", async () => {
  const { components } = JSON.parse(await billOfThis());
  const [runtime, ...packages] = components;
  assertEquals([runtime.name, runtime.version], ["deno", Deno.version.deno]);
  assert(packages.length > 10);
  for (const { name, version, hashes: [{ alg, content }], purl } of packages) {
    const locked = Object.entries(lock.npm).filter(([key]) =>
      key === `${name}@${version}` || key.startsWith(`${name}@${version}_`)
    );
    const digest = Uint8Array.fromHex(content).toBase64();
    assertEquals(locked.map(([, { integrity }]) => integrity), [`sha512-${digest}`], name);
    assertEquals([alg, purl], ["SHA-512", `pkg:npm/${name.replace("@", "%40")}@${version}`]);
  }
});

Deno.test("billOfThis() leaves out what only tests import, and names what is imported", async () => {
  const { components, dependencies } = JSON.parse(await billOfThis());
  const names: string[] = components.map(({ name }: { name: string }) => name);
  assertEquals(names.filter((name) => name === "ajv"), []);
  const [own] = dependencies;
  assertEquals(own.ref, `pkg:npm/%40doorward/doorward@${denoJson.version}`);
  assert(own.dependsOn.includes("pkg:npm/hono@4.13.19"), own.dependsOn);
  assert(!own.dependsOn.some((purl: string) => purl.includes("/tslib@")));
  const refs = new Set(components.map((each: { "bom-ref": string }) => each["bom-ref"]));
  assertEquals(refs.size, components.length);
  const needed = dependencies.flatMap((each: { dependsOn: string[] }) => each.dependsOn);
  assertEquals(needed.filter((purl: string) => !refs.has(purl)), []);
  // Whatever is in it is there for somebody.
  assertEquals([...refs].filter((purl) => !needed.includes(purl)), []);
});

Deno.test("billOfThis() is the same each time", async () => {
  assertEquals(await billOfThis(), await billOfThis());
});

Deno.test("billOfMaterials() throws for a digest of another kind", () => {
  const each = { name: "a", version: "1.0.0", integrity: "sha1-AAAA", dependencies: [] };
  assertThrows(
    () => billOfMaterials(denoJson, [each], [each], "2.9.6"),
    Error,
    'no SHA-512, but "sha1-AAAA"',
  );
});
