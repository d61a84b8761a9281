import { assertEquals } from "@std/assert";
import { openChannel } from "../../../src/library/otlp/channel.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { callNetwork } from "../../support/call_network.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { answering, startOrigin } from "../../support/origin.ts";
import { otelTo } from "../../support/otel_config.ts";

const NEVER = new AbortController().signal;
const ENCODING = Promise.resolve({
  encode: (text: string) => new TextEncoder().encode(text),
  rejected: () => 0,
});

Deno.test("openChannel() sends by the ports that it is given, and names its place without secrets", async () => {
  await using origin = startOrigin(answering("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"));
  const told: string[] = [];
  const clock = new FakeClock();
  const network = callNetwork(origin);
  const deadlines = new Deadlines(clock, () => {});
  const { logs } = otelTo("https://collector.test:4318/s3cret/?k=s3cret");
  const { ready, trouble } = openChannel(
    { signal: "logs", target: logs!, encoding: ENCODING, end: NEVER },
    { ports: network, clock, deadlines, version: "9", diagnose: (line) => told.push(line) },
  );
  const sent = await (await ready("hello"))();
  deadlines.stop();
  assertEquals(sent, { kind: "refused", why: "it answered 400" });
  assertEquals(network.log, [
    "resolve collector.test",
    "dial 192.0.2.1:4318",
    "tls collector.test",
  ]);
  assertEquals(origin.received.split("\r\n").filter((line) => /^POST|^User|hello/.test(line)), [
    "POST /s3cret/v1/logs?k=s3cret HTTP/1.1",
    "User-Agent: Doorward/9",
    "hello",
  ]);
  trouble.fails("x");
  assertEquals(told, ["Cannot export logs to https://collector.test:4318/…: x"]);
});

Deno.test("openChannel() trusts the authorities of the target, and not those of the ports", async () => {
  await using origin = startOrigin((wire) => Promise.resolve(wire.close()));
  const clock = new FakeClock();
  let isAsked = false;
  const network = callNetwork(origin, {
    startTls: (stream) => {
      isAsked = true;
      stream.close();
      return Promise.reject(new Error("Expected other authorities"));
    },
  });
  const deadlines = new Deadlines(clock, () => {});
  const { logs } = otelTo("https://collector.test", { authorities: ["-"] });
  const { ready } = openChannel(
    { signal: "logs", target: logs!, encoding: ENCODING, end: NEVER },
    { ports: network, clock, deadlines, version: "9", diagnose: () => {} },
  );
  const sent = await (await ready("hello"))();
  deadlines.stop();
  // That such a server is trusted is for tests/journeys/otlp_test.ts.
  assertEquals([sent.kind, isAsked], ["again", false]);
});
