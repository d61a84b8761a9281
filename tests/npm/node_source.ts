// A file of the repository as the compiler for Node reads it.

/** Where `Deno` comes from in the package. */
const DENO_FILE = "src/node/deno.ts";

/** Files that are others on Node, and what is in their place. */
const STAND_INS: Readonly<Record<string, string>> = {
  "src/http/http2/without_goaway.ts": "src/node/without_goaway.ts",
  "src/net/address/a_labels.ts": "src/node/a_labels.ts",
  "src/library/workers/system_workers.ts": "src/node/system_workers.ts",
};

/** What marks a module that holds a text. */
const TEXT_MODULE = ".text.ts";
const TEXT_IMPORT_REGEXP = /^(import \w+ from "[^"]+)" with \{ type: "text" \};$/gm;

/** Reads a file of the repository, by its path from there, as the package has it. */
export async function readNodeSource(path: string, root: URL): Promise<string> {
  const read = (path: string) => Deno.readTextFile(new URL(path, root));
  if (!path.endsWith(TEXT_MODULE)) return nodeSource(path, await read(path));
  const text = await read(path.slice(0, -TEXT_MODULE.length));
  return `export default ${JSON.stringify(text)};\n`;
}

/**
 * The text of a file with `Deno` imported where that word is used, and with texts imported from modules. Lines keep
 * their numbers, so that stack traces are those of the repository.
 */
export function nodeSource(path: string, text: string): string {
  const standIn = STAND_INS[path];
  if (standIn !== undefined) return `export * from "${relative(path, standIn)}";\n`;
  const plain = text.replaceAll(TEXT_IMPORT_REGEXP, `$1${TEXT_MODULE}";`);
  if (path.startsWith("src/node/") || !/\bDeno\.\w/.test(withoutComments(plain))) return plain;
  return `${plain}import * as Deno from "${relative(path, DENO_FILE)}";\n`;
}

/** How one file in `src` names another. */
function relative(from: string, to: string): string {
  const up = "../".repeat(from.split("/").length - 2) || "./";
  return `${up}${to.slice("src/".length)}`;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
