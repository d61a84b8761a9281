import { assertEquals } from "@std/assert";
import { CHAIN_START, link } from "../../../src/audit/file/chain.ts";
import { type ChainBegin, ChainCheck } from "../../../src/audit/read/chain_check.ts";

const A = link(CHAIN_START, '{"a":1}');
const B = link(A.value, '{"b":1}');
const C = link(B.value, '{"c":1}');
const PLAIN = '{"p":1}';

const UNFIT =
  "it does not fit to what is before it: it was changed, or lines were removed, added or moved";
const NOT_FIRST =
  "it is not the first of its chain: lines before it were removed, or it was changed";

/** A sidecar's word. */
function head(lines: number, last: string, upTo = lines) {
  return { lines, last, upTo, starts: [CHAIN_START] };
}

/** The first fault, with the number of its line. */
function judge(texts: readonly string[], begin: Partial<ChainBegin> = {}): string | null {
  const check = new ChainCheck({
    start: null,
    mayBeCut: false,
    head: null,
    expect: null,
    ...begin,
  });
  for (const [at, text] of texts.entries()) {
    const why = check.add(text);
    if (why !== null) return `${at + 1} ${why}`;
  }
  const why = check.end();
  return why === null ? null : `${texts.length + 1} ${why}`;
}

const ROWS: readonly (readonly [string, readonly string[], Partial<ChainBegin>, string | null])[] =
  [
    ["nothing", [], {}, null],
    ["no chain", [PLAIN, PLAIN], {}, null],
    ["a chain", [A.text, B.text, C.text], {}, null],
    ["a chain behind lines without one", [PLAIN, A.text, B.text], {}, null],
    [
      "a line without a chain behind one",
      [A.text, PLAIN],
      {},
      "2 it is not in the chain, and the line before it is",
    ],
    ["one removed", [A.text, C.text], {}, `2 ${UNFIT}`],
    ["one doubled", [A.text, A.text], {}, `2 ${UNFIT}`],
    ["two moved", [B.text, A.text], {}, `1 ${NOT_FIRST}`],
    ["the first removed", [B.text, C.text], {}, `1 ${NOT_FIRST}`],
    ["the first given up", [B.text, C.text], { mayBeCut: true }, null],
    ["the first given up, and what was before it known", [B.text], {
      mayBeCut: true,
      start: A.value,
    }, null],
    [
      "what was before it known, and another",
      [C.text],
      { mayBeCut: true, start: A.value },
      `1 ${UNFIT}`,
    ],
    ["no chain where one goes on", [PLAIN], { start: A.value }, "1 it is not in the chain"],
    ["the end known", [A.text, B.text], { head: head(2, B.value) }, null],
    [
      "the end cut",
      [A.text],
      { head: head(2, B.value) },
      "2 it is missing: the chain goes on, 2 lines are known of it",
    ],
    [
      "everything cut",
      [],
      { head: head(2, B.value), start: CHAIN_START },
      "1 it is missing: the chain goes on, 2 lines are known of it",
    ],
    ["nothing written yet", [], { head: head(0, CHAIN_START), start: CHAIN_START }, null],
    [
      "one added at the end",
      [A.text, B.text, C.text],
      { head: head(2, B.value) },
      "3 it was added behind the end of the chain",
    ],
    [
      "one that was about to be written",
      [A.text, B.text, C.text],
      { head: head(2, B.value, 3) },
      null,
    ],
    ["two where one was about to be written", [A.text, B.text, C.text], {
      head: head(1, A.value, 2),
    }, "3 it was added behind the end of the chain"],
    ["the first that was about to be written", [A.text], {
      head: head(0, CHAIN_START, 1),
      start: CHAIN_START,
    }, null],
    ["what is expected at the end", [A.text, B.text], { expect: B.value }, null],
    ["what is expected in the midst", [A.text, B.text], { expect: A.value }, null],
    ["what is expected before the first", [B.text], { start: A.value, expect: A.value }, null],
    [
      "what is expected cut",
      [A.text],
      { expect: B.value },
      `2 it is missing: no line ends with ${B.value}`,
    ],
    [
      "what is expected of no chain",
      [PLAIN],
      { expect: B.value },
      "2 there is no chain that could end with what is expected",
    ],
  ];

for (const [what, texts, begin, expected] of ROWS) {
  Deno.test(`ChainCheck judges ${what}`, () => assertEquals(judge(texts, begin), expected));
}

Deno.test("enter() holds the first link to what is known to stand before its file", () => {
  const begin = { start: null, mayBeCut: true, head: null, expect: null };
  for (const [start, why] of [[null, null], [A.value, null], [C.value, UNFIT]] as const) {
    const check = new ChainCheck(begin);
    check.enter(null);
    assertEquals(check.add(PLAIN), null);
    check.enter(start);
    assertEquals(check.add(B.text), why);
  }
});

Deno.test("ChainCheck tells how far the chain has got", () => {
  const check = new ChainCheck({ start: null, mayBeCut: false, head: null, expect: null });
  check.add(PLAIN);
  assertEquals([check.links, check.last], [0, null]);
  check.add(A.text);
  check.add(B.text);
  assertEquals([check.links, check.last], [2, B.value]);
});
