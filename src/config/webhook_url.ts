import { parseHost } from "../net/address/host.ts";
import { isLoopback } from "./clamp_listen.ts";

/** Text that is no place to send questions to. `why` never holds any of it. */
export interface BadWebhookUrl {
  readonly kind: "bad";
  readonly why: string;
}

/** Longer ones fit no request line of common servers. */
const URL_LENGTH_MAX = 8000;

/**
 * Reads the URL of `ask_webhook`: `https://` to anywhere, `http://` to this machine only, since whoever sees a
 * question on its way sees what a command asks for.
 */
export function parseWebhookUrl(text: string): URL | BadWebhookUrl {
  const trimmed = text.trim();
  if (trimmed.length > URL_LENGTH_MAX) return bad(`it is longer than ${URL_LENGTH_MAX} characters`);
  // The parser of URLs mends what others would read differently: a slip is told instead.
  if (/[\s\\\p{Cc}]/u.test(trimmed) || !/^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(trimmed)) {
    return bad("it is no URL such as https://example.com/questions");
  }
  const url = URL.parse(trimmed);
  if (url === null) return bad("it is no URL such as https://example.com/questions");
  if (url.protocol === "https:") return url;
  if (url.protocol !== "http:") return bad("only https, and http to this machine, are spoken");
  return isThisMachine(url.hostname)
    ? url
    : bad("http is for this machine only (127.0.0.1, localhost): write https");
}

/**
 * What may be shown of it: scheme, host and port. All else may be a secret that lets its bearer in, in the query
 * or, with many services, in the path.
 */
export function printableWebhook(url: URL): string {
  const isBare = url.pathname === "/" && url.search === "" && url.hash === "";
  const userInfo = url.username === "" && url.password === "" ? "" : "…@";
  return `${url.protocol}//${userInfo}${url.host}/${isBare ? "" : "…"}`;
}

/** Whether the host of a URL is this machine, by its own word: a loopback address, or `localhost`. */
export function isThisMachine(hostname: string): boolean {
  const host = parseHost(hostname);
  if (host.kind === "name") return host.name === "localhost";
  return host.kind === "ip" && isLoopback(host.ip);
}

function bad(why: string): BadWebhookUrl {
  return { kind: "bad", why };
}
