// The token that guards the admin API: whoever can read the file may loosen the policy.
import { joinPath } from "./file_path.ts";
import { publishNewFile } from "./new_file.ts";
import { readPrivateFile } from "./private_file.ts";
import { escapeControls } from "./toml/printable.ts";
import { toBase64Url } from "../net/binary_text.ts";

/** The variable that is read for it, by the commands that talk to a proxy that runs. */
export const ADMIN_TOKEN = "DOORWARD_ADMIN_TOKEN";

/** As many bits as any key: nobody guesses it. */
const TOKEN_BYTES = 32;
/** {@linkcode TOKEN_BYTES} in base64url, without padding. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** The token, and what editors put behind it. */
const FILE_BYTES_MAX = 64;

/** Where the token is: `<home>/proxy/admin.token`. */
export function adminTokenFile(home: string, os: typeof Deno.build.os): string {
  return joinPath(os, home, "proxy", "admin.token");
}

/**
 * The token of this home folder, made when there is none. Two processes that make it at once end with the same.
 * Rejects when the file is not fit for a secret; it is never overwritten.
 */
export async function readOrMakeAdminToken(
  home: string,
  os: typeof Deno.build.os,
): Promise<string> {
  const known = await readAdminToken(home, os);
  if (known !== null) return known;
  const file = adminTokenFile(home, os);
  try {
    await Deno.mkdir(joinPath(os, home, "proxy"), { recursive: true, mode: 0o700 });
    await publishNewFile(file, new TextEncoder().encode(`${newToken()}\n`), 0o600);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot make the admin token ${escapeControls(file)}: ${why}`, {
        cause: error,
      });
    }
  }
  // Read back: another process may have been first.
  const made = await readAdminToken(home, os);
  if (made === null) throw unusable(file, "somebody removed it at once");
  return made;
}

/** The token of this home folder, or null when there is none. Rejects as {@linkcode readOrMakeAdminToken}. */
export async function readAdminToken(
  home: string,
  os: typeof Deno.build.os,
): Promise<string | null> {
  const file = adminTokenFile(home, os);
  const read = await readPrivateFile(file, FILE_BYTES_MAX);
  if (read.kind === "absent") return null;
  if (read.kind === "bad") throw unusable(file, read.why);
  const token = read.text.trimEnd();
  if (!TOKEN.test(token)) {
    throw unusable(file, "it holds no token; remove it, and a new one is made");
  }
  return token;
}

function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return toBase64Url(bytes);
}

function unusable(file: string, why: string): Error {
  return new Error(`Cannot use the admin token ${escapeControls(file)}: ${why}`);
}
