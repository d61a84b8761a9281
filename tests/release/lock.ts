// Which packages of npm an executable has in it, by the lock file.

/** What of `deno.lock` counts here. */
export interface Lock {
  /** What an import asks for, and what it gets: `npm:hono@4.13.19` and `4.13.19`. */
  readonly specifiers: Readonly<Record<string, string>>;
  /** Each package by name, version and, after `_`, the versions of its peers. */
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** A package in a lock file. */
export interface LockedPackage {
  /** The digest of its archive, as a page says what a script has to be: `sha512-` and base64. */
  readonly integrity: string;
  /** Names, with a version where the lock file has more than one. */
  readonly dependencies?: readonly string[];
}

/** A package that is embedded. */
export interface EmbeddedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** What it needs of the others: `tslib@2.9.1`. */
  readonly dependencies: readonly string[];
}

/** A name, which may have a scope, and a version. */
const ID_REGEXP = /^((?:@[^/@]+\/)?[^/@_]+(?:_[^/@]+)*)@([^_/]+)/;

/**
 * The packages that these imports reach, by name and version, each with what it needs; those that are imported
 * themselves, unless `deep`. `imports` is the map of `deno.json`. Throws for an import that the lock file does not
 * know.
 */
export function embeddedPackages(
  lock: Lock,
  imports: Readonly<Record<string, string>>,
  imported: Iterable<string>,
  { deep = true }: { readonly deep?: boolean } = {},
): readonly EmbeddedPackage[] {
  const found = new Map<string, EmbeddedPackage>();
  const waiting = [...imported].map((name) => lockedKey(lock, imports[name] ?? name));
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const id = idOf(key);
    if (found.has(id)) continue;
    const { integrity, dependencies = [] } = lock.npm[key]!;
    const needed = dependencies.map((dependency) => keyOf(lock, dependency));
    if (deep) waiting.push(...needed);
    const [, name = "", version = ""] = ID_REGEXP.exec(id) ?? [];
    found.set(id, { name, version, integrity, dependencies: needed.map(idOf).sort() });
  }
  return [...found.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, each]) => each);
}

/** The key of the lock file for what an import is mapped to: `npm:deno-std@1.4.0/assert/mod.js`. */
function lockedKey(lock: Lock, specifier: string): string {
  const [, asked = "", name = ""] = /^(npm:((?:@[^/]+\/)?[^/@]+)@[^/]+)/.exec(specifier) ?? [];
  const version = lock.specifiers[asked];
  if (version === undefined) throw new Error(`The lock file does not know "${specifier}"`);
  return keyOf(lock, `${name}@${version}`);
}

/** The key of the lock file for a package that another one names. */
function keyOf(lock: Lock, dependency: string): string {
  if (lock.npm[dependency] !== undefined) return dependency;
  const candidates = Object.keys(lock.npm).filter((key) =>
    key.startsWith(`${dependency}@`) || key.startsWith(`${dependency}_`)
  );
  const [key, ...others] = candidates;
  if (key === undefined || others.length > 0) {
    throw new Error(`The lock file does not name one package "${dependency}"`);
  }
  return key;
}

/** The name and version of a package, by its key in the lock file: without its peers. */
export function idOf(key: string): string {
  const [id] = ID_REGEXP.exec(key) ?? [];
  if (id === undefined) throw new Error(`The lock file has a package without a version: "${key}"`);
  return id;
}
