import { assertEquals, assertMatch } from "@std/assert";
import { memoryKb } from "./resident.ts";
import { isStudied, STUDIES } from "./studies.ts";
import { goalTable, studyTables } from "./study_tables.ts";
import { CONTENDERS } from "./contenders.ts";

Deno.test("studyTables() has a table for each study that something came of", () => {
  const times = { acceptsMs: 20.4, respondsMs: 20.9, idleMb: 28 };
  const alone = { of: "squid", ...times, doorward: null } as const;
  const ratios = { accepts: 5, responds: 5.125, idleMb: 2.5 };
  const start = { of: "squid", ...times, doorward: ratios } as const;
  const bare = { of: "node -e 0", ...times, respondsMs: null, doorward: null } as const;
  const memory = { idleMb: 1, heldMb: 101, afterMb: 11, eachKb: 10, returned: 0.9 };
  const held = { contender: "relay", wanted: 10_000, held: 9900, ...memory } as const;
  assertEquals(studyTables({ starts: [], tunnels: [] }), "");
  const shown = studyTables({ starts: [start, bare], tunnels: [] });
  assertMatch(shown, /\| squid +\| +20\.4 \| +20\.9 \| +28\.0 \|\n/);
  assertMatch(shown, /\| node -e 0 +\| +20\.4 \| +— \| +28\.0 \|\n/);
  assertMatch(shown, /\| squid +\| +5\.00 \| +5\.13 \| +2\.50 \|\n$/);
  const own = { ...start, of: "rules-10" } as const;
  for (const uncompared of [alone, own]) {
    assertEquals(studyTables({ starts: [uncompared], tunnels: [] }).includes("Doorward"), false);
  }
  assertMatch(
    studyTables({ starts: [], tunnels: [held] }),
    /^## Idle tunnels[^]*\| relay \| 9900 of 10000 \| +1\.0 \| +101 \| +11\.0 \| +10\.0 \| +0\.90 \|\n$/,
  );
});

Deno.test("goalTable() says of each goal whether it is met, and of all how many", () => {
  const met = { what: "fast", wanted: "at least 1", got: 1.25, isMet: true };
  const missed = { what: "small", wanted: "at most 20", got: 153.4, isMet: false };
  assertEquals(goalTable([]), "");
  const lines = goalTable([met, missed]).trimEnd().split("\n");
  assertEquals(lines.slice(4), [
    "| fast  | at least 1 | met     | 1.25 |",
    "| small | at most 20 | missed  |  153 |",
    "",
    "1 of 2 are met.",
  ]);
});

Deno.test("isStudied() is asked of who can be: tunnels are opened where there are any", () => {
  const out = STUDIES.map((study) => CONTENDERS.filter((name) => !isStudied(name, study)));
  assertEquals(out[0], ["direct", "no-audit", "two-workers"]);
  assertEquals(out[1]?.slice(0, 2), ["direct", "haproxy"]);
});

Deno.test("memoryKb() reads one value of smaps_rollup", () => {
  const text =
    "00400000-7fff [rollup]\nRss:               67340 kB\nPss:      61 kB\nPss_Dirty: 5 kB\n";
  assertEquals([memoryKb(text, "Rss"), memoryKb(text, "Pss"), memoryKb("", "Rss")], [67340, 61, 0]);
});
