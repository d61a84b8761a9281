import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectError } from "../../../src/net/errors.ts";
import { serveSocks } from "../../../src/proxy/socks/socks_session.ts";
import { type DoorClient, makeDoor, never, type TestDoor } from "../../support/door.ts";
import { turn, until } from "../../support/in_time.ts";
import { policyOf } from "../../support/policy.ts";
import {
  credentials,
  domainAddress,
  GREETING,
  ipAddress,
  NO_AUTH,
  replyOf,
  socksRequest,
} from "../../support/socks.ts";

const TO_ALLOWED = socksRequest(domainAddress("allowed.test", 443));

function serve(made: TestDoor): DoorClient & { readonly ended: Promise<void> } {
  const client = made.client();
  return { ...client, ended: serveSocks(client.connection, made.socks) };
}

Deno.test("serveSocks() replies once the upstream connection stands, and carries bytes both ways", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send(GREETING + TO_ALLOWED);
  assertEquals(await wire.readExactly(12), NO_AUTH + replyOf(0));
  const origin = await made.upstream();
  await wire.send("up");
  assertEquals(await origin.readExactly(2), "up");
  await origin.send("down");
  assertEquals(await wire.readExactly(4), "down");
  await wire.closeWrite();
  await origin.readEnd();
  await origin.closeWrite();
  await ended;
});

Deno.test("serveSocks() takes the attempt from the user name into the record", async () => {
  await using made = makeDoor({ policy: policyOf({}) });
  const { wire, ended } = serve(made);
  await wire.send("\x05\x01\x02");
  await wire.readExactly(2);
  await wire.send(credentials("codex-net-attempt-7", "") + TO_ALLOWED);
  assertEquals(await wire.readExactly(12), "\x01\x00" + replyOf(2));
  await wire.closeWrite();
  await ended;
  const [blocked] = made.blocked;
  assertEquals(blocked, {
    request: {
      kind: "tunnel",
      protocol: "socks5_tcp",
      target: { host: { kind: "name", name: "allowed.test" }, port: 443 },
    },
    decision: blocked!.decision,
    asker: blocked!.asker,
  });
  const { client, method, attempt } = blocked!.asker;
  assertEquals([client, method, attempt()], ["127.0.0.1:50000", "CONNECT", "7"]);
  assertEquals([made.lookups, made.dialled], [[], []]);
});

Deno.test("serveSocks() tells what it could not say, without the client's own bytes", async () => {
  await using made = makeDoor();
  const forms = [
    ["\x05\x01\x01", "\x05\xff"],
    [`${GREETING}\x05\x02\x00${domainAddress("allowed.test", 443)}`, NO_AUTH + replyOf(7)],
    [`${GREETING}\x05\x01\x00\x05\0\0`, NO_AUTH + replyOf(8)],
    [GREETING + socksRequest(domainAddress("a\x1b[2J.test", 443)), NO_AUTH + replyOf(1)],
    [GREETING + socksRequest(ipAddress("93.184.216.34", 0)), NO_AUTH + replyOf(1)],
  ] as const;
  for (const [sent, answer] of forms) {
    const { wire, ended } = serve(made);
    await wire.send(sent);
    await wire.closeWrite();
    assertEquals(await wire.readAll(), answer);
    await ended;
  }
  assertEquals(made.diagnosed.length, forms.length);
  for (const line of made.diagnosed) {
    assertStringIncludes(line, "Refused SOCKS client 127.0.0.1:50000: ");
    assertEquals(line.includes("\x1b"), false, line);
  }
  assertEquals([made.lookups, made.dialled, made.blocked], [[], [], []]);
});

Deno.test("serveSocks() has no UDP where it is switched off", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send(GREETING + socksRequest(ipAddress("0.0.0.0", 0), "udpAssociate"));
  await wire.closeWrite();
  assertEquals(await wire.readAll(), NO_AUTH + replyOf(7));
  await ended;
});

Deno.test("serveSocks() lets a client go that leaves amid its handshake", async () => {
  await using made = makeDoor();
  const whole = GREETING + TO_ALLOWED;
  for (let length = 0; length < whole.length; length++) {
    const { wire, connection, ended } = serve(made);
    await wire.send(whole.slice(0, length));
    await wire.closeWrite();
    await ended;
    assertEquals(connection.closed, true, `${length} bytes`);
  }
  assertEquals([made.lookups, made.dialled], [[], []]);
});

Deno.test("serveSocks() drops a client that does not finish its handshake in time", async () => {
  await using made = makeDoor({ limits: { headMs: 1000 } });
  const { wire, connection, ended } = serve(made);
  await wire.send(GREETING);
  await wire.readExactly(2);
  // A byte now and then puts nothing off.
  await wire.send("\x05");
  made.clock.advance(750);
  await turn();
  await wire.send("\x01");
  await turn();
  assertEquals(connection.closed, false);
  made.clock.advance(500);
  await ended.catch(() => {
    // The stream was closed under the read.
  });
  assertEquals(connection.closed, true);
});

Deno.test("serveSocks() gives connecting its own time, and says when it was too long", async () => {
  await using made = makeDoor({
    dial: (_, signal) => never(signal),
    limits: { headMs: 1000, connectMs: 5000 },
  });
  const { wire, ended } = serve(made);
  await wire.send(GREETING + TO_ALLOWED);
  await until(() => made.dialled.length === 1, "the origin is dialled");
  made.clock.advance(4000);
  await turn();
  assertEquals(wire.received, NO_AUTH);
  made.clock.advance(1250);
  await turn();
  assertEquals(await wire.readExactly(12), NO_AUTH + replyOf(6));
  await wire.closeWrite();
  await ended;
});

Deno.test("serveSocks() answers a failure with its code", async () => {
  await using made = makeDoor({
    dial: () => Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
  });
  const { wire, ended } = serve(made);
  await wire.send(GREETING + TO_ALLOWED);
  await wire.closeWrite();
  assertEquals(await wire.readAll(), NO_AUTH + replyOf(5));
  await ended;
  assertEquals([made.blocked, made.diagnosed], [[], []]);
});
