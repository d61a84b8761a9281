import { assertEquals } from "@std/assert";
import { escaped, readCorpus } from "../fuzz/corpus.ts";
import { fuzz } from "../fuzz/fuzz.ts";
import { TARGETS } from "../fuzz/targets.ts";

/** A part of what `deno task fuzz` does, small enough for every run, and the same in each. */
const EXTENT = { seed: 1, inputs: 4000 };

for (const target of TARGETS) {
  Deno.test(`${target.name}: what holds for the corpus holds for what is nearly like it`, async () => {
    const corpus = await readCorpus(target.name);
    const inputs = Math.ceil(EXTENT.inputs / (target.oneIn ?? 1));
    const { fault } = await fuzz(target, corpus, { ...EXTENT, inputs });
    assertEquals(fault && `${escaped(fault.input)} ${fault.error}`, null);
  });
}

Deno.test("every parser that is fuzzed has a corpus, and every corpus a parser", async () => {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(new URL("../fuzz/corpus/", import.meta.url))) {
    files.push(name);
  }
  assertEquals(files.sort(), TARGETS.map(({ name }) => `${name}.txt`).sort());
});
