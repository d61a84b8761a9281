import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { formatIp } from "../../net/address/ip.ts";
import { clientAddress, proxyUrl } from "./proxy_url.ts";

/**
 * What a client reaches directly while the policy permits local addresses: its own machine. All else, and with
 * `allow_local_binding = false` this too, is for the policy to decide.
 */
const LOOPBACK_NAMES = "localhost,127.0.0.1,::1";

/** Variables that take the URL of the proxy. Which client reads which was measured, not assumed. */
const URL_VARIABLES = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "http_proxy",
  "https_proxy",
  // Not socks5h://: with it httpx raises when first used, and wget, older Go and requests stumble.
  "ALL_PROXY",
  "all_proxy",
  // An ftp:// request to an HTTP proxy gets a clear refusal; SOCKS makes wget give up in silence.
  "FTP_PROXY",
  "ftp_proxy",
  "GRPC_PROXY",
  "grpc_proxy",
  "WS_PROXY",
  "ws_proxy",
  "WSS_PROXY",
  "wss_proxy",
  // Not npm_config_http_proxy: npm ignores it and complains on every run.
  "npm_config_proxy",
  "npm_config_https_proxy",
  "YARN_HTTP_PROXY",
  "YARN_HTTPS_PROXY",
  "PIP_PROXY",
  "CARGO_HTTP_PROXY",
] as const;

const NO_PROXY_VARIABLES = ["NO_PROXY", "no_proxy", "npm_config_noproxy"] as const;

/** Where the proxy is, and what its policy says of this machine. */
export interface ProxyFacts {
  readonly listener: SocketAddress;
  /** Whether loopback and private addresses may be reached when they are allowlisted. */
  readonly allowLocalBinding: boolean;
}

/** The variables that point commands at a proxy, with their values, in the order they are printed. */
export function proxyVariables(
  { listener, allowLocalBinding }: ProxyFacts,
): Record<string, string> {
  const { ip, port } = clientAddress(listener);
  const url = proxyUrl(listener);
  return {
    ...Object.fromEntries(URL_VARIABLES.map((name) => [name, url])),
    ...Object.fromEntries(
      NO_PROXY_VARIABLES.map((name) => [name, allowLocalBinding ? LOOPBACK_NAMES : ""]),
    ),
    NODE_USE_ENV_PROXY: "1",
    ELECTRON_GET_USE_PROXY: "true",
    RSYNC_PROXY: formatSocketAddress({ ip, port }),
    CLOUDSDK_PROXY_TYPE: "http",
    CLOUDSDK_PROXY_ADDRESS: formatIp(ip),
    CLOUDSDK_PROXY_PORT: String(port),
  };
}
