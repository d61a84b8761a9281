// SHA256SUMS: a line a file, as `sha256sum --check` reads it.
import { createHash } from "node:crypto";
import { basename } from "node:path";

/** The file in a release that has the checksum of every other. */
export const CHECKSUMS = "SHA256SUMS";

/** The checksum of a file, in hexadecimal digits. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  using opened = await Deno.open(file);
  for await (const chunk of opened.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** The checksums of every file in a folder, by name, but for {@linkcode CHECKSUMS} itself. */
export async function checksumsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const names = entries.filter(({ isFile, name }) => isFile && name !== CHECKSUMS)
    .map(({ name }) => name).sort();
  const sums = new Map<string, string>();
  for (const name of names) sums.set(name, await sha256Of(`${folder}/${name}`));
  return sums;
}

/** The text of {@linkcode CHECKSUMS}, in the order of the names. */
export function checksumText(sums: ReadonlyMap<string, string>): string {
  return [...sums].map(([name, sum]) => `${sum}  ${basename(name)}\n`).join("");
}

/** Writes {@linkcode CHECKSUMS} of a folder, anew. */
export async function writeChecksums(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/${CHECKSUMS}`, checksumText(await checksumsIn(folder)));
}
