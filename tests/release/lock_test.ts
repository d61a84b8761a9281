import { assertEquals, assertThrows } from "@std/assert";
import { embeddedPackages } from "./lock.ts";

const LOCK = {
  specifiers: { "npm:a@1.0.0": "1.0.0_@scope+peer@3.0.0", "npm:@scope/b@2.0.0": "2.0.0" },
  npm: {
    "a@1.0.0_@scope+peer@3.0.0": {
      integrity: "sha512-a",
      dependencies: ["@scope/peer", "c@1.2.0"],
    },
    "@scope/b@2.0.0": { integrity: "sha512-b", dependencies: ["c@2.0.1"] },
    "@scope/peer@3.0.0": { integrity: "sha512-peer" },
    "c@1.2.0": { integrity: "sha512-c1" },
    "c@2.0.1": { integrity: "sha512-c2", dependencies: ["@scope/b"] },
    "unused@1.0.0": { integrity: "sha512-unused" },
  },
};
const IMPORTS = { a: "npm:a@1.0.0/deep/file.js", b: "npm:@scope/b@2.0.0" };

const ids = (imported: readonly string[], deep = true) =>
  embeddedPackages(LOCK, IMPORTS, imported, { deep }).map(({ name, version }) =>
    `${name}@${version}`
  );

Deno.test("embeddedPackages() follows what is needed, peers and circles too, and takes no other", () => {
  assertEquals(ids(["a", "b"]), [
    "@scope/b@2.0.0",
    "@scope/peer@3.0.0",
    "a@1.0.0",
    "c@1.2.0",
    "c@2.0.1",
  ]);
  assertEquals(ids(["b"]), ["@scope/b@2.0.0", "c@2.0.1"]);
  assertEquals(ids(["a", "b"], false), ["@scope/b@2.0.0", "a@1.0.0"]);
});

Deno.test("embeddedPackages() tells what each needs, and its digest", () => {
  assertEquals(embeddedPackages(LOCK, IMPORTS, ["a"], { deep: false }), [
    {
      name: "a",
      version: "1.0.0",
      integrity: "sha512-a",
      dependencies: ["@scope/peer@3.0.0", "c@1.2.0"],
    },
  ]);
});

Deno.test("embeddedPackages() throws for what the lock file does not know, or knows twice", () => {
  assertThrows(() => ids(["z"]), Error, 'does not know "z"');
  const npm = { "a@1.0.0_@scope+peer@3.0.0": { integrity: "x", dependencies: ["c"] } };
  const lock = { ...LOCK, npm: { ...LOCK.npm, ...npm } };
  assertThrows(() => embeddedPackages(lock, IMPORTS, ["a"]), Error, 'not name one package "c"');
});
