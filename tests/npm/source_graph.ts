// Which files the package is made of: those that its entry reaches.

const IMPORT_REGEXP =
  /^(?:import|export)\s[^"']*?from\s+["']([^"']+)["']|^import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

/** What an entry reaches. */
export interface SourceGraph {
  /** The texts of files, by their paths from the root: `src/net/ip.ts`. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages of npm, as they are imported: `hono`. */
  readonly packages: ReadonlySet<string>;
}

/** Follows the imports of files, those of types and those that are loaded late too. */
export async function sourceGraph(
  entries: readonly string[],
  read: (path: string) => Promise<string>,
): Promise<SourceGraph> {
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = await read(path);
    files.set(path, text);
    for (const [, from, bare, late] of text.matchAll(IMPORT_REGEXP)) {
      const specifier = from ?? bare ?? late ?? "";
      if (specifier.startsWith(".")) {
        waiting.push(new URL(specifier, new URL(path, "file:///")).pathname.slice(1));
      } else if (!specifier.startsWith("node:")) {
        packages.add(specifier);
      }
    }
  }
  return { files, packages };
}
