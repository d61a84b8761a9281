import { assertEquals } from "@std/assert";
import { parseStat, processTree } from "./cpu.ts";

Deno.test("parseStat() reads who it is and what it cost, whatever it calls itself", () => {
  const rest = "S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 1 20 0 5 0 12345 1 2";
  for (const name of ["(squid)", "(a) b (c)", "()", "(two words)"]) {
    assertEquals(parseStat(`42 ${name} ${rest}\n`), { pid: 42, parent: 7, ticks: 124 });
  }
});

Deno.test("parseStat() makes nothing of what is no line of a process", () => {
  for (const line of ["", "42", "42 (x) S 7 1 2", "42 (x) S 7 42 42 0 -1 0 1 2 3 4 a b c d 20"]) {
    assertEquals(parseStat(line), null);
  }
});

Deno.test("processTree() is a process with its children and theirs, and no others", () => {
  const of = (pid: number, parent: number) => ({ pid, parent, ticks: 1 });
  const stats = [of(5, 3), of(1, 0), of(2, 1), of(3, 1), of(4, 2), of(9, 8)];
  assertEquals(processTree(stats, 3).map(({ pid }) => pid), [3, 5]);
  assertEquals(processTree(stats, 1).map(({ pid }) => pid), [1, 2, 3, 4, 5]);
  assertEquals(processTree(stats, 77), []);
});
