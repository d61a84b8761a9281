import { assert, assertEquals } from "@std/assert";
import { nodeSource, readNodeSource } from "./node_source.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("nodeSource() imports Deno where that word is used, and changes no line", () => {
  assertEquals(
    nodeSource("src/net/places/a.ts", "export const os = Deno.build.os;\n"),
    'export const os = Deno.build.os;\nimport * as Deno from "../../node/deno.ts";\n',
  );
  assertEquals(
    nodeSource("src/mod.ts", "Deno.cwd();\n"),
    'Deno.cwd();\nimport * as Deno from "./node/deno.ts";\n',
  );
});

Deno.test("nodeSource() leaves alone what only speaks of Deno, and what stands in for it", () => {
  const spoken = "/** As `Deno.Conn`. */\n// Deno.open\nexport const a = 1;\n";
  assertEquals(nodeSource("src/net/a.ts", spoken), spoken);
  const own = "Deno.cwd();\n";
  assertEquals(nodeSource("src/node/a.ts", own), own);
});

Deno.test("nodeSource() puts other files in the place of those that are about Deno", () => {
  const text = nodeSource("src/net/address/a_labels.ts", "whatever");
  assertEquals(text, 'export * from "../../node/a_labels.ts";\n');
});

Deno.test("readNodeSource() makes modules of texts that are imported", async () => {
  const importing = 'import apiJs from "./dashboard/api.js" with { type: "text" };\n';
  assertEquals(
    nodeSource("src/admin/a.ts", importing),
    'import apiJs from "./dashboard/api.js.text.ts";\n',
  );
  const path = "src/admin/dashboard/api.js";
  const text = await readNodeSource(`${path}.text.ts`, ROOT);
  assert(text.startsWith("export default "));
  const read = JSON.parse(text.slice("export default ".length).replace(/;\n$/, ""));
  assertEquals(read, await Deno.readTextFile(new URL(path, ROOT)));
});
