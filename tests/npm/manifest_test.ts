import { assertEquals, assertThrows } from "@std/assert";
import { packageManifest } from "./manifest.ts";

const CONFIG = { name: "@doorward/doorward", version: "1.2.3", license: "MIT" };

const graph = (...packages: string[]) => ({ files: new Map(), packages: new Set(packages) });

Deno.test("packageManifest() names what is imported, with its exact version, and nothing else", () => {
  const imports = { b: "npm:b@1.0.0", "@scope/a": "npm:@scope/a@2.0.1", c: "npm:c@3.0.0" };
  const manifest = packageManifest({ ...CONFIG, imports }, graph("b", "@scope/a"));
  assertEquals(manifest.dependencies, { "@scope/a": "2.0.1", b: "1.0.0" });
  assertEquals([manifest.name, manifest.version], ["@doorward/doorward", "1.2.3"]);
});

Deno.test("packageManifest() throws for a version that is open, and for none", () => {
  for (const imports of [{ b: "npm:b@^1.0.0" }, { b: "npm:b@1" }, {}]) {
    const config = { ...CONFIG, imports } as Parameters<typeof packageManifest>[0];
    assertThrows(() => packageManifest(config, graph("b")), Error, 'no exact version of "b"');
  }
});
