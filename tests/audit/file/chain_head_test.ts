import { assertEquals } from "@std/assert";
import { parseChainHead, printChainHead } from "../../../src/audit/file/chain_head.ts";

const VALUE = "0123456789abcdef".repeat(4);
const HEAD = { lines: 3, last: VALUE, upTo: 4, starts: [VALUE, null] };

Deno.test("parseChainHead() reads what printChainHead() prints, on one line", () => {
  const text = printChainHead(HEAD);
  assertEquals(text.includes("\n"), false);
  assertEquals(parseChainHead(text), HEAD);
});

const REFUSED: readonly string[] = [
  "",
  "{",
  "null",
  "1",
  printChainHead({ ...HEAD, lines: -1 }),
  printChainHead({ ...HEAD, lines: 1.5 }),
  printChainHead({ ...HEAD, upTo: 2 }),
  printChainHead({ ...HEAD, last: VALUE.slice(1) }),
  printChainHead({ ...HEAD, starts: ["x"] }),
  '{"lines":0,"last":null,"up_to":0,"starts":[]}',
];

for (const text of REFUSED) {
  Deno.test(`parseChainHead() refuses ${text}`, () => assertEquals(parseChainHead(text), null));
}
