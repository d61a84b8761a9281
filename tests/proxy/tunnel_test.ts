import { assertEquals } from "@std/assert";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { tunnel } from "../../src/proxy/tunnel.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { Wire } from "../support/wire.ts";

interface Opened extends DoorClient {
  readonly origin: Wire;
  readonly ended: Promise<void>;
}

function open(made: TestDoor): Opened {
  const client = made.client();
  const [ours, theirs] = streamPair();
  const connected = { stream: ours, reader: null, address: null, plainProxy: null };
  const ended = tunnel(client.connection, connected, latin1Bytes("open"), made.door);
  return { ...client, origin: new Wire(theirs), ended };
}

Deno.test("tunnel() announces itself first, and counts what it carries each way", async () => {
  await using made = makeDoor();
  const { connection, wire, origin, ended } = open(made);
  await origin.send("down here");
  assertEquals(await wire.readExactly(13), "opendown here");
  await wire.send("up");
  await wire.closeWrite();
  assertEquals(await origin.readAll(), "up");
  await origin.closeWrite();
  await ended;
  assertEquals([connection.traffic.up, connection.traffic.down], [2, 9]);
});

Deno.test("tunnel() begins with what came behind the answer of an upstream proxy", async () => {
  await using made = makeDoor();
  const { connection, wire } = made.client();
  const stream = new ScriptedStream("early", " and late");
  const reader = new BufferedReader(stream);
  await reader.fill();
  const connected = { stream, reader, address: null, plainProxy: null };
  const ended = tunnel(connection, connected, latin1Bytes("open "), made.door);
  await wire.closeWrite();
  assertEquals(await wire.readAll(), "open early and late");
  await ended;
  assertEquals(connection.traffic.down, 14);
});

Deno.test("tunnel() ends both sides when nobody speaks for too long", async () => {
  await using made = makeDoor({ limits: { tunnelIdleMs: 1000 } });
  const { wire, origin, ended } = open(made);
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
});

Deno.test("tunnel() closes the upstream when the client is closed by somebody else", async () => {
  await using made = makeDoor();
  const { connection, origin, ended } = open(made);
  connection.close();
  await origin.readAll();
  await ended.catch(() => {
    // The announcement may have failed: the client is gone.
  });
});
