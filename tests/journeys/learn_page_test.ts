// docs/learn.md tells what learn does; this holds it to the code.
import { assertEquals } from "@std/assert";
import { type Mark, markWords } from "../../src/cli/learn/marks.ts";
import { configWith } from "../support/learned.ts";
import { blocksOf, tableBelow } from "../support/markdown.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../docs/learn.md`);

Deno.test("docs/learn.md has every mark, and no other", () => {
  const marks: readonly Mark[] = [
    { kind: "writes", methods: ["POST", "…"] },
    { kind: "address" },
    { kind: "shared", where: "" },
    { kind: "made_up" },
    { kind: "plain_http" },
    { kind: "datagrams" },
  ];
  const words = marks.map((mark) => markWords(mark).replace(/:.*/, ""));
  const rows = tableBelow("What to look at", page).map(([mark = ""]) => mark.replaceAll("`", ""));
  assertEquals(rows, [...words, "NEW"]);
});

Deno.test("the policies that docs/learn.md shows can be loaded", async () => {
  const [policy, rules] = blocksOf(page).filter(({ language }) => language === "toml");
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(file, policy!.text);
    const { notices, network } = await configWith({ file });
    assertEquals([notices, network.allowed_domains.length], [[], 2]);
    await Deno.writeTextFile(file, rules!.text);
    assertEquals((await configWith({ file })).policy.requestRules.length, 2);
  } finally {
    await Deno.remove(file);
  }
});
