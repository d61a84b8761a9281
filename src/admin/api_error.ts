import { AdminError, type AdminFault } from "../proxy/admin_error.ts";

/** Why a call of the admin API failed: the word on the wire. */
export type ApiReason =
  | AdminFault
  | "bad_host"
  | "foreign_origin"
  | "cross_site"
  | "unsupported_media_type"
  | "body_too_large"
  | "missing_body"
  | "invalid_body"
  | "invalid_json"
  | "token_required"
  | "not_found"
  | "method_not_allowed"
  | "too_many_readers"
  | "bad_code"
  | "bad_parameter"
  | "bad_request"
  | "internal_error";

const STATUSES: Readonly<Record<ApiReason, number>> = {
  bad_host: 403,
  foreign_origin: 403,
  cross_site: 403,
  unsupported_media_type: 415,
  body_too_large: 413,
  missing_body: 400,
  invalid_body: 400,
  invalid_json: 400,
  token_required: 401,
  not_found: 404,
  method_not_allowed: 405,
  too_many_readers: 429,
  bad_code: 403,
  bad_parameter: 400,
  bad_request: 400,
  internal_error: 500,
  not_pending: 404,
  not_open: 404,
  bad_pattern: 400,
  local_address: 400,
  required: 403,
  not_a_rule: 404,
  configured: 409,
  too_many_rules: 429,
  cannot_write: 500,
  reload_failed: 500,
};

/** A call of the admin API that fails, in words for whoever called. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly reason: ApiReason,
    message: string,
    /** Fields that the reply has besides. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** The HTTP status. */
  get status(): number {
    return STATUSES[this.reason];
  }
}

/** What a call failed of, as the reply tells it. A fault of ours is told without its words. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof AdminError) return new ApiError(error.code, error.message, error.more);
  return new ApiError(
    "internal_error",
    "Doorward failed on this call: this is a fault of Doorward",
  );
}
