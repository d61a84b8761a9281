// `deno task compile [--target T|--all] [--out DIR]`: executables, and their checksums.
import { parseArgs } from "@std/cli/parse-args";
import { VERSION } from "../../src/library/version.ts";
import { CHECKSUMS, writeChecksums } from "./checksums.ts";
import { compile, CompileError } from "./compile.ts";
import { EXIT_FAILED, EXIT_USAGE, print } from "./print.ts";
import { makeStage } from "./stage.ts";
import { executableName, isTarget, type Target, TARGETS } from "./targets.ts";

const USAGE = `deno task compile [--target TARGET | --all] [--out DIR]

Makes one executable with everything in it, for this system unless told otherwise, as
DIR/doorward-VERSION-TARGET, and DIR/${CHECKSUMS} of all files in DIR (dist/bin unless given).

Targets:
  ${TARGETS.join("\n  ")}

Each needs its base runtime, which is downloaded once from dl.deno.land. Without a way there, put
denort-TARGET.zip into the folder that an error names, or set DENORT_BIN to an unpacked one.

Example: deno task compile --target aarch64-apple-darwin --out dist
`;
/** As shells have it: 128 and the number of the signal. */
const EXIT_SIGINT = 130;

async function main(args: readonly string[]): Promise<number> {
  const strays: string[] = [];
  const { target, all, out, help } = parseArgs(args, {
    string: ["target", "out"],
    boolean: ["all", "help"],
    default: { out: "dist/bin" },
    unknown: (word) => {
      strays.push(word);
      return false;
    },
  });
  if (help === true) return print(USAGE, 0);
  if (strays.length > 0) return usage(`${strays[0]} means nothing here`);
  if (typeof out !== "string" || out === "") return usage("--out needs a folder");
  if (all === true && target !== undefined) return usage("--all and --target exclude each other");
  if (all === true && Deno.env.get("DENORT_BIN") !== undefined) {
    return usage("DENORT_BIN is the base runtime of one target: name it with --target");
  }
  const word = target ?? Deno.build.target;
  if (typeof word !== "string" || !isTarget(word)) {
    return usage(`${word} is no target; they are ${TARGETS.join(", ")}`);
  }
  return await compileAll(all === true ? TARGETS : [word], out);
}

async function compileAll(targets: readonly Target[], out: string): Promise<number> {
  const interruption = new AbortController();
  const { signal } = interruption;
  // What has been copied is removed before the end.
  const interrupt = () => interruption.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    const around = { env: Deno.env.toObject(), signal };
    await using stage = await makeStage(around);
    for (const [at, target] of targets.entries()) {
      const count = targets.length === 1 ? "" : ` (${at + 1} of ${targets.length})`;
      print(`Compiling for ${target}${count} …\n`, 0);
      const file = `${out}/${executableName(VERSION, target)}`;
      await compile(target, file, stage, around);
      const { size } = await Deno.stat(file);
      print(`  ${file}: ${Math.round(size / 1_000_000)} MB\n`, 0);
    }
    await writeChecksums(out);
    return print(`  ${out}/${CHECKSUMS}\n`, 0);
  } catch (error) {
    if (signal.aborted) {
      return print("Interrupted: nothing is left of what was not done\n", EXIT_SIGINT);
    }
    const why = error instanceof Error ? error.message : String(error);
    return print(`${error instanceof CompileError ? "" : "Cannot compile: "}${why}\n`, EXIT_FAILED);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

function usage(fault: string): number {
  return print(`Cannot compile: ${fault}\nSee deno task compile --help\n`, EXIT_USAGE);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
