// Whoever follows a link of a document gets where it says, and whoever copies a block gets something whole.
import { assert, assertEquals } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { COMMANDS, isCommandName } from "../../src/cli/argv/commands.ts";
import { GLOBAL_OPTIONS, OPTIONS } from "../../src/cli/argv/options.ts";
import { blocksOf, headingsOf, linksOf } from "../support/markdown.ts";

const root = await Deno.realPath(`${import.meta.dirname}/../..`);
const documents = await readDocuments();

/** How blocks are marked, which says who looks at them: `docs_pages_test.ts`, `deno test --doc`, and so on. */
const LANGUAGES = [
  ...["", "console", "ini", "js", "json", "powershell", "python", "sh", "text", "toml", "ts"],
  ...["yaml", "zsh"],
];

Deno.test("every link in a document leads to a file, and to a heading in it", async () => {
  const broken: string[] = [];
  for (const [file, text] of documents) {
    for (const { target, line } of linksOf(text)) {
      if (!await isThere(target, file)) broken.push(`${file}:${line} ${target}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("docs/README.md leads to every page in docs/", () => {
  const index = "docs/README.md";
  const linked = linksOf(documents.get(index)!).map(({ target }) => resolve(index, target));
  // An example is led to by the list of examples.
  const pages = [...documents.keys()].filter((file) => /^docs\/(?!examples\/.*\/)/.test(file));
  assert(pages.length > 15);
  assertEquals(pages.filter((page) => page !== index && !linked.includes(page)), []);
});

Deno.test("every block of a document is of a language that is known here, and JSON is JSON", () => {
  const faults: string[] = [];
  for (const [file, text] of documents) {
    // A fence that is indented, or of tildes, is one that no test would see.
    if (/^( +```|\s*~~~)/m.test(text)) {
      faults.push(`${file}: a fence is not at the start of a line`);
    }
    for (const { language, text: block, line } of blocksOf(text)) {
      if (!LANGUAGES.includes(language)) faults.push(`${file}:${line} ${language}`);
      if (language === "json" && !isJson(block)) faults.push(`${file}:${line} is no JSON`);
    }
  }
  assertEquals(faults, []);
});

Deno.test("every task that a document names is one of deno.json", () => {
  const missing = documents.entries().flatMap(([file, text]) =>
    [...text.matchAll(/\bdeno(?:@[\d.]+)? task ([\w-]+)/g)]
      .filter(([, task]) => !Object.hasOwn(denoJson.tasks, task!))
      .map(([words]) => `${file}: ${words}`)
  ).toArray();
  assertEquals(missing, []);
});

Deno.test("every file of the repository that a document names is there", async () => {
  const missing: string[] = [];
  for (const [file, text] of documents) {
    for (const [, path] of text.matchAll(/`((?:src|tests|docs|\.ci|\.github)\/[\w./-]+)`/g)) {
      if (!await isThere(`/${path}`, file)) missing.push(`${file}: ${path}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("every doorward that a document speaks of has that command, with those options", () => {
  const faults = documents.entries().flatMap(([file, text]) =>
    [...text.matchAll(/`doorward ([^`]+)`/g)].map(([, words]) => words!.split(/[\s[\]|]+/))
      .flatMap((words) =>
        strangersIn(words).map((word) => `${file}: ${word} of ${words.join(" ")}`)
      )
  ).toArray();
  assertEquals(faults, []);
});

/** The text of each document, by its path. */
async function readDocuments(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const read = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isDirectory && /^(docs|tests\b)/.test(path)) await read(path);
      else if (name.endsWith(".md")) found.set(path, await Deno.readTextFile(`${root}/${path}`));
    }
  };
  await read("");
  return found;
}

/** The words of a command line that are no command of Doorward's, or no option of that command. */
function strangersIn(words: readonly string[]): string[] {
  const own = words.slice(0, words.includes("--") ? words.indexOf("--") : words.length);
  const options = own.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
  const [name = ""] = own;
  if (name === "COMMAND" || name.startsWith("-")) {
    return options.filter((option) => !Object.hasOwn(OPTIONS, option));
  }
  if (!isCommandName(name)) return [name];
  const known: readonly string[] = [...COMMANDS[name].options, ...GLOBAL_OPTIONS];
  return options.filter((option) => !known.includes(option));
}

async function isThere(target: string, from: string): Promise<boolean> {
  if (/^https:\/\//.test(target)) return true;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? from : resolve(from, path);
  if (!await Deno.stat(`${root}/${file}`).then(() => true, () => false)) return false;
  return anchor === undefined || headingsOf(documents.get(file) ?? "").includes(anchor);
}

/** The path of what a link in a document leads to. */
function resolve(from: string, path: string): string {
  return new URL(path, `file:///${from}`).pathname.slice(1);
}

/** Whether it is one value, or a value in each line. */
function isJson(text: string): boolean {
  return isValue(text) || text.trimEnd().split("\n").every(isValue);
}

function isValue(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
