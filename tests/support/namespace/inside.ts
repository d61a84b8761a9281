// Runs inside a network namespace in which every address of the internet is this machine: starts the real
// proxy, sends it the requests given as an argument, and prints what was looked up, dialled and answered.
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { domainAddress, GREETING, ipAddress, socksRequest } from "../socks.ts";
import { recordDatagrams, UDP_PORT } from "./udp_recorder.ts";
import { serveDns, type Zone } from "./dns_server.ts";

/** What the test asks for. */
export interface Experiment {
  readonly config: string;
  readonly zone: Readonly<Record<string, readonly string[] | readonly (readonly string[])[]>>;
  /** Whole requests, to be sent each on a connection of its own. */
  readonly requests?: readonly string[];
  /** Addresses as SOCKS5 writes them, a character a byte, to be connected to each on a connection of its own. */
  readonly socks?: readonly string[];
  /** The same, to be sent a datagram each, in an association of its own. */
  readonly datagrams?: readonly string[];
}

/** What was seen. */
export interface Observation {
  /** The status line of each answer. */
  readonly answers: readonly string[];
  /** The reply code to each CONNECT of SOCKS5. */
  readonly replies: readonly number[];
  /** Addresses at which a datagram arrived, in order. */
  readonly arrivals: readonly string[];
  /** Names asked for at the DNS server, in order. */
  readonly lookups: readonly string[];
  /** Addresses at which a connection arrived, in order. */
  readonly dials: readonly string[];
}

const SOCKS = { hostname: "127.0.0.1", port: 8081 };
/** What is allowed everywhere here, and answers: what was sent before it has been judged by then. */
const SENTINEL = domainAddress("good.test", UDP_PORT);

if (import.meta.main) {
  const experiment: Experiment = JSON.parse(Deno.args[0]!);
  const { asked } = await serveDns(zoneOf(experiment.zone));
  const dials: string[] = [];
  for (const hostname of ["0.0.0.0", "::"]) {
    for (const port of [80, 443]) catchAll(hostname, port, dials);
  }
  const proxy = await startProxy(experiment.config);
  const answers: string[] = [];
  for (const request of experiment.requests ?? []) answers.push(await send(request));
  const replies: number[] = [];
  for (const address of experiment.socks ?? []) replies.push(await connectBySocks(address));
  const arrivals = await sendDatagrams(experiment.datagrams ?? []);
  proxy.kill("SIGTERM");
  await proxy.status;
  const seen: Observation = { answers, replies, arrivals, lookups: asked, dials };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(seen)));
  Deno.exit(0);
}

/** A list of lists is answered one list at a time, the last for ever. */
function zoneOf(zone: Experiment["zone"]): Zone {
  return Object.fromEntries(
    Object.entries(zone).map(([name, value]) => {
      if (typeof value[0] !== "object") return [name, value as readonly string[]];
      const turns = [...value as readonly (readonly string[])[]];
      return [name, () => turns.length > 1 ? turns.shift()! : turns[0]!];
    }),
  );
}

/** Accepts at every address, notes which one it was, answers any request and closes. */
async function catchAll(hostname: string, port: number, dials: string[]): Promise<void> {
  const listener = hostname === "::"
    ? Deno.listen({ hostname, port: port + 10_000 })
    : Deno.listen({ hostname, port });
  for await (const conn of listener) {
    dials.push((conn.localAddr as Deno.NetAddr).hostname);
    const body = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    conn.read(new Uint8Array(4096)).then(() => conn.write(new TextEncoder().encode(body)))
      .catch(() => {}).finally(() => conn.close());
  }
}

async function startProxy(config: string): Promise<Deno.ChildProcess> {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  await Deno.writeTextFile(file, config);
  const main = new URL("../../../main.ts", import.meta.url).pathname;
  const proxy = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", "--cached-only", main, "start", "--config", file],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = proxy.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let banner = "";
  while (!banner.includes("listening")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the proxy did not start: ${banner}`);
    banner += value;
  }
  (async () => {
    while (!(await reader.read()).done);
  })();
  return proxy;
}

async function send(request: string): Promise<string> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: 3128 });
  await conn.write(new TextEncoder().encode(request));
  await conn.closeWrite();
  const answer = await new Response(conn.readable).text();
  return answer.split("\r\n", 1)[0]!;
}

/** Greets and sends a request; resolves to the reply, and leaves the connection open. */
async function askSocks(request: string): Promise<{ conn: Deno.TcpConn; reply: string }> {
  const conn = await Deno.connect(SOCKS);
  await conn.write(latin1Bytes(GREETING + request));
  let received = "";
  const buffer = new Uint8Array(64);
  while (received.length < 12) {
    const count = await conn.read(buffer);
    if (count === null) break;
    received += latin1(buffer.subarray(0, count));
  }
  return { conn, reply: received.slice(2) };
}

async function connectBySocks(address: string): Promise<number> {
  const { conn, reply } = await askSocks(socksRequest(address));
  conn.close();
  return reply.charCodeAt(1);
}

/**
 * Sends a datagram to each address. All of them are given the time of a whole second round, in which nothing
 * but the sentinel is sent again, to arrive after all.
 */
async function sendDatagrams(addresses: readonly string[]): Promise<string[]> {
  const arrivals: string[] = [];
  recordDatagrams(arrivals);
  const rounds: (() => Promise<void>)[] = [];
  const controls: Deno.TcpConn[] = [];
  for (const address of addresses) {
    const { conn, reply } = await askSocks(socksRequest(ipAddress("0.0.0.0", 0), "udpAssociate"));
    controls.push(conn);
    const port = (reply.charCodeAt(8) << 8) | reply.charCodeAt(9);
    const relay = { transport: "udp", hostname: "127.0.0.1", port } as const;
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const answered = async () => {
      await socket.send(latin1Bytes(`\0\0\0${SENTINEL}sentinel`), relay);
      while (!latin1((await socket.receive())[0]).endsWith("sentinel"));
    };
    await socket.send(latin1Bytes(`\0\0\0${address}probe`), relay);
    await answered();
    rounds.push(answered);
  }
  for (const round of rounds) await round();
  for (const conn of controls) conn.close();
  return arrivals;
}
