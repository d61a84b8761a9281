import { assertEquals } from "@std/assert";
import { newQuestion, questionRecord } from "../../../src/proxy/asking/new_question.ts";
import { asker } from "../../support/asker.ts";
import { connectTo } from "../../support/policy.ts";

function question(target: string, waiting = () => 1) {
  return newQuestion({
    id: "q7",
    request: connectTo(target),
    asker: asker({
      method: "CONNECT",
      attempt: () => "a1",
      attribution: { label: "nightly", command: "npm install", execPolicyHint: "approved" },
    }),
    askedAt: 1_000_500,
    holdMs: 30_000,
    waiting,
  });
}

Deno.test("newQuestion() tells what was asked, and for how long", () => {
  assertEquals(questionRecord(question("api.test")), {
    id: "q7",
    host: "api.test",
    port: 443,
    protocol: "https_connect",
    method: "CONNECT",
    client: "127.0.0.1:50000",
    command: "npm install",
    attempt_id: "a1",
    address_class: "a name, not looked up yet",
    pattern: "api.test:443 over https_connect",
    waiting: 1,
    asked_at: 1000.5,
    expires_at: 1030.5,
    listener: "127.0.0.1:3128",
    label: "nightly",
    exec_policy_hint: "approved",
  });
});

Deno.test("newQuestion() tells what an address is, and how many wait as that changes", () => {
  let waiting = 1;
  const asked = question("8.8.8.8", () => waiting);
  assertEquals(asked.addressClass, "a public address");
  waiting = 3;
  assertEquals(asked.waiting, 3);
  assertEquals(question("10.0.0.1").addressClass, "a private address");
});
