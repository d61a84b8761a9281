import { ConfigError } from "../errors.ts";
import { folderOf } from "../file_path.ts";
import { publishNewFile, whyNotWritten } from "../new_file.ts";

/** A policy may come to hold the password of a proxy: nobody else reads it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Writes a configuration where there is none, and makes its folder. What somebody has written already stays as it
 * is.
 *
 * @throws {ConfigError} when it is there, or cannot be written
 */
export async function writeStarter(file: string, text: string): Promise<void> {
  const folder = folderOf(file, Deno.build.os);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    const isFile = error instanceof Deno.errors.AlreadyExists;
    throw refused(file, isFile ? `${folder} is not a folder` : whyNotWritten(error), error);
  }
  try {
    await publishNewFile(file, new TextEncoder().encode(text), FILE_MODE);
  } catch (error) {
    throw refused(
      file,
      error instanceof Deno.errors.AlreadyExists ? THERE : whyNotWritten(error),
      error,
    );
  }
}

const THERE =
  "it is there already, and stays as it is; edit it, or name a new file with --config FILE";

function refused(file: string, why: string, cause: unknown): ConfigError {
  const origin = { file, line: null, column: null };
  return new ConfigError([{ origin, message: `cannot write this file: ${why}` }], { cause });
}
