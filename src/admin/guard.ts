import type { SocketAddress } from "../net/address/endpoint.ts";
import { parseEndpoint } from "../net/address/endpoint.ts";
import { classifyIp } from "../net/address/ip_class.ts";
import { ApiError } from "./api_error.ts";

const HTTP_PORT = 80;

/** What `Sec-Fetch-Site` says of a page of ours, and of a person who typed the address. */
const OWN_SITES: readonly string[] = ["same-origin", "none"];

/**
 * Refuses a call that comes from a web page of somebody else, however it got here: by a form, by a script, by a name
 * that leads to this machine (DNS rebinding). A browser says where a call comes from; other programs say nothing.
 * `same-site` is foreign, too: to a browser every port of this machine is the same site.
 *
 * @throws {ApiError}
 */
export function guardCall(request: Request, listener: SocketAddress): void {
  const host = request.headers.get("host") ?? "";
  // Of what is no URL nothing is left, which is no address of ours.
  const target = URL.parse(request.url)?.host ?? "";
  if (!isOwnHost(host, listener) || !isOwnHost(target, listener)) {
    throw new ApiError(
      "bad_host",
      "This is not the address of Doorward: use 127.0.0.1 and its port",
    );
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    throw new ApiError("foreign_origin", "A page of another origin may not call Doorward");
  }
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && !OWN_SITES.includes(site)) {
    throw new ApiError("cross_site", "A page of another site may not call Doorward");
  }
  // `none` is a person who opens the page, never one who sends something.
  if (site === "none" && request.method !== "GET" && request.method !== "HEAD") {
    throw new ApiError("cross_site", "Only the page of Doorward itself may send it something");
  }
}

/** Whether a `Host` names this listener: an address by which it is reached, or localhost, and its port. */
function isOwnHost(text: string, listener: SocketAddress): boolean {
  const endpoint = parseEndpoint(text, HTTP_PORT);
  if ("kind" in endpoint || endpoint.port !== listener.port) return false;
  const { host } = endpoint;
  if (host.kind === "name") return host.name === "localhost";
  // An address cannot be made to lead elsewhere, so where we listen for others any of ours will do.
  return classifyIp(host.ip) === "loopback" || classifyIp(listener.ip) !== "loopback";
}

/** Whether a browser sent it: these three are out of a script's hands, and no other program sends them. */
export function isFromBrowser({ headers }: Request): boolean {
  return ["origin", "referer", "sec-fetch-site"].some((name) => headers.has(name));
}
