// @ts-check
/// <reference lib="dom" />

/**
 * One place of a configuration file where something is wrong.
 * @typedef {{
 *   readonly file: string, readonly line: number | null, readonly column: number | null,
 *   readonly message: string,
 * }} Fault
 */

/** A request that the proxy refused, or that did not reach it. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when there was no answer
   * @param {string} reason
   * @param {string} message
   * @param {readonly Fault[]} [faults]
   * @param {unknown} [cause]
   */
  constructor(status, reason, message, faults = [], cause = undefined) {
    super(message, { cause });
    this.name = "ApiError";
    /** @readonly */
    this.status = status;
    /** @readonly */
    this.reason = reason;
    /** @readonly */
    this.faults = faults;
  }
}

/**
 * Sends requests to the proxy that served this page.
 * @typedef {{
 *   get: (path: string) => Promise<unknown>,
 *   post: (path: string, body?: unknown) => Promise<unknown>,
 *   remove: (path: string) => Promise<unknown>,
 *   stream: (path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Response>,
 * }} Api
 */

/** An answer that takes longer than this does not come. */
const ANSWER_MS = 15_000;

/**
 * Speaks to the admin API.
 * @param {{ readonly token: string | null }} session
 * @param {(method: string) => void} onUnauthorized told when the proxy wants a key
 * @returns {Api}
 */
export function adminApi(session, onUnauthorized) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{ headers?: Record<string, string>, body?: string, signal: AbortSignal }} options
   */
  async function send(method, path, { headers = {}, body, signal }) {
    const { token } = session;
    const response = await fetch(path, {
      method,
      headers: token === null ? headers : { ...headers, authorization: `Bearer ${token}` },
      signal,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      ...(body === undefined ? {} : { body }),
    }).catch((error) => {
      throw new ApiError(0, "unreachable", "Doorward does not answer", [], error);
    });
    if (response.ok) return response;
    if (response.status === 401) {
      onUnauthorized(method);
      await response.body?.cancel();
      throw new ApiError(401, "token_required", "Doorward wants a key for that: open a new link");
    }
    throw await refusal(response);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<unknown>}
   */
  async function exchange(method, path, body) {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await send(
      method,
      path,
      body === undefined
        ? { signal }
        : { signal, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
    );
    return await response.json().catch((error) => {
      throw new ApiError(0, "unreadable", "Cannot read the answer of Doorward", [], error);
    });
  }

  return {
    get: (path) => exchange("GET", path),
    post: (path, body) => exchange("POST", path, body),
    remove: (path) => exchange("DELETE", path),
    stream: (path, headers, signal) => send("GET", path, { headers, signal }),
  };
}

/** @param {Response} response */
async function refusal(response) {
  /** @type {{ reason?: string, message?: string, faults?: Fault[] }} */
  const body = await response.json().catch(() => ({})); // Whatever answered, the status says enough.
  return new ApiError(
    response.status,
    body.reason ?? "unknown",
    body.message ?? `Doorward answered with status ${response.status}`,
    body.faults ?? [],
  );
}
