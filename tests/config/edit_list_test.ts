import { assert, assertEquals } from "@std/assert";
import {
  addToList,
  type BadEdit,
  type DomainList,
  removeFromList,
} from "../../src/config/edit_list.ts";
import { parse } from "smol-toml";
import { type Random, seededRandom } from "../support/random.ts";

/** The text, or why there is none. */
function said(edit: string | BadEdit): string {
  return typeof edit === "string" ? edit : `bad: ${edit.why}`;
}

/** A file, and what it is once `a.test` is allowed. */
const ADDED: readonly (readonly [string, string])[] = [
  [
    "[network]\nallowed_domains = ['x.test'] # c\n",
    "[network]\nallowed_domains = ['x.test', \"a.test\"] # c\n",
  ],
  [
    "[network]\r\nmode = 'full' # c\r\n\r\n# end\r\n",
    "[network]\r\nmode = 'full' # c\r\nallowed_domains = [\"a.test\"]\r\n\r\n# end\r\n",
  ],
  ["network.ask = true\n", 'network.ask = true\nnetwork.allowed_domains = ["a.test"]\n'],
  ["network.allowed_domains = []\n", 'network.allowed_domains = ["a.test"]\n'],
  [
    "[network.limits]\nconnections = 1\n",
    '[network.limits]\nconnections = 1\n\n[network]\nallowed_domains = ["a.test"]\n',
  ],
  [
    "network = { allowed_domains = [] } # c",
    'network = { allowed_domains = ["a.test"] } # c',
  ],
  [
    "[network_proxy]\nenabled = true\n[network_proxy.policy]\nallowed_domains = [\n]\n",
    "[network_proxy]\nenabled = true\n[network_proxy.policy]\n" +
    'allowed_domains = [\n  "a.test",\n]\n',
  ],
  [
    "[network_proxy]\nenabled = true\n",
    '[network_proxy]\nenabled = true\n\n[network_proxy.policy]\nallowed_domains = ["a.test"]\n',
  ],
  [
    "['network']\n'allowed_domains' = []\n",
    "['network']\n'allowed_domains' = [\"a.test\"]\n",
  ],
  ["# c", '# c\n\n[network]\nenabled = true\nallowed_domains = ["a.test"]\n'],
  ["", '[network]\nenabled = true\nallowed_domains = ["a.test"]\n'],
  [
    "[[other]]\nx = 1\n",
    '[[other]]\nx = 1\n\n[network]\nenabled = true\nallowed_domains = ["a.test"]\n',
  ],
  ["[network]\nallowed_domains = ['a.test']\n", "[network]\nallowed_domains = ['a.test']\n"],
];

for (const [before, after] of ADDED) {
  Deno.test(`addToList() edits ${JSON.stringify(before)}`, () => {
    assertEquals(said(addToList(before, "allowed_domains", "a.test")), after);
  });
}

Deno.test("addToList() keeps asking where the built-in policy did", () => {
  const text = addToList("model = 'x'\n", "denied_domains", "a.test", { ask: true });
  assertEquals(
    text,
    "model = 'x'\n\n[network]\nenabled = true\nask = true\ndenied_domains = [\"a.test\"]\n",
  );
});

Deno.test("addToList() refuses what is no pattern", () => {
  const why = 'bad host pattern "a b": it has a space';
  assertEquals(said(addToList("", "allowed_domains", "a b")).split(";")[0], `bad: ${why}`);
});

/** Files that cannot be edited. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["[network]\nmode = full\n", 'line 2 is not TOML: invalid value; write "full"'],
  [
    "[network]\n[network_proxy]\n",
    "both [network] and [network_proxy] are written: move all keys to [network]",
  ],
  [
    "[network_proxy]\npolicy.denied_domains = []\n",
    "the file is written in a way that cannot be edited: edit it by hand",
  ],
  ["network = 1\n", '"network" is not a table'],
  [
    "[network.domains]\n'x.test' = 'allow'\n",
    'its hosts are in the map "domains": write the rule there',
  ],
  ["[[network]]\n", '"network" is not a table'],
  ["network_proxy = 1\n", '"network_proxy" is not a table'],
  ["network_proxy.policy = 1\n", '"network_proxy.policy" is not a table'],
  [
    "[network]\nallowed_domains = 'x'\n",
    '"allowed_domains" is not a list in brackets: write allowed_domains = ["example.com"]',
  ],
  [
    "[[network.allowed_domains]]\nx = 1\n",
    '"allowed_domains" is not a list in brackets: write allowed_domains = ["example.com"]',
  ],
  [
    "network = { enabled = true }\n",
    '"network" is an inline table: write [network], a key on each line',
  ],
  [
    "network_proxy = { policy = {} }\n",
    '"network_proxy" is an inline table: write [network_proxy.policy], a key on each line',
  ],
  [
    "network = { limits.connections = 1 }",
    '"network" is an inline table: write [network], a key on each line',
  ],
];

for (const [text, why] of REFUSED) {
  Deno.test(`addToList() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(addToList(text, "allowed_domains", "a.test"), { kind: "bad", why });
  });
}

Deno.test("removeFromList() removes an entry as often as it is there", () => {
  const text = "[network]\ndenied_domains = ['a', 'b', \"a\"] # c\n";
  assertEquals(
    removeFromList(text, "denied_domains", "a"),
    "[network]\ndenied_domains = ['b'] # c\n",
  );
});

Deno.test("removeFromList() says when there is no such entry", () => {
  const bad = { kind: "bad", why: '"a.test" is not in "allowed_domains"' } as const;
  for (
    const text of [
      "",
      "[network]\nallowed_domains = ['A.test', 1, []]\ndenied_domains = ['a.test']",
    ]
  ) {
    assertEquals(removeFromList(text, "allowed_domains", "a.test"), bad);
  }
  assertEquals(
    said(removeFromList("network = 1", "allowed_domains", "x")),
    'bad: "network" is not a table',
  );
});

/** Entries with everything in them that a text of TOML may hold. */
const ENTRIES = ["a.test", "*.b.test", "c.test:443 over https_connect", "10.0.0.0/8", "[::1]:80"];
const ODD = ["", "# no comment", "],\n[", "é😀", '"', "\\", "a.test", "'"];

/** How a text of TOML is written. */
function anySpelling(random: Random, text: string): string {
  const spellings = [JSON.stringify(text), `"""${JSON.stringify(text).slice(1, -1)}"""`];
  const isLiteral = !/['\n]/.test(text);
  return random.pick(isLiteral ? [...spellings, `'${text}'`] : spellings);
}

function anyGap(random: Random, end: string): string {
  return random.pick([
    "",
    " ",
    "  ",
    "\t",
    end,
    `${end}  `,
    ` # c, "]" ${end}    `,
    `${end}${end}`,
  ]);
}

function anyList(random: Random, end: string): string {
  const items = Array.from({ length: random.below(5) }, () => random.pick([...ENTRIES, ...ODD]));
  let text = "[" + anyGap(random, end);
  items.forEach((item, index) => {
    text += anySpelling(random, item) + anyGap(random, end);
    const isLast = index === items.length - 1;
    if (!isLast || random.below(2) === 0) text += "," + anyGap(random, end);
  });
  return text + "]";
}

/** A document that holds the lists in one of the ways there are, or not. */
function anyDocument(random: Random): string {
  const end = random.pick(["\n", "\r\n"]);
  const [header, prefix] = random.pick(
    [["[network]", ""], ["[ 'network' ] # c", "  "], ["# c", "network."], [
      "[network_proxy.policy]",
      "\t",
    ]] as const,
  );
  const lines = [
    `mode = "full" # c`,
    "limits.connections = 1",
    "ask = true",
    `allowed_domains = ${anyList(random, end)} # allowed`,
    `denied_domains=${anyList(random, end)}`,
    `proxy_url = """x${end}]"""`,
  ].filter(() => random.below(4) > 0);
  const before = random.pick(["", `# head${end}`, `x.y = 1${end}${end}`]);
  const behind = random.pick(["", end, `[other]${end}z = [1, 2]`, `[[other]]${end}# tail${end}`]);
  const body = lines.map((line) => prefix + line + random.pick(["", " # why"]) + end).join("");
  const gap = random.pick(["", end, `# between${end}`]);
  return `${before}${header}${end}${gap}${body}${behind}`;
}

/** The two lists as they are read, and all else. */
function readAll(text: string): [Record<DomainList, string[]>, string] {
  const document = structuredClone(parse(text)) as Record<string, Record<string, unknown>>;
  const old = document["network_proxy"]?.["policy"] as Record<string, unknown> | undefined;
  const table = document["network"] ?? old ?? {};
  const { allowed_domains = [], denied_domains = [] } = table;
  delete table["allowed_domains"];
  delete table["denied_domains"];
  // A file without a policy gets one that is on.
  delete table["enabled"];
  if (Object.keys(table).length === 0) delete document["network"];
  const lists = { allowed_domains, denied_domains } as Record<DomainList, string[]>;
  return [lists, JSON.stringify(document)];
}

/** Every piece of text that may be a comment, in order. */
function comments(text: string): string[] {
  return [...text.matchAll(/# ?(?:c, "\]"|c|allowed|why|head|tail|between)(?= |\r?\n|$)/g)].map(
    ([comment]) => comment,
  );
}

Deno.test("addToList() adds that entry, and keeps all else (seed 31)", () => {
  const random = seededRandom(31);
  let edited = 0;
  for (let round = 0; round < 3000; round++) {
    const text = anyDocument(random);
    const [lists, rest] = readAll(text);
    const list = random.pick(["allowed_domains", "denied_domains"] as const);
    const entry = random.pick(ENTRIES);
    const added = addToList(text, list, entry);
    assert(typeof added === "string", `${JSON.stringify(text)}: ${said(added)}`);
    const isNew = !lists[list].includes(entry);
    const expected = { ...lists, [list]: [...lists[list], ...(isNew ? [entry] : [])] };
    const [after, restAfter] = readAll(added);
    assertEquals(after, expected, JSON.stringify(text));
    assertEquals(restAfter, rest, JSON.stringify(text));
    assertEquals(comments(added), comments(text));
    assertEquals(added.includes("\r\n"), text.includes("\r\n"));
    edited += Number(isNew);
    // The line of the last element may get a comma, or the new one; every other stays.
    const lines = new Set(added.split(/\r?\n/));
    const lost = text.split(/\r?\n/).filter((line) => !lines.has(line));
    assert(lost.length <= 1, `${JSON.stringify(text)} loses ${JSON.stringify(lost)}`);
  }
  assert(edited > 1000);
});

Deno.test("removeFromList() removes that entry, and keeps all else (seed 32)", () => {
  const random = seededRandom(32);
  let removed = 0;
  for (let round = 0; round < 3000; round++) {
    const text = anyDocument(random);
    const [lists, rest] = readAll(text);
    const list = random.pick(["allowed_domains", "denied_domains"] as const);
    const entry = random.pick([...ENTRIES, ...ODD]);
    const edit = removeFromList(text, list, entry);
    assertEquals(typeof edit === "string", lists[list].includes(entry), JSON.stringify(text));
    const after = typeof edit === "string" ? edit : text;
    const expected = { ...lists, [list]: lists[list].filter((item) => item !== entry) };
    assertEquals(readAll(after), [expected, rest], JSON.stringify(text));
    assertEquals(comments(after), comments(text), JSON.stringify([text, entry]));
    removed += Number(typeof edit === "string");
  }
  assert(removed > 300);
});

Deno.test("removeFromList() undoes addToList(), but for blanks (seed 33)", () => {
  const random = seededRandom(33);
  let undone = 0;
  for (let round = 0; round < 1000; round++) {
    const text = anyDocument(random);
    const [lists] = readAll(text);
    const list = lists.allowed_domains.length > 0 ? "allowed_domains" : "denied_domains";
    const entry = "new.test";
    const added = addToList(text, list, entry);
    assert(typeof added === "string");
    if (lists[list].length === 0) continue;
    const removed = said(removeFromList(added, list, entry));
    assertEquals(removed.replaceAll(/\s/g, ""), text.replaceAll(/\s/g, ""));
    undone += 1;
  }
  assert(undone > 300);
});
