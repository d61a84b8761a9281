// `deno task mutate [--only TEXT]`: takes each defence of `mutations.ts` out of a copy of the program, and runs the test
// that is to notice. Says which tests did not, and fails if there are any.
import { parseArgs } from "@std/cli/parse-args";
import { type Mutation, PROMISES } from "./mutations.ts";

const USAGE = `deno task mutate [--only TEXT]

Takes each defence that docs/security.md rests on out of a copy of the program, and runs the test
that is to notice. With --only those alone whose promise, file or test has TEXT in it.
`;
const EXIT_SURVIVED = 1;
const EXIT_USAGE = 2;

/** What the tests read. */
const COPIED = ["deno.json", "deno.lock", "main.ts", "docs", "src", "tests", "types", "README.md"];

/** A program without a defence may wait for ever; that it does is noticed, too. */
const TEST_MS = 300_000;

const root = new URL("../../", import.meta.url).pathname;

async function main(args: readonly string[]): Promise<number> {
  const strays: string[] = [];
  const { only, help } = parseArgs([...args], {
    string: ["only"],
    boolean: ["help"],
    unknown: (word) => {
      strays.push(word);
      return false;
    },
  });
  if (help === true || strays.length > 0) {
    print(USAGE);
    return help === true ? 0 : EXIT_USAGE;
  }
  const chosen = mutationsWith(typeof only === "string" ? only : "");
  if (chosen.length === 0) {
    print(`No defence has "${only}" in its promise, its file or its test\n`);
    return EXIT_USAGE;
  }
  const folder = await Deno.makeTempDir({ prefix: "doorward-mutate-" });
  try {
    for (const name of COPIED) await copy(`${root}${name}`, `${folder}/${name}`);
    return await runAll(chosen, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function mutationsWith(words: string): readonly Mutation[] {
  return PROMISES.flatMap(({ promise, mutations }) =>
    mutations.filter(({ file, test }) => [promise, file, test].some((text) => text.includes(words)))
  );
}

/** What became of a mutation. */
type Outcome =
  /** The test failed, at the one of that name. */
  | { readonly kind: "noticed"; readonly by: string }
  | { readonly kind: "survived" }
  /** The test passed, and some of it was left out: this machine lacks what it takes. */
  | { readonly kind: "left_out" };

/** One after the other: the tests measure, and some take all that a machine has. */
async function runAll(mutations: readonly Mutation[], folder: string): Promise<number> {
  const count: Record<Outcome["kind"], number> = { noticed: 0, survived: 0, left_out: 0 };
  for (const mutation of mutations) {
    const outcome = await outcomeIn(folder, mutation);
    count[outcome.kind] += 1;
    print(
      `${words(outcome)}\n  without ${
        firstLine(mutation)
      }\n  of ${mutation.file}, by ${mutation.test}\n`,
    );
  }
  const { noticed, survived, left_out } = count;
  print(`${noticed} noticed, ${survived} survived, ${left_out} not to be told on this machine\n`);
  return survived === 0 ? 0 : EXIT_SURVIVED;
}

function words(outcome: Outcome): string {
  switch (outcome.kind) {
    case "noticed":
      return `noticed: ${outcome.by}`;
    case "survived":
      return "SURVIVED";
    case "left_out":
      return "left out";
  }
}

/** Takes the defence out, runs the test, and puts it back. */
async function outcomeIn(
  folder: string,
  { file, text, replacement, test }: Mutation,
): Promise<Outcome> {
  const path = `${folder}/${file}`;
  const whole = await Deno.readTextFile(path);
  const parts = whole.split(text);
  if (parts.length !== 2) throw new Error(`${file} has this ${parts.length - 1} times: ${text}`);
  await Deno.writeTextFile(path, parts.join(replacement));
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", "--quiet", "--no-check", "--fail-fast", test],
      cwd: folder,
      env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
      signal: AbortSignal.timeout(TEST_MS),
      stdout: "piped",
      stderr: "piped",
    }).output();
    return outcomeOf(success, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr));
  } finally {
    await Deno.writeTextFile(path, whole);
  }
}

function outcomeOf(isPassed: boolean, stdout: string, stderr: string): Outcome {
  if (isPassed) return { kind: / [1-9]\d* ignored/.test(stdout) ? "left_out" : "survived" };
  if (!/ passed \| /.test(stdout)) {
    // What cannot be run at all proves nothing.
    if (/SyntaxError|error: Module/.test(stdout + stderr)) throw new Error(stdout + stderr);
    return { kind: "noticed", by: "it did not end in time" };
  }
  const by = /^(.+) => .+\n/m.exec(stdout)?.[1] ?? /^(.+) \.\.\. FAILED/m.exec(stdout)?.[1];
  return { kind: "noticed", by: by ?? "something outside of every test" };
}

function firstLine({ text }: Mutation): string {
  return text.trim().split("\n", 1)[0]!;
}

async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.stat(from);
  if (!info.isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
