import { ConfigError } from "./errors.ts";
import { removeQuietly, whyNotWritten, writeNewFile } from "./new_file.ts";
import { replacePrivateFile } from "./requirements/replace_file.ts";

/** A file that is there already, and is written later. */
export interface ReservedFile {
  /**
   * Writes it, whole or not at all.
   *
   * @throws {ConfigError} when it cannot be written any more
   */
  readonly fill: (text: string) => Promise<void>;
  /** Removes it. */
  readonly giveUp: () => Promise<void>;
}

/** A policy may come to hold what others need not see. */
const FILE_MODE = 0o600;

/**
 * Makes a new file that holds `meanwhile`, so that whoever writes it later knows now that this can be done, and that
 * nobody else does.
 *
 * @throws {ConfigError} when it is there already, or cannot be written
 */
export async function reserveFile(path: string, meanwhile: string): Promise<ReservedFile> {
  await explained(path, () => writeNewFile(path, new TextEncoder().encode(meanwhile), FILE_MODE));
  return {
    fill: (text) => explained(path, () => replacePrivateFile(path, text)),
    giveUp: () => removeQuietly(path),
  };
}

async function explained(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const origin = { file: path, line: null, column: null };
    const message = `cannot write this file: ${whyNot(error)}`;
    throw new ConfigError([{ origin, message }], { cause: error });
  }
}

function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) {
    return "it is there already, and stays as it is; name a new one";
  }
  if (error instanceof Deno.errors.NotFound) return "its folder is not there";
  return whyNotWritten(error);
}
