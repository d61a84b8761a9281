import { assertEquals } from "@std/assert";
import { feedFilter, FeedStore } from "../../../src/admin/dashboard/feed_store.js";

const all = feedFilter("", "all");

function decision(host: string, decision = "allow") {
  const reason = decision === "allow" ? null : "not_allowed";
  const rest = { at: 1, protocol: "https_connect", port: 443, method: "CONNECT", rule: null };
  return { host, decision, reason, client: "127.0.0.1:4100", ...rest };
}

function blocked(seq: number) {
  const { at: _, rule: __, ...rest } = decision(`old${seq}.example`, "deny");
  return { ...rest, reason: "not_allowed", seq, timestamp: seq };
}

function hosts(store: FeedStore, filter = all, max = 500): string[] {
  return store.newest(filter, max).map((entry) => entry.host);
}

Deno.test("FeedStore gives the newest first, and those of before last", () => {
  const store = new FeedStore();
  store.setHistory([blocked(1), blocked(2)]);
  store.add(decision("a.example"));
  store.add(decision("b.example"));
  assertEquals(hosts(store), ["b.example", "a.example", "old2.example", "old1.example"]);
  assertEquals(hosts(store, all, 3), ["b.example", "a.example", "old2.example"]);
  assertEquals(store.newest(all, 500).map((entry) => entry.number), [2, 1, -1, -2]);
});

Deno.test("FeedStore gives only what came after a number", () => {
  const store = new FeedStore();
  store.setHistory([blocked(1)]);
  store.add(decision("a.example"));
  const seen = store.next - 1;
  store.add(decision("b.example"));
  assertEquals(store.newest(all, 500, seen).map((entry) => entry.host), ["b.example"]);
});

Deno.test("FeedStore.cameAsEvent() takes out of the history what is told twice", () => {
  const store = new FeedStore();
  store.setHistory([blocked(5), blocked(6), blocked(7)]);
  assertEquals(store.cameAsEvent(8), false);
  assertEquals(store.cameAsEvent(6), true);
  assertEquals(hosts(store), ["old5.example"]);
});

Deno.test("FeedStore keeps at least five thousand decisions, and less than twice as many", () => {
  const store = new FeedStore();
  for (let i = 1; i <= 25_000; i++) store.add(decision(`h${i}.example`));
  const kept = hosts(store, all, Infinity);
  assertEquals(kept.length, 5000);
  assertEquals(kept[0], "h25000.example");
  for (let i = 0; i < 4999; i++) store.add(decision("more.example"));
  assertEquals(hosts(store, all, Infinity).length, 9999);
});

Deno.test("FeedStore.clear() forgets all, but counts on", () => {
  const store = new FeedStore();
  store.setHistory([blocked(1)]);
  store.add(decision("a.example"));
  store.clear();
  assertEquals(hosts(store), []);
  assertEquals(store.next, 2);
});

Deno.test("feedFilter() wants every word, in whatever is in the row", () => {
  const store = new FeedStore();
  store.add(decision("api.example.com"));
  store.add(decision("api.example.org", "deny"));
  store.add(decision("other.example.org", "ask"));
  assertEquals(hosts(store, feedFilter("API connect", "all")).length, 2);
  assertEquals(hosts(store, feedFilter("no allow rule", "all")).length, 2);
  assertEquals(hosts(store, feedFilter("example.org:443 not_allowed", "blocked")), [
    "api.example.org",
  ]);
  assertEquals(hosts(store, feedFilter("", "asked")), ["other.example.org"]);
  assertEquals(hosts(store, feedFilter("nothing", "all")), []);
});
