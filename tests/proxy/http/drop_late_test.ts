import { assertEquals, assertStringIncludes } from "@std/assert";
import { dropLate, tooSlow } from "../../../src/proxy/http/drop_late.ts";
import { makeDoor } from "../../support/door.ts";
import { statusOf } from "../../support/wire.ts";

Deno.test("dropLate() says which limit has passed, counts it, and closes", async () => {
  await using made = makeDoor();
  const { connection, wire } = made.client();
  dropLate(connection, "headMs", "the request head");
  const answer = await wire.readMessage();
  assertEquals(statusOf(answer), 408);
  assertStringIncludes(
    answer.body,
    "the request head did not arrive in time (head_seconds under [network.limits])",
  );
  await wire.readEnd();
  assertEquals([connection.closed, made.reached], [true, ["headMs"]]);
});

Deno.test("tooSlow() is the client's fault", () => {
  const { peer, code } = tooSlow("bodyIdleMs", "the body");
  assertEquals([peer, code], ["client", "too_slow"]);
});
