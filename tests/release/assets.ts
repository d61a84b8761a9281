// `deno task assets --tag TAG [--out DIR]`: what a release has beside its executables.
import { parseArgs } from "@std/cli/parse-args";
import { VERSION } from "../../src/library/version.ts";
import { CHECKSUMS } from "./checksums.ts";
import { EXIT_FAILED, EXIT_USAGE, print } from "./print.ts";
import { releaseNotes } from "./release_notes.ts";
import { writeAssets } from "./write_assets.ts";

const ROOT = new URL("../../", import.meta.url);

const USAGE = `deno task assets --tag TAG [--out DIR | --check]

Writes into DIR (dist/bin unless given), where the executables of every target are: the list of
what they are made of, the formula of Homebrew, the install script, and ${CHECKSUMS} of it all.
Prints the notes of the release. TAG has to be v and the version of deno.json, and docs/changelog.md
has to have a heading for it.

  --check   look at the tag and the changelog only, and write nothing

Example: deno task assets --tag v${VERSION} --out dist > notes.md
`;

async function main(args: readonly string[]): Promise<number> {
  const strays: string[] = [];
  const { tag, out, check, help } = parseArgs(args, {
    string: ["tag", "out"],
    boolean: ["check", "help"],
    default: { out: "dist/bin" },
    unknown: (word) => {
      strays.push(word);
      return false;
    },
  });
  if (help === true) return print(USAGE, 0);
  if (strays.length > 0 || typeof tag !== "string" || typeof out !== "string" || out === "") {
    return print(USAGE, EXIT_USAGE);
  }
  try {
    if (tag !== `v${VERSION}`) {
      throw new Error(`The tag is ${tag}, and the version in deno.json ${VERSION}`);
    }
    const changelog = await Deno.readTextFile(new URL("docs/changelog.md", ROOT));
    const notes = releaseNotes(changelog, VERSION);
    if (check !== true) await writeAssets(VERSION, out);
    return print(notes, 0);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return print(`Cannot make a release: ${why}\n`, EXIT_FAILED);
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
