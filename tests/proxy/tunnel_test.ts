import { assertEquals } from "@std/assert";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import type { Connected } from "../../src/proxy/connect.ts";
import { tunnel } from "../../src/proxy/tunnel.ts";
import { asker } from "../support/asker.ts";
import { type DoorClient, endingsOf, makeDoor, type TestDoor } from "../support/door.ts";
import { grantOf } from "../support/grant.ts";
import { clientHello } from "../support/hello.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { connectTo, policyOf } from "../support/policy.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { Wire } from "../support/wire.ts";

interface Opened extends DoorClient {
  readonly origin: Wire;
  readonly ended: Promise<void>;
}

async function open(made: TestDoor): Promise<Opened> {
  const client = made.client();
  const [ours, theirs] = streamPair();
  const opened = await openedTo(made, { stream: ours, reader: null });
  const ended = tunnel(client.connection, opened, latin1Bytes("open"), made.door);
  return { ...client, origin: new Wire(theirs), ended };
}

/** A tunnel to allowed.test:443 as it is when it was opened. */
async function openedTo({ cell, door }: TestDoor, upstream: Pick<Connected, "stream" | "reader">) {
  const request = connectTo("allowed.test:443");
  const grant = await grantOf(request, cell.current);
  const connected = { ...upstream, address: null, plainProxy: null, secure: null };
  const passage = door.passages.begin(request, asker());
  return { kind: "connected", connected, request, grant, asker: asker(), passage } as const;
}

Deno.test("tunnel() announces itself first, and counts what it carries each way", async () => {
  await using made = makeDoor();
  const { connection, wire, origin, ended } = await open(made);
  await origin.send("down here");
  assertEquals(await wire.readExactly(13), "opendown here");
  await wire.send("up");
  await wire.closeWrite();
  assertEquals(await origin.readAll(), "up");
  await origin.closeWrite();
  await ended;
  assertEquals([connection.traffic.up, connection.traffic.down], [2, 9]);
  assertEquals(endingsOf(made), [{ kind: "tunnel", outcome: "done", up: 2, down: 9 }]);
});

Deno.test("tunnel() begins with what came behind the answer of an upstream proxy", async () => {
  await using made = makeDoor();
  const { connection, wire } = made.client();
  const stream = new ScriptedStream("early", " and late");
  const reader = new BufferedReader(stream);
  await reader.fill();
  const opened = await openedTo(made, { stream, reader });
  const ended = tunnel(connection, opened, latin1Bytes("open "), made.door);
  await wire.closeWrite();
  assertEquals(await wire.readAll(), "open early and late");
  await ended;
  assertEquals(connection.traffic.down, 14);
});

Deno.test("tunnel() ends both sides when nobody speaks for too long", async () => {
  await using made = makeDoor({ limits: { tunnelIdleMs: 1000 } });
  const { wire, origin, ended } = await open(made);
  await wire.readExactly(4);
  made.clock.advance(750);
  await turn();
  await origin.send("a word");
  await wire.readExactly(6);
  made.clock.advance(750);
  await turn();
  assertEquals([wire.ending, origin.ending], [null, null]);
  made.clock.advance(500);
  await ended;
  assertEquals([await wire.readAll(), await origin.readAll()], ["", ""]);
  assertEquals(endingsOf(made), [{ kind: "tunnel", outcome: "closed", up: 0, down: 6 }]);
});

Deno.test("tunnel() closes the upstream when the client is closed by somebody else", async () => {
  await using made = makeDoor();
  const { connection, origin, ended } = await open(made);
  connection.close();
  await origin.readAll();
  await ended.catch(() => {
    // The announcement may have failed: the client is gone.
  });
  assertEquals(endingsOf(made).map(({ outcome }) => outcome), ["closed"]);
});

const BOUND = policyOf({ allow: ["allowed.test"] }, { sniBinding: true });
/** The alert of TLS for a name that is not known here. */
const UNRECOGNIZED_NAME = "\x15\x03\x03\0\x02\x02\x70";

Deno.test("tunnel() carries the first words that it has looked at, unchanged", async () => {
  await using made = makeDoor({ policy: BOUND });
  const { connection, wire, origin, ended } = await open(made);
  const hello = latin1(clientHello({ names: ["allowed.test"] }));
  await wire.send(hello + "and more");
  await wire.closeWrite();
  assertEquals(await origin.readAll(), hello + "and more");
  await origin.closeWrite();
  await ended;
  assertEquals(connection.traffic.up, hello.length + 8);
  assertEquals(made.blocked, []);
});

Deno.test("tunnel() answers the wrong name with an alert, records it and closes both sides", async () => {
  await using made = makeDoor({ policy: BOUND });
  const { wire, origin, ended } = await open(made);
  await wire.send(clientHello({ names: ["evil.test"] }));
  await ended;
  assertEquals([await wire.readAll(), await origin.readAll()], ["open" + UNRECOGNIZED_NAME, ""]);
  const [{ decision, request, isAnnounced } = {}] = made.blocked;
  assertEquals(isAnnounced, true);
  assertEquals(made.blocked.length, 1);
  assertEquals([decision?.reason, decision?.policy], ["sni_mismatch", BOUND]);
  assertEquals(request, connectTo("allowed.test:443"));
  assertEquals(endingsOf(made), [{ kind: "tunnel", outcome: "closed", up: 0, down: 0 }]);
});

Deno.test("tunnel() answers what is not TLS with the end, and records it", async () => {
  await using made = makeDoor({ policy: BOUND });
  const { wire, origin, ended } = await open(made);
  await wire.send("SSH-2.0-x\r\n");
  await ended;
  assertEquals([await wire.readAll(), await origin.readAll()], ["open", ""]);
  assertEquals(made.blocked.map(({ decision }) => decision.reason), ["not_tls"]);
});

Deno.test("tunnel() is idle for as long as ever once its first words have passed", async () => {
  const limits = { headMs: 1000, tunnelIdleMs: 60_000 };
  await using made = makeDoor({ policy: BOUND, limits });
  const { connection, wire, origin, ended } = await open(made);
  const hello = latin1(clientHello({ names: ["allowed.test"] }));
  await wire.send(hello);
  await origin.readExactly(hello.length);
  made.clock.advance(59_000);
  await turn();
  assertEquals(connection.closed, false);
  made.clock.advance(2000);
  await ended;
});
