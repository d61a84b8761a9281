import { assertEquals } from "@std/assert";
import { toolsCheck } from "../../../src/cli/doctor/tools_check.ts";
import { linesOf, type SituationOptions } from "./make_situation.ts";

const NEWER = "  install Node 24.5 or later, or 22.21 or later of 22";

/** What is told of a PATH with these programs. */
async function linesWith(
  programs: readonly string[],
  { env, ...options }: SituationOptions = {},
): Promise<string[]> {
  const files = {
    "/bin": { kind: "folder", mode: 0o755 } as const,
    ...Object.fromEntries(programs.map((name) => [`/bin/${name}`, { mode: 0o755 }])),
  };
  return await linesOf(toolsCheck, { files, ...options, env: { PATH: "/bin", ...env } });
}

/** The same of a Node, by the folder it is in. */
async function linesOfNode(version: string, env: Record<string, string> = {}): Promise<string[]> {
  const realPath = () => Promise.resolve(`/opt/node/${version}/bin/node`);
  return await linesWith(["node"], { env, instruments: { realPath } });
}

Deno.test("tools that go by the variables are one line, others one each", async () => {
  assertEquals(await linesWith(["curl", "npm", "python", "java", "ssh"]), [
    "ok by variables: curl, npm go by the variables",
    "ok Python: it goes by the variables (urllib, requests and httpx; aiohttp needs trust_env=True in the program)",
    "note Java: doorward run takes it through Doorward, and env does not (by JAVA_TOOL_OPTIONS)",
    "note ssh: it goes directly: ssh -o ProxyCommand='doorward connect %h %p' HOST",
  ]);
  assertEquals(await linesWith([]), ["note PATH: there is none of the tools that are known"]);
});

Deno.test("Node is judged by its version", async () => {
  assertEquals(await linesOfNode("20.1.0"), [
    "warning Node: /bin/node is 20.1, which goes directly, whatever is set",
    NEWER,
  ]);
  assertEquals(await linesOfNode("24.1.0"), [
    "warning Node: /bin/node is 24.1, of which fetch alone goes by the variables",
    NEWER,
  ]);
  assertEquals(await linesOfNode("24.5.0"), [
    "ok Node: /bin/node is 24.5, and goes by the variables",
  ]);
  const [unknown] = await linesWith(["node"]);
  assertEquals(
    unknown?.startsWith("note Node: its version is not known; by the variables go "),
    true,
  );
});

Deno.test("Node in a shell that is pointed at Doorward needs one variable more", async () => {
  const env = { https_proxy: "http://127.0.0.1:3128" };
  assertEquals(await linesOfNode("24.5.0", env), [
    "warning Node: /bin/node is 24.5, and goes directly without NODE_USE_ENV_PROXY=1",
    '  eval "$(doorward env)"',
  ]);
  assertEquals((await linesOfNode("24.5.0", { ...env, NODE_USE_ENV_PROXY: "1" })).length, 1);
});

Deno.test("folders that cannot be looked into are told", async () => {
  const files = { "/bin\x1b": { kind: "hidden", why: "permission denied" } as const };
  const lines = await linesWith([], { files, env: { PATH: "/bin\x1b" } });
  assertEquals(lines[0], "note PATH: /bin\x1b cannot be looked into");
});
