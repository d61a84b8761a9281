// docs/install.md, held to what it tells of.
import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { parse } from "@std/yaml/parse";
import denoJson from "../../deno.json" with { type: "json" };
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { NO_POSIX } from "../support/machine.ts";
import { blocksOf, tableBelow } from "../support/markdown.ts";
import { runProgram } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { RELEASES } from "./formula.ts";
import { startReleases } from "./releases.ts";
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

testClient(
  curl,
  "docs/install.md installs what a release has, both ways, and takes it away again",
  async () => {
    await using scratch = await makeScratch();
    const { version } = denoJson;
    await using releases = await startReleases([version], scratch);
    releases.pages.set("/latest/download/install.sh", await read(".github/install.sh"));
    const uname = await scratch.write(
      "tools/uname",
      "#!/bin/sh\n[ $1 = -m ] && echo x86_64 || echo Linux\n",
    );
    await Deno.chmod(uname, 0o755);
    const env = {
      ...scratch.env,
      PATH: `${scratch.folder}/tools:${scratch.env.PATH}`,
      DOORWARD_RELEASES: releases.server.url,
    };
    const follow = async (heading: string) => {
      const script = shellBelow(heading).replaceAll(RELEASES, releases.server.url);
      const { code, stderr } = await runProgram(["sh", "-euc", script], {
        env,
        cwd: scratch.folder,
      });
      assertEquals(code, 0, stderr);
    };
    const executable = `${scratch.home}/.local/bin/doorward`;
    for (const heading of ["By hand", "By the install script"]) {
      await follow(heading);
      const { stdout } = await runProgram([executable], scratch);
      assertEquals(stdout, `doorward-${version}-x86_64-unknown-linux-gnu runs\n`);
      await scratch.write("home/.config/doorward/config.toml", "");
      await follow("Uninstall");
      await assertRejects(() => Deno.stat(executable), Deno.errors.NotFound);
      assertEquals(await Array.fromAsync(Deno.readDir(`${scratch.home}/.config`)), []);
    }
  },
);

Deno.test({
  name: `docs/install.md has shell that sh can read${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    const scripts = blocksOf(page).filter(({ language }) => language === "sh");
    assertGreater(scripts.length, 6);
    for (const { text, line } of scripts) {
      const sh = new Deno.Command("sh", { args: ["-n", "-c", text] });
      assertEquals((await sh.output()).success, true, `line ${line}`);
    }
  },
});

/** The first block of shell below a heading. */
function shellBelow(heading: string): string {
  const below = page.slice(page.indexOf(`\n## ${heading}\n`));
  return blocksOf(below).find(({ language }) => language === "sh")!.text;
}

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}
