/** How the user info of a proxy URL marks an attempt: `http://codex-net-attempt-<id>@127.0.0.1:3128`. */
const MARK = "codex-net-attempt-";

/** Printable, and short enough for a record. */
const ID = /^[\x21-\x7e]{1,128}$/;

/**
 * The attempt that a proxy user name marks (the seeds), or null. Only a label for records: it grants nothing.
 */
export function attemptId(user: string | null): string | null {
  if (user === null || !user.startsWith(MARK)) return null;
  const id = user.slice(MARK.length);
  return ID.test(id) ? id : null;
}
