// What is compiled, copied to where it has the same path and the same times for everybody: an executable tells both
// of its files, and is the same, byte for byte, only if those are.
import { tmpdir } from "node:os";
import { type Around, runDeno } from "./deno.ts";
import { idOf, type Lock } from "./lock.ts";

const ROOT = `${import.meta.dirname}/../..`;
const SOURCES = ["main.ts", "deno.json", "deno.lock", "src", "types"];
/** Every file's. Archives know no time before 1980. */
const TIME = new Date("1980-01-01T00:00:00Z");

/** A folder to compile in. Disposing of it removes it. */
export interface Stage extends AsyncDisposable {
  /** Where `main.ts` is. */
  readonly sources: string;
  /** What the compiler takes for its cache: the packages, and the base runtimes of the real one. */
  readonly denoDir: string;
  /** The real one. */
  readonly realDenoDir: string;
}

/**
 * Makes the one of this machine, with every package of npm that the compiler looks for; downloads those that are not
 * in the cache. Rejects while there is one.
 */
export async function makeStage(around: Around): Promise<Stage> {
  await runDeno(["install", "--quiet", "--frozen"], ROOT, around);
  const { denoDir: realDenoDir, npmCache } = JSON.parse(
    await runDeno(["info", "--json"], ROOT, around),
  );
  const lock: Lock = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.lock`));
  const packages = new Set(Object.keys(lock.npm).map(idOf));

  await using stack = new AsyncDisposableStack();
  const folder = `${tmpdir()}/doorward-compile`;
  // Not one that is there already: nobody else may have put something into it.
  await Deno.mkdir(folder, { mode: 0o700 }).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(`${folder} is there: wait until the other compilation is done, or remove it`);
  });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const [sources, denoDir] = [`${folder}/sources`, `${folder}/deno`];
  for (const name of SOURCES) await copy(`${ROOT}/${name}`, `${sources}/${name}`);
  for await (const { name: registry } of Deno.readDir(npmCache)) {
    for (const id of packages) {
      const place = `${registry}/${id.replace(/@(?=[^@]*$)/, "/")}`;
      await copy(`${npmCache}/${place}`, `${denoDir}/npm/${place}`);
    }
  }
  await Deno.mkdir(`${realDenoDir}/dl`, { recursive: true });
  await Deno.symlink(`${realDenoDir}/dl`, `${denoDir}/dl`, { type: "junction" });
  const owned = stack.move();
  return { sources, denoDir, realDenoDir, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Copies a file, or a folder with all that is in it. What is not there is left out. */
async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.stat(from).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (info === null) return;
  if (info.isDirectory) {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
    return;
  }
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(from, to);
  await Deno.utime(to, TIME, TIME);
}
