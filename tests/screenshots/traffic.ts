import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { clientHello } from "../support/hello.ts";
import { ip } from "../support/policy.ts";
import { Wire } from "../support/wire.ts";

/** Requests that an agent at work makes, and how often it makes each. */
const REQUESTS: readonly (readonly [request: string, weight: number])[] = [
  ["GET http://rubygems.org/specs", 9],
  ["CONNECT rubygems.org:443", 14],
  ["CONNECT api.github.com:443", 8],
  ["CONNECT raw.githubusercontent.com:443", 5],
  ["CONNECT pypi.org:443", 4],
  ["CONNECT stats.g.doubleclick.net:443", 2],
  ["CONNECT gist.github.com:443", 1],
  ["GET http://169.254.169.254/latest/meta-data/", 1],
];

/** Tunnels that stay open. */
const TUNNELS = [
  "api.github.com:443",
  "rubygems.org:443",
  "objects.githubusercontent.com:443",
];

/** What nobody has thought of yet. */
const QUESTIONS = ["CONNECT files.pythonhosted.org:443", "POST http://hooks.slack.com/services"];

/** How long one request stands beside the next. */
const MEAN_PAUSE_MS = 130;

/** Makes requests that come in waves, for so many seconds, and at last one of each kind. */
export async function makeTraffic(port: number, seconds: number): Promise<void> {
  const random = numbers(7);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const wave = 1.4 + Math.sin(performance.now() / 4000) + Math.sin(performance.now() / 1700) / 3;
    await makeOne(port, pick(random()));
    await pause(MEAN_PAUSE_MS * 2 * random() * wave);
  }
  for (const [request] of REQUESTS) await makeOne(port, request);
}

/** Opens tunnels that stay open until they are disposed of. */
export async function keepTunnels(port: number): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  for (const target of TUNNELS) {
    const wire = stack.use(await say(port, `CONNECT ${target}`));
    await wire.readUntil("\r\n\r\n");
    await wire.send(clientHello({ names: [target.slice(0, target.indexOf(":"))] }));
    await wire.send("x".repeat(1234 + 517 * target.length));
  }
  return stack.move();
}

/** Makes requests that wait for an answer until they are disposed of. */
export async function ask(port: number): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  for (const request of QUESTIONS) stack.use(await say(port, request));
  stack.use(await say(port, QUESTIONS[0]!));
  return stack.move();
}

async function makeOne(port: number, request: string): Promise<void> {
  await using wire = await say(port, request);
  await wire.readUntil("\r\n\r\n");
}

/** Makes a request, and leaves its connection open. */
export async function say(port: number, request: string): Promise<Wire> {
  const to = { ip: ip("127.0.0.1"), port };
  const wire = new Wire(await tcpDialer(to, new AbortController().signal));
  const [, host] = /^\S+ (?:http:\/\/)?([^/]+)/.exec(request)!;
  await wire.send(`${request} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`);
  return wire;
}

/** The request at a place between 0 and 1. */
function pick(at: number): string {
  const all = REQUESTS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * all;
  return REQUESTS.find(([, weight]) => (left -= weight) < 0)![0];
}

/** Numbers between 0 and 1 that look like chance, the same ones each time (a linear congruence). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
