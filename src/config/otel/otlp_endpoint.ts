import { isThisMachine } from "../webhook_url.ts";
import type { Signal } from "./otel_config.ts";

/** Text that is no place to export to. `why` never holds any of it. */
export interface BadEndpoint {
  readonly kind: "bad";
  readonly why: string;
}

/** Longer ones fit no request line of common servers. */
const URL_LENGTH_MAX = 8000;

/** The path of a signal, as others have it written in full. */
const SIGNAL_PATH = /\/v1\/(?:logs|traces|metrics)\/*$/;

/**
 * Reads the URL of a collector: `https://` to anywhere, `http://` to this machine only, since whoever sees a record on
 * its way sees what a command asks for.
 */
export function parseEndpoint(text: string): URL | BadEndpoint {
  const trimmed = text.trim();
  if (trimmed.length > URL_LENGTH_MAX) return bad(`it is longer than ${URL_LENGTH_MAX} characters`);
  // The parser of URLs mends what others would read differently: a slip is told instead.
  if (/[\s\\\p{Cc}]/u.test(trimmed) || !/^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(trimmed)) {
    return bad("it is no URL such as https://collector.example.com:4318");
  }
  const url = URL.parse(trimmed);
  if (url === null) return bad("it is no URL such as https://collector.example.com:4318");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return bad("only https, and http to this machine, are spoken");
  }
  if (url.username !== "" || url.password !== "") {
    return bad('it has user information: write it as a header, "authorization"');
  }
  if (url.protocol === "http:" && !isThisMachine(url.hostname)) {
    return bad("http is for this machine only (127.0.0.1, localhost): write https");
  }
  return url;
}

/** Where a signal is sent: its own path takes the place of that of another, or is appended. */
export function signalUrl(endpoint: URL, signal: Signal): URL {
  const url = new URL(endpoint);
  const base = url.pathname.replace(SIGNAL_PATH, "").replace(/\/+$/, "");
  url.pathname = `${base}/v1/${signal}`;
  url.hash = "";
  return url;
}

function bad(why: string): BadEndpoint {
  return { kind: "bad", why };
}
