// What an executable is made of, in the JSON of CycloneDX 1.6: the runtime, and each package with its digest.
import { sourceGraph } from "../npm/source_graph.ts";
import { type EmbeddedPackage, embeddedPackages, type Lock } from "./lock.ts";

const ROOT = new URL("../../", import.meta.url);

/** What of `deno.json` counts here. */
export interface BillOf {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly imports: Readonly<Record<string, string>>;
  /** What is compiled in beside the entry. */
  readonly compile: { readonly include: readonly string[] };
}

/** Makes the bill of this project, from its sources and its lock file. */
export async function billOfThis(): Promise<string> {
  const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));
  const config: BillOf = JSON.parse(await read("deno.json"));
  const lock: Lock = JSON.parse(await read("deno.lock"));
  const { packages } = await sourceGraph(["main.ts", ...config.compile.include], read);
  const direct = embeddedPackages(lock, config.imports, packages, { deep: false });
  const all = embeddedPackages(lock, config.imports, packages);
  return `${JSON.stringify(billOfMaterials(config, all, direct, Deno.version.deno), null, 2)}\n`;
}

/**
 * The bill: the same for the same sources, so without time and number. `direct` are the packages that the program
 * itself imports.
 */
export function billOfMaterials(
  { name, version, license }: BillOf,
  packages: readonly EmbeddedPackage[],
  direct: readonly EmbeddedPackage[],
  deno: string,
): Readonly<Record<string, unknown>> {
  const own = `pkg:npm/${encodedName(name)}@${version}`;
  const runtime = `pkg:github/denoland/deno@v${deno}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        "bom-ref": own,
        type: "application",
        name,
        version,
        licenses: [{ license: { id: license } }],
        purl: own,
      },
    },
    components: [
      { "bom-ref": runtime, type: "platform", name: "deno", version: deno, purl: runtime },
      ...packages.map(componentOf),
    ],
    dependencies: [
      { ref: own, dependsOn: [runtime, ...direct.map(purlOf)] },
      ...packages.map((each) => ({
        ref: purlOf(each),
        dependsOn: packages.filter(({ name, version }) =>
          each.dependencies.includes(`${name}@${version}`)
        ).map(purlOf),
      })),
    ],
  };
}

function componentOf(each: EmbeddedPackage): Record<string, unknown> {
  const purl = purlOf(each);
  return {
    "bom-ref": purl,
    type: "library",
    name: each.name,
    version: each.version,
    hashes: [{ alg: "SHA-512", content: sha512Of(each.integrity) }],
    purl,
  };
}

/** As package URLs are written: the `@` of a scope is the one that is encoded. */
function purlOf({ name, version }: EmbeddedPackage): string {
  return `pkg:npm/${encodedName(name)}@${version}`;
}

function encodedName(name: string): string {
  return name.replace("@", "%40");
}

/** The hexadecimal digits of `sha512-` and base64. */
function sha512Of(integrity: string): string {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new Error(`The lock file has no SHA-512, but "${integrity}"`);
  return Uint8Array.fromBase64(base64).toHex();
}
