// What somebody sees who mistypes, and what a user of curl sees when an allowed server is not there.
import { assertEquals } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorward, proxyEnv, startDoorward } from "../support/doorward_cli.ts";
import { onLowPort } from "../support/low_port.ts";
import { type Ended, runProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

/** Command lines that make no sense, and what is said about them. */
const MISTYPED: readonly (readonly [line: string, says: string, see: string])[] = [
  ["strat", 'Unknown command "strat": did you mean "start"?', ""],
  ["serve", 'Unknown command "serve"', ""],
  ["run", '"doorward run" needs a command: doorward run ', "run "],
  ["run --alow example.com -- curl", 'Unknown option "--alow": did you mean "--allow"?', "run "],
  ["start --json", '"doorward start" takes no --json', "start "],
  ["explain", '"doorward explain" needs more: doorward explain URL [-X METHOD]', "explain "],
  ["start --mode open", 'Unknown mode "open": there are full and limited', "start "],
  ["-- curl", 'No command before "--": did you mean "doorward run --"?', ""],
];

for (const [line, says, see] of MISTYPED) {
  Deno.test(`doorward ${line}: usage, exit code 2`, async () => {
    await using scratch = await makeScratch();
    const { code, stdout, stderr } = await doorward(line.split(" "), scratch);
    const [first, second, end] = stderr.split("\n");
    assertEquals(first?.slice(0, `doorward: ${says}`.length), `doorward: ${says}`);
    assertEquals([second, end], [`See doorward ${see}--help`, ""]);
    assertEquals([code, stdout], [2, ""]);
  });
}

for (const line of ["--help", "run --help", "--version"]) {
  Deno.test(`doorward ${line} prints on standard output and ends with 0`, async () => {
    await using scratch = await makeScratch();
    const { code, stdout, stderr } = await doorward(line.split(" "), scratch);
    assertEquals(
      /^(Doorward: the|doorward run: run|doorward 0\.1\.0\n)/.test(stdout),
      true,
      stdout,
    );
    assertEquals([code, stderr], [0, ""]);
  });
}

/** Allowed servers that are not there: what `curl URL` prints, and the status over HTTP. */
const ABSENT: readonly (readonly [what: string, host: () => string, reason: string])[] = [
  ["a server that is down", () => `127.0.0.2:${freePort()}`, "connection_refused"],
  ["a name that does not resolve", () => "nowhere.invalid", "dns_failure"],
];

for (const [what, host, reason] of ABSENT) {
  testClient(curl, `curl prints why ${what} did not answer`, async (program) => {
    await using scratch = await makeScratch();
    const [at, port = "80"] = host().split(":");
    const ended = await through(
      [program, "-s", "-w", "%{http_code}", `http://${at}:${port}/`],
      scratch,
    );
    const { stdout } = ended;
    const { message: _, ...body } = JSON.parse(stdout.slice(0, -3));
    assertEquals([body, stdout.slice(-3)], [{
      status: "error",
      host: at,
      reason,
      protocol: "http",
      port: Number(port),
      retryable: true,
    }, "502"]);
  });

  testClient(curl, `curl tells the status of a tunnel to ${what}`, async (program) => {
    await using scratch = await makeScratch();
    const { code, stderr } = await through([program, "-sS", `https://${host()}/`], scratch);
    assertEquals([code, stderr], [56, "curl: (56) CONNECT tunnel failed, response 502\n"]);
  });
}

testClient(
  curl,
  "nothing is blocked, so nothing is told, when a server is down",
  async (program) => {
    await using scratch = await makeScratch();
    const url = `https://127.0.0.2:${freePort()}/`;
    const words = ["run", "--allow", "127.0.0.2", "--", program, "-sS", url];
    const { code, stderr } = await doorward(words, scratch);
    assertEquals([code, stderr], [56, "curl: (56) CONNECT tunnel failed, response 502\n"]);
  },
);

/** Runs a command with the variables of a `start` that allows both. */
async function through(words: readonly string[], scratch: Scratch): Promise<Ended> {
  const flags = ["--allow", "127.0.0.2", "--allow", "nowhere.invalid"];
  await using start = await startDoorward(flags, scratch);
  const env = { ...scratch.env, ...await proxyEnv(start, scratch) };
  const ended = await runProgram(words, { env });
  assertEquals(start.stderr.text.includes("CODEX_NETWORK_POLICY_VIOLATION"), false);
  return ended;
}

/** A port of 127.0.0.2 that nobody listens on. */
function freePort(): number {
  using listener = onLowPort((port) => Deno.listen({ hostname: "127.0.0.2", port }));
  return listener.addr.port;
}
