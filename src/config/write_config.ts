import { CONFIG_BYTES_MAX, readConfigFile } from "./config_file.ts";
import type { BadEdit } from "./edit_list.ts";
import { ConfigError } from "./errors.ts";
import { folderOf, joinPath, nameOf } from "./file_path.ts";
import { type FileState, fileState, sameState } from "./file_state.ts";
import { removeQuietly, whyNotWritten, writeNewFile } from "./new_file.ts";
import { escapeControls } from "./toml/printable.ts";

/** Makes the new text of a file; null is a file that is not there. */
export type ConfigEdit = (text: string | null) => string | BadEdit;

/** Edits configuration files, one edit after the other. */
export interface ConfigEditor {
  /** As {@linkcode editConfigFile}. */
  edit(file: string, edit: ConfigEdit): Promise<void>;
}

/** What a file begins with that was not there: what holds without a file, in words. */
export const NEW_CONFIG = `# The policy of Doorward. Approvals for good are added to the lists.
[network]
enabled = true
ask = true
allowed_domains = []
denied_domains = []
`;

/** Whoever writes more often than this is at war with us. */
const ATTEMPTS_MAX = 3;
/** Of a new file: a policy may hold the password of a proxy. */
const NEW_FILE_MODE = 0o600;
const NEW_FOLDER_MODE = 0o700;
/** What of a mode may be set: the rest is the kind of file. */
const PERMISSIONS = 0o777;

/** Makes an editor: two approvals can come at once, and neither may undo the other. */
export function configEditor(): ConfigEditor {
  let last: Promise<unknown> = Promise.resolve();
  return {
    edit(file, edit): Promise<void> {
      const next = last.then(() => editConfigFile(file, edit));
      // Whoever asked hears of a failure; the next in line goes on all the same.
      last = next.catch(() => {});
      return next;
    },
  };
}

/**
 * Replaces the text of a configuration file in one step: a reader sees the old or the new one, never a part. A
 * link stays, and leads to the new text. Somebody else's change in between is not lost: the edit is made anew.
 *
 * @throws {ConfigError} when the file cannot be used, or the edit cannot be made
 */
export async function editConfigFile(file: string, edit: ConfigEdit): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    try {
      if (await isEdited(file, edit)) return;
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw new Error(`Cannot write ${escapeControls(file)}: ${whyUnwritable(error)}`, {
        cause: error,
      });
    }
  }
  throw new Error(`Cannot write ${escapeControls(file)}: somebody else changes it all the time`);
}

/** False when the file changed meanwhile, and nothing was written. */
async function isEdited(file: string, edit: ConfigEdit): Promise<boolean> {
  const before = await fileState(file);
  // Before it is opened: a pipe has no end, and waits for a writer.
  if (before !== null && !before.isFile) throw refused(file, "it is not a file");
  const read = await readConfigFile(file, true);
  if (read.kind === "bad") {
    throw new ConfigError([{ origin: read.place.origin, message: read.message }]);
  }
  const old = read.kind === "text" ? read.text : null;
  const text = edit(old);
  if (typeof text !== "string") throw refused(file, text.why);
  if (text === old) return true;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > CONFIG_BYTES_MAX) {
    throw refused(file, `it would be larger than ${CONFIG_BYTES_MAX} bytes`);
  }
  return await isReplaced(file, bytes, before);
}

async function isReplaced(
  file: string,
  bytes: Uint8Array,
  before: FileState | null,
): Promise<boolean> {
  const os = Deno.build.os;
  const target = before === null ? file : await Deno.realPath(file);
  const folder = folderOf(target, os);
  if (before === null) await Deno.mkdir(folder, { recursive: true, mode: NEW_FOLDER_MODE });
  const temporary = joinPath(os, folder, `.${nameOf(target, os)}.${crypto.randomUUID()}.tmp`);
  await writeNewFile(temporary, bytes, (before?.mode ?? NEW_FILE_MODE) & PERMISSIONS);
  try {
    if (!sameState(await fileState(file), before)) {
      await removeQuietly(temporary);
      return false;
    }
    await Deno.rename(temporary, target);
    return true;
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
}

function refused(file: string, why: string): ConfigError {
  const origin = { file, line: null, column: null };
  return new ConfigError([{ origin, message: `cannot edit this file: ${why}` }]);
}

function whyUnwritable(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) {
    return "permission denied; make the file and its folder writable for this user";
  }
  return whyNotWritten(error);
}
