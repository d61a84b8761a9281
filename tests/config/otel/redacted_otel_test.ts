import { assertEquals } from "@std/assert";
import { redactedOtel } from "../../../src/config/otel/redacted_otel.ts";
import { field } from "../../../src/http/fields.ts";
import { otelTo } from "../../support/otel_config.ts";

Deno.test("redactedOtel() shows where signals go, and nothing that lets its bearer in there", () => {
  const otel = otelTo("https://c.test:4318/s3cret?k=s3cret", {
    headers: [field("X-Api-Key", "s3cret")],
    protocol: "json",
    caFile: "/etc/ca.pem",
    authorities: ["-----"],
  }, { traces: null });
  const target = {
    url: "https://c.test:4318/…",
    protocol: "json",
    headers: ["X-Api-Key"],
    ca_file: "/etc/ca.pem",
  } as const;
  const shown = redactedOtel(otel);
  assertEquals(shown, {
    environment: "test",
    interval_seconds: 60,
    logs: target,
    traces: null,
    metrics: target,
  });
  assertEquals(JSON.stringify(shown).includes("s3cret"), false);
});
