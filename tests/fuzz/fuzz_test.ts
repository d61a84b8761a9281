import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { escaped } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import { makeInput } from "./make_input.ts";
import { shrink } from "./shrink.ts";
import type { FuzzTarget } from "./target.ts";

/** Breaks on an a that a b follows anywhere. */
const BROKEN: FuzzTarget = {
  name: "broken",
  kind: "text",
  words: ["a", "b", "c", "d"],
  any: (random) => random.text("abcd", 12),
  check(input) {
    if (/a.*b/s.test(input)) throw new TypeError("an a before a b");
  },
};

Deno.test("fuzz() finds an input that fails, and makes it as small as it can be", async () => {
  const { inputs, fault } = await fuzz(BROKEN, [], { seed: 1, inputs: 1000 });
  assert(inputs < 1000 && fault !== null);
  assertEquals(fault.input, "ab");
  assertStringIncludes(fault.error, "TypeError: an a before a b");
});

Deno.test("fuzz() says the seed with which a run begins with that input", async () => {
  const { fault } = await fuzz(BROKEN, [], { seed: 1, inputs: 1000 });
  const again = await fuzz(BROKEN, [], { seed: fault!.seed!, inputs: 1 });
  assertEquals([again.inputs, again.fault?.seed, again.fault?.input], [0, fault!.seed, "ab"]);
});

Deno.test("fuzz() checks all of the corpus before anything else", async () => {
  const { inputs, fault } = await fuzz(BROKEN, ["c", "xaxbx"], { seed: 1, inputs: 0 });
  assertEquals([inputs, fault?.seed, fault?.input], [0, null, "ab"]);
});

Deno.test("fuzz() waits for what is checked later", async () => {
  const later = { ...BROKEN, check: async (input: string) => await BROKEN.check(input) };
  assertEquals((await fuzz(later, [], { seed: 1, inputs: 1000 })).fault?.input, "ab");
});

Deno.test("fuzz() ends when it is told to", async () => {
  const sound = { ...BROKEN, check: () => {} };
  const goesOn = (done: number) => done < 5;
  const fuzzed = await fuzz(sound, [], { seed: 1, inputs: 1000, goesOn });
  assertEquals(fuzzed, { inputs: 5, fault: null });
});

Deno.test("makeInput() makes the same of the same seed, bytes where bytes are asked for", () => {
  const bytes: FuzzTarget = { ...BROKEN, kind: "bytes" };
  const seen = new Set<string>();
  for (let seed = 0; seed < 3000; seed++) {
    const input = makeInput(bytes, ["\xff\0"], seed);
    assertEquals(makeInput(bytes, ["\xff\0"], seed), input);
    assert(/^[\0-\xff]*$/.test(input), escaped(input));
    seen.add(input);
  }
  assert(seen.size > 1500, String(seen.size));
});

Deno.test("shrink() leaves what is needed, wherever it stands", async () => {
  const needs = (input: string) => Promise.resolve(input.includes("x") && input.endsWith("y"));
  assertEquals(await shrink(`${"a".repeat(500)}x${"b".repeat(300)}y`, needs), "xy");
});

Deno.test("escaped() writes ASCII that reads as it was", () => {
  const input = 'é\ud800\u202e"\\\n\x7f';
  assertEquals(JSON.parse(escaped(input)), input);
  assert(/^[ -~]+$/.test(escaped(input)));
});
