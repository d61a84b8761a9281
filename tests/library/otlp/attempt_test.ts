import { assertEquals } from "@std/assert";
import { attempting, EXPORT_MS } from "../../../src/library/otlp/attempt.ts";
import type { Encoding } from "../../../src/library/otlp/messages/encoder.ts";
import type { Export } from "../../../src/library/otlp/post_export.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, turn } from "../../support/in_time.ts";

const taken: Export = () => Promise.resolve({ kind: "taken", answer: null });

function makeScene(post: Export, change: Partial<Encoding<string>> = {}) {
  const clock = new FakeClock();
  const end = new AbortController();
  const encoding: Encoding<string> = {
    encode: (text) => new TextEncoder().encode(text),
    rejected: () => 0,
    ...change,
  };
  const deadlines = new Deadlines(clock, () => {});
  const parts = { encoding: Promise.resolve(encoding), post, deadlines, end: end.signal };
  return { clock, end, deadlines, parts, ready: attempting(parts) };
}

Deno.test("attempting() sends the same bytes each time, encoded once", async () => {
  const sent: string[] = [];
  let encoded = 0;
  const { ready } = makeScene((body) => {
    sent.push(new TextDecoder().decode(body));
    return Promise.resolve({ kind: "again", why: "no", afterMs: 5 });
  }, { encode: (text) => new TextEncoder().encode(`${text}${encoded++}`) });
  const attempt = await ready("x");
  assertEquals(
    [await attempt(), await attempt()],
    Array(2).fill({
      kind: "again",
      why: "no",
      afterMs: 5,
    }),
  );
  assertEquals(sent, ["x0", "x0"]);
});

Deno.test("attempting() says how much was not taken, as far as the answer tells", async () => {
  const answered: Export = () => Promise.resolve({ kind: "taken", answer: new Uint8Array(1) });
  const sent = async (post: Export, rejected: () => number) =>
    await (await makeScene(post, { rejected }).ready("x"))();
  assertEquals(await sent(answered, () => 3), { kind: "taken", rejected: 3 });
  assertEquals(await sent(taken, () => 3), { kind: "taken", rejected: 0 });
  const unreadable = () => {
    throw new Error("no message");
  };
  assertEquals(await sent(answered, unreadable), { kind: "taken", rejected: 0 });
});

Deno.test("attempting() gives a collector that hangs its time, and no more", async () => {
  let aborted = false;
  const { ready, clock } = makeScene((_body, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => (aborted = true, reject(signal.reason)))
    )
  );
  const sending = (await ready("x"))();
  await turn();
  clock.advance(EXPORT_MS - 1);
  await turn();
  assertEquals(aborted, false);
  clock.advance(251);
  assertEquals((await inTime(sending, "the end")).kind, "again");
});

Deno.test("attempting() ends with everything else", async () => {
  const { ready, end } = makeScene((_body, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  );
  const attempt = await ready("x");
  const sending = attempt();
  end.abort(new Error("it ends"));
  assertEquals((await inTime(sending, "the end")).kind, "again");
  assertEquals((await attempt()).kind, "again");
  assertEquals((await (await ready("y"))()).kind, "again");
});

Deno.test("attempting() refuses what cannot be encoded, and what cannot be loaded", async () => {
  const { ready, parts } = makeScene(taken, {
    encode: () => {
      throw new TypeError("a bug");
    },
  });
  const why = "records cannot be encoded: a bug";
  assertEquals(await (await ready("x"))(), { kind: "refused", why });
  const encoding = Promise.reject(new TypeError("a bug"));
  const unloaded = attempting({ ...parts, encoding });
  assertEquals(await (await unloaded("x"))(), { kind: "refused", why });
});
