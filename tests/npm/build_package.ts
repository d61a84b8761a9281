// The package for Node: the files that `src/mod.ts` reaches, compiled, with `src/node` in place of Deno.
import { dirname } from "node:path";
import { compile, installPackages } from "./compile.ts";
import { reachedDeclarations } from "./declarations.ts";
import { buildManifest, type DenoConfig, type Manifest, packageManifest } from "./manifest.ts";
import { readNodeSource } from "./node_source.ts";
import { type SourceGraph, sourceGraph } from "./source_graph.ts";

const ROOT = new URL("../../", import.meta.url);
const ENTRY = "src/mod.ts";
/** Written by hand, beside what is compiled. */
const PAGES: Readonly<Record<string, string>> = {
  LICENSE: "LICENSE",
  "README.md": "tests/npm/package_readme.md",
};

/** What was built. */
export interface Built {
  readonly name: string;
  readonly version: string;
  /** How many files it has. */
  readonly files: number;
}

/** Builds the package in a folder, in place of what an earlier build left there. Tells of each step as it begins. */
export async function buildPackage(out: string, step: (what: string) => void): Promise<Built> {
  const config: DenoConfig = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  await refuseOthersFolder(out, config.name);
  const folder = await Deno.makeTempDir({ prefix: "doorward-npm-" });
  try {
    step("Reading the sources");
    const graph = await sourceGraph([ENTRY], (path) => readNodeSource(path, ROOT));
    await writeSources(graph, folder);
    await writeJson(`${folder}/package.json`, buildManifest(config, graph));
    step(`Installing ${graph.packages.size + 2} packages`);
    await installPackages(folder);
    step(`Compiling ${graph.files.size} files`);
    await compile(folder, ENTRY);
    await removeUnreached(folder);
    return await publish(folder, out, packageManifest(config, graph));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A folder that holds something else is not ours to replace. */
async function refuseOthersFolder(out: string, name: string): Promise<void> {
  const isThere = await Deno.stat(out).then(() => true, () => false);
  if (!isThere || (await Array.fromAsync(Deno.readDir(out))).length === 0) return;
  const manifest = await Deno.readTextFile(`${out}/package.json`).catch(() => "{}");
  if (JSON.parse(manifest).name === name) return;
  throw new Error(`${out} holds something else; name a folder that is empty, or not there`);
}

async function writeSources({ files }: SourceGraph, folder: string): Promise<void> {
  for (const [path, text] of files) await write(`${folder}/${path}`, text);
}

async function removeUnreached(folder: string): Promise<void> {
  const reached = await reachedDeclarations(
    "dist/mod.d.ts",
    (path) => Deno.readTextFile(`${folder}/${path}`),
  );
  for await (const path of filesIn(`${folder}/dist`)) {
    const isUnreached = path.endsWith(".d.ts") && !reached.has(path.slice(folder.length + 1));
    if (isUnreached) await Deno.remove(path);
  }
}

async function publish(folder: string, out: string, manifest: Manifest): Promise<Built> {
  await Deno.remove(out, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  let files = 1 + Object.keys(PAGES).length;
  for await (const path of filesIn(`${folder}/dist`)) {
    files += 1;
    await write(`${out}${path.slice(folder.length)}`, await Deno.readTextFile(path));
  }
  await writeJson(`${out}/package.json`, manifest);
  for (const [name, source] of Object.entries(PAGES)) {
    await Deno.copyFile(new URL(source, ROOT), `${out}/${name}`);
  }
  return { name: String(manifest.name), version: String(manifest.version), files };
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesIn(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await write(path, `${JSON.stringify(value, null, 2)}\n`);
}
