// `deno task smoke BINARY`: does an executable do what people do with it? On loopback alone, in an empty home.
import { resolve } from "node:path";
import { VERSION } from "../../src/library/version.ts";
import { EXIT_FAILED, EXIT_USAGE, print } from "./print.ts";
import { greet, startWebOrigin, type WebOrigin } from "../support/web_origin.ts";
import { type Ended, runProgram, startProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const USAGE = `deno task smoke BINARY [ARG]…

Runs BINARY (with ARG… before each of its own words) as a user does: --version, check, run and
start, also with workers, interception and export. Prints a line for each, and ends with 1 at the
first that fails. Needs curl.

Example: deno task smoke dist/bin/doorward-${VERSION}-${Deno.build.target}
`;

/** What is tried, and with what. */
interface Trial {
  /** The words that start the executable. */
  readonly program: readonly string[];
  readonly scratch: Scratch;
  /** A server that the policy allows. */
  readonly origin: WebOrigin;
}

/** Each throws when the executable does not do it. The modules named are loaded late, or in a worker. */
const TRIALS: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  "--version prints the version": async (trial) => {
    expect(await doorward(trial, "--version"), 0, `doorward ${VERSION}\n`);
  },

  "check takes a configuration": async (trial) => {
    const file = await trial.scratch.write("good.toml", "[network]\nenabled = true\n");
    expect(await doorward(trial, "check", file), 0, ": ok\n");
  },

  "check names the place of a fault (tldts)": async (trial) => {
    const file = await trial.scratch.write(
      "bad.toml",
      '[network]\nallowed_domains = ["*.co.uk"]\n',
    );
    expect(await doorward(trial, "check", file), 1, ":2:20: bad host pattern");
  },

  "run lets an allowed request pass": async (trial) => {
    const { origin } = trial;
    expect(await doorward(trial, "run", "--allow", HOST, "--", ...curl(origin.url)), 0, "hello");
    if (origin.requests.at(-1) !== "GET / via doorward") throw new Error("It went another way");
  },

  "run blocks what is not allowed, and ends with the command's code": async (trial) => {
    const words = ["run", "--", ...curl("--fail", "http://blocked.test/")];
    expect(await doorward(trial, ...words), CURL_HTTP_ERROR, "doorward: blocked blocked.test");
  },

  "run intercepts (@peculiar/x509)": async (trial) => {
    const words = ["-c", "network.mitm=true", "--mode", "limited", "--allow", HOST];
    const ended = await doorward(trial, "run", ...words, "--", ...curl(trial.origin.url));
    expect(ended, 0, "hello");
    await Deno.stat(`${trial.scratch.home}/doorward/proxy/ca.pem`);
  },

  "start serves requests and the dashboard": (trial) => startAndAsk(trial, []),

  "start serves with workers": (trial) => startAndAsk(trial, ["-c", "network.workers=2"]),

  "start exports records (@opentelemetry)": async (trial) => {
    const got = Promise.withResolvers<string>();
    await using collector = startWebOrigin((request) => {
      got.resolve(new URL(request.url).pathname);
      return new Response();
    }, { hostname: HOST });
    await trial.scratch.configure(`[otel.exporter.otlp-http]\nendpoint = "${collector.url}"\n`);
    await startAndAsk(trial, ["-c", "network.enabled=true"]);
    const path = await got.promise;
    if (!path.startsWith("/v1/")) throw new Error(`It asked the collector for ${path}`);
  },
};

const HOST = "127.0.0.1";
/** What curl ends with at an answer of 400 and more, when told to fail. */
const CURL_HTTP_ERROR = 22;

/** Tries an executable. Resolves to the exit code. */
export async function smoke(
  program: readonly string[],
  tell: (line: string) => void,
): Promise<number> {
  for (const [name, trial] of Object.entries(TRIALS)) {
    await using scratch = await makeScratch();
    await using origin = startWebOrigin(greet, { hostname: HOST });
    try {
      await trial({ program, scratch, origin });
    } catch (error) {
      tell(`not ok  ${name}: ${error instanceof Error ? error.message : String(error)}`);
      return EXIT_FAILED;
    }
    tell(`ok  ${name}`);
  }
  return 0;
}

/** Starts a proxy, goes through it, and ends it. */
async function startAndAsk(trial: Trial, args: readonly string[]): Promise<void> {
  const { program, scratch, origin } = trial;
  const [proxy, socks, admin] = [freePort(), freePort(), freePort()].map((port) =>
    `http://${HOST}:${port}`
  );
  const places = [`proxy_url=${proxy}`, `socks_url=${socks}`, `admin_url=${admin}`]
    .flatMap((place) => ["-c", `network.${place}`]);
  const words = [...program, "start", ...places, ...args, "--allow", HOST];
  await using started = startProgram(words, scratch);
  await started.stderr.until(/ listening on /);
  for (let count = 0; count < REQUESTS; count++) {
    expect(await runProgram(curl("--proxy", proxy!, origin.url), scratch), 0, "hello");
  }
  const page = await runProgram(curl(`${admin}/`, `${admin}/dashboard.js`), scratch);
  expect(page, 0, '<html lang="en">');
  started.kill("SIGTERM");
  const { code, stderr } = await started.ended;
  // Windows has no signal that a program could be sent: it is ended from outside.
  const isEnded = code === 0 || Deno.build.os === "windows";
  // A worker that cannot begin is told of; the others do its work.
  const isWhole = !stderr.includes(" has failed");
  if (!isEnded || !isWhole) throw new Error(`It ended with ${code}: ${stderr}`);
}

/** With two workers, some of so many are served by each. */
const REQUESTS = 8;

async function doorward({ program, scratch }: Trial, ...args: string[]): Promise<Ended> {
  return await runProgram([...program, ...args], scratch);
}

/** curl that goes through a proxy to this machine, too, when it is told of one. */
function curl(...args: string[]): string[] {
  return ["curl", "--silent", "--show-error", "--noproxy", "", "--max-time", "30", ...args];
}

function expect({ code, stdout, stderr }: Ended, wanted: number, said: string): void {
  if (code === wanted && `${stdout}${stderr}`.includes(said)) return;
  throw new Error(
    `Expected ${wanted} and ${JSON.stringify(said)}; got ${code} and ${stdout}${stderr}`,
  );
}

/** A port that was free just now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  return listener.addr.port;
}

async function main([binary, ...args]: readonly string[]): Promise<number> {
  if (binary === "--help") return print(USAGE, 0);
  if (binary === undefined || binary.startsWith("-")) return print(USAGE, EXIT_USAGE);
  // Windows finds no program by a path with slashes; one without any is on the PATH.
  const program = binary.includes("/") ? resolve(binary) : binary;
  return await smoke([program, ...args], (line) => print(`${line}\n`, 0));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
