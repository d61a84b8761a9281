import { assertEquals } from "@std/assert";
import { messagesOf } from "../support/messages.ts";
import { sourceFiles } from "../support/source.ts";

const root = new URL("../../", import.meta.url);

/** Files whose texts are no messages. */
const DATA: readonly RegExp[] = [
  // In the place of the runtime: they say what it says.
  /^src\/node\//,
  // Hosts and addresses, and what they are.
  /^src\/config\/presets\/\w+_presets\.ts$/,
  /^src\/net\/address\/special_addresses\.ts$/,
  // Scripts for shells, the manual page, and tools, which tests follow as a whole.
  /^src\/cli\/completions\/(bash|bash_engine|zsh|fish|powershell)\.ts$/,
  /^src\/cli\/manual\/manual_(page|text)\.ts$/,
  /^src\/cli\/doctor\/known_tools\.ts$/,
  // What is written above each key of a first configuration.
  /^src\/config\/starter\/starter_text\.ts$/,
];

/** Words that no test can bring about, or that nobody is told. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "Cannot end a wait: ": "a callback of ours that throws: see tests/net/time/deadlines_test.ts",
  "Cannot end an export: ": "the same",
  "it changes at this moment": "a file that is replaced between two calls of the system",
  "it changes at this moment; try again": "the same",
  "Cannot encode records": "the package may return nothing, says its type; it never does",
  "mend this line": "for a complaint that the parser may have in a later version",
  "Invalid TOML document: ": "words of the parser, which are read and not said",
  "document contains excessively nested structures": "the same",
  "last seen ": "what is signed",
  "Cannot export in time": "caught where it is thrown",
  "Cannot wait any longer": "the same",
  "^#define NODE_": "what is read, and not said",
  "Cannot go through ourselves": "told as a failure of the proxy, with its detail",
};

Deno.test("every message that somebody may be told is in a test", async () => {
  const told = words(await testTexts(new URL("tests/", root)));
  const untold: string[] = [];
  const excepted = new Set<string>();
  for (const { path, text } of await sourceFiles()) {
    if (DATA.some((data) => data.test(path))) continue;
    for (const { parts, line } of messagesOf(text)) {
      if (parts.some((part) => isIn(part, told))) continue;
      const exception = parts.find((part) => Object.hasOwn(EXCEPTIONS, part));
      if (exception === undefined) untold.push(`${path}:${line} ${parts.join("…")}`);
      else excepted.add(exception);
    }
  }
  assertEquals(untold, []);
  assertEquals([...excepted].sort(), Object.keys(EXCEPTIONS).sort(), "exceptions that are none");
});

/** So many words in a row are told from all others. */
const WORDS = 3;

function isIn(part: string, told: string): boolean {
  const all = words(part).split(" ");
  const count = Math.min(WORDS, all.length);
  return all.slice(count - 1).some((_, at) => told.includes(all.slice(at, at + count).join(" ")));
}

/** Words with one space between them, however they are quoted, escaped and put together. */
function words(text: string): string {
  return text
    .replaceAll(/["'`] \+\s*["'`]/g, "")
    .replaceAll("\\", "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** What is taken out of the program to see a test fail, and this file. */
const UNREAD = [new URL("tests/attacks/mutations.ts", root).href, import.meta.url];

/** The text of every test, golden files among them. */
async function testTexts(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const file = new URL(name, folder);
    if (isDirectory) text += await testTexts(new URL(`${file.href}/`));
    else if (/\.(ts|txt|toml|json|md)$/.test(name) && !UNREAD.includes(file.href)) {
      text += await Deno.readTextFile(file);
    }
  }
  return text;
}
