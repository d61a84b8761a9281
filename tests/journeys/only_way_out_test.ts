// docs/doctor.md tells how to leave Doorward as the only way out; this types what it says.
import { assertEquals } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { proxyEnv, startDoorward } from "../support/doorward_cli.ts";
import { blocksOf } from "../support/markdown.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../docs/doctor.md`);

/** bubblewrap, where this system lets it make namespaces; null without socat. */
async function bubblewrap(): Promise<string | null> {
  const bwrap = whereIs("bwrap");
  if (bwrap === null || whereIs("socat") === null) return null;
  const args = ["--unshare-user", "--unshare-net", "--ro-bind", "/", "/", "true"];
  const { code } = await new Deno.Command(bwrap, { args, stdout: "null", stderr: "null" }).output();
  return code === 0 ? bwrap : null;
}

const NEEDED = {
  name: "bubblewrap",
  program: await bubblewrap(),
  wanted: "bubblewrap and socat, and leave to make namespaces",
};

testClient(
  NEEDED,
  "a command that docs/doctor.md holds reaches Doorward, and nothing past it",
  async () => {
    await using scratch = await makeScratch();
    // Not 127.0.0.1, which programs reach directly, as NO_PROXY says.
    await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
    const url = `http://127.0.0.2:${origin.port}/hello`;
    await using start = await startDoorward(["--allow", `127.0.0.2:${origin.port}`], scratch);
    const command = [
      `curl -sS ${url}`,
      `curl -sS -o /dev/null -w "%{http_code}\\n" http://127.0.0.2:1/`,
      `curl -s --noproxy "*" ${url}`,
      'echo "directly: $?"',
      "exit 7",
    ].join("; ");
    const [written] = blocksOf(page).filter(({ language }) => language === "sh");
    const script = (written?.text ?? "")
      // What it prints is given to the shell.
      .replace('eval "$(doorward env)"\n', "")
      .replaceAll("3128", String(start.port))
      .replace("curl https://example.com", `sh -c '${command}'`)
      .replace(/kill \$!\n$/, "code=$?\nkill $!\nexit $code\n");
    const env = { ...scratch.env, ...await proxyEnv(start, scratch) };
    const ended = await runProgram(["sh", "-c", script], { cwd: "/", env });
    assertEquals([ended.stdout, ended.stderr, ended.code], [
      "hello from the origin\n403\ndirectly: 7\n",
      "",
      7,
    ]);
    assertEquals(origin.requests, ["GET /hello via doorward"]);
  },
);
