import { assert, assertEquals } from "@std/assert";
import { field } from "../../../src/http/fields.ts";
import { type Outcome, postExports } from "../../../src/library/otlp/post_export.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import { callNetwork } from "../../support/call_network.ts";
import { inTime, turn } from "../../support/in_time.ts";
import { answering, type Origin, type Script, startOrigin } from "../../support/origin.ts";

const NEVER = new AbortController().signal;
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const BODY = new Uint8Array([0, 255, 10]);

function poster(origin: Origin, change: Partial<Parameters<typeof postExports>[0]> = {}) {
  const network = callNetwork(origin);
  const post = postExports({
    target: {
      url: new URL("http://127.0.0.1:4318/v1/logs?k=1"),
      headers: [field("X-Api-Key", "s3cret")],
      protocol: "binary",
    },
    ports: network,
    agent: "Doorward/0.1.0",
    now: () => NOW,
    ...change,
  });
  return { post, network };
}

async function posted(script: Script): Promise<Outcome> {
  await using origin = startOrigin(script);
  return await inTime(poster(origin).post(BODY, NEVER), "the outcome");
}

Deno.test("postExports() posts bytes as they are, straight to the collector", async () => {
  await using origin = startOrigin(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
  const { post, network } = poster(origin);
  assertEquals(await post(BODY, NEVER), { kind: "taken", answer: new TextEncoder().encode("hi") });
  assertEquals(network.log, ["dial 127.0.0.1:4318"]);
  assertEquals(
    origin.received,
    "POST /v1/logs?k=1 HTTP/1.1\r\nHost: 127.0.0.1:4318\r\nAccept: application/x-protobuf\r\n" +
      "Connection: close\r\nContent-Type: application/x-protobuf\r\nContent-Length: 3\r\n" +
      "User-Agent: Doorward/0.1.0\r\nX-Api-Key: s3cret\r\n\r\n\x00\xff\n",
  );
});

Deno.test("postExports() says JSON where it is, and speaks TLS where the URL says so", async () => {
  await using origin = startOrigin(answering("HTTP/1.1 204 No Content\r\n\r\n"));
  const { post, network } = poster(origin, {
    target: { url: new URL("https://collector.test/v1/logs"), headers: [], protocol: "json" },
  });
  assertEquals(await post(BODY, NEVER), { kind: "taken", answer: new Uint8Array(0) });
  assertEquals(network.log, ["resolve collector.test", "dial 192.0.2.1:443", "tls collector.test"]);
  assert(origin.received.includes("\r\nAccept: application/json\r\n"));
  assert(origin.received.includes("\r\nContent-Type: application/json\r\n"));
});

const again = (why: string, afterMs: number | null = null): Outcome => ({
  kind: "again",
  why,
  afterMs,
});
const refused = (why: string): Outcome => ({ kind: "refused", why });
const answer = (start: string) => `HTTP/1.1 ${start}\r\nContent-Length: 0\r\n\r\n`;

/** Answers, and what comes of them. */
const OUTCOMES: readonly (readonly [string, Outcome])[] = [
  [answer("400 Bad"), refused("it answered 400")],
  [answer("401 No\r\nRetry-After: 1"), refused("it answered 401")],
  [answer("404 No"), refused("it answered 404")],
  [answer("500 Oh"), refused("it answered 500")],
  [
    answer("307 There\r\nLocation: http://127.0.0.1:1/"),
    refused("it answered 307, and nothing is sent on to elsewhere"),
  ],
  [answer("429 Slow"), again("it answered 429")],
  [answer("429 Slow\r\nRetry-After: 7"), again("it answered 429", 7000)],
  [answer("502 Oh"), again("it answered 502")],
  [
    answer("503 Oh\r\nRetry-After: Fri, 02 Jan 2026 03:04:06 GMT"),
    again("it answered 503", 1000),
  ],
  [answer("504 Oh\r\nRetry-After: s3cret"), again("it answered 504")],
  ["SSH-2.0-OpenSSH\r\n", again("what it answered is no HTTP, or cut short")],
  ["HTTP/1.1 100 Continue\r\n\r\n".repeat(20), again("what it answered is no HTTP, or cut short")],
  [
    `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
    again(
      "what it answered is no HTTP, or cut short",
    ),
  ],
  // It has said that it took it.
  [`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(100_000)}`, { kind: "taken", answer: null }],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", { kind: "taken", answer: null }],
];

for (const [bytes, expected] of OUTCOMES) {
  Deno.test(`postExports() makes of ${JSON.stringify(bytes.slice(0, 70))} ${expected.kind}`, async () => {
    assertEquals(await posted(answering(bytes)), expected);
  });
}

Deno.test("postExports() reads nothing of what a collector says beside its refusal", async () => {
  const endless: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n");
  };
  assertEquals(await posted(endless), refused("it answered 400"));
});

Deno.test("postExports() tells of a collector that is not there, or hangs up", async () => {
  await using origin = startOrigin((wire) => wire.readHead().then(() => wire.close()));
  const { post, network } = poster(origin);
  assertEquals((await post(BODY, NEVER)).kind, "again");
  const gone = new ConnectError("connection_refused", "Cannot connect");
  const ports = { ...network, dial: () => Promise.reject(gone) };
  assertEquals(
    await poster(origin, { ports }).post(BODY, NEVER),
    again("it refused the connection"),
  );
});

Deno.test("postExports() gives up when it is told to, and closes", async () => {
  await using origin = startOrigin(() => Promise.resolve());
  const end = new AbortController();
  const posting = poster(origin).post(BODY, end.signal);
  const wire = await origin.connection();
  await wire.readHead();
  end.abort(new Error("late"));
  assertEquals(await inTime(posting, "the end"), again("it did not answer in time"));
  await wire.readAll();
});

Deno.test("postExports() that is cut off amid the answer has arrived all the same", async () => {
  await using origin = startOrigin(async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
  });
  const end = new AbortController();
  let dialled: Promise<unknown> = Promise.resolve();
  const network = callNetwork(origin);
  const { post } = poster(origin, {
    ports: {
      ...network,
      dial: (to, signal) => {
        const dialling = network.dial(to, signal);
        dialled = dialling.then((stream) => {
          const read = stream.read.bind(stream);
          stream.read = async (into) => {
            const count = await read(into);
            // What came is read by then.
            turn().then(() => end.abort(new Error("late")));
            return count;
          };
        });
        return dialling;
      },
    },
  });
  const outcome = await inTime(post(BODY, end.signal), "the outcome");
  await dialled;
  assertEquals(outcome, { kind: "taken", answer: null });
});
