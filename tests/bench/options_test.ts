import { assertEquals } from "@std/assert";
import { readOptions } from "./options.ts";
import { SCENARIOS } from "./scenarios.ts";
import { STUDIES } from "./studies.ts";

Deno.test("readOptions() measures every row, three rounds of them, when told nothing", () => {
  const options = readOptions([]);
  assertEquals(options, {
    rounds: 3,
    ms: 700,
    warmUpMs: 300,
    starts: 5,
    idleMs: 1000,
    tunnels: [1000, 10_000],
    closedMs: 5000,
    json: false,
    scenarios: SCENARIOS,
    studies: STUDIES,
  });
});

Deno.test("readOptions() takes the rows that have the text of --only in their titles", () => {
  const options = readOptions(["--only", "socks5 UDP, 64", "--rounds", "5"]);
  assertEquals(
    typeof options === "string" ? options : options.scenarios.map(({ title }) => title),
    [
      "SOCKS5 UDP, 64 associations",
    ],
  );
  const socks = SCENARIOS.filter(({ route }) => route.startsWith("socks5"));
  assertEquals(readOptions(["--quick", "--only", "socks"]), {
    rounds: 1,
    ms: 150,
    warmUpMs: 60,
    starts: 1,
    idleMs: 200,
    tunnels: [1000],
    closedMs: 1000,
    json: false,
    scenarios: socks,
    studies: [],
  });
});

Deno.test("readOptions() takes a study by its name, and no row with it", () => {
  const options = readOptions(["--only", "Idle"]);
  assertEquals(
    typeof options === "string" ? options : [options.scenarios, options.studies],
    [[], ["idle tunnels"]],
  );
});

const FAULTS: readonly (readonly [readonly string[], string])[] = [
  [["--only"], "--only takes a part of a title"],
  [["--only", "smtp"], 'no row has "smtp" in its title'],
  [["--rounds", "0"], "--rounds takes a number from 1 to 100"],
  [["--rounds", "101"], "--rounds takes a number from 1 to 100"],
  [["--rounds"], "--rounds takes a number from 1 to 100"],
  [["socks"], 'unknown argument "socks"'],
];

for (const [args, fault] of FAULTS) {
  Deno.test(`readOptions() says what is wrong with ${JSON.stringify(args)}`, () => {
    assertEquals(readOptions(args), fault);
  });
}
