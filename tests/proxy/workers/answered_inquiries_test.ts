import { assertEquals } from "@std/assert";
import { UNATTRIBUTED } from "../../../src/audit/attribution.ts";
import type { Asker } from "../../../src/proxy/asking/asker.ts";
import type { Outcome } from "../../../src/proxy/asking/questions.ts";
import { AnsweredInquiries } from "../../../src/proxy/workers/answered_inquiries.ts";
import { carryRequester } from "../../../src/proxy/workers/carried_request.ts";
import type { Inquiry, ToWorker } from "../../../src/proxy/workers/messages.ts";
import { asker } from "../../support/asker.ts";
import { turn } from "../../support/in_time.ts";
import { connectTo } from "../../support/policy.ts";

const INQUIRY: Inquiry = {
  kind: "inquiry",
  inquiry: 7,
  of: "person",
  request: connectTo("a.test"),
  requester: carryRequester(asker()),
};

function make(ask: (asker: Asker, signal: AbortSignal) => Promise<Outcome>) {
  const posted: ToWorker[] = [];
  const answered = new AnsweredInquiries(
    { ask: (_, asker, signal) => ask(asker, signal), decide: null },
    { ...UNATTRIBUTED, label: "run" },
    (message) => posted.push(message),
  );
  return { answered, posted };
}

Deno.test("hear() asks as if it had been asked here, and says the answer", async () => {
  const labels: (string | null)[] = [];
  const { answered, posted } = make((asker) => {
    labels.push(asker.attribution.label);
    asker.held(5);
    asker.freed();
    return Promise.resolve({ kind: "changed" });
  });
  answered.hear(INQUIRY);
  await turn();
  assertEquals(labels, ["run"]);
  assertEquals(posted, [
    { kind: "held", inquiry: 7, ms: 5 },
    { kind: "freed", inquiry: 7 },
    { kind: "answered", inquiry: 7, answer: { kind: "changed" } },
  ]);
});

for (const how of ["withdrawn", "the worker is over"] as const) {
  Deno.test(`an inquiry ends with nothing said when it is ${how}`, async () => {
    const aborted = Promise.withResolvers<void>();
    const { answered, posted } = make((_, signal) => {
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => {
        aborted.resolve();
        reject(signal.reason);
      });
      return promise;
    });
    answered.hear(INQUIRY);
    if (how === "withdrawn") answered.hear({ kind: "withdrawn", inquiry: 7 });
    else answered.end();
    await aborted.promise;
    await turn();
    assertEquals(posted, []);
  });
}

Deno.test("a client that has left while it was held is told to who holds it", async () => {
  const left = Promise.withResolvers<void>();
  const { answered } = make((asker) => {
    asker.held(5).addEventListener("abort", () => left.resolve());
    return Promise.withResolvers<never>().promise;
  });
  answered.hear(INQUIRY);
  answered.hear({ kind: "left", inquiry: 7 });
  await left.promise;
});

Deno.test("an inquiry that fails is told of as that", async () => {
  const { answered, posted } = make(() => Promise.reject(new Error("broken")));
  answered.hear(INQUIRY);
  answered.hear({ ...INQUIRY, inquiry: 8, of: "decider" });
  await turn();
  assertEquals(
    posted.map((message) => message.kind === "unanswerable" ? message.why : "").sort(),
    ["Error: Cannot ask: there is no decider", "Error: broken"],
  );
});
