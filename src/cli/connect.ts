// `doorward connect`: a client of the proxy, for programs that know none. It grants nothing: the proxy it
// goes through decides.
import { transferBody } from "../http/body.ts";
import { requestTunnel } from "../http/connect_client.ts";
import { valueOf } from "../http/fields.ts";
import { responseFraming } from "../http/framing.ts";
import type { ResponseHead } from "../http/head.ts";
import { type Endpoint, formatEndpoint } from "../net/address/endpoint.ts";
import { ConnectError, ProtocolError } from "../net/errors.ts";
import { BufferedReader } from "../net/stream/buffered_reader.ts";
import { BufferPool } from "../net/stream/buffer_pool.ts";
import { relay } from "../net/stream/relay.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import { within } from "../net/time/within.ts";
import { FAULT_WORDS } from "../proxy/fault_words.ts";
import { DEFAULT_LIMITS } from "../proxy/limits.ts";
import { DECISION_PREFIX } from "../proxy/refusal.ts";
import type { ConnectCommand } from "./argv/command.ts";
import { dialHost } from "../calls/dial_host.ts";
import { EXIT } from "./exit_code.ts";
import { parseProxyPlace, type ProxyPlace } from "./proxy_place.ts";
import { clientAddress } from "../net/address/client_address.ts";
import { standardStream } from "./standard_stream.ts";
import type { Surroundings } from "./surroundings.ts";

/** The proxy may hold a request while it asks a person. */
const ANSWER_MS = 300_000;
/** More of a refusal is not read by anybody. */
const REFUSAL_BYTES_MAX = 8 * 1024;
const REFUSAL_LINES_MAX = 20;

/** Nothing ends this command early but its own limits. */
const NEVER = new AbortController().signal;

/** `doorward connect`: standard input and output, carried to a target through a proxy. */
export async function connect(command: ConnectCommand, here: Surroundings): Promise<number> {
  const proxy = command.proxy ?? await proxyInUse(command, here);
  if (typeof proxy === "string") return failed(here, [proxy]);
  const deadlines = new Deadlines(here.clock, (error) => reportError(error));
  try {
    return await through(proxy, command, here, deadlines);
  } catch (error) {
    if (!(error instanceof ConnectError) && !(error instanceof ProtocolError)) throw error;
    return failed(here, faultLines(error, proxy));
  } finally {
    deadlines.stop();
  }
}

/** The proxy that `run` told its child of, else the one that is configured; else why there is none. */
async function proxyInUse(
  { policy }: ConnectCommand,
  here: Surroundings,
): Promise<ProxyPlace | string> {
  const { env } = here;
  const name = ["https_proxy", "HTTPS_PROXY"].find((name) => (env[name] ?? "") !== "");
  if (env["DOORWARD_ACTIVE"] !== undefined && name !== undefined) {
    const proxy = parseProxyPlace(env[name]!);
    return "kind" in proxy ? `Cannot read ${name} of this environment: ${proxy.why}` : proxy;
  }
  // Who was told of a proxy needs no configuration, and is called for each connection of git and ssh.
  const [{ loadConfig }, { configSource }] = await Promise.all([
    import("../config/config.ts"),
    import("./config_source.ts"),
  ]);
  const { proxyAddress } = await loadConfig(await configSource(policy, here));
  if (proxyAddress.port === 0) {
    return "Cannot find the proxy: network.proxy_url leaves the port to the system; use --proxy";
  }
  const { ip, port } = clientAddress(proxyAddress);
  return { endpoint: { host: { kind: "ip", ip }, port }, authorization: null };
}

async function through(
  proxy: ProxyPlace,
  { target }: ConnectCommand,
  here: Surroundings,
  deadlines: Deadlines,
): Promise<number> {
  const stream = await within(
    deadlines,
    DEFAULT_LIMITS.connectMs,
    NEVER,
    (signal) => dialHost(proxy.endpoint.host, proxy.endpoint.port, here, signal),
    () => new ConnectError("connection_timeout", "Cannot connect to the proxy in time"),
  );
  try {
    const reader = new BufferedReader(stream);
    const refused = await within(
      deadlines,
      ANSWER_MS,
      NEVER,
      (signal) => ask({ proxy, target, stream, reader }, signal),
      () => unusable("it did not answer in time"),
    );
    if (refused !== null) {
      say(here, refused);
      return EXIT.no;
    }
    const standard = standardStream(here.stdin, here.stdout, here.clock);
    const client = { source: standard, stream: standard };
    await relay(client, { source: reader, stream }, new BufferPool(), {
      up: 0,
      down: 0,
      touch() {},
    });
    return EXIT.done;
  } finally {
    stream.close();
  }
}

/** A proxy that has been reached, and what it is asked for. */
interface Asked {
  readonly proxy: ProxyPlace;
  readonly target: Endpoint;
  readonly stream: ByteStream;
  readonly reader: BufferedReader;
}

/** Asks for the tunnel. Null when it is open, else what the proxy says of it. */
async function ask(
  { proxy, target, stream, reader }: Asked,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  signal.addEventListener("abort", () => stream.close(), { once: true });
  const head = await requestTunnel(reader, stream, target, {
    authorization: proxy.authorization,
    via: [],
    headBytes: DEFAULT_LIMITS.headBytes,
    headFields: DEFAULT_LIMITS.headFields,
  }).catch((cause) => {
    signal.throwIfAborted();
    throw cause instanceof ProtocolError ? cause : unusable("the connection broke off", cause);
  });
  const { status, reason } = head;
  if (status >= 200 && status < 300) return null;
  const sentences = await sentencesOf(head, reader);
  const place = formatEndpoint(target);
  return sentences.length > 0
    ? sentences
    : [`Cannot connect to ${place}: the proxy answered ${status} ${reason}`];
}

/** What a refusal says to people, as far as it is text. */
async function sentencesOf(head: ResponseHead, reader: BufferedReader): Promise<string[]> {
  if (!valueOf(head.fields, "content-type")?.toLowerCase().startsWith("text/plain")) return [];
  const body = new Uint8Array(REFUSAL_BYTES_MAX);
  let length = 0;
  const keep = (bytes: Uint8Array): Promise<number> => {
    const room = bytes.subarray(0, REFUSAL_BYTES_MAX - length);
    body.set(room, length);
    length += room.length;
    // A fault of the receiver ends the transfer: nothing is read that is not kept.
    return room.length === bytes.length
      ? Promise.resolve(bytes.length)
      : Promise.reject(new Error("Cannot keep more of a refusal"));
  };
  try {
    await transferBody({
      from: reader,
      to: { write: keep },
      peer: "upstream",
      framing: responseFraming(head, "CONNECT"),
      keepChunks: false,
      fieldsMax: DEFAULT_LIMITS.headFields,
      nominated: [],
      prefix: new Uint8Array(0),
      pool: new BufferPool(),
      passed: () => {},
    });
  } catch {
    // Cut short, or too long: what came is told.
  }
  return new TextDecoder().decode(body.subarray(0, length)).split("\n")
    .map((line) => line.trim())
    // The line for programs is left out: the sentences say the same.
    .filter((line) => line !== "" && !line.startsWith(DECISION_PREFIX))
    .slice(0, REFUSAL_LINES_MAX);
}

/** The error for a proxy that was reached and did not answer. */
function unusable(detail: string, cause?: unknown): ConnectError {
  return new ConnectError("connection_failed", "Cannot use the proxy", { cause, detail });
}

function faultLines(error: ConnectError | ProtocolError, proxy: ProxyPlace): readonly string[] {
  const place = formatEndpoint(proxy.endpoint);
  if (error instanceof ProtocolError) return [`Cannot use ${place} as a proxy: ${error.message}`];
  if (error.detail !== "") return [`Cannot use ${place} as a proxy: ${error.detail}`];
  return [
    `Cannot reach the proxy at ${place}: ${FAULT_WORDS[error.code]}`,
    "start one with doorward start, or name the one that runs: --proxy http://HOST:PORT",
  ];
}

function failed(here: Surroundings, lines: readonly string[]): number {
  say(here, lines);
  return EXIT.failed;
}

function say({ terminal }: Surroundings, lines: readonly string[]): void {
  lines.forEach((line) => terminal.err.line(`doorward: ${line}`));
}
