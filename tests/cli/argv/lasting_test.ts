import { assertEquals } from "@std/assert";
import { parseLasting } from "../../../src/cli/argv/lasting.ts";

const ALL = ["once", "minutes", "run", "always"] as const;
const WORDS = "there are once, 10m, 2h, run, always";
const RANGE = "it may be from 1m to 168h";

/** Values of `--for`, and what they mean. */
const VALUES: readonly (readonly [string, unknown])[] = [
  ["once", { kind: "once" }],
  ["run", { kind: "run" }],
  ["always", { kind: "always" }],
  ["1m", { kind: "minutes", minutes: 1 }],
  ["90m", { kind: "minutes", minutes: 90 }],
  ["2h", { kind: "minutes", minutes: 120 }],
  ["168h", { kind: "minutes", minutes: 10080 }],
  ["10080m", { kind: "minutes", minutes: 10080 }],
  ["169h", { kind: "bad", why: RANGE }],
  ["10081m", { kind: "bad", why: RANGE }],
  ["0m", { kind: "bad", why: WORDS }],
  ["01m", { kind: "bad", why: WORDS }],
  ["-1m", { kind: "bad", why: WORDS }],
  ["1.5h", { kind: "bad", why: WORDS }],
  ["10", { kind: "bad", why: WORDS }],
  ["10 m", { kind: "bad", why: WORDS }],
  ["10M", { kind: "bad", why: WORDS }],
  ["minutes", { kind: "bad", why: WORDS }],
  ["1h30m", { kind: "bad", why: WORDS }],
  ["9999999m", { kind: "bad", why: WORDS }],
  ["for ever", { kind: "bad", why: WORDS }],
];

for (const [text, expected] of VALUES) {
  Deno.test(`parseLasting() reads ${text}`, () => {
    assertEquals<unknown>(parseLasting(text, ALL), expected);
  });
}

Deno.test("parseLasting() takes only what is allowed, and names it", () => {
  const bad = { kind: "bad", why: "there are run, always" } as const;
  for (const text of ["once", "10m", "200h"]) {
    assertEquals<unknown>(parseLasting(text, ["run", "always"]), bad);
  }
});
