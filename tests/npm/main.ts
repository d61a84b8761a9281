// `deno task npm [--out DIR]`: the library as a package for Node, in a folder that `npm install` and `npm pack` take.
import { parseArgs } from "@std/cli/parse-args";
import { buildPackage } from "./build_package.ts";

const USAGE = `deno task npm [--out DIR]

Builds the library as a package for Node, in DIR (dist/npm unless given), in place of what an
earlier build left there. Needs the npm registry.

Then: npm install ./dist/npm
`;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(args: readonly string[]): Promise<number> {
  const strays: string[] = [];
  const { out, help } = parseArgs(args, {
    string: ["out"],
    boolean: ["help"],
    default: { out: "dist/npm" },
    unknown: (word) => {
      strays.push(word);
      return false;
    },
  });
  if (help === true) return print(USAGE, 0);
  if (strays.length > 0 || typeof out !== "string" || out === "") return print(USAGE, EXIT_USAGE);
  try {
    const { name, version, files } = await buildPackage(out, (step) => print(`${step} …\n`, 0));
    return print(`Built ${name} ${version} in ${out}: ${files} files\n`, 0);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return print(`Cannot build the package: ${why}\n`, EXIT_FAILED);
  }
}

function print(text: string, code: number): number {
  const stream = code === 0 ? Deno.stdout : Deno.stderr;
  stream.writeSync(new TextEncoder().encode(text));
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
