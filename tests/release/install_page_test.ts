// docs/install.md, held to what it tells of.
import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml/parse";
import denoJson from "../../deno.json" with { type: "json" };
import { NO_POSIX } from "../support/machine.ts";
import { blocksOf, tableBelow } from "../support/markdown.ts";
import { executableName, TARGETS } from "./targets.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const page = await read("docs/install.md");
// deno-lint-ignore no-explicit-any -- as it is written
const action = parse(await read(".github/action.yml")) as any;

Deno.test("docs/install.md names the executable of every system", () => {
  const named = tableBelow("Install Doorward", page).map(([, name = ""]) => plain(name));
  assertEquals(named, TARGETS.map((target) => executableName("VERSION", target)));
});

Deno.test("docs/install.md lists every option of the install script, as it tells them itself", async () => {
  const script = await read(".github/install.sh");
  const usage = [...script.matchAll(/^ {2}(--\w+)(?: [A-Z]+)? {2}/gm)].map(([, option]) => option);
  const rows = tableBelow("By the install script", page).map(([option = ""]) => plain(option));
  assertEquals(rows.map((option) => option.split(" ")[0]), usage);
});

Deno.test("docs/install.md lists every input of the action, and shows a step that takes them", () => {
  const rows = tableBelow("In a GitHub job", page).map(([input = ""]) => plain(input));
  assertEquals(rows, Object.keys(action.inputs));
  const block = blocksOf(page).find(({ language }) => language === "yaml");
  // deno-lint-ignore no-explicit-any -- as it is written
  const { steps } = parse(block!.text) as any;
  const { uses, with: given } = steps.at(-1);
  assertEquals(uses, `doorward/doorward/.github@v${denoJson.version}`);
  assertEquals(Object.keys(given).filter((input) => !rows.includes(input)), []);
});

Deno.test({
  name:
    `docs/install.md fetches the version that this is, in shell that sh can read${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    const scripts = blocksOf(page).filter(({ language }) => language === "sh");
    assertEquals(/^version=(\S+)$/m.exec(page)?.[1], denoJson.version);
    for (const { text, line } of scripts) {
      const sh = new Deno.Command("sh", { args: ["-n", "-c", text] });
      assertEquals((await sh.output()).success, true, `line ${line}`);
    }
  },
});

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}
