import { removeQuietly, writeNewFile } from "../new_file.ts";

/** Writes a file that nobody but its owner may read, in place of the one that was there, whole or not at all. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  await writeNewFile(temporary, new TextEncoder().encode(text), 0o600);
  try {
    await Deno.rename(temporary, path);
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
}
