import { gitServer } from "./git_server.ts";
import { npmRegistry } from "./npm_registry.ts";
import { type Ended, whereIs } from "./programs.ts";
import type { Scratch } from "./scratch.ts";
import { greet, type Handler } from "./web_origin.ts";

/** A program that fetches what people fetch with it, and what they see when it may not. */
export interface Client {
  readonly name: string;
  /** The program; null when this machine has none that would do. */
  readonly program: string | null;
  /** What would have to be installed. */
  readonly wanted: string;
  /** The command line that fetches from an origin, whose URL is `base`. */
  words(program: string, base: string, scratch: Scratch): readonly string[];
  /** Variables of its own, besides those that point it at a proxy. */
  env(scratch: Scratch): Readonly<Record<string, string>>;
  /** The variables by which it trusts a certificate. */
  trust(file: string): Readonly<Record<string, string>>;
  /** What the origin answers. */
  origin(scratch: Scratch): Promise<Handler>;
  /** What the origin is asked. */
  readonly asks: readonly string[];
  /** Whether it opens a tunnel for plain HTTP, too. */
  readonly tunnelsHttp: boolean;
  /** What it brought home. */
  fetched(ended: Ended, scratch: Scratch): Promise<string>;
  /** How a refusal ends. */
  readonly refused: { readonly http: Refused; readonly https: Refused };
}

/** What a person sees. */
export interface Refused {
  readonly code: number;
  readonly stream: "stdout" | "stderr";
  /** A part of it, out of the reason phrase and the host. */
  says(phrase: string, host: string): string;
}

/** What most clients have in common. */
const PLAIN = {
  env: () => ({}),
  origin: () => Promise.resolve(greet),
  asks: ["GET /hello"],
  tunnelsHttp: false,
  fetched: (ended: Ended) => Promise.resolve(ended.stdout),
} as const;

const CURL: Client = {
  ...PLAIN,
  name: "curl",
  program: whereIs("curl"),
  wanted: "curl",
  words: (curl, base) => [curl, "-sS", `${base}/hello`],
  trust: (file) => ({ CURL_CA_BUNDLE: file }),
  refused: {
    // Without -f it takes the answer of the proxy for that of the server.
    http: {
      code: 0,
      stream: "stdout",
      says: (_, host) => `"message":"Doorward blocked this request: ${host}: `,
    },
    https: {
      code: 56,
      stream: "stderr",
      says: () => "curl: (56) CONNECT tunnel failed, response 403\n",
    },
  },
};

const WGET: Client = {
  ...PLAIN,
  name: "wget",
  program: whereIs("wget"),
  wanted: "wget",
  words: (wget, base, { folder }) => [
    wget,
    "--no-verbose",
    "--output-document=-",
    // It reads no variable for this.
    ...(base.startsWith("https:") ? [`--ca-certificate=${folder}/cert.pem`] : []),
    `${base}/hello`,
  ],
  trust: () => ({}),
  refused: {
    http: { code: 8, stream: "stderr", says: (phrase) => ` ERROR 403: ${phrase}.\n` },
    https: { code: 4, stream: "stderr", says: (phrase) => `Proxy tunneling failed: ${phrase}` },
  },
};

const GIT: Client = {
  ...PLAIN,
  name: "git",
  program: whereIs("git"),
  wanted: "git",
  words: (git, base, { folder }) => [git, "clone", `${base}/repo.git`, `${folder}/clone`],
  env: () => ({ GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" }),
  trust: (file) => ({ GIT_SSL_CAINFO: file }),
  origin: gitServer,
  asks: [
    "GET /repo.git/info/refs?service=git-upload-pack",
    "POST /repo.git/git-upload-pack",
    "POST /repo.git/git-upload-pack",
  ],
  fetched: (_, { folder }) => Deno.readTextFile(`${folder}/clone/hello.txt`),
  refused: {
    http: { code: 128, stream: "stderr", says: () => ": The requested URL returned error: 403\n" },
    https: { code: 128, stream: "stderr", says: () => ": CONNECT tunnel failed, response 403\n" },
  },
};

const NPM: Client = {
  ...PLAIN,
  name: "npm",
  program: whereIs("npm"),
  wanted: "npm",
  words: (npm, base, { folder }) => [
    npm,
    "install",
    `--registry=${base}/`,
    `--prefix=${folder}/package`,
    "tiny",
  ],
  env: () => ({
    npm_config_audit: "false",
    npm_config_fetch_retries: "0",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_globalconfig: "/dev/null",
  }),
  trust: (file) => ({ npm_config_cafile: file }),
  origin: () => npmRegistry(),
  asks: ["GET /tiny", "GET /tiny/-/tiny-1.0.0.tgz"],
  fetched: (_, { folder }) => Deno.readTextFile(`${folder}/package/node_modules/tiny/hello.txt`),
  refused: {
    http: { code: 1, stream: "stderr", says: (phrase) => `npm error 403 403 ${phrase} - GET ` },
    https: { code: 1, stream: "stderr", says: (phrase) => phrase },
  },
};

const URLLIB: Client = {
  ...PLAIN,
  name: "Python's urllib",
  program: whereIs("python3"),
  wanted: "python3",
  words: (python, base) => [
    python,
    "-c",
    "import sys, urllib.request as web; print(web.urlopen(sys.argv[1]).read().decode(), end='')",
    `${base}/hello`,
  ],
  trust: (file) => ({ SSL_CERT_FILE: file }),
  refused: {
    http: {
      code: 1,
      stream: "stderr",
      says: (phrase) => `urllib.error.HTTPError: HTTP Error 403: ${phrase}\n`,
    },
    https: {
      code: 1,
      stream: "stderr",
      says: (phrase) => `<urlopen error Tunnel connection failed: 403 ${phrase}>\n`,
    },
  },
};

const REQUESTS: Client = {
  ...PLAIN,
  name: "Python's requests",
  program: pythonWith("requests"),
  wanted: "python3-requests",
  words: (python, base) => [
    python,
    "-c",
    "import sys, requests; r = requests.get(sys.argv[1]); r.raise_for_status(); print(r.text, end='')",
    `${base}/hello`,
  ],
  trust: (file) => ({ REQUESTS_CA_BUNDLE: file }),
  refused: {
    http: {
      code: 1,
      stream: "stderr",
      says: (phrase) => `requests.exceptions.HTTPError: 403 Client Error: ${phrase} for url: `,
    },
    https: {
      code: 1,
      stream: "stderr",
      says: (phrase) => `OSError('Tunnel connection failed: 403 ${phrase}')`,
    },
  },
};

const FETCH: Client = {
  ...PLAIN,
  name: "Node's fetch",
  program: nodeThatProxies(),
  wanted: "node of version 24",
  words: (node, base) => [
    node,
    "--eval",
    "fetch(process.argv[1]).then(async (r) => process.stdout.write(await r.text()))",
    `${base}/hello`,
  ],
  trust: (file) => ({ NODE_EXTRA_CA_CERTS: file }),
  tunnelsHttp: true,
  refused: {
    http: { code: 1, stream: "stderr", says: () => "Proxy response (403)" },
    https: { code: 1, stream: "stderr", says: () => "Proxy response (403)" },
  },
};

const HTTP_GET: Client = {
  ...PLAIN,
  name: "Node's http.get",
  program: nodeThatProxies(),
  wanted: "node of version 24",
  words: (node, base) => [
    node,
    "--eval",
    `const { protocol } = new URL(process.argv[1]);
     require(protocol.slice(0, -1)).get(process.argv[1], (response) => {
       if (response.statusCode !== 200) throw new Error(response.statusMessage);
       response.pipe(process.stdout);
     });`,
    `${base}/hello`,
  ],
  trust: (file) => ({ NODE_EXTRA_CA_CERTS: file }),
  refused: {
    http: { code: 1, stream: "stderr", says: (phrase) => `Error: ${phrase}\n` },
    https: { code: 1, stream: "stderr", says: (phrase) => `HTTP/1.1 403 ${phrase}\n` },
  },
};

/** The clients that journeys drive. */
export const CLIENTS: readonly Client[] = [
  CURL,
  WGET,
  GIT,
  NPM,
  URLLIB,
  REQUESTS,
  FETCH,
  HTTP_GET,
];

/** The one that is in everybody's hands. */
export const curl: Client = CURL;

/** Node honours proxy variables from version 24 on. */
function nodeThatProxies(): string | null {
  const node = Deno.env.get("DOORWARD_TEST_NODE") || whereIs("node");
  if (node === null) return null;
  return Number.parseInt(say(node, "--version").replace("v", "")) >= 24 ? node : null;
}

/** A Python that has a module: Debian installs modules for its own, which need not be the first. */
export function pythonWith(module: string): string | null {
  const pythons = [whereIs("python3"), "/usr/bin/python3"];
  return pythons.find((python) =>
    python !== null && say(python, "-c", `import ${module}; print("yes")`) === "yes\n"
  ) ?? null;
}

/** What a program says; nothing when it fails. */
function say(program: string, ...args: readonly string[]): string {
  try {
    const { stdout } = new Deno.Command(program, { args: [...args], stderr: "null" }).outputSync();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  }
}
