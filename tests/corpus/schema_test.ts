// The schema and what reads the configuration say the same, but that the schema knows less.
import { assert, assertEquals } from "@std/assert";
import { parseRequirements } from "../../src/config/requirements/loaded_requirements.ts";
import { blocksOf } from "../support/markdown.ts";
import { schemaRefusal } from "../support/schema_agreement.ts";
import { faultsOf } from "../config/load.ts";
import { BROKEN_FILES } from "./broken.ts";
import { VALID_FILES } from "./valid.ts";

const root = new URL("../../", import.meta.url);

/** The configurations that the documents show. */
async function shownFiles(): Promise<readonly (readonly [string, string])[]> {
  const shown: [string, string][] = [];
  const pages = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs/", root))) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  for (const page of pages.sort()) {
    for (const block of blocksOf(await Deno.readTextFile(new URL(page, root)))) {
      if (block.language === "toml") shown.push([`${page}:${block.line}`, block.text]);
    }
  }
  return shown;
}

Deno.test("every configuration that the documents show is one, but for files that are not here", async () => {
  const shown = await shownFiles();
  assert(shown.length > 5);
  for (const [place, text] of shown) {
    if (text.includes("[experimental_network]")) {
      await parseRequirements(text, place);
      continue;
    }
    assertEquals(schemaRefusal(text), null, place);
    const faults = await faultsOf(text);
    assertEquals(faults.filter((fault) => !fault.includes("does not exist")), [], place);
  }
});

for (const text of VALID_FILES) {
  Deno.test(`what loads, the schema takes: ${JSON.stringify(text)}`, async () => {
    assertEquals(await faultsOf(text, { env: { TOKEN: "t" } }), []);
    assertEquals(schemaRefusal(text), null);
  });
}

/** What the schema sees as well as who reads the file. */
const SEEN = ["values of the wrong type", "values out of bounds", "keys that nobody knows"];

/** Of that, what it does not: a float without a fraction, and a date, which is text to an editor. */
const UNSEEN: readonly string[] = ["ask_hold_seconds = 30.0", "violation_file = 1979-05-27"];

for (const { what, head, rows } of BROKEN_FILES.filter(({ what }) => SEEN.includes(what))) {
  for (const [text] of rows) {
    Deno.test(`the schema refuses ${what}: ${JSON.stringify(head + text).slice(0, 120)}`, () => {
      assertEquals(schemaRefusal(head + text) === null, UNSEEN.includes(text));
    });
  }
}

/** Of the rest, some that it sees. */
const SEEN_OF_OTHERS: readonly string[] = [
  '"a.test" = "reed"',
  '"a.test" = []',
  '"a.test" = ["read", 1]',
  '"a.test" = ["read", { methods = ["GET"] }]',
  '"a.test" = { method = ["GET"] }',
  '"a.test" = { methods = [] }',
  '"a.test" = { methods = "G T" }',
  '"a.test" = { paths = 1 }',
  '"a.test" = { query = { page = 1 } }',
  '"a.test" = { headers = { "a b" = "x" } }',
  '"a.test" = { strip = ["a b"] }',
  '"a.test" = { inject = { Authorization = "s3cret" } }',
  '"a.test" = { inject = { Authorization = {} } }',
  '"a.test" = { inject = { Authorization = { env = "TOKEN", file = "/x" } } }',
  '"a.test" = { inject = { Authorization = { env = "A=B" } } }',
  '"a.test" = { inject = { "a b" = { env = "TOKEN" } } }',
  'a.test = "read"',
  "",
  'host = "a.test"',
  'match = { methods = ["GET"], path_prefixes = ["/"] }',
  "host = 1",
  "mitm_ca = {}",
  'mitm_ca = { certificate_file = "/ca.pem" }',
  'host = "a.test"\nmatch = { methods = ["GET"] }',
  'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"], body = "x" }',
  'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"], query = { a = [] } }',
];

for (const wanted of SEEN_OF_OTHERS) {
  Deno.test(`the schema refuses ${JSON.stringify(wanted)}`, () => {
    const [file] = BROKEN_FILES.flatMap(({ head, rows }) =>
      rows.filter(([text]) => text === wanted).map(([text]) => head + text)
    );
    assert(file !== undefined && schemaRefusal(file) !== null);
  });
}
