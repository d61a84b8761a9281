import { assert, assertEquals } from "@std/assert";
import { PROMISES } from "../attacks/mutations.ts";
import { tableBelow } from "../support/markdown.ts";

const root = new URL("../../", import.meta.url);

/** The promises of docs/security.md, and the tests that each names. */
async function promisesOfPage(): Promise<readonly (readonly [promise: string, tests: string[]])[]> {
  const page = await Deno.readTextFile(new URL("docs/security.md", root));
  return tableBelow("What it promises", page).map(([promise = "", tests = ""]) => [
    promise,
    [...tests.matchAll(/tests\/[\w/]+\.ts/g)].map(([path]) => path),
  ]);
}

Deno.test("every promise of docs/security.md names the tests that notice when a defence is taken out", async () => {
  const named = (await promisesOfPage()).map(([promise, tests]) => [promise, tests.sort()]);
  const noticed = PROMISES.map(({ promise, mutations }) => [
    promise,
    [...new Set(mutations.map(({ test }) => test))].sort(),
  ]);
  assertEquals(noticed, named);
});

Deno.test("every defence that can be taken out is there, once", async () => {
  const astray: string[] = [];
  for (const { file, text, replacement } of PROMISES.flatMap(({ mutations }) => mutations)) {
    const parts = (await Deno.readTextFile(new URL(file, root))).split(text);
    if (parts.length !== 2) astray.push(`${file} has ${parts.length - 1} times: ${text}`);
    assert(text !== replacement, text);
  }
  assertEquals(astray, []);
});

Deno.test("every attack has a promise that it is about", async () => {
  const named = (await promisesOfPage()).flatMap(([, tests]) => tests);
  const unnamed: string[] = [];
  for await (const { name } of Deno.readDir(new URL("tests/attacks/", root))) {
    const path = `tests/attacks/${name}`;
    if (name.endsWith("_test.ts") && !named.includes(path)) unnamed.push(path);
  }
  assertEquals(unnamed, []);
});
