/**
 * Writes a file that was not there, down to the disk, with these permission bits whatever the mask of the
 * process says; Windows has none. Nothing is left of one that could not be written.
 *
 * @throws {Deno.errors.AlreadyExists} when it is there, even as a link to nothing
 */
export async function writeNewFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true, mode });
  try {
    using _ = file;
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    if (Deno.build.os !== "windows") await Deno.chmod(path, mode);
    await file.sync();
  } catch (error) {
    await removeQuietly(path);
    throw error;
  }
}

/** Removes a file of ours that is of no more use; that it cannot be removed hurts nobody. */
export async function removeQuietly(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
