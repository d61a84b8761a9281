import { assertEquals } from "@std/assert";
import { sourceFiles } from "../support/source.ts";
import { messagesOf } from "../support/messages.ts";

const root = new URL("../../", import.meta.url);

/** What is no message: data, and words about it. */
const DATA: readonly RegExp[] = [
  // In the place of the runtime: they say what it says.
  /^src\/node\//,
  // Hosts and addresses, and what they are.
  /^src\/config\/presets\/\w+_presets\.ts$/,
  /^src\/net\/address\/special_addresses\.ts$/,
  // What is written above each key of a first configuration.
  /^src\/config\/starter\/starter_text\.ts$/,
];

Deno.test("every message that somebody may be told is in a test", async () => {
  const told = words(await testTexts(new URL("tests/", root)));
  const untold: string[] = [];
  const t = performance.now();
  for (const { path, text } of await sourceFiles()) {
    if (DATA.some((data) => data.test(path))) continue;
    for (const { parts, line } of messagesOf(text)) {
      if (!parts.some((part) => isIn(part, told))) untold.push(`${path}:${line} ${parts.join("…")}`);
    }
  }
  console.log(performance.now() - t);
  assertEquals(untold, []);
});

/** So many words in a row are told from all others. */
const WORDS = 3;

function isIn(part: string, told: string): boolean {
  const all = words(part).split(" ");
  const count = Math.min(WORDS, all.length);
  const runs = Array.from({ length: all.length - count + 1 }, (_, at) => all.slice(at, at + count));
  return runs.some((run) => told.includes(run.join(" ")));
}

/** Words with one space between them, as they are however they are quoted, escaped and put together. */
function words(text: string): string {
  return text
    .replaceAll(/["'`] \+\s*["'`]/g, "")
    .replaceAll(/\\/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The text of every test, golden files among them; not what is taken out of the program to see a test fail. */
async function testTexts(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await testTexts(new URL(`${name}/`, folder));
    else if (/\.(ts|txt|toml|json|md)$/.test(name) && name !== "mutations.ts") {
      text += await Deno.readTextFile(new URL(name, folder));
    }
  }
  return text;
}
