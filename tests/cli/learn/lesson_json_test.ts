import { assertEquals } from "@std/assert";
import { lessonJson } from "../../../src/cli/learn/lesson_json.ts";
import { learned } from "../../support/learned.ts";

Deno.test("lessonJson() has all that was learned", async () => {
  const { lesson } = await learned([
    { host: "a.test", method: "POST", kind: "request", up: 3, down: 4 },
    { host: "b.test", blocked: "denied" },
    { host: "down.test", outcome: "failed", down: 0 },
  ], { allow: ["a.test"] });
  const first = "2026-01-02T03:04:05.678Z";
  assertEquals(lessonJson(lesson, { code: 1, file: "a.toml", policy: "[network]\n" }), {
    exit_code: 1,
    file: "a.toml",
    hosts: [{
      host: "a.test",
      port: 443,
      first,
      pattern: "a.test:443",
      known_by: "a.test",
      requests: 1,
      protocols: ["https_connect"],
      methods: ["POST"],
      bytes_up: 3,
      bytes_down: 4,
      rule: { methods: ["POST"] },
      marks: [{ kind: "writes", methods: ["POST"] }],
    }],
    blocked: [{ host: "b.test", port: 443, first, reasons: { denied: 1 } }],
    unreached: [{ host: "down.test", port: 443, first }],
    unix_socket_requests: 0,
    requests_beyond: 0,
    policy: "[network]\n",
  });
});
