import { assertEquals } from "@std/assert";
import type { Post } from "../../../src/calls/post_json.ts";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import { httpDecider } from "../../../src/library/deciders/http_decider.ts";
import { ConnectError, ProtocolError } from "../../../src/net/errors.ts";
import { deciderRequest, PATIENT } from "../../support/decider.ts";
import { rejection } from "../../support/in_time.ts";

const URL_ASKED = new URL("https://me:s3cret@decider.test/x");

function ask(post: Post, signal = PATIENT) {
  return httpDecider(URL_ASKED, post, () => "id1")(deciderRequest(), signal);
}

function replying(text: string, status = 200): Post {
  return () => Promise.resolve({ status, text });
}

Deno.test("httpDecider() posts the question to its URL, and reads the answer", async () => {
  const posted: unknown[] = [];
  const answer = await ask((url, json) => {
    posted.push(url, JSON.parse(json).id, JSON.parse(json).host);
    return Promise.resolve({ status: 200, text: '{"decision":"ask","reason":"who?"}' });
  });
  assertEquals(posted, [URL_ASKED, "id1", "a.test"]);
  assertEquals(answer, { decision: "ask", reason: "who?" });
  assertEquals(await ask(replying('{"id":"id1","decision":"allow"}')), { decision: "allow" });
});

/** Replies that are no answers, and why. */
const BAD: readonly (readonly [Post, string])[] = [
  [replying('{"decision":"allow"}', 201), "it answered 201"],
  [replying("", 204), "it answered 204"],
  [replying('{"decision":"allow"}', 302), "it answered 302"],
  [replying('{"decision":"allow"}', 500), "it answered 500"],
  [replying("allow"), "its answer is not a JSON object"],
  [replying('{"id":"id2","decision":"allow"}'), "its answer is for another question"],
  [replying("{}"), '"decision" of its answer is not "allow", "deny" or "ask"'],
  [
    () => Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
    "it refused the connection",
  ],
  [
    () => Promise.reject(new ConnectError("connection_failed", "x", { detail: "it is too long" })),
    "it is too long",
  ],
  [
    () => Promise.reject(new ProtocolError("upstream", "bad_header", "s3cret")),
    "its answer is not proper HTTP",
  ],
  [() => Promise.reject(new Error("s3cret")), "the call failed"],
];

for (const [post, why] of BAD) {
  Deno.test(`httpDecider() fails: ${why}`, async () => {
    const error = await rejection(ask(post), "the question");
    assertEquals([(error as Error).message, error instanceof DeciderFailure], [why, true]);
  });
}

Deno.test("httpDecider() rejects with the signal's reason when it is aborted", async () => {
  const gone = new Error("gone");
  const posting: Post = (_url, _json, signal) => Promise.reject(signal.reason);
  assertEquals(await rejection(ask(posting, AbortSignal.abort(gone)), "the question"), gone);
});
