import type { SourceGraph } from "./source_graph.ts";

/** What of `deno.json` counts here. */
export interface DenoConfig {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly imports: Readonly<Record<string, string>>;
}

/** A `package.json`. */
export type Manifest = Readonly<Record<string, unknown>>;

/** The first Node that tells which authorities the system trusts. */
const NODE = ">=22.15";

/** What the build needs, and the package does not. */
const BUILD_DEPENDENCIES = { "@types/node": "22.20.5", typescript: "6.0.3" };

/** The `package.json` of the package. */
export function packageManifest(config: DenoConfig, { packages }: SourceGraph): Manifest {
  return {
    name: config.name,
    version: config.version,
    description: "A local network policy proxy for AI agents and other commands, as a library",
    license: config.license,
    type: "module",
    sideEffects: false,
    engines: { node: NODE },
    exports: { ".": { types: "./dist/mod.d.ts", default: "./dist/mod.js" } },
    types: "./dist/mod.d.ts",
    files: ["dist"],
    dependencies: dependencies(config, packages),
  };
}

/** The `package.json` of the folder in which it is compiled. */
export function buildManifest(config: DenoConfig, { packages }: SourceGraph): Manifest {
  return {
    private: true,
    type: "module",
    dependencies: dependencies(config, packages),
    devDependencies: BUILD_DEPENDENCIES,
  };
}

/** Each package with the version that `deno.json` names, and no other. */
function dependencies(
  { imports }: DenoConfig,
  packages: ReadonlySet<string>,
): Record<string, string> {
  const versions = [...packages].sort().map((name) => {
    const [, version] = /^npm:(?:@[^/]+\/)?[^@/]+@(\d+\.\d+\.\d+)$/.exec(imports[name] ?? "") ?? [];
    if (version === undefined) throw new Error(`deno.json names no exact version of "${name}"`);
    return [name, version];
  });
  return Object.fromEntries(versions);
}
