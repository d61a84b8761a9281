import { assertEquals } from "@std/assert";
import { field } from "../../../src/http/fields.ts";
import type { RequestActions } from "../../../src/policy/request_rule.ts";
import { actedOn, applyActions } from "../../../src/proxy/http/header_actions.ts";

/** What a rule says: the names to strip, and `Name: value` lines to inject. */
function actions(strip: readonly string[], ...inject: readonly string[]): RequestActions {
  return {
    strip,
    inject: inject.map(taken).map(([name, value]) => ({ name, value: () => value })),
  };
}

/** What becomes of `Name: value` lines. */
function applied(lines: readonly string[], acted: RequestActions): string[] {
  const fields = lines.map(taken).map(([name, value]) => field(name, value));
  return applyActions(fields, acted).map(({ name, value }) => `${name}: ${value}`);
}

function taken(line: string): [name: string, value: string] {
  const at = line.indexOf(": ");
  return [line.slice(0, at), line.slice(at + 2)];
}

const SENT = ["Host: a.test", "x-key: 1", "Accept: */*", "X-Key: 2", "X_KEY: 3", "X-Key-2: 4"];

const ROWS: Readonly<Record<string, readonly [RequestActions, readonly string[]]>> = {
  "nothing": [actions([]), SENT],
  "what is not there": [actions(["x-other"]), SENT],
  "every line of a name, however it is spelled": [
    actions(["x-key"]),
    ["Host: a.test", "Accept: */*", "X-Key-2: 4"],
  ],
  "a name that the rule itself spells with an underscore": [
    actions(["x_key"]),
    ["Host: a.test", "Accept: */*", "X-Key-2: 4"],
  ],
};

for (const [what, [acted, expected]] of Object.entries(ROWS)) {
  Deno.test(`applyActions() takes out ${what}`, () => {
    assertEquals(applied(SENT, acted), expected);
  });
}

// A field of the client's beside the injected one would be the one that some servers read.
Deno.test("applyActions() puts a field in place of all that a server may take for it", () => {
  assertEquals(applied(SENT, actions(["accept"], "X-Key: secret")), [
    "Host: a.test",
    "X-Key-2: 4",
    "X-Key: secret",
  ]);
  assertEquals(applied(SENT, actions(["x-key"], "X_key: secret")), [
    "Host: a.test",
    "Accept: */*",
    "X-Key-2: 4",
    "X_key: secret",
  ]);
});

Deno.test("applyActions() puts in fields that nobody sent, in the order of the rule", () => {
  assertEquals(applied(["A: 1"], actions([], "C: 3", "B: 2", "C: 4")), [
    "A: 1",
    "C: 3",
    "B: 2",
    "C: 4",
  ]);
});

Deno.test("applyActions() asks for a value when it is needed, and not before", () => {
  let asked = 0;
  const acted: RequestActions = {
    strip: [],
    inject: [{ name: "X-Key", value: () => `${++asked}` }],
  };
  actedOn(acted);
  assertEquals(asked, 0);
  assertEquals(applyActions([], acted), [field("X-Key", "1")]);
  assertEquals(applyActions([], acted), [field("X-Key", "2")]);
});

Deno.test("actedOn() names what is taken out and what is put in, in lower case", () => {
  assertEquals(actedOn(actions(["cookie"], "X-Api-Key: secret", "B: 2")), [
    "cookie",
    "x-api-key",
    "b",
  ]);
  assertEquals(actedOn(actions([])), []);
});
