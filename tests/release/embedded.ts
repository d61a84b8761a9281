// What `deno compile` put into an executable, read back out of it: for the tests.
import { Buffer } from "node:buffer";

/** What is baked into an executable. */
export interface Embedded {
  /** What the runtime is told: permissions, features, the environment at compile time. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The files, by their paths in the executable: `src/mod.ts`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * ```text
 * "d3n0l4nd"
 * u64  length of the metadata   JSON
 * u64  length of the packages   of npm
 *      remote modules           12 zero bytes: none
 * u64  length of the folders    JSON
 * u64  length of the contents   bytes
 * ```
 */
const START = "d3n0l4nd";
const METADATA_START = '{"argv":';
/** As `deno compile` writes that there are no remote modules. */
const NO_REMOTE_MODULES = "00".repeat(12);

/** A folder or a file, as `deno compile` lists them. */
type Entry =
  | { readonly Dir: { readonly n: string; readonly e: readonly Entry[] } }
  | { readonly File: { readonly n: string; readonly o: readonly [number, number] } };

/** Reads what is baked into an executable. Throws when there is nothing. */
export async function embeddedIn(file: string): Promise<Embedded> {
  const bytes = Buffer.from((await Deno.readFile(file)).buffer);
  const json = bytes.lastIndexOf(METADATA_START);
  const start = json - 8 - START.length;
  if (json < 0 || bytes.toString("latin1", start, start + START.length) !== START) {
    throw new Error(`Cannot find anything embedded in ${file}`);
  }
  let at = start + START.length;
  const section = (): Buffer => {
    const length = Number(bytes.readBigUInt64LE(at));
    at += 8 + length;
    return bytes.subarray(at - length, at);
  };
  const metadata = JSON.parse(section().toString());
  section();
  const remote = bytes.toString("hex", at, at + 12);
  if (remote !== NO_REMOTE_MODULES) throw new Error(`Remote modules are embedded in ${file}`);
  at += 12;
  const folders: Entry[] = JSON.parse(section().toString());
  const contents = section();
  return { metadata, files: new Map(filesOf(folders, "", contents)) };
}

function* filesOf(
  entries: readonly Entry[],
  folder: string,
  contents: Uint8Array,
): Generator<[string, Uint8Array]> {
  for (const entry of entries) {
    if ("Dir" in entry) yield* filesOf(entry.Dir.e, `${folder}${entry.Dir.n}/`, contents);
    else if ("File" in entry) {
      const { n, o: [offset, length] } = entry.File;
      yield [`${folder}${n}`, contents.subarray(offset, offset + length)];
    }
  }
}
