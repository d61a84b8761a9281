import type { Scratch } from "../support/scratch.ts";
import { startWebOrigin, type WebOrigin } from "../support/web_origin.ts";
import { sha256Of } from "./checksums.ts";
import { executableName, TARGETS } from "./targets.ts";

/** A server in the place of where releases are downloaded from. */
export interface Releases extends AsyncDisposable {
  readonly server: WebOrigin;
  /** What it answers, by path: a test may change it. */
  readonly pages: Map<string, string | Response>;
}

/** What stands in for an executable: a program that says which one it is. */
export function executable(name: string): string {
  return `#!/bin/sh\necho "${name} runs"\n`;
}

/** Starts one with these versions, the newest last. */
export async function startReleases(
  versions: readonly string[],
  scratch: Scratch,
): Promise<Releases> {
  const pages = new Map<string, string | Response>();
  for (const version of versions) {
    let sums = "";
    for (const name of TARGETS.map((target) => executableName(version, target))) {
      pages.set(`/download/v${version}/${name}`, executable(name));
      const file = await scratch.write(`server/${name}`, executable(name));
      sums += `${await sha256Of(file)}  ${name}\n`;
    }
    pages.set(`/download/v${version}/SHA256SUMS`, sums);
    pages.set("/latest/download/SHA256SUMS", sums);
  }
  const server = startWebOrigin(({ url }) => {
    const page = pages.get(new URL(url).pathname);
    if (page === undefined) return new Response(null, { status: 404 });
    return typeof page === "string" ? new Response(page) : page;
  }, { hostname: "127.0.0.1" });
  return { server, pages, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
