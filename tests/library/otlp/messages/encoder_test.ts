import { assertEquals, assertThrows } from "@std/assert";
import { makeEncoder } from "../../../../src/library/otlp/messages/encoder.ts";
import { Measures } from "../../../../src/library/otlp/messages/measures.ts";
import { loadOtlpPackages } from "../../../../src/library/otlp/messages/otlp_packages.ts";
import { closeAudit, decisionAudit } from "../../../support/audit_records.ts";

const packages = await loadOtlpPackages();
const SERVICE = { version: "0.1.0", environment: "dev", instance: "i1" };
const binary = makeEncoder(packages, SERVICE, "binary");
const json = makeEncoder(packages, SERVICE, "json");
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (text: string) => new TextEncoder().encode(text);

// What is in a message is for tests/journeys/otlp_test.ts, whose decoder is another's.
Deno.test("makeEncoder() puts all records under one resource and one scope", () => {
  const encoded = JSON.parse(text(json.logs.encode([decisionAudit(), closeAudit()])));
  assertEquals(encoded.resourceLogs.length, 1);
  const [{ resource, scopeLogs }] = encoded.resourceLogs;
  assertEquals(scopeLogs.length, 1);
  assertEquals(scopeLogs[0].logRecords.length, 2);
  assertEquals(resource.attributes.map(({ key, value }: Attribute) => [key, value.stringValue]), [
    ["service.name", "doorward"],
    ["service.version", "0.1.0"],
    ["deployment.environment.name", "dev"],
    ["service.instance.id", "i1"],
  ]);
});

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

Deno.test("makeEncoder() says nothing of an instance that is not known", () => {
  const encoder = makeEncoder(packages, { ...SERVICE, instance: null }, "json");
  assertEquals(text(encoder.logs.encode([decisionAudit()])).includes("service.instance.id"), false);
});

Deno.test("makeEncoder() encodes each signal in each protocol", () => {
  const measures = new Measures();
  measures.note(decisionAudit());
  for (const { logs, traces, metrics } of [binary, json]) {
    assertEquals(logs.encode([decisionAudit()]).length > 100, true);
    assertEquals(traces.encode([closeAudit()]).length > 100, true);
    assertEquals(metrics.encode({ measures, lost: [], from: 0, to: 1 }).length > 100, true);
  }
});

/** Answers of collectors, and how many records they did not take. */
const BINARY: readonly (readonly [readonly number[], number])[] = [
  [[], 0],
  [[0x0a, 0], 0],
  [[0x0a, 2, 8, 3], 3],
  [[0x0a, 3, 8, 0xac, 2], 300],
  // -1, as protobuf has it.
  [[0x0a, 11, 8, ...Array(9).fill(0xff), 1], 18_446_744_073_709_552_000],
];

for (const [answer, expected] of BINARY) {
  Deno.test(`rejected() of [${answer}] is ${expected}`, () => {
    for (const { rejected } of [binary.logs, binary.traces, binary.metrics]) {
      assertEquals(rejected(new Uint8Array(answer)), expected);
    }
  });
}

const JSON_ANSWERS: readonly (readonly [string, number])[] = [
  ["", 0],
  ["{}", 0],
  ['{"partialSuccess":{}}', 0],
  ['{"partialSuccess":null}', 0],
  ['{"partialSuccess":{"rejectedLogRecords":"3"}}', 3],
  ['{"partialSuccess":{"rejectedLogRecords":3.9}}', 3],
  ['{"partialSuccess":{"rejectedLogRecords":-3}}', 0],
  ['{"partialSuccess":{"rejectedLogRecords":1e999}}', 0],
  ['{"partialSuccess":{"rejectedLogRecords":{}}}', 0],
  ['{"partialSuccess":7}', 0],
  ["null", 0],
  ["[]", 0],
  ["garbage", 0],
];

for (const [answer, expected] of JSON_ANSWERS) {
  Deno.test(`rejected() of ${JSON.stringify(answer)} is ${expected}`, () => {
    assertEquals(json.logs.rejected(bytes(answer)), expected);
  });
}

Deno.test("rejected() of JSON knows the words of each signal", () => {
  const answer = bytes('{"partialSuccess":{"rejectedSpans":1,"rejectedDataPoints":2}}');
  assertEquals([json.traces.rejected(answer), json.metrics.rejected(answer)], [1, 2]);
});

Deno.test("rejected() throws for what is no message", () => {
  for (const answer of [[0xff], [0x0a, 200, 1], [0x0b]]) {
    assertThrows(() => binary.logs.rejected(new Uint8Array(answer)));
  }
});
