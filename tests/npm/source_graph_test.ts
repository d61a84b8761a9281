import { assertEquals, assertRejects } from "@std/assert";
import { sourceGraph } from "./source_graph.ts";

const FILES: Readonly<Record<string, string>> = {
  "src/a.ts":
    'import { b } from "./b/b.ts";\nimport {\n  c,\n} from "pack";\nimport "late/side";\n',
  "src/b/b.ts":
    'export type { D } from "../d.ts";\nconst e = await import("../e.ts");\nimport "node:fs";\n',
  "src/d.ts": 'import type { A } from "./a.ts";\n',
  "src/e.ts": 'import("@scope/pack");\n',
  "src/f.ts": 'import "./nobody.ts";\n',
};

const read = (path: string) => {
  const text = FILES[path];
  return text === undefined ? Promise.reject(new Error(path)) : Promise.resolve(text);
};

Deno.test("sourceGraph() follows every kind of import, and names the packages", async () => {
  const { files, packages } = await sourceGraph(["src/a.ts"], read);
  assertEquals([...files.keys()].sort(), ["src/a.ts", "src/b/b.ts", "src/d.ts", "src/e.ts"]);
  assertEquals([...packages].sort(), ["@scope/pack", "late/side", "pack"]);
});

Deno.test("sourceGraph() rejects where a file is not there", async () => {
  await assertRejects(() => sourceGraph(["src/f.ts"], read), Error, "src/nobody.ts");
});
