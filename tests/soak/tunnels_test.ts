import { assertEquals } from "@std/assert";
import { tooMany } from "./tunnels.ts";

Deno.test("tooMany() lets pass what the descriptors do for, and says how many more it takes", () => {
  assertEquals(tooMany(9_925, 20_000), null);
  assertEquals(
    tooMany(9_926, 20_000),
    "Cannot open 9926 tunnels: a process may have 20000 descriptors here, which do for 9925 " +
      "(ulimit -n 20002)",
  );
});
