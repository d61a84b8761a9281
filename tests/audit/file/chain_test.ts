import { assertEquals } from "@std/assert";
import {
  CHAIN_START,
  chainValue,
  link,
  LINK_BYTES,
  unlink,
} from "../../../src/audit/file/chain.ts";

/** What anybody can compute: `printf '%s%s' "$PREVIOUS" "$LINE" | sha256sum`. */
async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LINE = '{"a":"ü","b":1}';

Deno.test("link() ends a line with the hash of what is before it, and of itself", async () => {
  const first = link(CHAIN_START, LINE);
  assertEquals(first.value, await sha256(CHAIN_START + LINE));
  assertEquals(first.text, `{"a":"ü","b":1,"doorward.chain":"${first.value}"}`);
  const second = link(first.value, LINE);
  assertEquals(second.value, await sha256(first.value + LINE));
  assertEquals(chainValue(first.value, LINE), second.value);
});

Deno.test("LINK_BYTES is what link() adds", () => {
  assertEquals(link(CHAIN_START, LINE).text.length - LINE.length, LINK_BYTES);
});

Deno.test("unlink() takes apart what link() made", () => {
  const { text, value } = link(CHAIN_START, LINE);
  assertEquals(unlink(text), { line: LINE, value });
});

const VALUE = "a".repeat(64);
const NO_LINKS: readonly string[] = [
  "",
  "{}",
  LINE,
  `,"doorward.chain":"${VALUE}"}`,
  `{"a":1,"doorward.chain":"${VALUE.toUpperCase()}"}`,
  `{"a":1,"doorward.chain":"${VALUE.slice(1)}"}`,
  `{"a":1,"doorward.chain":"${VALUE}"} `,
  `{"a":1,"doorward.chain":"${VALUE}","b":1}`,
  `{"a":1,"doorward.link":"${VALUE}"}`,
];

for (const text of NO_LINKS) {
  Deno.test(`unlink() finds no link in ${text}`, () => assertEquals(unlink(text), null));
}
