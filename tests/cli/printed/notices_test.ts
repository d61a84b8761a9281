import { assertEquals } from "@std/assert";
import { faultText, noticeLine, warningLine } from "../../../src/cli/printed/notices.ts";

const ORIGIN = { file: "a.toml", line: 3, column: 7 };

Deno.test("noticeLine() is a warning with its place", () => {
  assertEquals(
    noticeLine({ message: "it is old", origin: ORIGIN }).at(-1),
    "a.toml:3:7: it is old",
  );
});

Deno.test("warningLine() says that it is a warning, in words, too", () => {
  assertEquals(warningLine("mind the gap"), [
    { style: "warning", text: "doorward: warning: " },
    "mind the gap",
  ]);
});

Deno.test("faultText() is file:line:column: message, as editors read it", () => {
  assertEquals(faultText({ message: "unknown key", origin: ORIGIN }), "a.toml:3:7: unknown key");
  assertEquals(
    faultText({ message: "no", origin: { file: "-c", line: null, column: null } }),
    "-c: no",
  );
});
