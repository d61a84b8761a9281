import { runProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";
import type { Handler } from "./web_origin.ts";

const WHEEL = "tiny-1.0.0-py3-none-any.whl";

/** Writes a wheel: a zip file with a description in it. */
const MAKE_WHEEL = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny.txt", "hello from the origin\\n")
    info = "tiny-1.0.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;

/** A package index of Python that has one package, `tiny`, with the file `tiny.txt`. */
export async function pythonIndex(scratch: Scratch): Promise<Handler> {
  const file = `${scratch.folder}/${WHEEL}`;
  const { code, stderr } = await runProgram(["python3", "-c", MAKE_WHEEL, file], scratch);
  if (code !== 0) throw new Error(`Cannot make a wheel: ${stderr}`);
  const wheel = await Deno.readFile(file);
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === `/${WHEEL}`) return new Response(wheel);
    if (pathname !== "/simple/tiny/") return new Response("", { status: 404 });
    const page = `<!DOCTYPE html><title>tiny</title><a href="/${WHEEL}">${WHEEL}</a>`;
    return new Response(page, { headers: { "content-type": "text/html" } });
  };
}
