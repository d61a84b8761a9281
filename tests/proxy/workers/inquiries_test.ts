import { assertEquals, assertRejects } from "@std/assert";
import { policyCell } from "../../../src/policy/policy.ts";
import { Inquiries } from "../../../src/proxy/workers/inquiries.ts";
import type { FromWorker } from "../../../src/proxy/workers/messages.ts";
import { Outbox } from "../../../src/proxy/workers/outbox.ts";
import { asker } from "../../support/asker.ts";
import { connectTo, policyOf } from "../../support/policy.ts";

function make() {
  const sent: FromWorker[] = [];
  const outbox = new Outbox({
    post: (message) => sent.push(message),
    soon: queueMicrotask,
    catchUp: () => {},
  });
  const inquiries = new Inquiries(outbox, policyCell(policyOf({})));
  const [closed, gone] = [new AbortController(), new AbortController()];
  const done: string[] = [];
  const client = asker({
    held: (ms) => {
      done.push(`held ${ms}`);
      return gone.signal;
    },
    freed: () => done.push("freed"),
  });
  const answer = inquiries.ask("person", connectTo("a.test"), client, closed.signal);
  return { inquiries, sent, answer, closed, gone, done, kinds: () => sent.map(({ kind }) => kind) };
}

Deno.test("ask() asks the main isolate, and has its answer", async () => {
  const { inquiries, sent, answer, done } = make();
  const [asked] = sent;
  assertEquals([asked?.kind, asked?.kind === "inquiry" && asked.of], ["inquiry", "person"]);
  inquiries.hear({ kind: "held", inquiry: 1, ms: 5 });
  inquiries.hear({ kind: "freed", inquiry: 1 });
  inquiries.hear({ kind: "answered", inquiry: 1, answer: { kind: "changed" } });
  assertEquals(await answer, { kind: "changed" });
  assertEquals(done, ["held 5", "freed"]);
});

Deno.test("ask() tells that the client has gone while it is held, and goes on waiting", async () => {
  const { inquiries, answer, gone, kinds } = make();
  inquiries.hear({ kind: "held", inquiry: 1, ms: 5 });
  gone.abort();
  assertEquals(kinds(), ["inquiry", "left"]);
  inquiries.hear({ kind: "answered", inquiry: 1, answer: { kind: "unanswered", why: "x" } });
  assertEquals(await answer, { kind: "unanswered", why: "x" });
});

Deno.test("ask() withdraws when the client is closed, and lets go of it", async () => {
  const { inquiries, answer, closed, kinds, done } = make();
  inquiries.hear({ kind: "held", inquiry: 1, ms: 5 });
  const reason = new DOMException("closed", "AbortError");
  closed.abort(reason);
  assertEquals(await assertRejects(() => answer), reason);
  assertEquals([kinds(), done], [["inquiry", "withdrawn"], ["held 5", "freed"]]);
  // Too late: nobody's.
  inquiries.hear({ kind: "answered", inquiry: 1, answer: { kind: "changed" } });
});

Deno.test("ask() rejects where nobody can answer", async () => {
  const { inquiries, answer } = make();
  inquiries.hear({ kind: "unanswerable", inquiry: 1, why: "no" });
  await assertRejects(() => answer, Error, "no");
});
