import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { inactiveHandle } from "../../src/library/network_proxy_handle.ts";

Deno.test("the handle of no proxy says why, changes nothing and is over", async () => {
  await using handle = inactiveHandle("it is off");
  assertEquals(handle.inactive, "it is off");
  assertEquals([handle.addresses, handle.adminToken, handle.env()], [null, null, {}]);
  assertEquals(handle.audit, { records: 0, sinks: [] });
  assertEquals(handle.blocked(), []);
  await assertRejects(() => handle.setMode("limited"), TypeError, "it is off");
  assertThrows(() => handle.addListener({ label: "one" }), TypeError, "it is off");
  await assertRejects(() => handle.allow("a.test"), TypeError, "it is off");
  await assertRejects(() => handle.deny("a.test"), TypeError, "it is off");
  await assertRejects(() => handle.replaceConfig(), TypeError, "it is off");
  await handle.wait();
  await handle.shutdown();
});
