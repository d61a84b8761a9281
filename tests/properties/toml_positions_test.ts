import { assert, assertMatch } from "@std/assert";
import type { Located, Place } from "../../src/config/toml/located.ts";
import { parseTomlDocument } from "../../src/config/toml/toml_document.ts";
import { mutatedConfig } from "../support/mutated_config.ts";
import { seededRandom } from "../support/random.ts";

/** The text from a place on. */
function textAt(source: string, { origin: { line, column } }: Place): string {
  return source.split("\n").slice(line! - 1).join("\n").slice(column! - 1);
}

/** How the text of a value begins. That of a table which a header or a dotted key made is its key. */
function beginning(value: Located): RegExp {
  switch (value.kind) {
    case "table":
      return /^[{"'A-Za-z0-9_-]/;
    case "list":
      return /^[["'A-Za-z0-9_-]/;
    case "scalar":
      return typeof value.value === "string" ? /^["']/ : /^[+\-0-9tfin]/;
  }
}

function assertPlaced(value: Located, source: string): void {
  assertMatch(textAt(source, value.place).slice(0, 40), beginning(value));
  if (value.kind === "list") value.items.forEach((item) => assertPlaced(item, source));
  if (value.kind !== "table") return;
  for (const [name, { key, value: held }] of value.entries) {
    const text = textAt(source, key);
    assert(/^["']/.test(text) || text.startsWith(name), `${name} at ${text.slice(0, 40)}`);
    assertPlaced(held, source);
  }
}

Deno.test("parseTomlDocument() finds the place of every key and value of whatever is TOML", () => {
  const random = seededRandom(3);
  let read = 0;
  for (let turn = 0; turn < 3000; turn++) {
    const source = new TextDecoder().decode(mutatedConfig(random));
    const document = parseTomlDocument(source, "config.toml");
    if (document.kind === "bad" || document.entries.size === 0) continue;
    read += 1;
    for (const [name, { key, value }] of document.entries) {
      assert(/^["']/.test(textAt(source, key)) || textAt(source, key).startsWith(name), source);
      assertPlaced(value, source);
    }
  }
  assert(read > 500, String(read));
});
