import { assertEquals } from "@std/assert";
import { type AskOccupant, placeAt } from "../../../src/cli/doctor/place.ts";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";
import { ip } from "../../support/policy.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";

const AT = { ip: ip("127.0.0.1"), port: 3128 };
const NEVER = new AbortController().signal;
const ours: AskOccupant = () => Promise.resolve({ kind: "doorward" });
const inUse = () => new Deno.errors.AddrInUse();
const noDial = () => Promise.reject(new Error("This test dials nothing"));

Deno.test("placeAt() dials no address that the system does not say is in use", async () => {
  const refused = new Deno.errors.AddrNotAvailable();
  const look = (error: unknown, port = 3128) =>
    placeAt({ ...AT, port }, ours, { dial: noDial, tryListen: () => error }, NEVER);
  assertEquals(await look(null), { kind: "free" });
  assertEquals(await look(refused), { kind: "unusable", error: refused });
  assertEquals(await look(inUse(), 0), { kind: "any" });
});

Deno.test("placeAt() asks who has a port, and hangs up", async () => {
  const stream = new ScriptedStream();
  const dialled: string[] = [];
  const dial = (to: typeof AT) => {
    dialled.push(formatSocketAddress(to));
    return Promise.resolve(stream);
  };
  // What listens everywhere is asked here.
  const anywhere = { ip: ip("0.0.0.0"), port: 3128 };
  const place = await placeAt(anywhere, ours, { dial, tryListen: inUse }, NEVER);
  assertEquals(place, { kind: "taken", by: { kind: "doorward" } });
  assertEquals([dialled, stream.closed], [["127.0.0.1:3128"], true]);
});

Deno.test("placeAt() takes whoever cannot be understood for somebody else", async () => {
  const garbled: AskOccupant = () => Promise.reject(new Error("not HTTP"));
  const dial = () => Promise.resolve(new ScriptedStream());
  const place = await placeAt(AT, garbled, { dial, tryListen: inUse }, NEVER);
  assertEquals(place, {
    kind: "taken",
    by: { kind: "other", what: "what answers there is not Doorward" },
  });
});

Deno.test("placeAt() does not wait for who never answers", async () => {
  const over = new AbortController();
  const stream = new ScriptedStream();
  const hanging: AskOccupant = () => new Promise(() => over.abort());
  const dial = () => Promise.resolve(stream);
  const place = await placeAt(AT, hanging, { dial, tryListen: inUse }, over.signal);
  assertEquals(place, { kind: "taken", by: { kind: "silent" } });
  assertEquals(stream.closed, true);
});
