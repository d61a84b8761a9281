// `doorward env` as its own process: what it prints makes a shell use the proxy.
import { assertEquals } from "@std/assert";
import { quoteWords } from "../../src/cli/shell/command_line.ts";
import { evaluation } from "../../src/library/env/shell_quote.ts";
import { needing, testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorward, doorwardWords, startDoorward } from "../support/doorward_cli.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

/** The shells that people use, and how their own words for it run what a command prints. */
const SHELLS = ["sh", "bash", "zsh", "fish"].map((name) => ({
  name,
  program: whereIs(name),
  wanted: name,
  kind: name === "fish" ? "fish" : "sh",
} as const));

for (const shell of SHELLS) {
  const line = evaluation("doorward env", shell.kind);
  testClient(
    needing(shell, curl),
    `${line} makes the curl of ${shell.name} use the proxy`,
    async () => {
      await using scratch = await makeScratch();
      await using start = await startDoorward(["--allow", "127.0.0.2"], scratch);
      await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
      await scratch.configure(`[network]\nenabled = true\nproxy_url = "${start.url}"\n`);
      const words = doorwardWords("doorward", ["env", "--shell", shell.kind]);
      const script = `
    ${evaluation(quoteWords(words, shell.kind), shell.kind)}
    curl -s ${origin.url}/allowed
    curl -s http://other.test/ | cut -c 1-61`;
      const { stdout, stderr } = await runProgram([shell.program!, "-c", script], scratch);
      assertEquals(
        stdout,
        "hello from the origin\n" +
          '{"status":"blocked","host":"other.test","reason":"not_allowed\n',
      );
      assertEquals(stderr, "");
      assertEquals(origin.requests, ["GET /allowed via doorward"]);
    },
  );
}

/** How each shell is told the first and a later variable. */
const FORMS: readonly (readonly [shell: string, lines: readonly string[]])[] = [
  ["sh", ["export HTTP_PROXY=http://127.0.0.1:3128", "export NO_PROXY=localhost,127.0.0.1,::1"]],
  ["fish", [
    "set -gx HTTP_PROXY http://127.0.0.1:3128",
    "set -gx NO_PROXY localhost,127.0.0.1,::1",
  ]],
  [
    "powershell",
    ["$env:HTTP_PROXY = 'http://127.0.0.1:3128'", "$env:NO_PROXY = 'localhost,127.0.0.1,::1'"],
  ],
];

for (const [shell, lines] of FORMS) {
  Deno.test(`env --shell ${shell} prints assignments of ${shell}, a line each`, async () => {
    await using scratch = await makeScratch();
    const { code, stdout, stderr } = await doorward(["env", "--shell", shell], scratch);
    const printed = stdout.split("\n");
    assertEquals(printed.filter((line) => lines.includes(line)), lines);
    assertEquals(printed.at(-1), "");
    assertEquals([code, stderr], [0, ""]);
  });
}

Deno.test("env takes the words of the shell that SHELL names", async () => {
  await using scratch = await makeScratch();
  const { stdout } = await doorward(["env"], scratch, { env: { SHELL: "/usr/bin/fish" } });
  const { stdout: fish } = await doorward(["env", "--shell", "fish"], scratch);
  assertEquals(stdout, fish);
});

Deno.test("env --json prints the same variables for programs", async () => {
  await using scratch = await makeScratch();
  const { stdout } = await doorward(["env", "--json"], scratch);
  const { stdout: sh } = await doorward(["env", "--shell", "sh"], scratch);
  const lines = Object.entries(JSON.parse(stdout)).map(([name, value]) =>
    `export ${name}=${value}\n`
  );
  assertEquals(lines.join(""), sh);
});

Deno.test("env cannot know a port that the system is to choose", async () => {
  await using scratch = await makeScratch();
  const { code, stdout, stderr } = await doorward(
    ["env", "-c", "network.proxy_url=http://127.0.0.1:0"],
    scratch,
  );
  assertEquals(
    stderr,
    "doorward: Cannot print variables: network.proxy_url leaves the port to the system\n" +
      '  "doorward start" prints the port it got\n',
  );
  assertEquals([code, stdout], [125, ""]);
});
