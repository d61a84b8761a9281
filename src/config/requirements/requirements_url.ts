import { parseHost } from "../../net/address/host.ts";

/** Text that is no place to fetch requirements from. `why` never holds any of it. */
export interface BadRequirementsUrl {
  readonly kind: "bad";
  readonly why: string;
}

/** Longer ones fit no request line of common servers. */
const URL_LENGTH_MAX = 8000;

/** Whether whoever wrote it means a URL, and not a file. */
export function isUrl(text: string): boolean {
  return /^\s*[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}

/** Reads the URL of requirements: whoever could change them on their way could lift them, so it is https. */
export function parseRequirementsUrl(text: string): URL | BadRequirementsUrl {
  const trimmed = text.trim();
  if (trimmed.length > URL_LENGTH_MAX) return bad(`it is longer than ${URL_LENGTH_MAX} characters`);
  // The parser of URLs mends what others would read differently: a slip is told instead.
  const url = /[\s\\\p{Cc}]/u.test(trimmed) ? null : URL.parse(trimmed);
  if (url === null) return bad("it is no URL such as https://example.com/requirements.toml");
  if (url.protocol !== "https:") {
    return bad("requirements are fetched over https only: write https://");
  }
  if (url.username !== "" || url.password !== "") {
    return bad("it holds credentials, which are not sent: remove what stands before the @");
  }
  const host = parseHost(url.hostname);
  return host.kind === "bad" ? bad(host.why) : url;
}

/** What may be shown of it: a query may hold what lets its bearer in. */
export function printableUrl(url: URL): string {
  const userInfo = url.username === "" && url.password === "" ? "" : "…@";
  return `${url.protocol}//${userInfo}${url.host}${url.pathname}${url.search === "" ? "" : "?…"}`;
}

function bad(why: string): BadRequirementsUrl {
  return { kind: "bad", why };
}
