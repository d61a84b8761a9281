import { assertEquals, assertStringIncludes } from "@std/assert";
import { closesOf } from "../../support/audit_records.ts";
import { makeScriptedCrew } from "../../support/crew.ts";
import { asker } from "../../support/asker.ts";
import { connectTo } from "../../support/policy.ts";
import { carryPlace, carryRequester } from "../../../src/proxy/workers/carried_request.ts";

const request = carryPlace(connectTo("a.test"));
const requester = carryRequester(asker({ id: 7 }));

Deno.test("notes are written down, and their worker is told so", () => {
  const { workers: [worker], records } = makeScriptedCrew();
  const ending = { kind: "tunnel", outcome: "done", up: 0, down: 0 } as const;
  worker!.say({
    kind: "noted",
    notes: [
      { kind: "begun", id: 7, said: { request, requester } },
      { kind: "ended", id: 7, ending, duration: 3 },
    ],
  });
  assertEquals(worker!.told.at(-1), { kind: "heard" });
  assertEquals(closesOf(records).length, 1);
});

Deno.test("what a worker left open ends with it, and it is heard no more", () => {
  const { workers: [worker], records, diagnosed } = makeScriptedCrew();
  worker!.say({ kind: "noted", notes: [{ kind: "begun", id: 7, said: { request, requester } }] });
  worker!.say({ kind: "failed", why: "a fault" });
  assertEquals(worker!.isOver, true);
  assertEquals(closesOf(records).map((record) => record["doorward.outcome"]), ["closed"]);
  worker!.say({ kind: "noted", notes: [{ kind: "begun", id: 7, said: { request, requester } }] });
  worker!.fail("again");
  assertEquals([records.length, diagnosed.length], [1, 1]);
  assertStringIncludes(diagnosed[0]!, "a fault");
});

Deno.test("a worker that nothing can be sent to is over", () => {
  const { workers: [worker], diagnosed } = makeScriptedCrew();
  worker!.isDeaf = true;
  worker!.say({ kind: "noted", notes: [{ kind: "begun", id: 7, said: { request, requester } }] });
  assertEquals(worker!.isOver, true);
  assertStringIncludes(diagnosed[0]!, "it cannot be told: DataCloneError: It cannot be cloned");
});

Deno.test("what a worker asks is asked here, and answered", async () => {
  const { workers: [worker] } = makeScriptedCrew();
  worker!.say({
    kind: "inquiry",
    inquiry: 1,
    of: "person",
    request: connectTo("a.test"),
    requester,
  });
  await Promise.resolve();
  await Promise.resolve();
  const answer = worker!.told.at(-1);
  assertEquals(answer?.kind === "answered" && answer.answer.kind, "unanswered");
});
