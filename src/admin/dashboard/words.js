// @ts-check

/**
 * What a decision is called on the page.
 * @typedef {"allowed" | "blocked" | "asked"} Verdict
 */

/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  denied: "a deny rule names it",
  not_allowed: "no allow rule names it",
  not_allowed_local: "a local or private address",
  own_listener: "Doorward’s own address",
  upstream_proxy: "the proxy Doorward itself goes through",
  method_not_allowed: "limited mode is read-only",
  mitm_required: "the tunnel cannot be looked into",
  mitm_hook_denied: "no request rule allows it",
  host_mismatch: "names another host inside its tunnel",
  sni_mismatch: "the TLS handshake names another host",
  not_tls: "not TLS inside the tunnel",
  policy_denied: "a program that decides said no",
  decider_failed: "the program that decides failed",
  proxy_disabled: "the proxy is disabled",
};

/** Why an allow rule would change nothing. @type {Readonly<Record<string, string>>} */
const USELESS = {
  denied: "A deny rule wins over every allow rule: remove it first",
  not_allowed_local: "A local address can only be allowed in the configuration file",
  own_listener: "Nothing allows Doorward’s own address",
  upstream_proxy: "Nothing allows the proxy that Doorward itself goes through",
  method_not_allowed: "The mode blocks it, whatever is allowed: switch to full",
  host_mismatch: "The tunnel leads to another host: ask for this one by itself",
  sni_mismatch: "The host is allowed: it is the handshake that names another",
  not_tls: 'The host is allowed: a rule that ends in "raw" lets it carry anything',
  mitm_required: "The host is allowed: mitm = true in the configuration lets it be looked into",
  mitm_hook_denied: "The host is allowed: its request rules in the configuration decide",
  proxy_disabled: "The configuration says enabled = false",
};

/** @type {Readonly<Record<string, string>>} */
const PROTOCOLS = {
  http: "HTTP",
  https: "HTTPS",
  "http-connect": "HTTPS",
  https_connect: "HTTPS",
  socks5: "SOCKS5",
  socks5_tcp: "SOCKS5",
  "socks5-udp": "SOCKS5 UDP",
  socks5_udp: "SOCKS5 UDP",
};

/** The words of records, as patterns spell them. @type {Readonly<Record<string, string>>} */
const PATTERN_PROTOCOLS = {
  "http-connect": "https_connect",
  https: "https_connect",
  socks5: "socks5_tcp",
  "socks5-udp": "socks5_udp",
};

/** @type {Readonly<Record<string, Verdict>>} */
const VERDICTS = { allow: "allowed", deny: "blocked", ask: "asked" };

/**
 * Why a request was blocked, as a clause.
 * @param {string} reason
 * @returns {string}
 */
export function reasonWords(reason) {
  return Object.hasOwn(REASONS, reason) ? /** @type {string} */ (REASONS[reason]) : reason;
}

/**
 * Why no allow rule can let such a request through; null where one can.
 * @param {string} reason
 * @returns {string | null}
 */
export function whyNoAllow(reason) {
  return Object.hasOwn(USELESS, reason) ? /** @type {string} */ (USELESS[reason]) : null;
}

/**
 * A protocol as people call it.
 * @param {string} protocol
 * @returns {string}
 */
export function protocolWords(protocol) {
  return Object.hasOwn(PROTOCOLS, protocol)
    ? /** @type {string} */ (PROTOCOLS[protocol])
    : protocol;
}

/**
 * What a decision is called; a word that is not known is never shown as allowed.
 * @param {string} decision
 * @returns {Verdict}
 */
export function verdictOf(decision) {
  return Object.hasOwn(VERDICTS, decision)
    ? /** @type {Verdict} */ (VERDICTS[decision])
    : "blocked";
}

/**
 * A host and a port as one word.
 * @param {string} host
 * @param {number} port
 * @returns {string}
 */
export function endpointWords(host, port) {
  if (port === 0) return host; // The path of a unix socket.
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The narrowest pattern that lets one request through.
 * @param {string} protocol
 * @param {string} host
 * @param {number} port
 * @returns {string}
 */
export function exactPattern(protocol, host, port) {
  const word = Object.hasOwn(PATTERN_PROTOCOLS, protocol) ? PATTERN_PROTOCOLS[protocol] : protocol;
  return `${endpointWords(host, port)} over ${word}`;
}

/**
 * The line that a rule for ever adds to the configuration.
 * @param {"allow" | "deny"} list
 * @param {string} pattern
 * @returns {string}
 */
export function configurationLine(list, pattern) {
  const key = list === "allow" ? "allowed_domains" : "denied_domains";
  return `${key} += ${JSON.stringify(pattern)}`;
}
