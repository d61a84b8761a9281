import { buildPackage } from "../npm/build_package.ts";
import type { Needed } from "./client_world.ts";
import { type Ended, type RunningProgram, runProgram, startProgram, whereIs } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** The first Node that reads TypeScript, which the tests of `src/node` are written in. */
const NODE_MAJOR_MIN = 22;

/** Node, with its npm. */
export const NODE: Needed = {
  name: "Node",
  program: whereIs("npm") === null ? null : nodeFrom(NODE_MAJOR_MIN),
  wanted: `Node ${NODE_MAJOR_MIN} or later, and npm`,
};

/** What the compiler of a program that uses the package takes besides. */
const TOOLS = ["typescript@6.0.3", "@types/node@22.20.5"];

/** Builds the package and installs it in a project of its own. Resolves to the folder of that. */
export async function installedPackage(scratch: Scratch): Promise<string> {
  const built = `${scratch.folder}/built`;
  await buildPackage(built, () => {});
  await scratch.write("app/package.json", '{ "private": true, "type": "module" }');
  const app = `${scratch.folder}/app`;
  const { stdout } = await npm(
    ["pack", "--silent", "--pack-destination", app, built],
    app,
    scratch,
  );
  await npm(["install", "--no-audit", "--no-fund", `./${stdout.trim()}`, ...TOOLS], app, scratch);
  return app;
}

async function npm(words: readonly string[], cwd: string, scratch: Scratch): Promise<Ended> {
  const ended = await runProgram([whereIs("npm")!, ...words], { env: scratch.env, cwd });
  if (ended.code !== 0) throw new Error(`npm ${words[0]} failed: ${ended.stderr}`);
  return ended;
}

/** A program that runs a proxy by the package. Disposing of it ends it. */
export interface NodeProxy extends AsyncDisposable {
  readonly program: RunningProgram;
  /** `ip:port`. */
  readonly http: string;
  readonly socks: string;
  /** The variables for its clients. */
  readonly env: Readonly<Record<string, string>>;
  /** Has it shut down, and waits until the program has ended by itself. */
  end(): Promise<Ended>;
}

/** Starts one with this configuration; see {@linkcode PROGRAM} for what it decides and prints. */
export async function startNodeProxy(
  node: string,
  app: string,
  config: unknown,
  scratch: Scratch,
): Promise<NodeProxy> {
  await scratch.write("app/program.js", PROGRAM);
  const words = [node, "program.js", JSON.stringify(config)];
  const program = startProgram(words, { env: scratch.env, cwd: app });
  const [, line = ""] = await program.stdout.until(/^ready (.*)$/m);
  const { http, socks, env } = JSON.parse(line);
  return {
    program,
    http,
    socks,
    env,
    async end(): Promise<Ended> {
      await program.stdin.close();
      return await program.ended;
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** Lets `decided.test` pass and nothing else. It shuts down when its input ends, and then nothing may hold it. */
const PROGRAM = `import { NetworkDecision, NetworkProxy } from "@doorward/doorward";
import { text } from "node:stream/consumers";

const say = (kind, value) => console.log(kind + " " + JSON.stringify(value));
let records = 0;
const proxy = await NetworkProxy.builder()
  .config(JSON.parse(process.argv[2]))
  .attribution({ label: "from Node" })
  .policyDecider(({ host, port, protocol, method, label }) => {
    say("asked", [protocol, method, host, port, label]);
    return host === "decided.test" ? NetworkDecision.allow() : NetworkDecision.deny("policy_denied");
  })
  .onAudit(() => records += 1)
  .onDiagnostic((line) => say("trouble", line))
  .build();
const handle = await proxy.run();
say("ready", { ...handle.addresses, env: handle.env({ inherited: {} }) });
await text(process.stdin);
await handle.shutdown();
say("over", { records, deno: typeof globalThis.Deno });
`;

/** The newest Node that is meant for the tests; null when it is older than that. */
function nodeFrom(major: number): string | null {
  const node = Deno.env.get("DOORWARD_TEST_NODE") || whereIs("node");
  if (node === null) return null;
  const { stdout } = new Deno.Command(node, { args: ["--version"] }).outputSync();
  const version = new TextDecoder().decode(stdout).replace("v", "");
  return Number.parseInt(version) >= major ? node : null;
}
