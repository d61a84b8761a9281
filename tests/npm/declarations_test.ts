import { assertEquals } from "@std/assert";
import { reachedDeclarations } from "./declarations.ts";

const FILES: Readonly<Record<string, string>> = {
  "dist/mod.d.ts": 'export { a } from "./a/a.ts";\nexport type { B } from "./b.js";\n',
  "dist/a/a.d.ts": 'export declare const a: import("../c.ts").C;\n',
  "dist/b.d.ts": 'import type { Duplex } from "node:stream";\nimport type { A } from "./mod.ts";\n',
  "dist/c.d.ts": "export interface C {}\n",
};

Deno.test("reachedDeclarations() follows imports, and types that are named where they stand", async () => {
  const reached = await reachedDeclarations(
    "dist/mod.d.ts",
    (path) => Promise.resolve(FILES[path]!),
  );
  assertEquals([...reached].sort(), Object.keys(FILES).sort());
});
