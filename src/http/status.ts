/** Interim responses (1xx) to one request. Two are common; an endless row of them is no answer. */
export const INTERIM_MAX = 16;

/** RFC 9110 section 15.5.8: the proxy in front wants credentials. */
export const PROXY_AUTHENTICATION_REQUIRED = 407;

/** Whether no other response follows (RFC 9110 section 15.2). After 101 it is another protocol that does. */
export function isFinal(status: number): boolean {
  return status >= 200 || status === 101;
}
