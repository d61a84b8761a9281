import { type Client, CLIENTS, pythonWith, type Refused } from "./clients.ts";
import type { Needed } from "./client_world.ts";
import { pythonIndex } from "./python_index.ts";
import { type Ended, runProgram, whereIs } from "./programs.ts";
import type { Scratch } from "./scratch.ts";
import { greet, type Handler } from "./web_origin.ts";

/** A program that fetches over HTTPS, told whom to trust by nothing but its environment. */
export interface InterceptedClient extends Needed {
  /** The command line that fetches from an origin, whose URL is `base`. What it takes is made before. */
  words(program: string, base: string, scratch: Scratch): Promise<readonly string[]>;
  /** Variables of its own, none of which is about proxies or trust. */
  env(scratch: Scratch): Readonly<Record<string, string>>;
  origin(scratch: Scratch): Promise<Handler>;
  /** What the origin is asked. */
  readonly asks: readonly string[];
  /** What it brought home. */
  fetched(ended: Ended, scratch: Scratch): Promise<string>;
  /** Whether it goes to an address of this machine by way of a proxy, and knows whose certificate that is. */
  readonly byAddress: boolean;
  /** How it ends, and what a person sees, when the first of its requests is refused inside. */
  readonly refused: Refused;
}

/** The first line of a refusal, for clients that show the answer. */
const SHOWN = (_: string, host: string) =>
  `CODEX_NETWORK_POLICY_DECISION {"decision":"deny","reason":"mitm_hook_denied",` +
  `"source":"baseline_policy","protocol":"https_connect","host":"${host}",`;

/** Those that show what a server answers, whatever it is. */
const SHOWS_ANSWER: Refused = { code: 0, stream: "stdout", says: SHOWN };

/** Where it is not as over plain HTTP. */
const REFUSED: Readonly<Record<string, Refused>> = {
  "curl": SHOWS_ANSWER,
  "git": {
    code: 128,
    stream: "stderr",
    says: (_, host) => `remote: ${SHOWN(_, host)}`,
  },
  "Node's fetch": SHOWS_ANSWER,
};

/** What most of those have in common that are not in {@linkcode CLIENTS}. */
const PLAIN = {
  env: () => ({}),
  origin: () => Promise.resolve(greet),
  asks: ["GET /hello"],
  byAddress: true,
  fetched: ({ stdout }: Ended) => Promise.resolve(stdout),
} as const;

const DENO: InterceptedClient = {
  ...PLAIN,
  name: "Deno's fetch",
  program: Deno.execPath(),
  wanted: "deno",
  words: (deno, base) =>
    Promise.resolve([
      deno,
      "eval",
      "const r = await fetch(Deno.args[0]); await r.body.pipeTo(Deno.stdout.writable)",
      `${base}/hello`,
    ]),
  refused: SHOWS_ANSWER,
};

const GO_PROGRAM = `package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(os.Stdout, answer.Body)
}
`;

const GO: InterceptedClient = {
  ...PLAIN,
  name: "Go's net/http",
  program: whereIs("go"),
  wanted: "golang-go",
  // It goes to 127.0.0.0/8 directly, whatever the variables say.
  byAddress: false,
  async words(go, base, scratch): Promise<readonly string[]> {
    const source = await scratch.write("main.go", GO_PROGRAM);
    const program = `${scratch.folder}/fetch`;
    const { code, stderr } = await runProgram([go, "build", "-o", program, source], {
      cwd: scratch.folder,
      env: {
        ...scratch.env,
        GOFLAGS: "-mod=mod",
        GOTOOLCHAIN: "local",
        GOPROXY: "off",
        // What is compiled once need not be again: some versions bring nothing compiled.
        ...goCache(go),
      },
    });
    if (code !== 0) throw new Error(`Cannot build ${source}: ${stderr}`);
    return [program, `${base}/hello`];
  },
  refused: SHOWS_ANSWER,
};

const PIP: InterceptedClient = {
  ...PLAIN,
  name: "pip",
  program: pythonWith("pip"),
  wanted: "python3-pip",
  words: (python, base, { folder }) =>
    Promise.resolve([
      ...[python, "-m", "pip", "download", "--no-deps", "--dest", `${folder}/wheels`],
      ...["--index-url", `${base}/simple/`, "tiny"],
    ]),
  env: () => ({ PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_CACHE_DIR: "1", PIP_NO_INPUT: "1" }),
  origin: pythonIndex,
  asks: ["GET /simple/tiny/", "GET /tiny-1.0.0-py3-none-any.whl"],
  async fetched(_, scratch): Promise<string> {
    const wheel = `${scratch.folder}/wheels/tiny-1.0.0-py3-none-any.whl`;
    const { stdout } = await runProgram(["python3", "-m", "zipfile", "-l", wheel], scratch);
    return stdout.includes("tiny.txt") ? "hello from the origin\n" : stdout;
  },
  refused: {
    code: 1,
    stream: "stderr",
    says: () => "ERROR: No matching distribution found for tiny",
  },
};

const AIOHTTP: InterceptedClient = {
  ...PLAIN,
  name: "Python's aiohttp",
  program: pythonWith("aiohttp"),
  wanted: "python3-aiohttp",
  words: (python, base) =>
    Promise.resolve([
      python,
      "-c",
      `import aiohttp, asyncio, sys
async def main():
    async with aiohttp.ClientSession(trust_env=True, raise_for_status=True) as session:
        async with session.get(sys.argv[1]) as answer:
            print(await answer.text(), end="")
asyncio.run(main())`,
      `${base}/hello`,
    ]),
  refused: {
    code: 1,
    stream: "stderr",
    says: (phrase) => `ClientResponseError: 403, message='${phrase}', url=`,
  },
};

const HTTPX: InterceptedClient = {
  ...PLAIN,
  name: "Python's httpx",
  program: pythonWith("httpx"),
  wanted: "python3-httpx",
  words: (python, base) =>
    Promise.resolve([
      python,
      "-c",
      `import httpx, sys
answer = httpx.get(sys.argv[1])
answer.raise_for_status()
print(answer.text, end="")`,
      `${base}/hello`,
    ]),
  refused: {
    code: 1,
    stream: "stderr",
    says: (phrase) => `httpx.HTTPStatusError: Client error '403 ${phrase}' for url `,
  },
};

/** The clients that journeys through interception drive. */
export const INTERCEPTED_CLIENTS: readonly InterceptedClient[] = [
  ...CLIENTS.map(trustingByVariables),
  DENO,
  GO,
  PIP,
  AIOHTTP,
  HTTPX,
];

/** One of the others, without the variables and options by which it trusts a certificate there. */
function trustingByVariables(client: Client): InterceptedClient {
  return {
    ...client,
    refused: REFUSED[client.name] ?? client.refused.http,
    // Through a proxy npm expects a server without a name to be "localhost".
    byAddress: client.name !== "npm",
    words(program, base, scratch): Promise<readonly string[]> {
      const words = client.words(program, base, scratch);
      if (client.name !== "wget") return Promise.resolve(words);
      // It reads no variable: its documentation here says to hand it one.
      const own = words.filter((word) => !word.startsWith("--ca-certificate="));
      const line = 'exec "$0" --ca-certificate="$SSL_CERT_FILE" "$@"';
      return Promise.resolve(["sh", "-c", line, ...own]);
    },
  };
}

function goCache(go: string): Readonly<Record<string, string>> {
  const { stdout } = new Deno.Command(go, { args: ["env", "GOCACHE"], stderr: "null" })
    .outputSync();
  const folder = new TextDecoder().decode(stdout).trim();
  return folder === "" || folder === "off" ? {} : { GOCACHE: folder };
}
