import { assertEquals } from "@std/assert";
import { sourceFiles } from "../support/source.ts";

/** Lowest first. A file may import from its own folder and from any lower layer; siblings are blind. */
const LAYERS = [
  // In the place of the runtime, in the package for Node.
  ["node"],
  ["net"],
  ["http", "socks", "tls", "policy"],
  ["audit"],
  ["proxy"],
  [
    "config",
    "admin",
    "calls",
  ],
  ["library"],
  ["cli"],
] as const;

/** A folder's height. `import type` is no excuse: types point down too. */
const rank = new Map<string, number>(
  LAYERS.flatMap((folders, height) => folders.map((folder) => [folder, height] as const)),
);

Deno.test("every folder under src has a layer", async () => {
  const folders = new Set((await sourceFiles()).map((file) => file.path.split("/")[1]!));
  const unplaced = [...folders].filter((folder) => !folder.endsWith(".ts") && !rank.has(folder));
  assertEquals(unplaced, []);
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
      const down = (rank.get(to) ?? Infinity) < (rank.get(from) ?? -1);
      if (!down) upward.push(`${file.path} imports ${target}`);
    }
  }
  assertEquals(upward, []);
});

Deno.test("src/node is imported by the build for Node alone", async () => {
  const strays: string[] = [];
  for (const file of await sourceFiles()) {
    if (file.path.startsWith("src/node/")) continue;
    if (file.imports.some((target) => target.startsWith("src/node/"))) strays.push(file.path);
  }
  assertEquals(strays, []);
});

/** What each folder may take from outside. A package has one reader, so that replacing it is one folder. */
const PACKAGES: Record<string, readonly string[]> = {
  tls: ["@peculiar/x509", "reflect-metadata"],
  config: ["smol-toml", "tldts"],
  admin: ["hono"],
  // What encodes OTLP, and what it is made with.
  library: [
    "@opentelemetry/api",
    "@opentelemetry/otlp-transformer",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-metrics",
  ],
  cli: ["@std/cli/parse-args"],
};

Deno.test("packages are imported only by the folder that owns them", async () => {
  const strays: string[] = [];
  for (const file of await sourceFiles()) {
    const folder = file.path.split("/")[1]!;
    for (const target of file.imports) {
      if (target.startsWith("src/") || target.startsWith("node:")) continue;
      if (!PACKAGES[folder]?.includes(target)) strays.push(`${file.path} imports ${target}`);
    }
  }
  assertEquals(strays, []);
});
