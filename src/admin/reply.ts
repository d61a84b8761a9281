import type { ApiError } from "./api_error.ts";
import { json } from "./route.ts";

/** What every answer says to browsers: run nothing of others, show it nowhere else, keep nothing. */
const SEAL: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
  "server": "doorward",
};

/** Adds what every answer says. */
export function sealed(reply: Response): Response {
  for (const [name, value] of Object.entries(SEAL)) reply.headers.set(name, value);
  return reply;
}

/** The answer to a call that fails. */
export function errorReply({ reason, message, status, more }: ApiError): Response {
  const reply = json({ status: "error", reason, message, ...more }, status);
  if (status === 401) reply.headers.set("www-authenticate", 'Bearer realm="doorward"');
  return reply;
}
