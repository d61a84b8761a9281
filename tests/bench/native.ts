// The parts of the bench that are written in C, so that they cost next to nothing beside the proxy that is measured.
import { findProgram, outputOf } from "./programs.ts";

/** Their names; `native/NAME.c` is the text of each. */
export const NATIVE_PROGRAMS = ["relay", "load", "origin"] as const;
/** How they are compiled; a warning is an error. */
export const COMPILE_WORDS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"] as const;

const COMPILERS = ["cc", "gcc", "clang"];

/** Where the compiled ones are: `FOLDER/bench-NAME`. */
export interface Native {
  readonly folder: string;
  readonly version: string;
}

/** What there is in their place. */
export interface NoNative {
  readonly missing: string;
}

/** Compiles them into a folder, which is made. */
export async function compileNative(folder: string): Promise<Native | NoNative> {
  const compiler = await findCompiler();
  if (typeof compiler !== "string") return compiler;
  await Deno.mkdir(folder);
  for (const name of NATIVE_PROGRAMS) {
    const source = new URL(`native/${name}.c`, import.meta.url).pathname;
    const words = [...COMPILE_WORDS, source, "-o", `${folder}/bench-${name}`];
    const { success, stderr } = await new Deno.Command(compiler, { args: words }).output();
    if (success) continue;
    throw new Error(`Cannot compile ${name}.c: ${new TextDecoder().decode(stderr)}`);
  }
  const [version = ""] = (await outputOf(compiler, ["--version"])).split("\n");
  return { folder, version };
}

/** The path of a C compiler, or why there is no use in one. */
export async function findCompiler(): Promise<string | NoNative> {
  const without = "the C load generator and the C relay are left out, and rows that need them";
  if (Deno.build.os !== "linux") return { missing: `only on Linux: ${without}` };
  for (const name of COMPILERS) {
    const path = await findProgram(name);
    if (path !== null) return path;
  }
  return { missing: `no C compiler (on Debian: apt install gcc libc6-dev): ${without}` };
}
