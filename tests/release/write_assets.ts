import { billOfThis } from "./bill_of_materials.ts";
import { checksumsIn, writeChecksums } from "./checksums.ts";
import { formula } from "./formula.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * Writes what a release has beside its executables into the folder where they are. Rejects when one of them is
 * missing.
 */
export async function writeAssets(version: string, folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/doorward.rb`, formula(version, await checksumsIn(folder)));
  await Deno.writeTextFile(`${folder}/doorward-${version}.cdx.json`, await billOfThis());
  await Deno.copyFile(new URL(".github/install.sh", ROOT), `${folder}/install.sh`);
  await writeChecksums(folder);
}
