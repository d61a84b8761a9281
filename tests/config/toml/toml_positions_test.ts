import { assertEquals } from "@std/assert";
import { parse } from "smol-toml";
import { lineCounter, type Spot, tomlPositions } from "../../../src/config/toml/toml_positions.ts";

/** Every key and element as `path line:column`, the place being that of the value or of the key. */
function places(source: string, of: "offset" | "keyOffset" = "offset"): string[] {
  parse(source); // a fault in the test otherwise
  const lineColumn = lineCounter(source);
  const found: string[] = [];
  const walk = (spot: Spot, path: string): void => {
    const members = [
      ...[...spot.entries].map(([name, held]) => [`${path}.${name}`, held] as const),
      ...spot.items.map((held, index) => [`${path}[${index}]`, held] as const),
    ];
    for (const [name, held] of members) {
      const { line, column } = lineColumn(held[of]);
      found.push(`${name.replace(/^\./, "")} ${line}:${column}`);
      walk(held, name);
    }
  };
  walk(tomlPositions(source), "");
  return found;
}

const DOCUMENTS: readonly (readonly [string, string, readonly string[]])[] = [
  ["a plain key", "a = 1", ["a 1:5"]],
  ["blanks and a comment", "# c\n\n  a\t=\t1 # a = 2\n", ["a 3:7"]],
  ["CR LF", "\r\na = 1\r\n# c\r\nb = 2\r\n", ["a 2:5", "b 4:5"]],
  ["UTF-16 units", 'a = ["😀", "é", 1]', ["a 1:5", "a[0] 1:6", "a[1] 1:12", "a[2] 1:17"]],
  ["a dotted key", "a.b . c = 1", ["a 1:1", "a.b 1:3", "a.b.c 1:11"]],
  ["two dotted keys", "a.b = 1\na.c = 2", ["a 1:1", "a.b 1:7", "a.c 2:7"]],
  ["quoted keys", `"a b" = 1\n'c"d' = 2\n"" = 3`, ["a b 1:9", 'c"d 2:9', " 3:6"]],
  ["an escaped key", '"\\u0061\\"" = 1', ['a" 1:14']],
  ["a key with a dot inside quotes", 'a."b.c" = 1', ["a 1:1", "a.b.c 1:11"]],
  ["a table", "[a]\nb = 1", ["a 1:2", "a.b 2:5"]],
  ["a table inside", "[ a . b ]\nc = 1", ["a 1:3", "a.b 1:7", "a.b.c 2:5"]],
  ["a table above, later", "[a.b]\nc = 1\n[a]\nd = 2", [
    "a 1:2",
    "a.b 1:4",
    "a.b.c 2:5",
    "a.d 4:5",
  ]],
  ["tables in a list", "[[a]]\nb = 1\n[[a]]\nb = 2", [
    "a 1:3",
    "a[0] 1:3",
    "a[0].b 2:5",
    "a[1] 3:3",
    "a[1].b 4:5",
  ]],
  ["a table in the last of a list", "[[a]]\n[[a]]\n[a.b]\nc = 1\n[[a.d]]\n", [
    "a 1:3",
    "a[0] 1:3",
    "a[1] 2:3",
    "a[1].b 3:4",
    "a[1].b.c 4:5",
    "a[1].d 5:5",
    "a[1].d[0] 5:5",
  ]],
  ["an inline table", "a = { b = 1, c.d = [ 2 ] }", [
    "a 1:5",
    "a.b 1:11",
    "a.c 1:14",
    "a.c.d 1:20",
    "a.c.d[0] 1:22",
  ]],
  ["an inline table over lines", "a = {\n  b = 1, # c = 2 }\n  d = 3,\n}\ne = 4", [
    "a 1:5",
    "a.b 2:7",
    "a.d 3:7",
    "e 5:5",
  ]],
  ["empty containers", "a = []\nb = {}\nc = [ # ]\n]\nd = 1", ["a 1:5", "b 2:5", "c 3:5", "d 5:5"]],
  ["a list over lines", 'a = [ # one\n  1,\n\n  # [ , "\n  [2, 3 ], ]\nb = 4', [
    "a 1:5",
    "a[0] 2:3",
    "a[1] 5:3",
    "a[1][0] 5:4",
    "a[1][1] 5:7",
    "b 6:5",
  ]],
  ["text with everything in it", 'a = "# = [ \\" \' \\\\"\nb = 1', ["a 1:5", "b 2:5"]],
  ["literal text", "a = '# \" \\'\nb = 1", ["a 1:5", "b 2:5"]],
  ["long text", 'a = """\n"x" \\""" = [\n"""\nb = 1', ["a 1:5", "b 4:5"]],
  ["long text that ends in quotes", 'a = """x"""""\nb = """""" # "\nc = """"x"""\nd = 1', [
    "a 1:5",
    "b 2:5",
    "c 3:5",
    "d 4:5",
  ]],
  ["long literal text", "a = '''\n\\'' \"\n'''''\nb = 1", ["a 1:5", "b 4:5"]],
  ["empty texts", `a = ["", '', """""", '''''', 1]`, [
    "a 1:5",
    "a[0] 1:6",
    "a[1] 1:10",
    "a[2] 1:14",
    "a[3] 1:22",
    "a[4] 1:30",
  ]],
  [
    "dates, one with a blank",
    "a = [1979-05-27 07:32:00Z, 1979-05-27 , 07:32:00,-1.5e+3]\nb = 2020-01-01 # x",
    [
      "a 1:5",
      "a[0] 1:6",
      "a[1] 1:28",
      "a[2] 1:41",
      "a[3] 1:50",
      "b 2:5",
    ],
  ],
  ["keys that look like values", "1.2 = 3\ntrue = 4\n1979-05-27 = 5", [
    "1 1:1",
    "1.2 1:7",
    "true 2:8",
    "1979-05-27 3:14",
  ]],
  ["names that objects have", '__proto__ = 1\n[constructor]\n"toString" = 2', [
    "__proto__ 1:13",
    "constructor 2:2",
    "constructor.toString 3:14",
  ]],
];

for (const [what, source, expected] of DOCUMENTS) {
  Deno.test(`tomlPositions() finds the values of ${what}`, () => {
    assertEquals(places(source), expected);
  });
}

Deno.test("tomlPositions() finds the keys", () => {
  assertEquals(places('[t]\n  a."b" = 1\n c = { d = [2] }', "keyOffset"), [
    "t 1:2",
    "t.a 2:3",
    "t.a.b 2:5",
    "t.c 3:2",
    "t.c.d 3:8",
    "t.c.d[0] 3:13",
  ]);
});

Deno.test("tomlPositions() keeps its feet on a megabyte of one thing", () => {
  const documents = [
    `a = "${"\\n".repeat(500_000)}"`,
    `a = """${'x\\""\n'.repeat(200_000)}"""`,
    `a = '''${"''\n".repeat(300_000)}'''`,
    "#x\n".repeat(330_000) + "a = 1",
    "a = [" + "1, ".repeat(100_000) + "]",
  ];
  for (const document of documents) {
    const spot = tomlPositions(`${document}\nb = 7`).entries.get("b")!;
    assertEquals(`${document}\nb = 7`.slice(spot.keyOffset), "b = 7");
  }
});

Deno.test("tomlPositions() ends on text that is not TOML", () => {
  const junk = [
    "[",
    "[[a",
    "]",
    "a",
    "a =",
    "a = [",
    "a = {",
    "a = [1",
    "=",
    '"',
    "a = [}",
    "a.=1",
    "é",
  ];
  for (const text of junk) tomlPositions(text);
});

Deno.test("lineCounter() counts from one, in UTF-16 units", () => {
  const lineColumn = lineCounter("ab\n\r\n😀c");
  const expected = [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [3, 1], [3, 2], [3, 3], [3, 4]];
  assertEquals(expected.map((_, offset) => Object.values(lineColumn(offset))), expected);
});

/** A seeded source of numbers below `n` (mulberry32). */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const SCALARS = [
  "1",
  "0x1F",
  "true",
  '"a # b"',
  '"\\"\\\\"',
  "'c\\'",
  '"""\n"d" ]"""',
  "'''e''\n'''''",
  "1979-05-27 07:32:00",
  '""',
];
const BLANKS = ["", " ", "\t", "  "];
const VOIDS = ["", " ", "\n", " # c ] }\n", "\r\n\t", "\n\n"];

Deno.test("tomlPositions() agrees with a writer that knows where it writes (seed 1)", () => {
  const pick = random(1);
  const from = (texts: readonly string[]): string => texts[pick(texts.length)]!;
  for (let round = 0; round < 300; round++) {
    let text = "";
    const expected = new Map<string, number>();
    const write = (value: string): void => {
      text += value;
    };
    const value = (path: string, depth: number): void => {
      expected.set(path, text.length);
      const kind = depth > 2 ? 0 : pick(4);
      if (kind < 2) return write(from(SCALARS));
      write(kind === 2 ? "[" : "{");
      const count = pick(4);
      for (let index = 0; index < count; index++) {
        if (index > 0) write(from(VOIDS) + ",");
        write(from(VOIDS));
        if (kind === 3) write(`"k ${index}"${from(BLANKS)}=${from(BLANKS)}`);
        value(kind === 2 ? `${path}[${index}]` : `${path}.k ${index}`, depth + 1);
      }
      write(from(VOIDS) + (kind === 2 ? "]" : "}"));
    };
    for (let line = 0; line < 5; line++) {
      if (pick(3) === 0) write(`[t${line}]${from(BLANKS)}# [x]\nz = 1\n`);
      write(`${from(BLANKS)}k${line}${from(BLANKS)}=${from(BLANKS)}`);
      value(`k${line}`, 0);
      write(`${from(BLANKS)}\n`);
    }
    parse(text);
    const found = new Map<string, number>();
    const walk = (spot: Spot, path: string): void => {
      found.set(path, spot.offset);
      for (const [name, held] of spot.entries) walk(held, `${path}.${name}`);
      spot.items.forEach((held, index) => walk(held, `${path}[${index}]`));
    };
    for (const [name, held] of tomlPositions(text).entries) {
      if (name.startsWith("k")) walk(held, name);
      else for (const [inner, below] of held.entries) if (inner !== "z") walk(below, inner);
    }
    assertEquals(found, expected, text);
  }
});

Deno.test("tomlPositions() knows where each value ends", () => {
  const source = `a = "x" # c\nb = [ 'y' , [1] ]\nc = { d = 1.5 }\ne = 1979-05-27 07:32:00Z # f\n`;
  const ends: string[] = [];
  const walk = (spot: Spot): void => {
    for (const held of [...spot.entries.values(), ...spot.items]) {
      ends.push(source.slice(held.offset, held.end));
      walk(held);
    }
  };
  walk(tomlPositions(source));
  assertEquals(ends, [
    '"x"',
    "[ 'y' , [1] ]",
    "'y'",
    "[1]",
    "1",
    "{ d = 1.5 }",
    "1.5",
    "1979-05-27 07:32:00Z",
  ]);
});

Deno.test("tomlPositions() knows where the assignments under a header end", () => {
  const source = "r.s = 1 # c\n[a] # c\n[a.b]\nc = [\n1 ]\n# c\n[[d]]\n[[d]]\ne = 1";
  const { bodyEnd, entries } = tomlPositions(source);
  const a = entries.get("a")!;
  const ends = [bodyEnd, a.bodyEnd, a.entries.get("b")!.bodyEnd];
  const elements = entries.get("d")!.items.map((item) => item.bodyEnd);
  assertEquals([...ends, ...elements].map((end) => source.slice(0, end!).split("\n").at(-1)), [
    "r.s = 1",
    "[a]",
    "1 ]",
    "[[d]]",
    "e = 1",
  ]);
  assertEquals([entries.get("r")!.bodyEnd, entries.get("d")!.bodyEnd], [null, null]);
});
