import { assertEquals, assertStringIncludes } from "@std/assert";
import { screenOf } from "./screen.ts";
import { svgOf } from "./svg.ts";

/** The texts of a picture, behind its title. */
function texts(printed: string): readonly string[] {
  const svg = svgOf({ title: "a & b", columns: 40, rows: screenOf(printed, 40) });
  return svg.split("\n").filter((line) => line.startsWith("<text")).slice(1);
}

Deno.test("svgOf() puts each run of words where its column is, as wide as its letters", () => {
  assertEquals(texts("  ab c   d\r\n\x1b[1me"), [
    '<text class="plain" x="34.8" y="48.5" textLength="33.6">ab c</text>',
    '<text class="plain" x="93.6" y="48.5" textLength="8.4">d</text>',
    '<text class="bold" x="18" y="68.5" textLength="8.4">e</text>',
  ]);
});

Deno.test("svgOf() escapes what is markup in a picture", () => {
  assertStringIncludes(texts('<b a="c">')[0]!, ">&lt;b a=&quot;c&quot;&gt;</text>");
});

Deno.test("svgOf() is as large as its window", () => {
  const svg = svgOf({ title: "", columns: 80, rows: [[], []] });
  assertStringIncludes(svg, 'width="708" height="92" viewBox="0 0 708 92"');
});
