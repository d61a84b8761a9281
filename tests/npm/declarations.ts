// The declarations that a program sees: those that the entry reaches. The rest would be read by nobody.

const IMPORT_REGEXP = /(?:from|import\()\s*["'](\.[^"']+)["']/g;

/** The paths of the declarations that one of them reaches, with itself. `read` rejects where there is none. */
export async function reachedDeclarations(
  entry: string,
  read: (path: string) => Promise<string>,
): Promise<ReadonlySet<string>> {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const [, specifier = ""] of (await read(path)).matchAll(IMPORT_REGEXP)) {
      const target = new URL(specifier, new URL(path, "file:///")).pathname.slice(1);
      waiting.push(target.replace(/\.[jt]s$/, ".d.ts"));
    }
  }
  return reached;
}
