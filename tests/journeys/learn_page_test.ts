// docs/learn.md tells what learn does; this types what stands there, and holds the rest to the code.
import { assertEquals, assertMatch } from "@std/assert";
import { type Mark, markWords } from "../../src/cli/learn/marks.ts";
import { configWith } from "../support/learned.ts";
import { blocksOf, shown, tableBelow, typedIn } from "../support/markdown.ts";
import { runInside, testInside } from "../support/namespace/run_inside.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../docs/learn.md`);

/** What an install leaves behind, so that the next one has to fetch. */
const AFRESH = ["rm", "-rf", "node_modules", "package-lock.json", "home/.npm"];

testInside("every command of docs/learn.md does what the page says", "npm", async (scratch) => {
  await scratch.write("package.json", '{ "dependencies": { "tiny": "1.0.0" } }\n');
  const typed = blocksOf(page).filter(({ language }) => language === "console").flatMap(typedIn);
  const { ended, asked } = await runInside(
    scratch,
    typed.flatMap(({ command }) => [AFRESH, command.split(" ")]),
  );
  const codes = ended.map(({ code }) => code);
  assertEquals(codes, Array(2 * typed.length).fill(0), JSON.stringify(ended));
  for (const [at, { prints }] of typed.entries()) {
    const { stdout, stderr } = ended[2 * at + 1]!;
    for (const line of prints.split("\n")) assertMatch(stdout + stderr, shown(line));
  }
  // Those of npm, each time anew.
  assertEquals(asked.length, 6);
});

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

Deno.test("the policy that docs/learn.md shows can be loaded", async () => {
  const [policy, rules] = blocksOf(page).filter(({ language }) => language === "toml");
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(file, policy!.text);
    const { notices, network } = await configWith({ file });
    assertEquals([notices, network.allowed_domains.length], [[], 2]);
    const whole = `${policy!.text.replace("example.com:80", "example.com:443")}mitm = true\n`;
    await Deno.writeTextFile(file, whole + rules!.text);
    assertEquals((await configWith({ file })).policy.requestRules.length, 2);
  } finally {
    await Deno.remove(file);
  }
});
