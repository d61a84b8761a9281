import { type Fields, valueOf } from "./fields.ts";

/** How the user info of a proxy URL marks an attempt: `http://codex-net-attempt-<id>@127.0.0.1:3128`. */
const MARK = "codex-net-attempt-";

/** Printable, and short enough for a record. */
const ID = /^[\x21-\x7e]{1,128}$/;

/**
 * The attempt that the client's `Proxy-Authorization` names (the seeds), or null. Only a label for records:
 * it grants nothing, and it is never forwarded.
 */
export function attemptId(fields: Fields): string | null {
  const credentials = valueOf(fields, "proxy-authorization")?.match(/^basic +(\S+)$/i)?.[1];
  if (credentials === undefined) return null;
  let user: string;
  try {
    user = atob(credentials).split(":", 1)[0] ?? "";
  } catch {
    return null; // Not base64: credentials of some other scheme, which we do not want to know.
  }
  if (!user.startsWith(MARK)) return null;
  const id = user.slice(MARK.length);
  return ID.test(id) ? id : null;
}
