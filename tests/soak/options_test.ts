import { assertEquals } from "@std/assert";
import { type Options, readOptions } from "./options.ts";

const TABLE: readonly (readonly [string, Options])[] = [
  ["", { what: { kind: "mix", minutes: 10 }, seed: 1, json: false }],
  ["--minutes 3 --json", { what: { kind: "mix", minutes: 3 }, seed: 1, json: true }],
  ["--seed 7 --minutes 4320", { what: { kind: "mix", minutes: 4320 }, seed: 7, json: false }],
  ["--slowloris", { what: { kind: "slowloris", seconds: 60 }, seed: 1, json: false }],
  ["--slowloris 5", { what: { kind: "slowloris", seconds: 5 }, seed: 1, json: false }],
  ["--slowloris --json", { what: { kind: "slowloris", seconds: 60 }, seed: 1, json: true }],
  ["--tunnels 10000", { what: { kind: "tunnels", count: 10_000 }, seed: 1, json: false }],
];

for (const [line, options] of TABLE) {
  Deno.test(`readOptions() reads "${line}"`, () => {
    assertEquals(readOptions(line.split(" ").filter((word) => word !== "")), options);
  });
}

const FAULTS: readonly (readonly [string, string])[] = [
  ["--minutes", "--minutes takes a number from 1 to 4320"],
  ["--minutes 0", "--minutes takes a number from 1 to 4320"],
  ["--minutes 4321", "--minutes takes a number from 1 to 4320"],
  ["--minutes 1.5", "--minutes takes a number from 1 to 4320"],
  ["--slowloris 3601", "--slowloris takes a number from 1 to 3600"],
  ["--tunnels", "--tunnels takes a number from 1 to 60000"],
  ["--tunnels 60001", "--tunnels takes a number from 1 to 60000"],
  ["--seed x", "--seed takes a number from 1 to 2147483647"],
  ["--minutes 1 --tunnels 5", "--tunnels is a run of its own"],
  ["minutes", 'unknown argument "minutes"'],
];

for (const [line, fault] of FAULTS) {
  Deno.test(`readOptions() says what is wrong with "${line}"`, () => {
    assertEquals(readOptions(line.split(" ")), fault);
  });
}
