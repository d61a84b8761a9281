import { assertEquals, assertRejects } from "@std/assert";
import { type Endpoint, parseEndpoint } from "../../src/net/address/endpoint.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { writeAll } from "../../src/net/stream/stream.ts";
import { hostOf } from "../../src/socks/address.ts";
import { type ConnectAnswer, requestConnect } from "../../src/socks/client.ts";
import { type Handshake, readHandshake } from "../../src/socks/handshake.ts";
import { type Credentials, encodeReply, REPLY } from "../../src/socks/messages.ts";
import { faultOf } from "../support/fault.ts";
import { streamPair } from "../support/memory_stream.ts";
import { cuts, ScriptedStream } from "../support/scripted_stream.ts";
import { printed, wire } from "./wire_format.ts";

function to(text: string): Endpoint {
  const endpoint = parseEndpoint(text, null);
  if ("kind" in endpoint) throw new Error(endpoint.why);
  return endpoint;
}

interface Asked {
  readonly answer: ConnectAnswer;
  /** What the client sent, a write an entry, as hexadecimal. */
  readonly sent: readonly string[];
  /** What is left for the tunnel. */
  readonly left: string;
}

const TARGET = to("a.test:443");
const KNOWN: Credentials = { user: "user", password: "secret" };

async function ask(
  pieces: readonly string[],
  credentials: Credentials | null = null,
  target = TARGET,
): Promise<Asked> {
  const stream = new ScriptedStream(...pieces);
  const reader = new BufferedReader(stream);
  const answer = await requestConnect(reader, stream, target, credentials);
  while (await reader.fill());
  return { answer, sent: stream.writes.map(printed), left: latin1(reader.buffered) };
}

const REQUEST = printed(wire('05 01 00 03 06 "a.test" 01 bb'));
const SIGN_IN = printed(wire('01 04 "user" 06 "secret"'));
const SUCCESS = "05 00 00 01 00 00 00 00 00 00";

Deno.test("requestConnect() asks without credentials, however the answers are cut", async () => {
  for (const pieces of cuts(wire(`05 00 ${SUCCESS}`))) {
    const { answer, sent, left } = await ask(pieces);
    assertEquals(answer, { kind: "connected" });
    assertEquals([sent, left], [["05 01 00", REQUEST], ""]);
  }
});

Deno.test("requestConnect() signs in where it is asked to, however the answers are cut", async () => {
  for (const pieces of cuts(wire(`05 02 01 00 ${SUCCESS}`))) {
    const { answer, sent, left } = await ask(pieces, KNOWN);
    assertEquals(answer, { kind: "connected" });
    assertEquals([sent, left], [["05 02 00 02", SIGN_IN, REQUEST], ""]);
  }
});

Deno.test("requestConnect() keeps its credentials to itself where they are not asked for", async () => {
  const { answer, sent } = await ask([wire(`05 00 ${SUCCESS}`)], KNOWN);
  assertEquals(answer, { kind: "connected" });
  assertEquals(sent, ["05 02 00 02", REQUEST]);
});

Deno.test("requestConnect() sends empty credentials as they are", async () => {
  const { sent } = await ask([wire(`05 02 01 00 ${SUCCESS}`)], { user: "", password: "" });
  assertEquals(sent, ["05 02 00 02", "01 00 00", REQUEST]);
});

Deno.test("requestConnect() sends a name as a name and an address as an address", async () => {
  const targets: readonly (readonly [target: string, request: string])[] = [
    ["A.test.:80", '05 01 00 03 06 "a.test" 00 50'],
    ["192.0.2.1:8080", "05 01 00 01 c0 00 02 01 1f 90"],
    ["[2001:db8::1]:65535", `05 01 00 04 20 01 0d b8 ${"00 ".repeat(11)} 01 ff ff`],
  ];
  for (const [target, request] of targets) {
    const { sent } = await ask([wire(`05 00 ${SUCCESS}`)], null, to(target));
    assertEquals(sent[1], printed(wire(request)));
  }
});

Deno.test("requestConnect() leaves what follows the reply, whatever is bound", async () => {
  const replies = [
    SUCCESS,
    "05 00 00 01 c0 00 02 01 01 bb",
    `05 00 00 04 ${"20 ".repeat(16)} 00 50`,
    '05 00 00 03 06 "a.test" 00 50',
  ];
  for (const reply of replies) {
    for (const pieces of cuts(wire(`05 00 ${reply} "SSH-2.0"`))) {
      const { answer, left } = await ask(pieces);
      assertEquals([answer.kind, left], ["connected", "SSH-2.0"]);
    }
  }
});

Deno.test("requestConnect() reads nothing more once the reply is there", async () => {
  const stream = new ScriptedStream(wire("05 00"), wire(SUCCESS), "payload");
  const reader = new BufferedReader(stream);
  await requestConnect(reader, stream, TARGET, null);
  assertEquals([stream.rooms.length, reader.buffered.length], [2, 0]);
});

Deno.test("requestConnect() hands on every code of a refusal, without what is behind it", async () => {
  for (let code = 1; code < 256; code++) {
    for (const behind of ["", "00", "00 01 00 00 00 00 00 00", "ff ff"]) {
      const reply = `05 ${code.toString(16).padStart(2, "0")} ${behind}`;
      const { answer } = await ask([wire(`05 00 ${reply}`)]);
      assertEquals(answer, { kind: "refused", code });
    }
  }
});

Deno.test("requestConnect() tells of credentials that were refused, and asks for nothing", async () => {
  for (const status of ["01", "02", "ff"]) {
    const { answer, sent } = await ask([wire(`05 02 01 ${status} ${SUCCESS}`)], KNOWN);
    assertEquals(answer, { kind: "refused", code: "authentication" });
    assertEquals(sent, ["05 02 00 02", SIGN_IN]);
  }
});

Deno.test("requestConnect() tells that no method was accepted, and asks for nothing", async () => {
  for (const credentials of [null, KNOWN]) {
    const { answer, sent } = await ask([wire(`05 ff ${SUCCESS}`)], credentials);
    assertEquals(answer, { kind: "refused", code: "method" });
    assertEquals(sent.length, 1);
  }
});

/** What is no answer, and the credentials that we have. */
const MALFORMED: readonly (readonly [what: string, answers: string, known: Credentials | null])[] =
  [
    ["SOCKS4", "00", null],
    ["HTTP", '"H"', null],
    ["a method that was not offered", "05 01", KNOWN],
    ["a password that was not offered", "05 02", null],
    ["an answer to credentials of version 5", "05 02 05", KNOWN],
    ["an answer to credentials that nobody sent", "05 00 01", null],
    ["a reply of another version", "05 00 04", null],
    ["a reply with a reserved byte", "05 00 05 00 01", null],
    ["a reply with an unknown address type", "05 00 05 00 00 02", null],
    ["a reply bound to an empty name", "05 00 05 00 00 03 00", null],
  ];

for (const [what, answers, credentials] of MALFORMED) {
  Deno.test(`requestConnect() throws for ${what}, at the byte that shows it`, async () => {
    for (const pieces of cuts(wire(answers))) {
      assertEquals(await faultOf(() => ask(pieces, credentials)), "upstream bad_framing");
    }
    const shorter = wire(answers).slice(0, -1);
    assertEquals(await faultOf(() => ask([shorter], credentials)), "upstream cut_short");
  });
}

Deno.test("requestConnect() says that the proxy left amid an answer, wherever it did", async () => {
  const all = wire(`05 02 01 00 ${SUCCESS}`);
  for (let end = 0; end < all.length; end++) {
    const run = () => ask([all.slice(0, end)], KNOWN);
    assertEquals(await faultOf(run), "upstream cut_short", `after ${end}`);
  }
});

Deno.test("requestConnect() sends nothing when its credentials fit no message", async () => {
  const long = "é".repeat(128);
  for (const credentials of [{ user: long, password: "" }, { user: "", password: long }]) {
    const stream = new ScriptedStream(wire(`05 00 ${SUCCESS}`));
    const run = () => requestConnect(new BufferedReader(stream), stream, TARGET, credentials);
    assertEquals(await faultOf(run), "upstream unsupported");
    assertEquals(stream.writes, []);
  }
});

Deno.test("requestConnect() rejects as the stream does", async () => {
  const reset = new Deno.errors.ConnectionReset();
  const stream = new ScriptedStream(wire("05 00"), reset);
  await assertRejects(
    () => requestConnect(new BufferedReader(stream), stream, TARGET, null),
    Deno.errors.ConnectionReset,
  );
});

Deno.test("requestConnect() and readHandshake() understand each other", async () => {
  for (const credentials of [null, KNOWN, { user: "", password: "" }]) {
    for (const target of ["a.test:443", "192.0.2.1:80", "[2001:db8::1]:1"]) {
      const [ours, theirs] = streamPair();
      const server = async (): Promise<Handshake | null> => {
        const handshake = await readHandshake(new BufferedReader(theirs), theirs, () => {});
        await writeAll(theirs, encodeReply(REPLY.succeeded));
        return handshake;
      };
      const served = server();
      const asked = requestConnect(new BufferedReader(ours), ours, to(target), credentials);
      assertEquals(await asked, { kind: "connected" });
      const handshake = await served;
      if (handshake?.kind !== "request") throw new Error("Refused");
      assertEquals(handshake.user, credentials?.user ?? null);
      const { address, port } = handshake.request;
      assertEquals({ host: hostOf(address), port }, to(target));
    }
  }
});
