// A collector is somebody else's program: whatever it does, the proxy writes on, and what is lost is counted.
import { assert, assertEquals, assertLess } from "@std/assert";
import type { AuditSink } from "../../src/audit/audit_sink.ts";
import type { CallPorts } from "../../src/calls/call_straight.ts";
import { loadOtlpPackages } from "../../src/library/otlp/messages/otlp_packages.ts";
import { openOtlpSink } from "../../src/library/otlp/otlp_sink.ts";
import { BATCH_RECORDS_MAX, HELD_RECORDS_MAX } from "../../src/library/otlp/record_queue.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { decisionAudit } from "../support/audit_records.ts";
import { callNetwork } from "../support/call_network.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { inTime, turn, until } from "../support/in_time.ts";
import { type Origin, type Script, startOrigin } from "../support/origin.ts";
import type { Wire } from "../support/wire.ts";
import { otelTo } from "../support/otel_config.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const MANY = 100_000;

await loadOtlpPackages();

function openScene(origin: Origin, parts: Partial<CallPorts> = {}) {
  const told: string[] = [];
  const clock = new FakeClock();
  const sink = openOtlpSink({
    otel: otelTo("http://127.0.0.1:4318", { protocol: "json" }, { traces: null, metrics: null }),
    version: "9",
    ports: callNetwork(origin, parts),
    clock,
    diagnose: (line) => told.push(line),
  });
  return { sink, clock, told };
}

/** Closes while time goes on. Resolves to how long that took, by the clock. */
async function closed(sink: AuditSink, clock: FakeClock): Promise<number> {
  const start = clock.monotonic();
  let isOver = false;
  const closing = sink.close().then(() => (isOver = true));
  await until(() => {
    if (!isOver) clock.advance(10);
    return isOver;
  }, "the sink is closed");
  await inTime(closing, "the end");
  return clock.monotonic() - start;
}

/** The numbers of the records that came, of every whole request. */
function receivedBy(origin: Origin): readonly number[] {
  return origin.connections.flatMap(({ received }) => {
    const length = Number(/Content-Length: (\d+)/.exec(received)?.[1] ?? NaN);
    const body = received.slice(received.indexOf("\r\n\r\n") + 4);
    if (body.length !== length) return [];
    return [...body.matchAll(/"doorward.seq","value":\{"intValue":(\d+)/g)].map(([, seq]) =>
      Number(seq)
    );
  });
}

Deno.test("100,000 records against a collector that is not there cost what is held, and no more", async () => {
  await using origin = startOrigin(() => Promise.resolve());
  let dials = 0;
  const dial = () => {
    dials += 1;
    return Promise.reject(new ConnectError("connection_refused", "Nobody there"));
  };
  const { sink, clock, told } = openScene(origin, { dial });
  for (let seq = 1; seq <= MANY; seq++) sink.write(decisionAudit({ "doorward.seq": seq }));
  assertEquals(sink.lost, MANY - HELD_RECORDS_MAX);
  await turn();
  const elapsed = await closed(sink, clock);
  assertEquals(sink.lost, MANY);
  assertLess(dials, 2 * HELD_RECORDS_MAX / BATCH_RECORDS_MAX + 10);
  assertLess(elapsed, 3000);
  assertEquals(told.length, 2);
  assertEquals(
    told.at(-1),
    `Could not export logs to http://127.0.0.1:4318/… to the end: ${MANY} records were lost`,
  );
});

Deno.test("records that a client makes as large as it can are held up to a bound of size", async () => {
  await using origin = startOrigin(() => Promise.resolve());
  const { sink, clock } = openScene(origin);
  const large = decisionAudit({ "http.request.method": "M".repeat(64 * 1024) });
  for (let at = 0; at < 1000; at++) sink.write(large);
  const held = 1000 - sink.lost;
  assert(held > 100 && held <= 128, String(held));
  await closed(sink, clock);
  assertEquals(sink.lost, 1000);
});

/** Collectors, and whether what they got counts as received. */
const COLLECTORS: readonly (readonly [string, Script, boolean])[] = [
  ["hangs before it reads", () => Promise.resolve(), false],
  ["answers 500 for ever", always("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), false],
  [
    "wants everything again",
    always("HTTP/1.1 503 Oh\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"),
    false,
  ],
  [
    "wants everything in a year",
    always("HTTP/1.1 429 Oh\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n"),
    false,
  ],
  [
    "sends it elsewhere",
    always("HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
    false,
  ],
  ["speaks something else", always("SSH-2.0-OpenSSH\r\n"), false],
  ["has a head without end", always(`HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(20_000)}`), false],
  ["answers without end", endless, true],
  ["answers garbage", always("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\xff\xfe{{[["), true],
  ["hangs amid its answer", always("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), true],
  ["hangs up", (wire) => wire.readHead().then(() => wire.close()), false],
];

function always(answer: string): Script {
  return async (wire) => {
    await wire.readMessage();
    await wire.send(answer);
  };
}

async function endless(wire: Wire): Promise<void> {
  await wire.readMessage();
  await wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  while (wire.ending === null) await wire.send(`10000\r\n${"x".repeat(0x10000)}\r\n`);
}

for (const [what, script, isReceived] of COLLECTORS) {
  Deno.test(`a collector that ${what} holds nobody up, and nothing is lost uncounted`, async () => {
    await using origin = startOrigin((wire, index) =>
      script(wire, index).catch(() => {
        // It was hung up on.
      })
    );
    const { sink, clock, told } = openScene(origin);
    const written = BATCH_RECORDS_MAX + 100;
    for (let seq = 1; seq <= written; seq++) sink.write(decisionAudit({ "doorward.seq": seq }));
    await origin.connection();
    const elapsed = await closed(sink, clock);
    assertLess(elapsed, 3000);
    assertEquals(written - sink.lost, isReceived ? new Set(receivedBy(origin)).size : 0);
    if (!isReceived) assertEquals(sink.lost, written);
    assertEquals(told.length, sink.lost === 0 ? 0 : 2);
    assertEquals(clock.sleeping, 0);
  });
}

Deno.test("what comes and goes is counted to the record: written is received and lost", async () => {
  let isBack = false;
  await using origin = startOrigin(async (wire) => {
    await wire.readMessage();
    await wire.send(isBack ? OK : "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
  });
  const { sink, clock, told } = openScene(origin);
  let seq = 0;
  const write = (count: number) => {
    for (let at = 0; at < count; at++) sink.write(decisionAudit({ "doorward.seq": ++seq }));
  };
  write(BATCH_RECORDS_MAX);
  await until(() => sink.lost === BATCH_RECORDS_MAX, "the first batch is refused");
  isBack = true;
  write(20_000);
  const dropped = sink.lost;
  await closed(sink, clock);
  const received = receivedBy(origin).filter((each) => each > BATCH_RECORDS_MAX);
  assertEquals(received.length, seq - sink.lost);
  assertEquals([received.length, dropped], [HELD_RECORDS_MAX, 20_512 - HELD_RECORDS_MAX]);
  assertEquals(told, [
    "Cannot export logs to http://127.0.0.1:4318/…: it answered 500",
    `Can export logs to http://127.0.0.1:4318/… again: ${sink.lost} records were lost`,
  ]);
});
