import { assertEquals } from "@std/assert";
import { readOptions } from "./options.ts";
import { SCENARIOS } from "./scenarios.ts";

Deno.test("readOptions() measures every row, three rounds of them, when told nothing", () => {
  const options = readOptions([]);
  assertEquals(options, {
    rounds: 3,
    ms: 1000,
    warmUpMs: 400,
    json: false,
    scenarios: SCENARIOS,
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
    ms: 400,
    warmUpMs: 150,
    json: false,
    scenarios: socks,
  });
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
