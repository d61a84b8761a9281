import { assertEquals } from "@std/assert";
import { RecentRequests } from "../../../src/proxy/workers/recent_requests.ts";

Deno.test("RecentRequests remembers so many, and forgets the oldest", () => {
  const recent = new RecentRequests<string>();
  for (let id = 1; id <= 257; id++) recent.add(id, `said ${id}`);
  assertEquals([recent.of(1), recent.of(2), recent.of(257)], [undefined, "said 2", "said 257"]);
});
