import { assert, assertEquals } from "@std/assert";
import { loadOtlpPackages } from "../../../../src/library/otlp/messages/otlp_packages.ts";
import { sourceFiles } from "../../../support/source.ts";

Deno.test("loadOtlpPackages() loads what the encoder is made of", async () => {
  const { api, transformer, resources, metrics } = await loadOtlpPackages();
  assertEquals([api.SeverityNumber.INFO, api.SpanKind.CLIENT, api.ValueType.INT], [9, 2, 0]);
  assertEquals(metrics.DataPointType.SUM, 3);
  assert("serializeRequest" in transformer.ProtobufLogsSerializer);
  assertEquals(resources.resourceFromAttributes({ a: "b" }).attributes, { a: "b" });
});

Deno.test("nothing else loads OpenTelemetry: of the others only types are taken", async () => {
  const loading: string[] = [];
  for (const { path, text } of await sourceFiles()) {
    if (/^import (?!type )[^;]*? from "@opentelemetry\//m.test(text)) loading.push(path);
    // A dynamic import loads; `typeof import(…)` is a type.
    const dynamic = text.replaceAll(/typeof import\(/g, "").includes('import("@opentelemetry/');
    if (dynamic) loading.push(path);
  }
  assertEquals(loading, ["src/library/otlp/messages/otlp_packages.ts"]);
});
