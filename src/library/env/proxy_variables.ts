import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { formatIp } from "../../net/address/ip.ts";
import { clientAddress } from "../../net/address/client_address.ts";
import { CA_FILE_VARIABLES } from "../../config/trust_bundle.ts";
import { proxyUrl, socksUrl } from "./proxy_url.ts";

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
] as const;

/** The same, for what speaks neither HTTP nor HTTPS. */
const OTHER_URL_VARIABLES = [
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

const ALL_PROXY_VARIABLES = ["ALL_PROXY", "all_proxy"] as const;

const NO_PROXY_VARIABLES = ["NO_PROXY", "no_proxy", "npm_config_noproxy"] as const;

/** Where the proxy is, and what its policy says of this machine. */
export interface ProxyFacts {
  /** Where it listens for HTTP. */
  readonly listener: SocketAddress;
  /**
   * The listener for SOCKS5 that `ALL_PROXY` is to name; null for the HTTP proxy. With SOCKS there, httpx
   * raises when first used, and wget, older Go and requests stumble.
   */
  readonly allProxy: SocketAddress | null;
  /** Whether loopback and private addresses may be reached when they are allowlisted. */
  readonly allowLocalBinding: boolean;
  /** The id by which the requests of a command are told from others; absent for none. */
  readonly attempt?: string | null;
  /** The file with the authorities to trust while HTTPS is looked into; absent while it is not. */
  readonly trustBundle?: string | null;
}

/** The variables that point commands at a proxy, with their values, in the order they are printed. */
export function proxyVariables(
  { listener, allProxy, allowLocalBinding, attempt = null, trustBundle = null }: ProxyFacts,
): Record<string, string> {
  const { ip, port } = clientAddress(listener);
  const url = proxyUrl(listener, attempt);
  // Few clients of SOCKS5 send a user name without a password: the id goes by the HTTP proxy alone (the seeds).
  const all = allProxy === null || attempt !== null ? url : socksUrl(allProxy);
  return {
    ...allSetTo(url, URL_VARIABLES),
    ...allSetTo(all, ALL_PROXY_VARIABLES),
    ...allSetTo(url, OTHER_URL_VARIABLES),
    ...allSetTo(allowLocalBinding ? LOOPBACK_NAMES : "", NO_PROXY_VARIABLES),
    NODE_USE_ENV_PROXY: "1",
    ELECTRON_GET_USE_PROXY: "true",
    RSYNC_PROXY: formatSocketAddress({ ip, port }),
    CLOUDSDK_PROXY_TYPE: "http",
    CLOUDSDK_PROXY_ADDRESS: formatIp(ip),
    CLOUDSDK_PROXY_PORT: String(port),
    ...(trustBundle === null ? {} : trustVariables(trustBundle)),
  };
}

/** Those that take a file of authorities and belong to programs that only the proxy variables above reach. */
const OTHER_CA_VARIABLES = [
  "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
  "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
  "HTTPLIB2_CA_CERTS",
] as const;

/**
 * The variables that make clients trust what is in a bundle. Most programs trust that and nothing else then, so
 * that it must hold the authorities of the system, too; Node and Deno add it to their own.
 */
export function trustVariables(bundle: string): Record<string, string> {
  return {
    ...allSetTo(bundle, CA_FILE_VARIABLES),
    ...allSetTo(bundle, OTHER_CA_VARIABLES),
    // Deno would ask Mozilla's authorities alone.
    DENO_TLS_CA_STORE: "system,mozilla",
    // uv reads SSL_CERT_FILE only with the TLS of the system.
    UV_NATIVE_TLS: "1",
  };
}

function allSetTo(value: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
