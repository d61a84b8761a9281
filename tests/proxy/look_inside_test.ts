import { assert, assertEquals, assertRejects } from "@std/assert";
import { latin1 } from "../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { lookInside } from "../../src/proxy/look_inside.ts";
import { HELLO_BYTES_MAX } from "../../src/tls/client_hello.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../support/door.ts";
import { grantOf } from "../support/grant.ts";
import { clientHello, helloMessage, inRecords } from "../support/hello.ts";
import { turn } from "../support/in_time.ts";
import { connectTo, policyOf } from "../support/policy.ts";
import { cuts, ScriptedStream } from "../support/scripted_stream.ts";

const LISTS = { allow: ["allowed.test", "raw.test raw"] };
const BOUND = policyOf(LISTS, { sniBinding: true });
const RIGHT = latin1(clientHello({ names: ["allowed.test"] }));
const MS = 10_000;

/** Looks at the first words of a client to a host; resolves to the reason and the detail of a refusal. */
async function look(
  { connection }: Pick<DoorClient, "connection">,
  { host = "allowed.test", policy = BOUND }: { host?: string; policy?: Policy } = {},
): Promise<string | null> {
  const request = connectTo(host);
  const refused = await lookInside(connection, await grantOf(request, policy), request, MS);
  assert(refused === null || refused.policy === policy);
  return refused === null ? null : `${refused.reason}: ${refused.detail}`;
}

/** Looks at a client that sends these pieces and then ends; resolves to the answer and what is left to carry. */
async function lookAt(...pieces: readonly string[]): Promise<[string | null, string]> {
  await using made = makeDoor();
  const client = made.client(new ScriptedStream(...pieces));
  const answer = await look(client);
  return [answer, latin1(client.connection.reader.buffered)];
}

Deno.test("lookInside() lets the right name pass, and leaves its words for the relay", async () => {
  assertEquals(await lookAt(RIGHT), [null, RIGHT]);
  assertEquals(await lookAt(RIGHT + "more"), [null, RIGHT + "more"]);
});

Deno.test("lookInside() reads a hello in whatever pieces it comes", async () => {
  for (const pieces of cuts(RIGHT)) assertEquals(await lookAt(...pieces), [null, RIGHT]);
});

Deno.test("lookInside() reads a hello that is longer than the buffer of a client", async () => {
  const message = helloMessage({ names: ["allowed.test"], padTo: HELLO_BYTES_MAX });
  for (const first of [inRecords(message), inRecords(message, [512])]) {
    assertEquals(await lookAt(latin1(first)), [null, latin1(first)]);
  }
});

Deno.test("lookInside() reads no more than it needs", async () => {
  await using made = makeDoor();
  const stream = new ScriptedStream(RIGHT, "more");
  await look(made.client(stream));
  assertEquals(stream.rooms.length, 1);
});

Deno.test("lookInside() refuses by what it reads", async () => {
  const evil = latin1(clientHello({ names: ["evil.test"] }));
  assertEquals((await lookAt(evil))[0], "sni_mismatch: it names evil.test");
  assertEquals((await lookAt("GET / "))[0], "not_tls: it does not begin with a handshake");
  const cut = RIGHT.slice(0, -1);
  assertEquals((await lookAt(cut))[0], "not_tls: its ClientHello is cut short");
});

Deno.test("lookInside() hands on what may hide a name", async () => {
  await using made = makeDoor();
  const hiding = latin1(clientHello({ names: ["allowed.test"], ech: true }));
  const policy = policyOf(LISTS, { sniBinding: true, denyEch: true });
  const ech = "sni_mismatch: it may hide another name (ECH)";
  assertEquals(await look(made.client(new ScriptedStream(hiding)), { policy }), ech);
});

Deno.test("lookInside() has nothing against a client that ends before it says anything", async () => {
  assertEquals(await lookAt(), [null, ""]);
});

Deno.test("lookInside() reads nothing where nobody asks what is inside", async () => {
  const places = [
    { host: "allowed.test:8443" },
    { host: "raw.test" },
    { policy: policyOf(LISTS) },
  ];
  for (const place of places) {
    await using made = makeDoor();
    const stream = new ScriptedStream("SSH-2.0-x\r\n");
    assertEquals(await look(made.client(stream), place), null);
    assertEquals(stream.rooms, []);
  }
});

/** Sends this, lets the time for it pass but for a tick, and then the tick. */
async function late(made: TestDoor, client: DoorClient, words: string): Promise<string | null> {
  let answered = false;
  const looking = look(client).finally(() => {
    answered = true;
  });
  await turn();
  await client.wire.send(words);
  made.clock.advance(MS - 500);
  await turn();
  assertEquals(answered, false);
  made.clock.advance(1000);
  return await looking;
}

Deno.test("lookInside() waits for a whole hello, and not for ever", async () => {
  for (const words of ["", RIGHT.slice(0, 1), RIGHT.slice(0, -1)]) {
    await using made = makeDoor();
    const client = made.client();
    assertEquals(await late(made, client, words), "not_tls: it does not begin in time");
    assertEquals([client.connection.closed, made.reached], [false, ["headMs"]]);
  }
});

Deno.test("lookInside() fails when the client breaks, or is closed by somebody else", async () => {
  await using made = makeDoor();
  const broken = made.client(new ScriptedStream(RIGHT.slice(0, 9), new Error("reset")));
  await assertRejects(() => look(broken), Error, "reset");
  const closed = made.client();
  const looking = assertRejects(() => look(closed));
  await turn();
  closed.connection.close();
  await looking;
});

Deno.test("lookInside() stops reading what never becomes a hello", async () => {
  await using made = makeDoor();
  let sent = 0;
  const crumbs = inRecords(helloMessage({ padTo: HELLO_BYTES_MAX }), [1]);
  const endless: ByteStream = {
    read: (into) => {
      const piece = crumbs.subarray(sent, sent + into.length);
      into.set(piece);
      sent += piece.length;
      return Promise.resolve(piece.length);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
  const answer = await look(made.client(endless));
  assertEquals(answer, "not_tls: its ClientHello is in too many records");
  assert(sent <= 4096, `${sent} bytes`);
});
