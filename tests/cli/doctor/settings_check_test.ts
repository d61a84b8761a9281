import { assertEquals } from "@std/assert";
import { settingsCheck } from "../../../src/cli/doctor/settings_check.ts";
import { linesOf } from "./make_situation.ts";

Deno.test("files that name no proxy, or ours, are well", async () => {
  const files = { "/home/you/.gitconfig": "[http]\n\tproxy = http://127.0.0.1:3128\n" };
  assertEquals(await linesOf(settingsCheck, { files }), [
    "ok files: none that is known names a proxy",
  ]);
});

Deno.test("a file that counts more than variables is a warning, one that counts less is not", async () => {
  const files = {
    "/home/you/.gitconfig": "[http]\n\tproxy = http://u:secret@p.test:1\n",
    "/project/.npmrc": "proxy=http://p.test:\x1b[2J\n",
  };
  assertEquals(await linesOf(settingsCheck, { files }), [
    'warning git: /home/you/.gitconfig has proxy = "http://…@p.test:1", which counts more than any variable: git passes Doorward by',
    "  take that line out",
    'note npm: /project/.npmrc has proxy = "http://p.test:\\u001b[2J"; run and env set npm_config_proxy, which counts more',
  ]);
});
