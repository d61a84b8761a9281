import { assertEquals } from "@std/assert";
import { type ChainPlace, openChainBook } from "../../../src/audit/file/chain_book.ts";
import { CHAIN_START, link } from "../../../src/audit/file/chain.ts";
import { parseChainHead } from "../../../src/audit/file/chain_head.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";

/** A log of which the disk holds this, and its sidecar that. */
async function place(scratch: Scratch, held: { text: string; says: string; aside?: string }) {
  const path = await scratch.write("log", held.text);
  const side = { text: held.says };
  const file = await Deno.open(path);
  const made: ChainPlace & Disposable = {
    sidecar: {
      read: () => Promise.resolve(side.text),
      write: (line) => {
        side.text = line;
        return Promise.resolve();
      },
    },
    log: { file, info: await file.stat() },
    size: new TextEncoder().encode(held.text).length,
    aside: async () => {
      if (held.aside === undefined) return null;
      const file = await Deno.open(await scratch.write("log.1", held.aside));
      return { file, info: await file.stat() };
    },
    filesKept: 2,
    [Symbol.dispose]: () => file.close(),
  };
  return { made, head: () => parseChainHead(side.text)! };
}

/** Links, as a writer makes them. */
function chain(previous: string, ...lines: readonly string[]) {
  let last = previous;
  const links = lines.map((line) => {
    const made = link(last, line);
    last = made.value;
    return made;
  });
  return { last, text: links.map(({ text }) => `${text}\n`).join("") };
}

/** What a sidecar says. */
function says(
  lines: number,
  last: string,
  upTo = lines,
  starts: (string | null)[] = [CHAIN_START],
) {
  return JSON.stringify({ lines, last, up_to: upTo, starts });
}

/** What the next line is linked to, and what was told. */
async function next(held: { text: string; says: string; aside?: string }) {
  await using scratch = await makeScratch();
  const told: string[] = [];
  const { made, head } = await place(scratch, held);
  using place_ = made;
  const book = await openChainBook(place_, (why) => void told.push(why));
  const links = await book.announce(['{"next":1}']);
  const announced = head();
  await book.arrived(links);
  const bases = [CHAIN_START, THREE.last, TWO.last, ONE.last];
  const base = bases.find((base) => link(base, '{"next":1}').value === links[0]!.value);
  return { base, told, announced, arrived: head() };
}

const ONE = chain(CHAIN_START, '{"a":1}');
const TWO = chain(CHAIN_START, '{"a":1}', '{"a":2}');
const THREE = chain(CHAIN_START, '{"a":1}', '{"a":2}', '{"a":3}');

Deno.test("openChainBook() begins a chain, and writes down where it has got to", async () => {
  const { base, told, announced, arrived } = await next({ text: "", says: "" });
  assertEquals([base, told], [CHAIN_START, []]);
  const last = link(CHAIN_START, '{"next":1}').value;
  assertEquals(announced, { lines: 0, last: CHAIN_START, upTo: 1, starts: [CHAIN_START] });
  assertEquals(arrived, { lines: 1, last, upTo: 1, starts: [CHAIN_START] });
});

Deno.test("openChainBook() begins one behind lines that have none", async () => {
  const { base, arrived } = await next({ text: '{"a":1}\n', says: "" });
  assertEquals([base, arrived.starts], [CHAIN_START, [CHAIN_START]]);
});

Deno.test("openChainBook() goes on where the file ends", async () => {
  const { base, told } = await next({ text: TWO.text, says: says(2, TWO.last) });
  assertEquals([base, told], [TWO.last, []]);
});

Deno.test("openChainBook() goes on in a file that begins", async () => {
  const held = { text: "", says: says(2, TWO.last, 2, [TWO.last, CHAIN_START]) };
  const { base, told } = await next(held);
  assertEquals([base, told], [TWO.last, []]);
});

Deno.test("openChainBook() goes on without a sidecar, and knows less then", async () => {
  for (const says of ["", "garbled"]) {
    const { base, told, arrived } = await next({ text: TWO.text, says });
    assertEquals([base, arrived.starts, arrived.lines], [TWO.last, [null], 1]);
    assertEquals(told, ["nobody knows any more where its chain ended: it goes on from here"]);
  }
});

Deno.test("openChainBook() finds the end of a long line", async () => {
  const long = chain(CHAIN_START, `{"a":"${"x".repeat(1024 * 1024)}"}`);
  await using scratch = await makeScratch();
  const told: string[] = [];
  const { made, head } = await place(scratch, { text: long.text, says: "" });
  using place_ = made;
  const book = await openChainBook(place_, (why) => void told.push(why));
  await book.begun();
  assertEquals(head().last, long.last);
});

Deno.test("openChainBook() takes what a writer left that was ended in the midst", async () => {
  for (const [lines, last] of [[0, CHAIN_START], [1, ONE.last], [2, TWO.last]] as const) {
    const { base, told, arrived } = await next({ text: THREE.text, says: says(lines, last, 3) });
    assertEquals([base, told, arrived.lines], [THREE.last, [], 4]);
  }
});

Deno.test("openChainBook() takes a file that was put aside and is not written down", async () => {
  const held = { text: "", aside: TWO.text, says: says(2, TWO.last) };
  const { base, told, arrived } = await next(held);
  assertEquals([base, told, arrived.starts], [TWO.last, [], [TWO.last, CHAIN_START]]);
});

const CHANGED: readonly (readonly [string, { text: string; says: string; aside?: string }])[] = [
  ["lines were cut off", { text: TWO.text, says: says(3, THREE.last) }],
  ["the file was emptied", { text: "", says: says(3, THREE.last) }],
  ["the file was emptied, and one is aside", {
    text: "",
    aside: TWO.text,
    says: says(3, THREE.last),
  }],
  ["lines were added", { text: `${THREE.text}{"a":4}\n`, says: says(3, THREE.last) }],
];

for (const [what, held] of CHANGED) {
  Deno.test(`openChainBook() keeps to what the sidecar says where ${what}`, async () => {
    const { base, told } = await next(held);
    assertEquals(base, THREE.last);
    assertEquals(told, ["it does not end where its chain does: somebody has changed it"]);
  });
}

Deno.test("openChainBook() does not take more lines than were announced", async () => {
  const { base, told } = await next({ text: THREE.text, says: says(1, ONE.last, 2) });
  assertEquals([base, told.length], [ONE.last, 1]);
});

Deno.test("begun() keeps what stands before each file that is kept", async () => {
  await using scratch = await makeScratch();
  const held = { text: TWO.text, says: says(2, TWO.last, 2, [ONE.last, CHAIN_START, null]) };
  const { made, head } = await place(scratch, held);
  using place_ = made;
  const book = await openChainBook(place_, () => {});
  await book.begun();
  assertEquals(head().starts, [TWO.last, ONE.last, CHAIN_START]);
});
