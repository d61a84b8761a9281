import { assertEquals, assertRejects } from "@std/assert";
import { dialHost } from "../../src/calls/dial_host.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import type { Dialer } from "../../src/net/ports.ts";
import { streamPair } from "../support/memory_stream.ts";
import { connectTo, ip } from "../support/policy.ts";

const NEVER = new AbortController().signal;

/** Dials in memory, but where it is refused. */
function dialer(refused: readonly string[]) {
  const dialled: string[] = [];
  const dial: Dialer = (to) => {
    dialled.push(formatSocketAddress(to));
    return refused.includes(dialled.at(-1)!)
      ? Promise.reject(new ConnectError("connection_refused", "Nobody there"))
      : Promise.resolve(streamPair()[0]);
  };
  return { dial, dialled };
}

const resolve = () => Promise.resolve([ip("192.0.2.1"), ip("192.0.2.2")]);

Deno.test("dialHost() takes the first address that answers", async () => {
  const { dial, dialled } = dialer(["192.0.2.1:80"]);
  const { host } = connectTo("a.test").target;
  (await dialHost(host, 80, { resolve, dial }, NEVER)).close();
  assertEquals(dialled, ["192.0.2.1:80", "192.0.2.2:80"]);
});

Deno.test("dialHost() rejects with the last failure, and looks no address up", async () => {
  const { dial } = dialer(["192.0.2.1:80", "192.0.2.2:80", "192.0.2.9:80"]);
  const fail = (text: string) =>
    assertRejects(
      () => dialHost(connectTo(text).target.host, 80, { resolve, dial }, NEVER),
      ConnectError,
      "Nobody there",
    );
  await fail("a.test");
  await fail("192.0.2.9");
});

Deno.test("dialHost() says so when a name has no address", async () => {
  const { dial } = dialer([]);
  const nowhere = { resolve: () => Promise.resolve([]), dial };
  const { host } = connectTo("a.test").target;
  await assertRejects(() => dialHost(host, 80, nowhere, NEVER), ConnectError, "has no address");
});
