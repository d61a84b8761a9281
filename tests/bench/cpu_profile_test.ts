import { assertEquals } from "@std/assert";
import { busyShare, type CpuProfile, selfTimes, selfTimeTable } from "./cpu_profile.ts";

/** Three milliseconds of `decide` by two callers, one of collecting, six of waiting. */
const PROFILE: CpuProfile = {
  nodes: [
    node(1, "(root)", "", -1),
    node(2, "decide", new URL("../../src/policy/decide.ts", import.meta.url).href, 9),
    node(3, "decide", new URL("../../src/policy/decide.ts", import.meta.url).href, 9),
    node(4, "(garbage collector)", "", -1),
    node(5, "(idle)", "", -1),
    node(6, "", "ext:core/01_core.js", 0),
  ],
  samples: [2, 3, 4, 5, 6],
  timeDeltas: [1000, 2000, 1000, 5000, 1000],
};

Deno.test("selfTimes() adds up the ways a function was called, and leaves waiting out", () => {
  assertEquals(selfTimes(PROFILE), [
    { name: "decide", place: "src/policy/decide.ts:10", ms: 3 },
    { name: "(garbage collector)", place: "", ms: 1 },
    { name: "(anonymous)", place: "ext:core/01_core.js:1", ms: 1 },
  ]);
});

Deno.test("busyShare() is the time that is not spent waiting", () => {
  assertEquals(busyShare(PROFILE), 0.5);
  assertEquals(busyShare({ nodes: [], samples: [], timeDeltas: [] }), 0);
});

Deno.test("selfTimeTable() shows the share of the busy time of as many as are asked for", () => {
  const lines = selfTimeTable(selfTimes(PROFILE), 2).split("\n");
  assertEquals(lines.map((line) => line.trim().split(/\s{2,}/)), [
    ["% self", "ms", "function", "file:line"],
    ["60.0", "3.0", "decide", "src/policy/decide.ts:10"],
    ["20.0", "1.0", "(garbage collector)"],
    [""],
  ]);
});

function node(id: number, functionName: string, url: string, lineNumber: number) {
  return { id, callFrame: { functionName, url, lineNumber } };
}
