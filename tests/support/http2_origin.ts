import type { Authority } from "./authority.ts";
import { CLIENTS } from "./clients.ts";
import { type RunningProgram, startProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** A server of HTTP/2 and HTTP/1.1 by Node, over TLS: the runtime of the tests is not to be tested by itself. */
export interface Http2Origin extends AsyncDisposable {
  readonly port: number;
  /** `GET /path 2.0` for each request so far, in order. */
  readonly requests: readonly string[];
  /** Connections with a handshake so far. */
  readonly connections: number;
}

/** Node's, as clients use it. */
export const NODE = CLIENTS.find(({ name }) => name === "Node's fetch")!;

/** Starts one at a free port of `hostname`. */
export async function startHttp2Origin(
  hostname: string,
  authority: Authority,
  scratch: Scratch,
  { http2 = true } = {},
): Promise<Http2Origin> {
  const script = await scratch.write("http2_origin.cjs", SCRIPT);
  const words = [script, hostname, authority.certFile, authority.keyFile, String(http2)];
  const program: RunningProgram = startProgram([NODE.program!, ...words], scratch);
  const [, port] = await program.stdout.until(/^listening (\d+)$/m);
  const lines = (kind: string): string[] =>
    program.stdout.text.split("\n").filter((line) => line.startsWith(`${kind} `))
      .map((line) => line.slice(kind.length + 1));
  return {
    port: Number(port),
    get requests(): readonly string[] {
      return lines("request");
    },
    get connections(): number {
      return lines("connection").length;
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const SCRIPT = `const [hostname, cert, key, http2] = process.argv.slice(2);
const { readFileSync } = require("fs");
const identity = { cert: readFileSync(cert), key: readFileSync(key) };
const server = http2 === "true"
  ? require("http2").createSecureServer({ ...identity, allowHTTP1: true })
  : require("https").createServer(identity);
const STEP = Buffer.alloc(65536);
let sent = 0;
let waiting = [];
let events = null;
let release = null;

const answers = {
  // As many bytes as it is asked for.
  down(count, request, response) {
    const more = () => {
      while (count > 0) {
        const size = Math.min(count, STEP.length);
        count -= size;
        sent += size;
        if (!response.write(STEP.subarray(0, size))) return response.once("drain", more);
      }
      response.end();
    };
    more();
  },
  // Tells how many bytes came.
  up(_, request, response) {
    let count = 0;
    request.on("data", (piece) => count += piece.length);
    request.on("end", () => response.end(String(count)));
  },
  // Takes in nothing before "release".
  hold(_, request, response) {
    release = () => answers.up(_, request, response);
  },
  release(_, request, response) {
    release();
    response.end();
  },
  // Nobody is answered before so many have asked.
  together(count, request, response) {
    waiting.push(response);
    if (waiting.length < count) return;
    waiting.forEach((each) => each.end("together\\n"));
    waiting = [];
  },
  // An event at once, and one for each "next"; the third is the last.
  events(_, request, response) {
    response.setHeader("content-type", "text/event-stream");
    let count = 0;
    events = () => {
      response.write("data: " + ++count + "\\n\\n");
      if (count === 3) response.end();
    };
    events();
  },
  next(_, request, response) {
    events();
    response.end();
  },
  trailers(_, request, response) {
    response.setHeader("trailer", "x-sum");
    response.write("body");
    response.addTrailers({ "x-sum": "42" });
    response.end();
  },
  sent: (_, request, response) => response.end(String(sent)),
  hello: (_, request, response) => response.end("hello from the origin\\n"),
};

server.on("secureConnection", () => console.log("connection made"));
server.on("sessionError", () => {});
server.on("request", (request, response) => {
  request.on("error", () => {});
  response.on("error", () => {});
  console.log("request", request.method, request.url, request.httpVersion);
  const [, name, count] = request.url.split("/");
  answers[name](Number(count), request, response);
});
server.listen(0, hostname, () => console.log("listening", server.address().port));
`;
