import { assert, assertEquals, assertMatch } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { BROKEN_FILES, BROKEN_FLAGS } from "./broken.ts";

/** One line that moves no cursor and reorders nothing. */
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u;

const SOURCE = { allow: [], deny: [], env: { TOKEN: "t" } };

/** What is wrong with a file of this text. The file of every fault is that one. */
async function faultsOfFile(text: string): Promise<string[]> {
  const homeFile = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(homeFile, text);
    return await faultsOf({ ...SOURCE, homeFile, overrides: [] }, homeFile);
  } finally {
    await Deno.remove(homeFile);
  }
}

async function faultsOf(
  source: Parameters<typeof loadConfig>[0],
  file: string,
): Promise<string[]> {
  const error = await loadConfig(source).then(() => null, (error: unknown) => error);
  assert(error instanceof ConfigError, String(error));
  return error.faults.map(({ origin, message }) => {
    assertEquals(origin.file, file);
    assertMatch(message, PRINTABLE);
    return origin.line === null ? message : `${origin.line}:${origin.column} ${message}`;
  });
}

function assertTold(actual: readonly string[], expected: readonly string[]): void {
  const cut = actual.map((fault, at) => {
    const wanted = expected[at] ?? "";
    return wanted.endsWith("…") ? `${fault.slice(0, wanted.length - 1)}…` : fault;
  });
  assertEquals(cut, expected);
}

for (const { what, head, rows } of BROKEN_FILES) {
  for (const [text, ...expected] of rows) {
    Deno.test(`loadConfig() refuses ${what}: ${JSON.stringify(text).slice(0, 120)}`, async () => {
      assertTold(await faultsOfFile(head + text), expected);
    });
  }
}

for (const [overrides, ...expected] of BROKEN_FLAGS) {
  Deno.test(`loadConfig() refuses -c ${JSON.stringify(overrides).slice(0, 120)}`, async () => {
    assertTold(await faultsOf({ ...SOURCE, overrides }, "-c"), expected);
  });
}

Deno.test("loadConfig() shows no secret in the place of a name", () => {
  const told = [
    ...BROKEN_FILES.flatMap(({ rows }) => rows.flatMap(([, ...faults]) => faults)),
    ...BROKEN_FLAGS.flatMap(([, ...faults]) => faults),
  ];
  assert(told.length > 400);
  assertEquals(told.filter((fault) => /s3cret|me:|:secret/.test(fault)), []);
});
