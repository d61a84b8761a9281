import { assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import type { Post, Reply } from "../../src/calls/post_json.ts";
import { webhook } from "../../src/library/ask_webhook.ts";
import { ConnectError, ProtocolError } from "../../src/net/errors.ts";
import type { Answer } from "../../src/proxy/asking/question.ts";
import { aQuestion } from "../cli/ask/a_question.ts";

const NEVER = new AbortController().signal;
const URL_WITH_SECRETS = new URL("https://me:secret@hooks.test:8443/T0KEN/path?key=secret");

function answering(reply: Reply): Post {
  return () => Promise.resolve(reply);
}

function json(value: unknown): Reply {
  return { status: 200, text: JSON.stringify(value) };
}

function ask(post: Post): Promise<Answer | null> {
  return webhook(URL_WITH_SECRETS, post)(aQuestion(), NEVER);
}

Deno.test("webhook() sends the question with the keys of the admin API, and a version", async () => {
  const sent: [string, unknown][] = [];
  const question = aQuestion({ command: "npm install", attempt: "abc", waiting: 2 });
  await webhook(URL_WITH_SECRETS, (url, text) => {
    sent.push([url.href, JSON.parse(text)]);
    return Promise.resolve({ status: 204, text: "" });
  })(question, NEVER);
  assertEquals(sent, [[URL_WITH_SECRETS.href, {
    version: 1,
    id: "q1",
    host: "api.example.com",
    port: 443,
    protocol: "https_connect",
    method: "CONNECT",
    client: "127.0.0.1:41230",
    command: "npm install",
    attempt_id: "abc",
    address_class: "a name, not looked up yet",
    waiting: 2,
    asked_at: 1767225600,
    expires_at: 1767225630,
    pattern: "api.example.com:443 over https_connect",
    listener: "127.0.0.1:3128",
    label: null,
    exec_policy_hint: null,
  }]]);
});

/** Answers, and what they mean. */
const ANSWERS: readonly (readonly [Reply, Answer | null])[] = [
  [json({ decision: "approve", scope: "once" }), {
    decision: "approve",
    scope: { kind: "once" },
    by: "webhook",
  }],
  [json({ decision: "approve", scope: "minutes", minutes: 10080 }), {
    decision: "approve",
    scope: { kind: "minutes", minutes: 10080 },
    by: "webhook",
  }],
  [json({ decision: "deny", scope: "run", comment: "no" }), {
    decision: "deny",
    scope: { kind: "run" },
    by: "webhook",
  }],
  [json({ decision: "deny" }), { decision: "deny", scope: { kind: "once" }, by: "webhook" }],
  [{ status: 204, text: "" }, null],
  [{ status: 202, text: '{"decision":"approve"}' }, null],
];

for (const [reply, expected] of ANSWERS) {
  Deno.test(`webhook() reads ${reply.status} ${reply.text}`, async () => {
    assertEquals(await ask(answering(reply)), expected);
  });
}

const MINUTES = '"minutes" of its answer is not a whole number from 1 to 10080';

/** Answers that are none, and why. */
const FAULTS: readonly (readonly [Reply, string])[] = [
  [{ status: 500, text: "" }, "it answered 500"],
  [{ status: 302, text: '{"decision":"approve"}' }, "it answered 302"],
  [{ status: 201, text: '{"decision":"approve"}' }, "it answered 201"],
  [{ status: 200, text: "yes" }, "its answer is not JSON"],
  [{ status: 200, text: "" }, "its answer is not JSON"],
  [json(["approve"]), "its answer is not a JSON object"],
  [json(null), "its answer is not a JSON object"],
  [json({}), '"decision" of its answer is neither "approve" nor "deny"'],
  [json({ decision: "Approve" }), '"decision" of its answer is neither "approve" nor "deny"'],
  [
    json({ decision: "approve", scope: "always" }),
    '"always" is not for a webhook to say: it edits the configuration',
  ],
  [
    json({ decision: "deny", scope: "always" }),
    '"always" is not for a webhook to say: it edits the configuration',
  ],
  [
    json({ decision: "approve", scope: "week" }),
    '"scope" of its answer is not "once", "minutes" or "run"',
  ],
  [
    json({ decision: "approve", scope: null }),
    '"scope" of its answer is not "once", "minutes" or "run"',
  ],
  [json({ decision: "approve", scope: "minutes" }), MINUTES],
  [json({ decision: "approve", scope: "minutes", minutes: 0 }), MINUTES],
  [json({ decision: "approve", scope: "minutes", minutes: 10081 }), MINUTES],
  [json({ decision: "approve", scope: "minutes", minutes: 1.5 }), MINUTES],
  [json({ decision: "approve", scope: "minutes", minutes: "10" }), MINUTES],
];

for (const [reply, why] of FAULTS) {
  Deno.test(`webhook() rejects ${reply.status} ${reply.text}`, async () => {
    const error = await assertRejects(() => ask(answering(reply)), Error);
    assertEquals(error.message, `Cannot ask the webhook at https://hooks.test:8443: ${why}`);
  });
}

/** Failures, and how they are told. */
const FAILURES: readonly (readonly [Error, string])[] = [
  [new ConnectError("connection_refused", "Cannot connect"), "it refused the connection"],
  [new ConnectError("connection_failed", "x", { detail: "TLS failed" }), "TLS failed"],
  [
    new ProtocolError("upstream", "cut_short", "Cannot read the body: cut"),
    "Cannot read the body: cut",
  ],
  [new Error(`Cannot fetch ${URL_WITH_SECRETS}`), "it failed"],
];

for (const [failure, why] of FAILURES) {
  Deno.test(`webhook() tells that ${why}, and nothing secret`, async () => {
    const error = await assertRejects(() => ask(() => Promise.reject(failure)), Error);
    assertEquals(error.message, `Cannot ask the webhook at https://hooks.test:8443: ${why}`);
    assertNotMatch(error.message, /secret|T0KEN/);
  });
}

Deno.test("webhook() has no answer once the question is settled elsewhere", async () => {
  const settled = new AbortController();
  const post: Post = (_url, _json, signal) => {
    settled.abort(new Error("settled"));
    return Promise.reject(signal.reason);
  };
  assertEquals(await webhook(URL_WITH_SECRETS, post)(aQuestion(), settled.signal), null);
});
