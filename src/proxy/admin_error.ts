/** Why a wish of the admin API, or of whoever answers a question, cannot be granted. */
export type AdminFault =
  | "not_pending"
  | "not_open"
  | "bad_pattern"
  | "local_address"
  | "required"
  | "not_a_rule"
  | "configured"
  | "too_many_rules"
  | "cannot_write"
  | "reload_failed";

/** A wish that cannot be granted, in words for the person who has it. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  constructor(
    readonly code: AdminFault,
    message: string,
    /** Details for programs. */
    readonly more: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
