import assert from "node:assert/strict";
import { sourceFiles } from "../support/source.ts";

/** Lowest first. A file may import from its own folder and from any lower layer. */
const LAYERS = [
  ["net"],
  ["http", "socks", "tls", "policy"],
  ["audit"],
  ["proxy"],
  ["config", "admin"],
  ["cli"],
] as const;

/** A folder's height. `import type` is no excuse: types point down too. */
const rank = new Map(
  LAYERS.flatMap((folders, height) => folders.map((folder) => [folder, height] as const)),
);

Deno.test("every folder under src has a layer", async () => {
  const folders = new Set(
    (await sourceFiles()).map((file) => file.path.split("/")[1]!),
  );
  const unplaced = [...folders].filter((folder) =>
    !folder.endsWith(".ts") && !rank.has(folder as never)
  );
  assert.deepEqual(unplaced, []);
});

Deno.test("imports point down", async () => {
  const upward: string[] = [];
  for (const file of await sourceFiles()) {
    const from = file.path.split("/")[1]!;
    if (from.endsWith(".ts")) continue; // src/mod.ts stands above all
    for (const target of file.imports) {
      if (!target.startsWith("src/")) continue;
      const to = target.split("/")[1]!;
      if (to === from) continue;
      const down = (rank.get(to as never) ?? Infinity) < (rank.get(from as never) ?? -1);
      if (!down) upward.push(`${file.path} imports ${target}`);
    }
  }
  assert.deepEqual(upward, []);
});
