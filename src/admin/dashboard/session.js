// @ts-check
/// <reference lib="dom" />

/** Where the key of this session is kept: not in a cookie, which every port of this host would see. */
const KEY = "doorward-session";

/** The key that this page may loosen the policy with. It lives as long as the tab. */
export class Session {
  /** @type {string | null} */
  #token = sessionStorage.getItem(KEY);

  /** Null while the page only reads. */
  get token() {
    return this.#token;
  }

  /** @param {string} token */
  set(token) {
    this.#token = token;
    sessionStorage.setItem(KEY, token);
  }

  /** Forgets the key: the proxy does not know it. */
  clear() {
    this.#token = null;
    sessionStorage.removeItem(KEY);
  }
}

/**
 * Takes the one-time code out of the address, where it would stay in the history.
 * @returns {string | null}
 */
export function takeCode() {
  if (!location.hash.startsWith("#code=")) return null;
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  history.replaceState(null, "", "/");
  return code;
}
