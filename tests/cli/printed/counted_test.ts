import { assertEquals } from "@std/assert";
import { counted } from "../../../src/cli/printed/counted.ts";

Deno.test("counted() minds the one", () => {
  assertEquals([0, 1, 2].map((count) => counted(count, "rule")), ["0 rules", "1 rule", "2 rules"]);
});

Deno.test("counted() knows one from many", () => {
  assertEquals([counted(1, "end"), counted(0, "end"), counted(2, "proxy", "proxies")], [
    "1 end",
    "0 ends",
    "2 proxies",
  ]);
});
