/** How the user info of a proxy URL marks an attempt: `http://codex-net-attempt-<id>@127.0.0.1:3128`. */
const MARK = "codex-net-attempt-";

/** Printable, and short enough for a record. A user name ends at its first colon (RFC 7617 section 2). */
const ID = /^[\x21-\x39\x3b-\x7e]{1,128}$/;

/** Whether a proxy URL can carry this id. */
export function isAttemptId(id: string): boolean {
  return ID.test(id);
}

/**
 * The attempt that a proxy user name marks (the seeds), or null. Only a label for records: it grants nothing.
 */
export function attemptId(user: string | null): string | null {
  if (user === null || !user.startsWith(MARK)) return null;
  const id = user.slice(MARK.length);
  return isAttemptId(id) ? id : null;
}
