// A list that says nothing allows nothing, however it came to say nothing.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../src/config/errors.ts";
import { loadConfig } from "../../src/config/config.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import { faultsOf, load } from "../config/load.ts";
import { NO_POSIX } from "../support/machine.ts";
import { connectTo, httpTo } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";

/** Files that are read, and say of no host that it is allowed. */
const SILENT: Readonly<Record<string, string | null>> = {
  "no file": null,
  "an empty file": "",
  "comments alone": '# [network]\n# allowed_domains = ["example.com"]\n',
  "a table without keys": "[network]\n",
  "an empty list": "[network]\nallowed_domains = []\n",
  "a list of comments": '[network]\nallowed_domains = [\n# "example.com",\n]\n',
  "denials alone": '[network]\ndenied_domains = ["evil.test"]\n',
  "no presets": "[network]\npresets = []\n",
  "an empty map": "[network.domains]\n",
  "a map of denials": '[network.domains]\n"evil.test" = "deny"\n',
  "the older shape": "[network_proxy]\nenabled = true\n[network_proxy.policy]\n",
  "the older shape with an empty list":
    "[network_proxy]\nenabled = true\n[network_proxy.policy]\nallowed_domains = []\n",
  "limited mode": '[network]\nmode = "limited"\n',
  "another table": '[tools]\nallowed_domains = ["example.com"]\n',
};

for (const [what, text] of Object.entries(SILENT)) {
  Deno.test(`empty policy: ${what} lets nothing pass`, async () => {
    const { policy } = await load(text, { foreignKeys: true });
    const { decide } = compilePolicy(policy);
    for (const host of ["example.com", "com", "93.184.216.34", "not-evil.test", "localhost"]) {
      for (const request of [httpTo(host), connectTo(`${host}:443`)]) {
        const { verdict } = decide(request);
        assert(verdict === "deny" || verdict === "ask", `${host}: ${verdict}`);
      }
    }
  });
}

/** What is no list is a fault, and never an empty one, nor one of everything. */
const NO_LISTS: readonly string[] = [
  "null",
  "nil",
  '""',
  '"example.com"',
  "false",
  "true",
  "0",
  "{}",
  '[""]',
  '[" "]',
  "[[]]",
  "[1]",
  '["*"]',
  '["**"]',
  '["*."]',
  '["*.*"]',
  '["?*"]',
];

for (const list of NO_LISTS) {
  Deno.test(`empty policy: allowed_domains = ${list} is a fault`, async () => {
    assertEquals((await faultsOf(`[network]\nallowed_domains = ${list}\n`)).length, 1);
  });
}

Deno.test({
  name: `empty policy: a file that cannot be read is a fault${NO_POSIX.why}`,
  // Whoever may read everything reads a file that nobody may read.
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const none = { overrides: [], allow: [], deny: [] };
    await assertRejects(() => loadConfig({ ...none, file: `${scratch.folder}/none` }), ConfigError);
    await assertRejects(() => loadConfig({ ...none, homeFile: scratch.folder }), ConfigError);
    const binary = await scratch.write("binary.toml", new Uint8Array([0xff, 0xfe, 0, 1]));
    await assertRejects(() => loadConfig({ ...none, homeFile: binary }), ConfigError);
  },
});
