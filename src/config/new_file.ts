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

/**
 * As {@linkcode writeNewFile}, and the file has its name only once it is whole.
 *
 * @throws {Deno.errors.AlreadyExists} when it is there, even as a link to nothing
 */
export async function publishNewFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  await writeNewFile(temporary, bytes, mode);
  try {
    await Deno.link(temporary, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    // Some file systems have no second names: there a reader may meet an empty file for a moment.
    await writeNewFile(path, bytes, mode);
  } finally {
    await removeQuietly(temporary);
  }
}

/** Removes a file of ours that is of no more use; that it cannot be removed hurts nobody. */
export async function removeQuietly(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/** Says in words what the writing of a file failed of. */
export function whyNotWritten(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "Doorward runs without --allow-write for its folder; grant that";
  }
  return error instanceof Error ? error.message : String(error);
}
